//! What comes in: what the kernel said, and what we did ourselves. A recording is a sequence of these and nothing
//! else; everything on screen is derived from them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::call::Call;
use super::detail::Detail;
use super::lifeline::Reaper;
use super::process::{ExitStatus, Key, Names, Pid, Sigchld, State};
use super::sockets::TcpState;
use super::threads::Threads;
use super::time::{Time, When};
use super::wchan::Wchan;

/// One thing that was observed.
#[derive(Debug, Clone)]
pub enum Observation {
    /// One reading of the tree and its sockets.
    Sample(Sample),
    /// One reading of some processes, and of all sockets.
    Glance(Sample),
    /// A close look at one process.
    Detail(Detail),
    /// A look at the threads of some processes.
    Threads(Threads),
    /// A process was born.
    Birth(Birth),
    /// A process runs another program.
    Exec(Exec),
    /// A process exited.
    Exit(Exit),
    /// A process was waited for: its row is gone.
    Reap(Reap),
    /// Events that the kernel could not deliver.
    Lost(Lost),
    /// News of a client of our own.
    Client(Client),
    /// The server was told something.
    Order(Order),
    /// The teacher set a mark.
    Mark(Mark),
}

impl Observation {
    /// When it was observed.
    pub fn at(&self) -> Time {
        match self {
            Self::Sample(sample) | Self::Glance(sample) => sample.at,
            Self::Detail(detail) => detail.at,
            Self::Threads(threads) => threads.at,
            Self::Birth(birth) => birth.when.latest,
            Self::Exec(exec) => exec.at,
            Self::Exit(exit) => exit.when.latest,
            Self::Reap(reap) => reap.when.latest,
            Self::Lost(lost) => lost.at,
            Self::Client(client) => client.at,
            Self::Order(order) => order.at,
            Self::Mark(mark) => mark.at,
        }
    }
}

/// One reading of every process of the tree. A process that is missing here is not dead: its end is an [`Exit`]
/// and a [`Reap`] of its own.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// When the reading began.
    pub at: Time,
    /// The processes, in no order.
    pub processes: Vec<Reading>,
    /// The TCP sockets that they hold or that wait in their accept queues; `None` where the table could not be
    /// read.
    pub sockets: Option<Sockets>,
}

/// The TCP sockets of a tree.
#[derive(Debug, Clone, Default)]
pub struct Sockets {
    /// The listening ones.
    pub listeners: Vec<ListenerReading>,
    /// The connections: those held, and those that nobody has accepted.
    pub connections: Vec<ConnectionReading>,
}

/// One process, read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Which process.
    pub key: Key,
    /// It is what was launched or attached to.
    pub root: bool,
    /// Its parent.
    pub parent: Pid,
    /// Its pid in its own PID namespace, where read.
    pub ns_pid: Option<Pid>,
    /// What the scheduler says.
    pub state: State,
    /// How many threads it has.
    pub threads: u32,
    /// Its effective user.
    pub uid: u32,
    /// What it is called.
    pub names: Arc<Names>,
    /// CPU time used, user and system.
    pub cpu: Duration,
    /// Resident memory in bytes.
    pub rss: u64,
    /// How many descriptors it has open; `None` where the kernel does not tell.
    pub fds: Option<u32>,
    /// The sockets of any kind behind its descriptors; `None` where they may not be read.
    pub sockets: Option<Arc<[HeldSocket]>>,
    /// What it does with SIGCHLD; `None` where not read.
    pub sigchld: Option<Sigchld>,
    /// What it is blocked in; `None` where it is not, or the kernel does not tell.
    pub blocked: Option<BlockedReading>,
    /// The kernel function that it sleeps in, where `blocked` may not be read and that may.
    pub wchan: Option<Wchan>,
    /// How it ended, for a zombie.
    pub exit: ExitStatus,
}

impl Reading {
    /// It has exited and waits to be waited for. A process whose main thread alone has left says Z too, and is
    /// none.
    pub fn is_zombie(&self) -> bool {
        self.state == State::Zombie && self.threads <= 1
    }
}

/// A socket behind a descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldSocket {
    /// The descriptor.
    pub fd: i32,
    /// The socket's inode, its name in the kernel's tables.
    pub inode: u64,
}

