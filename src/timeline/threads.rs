//! The threads of processes, read only while somebody looks at them: they cost several files each, so a moment at which
//! nobody looked says so. Which connection a thread serves is worked out with the sockets of the moment, not here.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::detail::{Got, Waits};
use super::process::{Key, Pid, ProcessId, State};
use super::time::Time;

/// A look holds for as long after it: the next comes within a second, and a busy machine takes its time.
const HOLDS: Duration = Duration::from_secs(3);

/// The most threads that are kept over all looks, ten minutes of a hundred: some twenty megabytes.
const MOST: usize = 120_000;

/// The most looks that are kept, however few threads they found.
const MOST_LOOKS: usize = 2000;

/// One look at the threads of some processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threads {
    /// When it began.
    pub at: Time,
    /// What was found, of each process that was looked at and still there.
    pub found: Vec<(Key, Arc<Listed>)>,
}

/// The threads of a process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// Those that were read, the main one first and the others by their ids.
    pub threads: Vec<Thread>,
    /// How many more there are, which were not read.
    pub more: usize,
}

/// A thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// Its id (gettid(2)); the main thread's is the pid.
    pub tid: Pid,
    /// Its name: bytes from a stranger.
    pub comm: Box<[u8]>,
    /// What the scheduler says.
    pub state: State,
    /// CPU time used, user and system.
    pub cpu: Duration,
    /// What it waits in.
    pub waits: Got<Waits>,
    /// The inode of the socket that its call was given, where that is one and the kernel tells.
    pub socket: Option<u64>,
}

/// The looks that are kept, oldest first.
#[derive(Debug, Default)]
pub(super) struct Looks {
    looks: VecDeque<(Time, BTreeMap<ProcessId, Arc<Listed>>)>,
    threads: usize,
}

impl Looks {
    /// Keeps a look.
    pub(super) fn keep(&mut self, at: Time, found: BTreeMap<ProcessId, Arc<Listed>>) {
        self.threads += count(&found);
        let after = self.looks.partition_point(|(kept, _)| *kept <= at);
        self.looks.insert(after, (at, found));
        while self.looks.len() > MOST_LOOKS || (self.threads > MOST && self.looks.len() > 1) {
            self.drop_first();
        }
    }

    /// What was found of that process by the look that holds at `t`.
    pub(super) fn at(&self, id: ProcessId, t: Time) -> Option<&Arc<Listed>> {
        let after = self.looks.partition_point(|(kept, _)| *kept <= t);
        let (at, found) = self.looks.get(after.checked_sub(1)?)?;
        found.get(&id).filter(|_| t.since(*at) <= HOLDS)
    }

    /// Forgets those before `horizon`.
    pub(super) fn forget(&mut self, horizon: Time) {
        while self.looks.front().is_some_and(|(at, _)| *at < horizon) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, found)) = self.looks.pop_front() {
            self.threads -= count(&found);
        }
    }
}

fn count(found: &BTreeMap<ProcessId, Arc<Listed>>) -> usize {
    found.values().map(|listed| listed.threads.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thread(tid: Pid) -> Thread {
        Thread {
            tid,
            comm: b"serving"[..].into(),
            state: State::Sleeping,
            cpu: Duration::ZERO,
            waits: Ok(Waits::Running),
            socket: None,
        }
    }

    fn found(id: u64, threads: usize) -> BTreeMap<ProcessId, Arc<Listed>> {
        let listed = Listed {
            threads: vec![thread(1); threads],
            more: 0,
        };
        BTreeMap::from([(ProcessId(id), Arc::new(listed))])
    }

    #[test]
    fn a_look_holds_for_a_while_and_for_whom_it_saw() {
        let mut looks = Looks::default();
        looks.keep(Time::from_ticks(1000), found(1, 2));
        looks.keep(Time::from_ticks(1050), found(2, 3));
        let at = |id, ticks| {
            looks
                .at(ProcessId(id), Time::from_ticks(ticks))
                .map(|listed| listed.threads.len())
        };
        assert_eq!((at(1, 999), at(1, 1000), at(1, 1049)), (None, Some(2), Some(2)));
        // The later look did not see the first process: it had one thread, or was not asked for.
        assert_eq!((at(1, 1050), at(2, 1050)), (None, Some(3)));
        assert_eq!((at(2, 1350), at(2, 1351)), (Some(3), None));
        looks.forget(Time::from_ticks(1050));
        assert_eq!((looks.looks.len(), looks.threads), (1, 3));
    }

    #[test]
    fn so_many_threads_are_kept_and_no_more() {
        let mut looks = Looks::default();
        for ticks in 0..100 {
            looks.keep(Time::from_ticks(ticks), found(1, 5000));
        }
        assert_eq!(looks.threads, MOST);
        looks.keep(Time::from_ticks(200), found(1, MOST * 2));
        assert_eq!(looks.looks.len(), 1, "the newest is kept whatever its size");
    }
}
