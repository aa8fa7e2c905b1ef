//! What happens, at the moment when it happens: a thread that waits on the source of births and on a pidfd of each
//! watched process, in one epoll set, and does nothing else, so that no pass through /proc delays a time stamp.
//!
//! A child can live for less than a millisecond. So a birth is answered by opening the child's pidfd before anything
//! else: that is what keeps its exit, its reap and its status from getting lost. A pidfd becomes readable when its
//! process exits, and hangs up when it was reaped (Linux 6.9; pidfd_open(2)).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;
use rustix::process::{Pid as RawPid, PidfdFlags, pidfd_open, setpriority_process};

use crate::timeline::lifeline::Reaper;
use crate::timeline::observation::{Exit, Observation, Reap};
use crate::timeline::process::{Key, Pid};
use crate::timeline::time::{Time, When};

use super::pidfd_info::exit_status;
use super::proc::Proc;
use super::question::Question;
use super::sampler::Scope;
use super::source::Feed;
use super::told::Told;
use super::{News, Sink, clock, spare};
use gone::PATIENCE;
use pace::{Pace, REST};
use table::{Entry, Table};
pub(super) use table::{near, started};
use turn::Moment;

mod gone;
mod pace;
mod reapers;
mod table;
mod turn;

/// The token of the descriptor that ends the thread, of those that only say that something was told, and of the one that
/// asks whether all of it was taken.
const END: u64 = u64::MAX;
const TELLS: u64 = u64::MAX - 1;
const ASKS: u64 = u64::MAX - 2;

/// The nice value that the thread asks for. Beside four busy processes on two processors it leaves one child of 1000
/// that live 1 ms without its status, where the usual one leaves four.
const URGENT: i32 = -15;

/// The thread, and what it shares with the sampler.
pub(super) struct Events {
    shared: Arc<Shared>,
    end: OwnedFd,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    epoll: OwnedFd,
    feed: Feed,
    table: Mutex<Table>,
    question: Question,
    proc: Proc,
    /// So much happens that the thread rests between its turns.
    rests: AtomicBool,
    /// Has the sampler look soon.
    wake: Box<dyn Fn() + Send + Sync>,
}

/// What a process is when its watching begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It runs.
    Alive,
    /// It has exited already.
    Zombie,
}

/// What came of asking for a process to be watched.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Watching {
    /// Its end will be reported.
    Yes,
    /// It is gone already.
    Gone,
}

/// What the sampler should look at.
#[derive(Debug, Default)]
pub(super) struct Fresh {
    /// Processes that were born, or run another program.
    pub(super) pids: Vec<Pid>,
    /// Those born without a descriptor for them, and when: nobody but the sampler will find that they are gone.
    pub(super) unwatched: Vec<(Key, Time)>,
    /// Something was lost: the whole tree.
    pub(super) all: bool,
}

/// What could not be told as exactly as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shortfall {
    /// Children that were gone before a pidfd of theirs could be opened.
    pub(super) too_short: u64,
    /// Processes whose pidfd could not be opened for want of descriptors.
    pub(super) unwatched: u64,
}

impl Events {
    /// Starts the thread. An error means that this kernel has no pidfds, or that descriptors ran out.
    pub(super) fn start(
        proc: &Proc,
        feed: Feed,
        sink: Sink,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        pidfd_open(rustix::process::getpid(), PidfdFlags::empty())?;
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        let end = eventfd(0, EventfdFlags::CLOEXEC)?;
        epoll::add(&epoll, &end, EventData::new_u64(END), EventFlags::IN)?;
        let question = Question::new()?;
        epoll::add(&epoll, question.fd(), EventData::new_u64(ASKS), EventFlags::IN)?;
        for fd in feed.fds() {
            epoll::add(&epoll, fd, EventData::new_u64(TELLS), EventFlags::IN)?;
        }
        let shared = Arc::new(Shared {
            epoll,
            feed,
            table: Mutex::default(),
            question,
            proc: proc.clone(),
            rests: AtomicBool::new(false),
            wake: Box::new(wake),
        });
        let waiting = shared.clone();
        let thread = std::thread::Builder::new().name("events".to_owned()).spawn(move || {
            waiting.run(&sink);
            waiting.question.close();
        })?;
        Ok(Self {
            shared,
            end,
            thread: Some(thread),
        })
    }

