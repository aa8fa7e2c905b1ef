//! Orders to a running server: the socket that carries them, and both of its ends. What an order changes is decided
//! by the model's loop.
//!
//! An order is one message, `reap once`, on a socket that keeps messages apart, and then SIGUSR1, whose handler does
//! nothing: it makes `accept()` or `wait()` return with EINTR, and so the server looks. Thus it truly sits in those
//! calls, and not in a `poll()` made for our sake. The signal may come after the server has looked and before it
//! waits: it is lost then, so the sender repeats it until the answer is there: `ok reap once`, or
//! `error reap once: …`.

use std::fmt;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, OwnedFd, RawFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockType, getsockopt, recv, send, socketpair, sockopt::SockType as TypeOfSocket,
};

use super::config::{Model, Policy};
use super::{Error, descriptor, image};

/// How often the signal is repeated.
const AGAIN: Duration = Duration::from_millis(20);

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// No message is longer.
const LONGEST: usize = 200;

/// What a server can be told to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// To reap by this policy from now on.
    Reap(Policy),
    /// To become a server of this model, in the same process: children keep their clients, and zombies stay; clients that
    /// the program image itself had lose their connection.
    Become(Model),
    /// To let so many connections wait to be accepted: listen(2) again, which changes that on a socket that listens
    /// already. Whoever waits stays in the queue.
    Backlog(u32),
}

impl Order {
    fn read(text: &str) -> Option<Self> {
        match text.split_once(' ')? {
            ("reap", name) => Policy::named(name).map(Self::Reap),
            ("model", name) => Model::named(name).map(Self::Become),
            ("backlog", length) => length.parse().ok().map(Self::Backlog),
            _ => None,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reap(policy) => write!(f, "reap {}", policy.name()),
            Self::Become(model) => write!(f, "model {}", model.name()),
            Self::Backlog(length) => write!(f, "backlog {length}"),
        }
    }
}

/// The server's end.
#[derive(Debug)]
pub(super) struct Control {
    /// None when the other end was closed: nobody gives orders any more.
    socket: Option<OwnedFd>,
    /// This program, to be run again for another model. Opened before anything can be put in the place of its file.
    executable: OwnedFd,
    /// An order that is carried out and not yet answered.
    obeyed: Option<Order>,
}

impl Control {
    /// Takes the socket over that the process was started with. The image before was given an order where it `became`
    /// this model, and that this one looks at its orders is the answer.
    pub(super) fn inherited(fd: RawFd, became: Option<Model>) -> Result<Self, Error> {
        let wrong = |errno| Error::Control { fd, errno };
        let socket = descriptor::inherit(fd).map_err(wrong)?;
        let kind = getsockopt(&socket, TypeOfSocket).map_err(wrong)?;
        let executable = image::executable().map_err(Error::of("open /proc/self/exe"))?;
        if matches!(kind, SockType::SeqPacket | SockType::Datagram) {
            Ok(Self {
                socket: Some(socket),
                executable,
                obeyed: became.map(Order::Become),
            })
        } else {
            Err(wrong(Errno::EPROTOTYPE))
        }
    }

    /// What the next image is given: the socket, and what it is to be run from.
    pub(super) fn descriptors(&self) -> (Option<&OwnedFd>, &OwnedFd) {
        (self.socket.as_ref(), &self.executable)
    }

    /// Carries out all orders that have come, without waiting for one, and answers each.
    pub(super) fn obey(&mut self, mut carry_out: impl FnMut(Order, &Self) -> nix::Result<()>) {
        let mut buffer = [0; LONGEST];
        if let (Some(socket), Some(order)) = (&self.socket, self.obeyed.take()) {
            answer(socket, &format!("ok {order}"));
        }
        while let Some(socket) = &self.socket {
            match recv(socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT) {
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return,
                Ok(0) | Err(_) => self.socket = None,
                Ok(length) => {
                    let text = String::from_utf8_lossy(&buffer[..length]);
                    let said = match Order::read(&text) {
                        None => format!("error {text}: not an order"),
                        Some(order) => match carry_out(order, self) {
                            Ok(()) => format!("ok {order}"),
                            Err(errno) => format!("error {order}: {errno}"),
                        },
                    };
                    answer(socket, &said);
                }
            }
        }
    }
}

/// A sender that does not read its answers must not keep a server waiting.
fn answer(socket: &OwnedFd, text: &str) {
    let _ = send(socket.as_raw_fd(), text.as_bytes(), QUIETLY);
}

