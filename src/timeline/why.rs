//! Why: facts at a moment, turned into the one thing that is worth saying about them, and where the kernel says so.
//! Pure. Which thing that is stands in `topic`; how it is put into words stands in [`crate::words::why`].
//!
//! What was only inferred is held apart from what was read: a zombie for which no wait was *seen*, a parent without a
//! handler that *could* wait. Nothing here claims what will happen.

use std::net::SocketAddr;

use super::call::Call;
use super::lifeline::{Reaper, ZombieTime};
use super::process::{ExitStatus, Pid, State};
use super::wchan::Wchan;

pub mod attention;
mod derive;
mod source;
#[cfg(test)]
mod tests;
pub mod topic;

pub use source::{Field, Source};

/// One thing worth saying.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing has happened yet.
    Nothing,
    /// A child was born.
    Born {
        /// Who.
        child: Pid,
        /// Who forked, where that was seen.
        parent: Option<Pid>,
        /// The client whose connection it was seen to hold.
        serves: Option<SocketAddr>,
    },
    /// A connection came.
    Connected {
        /// The client.
        peer: SocketAddr,
        /// The port that it came to.
        port: u16,
        /// Who holds it by now; `None` while it waits in the accept queue, or its holder is not known.
        holder: Option<Pid>,
        /// Nobody had accepted it.
        queued: bool,
    },
    /// A process has ended and keeps its row.
    Zombie {
        /// Who.
        pid: Pid,
        /// How long.
        time: ZombieTime,
        /// Who must wait for it.
        parent: Pid,
        /// Why that has not come, as far as it can be told.
        unreaped: Unreaped,
        /// How many others are zombies too.
        others: u32,
    },
    /// A row is gone from the process table.
    Reaped {
        /// Whose.
        pid: Pid,
        /// How it had ended.
        status: ExitStatus,
        /// How long it was a zombie.
        time: Option<ZombieTime>,
        /// Who waited, or that nobody did.
        by: Reaper,
        /// Whose child it was.
        parent: Pid,
    },
    /// A process lives on after its parent.
    Orphan {
        /// Who.
        pid: Pid,
        /// The parent that it had, where that was seen.
        from: Option<Pid>,
        /// The parent that it got.
        to: Pid,
        /// Why that one.
        adopter: Adopter,
    },
    /// Two or more processes hold one connection.
    Shared {
        /// One of them.
        pid: Pid,
        /// Another.
        with: Pid,
        /// Whose connection.
        peer: SocketAddr,
    },
    /// A process that has children, or listens, is stopped.
    StoppedParent {
        /// Who.
        pid: Pid,
        /// How many of its children are zombies.
        zombies: u32,
        /// How many clients wait to be accepted; `None` where that is not known.
        waiting: Option<u32>,
    },
    /// A signal was sent to a zombie.
    KilledZombie {
        /// The zombie.
        pid: Pid,
        /// The signal's number.
        signal: i32,
        /// Who must wait for it.
        parent: Pid,
    },
    /// Clients wait to be accepted.
    Queue {
        /// On which port.
        port: u16,
        /// How many.
        waiting: u32,
        /// How many may: listen(2) admits one more. `None` where the kernel does not tell.
        backlog: Option<u32>,
        /// Who listens, and what that process does instead.
        listener: Option<(Pid, Doing)>,
    },
    /// A signal ended a process.
    Killed {
        /// Which process.
        pid: Pid,
        /// The signal's number.
        signal: i32,
        /// It was sent from here.
        ours: bool,
        /// It is no zombie any more.
        reaped: bool,
    },
    /// A server waits for a child, and clients wait for it.
    WaitBlocksAccept {
        /// The server.
        pid: Pid,
        /// In what.
        place: Place,
        /// How many clients wait to be accepted.
        waiting: u32,
    },
    /// A process waits for a connection.
    Accepting {
        /// Which process.
        pid: Pid,
        /// In which call.
        call: Call,
        /// On which port, where that is known.
        port: Option<u16>,
    },
    /// A process waits for a client to send something.
    Reading {
        /// Which process.
        pid: Pid,
        /// In which call.
        call: Call,
        /// Which client.
        peer: SocketAddr,
    },
    /// A process waits for room to send something to a client.
    Writing {
        /// Which process.
        pid: Pid,
        /// In which call.
        call: Call,
        /// Which client.
        peer: SocketAddr,
    },
    /// A process waits for a child to end.
    AwaitsChild {
        /// Which process.
        pid: Pid,
        /// In which call.
        call: Call,
    },
    /// A process waits for any of several descriptors.
    Multiplexing {
        /// Which process.
        pid: Pid,
        /// In which call.
        call: Call,
        /// How many connections it holds; `None` where that is not known.
        connections: Option<u32>,
    },
    /// A process is blocked in some other call.
    InCall {
        /// Which process.
        pid: Pid,
        /// In which call.
        call: Call,
    },
    /// A process runs, or could.
    Running {
        /// Which process.
        pid: Pid,
        /// The only client whose connection it holds.
        peer: Option<SocketAddr>,
    },
    /// A process without children is stopped.
    Stopped {
        /// Which process.
        pid: Pid,
        /// By a tracer, not by a signal.
        traced: bool,
    },
    /// A process sleeps where no signal wakes it.
    DiskSleep {
        /// Which process.
        pid: Pid,
    },
    /// A process says Z and is no zombie: other threads of it run.
    MainThreadLeft {
        /// Which process.
        pid: Pid,
    },
    /// A process sleeps in a function of the kernel; in which call is hidden.
    Asleep {
        /// Which process.
        pid: Pid,
        /// In which function.
        wchan: Wchan,
    },
    /// A process sleeps, and in what is not known.
    Unknown {
        /// Which process.
        pid: Pid,
        /// What the scheduler says.
        state: State,
    },
    /// All that was watched has ended.
    Ended {
        /// The process that was launched or attached to.
        pid: Pid,
        /// How it ended.
        status: ExitStatus,
    },
}

/// Why no wait for a zombie has come, as far as it can be told from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreaped {
    /// It has only just ended.
    JustNow,
    /// The parent is stopped, by a signal or a tracer.
    Stopped,
    /// The parent waits for a child, and has not taken this one.
    InWait(Place),
    /// SIGCHLD has come, is blocked, and nobody has taken it.
    Pending,
    /// SIGCHLD is blocked and none is pending: somebody took it.
    Taken,
    /// SIGCHLD is at its default, which does nothing.
    Default(Doing),
    /// SIGCHLD is ignored by now; this one ended before, or it would have left no zombie.
    Ignored,
    /// SIGCHLD is caught, and yet no wait came for this one.
    Caught(Doing),
    /// What the parent does with SIGCHLD was not read.
    Unread,
    /// The parent is none of the processes that are watched.
    Unseen,
}

/// What a process does, as far as a sentence about another needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It is blocked in this call.
    InCall(Call),
    /// It sleeps in this function of the kernel.
    InFunction(Wchan),
    /// It runs, or could.
    Running,
    /// It is stopped.
    Stopped,
    /// It sleeps, in what is not known.
    Asleep,
}

/// Where in the kernel a process waits, as exactly as that may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In this call.
    Call(Call),
    /// In this function, of a call that is hidden.
    Function(Wchan),
}

/// Why a process adopted an orphan (prctl(2), `PR_SET_CHILD_SUBREAPER`; pid_namespaces(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopter {
    /// It is PID 1.
    Init,
    /// It is PID 1 of a PID namespace below ours.
    NamespaceInit,
    /// It is the nearest ancestor that asked for orphans.
    Subreaper,
    /// One of the last two: its PID namespace was not read.
    Unclear,
}
