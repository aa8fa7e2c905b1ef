//! What stands in the border of the tree: how it is looked at, so that nobody takes a part of it for the whole.

use crate::timeline::tree::Moment;
use crate::timeline::tree::outline::{Order, Outline};
use crate::tui::state::App;
use crate::tui::state::browse::Follow;
use crate::tui::state::overlay::Overlay;
use crate::words::cells::{fit, width};

/// The title of the tree: the order where it is not the usual one, the filter and what it leaves, what is followed.
pub(super) fn title(app: &App, moment: &Moment<'_>, outline: &Outline, room: usize) -> String {
    let words = &app.words;
    let mut parts = vec![words.say("title-processes").into_owned()];
    let order = match app.browse.order {
        Order::Age => None,
        Order::Pid => Some("title-by-pid"),
        Order::Connections => Some("title-by-connections"),
        Order::Cpu => Some("title-by-cpu"),
    };
    parts.extend(order.map(|name| words.say(name).into_owned()));
    let follow = match app.browse.follow {
        Follow::Nothing => None,
        Follow::Tree => Some(words.say("title-following").into_owned()),
        Follow::Below(id) => app.timeline.lifeline(id).map(|life| {
            let said = [("pid", life.pid.to_string().into())];
            words.say_with("title-following-below", &said).into_owned()
        }),
    };
    parts.extend(follow);
    let whole: Vec<String> = filter(app, moment, outline, room / 3)
        .iter()
        .map(|filter| [&parts[..], std::slice::from_ref(filter)].concat().join(" · "))
        .collect();
    let fitting = whole.iter().find(|title| width(title) <= room);
    let title = fitting.or(whole.last()).cloned();
    fit(&title.unwrap_or_else(|| parts.join(" · ")), room)
}

/// The filter, in so many cells, and what it leaves: with the key that ends it while it does, and without. Empty where
/// there is none.
pub(super) fn filter(app: &App, moment: &Moment<'_>, outline: &Outline, room: usize) -> Vec<String> {
    let filter = app.browse.filter.as_ref().map(|filter| {
        let said = [
            ("filter", fit(filter.text(), room).into()),
            ("matching", outline.matching.to_string().into()),
            ("rows", moment.rows.len().to_string().into()),
        ];
        app.words.say_with("title-filter", &said).into_owned()
    });
    filter.map_or_else(Vec::new, |filter| {
        // A dialog, a demonstration and what was opened beside the tree are closed by it first.
        let closed = app.overlay == Overlay::None && app.demonstration.is_none() && !app.beside.is_open();
        let ends = closed.then(|| app.words.say("title-filter-ends"));
        let with_key = ends.map(|ends| format!("{filter} · {ends}"));
        with_key.into_iter().chain([filter]).collect()
    })
}
