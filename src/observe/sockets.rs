//! The TCP sockets of a tree, from the socket tables of the network namespaces that its processes live in: by netlink
//! (`sock_diag(7)`), which reaches into another namespace only with the right to enter it, else from
//! /proc/PID/net/tcp. Where neither is to be had, what those processes hold is unknown.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::sched::{CloneFlags, setns};
use procfs::net::{TcpNetEntries, TcpState as ProcState};
use procfs::{FromBufReadSI, current_system_info};

use crate::timeline::observation::{ConnectionReading, ListenerReading, Sockets};
use crate::timeline::sockets::TcpState;

use super::proc::Proc;
use super::{Reason, SocketSource};
use table::Table;
use unaccepted::Family;

mod diag;
mod table;
mod unaccepted;

/// A network namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Network {
    /// Ours, or that of a process which does not show it.
    Own,
    /// Another, by the inode that names it (namespaces(7)).
    Other(u64),
}

/// What is asked of the table of one namespace.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// The sockets that are held by who lives in it.
    pub(super) held: HashSet<u64>,
    /// Whose directories show its tables.
    pub(super) directories: Vec<PathBuf>,
}

/// What the tables said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The sockets of the tree; `None` where no table could be read.
    pub(super) sockets: Option<Sockets>,
    /// The namespaces whose tables could not be read.
    pub(super) unread: Vec<Network>,
    /// Connections that stood in a table before, and no longer do.
    pub(super) gone: HashSet<u64>,
}

/// Reads the sockets of a tree.
pub(super) struct SocketReader {
    own: Option<u64>,
    tables: BTreeMap<Network, Result<Table, Reason>>,
}

/// One row of a socket table.
#[derive(Debug, Clone, Copy)]
struct Row {
    inode: u64,
    family: Family,
    local: SocketAddr,
    peer: SocketAddr,
    state: TcpState,
    receive: u32,
    send: u32,
}

impl SocketReader {
    /// Opens the table of our own namespace.
    pub(super) fn open(proc: &Proc) -> Self {
        let own = if proc.root() == Path::new("/proc") {
            Table::open().map_err(|error| Reason::NoSockDiag(error.to_string()))
        } else {
            Err(Reason::NoSockDiag("not the kernel's own /proc".to_owned()))
        };
        Self {
            own: network_of(&proc.root().join("self")),
            tables: BTreeMap::from([(Network::Own, own)]),
        }
    }

    /// The namespace of that inode.
    pub(super) fn network(&self, inode: Option<u64>) -> Network {
        match inode {
            Some(inode) if self.own.is_some_and(|own| own != inode) => Network::Other(inode),
            Some(_) | None => Network::Own,
        }
    }

    /// Where it reads from, and why not from the better source.
    pub(super) fn source(&self) -> (SocketSource, Option<Reason>) {
        match self.tables.values().find_map(|table| table.as_ref().err()) {
            None => (SocketSource::SockDiag, None),
            Some(reason) => (SocketSource::Procfs, Some(reason.clone())),
        }
    }

    /// A table is so long that it is read less often than all else.
    pub(super) fn is_late(&self) -> bool {
        self.tables.values().flatten().any(Table::is_late)
    }

    /// The TCP sockets among those that are held, and the connections that wait to be accepted by their listeners.
    pub(super) fn read(&mut self, networks: &BTreeMap<Network, Members>) -> Said {
        self.tables
            .retain(|network, _| *network == Network::Own || networks.contains_key(network));
        let mut said = Said::default();
        let mut sockets = Sockets::default();
        for (network, members) in networks {
            match self.read_one(*network, members, &mut said.gone) {
                Some(read) => {
                    sockets.listeners.extend(read.listeners);
                    sockets.connections.extend(read.connections);
                }
                None => said.unread.push(*network),
            }
        }
        said.sockets = Some(sockets).filter(|_| said.unread.len() < networks.len() || networks.is_empty());
        said
    }

    fn read_one(&mut self, network: Network, members: &Members, gone: &mut HashSet<u64>) -> Option<Sockets> {
        let table = self.tables.entry(network).or_insert_with(|| {
            let directory = members.directories.first().ok_or(Reason::OtherNetwork)?;
            // Who may not enter it reads it through the files.
            enter(directory).map_err(|_| Reason::OtherNetwork)
        });
        if members.held.is_empty() {
            return Some(Sockets::default());
        }
        if let Ok(open) = table {
            match open.read(&members.held, gone) {
                Ok(sockets) => return Some(sockets),
                Err(error) => *table = Err(Reason::NoSockDiag(error.to_string())),
            }
        }
        let mut directories = members.directories.iter();
        directories.find_map(|directory| from_files(directory, &members.held))
    }
}

