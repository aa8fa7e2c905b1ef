//! Everything known, and the one question asked of it: what was true at t?
//!
//! [`Timeline::apply`] takes observations as they come; [`Timeline::at`] answers with a [`tree::Moment`]. Nothing
//! here reads a clock, a file or a socket, and nothing here has words for people. Memory is bounded: what ended
//! longer ago than the retention is forgotten, and counted as forgotten.

use std::sync::Arc;
use std::time::Duration;

use clients::Clients;
use detail::{Detail, Looks};
use history::History;
use lifeline::Lifeline;
use lives::Lives;
use log::{Change, Entry, Log};
use marks::{Marked, Marks};
use observation::{ClientId, Failure, Observation, Reading, Sample};
use process::{Blocked, Facts, Key, Pid, ProcessId};
use sockets::{SocketId, SocketLine, SocketTable};
use tally::Tally;
use threads::{Listed, Threads};
use time::{Time, When};
use tree::{Ghosts, Moment};

pub mod call;
mod clients;
pub mod detail;
pub mod history;
pub mod lifeline;
mod lives;
pub mod log;
pub mod marks;
pub mod observation;
mod past;
pub mod process;
pub mod sockets;
mod tally;
pub mod threads;
pub mod time;
pub mod tree;
pub mod wchan;
pub mod why;

pub use clients::ClientTotals;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// What ended longer ago than this is forgotten.
    pub retention: Duration,
    /// The most lifelines.
    pub lifelines: usize,
    /// The most state segments, over all lifelines.
    pub segments: usize,
    /// The most socket lines.
    pub sockets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            retention: Duration::from_mins(10),
            lifelines: 100_000,
            segments: 1_000_000,
            sockets: 200_000,
        }
    }
}

/// How much was forgotten to stay within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Lifelines that had ended.
    pub lifelines: u64,
    /// Segments of lifelines that are still kept.
    pub segments: u64,
    /// Sockets that had closed.
    pub sockets: u64,
}

/// How much is kept now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Lifelines.
    pub lifelines: usize,
    /// State segments, over all lifelines.
    pub segments: usize,
    /// Socket lines.
    pub sockets: usize,
}

/// Everything known of one target.
#[derive(Debug, Default)]
pub struct Timeline {
    limits: Limits,
    start: Option<Time>,
    now: Time,
    trimmed: Time,
    lives: Lives,
    sockets: SocketTable,
    clients: Clients,
    looks: Looks,
    threads: threads::Looks,
    log: Log,
    marks: Marks,
    forks: Tally,
    exits: Tally,
    reaps: Tally,
    lost: u64,
    sockets_read: History<bool>,
    sampled: Time,
    sampled_before: Time,
    forgotten: Forgotten,
    changes: u64,
}

impl Timeline {
    /// An empty one that keeps this much.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// A root was launched, and has not run yet: it is one whether or not it lives long enough to be read.
    pub fn launched(&mut self, root: Key) {
        self.lives.launched(root);
    }

    /// How many processes have not been reaped, those of which nothing but an event is known included.
    pub fn present(&self) -> usize {
        self.lives.present()
    }

    /// Takes one observation, and says what changed by it.
    pub fn apply(&mut self, observation: &Observation) -> Vec<Change> {
        let at = observation.at();
        let start = *self.start.get_or_insert(at);
        self.now = self.now.max(at);
        let mut changes = Vec::new();
        match observation {
            Observation::Sample(sample) => {
                self.sampled_before = std::mem::replace(&mut self.sampled, at).max(start);
                self.sample(sample, start, &mut changes);
            }
            // The bounds of what is only seen to have happened stay those of the whole readings.
            Observation::Glance(sample) => self.sample(sample, start, &mut changes),
            Observation::Detail(detail) => self.look(detail),
            Observation::Threads(threads) => self.list_threads(threads),
            Observation::Birth(birth) => {
                self.lives.birth(*birth, &mut changes);
            }
            Observation::Exec(exec) => self.lives.exec(exec, &mut changes),
            Observation::Exit(exit) => self.lives.exit(exit, start, &mut changes),
            Observation::Reap(reap) => self.lives.reap(reap, start, &mut changes),
            Observation::Lost(lost) => {
                self.lost += lost.count;
                changes.push(Change::Lost { count: lost.count });
            }
            Observation::Client(news) => self.clients.apply(*news, &mut changes),
            Observation::Order(order) => changes.push(Change::Ordered(order.what.clone())),
            Observation::Mark(mark) => {
                self.marks.set(mark);
                changes.push(Change::Marked(mark.text.clone()));
            }
        }
        self.changes += changes.len() as u64 + u64::from(matches!(observation, Observation::Client(_)));
        for change in &changes {
            self.enter(at, change);
        }
        self.forget();
        changes
    }

