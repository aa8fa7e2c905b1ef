//! The whole machine's zombies, and the processes that must reap them: one look through all of /proc. What a process is
//! is read only of those that have zombies.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::MetadataExt;

use crate::timeline::process::{Disposition, ExitStatus, Key, Names, Pid, Sigchld, State};
use crate::timeline::time::Time;

use super::clock;
use super::proc::{Proc, StatFile};
use super::watched::{Privileges, SIGCHLD_BIT, field};

/// The inode of the PID namespace that the machine starts with (include/uapi/linux/nsfs.h, PID_NS_INIT_INO).
const FIRST_NAMESPACE: u64 = 0xefff_fffc;

/// What one look found.
#[derive(Debug, Clone)]
pub struct Look {
    /// When it began.
    pub at: Time,
    /// Those that have zombies, by pid.
    pub reapers: Vec<Reaper>,
    /// /proc hides the processes of other users (proc(5), hidepid): their zombies are not among these.
    pub hides: bool,
}

/// A process that has zombies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaper {
    /// Its pid; `None` where it lives outside our PID namespace.
    pub pid: Option<Pid>,
    /// What it is; `None` where that may not be seen.
    pub process: Option<Parent>,
    /// Its zombies, by start time.
    pub zombies: Vec<Zombie>,
}

/// What is known of a process that has zombies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Its own parent.
    pub parent: Pid,
    /// What it is called.
    pub names: Names,
    /// Its effective user.
    pub uid: u32,
    /// What the scheduler says.
    pub state: State,
    /// What it does with SIGCHLD; `None` where not readable.
    pub sigchld: Option<Sigchld>,
    /// Its PID namespace; `None` where it cannot be told.
    pub namespace: Option<Namespace>,
    /// Its pid there.
    pub ns_pid: Option<Pid>,
    /// Its control group: the path in the unified hierarchy, or in the first one that says anything (cgroups(7)).
    pub cgroup: Option<Box<[u8]>>,
}

/// A PID namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namespace {
    /// Its inode; `None` where that may not be read, as with other users' processes.
    pub inode: Option<u64>,
    /// It is ours.
    pub own: bool,
}

/// A process that has exited and was not waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zombie {
    /// Which.
    pub key: Key,
    /// What it was called.
    pub comm: Box<[u8]>,
    /// How it ended.
    pub exit: ExitStatus,
}

impl Parent {
    /// It is the init of a container: PID 1 of a namespace other than the machine's first.
    pub fn is_container_init(&self) -> bool {
        let inner = |namespace: Namespace| match namespace.inode {
            Some(inode) => inode != FIRST_NAMESPACE,
            None => !namespace.own,
        };
        self.ns_pid == Some(1) && self.namespace.is_some_and(inner)
    }
}

/// Looks through all of /proc.
///
/// # Errors
/// Where /proc itself cannot be listed.
pub fn look(proc: &Proc) -> io::Result<Look> {
    let at = clock::now();
    let ours = Ours::of(proc);
    let mut found = scan(proc, ours)?;
    if found.iter().any(|reaper| reaper.process.is_none()) {
        // Its parent ended while we looked, and somebody else has adopted it since.
        found = scan(proc, ours)?;
    }
    Ok(Look {
        at,
        reapers: found,
        // There always is a PID 1. With hidepid=1 its directory is listed, and what is in it may not be read.
        hides: proc.stat(1).is_err(),
    })
}

fn scan(proc: &Proc, ours: Ours) -> io::Result<Vec<Reaper>> {
    let privileges = Privileges::own();
    let mut zombies: BTreeMap<Pid, Vec<Zombie>> = BTreeMap::new();
    for pid in Proc::numbers_in(proc.root())? {
        if let Ok(file) = proc.stat(pid)
            && file.stat.state == 'Z'
            // Of a process whose main thread alone has left, the others still run.
            && file.stat.num_threads <= 1
        {
            let zombie = zombie(proc, &file, privileges);
            zombies.entry(file.stat.ppid).or_default().push(zombie);
        }
    }
    let reapers = zombies.into_iter().map(|(pid, mut zombies)| {
        zombies.sort_unstable_by_key(|zombie| (zombie.key.start_ticks, zombie.key.pid));
        Reaper {
            // To a namespace, whoever is outside of it has the pid 0.
            pid: Some(pid).filter(|pid| *pid > 0),
            process: parent(proc, pid, ours),
            zombies,
        }
    });
    Ok(reapers.collect())
}

/// How a zombie ended is told only to who may trace it; to others the kernel says 0, which is no code then.
fn zombie(proc: &Proc, file: &StatFile, privileges: Privileges) -> Zombie {
    let key = file.key();
    let visible = || privileges.may_see(proc, key.pid);
    Zombie {
        key,
        comm: file.comm.clone(),
        exit: match file.stat.exit_code {
            Some(status) if status != 0 || visible() => ExitStatus::from_wait(status),
            Some(_) | None => ExitStatus::Unknown,
        },
    }
}

fn owner(proc: &Proc, pid: Pid) -> Option<u32> {
    let directory = std::fs::metadata(proc.path(pid, "")).ok()?;
    Some(directory.uid())
}

