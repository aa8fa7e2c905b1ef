//! Reading what is open: the help, what the target printed, and questions that are longer than their place.

use crate::tui::keymap::{Action, Motion};
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;

use super::Effect;

/// The first line shown after a motion from that one.
pub(super) fn scrolled(app: &App, motion: Motion, scroll: usize) -> usize {
    let (most, page) = (app.open.most, app.open.page.max(1));
    let scrolled = match motion {
        Motion::Up => scroll.saturating_sub(1),
        Motion::Down => scroll + 1,
        Motion::PageUp => scroll.saturating_sub(page),
        Motion::PageDown => scroll + page,
        Motion::First => 0,
        Motion::Last => most,
    };
    scrolled.min(most)
}

/// Scrolls the help where there is more of it than the screen has; any other key closes it.
pub(super) fn help(app: &mut App, action: Action, scroll: usize) -> Option<Effect> {
    let Some(motion) = action.motion().filter(|_| app.open.most > 0) else {
        app.overlay = Overlay::None;
        return (action == Action::Quit).then_some(Effect::Quit);
    };
    let scroll = scrolled(app, motion, scroll);
    app.overlay = Overlay::Help { scroll };
    None
}

/// Scrolls what the target printed; lines are counted from the last.
pub(super) fn output(app: &mut App, action: Action, back: usize) -> Option<Effect> {
    if matches!(action, Action::Escape | Action::Output | Action::Quit) {
        app.overlay = Overlay::None;
        return None;
    }
    if let Some(motion) = action.motion() {
        let most = app.open.most;
        let first = scrolled(app, motion, most.saturating_sub(back));
        let back = most - first;
        app.overlay = Overlay::Output { back };
    }
    None
}
