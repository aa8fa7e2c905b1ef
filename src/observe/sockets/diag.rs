//! Questions to the kernel's TCP table by netlink (`sock_diag(7)`), and its answers. What is asked when is not decided
//! here.

use std::io;
use std::net::SocketAddr;

use netlink_packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload};
use netlink_packet_sock_diag::SockDiagMessage;
use netlink_packet_sock_diag::constants::{AF_INET, IPPROTO_TCP};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags};
use netlink_sys::Socket;
use netlink_sys::protocols::NETLINK_SOCK_DIAG;

use super::unaccepted::Family;
use super::{Row, canonical};
use crate::timeline::sockets::TcpState;

/// So many questions go out at once: their answers must fit into the socket's buffer.
const AT_ONCE: usize = 32;

/// The netlink socket.
pub(super) struct Diag {
    socket: Socket,
    buffer: Vec<u8>,
}

/// What names one connection to the kernel.
#[derive(Debug, Clone)]
pub(super) struct Question {
    family: u8,
    id: SocketId,
}

impl Question {
    /// Its address family, and its port on this side.
    pub(super) fn port(&self) -> (u8, u16) {
        (self.family, self.id.source_port)
    }
}

/// A row, and how to ask for it again.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) row: Row,
    pub(super) question: Question,
}

impl Diag {
    pub(super) fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
        socket.bind_auto()?;
        socket.connect(&netlink_sys::SocketAddr::new(0, 0))?;
        let buffer = Vec::with_capacity(64 * 1024);
        Ok(Self { socket, buffer })
    }

    /// The sockets of a family in those states, on that local port, or on any for 0.
    pub(super) fn dump(&mut self, family: u8, states: StateFlags, port: u16) -> io::Result<Vec<Found>> {
        let mut id = if family == AF_INET {
            SocketId::new_v4()
        } else {
            SocketId::new_v6()
        };
        id.source_port = port;
        let mut bytes = Vec::new();
        put(&mut bytes, NLM_F_REQUEST | NLM_F_DUMP, family, states, id);
        self.socket.send(&bytes, 0)?;
        let mut found = Vec::new();
        while self.answers(|answer| match answer {
            Answer::Socket(response) => found.extend(self::found(response)),
            Answer::None => {}
        })? == Rest::More
        {}
        Ok(found)
    }

    /// Those of these sockets that are still there.
    pub(super) fn ask(&mut self, questions: &[Question]) -> io::Result<Vec<Found>> {
        let mut found = Vec::with_capacity(questions.len());
        let mut bytes = Vec::new();
        for questions in questions.chunks(AT_ONCE) {
            bytes.clear();
            for question in questions {
                let Question { family, id } = question.clone();
                put(&mut bytes, NLM_F_REQUEST, family, StateFlags::all(), id);
            }
            self.socket.send(&bytes, 0)?;
            let mut answered = 0;
            while answered < questions.len() {
                self.answers(|answer| {
                    answered += 1;
                    match answer {
                        Answer::Socket(response) => found.extend(self::found(response)),
                        Answer::None => {}
                    }
                })?;
            }
        }
        Ok(found)
    }

    /// Takes one piece of what the kernel answers.
    fn answers(&mut self, mut take: impl FnMut(Answer<'_>)) -> io::Result<Rest> {
        self.buffer.clear();
        self.socket.recv(&mut self.buffer, 0)?;
        let mut rest = self.buffer.as_slice();
        while !rest.is_empty() {
            let message = NetlinkMessage::<SockDiagMessage>::deserialize(rest).map_err(io::Error::other)?;
            match message.payload {
                NetlinkPayload::InnerMessage(SockDiagMessage::InetResponse(response)) => {
                    take(Answer::Socket(&response));
                }
                NetlinkPayload::Done(_) => return Ok(Rest::None),
                NetlinkPayload::Error(error) if is_missing(&error.to_io()) => take(Answer::None),
                NetlinkPayload::Error(error) => return Err(error.to_io()),
                _ => {}
            }
            let length = (message.header.length as usize).next_multiple_of(4).max(4);
            rest = rest.get(length..).unwrap_or_default();
        }
        Ok(Rest::More)
    }
}

/// What a question is answered with.
enum Answer<'a> {
    Socket(&'a InetResponse),
    /// There is no such socket any more.
    None,
}

/// Whether more answers follow.
#[derive(PartialEq, Eq)]
enum Rest {
    None,
    More,
}

/// The socket is gone, or its addresses belong to another one now.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(nix::libc::ENOENT | nix::libc::ESTALE))
}

/// Adds a question to those that are sent.
fn put(bytes: &mut Vec<u8>, flags: u16, family: u8, states: StateFlags, socket_id: SocketId) {
    let mut header = NetlinkHeader::default();
    header.flags = flags;
    let request = InetRequest {
        family,
        protocol: IPPROTO_TCP,
        extensions: ExtensionFlags::empty(),
        states,
        socket_id,
    };
    let mut question = NetlinkMessage::new(header, SockDiagMessage::InetRequest(request).into());
    question.finalize();
    let from = bytes.len();
    bytes.resize(from + question.buffer_len(), 0);
    question.serialize(&mut bytes[from..]);
}

fn found(answer: &InetResponse) -> Option<Found> {
    let header = &answer.header;
    let id = &header.socket_id;
    let row = Row {
        inode: u64::from(header.inode),
        family: family(answer),
        local: canonical(SocketAddr::new(id.source_address, id.source_port)),
        peer: canonical(SocketAddr::new(id.destination_address, id.destination_port)),
        state: from_number(header.state)?,
        receive: header.recv_queue,
        send: header.send_queue,
    };
    let question = Question {
        family: header.family,
        id: id.clone(),
    };
    Some(Found { row, question })
}

/// What its socket was opened for. Of one that listens the kernel says besides whether it takes IPv6 only
/// (net/ipv4/inet_diag.c, inet_diag_msg_attrs_fill).
fn family(answer: &InetResponse) -> Family {
    match answer.header.family {
        AF_INET => Family::V4,
        _ if answer.nlas.contains(&Nla::SkV6Only(true)) => Family::V6Only,
        _ => Family::V6,
    }
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
