//! The demo servers: real, small, synchronous, single-threaded programs that fork as the textbooks do.
//!
//! They know nothing of forkscope's screen: what is shown of them comes from the kernel. They run only in a
//! process of their own (`forkscope serve`), never inside the tool. In reading order: `fork` is the accept loop,
//! `reaping` what the policies do about ended children, `service` what a client gets, and the rest is the care
//! that a real server takes.

use std::fmt;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::fd::RawFd;

use nix::errno::Errno;
use nix::sys::prctl;

use config::{Config, Model};
use control::Control;
use listener::Listener;

pub mod config;
pub mod control;
mod descriptor;
mod family;
mod fork;
mod listener;
mod process;
mod reaping;
mod service;
mod signals;
mod trouble;

/// Runs the server in this process until SIGTERM or SIGINT ends it. The process must have one thread.
///
/// Once it listens it says so in one line on standard output: `listening 127.0.0.1:9190 pid 4121`. Orders are
/// taken from `control_fd`, an inherited socket (see [`control`]), and not before that line is out: until then
/// SIGUSR1 may still have its default action, which ends a process.
///
/// # Errors
///
/// [`Error`], when it cannot listen, or when `accept()` fails for good.
pub fn serve(config: &Config, control_fd: Option<RawFd>) -> Result<(), Error> {
    let control = control_fd.map(Control::inherited).transpose()?;
    only_one_thread()?;
    // Run as /proc/self/exe it would be called "exe". The handlers inherit the name.
    let _ = prctl::set_name(c"forkscope");
    let listener = Listener::open(config)?;
    let server = match config.model {
        Model::Fork => fork::Server::new(config, listener, control)?,
    };
    say_that_it_listens(server.address());
    server.run()
}

/// `fork()` copies only the calling thread: a lock that another one held would stay locked in the child.
fn only_one_thread() -> Result<(), Error> {
    match std::fs::read_dir("/proc/self/task").map(Iterator::count) {
        Ok(1) | Err(_) => Ok(()),
        Ok(count) => Err(Error::Threads(count)),
    }
}

/// A standard output that nobody reads any more is no reason not to serve.
fn say_that_it_listens(address: SocketAddr) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "listening {address} pid {}", std::process::id()).and_then(|()| out.flush());
}

/// Why a server did not start, or could not go on.
#[derive(Debug)]
pub enum Error {
    /// The socket could not be opened, bound or made to listen.
    Listen {
        /// Where it should have listened.
        address: SocketAddr,
        /// What the kernel answered.
        errno: Errno,
    },
    /// A system call without which there is no server failed.
    Call {
        /// Its name.
        call: &'static str,
        /// What the kernel answered.
        errno: Errno,
    },
    /// The control descriptor is not a socket for orders.
    Control {
        /// Its number.
        fd: RawFd,
        /// What the kernel answered, or EPROTOTYPE for a socket that does not keep messages apart.
        errno: Errno,
    },
    /// The process has this many threads, and so may not fork.
    Threads(usize),
}

impl Error {
    /// An error of the named call, for `map_err`.
    fn of(call: &'static str) -> impl Fn(Errno) -> Self {
        move |errno| Self::Call { call, errno }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, errno } => {
                write!(f, "cannot listen on {address}: ")?;
                match errno {
                    Errno::EADDRINUSE => write!(
                        f,
                        "port {} is taken; choose another with --port, or any free one with --port 0",
                        address.port()
                    ),
                    Errno::EACCES => write!(
                        f,
                        "port {} is not permitted to this user; choose one from 1024 up with --port",
                        address.port()
                    ),
                    Errno::EADDRNOTAVAIL => write!(
                        f,
                        "this machine has no address {}; choose one of its own with --bind",
                        address.ip()
                    ),
                    other => write!(f, "{other}"),
                }
            }
            Self::Call { call, errno } => write!(f, "{call}: {errno}"),
            Self::Control { fd, errno } => write!(f, "--control-fd {fd}: not a socket for orders: {errno}"),
            Self::Threads(count) => write!(f, "cannot fork safely: the process has {count} threads"),
        }
    }
}

impl std::error::Error for Error {}
