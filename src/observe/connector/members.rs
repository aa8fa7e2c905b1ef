//! Whose events are told: the processes of the watched tree. Whoever is gone is one of them until all was read that was
//! told before: the news of its end comes another way, and overtakes the news of its last children. And whoever gets a
//! pid that one of them had, elsewhere on the machine, is a stranger.

use std::collections::HashMap;

use crate::timeline::process::Pid;
use crate::timeline::time::Time;

/// The processes of the tree.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// When each joined: a pid can be given out again.
    joined: HashMap<Pid, Time>,
    leaving: Vec<Left>,
}

/// Who is gone, and when it had joined.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pid: Pid,
    joined: Time,
}

impl Members {
    /// It is one of them.
    pub(super) fn has(&self, pid: Pid) -> bool {
        self.joined.contains_key(&pid)
    }

    /// It was known to be one of them then, and is from now on.
    pub(super) fn join(&mut self, pid: Pid, at: Time) {
        self.joined.insert(pid, at);
    }

    /// A stranger forked a process of that pid then: whoever had it before is gone, unless it was found later still.
    pub(super) fn is_a_strangers(&mut self, pid: Pid, at: Time) {
        if self.joined.get(&pid).is_some_and(|joined| *joined < at) {
            self.joined.remove(&pid);
        }
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

    fn at(millis: u64) -> Time {
        Time::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn who_is_gone_is_one_of_them_until_all_of_it_was_read() {
        let mut members = Members::default();
        members.join(7, at(1));
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
        members.join(7, at(1));
        members.leave(7);
        members.join(7, at(2));
        let leaving = members.leaving();
        members.left(&leaving);
        assert!(members.has(7));
    }

    #[test]
    fn a_pid_that_is_given_out_elsewhere_is_a_strangers() {
        let mut members = Members::default();
        members.join(7, at(5));
        members.is_a_strangers(7, at(4));
        assert!(members.has(7), "that was its own birth, told late");
        members.is_a_strangers(7, at(6));
        assert!(!members.has(7));
    }
}
