//! A program that watches, in a pseudo-terminal, and what it uses.

use std::time::{Duration, Instant};

use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, Runtime};

/// A program in a pseudo-terminal of 120 by 36; it ends with this value.
pub(super) struct Watcher {
    runtime: Runtime,
    pty: pty_process::Pty,
    child: tokio::process::Child,
    began: Instant,
    seen: Vec<u8>,
}

/// CPU time.
pub(super) struct Used {
    /// Of the threads that observe.
    pub(super) observer: Duration,
    /// Of all.
    pub(super) all: Duration,
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
            let surplus = self.seen.len().saturating_sub(256 * 1024);
            self.seen.drain(..surplus);
        }
    }

    /// What it uses in that time.
    pub(super) fn used_over(&mut self, time: Duration) -> Used {
        let before = self.used();
        self.read_for(time);
        let after = self.used();
        Used {
            observer: after.observer.saturating_sub(before.observer),
            all: after.all.saturating_sub(before.all),
        }
    }

    fn used(&self) -> Used {
        let mut used = Used {
            observer: Duration::ZERO,
            all: Duration::ZERO,
        };
        for entry in std::fs::read_dir(format!("/proc/{}/task", self.pid()))
            .expect("it runs")
            .flatten()
        {
            let name = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            let times = std::fs::read_to_string(entry.path().join("schedstat")).unwrap_or_default();
            let ran = times
                .split(' ')
                .next()
                .and_then(|nanos| nanos.parse().ok())
                .unwrap_or(0);
            let ran = Duration::from_nanos(ran);
            used.all += ran;
            if matches!(name.trim(), "observer" | "deaths" | "events" | "connector") {
                used.observer += ran;
            }
        }
        used
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

    fn pid(&self) -> u32 {
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
