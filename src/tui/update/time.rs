//! What keys do to the moment that is looked at. Capture goes on underneath, whatever is looked at.

use std::time::Duration;

use crate::timeline::marks::Marked;
use crate::timeline::time::Time;
use crate::tui::state::{App, Looking};

/// How far a step by time goes.
const SECOND: Duration = Duration::from_secs(1);

/// Freezes the picture, or lets it go on.
pub(super) fn pause(app: &mut App) {
    app.looking = match app.looking {
        Looking::Live => Looking::Paused(app.shown_at()),
        Looking::Paused(_) => Looking::Live,
    };
}

/// To the newest change before the moment shown.
pub(super) fn step_back(app: &mut App) {
    let (before, _) = app.timeline.changes_around(app.shown_at());
    back_to(app, before);
}

/// To the next change after the moment shown; to now where there is none.
pub(super) fn step_forward(app: &mut App) {
    let Looking::Paused(shown) = app.looking else { return };
    let (_, after) = app.timeline.changes_around(shown);
    on_to(app, after);
}

/// A second back.
pub(super) fn second_back(app: &mut App) {
    let shown = app.shown_at();
    back_to(app, Some(shown - SECOND));
}

/// A second on; to now where that is later.
pub(super) fn second_forward(app: &mut App) {
    let Looking::Paused(shown) = app.looking else { return };
    on_to(app, Some(shown + SECOND));
}

/// To the mark before the moment shown.
pub(super) fn mark_before(app: &mut App) {
    let shown = app.shown_at();
    let earlier = |mark: &&Marked| mark.at < shown;
    match app.timeline.marks().iter().rev().find(earlier).map(|mark| mark.at) {
        Some(at) => go_to(app, at),
        None => app.tell(app.words.say("told-no-mark").into_owned()),
    }
}

/// To the mark after the moment shown.
pub(super) fn mark_after(app: &mut App) {
    let shown = app.shown_at();
    let later = |mark: &&Marked| mark.at > shown;
    match app.timeline.marks().iter().find(later).map(|mark| mark.at) {
        Some(at) => go_to(app, at),
        None => app.tell(app.words.say("told-no-mark").into_owned()),
    }
}

/// To the first moment that is kept.
pub(super) fn first(app: &mut App) {
    back_to(app, None);
}

/// To that moment; to now where it is not over yet.
pub(super) fn go_to(app: &mut App, at: Time) {
    on_to(
        app,
        Some(app.timeline.earliest().map_or(at, |earliest| at.max(earliest))),
    );
}

fn back_to(app: &mut App, before: Option<Time>) {
    let Some(earliest) = app.timeline.earliest() else {
        return;
    };
    app.looking = Looking::Paused(before.map_or(earliest, |before| before.max(earliest)));
}

fn on_to(app: &mut App, after: Option<Time>) {
    let end = app.ended.map_or(app.clock.max(app.timeline.now()), |(ended, _)| ended);
    app.looking = after
        .filter(|after| *after < end)
        .map_or(Looking::Live, Looking::Paused);
}
