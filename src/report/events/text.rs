//! Events as lines for people: when, what, whom. Without colours, so that it reads the same through a pipe.

use std::fmt::Write;

use super::{Connection, End, Ending, Event, What};
use crate::report::text::capture_line;
use crate::words::cells::{left, width};
use crate::words::names::visible;
use crate::words::{Words, units};

/// The words for what happens, which stand in a column.
const KINDS: &[&str] = &[
    "event-fork",
    "event-exec",
    "event-exit",
    "event-reap",
    "event-orphan",
    "event-connect",
    "event-close",
    "event-lost",
    "event-mark",
    "event-end",
];

/// The line of an event, with its line end; the last one has several.
pub fn line(words: &Words, event: &Event) -> String {
    let widest = KINDS.iter().map(|kind| width(&words.say(kind))).max().unwrap_or(0);
    let kind = left(&words.say(kind(&event.what)), widest);
    let told = match &event.what {
        What::Fork { pid, parent } => words.forked(*pid, *parent),
        What::Exec { pid, comm } => format!("{pid}  {}", visible(comm)),
        What::Exit { pid, status } => words.exited(*pid, *status),
        What::Reap { pid, by, zombie } => words.reaped(*pid, *zombie, *by),
        What::Orphan { pid, from, to } => words.adopted(*pid, *from, *to),
        What::Connect(connection) | What::Close(connection) => said(words, connection),
        What::Lost { count } => count.to_string(),
        What::Mark { text } => visible(text.as_bytes()),
        What::End(end) => last(words, end),
    };
    let mut text = String::new();
    let time = units::fine_clock(event.t, 6);
    let indent = width(&time) + widest + 4;
    for (number, told) in told.lines().enumerate() {
        let _ = match number {
            0 => writeln!(text, "{time}  {kind}  {told}"),
            _ => writeln!(text, "{:indent$}{told}", ""),
        };
    }
    text
}

fn kind(what: &What) -> &'static str {
    match what {
        What::Fork { .. } => "event-fork",
        What::Exec { .. } => "event-exec",
        What::Exit { .. } => "event-exit",
        What::Reap { .. } => "event-reap",
        What::Orphan { .. } => "event-orphan",
        What::Connect(_) => "event-connect",
        What::Close(_) => "event-close",
        What::Lost { .. } => "event-lost",
        What::Mark { .. } => "event-mark",
        What::End(_) => "event-end",
    }
}

/// Whom a connection joins; who holds it, where that is known.
fn said(words: &Words, connection: &Connection) -> String {
    let Connection { pid, local, peer } = connection;
    match pid {
        Some(pid) => {
            let held = words.say_with("event-held-by", &[("pid", pid.to_string().into())]);
            format!("{peer} → {local}  {held}")
        }
        None => format!("{peer} → {local}"),
    }
}

/// Why it ends, what there was, and what is missing from it.
fn last(words: &Words, end: &End) -> String {
    let reason = words.say(match end.reason {
        Ending::TargetEnded => "end-target",
        Ending::Elapsed => "end-elapsed",
        Ending::Interrupted => "end-interrupted",
        Ending::Terminated => "end-terminated",
        Ending::HungUp => "end-hung-up",
    });
    let totals = end.totals;
    let mut lines = vec![match end.status {
        Some(status) => format!("{reason}, {}", words.ending(status)),
        None => reason.into_owned(),
    }];
    let values = [
        ("forks", totals.forks.to_string().into()),
        ("exits", totals.exits.to_string().into()),
        ("reaps", totals.reaps.to_string().into()),
    ];
    lines.push(words.say_with("end-totals", &values).into_owned());
    let lacks = [
        ("end-unknown-statuses", totals.unknown_statuses),
        ("end-unknown-reapers", totals.unknown_reapers),
        ("end-bounded-zombie-times", totals.bounded_zombie_times),
        ("end-unknown-zombie-times", totals.unknown_zombie_times),
        ("end-late", totals.late),
        ("end-lost", totals.lost),
    ];
    let lacking = lacks.iter().filter(|(_, count)| *count > 0);
    lines.extend(lacking.map(|(name, count)| {
        words
            .say_with(name, &[("count", count.to_string().into())])
            .into_owned()
    }));
    if end.may_have_missed
        && let Some(capture) = &end.capture
    {
        lines.push(capture_line(words, capture));
    }
    lines.join("\n")
}