/// What a process is blocked in, as /proc says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockedReading {
    /// Which call.
    pub call: Call,
    /// The descriptor that it was given, for calls that take one first.
    pub fd: Option<i32>,
}

/// A listening socket, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenerReading {
    /// Its name in the kernel's tables.
    pub inode: u64,
    /// The address it listens on.
    pub local: SocketAddr,
    /// How many connections wait to be accepted.
    pub queue: Option<u32>,
    /// How many may wait: listen(2) admits one more.
    pub backlog: Option<u32>,
}

/// A connection, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionReading {
    /// Its name in the kernel's tables; 0 while nobody has accepted it.
    pub inode: u64,
    /// The address on this side.
    pub local: SocketAddr,
    /// The address on the other side.
    pub peer: SocketAddr,
    /// Where in its life it is.
    pub state: TcpState,
}

/// A birth. Sources of events give no start time: the timeline matches the reading that follows.
#[derive(Debug, Clone, Copy)]
pub struct Birth {
    /// When.
    pub when: When,
    /// Who forked.
    pub parent: Pid,
    /// Who was born.
    pub child: Pid,
}

/// A process replaced its program (execve(2)). Its arguments come with the reading that follows.
#[derive(Debug, Clone)]
pub struct Exec {
    /// When.
    pub at: Time,
    /// Who.
    pub pid: Pid,
    /// Its command name from then on.
    pub comm: Box<[u8]>,
}

/// An exit.
#[derive(Debug, Clone, Copy)]
pub struct Exit {
    /// When.
    pub when: When,
    /// Who.
    pub key: Key,
    /// How.
    pub status: ExitStatus,
}

/// A reap. The status stands here too, because some kernels tell it only now (`PIDFD_GET_INFO`).
#[derive(Debug, Clone, Copy)]
pub struct Reap {
    /// When.
    pub when: When,
    /// Who was waited for.
    pub key: Key,
    /// How it had ended.
    pub status: ExitStatus,
    /// Who waited, or that nobody did.
    pub by: Reaper,
}

/// Events that are missing from here on back.
#[derive(Debug, Clone, Copy)]
pub struct Lost {
    /// When it was noticed.
    pub at: Time,
    /// How many.
    pub count: u64,
}

/// The number of a client of our own, from 1 in the order in which they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u64);

/// News of a client of our own.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    /// When.
    pub at: Time,
    /// Which client.
    pub id: ClientId,
    /// Its own address, once it has one.
    pub local: Option<SocketAddr>,
    /// What happened to it.
    pub phase: ClientPhase,
}

/// What happens to a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientPhase {
    /// It asked for a connection.
    Connecting,
    /// The kernel has connected it; nobody need have accepted yet.
    Connected,
    /// The first byte of service came.
    Served,
    /// It closed, as it meant to.
    Done,
    /// It ended otherwise.
    Failed(Failure),
}

/// How a client fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// Nobody listens there (ECONNREFUSED).
    Refused,
    /// The connection was reset (ECONNRESET, EPIPE).
    Reset,
    /// The server closed before it had served.
    Closed,
    /// Nothing came in time.
    TimedOut,
    /// What came back was not what had been sent.
    Wrong,
    /// The client could not even try: no descriptors, no ports.
    Local,
}

impl Failure {
    /// Every failure.
    pub const ALL: &'static [Self] = &[
        Self::Refused,
        Self::Reset,
        Self::Closed,
        Self::TimedOut,
        Self::Wrong,
        Self::Local,
    ];

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Closed => "closed",
            Self::TimedOut => "timed_out",
            Self::Wrong => "wrong",
            Self::Local => "local",
        }
    }
}

/// The server was told something by us.
#[derive(Debug, Clone)]
pub struct Order {
    /// When the server acknowledged it, or the signal was sent.
    pub at: Time,
    /// What.
    pub what: Ordered,
}

/// What a server is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ordered {
    /// To reap in another way: the policy's name.
    Policy(Box<str>),
    /// To become a server of another model: its name.
    Model(Box<str>),
    /// To let so many connections wait to be accepted.
    Backlog(u32),
    /// A signal of this number went to this process.
    Signal {
        /// The signal's number.
        signal: i32,
        /// The process.
        pid: Pid,
    },
}

/// A mark on the time axis.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Where.
    pub at: Time,
    /// What it says.
    pub text: Box<str>,
}
