//! A snapshot as JSON, schema 1: every field is always there, and `null` is unknown. A list says what is known to be in
//! it; one in which nothing is known to be is `null`, unless it is known that there is nothing.

use serde::Serialize;

use crate::observe::{Births, Deaths, Reason, SocketSource};
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{self, Disposition, ExitStatus, Pid};
use crate::timeline::tree::{Moment, Row};
use crate::words::names;
use crate::words::signals::signal;

use super::Picture;
use super::users::Users;

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct Snapshot {
    schema: u32,
    taken_at: String,
    roots: Vec<Root>,
    capture: Capture,
    totals: Totals,
    processes: Vec<Process>,
    listeners: Option<Vec<Listener>>,
}

#[derive(Debug, Serialize)]
struct Root {
    pid: Pid,
    start_ticks: Option<u64>,
    ended: Option<Ended>,
}

/// How exact a record is.
#[derive(Debug, Serialize)]
pub(super) struct Capture {
    level: &'static str,
    births: &'static str,
    deaths: &'static str,
    sockets: &'static str,
    reasons: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Totals {
    processes: u32,
    threads: u32,
    zombies: u32,
    connections: Option<u32>,
    unaccepted: Option<u32>,
    listening: Option<u32>,
}

/// How a process ended: by a code, `null` where the kernel hides it, or by a signal.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Ended {
    /// It called exit.
    Code {
        /// The code; `None` is hidden.
        code: Option<u8>,
    },
    /// A signal ended it.
    Signal {
        /// The signal's name.
        signal: String,
    },
}

impl From<process::Sigchld> for Sigchld {
    fn from(sigchld: process::Sigchld) -> Self {
        Self {
            disposition: match sigchld.disposition {
                Disposition::Default => "default",
                Disposition::Ignored => "ignored",
                Disposition::Caught => "caught",
            },
            blocked: sigchld.blocked,
            pending: sigchld.pending,
        }
    }
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Code(code) => Self::Code { code: Some(code) },
            ExitStatus::Signal(number) => Self::Signal {
                signal: signal(i32::from(number)),
            },
            ExitStatus::Unknown => Self::Code { code: None },
        }
    }
}

#[derive(Debug, Serialize)]
struct Process {
    pid: Pid,
    ppid: Pid,
    start_ticks: Option<u64>,
    ns_pid: Option<Pid>,
    depth: usize,
    state: char,
    zombie: bool,
    comm: String,
    command: String,
    uid: u32,
    user: Option<String>,
    threads: u32,
    fds: Option<u32>,
    established: Option<u32>,
    accepted: Option<u32>,
    outgoing: Option<u32>,
    half_closed: Option<u32>,
    listening: Option<u32>,
    shared_with: Option<Vec<Pid>>,
    sigchld: Option<Sigchld>,
    blocked_in: Option<String>,
    exit: Option<Ended>,
    zombie_seconds: Option<f64>,
    zombie_seconds_at_least: bool,
    adopted_by: Option<Pid>,
    age_seconds: f64,
    cpu_seconds: Option<f64>,
    rss_bytes: Option<u64>,
}

/// What a process does with SIGCHLD.
#[derive(Debug, Serialize)]
pub(super) struct Sigchld {
    disposition: &'static str,
    blocked: bool,
    pending: bool,
}

#[derive(Debug, Serialize)]
struct Listener {
    address: String,
    queue: Option<u32>,
    backlog: Option<u32>,
    held_by: Option<Vec<Pid>>,
}

/// The snapshot of a picture.
pub fn snapshot(picture: &Picture<'_>, users: &mut Users) -> Snapshot {
    let moment = picture.moment;
    let totals = &moment.totals;
    Snapshot {
        schema: 1,
        taken_at: format!("{:.6}", picture.taken_at),
        roots: roots(picture),
        capture: capture(picture.capture),
        totals: Totals {
            processes: totals.processes,
            threads: totals.threads,
            zombies: totals.zombies,
            connections: totals.connections,
            unaccepted: totals.unaccepted,
            listening: totals.listening,
        },
        processes: moment
            .rows
            .iter()
            .filter(|row| !row.is_ghost())
            .map(|row| process(row, moment, users))
            .collect(),
        listeners: list(listeners(moment), totals.listening.is_some()),
    }
}

