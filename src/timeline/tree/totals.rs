//! The whole tree, counted. A total that rests on what may not be read is not known, and is never taken for 0.

use super::Moment;
use crate::timeline::clients::ClientTotals;
use crate::timeline::lifeline::ZombieTime;
use crate::timeline::process::Pid;
use crate::timeline::sockets::{SocketId, SocketLine, TcpState};

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

impl Moment<'_> {
    /// Counts the rows and what they hold; `sockets_read` says that the socket table was.
    pub(super) fn count(&mut self, sockets_read: bool) {
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
            .map(|queued| self.waiting().map_or(queued, |waiting| queued.min(waiting)))
            .filter(|_| sockets_read && all_known);
    }
}

impl Moment<'_> {
    /// How many wait in the queues of the listeners that the tree holds, by the kernel's own count; `None` where it holds
    /// none, or the kernel does not tell. Whoever is not accepted yet belongs to nobody, so by addresses alone those who
    /// wait for a stranger on the same port (`SO_REUSEPORT`, socket(7)) cannot be told from ours.
    fn waiting(&self) -> Option<u32> {
        let mut held = self
            .listeners
            .iter()
            .filter(|listener| !listener.held_by.is_empty())
            .peekable();
        held.peek()?;
        held.map(|listener| listener.queue.waiting)
            .try_fold(0, |sum: u32, waiting| Some(sum.saturating_add(waiting?)))
    }
}

/// The longer of two zombie times, either of which may be missing.
fn longer(one: Option<ZombieTime>, other: Option<ZombieTime>) -> Option<ZombieTime> {
    one.into_iter().chain(other).max_by_key(|time| time.least)
}
