//! A comparison as a table, a row for each contender, and what follows from it in a few sentences.

use std::fmt::Write as _;
use std::time::Duration;

use crate::compare::figures::Figures;
use crate::compare::verdict::{Saying, verdict};
use crate::compare::{Comparison, Course, Scenario, Stage};
use crate::timeline::time::Time;
use crate::words::cells::{fit, left, right, width};
use crate::words::names::visible;
use crate::words::{Words, units};

/// What stands for what is not known.
const UNKNOWN: &str = "–";

/// A contender's name takes no more cells.
const NAME: usize = 24;

/// The whole report, ending with a line end.
pub fn comparison(words: &Words, comparison: &Comparison, now: Time) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let [scenario, ..] = scenario(words, &comparison.scenario);
    let _ = writeln!(text, "{scenario}");
    for line in table(words, comparison, now) {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    for line in sayings(words, comparison, now) {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// What all were put through, in one line, in a shorter one, and in the fewest words.
pub fn scenario(words: &Words, scenario: &Scenario) -> [String; 3] {
    let total = scenario.rounds.total;
    let waiting = total.saturating_sub(scenario.cpu());
    let said = [
        ("clients", scenario.clients.into()),
        ("service", time(total).into()),
        ("waiting", time(waiting).into()),
        ("cpu", time(scenario.cpu()).into()),
        ("cpus", scenario.cpus.unwrap_or(0).into()),
    ];
    let (name, brief) = if scenario.echo {
        ("compare-scenario-echo", "compare-brief-echo")
    } else if scenario.cpu().is_zero() {
        ("compare-scenario-io", "compare-brief-io")
    } else if waiting.is_zero() {
        ("compare-scenario-cpu", "compare-brief-cpu")
    } else {
        ("compare-scenario", "compare-brief")
    };
    let [short, brief] = [name, brief].map(|name| words.say_with(name, &said).into_owned());
    let whole = match scenario.cpus {
        Some(_) => short.clone() + &words.say_with("compare-cpus", &said),
        None => short.clone(),
    };
    [whole, short, brief]
}

/// The cells of the table: a row of headings, and one for each contender. The first cell is its name; then come four of
/// its waits, two of its services, and the rest one by one.
pub fn rows(words: &Words, comparison: &Comparison, now: Time) -> Vec<Vec<String>> {
    let clients = comparison.scenario.clients;
    let number = |number: u32| {
        let said = [("n", number.to_string().into())];
        words.say_with("compare-nth", &said).into_owned()
    };
    let say = |name: &'static str| words.say(name).into_owned();
    let heading = vec![
        String::new(),
        number(1),
        number(clients.div_ceil(2)),
        number(clients),
        say("compare-longest"),
        say("compare-mean"),
        say("compare-longest"),
        say("compare-total"),
        say("compare-processes"),
        say("compare-threads"),
        say("compare-memory"),
        say("compare-cpu"),
        say("compare-failed"),
    ];
    let mut rows = vec![heading];
    rows.extend(
        comparison
            .courses
            .iter()
            .map(|course| row(words, comparison, course, now)),
    );
    rows
}

/// The table: its heading, and a row for each contender.
pub fn table(words: &Words, comparison: &Comparison, now: Time) -> Vec<String> {
    let rows = rows(words, comparison, now);
    let say = |name: &'static str| words.say(name).into_owned();
    let widths: Vec<usize> = (0..rows[0].len())
        .map(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0))
        .collect();
    let line = |row: &Vec<String>| -> String {
        let cells = row.iter().zip(&widths).enumerate();
        cells
            .map(|(at, (cell, width))| match at {
                0 => left(cell, *width),
                // Between the groups there is more room.
                5 | 7 | 8 => format!("    {}", right(cell, *width)),
                _ => format!("  {}", right(cell, *width)),
            })
            .collect()
    };
    let group = |from: usize, to: usize| {
        (from..to)
            .map(|at| widths[at] + if at == from { 0 } else { 2 })
            .sum::<usize>()
    };
    let groups = format!(
        "{}  {}    {}",
        left("", widths[0]),
        left(&say("compare-waited"), group(1, 5)),
        say("compare-served"),
    );
    std::iter::once(groups).chain(rows.iter().map(line)).collect()
}

fn row(words: &Words, comparison: &Comparison, course: &Course, now: Time) -> Vec<String> {
    let figures = Figures::of(course, comparison.cpus, now);
    let span = |measured: Option<Duration>| measured.map_or_else(|| UNKNOWN.to_owned(), time);
    let (wait, service, peak) = (figures.wait, figures.service, course.peak);
    let started = course.began.is_some();
    let number = |number: Option<u32>| number.map_or_else(|| UNKNOWN.to_owned(), |number| number.to_string());
    vec![
        fit(&visible(course.name.as_bytes()), NAME),
        span(wait.and_then(|wait| wait.first)),
        span(wait.and_then(|wait| wait.middle)),
        span(wait.and_then(|wait| wait.last)),
        span(wait.map(|wait| wait.max)),
        span(service.map(|service| service.mean)),
        span(service.map(|service| service.max)),
        match course.stage {
            Stage::Queued | Stage::Starting | Stage::Failed(_) => UNKNOWN.to_owned(),
            Stage::Running => words.say("compare-runs").into_owned(),
            Stage::Done if figures.left > 0 => words.say("compare-stopped").into_owned(),
            Stage::Done => span(figures.total),
        },
        number(peak.map(|peak| peak.processes)),
        number(peak.map(|peak| peak.threads)),
        peak.and_then(|peak| peak.pss_anon)
            .map_or_else(|| UNKNOWN.to_owned(), units::memory),
        figures
            .cpu_busy
            .map_or_else(|| UNKNOWN.to_owned(), |busy| format!("{:.0} %", busy * 100.0)),
        if started {
            figures.failed.to_string()
        } else {
            UNKNOWN.to_owned()
        },
    ]
}

/// What follows from the figures, a sentence each, and how they are to be read.
pub fn sayings(words: &Words, comparison: &Comparison, now: Time) -> Vec<String> {
    let mut lines: Vec<String> = verdict(comparison, now)
        .iter()
        .map(|saying| say(words, saying))
        .collect();
    let scenario = &comparison.scenario;
    if scenario.is_scaled() {
        let said = [
            ("scale", scenario.scale.to_string().into()),
            ("service", time(scenario.rounds.total).into()),
            ("unscaled", time(scenario.unscaled(scenario.rounds.total)).into()),
        ];
        lines.push(words.say_with("compare-scaled", &said).into_owned());
    }
    if let Some(turn) = scenario.turn() {
        let said = [("turn", time(turn).into())];
        lines.push(words.say_with("compare-turns", &said).into_owned());
    }
    if scenario.together {
        lines.push(words.say("compare-together").into_owned());
    }
    lines
}

/// The same in another order, for where there is room for little: first who was lost, and what went wrong besides; then
/// what it comes to.
pub fn conclusions(words: &Words, comparison: &Comparison, now: Time) -> Vec<String> {
    let mut sayings = verdict(comparison, now);
    sayings.sort_by_key(|saying| match saying {
        Saying::Died { .. } | Saying::Failed { .. } | Saying::Stayed { .. } | Saying::Unserved { .. } => 0,
        Saying::NotRun { .. } => 1,
        Saying::Zombies { .. } => 2,
        Saying::Sooner { .. } | Saying::NoSooner { .. } => 3,
        Saying::OneByOne { .. } | Saying::InTurns { .. } | Saying::AtOnce { .. } => 4,
        Saying::Dropped { .. } | Saying::Turns { .. } | Saying::Cost(_) => 5,
    });
    sayings.iter().map(|saying| say(words, saying)).collect()
}

/// How far it is: a bar, about how long it still takes, and whose turn it is.
pub fn progress(words: &Words, comparison: &Comparison, now: Time) -> String {
    const CELLS: u32 = 24;
    let (share, left) = comparison.progress(now);
    let bar: String = (0..CELLS)
        .map(|cell| {
            if f64::from(cell) < share * f64::from(CELLS) {
                '█'
            } else {
                '░'
            }
        })
        .collect();
    let said = [
        ("percent", format!("{:.0}", share * 100.0).into()),
        ("time", units::clock(Duration::from_secs(left.as_secs() + 1)).into()),
    ];
    let course = comparison.courses.iter().find(|course| course.stage == Stage::Running);
    let name = course.map_or("", |course| course.name.as_str());
    format!("{bar} {}  {}", words.say_with("compare-left", &said), fit(name, NAME))
}

/// What makes figures doubtful, a sentence each.
pub fn doubts(words: &Words, comparison: &Comparison, now: Time) -> Vec<String> {
    let all = verdict(comparison, now);
    let doubts = all.iter().filter(|saying| {
        matches!(
            saying,
            Saying::Dropped { .. } | Saying::NotRun { .. } | Saying::Died { .. }
        )
    });
    doubts.map(|saying| say(words, saying)).collect()
}

fn say(words: &Words, saying: &Saying) -> String {
    let times = |times: f64| {
        if times < 9.95 {
            format!("{times:.1}")
        } else {
            format!("{times:.0}")
        }
    };
    // As it stands in the table, which a command may be longer than.
    let short = |name: &str| fit(&visible(name.as_bytes()), NAME);
    let text = |name: &'static str, said: &[(&'static str, String)]| {
        let said: Vec<_> = said
            .iter()
            .map(|(name, value)| (*name, value.as_str().into()))
            .collect();
        words.say_with(name, &said).into_owned()
    };
    let counted = |text: &'static str, name: &str, count: u64| {
        let said = [("name", short(name).into()), ("count", count.into())];
        words.say_with(text, &said).into_owned()
    };
    match saying {
        Saying::OneByOne {
            name,
            last,
            service,
            times: ratio,
        } => text(
            "verdict-one-by-one",
            &[
                ("name", short(name)),
                ("last", time(*last)),
                ("service", time(*service)),
                ("times", times(*ratio)),
            ],
        ),
        Saying::InTurns { name, longest } => text(
            "verdict-in-turns",
            &[("name", short(name)), ("longest", time(*longest))],
        ),
        Saying::AtOnce {
            names,
            longest,
            service: (least, most),
        } => text(
            if time(*least) == time(*most) {
                "verdict-at-once-alike"
            } else {
                "verdict-at-once"
            },
            &[
                (
                    "names",
                    names.iter().map(|name| short(name)).collect::<Vec<_>>().join(", "),
                ),
                ("longest", time(*longest)),
                ("least", time(*least)),
                ("most", time(*most)),
            ],
        ),
        Saying::Sooner { times: ratio } => text("verdict-sooner", &[("times", times(*ratio))]),
        Saying::NoSooner { busy: Some(busy) } => {
            text("verdict-no-sooner", &[("busy", format!("{:.0} %", busy * 100.0))])
        }
        Saying::NoSooner { busy: None } => words.say("verdict-no-sooner-cpu").into_owned(),
        Saying::Turns { clients, came } => text(
            if came > clients {
                "verdict-turns"
            } else {
                "verdict-turns-below"
            },
            &[("clients", clients.to_string()), ("came", came.to_string())],
        ),
        Saying::Cost(costs) => {
            let (much, most) = alike(costs.iter());
            let (little, least) = alike(costs.iter().rev());
            let names = |mut names: Vec<&String>, backwards: bool| {
                if backwards {
                    names.reverse();
                }
                names.into_iter().map(|name| short(name)).collect::<Vec<_>>().join(", ")
            };
            let said = [
                ("most", names(most, false)),
                ("much", much),
                ("least", names(least, true)),
                ("little", little),
            ];
            text("verdict-cost", &said)
        }
        Saying::Zombies { name, count } => counted("verdict-zombies", name, u64::from(*count)),
        Saying::Died { name, status } => text(
            "verdict-died",
            &[("name", short(name)), ("ending", words.ending(*status))],
        ),
        Saying::Failed { name, count } => counted("verdict-failed", name, *count as u64),
        Saying::Stayed { name, count } => counted("verdict-stayed", name, *count as u64),
        Saying::Unserved { name, count } => counted("verdict-unserved", name, *count as u64),
        Saying::Dropped { name, count } => counted("verdict-dropped", name, *count),
        Saying::NotRun { name, why } => text("verdict-not-run", &[("name", short(name)), ("why", why.clone())]),
    }
}

