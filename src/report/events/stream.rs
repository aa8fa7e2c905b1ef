//! Observations in, events out, in the order of time. Sources tell of things with different delays, so an event is
//! held back for [`HOLD`] after it happened: what comes meanwhile takes its place before it, and what is learned
//! meanwhile (an exit status that the kernel tells only at the reap) is in its line. What comes later still is told
//! with the time of the last line, and counted.
//!
//! Nothing here reads a clock: whoever holds the stream says what time it is.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use crate::observe::Capture;
use crate::timeline::Timeline;
use crate::timeline::lifeline::{Reaper, ZombieTime};
use crate::timeline::limits::Limits;
use crate::timeline::log::Change;
use crate::timeline::observation::{Observation, Reading, Sample};
use crate::timeline::process::{ExitStatus, Key, Pid, ProcessId};
use crate::timeline::sockets::SocketId;
use crate::timeline::time::{Time, When};

use super::{Connection, End, Ending, Event, Totals, What, may_miss};

/// How long an event is held back; with [`TOGETHER`] 50 ms at most.
pub const HOLD: Duration = Duration::from_millis(40);

/// What falls due within this time is told together: each telling has its price.
pub const TOGETHER: Duration = Duration::from_millis(10);

/// How long after the last exit the zombies that are left may still be reaped, before the target is taken to have
/// ended all the same.
const SETTLE: Duration = Duration::from_millis(500);

/// How much of the past is kept: more than any source is late.
const RETENTION: Duration = Duration::from_mins(1);

/// The events of one target.
#[derive(Debug)]
pub struct Stream {
    timeline: Timeline,
    /// What is held back, by when it happened and then by when it came.
    held: BTreeMap<(Time, u64), Held>,
    came: u64,
    /// Births that are held back, and the parents that they name.
    births: HashMap<ProcessId, Option<Pid>>,
    /// Births that were told with the end of the process, before anybody told of them.
    early: HashSet<ProcessId>,
    /// The time of the last line.
    told: Time,
    first: First,
    /// The newest reading found nobody alive, and since when that is so.
    quiet: Option<Time>,
    last_exit: Time,
    /// How the root ended, as far as the kernel has told.
    seen_status: Option<ExitStatus>,
    /// How it ended, as whoever waited for it told.
    told_status: Option<ExitStatus>,
    totals: Totals,
    capture: Option<Capture>,
    may_have_missed: bool,
}

/// A change that is held back, and the time of the observation that told of it.
#[derive(Debug)]
struct Held {
    change: Change,
    at: Time,
}

/// What the first reading of a target finds was there before us: no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum First {
    /// It is still to come.
    Awaited,
    /// It has come.
    Taken,
}

impl Stream {
    /// Of a target that was there before us.
    pub fn attached() -> Self {
        Self {
            timeline: Timeline::new(Limits {
                retention: RETENTION,
                ..Limits::default()
            }),
            held: BTreeMap::new(),
            came: 0,
            births: HashMap::new(),
            early: HashSet::new(),
            told: Time::default(),
            first: First::Awaited,
            quiet: None,
            last_exit: Time::default(),
            seen_status: None,
            told_status: None,
            totals: Totals::default(),
            capture: None,
            may_have_missed: false,
        }
    }

    /// Of a target that was launched after `start`, as this process: all that it has came under our eyes.
    pub fn launched(start: Time, root: Key) -> Self {
        let mut stream = Self::attached();
        stream.first = First::Taken;
        let nobody = Sample {
            at: start,
            ..Sample::default()
        };
        stream.timeline.apply(&Observation::Sample(nobody));
        stream.timeline.launched(root);
        stream
    }

    /// What the stream knows of the target.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// How exact the observations are, from here on.
    pub fn exactness(&mut self, capture: Capture) {
        self.may_have_missed |= may_miss(&capture);
        self.capture = Some(capture);
    }

    /// The root has ended like this, as whoever waited for it knows.
    pub fn root_ended(&mut self, status: ExitStatus) {
        self.told_status = Some(status);
    }

