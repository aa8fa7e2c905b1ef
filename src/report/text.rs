//! A snapshot as text in columns: what `ps` shows, and beside it what it does not. Without colours, so that it reads
//! the same through a pipe.

use std::fmt::Write;

use crate::observe::{Capture, Level};
use crate::timeline::Timeline;
use crate::timeline::lifeline::Phase;
use crate::timeline::process::State;
use crate::timeline::tree::Row;
use crate::words::cells::{left, right, width};
use crate::words::doing::Room;
use crate::words::{Words, names, units};

use super::Picture;
use super::users::Users;

/// What stands for what is not known.
const UNKNOWN: &str = "–";

/// Which edge of its column a text keeps to.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Left,
    Right,
}

/// The columns: the name of the heading's text, and the edge.
const COLUMNS: &[(&str, Edge)] = &[
    ("column-user", Edge::Left),
    ("column-pid", Edge::Left),
    ("column-ppid", Edge::Right),
    ("column-state", Edge::Left),
    ("column-connections", Edge::Right),
    ("column-threads", Edge::Right),
    ("column-fds", Edge::Right),
    ("column-rss", Edge::Right),
    ("column-cpu", Edge::Right),
    ("column-age", Edge::Right),
    ("column-doing", Edge::Left),
    ("column-command", Edge::Left),
];

/// The snapshot of a picture, ending with a line end.
pub fn snapshot(words: &Words, timeline: &Timeline, picture: &Picture<'_>, users: &mut Users) -> String {
    let moment = picture.moment;
    let mut text = String::new();
    let _ = writeln!(text, "{}", totals(words, picture));
    let heading: Vec<String> = COLUMNS.iter().map(|(name, _)| words.say(name).into_owned()).collect();
    let mut table = vec![heading];
    table.extend(
        moment
            .rows
            .iter()
            .map(|row| cells(words, timeline, picture, row, users)),
    );
    for root in picture.roots {
        if let Some(status) = root.ended {
            let said = [
                ("pid", root.key.pid.to_string().into()),
                ("ending", words.ending(status).into()),
            ];
            let _ = writeln!(text, "{}", words.say_with("snapshot-ended", &said));
        }
    }
    text.push('\n');
    text.push_str(&align(&table));
    if !moment.listeners.is_empty() {
        text.push('\n');
    }
    for listener in &moment.listeners {
        let shown = |count: Option<u32>| count.map_or_else(|| UNKNOWN.to_owned(), |count| count.to_string());
        let held_by: Vec<String> = listener.held_by.iter().map(ToString::to_string).collect();
        let unknown = held_by.is_empty() && moment.totals.listening.is_none();
        let held_by = if unknown { UNKNOWN.to_owned() } else { held_by.join(" ") };
        let _ = writeln!(
            text,
            "{}",
            words.say_with(
                "snapshot-listener",
                &[
                    ("address", listener.line.local.to_string().into()),
                    ("queue", shown(listener.queue.waiting).into()),
                    ("backlog", shown(listener.queue.backlog).into()),
                    ("pids", held_by.into()),
                ]
            )
        );
    }
    text
}

fn totals(words: &Words, picture: &Picture<'_>) -> String {
    let totals = &picture.moment.totals;
    let shown = |count: Option<u32>| count.map_or_else(|| UNKNOWN.to_owned(), |count| count.to_string());
    let counts = words.say_with(
        "snapshot-totals",
        &[
            ("processes", totals.processes.to_string().into()),
            ("threads", totals.threads.to_string().into()),
            ("zombies", totals.zombies.to_string().into()),
            ("connections", shown(totals.connections).into()),
            ("unaccepted", shown(totals.unaccepted).into()),
            ("listening", shown(totals.listening).into()),
        ],
    );
    format!("forkscope snapshot  {:.0}\n{counts}", picture.taken_at)
}

/// The cells of one row, in the order of [`COLUMNS`].
fn cells(words: &Words, timeline: &Timeline, picture: &Picture<'_>, row: &Row<'_>, users: &mut Users) -> Vec<String> {
    let (life, facts) = (row.life, row.facts);
    let zombie = row.is_zombie();
    let alive = |text: String| if row.phase == Phase::Alive { text } else { String::new() };
    let connections = row
        .held
        .counts
        .map_or_else(|| UNKNOWN.to_owned(), |counts| counts.established.to_string());
    let used = |text: String| if life.read.is_some() { text } else { UNKNOWN.to_owned() };
    let fds = facts
        .fds
        .map_or_else(|| UNKNOWN.to_owned(), |fds| used(fds.to_string()));
    let command = names::command(&facts.names.command);
    let comm = names::visible(&facts.names.comm);
    let doing = words.doing(timeline, row, Room::Wide);
    // Who sleeps waits for something, and for what may be hidden; who runs waits for nothing.
    let hidden = doing.is_empty() && matches!(facts.state, State::Sleeping | State::DiskSleep);
    let doing = if hidden { alive(UNKNOWN.to_owned()) } else { doing };
    vec![
        users.name_or_number(facts.uid),
        format!("{}{}", guide(&row.guides), life.pid),
        facts.parent.to_string(),
        words.standing(row, picture.moment.at),
        if zombie { "0".to_owned() } else { connections },
        // What was last read of a zombie can be from its life.
        if zombie { 1 } else { facts.threads }.to_string(),
        if zombie { "0".to_owned() } else { fds },
        if zombie {
            units::memory(0)
        } else {
            used(units::memory(life.usage.rss))
        },
        used(units::span(life.usage.cpu)),
        alive(units::span(picture.moment.at.since(life.born.earliest))),
        doing,
        if command.is_empty() {
            format!("[{comm}]")
        } else {
            command
        },
    ]
}

/// How exact a record is, in one line.
pub fn capture_line(words: &Words, capture: &Capture) -> String {
    let name = match capture.level() {
        Level::Exact => "capture-exact",
        Level::ExactTimes => "capture-exact-times",
        Level::ExitExact => "capture-exit-exact",
        Level::DeathsExact => "capture-deaths-exact",
        Level::Polling => "capture-polling",
    };
    capture_said(words, capture, name)
}

/// The same in as few cells as can be.
pub fn capture_brief(words: &Words, capture: &Capture) -> String {
    let name = match capture.level() {
        Level::Exact => "capture-exact",
        Level::ExactTimes => "capture-exact-times-brief",
        Level::ExitExact => "capture-exit-exact",
        Level::DeathsExact => "capture-deaths-exact-brief",
        Level::Polling => "capture-polling-brief",
    };
    capture_said(words, capture, name)
}

fn capture_said(words: &Words, capture: &Capture, name: &str) -> String {
    let every = format!("{} ms", capture.every.as_millis());
    words.say_with(name, &[("every", every.into())]).into_owned()
}

/// The lines that lead to a row from above.
pub fn guide(guides: &[bool]) -> String {
    let mut drawn = String::new();
    for (level, more) in guides.iter().enumerate() {
        drawn.push_str(match (level + 1 == guides.len(), more) {
            (true, true) => "├─",
            (true, false) => "└─",
            (false, true) => "│ ",
            (false, false) => "  ",
        });
    }
    drawn
}

/// Makes every column as wide as its widest cell; the last one is not padded.
fn align(table: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| {
            table
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| width(cell))
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for row in table {
        let last = row.len().saturating_sub(1);
        for (column, cell) in row.iter().enumerate() {
            let padded = match COLUMNS[column].1 {
                _ if column == last => cell.clone(),
                Edge::Left => left(cell, widths[column]) + "  ",
                Edge::Right => right(cell, widths[column]) + "  ",
            };
            text.push_str(&padded);
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}
