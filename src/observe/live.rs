//! The live observer: a sampler that reads /proc at an interval, and when something was born, and the thread that
//! waits for events.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::attention::{Attention, Closer};
use super::powers::Powers;
use super::proc::Proc;
use super::sampler::Scope;
use super::source::{Source, Wanted};
use super::turns::Turns;
use super::{Capture, News, Observe, Sink};

/// After one reading comes the next no sooner than this, whatever is born meanwhile: less than a frame of the screen.
const PAUSE: Duration = Duration::from_millis(50);

/// The same where so much is born that it comes and goes between two readings: what stays is seen soon enough.
const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// And no sooner than this many times as long as the last one took: watching must not become the load that is watched.
const PAUSES: u32 = 10;

/// Tells an observer to stop, or to look now.
#[derive(Debug)]
pub struct Stop {
    wakes: Receiver<Wake>,
    waker: Waker,
    attention: Arc<Mutex<Attention>>,
}

#[derive(Debug)]
enum Wake {
    Stop,
    Look,
    Attend,
}

/// What ended a wait.
enum Woken {
    Stop,
    Look,
    Attend,
}

/// Has an observer look soon.
#[derive(Debug, Clone)]
pub(super) struct Waker {
    asked: Arc<AtomicBool>,
    wakes: Sender<Wake>,
}

impl Waker {
    /// Once is enough until it has looked.
    pub(super) fn look(&self) {
        if !self.asked.swap(true, Ordering::AcqRel) {
            // Where nobody listens any more, the observer has ended.
            let _ = self.wakes.send(Wake::Look);
        }
    }
}

impl Stop {
    fn pair() -> (Sender<Wake>, Self) {
        let (stop, wakes) = channel();
        let asks = Waker {
            asked: Arc::default(),
            wakes: stop.clone(),
        };
        let attention = Arc::default();
        let stopped = Self {
            wakes,
            waker: asks,
            attention,
        };
        (stop, stopped)
    }

    /// What has the observer look.
    pub(super) fn waker(&self) -> Waker {
        self.waker.clone()
    }

    /// What is looked at more closely.
    fn attention(&self) -> Attention {
        let attention = self.attention.lock().unwrap_or_else(PoisonError::into_inner);
        attention.clone()
    }

    /// Waits until it is time to look: at `until`, or when something has happened, which moves it there, but not to
    /// before `rested`.
    fn wait(&self, until: &mut Instant, rested: Instant) -> Woken {
        loop {
            match self.wakes.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return Woken::Stop,
                Ok(Wake::Look) => *until = rested.min(*until),
                Ok(Wake::Attend) => return Woken::Attend,
                Err(RecvTimeoutError::Timeout) => {
                    // What happens from here on asks again.
                    self.waker.asked.store(false, Ordering::Release);
                    return Woken::Look;
                }
            }
        }
    }
}

/// An observer that is ready, and that reads nothing yet: what is about to be let go can be let go now.
pub struct Ready<O> {
    observer: O,
    sink: Sink,
    stop: Sender<Wake>,
    stopped: Stop,
}

impl<O: Observe + 'static> Ready<O> {
    /// Runs it on a thread of its own.
    pub fn go(self) -> std::io::Result<Running> {
        let Self {
            mut observer,
            sink,
            stop,
            stopped,
        } = self;
        let attention = stopped.attention.clone();
        let thread = std::thread::Builder::new()
            .name("observer".to_owned())
            .spawn(move || observer.run(&sink, &stopped))?;
        Ok(Running {
            stop,
            attention,
            thread: Some(thread),
        })
    }
}

/// An observer on a thread of its own; it ends when this is dropped.
#[derive(Debug)]
pub struct Running {
    stop: Sender<Wake>,
    attention: Arc<Mutex<Attention>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Runs an observer on a thread of its own.
    pub fn start(observer: impl Observe + 'static, sink: Sink) -> std::io::Result<Self> {
        Self::ready(observer, sink).go()
    }

