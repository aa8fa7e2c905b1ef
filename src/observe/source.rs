//! Where births come from, the best that can be had: perf's task records, else the proc connector, else /proc alone;
//! and why it is no better. It is opened before what is launched runs its first instruction, so that not even its
//! first child is missed.

use std::collections::HashSet;
use std::io;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use nix::errno::Errno;

use crate::timeline::process::Pid;
use crate::timeline::time::Time;

use super::connector::Connector;
use super::perf::Perf;
use super::powers::Powers;
use super::proc::Proc;
use super::sampler::{Sampler, Scope};
use super::told::Told;
use super::{Births, Deaths, Level, Reason, clock};

/// How exact the record is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wanted {
    /// As exact as can be had.
    #[default]
    Best,
    /// Exact, or not at all.
    Exact,
    /// As exact as can be had by the proc connector.
    Connector,
    /// /proc at an interval, and nothing else.
    Polling,
}

impl Wanted {
    /// What can be asked for by name.
    pub const NAMED: &'static [Self] = &[Self::Exact, Self::Connector, Self::Polling];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Exact => "exact",
            Self::Connector => "connector",
            Self::Polling => "polling",
        }
    }
}

/// A source of births.
#[derive(Debug)]
pub(super) enum Feed {
    /// Performance events.
    Perf(Perf),
    /// The proc connector.
    Connector(Connector),
    /// None: whoever reads /proc finds them.
    Polled,
}

impl Feed {
    /// What becomes readable when something is told.
    pub(super) fn fds(&self) -> Vec<BorrowedFd<'_>> {
        match self {
            Self::Perf(perf) => perf.fds().collect(),
            Self::Connector(connector) => vec![connector.fd()],
            Self::Polled => Vec::new(),
        }
    }

    /// Takes what has been told.
    pub(super) fn drain(&self, bytes: &mut Vec<u8>, told: &mut Vec<Told>) {
        match self {
            Self::Perf(perf) => perf.drain(bytes, told),
            Self::Connector(connector) => connector.drain(told),
            Self::Polled => {}
        }
    }

    /// Waits until all is there to be taken that was told up to now.
    pub(super) fn catch_up(&self) {
        match self {
            Self::Connector(connector) => connector.catch_up(),
            // What the kernel has told is there.
            Self::Perf(_) | Self::Polled => {}
        }
    }

    /// What it is called; /proc is read at that interval.
    pub(super) fn births(&self, every: Duration) -> Births {
        match self {
            Self::Perf(_) => Births::Perf,
            Self::Connector(_) => Births::Connector,
            Self::Polled => Births::Polled { every },
        }
    }

    /// Births are told.
    pub(super) fn are_told(&self) -> bool {
        match self {
            Self::Perf(_) | Self::Connector(_) => true,
            Self::Polled => false,
        }
    }

    /// From now on the children of that process are told, too.
    pub(super) fn attach(&self, proc: &Proc, pid: Pid) -> io::Result<()> {
        match self {
            Self::Perf(perf) => perf.attach(proc, pid),
            Self::Connector(connector) => {
                connector.watch(pid);
                Ok(())
            }
            Self::Polled => Ok(()),
        }
    }

    /// A process is watched; whoever has to filter lets its news pass.
    pub(super) fn watch(&self, pid: Pid) {
        match self {
            Self::Connector(connector) => connector.watch(pid),
            Self::Perf(_) | Self::Polled => {}
        }
    }

    /// A process is gone.
    pub(super) fn forget(&self, pid: Pid) {
        match self {
            Self::Connector(connector) => connector.forget(pid),
            Self::Perf(_) | Self::Polled => {}
        }
    }
}

/// What a live observer is given to work with.
#[derive(Debug)]
pub struct Source {
    pub(super) feed: Feed,
    /// What pidfds can do; `None` where they are not to be used.
    pub(super) powers: Option<Powers>,
    pub(super) reasons: Vec<Reason>,
    /// All that is born from then on is told.
    pub(super) opened: Time,
}