/// Neither waiting nor a signal when there is nobody.
const QUIETLY: MsgFlags = MsgFlags::MSG_DONTWAIT.union(MsgFlags::MSG_NOSIGNAL);

/// A socket for orders: the sender's end, and the server's to be inherited by it (`--control-fd`).
///
/// Both are close-on-exec: whoever starts the server passes its end on with `dup2()` or as its standard input, or
/// clears the flag in the child.
///
/// # Errors
///
/// Those of socketpair(2).
pub fn pair() -> io::Result<(Controller, OwnedFd)> {
    let kind = SockType::SeqPacket;
    let (ours, servers) = socketpair(AddressFamily::Unix, kind, None, SockFlag::SOCK_CLOEXEC)?;
    Ok((Controller { socket: ours }, servers))
}

/// The sender's end.
#[derive(Debug)]
pub struct Controller {
    socket: OwnedFd,
}

impl Controller {
    /// Gives the server an order, and waits until it is carried out: a few milliseconds, at most 2 s. It blocks, so
    /// it is for a thread that may wait; one order at a time.
    ///
    /// `signal` sends SIGUSR1 to the server, by pidfd, and is called every 20 ms until the answer comes. The server
    /// must have said that it listens: before that, SIGUSR1 would end it.
    ///
    /// # Errors
    ///
    /// [`OrderError`]. After `NoAnswer` the order still lies in the socket: a server that was stopped obeys it when it
    /// is continued.
    pub fn order(&self, order: Order, mut signal: impl FnMut() -> io::Result<()>) -> Result<(), OrderError> {
        while let Ok(Some(_)) = self.answer() {} // late answers to orders that were given up
        send(self.socket.as_raw_fd(), order.to_string().as_bytes(), QUIETLY).map_err(|errno| match errno {
            Errno::EPIPE | Errno::ECONNRESET | Errno::ECONNREFUSED => OrderError::Gone,
            other => OrderError::Send(other.into()),
        })?;
        let deadline = Instant::now() + PATIENCE;
        let (obeyed, refused) = (format!("ok {order}"), format!("error {order}: "));
        while Instant::now() < deadline {
            signal().map_err(OrderError::Signal)?;
            let mut ready = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
            let _ = poll(&mut ready, PollTimeout::try_from(AGAIN).unwrap_or(PollTimeout::ZERO));
            while let Some(answer) = self.answer()? {
                if answer == obeyed {
                    return Ok(());
                }
                if let Some(reason) = answer.strip_prefix(&refused) {
                    return Err(OrderError::Refused(reason.to_owned()));
                }
            }
        }
        Err(OrderError::NoAnswer)
    }

    /// The next answer, if one is there.
    fn answer(&self) -> Result<Option<String>, OrderError> {
        let mut buffer = [0; LONGEST + 100];
        match recv(self.socket.as_raw_fd(), &mut buffer, MsgFlags::MSG_DONTWAIT) {
            Ok(0) | Err(Errno::ECONNRESET) => Err(OrderError::Gone),
            Ok(length) => Ok(Some(String::from_utf8_lossy(&buffer[..length]).into_owned())),
            Err(Errno::EAGAIN | Errno::EINTR) => Ok(None),
            Err(errno) => Err(OrderError::Receive(errno.into())),
        }
    }
}

/// Why an order was not carried out.
#[derive(Debug)]
pub enum OrderError {
    /// It could not be sent.
    Send(io::Error),
    /// The server could not be signalled.
    Signal(io::Error),
    /// The answer could not be received.
    Receive(io::Error),
    /// The server could not carry it out; the reason, in the server's words.
    Refused(String),
    /// The server has closed its end: it is gone.
    Gone,
    /// No answer came within 2 s: the server may be stopped.
    NoAnswer,
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(error) => write!(f, "sending an order to the server: {error}"),
            Self::Signal(error) => write!(f, "sending SIGUSR1 to the server: {error}"),
            Self::Receive(error) => write!(f, "receiving the server's answer: {error}"),
            Self::Refused(reason) => write!(f, "the server refused: {reason}"),
            Self::Gone => write!(f, "the server is gone"),
            Self::NoAnswer => write!(f, "the server did not answer within {} s", PATIENCE.as_secs()),
        }
    }
}

impl std::error::Error for OrderError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Send(error) | Self::Signal(error) | Self::Receive(error) => Some(error),
            Self::Refused(_) | Self::Gone | Self::NoAnswer => None,
        }
    }
}
