//! Who waited for a child, and whether anybody did.
//!
//! When a process waits for a child, the kernel adds the child's page faults to the parent's count of its children's
//! (`cminflt`, proc_pid_stat(5), field 11; kernel/exit.c, wait_task_zombie), and only then lets the child go. When the
//! kernel throws a child away by itself, because SIGCHLD is ignored or by SA_NOCLDWAIT, it adds nothing. Every process
//! that ran has faulted, so a count that grew says that somebody waited, and one that stood still from before the exit
//! until after the reap says that nobody did. Several children of one parent are told apart only as far as the sums
//! agree; a parent does not wait for some and discard others within one turn. What cannot be told stays unknown.

use std::collections::HashMap;
use std::fs::File;

use crate::observe::clock;
use crate::observe::proc::{Proc, reread_record};
use crate::observe::watched::Privileges;
use crate::timeline::lifeline::Reaper;
use crate::timeline::process::{ExitStatus, Key, Pid};
use crate::timeline::time::Time;

/// The start time of a child is worked out from its birth event until it is read.
const SAME_TICKS: u64 = 20;

/// What tells who waited for a child.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ended {
    /// Its parent when it exited.
    pub(super) parent: Pid,
    /// It had not exited by then.
    pub(super) exited_after: Time,
    /// The page faults that the parent inherits; `None` where there was no time to read them.
    pub(super) faults: Option<u64>,
}

/// What is read of a zombie.
#[derive(Debug, Clone, Copy)]
pub(super) struct ZombieFile {
    pub(super) key: Key,
    pub(super) parent: Pid,
    /// Its own faults and those of the children that it waited for.
    pub(super) faults: u64,
    pub(super) status: ExitStatus,
}

/// The parents, and what their counts were.
#[derive(Debug, Default)]
pub(super) struct Reapers {
    parents: HashMap<Pid, Parent>,
    bytes: Vec<u8>,
}

#[derive(Debug)]
struct Parent {
    /// Stays open: it belongs to the process and not to its pid.
    stat: File,
    count: u64,
    /// The count has been this since then, at least.
    since: Time,
}

impl Reapers {
    /// Reads the count of a parent before its first child ends.
    pub(super) fn know(&mut self, proc: &Proc, parent: Pid) {
        if self.parents.contains_key(&parent) {
            return;
        }
        let Ok(stat) = File::open(proc.path(parent, "stat")) else {
            return;
        };
        if let Some((count, true)) = count(&stat, &mut self.bytes) {
            let since = clock::now();
            self.parents.insert(parent, Parent { stat, count, since });
        }
    }

    /// It is known as somebody's parent.
    pub(super) fn has(&self, parent: Pid) -> bool {
        self.parents.contains_key(&parent)
    }

    /// A process is gone, and is nobody's parent any more.
    pub(super) fn forget(&mut self, pid: Pid) {
        self.parents.remove(&pid);
    }

    /// Who waited for each of those that have just been reaped.
    pub(super) fn of(&mut self, ended: &[Ended]) -> Vec<Reaper> {
        let mut grown: HashMap<Pid, Option<Grown>> = HashMap::new();
        for child in ended {
            let parent = child.parent;
            grown.entry(parent).or_insert_with(|| self.grow(parent));
        }
        let verdict = |child: &Ended| {
            let grown = grown.get(&child.parent).copied().flatten()?;
            let siblings = ended.iter().filter(|other| other.parent == child.parent);
            Some(grown.verdict(child, siblings))
        };
        ended.iter().map(|child| verdict(child).unwrap_or_default()).collect()
    }

    /// By how much the count of a parent has grown since it was last read.
    fn grow(&mut self, pid: Pid) -> Option<Grown> {
        let parent = self.parents.get_mut(&pid)?;
        let Some((count, alive)) = count(&parent.stat, &mut self.bytes) else {
            self.parents.remove(&pid);
            return None;
        };
        let by = count.saturating_sub(parent.count);
        let unchanged_since = parent.since;
        if by > 0 {
            (parent.count, parent.since) = (count, clock::now());
        }
        Some(Grown {
            parent: pid,
            by,
            alive,
            unchanged_since,
        })
    }
}

