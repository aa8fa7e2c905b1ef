//! What a line of text does once it is typed: filter the tree, or set a mark.

use crossterm::event::KeyEvent;

use crate::report::users;
use crate::timeline::observation::{Mark, Observation};
use crate::timeline::tree::filter::Filter;
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;
use crate::tui::state::prompt::{Asks, Prompt, Typed};
use crate::words::names::visible;

/// Asks for the filter, which stands in the line as it is.
pub(super) fn ask_filter(app: &mut App) {
    let text = app.browse.filter.as_ref().map_or("", Filter::text).to_owned();
    app.overlay = Overlay::Prompt(Prompt::new(Asks::Filter, &text));
}

/// Asks what the mark says that is to stand at the moment that is shown.
pub(super) fn ask_mark(app: &mut App) {
    app.overlay = Overlay::Prompt(Prompt::new(Asks::Mark(app.shown_at()), ""));
}

/// Takes a key for the line that is being typed; false where the key is none of its own, or no line is asked for.
pub fn typed(app: &mut App, key: KeyEvent) -> bool {
    let Overlay::Prompt(prompt) = &mut app.overlay else {
        return false;
    };
    match prompt.take(key) {
        Typed::NotMine => return false,
        Typed::On => {}
        Typed::Left => {
            // A filter is let go by Esc, wherever it stands.
            if prompt.asks == Asks::Filter {
                app.browse.filter = None;
            }
            app.overlay = Overlay::None;
        }
        Typed::Done => done(app),
    }
    app.settle();
    true
}

fn done(app: &mut App) {
    let Overlay::Prompt(prompt) = &mut app.overlay else {
        return;
    };
    match prompt.asks {
        Asks::Mark(at) => {
            let text = visible(prompt.text().trim().as_bytes()).into();
            app.overlay = Overlay::None;
            app.timeline.apply(&Observation::Mark(Mark { at, text }));
        }
        Asks::Filter => match Filter::parse(&prompt.text(), users::number) {
            Ok(filter) => {
                app.browse.filter = filter;
                app.overlay = Overlay::None;
            }
            Err(trouble) => prompt.trouble = Some(trouble),
        },
    }
}
