//! `fork()` and `_exit()`, what makes a fork cheap, and a signal to a process that is nobody's child here. What a child
//! does is not known here.
#![allow(
    unsafe_code,
    reason = "fork is unsafe in general; nix has neither _exit nor pidfds nor malloc_trim"
)]

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use nix::errno::Errno;
use nix::libc;
use nix::sys::signal::Signal;
use nix::unistd::{ForkResult, Pid};

use super::signals::{self, Inherited};

/// `fork()` returns twice.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fork {
    /// In the parent, with the child's pid.
    Parent(Pid),
    /// In the child, whose signals are already as before the server touched them.
    Child,
}

/// fork(2). Signals are held back meanwhile, so that none meets a child that still has its parent's handlers: a
/// SIGTERM there would be noted for a loop that the child never runs, and lost.
pub(super) fn fork(inherited: &Inherited) -> nix::Result<Fork> {
    let mask = signals::hold()?;
    // SAFETY: the process has one thread (`server::serve` refuses to run with more), so the child's copy of it is
    // whole: no lock is held by a thread that it lacks, and it may do whatever its parent may.
    let forked = unsafe { nix::unistd::fork() };
    match forked {
        Ok(ForkResult::Child) => inherited.restore(),
        Ok(ForkResult::Parent { .. }) | Err(_) => mask.thread_set_mask()?,
    }
    forked.map(|result| match result {
        ForkResult::Parent { child } => Fork::Parent(child),
        ForkResult::Child => Fork::Child,
    })
}

/// The whole rest of a child's life: its work, then the end. Nothing in it can fall through into the loop that it
/// was forked from, a panic neither.
pub(super) fn live(work: impl FnOnce()) -> ! {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(()) => exit(0),
        Err(_) => exit(101), // as Rust's own runtime has it
    }
}

/// _exit(2): without the parent's atexit handlers and unwritten buffers, which are the parent's to run and write.
pub(super) fn exit(status: i32) -> ! {
    // SAFETY: _exit takes an integer and does not return; what is left undropped is the kernel's to free.
    unsafe { libc::_exit(status) }
}

/// Gives memory that is free back to the kernel: reading the command line took some. Each page that a process has, a
/// fork has to copy the entry of, and the child's end to undo (fork(2)).
pub(super) fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: malloc_trim(3) takes an integer, and touches only what the allocator itself knows to be free.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Opens `pid_of()` as a pidfd, and signals it if `pid_of()` still says the same afterwards.
///
/// Then the process that was opened is the one that is meant: it had that pid before and after, so the pid cannot
/// have gone to another one in between. Without pidfds (before Linux 5.3) nothing is signalled.
pub(super) fn signal_exactly(pid_of: impl Fn() -> Option<Pid>, signals: &[Signal]) {
    let Some(pid) = pid_of() else { return };
    // SAFETY: pidfd_open(2) takes two integers.
    let opened = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid.as_raw(), 0) });
    let Some(fd) = opened.ok().and_then(|fd| RawFd::try_from(fd).ok()) else {
        return;
    };
    // SAFETY: the call succeeded, so fd was opened just now for us and nobody else knows it.
    let process = unsafe { OwnedFd::from_raw_fd(fd) };
    if pid_of() != Some(pid) {
        return;
    }
    for signal in signals {
        let nothing = std::ptr::null::<libc::siginfo_t>();
        // SAFETY: pidfd_send_signal(2) takes integers and a siginfo that may be null: "as kill() would".
        unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                process.as_raw_fd(),
                *signal as i32,
                nothing,
                0,
            )
        };
    }
}
