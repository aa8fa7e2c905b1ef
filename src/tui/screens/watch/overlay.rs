//! What lies over the tree: choices, questions, and what the target printed. The keys have a file of their own, `help`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::server::config::{Model, Policy};
use crate::tui::demonstration::said;
use crate::tui::screens::frame::inside;
use crate::tui::state::App;
use crate::tui::state::overlay::{Overlay, SIGNALS};
use crate::tui::state::permissions::Permission;
use crate::tui::state::subject::Subject;
use crate::tui::widgets::popup::{Entry, Popup};
use crate::words::signals::signal;

use super::help::help;
use super::places::Places;

/// Draws what lies over the tree.
pub(super) fn draw(app: &App, places: Places, area: Rect, buffer: &mut Buffer) {
    let words = &app.words;
    let all = places.below_header();
    let popup = match &app.overlay {
        Overlay::None | Overlay::Prompt(_) => return,
        Overlay::Help { scroll } => {
            help(app, *scroll).render(area, buffer);
            return;
        }
        Overlay::Policies(at) => Popup {
            title: words.say("title-policies").into_owned(),
            keys: words.say("choice-keys").into_owned(),
            entries: app
                .following
                .iter()
                .flat_map(|following| following.model.policies())
                .map(|policy| {
                    let meaning = words.say(policy_text(*policy)).into_owned();
                    Entry::Pair(policy.name().to_owned(), meaning)
                })
                .collect(),
            bar: Some(*at),
            theme: &app.theme,
        },
        Overlay::Models(at) => Popup {
            title: words.say("title-models").into_owned(),
            keys: words.say("choice-keys").into_owned(),
            entries: Model::ALL
                .iter()
                .map(|model| {
                    let meaning = words.say(model_text(*model)).into_owned();
                    Entry::Pair(model.name().to_owned(), meaning)
                })
                .collect(),
            bar: Some(*at),
            theme: &app.theme,
        },
        Overlay::Signals { at, key } => Popup {
            title: words
                .say_with("title-signals", &[("pid", key.pid.to_string().into())])
                .into_owned(),
            keys: words.say("choice-keys").into_owned(),
            entries: SIGNALS
                .iter()
                .map(|signal| Entry::Pair((*signal as i32).to_string(), signal.as_str().to_owned()))
                .collect(),
            bar: Some(*at),
            theme: &app.theme,
        },
        Overlay::Confirm { signal: number, key } => {
            let said = [("signal", signal(*number).into()), ("pid", key.pid.to_string().into())];
            Popup {
                title: words.say("title-confirm").into_owned(),
                keys: words.say("confirm-keys").into_owned(),
                entries: vec![
                    Entry::Gap,
                    Entry::Text(words.say_with("confirm-signal", &said).into_owned()),
                    Entry::Gap,
                ],
                bar: None,
                theme: &app.theme,
            }
        }
        Overlay::Demonstrate(kind) => Popup {
            title: words.say("title-demo").into_owned(),
            keys: words.say("confirm-keys").into_owned(),
            entries: said::steps(
                words,
                *kind,
                backlog(app),
                app.permissions.orders == Permission::Granted,
            )
            .into_iter()
            .map(step)
            .collect(),
            bar: None,
            theme: &app.theme,
        },
        Overlay::Output { back } => output(app, *back, all),
    };
    popup.draw(inside(app, places.trees()), all, buffer);
}

/// A step of a demonstration: its number and what is done, or what holds for all of them.
fn step(text: String) -> Entry {
    match text.split_once("  ") {
        Some((number, what)) => Entry::Pair(number.to_owned(), what.to_owned()),
        None => Entry::Text(text),
    }
}

/// How many clients may wait on the first socket that is listened on.
fn backlog(app: &App) -> Option<u32> {
    let moment = app.moment();
    moment.listeners.first().and_then(|listener| listener.queue.backlog)
}

/// What the target printed, ending so many lines before the last.
fn output(app: &App, back: usize, all: Rect) -> Popup<'_> {
    let words = &app.words;
    let lines = &app.printed.lines;
    let room = usize::from(all.height.saturating_sub(2));
    let end = lines.len().saturating_sub(back);
    let from = end.saturating_sub(room);
    let mut entries: Vec<Entry> = lines
        .range(from..end)
        .map(|line| Entry::Printed(line.clone()))
        .collect();
    if entries.is_empty() {
        let name = match app.subject {
            Subject::Attached(_) => "output-not-ours",
            Subject::BuiltIn | Subject::Launched(_) => "output-empty",
        };
        entries.push(Entry::Text(words.say(name).into_owned()));
    }
    Popup {
        title: words.say("title-output").into_owned(),
        keys: words
            .say_with("output-keys", &[("dropped", app.printed.dropped.to_string().into())])
            .into_owned(),
        entries,
        bar: None,
        theme: &app.theme,
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
