//! What a scenario asks, and how the timeline's answers are written.

use std::fmt::Write as _;
use std::time::Duration;

use super::{Run, ms, number};
use crate::timeline::Timeline;
use crate::timeline::lifeline::{Phase, Reaper, ZombieTime};
use crate::timeline::log::Change;
use crate::timeline::observation::Ordered;
use crate::timeline::process::ExitStatus;
use crate::timeline::tests::looking::look;
use crate::timeline::time::Time;
use crate::timeline::tree::held::Counts;
use crate::timeline::tree::{Ghosts, Moment, Row};

impl Run {
    /// The answer to a question.
    pub(super) fn answer(&self, question: &str) -> String {
        let words: Vec<&str> = question.split_whitespace().collect();
        let timeline = &self.timeline;
        if words.first() == Some(&"forgotten") {
            let (gone, kept) = (timeline.forgotten(), timeline.kept());
            return format!(
                "forgotten: {} lifelines, {} segments, {} sockets; kept: {}, {}, {}",
                gone.lifelines, gone.segments, gone.sockets, kept.lifelines, kept.segments, kept.sockets
            );
        }
        let t = ms(number(words[0]));
        let ghosts = |window: &str, most: &str| Ghosts {
            window: Duration::from_millis(number(window)),
            most: number(most),
        };
        match words[1..] {
            [] => tree(&timeline.at(t, Ghosts::default())),
            ["ghosts", window, most] => tree(&timeline.at(t, ghosts(window, most))),
            ["totals"] => totals(&timeline.at(t, Ghosts::default())),
            ["queues"] => queues(&timeline.at(t, Ghosts::default())),
            ["clients"] => format!("{:?}", timeline.at(t, Ghosts::default()).totals.clients),
            ["log"] => log(timeline, t),
            ["read", pid] => {
                let millis = |at: Time| at.nanos() / 1_000_000;
                let life = timeline.by_pid(number(pid)).expect("a process of that pid");
                let usage = life.usage_at(t).map_or("cpu –".to_owned(), |(at, usage)| {
                    format!("cpu {} ms at {}", usage.cpu.as_millis(), millis(at))
                });
                let read = life.read_at(t).map_or("–".to_owned(), |at| millis(at).to_string());
                format!("read {read}, {usage}")
            }
            ["look", ref how @ ..] => look(timeline, t, how),
            ["steps"] => {
                let millis = |at: Option<Time>| at.map_or("–".to_owned(), |at| (at.nanos() / 1_000_000).to_string());
                let (before, after) = timeline.changes_around(t);
                format!("before {}, after {}", millis(before), millis(after))
            }
            _ => panic!("`? {question}` is no question"),
        }
    }
}

/// The rows of a moment, a line each.
pub(in crate::timeline::tests) fn tree(moment: &Moment<'_>) -> String {
    let mut drawn = String::new();
    for row in &moment.rows {
        let _ = writeln!(
            drawn,
            "{}{}{}",
            "  ".repeat(row.depth),
            row.life.pid,
            told(row, moment.at)
        );
    }
    if drawn.is_empty() { "nobody".to_owned() } else { drawn }
}

fn told(row: &Row<'_>, t: Time) -> String {
    let mut said = match row.phase {
        Phase::Zombie(exited) => format!(" Z {} {}", ending(exited.status), zombie_time(row.life.zombie_time(t))),
        Phase::Gone(_) => {
            let status = row.life.exited.map_or(ExitStatus::Unknown, |exited| exited.status);
            format!(" † {} {}", ending(status), zombie_time(row.life.zombie_time(t)))
        }
        Phase::Alive | Phase::Unborn if row.main_thread_left() => " main thread left".to_owned(),
        Phase::Alive | Phase::Unborn => format!(" {}", row.facts.state.letter()),
    };
    if let Some(adopter) = row.adopter.filter(|adopter| *adopter != 1) {
        let _ = write!(said, " adopted by {adopter}");
    }
    match row.held.counts {
        None if row.is_ghost() => {}
        None => said.push_str(" –"),
        Some(Counts {
            established,
            accepted,
            outgoing,
            half_closed,
            listening,
        }) => {
            assert_eq!(established, accepted + outgoing);
            for (word, count) in [
                ("accepted", accepted),
                ("outgoing", outgoing),
                ("half-closed", half_closed),
                ("listening", listening),
            ] {
                if count > 0 {
                    let _ = write!(said, " {word} {count}");
                }
            }
        }
    }
    if !row.held.shared_with.is_empty() {
        let _ = write!(said, " with {:?}", row.held.shared_with);
    }
    said
}

