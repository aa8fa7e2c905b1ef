//! Choices and questions: how to reap, of which model to be, which signal to send. What was chosen goes out as an effect.

use crate::server::config::{Model, Policy};
use crate::server::control::Order;
use crate::timeline::lifeline::{Lifeline, Phase};
use crate::timeline::process::Key;
use crate::tui::keymap::{Action, Motion};
use crate::tui::state::App;
use crate::tui::state::overlay::{Overlay, SIGNALS};
use crate::words::signals::signal as signal_name;

use super::Effect;
use super::asked::{self, Ask};
use super::reading;

pub(super) fn next_policy(app: &mut App) -> Option<Effect> {
    let following = app.will_be()?;
    let next = following.policy.next(following.model);
    if next.is_none() {
        app.tell(no_policies(app, following.model));
    }
    next.map(|policy| Effect::Order(Order::Reap(policy)))
}

pub(super) fn pick_policy(app: &mut App) {
    let Some(following) = app.following else { return };
    let all = following.model.policies();
    if all.is_empty() {
        app.tell(no_policies(app, following.model));
    } else {
        let at = all.iter().position(|policy| *policy == following.policy).unwrap_or(0);
        app.overlay = Overlay::Policies(at);
    }
}

/// That a model has no children to reap.
fn no_policies(app: &App, model: Model) -> String {
    let said = [("model", model.name().into())];
    app.words.say_with("refused-no-children", &said).into_owned()
}

/// Opens the choice of a model.
pub(super) fn pick_model(app: &mut App) {
    let now = app.following.map(|following| following.model).unwrap_or_default();
    let at = Model::ALL.iter().position(|model| *model == now).unwrap_or(0);
    app.overlay = Overlay::Models(at);
}

pub(super) fn pick_signal(app: &mut App) {
    let life = app.selected_life();
    let there = life.filter(|life| !matches!(life.phase(app.shown_at()), Phase::Gone(_)));
    match there.and_then(Lifeline::key) {
        Some(key) => {
            app.asked = None;
            app.overlay = Overlay::Signals { at: 0, key };
        }
        None if asked::wait(app, Ask::Signal) => {}
        None => app.tell(app.words.say("told-select-first").into_owned()),
    }
}

pub(super) fn choose_policy(app: &mut App, action: Action, at: usize) -> Option<Effect> {
    let all: &[Policy] = app.following.map_or(&[], |following| following.model.policies());
    match choice(action, at, all.len()) {
        Choice::Moved(at) => app.overlay = Overlay::Policies(at),
        Choice::Made => {
            app.overlay = Overlay::None;
            return all.get(at).map(|policy| Effect::Order(Order::Reap(*policy)));
        }
        Choice::Left => app.overlay = Overlay::None,
        Choice::Open => {}
    }
    None
}

pub(super) fn choose_model(app: &mut App, action: Action, at: usize) -> Option<Effect> {
    match choice(action, at, Model::ALL.len()) {
        Choice::Moved(at) => app.overlay = Overlay::Models(at),
        Choice::Made => {
            app.overlay = Overlay::None;
            return Model::ALL.get(at).map(|model| Effect::Order(Order::Become(*model)));
        }
        Choice::Left => app.overlay = Overlay::None,
        Choice::Open => {}
    }
    None
}

pub(super) fn choose_signal(app: &mut App, action: Action, at: usize, key: Key) -> Option<Effect> {
    match choice(action, at, SIGNALS.len()) {
        Choice::Moved(at) => app.overlay = Overlay::Signals { at, key },
        Choice::Made => {
            let signal = SIGNALS.get(at).map_or(0, |(signal, _)| *signal as i32);
            app.overlay = Overlay::Confirm { signal, key, scroll: 0 };
        }
        Choice::Left => app.overlay = Overlay::None,
        Choice::Open => {}
    }
    None
}

pub(super) fn confirm(app: &mut App, action: Action, (signal, key): (i32, Key), scroll: usize) -> Option<Effect> {
    if action == Action::Yes {
        app.overlay = Overlay::None;
        return Some(Effect::Signal { signal, key });
    }
    if matches!(action, Action::Escape | Action::Quit) {
        app.overlay = Overlay::None;
        let said = [("signal", signal_name(signal).into())];
        let text = app.words.say_with("told-not-sent", &said).into_owned();
        app.tell(text);
    }
    if let Some(motion) = action.motion() {
        let scroll = reading::scrolled(app, motion, scroll);
        app.overlay = Overlay::Confirm { signal, key, scroll };
    }
    None
}

/// What became of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// The bar stands elsewhere.
    Moved(usize),
    /// The one under the bar was taken.
    Made,
    /// None was taken.
    Left,
    /// Nothing yet.
    Open,
}

/// What a key makes of a choice among so many. They can be fewer than when it was opened, or none: another model may
/// have come meanwhile.
fn choice(action: Action, at: usize, count: usize) -> Choice {
    let Some(last) = count.checked_sub(1) else {
        return Choice::Left;
    };
    if action == Action::Accept {
        return Choice::Made;
    }
    if matches!(action, Action::Escape | Action::Quit) {
        return Choice::Left;
    }
    match action.motion() {
        Some(Motion::Up) => Choice::Moved(at.checked_sub(1).unwrap_or(last).min(last)),
        Some(Motion::Down) => Choice::Moved((at + 1) % count),
        Some(Motion::PageUp | Motion::First) => Choice::Moved(0),
        Some(Motion::PageDown | Motion::Last) => Choice::Moved(last),
        None => Choice::Open,
    }
}
