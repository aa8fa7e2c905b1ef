//! The demo servers: real, small, synchronous programs, as the textbooks have them.
//!
//! They know nothing of forkscope's screen: what is shown of them comes from the kernel. They run only in a
//! process of their own (`forkscope serve`), never inside the tool. In reading order: `iterative`, `fork`, `prefork`,
//! `threads` and `epoll` are the loops of the models, `reaping` what the policies do about ended children, `service`
//! what a client gets, `image` how a server becomes one of another model, and the rest is the care that a real server
//! takes.

use std::fmt;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::fd::RawFd;

use nix::errno::Errno;
use nix::sys::prctl;

use config::{Config, Model};
use control::Control;
use desk::Desk;
use family::Family;
use listener::Listener;

pub mod config;
pub mod control;
pub mod cpus;
mod descriptor;
mod desk;
mod epoll;
mod family;
mod fork;
mod image;
mod iterative;
mod listener;
mod prefork;
mod process;
mod reaping;
mod service;
mod signals;
mod threads;
mod trouble;

/// Runs the server in this process until SIGTERM or SIGINT ends it. The process must have one thread.
///
/// Once it listens it says so in one line on standard output: `listening 127.0.0.1:9190 pid 4121`. Orders are
/// taken from an inherited socket (see [`control`]), and not before that line is out: until then
/// SIGUSR1 may still have its default action, which ends a process.
///
/// # Errors
///
/// [`Error`], when it cannot listen, or when `accept()` fails for good.
pub fn serve(config: &Config, inherited: Descriptors) -> Result<(), Error> {
    let became = inherited.listener.map(|_| config.model);
    let control = inherited.control.map(|fd| Control::inherited(fd, became)).transpose()?;
    only_one_thread()?;
    // Run as /proc/self/exe it would be called "exe", and by execveat(2) before Linux 6.14 by a number. The handlers
    // inherit the name.
    let _ = prctl::set_name(c"forkscope");
    let heritage = Heritage {
        control,
        listener: match inherited.listener {
            Some(fd) => Listener::inherited(fd)?,
            None => Listener::open(config)?,
        },
        family: match inherited.family {
            Some(fd) => Family::inherited(fd, config.max_children)?,
            None => Family::new(config.max_children),
        },
    };
    if let Some(cpus) = config.cpus {
        cpus::keep_to(cpus).map_err(Error::of("sched_setaffinity"))?;
    }
    process::give_memory_back();
    let address = heritage.listener.address();
    let run = model(config, heritage)?;
    // The image before has said it.
    if inherited.listener.is_none() {
        say_that_it_listens(address);
    }
    run()
}

/// A server that is ready to run, with its handlers installed.
type Ready = Box<dyn FnOnce() -> Result<(), Error>>;

fn model(config: &Config, heritage: Heritage) -> Result<Ready, Error> {
    let service = config.service;
    Ok(match config.model {
        Model::Iterative => {
            let desk = Desk::new(config, heritage)?;
            Box::new(move || iterative::run(desk, service))
        }
        Model::Fork => {
            let server = fork::Server::new(config, heritage)?;
            Box::new(|| server.run())
        }
        Model::Prefork => {
            let server = prefork::Server::new(config, heritage)?;
            Box::new(|| server.run())
        }
        Model::Threads => {
            let most = usize::try_from(config.max_children).unwrap_or(usize::MAX);
            let desk = Desk::new(config, heritage)?;
            Box::new(move || threads::run(desk, service, most))
        }
        Model::Epoll => {
            let server = epoll::Server::new(Desk::new(config, heritage)?, service)?;
            Box::new(|| server.run())
        }
    })
}

/// Descriptors that the process was started with, by number: those of the image before it were its, too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Descriptors {
    /// The socket that orders come from.
    pub control: Option<RawFd>,
    /// The socket that it listens on.
    pub listener: Option<RawFd>,
    /// The file in which the children of the image before are written down.
    pub family: Option<RawFd>,
}

/// What a server starts with.
#[derive(Debug)]
struct Heritage {
    listener: Listener,
    control: Option<Control>,
    family: Family,
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
