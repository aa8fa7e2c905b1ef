//! The tree at a moment: its rows in depth-first order, parents first, siblings by age; its listeners; and the
//! totals of the whole tree.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use super::Timeline;
use super::clients::ClientTotals;
use super::lifeline::{Lifeline, Phase, ZombieTime};
use super::process::{Facts, Pid, ProcessId, State};
use super::sockets::{Queue, SocketId, SocketKind, SocketLine, TcpState};
use super::time::Time;

pub mod filter;
pub mod fold;
pub mod outline;

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
    /// Who adopted it: it is no root, and its parent is not in the tree.
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

/// The sockets that a process held, each counted once.
#[derive(Debug, Default)]
pub struct Held<'a> {
    /// How many; `None` where the process's descriptors may not be read.
    pub counts: Option<Counts>,
    /// The connections, oldest first.
    pub connections: Vec<&'a SocketLine>,
    /// Who else held one of the connections.
    pub shared_with: Vec<Pid>,
}

/// Sockets by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// In state ESTABLISHED.
    pub established: u32,
    /// Of these, on a port that the tree listens on.
    pub accepted: u32,
    /// Of these, the others.
    pub outgoing: u32,
    /// Closed by one end only.
    pub half_closed: u32,
    /// Listening.
    pub listening: u32,
}

/// A listening socket.
#[derive(Debug)]
pub struct Listener<'a> {
    /// The socket.
    pub line: &'a SocketLine,
    /// Its accept queue.
    pub queue: Queue,
    /// Who held it.
    pub held_by: Vec<Pid>,
}

/// The whole tree, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Rows in the process table, zombies included.
    pub processes: u32,
    /// Threads of all of them; a zombie counts one.
    pub threads: u32,
    /// Exited and not waited for.
    pub zombies: u32,
    /// How long the oldest of these had been one.
    pub oldest_zombie: Option<ZombieTime>,
    /// Established connections, each once; `None` where some process's descriptors may not be read.
    pub connections: Option<u32>,
    /// Established and in an accept queue; `None` as for connections, since some process may hold another listener.
    pub unaccepted: Option<u32>,
    /// Listening sockets, each once; `None` as for connections.
    pub listening: Option<u32>,
    /// Births seen since watching began.
    pub forked: u64,
    /// Exits since watching began.
    pub exited: u64,
    /// Reaps since watching began.
    pub reaped: u64,
    /// Events that the kernel could not deliver, since watching began; not a count of that moment.
    pub lost: u64,
    /// Our own clients.
    pub clients: ClientTotals,
}

