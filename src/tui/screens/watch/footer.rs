//! The bottom line: the keys that may be used here, or what was said last. While a dialog is open they are its keys.

use crate::tui::keymap::Action;
use crate::tui::keymap::table::{Binding, Dialog, Group, Needs};
use crate::tui::state::permissions::Permission;
use crate::tui::state::{App, Looking};
use crate::tui::widgets::footer::Footer;

/// The bottom line.
pub(super) fn footer(app: &App) -> Footer<'_> {
    let dialog = app.overlay.dialog();
    let (keys, kept) = dialog.map_or_else(|| of_the_tree(app), |dialog| of_dialog(app, dialog));
    Footer {
        keys,
        kept,
        // Who is asked has to see how to answer.
        message: app.message().filter(|_| dialog.is_none()),
        words: &app.words,
        theme: &app.theme,
    }
}

/// A key, and the name of what the footer says of it.
type Named = (&'static Binding, &'static str);

/// The keys of a dialog, and how many of them stay in any case.
fn of_dialog(app: &App, dialog: Dialog) -> (Vec<Named>, usize) {
    let named = dialog.keys().iter().filter_map(|key| Some((key, key.short?)));
    // Nothing scrolls that is seen whole.
    let scrolls = dialog == Dialog::Choice || app.open.most > 0;
    let keys: Vec<Named> = named
        .filter(|(key, _)| scrolls || key.action.motion().is_none())
        .collect();
    let kept = keys.len();
    (keys, kept)
}

/// The keys of the screen, the most important first but for help and the end, which stay in any case.
fn of_the_tree(app: &App) -> (Vec<Named>, usize) {
    let paused = matches!(app.looking, Looking::Paused(_));
    let mut groups = Group::ALL.to_vec();
    // What goes on again, and what else moves through time, comes first there.
    groups.sort_by_key(|group| !(paused && *group == Group::Time));
    let named = groups.into_iter().flat_map(Group::keys).filter_map(|key| {
        let text = match key.action {
            Action::Pause if paused => "short-go-on",
            _ => key.short?,
        };
        Some((key, text))
    });
    let (always, others): (Vec<Named>, Vec<Named>) =
        named.partition(|(key, _)| matches!(key.action, Action::Help | Action::Quit));
    let kept = always.len();
    let others = others.into_iter().filter(|(key, _)| allows(app, key.needs));
    (others.chain(always).collect(), kept)
}

fn allows(app: &App, needs: Needs) -> bool {
    let past = matches!(app.looking, Looking::Paused(_)) && !matches!(needs, Needs::Nothing | Needs::Load);
    let permission = app.permissions.of(needs);
    permission.is_none_or(|permission| permission == Permission::Granted && app.ended.is_none() && !past)
}
