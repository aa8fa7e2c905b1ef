//! Ending a whole tree of processes that do not want to end. The same for the guardian, whose every descendant it
//! is, and for the tool that has lost its guardian and has adopted what was left.
//!
//! All are stopped before the first is killed: a stopped process forks no more, so a storm is frozen pass by pass,
//! and killing it is then a matter of one pass. A signal goes by pidfd, and only after the process behind the pidfd
//! was seen to stand below us, because in a storm the kernel gives pids out again within seconds.
//!
//! Who has a right to end what, and when, is decided elsewhere.

use std::collections::BTreeSet;
use std::fmt;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::process::{PidfdFlags, Signal, WaitId, WaitIdOptions, WaitOptions};

use super::stat;
use super::tree::{self, Descendant};
use crate::timeline::process::Pid;

/// How often a tree is stopped and listed again before what is known of it is killed.
const FREEZING: u32 = 20;

/// After so many rounds in which no signal could be delivered to anything living, what is left cannot be ended.
/// More than one, because a listing can leave out a living process.
const QUIET: u32 = 4;

/// Between rounds: what was killed needs a moment to go.
const PAUSE: Duration = Duration::from_millis(1);

/// The same, after many rounds: somebody is stuck in the kernel, and waiting must cost nothing.
const LONG_PAUSE: Duration = Duration::from_millis(50);

/// A process that could not be ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survivor {
    /// Its pid.
    pub pid: Pid,
    /// Its name (`proc_pid_comm(5)`): any bytes.
    pub name: Box<[u8]>,
    /// Why it is still there.
    pub why: Why,
}

/// Why a process that was to end is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The kernel forbids it: it is another user's (EPERM).
    Forbidden,
    /// It was told to end, and has not in the time that there was for it.
    Slow,
}

impl fmt::Display for Survivor {
    /// The pid and the name, control characters made visible.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.pid, stat::shown(&self.name))
    }
}

/// Ends all descendants of this process but those in `spared` and what is below them, and waits for those that are
/// or become its children, one by one; `reaped` hears each with its wait(2) status. Returns who is left: those it
/// may not kill, and at `until` (never, where that is `None`) those that have not gone yet.
pub(super) fn all(spared: &BTreeSet<Pid>, until: Option<Instant>, reaped: &mut dyn FnMut(Pid, i32)) -> Vec<Survivor> {
    let own = nix::unistd::getpid().as_raw();
    let mut quiet = 0;
    for round in 0_u32.. {
        reap(&list(own, spared), own, reaped);
        if is_childless() || quiet == QUIET || until.is_some_and(|until| Instant::now() >= until) {
            break;
        }
        let frozen = freeze(own, spared);
        let known = pids(&frozen);
        // One after the other, whatever becomes of each.
        let landed = frozen
            .iter()
            .filter(|found| send(own, **found, &known, Signal::KILL))
            .count();
        quiet = if landed > 0 { 0 } else { quiet + 1 };
        thread::sleep(if round < 100 { PAUSE } else { LONG_PAUSE });
    }
    survivors(&list(own, spared))
}

/// Asks a child of this process to leave: SIGTERM, and SIGCONT so that a stopped one hears it. The caller has not
/// waited for the child, so the pid is still its own.
pub(super) fn ask(child: Pid) {
    let Some(pid) = rustix::process::Pid::from_raw(child) else {
        return;
    };
    for signal in [Signal::TERM, Signal::CONT] {
        // One that may not be asked, or has gone, is dealt with when its time is over.
        rustix::process::kill_process(pid, signal).ok();
    }
}

/// Stops everything, again and again until a listing shows nobody new, and returns that listing.
fn freeze(own: Pid, spared: &BTreeSet<Pid>) -> Vec<Descendant> {
    let mut stopped = BTreeSet::new();
    let mut listed = list(own, spared);
    for _ in 0..FREEZING {
        let fresh: Vec<Descendant> = listed
            .iter()
            .copied()
            .filter(|found| stopped.insert(found.pid))
            .collect();
        if fresh.is_empty() {
            break;
        }
        let known = pids(&listed);
        for found in fresh {
            send(own, found, &known, Signal::STOP);
        }
        listed = list(own, spared);
    }
    listed
}

/// Sends a signal to a process that was listed, if it still is one of us. True if it was delivered to a living
/// process; false where there is none any more, or the kernel forbids it (EPERM).
fn send(own: Pid, found: Descendant, known: &BTreeSet<Pid>, signal: Signal) -> bool {
    let Some(pid) = rustix::process::Pid::from_raw(found.pid) else {
        return false;
    };
    // First the pidfd, then the look: what is true of the process now is true of the one behind the pidfd, or that
    // one is gone and the signal goes nowhere.
    let pidfd = rustix::process::pidfd_open(pid, PidfdFlags::empty());
    if matches!(pidfd, Err(Errno::SRCH)) {
        return false;
    }
    match stat::read(found.pid) {
        Ok(Some(brief)) if brief.exited => return false,
        Ok(Some(brief)) if brief.parent == own || known.contains(&brief.parent) => {}
        // Only we can free the pid of our own child, so it needs no look where /proc hides it (hidepid).
        Ok(None) | Err(_) if found.parent == own => {}
        Ok(_) | Err(_) => return false,
    }
    match pidfd {
        Ok(pidfd) => rustix::process::pidfd_send_signal(pidfd, signal).is_ok(),
        // Kernels before 5.3 and some sandboxes have no pidfd, and there may be no descriptor left for one. The
        // tree is being stopped, so its pids do not change hands quickly.
        Err(_) => rustix::process::kill_process(pid, signal).is_ok(),
    }
}

/// Waits, without blocking, for each listed child of this process.
fn reap(listed: &[Descendant], own: Pid, reaped: &mut dyn FnMut(Pid, i32)) {
    for found in listed.iter().filter(|found| found.parent == own) {
        let Some(pid) = rustix::process::Pid::from_raw(found.pid) else {
            continue;
        };
        if let Ok(Some((_, status))) = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG) {
            reaped(found.pid, status.as_raw());
        }
    }
}

/// The kernel says that this process has no child at all (ECHILD): the one proof that nothing is left, since every
/// orphan below a subreaper becomes its child.
pub(super) fn is_childless() -> bool {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    matches!(rustix::process::waitid(WaitId::All, look), Err(Errno::CHILD))
}

/// Those that still live.
fn survivors(listed: &[Descendant]) -> Vec<Survivor> {
    listed
        .iter()
        .filter(|found| !matches!(stat::read(found.pid), Ok(Some(brief)) if brief.exited))
        .map(|found| Survivor {
            pid: found.pid,
            name: stat::name(found.pid),
            why: if is_forbidden(found.pid) {
                Why::Forbidden
            } else {
                Why::Slow
            },
        })
        .collect()
}

/// Whether the kernel lets us send that process no signal.
fn is_forbidden(pid: Pid) -> bool {
    let pid = rustix::process::Pid::from_raw(pid);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid) == Err(Errno::PERM))
}

/// Who lives below `top`, with names: what an ending that took too long has not ended.
pub(super) fn left_below(top: Pid) -> Vec<Survivor> {
    survivors(&list(top, &BTreeSet::new()))
}

fn list(top: Pid, spared: &BTreeSet<Pid>) -> Vec<Descendant> {
    tree::below(top, spared).unwrap_or_default()
}

fn pids(listed: &[Descendant]) -> BTreeSet<Pid> {
    listed.iter().map(|found| found.pid).collect()
}
