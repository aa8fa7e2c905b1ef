//! What one connection gets, from the process or the thread that serves it alone: an echo, or ten rounds of waiting and
//! work. It knows nothing of the process it runs in. (How one process serves many at a time, `epoll` knows.)

use std::hint::black_box;
use std::net::TcpStream;
use std::time::Duration;

use nix::errno::Errno;
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{read, write};

use super::config::{Rounds, Service};

/// Whoever serves looks up from it: whenever a signal has come, and now and then in its work. True if the service is to
/// end.
pub(super) type LookUp<'a> = &'a mut dyn FnMut() -> bool;

/// Serves the client until it has had its service or leaves, or the server looks up and is told to end. The
/// caller closes the connection. A client that leaves early, whether by closing or by a reset, ends the service; that is its right and no error.
/// (SIGPIPE is ignored by Rust's runtime, and a write to nobody fails with EPIPE.)
pub(super) fn serve(connection: &TcpStream, service: Service, look_up: LookUp<'_>) {
    let _ = match service {
        Service::Echo => echo(connection, look_up),
        Service::Rounds(rounds) => serve_rounds(connection, rounds, look_up),
    };
}

/// What comes in goes out. A client that has only shut down its writing side still gets all of it.
fn echo(connection: &TcpStream, look_up: LookUp<'_>) -> nix::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match uninterrupted(|| read(connection, &mut buffer), look_up)? {
            0 => return Ok(()),
            count => write_all(connection, &buffer[..count], look_up)?,
        }
    }
}

/// In each round a byte goes out and one comes back, after as long as the client has us wait; then comes the work.
/// So the waiting is a real `read()`, and its length the client's affair.
fn serve_rounds(connection: &TcpStream, rounds: Rounds, look_up: LookUp<'_>) -> nix::Result<()> {
    // It fails only on what is not open.
    let _ = connection.set_nodelay(true);
    for _ in 0..Rounds::COUNT {
        write_all(connection, b".", look_up)?;
        if uninterrupted(|| read(connection, &mut [0]), look_up)? == 0 || !burn(rounds.cpu_share(), look_up) {
            return Ok(());
        }
    }
    Ok(())
}

/// read(2) and write(2), and not the recv(2) and send(2) that the standard library has for sockets: whoever looks at
/// what a server waits in should see the calls that the textbooks have.
fn write_all(connection: &TcpStream, mut bytes: &[u8], look_up: LookUp<'_>) -> nix::Result<()> {
    while !bytes.is_empty() {
        let count = uninterrupted(|| write(connection, bytes), look_up)?;
        bytes = &bytes[count..];
    }
    Ok(())
}

/// A call again and again until no signal interrupts it, or one of them was to end: EINTR then.
fn uninterrupted(mut call: impl FnMut() -> nix::Result<usize>, look_up: LookUp<'_>) -> nix::Result<usize> {
    loop {
        match call() {
            Err(Errno::EINTR) if !look_up() => {}
            outcome => return outcome,
        }
    }
}

/// Spends CPU time: what this thread ran, not what the clock on the wall says. False when it looked up and was to end.
pub(super) fn burn(share: Duration, look_up: LookUp<'_>) -> bool {
    let spent = || clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::MAX, Duration::from);
    let until = spent().saturating_add(share);
    while spent() < until {
        if look_up() {
            return false;
        }
        // To ask for the time and for orders takes system calls; mostly this computes, some ten microseconds at a time.
        black_box((0..10_000_u64).fold(0, |sum, n| black_box(sum ^ n.wrapping_mul(n))));
    }
    true
}
