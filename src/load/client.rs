//! One client: it connects, is served, stays, and leaves. How clients arrive and how they are hung up stands in
//! `crew`.

use std::cell::Cell;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep, timeout};

use super::crew::Crew;
use super::plan::{Hold, Visit};
use crate::server::config::{Rounds, Service};
use crate::timeline::observation::{ClientId, ClientPhase, Failure};

/// So many clients share an address.
const PER_ADDRESS: u64 = 20_000;

/// What one client is out to do, and how far it came.
pub(super) struct Errand<'a> {
    crew: &'a Crew,
    id: ClientId,
    visit: Visit,
    local: Cell<Option<SocketAddr>>,
}

impl<'a> Errand<'a> {
    pub(super) fn new(crew: &'a Crew, id: ClientId, visit: Visit) -> Self {
        let local = Cell::new(None);
        Self { crew, id, visit, local }
    }

    /// The client's own address, once it is connected.
    pub(super) fn local(&self) -> Option<SocketAddr> {
        self.local.get()
    }

    /// All of it; `Ok` where the client leaves as it meant to. The socket closes when this is dropped and the
    /// crew has forgotten it.
    pub(super) async fn run(&self, door: OwnedSemaphorePermit) -> Result<(), Failure> {
        let began = Instant::now();
        let stream = self.connect(began).await?;
        drop(door);
        match self.visit.service {
            Service::Echo => {
                match self.visit.talk {
                    None => self.echo(&stream, began).await?,
                    Some(rounds) => self.talk(&stream, began, rounds).await?,
                }
                self.stay(&stream, self.visit.hold).await
            }
            Service::Rounds(rounds) => self.rounds(&stream, began, rounds).await,
        }
    }

    async fn connect(&self, began: Instant) -> Result<Rc<TcpStream>, Failure> {
        let stream = Rc::new(self.in_time(self.open()).await?);
        let local = stream.local_addr().map_err(|error| self.failure(&error))?;
        if local == self.visit.address {
            // Nobody listens on a port that the kernel also gives to clients, and it gave this client that very
            // port: TCP has connected the client to itself (simultaneous open, RFC 9293, 3.5).
            return Err(Failure::Refused);
        }
        self.local.set(Some(local));
        self.crew.connected(self.id, local, &stream, began.elapsed());
        Ok(stream)
    }

