//! The reaping policies: what the parent does about children that have ended. Each differs from the others only in
//! the lines that stand here; that it accepts and forks is `fork`'s affair.

use std::os::fd::AsFd as _;

use nix::errno::Errno;
use nix::libc::c_int;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::SigSet;
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::wait::{WaitPidFlag, WaitStatus, wait, waitpid};
use nix::unistd::Pid;

use super::config::Policy;
use super::listener::Listener;
use super::signals;

/// The policy in force.
#[derive(Debug)]
pub(super) struct Reaping {
    policy: Policy,
    signalfd: Option<SignalFd>,
}

impl Reaping {
    /// Starts with a policy.
    pub(super) fn enter(policy: Policy, listener: &Listener) -> nix::Result<Self> {
        let mut reaping = Self {
            policy: Policy::None,
            signalfd: None,
        };
        reaping.switch(policy, listener)?;
        Ok(reaping)
    }

    /// Leaves the policy in force, undoing what it did to SIGCHLD, and enters another.
    ///
    /// `loop` and `signalfd` reap at once what has piled up: the signals for those children are long gone, so
    /// nothing else would tell them. All others change only the future: zombies that are there stay, until `once`
    /// gets a signal, `wait` waits, or `poll` has a client; under `none`, `ignore`, `nocldwait` and `double-fork`
    /// for good.
    ///
    /// On an error (no descriptor for the signalfd) the policy stays as it was.
    pub(super) fn switch(&mut self, policy: Policy, listener: &Listener) -> nix::Result<()> {
        let signalfd = if policy == Policy::SignalFd {
            let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
            Some(SignalFd::with_flags(&signals::only_child(), flags)?)
        } else {
            None
        };
        listener.set_blocking(signalfd.is_none());
        signals::default_child()?;
        match policy {
            Policy::Loop => {
                signals::catch_child(reap_all)?;
                reap_all(0);
            }
            Policy::Once => signals::catch_child(reap_one)?,
            Policy::None | Policy::Wait | Policy::Poll | Policy::DoubleFork => {}
            Policy::Ignore => signals::ignore_child()?,
            Policy::NoCldWait => signals::discard_child()?,
            Policy::SignalFd => {
                signals::block_child()?;
                reap_all(0);
            }
        }
        (self.policy, self.signalfd) = (policy, signalfd);
        Ok(())
    }

    /// The policy in force.
    pub(super) fn policy(&self) -> Policy {
        self.policy
    }

    /// Before `accept()`, which only `signalfd` does not wait in: it waits in `poll()`, for a client or a SIGCHLD.
    /// Says whether to accept; EINTR as from `accept()`.
    pub(super) fn before_accept(&self, listener: &Listener) -> nix::Result<bool> {
        let Some(signalfd) = &self.signalfd else {
            return Ok(true);
        };
        let mut ready = [listener.as_fd(), signalfd.as_fd()].map(|fd| PollFd::new(fd, PollFlags::POLLIN));
        poll(&mut ready, PollTimeout::NONE)?;
        if let Ok(Some(_one_for_many)) = signalfd.read_signal() {
            reap_all(0);
        }
        Ok(ready[0].any() == Some(true))
    }

    /// After `accept()`: here `poll` looks for ended children, so they stay zombies until a client comes.
    pub(super) fn after_accept(&self) {
        if self.policy == Policy::Poll {
            reap_all(0);
        }
    }

    /// After `fork()`, in the parent: `wait` waits for a child to end, and accepts nobody meanwhile; `double-fork`
    /// waits for the child that only forks again. EINTR if a signal came before a child ended.
    pub(super) fn after_fork(&self, child: Pid) -> nix::Result<()> {
        match self.policy {
            Policy::Wait => wait().map(drop),
            Policy::DoubleFork => {
                // It ends at once, and an order can wait that long: under the next policy nobody might reap it.
                while waitpid(child, None) == Err(Errno::EINTR) && !signals::ending() {}
                Ok(())
            }
            Policy::Loop
            | Policy::Once
            | Policy::None
            | Policy::Poll
            | Policy::Ignore
            | Policy::NoCldWait
            | Policy::SignalFd => Ok(()),
        }
    }
}

/// Waiting that is all a parent does.
impl Reaping {
    /// Until a child has ended, as far as the policy lets the parent know of it, or another signal comes. SIGCHLD was held
    /// back until now; `mask` does not.
    pub(super) fn await_children(&self, mask: SigSet) {
        match (self.policy, &self.signalfd) {
            (Policy::Wait, _) => {
                // It waits for no signal, and none ends it that is held back.
                let _ = mask.thread_set_mask();
                let _ = wait();
            }
            (Policy::SignalFd, Some(signalfd)) => {
                let _ = poll(
                    &mut [PollFd::new(signalfd.as_fd(), PollFlags::POLLIN)],
                    PollTimeout::NONE,
                );
                if let Ok(Some(_one_for_many)) = signalfd.read_signal() {
                    reap_all(0);
                }
                let _ = mask.thread_set_mask();
            }
            (
                Policy::Loop
                | Policy::Once
                | Policy::None
                | Policy::Poll
                | Policy::Ignore
                | Policy::NoCldWait
                | Policy::SignalFd
                | Policy::DoubleFork,
                _,
            ) => {
                let _ = mask.suspend();
                let _ = mask.thread_set_mask();
            }
        }
    }
}

/// `waitpid()` until no ended child is left. It is also the handler of `loop`: one SIGCHLD can stand for many ends.
pub(super) extern "C" fn reap_all(_signal: c_int) {
    let errno = Errno::last_raw();
    // An error other than ECHILD is nix's, about the status of a child that has been reaped all the same.
    while !matches!(reap(), Ok(WaitStatus::StillAlive) | Err(Errno::ECHILD)) {}
    Errno::set_raw(errno);
}

/// The handler of `once`, and the classic bug: one `waitpid()` for one signal, while signals do not queue.
extern "C" fn reap_one(_signal: c_int) {
    let errno = Errno::last_raw();
    let _ = reap();
    Errno::set_raw(errno);
}

fn reap() -> nix::Result<WaitStatus> {
    waitpid(None, Some(WaitPidFlag::WNOHANG))
}
