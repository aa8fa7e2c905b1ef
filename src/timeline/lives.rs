//! All lifelines: those whose row stands in the process table now, and those that ended and are not yet forgotten.
//!
//! Readings, births, exits and reaps come from different sources and may arrive out of order: [`matching`] says which
//! process each speaks of, [`events`] takes those that are no readings, [`parents`] says who was adopted.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use super::lifeline::{Exited, Hold, Lifeline, Reaped, Reaper, Segment, Usage};
use super::log::Change;
use super::observation::Reading;
use super::past::Past;
use super::process::{ExitStatus, Facts, Pid, ProcessId};
use super::sockets::SocketId;
use super::time::{Time, When};

mod events;
mod matching;
mod parents;

/// The most segments that one lifeline keeps; the older half goes when there are more.
const SEGMENTS_EACH: usize = 512;

/// The lifelines.
#[derive(Debug, Default)]
pub(super) struct Lives {
    next: u64,
    lines: BTreeMap<ProcessId, Lifeline>,
    by_pid: HashMap<Pid, ProcessId>,
    /// The first that was launched or attached to, forgotten or not.
    pub(super) root: Option<ProcessId>,
    /// Those whose row stands in the process table: a moment near now must not cost what ten minutes hold.
    present: BTreeSet<ProcessId>,
    ended: Past<ProcessId>,
    segments: usize,
    changes: u64,
    /// How many segments were dropped for want of room.
    pub(super) forgotten_segments: u64,
}

impl Lives {
    /// The lifeline of that id.
    pub(super) fn get(&self, id: ProcessId) -> Option<&Lifeline> {
        self.lines.get(&id)
    }

    /// The newest process of that pid, ended or not.
    pub(super) fn by_pid(&self, pid: Pid) -> Option<&Lifeline> {
        self.by_pid.get(&pid).and_then(|id| self.lines.get(id))
    }

