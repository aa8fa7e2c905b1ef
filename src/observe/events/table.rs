//! The processes whose end is awaited: which pidfd is whose, and what is known of each. Who is gone is [`gone`]'s. It
//! opens nothing and waits for nothing.
//!
//! [`gone`]: super::gone

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::time::Duration;

use crate::observe::clock;
use crate::observe::proc::Proc;
use crate::timeline::observation::{Exit, Observation};
use crate::timeline::process::{ExitStatus, Key, Pid};
use crate::timeline::time::{Time, When};

use super::gone::{Gone, Left, Past};
use super::reapers::{Ended, Reapers, ZombieFile};
use super::{Found, Fresh, Shortfall};

/// A birth told and a start time read lie no further apart than this if they are of one process, and nobody of that pid
/// has been reaped between: a parent may have to give way between the two.
const SAME_BIRTH: Duration = Duration::from_millis(200);

/// For so long a birth may be on its way while its process is already found.
const ON_ITS_WAY: Duration = Duration::from_millis(500);

/// Two execs of one process that lie no further apart are one, told twice.
const SAME_EXEC: Duration = Duration::from_micros(50);

/// What performance events call an exit is none where it follows an exec this closely: whoever runs a program that may
/// not be read is told of no more, which the kernel records as an exit (kernel/events/core.c, perf_event_exit_task, which
/// fs/exec.c calls for it). A program that truly lived no longer has its exit from its pidfd alone.
const OF_EXEC: Duration = Duration::from_micros(200);

/// The processes whose end is awaited.
#[derive(Debug, Default)]
pub(super) struct Table {
    next: u64,
    entries: HashMap<u64, Entry>,
    /// The newest of each pid.
    tokens: HashMap<Pid, u64>,
    execs: HashMap<Pid, Time>,
    /// So many births were told.
    pub(super) births: u64,
    pub(super) gone: Gone,
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
    left: Option<Time>,
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

impl Entry {
    /// A process that the source of births told of.
    pub(super) fn born(key: Key, parent: Pid, at: Time, pidfd: OwnedFd) -> Self {
        Self {
            key,
            pidfd,
            exited_after: at,
            exited: false,
            left: None,
            status: ExitStatus::Unknown,
            parent,
            faults: None,
            told: true,
            unseen_exit: false,
            since: at,
        }
    }

    /// A process that was found in /proc, and looked at no sooner than `before`.
    pub(super) fn found(key: Key, parent: Pid, found: Found, pidfd: OwnedFd, before: Time) -> Self {
        Self {
            exited: found == Found::Zombie,
            unseen_exit: found == Found::Zombie,
            told: false,
            since: clock::now(),
            ..Self::born(key, parent, before, pidfd)
        }
    }

    /// Its exit has not been told at `quiet`, and so it had not exited.
    pub(super) fn not_before(&mut self, quiet: Time) {
        if !self.exited {
            self.exited_after = self.exited_after.max(quiet);
        }
    }

    /// When it exited, as the source of births has it: perf's record comes just before the process becomes a zombie,
    /// the connector's just after (kernel/exit.c, do_exit). What was told before the last moment at which the process
    /// is known not to have exited was another thread's.
    fn exit_told(&self, now: Time) -> Option<When> {
        let left = self.left.filter(|left| *left >= self.exited_after);
        left.map(|left| When::exactly(left.min(now)))
    }

    /// When it exited, where we have been told at once.
    pub(super) fn exit_at(&self, now: Time) -> When {
        self.exit_told(now).unwrap_or(When::exactly(now))
    }