    /// An address has about twenty-eight thousand ports for connections to one server (`ip_local_port_range`). On
    /// loopback there are more addresses: each is some clients' own.
    async fn open(&self) -> io::Result<TcpStream> {
        let another = u8::try_from(self.id.0 / PER_ADDRESS).ok().filter(|number| *number > 0);
        match (self.visit.address.ip(), another) {
            (IpAddr::V4(ip), Some(number)) if ip.is_loopback() => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::from((Ipv4Addr::new(127, 0, number, 1), 0)))?;
                socket.connect(self.visit.address).await
            }
            _ => TcpStream::connect(self.visit.address).await,
        }
    }

    /// Has a line echoed in each round, and thinks in between.
    async fn talk(&self, stream: &TcpStream, began: Instant, rounds: Rounds) -> Result<(), Failure> {
        let mut first = None;
        let mut pause = Pause::of(rounds);
        for round in 0..Rounds::COUNT {
            if round > 0 {
                pause.take().await;
            }
            let of_round = self.line(stream, began, first).await?;
            first = first.or(of_round);
        }
        self.served_fully(first);
        Ok(())
    }

    /// Sends a line and takes it back.
    async fn echo(&self, stream: &TcpStream, began: Instant) -> Result<(), Failure> {
        let first = self.line(stream, began, None).await?;
        self.served_fully(first);
        Ok(())
    }

    /// Sends a line and takes it back, byte by byte; says when its first byte of service came.
    async fn line(
        &self,
        stream: &TcpStream,
        began: Instant,
        first: Option<Instant>,
    ) -> Result<Option<Instant>, Failure> {
        let line = format!("client {}: hello\n", self.id.0);
        self.in_time(write_all(stream, line.as_bytes())).await?;
        let mut expected = line.as_bytes();
        let mut first = first;
        while !expected.is_empty() {
            let mut buffer = [0; 64];
            let count = self.in_time(read(stream, &mut buffer)).await?;
            if count == 0 {
                return Err(Failure::Closed);
            }
            expected = expected.strip_prefix(&buffer[..count]).ok_or(Failure::Wrong)?;
            first.get_or_insert_with(|| self.served(began));
        }
        Ok(first)
    }

    /// Keeps the connection and watches the server's end of it. A hold of `None` ends only by being hung up.
    async fn stay(&self, stream: &TcpStream, hold: Option<Hold>) -> Result<(), Failure> {
        let mut buffer = [0; 1];
        let something = read(stream, &mut buffer);
        let came = match hold.map(|hold| hold.of(self.id.0)) {
            None => something.await,
            Some(time) => match timeout(time, something).await {
                Ok(came) => came,
                Err(_elapsed) => return Ok(()),
            },
        };
        match came {
            Ok(0) => Err(Failure::Closed),
            Ok(_unasked) => Err(Failure::Wrong),
            Err(error) => Err(self.failure(&error)),
        }
    }

    /// Takes a timed service: a byte comes, the client thinks for its share of the waiting, and answers with a
    /// byte. The server closes after the last round, and that end counts as the last byte of service: between it
    /// and the last byte before it lies the tenth round.
    async fn rounds(&self, stream: &TcpStream, began: Instant, rounds: Rounds) -> Result<(), Failure> {
        let mut byte = [0; 1];
        let mut first = None;
        let mut pause = Pause::of(rounds);
        for _ in 0..Rounds::COUNT {
            if self.in_time(read(stream, &mut byte)).await? == 0 {
                return Err(Failure::Closed);
            }
            first.get_or_insert_with(|| self.served(began));
            pause.take().await;
            self.in_time(write_all(stream, &byte)).await?;
        }
        if self.in_time(read(stream, &mut byte)).await? != 0 {
            return Err(Failure::Wrong);
        }
        self.served_fully(first);
        Ok(())
    }

    /// The first byte of service came; says when.
    fn served(&self, began: Instant) -> Instant {
        let first = Instant::now();
        self.crew.statistics().first_byte(first - began);
        self.crew.tell(self.id, self.local.get(), ClientPhase::Served);
        first
    }

    fn served_fully(&self, first: Option<Instant>) {
        if let Some(first) = first {
            self.crew.statistics().last_byte(first.elapsed());
        }
    }

    /// Gives one step the client's patience.
    async fn in_time<T>(&self, step: impl Future<Output = io::Result<T>>) -> Result<T, Failure> {
        match timeout(self.visit.timeout, step).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(error)) => Err(self.failure(&error)),
            Err(_elapsed) => Err(Failure::TimedOut),
        }
    }

    /// What a failed call means (connect(2), recv(2), send(2)). Whatever is not the network's answer is ours: no
    /// descriptors, no ports, no route.
    fn failure(&self, error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Failure::Refused,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
                Failure::Reset
            }
            io::ErrorKind::TimedOut => Failure::TimedOut,
            _ => {
                self.crew.statistics().local_error(error);
                Failure::Local
            }
        }
    }
}

/// The client's share of the waiting, round after round. A timer counts in milliseconds and is late rather than early:
/// what one pause was too long, the next is shorter.
struct Pause {
    share: Duration,
    owed: Duration,
}

impl Pause {
    fn of(rounds: Rounds) -> Self {
        Self {
            share: rounds.waiting_share(),
            owed: Duration::ZERO,
        }
    }

    async fn take(&mut self) {
        let began = Instant::now();
        let wanted = self.share.saturating_sub(self.owed);
        if !wanted.is_zero() {
            sleep(wanted).await;
        }
        self.owed = (self.owed + began.elapsed()).saturating_sub(self.share);
    }
}

/// Reads what there is, and waits where there is nothing; 0 is the end.
async fn read(stream: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        stream.readable().await?;
        match stream.try_read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            other => return other,
        }
    }
}

async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        stream.writable().await?;
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
