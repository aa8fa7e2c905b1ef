//! One process: its identities, what is known of it at a moment, how it ended, and its whole life as a
//! [`Lifeline`]. A pid alone is never an identity, because the kernel gives pids out again.

use std::sync::Arc;
use std::time::Duration;

use super::call::{Call, Waiting};
use super::history::History;
use super::sockets::SocketId;
use super::time::{Time, When};
use super::wchan::Wchan;

/// A process id as the kernel gives it in the namespace of forkscope.
pub type Pid = i32;

/// The identity that the timeline gives a process at birth; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub(super) u64);

/// What names a process outside the timeline: the pid, and the start time that tells it from earlier owners of
/// that pid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The pid.
    pub pid: Pid,
    /// When it started, in clock ticks after boot (proc_pid_stat(5), field 22).
    pub start_ticks: u64,
}

/// What the scheduler says of a process (proc_pid_stat(5), field 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// R: on a processor, or waiting for one.
    Running,
    /// S: waiting, and a signal can end the wait.
    Sleeping,
    /// D: waiting, and nothing can end the wait but what it waits for.
    DiskSleep,
    /// T: stopped by a signal.
    Stopped,
    /// t: stopped by a tracer.
    Traced,
    /// Z: exited and not yet waited for. Also what /proc says while the main thread has left and others run; the
    /// thread count tells the two apart.
    Zombie,
    /// X: about to disappear.
    Dead,
    /// I: an idle kernel thread.
    Idle,
    /// P: a parked kernel thread.
    Parked,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::Running,
        Self::Sleeping,
        Self::DiskSleep,
        Self::Stopped,
        Self::Traced,
        Self::Zombie,
        Self::Dead,
        Self::Idle,
        Self::Parked,
    ];

    /// The kernel's letter for it.
    pub const fn letter(self) -> char {
        match self {
            Self::Running => 'R',
            Self::Sleeping => 'S',
            Self::DiskSleep => 'D',
            Self::Stopped => 'T',
            Self::Traced => 't',
            Self::Zombie => 'Z',
            Self::Dead => 'X',
            Self::Idle => 'I',
            Self::Parked => 'P',
        }
    }

    /// The state of that letter (`x` and `X` are one, fs/proc/array.c).
    pub fn from_letter(letter: char) -> Option<Self> {
        match letter {
            'x' => Some(Self::Dead),
            _ => Self::ALL.iter().copied().find(|state| state.letter() == letter),
        }
    }
}

/// How a process ended (wait(2), the status).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExitStatus {
    /// It called exit with this code, 0 to 255.
    Code(u8),
    /// A signal of this number ended it.
    Signal(u8),
    /// It ended, and the kernel does not tell us how.
    Unknown,
}

impl ExitStatus {
    /// Decodes a wait status, as `waitpid` and field 52 of proc_pid_stat(5) give it.
    pub const fn from_wait(status: i32) -> Self {
        let signal = status & 0x7f;
        if signal == 0 {
            Self::Code((status >> 8).to_le_bytes()[0])
        } else {
            Self::Signal(signal.to_le_bytes()[0])
        }
    }
}

/// What a process does with SIGCHLD (proc_pid_status(5): SigIgn, SigCgt, SigBlk, SigPnd and ShdPnd).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sigchld {
    /// What happens when it arrives.
    pub disposition: Disposition,
    /// The main thread keeps it from arriving.
    pub blocked: bool,
    /// One has arrived at the process and waits to be taken.
    pub pending: bool,
}

/// What happens when a signal arrives (signal(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Disposition {
    /// The default; for SIGCHLD nothing, and children become zombies.
    Default,
    /// `SIG_IGN`; for SIGCHLD the kernel also discards the children's statuses.
    Ignored,
    /// A handler runs.
    Caught,
}

/// The system call that a process is blocked in (proc_pid_syscall(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Blocked {
    /// Which call.
    pub call: Call,
    /// The descriptor that it was given, for calls that take one first.
    pub fd: Option<i32>,
    /// The socket behind that descriptor, where it is one of the timeline's.
    pub socket: Option<SocketId>,
}

/// The names a process goes by. Bytes from strangers: any value, any encoding.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Names {
    /// The command name, at most 15 bytes (proc_pid_comm(5)).
    pub comm: Box<[u8]>,
    /// The arguments, each ended by a zero byte (proc_pid_cmdline(5)); empty for a zombie and where unreadable.
    pub command: Box<[u8]>,
}

/// What is known of a living process at a moment, as far as the tree shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its parent then.
    pub parent: Pid,
    /// What the scheduler says.
    pub state: State,
    /// How many threads it has.
    pub threads: u32,
    /// How many descriptors it has open; `None` where the kernel does not tell.
    pub fds: Option<u32>,
    /// Which sockets it holds is known.
    pub sockets_known: bool,
    /// What it is blocked in; `None` where it is not, or the kernel does not tell.
    pub blocked: Option<Blocked>,
    /// The kernel function that it sleeps in; only where the call that it is blocked in is hidden.
    pub wchan: Option<Wchan>,
    /// What it does with SIGCHLD; `None` where not read.
    pub sigchld: Option<Sigchld>,
    /// Its effective user.
    pub uid: u32,
    /// What it is called.
    pub names: Arc<Names>,
}

impl Facts {
    /// What kind of waiting it is in, by its call or, where that is hidden, by the function that it sleeps in.
    pub fn waiting(&self) -> Option<Waiting> {
        let call = self.blocked.map(|blocked| blocked.call.waiting());
        call.or(self.wchan.map(|wchan| wchan.waiting))
    }

    /// They are a zombie's: /proc says Z, and not of the main thread alone.
    pub fn is_zombie(&self) -> bool {
        self.state == State::Zombie && self.threads <= 1
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
    /// Who forked it, where that was told.
    pub forked_by: Option<Pid>,
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
