//! Descriptors that the kernel hands over as bare numbers, made into owned ones. This file only says who owns
//! them and closes nothing itself.
#![allow(
    unsafe_code,
    reason = "a number becomes an OwnedFd only by the promise that nobody else owns it"
)]

use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::socket::{SockFlag, accept4};

/// accept4(2) with `SOCK_CLOEXEC`, its errors untouched, EINTR among them: std's accept would hide that one.
pub(super) fn accept(listener: &impl AsFd) -> nix::Result<OwnedFd> {
    let fd = accept4(listener.as_fd().as_raw_fd(), SockFlag::SOCK_CLOEXEC)?;
    // SAFETY: accept4 succeeded, so fd is a descriptor that was opened just now for us and nobody else knows.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// listen(2). nix has it too, but refuses more than 4096, where the kernel's own limit (somaxconn) may be higher.
pub(super) fn listen(socket: &impl AsFd, backlog: i32) -> nix::Result<()> {
    // SAFETY: listen takes two integers and touches no memory of ours; the descriptor is open while borrowed.
    Errno::result(unsafe { libc::listen(socket.as_fd().as_raw_fd(), backlog) }).map(drop)
}

/// Takes over a descriptor that this process was started with, and sees to it that no program it may run
/// inherits it in turn. EBADF if nothing is open there.
///
/// To be called once for each, before the process opens anything.
pub(super) fn inherit(fd: RawFd) -> nix::Result<OwnedFd> {
    // SAFETY: fcntl with F_SETFD takes integers only, and answers EBADF for a number that is not open.
    Errno::result(unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) })?;
    // SAFETY: fd is open, and `server::serve` comes here first thing in its process: what is open was inherited,
    // and whoever started us gave this number to be ours.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}
