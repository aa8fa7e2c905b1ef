//! The listening socket: where it is bound, and what each error of `accept()` means for a server that goes on.
//! It does not decide what becomes of a client.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

use nix::errno::Errno;
use nix::sys::socket::sockopt::ReuseAddr;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrStorage, bind, setsockopt, socket};

use super::config::Config;
use super::{Error, descriptor};

/// The port that is tried where none was asked for.
const USUAL_PORT: u16 = 9190;

/// An open listening socket.
#[derive(Debug)]
pub(super) struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

/// What `accept()` gave.
#[derive(Debug)]
pub(super) enum Accepted {
    /// A connection.
    Client(TcpStream),
    /// A signal came: time to look at what it was about.
    Interrupted,
    /// That client was gone already, or the network had an error for it: on to the next.
    Gone,
    /// No descriptor or no memory for it: the client stays in the queue, and it makes no sense to ask again at once.
    Exhausted(Errno),
}

impl Listener {
    /// Binds and listens as the configuration says.
    pub(super) fn open(config: &Config) -> Result<Self, Error> {
        let listen = |port| Self::listen(config.bind, port, config.backlog);
        match config.port {
            Some(port) => listen(port),
            None => match listen(USUAL_PORT) {
                Err(Error::Listen {
                    errno: Errno::EADDRINUSE | Errno::EACCES,
                    ..
                }) => listen(0),
                outcome => outcome,
            },
        }
    }

    fn listen(ip: IpAddr, port: u16, backlog: Option<u32>) -> Result<Self, Error> {
        let address = SocketAddr::new(ip, port);
        let open = || {
            let family = if ip.is_ipv4() {
                AddressFamily::Inet
            } else {
                AddressFamily::Inet6
            };
            let socket = socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
            // Connections of an earlier run in TIME_WAIT, or its children's, do not keep the port from us.
            setsockopt(&socket, ReuseAddr, &true)?;
            bind(socket.as_raw_fd(), &SockaddrStorage::from(address))?;
            descriptor::listen(&socket, backlog_of(backlog))?;
            Ok(TcpListener::from(socket))
        };
        let socket = open().map_err(|errno| Error::Listen { address, errno })?;
        let address = socket.local_addr().unwrap_or(address);
        Ok(Self { socket, address })
    }

    /// Takes over the socket that the image before listened on.
    pub(super) fn inherited(fd: RawFd) -> Result<Self, Error> {
        let socket = descriptor::inherit(fd).map_err(Error::of("--listen-fd"))?;
        let socket = TcpListener::from(socket);
        let unbound = |error: std::io::Error| Errno::from_raw(error.raw_os_error().unwrap_or_default());
        let address = socket.local_addr().map_err(unbound).map_err(Error::of("--listen-fd"))?;
        Ok(Self { socket, address })
    }

    /// Lets so many connections wait from now on.
    pub(super) fn set_backlog(&self, length: u32) -> nix::Result<()> {
        descriptor::listen(&self.socket, backlog_of(Some(length)))
    }

    /// Where it listens, with the port that the kernel chose if it was asked to.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether `accept()` waits (as usual) or not (after a `poll()` that says that somebody is there).
    pub(super) fn set_blocking(&self, blocking: bool) {
        // FIONBIO fails only on what is not open.
        let _ = self.socket.set_nonblocking(!blocking);
    }

    /// accept(2); its ERRORS section tells which errors are the client's and which are ours.
    pub(super) fn accept(&self) -> Result<Accepted, Error> {
        match descriptor::accept(&self.socket) {
            Ok(connection) => Ok(Accepted::Client(TcpStream::from(connection))),
            Err(Errno::EINTR) => Ok(Accepted::Interrupted),
            Err(errno @ (Errno::EMFILE | Errno::ENFILE | Errno::ENOBUFS | Errno::ENOMEM)) => {
                Ok(Accepted::Exhausted(errno))
            }
            // Linux passes pending network errors of the new connection on; EPERM is a firewall's.
            Err(
                Errno::ECONNABORTED
                | Errno::EAGAIN
                | Errno::EPROTO
                | Errno::EPERM
                | Errno::ENETDOWN
                | Errno::ENOPROTOOPT
                | Errno::EHOSTDOWN
                | Errno::ENONET
                | Errno::EHOSTUNREACH
                | Errno::EOPNOTSUPP
                | Errno::ENETUNREACH
                | Errno::ETIMEDOUT,
            ) => Ok(Accepted::Gone),
            Err(errno) => Err(Error::of("accept")(errno)),
        }
    }
}

/// -1 is more than any limit, and the kernel cuts what is too much down to net.core.somaxconn.
fn backlog_of(length: Option<u32>) -> i32 {
    length.map_or(-1, |length| i32::try_from(length).unwrap_or(-1))
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
