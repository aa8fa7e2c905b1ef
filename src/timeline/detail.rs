//! A close look at one process: what the card of details shows and the tree does not. It costs too much to be read of
//! every process, so only the selected one is looked at so, and a moment at which nobody looked says so.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::call::Call;
use super::process::{Key, Pid, ProcessId};
use super::time::Time;
use super::wchan::Wchan;

/// A look holds for as long after it: the next comes within a second, and a busy machine takes its time.
const HOLDS: Duration = Duration::from_secs(3);

/// The most looks that are kept, of all processes together: ten minutes of one a second, and some.
const MOST: usize = 1000;

/// One close look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// When.
    pub at: Time,
    /// At whom.
    pub key: Key,
    /// What was found; `None` where the process was gone.
    pub found: Option<Box<Particulars>>,
}

/// Why something was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// The kernel shows it only to its owner, or to root (ptrace(2), access mode).
    NotPermitted,
    /// There is none: a zombie has no memory, and an old kernel not every file.
    Absent,
}

/// What was read, or why it was not.
pub type Got<T> = Result<T, Unread>;

/// What a close look finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// Its users (proc_pid_status(5), Uid).
    pub users: Got<Users>,
    /// Its process group (proc_pid_stat(5), field 5).
    pub group: Pid,
    /// Its session (field 6).
    pub session: Pid,
    /// The program that it runs: where /proc/PID/exe points.
    pub executable: Got<Box<[u8]>>,
    /// What it does with signals.
    pub signals: Got<Signals>,
    /// What it is blocked in (proc_pid_syscall(5), or proc_pid_wchan(5) where that is hidden).
    pub waits: Got<Waits>,
    /// Its open descriptors, by number.
    pub descriptors: Got<Vec<Descriptor>>,
    /// How many descriptors it may have open: the soft limit, and the hard one (`None` is no limit).
    pub most_descriptors: Got<(Option<u64>, Option<u64>)>,
    /// Its memory.
    pub memory: Got<Memory>,
    /// CPU time in user mode.
    pub user_time: Duration,
    /// CPU time in the kernel.
    pub system_time: Duration,
    /// Its pid in each PID namespace from ours inward (proc_pid_status(5), NSpid); empty where the kernel does not tell.
    pub namespace_pids: Vec<Pid>,
    /// The inode that names its PID namespace.
    pub namespace: Got<u64>,
    /// Its control group in the unified hierarchy, or in the first of the old ones (proc_pid_cgroup(5)).
    pub cgroup: Got<Box<[u8]>>,
}

/// The users of a process (credentials(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Users {
    /// Who started it.
    pub real: u32,
    /// With whose rights it runs.
    pub effective: u32,
}

/// Signals as sets of bits, signal 1 in bit 0 (proc_pid_status(5)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signals {
    /// SigPnd and ShdPnd: arrived, and waiting to be taken.
    pub pending: u64,
    /// SigBlk: kept from arriving, at the main thread.
    pub blocked: u64,
    /// SigIgn: ignored.
    pub ignored: u64,
    /// SigCgt: a handler runs.
    pub caught: u64,
}

/// What a process waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// In nothing: it runs, or waits for a processor.
    Running,
    /// In the kernel, and in no system call: at a page fault, say, or stopped.
    Outside,
    /// In this function of the kernel; in which system call is hidden.
    Asleep(Wchan),
    /// In a system call.
    In {
        /// Which.
        call: Call,
        /// The registers of its arguments; how many mean something depends on the call.
        arguments: [u64; 6],
    },
}

/// An open descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// Its number.
    pub fd: i32,
    /// What it refers to.
    pub opens: Opens,
}