/// The memory of the first, as it is written, and the names of all those at the front who have as much by that.
fn alike<'a>(costs: impl Iterator<Item = &'a (String, u64)>) -> (String, Vec<&'a String>) {
    let mut written = costs.map(|(name, bytes)| (units::memory(*bytes), name)).peekable();
    let first = written.peek().map(|(memory, _)| memory.clone()).unwrap_or_default();
    let names = written.take_while(|(memory, _)| *memory == first);
    let names = names.map(|(_, name)| name).collect();
    (first, names)
}

/// Three digits or so: `97 ms`, `9.86 s`, `99.2 s`.
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (value, unit) = if seconds >= 0.999_5 {
        (seconds, "s")
    } else {
        (seconds * 1e3, "ms")
    };
    let decimals = match value {
        _ if value.fract() == 0.0 => 0,
        _ if value < 9.995 => 2,
        _ if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn who_had_as_much_memory_by_the_figures_is_named_beside_the_other() {
        #[track_caller]
        fn check(costs: &[(&str, u64)], expected: &str) {
            let costs = costs.iter().map(|(name, kib)| ((*name).to_owned(), kib * 1024));
            let said = say(&Words::new(Language::English), &Saying::Cost(costs.collect()));
            assert_eq!(said, format!("Memory at the peak: {expected}."));
        }
        let two = [("fork", 2400), ("epoll", 1210)];
        check(&two, "fork 2.3 MB, epoll 1.1 MB");
        let four = [("fork", 2400), ("threads", 2390), ("epoll", 1210), ("iterative", 1200)];
        check(&four, "fork, threads 2.3 MB, epoll, iterative 1.1 MB");
    }
}
