//! The TCP sockets of a tree: from the kernel's socket table by netlink (`sock_diag(7)`), asked by port, or from
//! /proc/PID/net/tcp where that is not to be had.

use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;

use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use procfs::net::{TcpNetEntries, TcpState as ProcState};
use procfs::{FromBufReadSI, current_system_info};

use crate::timeline::observation::{ConnectionReading, ListenerReading, Sockets};
use crate::timeline::process::Pid;
use crate::timeline::sockets::TcpState;

use super::proc::Proc;
use super::{Reason, SocketSource};

/// With more ports than this one dump of everything is cheaper than one for each.
const MOST_PORTS: usize = 4;

/// Reads the sockets of a tree.
pub(super) struct SocketReader {
    diag: Result<Diag, Reason>,
    /// Inodes of sockets that are held and stood in no TCP table: not looked for again for some readings. Not for
    /// good: a TCP socket stands in none until it is connected.
    others: HashSet<u64>,
    readings: u32,
}

/// After this many readings the sockets that stood in no table are looked for again.
const LOOK_AGAIN: u32 = 10;

/// One row of a socket table.
#[derive(Debug, Clone, Copy)]
struct Row {
    inode: u64,
    local: SocketAddr,
    peer: SocketAddr,
    state: TcpState,
    receive: u32,
    send: u32,
}

impl SocketReader {
    /// Opens the socket table, for a target whose first process is `root`.
    pub(super) fn open(proc: &Proc, root: Option<Pid>) -> Self {
        let diag = if proc.root() != std::path::Path::new("/proc") {
            Err(Reason::NoSockDiag("not the kernel's own /proc".to_owned()))
        } else if root.is_some_and(|root| in_other_network(proc, root)) {
            Err(Reason::OtherNetwork)
        } else {
            Diag::open().map_err(|error| Reason::NoSockDiag(error.to_string()))
        };
        Self {
            diag,
            others: HashSet::new(),
            readings: 0,
        }
    }

    /// Where it reads from, and why not from the better source.
    pub(super) fn source(&self) -> (SocketSource, Option<Reason>) {
        match &self.diag {
            Ok(_) => (SocketSource::SockDiag, None),
            Err(reason) => (SocketSource::Procfs, Some(reason.clone())),
        }
    }

    /// The TCP sockets among those inodes, and the connections that wait to be accepted by their listeners. `any` is
    /// a process in the network namespace of the tree. `None` where no table could be read.
    pub(super) fn read(&mut self, proc: &Proc, held: &HashSet<u64>, any: Option<Pid>) -> Option<Sockets> {
        if held.is_empty() {
            self.others.clear();
            return Some(Sockets::default());
        }
        self.readings += 1;
        let again = self.readings.is_multiple_of(LOOK_AGAIN);
        self.others.retain(|inode| !again && held.contains(inode));
        match &mut self.diag {
            Ok(diag) => match diag.read(held, &mut self.others) {
                Ok(sockets) => Some(sockets),
                Err(error) => {
                    self.diag = Err(Reason::NoSockDiag(error.to_string()));
                    Self::by_procfs(proc, held, any)
                }
            },
            Err(_) => Self::by_procfs(proc, held, any),
        }
    }