    /// Takes an observation.
    pub fn take(&mut self, observation: &Observation) {
        let changes = self.timeline.apply(observation);
        let at = observation.at();
        let sample = match observation {
            Observation::Sample(sample) => Some(sample),
            Observation::Birth(_) => {
                self.quiet = None;
                None
            }
            // A glance at some says nothing of the others.
            Observation::Glance(_)
            | Observation::Detail(_)
            | Observation::Threads(_)
            | Observation::Exec(_)
            | Observation::Exit(_)
            | Observation::Reap(_)
            | Observation::Lost(_)
            | Observation::Client(_)
            | Observation::Order(_)
            | Observation::Mark(_) => None,
        };
        let is_reading = sample.is_some() || matches!(observation, Observation::Glance(_));
        let first = is_reading && self.first == First::Awaited;
        for change in changes {
            self.hold(at, change, first);
        }
        if let Some(sample) = sample {
            self.first = First::Taken;
            // Whoever exited while it was read may have left somebody whom it did not see.
            let quiet = sample.at > self.last_exit && sample.processes.iter().all(Reading::is_zombie);
            self.quiet = quiet.then(|| self.quiet.unwrap_or(sample.at));
        }
    }

    fn hold(&mut self, at: Time, change: Change, first: bool) {
        let when = self.timeline.when(at, &change);
        match &change {
            Change::Forked { id, parent, .. } => {
                if self.early.remove(id) {
                    return;
                }
                self.births.insert(*id, *parent);
            }
            Change::Exited { id, .. } => {
                self.last_exit = self.last_exit.max(when.latest);
                self.note_root(*id);
            }
            Change::Reaped { .. }
            | Change::Executed { .. }
            | Change::Adopted { .. }
            | Change::Connected { .. }
            | Change::Closed { .. }
            | Change::ClientFailed { .. }
            | Change::Lost { .. }
            | Change::Ordered(_)
            | Change::Marked(_) => {}
        }
        if !(first && was_there(&change)) {
            self.came += 1;
            self.held.insert((when.latest, self.came), Held { change, at });
        }
    }

    /// When something is to be told, or to be looked at again; `None` while nothing is held back.
    pub fn due(&self) -> Option<Time> {
        let held = self.held.keys().next().map(|(at, _)| *at + HOLD);
        let settled = self.quiet.map(|since| since + SETTLE);
        held.into_iter().chain(settled).min()
    }

    /// What was held back for long enough at `now`.
    pub fn release(&mut self, now: Time) -> Vec<Event> {
        let later = self.held.split_off(&(now - HOLD, u64::MAX));
        let due = std::mem::replace(&mut self.held, later);
        let mut due: Vec<(Time, Held)> = due
            .into_iter()
            .map(|((at, _), held)| (self.as_known_now(at, &held), held))
            .collect();
        // Stable: what happened at one moment stays in the order in which it came.
        due.sort_by_key(|(at, _)| *at);
        let mut events = Vec::with_capacity(due.len());
        for (at, held) in due {
            self.tell(at, held.change, &mut events);
        }
        events
    }

    /// Nobody of the target is left, all that could still come has come, and all of it was told.
    pub fn has_ended(&self, now: Time) -> bool {
        let Some(since) = self.quiet.filter(|_| self.held.is_empty()) else {
            return false;
        };
        now >= since + SETTLE || self.timeline.present() == 0
    }

    /// What is still held back, and the end.
    pub fn end(&mut self, reason: Ending, now: Time) -> Vec<Event> {
        let mut events = self.release(now + HOLD);
        let at = now.max(self.told);
        events.push(Event {
            t: self.since_start(at),
            what: What::End(Box::new(End {
                reason,
                status: self.status(reason),
                totals: self.totals,
                capture: self.capture.clone(),
                may_have_missed: self.may_have_missed || self.totals.lost > 0,
            })),
        });
        events
    }

    /// Keeps how a process ended, where it is the root.
    fn note_root(&mut self, id: ProcessId) {
        if let Some(life) = self.timeline.lifeline(id).filter(|life| life.root) {
            self.seen_status = life.exited.map(|exited| exited.status);
        }
    }

    /// How the root ended, if it has.
    fn status(&self, reason: Ending) -> Option<ExitStatus> {
        let ended = (reason == Ending::TargetEnded).then_some(ExitStatus::Unknown);
        self.told_status.or(self.seen_status).or(ended)
    }

    fn since_start(&self, at: Time) -> Duration {
        at.since(self.timeline.start().unwrap_or(at))
    }

    /// When it happened, as far as that is known now: the end of a process is often told more exactly soon after.
    fn as_known_now(&self, at: Time, held: &Held) -> Time {
        let reaped = |id| self.timeline.lifeline(id).and_then(|life| life.reaped);
        let when = || self.timeline.when(held.at, &held.change).latest;
        match &held.change {
            Change::Forked { .. } | Change::Reaped { .. } => when(),
            Change::Exited { id, .. } => reaped(*id).map_or(when(), |reaped| when().min(reaped.when.latest)),
            Change::Executed { .. }
            | Change::Adopted { .. }
            | Change::Connected { .. }
            | Change::Closed { .. }
            | Change::ClientFailed { .. }
            | Change::Lost { .. }
            | Change::Ordered(_)
            | Change::Marked(_) => at,
        }
    }

