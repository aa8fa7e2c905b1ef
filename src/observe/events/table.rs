//! The processes whose end is awaited: which pidfd is whose, what is known of each, and those that were gone before
//! there was a pidfd. It opens nothing and waits for nothing.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::time::Duration;

use crate::observe::clock;
use crate::timeline::observation::{Exit, Observation, Reap};
use crate::timeline::process::{ExitStatus, Key, Pid, Reaper};
use crate::timeline::time::{Time, When};

use super::reapers::{Ended, Reapers, ZombieFile};
use super::{Found, Fresh, Shortfall};

/// A birth told and a start time read lie no further apart than this if they are of one process, and nobody of that pid
/// has been reaped between: a parent may have to give way between the two.
const SAME_BIRTH: Duration = Duration::from_millis(200);

/// For so long a birth may be on its way while its process is already found.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// Two execs of one process that lie no further apart are one, told twice.
const SAME_EXEC: Duration = Duration::from_micros(50);

/// For so long the exit of a child that was gone too soon is waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// The processes whose end is awaited.
#[derive(Debug, Default)]
pub(super) struct Table {
    next: u64,
    entries: HashMap<u64, Entry>,
    /// The newest of each pid.
    tokens: HashMap<Pid, u64>,
    short: HashMap<Pid, Short>,
    /// Threads that have left processes of which nobody has heard: the rings of two processors are not emptied at one
    /// moment, and so an end can come before its beginning.
    early: HashMap<Pid, (Left, Time)>,
    execs: HashMap<Pid, Time>,
    pub(super) reapers: Reapers,
    pub(super) fresh: Fresh,
    pub(super) shortfall: Shortfall,
}

/// A process whose end is awaited.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) pidfd: OwnedFd,
    /// The last time at which it is known not to have exited.
    pub(super) exited_after: Time,
    /// Its exit has been reported.
    pub(super) exited: bool,
    /// When its last thread left, as far as the source of births has said.
    pub(super) left: When,
    status: ExitStatus,
    parent: Pid,
    /// The page faults that its parent inherits by waiting for it.
    faults: Option<u64>,
    /// The source of births has told of it.
    told: bool,
    /// It was found a zombie: when it exited only the source of births can tell.
    unseen_exit: bool,
    since: Time,
}

/// What the source of births says of an end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) when: When,
    pub(super) status: ExitStatus,
}

impl Default for Left {
    /// Nothing.
    fn default() -> Self {
        Self {
            when: When::by(clock::NEVER),
            status: ExitStatus::Unknown,
        }
    }
}

/// A child that was gone before a pidfd of it could be opened.
#[derive(Debug, Clone, Copy)]
pub(super) struct Short {
    pub(super) key: Key,
    pub(super) born: Time,
    /// It had been reaped by then.
    pub(super) gone_by: Time,
}

impl Entry {
    /// A process that the source of births told of.
    pub(super) fn born(key: Key, parent: Pid, at: Time, pidfd: OwnedFd) -> Self {
        Self {
            key,
            pidfd,
            exited_after: at,
            exited: false,
            left: When {
                earliest: at,
                latest: clock::NEVER,
            },
            status: ExitStatus::Unknown,
            parent,
            faults: None,
            told: true,
            unseen_exit: false,
            since: at,
        }
    }

    /// A process that was found in /proc.
    pub(super) fn found(key: Key, parent: Pid, found: Found, pidfd: OwnedFd) -> Self {
        let now = clock::now();
        let left = When {
            earliest: Time::from_ticks(key.start_ticks),
            latest: clock::NEVER,
        };
        Self {
            left,
            exited: found == Found::Zombie,
            unseen_exit: found == Found::Zombie,
            told: false,
            ..Self::born(key, parent, now, pidfd)
        }
    }

    /// Its exit has not been told at `quiet`, and so it had not exited.
    pub(super) fn not_before(&mut self, quiet: Time) {
        if !self.exited {
            self.exited_after = self.exited_after.max(quiet);
        }
    }

    /// When it exited, where it had been reaped as well when we were told.
    pub(super) fn exit_by(&self, now: Time) -> When {
        let latest = now.min(self.left.latest);
        When::between(self.exited_after.max(self.left.earliest), latest)
    }

    /// Takes what a look at the zombie gave; says how it ended, as far as that is known now.
    pub(super) fn read_zombie(&mut self, file: Option<ZombieFile>) -> ExitStatus {
        if let Some(file) = file {
            (self.key, self.parent, self.faults) = (file.key, file.parent, Some(file.faults));
            if file.status != ExitStatus::Unknown {
                self.status = file.status;
            }
        }
        self.status
    }

    /// How it ended, with what the kernel says after the reap.
    pub(super) fn status_after(&self, said: ExitStatus) -> ExitStatus {
        match said {
            ExitStatus::Unknown => self.status,
            known => known,
        }
    }

    /// What tells who waited for it.
    pub(super) fn ended(&self) -> Ended {
        Ended {
            parent: self.parent,
            exited_after: self.exited_after.max(self.left.earliest),
            faults: self.faults,
        }
    }
}

impl Table {
    pub(super) fn insert(&mut self, entry: Entry) -> u64 {
        let token = self.next;
        self.next += 1;
        self.tokens.insert(entry.key.pid, token);
        self.entries.insert(token, entry);
        token
    }

    pub(super) fn get(&self, token: u64) -> Option<&Entry> {
        self.entries.get(&token)
    }

    pub(super) fn get_mut(&mut self, token: u64) -> Option<&mut Entry> {
        self.entries.get_mut(&token)
    }