    fn by_procfs(proc: &Proc, held: &HashSet<u64>, any: Option<Pid>) -> Option<Sockets> {
        let any = any?;
        let mut rows = Vec::new();
        let mut bytes = Vec::new();
        let mut readable = false;
        for name in ["net/tcp", "net/tcp6"] {
            if proc.read(any, name, &mut bytes).is_ok()
                && let Ok(TcpNetEntries(entries)) =
                    TcpNetEntries::from_buf_read(bytes.as_slice(), current_system_info())
            {
                readable = true;
                rows.extend(entries.into_iter().map(|entry| Row {
                    inode: entry.inode,
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
}

/// Of the whole table, what is the tree's: what it holds, and what waits to be accepted by its listeners.
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
    // On the port alone somebody else may listen at another address.
    let ours = |local: SocketAddr| {
        let mut listeners = sockets.listeners.iter().map(|listener| listener.local);
        listeners.any(|at| at.port() == local.port() && (at.ip() == local.ip() || at.ip().is_unspecified()))
    };
    let connections = rows
        .iter()
        .filter(|row| row.state != TcpState::Listen)
        .filter(|row| held.contains(&row.inode) || (row.inode == 0 && may_be_accepted(row.state) && ours(row.local)));
    sockets.connections.extend(connections.map(|row| ConnectionReading {
        inode: row.inode,
        local: row.local,
        peer: row.peer,
        state: row.state,
    }));
    sockets.connections.dedup();
    sockets
}

/// A connection without an inode waits to be accepted in these states. In all others it has lost its inode, because
/// its process closed it, and only the kernel still has something to do with it.
fn may_be_accepted(state: TcpState) -> bool {
    matches!(state, TcpState::SynRecv | TcpState::Established | TcpState::CloseWait)
}

/// The netlink socket to the kernel's socket table.
struct Diag {
    socket: Socket,
    buffer: Vec<u8>,
}

impl Diag {
    fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
        socket.bind_auto()?;
        socket.connect(&netlink_sys::SocketAddr::new(0, 0))?;
        let mut diag = Self {
            socket,
            buffer: Vec::with_capacity(64 * 1024),
        };
        // A kernel without inet_diag says so at the first question.
        diag.dump(AF_INET, StateFlags::LISTEN, 0)?;
        Ok(diag)
    }

    fn read(&mut self, held: &HashSet<u64>, others: &mut HashSet<u64>) -> io::Result<Sockets> {
        let mut rows: Vec<Row> = Vec::new();
        let mut ports: Vec<(u8, u16)> = Vec::new();
        for family in [AF_INET, AF_INET6] {
            let listening = self.dump(family, StateFlags::LISTEN, 0)?;
            let ours = listening.into_iter().filter(|row| held.contains(&row.inode));
            for row in ours {
                ports.push((family, row.local.port()));
                rows.push(row);
            }
        }
        ports.sort_unstable();
        ports.dedup();
        let by_port = ports.len() <= MOST_PORTS;
        if by_port {
            for (family, port) in ports {
                rows.extend(self.dump(family, connections(), port)?);
            }
        }
        let found: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
        let missing: Vec<u64> = held
            .iter()
            .filter(|inode| !found.contains(inode) && !others.contains(inode))
            .copied()
            .collect();
        if !missing.is_empty() || !by_port {
            // Outgoing connections, and sockets of other kinds: only a look at the whole table tells.
            for family in [AF_INET, AF_INET6] {
                let all = self.dump(family, connections(), 0)?;
                rows.extend(
                    all.into_iter()
                        .filter(|row| !found.contains(&row.inode) || row.inode == 0),
                );
            }
            let found: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
            others.extend(missing.into_iter().filter(|inode| !found.contains(inode)));
        }
        rows.sort_by_key(|row| (row.local, row.peer, row.inode));
        Ok(select(&rows, held, true))
    }

    /// The sockets of a family in those states, on that local port, or on any for 0.
    fn dump(&mut self, family: u8, states: StateFlags, port: u16) -> io::Result<Vec<Row>> {
        let mut id = if family == AF_INET {
            SocketId::new_v4()
        } else {
            SocketId::new_v6()
        };
        id.source_port = port;
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_DUMP;
        let mut question = NetlinkMessage::new(
            header,
            SockDiagMessage::InetRequest(InetRequest {
                family,
                protocol: IPPROTO_TCP,
                extensions: ExtensionFlags::empty(),
                states,
                socket_id: id,
            })
            .into(),
        );
        question.finalize();
        let mut bytes = vec![0; question.buffer_len()];
        question.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        self.answers()
    }

    fn answers(&mut self) -> io::Result<Vec<Row>> {
        let mut rows = Vec::new();
        loop {
            self.buffer.clear();
            self.socket.recv(&mut self.buffer, 0)?;
            let mut rest = self.buffer.as_slice();
            while !rest.is_empty() {
                let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest).map_err(io::Error::other)?;
                match message.payload {
                    NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(answer)) => rows.extend(row(&answer)),
                    NetlinkPayload::Done(_) => return Ok(rows),
                    NetlinkPayload::Error(error) => return Err(error.to_io()),
                    _ => {}
                }
                let length = (message.header.length as usize).next_multiple_of(4).max(4);
                rest = rest.get(length..).unwrap_or_default();
            }
        }
    }
}

/// The states of connections: all but listening, and what is only kept against stray segments.
fn connections() -> StateFlags {
    StateFlags::all() & !StateFlags::LISTEN & !StateFlags::TIME_WAIT
}

fn row(answer: &InetResponse) -> Option<Row> {
    let header = &answer.header;
    let id = &header.socket_id;
    Some(Row {
        inode: u64::from(header.inode),
        local: canonical(SocketAddr::new(id.source_address, id.source_port)),
        peer: canonical(SocketAddr::new(id.destination_address, id.destination_port)),
        state: from_number(header.state)?,
        receive: header.recv_queue,
        send: header.send_queue,
    })
}

/// An IPv4 address that an IPv6 socket carries, as the IPv4 address that it is.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// The numbers of include/net/tcp_states.h; 12 is a connection request on its way, as in SYN_RECV.
fn from_number(number: u8) -> Option<TcpState> {
    Some(match number {
        1 => TcpState::Established,
        2 => TcpState::SynSent,
        3 | 12 => TcpState::SynRecv,
        4 => TcpState::FinWait1,
        5 => TcpState::FinWait2,
        6 => TcpState::TimeWait,
        7 => TcpState::Close,
        8 => TcpState::CloseWait,
        9 => TcpState::LastAck,
        10 => TcpState::Listen,
        11 => TcpState::Closing,
        _ => return None,
    })
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

/// The process lives in another network namespace than this one. Where that may not be read, it is taken to be the
/// same.
fn in_other_network(proc: &Proc, pid: Pid) -> bool {
    let own = std::fs::read_link(proc.root().join("self/ns/net"));
    let theirs = std::fs::read_link(proc.path(pid, "ns/net"));
    matches!((own, theirs), (Ok(own), Ok(theirs)) if own != theirs)
}
