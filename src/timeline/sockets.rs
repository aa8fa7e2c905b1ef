//! Sockets over their lives: addresses, TCP states, accept queues. Who held a socket when stands with the holder, in
//! [`super::lifeline::Lifeline::holds`]: several processes can hold one socket, and a listener that ten thousand
//! children inherited must not carry ten thousand names.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use super::history::History;
use super::log::Change;
use super::observation::{ConnectionReading, ListenerReading, Sockets};
use super::past::Past;
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
    /// The kernel's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Established => "ESTABLISHED",
            Self::SynSent => "SYN_SENT",
            Self::SynRecv => "SYN_RECV",
            Self::FinWait1 => "FIN_WAIT1",
            Self::FinWait2 => "FIN_WAIT2",
            Self::TimeWait => "TIME_WAIT",
            Self::Close => "CLOSE",
            Self::CloseWait => "CLOSE_WAIT",
            Self::LastAck => "LAST_ACK",
            Self::Listen => "LISTEN",
            Self::Closing => "CLOSING",
        }
    }

    /// One end has closed and the other has not.
    pub const fn is_half_closed(self) -> bool {
        matches!(self, Self::CloseWait | Self::FinWait1 | Self::FinWait2)
    }
}

/// What kind of socket a line is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketKind {
    /// A listening one, with the length of its accept queue over time, oldest first.
    Listener {
        /// Queue and backlog from a moment on.
        queue: History<Queue>,
    },
    /// A connection, with its states over time, oldest first.
    Connection {
        /// The other end.
        peer: SocketAddr,
        /// States from a moment on.
        states: History<TcpState>,
    },
}

impl SocketKind {
    /// Gives back the room that a history no longer grows into.
    fn shrink(&mut self) {
        match self {
            Self::Listener { queue } => queue.shrink(),
            Self::Connection { states, .. } => states.shrink(),
        }
    }
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
    /// Its name in the kernel's tables, the newest; 0 while nobody has accepted it.
    pub inode: u64,
    /// When it was first seen to have been accepted, for a connection that was seen waiting for that.
    pub accepted: Option<Time>,
    /// The address on this side.
    pub local: SocketAddr,
    /// The tree listened on its port when it was first seen: whoever it is from has called, also once that listener
    /// has closed.
    pub called: bool,
    /// What kind it is, and what happened to it.
    pub kind: SocketKind,
    /// When it was first seen.
    pub opened: Time,
    /// When it was first seen to be gone.
    pub closed: Option<Time>,
    /// Who was last seen to hold it, the oldest where several did, and when; `None` where nobody was.
    pub holder: Option<(ProcessId, Time)>,
}

impl SocketLine {
    /// It was there at `t`.
    pub fn covers(&self, t: Time) -> bool {
        self.opened <= t && self.closed.is_none_or(|closed| t < closed)
    }

    /// The TCP state of a connection at `t`; `None` for a listener, and for a connection that was not there.
    pub fn state(&self, t: Time) -> Option<TcpState> {
        match &self.kind {
            SocketKind::Connection { states, .. } if self.covers(t) => states.at(t),
            SocketKind::Connection { .. } | SocketKind::Listener { .. } => None,
        }
    }

    /// It was established at `t`, and nobody had accepted it.
    pub fn is_unaccepted(&self, t: Time) -> bool {
        let waited = match self.accepted {
            Some(accepted) => t < accepted,
            None => self.inode == 0,
        };
        waited && self.state(t) == Some(TcpState::Established)
    }

