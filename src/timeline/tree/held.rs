//! Who held which socket at a moment: the listeners with their queues, and the connections of each row. A socket that
//! several hold is counted with each of them; what the whole tree has is counted in [`super::totals`].

use std::net::SocketAddr;

use super::Moment;
use crate::timeline::Timeline;
use crate::timeline::process::Pid;
use crate::timeline::sockets::{Queue, SocketId, SocketKind, SocketLine, TcpState};

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

impl Held<'_> {
    /// The other end of the first connection that the process held: whom it serves.
    pub fn first_peer(&self) -> Option<SocketAddr> {
        self.connections.first().and_then(|line| line.peer())
    }
}

/// Sockets by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// In state ESTABLISHED.
    pub established: u32,
    /// Of these, on a port that the tree listens on, or did when they came.
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

impl<'a> Moment<'a> {
    /// Puts the sockets of the moment to the rows that held them.
    pub(super) fn connect(&mut self, timeline: &'a Timeline) {
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
                None => self.add_connection(line, held_by, line.called || ports.contains(&line.local.port())),
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
}
