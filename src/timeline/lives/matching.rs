//! Which process an observation speaks of. A pid alone never tells: a reading carries the start time in ticks, a birth
//! event carries its own time, and what speaks of an earlier owner of a pid must not touch the present one.

use std::time::Duration;

use super::Lives;
use crate::timeline::history::History;
use crate::timeline::lifeline::{Lifeline, Reaper, Usage};
use crate::timeline::log::Change;
use crate::timeline::observation::Reading;
use crate::timeline::process::{ExitStatus, Key, Pid, ProcessId};
use crate::timeline::time::{Time, When};

/// A start time is given in these (USER_HZ, 100 a second).
const TICK: Duration = Duration::from_millis(10);

/// A birth event and a start time in ticks of the same process lie no further apart than this: a tick is 10 ms.
pub(super) const SAME_BIRTH: Duration = Duration::from_millis(20);

/// So late is a birth event where its parent had to give way just after it had noted the child's start time. An event
/// about a child that was gone before anybody could read its start time carries the tick of its birth event.
const LATE: Duration = Duration::from_millis(200);

/// Whose a key is.
enum Owner {
    /// This process has it, or had it last.
    Newest(ProcessId),
    /// An earlier owner of the pid; `None` for one that was never heard of, or was forgotten.
    Earlier(Option<ProcessId>),
    /// A process that has not been heard of.
    Nobody,
}

impl Lives {
    /// The process that a reading speaks of; `None` for a reading of one that has already gone.
    pub(in crate::timeline) fn resolve(
        &mut self,
        reading: &Reading,
        at: Time,
        start: Time,
        changes: &mut Vec<Change>,
    ) -> Option<ProcessId> {
        match self.owner(reading.key, false) {
            Owner::Newest(id) => {
                let life = self.lines.get_mut(&id)?;
                life.start_ticks = Some(reading.key.start_ticks);
                let first = life.segments.is_empty();
                (first || life.reaped.is_none()).then_some(id)
            }
            Owner::Earlier(_) => None,
            Owner::Nobody => Some(self.begin(reading.key, reading.root, at, start, changes)),
        }
    }

    /// The process of that key. An event can overtake the reading that first names its process, and can come late,
    /// when somebody else has the pid: then `None`, unless the earlier owner is still remembered.
    pub(super) fn heard_of(&mut self, key: Key, at: Time, start: Time, changes: &mut Vec<Change>) -> Option<ProcessId> {
        match self.owner(key, true) {
            Owner::Newest(id) => {
                self.lines.get_mut(&id)?.start_ticks.get_or_insert(key.start_ticks);
                Some(id)
            }
            Owner::Earlier(id) => id,
            Owner::Nobody => Some(self.begin(key, false, at, start, changes)),
        }
    }

    /// A root that nobody has read yet.
    pub(in crate::timeline) fn launched(&mut self, key: Key) {
        let by = Time::from_ticks(key.start_ticks) + TICK;
        let id = self.begin(key, true, by, by, &mut Vec::new());
        self.root.get_or_insert(id);
    }

    /// `told` says that the key comes of an event and may be worked out from a birth event.
    fn owner(&self, key: Key, told: bool) -> Owner {
        let Some(life) = self.by_pid(key.pid) else {
            return Owner::Nobody;
        };
        let ticks = Time::from_ticks(key.start_ticks);
        // Unless it is an earlier owner's, by its very key.
        let was_late = |born: Time| is_late(ticks, born) && self.ended_of(key).is_none();
        let (same, earlier) = if let Some(own) = life.start_ticks {
            let known = Time::from_ticks(own);
            let guess_told = told && life.reaped.is_none() && is_late(known, ticks);
            let guess_known = life.read.is_none() && was_late(known);
            (
                own == key.start_ticks || guess_told || guess_known,
                key.start_ticks < own,
            )
        } else {
            let born = life.born.latest;
            (near(ticks, born) || was_late(born), ticks < born)
        };
        match (same, earlier) {
            (true, _) => Owner::Newest(life.id),
            (false, true) => Owner::Earlier(self.ended_of(key)),
            (false, false) => Owner::Nobody,
        }
    }

    /// The process of that key among those that have ended.
    fn ended_of(&self, key: Key) -> Option<ProcessId> {
        let mut ended = self.ended.newest_first();
        ended.find(|id| self.get(*id).and_then(Lifeline::key) == Some(key))
    }

    /// The pid was given to somebody else, born at `at`: whoever had it is gone, whatever we were told.
    pub(super) fn supersede(&mut self, pid: Pid, at: Time, changes: &mut Vec<Change>) {
        let Some(life) = self.by_pid(pid) else { return };
        if life.reaped.is_none() {
            let latest = life.exited.map_or(at, |exited| at.max(exited.when.latest));
            let (id, when) = (life.id, When::between(life.seen, latest));
            self.end(id, when, ExitStatus::Unknown, Reaper::Unknown, changes);
        }
    }

    /// A process of that key is known from now on.
    fn begin(&mut self, key: Key, root: bool, at: Time, start: Time, changes: &mut Vec<Change>) -> ProcessId {
        let ticks = Time::from_ticks(key.start_ticks);
        let born = When::between(ticks, (ticks + TICK).min(at));
        self.supersede(key.pid, born.latest, changes);
        // What stood in the very first reading was there when watching began.
        let id = self.insert(key.pid, born, !root && born.latest > start);
        if let Some(life) = self.lines.get_mut(&id) {
            life.start_ticks = Some(key.start_ticks);
            life.root = root;
        }
        id
    }

    pub(super) fn insert(&mut self, pid: Pid, born: When, birth_seen: bool) -> ProcessId {
        let id = ProcessId(self.next);
        self.next += 1;
        self.by_pid.insert(pid, id);
        self.present.insert(id);
        self.lines.insert(
            id,
            Lifeline {
                id,
                pid,
                start_ticks: None,
                ns_pid: None,
                root: false,
                forked_by: None,
                doubtful: false,
                born,
                birth_seen,
                announced: false,
                read: None,
                seen: born.latest,
                segments: Vec::new(),
                holds: Vec::new(),
                usage: Usage::default(),
                usages: History::default(),
                exited: None,
                reaped: None,
            },
        );
        id
    }
}

/// The second is the birth event of who was started at the first.
pub(super) fn is_late(started: Time, told: Time) -> bool {
    started < told && told.since(started) <= LATE
}

/// Two births that can be one.
pub(super) fn near(one: Time, other: Time) -> bool {
    one.since(other).max(other.since(one)) <= SAME_BIRTH
}
