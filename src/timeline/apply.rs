//! How an observation is taken: to which parts of the timeline it goes, and what changed by it, when. What each part
//! makes of it stands with that part.

use std::sync::Arc;
use std::time::Duration;

use super::Timeline;
use super::detail::Detail;
use super::log::{Change, Entry};
use super::observation::{Observation, Reading, Sample};
use super::process::{Blocked, Facts, Key, ProcessId};
use super::sockets::SocketId;
use super::threads::{Listed, Threads};
use super::time::{Time, When};

impl Timeline {
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
}
