//! What happens, at the moment when it happens: a thread that waits on the source of births and on a pidfd of each
//! watched process, in one epoll set, and does nothing else, so that no pass through /proc delays a time stamp.
//!
//! A child can live for less than a millisecond. So a birth is answered by opening the child's pidfd before anything
//! else: that is what keeps its exit, its reap and its status from getting lost. A pidfd becomes readable when its
//! process exits, and hangs up when it was reaped (Linux 6.9; pidfd_open(2)).

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::io::Errno;
use rustix::process::{Pid as RawPid, PidfdFlags, pidfd_open, setpriority_process};

use crate::timeline::observation::{Birth, Exec, Exit, Lost, Observation, Reap};
use crate::timeline::process::{ExitStatus, Key, Pid, Reaper};
use crate::timeline::time::{Time, When};

use super::pidfd_info::exit_status;
use super::proc::Proc;
use super::question::Question;
use super::sampler::Scope;
use super::source::Feed;
use super::told::Told;
use super::{News, Sink, clock};
use gone::{Due, Left, PATIENCE, Short};
use reapers::{Ended, zombie};
use table::{Entry, Table};

mod gone;
mod reapers;
mod table;

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
        let pidfd = match pidfd_open(pid, PidfdFlags::empty()) {
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

    /// What could not be told exactly so far.
    pub(super) fn shortfall(&self) -> Shortfall {
        self.shared.table().shortfall
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
        loop {
            // Where nothing is there to be taken now, whatever comes next happens from now on.
            let asked = clock::now();
            events.clear();
            let outcome = match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&Timespec::default())) {
                Ok(0) => {
                    quiet = asked;
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
            self.take_told(&mut told, woke, &mut said);
            self.take_ends(&events, quiet, woke, &mut said);
            if !said.drain(..).all(|observation| sink(News::Observed(observation))) {
                return;
            }
            if let Some(question) = question {
                self.question.answer(question);
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

    /// Takes what the source of births says.
    fn take_told(&self, told: &mut Vec<Told>, now: Time, said: &mut Vec<Observation>) {
        if told.is_empty() {
            return;
        }
        let mut pidfds = told.iter().map(open_child).collect::<Vec<_>>().into_iter();
        let opened = clock::now();
        let mut table = self.table();
        for told in told.drain(..) {
            let pidfd = pidfds.next().flatten();
            match told {
                Told::Forked { at, parent, child } => {
                    if table.expects(child, at, parent) {
                        continue;
                    }
                    let when = When::exactly(at);
                    let birth = Observation::Birth(Birth { when, parent, child });
                    match table.gone.born(child, at) {
                        gone::Birth::New => said.push(birth),
                        gone::Birth::Again => continue,
                        gone::Birth::Late(exit) => {
                            said.extend([birth].into_iter().chain(exit));
                            continue;
                        }
                    }
                    if table.is_told(child, at) {
                        continue;
                    }
                    table.reapers.know(&self.proc, parent);
                    let key = born_at(child, at);
                    match pidfd {
                        Some(Ok(pidfd)) => {
                            // Without room for it, its end is read from /proc once the sampler has found it.
                            let _ = self.enter(&mut table, Entry::born(key, parent, at, pidfd));
                        }
                        Some(Err(Errno::SRCH)) => {
                            let short = Short {
                                key,
                                born: at,
                                gone_by: opened,
                                parent,
                            };
                            table.shortfall.too_short += 1;
                            table.gone.missed(short);
                            continue;
                        }
                        Some(Err(_)) | None => table.shortfall.unwatched += 1,
                    }
                    table.fresh.pids.push(child);
                }
                Told::Executed { at, pid, comm } => {
                    if let Some(comm) = comm.or_else(|| self.comm(pid))
                        && table.is_news(pid, at)
                    {
                        table.fresh.pids.push(pid);
                        said.push(Observation::Exec(Exec { at, pid, comm }));
                    }
                }
                Told::Left { at, pid, status } => said.extend(table.left(pid, Left { at, status }, now)),
                Told::Lost { at, count } => {
                    table.fresh.all = true;
                    said.push(Observation::Lost(Lost { at, count }));
                }
            }
        }
        let wake = table.fresh.all || !table.fresh.pids.is_empty();
        drop(table);
        if wake {
            (self.wake)();
        }
    }

    /// The command name that a process has now.
    fn comm(&self, pid: Pid) -> Option<Box<[u8]>> {
        let mut bytes = Vec::new();
        self.proc.read(pid, "comm", &mut bytes).ok()?;
        Some(bytes.strip_suffix(b"\n").unwrap_or(&bytes).into())
    }

    /// Takes what the pidfds say, and says the ends that have none. At `quiet` the pidfds had nothing to say: what comes
    /// now has happened since.
    fn take_ends(&self, events: &[epoll::Event], quiet: Time, now: Time, said: &mut Vec<Observation>) {
        let mut table = self.table();
        let mut ended: Vec<(Entry, When, ExitStatus)> = Vec::new();
        let mut orphaned: Vec<Pid> = Vec::new();
        for event in events {
            let (token, flags) = (event.data.u64(), event.flags);
            let Some(entry) = table.get_mut(token) else { continue };
            entry.not_before(quiet);
            if !entry.exited {
                orphaned.push(entry.key.pid);
            }
            if flags.contains(EventFlags::HUP) {
                let Some(entry) = table.remove(token) else { continue };
                self.feed.forget(entry.key.pid);
                let (key, status) = (entry.key, entry.status_after(exit_status(entry.pidfd.as_fd())));
                let reaped = if entry.exited {
                    When::exactly(now)
                } else {
                    // Both lie behind us: the reap somewhere between the exit and this moment.
                    let when = entry.exit_by(now);
                    said.push(Observation::Exit(Exit { when, key, status }));
                    When::between(when.earliest, now)
                };
                ended.push((entry, reaped, status));
            } else if !std::mem::replace(&mut entry.exited, true) {
                let status = entry.read_zombie(zombie(&self.proc, entry.key));
                let (when, key) = (entry.exit_at(now), entry.key);
                said.push(Observation::Exit(Exit { when, key, status }));
            }
        }
        for parent in orphaned {
            table.adopt(&self.proc, parent);
        }
        let short = table.gone.due(now);
        let facts = ended.iter().map(|(entry, ..)| entry.ended());
        let facts: Vec<Ended> = facts.chain(short.iter().map(Due::ended)).collect();
        // All at once: what a parent's count has grown by is asked once for all its children.
        let mut reapers = table.reapers.of(&facts).into_iter();
        drop(table);
        for ((entry, when, status), by) in ended.into_iter().zip(&mut reapers) {
            let key = entry.key;
            said.push(Observation::Reap(Reap { when, key, status, by }));
        }
        said.extend(short.into_iter().zip(reapers).flat_map(|(due, by)| due.told(by)));
    }
}

/// A pidfd of a child that was born; `None` where nobody was.
fn open_child(told: &Told) -> Option<Result<OwnedFd, Errno>> {
    match told {
        Told::Forked { child, .. } => Some(match RawPid::from_raw(*child) {
            Some(pid) => pidfd_open(pid, PidfdFlags::empty()),
            None => Err(Errno::SRCH),
        }),
        Told::Executed { .. } | Told::Left { .. } | Told::Lost { .. } => None,
    }
}

/// The key of a process whose start time nobody has read yet: near enough to be known again by.
fn born_at(pid: Pid, at: Time) -> Key {
    Key {
        pid,
        start_ticks: at.ticks(),
    }
}
