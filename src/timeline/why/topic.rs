//! What could be said at a moment, and how telling each of it is.

use std::time::Duration;

use super::derive::FAR;
use crate::timeline::Timeline;
use crate::timeline::call::Waiting;
use crate::timeline::lifeline::{Hold, Phase};
use crate::timeline::log::{Change, Entry};
use crate::timeline::observation::Ordered;
use crate::timeline::process::{ExitStatus, Pid, ProcessId, State};
use crate::timeline::sockets::SocketId;
use crate::timeline::time::Time;
use crate::timeline::tree::held::Listener;
use crate::timeline::tree::{Moment, Row};

/// Something that could be said, by what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Nothing is there.
    Nothing,
    /// What a process is and does.
    Process(ProcessId),
    /// That it was born.
    Birth(ProcessId),
    /// That it came.
    Connection(SocketId),
    /// That it is a zombie.
    Zombie(ProcessId),
    /// That it was reaped.
    Reap(ProcessId),
    /// That it got another parent.
    Orphan(ProcessId),
    /// That it shares a connection.
    Shared(ProcessId),
    /// That it is stopped, and others need it.
    StoppedParent(ProcessId),
    /// That a signal of this number was sent to it when it was a zombie.
    Kill(ProcessId, i32),
    /// That clients wait in the accept queue of this socket.
    Queue(SocketId),
    /// That a signal ended it.
    Death(ProcessId),
    /// That it waits for a child while clients wait for it.
    WaitBlocksAccept(ProcessId),
    /// That all has ended.
    Ended,
}

/// Something that could be said, and how telling it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// What.
    pub topic: Topic,
    /// How telling it is by its kind.
    pub weight: u32,
    /// How telling it is at this moment: an event fades.
    pub score: u32,
}

/// What happened longer ago than this is no news.
const NEWS: Duration = Duration::from_secs(8);

/// How many of the newest entries of the log are looked at.
const ENTRIES: usize = 400;

/// Younger zombies are the usual way to end.
pub(super) const ZOMBIE_AGE: Duration = Duration::from_millis(300);

/// A zombie that was one for longer than this was waited for late.
const LATE: Duration = Duration::from_millis(200);

/// A condition that lasts has its full weight for so long, and then a part of it, so that other news get a word in.
const FRESH: Duration = Duration::from_secs(6);

/// Clients that wait shorter than this are about to be accepted.
const QUEUED: Duration = Duration::from_millis(700);

/// Between fork() and close() every parent shares a connection with its child.
const SHARED: Duration = Duration::from_secs(1);

/// A child is born of a connection if it follows it within this time.
const SOON: Duration = Duration::from_millis(300);

impl Topic {
    /// The process that it is about.
    pub const fn process(self) -> Option<ProcessId> {
        match self {
            Self::Process(id)
            | Self::Birth(id)
            | Self::Zombie(id)
            | Self::Reap(id)
            | Self::Orphan(id)
            | Self::Shared(id)
            | Self::StoppedParent(id)
            | Self::Kill(id, _)
            | Self::Death(id)
            | Self::WaitBlocksAccept(id) => Some(id),
            Self::Nothing | Self::Connection(_) | Self::Queue(_) | Self::Ended => None,
        }
    }

    /// What there is to say about a process that was selected.
    pub fn of(timeline: &Timeline, moment: &Moment<'_>, id: ProcessId) -> Self {
        let Some(row) = moment.row(id) else {
            return Self::Process(id);
        };
        match row.phase {
            Phase::Gone(_) => return Self::Reap(id),
            Phase::Zombie(_) => {
                let mut kills = news(timeline, moment.at).filter_map(|entry| kill(timeline, entry));
                let kill = kills.find(|topic| matches!(topic, Self::Kill(killed, _) if *killed == id));
                return kill.unwrap_or(Self::Zombie(id));
            }
            Phase::Alive | Phase::Unborn => {}
        }
        if row.life.read.is_none_or(|read| read > moment.at) {
            return Self::Birth(id);
        }
        let conditions = [
            (stopped_parent(moment, row), Self::StoppedParent(id)),
            (blocks_accept(moment, row), Self::WaitBlocksAccept(id)),
            (adopted(timeline, moment, row), Self::Orphan(id)),
            (!row.held.shared_with.is_empty(), Self::Shared(id)),
        ];
        let holds = conditions.into_iter().find(|(holds, _)| *holds);
        holds.map_or(Self::Process(id), |(_, topic)| topic)
    }
}

