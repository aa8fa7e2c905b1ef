//! What this kernel's pidfds can do, tried on a throw-away child: a version number would say nothing of backports,
//! sandboxes and kernels to come.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid as RawPid, PidfdFlags, pidfd_open};

use crate::timeline::process::ExitStatus;

use super::pidfd_info::exit_status;

/// What pidfds can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Powers {
    /// They hang up when the process was reaped (Linux 6.9).
    pub(super) hangup: bool,
    /// They tell the exit status after the reap (Linux 6.15).
    pub(super) status: bool,
}

/// Programs that do nothing but end. The last is this one, which says its version to nobody.
const CHILDREN: [&[&str]; 3] = [&["/bin/true"], &["/usr/bin/true"], &["/proc/self/exe", "--version"]];

/// Longer than a child takes to end on any machine that is worth watching.
const PATIENCE: Duration = Duration::from_secs(5);

impl Powers {
    /// Tries them out. It starts a child and waits for it: to be done before anything is launched.
    ///
    /// # Errors
    /// This kernel has no pidfds, or there is no child to be had.
    pub fn probe() -> io::Result<Self> {
        let mut child = child()?;
        let pid = i32::try_from(child.id()).ok().and_then(RawPid::from_raw);
        let opened = pid.ok_or_else(|| io::Error::other("no pid"));
        let tried = opened.and_then(|pid| Ok(pidfd_open(pid, PidfdFlags::empty())?));
        let tried = tried.and_then(|pidfd| await_exit(&pidfd).map(|()| pidfd));
        // Whatever came of it, the child is not left behind. Where SIGCHLD is ignored there is nobody to wait for, which is no
        // harm: the kernel has reaped it by itself, and its pid may be another's.
        if tried.is_err() {
            child.kill().ok();
        }
        match child.wait() {
            Err(error) if error.raw_os_error() != Some(nix::libc::ECHILD) => return Err(error),
            Ok(_) | Err(_) => {}
        }
        let pidfd = tried?;
        Ok(Self {
            hangup: flags(pidfd.as_fd(), Duration::ZERO)?.contains(PollFlags::HUP),
            status: exit_status(&pidfd) != ExitStatus::Unknown,
        })
    }
}

fn child() -> io::Result<Child> {
    let mut outcome = Err(io::ErrorKind::NotFound.into());
    for argv in CHILDREN {
        let mut command = Command::new(argv[0]);
        command
            .args(&argv[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        outcome = command.spawn();
        if outcome.is_ok() {
            break;
        }
    }
    outcome
}

fn await_exit(pidfd: &OwnedFd) -> io::Result<()> {
    if flags(pidfd.as_fd(), PATIENCE)?.contains(PollFlags::IN) {
        Ok(())
    } else {
        Err(io::ErrorKind::TimedOut.into())
    }
}

/// What a descriptor says within that time.
fn flags(fd: BorrowedFd<'_>, within: Duration) -> io::Result<PollFlags> {
    let mut fds = [PollFd::from_borrowed_fd(fd, PollFlags::IN)];
    let within = Timespec::try_from(within).map_err(io::Error::other)?;
    loop {
        match poll(&mut fds, Some(&within)) {
            Ok(_) => return Ok(fds[0].revents()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