    /// When it exited, where it had been reaped as well when we were told.
    pub(super) fn exit_by(&self, now: Time) -> When {
        self.exit_told(now).unwrap_or(When::between(self.exited_after, now))
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
            exited_after: self.exited_after.max(self.left.unwrap_or_default()),
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

    /// A process has exited: whoever adopted its children is who may wait for them.
    pub(super) fn adopt(&mut self, proc: &Proc, parent: Pid) {
        if !self.reapers.has(parent) {
            return;
        }
        for child in self.entries.values_mut().filter(|child| child.parent == parent) {
            if let Ok(file) = proc.stat(child.key.pid) {
                child.parent = file.stat.ppid;
                self.reapers.know(proc, child.parent);
            }
        }
        self.reapers.forget(parent);
    }

    /// Nothing more is awaited of it.
    pub(super) fn remove(&mut self, token: u64) -> Option<Entry> {
        let entry = self.entries.remove(&token)?;
        let pid = entry.key.pid;
        let past = Past {
            key: entry.key,
            told: entry.told,
            unseen_exit: entry.unseen_exit.then_some(entry.since),
        };
        self.gone.ended(past, clock::now());
        if self.tokens.get(&pid) == Some(&token) {
            self.tokens.remove(&pid);
            self.execs.remove(&pid);
        }
        self.reapers.forget(pid);
        // There is nothing left to look at.
        self.fresh.pids.retain(|fresh| *fresh != pid);
        Some(entry)
    }

    /// The token of the process of that key.
    pub(super) fn token(&self, key: Key) -> Option<u64> {
        let token = *self.tokens.get(&key.pid)?;
        let entry = self.entries.get(&token)?;
        near(started(entry.key), started(key)).then_some(token)
    }

    /// The process of that key is awaited already; from now on by that very key.
    pub(super) fn recognise(&mut self, key: Key) -> bool {
        let entry = self.token(key).and_then(|token| self.entries.get_mut(&token));
        entry.map(|entry| entry.key = key).is_some()
    }

    /// The entry of a child that was born then.
    fn born(&mut self, child: Pid, at: Time) -> Option<&mut Entry> {
        let entry = self.entries.get_mut(self.tokens.get(&child)?)?;
        near(started(entry.key), at).then_some(entry)
    }

    /// This birth was told before: where two events watch one process.
    pub(super) fn expects(&mut self, child: Pid, at: Time, parent: Pid) -> bool {
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

    /// A thread of a process has left; says the end of one that was a zombie when it was found.
    pub(super) fn left(&mut self, pid: Pid, left: Left, now: Time) -> Option<Observation> {
        let entry = self.tokens.get(&pid).and_then(|token| self.entries.get_mut(token));
        let Some(entry) = entry else {
            self.gone.left(pid, left, now);
            return None;
        };
        if entry.exited && !entry.unseen_exit {
            return None;
        }
        let exec = self.execs.get(&pid).filter(|exec| left.at >= **exec);
        let of_exec = exec.is_some_and(|exec| left.at.since(*exec) <= OF_EXEC);
        if of_exec && left.status == ExitStatus::Unknown && !entry.unseen_exit {
            return None;
        }
        entry.left = Some(left.at);
        if left.status != ExitStatus::Unknown {
            entry.status = left.status;
        }
        std::mem::replace(&mut entry.unseen_exit, false).then(|| {
            let when = When::exactly(left.at.min(entry.since));
            let (key, status) = (entry.key, entry.status);
            Observation::Exit(Exit { when, key, status })
        })
    }

    /// The processes born after `since` of whose birth nobody told in time; each once.
    pub(super) fn untold(&mut self, since: Time, now: Time) -> Vec<Pid> {
        let late =
            |entry: &&mut Entry| !entry.told && now.since(entry.since) > ON_ITS_WAY && started(entry.key) > since;
        let late = self.entries.values_mut().filter(late);
        late.map(|entry| {
            entry.told = true;
            entry.key.pid
        })
        .collect()
    }
}

/// When a process started, as precisely as its key says.
pub(in crate::observe) fn started(key: Key) -> Time {
    Time::from_ticks(key.start_ticks)
}

/// Two moments that can be the birth of one process.
pub(in crate::observe) fn near(one: Time, other: Time) -> bool {
    one.since(other).max(other.since(one)) <= SAME_BIRTH
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> Time {
        Time::from_nanos(micros * 1000)
    }

    /// A process that ran another program at 1000 µs and of which that was told then; when did it exit, as told 5 ms later?
    #[track_caller]
    fn check(left: u64, status: ExitStatus, when: When) {
        let key = Key { pid: 7, start_ticks: 0 };
        let pidfd = rustix::event::eventfd(0, rustix::event::EventfdFlags::CLOEXEC).expect("a descriptor");
        let mut table = Table::default();
        let token = table.insert(Entry::born(key, 3, at(500), pidfd));
        assert!(table.is_news(7, at(1000)));
        let left = Left { at: at(left), status };
        assert!(table.left(7, left, at(5000)).is_none());
        let entry = table.get(token).expect("it is awaited");
        assert_eq!(entry.exit_by(at(5000)), when);
    }

    #[test]
    fn what_is_told_as_an_exit_just_after_an_exec_is_none() {
        let unknown = ExitStatus::Unknown;
        check(1012, unknown, When::between(at(500), at(5000)));
        // Who tells how it ended tells of an exit.
        check(1012, ExitStatus::Code(0), When::exactly(at(1012)));
        check(1500, unknown, When::exactly(at(1500)));
        check(990, unknown, When::exactly(at(990)));
    }
}