/// A listener at that address takes connections to this one, as far as the addresses tell: 0.0.0.0 those of IPv4, and
/// :: all.
pub(super) fn takes(listener: SocketAddr, local: SocketAddr) -> bool {
    let all = listener.ip().is_unspecified() && (listener.is_ipv6() || local.is_ipv4());
    listener.port() == local.port() && (all || listener.ip() == local.ip())
}

/// The inode of the network namespace of the process or thread of that directory; `None` where it does not show it.
pub(super) fn network_of(directory: &Path) -> Option<u64> {
    let link = std::fs::metadata(directory.join("ns/net")).ok()?;
    Some(link.ino())
}

/// The table of another namespace. A netlink socket stays in the namespace that it was opened in; so a thread of its
/// own goes there, opens it, and ends.
fn enter(directory: &Path) -> io::Result<Table> {
    let namespace = std::fs::File::open(directory.join("ns/net"))?;
    let opens = move || -> io::Result<Table> {
        setns(namespace, CloneFlags::CLONE_NEWNET)?;
        Table::open()
    };
    let thread = std::thread::Builder::new().name("network".to_owned()).spawn(opens)?;
    thread.join().unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
}

/// The tables as files, in the directory of a process or thread.
fn from_files(directory: &Path, held: &HashSet<u64>) -> Option<Sockets> {
    let mut rows = Vec::new();
    let mut readable = false;
    // That a socket of IPv6 takes nothing of IPv4 does not stand there.
    for (name, family) in [("net/tcp", Family::V4), ("net/tcp6", Family::V6)] {
        if let Ok(bytes) = std::fs::read(directory.join(name))
            && let Ok(TcpNetEntries(entries)) = TcpNetEntries::from_buf_read(bytes.as_slice(), current_system_info())
        {
            readable = true;
            rows.extend(entries.into_iter().map(|entry| Row {
                inode: entry.inode,
                family,
                local: canonical(entry.local_address),
                peer: canonical(entry.remote_address),
                state: from_procfs(&entry.state),
                receive: entry.rx_queue,
                send: 0,
            }));
        }
    }
    readable.then(|| select(&rows, held, false))
}

/// Of the whole table, what is the tree's: what it holds, and what waits to be accepted by its listeners and by nobody
/// else's.
fn select(rows: &[Row], held: &HashSet<u64>, backlog_known: bool) -> Sockets {
    let mut sockets = Sockets::default();
    for row in rows
        .iter()
        .filter(|row| row.state == TcpState::Listen && held.contains(&row.inode))
    {
        sockets.listeners.push(ListenerReading {
            inode: row.inode,
            local: row.local,
            queue: Some(row.receive),
            backlog: backlog_known.then_some(row.send),
        });
    }
    let listeners: Vec<&Row> = rows.iter().filter(|row| row.state == TcpState::Listen).collect();
    let waits =
        |row: &Row| row.inode == 0 && unaccepted::may_be(row.state) && unaccepted::is_ours(row, &listeners, held);
    let connections = rows
        .iter()
        .filter(|row| row.state != TcpState::Listen)
        .filter(|row| held.contains(&row.inode) || waits(row));
    sockets.connections.extend(connections.map(|row| ConnectionReading {
        inode: row.inode,
        local: row.local,
        peer: row.peer,
        state: row.state,
    }));
    sockets.connections.dedup();
    sockets
}

/// An IPv4 address that an IPv6 socket carries, as the IPv4 address that it is.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn from_procfs(state: &ProcState) -> TcpState {
    match state {
        ProcState::Established => TcpState::Established,
        ProcState::SynSent => TcpState::SynSent,
        ProcState::SynRecv | ProcState::NewSynRecv => TcpState::SynRecv,
        ProcState::FinWait1 => TcpState::FinWait1,
        ProcState::FinWait2 => TcpState::FinWait2,
        ProcState::TimeWait => TcpState::TimeWait,
        ProcState::Close => TcpState::Close,
        ProcState::CloseWait => TcpState::CloseWait,
        ProcState::LastAck => TcpState::LastAck,
        ProcState::Listen => TcpState::Listen,
        ProcState::Closing => TcpState::Closing,
    }
}
