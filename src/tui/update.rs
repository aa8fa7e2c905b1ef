//! What an action does: to the state, and, as effects, to the world. Pure: the effects are carried out elsewhere.

use std::net::SocketAddr;

use crate::server::control::Order;
use crate::timeline::process::{Key, State};
use crate::timeline::tree::Ghosts;

use super::demonstration::{Demonstration, Kind};
use super::keymap::table::{Needs, keys};
use super::keymap::{Action, Motion};
use super::look::Look;
use super::pane;
use super::state::overlay::Overlay;
use super::state::permissions::Permission;
use super::state::{App, Looking};

pub mod asked;
mod browse;
mod choice;
pub mod mouse;
pub mod prompt;
mod reading;
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
    let effect = match app.overlay.clone() {
        Overlay::None if action == Action::Details && app.browse.crowd.is_some() => {
            browse::unfold(app);
            None
        }
        Overlay::None if pane::answer(app, action) => None,
        Overlay::None => on_tree(app, action),
        Overlay::Help { scroll } => reading::help(app, action, scroll),
        Overlay::Policies(at) => choice::choose_policy(app, action, at),
        Overlay::Models(at) => choice::choose_model(app, action, at),
        Overlay::Signals { at, key } => choice::choose_signal(app, action, at, key),
        Overlay::Confirm { signal, key, scroll } => choice::confirm(app, action, (signal, key), scroll),
        Overlay::Demonstrate { kind, scroll } => {
            begin(app, action, kind, scroll);
            None
        }
        Overlay::Output { back } => reading::output(app, action, back),
        // Its keys are taken before they mean anything else; only what ends it all comes through.
        Overlay::Prompt(_) => (action == Action::Quit).then_some(Effect::Quit),
    };
    if let Some(Effect::Order(order)) = effect {
        app.expect(order);
    }
    effect
}

/// Why an action is not done here: the name of the text that says it.
fn refused(app: &App, action: Action) -> Option<&'static str> {
    let needs = keys()
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
        _ if needs == Needs::LoadAndSignals && is_stopped(app) => Some("refused-stopped"),
        Looking::Paused(_) | Looking::Live => None,
    }
}

/// The server was stopped by somebody else, who alone knows when it is to go on.
fn is_stopped(app: &App) -> bool {
    let moment = app.timeline.at(app.timeline.now(), Ghosts::default());
    let roots = moment.rows.iter().filter(|row| row.life.root);
    app.demonstration.is_none() && roots.into_iter().any(|row| row.facts.state == State::Stopped)
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
            // A demonstration wants no other clients; what is wished meanwhile holds when it is over.
            let running = app.demonstration.as_mut().filter(|running| running.outcome().is_none());
            if let Some(running) = running {
                running.stream_afterwards(app.streaming);
                return (!app.streaming).then_some(Effect::Stream(false));
            }
            return Some(Effect::Stream(app.streaming));
        }
        Action::NextPolicy => return choice::next_policy(app),
        Action::PickPolicy => choice::pick_policy(app),
        Action::NextModel => {
            return app
                .will_be()
                .map(|following| Effect::Order(Order::Become(following.model.next())));
        }
        Action::PickModel => choice::pick_model(app),
        Action::PickSignal => choice::pick_signal(app),
        Action::Pause => time::pause(app),
        Action::StepBack => time::step_back(app),
        Action::StepForward => time::step_forward(app),
        Action::SecondBack => time::second_back(app),
        Action::SecondForward => time::second_forward(app),
        Action::Mark => prompt::ask_mark(app),
        Action::MarkBefore => time::mark_before(app),
        Action::MarkAfter => time::mark_after(app),
        Action::ZoomIn => app.zoom(-1),
        Action::ZoomOut => app.zoom(1),
        Action::Move(motion) => go(app, motion),
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
                Overlay::Demonstrate { kind, scroll: 0 }
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

/// The bar along the rows, or the eye along the time.
fn go(app: &mut App, motion: Motion) {
    match motion {
        Motion::Up => browse::select(app, -1),
        Motion::Down => browse::select(app, 1),
        Motion::PageUp => browse::select(app, -to_signed(app.page)),
        Motion::PageDown => browse::select(app, to_signed(app.page)),
        Motion::First => time::first(app),
        Motion::Last => app.looking = Looking::Live,
    }
}

/// Out of a demonstration first.
fn escape(app: &mut App) {
    match &mut app.demonstration {
        Some(demonstration) if demonstration.outcome().is_none() => demonstration.give_up(),
        Some(_) => app.demonstration = None,
        None => browse::escape(app),
    }
}

fn begin(app: &mut App, action: Action, kind: Kind, scroll: usize) {
    if action == Action::Yes {
        app.overlay = Overlay::None;
        app.looking = Looking::Live;
        let orders = app.permissions.orders == Permission::Granted;
        app.demonstration = Demonstration::new(kind, &app.timeline, (app.streaming, orders), app.clock);
    }
    if matches!(action, Action::Escape | Action::Quit) {
        app.overlay = Overlay::None;
    }
    if let Some(motion) = action.motion() {
        let scroll = reading::scrolled(app, motion, scroll);
        app.overlay = Overlay::Demonstrate { kind, scroll };
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

fn to_signed(count: usize) -> isize {
    isize::try_from(count).unwrap_or(isize::MAX)
}
