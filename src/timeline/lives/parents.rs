//! Who has another parent than before: an orphan that was adopted, or one that its maker made a child of another. Who
//! stands under whom in the tree is decided there.

use super::Lives;
use crate::timeline::log::Change;
use crate::timeline::process::{Pid, ProcessId};

impl Lives {
    /// Compares the parent that a reading names with the one that was known. A reading that is `late` is of a process
    /// that has exited since.
    pub(super) fn compare_parents(&mut self, id: ProcessId, to: Pid, late: bool, changes: &mut Vec<Change>) {
        let in_tree = self.by_pid(to).is_some();
        let forker_lives = self.forker_lives(id);
        let Some(life) = self.lines.get_mut(&id) else { return };
        let before = life.latest().map(|facts| facts.parent);
        let first = life.read.is_none() && !late;
        let mut from = before.or(life.forked_by);
        if std::mem::take(&mut life.doubtful) {
            if forker_lives {
                // It lives on, so it never was the parent.
                life.forked_by = before;
            } else {
                from = life.forked_by;
            }
        } else if first && forker_lives && life.forked_by.is_some_and(|forker| forker != to) {
            life.doubtful = true;
            return;
        }
        let adopted = match from {
            Some(from) => from != to,
            // Whoever forked it had gone before we looked.
            None => !life.root && !in_tree,
        };
        if adopted {
            let pid = life.pid;
            changes.push(Change::Adopted { id, pid, from, to });
        }
    }

    /// A process ends before another reading could tell whose child it was: it was adopted where its maker has ended.
    pub(super) fn settle_parent(&mut self, id: ProcessId, changes: &mut Vec<Change>) {
        let forker_lives = self.forker_lives(id);
        let Some(life) = self.lines.get_mut(&id) else { return };
        if !std::mem::take(&mut life.doubtful) || forker_lives {
            return;
        }
        if let Some(to) = life.latest().map(|facts| facts.parent) {
            let (pid, from) = (life.pid, life.forked_by);
            changes.push(Change::Adopted { id, pid, from, to });
        }
    }

    /// Whoever forked that process has not been seen to end.
    fn forker_lives(&self, id: ProcessId) -> bool {
        let forker = self.get(id).and_then(|life| self.by_pid(life.forked_by?));
        forker.is_some_and(|forker| forker.exited.is_none())
    }
}
