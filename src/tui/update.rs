//! What an action does: to the state, and, as effects, to the world. Pure: the effects are carried out elsewhere.

use std::net::SocketAddr;

use crate::server::config::{Model, Policy};
use crate::server::control::Order;
use crate::timeline::process::{Key, Phase};
use crate::words::phrases::signal as signal_name;

use super::demonstration::{Demonstration, Kind};
use super::keymap::{Action, KEYS, Motion, Needs};
use super::look::Look;
use super::pane;
use super::state::{App, Looking, Overlay, Permission, SIGNALS, SPANS};

pub mod asked;
mod browse;
pub mod mouse;
pub mod prompt;
mod time;

use asked::Ask;

/// Something to be done outside the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Let clients come.
    Connect(u32),
    /// Hang up the client with that address.
    HangUp(SocketAddr),
    /// Hang up all clients.
    HangUpAll,
    /// Start or stop the gentle stream.
    Stream(bool),
    /// Have the server reap that way, or become of another model.
    Order(Order),
    /// Send a signal.
    Signal {
        /// Which.
        signal: i32,
        /// To whom.
        key: Key,
    },
    /// Stop these, until [`Self::Thaw`].
    Freeze(Vec<Key>),
    /// Let everybody go on who was stopped.
    Thaw,
    /// Keep the screen as a file.
    Export,
    /// Open the list of lessons.
    Lessons,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back for a while.
    Suspend,
    /// End.
    Quit,
}

/// Does what an action asks for.
pub fn update(app: &mut App, action: Action) -> Option<Effect> {
    // These belong to the terminal, whatever lies over the tree.
    if action == Action::Redraw {
        return Some(Effect::Redraw);
    }
    if action == Action::Suspend {
        return Some(Effect::Suspend);
    }
    if let Some(refusal) = refused(app, action) {
        app.tell(app.words.say(refusal).into_owned());
        return None;
    }
    match app.overlay.clone() {
        Overlay::None if action == Action::Details && app.browse.crowd.is_some() => {
            browse::unfold(app);
            None
        }
        Overlay::None if pane::answer(app, action) => None,
        Overlay::None => on_tree(app, action),
        Overlay::Help { scroll } => read_help(app, action, scroll),
        Overlay::Policies(at) => choose_policy(app, action, at),
        Overlay::Models(at) => choose_model(app, action, at),
        Overlay::Signals { at, key } => choose_signal(app, action, at, key),
        Overlay::Confirm { signal, key } => confirm(app, action, signal, key),
        Overlay::Demonstrate(kind) => {
            begin(app, action, kind);
            None
        }
        Overlay::Output { back } => read_output(app, action, back),
        // Its keys are taken before they mean anything else; only what ends it all comes through.
        Overlay::Prompt(_) => (action == Action::Quit).then_some(Effect::Quit),
    }
}

/// Why an action is not done here: the name of the text that says it.
fn refused(app: &App, action: Action) -> Option<&'static str> {
    let needs = KEYS
        .iter()
        .find(|key| key.action == action)
        .map_or(Needs::Nothing, |key| key.needs);
    let text = match needs {
        Needs::Nothing => return None,
        Needs::Load => "refused-load",
        Needs::Orders => "refused-orders",
        Needs::Signals => "refused-signals",
        Needs::LoadAndSignals => "refused-demonstration",
    };
    match app.permissions.of(needs)? {
        Permission::ReadOnly => return Some("refused-read-only"),
        Permission::NotHere => return Some(text),
        Permission::Granted => {}
    }
    match app.looking {
        _ if app.ended.is_some() => Some("refused-ended"),
        Looking::Paused(_) if needs != Needs::Load => Some("refused-paused"),
        Looking::Paused(_) | Looking::Live => None,
    }
}

