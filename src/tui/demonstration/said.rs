//! A demonstration in words: what it will do, where it is, and what was seen in the end.

use crate::words::Words;
use crate::words::why::Said;

use super::seen::Seen;
use super::{CROWD, Demonstration, Kind, Outcome, SHORT, Step, shortens};

/// What it will do, a line each; said before it is done. `orders` says that the server takes them.
pub fn steps(words: &Words, kind: Kind, backlog: Option<u32>, orders: bool) -> Vec<String> {
    let all: &[&str] = match kind {
        Kind::Zombies => &[
            "demo-zombies-1",
            "demo-zombies-2",
            "demo-zombies-3",
            "demo-zombies-4",
            "demo-safe",
        ],
        Kind::Queue => &["demo-queue-1", "demo-queue-2", "demo-queue-3", "demo-safe"],
    };
    let values = [("most", CROWD.to_string().into())];
    let mut said: Vec<String> = all
        .iter()
        .map(|name| words.say_with(name, &values).into_owned())
        .collect();
    if let Some(backlog) = backlog.filter(|backlog| kind == Kind::Queue && *backlog >= CROWD) {
        let values = [
            ("backlog", backlog.to_string().into()),
            ("most", CROWD.to_string().into()),
            ("short", SHORT.to_string().into()),
        ];
        let text = if shortens(Some(backlog), orders) {
            "demo-queue-short"
        } else {
            "demo-queue-long"
        };
        // Before the last line, which holds for all of it.
        said.insert(said.len() - 1, words.say_with(text, &values).into_owned());
    }
    said
}

/// Where it is, or how it came out, and where the kernel says so.
pub fn said(words: &Words, demonstration: &Demonstration, seen: &Seen) -> (Said, String) {
    let number = |number: u32| number.to_string();
    let unknown = |number: Option<u32>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let mut values = vec![
        ("parent", demonstration.parent.pid.to_string()),
        ("living", number(seen.living)),
        ("zombies", number(seen.zombies)),
        ("children", number(seen.living + seen.zombies)),
        ("waiting", number(seen.waiting.unwrap_or(0))),
        ("backlog", unknown(seen.backlog)),
        ("most", number(CROWD)),
        ("short", number(SHORT)),
    ];
    let (headline, more) = match demonstration.step {
        Step::Ready | Step::Gathering(_) => ("demo-gathering", "demo-zombies-1"),
        Step::Shortening => ("demo-shortening", "demo-shortening-more"),
        Step::Stopping => ("demo-stopping", "demo-step-stop"),
        // That they hung up is seen by the children that ended.
        Step::Ending if seen.living > 0 => ("demo-ending", "demo-zombies-3"),
        Step::Ending => ("demo-ended", "demo-zombies-3"),
        Step::GoingOn { .. } | Step::GivingUp => ("demo-going-on", "demo-zombies-4"),
        Step::Filling { .. } => ("demo-filling", "demo-queue-2"),
        Step::Emptying(_) => ("demo-emptying", "demo-queue-3"),
        Step::Done(outcome) => ended(outcome, &mut values),
    };
    let values: Vec<_> = values.into_iter().map(|(name, value)| (name, value.into())).collect();
    let said = Said {
        headline: words.say_with(headline, &values).into_owned(),
        more: words.say_with(more, &values).into_owned(),
    };
    let pid = demonstration.parent.pid;
    let sources = match demonstration.kind {
        Kind::Zombies => format!("/proc/{pid}/stat (T), /proc/PID/stat (Z), pidfd"),
        Kind::Queue => {
            format!("/proc/{pid}/stat (T), sock_diag (rqueue wqueue), /proc/{pid}/net/netstat")
        }
    };
    let sources = words.say_with("why-from", &[("sources", sources.into())]).into_owned();
    (said, sources)
}

