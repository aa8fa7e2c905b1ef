//! The clients of the benchmark: those that connect, are echoed and close, as fast as a server serves them, and those
//! that only stay.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// So many are there at a time: each thread opens a batch, and then takes the answers one after the other. So the
/// server always has somebody, and the clients need little of their own CPU.
const THREADS: usize = 2;
const BATCH: usize = 16;

/// What a client sends and gets back.
const LINE: &[u8] = b"hello\n";

/// Whoever gets no answer for so long gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Served {
    /// Connections a second.
    pub(super) rate: f64,
    /// Those who got no echo.
    pub(super) failed: u32,
}

/// Clients that come again and again for that long.
pub(super) fn come_and_go(address: SocketAddr, time: Duration) -> Served {
    let began = Instant::now();
    let threads: Vec<_> = (0..THREADS)
        .map(|_| thread::spawn(move || batches(address, began, time)))
        .collect();
    let counts = threads
        .into_iter()
        .map(|thread| thread.join().expect("its clients end"));
    let (served, failed) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    Served {
        rate: f64::from(served) / began.elapsed().as_secs_f64(),
        failed,
    }
}

fn batches(address: SocketAddr, began: Instant, time: Duration) -> (u32, u32) {
    let (mut served, mut failed) = (0, 0);
    while began.elapsed() < time {
        let clients: Vec<io::Result<TcpStream>> = (0..BATCH).map(|_| ask(address)).collect();
        for client in clients {
            match client.and_then(answered) {
                Ok(_closes_here) => served += 1,
                Err(_) => failed += 1,
            }
        }
    }
    (served, failed)
}

/// So many clients that have been echoed and stay as long as this value.
pub(super) fn stay(address: SocketAddr, count: usize) -> io::Result<Vec<TcpStream>> {
    (0..count).map(|_| ask(address).and_then(answered)).collect()
}

fn ask(address: SocketAddr) -> io::Result<TcpStream> {
    let mut client = TcpStream::connect(address)?;
    client.set_read_timeout(Some(PATIENCE))?;
    client.write_all(LINE)?;
    Ok(client)
}

fn answered(mut client: TcpStream) -> io::Result<TcpStream> {
    client.read_exact(&mut [0; LINE.len()])?;
    Ok(client)
}
