//! A program that watches, in a pseudo-terminal, and what it uses.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, Runtime};

use super::cpu::Cpu;

/// Of what a program draws, the last half of this at least is kept, in bytes.
const MOST_SEEN: usize = 512 * 1024;

/// A program in a pseudo-terminal of 120 by 36; it ends with this value.
pub(super) struct Watcher {
    runtime: Runtime,
    pty: pty_process::Pty,
    child: tokio::process::Child,
    began: Instant,
    seen: Vec<u8>,
}

impl Watcher {
    /// Starts a program.
    pub(super) fn start(program: &str, arguments: &[String]) -> Self {
        Self::try_start(program, arguments).expect("the program starts")
    }

    /// htop with its tree, refreshed every second; `None` where it is not installed.
    pub(super) fn htop() -> Option<Self> {
        Self::try_start("htop", &["--tree".to_owned(), "--delay=10".to_owned()]).ok()
    }

    fn try_start(program: &str, arguments: &[String]) -> Result<Self, pty_process::Error> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let inside = runtime.enter();
        let (pty, pts) = pty_process::open()?;
        pty.resize(pty_process::Size::new(36, 120))?;
        let began = Instant::now();
        let child = pty_process::Command::new(program)
            .args(arguments)
            .env("TERM", "xterm-256color")
            .kill_on_drop(true)
            .spawn(pts)?;
        drop(inside);
        Ok(Self {
            runtime,
            pty,
            child,
            began,
            seen: Vec::new(),
        })
    }

    /// Reads until that text was drawn; gives how long that took from the start.
    pub(super) fn until_drawn(&mut self, text: &str) -> Duration {
        while !self.seen.windows(text.len()).any(|window| window == text.as_bytes()) {
            assert!(self.began.elapsed() < Duration::from_secs(30), "{text} is never drawn");
            self.read_for(Duration::from_millis(1));
        }
        self.began.elapsed()
    }

    /// Reads what it draws for that long.
    fn read_for(&mut self, time: Duration) {
        let until = Instant::now() + time;
        let mut chunk = vec![0; 64 * 1024];
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            let read = self
                .runtime
                .block_on(async { tokio::time::timeout(left, self.pty.read(&mut chunk)).await });
            let Ok(Ok(count)) = read else { continue };
            self.seen.extend_from_slice(&chunk[..count]);
            // Not at each piece, which would move all the rest of it.
            if self.seen.len() > MOST_SEEN {
                self.seen.drain(..self.seen.len() / 2);
            }
        }
    }

    /// What it takes of the processors in that time.
    pub(super) fn used_over(&mut self, time: Duration) -> Cpu {
        let before = Cpu::of(self.pid());
        self.read_for(time);
        Cpu::of(self.pid()).since(&before)
    }

    /// Resident memory in kilobytes.
    pub(super) fn rss(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .expect("a resident size");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Its pid.
    pub(super) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Has what it draws read on a thread of its own, as long as the value that is given back.
    pub(super) fn keep_reading(mut self) -> Reader {
        let (over, done) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            while !matches!(done.try_recv(), Err(std::sync::mpsc::TryRecvError::Disconnected)) {
                self.read_for(Duration::from_millis(50));
            }
        });
        Reader {
            over: Some(over),
            thread: Some(thread),
        }
    }
}

/// Reads what a watcher draws until it is dropped, and ends it then.
pub(super) struct Reader {
    over: Option<std::sync::mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.over.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.child.start_kill();
        let _ = self.runtime.block_on(self.child.wait());
    }
}
