//! The real binary on a pseudo-terminal: how soon a key is seen, and what it costs when nothing happens.

use std::time::{Duration, Instant};

use pty_process::{Command, Pty, Size};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Child;
use tokio::time::timeout;

/// How long it may take to come up.
const SETTLED: Duration = Duration::from_secs(5);

/// How many keys are timed.
const KEYS: usize = 200;

struct Terminal {
    pty: Pty,
    child: Child,
    parser: vt100::Parser,
}

impl Terminal {
    fn start(args: &[&str]) -> Self {
        let (pty, pts) = pty_process::open().expect("a pseudo-terminal");
        pty.resize(Size::new(36, 120)).expect("a size");
        let command = Command::new(env!("CARGO_BIN_EXE_forkscope")).args(["--port", "0", "--lang", "en"]);
        let child = command.args(args).spawn(pts).expect("forkscope runs");
        let cells = |count| std::num::NonZeroU16::new(count).expect("some cells");
        let parser = vt100::Parser::new(cells(36), cells(120), 0);
        Self { pty, child, parser }
    }

    /// Takes in what comes within this time.
    async fn look(&mut self, patience: Duration) {
        let mut bytes = vec![0; 64 * 1024];
        if let Ok(Ok(count)) = timeout(patience, self.pty.read(&mut bytes)).await {
            self.parser.process(&bytes[..count]);
        }
    }

    async fn look_for(&mut self, time: Duration) {
        let began = Instant::now();
        while began.elapsed() < time {
            self.look(Duration::from_millis(20)).await;
        }
    }

    /// Types a key, and gives the time until the top line says so.
    async fn key(&mut self, key: &[u8], said: &str) -> Duration {
        let began = Instant::now();
        self.pty.write_all(key).await.expect("the key is taken");
        while !self
            .parser
            .screen()
            .rows(0, 120)
            .next()
            .is_some_and(|line| line.contains(said))
        {
            assert!(began.elapsed() < SETTLED, "the key was never seen");
            self.look(Duration::from_millis(100)).await;
        }
        began.elapsed()
    }

    async fn end(mut self) {
        self.pty.write_all(b"q").await.expect("the key is taken");
        let began = Instant::now();
        while self.child.try_wait().expect("it can be waited for").is_none() {
            assert!(began.elapsed() < SETTLED, "it does not end");
            self.look(Duration::from_millis(20)).await;
        }
    }

    /// The CPU time that it has used.
    fn cpu(&self) -> Duration {
        let pid = self.child.id().expect("it runs");
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
        let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<u64>().expect("a number");
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }
}

fn on_a_runtime<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work)
}

/// The times from a key to the screen that shows it, while 200 connections a second come and go.
pub(crate) fn keys() -> Vec<Duration> {
    on_a_runtime(async {
        let churn = ["--clients", "1000000", "--rate", "200/s", "--hold", "100ms"];
        let mut terminal = Terminal::start(&churn);
        terminal.look_for(SETTLED).await;
        let mut times = Vec::new();
        for number in 0..KEYS {
            // At any distance from the frame before.
            terminal
                .look_for(Duration::from_millis(40 + (number as u64 * 7) % 50))
                .await;
            let said = ["PAUSED", "LIVE"][number % 2];
            times.push(terminal.key(b" ", said).await);
        }
        terminal.end().await;
        times
    })
}

/// The share of one processor that it takes while three clients stay and nothing else happens.
pub(crate) fn idle(time: Duration) -> f64 {
    on_a_runtime(async {
        let mut terminal = Terminal::start(&["--clients", "3", "--hold", "1h"]);
        terminal.look_for(SETTLED).await;
        let before = terminal.cpu();
        terminal.look_for(time).await;
        let used = terminal.cpu().saturating_sub(before);
        terminal.end().await;
        used.as_secs_f64() / time.as_secs_f64()
    })
}
