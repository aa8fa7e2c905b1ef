//! What the kernel says, turned into observations: how exact that is, and the threads that do it.
//!
//! A source of observations is an [`Observe`]; the live one reads /proc at an interval, and has a thread that waits for
//! births, exits and reaps. Nothing here remembers what was: that is the timeline's.

use std::sync::Arc;
use std::time::Duration;

use crate::timeline::observation::Observation;

mod attention;
pub mod clock;
mod connector;
mod descriptors;
mod detail;
mod events;
mod heirs;
pub mod live;
pub mod machine;
mod perf;
mod pidfd_info;
mod powers;
mod proc;
mod question;
pub mod refused;
mod runs;
mod sampler;
mod share;
mod sockets;
mod source;
mod spare;
pub mod syscall;
mod threads;
mod told;
mod turns;
pub mod waiting;
mod watched;

pub use attention::Attention;
pub use powers::Powers;
pub use proc::Proc;
pub use sampler::{Sampler, Scope};
pub use source::{Source, Wanted};

/// Takes what was observed, from any thread; says whether more is wanted.
pub type Sink = Arc<dyn Fn(News) -> bool + Send + Sync>;

/// What a source says.
#[derive(Debug, Clone)]
pub enum News {
    /// Something was observed.
    Observed(Observation),
    /// How exact the observations are, from here on.
    Capture(Capture),
}

/// A source of observations: the kernel, or a recording.
pub trait Observe: Send {
    /// Makes ready: of what happens once this has returned, nothing is missed. By itself, [`Observe::run`] does it first.
    fn begin(&mut self, _sink: &Sink, _stop: &live::Stop) {}

    /// Puts observations into the sink, in about the order of time, until it wants no more, `stop` says so or there
    /// are no more.
    fn run(&mut self, sink: &Sink, stop: &live::Stop);
}

/// How exact the record is, and why it is no better.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Where births come from.
    pub births: Births,
    /// Where exits and reaps come from.
    pub deaths: Deaths,
    /// How often /proc is read, for all that is not told.
    pub every: Duration,
    /// Where sockets come from.
    pub sockets: SocketSource,
    /// Why it is no better.
    pub reasons: Vec<Reason>,
}

/// Where births come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Births {
    /// perf_event_open(2): all of them, of the target alone.
    Perf,
    /// The proc connector: all of them.
    Connector,
    /// /proc, read at an interval: a child that lives shorter may be missed.
    Polled {
        /// How often.
        every: Duration,
    },
}

/// Where exits and reaps come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deaths {
    /// A pidfd of each process: exits, reaps and statuses, at the very moment.
    Pidfd,
    /// The same without the status of a process that was reaped before it was read (Linux 6.9 to 6.14).
    PidfdTimes,
    /// A pidfd tells the exits; reaps are found in /proc (Linux 5.3 to 6.8).
    PidfdExits,
    /// /proc, read at an interval.
    Polled,
}

/// Where sockets come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketSource {
    /// The kernel's socket table by netlink (`sock_diag(7)`).
    SockDiag,
    /// /proc/PID/net/tcp and tcp6.
    Procfs,
}

/// The level of a capture, the word that stands for all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Births, exits, reaps and statuses, all of them and at the very moment.
    Exact,
    /// The same, but for the status of a process that was reaped before it was read.
    ExactTimes,
    /// Births and exits at the very moment, reaps at an interval.
    ExitExact,
    /// Exits and reaps at the very moment, births at an interval.
    DeathsExact,
    /// All at an interval.
    Polling,
}

/// Why a capture is no better than it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Births are read at this interval.
    BirthsPolled(Duration),
    /// It was asked for.
    Asked,
    /// Performance events could not be had: the error, and the sysctl that may be why.
    NoPerf {
        /// The kernel's name of the error.
        error: String,
        /// `kernel.perf_event_paranoid`.
        paranoid: Option<i32>,
    },
    /// The proc connector could not be had: the error.
    NoConnector(String),
    /// Pidfds do not hang up: reaps are found in /proc.
    NoHangup,
    /// Pidfds do not tell the status after the reap.
    NoStatus,
    /// So many processes came without their birth being told: a setuid program can end the telling.
    Untold(u64),
    /// So many processes run a program that may not be read or that changes the user: the kernel tells of their births no
    /// more.
    Hidden(u64),
    /// So many children were gone before a pidfd of theirs could be opened: their end is bounded, their status unknown.
    TooShort(u64),
    /// The ends of so many processes are found in /proc, for want of descriptors.
    Unwatched(u64),
    /// A pidfd could not be had: the error.
    NoPidfd(String),
    /// `sock_diag` could not be had: the error.
    NoSockDiag(String),
    /// A process lives in another network namespace that may not be entered, where `sock_diag` does not reach.
    OtherNetwork,
    /// The kernel lists no children (`CONFIG_PROC_CHILDREN`): all of /proc is searched.
    NoChildrenFile,
    /// The descriptors of this many processes may not be read.
    UnreadableFds(usize),
    /// There are so many descriptors or connections that they are read less often than all else.
    Late,
    /// So many processes may be orphans of the target, and do not show what they hold.
    PossibleHeirs(usize),
}

impl Capture {
    /// Its level.
    pub const fn level(&self) -> Level {
        Level::of(self.births, self.deaths)
    }
}

impl Level {
    /// The level of a capture that gets births and deaths from there.
    const fn of(births: Births, deaths: Deaths) -> Self {
        match (births, deaths) {
            (Births::Perf | Births::Connector, Deaths::Pidfd) => Level::Exact,
            (Births::Perf | Births::Connector, Deaths::PidfdTimes) => Level::ExactTimes,
            (Births::Perf | Births::Connector, Deaths::PidfdExits) => Level::ExitExact,
            (Births::Polled { .. }, Deaths::Pidfd | Deaths::PidfdTimes | Deaths::PidfdExits) => Level::DeathsExact,
            (Births::Perf | Births::Connector | Births::Polled { .. }, Deaths::Polled) => Level::Polling,
        }
    }
}

impl Deaths {
    /// With pidfds that can do this; `None` without any.
    fn with(powers: Option<Powers>) -> Self {
        match powers.map(|powers| (powers.hangup, powers.status)) {
            None => Self::Polled,
            Some((true, true)) => Self::Pidfd,
            Some((true, false)) => Self::PidfdTimes,
            Some((false, _)) => Self::PidfdExits,
        }
    }
}

impl Level {
    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::ExactTimes => "exact-times",
            Self::ExitExact => "exit-exact",
            Self::DeathsExact => "deaths-exact",
            Self::Polling => "polling",
        }
    }
}

#[cfg(test)]
mod tests;
