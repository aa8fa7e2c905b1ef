//! The processes of which nothing more is awaited: those that have ended lately, and those that were gone before a
//! pidfd of theirs could be opened. It opens nothing and waits for nothing.
//!
//! A birth can be told after the end that it belongs to: who was found in /proc may be gone before we come to its
//! birth. And an exit can be told before its birth: the rings of two processors are not emptied at one moment. What is
//! remembered here keeps one process from ending twice, and gives each end what is known of it.

use std::collections::HashMap;
use std::time::Duration;

use crate::timeline::lifeline::Reaper;
use crate::timeline::observation::{Exit, Observation, Reap};
use crate::timeline::process::{ExitStatus, Key, Pid};
use crate::timeline::time::{Time, When};

use super::reapers::Ended;
use super::table::{near, started};

/// For so long the exit of a child that was gone too soon is waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// For so long an end is remembered: longer than a birth is on its way to us.
const MEMORY: Duration = Duration::from_secs(2);

/// Who is gone.
#[derive(Debug, Default)]
pub(super) struct Gone {
    ended: HashMap<Pid, (Past, Time)>,
    short: HashMap<Pid, Short>,
    /// Threads that have left processes of which nobody has heard.
    early: HashMap<Pid, (Left, Time)>,
    swept: Time,
}

/// What the source of births says of an end: a thread has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) at: Time,
    pub(super) status: ExitStatus,
}

/// A process whose end was told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Past {
    pub(super) key: Key,
    /// Its birth was told, too.
    pub(super) told: bool,
    /// It was a zombie when it was found, then, and nobody has told of its exit.
    pub(super) unseen_exit: Option<Time>,
}

/// A child that was gone before a pidfd of it could be opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short {
    pub(super) key: Key,
    pub(super) born: Time,
    /// It had been reaped by then.
    pub(super) gone_by: Time,
    pub(super) parent: Pid,
}

/// The end of a child that was gone too soon: what was told of it, if anything.
#[derive(Debug, Clone, Copy)]
pub(super) struct Due {
    short: Short,
    left: Option<Left>,
}

/// What a birth is to those who are gone.
#[derive(Debug)]
pub(super) enum Birth {
    /// That of somebody else.
    New,
    /// One that was told before.
    Again,
    /// One that was not, though its end was; and what was missing of that end.
    Late(Option<Observation>),
}

impl Gone {
    /// The end of a process was told.
    pub(super) fn ended(&mut self, past: Past, now: Time) {
        self.ended.insert(past.key.pid, (past, now));
    }

    /// The end of that process has been told already.
    pub(super) fn has_ended(&self, key: Key) -> bool {
        let past = self.ended.get(&key.pid);
        past.is_some_and(|(past, _)| near(started(past.key), started(key)))
    }

    /// A child was born then.
    pub(super) fn born(&mut self, child: Pid, at: Time) -> Birth {
        let past = self.ended.get_mut(&child).map(|(past, _)| past);
        let Some(past) = past.filter(|past| near(started(past.key), at)) else {
            return Birth::New;
        };
        if std::mem::replace(&mut past.told, true) {
            return Birth::Again;
        }
        let left = self.early.remove(&child).map(|(left, _)| left);
        let exit = past.unseen_exit.take().map(|found| Exit {
            when: left.map_or(When::between(at, found), |left| {
                When::exactly(left.at.clamp(at, found.max(at)))
            }),
            key: past.key,
            status: left.map_or(ExitStatus::Unknown, |left| left.status),
        });
        Birth::Late(exit.map(Observation::Exit))
    }

    /// A child was gone before its pidfd could be opened. Its end is told with the others that are [`Self::due`].
    pub(super) fn missed(&mut self, short: Short) {
        let past = Past {
            key: short.key,
            told: true,
            unseen_exit: None,
        };
        self.ended(past, short.gone_by);
        self.short.insert(short.key.pid, short);
    }

    /// A thread has left a process that nobody watches.
    pub(super) fn left(&mut self, pid: Pid, left: Left, now: Time) {
        let is_awaited = self.short.contains_key(&pid) || self.ended.get(&pid).is_none_or(|(past, _)| !past.told);
        if is_awaited {
            self.early.insert(pid, (left, now));
        }
    }

    /// Some ends are still to be told by the source of births, and it may have lost them.
    pub(super) fn is_waiting(&self) -> bool {
        !self.short.is_empty()
    }

    /// The ends of children that were gone too soon: of whom an exit was told, and of whom none was for so long that
    /// it must be lost. Of several threads that have left, the last is the exit.
    pub(super) fn due(&mut self, now: Time) -> Vec<Due> {
        let early = &mut self.early;
        let mut ends = Vec::new();
        self.short.retain(|pid, short| {
            let left = early.remove(pid).map(|(left, _)| left);
            let is_due = left.is_some() || now.since(short.gone_by) > PATIENCE;
            if is_due {
                ends.push(Due { short: *short, left });
            }
            !is_due
        });
        if now.since(self.swept) > PATIENCE {
            self.swept = now;
            self.early.retain(|_, (_, at)| now.since(*at) < PATIENCE);
            self.ended.retain(|_, (_, at)| now.since(*at) < MEMORY);
        }
        ends
    }
}

impl Due {
    /// Whose.
    pub(super) fn pid(&self) -> Pid {
        self.short.key.pid
    }