    /// When a change happened, as far as that is known now, of which the observation of `at` told. For what only a
    /// reading finds, this holds until the next reading is applied.
    pub fn when(&self, at: Time, change: &Change) -> When {
        let life = |id: &ProcessId| self.lives.get(*id);
        let seen = || When::between(self.sampled_before, at);
        let when = match change {
            Change::Forked { id, .. } => life(id).map(|life| life.born),
            Change::Exited { id, .. } => life(id).and_then(|life| life.exited).map(|exited| exited.when),
            Change::Reaped { id, .. } => life(id).and_then(|life| life.reaped).map(|reaped| reaped.when),
            // Our own client knows to the microsecond what a reading of the socket table only finds.
            Change::Connected { id, peer, .. } => {
                let connected = self.clients.connected(*peer);
                Some(connected.map_or_else(seen, |when| self.before_its_handler(*id, when)))
            }
            Change::Closed { peer, .. } => Some(self.clients.closed(*peer).map_or_else(seen, When::exactly)),
            Change::Adopted { .. } => Some(seen()),
            Change::Executed { .. }
            | Change::ClientFailed { .. }
            | Change::Lost { .. }
            | Change::Ordered(_)
            | Change::Marked(_) => None,
        };
        when.unwrap_or_else(|| When::exactly(at))
    }

    /// When a client of our own was connected, within what is known. It says so only once it has its turn again, and by
    /// then a server can have forked. A handler that was born meanwhile and holds the connection has inherited it, and
    /// so the connection was there before.
    fn before_its_handler(&self, connection: SocketId, when: When) -> When {
        let holder = self.sockets.get(connection).and_then(|socket| socket.holder);
        let born = holder
            .and_then(|(holder, _)| self.lives.get(holder))
            .map(|life| life.born);
        let meanwhile =
            |born: &When| born.uncertainty().is_zero() && when.earliest < born.latest && born.latest <= when.latest;
        let inherited = born.filter(meanwhile).map(|born| born.latest - Duration::from_nanos(1));
        When::exactly(inherited.unwrap_or(when.latest))
    }

    /// Counts a change and puts it into the log, at the time when it happened as far as that is known.
    fn enter(&mut self, at: Time, change: &Change) {
        let when = self.when(at, change);
        let mut ended_already = None;
        match change {
            Change::Forked { id, .. } => {
                ended_already = self.lives.get(*id).and_then(|life| life.exited.map(|_| *id));
                self.forks.add(when.latest);
            }
            Change::Exited { .. } => self.exits.add(when.latest),
            Change::Reaped { .. } => self.reaps.add(when.latest),
            Change::Executed { .. }
            | Change::Adopted { .. }
            | Change::Connected { .. }
            | Change::Closed { .. }
            | Change::ClientFailed { .. }
            | Change::Lost { .. }
            | Change::Ordered(_)
            | Change::Marked(_) => {}
        }
        let entry = Entry {
            at: when.latest,
            blur: when.uncertainty(),
            change: change.clone(),
        };
        match ended_already {
            Some(id) => self.log.insert_before_end(entry, id),
            None => self.log.insert(entry),
        }
    }

    fn look(&mut self, detail: &Detail) {
        if let Some(id) = self.by_key(detail.key).map(|life| life.id) {
            self.looks.keep(id, detail);
            self.changes += 1;
        }
    }

    fn list_threads(&mut self, threads: &Threads) {
        let known = |(key, listed): &(Key, Arc<Listed>)| Some((self.by_key(*key)?.id, listed.clone()));
        let found = threads.found.iter().filter_map(known).collect();
        self.threads.keep(threads.at, found);
        self.changes += 1;
    }

    fn sample(&mut self, sample: &Sample, start: Time, changes: &mut Vec<Change>) {
        let at = sample.at;
        self.changes += u64::from(self.sockets_read.record(at, sample.sockets.is_some()));
        if let Some(sockets) = &sample.sockets {
            self.sockets.read(sockets, at, changes);
        }
        let mut readings: Vec<&Reading> = sample.processes.iter().collect();
        readings.sort_unstable_by_key(|reading| (reading.key.start_ticks, reading.key.pid));
        for reading in readings {
            let Some(id) = self.lives.resolve(reading, at, start, changes) else {
                continue;
            };
            let held = self.held(reading);
            let known = reading.is_zombie() || (held.is_some() && sample.sockets.is_some());
            let facts = self.facts(reading, known);
            self.lives.read(id, reading, at, facts, held.as_deref(), changes);
            self.sockets.held_by(id, held.iter().flatten(), at);
        }
    }

    /// The sockets of the timeline that a process holds, each once, sorted.
    fn held(&self, reading: &Reading) -> Option<Vec<SocketId>> {
        let sockets = reading.sockets.as_ref()?;
        let mut held: Vec<SocketId> = sockets
            .iter()
            .filter_map(|held| self.sockets.by_inode(held.inode))
            .collect();
        held.sort_unstable();
        held.dedup();
        Some(held)
    }

