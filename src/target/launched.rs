//! A launched target as long as it is ours: what its guardian reports of it, and its end, which comes with this
//! value's end whatever the reason is.
//!
//! Where the guardian is gone before its time, the tool itself takes over: it has become the parent of what the
//! guardian had below it, and ends that at once.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::end::{self, Survivor, Why};
use super::link::{Link, Received};
use super::message::{Order, Report};
use super::output::Output;
use super::stat;
use super::tree;
use crate::timeline::process::{ExitStatus, Key, Pid};

/// How long an orderly end may take before the tool leaves the rest to the guardian.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long the tool itself tries to end what it has adopted.
const SWEEP: Duration = Duration::from_secs(2);

/// What is new about a launched target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// An orphan of the tree was waited for by us: by the guardian, or by the tool after the guardian was lost.
    Reaped {
        /// Which process.
        pid: Pid,
        /// How it had ended.
        status: ExitStatus,
    },
    /// The target itself has ended. What it had started may live on, below the guardian.
    Ended {
        /// How.
        status: ExitStatus,
    },
    /// The guardian is gone; what was left of the target has been ended.
    GuardianLost,
    /// This process could not be ended.
    Unkillable(Survivor),
    /// So many reaps were not reported, because nobody asked for news in time.
    Missed(u64),
}

/// The children of this process that are none of any target's: those it had before the first launch, the guardians, and
/// the releasers of who is stopped.
#[derive(Debug)]
struct Own {
    before: Option<Vec<Key>>,
    guardians: BTreeSet<Pid>,
}

/// One for the process, as its children are.
static OWN: Mutex<Own> = Mutex::new(Own {
    before: None,
    guardians: BTreeSet::new(),
});

fn own() -> MutexGuard<'static, Own> {
    // A panic while it was held leaves a set that is as good as before.
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps a child that is none of any target's from being swept.
pub(super) fn spare(child: Pid) {
    own().guardians.insert(child);
}

/// That child was waited for.
pub(super) fn forget(child: Pid) {
    own().guardians.remove(&child);
}

/// A target that runs, or has run, under its guardian.
///
/// The descriptor ([`AsFd`]) becomes readable when there is news, and stays so after [`News::GuardianLost`].
/// Dropping the value ends the target as [`Launched::end`] does.
#[derive(Debug)]
pub struct Launched {
    child: Child,
    guardian: Pid,
    root: Option<Pid>,
    link: Link,
    output: Output,
    /// News from the time of launching.
    kept: Vec<News>,
    stage: Stage,
}

/// Where in its life a launch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The guardian does its work.
    Guarded,
    /// The guardian went before its time.
    Lost,
    /// Over.
    Ended,
}

impl Launched {
    /// Takes charge of a guardian that was just started.
    pub(super) fn new(child: Child, link: Link, output: Output) -> io::Result<Self> {
        let guardian = child.id().cast_signed();
        let mut launched = Self {
            child,
            guardian,
            root: None,
            link,
            output,
            kept: Vec::new(),
            stage: Stage::Guarded,
        };
        let mut own = own();
        own.guardians.insert(guardian);
        if own.before.is_none() {
            match children_but(&own.guardians) {
                Ok(before) => own.before = Some(before),
                Err(error) => {
                    drop(own);
                    launched.finish();
                    return Err(error);
                }
            }
        }
        Ok(launched)
    }

    pub(super) fn set_root(&mut self, root: Pid) {
        self.root = Some(root);
    }

    /// The pid of the target itself; it stays the same when the target has ended.
    pub fn root(&self) -> Pid {
        self.root.unwrap_or(self.guardian)
    }

    /// The pid of the guardian.
    pub fn guardian(&self) -> Pid {
        self.guardian
    }

    /// What the target and all below it write.
    pub fn output(&self) -> &Output {
        &self.output
    }

    /// Sends an order; a guardian that is gone shows when its reports are read.
    pub(super) fn order(&self, order: &Order) {
        self.link.send(&order.encode()).ok();
    }

    /// Waits for the next report; `None` when the guardian is gone.
    pub(super) fn next_report(&self) -> Option<Report> {
        loop {
            match self.link.wait(None) {
                Received::Packet(packet) => {
                    if let Some(report) = Report::decode(&packet) {
                        return Some(report);
                    }
                }
                Received::Nothing => {}
                Received::Closed => return None,
            }
        }
    }

    /// Keeps what a report says for the next asking.
    pub(super) fn keep(&mut self, report: Report) {
        self.kept.extend(news_of(report));
    }

    /// What has happened since it was asked last, oldest first. It does not block, except where the guardian was
    /// lost: then it ends what was left first, which takes as long as killing it does (2 s at most).
    pub fn news(&mut self) -> Vec<News> {
        let mut news = std::mem::take(&mut self.kept);
        while self.stage == Stage::Guarded {
            match self.link.receive() {
                Received::Packet(packet) => news.extend(Report::decode(&packet).and_then(news_of)),
                Received::Nothing => break,
                Received::Closed => {
                    self.stage = Stage::Lost;
                    news.push(News::GuardianLost);
                    let survivors = self.sweep(&mut news);
                    news.extend(survivors.into_iter().map(News::Unkillable));
                }
            }
        }
        news
    }

