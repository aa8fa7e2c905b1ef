//! What happens, a line each: the events of `forkscope events`, put into the order of time by [`stream`], and written
//! as JSON lines ([`json`]) or for people ([`text`]).

use std::net::SocketAddr;
use std::time::Duration;

use crate::observe::{Births, Capture, Reason};
use crate::timeline::lifeline::{Reaper, ZombieTime};
use crate::timeline::process::{ExitStatus, Pid};

pub mod json;
pub mod stream;
#[cfg(test)]
mod tests;
pub mod text;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When, since the start; never before the event that was told last.
    pub t: Duration,
    /// What.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A process was born.
    Fork {
        /// Who.
        pid: Pid,
        /// Who forked, where that is known.
        parent: Option<Pid>,
    },
    /// A process runs another program.
    Exec {
        /// Who.
        pid: Pid,
        /// The name that it has now, as the bytes that it is.
        comm: Box<[u8]>,
    },
    /// A process exited.
    Exit {
        /// Who.
        pid: Pid,
        /// How.
        status: ExitStatus,
    },
    /// A process was waited for.
    Reap {
        /// Who.
        pid: Pid,
        /// Who waited, or that nobody did.
        by: Reaper,
        /// How long it had been a zombie.
        zombie: ZombieTime,
    },
    /// A process got another parent, because its own ended.
    Orphan {
        /// Who.
        pid: Pid,
        /// The parent that it had, where that was seen.
        from: Option<Pid>,
        /// The adopter.
        to: Pid,
    },
    /// A connection was first seen.
    Connect(Connection),
    /// A connection is gone.
    Close(Connection),
    /// Events that the kernel could not deliver.
    Lost {
        /// How many.
        count: u64,
    },
    /// A mark was set.
    Mark {
        /// What it says.
        text: Box<str>,
    },
    /// Nothing comes after this.
    End(Box<End>),
}

/// A connection and its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connection {
    /// Who holds it, or held it last, the oldest of several; `None` where that is unknown, and while nobody has
    /// accepted it.
    pub pid: Option<Pid>,
    /// The address on this side.
    pub local: SocketAddr,
    /// The other end.
    pub peer: SocketAddr,
}

/// The end, and what there was until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Why it ends.
    pub reason: Ending,
    /// How the target ended; `None` while it goes on.
    pub status: Option<ExitStatus>,
    /// What was told.
    pub totals: Totals,
    /// How exact that is; `None` where nothing was read at all.
    pub capture: Option<Capture>,
    /// Short lives may be missing from it.
    pub may_have_missed: bool,
}

/// Why a stream ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nobody of the target is left.
    TargetEnded,
    /// The time that was asked for is over.
    Elapsed,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// SIGHUP: the terminal is gone.
    HungUp,
}

impl Ending {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TargetEnded => "target ended",
            Self::Elapsed => "elapsed",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
            Self::HungUp => "hung up",
        }
    }
}

/// How many events were told, and how many of them lack something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Births.
    pub forks: u64,
    /// Exits.
    pub exits: u64,
    /// Reaps.
    pub reaps: u64,
    /// Exits without a status.
    pub unknown_statuses: u64,
    /// Reaps without knowing by whom.
    pub unknown_reapers: u64,
    /// Zombie times of which only the most is known.
    pub bounded_zombie_times: u64,
    /// Zombie times of which not even that is known: the process was found a zombie.
    pub unknown_zombie_times: u64,
    /// Events that came to be known only after a later one had been told; their `t` is that one's.
    pub late: u64,
    /// Events that the kernel could not deliver.
    pub lost: u64,
}

/// With such a capture short lives may be missed, or how a process ended that nothing was left to watch with.
fn may_miss(capture: &Capture) -> bool {
    let untold = |reason: &Reason| matches!(reason, Reason::Untold(_) | Reason::Unwatched(_));
    match capture.births {
        Births::Polled { .. } => true,
        Births::Perf | Births::Connector => capture.reasons.iter().any(untold),
    }
}