/// A list, where something is in it or all that could be was read.
fn list<T>(found: Vec<T>, complete: bool) -> Option<Vec<T>> {
    (complete || !found.is_empty()).then_some(found)
}

fn listeners(moment: &Moment<'_>) -> Vec<Listener> {
    let listeners = moment.listeners.iter().map(|listener| Listener {
        address: listener.line.local.to_string(),
        queue: listener.queue.waiting,
        backlog: listener.queue.backlog,
        held_by: list(listener.held_by.clone(), moment.totals.listening.is_some()),
    });
    listeners.collect()
}

/// Who else holds a connection of that row: unknown where its own are, and where another process may hold one of them.
fn shared_with(row: &Row<'_>, moment: &Moment<'_>) -> Option<Vec<Pid>> {
    row.held.counts?;
    let others_read = || {
        let others = moment.rows.iter().filter(|row| !row.is_ghost());
        others.into_iter().all(|row| row.held.counts.is_some())
    };
    list(
        row.held.shared_with.clone(),
        row.held.connections.is_empty() || others_read(),
    )
}

/// The roots, ended ones with how. Once all of them have ended, their heirs stand in their place.
fn roots(picture: &Picture<'_>) -> Vec<Root> {
    let named = picture.roots.iter().map(|root| Root {
        pid: root.key.pid,
        start_ticks: Some(root.key.start_ticks),
        ended: root.ended.map(Ended::from),
    });
    let orphaned = picture.roots.iter().all(|root| root.ended.is_some());
    let tops = picture.moment.rows.iter();
    let heirs = tops
        .filter(|row| orphaned && row.depth == 0 && !row.life.root)
        .map(|row| Root {
            pid: row.life.pid,
            start_ticks: row.life.start_ticks,
            ended: match row.phase {
                Phase::Zombie(exited) => Some(exited.status.into()),
                Phase::Alive | Phase::Unborn | Phase::Gone(_) => None,
            },
        });
    named.chain(heirs).collect()
}

/// How exact a record is, and why it is no better.
pub(super) fn capture(capture: &crate::observe::Capture) -> Capture {
    Capture {
        level: capture.level().name(),
        births: match capture.births {
            Births::Perf => "perf",
            Births::Connector => "connector",
            Births::Polled { .. } => "poll",
        },
        deaths: match capture.deaths {
            Deaths::Pidfd | Deaths::PidfdTimes | Deaths::PidfdExits => "pidfd",
            Deaths::Polled => "poll",
        },
        sockets: match capture.sockets {
            SocketSource::SockDiag => "sock_diag",
            SocketSource::Procfs => "procfs",
        },
        reasons: capture.reasons.iter().map(reason).collect(),
    }
}