    /// Ends the target: SIGTERM and half a second to leave by itself, then SIGKILL for all below the guardian. It
    /// takes 2 s at most; what could not be ended then is returned, and the guardian, if it lives, goes on.
    pub fn end(mut self) -> Vec<Survivor> {
        self.finish()
    }

    fn finish(&mut self) -> Vec<Survivor> {
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Ended => Vec::new(),
            // It was swept when that was noticed; this is for what may have been adopted since.
            Stage::Lost => self.end_adopted(&mut Vec::new()),
            Stage::Guarded => self.finish_guarded(),
        }
    }

    fn finish_guarded(&mut self) -> Vec<Survivor> {
        self.order(&Order::End);
        // Our child, not waited for: the pid is its own. Somebody may have stopped it.
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), Signal::CONT).ok();
        let until = Instant::now() + PATIENCE;
        let mut survivors = Vec::new();
        loop {
            match self.link.wait(Some(until)) {
                Received::Packet(packet) => {
                    if let Some(Report::Unkillable(pid, name)) = Report::decode(&packet) {
                        survivors.push(unkillable(pid, name));
                    }
                }
                // What is left belongs to a guardian that goes on by itself, also when we are gone.
                Received::Nothing => return end::left_below(self.guardian),
                Received::Closed => break,
            }
        }
        if self.wait_for_guardian() {
            survivors
        } else {
            self.sweep(&mut Vec::new())
        }
    }

    /// Waits for a guardian that has closed its socket, so is about to be gone. True if it left by itself, its work
    /// done.
    fn wait_for_guardian(&mut self) -> bool {
        let status = self.child.wait();
        own().guardians.remove(&self.guardian);
        status.is_ok_and(|status| status.success())
    }

    /// Ends all that the tool has adopted. A guardian's socket closes a moment before its children change parents;
    /// they have when it can be waited for.
    fn sweep(&mut self, news: &mut Vec<News>) -> Vec<Survivor> {
        self.child.kill().ok();
        self.wait_for_guardian();
        self.end_adopted(news)
    }

    fn end_adopted(&self, news: &mut Vec<News>) -> Vec<Survivor> {
        let spared = spared();
        let root = self.root;
        end::all(&spared, Some(Instant::now() + SWEEP), &mut |pid, status| {
            let status = ExitStatus::from_wait(status);
            news.push(if root == Some(pid) {
                News::Ended { status }
            } else {
                News::Reaped { pid, status }
            });
        })
    }
}

impl AsFd for Launched {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.link.as_fd()
    }
}

impl Drop for Launched {
    fn drop(&mut self) {
        for survivor in self.finish() {
            // Standard error may be gone too, and a panic here would abort.
            writeln!(io::stderr(), "forkscope: could not end process {survivor}").ok();
        }
    }
}

/// What a report says to the rest of the tool; the steps of launching say nothing to it.
fn news_of(report: Report) -> Option<News> {
    match report {
        Report::Reaped(pid, status) => Some(News::Reaped {
            pid,
            status: ExitStatus::from_wait(status),
        }),
        Report::Ended(_, status) => Some(News::Ended {
            status: ExitStatus::from_wait(status),
        }),
        Report::Unkillable(pid, name) => Some(News::Unkillable(unkillable(pid, name))),
        Report::Missed(count) => Some(News::Missed(count)),
        Report::Spawned(_) | Report::Started | Report::Failed(..) => None,
    }
}

/// Whom the guardian gave up: it takes its time, and gives up where no signal of its arrives.
fn unkillable(pid: Pid, name: Box<[u8]>) -> Survivor {
    let why = Why::Forbidden;
    Survivor { pid, name, why }
}

/// The children of this process that no sweep may touch.
fn spared() -> BTreeSet<Pid> {
    let own = own();
    // One of them that has ended was waited for by whoever started it, and its pid may be an orphan's now.
    let before = own
        .before
        .iter()
        .flatten()
        .filter(|key| matches!(stat::read(key.pid), Ok(Some(brief)) if brief.key == **key));
    before.map(|key| key.pid).chain(own.guardians.iter().copied()).collect()
}

/// The present children of this process, without those.
fn children_but(guardians: &BTreeSet<Pid>) -> io::Result<Vec<Key>> {
    let pid = nix::unistd::getpid().as_raw();
    let below = tree::below(pid, guardians)?;
    let children = below.iter().filter(|found| found.parent == pid);
    Ok(children
        .filter_map(|found| stat::read(found.pid).ok().flatten())
        .map(|brief| brief.key)
        .collect())
}
