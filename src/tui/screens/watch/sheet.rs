//! What stands on the sheet below the tree: choices, questions, and what the target printed. How it is drawn is the
//! widget's, and where it stands is decided in `places`.

use nix::sys::signal::Signal;
use ratatui::layout::Rect;

use crate::server::config::{Model, Policy};
use crate::timeline::lifeline::Phase;
use crate::timeline::process::Key;
use crate::tui::demonstration::said;
use crate::tui::state::App;
use crate::tui::state::overlay::{Overlay, SIGNALS};
use crate::tui::state::permissions::Permission;
use crate::tui::state::subject::Subject;
use crate::tui::widgets::sheet::{Entry, Sheet, View};
use crate::words::signals::signal;

/// The sheet that is open, on a screen of that size.
pub(super) fn sheet(app: &App, area: Rect) -> Option<Sheet<'_>> {
    Some(match &app.overlay {
        Overlay::None | Overlay::Prompt(_) | Overlay::Help { .. } => return None,
        Overlay::Policies(at) => {
            let following = app.following.iter();
            let policies =
                following.flat_map(|now| now.model.policies().iter().map(move |policy| (policy, now.policy)));
            let entries =
                policies.map(|(policy, now)| choice(app, policy.name(), policy_text(*policy), *policy == now));
            bare(app, "title-policies", entries.collect(), View::Bar(*at))
        }
        Overlay::Models(at) => {
            let now = app.following.map(|following| following.model);
            let entries = Model::ALL
                .iter()
                .map(|model| choice(app, model.name(), model_text(*model), Some(*model) == now));
            bare(app, "title-models", entries.collect(), View::Bar(*at))
        }
        Overlay::Signals { at, key } => signals(app, *at, *key),
        Overlay::Confirm { signal, key, scroll } => confirm(app, *signal, *key, *scroll),
        Overlay::Demonstrate { kind, scroll } => {
            let orders = app.permissions.orders == Permission::Granted;
            let steps = said::steps(&app.words, *kind, backlog(app), orders);
            let entries = steps.into_iter().map(step).collect();
            bare(app, "title-demo-asked", entries, View::From(*scroll))
        }
        Overlay::Output { back } => output(app, *back, area),
    })
}

/// A sheet without a note.
fn bare<'a>(app: &'a App, title: &str, entries: Vec<Entry>, view: View) -> Sheet<'a> {
    Sheet {
        title: app.words.say(title).into_owned(),
        note: String::new(),
        entries,
        beyond: (0, 0),
        most: u16::MAX,
        view,
        words: &app.words,
        theme: &app.theme,
    }
}

fn pair(name: &str, meaning: &str) -> Entry {
    Entry::Pair(name.to_owned(), meaning.to_owned(), String::new())
}

/// Something to be chosen: its name, what it is, and whether it is so now.
fn choice(app: &App, name: &str, text: &str, now: bool) -> Entry {
    let note = if now { app.words.say("choice-now") } else { "".into() };
    Entry::Pair(name.to_owned(), app.words.say(text).into_owned(), note.into_owned())
}

/// The choice of a signal, each with what it does.
fn signals(app: &App, at: usize, key: Key) -> Sheet<'_> {
    let words = &app.words;
    let entry = |(signal, does): &(Signal, &str)| {
        let name = format!("{:>2} {}", *signal as i32, signal.as_str());
        pair(&name, &words.say(does))
    };
    Sheet {
        title: words
            .say_with("title-signals", &[("pid", key.pid.to_string().into())])
            .into_owned(),
        note: words.say("signals-note").into_owned(),
        ..bare(app, "title-signals", SIGNALS.iter().map(entry).collect(), View::Bar(at))
    }
}

/// The question before a signal is sent, and what will come of it.
fn confirm(app: &App, number: i32, key: Key, scroll: usize) -> Sheet<'_> {
    let words = &app.words;
    let said = [("signal", signal(number).into()), ("pid", key.pid.to_string().into())];
    let life = app.timeline.by_key(key);
    let effect = match life.map(|life| life.phase(app.timeline.now())) {
        Some(Phase::Zombie(_)) => words.say("confirm-zombie").into_owned(),
        Some(Phase::Gone(_)) => words.say("confirm-gone").into_owned(),
        Some(Phase::Unborn | Phase::Alive) | None => {
            let known = SIGNALS.iter().find(|(signal, _)| *signal as i32 == number);
            let does = known.map(|(_, does)| words.say(does).into_owned()).unwrap_or_default();
            let said = [("signal", signal(number).into()), ("does", does.into())];
            let text = match known {
                // These no process can catch (signal(7)).
                Some((Signal::SIGKILL | Signal::SIGSTOP, _)) => "confirm-effect-sure",
                Some(_) | None => "confirm-effect",
            };
            words.say_with(text, &said).into_owned()
        }
    };
    let question = Entry::Question(words.say_with("confirm-signal", &said).into_owned());
    bare(
        app,
        "title-confirm",
        vec![question, Entry::Text(effect)],
        View::From(scroll),
    )
}

/// A step of a demonstration: its number and what is done, or what holds for all of them.
fn step(text: String) -> Entry {
    match text.split_once("  ") {
        Some((number, what)) => pair(number, what),
        None => Entry::Text(text),
    }
}

/// How many clients may wait on the first socket that is listened on.
fn backlog(app: &App) -> Option<u32> {
    let moment = app.moment();
    moment.listeners.first().and_then(|listener| listener.queue.backlog)
}

/// What the target printed, ending so many lines before the last: no more of it than a screen of that size has rows.
fn output(app: &App, back: usize, area: Rect) -> Sheet<'_> {
    let words = &app.words;
    let lines = &app.printed.lines;
    let end = lines.len().saturating_sub(back);
    let from = end.saturating_sub(usize::from(area.height));
    let printed = lines.range(from..end).map(|line| Entry::Printed(line.clone()));
    let mut entries: Vec<Entry> = printed.collect();
    if entries.is_empty() {
        let name = match app.subject {
            Subject::Attached(_) => "output-not-ours",
            Subject::BuiltIn | Subject::Launched(_) => "output-empty",
        };
        entries.push(Entry::Text(words.say(name).into_owned()));
    }
    let gone = [("lines", app.printed.dropped.to_string().into())];
    let note = match app.printed.dropped {
        0 => String::new(),
        _ => words.say_with("output-gone", &gone).into_owned(),
    };
    Sheet {
        note,
        beyond: (from, lines.len() - end),
        // What is read has half of the screen; the rest is what it is about.
        most: area.height / 2,
        ..bare(app, "title-output", entries, View::Last)
    }
}

/// The name of the text that says what a model is.
fn model_text(model: Model) -> &'static str {
    match model {
        Model::Iterative => "model-iterative",
        Model::Fork => "model-fork",
        Model::Prefork => "model-prefork",
        Model::Threads => "model-threads",
        Model::Epoll => "model-epoll",
    }
}

/// The name of the text that says what a policy does.
fn policy_text(policy: Policy) -> &'static str {
    match policy {
        Policy::Loop => "policy-loop",
        Policy::Once => "policy-once",
        Policy::None => "policy-none",
        Policy::Wait => "policy-wait",
        Policy::Poll => "policy-poll",
        Policy::Ignore => "policy-ignore",
        Policy::NoCldWait => "policy-nocldwait",
        Policy::SignalFd => "policy-signalfd",
        Policy::DoubleFork => "policy-double-fork",
    }
}
