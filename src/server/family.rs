//! Which processes are the server's own: it counts them against `--max-children`, zombies included, and ends them
//! when it ends. It forks nothing and decides nothing about reaping.
//!
//! A child is ours, alive or zombie, exactly as long as `waitid()` for its pid does not say ECHILD. So there is
//! nothing to keep in step with handlers, with an ignored SIGCHLD, or with a change of policy. The grandchild of a
//! double fork is nobody's child here: it holds a record lock on one byte, its slot, of a file in memory. The kernel
//! frees that lock when the process ends, however it ends, and tells whose it is (fcntl(2), `F_GETLK`).

use std::os::fd::OwnedFd;
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc::{self, c_short};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::Pid;

use super::process::signal_exactly;
use super::{reaping, trouble};

/// A stopped process ends of SIGTERM only when it is continued.
const FAREWELL: &[Signal] = &[Signal::SIGTERM, Signal::SIGCONT];

/// How long the server waits for its children to end when it ends.
const PATIENCE: Duration = Duration::from_secs(2);

/// The children that were forked, those that are gone since among them until room is needed.
#[derive(Debug)]
pub(super) struct Family {
    most: usize,
    members: Vec<Member>,
    locks: Option<Rc<OwnedFd>>,
    next_byte: i64,
}

#[derive(Debug, Clone)]
enum Member {
    Child(Pid),
    Orphan(Slot),
}

/// The byte that one grandchild locks.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    locks: Rc<OwnedFd>,
    byte: i64,
}

impl Family {
    /// Nobody yet, and at most so many at a time.
    pub(super) fn new(most: u32) -> Self {
        Self {
            most: usize::try_from(most).unwrap_or(usize::MAX),
            members: Vec::new(),
            locks: None,
            next_byte: 0,
        }
    }

    /// How many there may be.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Whether there is no room for another one. Asks the kernel only when it might be so.
    pub(super) fn is_full(&mut self) -> bool {
        if self.members.len() >= self.most {
            self.members.retain(Member::is_there);
        }
        self.members.len() >= self.most
    }

    /// A child was forked. The pid may have belonged to an earlier one, which is gone then.
    pub(super) fn add(&mut self, child: Pid) {
        self.members
            .retain(|member| !matches!(member, Member::Child(pid) if *pid == child));
        self.members.push(Member::Child(child));
    }

    /// A slot for a grandchild that is about to be. Not claimed, it counts for nothing.
    pub(super) fn slot(&mut self) -> nix::Result<Slot> {
        let locks = match &self.locks {
            Some(locks) => Rc::clone(locks),
            None => Rc::new(memfd_create(c"orphans", MFdFlags::MFD_CLOEXEC)?),
        };
        self.locks = Some(Rc::clone(&locks));
        let slot = Slot {
            locks,
            byte: self.next_byte,
        };
        self.next_byte += 1; // never used again, so a lock on it can only be that grandchild's
        self.members.push(Member::Orphan(slot.clone()));
        Ok(slot)
    }

    /// Ends all of them, and waits a little for it. SIGCHLD must be at its default: then an ended child keeps its pid
    /// until we wait for it, and no other process can be hit.
    pub(super) fn end(mut self) {
        self.members.retain(Member::is_there);
        self.members.iter().for_each(Member::end);
        let deadline = Instant::now() + PATIENCE;
        while !self.members.is_empty() && Instant::now() < deadline {
            reaping::reap_all(0);
            self.members.retain(Member::is_there);
            trouble::rest(Duration::from_millis(2));
        }
    }
}

impl Member {
    fn is_there(&self) -> bool {
        match self {
            Self::Child(pid) => {
                let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
                waitid(Id::Pid(*pid), look) != Err(Errno::ECHILD)
            }
            Self::Orphan(slot) => slot.holder().is_some(),
        }
    }

    fn end(&self) {
        match self {
            Self::Child(pid) => {
                for signal in FAREWELL {
                    let _ = kill(*pid, *signal);
                }
            }
            Self::Orphan(slot) => signal_exactly(|| slot.holder(), FAREWELL),
        }
    }
}

impl Slot {
    /// For the grandchild: holds the slot as long as it lives.
    pub(super) fn claim(&self) -> nix::Result<()> {
        fcntl(&*self.locks, FcntlArg::F_SETLK(&self.lock())).map(drop)
    }

    /// Who holds it. None for our own locks, of which there are none.
    fn holder(&self) -> Option<Pid> {
        let mut lock = self.lock();
        fcntl(&*self.locks, FcntlArg::F_GETLK(&mut lock)).ok()?;
        (lock.l_type != kind(libc::F_UNLCK)).then(|| Pid::from_raw(lock.l_pid))
    }

    fn lock(&self) -> libc::flock {
        libc::flock {
            l_type: kind(libc::F_WRLCK),
            l_whence: kind(libc::SEEK_SET),
            l_start: self.byte,
            l_len: 1,
            l_pid: 0,
        }
    }
}

/// The constants of fcntl are ints, the fields that they go into shorts.
fn kind<T: TryInto<c_short>>(constant: T) -> c_short {
    constant.try_into().unwrap_or_default()
}
