//! What reaches a command from outside while it runs: signals, and a reader of standard output that goes away. And
//! that output itself, which is written so that a reader who does not read keeps nobody from ending us.

use std::future::{Future, pending};
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::target::limit;

use super::readiness;

/// So much a pipe takes at once where poll(2) says that it takes anything (pipe(7), PIPE_BUF).
const CHUNK: usize = 4096;

/// How soon a full pipe is asked again.
const AGAIN: Duration = Duration::from_millis(10);

/// What calls a command away from its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// A signal of this number.
    Signal(i32),
    /// Nobody reads standard output any more.
    ReaderGone,
}

impl Call {
    /// The exit code of a command that goes on until it is called away.
    pub(super) fn exit_code(self) -> ExitCode {
        match self {
            Self::ReaderGone | Self::Signal(nix::libc::SIGINT) => ExitCode::SUCCESS,
            Self::Signal(number) => ExitCode::from(128 + u8::try_from(number).unwrap_or(0)),
        }
    }
}

/// What a wait ended with.
#[derive(Debug)]
pub(super) enum Woken<T> {
    /// What was waited for.
    Came(T),
    /// The time was up.
    Due,
    /// Something from outside.
    Called(Call),
}

/// The signals, and the reader.
pub(super) struct Outside {
    runtime: Runtime,
    /// `None` where they do what they do to any program.
    signals: Option<Signals>,
    /// Standard output where it can be watched; a file is always there.
    reader: Option<AsyncFd<OwnedFd>>,
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Outside {
    /// Hears the signals from now on, for a command that goes on until it is called away.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let mut outside = Self::deaf()?;
        let entered = outside.runtime.enter();
        let listen = |kind, name: &'static str| signal(kind).with_context(|| format!("listen to {name}"));
        let signals = Signals {
            interrupt: listen(SignalKind::interrupt(), "SIGINT")?,
            terminate: listen(SignalKind::terminate(), "SIGTERM")?,
            hang_up: listen(SignalKind::hangup(), "SIGHUP")?,
        };
        drop(entered);
        outside.signals = Some(signals);
        Ok(outside)
    }

    /// Leaves the signals alone: they end a command that has one thing to say.
    pub(super) fn deaf() -> anyhow::Result<Self> {
        limit::suffices()?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .context("build the runtime that waits for signals")?;
        let entered = runtime.enter();
        let output = std::io::stdout().as_fd().try_clone_to_owned().ok();
        let reader = output.and_then(|output| readiness::of(output, Interest::ERROR).ok());
        drop(entered);
        Ok(Self {
            runtime,
            signals: None,
            reader,
        })
    }

    /// Watches a descriptor for something to be read.
    pub(super) fn watch(&self, descriptor: OwnedFd) -> std::io::Result<AsyncFd<OwnedFd>> {
        let _entered = self.runtime.enter();
        readiness::of(descriptor, Interest::READABLE)
    }

    /// Waits for something, for something from outside, or until the time is up.
    pub(super) fn wait<T>(&mut self, wanted: impl Future<Output = T>, until: Option<Instant>) -> Woken<T> {
        let (signals, reader) = (self.signals.as_mut(), self.reader.as_ref());
        self.runtime.block_on(async {
            tokio::select! {
                biased;
                number = next(signals) => Woken::Called(Call::Signal(number)),
                () = gone(reader) => Woken::Called(Call::ReaderGone),
                came = wanted => Woken::Came(came),
                () = at(until) => Woken::Due,
            }
        })
    }

    /// What has called us away by now.
    pub(super) fn called(&mut self) -> Option<Call> {
        match self.wait(pending::<()>(), Some(Instant::now())) {
            Woken::Called(call) => Some(call),
            Woken::Came(()) | Woken::Due => None,
        }
    }

    /// Writes to standard output at once. Where the reader takes nothing, it waits for it, for `patience` at most
    /// where that is given; what calls us away meanwhile leaves the rest unwritten.
    pub(super) fn write(&mut self, text: &str, patience: Option<Duration>) -> anyhow::Result<Option<Call>> {
        let until = patience.map(|patience| Instant::now() + patience);
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            if takes_more() {
                match rustix::io::write(std::io::stdout().as_fd(), &rest[..rest.len().min(CHUNK)]) {
                    Ok(count) => rest = &rest[count..],
                    Err(rustix::io::Errno::PIPE) => return Ok(Some(Call::ReaderGone)),
                    Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                    Err(error) => return Err(error).context("write to standard output"),
                }
                continue;
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return Ok(None);
            }
            match self.wait(pending::<()>(), Some(Instant::now() + AGAIN)) {
                Woken::Called(call) => return Ok(Some(call)),
                Woken::Came(()) | Woken::Due => {}
            }
        }
        Ok(None)
    }
}

/// Standard output takes something now, or says why not when it is written to.
fn takes_more() -> bool {
    let output = std::io::stdout();
    let mut asked = [PollFd::new(output.as_fd(), PollFlags::POLLOUT)];
    poll(&mut asked, PollTimeout::ZERO) != Ok(0)
}

/// The next signal.
async fn next(signals: Option<&mut Signals>) -> i32 {
    let Some(signals) = signals else { return pending().await };
    tokio::select! {
        _ = signals.interrupt.recv() => nix::libc::SIGINT,
        _ = signals.terminate.recv() => nix::libc::SIGTERM,
        _ = signals.hang_up.recv() => nix::libc::SIGHUP,
    }
}

/// Until the reader has gone.
async fn gone(reader: Option<&AsyncFd<OwnedFd>>) {
    match reader {
        // Only an error is asked for, and of a pipe or a socket that is that its other end is closed.
        Some(reader) if reader.ready(Interest::ERROR).await.is_ok() => {}
        Some(_) | None => pending().await,
    }
}

async fn at(until: Option<Instant>) {
    match until {
        Some(until) => tokio::time::sleep_until(until.into()).await,
        None => pending().await,
    }
}