    /// Has the ends of the roots of a target that was launched reported, before it runs and may be gone sooner than
    /// anybody looks.
    pub(super) fn await_roots(&self, scope: &Scope) {
        let Some(parent) = scope.adopter else { return };
        for root in &scope.roots {
            let look = || {
                let found = self.shared.proc.stat(root.pid).ok()?;
                (found.key() == *root && found.stat.state != 'Z').then_some(Found::Alive)
            };
            // Without a descriptor for it, its end is read from /proc.
            let _ = self.watch(*root, parent, look);
        }
    }

    /// Waits until all that has happened up to now was said.
    pub(super) fn catch_up(&self) {
        self.shared.feed.catch_up();
        self.shared.question.ask();
    }

    /// Has the end of a process reported. `look` tells whether the process still is the one of that key, and what it
    /// is: it is asked once the pidfd is open, which then is the right one. Of a process that is a zombie already only
    /// the reap is reported: when it exited nobody knows.
    pub(super) fn watch(&self, key: Key, parent: Pid, look: impl FnOnce() -> Option<Found>) -> io::Result<Watching> {
        if self.shared.table().recognise(key) {
            return Ok(Watching::Yes);
        }
        let Some(pid) = RawPid::from_raw(key.pid) else {
            return Ok(Watching::Gone);
        };
        let pidfd = match open(pid) {
            Ok(pidfd) => pidfd,
            Err(Errno::SRCH) => return Ok(Watching::Gone),
            Err(error) => {
                self.shared.table().shortfall.unwatched += 1;
                return Err(error.into());
            }
        };
        let before = clock::now();
        let Some(found) = look() else {
            return Ok(Watching::Gone);
        };
        let mut table = self.shared.table();
        // Its birth may have been told while we looked.
        if table.recognise(key) {
            return Ok(Watching::Yes);
        }
        // And its end, too.
        if table.gone.has_ended(key) {
            return Ok(Watching::Gone);
        }
        table.reapers.know(&self.shared.proc, parent);
        let entry = Entry::found(key, parent, found, pidfd, before);
        self.shared.enter(&mut table, entry)?;
        Ok(Watching::Yes)
    }

    /// Whether the end of that process has still to be reported.
    pub(super) fn is_watching(&self, key: Key) -> bool {
        self.shared.table().token(key).is_some()
    }

    /// Reports nothing more of that process, which was seen to be gone at `when`; returns what was not reported yet.
    /// So it is on kernels whose pidfds do not hang up, and where the thread has not had its turn for a while.
    pub(super) fn settle(&self, key: Key, when: When) -> Vec<Observation> {
        let mut table = self.shared.table();
        let entry = table.token(key).and_then(|token| table.remove(token));
        let Some(entry) = entry else { return Vec::new() };
        let status = entry.status_after(exit_status(entry.pidfd.as_fd()));
        let exit = Observation::Exit(Exit { when, key, status });
        let by = Reaper::Unknown;
        let reap = Observation::Reap(Reap { when, key, status, by });
        Some(exit).filter(|_| !entry.exited).into_iter().chain([reap]).collect()
    }

    /// What has happened since this was last asked that the sampler should look at.
    pub(super) fn fresh(&self) -> Fresh {
        std::mem::take(&mut self.shared.table().fresh)
    }

    /// How many births have been told so far.
    pub(super) fn births(&self) -> u64 {
        self.shared.table().births
    }

    /// What could not be told exactly so far.
    pub(super) fn shortfall(&self) -> Shortfall {
        self.shared.table().shortfall
    }