/// The texts for an outcome, and the values that they need besides.
fn ended(outcome: Outcome, values: &mut Vec<(&'static str, String)>) -> (&'static str, &'static str) {
    let unknown = |number: Option<u32>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let mut set = |name: &'static str, value: String| {
        values.retain(|(other, _)| *other != name);
        values.push((name, value));
    };
    match outcome {
        Outcome::Reaped { zombies, reaped } => {
            set("zombies", zombies.to_string());
            set("reaped", reaped.to_string());
            set("left", zombies.saturating_sub(reaped).to_string());
            match reaped {
                0 => ("demo-none", "demo-none-more"),
                _ if reaped == zombies => ("demo-all", "demo-all-more"),
                1 => ("demo-one", "demo-one-more"),
                _ => ("demo-some", "demo-some-more"),
            }
        }
        Outcome::Discarded => ("demo-discarded", "demo-discarded-more"),
        Outcome::Filled {
            waiting,
            backlog,
            refused,
        } => {
            let more = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), |count| format!("+{count}"));
            set("waiting", waiting.to_string());
            set("backlog", unknown(backlog));
            set("overflows", more(refused.map(|refused| refused.overflows)));
            set("drops", more(refused.map(|refused| refused.drops)));
            match backlog {
                Some(backlog) if waiting > backlog => ("demo-full", "demo-full-more"),
                Some(_) | None => ("demo-filled", "demo-filled-more"),
            }
        }
        Outcome::NoChildren => ("demo-no-children", "demo-nothing-done"),
        Outcome::NotStopped => ("demo-not-stopped", "demo-let-go"),
        Outcome::StillAlive(living) => {
            set("living", living.to_string());
            ("demo-still-alive", "demo-let-go")
        }
        Outcome::NotFilled => ("demo-not-filled", "demo-let-go"),
        Outcome::Gone => ("demo-gone", "demo-nothing-done"),
        Outcome::GivenUp => ("demo-given-up", "demo-let-go"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::refused::Refused;
    use crate::timeline::process::Key;
    use crate::timeline::time::Time;
    use crate::words::Language;
    use crate::words::cells::width;

    fn at(kind: Kind, step: Step) -> Demonstration {
        let parent = Key {
            pid: 41217,
            start_ticks: 1,
        };
        Demonstration {
            kind,
            parent,
            stopped: Vec::new(),
            children: Vec::new(),
            streaming: false,
            orders: false,
            backlog: None,
            step,
            since: Time::default(),
        }
    }

    /// Every step and every outcome is said in both languages, with all that it needs, in the room that there is.
    #[test]
    fn every_step_is_said() {
        let reaped = |reaped| Outcome::Reaped { zombies: 10, reaped };
        let filled = |waiting| Outcome::Filled {
            waiting,
            backlog: Some(4),
            refused: Some(Refused { overflows: 4, drops: 5 }),
        };
        let outcomes = [
            reaped(0),
            reaped(1),
            reaped(2),
            reaped(10),
            Outcome::Discarded,
            filled(5),
            filled(4),
            Outcome::NoChildren,
            Outcome::NotStopped,
            Outcome::StillAlive(2),
            Outcome::NotFilled,
            Outcome::Gone,
            Outcome::GivenUp,
        ];
        let mut all = vec![
            Step::Ready,
            Step::Gathering(3),
            Step::Shortening,
            Step::Stopping,
            Step::Ending,
            Step::GoingOn {
                zombies: 10,
                left: 9,
                calm: None,
            },
            Step::Filling { sent: 9, before: None },
            Step::Emptying(filled(5)),
        ];
        all.extend(outcomes.map(Step::Done));
        for language in Language::ALL {
            let words = Words::new(*language);
            let mut headlines = std::collections::BTreeSet::new();
            for step in &all {
                let (said, _) = said(&words, &at(Kind::Zombies, *step), &Seen::default());
                let whole = format!("{} {}", said.headline, said.more);
                assert!(!whole.contains(['{', '$', '}']), "{whole}");
                assert!(
                    width(&said.headline) <= 78,
                    "{}: {}",
                    width(&said.headline),
                    said.headline
                );
                assert!(width(&said.more) <= 116, "{}: {}", width(&said.more), said.more);
                headlines.insert(said.headline);
            }
            // That clients hung up is said once no child lives.
            let ending = |living| {
                let seen = Seen {
                    living,
                    zombies: 3,
                    ..Seen::default()
                };
                said(&words, &at(Kind::Zombies, Step::Ending), &seen).0.headline
            };
            let words_of = |living| ending(living).replace(|c: char| c.is_ascii_digit(), "");
            assert_ne!(words_of(0), words_of(1));
            // To begin is to gather; all else differs.
            assert_eq!(headlines.len(), all.len() - 1, "{headlines:#?}");
            for (kind, orders) in [(Kind::Zombies, false), (Kind::Queue, false), (Kind::Queue, true)] {
                for line in steps(&words, kind, Some(4096), orders) {
                    assert!(
                        width(&line) <= 75 && !line.contains(['{', '}']),
                        "{}: {line}",
                        width(&line)
                    );
                }
            }
        }
    }

    #[test]
    fn a_long_queue_is_told_beforehand() {
        let words = Words::new(Language::English);
        let said = |backlog, orders| steps(&words, Kind::Queue, Some(backlog), orders).concat();
        assert!(said(4096, false).contains("--backlog"));
        assert!(said(4096, true).contains("listen()") && !said(4096, true).contains("--backlog"));
        assert!(!said(4, true).contains("listen()") && !said(4, false).contains("--backlog"));
    }
}