    /// Makes an observer ready, and leaves it there.
    pub fn ready<O: Observe + 'static>(mut observer: O, sink: Sink) -> Ready<O> {
        let (stop, stopped) = Stop::pair();
        observer.begin(&sink, &stopped);
        Ready {
            observer,
            sink,
            stop,
            stopped,
        }
    }

    /// Has it look more closely at this from now on, and at once.
    pub fn attend(&self, attention: Attention) {
        *self.attention.lock().unwrap_or_else(PoisonError::into_inner) = attention;
        // Where nobody listens any more, the observer has ended.
        let _ = self.stop.send(Wake::Attend);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Where nobody listens any more, the thread has already ended.
        let _ = self.stop.send(Wake::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Watches the kernel.
pub struct Live {
    proc: Proc,
    scope: Scope,
    interval: Duration,
    source: Option<Source>,
    /// What it has open once it is ready.
    turns: Option<Turns>,
}

impl Live {
    /// An observer of those processes that reads at that interval, and opens the best source of births itself.
    pub fn new(proc: Proc, scope: Scope, interval: Duration) -> Self {
        Self {
            proc,
            scope,
            interval,
            source: None,
            turns: None,
        }
    }

    /// With a source that was opened before: of a target that was launched, before it ran.
    #[must_use]
    pub fn with(mut self, source: Source) -> Self {
        self.source = Some(source);
        self
    }

    fn turns(&mut self, sink: &Sink, stop: &Stop) -> Turns {
        let source = self.source.take().unwrap_or_else(|| {
            let powers = Powers::probe();
            Source::of_running(&self.proc, &self.scope, &powers, Wanted::Best)
        });
        let (proc, scope) = (self.proc.clone(), self.scope.clone());
        Turns::begin(proc, scope, source, self.interval, sink, stop.waker())
    }
}

impl Observe for Live {
    fn begin(&mut self, sink: &Sink, stop: &Stop) {
        self.turns = Some(self.turns(sink, stop));
    }

    fn run(&mut self, sink: &Sink, stop: &Stop) {
        let mut turns = match self.turns.take() {
            Some(turns) => turns,
            None => self.turns(sink, stop),
        };
        let mut closer = Closer::new(self.proc.clone());
        let mut said: Option<Capture> = None;
        let mut due = Instant::now();
        loop {
            let began = Instant::now();
            let whole = began >= due;
            let observations = if whole { turns.whole() } else { turns.glance() };
            let capture = turns.capture();
            if said.as_ref() != Some(&capture) {
                said = Some(capture.clone());
                if !sink(News::Capture(capture)) {
                    return;
                }
            }
            if !observations
                .into_iter()
                .all(|observation| sink(News::Observed(observation)))
            {
                return;
            }
            panic_if_asked("observer");
            // A pass that took longer than the interval is followed by a pause as long as the interval, so that a
            // slow machine is not made slower.
            if whole {
                let now = Instant::now();
                due = Some(due + self.interval)
                    .filter(|due| *due > now)
                    .unwrap_or(now + self.interval);
            }
            let pause = if turns.is_busy() { BUSY_PAUSE } else { PAUSE };
            let rested = Instant::now() + pause.max(began.elapsed() * PAUSES);
            let mut until = due;
            loop {
                let looks = closer.look(&stop.attention(), Instant::now());
                if !looks.into_iter().all(|look| sink(News::Observed(look))) {
                    return;
                }
                match stop.wait(&mut until, rested) {
                    Woken::Stop => return,
                    Woken::Look => break,
                    Woken::Attend => {}
                }
            }
        }
    }
}

/// Lets tests see what a panic leaves behind. Nothing in release builds.
///
/// # Panics
/// Where `FORKSCOPE_PANIC` names this thread.
pub fn panic_if_asked(thread: &str) {
    let asked = || std::env::var_os("FORKSCOPE_PANIC").is_some_and(|asked| asked == thread);
    assert!(!cfg!(debug_assertions) || !asked(), "the {thread} was asked to panic");
}
