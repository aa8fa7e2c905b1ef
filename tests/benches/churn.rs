//! Ten minutes of churn under the eyes of the real screen: `cargo bench --bench churn`.
//!
//! It runs the program in a pseudo-terminal, lets 200 clients a second come to the built-in server and stay 100 ms, and
//! prints what the tool takes for it: CPU of each of its threads and of each child, resident memory from minute to
//! minute, and frames drawn, beside the most that it may draw. `-- --seconds 60` makes it shorter. A child is counted as
//! `--bench cost` does it: without the tool's own clients and without what it takes at rest. It costs more here, where it
//! lives long enough to be read and drawn.

use std::process::ExitStatus;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;

#[path = "cost/cpu.rs"]
#[allow(dead_code, reason = "the cost of watching asks for more")]
mod cpu;

use cpu::Cpu;

/// What begins each frame: a synchronized update.
const FRAME: &[u8] = b"\x1b[?2026h";

/// So many clients come in a second.
const RATE: u32 = 200;

/// The most frames that the screen draws in a second.
const MOST_FRAMES: u64 = 30;

fn main() {
    let seconds = seconds().unwrap_or(600);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(churn(Duration::from_secs(seconds)));
}

/// The seconds that were asked for; cargo adds an argument of its own.
fn seconds() -> Option<u64> {
    let arguments: Vec<String> = std::env::args().collect();
    let at = arguments.iter().position(|argument| argument == "--seconds")?;
    arguments.get(at + 1)?.parse().ok()
}

async fn churn(time: Duration) {
    let rest = run(&[], Duration::from_secs(2), Duration::from_secs(5)).await;
    let clients = [
        "--clients",
        "1000000",
        "--rate",
        &format!("{RATE}/s"),
        "--hold",
        "100ms",
    ];
    let run = run(&clients, Duration::from_secs(5), time).await;
    run.report(&rest);
}

/// What was seen of the screen for a while.
struct Run {
    time: Duration,
    first: Reading,
    last: Reading,
    /// Resident memory at the end of each minute, in kilobytes.
    minutes: Vec<u64>,
    frames: u64,
    bytes: usize,
    status: ExitStatus,
}

/// Runs the screen over the built-in server, and looks at it for that time once it has settled.
async fn run(clients: &[&str], settled: Duration, time: Duration) -> Run {
    let (mut pty, pts) = pty_process::open().expect("a pseudo-terminal");
    pty.resize(pty_process::Size::new(36, 120)).expect("a size");
    let command = pty_process::Command::new(env!("CARGO_BIN_EXE_forkscope"));
    let mut child = command
        .args(["--port", "0"])
        .args(clients)
        .spawn(pts)
        .expect("forkscope runs");
    let pid = child.id().expect("a pid");
    let began = Instant::now();
    let (mut frames, mut bytes) = (0, 0);
    let mut tail: Vec<u8> = Vec::new();
    let mut first: Option<Reading> = None;
    let mut minutes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    while began.elapsed() < settled + time {
        if first.is_none() && began.elapsed() >= settled {
            first = Some(Reading::of(pid));
        }
        let watched = began.elapsed().saturating_sub(settled).as_secs();
        if first.is_some() && watched / 60 > minutes.len() as u64 {
            minutes.push(Reading::of(pid).rss);
        }
        let Ok(Ok(count)) = tokio::time::timeout(Duration::from_millis(200), pty.read(&mut chunk)).await else {
            continue;
        };
        if first.is_some() {
            bytes += count;
            frames += count_frames(&mut tail, &chunk[..count]);
        }
    }
    let last = Reading::of(pid);
    tokio::io::AsyncWriteExt::write_all(&mut pty, b"q")
        .await
        .expect("the key is taken");
    Run {
        time,
        first: first.expect("it ran for longer than it takes to settle"),
        last,
        minutes,
        frames,
        bytes,
        status: child.wait().await.expect("it ends"),
    }
}

fn count_frames(tail: &mut Vec<u8>, chunk: &[u8]) -> u64 {
    tail.extend_from_slice(chunk);
    let found = tail.windows(FRAME.len()).filter(|window| *window == FRAME).count();
    // Less than one frame's beginning stays, so that none is counted twice.
    tail.drain(..tail.len().saturating_sub(FRAME.len() - 1));
    found as u64
}

/// What a process has used so far.
struct Reading {
    cpu: Cpu,
    /// Resident memory in kilobytes.
    rss: u64,
}

impl Reading {
    fn of(pid: u32) -> Self {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
        let rss = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("a resident size");
        let rss = rss.trim().trim_end_matches(" kB").parse().expect("a number");
        Self { cpu: Cpu::of(pid), rss }
    }
}

impl Run {
    /// What each thread has taken.
    fn cpu(&self) -> Cpu {
        self.last.cpu.since(&self.first.cpu)
    }

    /// Prints it, beside what the tool takes at rest.
    fn report(&self, rest: &Self) {
        let seconds = self.time.as_secs();
        println!("churn: {RATE} clients a second for {seconds} s, screen 120x36");
        for (name, ran) in self.cpu().threads() {
            println!("  cpu {name:<16} {} of one processor", share(ran, self.time));
        }
        let at_rest = share(rest.cpu().all(), rest.time);
        println!("  cpu at rest          {at_rest} of one processor");
        let most = f64::from(RATE) * self.time.as_secs_f64();
        let resting = rest.cpu().part(rest.time.as_secs_f64() / self.time.as_secs_f64());
        let child = self.cpu().since(&resting).part(most);
        println!(
            "  a child, clients and rest apart: {} µs: {}",
            child.all().as_micros(),
            child.by_thread()
        );
        println!("  rss at the start   {:>7} kB", self.first.rss);
        println!("  rss by the minute  {:?} kB", self.minutes);
        println!("  rss at the end     {:>7} kB", self.last.rss);
        println!(
            "  frames drawn       {:>7}   (at most {} at {MOST_FRAMES} a second)",
            self.frames,
            MOST_FRAMES * seconds
        );
        println!("  bytes to the terminal {}", self.bytes);
        println!("ended by q: {}", self.status);
    }
}

/// A share of a time, in percent.
fn share(ran: Duration, time: Duration) -> String {
    format!("{:>6.2} %", ran.as_secs_f64() * 100.0 / time.as_secs_f64())
}