    fn tell(&mut self, at: Time, change: Change, events: &mut Vec<Event>) {
        let what = match change {
            Change::Forked { id, pid, parent } => match self.births.remove(&id) {
                Some(_) => What::Fork { pid, parent },
                // It was told with the end of the process.
                None => return,
            },
            Change::Exited { id, pid, status } => {
                self.tell_birth(at, id, pid, events);
                let life = self.timeline.lifeline(id);
                let known = life.and_then(|life| life.exited).map(|exited| exited.status);
                let status = known.unwrap_or(status);
                What::Exit { pid, status }
            }
            Change::Reaped { id, pid, zombie, by } => {
                self.tell_birth(at, id, pid, events);
                self.note_root(id);
                let life = self.timeline.lifeline(id);
                let reaped = life.and_then(|life| life.reaped);
                let exact = |when: When| life.and_then(|life| life.zombie_time(when.latest));
                What::Reap {
                    pid,
                    by: reaped.map_or(by, |reaped| reaped.by),
                    zombie: reaped.and_then(|reaped| exact(reaped.when)).unwrap_or(zombie),
                }
            }
            Change::Executed { pid, comm, .. } => What::Exec { pid, comm },
            Change::Adopted { pid, from, to, .. } => What::Orphan { pid, from, to },
            Change::Connected { id, local, peer } => What::Connect(Connection {
                pid: self.holder(id),
                local,
                peer,
            }),
            Change::Closed { id, local, peer } => What::Close(Connection {
                pid: self.holder(id),
                local,
                peer,
            }),
            Change::Lost { count } => What::Lost { count },
            Change::Marked(text) => What::Mark { text },
            // Of the load and the screen, not of the process table.
            Change::ClientFailed { .. } | Change::Ordered(_) => return,
        };
        self.push(at, what, events);
    }

    /// Nobody exits who was not born: a birth that is told late, or never, is told here.
    fn tell_birth(&mut self, at: Time, id: ProcessId, pid: Pid, events: &mut Vec<Event>) {
        let parent = self.births.remove(&id);
        let life = self.timeline.lifeline(id);
        let untold = life.is_some_and(|life| life.birth_seen && !life.announced);
        if let Some(parent) = parent.or((untold && self.early.insert(id)).then_some(None)) {
            self.push(at, What::Fork { pid, parent }, events);
        }
    }

    fn holder(&self, socket: SocketId) -> Option<Pid> {
        let (holder, _) = self.timeline.socket(socket)?.holder?;
        self.timeline.lifeline(holder).map(|life| life.pid)
    }

    fn push(&mut self, at: Time, what: What, events: &mut Vec<Event>) {
        self.totals.late += u64::from(at < self.told);
        self.told = self.told.max(at);
        count(&mut self.totals, &what);
        events.push(Event {
            t: self.since_start(self.told),
            what,
        });
    }
}

/// What such a change of the first reading tells was so before.
fn was_there(change: &Change) -> bool {
    match change {
        Change::Exited { .. } | Change::Adopted { .. } | Change::Connected { .. } => true,
        Change::Forked { .. }
        | Change::Executed { .. }
        | Change::Reaped { .. }
        | Change::Closed { .. }
        | Change::ClientFailed { .. }
        | Change::Lost { .. }
        | Change::Ordered(_)
        | Change::Marked(_) => false,
    }
}

fn count(totals: &mut Totals, what: &What) {
    match what {
        What::Fork { .. } => totals.forks += 1,
        What::Exit { status, .. } => {
            totals.exits += 1;
            totals.unknown_statuses += u64::from(*status == ExitStatus::Unknown);
        }
        What::Reap { by, zombie, .. } => {
            totals.reaps += 1;
            totals.unknown_reapers += u64::from(*by == Reaper::Unknown);
            let ZombieTime { most, .. } = zombie;
            totals.bounded_zombie_times += u64::from(zombie.known().is_none() && most.is_some());
            totals.unknown_zombie_times += u64::from(most.is_none());
        }
        What::Lost { count } => totals.lost += count,
        What::Exec { .. }
        | What::Orphan { .. }
        | What::Connect(_)
        | What::Close(_)
        | What::Mark { .. }
        | What::End(_) => {}
    }
}