/// All that could be said at a moment with nothing selected, in no order. Never empty.
pub fn candidates(timeline: &Timeline, moment: &Moment<'_>) -> Vec<Candidate> {
    let mut candidates = conditions(moment);
    let mut births: Vec<Time> = Vec::new();
    for entry in news(timeline, moment.at) {
        let age = moment.at.since(entry.at);
        let mut add = |topic, weight, life| candidates.push(event(topic, weight, age, life));
        match &entry.change {
            Change::Forked { id, .. } => {
                births.push(entry.at);
                add(Topic::Birth(*id), 48, Duration::from_secs(4));
            }
            // What stood in the first reading had come before.
            Change::Connected { .. } if timeline.start() == Some(entry.at) => {}
            Change::Connected { id, .. } if !births.iter().any(|birth| birth.since(entry.at) <= SOON) => {
                add(Topic::Connection(*id), 40, Duration::from_secs(3));
            }
            Change::Exited {
                id,
                status: ExitStatus::Signal(_),
                ..
            } => {
                add(Topic::Death(*id), 80, Duration::from_secs(6));
            }
            Change::Reaped { id, zombie, .. } => {
                let weight = if zombie.least >= LATE { 65 } else { 50 };
                add(Topic::Reap(*id), weight, Duration::from_secs(5));
            }
            Change::Adopted { id, .. } => add(Topic::Orphan(*id), 70, Duration::from_secs(6)),
            Change::Ordered(Ordered::Signal { .. }) => {
                if let Some(topic) = kill(timeline, entry) {
                    add(topic, 95, NEWS);
                }
            }
            Change::Connected { .. }
            | Change::Exited { .. }
            | Change::Executed { .. }
            | Change::Closed { .. }
            | Change::ClientFailed { .. }
            | Change::Lost { .. }
            | Change::Ordered(Ordered::Policy(_) | Ordered::Model(_) | Ordered::Backlog(_))
            | Change::Marked(_) => {}
        }
    }
    let root = moment.rows.iter().find(|row| row.life.root && !row.is_ghost());
    let calm = root.or(moment.rows.iter().find(|row| !row.is_ghost()));
    let calm = match calm {
        Some(row) => Topic::Process(row.life.id),
        None if moment.rows.is_empty() => Topic::Nothing,
        None => Topic::Ended,
    };
    let weight = if calm == Topic::Ended { 100 } else { 10 };
    candidates.push(lasting(calm, weight));
    candidates
}

/// What is so at a moment, and stays so.
fn conditions(moment: &Moment<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let zombies = moment.rows.iter().filter(|row| row.is_zombie());
    let ages = zombies.filter_map(|row| Some((row.life.zombie_time(moment.at)?.least, row.life.id)));
    if let Some((age, id)) = ages.max_by_key(|(age, id)| (*age, std::cmp::Reverse(*id)))
        && age >= ZOMBIE_AGE
    {
        found.push(lasting(Topic::Zombie(id), if age < FRESH { 75 } else { 45 }));
    }
    for row in moment.rows.iter().filter(|row| row.phase == Phase::Alive) {
        let id = row.life.id;
        if stopped_parent(moment, row) {
            found.push(lasting(Topic::StoppedParent(id), 90));
        } else if blocks_accept(moment, row) {
            found.push(lasting(Topic::WaitBlocksAccept(id), 85));
        } else if row.adopter.is_some() {
            found.push(lasting(Topic::Orphan(id), 20));
        } else if shared_since(row, moment.at).is_some_and(|since| moment.at.since(since) >= SHARED) {
            found.push(lasting(Topic::Shared(id), 30));
        }
    }
    for listener in &moment.listeners {
        let queue = listener.queue;
        let full = queue
            .waiting
            .zip(queue.backlog)
            .is_some_and(|(waiting, backlog)| waiting > backlog);
        if waits_long(moment, listener) {
            found.push(lasting(Topic::Queue(listener.line.id), if full { 85 } else { 60 }));
        }
    }
    found
}