    fn facts(&self, reading: &Reading, sockets_known: bool) -> Facts {
        let blocked = reading.blocked.map(|blocked| {
            let held = |fd: i32| reading.sockets.as_ref()?.iter().find(|held| held.fd == fd);
            Blocked {
                call: blocked.call,
                fd: blocked.fd,
                socket: blocked
                    .fd
                    .and_then(held)
                    .and_then(|held| self.sockets.by_inode(held.inode)),
            }
        });
        Facts {
            parent: reading.parent,
            state: reading.state,
            threads: reading.threads.max(1),
            fds: if reading.is_zombie() { Some(0) } else { reading.fds },
            sockets_known,
            blocked,
            wchan: reading.wchan,
            sigchld: reading.sigchld,
            uid: reading.uid,
            names: reading.names.clone(),
        }
    }

    /// Stays within the limits; the living are trimmed now and then, the ended as they come.
    fn forget(&mut self) {
        let horizon = self.now - self.limits.retention;
        self.forgotten.lifelines += self.lives.forget(horizon, self.limits.lifelines, self.limits.segments);
        self.forgotten.sockets += self.sockets.forget(horizon, self.limits.sockets);
        self.forgotten.segments = self.lives.forgotten_segments;
        if self.now.since(self.trimmed) > self.limits.retention / 60 {
            self.trimmed = self.now;
            self.lives.trim(horizon, |socket| self.sockets.get(socket).is_some());
            self.sockets.trim(horizon);
            self.clients.forget(horizon);
            self.looks.forget(horizon);
            self.threads.forget(horizon);
            self.sockets_read.trim(horizon);
            for tally in [&mut self.forks, &mut self.exits, &mut self.reaps] {
                tally.forget(horizon);
            }
            self.log.forget(horizon);
            self.marks.forget(horizon);
        }
    }

    /// What was true at `t`, with the rows of the recently reaped that `ghosts` asks for.
    pub fn at(&self, t: Time, ghosts: Ghosts) -> Moment<'_> {
        Moment::new(self, t, ghosts)
    }

    /// A number that grows whenever what is true now has changed, so that nothing need be drawn where it has not.
    pub fn revision(&self) -> u64 {
        self.changes + self.lives.changes() + self.sockets.changes()
    }

    /// The time of the newest observation.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The time of the first observation; `None` before it.
    pub fn start(&self) -> Option<Time> {
        self.start
    }

    /// The first moment that is still kept; `None` before the first observation.
    pub fn earliest(&self) -> Option<Time> {
        self.start.map(|start| start.max(self.now - self.limits.retention))
    }

    /// The marks that are kept, by their moment.
    pub fn marks(&self) -> &[Marked] {
        self.marks.all()
    }

    /// The lifeline of that id, unless it was forgotten.
    pub fn lifeline(&self, id: ProcessId) -> Option<&Lifeline> {
        self.lives.get(id)
    }

    /// What was launched or attached to, the first of several; `None` before it was read. It may have been forgotten.
    pub fn root(&self) -> Option<ProcessId> {
        self.lives.root
    }

    /// The newest process of that pid, ended or not, unless it was forgotten.
    pub fn by_pid(&self, pid: Pid) -> Option<&Lifeline> {
        self.lives.by_pid(pid)
    }

    /// The process of that key, unless it was forgotten or never seen.
    pub fn by_key(&self, key: Key) -> Option<&Lifeline> {
        self.by_pid(key.pid).filter(|life| life.key() == Some(key))
    }

    /// The line of that socket, unless it was forgotten.
    pub fn socket(&self, id: SocketId) -> Option<&SocketLine> {
        self.sockets.get(id)
    }

    /// When something changed last before `t`, and when next after it, as far as that is kept.
    pub fn changes_around(&self, t: Time) -> (Option<Time>, Option<Time>) {
        (self.log.before(t), self.log.after(t))
    }

    /// The close look at a process that holds at `t`; `None` where nobody looked then. It says when it was taken.
    pub fn detail(&self, id: ProcessId, t: Time) -> Option<&Detail> {
        self.looks.at(id, t)
    }

    /// The threads of a process, by the look that holds at `t`; `None` where nobody looked at them then.
    pub fn threads(&self, id: ProcessId, t: Time) -> Option<&Arc<Listed>> {
        self.threads.at(id, t)
    }

    /// What changed up to `t`, newest first.
    pub fn log(&self, t: Time) -> impl Iterator<Item = &Entry> {
        self.log.until(t)
    }

    /// Our own open client with that address.
    pub fn client_at(&self, address: std::net::SocketAddr) -> Option<ClientId> {
        self.clients.at_address(address)
    }

    /// How many of our own clients failed, by kind, since the beginning.
    pub fn client_failures(&self) -> impl Iterator<Item = (Failure, u64)> + '_ {
        self.clients.failures()
    }

    /// How much was forgotten.
    pub fn forgotten(&self) -> Forgotten {
        self.forgotten
    }

    /// How much is kept.
    pub fn kept(&self) -> Kept {
        Kept {
            lifelines: self.lives.len(),
            segments: self.lives.segments(),
            sockets: self.sockets.len(),
        }
    }
}

#[cfg(test)]
mod tests;