fn on_tree(app: &mut App, action: Action) -> Option<Effect> {
    match action {
        Action::Connect(count) => return Some(Effect::Connect(count)),
        Action::HangUp => return hang_up(app),
        Action::HangUpAll => return Some(Effect::HangUpAll),
        Action::ToggleStream => {
            app.streaming = !app.streaming;
            let text = if app.streaming {
                "told-stream-on"
            } else {
                "told-stream-off"
            };
            app.tell(app.words.say(text).into_owned());
            return Some(Effect::Stream(app.streaming));
        }
        Action::NextPolicy => return next_policy(app),
        Action::PickPolicy => pick_policy(app),
        Action::NextModel => {
            return app
                .following
                .map(|following| Effect::Order(Order::Become(following.model.next())));
        }
        Action::PickModel => {
            let now = app.following.map(|following| following.model).unwrap_or_default();
            let at = Model::ALL.iter().position(|model| *model == now).unwrap_or(0);
            app.overlay = Overlay::Models(at);
        }
        Action::PickSignal => pick_signal(app),
        Action::Pause => time::pause(app),
        Action::StepBack => time::step_back(app),
        Action::StepForward => time::step_forward(app),
        Action::SecondBack => time::second_back(app),
        Action::SecondForward => time::second_forward(app),
        Action::First => time::first(app),
        Action::Now => app.looking = Looking::Live,
        Action::Mark => prompt::ask_mark(app),
        Action::MarkBefore => time::mark_before(app),
        Action::MarkAfter => time::mark_after(app),
        Action::ZoomIn => app.span = app.span.saturating_sub(1),
        Action::ZoomOut => app.span = (app.span + 1).min(SPANS.len() - 1),
        Action::Up => browse::select(app, -1),
        Action::Down => browse::select(app, 1),
        Action::PageUp => browse::select(app, -to_signed(app.page)),
        Action::PageDown => browse::select(app, to_signed(app.page)),
        Action::Output => app.overlay = Overlay::Output { back: 0 },
        Action::Export => return Some(Effect::Export),
        Action::Projector => app.restyle(|look| look.projector = !look.projector),
        Action::NextTheme => next_theme(app),
        Action::Help => app.overlay = Overlay::Help { scroll: 0 },
        Action::Lessons => return Some(Effect::Lessons),
        Action::Filter => prompt::ask_filter(app),
        Action::Fold => browse::fold(app),
        Action::Unfold => browse::unfold(app),
        Action::UnfoldAll => browse::unfold_all(app),
        Action::Follow => browse::follow(app),
        Action::Threads => browse::threads(app),
        Action::Order => app.browse.order = app.browse.order.next(),
        Action::Demonstrate(kind) => {
            let free = app.demonstration.as_ref().is_none_or(|other| other.outcome().is_some());
            app.overlay = if free {
                Overlay::Demonstrate(kind)
            } else {
                Overlay::None
            };
        }
        Action::Escape => escape(app),
        Action::Details
        | Action::Proofs
        | Action::Code
        | Action::Accept
        | Action::Yes
        | Action::Redraw
        | Action::Suspend => {}
        Action::Quit => return Some(Effect::Quit),
    }
    None
}

/// Out of a demonstration first.
fn escape(app: &mut App) {
    match &mut app.demonstration {
        Some(demonstration) if demonstration.outcome().is_none() => demonstration.give_up(),
        Some(_) => app.demonstration = None,
        None => browse::escape(app),
    }
}

fn begin(app: &mut App, action: Action, kind: Kind) {
    if action == Action::Yes {
        app.overlay = Overlay::None;
        app.looking = Looking::Live;
        app.demonstration = Demonstration::new(kind, &app.timeline, app.streaming, app.clock);
    }
    if matches!(action, Action::Escape | Action::Quit) {
        app.overlay = Overlay::None;
    }
}

fn next_theme(app: &mut App) {
    if app.look.is_plain() {
        app.tell(app.words.say("told-no-colours").into_owned());
        return;
    }
    app.restyle(Look::next);
    let said = [("name", app.look.name().to_owned().into())];
    app.tell(app.words.say_with("told-theme", &said).into_owned());
}

fn hang_up(app: &mut App) -> Option<Effect> {
    let moment = app.moment();
    let row = app.selected.and_then(|id| moment.row(id));
    let peers = row
        .iter()
        .flat_map(|row| row.held.connections.iter().filter_map(|line| line.peer()));
    let own = peers.into_iter().find(|peer| app.timeline.client_at(*peer).is_some());
    let text = match (row.is_some(), own) {
        (_, Some(peer)) => {
            drop(moment);
            app.asked = None;
            return Some(Effect::HangUp(peer));
        }
        (true, None) => "told-no-client",
        (false, None) => "told-select-first",
    };
    drop(moment);
    if asked::wait(app, Ask::HangUp) {
        return None;
    }
    app.tell(app.words.say(text).into_owned());
    None
}