fn parent(proc: &Proc, pid: Pid, ours: Ours) -> Option<Parent> {
    let file = proc.stat(pid).ok()?;
    let mut bytes = Vec::new();
    let mut read = |name| proc.read(pid, name, &mut bytes).ok().map(|()| bytes.clone());
    let (status, cgroup) = (read("status"), read("cgroup"));
    let command = proc
        .read_command(pid, &mut bytes)
        .ok()
        .map(|()| bytes.as_slice().into());
    let pids = status.as_deref().map(namespaced).unwrap_or_default();
    Some(Parent {
        parent: file.stat.ppid,
        uid: owner(proc, pid)?,
        state: State::from_letter(file.stat.state).unwrap_or(State::Sleeping),
        sigchld: status.as_deref().and_then(sigchld),
        namespace: ours.compare(inode(proc, &pid.to_string()), pids.len()),
        ns_pid: pids.last().copied(),
        cgroup: cgroup.as_deref().and_then(control_group),
        names: Names {
            comm: file.comm,
            command: command.unwrap_or_default(),
        },
    })
}

/// Our own PID namespace, and how deep it lies as /proc sees it.
#[derive(Debug, Clone, Copy)]
struct Ours {
    inode: Option<u64>,
    depth: Option<usize>,
}

impl Ours {
    fn of(proc: &Proc) -> Self {
        let status = std::fs::read(proc.root().join("self/status")).ok();
        Self {
            inode: inode(proc, "self"),
            depth: status
                .map(|status| namespaced(&status).len())
                .filter(|depth| *depth > 0),
        }
    }

    /// The namespace of a process whose link says `inode` and who has `depth` pids. At another depth lies another
    /// namespace; at the same one it can be another too, but for the one of /proc itself, which is all there is.
    fn compare(self, inode: Option<u64>, depth: usize) -> Option<Namespace> {
        let own = match (inode, self.inode, self.depth) {
            (Some(inode), Some(ours), _) => inode == ours,
            (_, _, Some(ours)) if depth > 0 && depth != ours => false,
            (_, _, Some(1)) if depth == 1 => true,
            _ => return None,
        };
        Some(Namespace { inode, own })
    }
}

/// The inode of a process's PID namespace, `pid:[4026531836]` (namespaces(7)).
fn inode(proc: &Proc, process: &str) -> Option<u64> {
    let link = std::fs::read_link(proc.root().join(process).join("ns/pid")).ok()?;
    link.to_str()?.strip_prefix("pid:[")?.strip_suffix(']')?.parse().ok()
}

/// The pids that a process has, from the namespace of /proc inwards (proc_pid_status(5), NSpid).
fn namespaced(status: &[u8]) -> Vec<Pid> {
    let line = field(status, b"NSpid:").unwrap_or_default();
    line.split_ascii_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

/// What a process does with SIGCHLD (proc_pid_status(5)).
fn sigchld(status: &[u8]) -> Option<Sigchld> {
    let has = |name: &[u8]| {
        let mask = u64::from_str_radix(field(status, name)?.trim(), 16).ok()?;
        Some(mask & SIGCHLD_BIT != 0)
    };
    Some(Sigchld {
        disposition: match (has(b"SigIgn:")?, has(b"SigCgt:")?) {
            (true, _) => Disposition::Ignored,
            (false, true) => Disposition::Caught,
            (false, false) => Disposition::Default,
        },
        blocked: has(b"SigBlk:")?,
        pending: has(b"SigPnd:")? || has(b"ShdPnd:")?,
    })
}

/// The path of a control group: the lines are `hierarchy:controllers:path`, and the unified hierarchy is 0.
fn control_group(cgroup: &[u8]) -> Option<Box<[u8]>> {
    let lines = || cgroup.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let unified = lines().filter(|line| line.starts_with(b"0::"));
    let paths = unified
        .chain(lines())
        .filter_map(|line| line.splitn(3, |byte| *byte == b':').nth(2));
    let says = paths.clone().find(|path| *path != b"/");
    says.or_else(|| paths.clone().next()).map(Box::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_group_is_the_one_that_says_something() {
        for (file, path) in [
            ("0::/user.slice/x:y\n", Some("/user.slice/x:y")),
            ("12:pids:/docker/abc\n0::/\n", Some("/docker/abc")),
            ("12:pids:/a\n0::/b\n", Some("/b")),
            ("0::/\n", Some("/")),
            ("", None),
        ] {
            assert_eq!(
                control_group(file.as_bytes()).as_deref(),
                path.map(str::as_bytes),
                "{file}"
            );
        }
    }

    #[test]
    fn a_namespace_is_told_by_its_inode_or_by_its_depth() {
        let ours = |inode, depth| Ours { inode, depth };
        for (own, inode, depth, told) in [
            (ours(Some(7), Some(1)), Some(7), 1, Some(true)),
            (ours(Some(7), Some(1)), Some(8), 2, Some(false)),
            (ours(Some(7), Some(1)), None, 2, Some(false)),
            (ours(Some(7), Some(1)), None, 1, Some(true)),
            // /proc is of a namespace outside of ours, in which there are others beside it.
            (ours(Some(7), Some(2)), None, 2, None),
            (ours(None, None), None, 1, None),
            (ours(Some(7), Some(1)), None, 0, None),
        ] {
            let found = own.compare(inode, depth);
            assert_eq!(found.map(|found| found.own), told, "{own:?} {inode:?} {depth}");
        }
    }

    #[test]
    fn sigchld_is_read_where_a_name_is_broken() {
        let status = b"Name:\t\xff\nNSpid:\t31\t1\nSigPnd:\t0\nShdPnd:\t0000000000010000\nSigBlk:\t10000\nSigIgn:\t0\nSigCgt:\t10000\n";
        let read = sigchld(status).expect("all masks are there");
        assert_eq!(
            (read.disposition, read.blocked, read.pending),
            (Disposition::Caught, true, true)
        );
        assert_eq!(namespaced(status), [31, 1]);
        assert!(sigchld(b"Name:\tx\n").is_none());
    }
}
