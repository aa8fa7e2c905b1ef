//! What keys do to how the tree is looked at: the bar, the folds, what is followed.

use crate::timeline::tree::Row;
use crate::timeline::tree::fold::Crowd;
use crate::timeline::tree::outline::Shows;
use crate::tui::state::App;
use crate::tui::state::browse::{Bar, Follow};

/// Moves the bar; from nowhere to the first line, or the last when going up.
pub(super) fn select(app: &mut App, by: isize) {
    let moment = app.moment();
    let outline = app.outline(&moment);
    let Some(last) = outline.lines.len().checked_sub(1) else {
        return;
    };
    let line = match app.bar(&moment, &outline) {
        Some(at) => at.saturating_add_signed(by).min(last),
        None if by > 0 => 0,
        None => last,
    };
    let bar = Bar::at(&moment, &outline, line);
    drop(moment);
    app.put_bar(bar.unwrap_or(Bar::Nowhere));
    app.settle();
}

/// Folds what is below the selected row; from a row with nothing below it, the crowd or the family that it belongs to.
/// With the bar on no process, all crowds fold again.
pub(super) fn fold(app: &mut App) {
    let moment = app.moment();
    let Some(at) = app.selected.and_then(|id| moment.place(id)) else {
        drop(moment);
        app.browse.folds.close_crowds();
        app.settle();
        return;
    };
    let row = &moment.rows[at];
    let threads = app.browse.threads && row.has_threads();
    let (id, has_children) = (row.life.id, moment.has_children(at) || threads);
    let parent = moment.parent(at).map(|parent| parent.life.id);
    let comm = row.facts.names.comm.clone();
    drop(moment);
    let folds = &mut app.browse.folds;
    if has_children && !folds.is_closed(id) {
        folds.close(id);
        app.browse.under = None;
    } else if !folds.close_crowd(&Crowd { parent, comm })
        && let Some(parent) = parent
    {
        folds.close(parent);
        app.put_bar(Bar::Process(parent));
    }
    app.settle();
}

/// Unfolds what the bar stands on: a row, or a crowd, the first of which has the bar then.
pub(super) fn unfold(app: &mut App) {
    match (app.browse.crowd.clone(), app.selected) {
        (Some(crowd), _) => {
            let first = first_of(app, &crowd);
            app.browse.folds.open_crowd(crowd);
            app.put_bar(first);
        }
        (None, Some(id)) => {
            app.browse.folds.open(id);
        }
        (None, None) => {}
    }
    app.settle();
}

fn first_of(app: &App, bar: &Crowd) -> Bar {
    let moment = app.moment();
    let lines = app.outline(&moment).lines;
    let first = lines.into_iter().find_map(|line| match line.shows {
        Shows::Crowd { crowd, first, .. } if crowd == *bar => Some(first),
        Shows::Crowd { .. } | Shows::Row { .. } | Shows::Thread { .. } => None,
    });
    first.map_or(Bar::Nowhere, Bar::Process)
}

/// Unfolds everything.
pub(super) fn unfold_all(app: &mut App) {
    app.browse.folds.open_all();
    if app.browse.crowd.is_some() {
        app.put_bar(Bar::Nowhere);
    }
    app.settle();
}

/// Hangs threads under their processes, or no longer.
pub(super) fn threads(app: &mut App) {
    app.browse.threads = !app.browse.threads;
    app.browse.under = None;
    let said = if app.browse.threads {
        let some = app.moment().rows.iter().any(Row::has_threads);
        if some { None } else { Some("told-threads-none") }
    } else {
        Some("told-threads-off")
    };
    if let Some(text) = said {
        app.tell(app.words.say(text).into_owned());
    }
    app.settle();
}

/// Has the bar follow what changes, of the selected process and those below it, or of the whole tree; or no longer.
pub(super) fn follow(app: &mut App) {
    app.browse.follow = match (app.browse.follow, app.selected) {
        (Follow::Nothing, Some(id)) => Follow::Below(id),
        (Follow::Nothing, None) => Follow::Tree,
        (Follow::Tree | Follow::Below(_), _) => Follow::Nothing,
    };
    let text = match app.browse.follow {
        Follow::Nothing => "told-follow-off",
        Follow::Tree => "told-follow-tree",
        Follow::Below(_) => "told-follow-below",
    };
    app.tell(app.words.say(text).into_owned());
}

/// Lets go of one thing: the filter first, then the bar.
pub(super) fn escape(app: &mut App) {
    if app.browse.filter.take().is_none() {
        app.put_bar(Bar::Nowhere);
    }
    app.settle();
}