fn next_policy(app: &mut App) -> Option<Effect> {
    let following = app.following?;
    let next = following.policy.next(following.model);
    if next.is_none() {
        app.tell(no_policies(app, following.model));
    }
    next.map(|policy| Effect::Order(Order::Reap(policy)))
}

fn pick_policy(app: &mut App) {
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

fn pick_signal(app: &mut App) {
    let life = app.selected_life();
    let there = life.filter(|life| !matches!(life.phase(app.shown_at()), Phase::Gone(_)));
    match there.and_then(crate::timeline::process::Lifeline::key) {
        Some(key) => {
            app.asked = None;
            app.overlay = Overlay::Signals { at: 0, key };
        }
        None if asked::wait(app, Ask::Signal) => {}
        None => app.tell(app.words.say("told-select-first").into_owned()),
    }
}

fn to_signed(count: usize) -> isize {
    isize::try_from(count).unwrap_or(isize::MAX)
}

fn choose_policy(app: &mut App, action: Action, at: usize) -> Option<Effect> {
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

fn choose_model(app: &mut App, action: Action, at: usize) -> Option<Effect> {
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

fn choose_signal(app: &mut App, action: Action, at: usize, key: Key) -> Option<Effect> {
    match choice(action, at, SIGNALS.len()) {
        Choice::Moved(at) => app.overlay = Overlay::Signals { at, key },
        Choice::Made => {
            let signal = SIGNALS.get(at).map_or(0, |signal| *signal as i32);
            app.overlay = Overlay::Confirm { signal, key };
        }
        Choice::Left => app.overlay = Overlay::None,
        Choice::Open => {}
    }
    None
}

fn confirm(app: &mut App, action: Action, signal: i32, key: Key) -> Option<Effect> {
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
    None
}

/// Scrolls the help where there is more of it than the screen has; any other key closes it.
fn read_help(app: &mut App, action: Action, scroll: usize) -> Option<Effect> {
    let (most, page) = (app.help_most, app.page.max(1));
    let scrolled = match action.motion().filter(|_| most > 0) {
        Some(Motion::Up) => scroll.saturating_sub(1),
        Some(Motion::Down) => scroll + 1,
        Some(Motion::PageUp) => scroll.saturating_sub(page),
        Some(Motion::PageDown) => scroll + page,
        Some(Motion::First) => 0,
        Some(Motion::Last) => most,
        None => {
            app.overlay = Overlay::None;
            return (action == Action::Quit).then_some(Effect::Quit);
        }
    };
    let scroll = scrolled.min(most);
    app.overlay = Overlay::Help { scroll };
    None
}

fn read_output(app: &mut App, action: Action, back: usize) -> Option<Effect> {
    if matches!(action, Action::Escape | Action::Output | Action::Quit) {
        app.overlay = Overlay::None;
        return None;
    }
    let most = app.printed.lines.len().saturating_sub(1);
    let page = app.page.max(1);
    let back = match action.motion() {
        Some(Motion::Up) => back + 1,
        Some(Motion::Down) => back.saturating_sub(1),
        Some(Motion::PageUp) => back + page,
        Some(Motion::PageDown) => back.saturating_sub(page),
        Some(Motion::First) => most,
        Some(Motion::Last) => 0,
        None => back,
    };
    app.overlay = Overlay::Output { back: back.min(most) };
    None
}

/// What became of a choice.
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

fn choice(action: Action, at: usize, count: usize) -> Choice {
    if action == Action::Accept {
        return Choice::Made;
    }
    if matches!(action, Action::Escape | Action::Quit) {
        return Choice::Left;
    }
    match action.motion() {
        Some(Motion::Up) => Choice::Moved(at.checked_sub(1).unwrap_or(count - 1)),
        Some(Motion::Down) => Choice::Moved((at + 1) % count),
        Some(Motion::PageUp | Motion::First) => Choice::Moved(0),
        Some(Motion::PageDown | Motion::Last) => Choice::Moved(count - 1),
        None => Choice::Open,
    }
}
