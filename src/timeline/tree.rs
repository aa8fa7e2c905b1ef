//! The tree at a moment: its rows in depth-first order, parents first, siblings by age; its listeners; and the
//! totals of the whole tree. What is folded or left out of it on a screen is decided by [`outline`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use super::Timeline;
use super::lifeline::{Lifeline, Phase};
use super::process::{Facts, Pid, ProcessId, State};
use super::sockets::SocketLine;
use super::time::Time;
use held::{Held, Listener};
use totals::Totals;

mod arrange;
pub mod filter;
pub mod fold;
pub mod held;
pub mod outline;
pub mod totals;

/// Which of the reaped still have a row: their ghosts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ghosts {
    /// For how long after the reap.
    pub window: Duration,
    /// How many, the newest.
    pub most: usize,
}

/// What was true at a moment.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The moment.
    pub at: Time,
    /// The tree.
    pub rows: Vec<Row<'a>>,
    /// The listening sockets that the tree holds, or that were read as its own.
    pub listeners: Vec<Listener<'a>>,
    /// The established connections that nobody had accepted.
    pub queued: Vec<&'a SocketLine>,
    /// The whole tree, counted.
    pub totals: Totals,
}

/// A process in the tree.
#[derive(Debug)]
pub struct Row<'a> {
    /// Its life.
    pub life: &'a Lifeline,
    /// What was true of it; for a ghost, what was last true.
    pub facts: &'a Facts,
    /// Where in its life it was.
    pub phase: Phase,
    /// How far below the top it stands.
    pub depth: usize,
    /// For each level above it, whether a later sibling follows there; the last entry is its own level. Empty at the
    /// top. Siblings share them.
    pub guides: Rc<[bool]>,
    /// Who adopted it: it is no root, and its parent is not in the tree, and was not its parent from the beginning.
    pub adopter: Option<Pid>,
    /// The sockets that it held.
    pub held: Held<'a>,
}

impl Row<'_> {
    /// It had exited and was not waited for.
    pub fn is_zombie(&self) -> bool {
        matches!(self.phase, Phase::Zombie(_))
    }

    /// It had been waited for already.
    pub fn is_ghost(&self) -> bool {
        matches!(self.phase, Phase::Gone(_))
    }

    /// It lived, and had more threads than one.
    pub fn has_threads(&self) -> bool {
        self.phase == Phase::Alive && self.facts.threads > 1
    }

    /// Its main thread had left while others ran: /proc says Z, and it is no zombie.
    pub fn main_thread_left(&self) -> bool {
        self.phase == Phase::Alive && self.facts.state == State::Zombie && !self.facts.is_zombie()
    }
}

impl<'a> Moment<'a> {
    pub(super) fn new(timeline: &'a Timeline, t: Time, ghosts: Ghosts) -> Self {
        let rows = arrange::rows(timeline, t, ghosts);
        let mut moment = Self {
            at: t,
            rows,
            listeners: Vec::new(),
            queued: Vec::new(),
            totals: Totals {
                forked: timeline.forks.by(t),
                exited: timeline.exits.by(t),
                reaped: timeline.reaps.by(t),
                lost: timeline.lost,
                clients: timeline.clients.totals(t),
                ..Totals::default()
            },
        };
        moment.connect(timeline);
        moment.count(timeline.sockets_read.at(t) == Some(true));
        moment
    }

    /// The row of that process.
    pub fn row(&self, id: ProcessId) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.life.id == id)
    }

    /// The place of that process among the rows.
    pub fn place(&self, id: ProcessId) -> Option<usize> {
        self.rows.iter().position(|row| row.life.id == id)
    }

    /// The row that the one at that place stands directly under.
    pub fn parent(&self, place: usize) -> Option<&Row<'a>> {
        let depth = self.rows.get(place)?.depth;
        self.rows[..place].iter().rev().find(|above| above.depth < depth)
    }

    /// Something stands under the row at that place.
    pub fn has_children(&self, place: usize) -> bool {
        let below = self.rows.get(place).zip(self.rows.get(place + 1));
        below.is_some_and(|(row, next)| next.depth > row.depth)
    }

    /// Where a client on this machine can connect to: the first listener that is held, by the loopback address where
    /// it listens on all.
    pub fn reachable(&self) -> Option<SocketAddr> {
        let listener = self.listeners.iter().find(|listener| !listener.held_by.is_empty())?;
        let local = listener.line.local;
        let ip = match local.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        Some(SocketAddr::new(ip, local.port()))
    }
}