    /// The accept queue of a listener at `t`.
    pub fn queue(&self, t: Time) -> Option<Queue> {
        match &self.kind {
            SocketKind::Listener { queue } if self.covers(t) => queue.at(t),
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

/// What the kernel's tables call a socket that is open now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Name {
    /// By its inode.
    Inode(u64),
    /// By its addresses: one that nobody has accepted has no inode.
    Queued(SocketAddr, SocketAddr),
}

/// All socket lines: the open ones, and those that closed and are not yet forgotten.
#[derive(Debug, Default)]
pub(super) struct SocketTable {
    next: u64,
    lines: BTreeMap<SocketId, SocketLine>,
    open: HashMap<Name, (SocketId, Time)>,
    closed: Past<SocketId>,
    changes: u64,
}

impl SocketTable {
    /// The line of that name.
    pub(super) fn get(&self, id: SocketId) -> Option<&SocketLine> {
        self.lines.get(&id)
    }

    /// The open socket of that inode.
    pub(super) fn by_inode(&self, inode: u64) -> Option<SocketId> {
        self.open.get(&Name::Inode(inode)).map(|(id, _)| *id)
    }

    /// How often a queue or a state has changed.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// How many lines are kept.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// The sockets that were there at `t`, in the order in which they were first seen.
    pub(super) fn at(&self, t: Time) -> impl Iterator<Item = &SocketLine> {
        let mut ids: Vec<SocketId> = self.open.values().map(|(id, _)| *id).collect();
        ids.extend(self.closed.around(t, t));
        ids.sort_unstable();
        ids.into_iter()
            .filter_map(|id| self.lines.get(&id))
            .filter(move |line| line.covers(t))
    }

    /// Takes a reading of the table: what is new opens, what is missing has closed.
    pub(super) fn read(&mut self, sockets: &Sockets, at: Time, changes: &mut Vec<Change>) {
        for listener in &sockets.listeners {
            self.listener(listener, at);
        }
        for connection in &sockets.connections {
            self.connection(connection, &sockets.listeners, at, changes);
        }
        let mut gone: Vec<(Name, SocketId)> = self
            .open
            .iter()
            .filter(|(_, (_, seen))| *seen < at)
            .map(|(name, (id, _))| (*name, *id))
            .collect();
        gone.sort_unstable_by_key(|(_, id)| *id);
        for (name, id) in gone {
            self.open.remove(&name);
            self.close(id, at, changes);
        }
    }

    /// Notes who holds these at `at`; processes come by age.
    pub(super) fn held_by<'a>(&mut self, process: ProcessId, held: impl Iterator<Item = &'a SocketId>, at: Time) {
        for id in held {
            if let Some(line) = self.lines.get_mut(id)
                && line.holder.is_none_or(|(_, seen)| seen < at)
            {
                line.holder = Some((process, at));
            }
        }
    }

    fn close(&mut self, id: SocketId, at: Time, changes: &mut Vec<Change>) {
        let Some(line) = self.lines.get_mut(&id) else { return };
        line.closed = Some(at);
        line.kind.shrink();
        self.closed.push(id, line.opened, at);
        if let SocketKind::Connection { peer, .. } = line.kind {
            changes.push(Change::Closed {
                id,
                local: line.local,
                peer,
            });
        }
    }

    fn listener(&mut self, reading: &ListenerReading, at: Time) {
        let queue = Queue {
            waiting: reading.queue,
            backlog: reading.backlog,
        };
        let id = self.find_or_open(Name::Inode(reading.inode), reading.inode, reading.local, at, || {
            SocketKind::Listener {
                queue: History::default(),
            }
        });
        if let Some(SocketLine {
            kind: SocketKind::Listener { queue: history },
            ..
        }) = self.lines.get_mut(&id)
        {
            self.changes += u64::from(history.record(at, queue));
        }
    }

    fn connection(
        &mut self,
        reading: &ConnectionReading,
        listeners: &[ListenerReading],
        at: Time,
        changes: &mut Vec<Change>,
    ) {
        let queued = Name::Queued(reading.local, reading.peer);
        let name = if reading.inode == 0 {
            queued
        } else {
            Name::Inode(reading.inode)
        };
        if name != queued
            && let Some(entry) = self.open.remove(&queued)
        {
            // It was accepted: the same connection goes on under its inode.
            self.open.insert(name, entry);
            if let Some(line) = self.lines.get_mut(&entry.0) {
                line.inode = reading.inode;
                line.accepted = Some(at);
                self.changes += 1;
            }
        }
        let known = self.open.contains_key(&name);
        let id = self.find_or_open(name, reading.inode, reading.local, at, || SocketKind::Connection {
            peer: reading.peer,
            states: History::default(),
        });
        if !known {
            let port = reading.local.port();
            if let Some(line) = self.lines.get_mut(&id) {
                line.called = listeners.iter().any(|listener| listener.local.port() == port);
            }
            changes.push(Change::Connected {
                id,
                local: reading.local,
                peer: reading.peer,
            });
        }
        if let Some(SocketLine {
            kind: SocketKind::Connection { states, .. },
            ..
        }) = self.lines.get_mut(&id)
        {
            self.changes += u64::from(states.record(at, reading.state));
        }
    }

    fn find_or_open(
        &mut self,
        name: Name,
        inode: u64,
        local: SocketAddr,
        at: Time,
        kind: impl FnOnce() -> SocketKind,
    ) -> SocketId {
        if let Some((id, seen)) = self.open.get_mut(&name) {
            *seen = at;
            return *id;
        }
        let id = SocketId(self.next);
        self.next += 1;
        self.open.insert(name, (id, at));
        self.lines.insert(
            id,
            SocketLine {
                id,
                inode,
                accepted: None,
                local,
                called: false,
                kind: kind(),
                opened: at,
                closed: None,
                holder: None,
            },
        );
        id
    }

    /// Forgets what closed before `horizon`, and the oldest beyond `most` lines; says how many.
    pub(super) fn forget(&mut self, horizon: Time, most: usize) -> u64 {
        let mut forgotten = 0;
        while let Some((closed, id)) = self.closed.oldest() {
            if closed >= horizon && self.lines.len() <= most {
                break;
            }
            self.closed.pop();
            self.lines.remove(&id);
            forgotten += 1;
        }
        forgotten
    }

    /// Drops the histories of open sockets from before `horizon`, but for what was in force then.
    pub(super) fn trim(&mut self, horizon: Time) {
        for (id, _) in self.open.values() {
            match self.lines.get_mut(id).map(|line| &mut line.kind) {
                Some(SocketKind::Listener { queue }) => queue.trim(horizon),
                Some(SocketKind::Connection { states, .. }) => states.trim(horizon),
                None => {}
            }
        }
    }
}