fn ending(status: ExitStatus) -> String {
    match status {
        ExitStatus::Code(code) => format!("code {code}"),
        ExitStatus::Signal(signal) => format!("signal {signal}"),
        ExitStatus::Unknown => "code ?".to_owned(),
    }
}

fn zombie_time(time: Option<ZombieTime>) -> String {
    let time = time.expect("a zombie has a zombie time");
    match time.most {
        Some(most) if most == time.least => format!("for {} ms", most.as_millis()),
        Some(most) => format!("for {} to {} ms", time.least.as_millis(), most.as_millis()),
        None => format!("for at least {} ms", time.least.as_millis()),
    }
}

/// The counts of a moment.
pub(in crate::timeline::tests) fn totals(moment: &Moment<'_>) -> String {
    let known = |count: Option<u32>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    let totals = &moment.totals;
    format!(
        "processes {} threads {} zombies {} connections {} unaccepted {} listening {} forked {} exited {} reaped {} lost {}",
        totals.processes,
        totals.threads,
        totals.zombies,
        known(totals.connections),
        known(totals.unaccepted),
        known(totals.listening),
        totals.forked,
        totals.exited,
        totals.reaped,
        totals.lost,
    )
}

/// The listeners of a moment and what waits in their queues.
pub(in crate::timeline::tests) fn queues(moment: &Moment<'_>) -> String {
    let known = |count: Option<u32>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    let mut told = String::new();
    for listener in &moment.listeners {
        let _ = writeln!(
            told,
            ":{} waiting {} of {} held by {:?}",
            listener.line.local.port(),
            known(listener.queue.waiting),
            known(listener.queue.backlog),
            listener.held_by,
        );
    }
    for line in &moment.queued {
        let peer = line.peer().map_or(0, |peer| peer.port());
        let _ = writeln!(
            told,
            "unaccepted from :{peer} since {}",
            line.opened.nanos() / 1_000_000
        );
    }
    told
}

/// The log up to a moment, oldest first.
pub(in crate::timeline::tests) fn log(timeline: &Timeline, t: Time) -> String {
    let mut lines: Vec<String> = timeline
        .log(t)
        .map(|entry| {
            let what = match &entry.change {
                Change::Forked {
                    pid,
                    parent: Some(parent),
                    ..
                } => format!("fork {pid} by {parent}"),
                Change::Forked { pid, parent: None, .. } => format!("fork {pid} by ?"),
                Change::Executed { pid, comm, .. } => format!("exec {pid} {}", String::from_utf8_lossy(comm)),
                Change::Exited { pid, status, .. } => format!("exit {pid} {}", ending(*status)),
                Change::Reaped { pid, zombie, by, .. } => {
                    let by = match by {
                        Reaper::Waited(by) => format!(" by {by}"),
                        Reaper::Discarded => " by nobody".to_owned(),
                        Reaper::Unknown => String::new(),
                    };
                    format!("reap {pid} {}{by}", zombie_time(Some(*zombie)))
                }
                Change::Adopted { pid, from, to, .. } => format!("orphan {pid} from {} to {to}", from.unwrap_or(0)),
                Change::Connected { local, peer, .. } => format!("connect :{} :{}", local.port(), peer.port()),
                Change::Closed { local, peer, .. } => format!("close :{} :{}", local.port(), peer.port()),
                Change::ClientFailed { id, failure } => format!("client {} {}", id.0, failure.name()),
                Change::Lost { count } => format!("lost {count}"),
                Change::Ordered(Ordered::Policy(policy)) => format!("order {policy}"),
                Change::Ordered(Ordered::Model(model)) => format!("order model {model}"),
                Change::Ordered(Ordered::Backlog(length)) => format!("order backlog {length}"),
                Change::Ordered(Ordered::Signal { signal, pid }) => format!("signal {signal} to {pid}"),
                Change::Marked(text) => format!("mark {text}"),
            };
            format!("{} {what}", entry.at.nanos() / 1_000_000)
        })
        .collect();
    lines.reverse();
    lines.join("\n")
}
