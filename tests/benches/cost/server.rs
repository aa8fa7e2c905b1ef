//! The server that is watched, its clients, and a crowd of processes that have nothing to do with it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A demo server; it ends with this value.
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts one on a free port.
    pub(super) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_forkscope"))
            .args(["serve", "--port", "0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("it says where it listens");
        let address = line
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok())
            .expect("an address");
        Self { child, address }
    }

    /// Its pid.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// So many clients that stay as long as this value.
    pub(super) fn clients(&self, count: usize) -> Vec<TcpStream> {
        (0..count).map(|_| self.client()).collect()
    }

    fn client(&self) -> TcpStream {
        let mut client = TcpStream::connect(self.address).expect("it accepts");
        client.write_all(b"hello\n").expect("it reads");
        client.read_exact(&mut [0; 6]).expect("it echoes");
        client
    }

    /// Clients one after the other, so many a second, that stay so long, on a thread of their own.
    pub(super) fn stream(&self, rate: u32, stays: Duration, time: Duration) -> Stream {
        let address = self.address;
        let thread = std::thread::spawn(move || {
            let gap = Duration::from_secs(1) / rate;
            let began = Instant::now();
            let mut served = 0;
            while began.elapsed() < time {
                served += u32::from(visit(address, stays));
                let due = gap * served;
                std::thread::park_timeout(due.saturating_sub(began.elapsed()));
            }
            served
        });
        Stream { thread }
    }

    /// How many connections it serves in that time, to so many clients at once that connect again and again.
    pub(super) fn connections(&self, clients: usize, time: Duration) -> u32 {
        let (over, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let threads: Vec<JoinHandle<()>> = (0..clients)
            .map(|_| {
                let (over, served, address) = (over.clone(), served.clone(), self.address);
                std::thread::spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        served.fetch_add(u32::from(visit(address, Duration::ZERO)), Ordering::Relaxed);
                    }
                })
            })
            .collect();
        std::thread::park_timeout(time);
        over.store(true, Ordering::Relaxed);
        for thread in threads {
            thread.join().expect("a client ends");
        }
        served.load(Ordering::Relaxed)
    }
}

/// One client that connects, is echoed, stays so long and closes.
fn visit(address: SocketAddr, stays: Duration) -> bool {
    let Ok(mut client) = TcpStream::connect(address) else {
        return false;
    };
    let served = client.write_all(b"hello\n").is_ok() && client.read_exact(&mut [0; 6]).is_ok();
    if !stays.is_zero() {
        std::thread::park_timeout(stays);
    }
    served
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}

/// Clients that come and go on a thread of their own.
pub(super) struct Stream {
    thread: JoinHandle<u32>,
}

impl Stream {
    /// How many there have been.
    pub(super) fn join(self) -> u32 {
        self.thread.join().expect("the clients end")
    }
}

/// Processes that sleep, and are nobody's business.
pub(super) struct Crowd {
    members: Vec<Child>,
}

impl Crowd {
    /// So many.
    pub(super) fn gather(count: usize) -> Self {
        let members = (0..count)
            .map(|_| {
                Command::new("sleep")
                    .arg("600")
                    .stdout(Stdio::null())
                    .spawn()
                    .expect("sleep starts")
            })
            .collect();
        Self { members }
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for member in &mut self.members {
            let _ = member.kill();
            let _ = member.wait();
        }
    }
}