    /// So much happens that only some of it can be looked at.
    pub(super) fn is_busy(&self) -> bool {
        self.shared.rests.load(Ordering::Relaxed)
    }

    /// The source of births.
    pub(super) fn feed(&self) -> &Feed {
        &self.shared.feed
    }

    /// The processes that were found, were born after `since`, and that nobody told of though they have been there
    /// for a while: something has kept their births from being told. Each is named once.
    pub(super) fn untold(&self, since: Time, now: Time) -> Vec<Pid> {
        self.shared.table().untold(since, now)
    }
}

/// A pidfd that may be kept; EMFILE where only those are left that reading /proc takes.
fn open(pid: RawPid) -> Result<OwnedFd, Errno> {
    let pidfd = pidfd_open(pid, PidfdFlags::empty())?;
    if spare::may_keep(&pidfd) {
        Ok(pidfd)
    } else {
        Err(Errno::MFILE)
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        // A full counter is as good as a written one: the thread wakes up.
        let _ = rustix::io::write(&self.end, &1u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, sink: &Sink) {
        // Where it is permitted, ahead of whatever else runs: a child that lives a millisecond waits for nobody. Of this
        // thread alone (setpriority(2), on Linux); who may not goes without.
        let _ = setpriority_process(None, URGENT);
        let mut events: Vec<epoll::Event> = Vec::with_capacity(256);
        let (mut bytes, mut told, mut said) = (Vec::new(), Vec::new(), Vec::new());
        let mut quiet = clock::now();
        let (mut pace, mut before_rest) = (Pace::from(quiet), None);
        loop {
            // Where nothing is there to be taken now, whatever comes next happens from now on.
            let asked = clock::now();
            events.clear();
            let outcome = match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&Timespec::default())) {
                Ok(0) => {
                    (quiet, before_rest) = (asked, None);
                    epoll::wait(&self.epoll, spare_capacity(&mut events), self.patience().as_ref())
                }
                outcome => outcome,
            };
            let woke = clock::now();
            match outcome {
                Ok(_) | Err(Errno::INTR) => {}
                Err(_) => return,
            }
            if events.iter().any(|event| event.data.u64() == END) {
                return;
            }
            let asks = events.iter().any(|event| event.data.u64() == ASKS);
            let question = asks.then(|| self.question.heard());
            // Births first: an end may be that of a child whose birth stands in the same turn.
            self.feed.drain(&mut bytes, &mut told);
            told.sort_by_key(Told::at);
            let ends = events.iter().filter(|event| event.data.u64() < ASKS).count();
            let rests = pace.rests_after(told.len() + ends, woke);
            self.take_told(&mut told, woke, &mut said);
            let moment = Moment {
                quiet,
                before_rest,
                now: woke,
            };
            self.take_ends(&events, moment, &mut said);
            if !said.drain(..).all(|observation| sink(News::Observed(observation))) {
                return;
            }
            if let Some(question) = question {
                self.question.answer(question);
            }
            self.rests.store(rests, Ordering::Relaxed);
            before_rest = rests.then_some(woke);
            if rests {
                std::thread::sleep(REST);
            }
        }
    }

    /// For how long nothing need happen.
    fn patience(&self) -> Option<Timespec> {
        let patience = Timespec::try_from(PATIENCE).ok();
        patience.filter(|_| self.table().gone.is_waiting())
    }

    /// Watches a process from now on.
    fn enter(&self, table: &mut Table, entry: Entry) -> io::Result<()> {
        let token = table.insert(entry);
        let Some(entry) = table.get(token) else { return Ok(()) };
        self.feed.watch(entry.key.pid);
        // Edge-triggered: a zombie stays readable until it is reaped, and must not keep us busy meanwhile.
        let flags = EventFlags::IN | EventFlags::ET;
        if let Err(error) = epoll::add(&self.epoll, &entry.pidfd, EventData::new_u64(token), flags) {
            table.remove(token);
            table.shortfall.unwatched += 1;
            return Err(error.into());
        }
        Ok(())
    }
}
