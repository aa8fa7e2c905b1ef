//! What changed, in the order of time: the events that the screen lists and `events` prints. Derived from
//! observations, and bounded.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use super::lifeline::{Reaper, ZombieTime};
use super::observation::{ClientId, Failure, Ordered};
use super::process::{ExitStatus, Pid, ProcessId};
use super::sockets::SocketId;
use super::time::Time;

/// How many entries are kept: ten minutes of two hundred children a second, each of which is born, exits and is reaped.
const MOST: usize = 400_000;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A process was born.
    Forked {
        /// Who.
        id: ProcessId,
        /// Its pid.
        pid: Pid,
        /// Who forked; `None` where it was no longer its parent when the child was first seen. Its parent is another
        /// where it called clone(2) with `CLONE_PARENT`.
        parent: Option<Pid>,
    },
    /// A process runs another program.
    Executed {
        /// Who.
        id: ProcessId,
        /// Its pid.
        pid: Pid,
        /// Its command name from then on: bytes from a stranger.
        comm: Box<[u8]>,
    },
    /// A process exited.
    Exited {
        /// Who.
        id: ProcessId,
        /// Its pid.
        pid: Pid,
        /// How.
        status: ExitStatus,
    },
    /// A process was waited for.
    Reaped {
        /// Who.
        id: ProcessId,
        /// Its pid.
        pid: Pid,
        /// How long it had been a zombie.
        zombie: ZombieTime,
        /// Who waited, or that nobody did.
        by: Reaper,
    },
    /// A process got another parent, because its own ended.
    Adopted {
        /// Who.
        id: ProcessId,
        /// Its pid.
        pid: Pid,
        /// The parent that it had, where that was seen.
        from: Option<Pid>,
        /// The adopter.
        to: Pid,
    },
    /// A connection was first seen.
    Connected {
        /// Which.
        id: SocketId,
        /// This side.
        local: SocketAddr,
        /// The other.
        peer: SocketAddr,
    },
    /// A connection is gone.
    Closed {
        /// Which.
        id: SocketId,
        /// This side.
        local: SocketAddr,
        /// The other.
        peer: SocketAddr,
    },
    /// A client of our own ended otherwise than it meant to.
    ClientFailed {
        /// Which.
        id: ClientId,
        /// How.
        failure: Failure,
    },
    /// Events that the kernel could not deliver.
    Lost {
        /// How many.
        count: u64,
    },
    /// The server was told something.
    Ordered(Ordered),
    /// A mark was set.
    Marked(Box<str>),
}

impl Change {
    /// It is about the end of that process.
    fn ends(&self, process: ProcessId) -> bool {
        matches!(self, Self::Exited { id, .. } | Self::Reaped { id, .. } if *id == process)
    }
}

/// A change and when it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, at the latest.
    pub at: Time,
    /// How much earlier it may have been; zero where the moment is exact.
    pub blur: Duration,
    /// What.
    pub change: Change,
}

/// The newest changes, oldest first.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
}

impl Log {
    /// Puts a change where its time belongs: sources report with different delays.
    pub(super) fn insert(&mut self, entry: Entry) {
        self.put(self.place(entry.at), entry);
    }

    /// Puts the birth of a process whose end is known already before that end, also where both are given the same
    /// time: a child can live shorter than a tick of its start time.
    pub(super) fn insert_before_end(&mut self, entry: Entry, of: ProcessId) {
        let place = self.place(entry.at);
        let same_time = self
            .entries
            .range(..place)
            .rev()
            .take_while(|other| other.at == entry.at);
        let from = place - same_time.count();
        let end = (from..place).find(|index| self.entries[*index].change.ends(of));
        self.put(end.unwrap_or(place), entry);
    }

    /// Behind all that was not later.
    fn place(&self, at: Time) -> usize {
        let later = self.entries.iter().rev().take_while(|entry| entry.at > at).count();
        self.entries.len() - later
    }

    fn put(&mut self, place: usize, entry: Entry) {
        self.entries.insert(place, entry);
        if self.entries.len() > MOST {
            self.entries.pop_front();
        }
    }

    /// The entries up to `t`, newest first.
    pub(super) fn until(&self, t: Time) -> impl Iterator<Item = &Entry> {
        self.entries.range(..self.later(t)).rev()
    }

    /// The time of the last entry before `t`.
    pub(super) fn before(&self, t: Time) -> Option<Time> {
        let from = self.entries.partition_point(|entry| entry.at < t);
        self.entries.get(from.checked_sub(1)?).map(|entry| entry.at)
    }

    /// The time of the first entry after `t`.
    pub(super) fn after(&self, t: Time) -> Option<Time> {
        self.entries.get(self.later(t)).map(|entry| entry.at)
    }

    /// Where the entries after `t` begin.
    fn later(&self, t: Time) -> usize {
        self.entries.partition_point(|entry| entry.at <= t)
    }

    /// Drops what was before `horizon`.
    pub(super) fn forget(&mut self, horizon: Time) {
        let old = self.entries.partition_point(|entry| entry.at < horizon);
        self.entries.drain(..old);
    }
}
