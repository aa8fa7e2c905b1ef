//! One client of the multiplexing server: how far it is, and what it waits for. The same service as in the other models,
//! taken apart at each place where those would wait.

use std::net::TcpStream;

use nix::errno::Errno;
use nix::sys::epoll::EpollFlags;
use nix::unistd::{read, write};

use crate::server::config::{Rounds, Service};
use crate::server::service::burn;

/// A connection, and what is left to do on it.
#[derive(Debug)]
pub(super) struct Client {
    connection: TcpStream,
    stage: Stage,
}

/// How far it is.
#[derive(Debug)]
enum Stage {
    /// What it has sent and not yet got back.
    Echo(Vec<u8>),
    /// A timed service.
    Rounds {
        rounds: Rounds,
        left: u32,
        /// The byte of this round has gone out.
        asked: bool,
    },
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing until the connection is ready for this.
    Await(EpollFlags),
    /// The end: it has had its service, or has left.
    Close,
}

/// It has to send something first.
const SENDS: Next = Next::Await(EpollFlags::EPOLLIN);

/// It has to take something first.
const TAKES: Next = Next::Await(EpollFlags::EPOLLOUT);

impl Client {
    /// One that was accepted; its connection does not block.
    pub(super) fn new(connection: TcpStream, service: Service) -> Self {
        let stage = match service {
            Service::Echo => Stage::Echo(Vec::new()),
            Service::Rounds(rounds) => {
                // It fails only on what is not open.
                let _ = connection.set_nodelay(true);
                Stage::Rounds {
                    rounds,
                    left: Rounds::COUNT,
                    asked: false,
                }
            }
        };
        Self { connection, stage }
    }

    /// Its connection.
    pub(super) fn connection(&self) -> &TcpStream {
        &self.connection
    }

    /// What it is ready for when it can go on.
    pub(super) fn awaits(&self) -> EpollFlags {
        match &self.stage {
            Stage::Echo(pending) if !pending.is_empty() => EpollFlags::EPOLLOUT,
            Stage::Rounds { asked: false, .. } => EpollFlags::EPOLLOUT,
            Stage::Echo(_) | Stage::Rounds { .. } => EpollFlags::EPOLLIN,
        }
    }

    /// Does what can be done without waiting; of an echo only one piece, since others wait for their turn.
    pub(super) fn go_on(&mut self) -> Next {
        match &mut self.stage {
            Stage::Echo(pending) => echo(&self.connection, pending),
            Stage::Rounds { rounds, left, asked } => serve_rounds(&self.connection, *rounds, left, asked),
        }
    }
}

/// What comes in goes out; nothing more is read before it has gone.
fn echo(connection: &TcpStream, pending: &mut Vec<u8>) -> Next {
    if pending.is_empty() {
        let mut buffer = [0; 4096];
        match read(connection, &mut buffer) {
            Ok(0) => return Next::Close,
            Ok(count) => pending.extend_from_slice(&buffer[..count]),
            Err(Errno::EAGAIN | Errno::EINTR) => return SENDS,
            Err(_) => return Next::Close,
        }
    }
    match write(connection, pending) {
        Ok(count) if count == pending.len() => {
            // An idle client takes no memory for what it once sent.
            *pending = Vec::new();
            SENDS
        }
        Ok(count) => {
            pending.drain(..count);
            TAKES
        }
        Err(Errno::EAGAIN | Errno::EINTR) => TAKES,
        Err(_) => Next::Close,
    }
}

/// As many rounds as go without waiting: a byte out, a byte in, and the work.
fn serve_rounds(connection: &TcpStream, rounds: Rounds, left: &mut u32, asked: &mut bool) -> Next {
    while *left > 0 {
        if !*asked {
            match write(connection, b".") {
                Ok(_) => *asked = true,
                Err(Errno::EAGAIN | Errno::EINTR) => return TAKES,
                Err(_) => return Next::Close,
            }
        }
        match read(connection, &mut [0]) {
            Ok(0) => return Next::Close,
            Ok(_) => {}
            Err(Errno::EAGAIN | Errno::EINTR) => return SENDS,
            Err(_) => return Next::Close,
        }
        burn(rounds.cpu_share(), &mut || false);
        (*left, *asked) = (*left - 1, false);
    }
    Next::Close
}