/// A reason for scripts, the same in every language.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::BirthsPolled(every) => format!("births: /proc every {} ms", every.as_millis()),
        Reason::Asked => "capture: it was asked for".to_owned(),
        Reason::NoPerf { error, paranoid } => match paranoid {
            Some(paranoid) => format!("perf: {error}, perf_event_paranoid={paranoid}"),
            None => format!("perf: {error}"),
        },
        Reason::NoConnector(error) => format!("proc connector: {error}"),
        Reason::NoHangup => "reaps: pidfds do not hang up, Linux 6.9".to_owned(),
        Reason::NoStatus => "status: no PIDFD_INFO_EXIT after the reap, Linux 6.15".to_owned(),
        Reason::Untold(count) => format!("births: {count} not told, a setuid program can end the telling"),
        Reason::Hidden(count) => {
            format!("births: perf tells no more of {count} processes, setuid or unreadable program")
        }
        Reason::TooShort(count) => format!("pidfd: {count} children were gone before theirs could be opened"),
        Reason::Unwatched(count) => format!("pidfd: none to be had for {count} processes, RLIMIT_NOFILE"),
        Reason::NoPidfd(error) => format!("pidfd: {error}"),
        Reason::NoSockDiag(error) => format!("sock_diag: {error}"),
        Reason::OtherNetwork => "sock_diag: no entry to the target's network namespace".to_owned(),
        Reason::NoChildrenFile => "children: no /proc/PID/task/TID/children, CONFIG_PROC_CHILDREN".to_owned(),
        Reason::UnreadableFds(count) => {
            format!("fds: not readable of {count} processes, another user's, not dumpable or for want of descriptors")
        }
        Reason::Late => "sockets: so many that they are read less often, some are told late".to_owned(),
        Reason::PossibleHeirs(count) => {
            format!("orphans: {count} processes may be the target's, their fds are not readable")
        }
    }
}

fn process(row: &Row<'_>, moment: &Moment<'_>, users: &mut Users) -> Process {
    let (life, facts, counts) = (row.life, row.facts, row.held.counts);
    let zombie = match row.phase {
        Phase::Zombie(exited) => Some(exited),
        Phase::Alive | Phase::Unborn | Phase::Gone(_) => None,
    };
    let time = zombie.and_then(|_| life.zombie_time(moment.at));
    // A child of which only the birth was told is what its parent is, but what it uses is its own.
    let read = life.read.is_some();
    Process {
        pid: life.pid,
        ppid: facts.parent,
        start_ticks: life.start_ticks,
        ns_pid: life.ns_pid,
        depth: row.depth,
        state: if zombie.is_some() { 'Z' } else { facts.state.letter() },
        zombie: zombie.is_some(),
        comm: names::visible(&facts.names.comm),
        command: names::command(&facts.names.command),
        uid: facts.uid,
        user: users.name(facts.uid).map(str::to_owned),
        threads: if zombie.is_some() { 1 } else { facts.threads },
        fds: if zombie.is_some() {
            Some(0)
        } else {
            facts.fds.filter(|_| read)
        },
        established: counts.map(|counts| counts.established),
        accepted: counts.map(|counts| counts.accepted),
        outgoing: counts.map(|counts| counts.outgoing),
        half_closed: counts.map(|counts| counts.half_closed),
        listening: counts.map(|counts| counts.listening),
        shared_with: shared_with(row, moment),
        sigchld: facts.sigchld.filter(|_| zombie.is_none()).map(Into::into),
        blocked_in: facts
            .blocked
            .filter(|_| zombie.is_none())
            .map(|blocked| blocked.call.name().map_or_else(|| number(blocked.call), str::to_owned)),
        exit: zombie.map(|exited| exited.status.into()),
        zombie_seconds: time.map(|time| seconds(time.least)),
        // An exit that was seen to lie between two readings is bounded from both sides.
        zombie_seconds_at_least: time.is_some_and(|time| time.most.is_none()),
        adopted_by: row.adopter,
        age_seconds: seconds(moment.at.since(life.born.earliest)),
        cpu_seconds: read.then(|| seconds(life.usage.cpu)),
        rss_bytes: if zombie.is_some() {
            Some(0)
        } else {
            read.then_some(life.usage.rss)
        },
    }
}

/// A call without a name here.
fn number(call: crate::timeline::call::Call) -> String {
    match call {
        crate::timeline::call::Call::Other(number) => format!("syscall_{number}"),
        named => named.name().unwrap_or_default().to_owned(),
    }
}

/// Seconds to the microsecond: finer digits would claim more than is known.
pub(super) fn seconds(span: std::time::Duration) -> f64 {
    std::time::Duration::from_micros(u64::try_from(span.as_micros()).unwrap_or(u64::MAX)).as_secs_f64()
}
