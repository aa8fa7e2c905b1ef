//! Which processes hold the sockets that listen on a port: from the kernel's TCP tables to inodes, from inodes to
//! processes by the links in /proc/PID/fd, and from those to the topmost.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use procfs::net::TcpState;

use super::stat::{self, Brief};
use super::tree;
use crate::timeline::process::{Key, Pid};

/// A process that holds a listening socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Which.
    pub key: Key,
    /// Its name (`proc_pid_comm(5)`): any bytes.
    pub name: Box<[u8]>,
}

impl fmt::Display for Holder {
    /// The pid and the name, control characters made visible.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.key.pid, stat::shown(&self.name))
    }
}

/// What was found out about some sockets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holders {
    /// The holders above which there is no other, by pid; without PID 1.
    pub(super) topmost: Vec<Holder>,
    /// PID 1 holds one too.
    pub(super) init: bool,
    /// How many processes did not show what they hold.
    pub(super) unreadable: usize,
}

/// The inodes of the TCP sockets that listen on a port in our network namespace.
pub(super) fn listening(port: u16) -> io::Result<BTreeSet<u64>> {
    let four = procfs::net::tcp().map_err(|error| named("/proc/net/tcp", &error))?;
    let six = match procfs::net::tcp6() {
        Ok(six) => six,
        // A kernel without IPv6 has no such file.
        Err(procfs::ProcError::NotFound(_)) => Vec::new(),
        Err(error) => return Err(named("/proc/net/tcp6", &error)),
    };
    Ok(four
        .into_iter()
        .chain(six)
        .filter(|entry| entry.state == TcpState::Listen && entry.local_address.port() == port)
        .map(|entry| entry.inode)
        .collect())
}

fn named(path: &str, error: &procfs::ProcError) -> io::Error {
    io::Error::other(format!("{path}: {error}"))
}

/// Who holds any of these sockets.
pub(super) fn of(inodes: &BTreeSet<u64>) -> io::Result<Holders> {
    let mut briefs: BTreeMap<Pid, Brief> = BTreeMap::new();
    let mut holding: BTreeSet<Pid> = BTreeSet::new();
    let mut unreadable = 0;
    for pid in tree::all()? {
        // One that vanishes while it is looked at holds nothing any more.
        let Ok(Some(brief)) = stat::read(pid) else {
            continue;
        };
        briefs.insert(pid, brief);
        match holds(pid, inodes) {
            Held::Yes => {
                holding.insert(pid);
            }
            Held::No => {}
            Held::Unreadable => unreadable += 1,
        }
    }
    let init = holding.remove(&1);
    let topmost = topmost(&holding, &|pid| briefs.get(&pid).map(|brief| brief.parent));
    Ok(Holders {
        topmost: topmost
            .into_iter()
            .map(|pid| Holder {
                key: briefs[&pid].key,
                name: stat::name(pid),
            })
            .collect(),
        init,
        unreadable,
    })
}

/// Those that have no other of them among their ancestors.
fn topmost(holding: &BTreeSet<Pid>, parent: &dyn Fn(Pid) -> Option<Pid>) -> Vec<Pid> {
    let below_another = |pid: Pid| {
        let mut above = parent(pid);
        // Parents read at different moments could in theory form a ring; no real chain is that long.
        for _ in 0..100_000 {
            match above {
                Some(pid) if holding.contains(&pid) => return true,
                Some(pid) if pid > 0 => above = parent(pid),
                _ => return false,
            }
        }
        false
    };
    holding.iter().copied().filter(|pid| !below_another(*pid)).collect()
}

/// Whether a process holds a socket.
enum Held {
    Yes,
    No,
    Unreadable,
}

/// Looks through the descriptors of a process; through those of its threads where its main thread has none to show,
/// because it left before the others.
fn holds(pid: Pid, inodes: &BTreeSet<u64>) -> Held {
    match shows(Path::new(&format!("/proc/{pid}/fd")), inodes) {
        Some(Held::Yes) => return Held::Yes,
        Some(Held::Unreadable) => return Held::Unreadable,
        Some(Held::No) => return Held::No,
        None => {}
    }
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Held::No;
    };
    let found = threads
        .flatten()
        .filter_map(|thread| shows(&thread.path().join("fd"), inodes))
        .any(|held| matches!(held, Held::Yes));
    if found { Held::Yes } else { Held::No }
}

/// Looks through one directory of descriptors; `None` where there are none.
fn shows(directory: &Path, inodes: &BTreeSet<u64>) -> Option<Held> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Some(Held::Unreadable),
        Err(_) => return None,
    };
    let mut empty = true;
    for entry in entries.flatten() {
        empty = false;
        // A descriptor that was closed meanwhile, or a link that may not be read, is none of ours to attach to.
        let Ok(link) = fs::read_link(entry.path()) else {
            continue;
        };
        if inode(link.as_os_str().as_encoded_bytes()).is_some_and(|inode| inodes.contains(&inode)) {
            return Some(Held::Yes);
        }
    }
    (!empty).then_some(Held::No)
}

/// The inode in a link `socket:[4026531840]` (`proc_pid_fd(5)`).
fn inode(link: &[u8]) -> Option<u64> {
    let number = link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inodes_are_read_from_links() {
        for (link, expected) in [
            ("socket:[4711]", Some(4711)),
            ("socket:[]", None),
            ("pipe:[4711]", None),
            ("/socket:[4711]", None),
        ] {
            assert_eq!(inode(link.as_bytes()), expected, "{link}");
        }
    }

    #[test]
    fn the_topmost_has_no_holder_above() {
        // 1 ─ 10 ─ 11 ─ 12 ─ 13, and 1 ─ 20
        let parent = |pid: Pid| match pid {
            10 | 20 => Some(1),
            11..=13 => Some(pid - 1),
            1 => Some(0),
            _ => None,
        };
        let cases: &[(&[Pid], &[Pid])] = &[
            (&[10, 11, 12], &[10]),
            (&[11, 13], &[11]),
            (&[13], &[13]),
            (&[12, 20], &[12, 20]),
            (&[], &[]),
        ];
        for (holding, expected) in cases {
            let holding: BTreeSet<Pid> = holding.iter().copied().collect();
            assert_eq!(topmost(&holding, &parent), *expected);
        }
    }
}
