//! Where the kernel says what a sentence rests on.

use super::{Adopter, Doing, Place, Unreaped, Why};
use crate::timeline::lifeline::Reaper;
use crate::timeline::process::{ExitStatus, Pid, State};

/// Something that anybody can look up, or that the kernel told when it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A field of /proc/PID/stat.
    Stat(Pid, Field),
    /// What a process does with SIGCHLD: lines of /proc/PID/status.
    Sigchld(Pid),
    /// That SIGCHLD waits to be taken: lines of /proc/PID/status.
    Pending(Pid),
    /// The pids of a process in the namespaces that it is in: a line of /proc/PID/status.
    NamespacePid(Pid),
    /// /proc/PID/syscall
    Syscall(Pid),
    /// /proc/PID/wchan
    Wchan(Pid),
    /// The open descriptors of a process: /proc/PID/fd
    Descriptors(Pid),
    /// Whoever told of the birth.
    Births,
    /// Whoever told of the exit.
    Exits,
    /// Whoever told how a process ended that has been reaped.
    Statuses(Pid),
    /// Whoever told of the reap.
    Reaps,
    /// The table of connections.
    Connections,
    /// The accept queue and the backlog of a listening socket.
    Queue,
}

/// A field of /proc/PID/stat (proc_pid_stat(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The third: the state, which was this.
    State(State),
    /// The fourth: the parent.
    Parent,
    /// The eleventh: page faults of children that were waited for.
    ChildFaults,
    /// The twentieth: how many threads.
    Threads,
    /// The fifty-second: the wait status of a zombie.
    ExitCode,
}

impl Why {
    /// Where the kernel says so, the most telling first.
    pub fn sources(&self) -> Vec<Source> {
        let state = |pid: Pid, state| Source::Stat(pid, Field::State(state));
        match *self {
            Self::Nothing => Vec::new(),
            Self::Born { child, serves, .. } => {
                let held = serves.map(|_| Source::Descriptors(child));
                [Some(Source::Births), held].into_iter().flatten().collect()
            }
            Self::Connected { holder, .. } => {
                let held = holder.map(Source::Descriptors);
                [Some(Source::Connections), held].into_iter().flatten().collect()
            }
            Self::Zombie {
                pid, parent, unreaped, ..
            } => {
                let mut sources = vec![state(pid, State::Zombie)];
                sources.extend(unreaped.sources(parent));
                sources
            }
            Self::Reaped {
                pid,
                status,
                by,
                parent,
                ..
            } => {
                let said = status != ExitStatus::Unknown && by != Reaper::Discarded;
                let status = said.then_some(Source::Statuses(pid));
                let faults = match by {
                    Reaper::Waited(by) => Some(by),
                    Reaper::Discarded => Some(parent),
                    Reaper::Unknown => None,
                };
                let faults = faults.map(|pid| Source::Stat(pid, Field::ChildFaults));
                [Some(Source::Reaps), status, faults].into_iter().flatten().collect()
            }
            Self::Orphan { pid, to, adopter, .. } => {
                let namespace = match adopter {
                    Adopter::NamespaceInit => Some(Source::NamespacePid(to)),
                    Adopter::Subreaper => Some(Source::NamespacePid(pid)),
                    Adopter::Init | Adopter::Unclear => None,
                };
                let parent = Source::Stat(pid, Field::Parent);
                [Some(parent), namespace].into_iter().flatten().collect()
            }
            Self::Shared { pid, with, .. } => vec![Source::Descriptors(pid), Source::Descriptors(with)],
            Self::StoppedParent { pid, waiting, .. } => {
                let queue = waiting.map(|_| Source::Queue);
                [Some(state(pid, State::Stopped)), queue]
                    .into_iter()
                    .flatten()
                    .collect()
            }
            Self::KilledZombie { pid, .. } => vec![state(pid, State::Zombie)],
            Self::Queue { listener, .. } => {
                let mut sources = vec![Source::Queue];
                sources.extend(listener.and_then(|(pid, doing)| doing.source(pid)));
                sources
            }
            // That it ended is told apart from how.
            Self::Killed { pid, reaped: true, .. } => vec![Source::Statuses(pid)],
            Self::Killed { pid, reaped: false, .. } => vec![Source::Stat(pid, Field::ExitCode)],
            Self::Ended { pid, status } => {
                let status = (status != ExitStatus::Unknown).then_some(Source::Statuses(pid));
                [Some(Source::Exits), status].into_iter().flatten().collect()
            }
            Self::WaitBlocksAccept { pid, place, .. } => vec![place.source(pid), Source::Queue],
            Self::Asleep { pid, .. } => vec![Source::Wchan(pid)],
            Self::Accepting { pid, port, .. } => {
                let held = port.map(|_| Source::Descriptors(pid));
                [Some(Source::Syscall(pid)), held].into_iter().flatten().collect()
            }
            Self::AwaitsChild { pid, .. } | Self::InCall { pid, .. } => vec![Source::Syscall(pid)],
            Self::Reading { pid, .. } | Self::Writing { pid, .. } | Self::Multiplexing { pid, .. } => {
                vec![Source::Syscall(pid), Source::Descriptors(pid)]
            }
            Self::Running { pid, peer } => {
                let held = peer.map(|_| Source::Descriptors(pid));
                [Some(state(pid, State::Running)), held].into_iter().flatten().collect()
            }
            Self::Stopped { pid, traced } => {
                vec![state(pid, if traced { State::Traced } else { State::Stopped })]
            }
            Self::DiskSleep { pid } => vec![state(pid, State::DiskSleep)],
            Self::MainThreadLeft { pid } => vec![state(pid, State::Zombie), Source::Stat(pid, Field::Threads)],
            Self::Unknown { pid, state: seen } => vec![state(pid, seen)],
        }
    }
}

impl Unreaped {
    /// Where what is said of the parent can be looked up.
    fn sources(self, parent: Pid) -> Vec<Source> {
        match self {
            Self::JustNow | Self::Unseen | Self::Unread => Vec::new(),
            Self::Stopped => vec![Source::Stat(parent, Field::State(State::Stopped))],
            Self::InWait(place) => vec![place.source(parent)],
            Self::Pending | Self::Taken => vec![Source::Pending(parent)],
            Self::Ignored => vec![Source::Sigchld(parent)],
            Self::Default(doing) | Self::Caught(doing) => {
                let doing = doing.source(parent);
                [Some(Source::Sigchld(parent)), doing].into_iter().flatten().collect()
            }
        }
    }
}

impl Place {
    /// Where it can be looked up.
    fn source(self, pid: Pid) -> Source {
        match self {
            Self::Call(_) => Source::Syscall(pid),
            Self::Function(_) => Source::Wchan(pid),
        }
    }
}

impl Doing {
    /// Where it can be looked up.
    fn source(self, pid: Pid) -> Option<Source> {
        let state = |state| Some(Source::Stat(pid, Field::State(state)));
        match self {
            Self::InCall(_) => Some(Source::Syscall(pid)),
            Self::InFunction(_) => Some(Source::Wchan(pid)),
            Self::Running => state(State::Running),
            Self::Stopped => state(State::Stopped),
            Self::Asleep => state(State::Sleeping),
        }
    }
}
