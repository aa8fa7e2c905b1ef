//! Which processes are the server's own: it counts them against `--max-children`, zombies included, and ends them
//! when it ends. It forks nothing and decides nothing about reaping.
//!
//! A child is ours, alive or zombie, exactly as long as `waitid()` for its pid does not say ECHILD. So there is
//! nothing to keep in step with handlers, with an ignored SIGCHLD, or with a change of policy. The grandchild of a
//! double fork is nobody's child here: it holds a record lock on one byte, its slot, of a file in memory. The kernel
//! frees that lock when the process ends, however it ends, and tells whose it is (fcntl(2), `F_GETLK`).

use std::os::fd::{OwnedFd, RawFd};
use std::rc::Rc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, fcntl};
use nix::libc::{self, c_short};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::fstat;
use nix::sys::uio::{pread, pwrite};
use nix::sys::wait::{Id, WaitPidFlag, waitid};
use nix::unistd::{Pid, ftruncate};

use super::process::signal_exactly;
use super::{Error, descriptor, reaping, trouble};

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

/// Who they are, for the next image of the process.
const CHILD: &str = "child";
const ORPHAN: &str = "orphan";

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

    /// Those whom the image before had: it has written them down in this file, which is also the one that its grandchildren
    /// hold locks on.
    pub(super) fn inherited(fd: RawFd, most: u32) -> Result<Self, Error> {
        let failed = Error::of("--family-fd");
        let locks = Rc::new(descriptor::inherit(fd).map_err(&failed)?);
        let mut written = vec![0; usize::try_from(fstat(&locks).map_err(&failed)?.st_size).unwrap_or(0)];
        let length = pread(&locks, &mut written, 0).map_err(&failed)?;
        let mut family = Self::new(most);
        for line in String::from_utf8_lossy(&written[..length]).lines() {
            let Some((kind, Ok(number))) = line.split_once(' ').map(|(kind, number)| (kind, number.parse::<i64>()))
            else {
                continue;
            };
            match kind {
                CHILD => family
                    .members
                    .extend(i32::try_from(number).map(|pid| Member::Child(Pid::from_raw(pid)))),
                ORPHAN => {
                    let locks = Rc::clone(&locks);
                    family.next_byte = family.next_byte.max(number + 1);
                    family.members.push(Member::Orphan(Slot { locks, byte: number }));
                }
                _ => {}
            }
        }
        family.locks = Some(locks);
        Ok(family)
    }

    /// Writes all that are there down for the next image.
    pub(super) fn write_down(&mut self) -> nix::Result<Rc<OwnedFd>> {
        self.members.retain(Member::is_there);
        let lines = self.members.iter().map(|member| match member {
            Member::Child(pid) => format!("{CHILD} {pid}\n"),
            Member::Orphan(slot) => format!("{ORPHAN} {}\n", slot.byte),
        });
        let lines: String = lines.collect();
        let file = self.locks()?;
        ftruncate(&file, 0)?;
        let mut at = 0;
        while at < lines.len() {
            at += pwrite(&file, &lines.as_bytes()[at..], i64::try_from(at).unwrap_or(i64::MAX))?;
        }
        Ok(file)
    }

    /// Takes in those of another.
    pub(super) fn join(&mut self, other: &Self) {
        self.members.extend(other.members.iter().cloned());
    }

    /// How many are there.
    pub(super) fn count(&mut self) -> usize {
        self.members.retain(Member::is_there);
        self.members.len()
    }

    /// Sends all children this signal. To one that was waited for it does not go.
    pub(super) fn signal(&mut self, signal: Signal) {
        self.members.retain(Member::is_there);
        for member in &self.members {
            match member {
                Member::Child(pid) => drop(kill(*pid, signal)),
                Member::Orphan(_) => {}
            }
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
        let slot = Slot {
            locks: self.locks()?,
            byte: self.next_byte,
        };
        self.next_byte += 1; // never used again, so a lock on it can only be that grandchild's
        self.members.push(Member::Orphan(slot.clone()));
        Ok(slot)
    }

    /// The file of the locks, made when it is first needed.
    fn locks(&mut self) -> nix::Result<Rc<OwnedFd>> {
        let locks = match &self.locks {
            Some(locks) => Rc::clone(locks),
            None => Rc::new(memfd_create(c"family", MFdFlags::MFD_CLOEXEC)?),
        };
        self.locks = Some(Rc::clone(&locks));
        Ok(locks)
    }

    /// For a child, which counts nobody: it gives back the descriptor, if there is one. Memory that is freed is written to,
    /// and so copied first (fork(2)), only to go with the process a moment later.
    pub(super) fn leave(self) {
        if self.locks.is_none() {
            std::mem::forget(self.members);
        }
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
