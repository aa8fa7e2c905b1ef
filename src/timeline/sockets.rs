//! One socket over its life: its addresses, its TCP states, and who held it when. Several processes can hold one
//! socket, and one process can hold it through several descriptors; it counts once.

use std::net::SocketAddr;

use super::process::ProcessId;
use super::time::Time;

/// The identity that the timeline gives a socket; never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub(super) u64);

/// Where a TCP connection is in its life (include/net/tcp_states.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TcpState {
    /// Both ends may send.
    Established,
    /// We asked for a connection.
    SynSent,
    /// A client asked for one.
    SynRecv,
    /// We closed, and the other end has not acknowledged it.
    FinWait1,
    /// We closed, and the other end has not.
    FinWait2,
    /// Over, kept against stray segments.
    TimeWait,
    /// Not connected.
    Close,
    /// The other end closed, and we have not.
    CloseWait,
    /// Both closed, and the last acknowledgement is missing.
    LastAck,
    /// Waiting for connections.
    Listen,
    /// Both closed at once.
    Closing,
}

impl TcpState {
    /// One end has closed and the other has not.
    pub const fn is_half_closed(self) -> bool {
        matches!(self, Self::CloseWait | Self::FinWait1 | Self::FinWait2)
    }
}

/// A process held the socket from one moment to another, or still does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// Who.
    pub process: ProcessId,
    /// When it was first seen to.
    pub from: Time,
    /// When it was first seen not to.
    pub to: Option<Time>,
}

impl Hold {
    /// It held the socket at `t`.
    pub fn covers(&self, t: Time) -> bool {
        self.from <= t && self.to.is_none_or(|to| t < to)
    }
}

/// What kind of socket a line is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketKind {
    /// A listening one, with the length of its accept queue over time, oldest first.
    Listener {
        /// Queue and backlog from a moment on.
        queue: Vec<(Time, Queue)>,
    },
    /// A connection, with its states over time, oldest first.
    Connection {
        /// The other end.
        peer: SocketAddr,
        /// States from a moment on.
        states: Vec<(Time, TcpState)>,
    },
}

/// An accept queue at a moment; `None` is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    /// How many connections wait to be accepted.
    pub waiting: Option<u32>,
    /// How many may wait: listen(2) admits one more.
    pub backlog: Option<u32>,
}

/// One socket over its life.
#[derive(Debug, Clone)]
pub struct SocketLine {
    /// The timeline's name for it.
    pub id: SocketId,
    /// Its name in the kernel's tables; 0 while nobody has accepted it.
    pub inode: u64,
    /// The address on this side.
    pub local: SocketAddr,
    /// What kind it is, and what happened to it.
    pub kind: SocketKind,
    /// When it was first seen.
    pub opened: Time,
    /// When it was first seen to be gone.
    pub closed: Option<Time>,
    /// Who held it when.
    pub holds: Vec<Hold>,
}

impl SocketLine {
    /// It was there at `t`.
    pub fn covers(&self, t: Time) -> bool {
        self.opened <= t && self.closed.is_none_or(|closed| t < closed)
    }

    /// The processes that held it at `t`.
    pub fn holders(&self, t: Time) -> impl Iterator<Item = ProcessId> + '_ {
        self.holds
            .iter()
            .filter(move |hold| hold.covers(t))
            .map(|hold| hold.process)
    }

    /// The TCP state of a connection at `t`; `None` for a listener, and for a connection that was not there.
    pub fn state(&self, t: Time) -> Option<TcpState> {
        match &self.kind {
            SocketKind::Connection { states, .. } if self.covers(t) => at(states, t),
            SocketKind::Connection { .. } | SocketKind::Listener { .. } => None,
        }
    }

    /// The accept queue of a listener at `t`.
    pub fn queue(&self, t: Time) -> Option<Queue> {
        match &self.kind {
            SocketKind::Listener { queue } if self.covers(t) => at(queue, t),
            SocketKind::Connection { .. } | SocketKind::Listener { .. } => None,
        }
    }

    /// The other end of a connection.
    pub fn peer(&self) -> Option<SocketAddr> {
        match &self.kind {
            SocketKind::Connection { peer, .. } => Some(*peer),
            SocketKind::Listener { .. } => None,
        }
    }
}

/// The value in force at `t` of a history that is oldest first.
fn at<T: Copy>(history: &[(Time, T)], t: Time) -> Option<T> {
    let after = history.partition_point(|(from, _)| *from <= t);
    history.get(after.checked_sub(1)?).map(|(_, value)| *value)
}
