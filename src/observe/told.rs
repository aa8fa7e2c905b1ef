//! What a source of births tells, whichever source it is: perf's task records or the proc connector.

use crate::timeline::process::{ExitStatus, Pid};
use crate::timeline::time::Time;

/// One thing that was told. Threads that come are left out; of those that go each is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// A process was born.
    Forked {
        /// When.
        at: Time,
        /// Who forked.
        parent: Pid,
        /// Who was born.
        child: Pid,
    },
    /// A process runs another program.
    Executed {
        /// When.
        at: Time,
        /// Who.
        pid: Pid,
        /// Its command name; `None` where the source does not say.
        comm: Option<Box<[u8]>>,
    },
    /// A thread of a process has left. A process has exited once its last thread has.
    Left {
        /// When.
        at: Time,
        /// The process.
        pid: Pid,
        /// How, where the source says.
        status: ExitStatus,
    },
    /// Something is missing here.
    Lost {
        /// When that was noticed.
        at: Time,
        /// How many records.
        count: u64,
    },
}

impl Told {
    /// The same on a clock that is ahead by so many nanoseconds.
    pub(super) fn put_ahead(&mut self, by: i64) {
        match self {
            Self::Forked { at, .. } | Self::Executed { at, .. } | Self::Left { at, .. } | Self::Lost { at, .. } => {
                *at = Time::from_nanos(at.nanos().saturating_add_signed(by));
            }
        }
    }

    /// What it is sorted by.
    pub(super) fn at(&self) -> Time {
        match self {
            Self::Forked { at, .. } | Self::Executed { at, .. } | Self::Left { at, .. } | Self::Lost { at, .. } => *at,
        }
    }
}
