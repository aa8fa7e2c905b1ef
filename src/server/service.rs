//! What one connection gets, in the handler that serves it: an echo, or ten rounds of waiting and work. It knows
//! nothing of the process it runs in.

use std::hint::black_box;
use std::io::{self, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use nix::errno::Errno;
use nix::time::{ClockId, clock_gettime};

use super::config::{Rounds, Service};

/// Serves the client until it has had its service or leaves, and closes. A client that leaves early, whether by
/// closing or by a reset, ends the service; that is its right and no error. (SIGPIPE is ignored by Rust's runtime,
/// and a write to nobody fails with EPIPE.)
pub(super) fn serve(mut connection: TcpStream, service: Service) {
    let _ = match service {
        Service::Echo => echo(&mut connection),
        Service::Rounds(rounds) => serve_rounds(&mut connection, rounds),
    };
}

/// What comes in goes out. A client that has only shut down its writing side still gets all of it.
fn echo(connection: &mut TcpStream) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match read(connection, &mut buffer)? {
            0 => return Ok(()),
            count => connection.write_all(&buffer[..count])?,
        }
    }
}

/// In each round a byte goes out and one comes back, after as long as the client has us wait; then comes the work.
/// So the waiting is a real `read()`, and its length the client's affair.
fn serve_rounds(connection: &mut TcpStream, rounds: Rounds) -> io::Result<()> {
    connection.set_nodelay(true)?;
    for _ in 0..Rounds::COUNT {
        connection.write_all(b".")?;
        if read(connection, &mut [0])? == 0 {
            return Ok(());
        }
        burn(rounds.cpu_share());
    }
    Ok(())
}

/// read(2) until it is not interrupted. 0 at the end. The standard library would call recv(2), and whoever looks at
/// what a child waits in should see the call that the textbooks have.
fn read(connection: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match nix::unistd::read(connection, buffer) {
            Err(Errno::EINTR) => {}
            result => return result.map_err(io::Error::from),
        }
    }
}

/// Spends CPU time: what this thread ran, not what the clock on the wall says.
fn burn(share: Duration) {
    let spent = || clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::MAX, Duration::from);
    let until = spent().saturating_add(share);
    while spent() < until {
        // Asking for the time is a system call; mostly this computes.
        black_box((0..2000_u64).fold(0, |sum, n| black_box(sum ^ n.wrapping_mul(n))));
    }
}
