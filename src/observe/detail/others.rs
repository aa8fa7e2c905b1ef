//! Sockets of a process that are not TCP: what a Unix or a UDP socket is bound to, and its other end. They are found in
//! /proc/PID/net, which is the table of the process's own network namespace; which Unix socket is the other end of which
//! only sock_diag(7) tells, and only of our namespace.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;

use netlink_packet_core::{NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::unix::{ShowFlags, StateFlags, UnixRequest};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use procfs::net::UdpNetEntries;
use procfs::{FromBufReadSI, current_system_info};

use super::{Pid, Proc, bytes};
use crate::timeline::detail::{Descriptor, Opens, Unix, UnixKind};

/// `__SO_ACCEPTCON` of include/uapi/linux/net.h: a Unix socket that listens.
const LISTENS: u64 = 1 << 16;

/// A row of /proc/net/unix.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    kind: UnixKind,
    listens: bool,
    path: Option<Box<[u8]>>,
}

/// Says of each socket among the descriptors what it is, where it is found to be a Unix or a UDP socket.
pub(super) fn tell(proc: &Proc, pid: Pid, descriptors: &mut [Descriptor]) {
    if !descriptors.iter().any(|one| matches!(one.opens, Opens::Socket(_))) {
        return;
    }
    let table = bytes(proc, pid, "net/unix").unwrap_or_default();
    let unix = unix(&table);
    let mut udp = HashMap::new();
    for name in ["net/udp", "net/udp6"] {
        udp.extend(self::udp(&bytes(proc, pid, name).unwrap_or_default()));
    }
    let mut diag = None;
    for descriptor in descriptors {
        let Opens::Socket(inode) = descriptor.opens else {
            continue;
        };
        if let Some((local, peer)) = udp.get(&inode) {
            descriptor.opens = Opens::Udp {
                inode,
                local: *local,
                peer: *peer,
            };
        } else if let Some(row) = unix.get(&inode) {
            let peer = diag.get_or_insert_with(Peers::open).of(inode);
            descriptor.opens = Opens::Unix(Box::new(Unix {
                inode,
                kind: row.kind,
                listens: row.listens,
                path: row.path.clone(),
                peer,
                peer_path: peer.and_then(|peer| unix.get(&peer)?.path.clone()),
            }));
        }
    }
}

/// The rows by inode: `Num RefCount Protocol Flags Type St Inode Path`, in which a path is the rest of its line.
fn unix(table: &[u8]) -> HashMap<u64, Row> {
    let row = |line: &[u8]| {
        let mut rest = line;
        let mut word = || {
            let from = rest.iter().position(|byte| *byte != b' ')?;
            let word = &rest[from..];
            let length = word.iter().position(|byte| *byte == b' ').unwrap_or(word.len());
            rest = &word[length..];
            std::str::from_utf8(&word[..length]).ok()
        };
        let flags = u64::from_str_radix(
            word().and_then(|_| word()).and_then(|_| word()).and_then(|_| word())?,
            16,
        );
        let kind = match word()? {
            "0001" => UnixKind::Stream,
            "0002" => UnixKind::Datagram,
            "0005" => UnixKind::Packets,
            _ => return None,
        };
        let inode = word().and_then(|_| word())?.parse().ok()?;
        let path = rest.strip_prefix(b" ").filter(|path| !path.is_empty());
        let row = Row {
            kind,
            listens: flags.ok()? & LISTENS != 0,
            path: path.map(Into::into),
        };
        Some((inode, row))
    };
    table.split(|byte| *byte == b'\n').skip(1).filter_map(row).collect()
}

/// What each socket is bound to, and whom it is connected to.
fn udp(table: &[u8]) -> Vec<(u64, (SocketAddr, Option<SocketAddr>))> {
    let Ok(UdpNetEntries(entries)) = UdpNetEntries::from_buf_read(table, current_system_info()) else {
        return Vec::new();
    };
    let peer = |address: SocketAddr| Some(address).filter(|address| address.port() != 0);
    let entries = entries.into_iter();
    entries
        .map(|entry| (entry.inode, (entry.local_address, peer(entry.remote_address))))
        .collect()
}

/// Who is the other end of a Unix socket; nobody knows where netlink cannot be had.
struct Peers(Option<Socket>);

