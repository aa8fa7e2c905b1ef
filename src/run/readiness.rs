//! Descriptors that tokio waits for. It owns them while it does, which is what makes that sound.
#![allow(unsafe_code, reason = "tokio asks for a promise that an owned descriptor keeps")]

use std::io;
use std::os::fd::OwnedFd;

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Waits for that on a descriptor, inside a runtime. A file that is always ready cannot be waited for (EPERM).
pub(super) fn of(descriptor: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` is open until it is dropped and always gives the same number; the `AsyncFd` owns it, and
    // nobody else can close it or put another file in its place.
    let waiting = unsafe { AsyncFd::register_with_interest(descriptor, interest) };
    waiting.map_err(Into::into)
}
