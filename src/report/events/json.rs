//! Events as JSON, schema 1: an object a line. Every field of an event is always there, and `null` is unknown; only
//! how a process ended is told by one of two, `code` or `signal`.

use serde::Serialize;

use super::{End, Event, What};
use crate::report::json::{self, Ended};
use crate::timeline::lifeline::Reaper;
use crate::timeline::process::{ExitStatus, Pid};
use crate::words::names::visible;
use crate::words::signals::signal;

/// What stands behind the schema and the time.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Wire {
    Fork {
        pid: Pid,
        parent: Option<Pid>,
    },
    Exec {
        pid: Pid,
        comm: String,
    },
    Exit {
        pid: Pid,
        code: Option<u8>,
    },
    #[serde(rename = "exit")]
    Killed {
        pid: Pid,
        signal: String,
    },
    Reap {
        pid: Pid,
        by: Option<Pid>,
        /// Nobody waited: the kernel threw the status away.
        discarded: Option<bool>,
        zombie_seconds: Option<f64>,
        /// `null` also where the time itself is known.
        zombie_seconds_at_most: Option<f64>,
    },
    Orphan {
        pid: Pid,
        from: Option<Pid>,
        to: Pid,
    },
    Connect(Connection),
    Close(Connection),
    Lost {
        count: u64,
    },
    Mark {
        text: String,
    },
    End(Box<Last>),
}

#[derive(Debug, Serialize)]
struct Connection {
    pid: Option<Pid>,
    local: String,
    peer: String,
}

#[derive(Debug, Serialize)]
struct Last {
    reason: &'static str,
    /// `null` while the target goes on.
    status: Option<Ended>,
    forks: u64,
    exits: u64,
    reaps: u64,
    unknown_statuses: u64,
    unknown_reapers: u64,
    bounded_zombie_times: u64,
    unknown_zombie_times: u64,
    late: u64,
    lost: u64,
    may_have_missed: bool,
    capture: Option<json::Capture>,
}

/// The line of an event, with its line end.
///
/// # Errors
/// None that can come: all of it can be written as JSON.
pub fn line(event: &Event) -> serde_json::Result<String> {
    let rest = serde_json::to_string(&wire(&event.what))?;
    let (seconds, nanos) = (event.t.as_secs(), event.t.subsec_nanos());
    // Written here, because a number of the library's would drop zeros at the end.
    let fields = rest.strip_prefix('{').unwrap_or(&rest);
    Ok(format!("{{\"schema\":1,\"t\":{seconds}.{nanos:09},{fields}\n"))
}

fn wire(what: &What) -> Wire {
    match what {
        What::Fork { pid, parent } => Wire::Fork {
            pid: *pid,
            parent: *parent,
        },
        What::Exec { pid, comm } => Wire::Exec {
            pid: *pid,
            comm: visible(comm),
        },
        What::Exit { pid, status } => exit(*pid, *status),
        What::Reap { pid, by, zombie } => {
            let known = zombie.known();
            Wire::Reap {
                pid: *pid,
                by: by.pid(),
                discarded: match by {
                    Reaper::Waited(_) => Some(false),
                    Reaper::Discarded => Some(true),
                    Reaper::Unknown => None,
                },
                zombie_seconds: known.map(|time| time.as_secs_f64()),
                zombie_seconds_at_most: zombie.most.filter(|_| known.is_none()).map(|time| time.as_secs_f64()),
            }
        }
        What::Orphan { pid, from, to } => Wire::Orphan {
            pid: *pid,
            from: *from,
            to: *to,
        },
        What::Connect(connection) => Wire::Connect(connection.into()),
        What::Close(connection) => Wire::Close(connection.into()),
        What::Lost { count } => Wire::Lost { count: *count },
        What::Mark { text } => Wire::Mark {
            text: visible(text.as_bytes()),
        },
        What::End(end) => Wire::End(Box::new(last(end))),
    }
}

fn exit(pid: Pid, status: ExitStatus) -> Wire {
    match status {
        ExitStatus::Code(code) => Wire::Exit { pid, code: Some(code) },
        ExitStatus::Signal(number) => Wire::Killed {
            pid,
            signal: signal(i32::from(number)),
        },
        ExitStatus::Unknown => Wire::Exit { pid, code: None },
    }
}

fn last(end: &End) -> Last {
    let totals = end.totals;
    Last {
        reason: end.reason.name(),
        status: end.status.map(Into::into),
        forks: totals.forks,
        exits: totals.exits,
        reaps: totals.reaps,
        unknown_statuses: totals.unknown_statuses,
        unknown_reapers: totals.unknown_reapers,
        bounded_zombie_times: totals.bounded_zombie_times,
        unknown_zombie_times: totals.unknown_zombie_times,
        late: totals.late,
        lost: totals.lost,
        may_have_missed: end.may_have_missed,
        capture: end.capture.as_ref().map(json::capture),
    }
}

impl From<&super::Connection> for Connection {
    fn from(connection: &super::Connection) -> Self {
        Self {
            pid: connection.pid,
            local: connection.local.to_string(),
            peer: connection.peer.to_string(),
        }
    }
}