impl Peers {
    fn open() -> Self {
        let open = || -> io::Result<Socket> {
            let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
            socket.bind_auto()?;
            socket.connect(&netlink_sys::SocketAddr::new(0, 0))?;
            Ok(socket)
        };
        Self(open().ok())
    }

    /// The inode of the other end.
    fn of(&mut self, inode: u64) -> Option<u64> {
        let socket = self.0.as_ref()?;
        let request = UnixRequest {
            state_flags: StateFlags::all(),
            inode: u32::try_from(inode).ok()?,
            show_flags: ShowFlags::PEER,
            cookie: [0xff; 8], // INET_DIAG_NOCOOKIE, twice
        };
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST;
        let mut question = NetlinkMessage::new(header, SockDiagMessage::UnixRequest(request).into());
        question.finalize();
        let mut sent = vec![0; question.buffer_len()];
        question.serialize(&mut sent);
        socket.send(&sent, 0).ok()?;
        let mut answer = Vec::with_capacity(4096);
        socket.recv(&mut answer, 0).ok()?;
        match NetlinkMessage::<SockDiagMessage>::deserialize(&answer).ok()?.payload {
            NetlinkPayload::InnerMessage(SockDiagMessage::UnixResponse(response)) => {
                response.peer().map(u64::from).filter(|peer| *peer != 0)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::net::{UnixListener, UnixStream};

    use super::*;
    use crate::timeline::detail::Unix;

    #[test]
    fn the_unix_table_is_understood() {
        let table = b"Num       RefCount Protocol Flags    Type St Inode Path\n\
            0000000000000000: 00000002 00000000 00010000 0001 01 14417 /run/a b\xff\n\
            0000000000000000: 00000003 00000000 00000000 0002 01    7 @hidden\n\
            0000000000000000: 00000003 00000000 00000000 0005 03 12\n\
            broken\n";
        let row = |kind, listens, path: Option<&[u8]>| Row {
            kind,
            listens,
            path: path.map(Into::into),
        };
        let found = unix(table);
        assert_eq!(found.len(), 3);
        assert_eq!(found[&14417], row(UnixKind::Stream, true, Some(b"/run/a b\xff")));
        assert_eq!(found[&7], row(UnixKind::Datagram, false, Some(b"@hidden")));
        assert_eq!(found[&12], row(UnixKind::Packets, false, None));
    }

    /// Our own sockets, as the kernel tells of them.
    #[test]
    fn the_other_end_is_found() {
        let inode = |path: String| {
            let socket = std::fs::metadata(path).unwrap_or_else(|error| panic!("{error}"));
            socket.ino()
        };
        let of = |fd: i32| inode(format!("/proc/self/fd/{fd}"));
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let path = directory.path().join("s");
        let must = |error: io::Error| -> ! { panic!("{error}") };
        let listener = UnixListener::bind(&path).unwrap_or_else(|error| must(error));
        let client = UnixStream::connect(&path).unwrap_or_else(|error| must(error));
        let (accepted, _) = listener.accept().unwrap_or_else(|error| must(error));
        let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap_or_else(|error| must(error));
        let local = udp.local_addr().unwrap_or_else(|error| must(error));
        udp.connect(local).unwrap_or_else(|error| must(error));
        let mut open: Vec<Descriptor> = [listener.as_raw_fd(), client.as_raw_fd(), udp.as_raw_fd()]
            .map(|fd| Descriptor {
                fd,
                opens: Opens::Socket(of(fd)),
            })
            .into();
        tell(&Proc::system(), std::process::id().cast_signed(), &mut open);
        let path: Box<[u8]> = path.as_os_str().as_encoded_bytes().into();
        let unix = |socket: i32, listens, path, peer, peer_path| {
            Opens::Unix(Box::new(Unix {
                inode: of(socket),
                kind: UnixKind::Stream,
                listens,
                path,
                peer,
                peer_path,
            }))
        };
        assert_eq!(
            open[0].opens,
            unix(listener.as_raw_fd(), true, Some(path.clone()), None, None)
        );
        let end = of(accepted.as_raw_fd());
        assert_eq!(
            open[1].opens,
            unix(client.as_raw_fd(), false, None, Some(end), Some(path))
        );
        let inode = of(udp.as_raw_fd());
        let peer = Some(local);
        assert_eq!(open[2].opens, Opens::Udp { inode, local, peer });
    }
}
