//! The multiplexing server: one process, one thread, all connections. It waits for whoever has sent something, and
//! never for anybody alone. What it owes to others than its clients stands in `desk`, and how far each of them is in
//! `epoll::client`.

use std::collections::HashMap;
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::Error;
use super::config::Service;
use super::desk::Desk;
use super::listener::Accepted;
use super::trouble::{REST, Trouble};
use client::{Client, Next};

mod client;

/// How many that are ready are told of at a time.
const READY: usize = 256;

/// The server.
pub(super) struct Server {
    desk: Desk,
    service: Service,
    epoll: Epoll,
    /// By the number of the descriptor, which is also what the kernel tells of.
    clients: HashMap<u64, Client>,
    /// Nobody is accepted for a while: there was no descriptor left.
    resting: bool,
    scarce: Trouble,
}

impl Server {
    /// Waits for clients from here on.
    pub(super) fn new(desk: Desk, service: Service) -> Result<Self, Error> {
        desk.listener.set_blocking(false);
        let epoll = Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).map_err(Error::of("epoll_create1"))?;
        epoll
            .add(&desk.listener, event(&desk.listener, EpollFlags::EPOLLIN))
            .map_err(Error::of("epoll_ctl"))?;
        Ok(Self {
            desk,
            service,
            epoll,
            clients: HashMap::new(),
            resting: false,
            scarce: Trouble::default(),
        })
    }

    /// The event loop, until SIGTERM or SIGINT.
    pub(super) fn run(mut self) -> Result<(), Error> {
        let mut ready = [EpollEvent::empty(); READY];
        while !self.desk.told_to_end() {
            let count = match self.epoll.wait(&mut ready, self.patience()) {
                Err(Errno::EINTR) => continue,
                outcome => outcome.map_err(Error::of("epoll_wait"))?,
            };
            if count == 0 {
                self.rest(false)?;
            }
            for ready in &ready[..count] {
                match ready.data() {
                    data if data == event(&self.desk.listener, EpollFlags::empty()).data() => self.welcome()?,
                    data => self.go_on(data)?,
                }
            }
        }
        self.desk.close();
        Ok(())
    }

    /// Takes in everybody who is there.
    fn welcome(&mut self) -> Result<(), Error> {
        loop {
            match self.desk.listener.accept()? {
                Accepted::Client(connection) => self.take_in(connection)?,
                Accepted::Interrupted => {}
                Accepted::Gone => return Ok(()), // or nobody is there any more
                Accepted::Exhausted(errno) => {
                    self.scarce.say(format_args!("accept: {errno}: clients wait"));
                    return self.rest(true);
                }
            }
        }
    }

    /// From here on it is told when the client has sent something.
    fn take_in(&mut self, connection: TcpStream) -> Result<(), Error> {
        // It fails only on what is not open.
        let _ = connection.set_nonblocking(true);
        let event = event(&connection, EpollFlags::EPOLLIN);
        match self.epoll.add(&connection, event) {
            Ok(()) => {}
            Err(errno @ (Errno::ENOMEM | Errno::ENOSPC)) => {
                self.scarce
                    .say(format_args!("epoll_ctl: {errno}: a client is turned away"));
                return Ok(());
            }
            Err(errno) => return Err(Error::of("epoll_ctl")(errno)),
        }
        self.clients.insert(event.data(), Client::new(connection, self.service));
        self.go_on(event.data())
    }

    /// Does for one client what can be done without waiting. One that has left in the same turn is nobody any more.
    fn go_on(&mut self, data: u64) -> Result<(), Error> {
        let Some(client) = self.clients.get_mut(&data) else {
            return Ok(());
        };
        let before = client.awaits();
        match client.go_on() {
            Next::Await(flags) if flags == before => Ok(()),
            Next::Await(flags) => self
                .epoll
                .modify(client.connection(), &mut event(client.connection(), flags))
                .map_err(Error::of("epoll_ctl")),
            // Closing it takes it out of the set as well, since no other descriptor means this connection.
            Next::Close => {
                self.clients.remove(&data);
                if self.resting { self.rest(false) } else { Ok(()) }
            }
        }
    }

    /// Without a descriptor for a client, the listening socket would be ready all the time.
    fn rest(&mut self, resting: bool) -> Result<(), Error> {
        self.resting = resting;
        let flags = if resting {
            EpollFlags::empty()
        } else {
            EpollFlags::EPOLLIN
        };
        self.epoll
            .modify(&self.desk.listener, &mut event(&self.desk.listener, flags))
            .map_err(Error::of("epoll_ctl"))
    }

    fn patience(&self) -> EpollTimeout {
        if self.resting {
            EpollTimeout::try_from(REST).unwrap_or(EpollTimeout::ZERO)
        } else {
            EpollTimeout::NONE
        }
    }
}

/// What is to be told of a socket, under the number of its descriptor.
fn event(socket: &impl AsFd, flags: EpollFlags) -> EpollEvent {
    EpollEvent::new(flags, u64::from(socket.as_fd().as_raw_fd().unsigned_abs()))
}