    /// What tells who waited for it.
    pub(super) fn ended(&self) -> Ended {
        Ended {
            parent: self.short.parent,
            exited_after: self.exited().earliest,
            faults: None,
        }
    }

    /// The end itself, which lies between the birth and the moment when there was nothing left to open.
    pub(super) fn told(self, by: Reaper) -> [Observation; 2] {
        let (key, when) = (self.short.key, self.exited());
        let status = self.left.map_or(ExitStatus::Unknown, |left| left.status);
        let exit = Exit { when, key, status };
        let reap = Reap {
            when: When::between(when.earliest, self.short.gone_by),
            key,
            status,
            by,
        };
        [Observation::Exit(exit), Observation::Reap(reap)]
    }

    fn exited(&self) -> When {
        let Short { born, gone_by, .. } = self.short;
        let bounds = When::between(born, gone_by);
        self.left
            .map_or(bounds, |left| When::exactly(left.at.max(bounds.earliest).min(gone_by)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of 10 ms after the start of the machine.
    const KEY: Key = Key { pid: 7, start_ticks: 1 };

    fn at(millis: u64) -> Time {
        Time::from_nanos(millis * 1_000_000)
    }

    fn left(millis: u64) -> Left {
        Left {
            at: at(millis),
            status: ExitStatus::Code(3),
        }
    }

    /// What is said of ends, in milliseconds: `exit 12 code 3`, `reap 12..14`.
    fn said(observations: &[Observation]) -> Vec<String> {
        let when = |when: When| {
            let millis = [when.earliest, when.latest].map(|time| time.nanos() / 1_000_000);
            if when.uncertainty().is_zero() {
                format!("{}", millis[0])
            } else {
                format!("{}..{}", millis[0], millis[1])
            }
        };
        let line = |observation: &Observation| match observation {
            Observation::Exit(exit) => format!("exit {} {:?}", when(exit.when), exit.status),
            Observation::Reap(reap) => format!("reap {} {:?}", when(reap.when), reap.by),
            other => panic!("{other:?}"),
        };
        observations.iter().map(line).collect()
    }

    /// What is said of those that are due then.
    fn due(gone: &mut Gone, millis: u64) -> Vec<String> {
        let ends = gone.due(at(millis));
        let told = ends
            .into_iter()
            .flat_map(|due| due.told(Reaper::Waited(due.ended().parent)));
        said(&told.collect::<Vec<_>>())
    }

    fn short() -> Gone {
        let mut gone = Gone::default();
        gone.missed(Short {
            key: KEY,
            born: at(11),
            gone_by: at(14),
            parent: 3,
        });
        gone
    }

    #[test]
    fn who_was_gone_too_soon_has_its_exit_from_the_source_of_births() {
        let mut gone = short();
        assert!(gone.is_waiting());
        assert_eq!(due(&mut gone, 15), [""; 0]);
        gone.left(7, left(12), at(15));
        gone.left(7, left(13), at(15));
        assert_eq!(due(&mut gone, 15), ["exit 13 Code(3)", "reap 13..14 Waited(3)"]);
        assert!(!gone.is_waiting());
        assert_eq!(due(&mut gone, 300), [""; 0]);
    }

    #[test]
    fn an_exit_that_was_told_before_its_birth_counts() {
        let mut gone = Gone::default();
        gone.left(7, left(12), at(13));
        gone.missed(Short {
            key: KEY,
            born: at(11),
            gone_by: at(14),
            parent: 3,
        });
        assert_eq!(due(&mut gone, 14), ["exit 12 Code(3)", "reap 12..14 Waited(3)"]);
    }

    #[test]
    fn an_exit_that_was_lost_is_bounded() {
        let mut gone = short();
        assert_eq!(due(&mut gone, 214), [""; 0]);
        assert_eq!(due(&mut gone, 215), ["exit 11..14 Unknown", "reap 11..14 Waited(3)"]);
    }

    #[test]
    fn nobody_ends_twice() {
        let mut gone = short();
        assert!(gone.has_ended(KEY));
        assert!(matches!(gone.born(7, at(11)), Birth::Again));
        // Another of that pid, later.
        assert!(matches!(gone.born(7, at(1000)), Birth::New));
        assert!(!gone.has_ended(Key {
            start_ticks: 100,
            ..KEY
        }));
        due(&mut gone, 3000);
        assert!(!gone.has_ended(KEY), "it is forgotten in the end");
    }

    #[test]
    fn a_birth_that_comes_after_the_end_is_a_birth_alone() {
        let mut gone = Gone::default();
        let past = |unseen_exit| Past {
            key: KEY,
            told: false,
            unseen_exit,
        };
        gone.ended(past(None), at(14));
        assert!(matches!(gone.born(7, at(11)), Birth::Late(None)));
        assert!(matches!(gone.born(7, at(11)), Birth::Again));
        // It was found a zombie: now that its birth is known, so is about when it exited.
        gone.ended(past(Some(at(13))), at(14));
        let Birth::Late(Some(exit)) = gone.born(7, at(11)) else {
            panic!("its exit was missing")
        };
        assert_eq!(said(&[exit]), ["exit 11..13 Unknown"]);
        gone.ended(past(Some(at(13))), at(14));
        gone.left(7, left(12), at(14));
        let Birth::Late(Some(exit)) = gone.born(7, at(11)) else {
            panic!("its exit was missing")
        };
        assert_eq!(said(&[exit]), ["exit 12 Code(3)"]);
    }
}
