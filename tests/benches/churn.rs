//! Ten minutes of churn under the eyes of the real screen: `cargo bench --bench churn`.
//!
//! It runs the program in a pseudo-terminal, lets 200 clients a second come to the built-in server, and prints what
//! the tool takes for it: CPU of each of its threads, resident memory from minute to minute, and frames drawn, beside
//! the most that it may draw. `-- --seconds 60` makes it shorter.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;

/// What begins each frame: a synchronized update.
const FRAME: &[u8] = b"\x1b[?2026h";

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
    let (mut pty, pts) = pty_process::open().expect("a pseudo-terminal");
    pty.resize(pty_process::Size::new(36, 120)).expect("a size");
    let command = pty_process::Command::new(env!("CARGO_BIN_EXE_forkscope")).args([
        "--port",
        "0",
        "--clients",
        "1000000",
        "--rate",
        "200/s",
        "--hold",
        "100ms",
    ]);
    let mut child = command.spawn(pts).expect("forkscope runs");
    let pid = child.id().expect("a pid");
    let settled = Duration::from_secs(5);
    let began = Instant::now();
    let (mut frames, mut bytes) = (0, 0);
    let mut tail: Vec<u8> = Vec::new();
    let mut first: Option<Reading> = None;
    let mut minutes = Vec::new();
    let mut chunk = vec![0; 64 * 1024];
    while began.elapsed() < settled + time {
        let Ok(Ok(count)) = tokio::time::timeout(Duration::from_millis(200), pty.read(&mut chunk)).await else {
            continue;
        };
        if first.is_some() {
            bytes += count;
            frames += count_frames(&mut tail, &chunk[..count]);
        }
        if first.is_none() && began.elapsed() >= settled {
            first = Some(Reading::of(pid));
        }
        let watched = began.elapsed().saturating_sub(settled).as_secs();
        if first.is_some() && watched / 60 > minutes.len() as u64 {
            minutes.push(Reading::of(pid).rss);
        }
    }
    let last = Reading::of(pid);
    let first = first.expect("it ran for longer than it takes to settle");
    tokio::io::AsyncWriteExt::write_all(&mut pty, b"q")
        .await
        .expect("the key is taken");
    let status = child.wait().await.expect("it ends");
    report(time, &first, &last, &minutes, frames, bytes);
    println!("ended by q: {status}");
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
    /// CPU by the name of the thread, in ticks of 10 ms.
    threads: BTreeMap<String, u64>,
    /// Resident memory in kilobytes.
    rss: u64,
}

impl Reading {
    fn of(pid: u32) -> Self {
        let process = format!("/proc/{pid}");
        let mut threads: BTreeMap<String, u64> = BTreeMap::new();
        for entry in std::fs::read_dir(format!("{process}/task")).expect("it runs").flatten() {
            let (name, ticks) = cpu(&entry.path().join("stat"));
            *threads.entry(name).or_default() += ticks;
        }
        let status = std::fs::read_to_string(format!("{process}/status")).expect("it runs");
        let rss = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("a resident size");
        let rss = rss.trim().trim_end_matches(" kB").parse().expect("a number");
        Self { threads, rss }
    }
}

/// The name of a thread and its CPU time in ticks.
fn cpu(stat: &Path) -> (String, u64) {
    let text = std::fs::read_to_string(stat).unwrap_or_default();
    let Some((name, rest)) = text.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')) else {
        return ("gone".to_owned(), 0);
    };
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let ticks = |index: usize| {
        fields
            .get(index)
            .and_then(|field| field.parse::<u64>().ok())
            .unwrap_or(0)
    };
    (name.to_owned(), ticks(11) + ticks(12))
}

fn report(time: Duration, first: &Reading, last: &Reading, minutes: &[u64], frames: u64, bytes: usize) {
    let seconds = time.as_secs();
    println!("churn: 200 clients a second for {seconds} s, screen 120x36");
    let mut all = 0;
    for (name, ticks) in &last.threads {
        let used = ticks - first.threads.get(name).copied().unwrap_or(0);
        all += used;
        println!("  cpu {name:<16} {} of one processor", share(used, seconds));
    }
    println!("  cpu {:<16} {} of one processor", "in all", share(all, seconds));
    println!("  rss at the start   {:>7} kB", first.rss);
    println!("  rss by the minute  {minutes:?} kB");
    println!("  rss at the end     {:>7} kB", last.rss);
    println!(
        "  frames drawn       {frames:>7}   (at most {} at {MOST_FRAMES} a second)",
        MOST_FRAMES * seconds
    );
    println!("  bytes to the terminal {bytes}");
}

/// Ticks of 10 ms in so many seconds, as a share in hundredths of a percent.
fn share(ticks: u64, seconds: u64) -> String {
    let hundredths = ticks * 100 / seconds.max(1);
    format!("{:>3}.{:02} %", hundredths / 100, hundredths % 100)
}
