//! Whose events are told: the processes of the watched tree. Whoever is gone is one of them until all was read that was
//! told before: the news of its end comes another way, and overtakes the news of its last children.

use std::collections::HashMap;

use crate::timeline::process::Pid;

/// The processes of the tree.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// When each joined, counted: a pid can be given out again.
    joined: HashMap<Pid, u64>,
    count: u64,
    leaving: Vec<Left>,
}

/// Who is gone, and when it had joined.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pid: Pid,
    joined: u64,
}

impl Members {
    /// It is one of them.
    pub(super) fn has(&self, pid: Pid) -> bool {
        self.joined.contains_key(&pid)
    }

    /// It is one of them from now on.
    pub(super) fn join(&mut self, pid: Pid) {
        self.count += 1;
        self.joined.insert(pid, self.count);
    }

    /// It is gone.
    pub(super) fn leave(&mut self, pid: Pid) {
        let joined = self.joined.get(&pid).copied();
        self.leaving.extend(joined.map(|joined| Left { pid, joined }));
    }

    /// Those that are gone by now; all that they did can be read.
    pub(super) fn leaving(&mut self) -> Vec<Left> {
        std::mem::take(&mut self.leaving)
    }

    /// All that these did was read.
    pub(super) fn left(&mut self, gone: &[Left]) {
        for Left { pid, joined } in gone {
            if self.joined.get(pid) == Some(joined) {
                self.joined.remove(pid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_gone_is_one_of_them_until_all_of_it_was_read() {
        let mut members = Members::default();
        members.join(7);
        members.leave(7);
        assert!(members.has(7), "its last children are still to be told");
        let leaving = members.leaving();
        members.left(&leaving);
        assert!(!members.has(7));
        // Nobody leaves who was never there.
        members.leave(8);
        assert!(members.leaving().is_empty());
    }

    #[test]
    fn a_pid_that_is_given_out_again_stays() {
        let mut members = Members::default();
        members.join(7);
        members.leave(7);
        members.join(7);
        let leaving = members.leaving();
        members.left(&leaving);
        assert!(members.has(7));
    }
}
