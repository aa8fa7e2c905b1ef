//! Reading what lies over the tree: the help, and what the target printed.

use crate::tui::keymap::{Action, Motion};
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;

use super::Effect;

/// Scrolls the help where there is more of it than the screen has; any other key closes it.
pub(super) fn help(app: &mut App, action: Action, scroll: usize) -> Option<Effect> {
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

/// Scrolls what the target printed; lines are counted from the last.
pub(super) fn output(app: &mut App, action: Action, back: usize) -> Option<Effect> {
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
