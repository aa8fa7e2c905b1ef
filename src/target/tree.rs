//! Who descends from this process just now: one listing, by /proc/PID/task/TID/children, or by the parents of all
//! processes where the kernel has no such file.
//!
//! A listing is never proof of absence: while processes end, the kernel's walk can leave out a living child
//! (`proc_pid_children(5)`). Whoever needs that proof asks wait(2).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;

use super::stat;
use crate::timeline::process::Pid;

/// A process found below this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descendant {
    /// Which.
    pub pid: Pid,
    /// Below whom it was found.
    pub parent: Pid,
}

/// All descendants of `top`, parents before their children, without those in `spared` and what is below them.
///
/// # Errors
/// What reading /proc says, where nothing at all can be listed.
pub fn below(top: Pid, spared: &BTreeSet<Pid>) -> io::Result<Vec<Descendant>> {
    let scan = if has_children_files() { None } else { Some(scan()?) };
    let mut found: Vec<Descendant> = Vec::new();
    let mut seen: BTreeSet<Pid> = spared.clone();
    let mut next = 0;
    let mut parent = top;
    loop {
        let children = match &scan {
            None => children(parent),
            Some(scan) => scan.get(&parent).cloned().unwrap_or_default(),
        };
        for pid in children {
            if seen.insert(pid) {
                found.push(Descendant { pid, parent });
            }
        }
        let Some(descendant) = found.get(next) else {
            return Ok(found);
        };
        parent = descendant.pid;
        next += 1;
    }
}

/// The children of one process, of all its threads; none where it has vanished.
fn children(pid: Pid) -> Vec<Pid> {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok())
        .flat_map(|list| {
            list.split_ascii_whitespace()
                .filter_map(|pid| pid.parse().ok())
                .collect::<Vec<Pid>>()
        })
        .collect()
}

/// Whether the kernel was built with `CONFIG_PROC_CHILDREN`.
fn has_children_files() -> bool {
    let pid = std::process::id();
    fs::exists(format!("/proc/{pid}/task/{pid}/children")).unwrap_or(false)
}

/// Every process that /proc lists, under its parent.
fn scan() -> io::Result<BTreeMap<Pid, Vec<Pid>>> {
    let mut children: BTreeMap<Pid, Vec<Pid>> = BTreeMap::new();
    for pid in all()? {
        if let Ok(Some(brief)) = stat::read(pid) {
            children.entry(brief.parent).or_default().push(pid);
        }
    }
    Ok(children)
}

/// The pids of all processes that /proc lists.
///
/// # Errors
/// What reading /proc says.
pub(super) fn all() -> io::Result<Vec<Pid>> {
    Ok(fs::read_dir("/proc")?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn finds_children_and_grandchildren_both_ways() {
        let mut shell = Command::new("sh")
            .args(["-c", "exec 3<&0; cat <&3 & echo; wait"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("sh runs");
        let mut line = [0];
        io::Read::read_exact(shell.stdout.as_mut().expect("piped"), &mut line).expect("it forked");
        let pid = Pid::try_from(shell.id()).expect("a pid fits");
        let own = Pid::try_from(std::process::id()).expect("a pid fits");
        let listed = below(own, &BTreeSet::new()).expect("listed");
        assert!(listed.contains(&Descendant { pid, parent: own }));
        let grandchild = listed.iter().find(|found| found.parent == pid).expect("the cat").pid;
        let by_parents = scan().expect("scanned");
        assert!(by_parents[&own].contains(&pid));
        assert_eq!(by_parents[&pid], [grandchild]);
        let spared = below(own, &BTreeSet::from([pid])).expect("listed");
        assert!(spared.iter().all(|found| found.pid != pid && found.pid != grandchild));
        drop(shell.stdin.take());
        shell.wait().expect("it ends");
    }
}
