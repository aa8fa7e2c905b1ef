//! The counts of the whole tree, in words. Whether they are drawn large is decided in `places`.

use ratatui::buffer::Buffer;
use ratatui::widgets::Widget;

use crate::observe::Births;
use crate::timeline::sockets::Queue;
use crate::timeline::tree::Moment;
use crate::tui::state::App;
use crate::tui::state::permissions::Permission;
use crate::tui::widgets::counters::{Counter, Counters};
use crate::tui::widgets::digits::{self, Digits};
use crate::words::phrases::zombie_age;

use super::places::Places;

/// Draws the counts of a moment, in large digits where there is room for them.
pub(super) fn draw(app: &App, moment: &Moment<'_>, places: Places, buffer: &mut Buffer) {
    let counters = counters(app, moment, places.large);
    let theme = &app.theme;
    if places.large > 0 {
        let most = places.large;
        Digits {
            counters,
            most,
            widest: digits::WIDEST,
            theme,
        }
        .render(places.counters, buffer);
    } else {
        Counters { counters, theme }.render(places.counters, buffer);
    }
}

/// The counts, of which so many stand in large digits.
fn counters(app: &App, moment: &Moment<'_>, large: usize) -> Vec<Counter> {
    let words = &app.words;
    let totals = &moment.totals;
    let counter = |name: &str, value: String, note: String, alarm: bool| Counter {
        long: words.say(&format!("count-{name}")).into_owned(),
        short: words.say(&format!("count-{name}-short")).into_owned(),
        value,
        note,
        alarm,
    };
    let known = |count: Option<u32>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    // Births that no reading fell on are missing from the count.
    let may_miss = app.capture.as_ref().is_none_or(|capture| match capture.births {
        Births::Polled { .. } => true,
        Births::Perf | Births::Connector => false,
    });
    let at_least = |count: u64| {
        if may_miss && count > 0 {
            format!("≥{count}")
        } else {
            count.to_string()
        }
    };
    let oldest = totals.oldest_zombie.map(|time| {
        words
            .say_with("count-oldest", &[("time", zombie_age(time).into())])
            .into_owned()
    });
    let queue = moment
        .listeners
        .iter()
        .map(|listener| listener.queue)
        .reduce(|one, other| Queue {
            waiting: one.waiting.zip(other.waiting).map(|(one, other)| one + other),
            backlog: one.backlog.zip(other.backlog).map(|(one, other)| one + other),
        });
    let mut counters = vec![
        counter("processes", totals.processes.to_string(), String::new(), false),
        counter("connections", known(totals.connections), String::new(), false),
        counter(
            "zombies",
            totals.zombies.to_string(),
            oldest.unwrap_or_default(),
            totals.zombies > 0,
        ),
        counter("forked", at_least(totals.forked), String::new(), false),
        counter("reaped", at_least(totals.reaped), String::new(), false),
    ];
    if let Some(queue) = queue {
        let of = queue.backlog.map(|backlog| format!("/{backlog}")).unwrap_or_default();
        counters.push(counter(
            "queue",
            format!("{}{of}", known(queue.waiting)),
            String::new(),
            false,
        ));
    }
    let clients = totals.clients;
    if app.permissions.load == Permission::Granted || clients.open + clients.done + clients.failed > 0 {
        let failed = (clients.failed > 0)
            .then(|| words.say_with("count-clients-failed", &[("count", clients.failed.to_string().into())]));
        // Below a large number it stands on a line of its own.
        let text = if counters.len() < large {
            "count-clients-below"
        } else {
            "count-clients-note"
        };
        let note = words.say_with(
            text,
            &[
                ("done", clients.done.to_string().into()),
                ("failed", failed.unwrap_or_default().into()),
            ],
        );
        counters.push(counter(
            "clients",
            clients.open.to_string(),
            note.trim_end().to_owned(),
            false,
        ));
    }
    if totals.lost > 0 {
        counters.push(counter("lost", totals.lost.to_string(), String::new(), true));
    }
    counters
}