/// What a parent's count says of its children.
#[derive(Debug, Clone, Copy)]
struct Grown {
    parent: Pid,
    by: u64,
    /// Else it may be an adopter that waited, or did not.
    alive: bool,
    /// Until now, where it has not grown.
    unchanged_since: Time,
}

impl Grown {
    fn verdict<'a>(self, child: &Ended, siblings: impl Iterator<Item = &'a Ended>) -> Reaper {
        if self.by == 0 {
            let still = self.alive && child.exited_after >= self.unchanged_since && child.faults != Some(0);
            return if still { Reaper::Discarded } else { Reaper::Unknown };
        }
        // Of those whose faults were not read, each has at least one.
        let needed: u64 = siblings.map(|sibling| sibling.faults.unwrap_or(1)).sum();
        if self.by >= needed {
            Reaper::Waited(self.parent)
        } else {
            Reaper::Unknown
        }
    }
}

/// The faults of the children that a process waited for, and whether it lives; `None` where it is gone. A zombie's tell
/// what it did while it lived.
fn count(stat: &File, bytes: &mut Vec<u8>) -> Option<(u64, bool)> {
    reread_record(stat, bytes).ok()?;
    let from = bytes.iter().rposition(|byte| *byte == b')')? + 1;
    let mut fields = bytes.get(from..)?.split(|byte| *byte == b' ').skip(1);
    let state = fields.next()?;
    // The state is field 3, and the count field 11.
    let count = fields.nth(7)?;
    let alive = !matches!(state, b"Z" | b"X");
    Some((std::str::from_utf8(count).ok()?.parse().ok()?, alive))
}

/// What is to be read of a zombie; `None` where it is gone already.
pub(super) fn zombie(proc: &Proc, key: Key) -> Option<ZombieFile> {
    let file = proc.stat(key.pid).ok()?;
    let same = file.key().start_ticks.abs_diff(key.start_ticks) <= SAME_TICKS;
    if !same || file.stat.state != 'Z' {
        return None;
    }
    // The kernel shows 0 in place of the status to whom it hides it from.
    let visible = || Privileges::own().may_see(proc, key.pid);
    let status = match file.stat.exit_code {
        Some(status) if status != 0 || visible() => ExitStatus::from_wait(status),
        Some(_) | None => ExitStatus::Unknown,
    };
    Some(ZombieFile {
        key: file.key(),
        parent: file.stat.ppid,
        faults: file.stat.minflt + file.stat.cminflt,
        status,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(exited_after: u64, faults: Option<u64>) -> Ended {
        Ended {
            parent: 7,
            exited_after: Time::from_nanos(exited_after),
            faults,
        }
    }

    /// The parent's count has grown by that much since 100; who waited for the first of these?
    #[track_caller]
    fn check(by: u64, children: &[Ended], reaper: Reaper) {
        let grown = Grown {
            parent: 7,
            by,
            alive: true,
            unchanged_since: Time::from_nanos(100),
        };
        assert_eq!(grown.verdict(&children[0], children.iter()), reaper);
    }

    #[test]
    fn a_count_that_grew_says_that_the_parent_waited() {
        check(60, &[ended(200, Some(60))], Reaper::Waited(7));
        check(60, &[ended(200, None)], Reaper::Waited(7));
        // Another has been waited for and is about to be told.
        check(130, &[ended(200, Some(60))], Reaper::Waited(7));
        check(60, &[ended(200, None), ended(200, None)], Reaper::Waited(7));
        check(120, &[ended(200, Some(60)), ended(200, Some(60))], Reaper::Waited(7));
    }

    #[test]
    fn a_count_that_stood_still_says_that_nobody_did() {
        check(0, &[ended(200, None)], Reaper::Discarded);
        check(0, &[ended(200, Some(60)), ended(201, None)], Reaper::Discarded);
    }

    #[test]
    fn what_cannot_be_told_stays_unknown() {
        // Its faults may stand in the count that was read before.
        check(0, &[ended(99, None)], Reaper::Unknown);
        // It had none.
        check(0, &[ended(200, Some(0))], Reaper::Unknown);
        // Not for all of them.
        check(60, &[ended(200, Some(60)), ended(200, Some(60))], Reaper::Unknown);
        check(59, &[ended(200, Some(60))], Reaper::Unknown);
    }
}