impl Source {
    /// For a target that waits at its gate: whatever its first process forks will be told.
    pub fn of_gated(root: Pid, powers: &io::Result<Powers>, wanted: Wanted) -> Self {
        let source = Self::open(powers, wanted, || Perf::open(root));
        source.feed.watch(root);
        source
    }

    /// For a target that runs.
    pub fn of_running(proc: &Proc, scope: &Scope, powers: &io::Result<Powers>, wanted: Wanted) -> Self {
        let source = Self::open(powers, wanted, || on_tree(proc, scope));
        // Whatever of the tree was forked meanwhile is found by the first search, as one that was not told.
        if let Feed::Connector(connector) = &source.feed {
            for pid in Sampler::new(proc.clone(), scope.clone()).tree() {
                connector.watch(pid);
            }
        }
        source
    }

    /// How exact it can be.
    pub fn level(&self) -> Level {
        Level::of(self.feed.births(Duration::ZERO), Deaths::with(self.powers))
    }

    /// Why it can be no better.
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    fn open(powers: &io::Result<Powers>, wanted: Wanted, perf: impl FnOnce() -> io::Result<Perf>) -> Self {
        let mut reasons = Vec::new();
        let powers = match (wanted, powers) {
            (Wanted::Polling, _) => {
                reasons.push(Reason::Asked);
                None
            }
            (Wanted::Best | Wanted::Exact | Wanted::Connector, Ok(powers)) => Some(*powers),
            (Wanted::Best | Wanted::Exact | Wanted::Connector, Err(error)) => {
                reasons.push(Reason::NoPidfd(error.to_string()));
                None
            }
        };
        // Without pidfds births are of little use: a child could not be followed to its end.
        let feed = match powers {
            None => Feed::Polled,
            Some(powers) => {
                reasons.extend((!powers.hangup).then_some(Reason::NoHangup));
                reasons.extend((!powers.status).then_some(Reason::NoStatus));
                feed(wanted, perf, &mut reasons)
            }
        };
        Self {
            feed,
            powers,
            reasons,
            opened: clock::now(),
        }
    }
}

/// The best source that can be had, and why it is not a better one.
fn feed(wanted: Wanted, perf: impl FnOnce() -> io::Result<Perf>, reasons: &mut Vec<Reason>) -> Feed {
    if wanted == Wanted::Connector {
        reasons.push(Reason::Asked);
    } else {
        match perf() {
            Ok(perf) => return Feed::Perf(perf),
            Err(error) => reasons.push(Reason::NoPerf {
                error: named(&error),
                paranoid: paranoid(),
            }),
        }
    }
    match Connector::open() {
        Ok(connector) => Feed::Connector(connector),
        Err(error) => {
            reasons.push(Reason::NoConnector(named(&error)));
            Feed::Polled
        }
    }
}

/// Events on every thread of a tree. What is forked while they are being opened is found by looking again.
fn on_tree(proc: &Proc, scope: &Scope) -> io::Result<Perf> {
    let first = scope.roots.first().ok_or(Errno::ESRCH)?;
    let perf = Perf::open(first.pid)?;
    let mut seen: HashSet<Pid> = HashSet::new();
    let mut sampler = Sampler::new(proc.clone(), scope.clone());
    loop {
        let new: Vec<Pid> = sampler.tree().into_iter().filter(|pid| seen.insert(*pid)).collect();
        if new.is_empty() {
            return Ok(perf);
        }
        for pid in new {
            perf.attach(proc, pid)?;
        }
    }
}

/// The kernel's name of an error, where it has one.
fn named(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => format!("{:?}", Errno::from_raw(number)),
        None => error.to_string(),
    }
}

/// Whom the kernel lets use performance events (perf_event_open(2), perf_event_paranoid).
fn paranoid() -> Option<i32> {
    let text = std::fs::read_to_string("/proc/sys/kernel/perf_event_paranoid").ok()?;
    text.trim().parse().ok()
}