fn lasting(topic: Topic, weight: u32) -> Candidate {
    Candidate {
        topic,
        weight,
        score: weight,
    }
}

/// Something that happened so long ago, and is forgotten after `life`.
fn event(topic: Topic, weight: u32, age: Duration, life: Duration) -> Candidate {
    let left = life.saturating_sub(age).as_millis() * u128::from(weight) / life.as_millis().max(1);
    Candidate {
        topic,
        weight,
        score: u32::try_from(left).unwrap_or(weight),
    }
}

/// What happened lately, the newest first.
fn news(timeline: &Timeline, t: Time) -> impl Iterator<Item = &Entry> {
    timeline
        .log(t)
        .take(ENTRIES)
        .take_while(move |entry| t.since(entry.at) < NEWS)
}

/// A signal that went to a process which had exited already.
fn kill(timeline: &Timeline, entry: &Entry) -> Option<Topic> {
    let Change::Ordered(Ordered::Signal { signal, pid }) = entry.change else {
        return None;
    };
    let life = timeline.by_pid(pid)?;
    let zombie = matches!(life.phase(entry.at), Phase::Zombie(_));
    zombie.then_some(Topic::Kill(life.id, signal))
}

/// It is stopped, and has children or listens.
fn stopped_parent(moment: &Moment<'_>, row: &Row<'_>) -> bool {
    let stopped = matches!(row.facts.state, State::Stopped | State::Traced) && row.phase == Phase::Alive;
    stopped && (children(moment, row.life.pid).next().is_some() || listens(moment, row.life.pid))
}

/// The rows of the children of that process, zombies too.
pub(super) fn children<'a, 'b>(moment: &'b Moment<'a>, parent: Pid) -> impl Iterator<Item = &'b Row<'a>> {
    let rows = moment.rows.iter().filter(|row| !row.is_ghost());
    rows.filter(move |row| row.facts.parent == parent)
}

fn listens(moment: &Moment<'_>, pid: Pid) -> bool {
    moment.listeners.iter().any(|listener| listener.held_by.contains(&pid))
}

/// It waits for a child, and clients wait on a socket on which it listens.
fn blocks_accept(moment: &Moment<'_>, row: &Row<'_>) -> bool {
    row.facts.waiting() == Some(Waiting::Child) && queue_of(moment, row.life.pid).is_some()
}

/// The listening socket of that process on which clients have waited for a while.
pub(super) fn queue_of<'a, 'b>(moment: &'b Moment<'a>, pid: Pid) -> Option<&'b Listener<'a>> {
    let mut own = moment
        .listeners
        .iter()
        .filter(|listener| listener.held_by.contains(&pid));
    own.find(|listener| waits_long(moment, listener))
}

/// Clients wait there, and did a while ago.
fn waits_long(moment: &Moment<'_>, listener: &Listener<'_>) -> bool {
    let waiting = |t: Time| listener.line.queue(t).and_then(|queue| queue.waiting).unwrap_or(0) > 0;
    waiting(moment.at) && waiting(moment.at - QUEUED)
}

/// It got another parent while it was watched.
fn adopted(timeline: &Timeline, moment: &Moment<'_>, row: &Row<'_>) -> bool {
    let told = |entry: &Entry| matches!(entry.change, Change::Adopted { id, .. } if id == row.life.id);
    row.adopter.is_some() || timeline.log(moment.at).take(FAR).any(told)
}

/// Since when it has held a connection that another held too: both were then seen to.
fn shared_since(row: &Row<'_>, t: Time) -> Option<Time> {
    if row.held.shared_with.is_empty() {
        return None;
    }
    let held = |hold: &&Hold| hold.covers(t) && row.held.connections.iter().any(|line| line.id == hold.socket);
    row.life.holds.iter().filter(held).map(|hold| hold.from).max()
}
