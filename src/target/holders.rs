//! Which processes hold the sockets that listen on a port: from the kernel's TCP tables to inodes, from inodes to
//! processes by the links in /proc/PID/fd, and from those to the topmost.
//!
//! The master of a preforking server can have closed the socket that its workers accept on. So where the topmost are
//! siblings, their parent is taken for one of the server where it runs their program, or where they share one socket
//! and its session: a socket is shared by inheritance. Two servers that a shell or a supervisor has started share
//! neither program nor socket with it, and what PID 1 has adopted shares nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io;
use std::net::IpAddr;
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
    Ok(listening_at(port)?.into_iter().map(|(_, inode)| inode).collect())
}

/// The same, each with the address that it listens on.
pub(super) fn listening_at(port: u16) -> io::Result<Vec<(IpAddr, u64)>> {
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
        .map(|entry| (entry.local_address.ip(), entry.inode))
        .collect())
}

fn named(path: &str, error: &procfs::ProcError) -> io::Error {
    io::Error::other(format!("{path}: {error}"))
}

/// Who holds any of these sockets.
pub(super) fn of(inodes: &BTreeSet<u64>) -> io::Result<Holders> {
    let mut briefs: BTreeMap<Pid, Brief> = BTreeMap::new();
    let mut held: BTreeMap<Pid, BTreeSet<u64>> = BTreeMap::new();
    let mut unreadable = 0;
    for pid in tree::all()? {
        // One that vanishes while it is looked at holds nothing any more.
        let Ok(Some(brief)) = stat::read(pid) else {
            continue;
        };
        briefs.insert(pid, brief);
        match holds(pid, inodes) {
            Held::These(inodes) => {
                held.insert(pid, inodes);
            }
            Held::No => {}
            Held::Unreadable => unreadable += 1,
        }
    }
    let init = held.remove(&1).is_some();
    let holding: BTreeSet<Pid> = held.keys().copied().collect();
    let mut topmost = topmost(&holding, &|pid| briefs.get(&pid).map(|brief| brief.parent));
    if topmost.len() > 1
        && let Some(parent) = master(&topmost, &briefs, &held)
    {
        topmost = vec![parent];
    }
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

/// Which of these sockets a process holds, as far as it shows that.
pub(super) fn held_by(pid: Pid, inodes: &BTreeSet<u64>) -> BTreeSet<u64> {
    match holds(pid, inodes) {
        Held::These(held) => held,
        Held::No | Held::Unreadable => BTreeSet::new(),
    }
}

/// The parent of all these holders, where it is one server with them; never PID 1.
fn master(holders: &[Pid], briefs: &BTreeMap<Pid, Brief>, held: &BTreeMap<Pid, BTreeSet<u64>>) -> Option<Pid> {
    let workers: Vec<&Brief> = holders.iter().filter_map(|pid| briefs.get(pid)).collect();
    let pid = workers.first()?.parent;
    let parent = briefs.get(&pid).filter(|_| pid > 1)?;
    if workers.iter().any(|worker| worker.parent != pid) {
        return None;
    }
    let program = |pid: Pid| fs::read_link(format!("/proc/{pid}/exe")).ok();
    let own = program(pid);
    let one_program = own.is_some() && holders.iter().all(|holder| program(*holder) == own);
    let mut sockets = holders.iter().filter_map(|holder| held.get(holder)).cloned();
    let first = sockets.next().unwrap_or_default();
    let shared = sockets.fold(first, |shared, other| &shared & &other);
    let one_session = workers.iter().all(|worker| worker.session == parent.session);
    (one_program || (one_session && !shared.is_empty())).then_some(pid)
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

/// Which of the sockets a process holds.
enum Held {
    These(BTreeSet<u64>),
    No,
    Unreadable,
}

/// Looks through the descriptors of a process; through those of its threads where its main thread has none to show,
/// because it left before the others.
fn holds(pid: Pid, inodes: &BTreeSet<u64>) -> Held {
    if let Some(held) = shows(Path::new(&format!("/proc/{pid}/fd")), inodes) {
        return held;
    }
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Held::No;
    };
    let shown = threads
        .flatten()
        .filter_map(|thread| shows(&thread.path().join("fd"), inodes));
    let found = shown.fold(BTreeSet::new(), |found, held| match held {
        Held::These(more) => &found | &more,
        Held::No | Held::Unreadable => found,
    });
    Held::of(found)
}

impl Held {
    fn of(found: BTreeSet<u64>) -> Self {
        if found.is_empty() { Self::No } else { Self::These(found) }
    }
}

/// Looks through one directory of descriptors; `None` where there are none.
fn shows(directory: &Path, inodes: &BTreeSet<u64>) -> Option<Held> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Some(Held::Unreadable),
        Err(_) => return None,
    };
    let mut empty = true;
    let mut found = BTreeSet::new();
    for entry in entries.flatten() {
        empty = false;
        // A descriptor that was closed meanwhile, or a link that may not be read, is none of ours to attach to.
        let Ok(link) = fs::read_link(entry.path()) else {
            continue;
        };
        found.extend(inode(link.as_os_str().as_encoded_bytes()).filter(|inode| inodes.contains(inode)));
    }
    (!empty).then(|| Held::of(found))
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