/// What a descriptor refers to: where its link in /proc/PID/fd points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opens {
    /// A TCP socket, or one of which nothing else was found: its inode.
    Socket(u64),
    /// A Unix socket (unix(7)).
    Unix(Box<Unix>),
    /// A UDP socket (udp(7)).
    Udp {
        /// Its inode.
        inode: u64,
        /// What it is bound to.
        local: SocketAddr,
        /// Whom it is connected to.
        peer: Option<SocketAddr>,
    },
    /// A pipe: its inode.
    Pipe(u64),
    /// What has no name in a file system, such as an epoll instance: the kernel's word for its kind.
    Kind(Box<[u8]>),
    /// A file of that path; `None` where its link could not be read.
    File(Option<Box<[u8]>>),
}

/// A Unix socket, as /proc/net/unix and sock_diag(7) tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unix {
    /// Its inode.
    pub inode: u64,
    /// Of which kind.
    pub kind: UnixKind,
    /// It listens.
    pub listens: bool,
    /// What it is bound to; an abstract name begins with `@`.
    pub path: Option<Box<[u8]>>,
    /// The inode of its other end.
    pub peer: Option<u64>,
    /// What that is bound to.
    pub peer_path: Option<Box<[u8]>>,
}

/// The kind of a Unix socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnixKind {
    /// SOCK_STREAM.
    Stream,
    /// SOCK_DGRAM.
    Datagram,
    /// SOCK_SEQPACKET.
    Packets,
}

impl UnixKind {
    /// As ss(8) names it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Datagram => "dgram",
            Self::Packets => "seqpacket",
        }
    }
}

/// Memory in bytes (/proc/PID/smaps_rollup).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// In RAM.
    pub resident: u64,
    /// Of this, in pages that others have, too: after a fork, what neither side has written.
    pub shared: u64,
    /// Of this, in pages of its own.
    pub private: u64,
}

/// The looks that are kept, oldest first.
#[derive(Debug, Default)]
pub(super) struct Looks {
    looks: VecDeque<(ProcessId, Arc<Detail>)>,
}

impl Looks {
    /// Keeps a look.
    pub(super) fn keep(&mut self, id: ProcessId, detail: &Detail) {
        let after = self.looks.partition_point(|(_, kept)| kept.at <= detail.at);
        self.looks.insert(after, (id, Arc::new(detail.clone())));
        if self.looks.len() > MOST {
            self.looks.pop_front();
        }
    }

    /// The look at that process which holds at `t`.
    pub(super) fn at(&self, id: ProcessId, t: Time) -> Option<&Detail> {
        let after = self.looks.partition_point(|(_, kept)| kept.at <= t);
        let mut before = self.looks.range(..after).rev();
        let (_, found) = before.find(|(of, _)| *of == id)?;
        (t.since(found.at) <= HOLDS).then_some(&**found)
    }

    /// Forgets those before `horizon`.
    pub(super) fn forget(&mut self, horizon: Time) {
        let before = self.looks.partition_point(|(_, kept)| kept.at < horizon);
        self.looks.drain(..before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(ticks: u64, pid: Pid) -> Detail {
        Detail {
            at: Time::from_ticks(ticks),
            key: Key { pid, start_ticks: 1 },
            found: None,
        }
    }

    #[test]
    fn a_look_holds_for_a_while_and_for_its_process_alone() {
        let mut looks = Looks::default();
        let (one, other) = (ProcessId(1), ProcessId(2));
        // The later one comes first.
        looks.keep(one, &look(2000, 10));
        looks.keep(one, &look(1000, 10));
        looks.keep(other, &look(1050, 11));
        let at = |id, ticks| looks.at(id, Time::from_ticks(ticks)).map(|found| found.at.ticks());
        assert_eq!(at(one, 999), None);
        assert_eq!(at(one, 1000), Some(1000));
        assert_eq!(at(one, 1300), Some(1000));
        assert_eq!(at(one, 1301), None);
        assert_eq!(at(other, 1060), Some(1050));
        assert_eq!(at(one, 2100), Some(2000));
        looks.forget(Time::from_ticks(1500));
        let at = |id, ticks| looks.at(id, Time::from_ticks(ticks)).map(|found| found.at.ticks());
        assert_eq!((at(one, 1100), at(one, 2100)), (None, Some(2000)));
    }
}
