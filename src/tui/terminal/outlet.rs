//! Where the bytes of the screen go: as many at once as the terminal takes, and the rest when it takes more.
//!
//! A terminal can take nothing for a long time (flow control, a connection that is dead, a reader that is stopped), and
//! nobody here is to wait for it: signals are answered meanwhile, and whoever was stopped for a demonstration goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _, stdout};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::{Duration, Instant};

use nix::libc;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::termios::tcgetsid;
use nix::unistd::getsid;

/// What the terminal is still to take.
#[derive(Debug)]
pub(super) struct Outlet {
    /// The terminal, opened for us alone; `None` where that was not permitted: standard output, which waits, is used then.
    terminal: Option<File>,
    opened: bool,
    rest: Vec<u8>,
}

impl Outlet {
    /// Not opened yet.
    pub(super) const fn new() -> Self {
        Self {
            terminal: None,
            opened: false,
            rest: Vec::new(),
        }
    }

    /// Opens it, the first time.
    pub(super) fn open(&mut self) {
        if !std::mem::replace(&mut self.opened, true) {
            self.terminal = own_terminal();
        }
    }

    /// Puts these behind what is still to go.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
    }

    /// Writes as much as the terminal takes now; true when nothing is left.
    ///
    /// # Errors
    /// Those of write(2); EIO of a terminal that was hung up.
    pub(super) fn push(&mut self) -> io::Result<bool> {
        let Some(mut terminal) = self.terminal.as_ref() else {
            let rest = std::mem::take(&mut self.rest);
            let mut out = stdout().lock();
            return out.write_all(&rest).and_then(|()| out.flush()).map(|()| true);
        };
        while !self.rest.is_empty() {
            match terminal.write(&self.rest) {
                Ok(count) => drop(self.rest.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.rest.clear();
                    return Err(error);
                }
            }
        }
        Ok(true)
    }

    /// Writes all of it, and waits for the terminal to take it, but no longer than that; true when nothing is left.
    ///
    /// # Errors
    /// Those of [`Self::push`].
    pub(super) fn finish(&mut self, patience: Duration) -> io::Result<bool> {
        let until = Instant::now() + patience;
        while !self.push()? {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            if let Some(terminal) = &self.terminal {
                let mut asked = [PollFd::new(terminal.as_fd(), PollFlags::POLLOUT)];
                // Whatever it says, writing says it better.
                let _ = poll(&mut asked, PollTimeout::try_from(left).unwrap_or(PollTimeout::ZERO));
            }
        }
        Ok(true)
    }

    /// Forgets what the terminal has not taken.
    pub(super) fn clear(&mut self) {
        self.rest.clear();
    }
}

/// The terminal that standard output is, opened anew so that writing to it never waits: whether it does is a matter of the
/// open file, and that of standard output is shared with the shell (open(2), O_NONBLOCK).
fn own_terminal() -> Option<File> {
    let open = |path| {
        OpenOptions::new()
            .write(true)
            .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
            .open(path)
    };
    // The device may belong to somebody else, as after su(1); the controlling terminal can be opened all the same.
    let controlling = || {
        let ours = tcgetsid(stdout()).is_ok_and(|session| getsid(None) == Ok(session));
        if ours { open("/dev/tty").ok() } else { None }
    };
    open("/proc/self/fd/1").ok().or_else(controlling)
}
