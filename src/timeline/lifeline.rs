//! The whole life of one process, as a [`Lifeline`]: born, what was true of it from when to when, exited, reaped. It
//! answers for any moment of that life; who is whose child, and which moment is asked for, is not its business.

use std::time::Duration;

use super::history::History;
use super::process::{ExitStatus, Facts, Key, Pid, ProcessId};
use super::sockets::SocketId;
use super::time::{Time, When};

/// So far apart are the readings of what a process uses that are kept of its past.
const USAGE_EVERY: Duration = Duration::from_secs(1);

/// One process over its whole life.
#[derive(Debug, Clone)]
pub struct Lifeline {
    /// The timeline's name for it.
    pub id: ProcessId,
    /// Its pid.
    pub pid: Pid,
    /// Its start time in ticks; `None` until a reading of /proc told.
    pub start_ticks: Option<u64>,
    /// Its pid in its own PID namespace, where that was read.
    pub ns_pid: Option<Pid>,
    /// It is what was launched or attached to, not a descendant of it.
    pub root: bool,
    /// When it was born.
    pub born: When,
    /// Who forked it, where that was told; its parent, where it turned out to be made a child of another (`CLONE_PARENT`,
    /// clone(2)).
    pub forked_by: Option<Pid>,
    /// Its first reading named another parent than who forked it, who had not been seen to end: it can have left just
    /// then, or have made a child of another. The next reading tells.
    pub(super) doubtful: bool,
    /// Its birth was seen: it was not there when watching began.
    pub birth_seen: bool,
    /// Its birth was told as a change.
    pub announced: bool,
    /// When it was first read alive or a zombie: which sockets it held before is not known.
    pub read: Option<Time>,
    /// When it was last read.
    pub seen: Time,
    /// What was true of it, oldest first.
    pub segments: Vec<Segment>,
    /// The sockets that it holds and held; those still held have no end.
    pub holds: Vec<Hold>,
    /// How much it used when last read.
    pub usage: Usage,
    /// How much it had used before that, at most once a second: see [`Self::usage_at`].
    pub(super) usages: History<Usage>,
    /// Its end, once it came.
    pub exited: Option<Exited>,
    /// The end of its row in the process table, once it came.
    pub reaped: Option<Reaped>,
}

/// Where in its life a process was at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Not born yet.
    Unborn,
    /// Running its program.
    Alive,
    /// Exited, and its row is kept until somebody waits.
    Zombie(Exited),
    /// Exited and waited for.
    Gone(Reaped),
}

impl Lifeline {
    /// Where in its life it was at `t`.
    pub fn phase(&self, t: Time) -> Phase {
        if t < self.born.latest {
            return Phase::Unborn;
        }
        match (self.reaped, self.exited) {
            (Some(reaped), _) if reaped.when.latest <= t => Phase::Gone(reaped),
            (_, Some(exited)) if exited.when.latest <= t => Phase::Zombie(exited),
            _ => Phase::Alive,
        }
    }

    /// What was true of it at `t`; the first that was read, for a moment before that. `None` while nothing was.
    pub fn facts(&self, t: Time) -> Option<&Facts> {
        let after = self.segments.partition_point(|segment| segment.from <= t);
        self.segments.get(after.saturating_sub(1)).map(|segment| &segment.facts)
    }

    /// The newest reading that what is said of it at `t` rests on, as far as is known: readings come all the time while
    /// it lives, so at a moment between two of them it stands for that moment. `None` where it was first read later,
    /// or never, or where what was read by then is forgotten: what is said of `t` is then what its parent was, since fork
    /// copies, or what was read later.
    pub fn read_at(&self, t: Time) -> Option<Time> {
        let kept = self.segments.first().is_some_and(|first| first.from <= t);
        self.read.filter(|first| kept && *first <= t).map(|_| t.min(self.seen))
    }

    /// How much it had used by `t`, and when that was read; `None` where nothing had been by then. Of the past one reading
    /// a second is kept.
    pub fn usage_at(&self, t: Time) -> Option<(Time, Usage)> {
        match self.read_at(t)? {
            newest if newest == self.seen => Some((newest, self.usage)),
            _ => self.usages.entry(t),
        }
    }

    /// Takes a reading of how much it uses.
    pub(super) fn used(&mut self, at: Time, usage: Usage) {
        self.usage = usage;
        if self.usages.newest().is_none_or(|last| at.since(last) >= USAGE_EVERY) {
            self.usages.record(at, usage);
        }
    }

    /// Its newest facts.
    pub fn latest(&self) -> Option<&Facts> {
        self.segments.last().map(|segment| &segment.facts)
    }

    /// The key that names it outside, once its start time was read.
    pub fn key(&self) -> Option<Key> {
        self.start_ticks.map(|start_ticks| Key {
            pid: self.pid,
            start_ticks,
        })
    }

    /// How long it was, or has been, a zombie at `t`; `None` for one that has not exited.
    pub fn zombie_time(&self, t: Time) -> Option<ZombieTime> {
        let exited = self.exited?;
        let end = match self.reaped {
            Some(reaped) if reaped.when.latest <= t => reaped.when,
            _ => When::exactly(t),
        };
        Some(ZombieTime {
            least: end.earliest.since(exited.when.latest),
            most: (exited.when.earliest.nanos() > 0).then(|| end.latest.since(exited.when.earliest)),
        })
    }
}

/// What is only kept of the newest reading, because it changes all the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// CPU time that it has used, user and system.
    pub cpu: Duration,
    /// Resident memory in bytes.
    pub rss: u64,
}

/// The facts from a moment on, until the next segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// When they were first seen.
    pub from: Time,
    /// What was true.
    pub facts: Facts,
}

/// The end of a process: from here it is a zombie, until somebody waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exited {
    /// When.
    pub when: When,
    /// How.
    pub status: ExitStatus,
}

/// The end of a zombie: its row is gone from the process table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reaped {
    /// When.
    pub when: When,
    /// Who waited, or that nobody did.
    pub by: Reaper,
}

/// What became of the status of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Reaper {
    /// This process waited for it.
    Waited(Pid),
    /// Nobody: the kernel threw it away, as the parent had asked for (`SIG_IGN` or `SA_NOCLDWAIT`, sigaction(2)).
    Discarded,
    /// That could not be told.
    #[default]
    Unknown,
}

impl Reaper {
    /// Who waited, where somebody is known to have.
    pub const fn pid(self) -> Option<Pid> {
        match self {
            Self::Waited(pid) => Some(pid),
            Self::Discarded | Self::Unknown => None,
        }
    }

    /// This where it is known, else the other.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match self {
            Self::Waited(_) | Self::Discarded => self,
            Self::Unknown => other,
        }
    }
}

/// A process held a socket from one moment to another, or still does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Which.
    pub socket: SocketId,
    /// When it was first seen to.
    pub from: Time,
    /// When it was first seen not to.
    pub to: Option<Time>,
}

impl Hold {
    /// The socket was held at `t`.
    pub fn covers(&self, t: Time) -> bool {
        self.from <= t && self.to.is_none_or(|to| t < to)
    }
}

/// How long a process was a zombie, within what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZombieTime {
    /// At least this.
    pub least: Duration,
    /// At most this; `None` for one that was found a zombie.
    pub most: Option<Duration>,
}

impl ZombieTime {
    /// The time itself, where the bounds lie within a tenth of each other; `None` where it is only bounded.
    pub fn known(self) -> Option<Duration> {
        let most = self.most?;
        (most.saturating_sub(self.least) <= most / 10).then_some(self.least)
    }
}
