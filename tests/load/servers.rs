//! Small servers that deal with their clients in one way each, on threads of the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use forkscope::server::config::Rounds;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::socket::{setsockopt, sockopt};

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Serves each connection by `serve` on a thread of its own, for as long as the test runs.
pub(crate) fn server(serve: impl Fn(TcpStream) + Copy + Send + 'static) -> SocketAddr {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a free port");
    nix::sys::socket::listen(&listener, nix::sys::socket::Backlog::new(4096).expect("a backlog"))
        .expect("listen with room for everybody");
    let address = listener.local_addr().expect("the address bound");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("accept");
            thread::Builder::new()
                .stack_size(128 * 1024)
                .spawn(move || serve(stream))
                .expect("start a thread");
        }
    });
    address
}

/// Echoes until the client closes.
pub(crate) fn echo(mut stream: TcpStream) {
    let mut buffer = [0; 512];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        if stream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

/// Echoes one line.
pub(crate) fn echo_once(stream: &mut TcpStream) {
    let mut line = Vec::new();
    let mut reader = BufReader::new(&*stream);
    if reader.read_until(b'\n', &mut line).is_ok() {
        let _ = stream.write_all(&line);
    }
}

/// Makes close() send a reset: SO_LINGER with no time (socket(7)).
pub(crate) fn reset_on_close(stream: &TcpStream) {
    let linger = nix::libc::linger {
        l_onoff: 1,
        l_linger: 0,
    };
    setsockopt(stream, sockopt::Linger, &linger).expect("set SO_LINGER");
}

/// An address where nobody listens, and which nobody is given while the guard lives: bound, but not listening.
pub(crate) fn nobody() -> (SocketAddr, std::os::fd::OwnedFd) {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, getsockname, socket};
    use std::os::fd::AsRawFd as _;
    let bound = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).expect("a socket");
    bind(bound.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 0)).expect("bind a free port");
    let name: SockaddrIn = getsockname(bound.as_raw_fd()).expect("the address bound");
    ((name.ip(), name.port()).into(), bound)
}

/// Gives the timed service of 100 ms that all waits are for the client: by each answer all until then must have taken
/// their time. (One may be shorter, if one before it was longer.)
pub(crate) fn ten_rounds(mut stream: TcpStream) {
    let began = Instant::now();
    for round in 1..=Rounds::COUNT {
        if stream.write_all(b".").is_err() || stream.read_exact(&mut [0]).is_err() {
            return;
        }
        if began.elapsed() < Duration::from_millis(10) * round {
            return;
        }
    }
}

/// A server that tells of each line that it has heard, so that a test knows when clients are there.
pub(crate) fn telling_server() -> (SocketAddr, Receiver<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a free port");
    let address = listener.local_addr().expect("the address bound");
    let (heard, told): (Sender<()>, _) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("accept");
            let heard = heard.clone();
            thread::spawn(move || {
                echo_once(&mut stream);
                let _ = heard.send(());
                echo(stream);
            });
        }
    });
    (address, told)
}