impl<'a> Moment<'a> {
    pub(super) fn new(timeline: &'a Timeline, t: Time, ghosts: Ghosts) -> Self {
        let rows = arrange(shown(timeline, t, ghosts), t);
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

    /// Puts the sockets of the moment to the rows that held them.
    fn connect(&mut self, timeline: &'a Timeline) {
        let t = self.at;
        // Sorted, and not in a map: a moment of a thousand rows is asked for with every frame.
        let mut holders: Vec<(SocketId, usize)> = Vec::with_capacity(self.rows.len());
        for (index, row) in self.rows.iter().enumerate() {
            let holds = row.life.holds.iter().filter(|hold| hold.covers(t));
            holders.extend(holds.map(|hold| (hold.socket, index)));
        }
        holders.sort_unstable();
        let holders_of = |socket: SocketId| {
            let from = holders.partition_point(|(held, _)| *held < socket);
            let count = holders[from..].iter().take_while(|(held, _)| *held == socket).count();
            &holders[from..from + count]
        };
        let lines: Vec<&SocketLine> = timeline.sockets.at(t).collect();
        let ports: Vec<u16> = lines
            .iter()
            .filter(|line| matches!(line.kind, SocketKind::Listener { .. }))
            .map(|line| line.local.port())
            .collect();
        for row in &mut self.rows {
            let read = row.life.read.is_some_and(|read| read <= t);
            row.held.counts = (row.is_zombie() || (row.facts.sockets_known && read)).then(Counts::default);
        }
        for line in lines {
            let held_by = holders_of(line.id);
            match line.queue(t) {
                Some(queue) => self.add_listener(line, queue, held_by),
                None => self.add_connection(line, held_by, ports.contains(&line.local.port())),
            }
        }
        for row in &mut self.rows {
            row.held.shared_with.sort_unstable();
            row.held.shared_with.dedup();
        }
    }

    fn add_listener(&mut self, line: &'a SocketLine, queue: Queue, held_by: &[(SocketId, usize)]) {
        for (_, index) in held_by {
            if let Some(counts) = &mut self.rows[*index].held.counts {
                counts.listening += 1;
            }
        }
        let held_by = held_by.iter().map(|(_, index)| self.rows[*index].life.pid).collect();
        self.listeners.push(Listener { line, queue, held_by });
    }

    fn add_connection(&mut self, line: &'a SocketLine, held_by: &[(SocketId, usize)], accepted: bool) {
        let Some(state) = line.state(self.at) else { return };
        let established = state == TcpState::Established;
        if line.is_unaccepted(self.at) {
            self.queued.push(line);
        }
        for (_, index) in held_by {
            let row = &mut self.rows[*index];
            if let Some(counts) = &mut row.held.counts {
                counts.established += u32::from(established);
                counts.accepted += u32::from(established && accepted);
                counts.outgoing += u32::from(established && !accepted);
                counts.half_closed += u32::from(state.is_half_closed());
            }
            row.held.connections.push(line);
        }
        if held_by.len() > 1 {
            let pids: Vec<Pid> = held_by.iter().map(|(_, index)| self.rows[*index].life.pid).collect();
            for (_, index) in held_by {
                let row = &mut self.rows[*index];
                let own = row.life.pid;
                row.held.shared_with.extend(pids.iter().filter(|pid| **pid != own));
            }
        }
    }

    fn count(&mut self, sockets_read: bool) {
        let t = self.at;
        let mut connections: Vec<SocketId> = Vec::new();
        let mut listening: Vec<SocketId> = Vec::new();
        let mut all_known = true;
        // Looked through for those alone who were only just born.
        let mut known: Vec<Pid> = Vec::with_capacity(self.rows.len());
        for row in self.rows.iter().filter(|row| !row.is_ghost()) {
            let totals = &mut self.totals;
            totals.processes += 1;
            // The facts of a zombie can be from its life, until it is read again.
            totals.threads += if row.is_zombie() { 1 } else { row.facts.threads };
            if row.is_zombie() {
                totals.zombies += 1;
                totals.oldest_zombie = longer(totals.oldest_zombie, row.life.zombie_time(t));
            }
            // Fork copies: a child that was only just born holds what its parent does, each socket of which is counted
            // once however many hold it. So its own count is unknown, and that of the whole tree is not.
            let inherits = row.life.read.is_none_or(|read| read > t) && known.contains(&row.facts.parent);
            if row.held.counts.is_some() || inherits {
                known.push(row.life.pid);
            } else {
                all_known = false;
            }
            let established = |line: &&&SocketLine| line.state(t) == Some(TcpState::Established);
            connections.extend(row.held.connections.iter().filter(established).map(|line| line.id));
        }
        listening.extend(
            self.listeners
                .iter()
                .filter(|listener| !listener.held_by.is_empty())
                .map(|l| l.line.id),
        );
        for ids in [&mut connections, &mut listening] {
            ids.sort_unstable();
            ids.dedup();
        }
        let counted = |ids: &[SocketId]| u32::try_from(ids.len()).ok().filter(|_| all_known);
        self.totals.connections = counted(&connections);
        self.totals.listening = counted(&listening);
        self.totals.unaccepted = u32::try_from(self.queued.len())
            .ok()
            .filter(|_| sockets_read && all_known);
    }
}

/// The longer of two zombie times, either of which may be missing.
fn longer(one: Option<ZombieTime>, other: Option<ZombieTime>) -> Option<ZombieTime> {
    one.into_iter().chain(other).max_by_key(|time| time.least)
}

/// The lives that have a row at `t`: those in the process table, and the newest ghosts.
fn shown(timeline: &Timeline, t: Time, ghosts: Ghosts) -> Vec<&Lifeline> {
    let mut lives = timeline.lives.at(t, ghosts.window);
    let mut reaps: Vec<(Time, ProcessId)> = lives
        .iter()
        .filter_map(|life| match life.phase(t) {
            Phase::Gone(reaped) => Some((reaped.when.latest, life.id)),
            Phase::Unborn | Phase::Alive | Phase::Zombie(_) => None,
        })
        .collect();
    reaps.sort_unstable_by(|a, b| b.cmp(a));
    reaps.truncate(ghosts.most);
    let kept: HashSet<ProcessId> = reaps.into_iter().map(|(_, id)| id).collect();
    lives.retain(|life| match life.phase(t) {
        Phase::Gone(_) => kept.contains(&life.id),
        Phase::Unborn => false,
        Phase::Alive | Phase::Zombie(_) => true,
    });
    lives
}

/// Puts lives under their parents, depth first.
fn arrange(lives: Vec<&Lifeline>, t: Time) -> Vec<Row<'_>> {
    let with_facts: Vec<(&Lifeline, &Facts)> = lives
        .into_iter()
        .filter_map(|life| life.facts(t).map(|facts| (life, facts)))
        .collect();
    // A pid can stand twice, once for a ghost: the living one, which comes last, is whose children these are.
    let mut by_pid: Vec<(Pid, bool, usize)> = Vec::with_capacity(with_facts.len());
    by_pid.extend(with_facts.iter().enumerate().map(|(index, (life, _))| {
        let there = !matches!(life.phase(t), Phase::Gone(_));
        (life.pid, there, index)
    }));
    by_pid.sort_unstable();
    let of_pid = |pid: Pid| {
        let after = by_pid.partition_point(|(other, ..)| *other <= pid);
        let (found, _, index) = by_pid.get(after.checked_sub(1)?)?;
        (*found == pid).then_some(*index)
    };
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); with_facts.len()];
    let mut tops: Vec<usize> = Vec::new();
    for (index, (life, facts)) in with_facts.iter().enumerate() {
        match of_pid(facts.parent) {
            Some(parent) if !life.root && parent != index && with_facts[parent].0.born.earliest <= life.born.latest => {
                children[parent].push(index);
            }
            Some(_) | None => tops.push(index),
        }
    }
    tops.sort_by_key(|index| !with_facts[*index].0.root);
    let mut rows = Vec::with_capacity(with_facts.len());
    let none: Rc<[bool]> = Rc::new([]);
    let mut stack: Vec<(usize, Rc<[bool]>)> = tops.into_iter().rev().map(|index| (index, Rc::clone(&none))).collect();
    while let Some((index, guides)) = stack.pop() {
        let (life, facts) = with_facts[index];
        let phase = life.phase(t);
        let ghost = matches!(phase, Phase::Gone(_));
        if let Some((last, others)) = children[index].split_last() {
            stack.push((*last, below(&guides, false)));
            let guides = below(&guides, true);
            stack.extend(others.iter().rev().map(|child| (*child, Rc::clone(&guides))));
        }
        rows.push(Row {
            life,
            facts,
            phase,
            depth: guides.len(),
            adopter: (!life.root && guides.is_empty() && !ghost).then_some(facts.parent),
            guides,
            held: Held::default(),
        });
    }
    rows
}

/// The guides of what stands a level deeper, where a later sibling follows or does not.
fn below(guides: &[bool], follows: bool) -> Rc<[bool]> {
    guides.iter().copied().chain([follows]).collect()
}

/// The other end of the first connection that a process held: whom it serves.
pub fn first_peer(held: &Held<'_>) -> Option<SocketAddr> {
    held.connections.first().and_then(|line| line.peer())
}