    /// All that are kept.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &Lifeline> {
        self.lines.values()
    }

    /// How many have not been reaped.
    pub(super) fn present(&self) -> usize {
        self.present.len()
    }

    /// How often facts or holds have changed.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// How many lifelines are kept.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// How many segments are kept, over all lifelines.
    pub(super) fn segments(&self) -> usize {
        self.segments
    }

    /// The lifelines whose row stood in the process table at `t`, or left it less than `ghosts` before; by age.
    pub(super) fn at(&self, t: Time, ghosts: Duration) -> Vec<&Lifeline> {
        let since = t - ghosts;
        let mut ids: Vec<ProcessId> = self
            .ended
            .around(since, t)
            .into_iter()
            .chain(self.present.iter().copied())
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found: Vec<&Lifeline> = ids
            .into_iter()
            .filter_map(|id| self.lines.get(&id))
            .filter(|life| life.born.latest <= t)
            .filter(|life| life.reaped.is_none_or(|reaped| reaped.when.latest > since))
            .collect();
        found.sort_by_key(|life| (life.born.latest, life.pid));
        found
    }

    /// Takes a reading of a known process. `facts` is what it says; `held` are the sockets that it holds, sorted;
    /// `None` where that is unknown.
    pub(super) fn read(
        &mut self,
        id: ProcessId,
        reading: &Reading,
        at: Time,
        facts: Facts,
        held: Option<&[SocketId]>,
        changes: &mut Vec<Change>,
    ) {
        let in_tree = self.by_pid(facts.parent).is_some();
        let Some(life) = self.lines.get_mut(&id) else { return };
        let first = life.latest().is_none();
        let late = life.exited.is_some() && !reading.is_zombie();
        life.root |= reading.root;
        if reading.root {
            self.root.get_or_insert(id);
        }
        life.ns_pid = reading.ns_pid.or(life.ns_pid);
        let usage = Usage {
            cpu: reading.cpu,
            rss: reading.rss,
        };
        life.used(at, usage);
        if late && !first {
            return;
        }
        if life.birth_seen && !std::mem::replace(&mut life.announced, true) {
            changes.push(Change::Forked {
                id,
                pid: life.pid,
                parent: Some(facts.parent).filter(|_| in_tree),
            });
        }
        self.compare_parents(id, facts.parent, late, changes);
        let Some(life) = self.lines.get_mut(&id) else { return };
        let from = if first { life.born.latest } else { at };
        if late {
            // What it was is known now, but not which of its sockets it held until when.
            self.note(id, from, facts);
            return;
        }
        if life.read.is_none() {
            life.read = Some(at);
            self.changes += 1;
        }
        let alive_until = life.seen;
        life.seen = life.seen.max(at);
        self.note(id, from, facts);
        if reading.is_zombie() {
            self.found_zombie(id, alive_until, at, first, reading.exit, changes);
        } else if let Some(held) = held {
            self.hold(id, held, at);
        }
    }

    fn found_zombie(
        &mut self,
        id: ProcessId,
        alive_until: Time,
        at: Time,
        first: bool,
        status: ExitStatus,
        changes: &mut Vec<Change>,
    ) {
        let Some(life) = self.lines.get_mut(&id) else { return };
        if let Some(exited) = &mut life.exited {
            if exited.status == ExitStatus::Unknown && status != ExitStatus::Unknown {
                exited.status = status;
                self.changes += 1;
            }
            return;
        }
        let when = if first && !life.birth_seen {
            When::by(at)
        } else {
            When::between(alive_until, at)
        };
        self.exited(id, when, status, changes);
    }

    /// A process exited, which was not known.
    fn exited(&mut self, id: ProcessId, when: When, status: ExitStatus, changes: &mut Vec<Change>) {
        self.settle_parent(id, changes);
        let Some(life) = self.lines.get_mut(&id) else { return };
        life.exited = Some(Exited { when, status });
        // A zombie holds nothing: the kernel closed everything when it exited.
        for hold in life.holds.iter_mut().filter(|hold| hold.to.is_none()) {
            hold.to = Some(when.latest.max(hold.from));
        }
        changes.push(Change::Exited {
            id,
            pid: life.pid,
            status,
        });
    }

    /// A process was reaped, which was not known.
    fn end(&mut self, id: ProcessId, when: When, status: ExitStatus, by: Reaper, changes: &mut Vec<Change>) {
        let Some(life) = self.lines.get(&id) else { return };
        if life.exited.is_none() {
            let exit = When::between(life.seen.min(when.latest), when.latest);
            self.exited(id, exit, status, changes);
        }
        let Some(life) = self.lines.get_mut(&id) else { return };
        if let Some(exited) = life
            .exited
            .as_mut()
            .filter(|exited| exited.status == ExitStatus::Unknown)
        {
            exited.status = status;
        }
        life.reaped = Some(Reaped { when, by });
        life.segments.shrink_to_fit();
        life.holds.shrink_to_fit();
        life.usages.shrink();
        let began = life.born.latest;
        if let Some(zombie) = life.zombie_time(when.latest) {
            changes.push(Change::Reaped {
                id,
                pid: life.pid,
                zombie,
                by,
            });
        }
        self.present.remove(&id);
        self.ended.push(id, began, when.latest);
    }

    /// Adds facts where they differ from the last. What a zombie is was not true before it became one, and a reading
    /// that an event has overtaken says nothing of the time before that event.
    fn note(&mut self, id: ProcessId, from: Time, facts: Facts) {
        let Some(life) = self.lines.get_mut(&id) else { return };
        let from = life
            .exited
            .filter(|_| facts.is_zombie())
            .map_or(from, |exited| from.max(exited.when.latest));
        match life.segments.last_mut() {
            Some(last) if last.facts == facts => return,
            Some(last) if from <= last.from => {
                last.facts = facts;
                self.changes += 1;
                return;
            }
            Some(_) | None => {}
        }
        life.segments.push(Segment { from, facts });
        self.changes += 1;
        self.segments += 1;
        if life.segments.len() > SEGMENTS_EACH {
            life.segments.drain(..SEGMENTS_EACH / 2);
            self.segments -= SEGMENTS_EACH / 2;
            self.forgotten_segments += (SEGMENTS_EACH / 2) as u64;
        }
    }

    /// Sets which sockets a process holds from `at` on.
    fn hold(&mut self, id: ProcessId, held: &[SocketId], at: Time) {
        let Some(life) = self.lines.get_mut(&id) else { return };
        let mut still: Vec<SocketId> = life
            .holds
            .iter()
            .filter(|hold| hold.to.is_none())
            .map(|hold| hold.socket)
            .collect();
        let same = still.len() == held.len() && still.iter().all(|socket| held.binary_search(socket).is_ok());
        self.changes += u64::from(!same);
        if same {
            return;
        }
        for hold in life.holds.iter_mut().filter(|hold| hold.to.is_none()) {
            if held.binary_search(&hold.socket).is_err() {
                hold.to = Some(at);
            }
        }
        // Sorted: a server of one process holds ten thousand.
        still.sort_unstable();
        let new = held.iter().filter(|socket| still.binary_search(socket).is_err());
        life.holds.extend(new.map(|socket| Hold {
            socket: *socket,
            from: at,
            to: None,
        }));
    }

    /// Forgets what ended before `horizon`, and the oldest of the ended beyond `most` lifelines or `segments`
    /// segments; says how many lifelines.
    pub(super) fn forget(&mut self, horizon: Time, most: usize, segments: usize) -> u64 {
        let mut forgotten = 0;
        while let Some((ended, id)) = self.ended.oldest() {
            if ended >= horizon && self.lines.len() <= most && self.segments <= segments {
                break;
            }
            self.ended.pop();
            if let Some(life) = self.lines.remove(&id) {
                self.segments -= life.segments.len();
                if self.by_pid.get(&life.pid) == Some(&id) {
                    self.by_pid.remove(&life.pid);
                }
            }
            forgotten += 1;
        }
        forgotten
    }

    /// Drops from the living what was no longer true at `horizon`, and that they held sockets which are forgotten.
    pub(super) fn trim(&mut self, horizon: Time, is_kept: impl Fn(SocketId) -> bool) {
        for id in &self.present {
            let Some(life) = self.lines.get_mut(id) else { continue };
            let old = life
                .segments
                .partition_point(|segment| segment.from <= horizon)
                .saturating_sub(1);
            life.segments.drain(..old);
            self.segments -= old;
            life.usages.trim(horizon);
            life.holds
                .retain(|hold| hold.to.is_none_or(|to| to >= horizon && is_kept(hold.socket)));
        }
    }
}
