//! Births, execs, exits and reaps: what is told at the moment when it happens, or soon after.

use std::sync::Arc;

use super::Lives;
use super::matching::{is_late, near};
use crate::timeline::lifeline::{Lifeline, Reaped, Reaper};
use crate::timeline::log::Change;
use crate::timeline::observation::{Birth, Exec, Exit, Reap};
use crate::timeline::process::{ExitStatus, Facts, Names, ProcessId, Sigchld, State};
use crate::timeline::time::{Time, When};

impl Lives {
    /// Takes a birth event. What the child is beyond its parent and pid comes with its first reading.
    pub(in crate::timeline) fn birth(&mut self, birth: Birth, changes: &mut Vec<Change>) {
        let known = self.born_already(birth);
        let id = known.unwrap_or_else(|| {
            self.supersede(birth.child, birth.when.latest, changes);
            self.insert(birth.child, birth.when, true)
        });
        if let Some(life) = self.lines.get_mut(&id).filter(|life| life.born != birth.when) {
            life.born = birth.when;
            self.changes += 1;
        }
        if let Some(life) = self.lines.get_mut(&id) {
            life.forked_by = Some(birth.parent);
        }
        self.inherit(id, birth);
        if let Some(life) = self.lines.get_mut(&id)
            && life.birth_seen
            && !std::mem::replace(&mut life.announced, true)
        {
            changes.push(Change::Forked {
                id,
                pid: birth.child,
                parent: Some(birth.parent),
            });
        }
    }

    /// The process that was born there, where something else told of it first: a reading, or even its end.
    fn born_already(&self, birth: Birth) -> Option<ProcessId> {
        let life = self.by_pid(birth.child)?;
        let was_there = life.reaped.is_none_or(|reaped| birth.when.latest <= reaped.when.latest);
        // A moment that was told is certain; one that was read lies within a tick.
        let only_read = !life.born.uncertainty().is_zero() && life.reaped.is_none();
        let late = only_read && is_late(life.born.latest, birth.when.latest);
        (was_there && (late || near(life.born.latest, birth.when.latest))).then_some(life.id)
    }

    /// Until it is read, a child is what its parent is, since fork copies, and about to run.
    fn inherit(&mut self, id: ProcessId, birth: Birth) {
        if self.get(id).is_none_or(|life| !life.segments.is_empty()) {
            return;
        }
        let parent = self.by_pid(birth.parent).and_then(Lifeline::latest);
        let facts = parent.map(|parent| Facts {
            parent: birth.parent,
            state: State::Running,
            threads: 1,
            sockets_known: false,
            blocked: None,
            wchan: None,
            sigchld: parent.sigchld.map(|sigchld| Sigchld {
                pending: false,
                ..sigchld
            }),
            ..parent.clone()
        });
        if let Some(facts) = facts {
            self.note(id, birth.when.latest, facts);
        }
    }

    /// Takes news of another program. The arguments of the old one are not the new one's, so there are none until it
    /// is read.
    pub(in crate::timeline) fn exec(&mut self, exec: &Exec, changes: &mut Vec<Change>) {
        let Some(life) = self.by_pid(exec.pid) else { return };
        let id = life.id;
        if exec.at < life.born.earliest || life.reaped.is_some_and(|reaped| reaped.when.latest < exec.at) {
            return;
        }
        // A reading can be faster: then it has said all this, and more.
        let latest = life.latest().filter(|_| life.exited.is_none() && life.seen <= exec.at);
        if let Some(facts) = latest.cloned() {
            let names = Arc::new(Names {
                comm: exec.comm.clone(),
                command: Box::default(),
            });
            self.note(id, exec.at, Facts { names, ..facts });
        }
        changes.push(Change::Executed {
            id,
            pid: exec.pid,
            comm: exec.comm.clone(),
        });
    }

    /// Takes an exit event.
    pub(in crate::timeline) fn exit(&mut self, exit: &Exit, start: Time, changes: &mut Vec<Change>) {
        let Some(id) = self.heard_of(exit.key, exit.when.latest, start, changes) else {
            return;
        };
        if self.get(id).is_some_and(|life| life.exited.is_none()) {
            self.exited(id, exit.when, exit.status, changes);
        } else {
            self.exited_exactly(id, exit.when, exit.status);
        }
    }

    /// More is known of an exit: when it was, or how.
    fn exited_exactly(&mut self, id: ProcessId, when: When, status: ExitStatus) {
        self.changes += 1;
        let Some(life) = self.lines.get_mut(&id) else { return };
        let Some(exited) = &mut life.exited else { return };
        if exited.status == ExitStatus::Unknown {
            exited.status = status;
        }
        if when.uncertainty() < exited.when.uncertainty() {
            let latest = life
                .reaped
                .map_or(when.latest, |reaped| when.latest.min(reaped.when.latest));
            let when = When::between(when.earliest, latest);
            exited.when = when;
            let zombie = |segment: &&mut super::Segment| segment.facts.is_zombie();
            for segment in life.segments.iter_mut().filter(zombie) {
                segment.from = segment.from.max(when.latest);
            }
        }
    }

    /// Takes a reap event.
    pub(in crate::timeline) fn reap(&mut self, reap: &Reap, start: Time, changes: &mut Vec<Change>) {
        let Some(id) = self.heard_of(reap.key, reap.when.latest, start, changes) else {
            return;
        };
        if self.get(id).is_some_and(|life| life.reaped.is_none()) {
            self.end(id, reap.when, reap.status, reap.by, changes);
        } else {
            self.reaped_exactly(id, reap.when, reap.status, reap.by);
        }
    }

    /// More is known of a reap: when it was, who waited, or how the process had ended.
    fn reaped_exactly(&mut self, id: ProcessId, when: When, status: ExitStatus, by: Reaper) {
        self.changes += 1;
        let Some(life) = self.lines.get_mut(&id) else { return };
        if let Some(exited) = life
            .exited
            .as_mut()
            .filter(|exited| exited.status == ExitStatus::Unknown)
        {
            exited.status = status;
        }
        if let Some(known) = life.reaped {
            // Not later than was known: by then somebody else may have had the pid.
            let better = when.uncertainty() < known.when.uncertainty() && when.latest <= known.when.latest;
            life.reaped = Some(Reaped {
                when: if better { when } else { known.when },
                by: known.by.or(by),
            });
        }
    }
}