    /// Nothing more is awaited of it.
    pub(super) fn remove(&mut self, token: u64) -> Option<Entry> {
        let entry = self.entries.remove(&token)?;
        let pid = entry.key.pid;
        if self.tokens.get(&pid) == Some(&token) {
            self.tokens.remove(&pid);
            self.execs.remove(&pid);
        }
        self.reapers.forget(pid);
        Some(entry)
    }

    /// The token of the process of that key.
    pub(super) fn token(&self, key: Key) -> Option<u64> {
        let token = *self.tokens.get(&key.pid)?;
        let entry = self.entries.get(&token)?;
        near(
            Time::from_ticks(entry.key.start_ticks),
            Time::from_ticks(key.start_ticks),
        )
        .then_some(token)
    }

    /// The process of that key is awaited already; from now on by that very key.
    pub(super) fn recognise(&mut self, key: Key) -> bool {
        let entry = self.token(key).and_then(|token| self.entries.get_mut(&token));
        entry.map(|entry| entry.key = key).is_some()
    }

    /// The entry of a child that was born then.
    fn born(&mut self, child: Pid, at: Time) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(self.tokens.get(&child)?)?;
        near(Time::from_ticks(entry.key.start_ticks), at).then_some(entry)
    }

    /// This birth was told before: where two events watch one process.
    pub(super) fn expects(&mut self, child: Pid, at: Time, parent: Pid) -> bool {
        if self.short.get(&child).is_some_and(|short| near(short.born, at)) {
            return true;
        }
        let Some(entry) = self.born(child, at) else {
            return false;
        };
        if entry.told {
            return true;
        }
        entry.parent = parent;
        false
    }

    /// The child was found before its birth was told; now it has been.
    pub(super) fn is_told(&mut self, child: Pid, at: Time) -> bool {
        self.born(child, at).map(|entry| entry.told = true).is_some()
    }

    /// This exec was not told yet.
    pub(super) fn is_news(&mut self, pid: Pid, at: Time) -> bool {
        if !self.tokens.contains_key(&pid) {
            return true;
        }
        let before = self.execs.insert(pid, at);
        before.is_none_or(|before| at.since(before) > SAME_EXEC)
    }

    /// A child was gone before its pidfd could be opened; says its end, where that was told already.
    pub(super) fn missed(&mut self, short: Short) -> Vec<Observation> {
        self.shortfall.too_short += 1;
        if let Some((left, _)) = self.early.remove(&short.key.pid) {
            return short.end(left);
        }
        self.short.insert(short.key.pid, short);
        Vec::new()
    }

    /// Some ends are still to be told by the source of births, and it may have lost them.
    pub(super) fn is_waiting(&self) -> bool {
        !self.short.is_empty()
    }

    /// A thread of a process has left; says the end of one that has no pidfd.
    pub(super) fn left(&mut self, pid: Pid, left: Left, now: Time) -> Vec<Observation> {
        if let Some(short) = self.short.remove(&pid) {
            return short.end(left);
        }
        let Some(token) = self.tokens.get(&pid) else {
            self.early.insert(pid, (left, now));
            return Vec::new();
        };
        if let Some(entry) = self
            .entries
            .get_mut(token)
            .filter(|entry| !entry.exited || entry.unseen_exit)
        {
            entry.left = When {
                earliest: entry.left.earliest.max(left.when.earliest),
                latest: left.when.latest,
            };
            if left.status != ExitStatus::Unknown {
                entry.status = left.status;
            }
            if std::mem::replace(&mut entry.unseen_exit, false) {
                let when = When::between(entry.left.earliest, entry.left.latest.min(entry.since));
                let (key, status) = (entry.key, entry.status);
                return vec![Observation::Exit(Exit { when, key, status })];
            }
        }
        Vec::new()
    }

    /// The ends of children that were gone too soon, and whose exit nobody has told meanwhile: it was lost.
    pub(super) fn overdue(&mut self, now: Time) -> Vec<Observation> {
        self.early.retain(|_, (_, at)| now.since(*at) < PATIENCE);
        let overdue = |short: &Short| now.since(short.gone_by) > PATIENCE;
        let pids: Vec<Pid> = self
            .short
            .values()
            .filter(|short| overdue(short))
            .map(|short| short.key.pid)
            .collect();
        let ends = pids.into_iter().filter_map(|pid| self.short.remove(&pid));
        ends.flat_map(|short| short.end(Left::default())).collect()
    }

    /// The processes born after `since` of whose birth nobody told in time; each once.
    pub(super) fn untold(&mut self, since: Time, now: Time) -> Vec<Pid> {
        let late = |entry: &&mut Entry| {
            !entry.told && now.since(entry.since) > ON_ITS_WAY && Time::from_ticks(entry.key.start_ticks) > since
        };
        let late = self.entries.values_mut().filter(late);
        late.map(|entry| {
            entry.told = true;
            entry.key.pid
        })
        .collect()
    }
}

impl Short {
    /// Its end, which lies between its birth and the moment when there was nothing left to open.
    fn end(self, left: Left) -> Vec<Observation> {
        let (when, status) = (left.when, left.status);
        let (key, by) = (self.key, Reaper::Unknown);
        let earliest = self.born.max(when.earliest).min(self.gone_by);
        let reaped = When::between(earliest, self.gone_by);
        let exited = When::between(earliest, when.latest.clamp(earliest, self.gone_by));
        vec![
            Observation::Exit(Exit {
                when: exited,
                key,
                status,
            }),
            Observation::Reap(Reap {
                when: reaped,
                key,
                status,
                by,
            }),
        ]
    }
}

/// Two moments that can be the birth of one process.
fn near(one: Time, other: Time) -> bool {
    one.since(other).max(other.since(one)) <= SAME_BIRTH
}
