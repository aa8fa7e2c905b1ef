//! One process: its identities, and what is known of it at a moment. A pid alone is never an identity, because the
//! kernel gives pids out again. How these facts follow each other stands in [`super::lifeline`].

use std::sync::Arc;

use super::call::{Call, Waiting};
use super::sockets::SocketId;
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
    /// The arguments, each ended by a zero byte (proc_pid_cmdline(5)); empty for a zombie and where unreadable. Of a
    /// line longer than 4096 bytes it is the beginning, and `…`.
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
