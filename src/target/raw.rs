//! The few calls of launching that Rust cannot prove safe: fork, signal dispositions, inherited descriptors, and
//! sched_setattr(2).
//! Each is wrapped so that its callers are safe; no decision stands here.
#![allow(
    unsafe_code,
    reason = "fork, signal dispositions, inherited descriptors and sched_setattr have no safe interface"
)]

use std::fs;
use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::unistd::{ForkResult, Pid, fork};

/// What `signal_disposition` sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    /// `SIG_DFL`.
    Default,
    /// `SIG_IGN`.
    Ignored,
}

/// Forks. The child runs `child` and leaves by `_exit` with the code that it returns, so that nothing of the
/// parent (buffers, destructors) runs twice; in the parent `child` is only dropped, and closes what it owns.
///
/// # Errors
/// `EBUSY` where the process has more than one thread, and what fork(2) says.
pub(super) fn fork_child(child: impl FnOnce() -> u8) -> io::Result<Pid> {
    if fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(Errno::EBUSY.into());
    }
    // SAFETY: the process has one thread (just checked, and only a thread could start another), so no lock of the
    // allocator or of anything else is held by a thread that the child lacks: it may run any code.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => {
            // An unwinding panic must not reach the frames of the parent, which this process has copies of.
            let code = catch_unwind(AssertUnwindSafe(child)).unwrap_or(101);
            // SAFETY: _exit takes any number and does not return; it runs no destructor that could touch
            // anything shared with the parent.
            unsafe { libc::_exit(i32::from(code)) }
        }
    }
}

/// Sets what happens when the signal arrives. A number that the kernel or the C library does not let anyone change
/// (SIGKILL, SIGSTOP, the two of the thread library) stays as it is.
pub(super) fn signal_disposition(signal: i32, disposition: Disposition) {
    let handler = match disposition {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignored => libc::SIG_IGN,
    };
    // SAFETY: SIG_DFL and SIG_IGN run no code of ours, so there is no handler that could be unsound; signal(2)
    // checks the number itself.
    unsafe { libc::signal(signal, handler) };
}

/// Gives every signal its default disposition, for a program that is about to be executed. Not by signal(2): the C
/// library refuses to touch the two signals of its threads, and an ignored one would stay ignored through exec.
pub(super) fn default_all_signals() {
    // The kernel's own struct sigaction, larger than that of any architecture: all zeroes is SIG_DFL without flags.
    let default = [0_u64; 16];
    for signal in 1..=libc::SIGRTMAX() {
        // SAFETY: the kernel reads a struct sigaction from `default`, which is long enough, and writes nothing, since
        // the place for the old one is null. SIG_DFL runs no code. A wrong number, or SIGKILL, only gives an error.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                libc::c_long::from(signal),
                default.as_ptr(),
                std::ptr::null::<u64>(),
                size_of::<u64>(),
            );
        }
    }
}

/// Whether the signal is ignored; false for a number that is none.
pub(super) fn is_ignored(signal: i32) -> bool {
    // SAFETY: sigaction is a plain C structure for which all zeroes is a value, and the call writes all that is
    // read of it; a null new action asks without changing anything.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut old) == 0 && old.sa_sigaction == libc::SIG_IGN
    }
}

/// Closes every descriptor from 3 on that is not in `keep`: what this process inherited from whoever started it.
///
/// # Errors
/// What reading /proc/self/fd says.
pub(super) fn close_all_but(keep: &[RawFd]) -> io::Result<()> {
    let open: Vec<RawFd> = fs::read_dir("/proc/self/fd")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for fd in open {
        if fd > 2 && !keep.contains(&fd) && is_open(fd) {
            // SAFETY: the caller keeps each descriptor that a value of this process owns in `keep`; this one came
            // by exec, nobody owns it, and it is open, so that taking it and closing it ends no one's ownership.
            drop(unsafe { OwnedFd::from_raw_fd(fd) });
        }
    }
    Ok(())
}

/// Whether a descriptor is open: the one that listed /proc/self/fd is closed again when the list is read.
fn is_open(fd: RawFd) -> bool {
    // SAFETY: F_GETFD takes any number and changes nothing.
    unsafe { libc::fcntl(fd, libc::F_GETFD) != -1 }
}

/// Sets how long a turn an ordinary process (`SCHED_OTHER`) asks the scheduler for, and what it forks. The kernel keeps
/// it within 0.1 ms and 100 ms, and ignores it before Linux 6.12 (kernel/sched/syscalls.c, `__setscheduler_params`). A
/// process of another policy is left as it is.
///
/// # Errors
/// What sched_getattr(2) and sched_setattr(2) say.
pub(super) fn ask_for_turns(pid: Pid, turn: Duration) -> io::Result<()> {
    let mut wanted = scheduling(pid)?;
    if wanted.sched_policy != libc::SCHED_OTHER.cast_unsigned() {
        return Ok(());
    }
    wanted.sched_runtime = u64::try_from(turn.as_nanos()).unwrap_or(u64::MAX);
    // SAFETY: the kernel reads `size` bytes of the structure, which it has itself filled in and which are all of it.
    let said = unsafe { libc::syscall(libc::SYS_sched_setattr, pid.as_raw(), &raw const wanted, 0) };
    Errno::result(said).map(drop).map_err(io::Error::from)
}

/// How a process is scheduled. Its turn, in nanoseconds, stands in `sched_runtime`; 0 before Linux 6.12.
fn scheduling(pid: Pid) -> io::Result<libc::sched_attr> {
    // SAFETY: a plain C structure of numbers, for which all zeroes is a value.
    let mut found: libc::sched_attr = unsafe { std::mem::zeroed() };
    let size = size_of::<libc::sched_attr>();
    // SAFETY: the kernel writes no more than `size` bytes, which the structure has.
    let said = unsafe { libc::syscall(libc::SYS_sched_getattr, pid.as_raw(), &raw mut found, size, 0) };
    Errno::result(said)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_is_asked_for_and_the_rest_stays() {
        let own = nix::unistd::gettid();
        let before = scheduling(own).unwrap();
        let turn = Duration::from_millis(7);
        ask_for_turns(own, turn).unwrap();
        let after = scheduling(own).unwrap();
        let told = before.sched_runtime != 0; // a kernel that knows of it at all
        assert_eq!(u128::from(after.sched_runtime), if told { turn.as_nanos() } else { 0 });
        assert_eq!(after.sched_policy, before.sched_policy);
        assert_eq!(after.sched_nice, before.sched_nice);
        let nobody = ask_for_turns(Pid::from_raw(-1), turn).unwrap_err();
        assert_eq!(nobody.raw_os_error(), Some(libc::EINVAL));
    }
}
