//! The watch screen: header, counters, tree and lanes that share their rows, events, footer; and what may lie over
//! them. Each has a file of its own here; every decision about sizes stands in `places`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::tui::ascii;
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;

use super::beside;

use footer::footer;
use header::header;
use help::help;
use places::{BOTH, LEAST, Places};
pub use prompt::cursor;
use prompt::prompt;

mod counts;
mod events;
mod footer;
mod header;
mod help;
pub mod hit;
mod lanes;
mod overlay;
mod places;
mod prompt;
mod title;
mod tree;
mod why;

/// How many rows of the tree a screen of that size has.
pub fn page(app: &App, area: Rect) -> usize {
    let projector = app.look.projector;
    Places::on(area, projector).map_or(1, |places| places.rows(projector).max(1))
}

/// Brings what is scrolled and selected up to date with a screen of that size.
pub fn prepare(app: &mut App, area: Rect) {
    app.page = page(app, area);
    app.help_most = help(app, 0).most(area);
    app.settle();
    app.beside.both = area.width >= BOTH;
    let projector = app.look.projector;
    let open = Places::on(area, projector)
        .filter(|_| app.beside.is_open())
        .map(|places| places.beside(app.beside.is_whole()).1);
    if let Some(open) = open {
        for uid in app.selected_uids() {
            app.users.name_or_number(uid);
        }
        let frame = if projector { 0 } else { 2 };
        let length = beside::length(app, open.width.saturating_sub(frame));
        let room = usize::from(open.height.saturating_sub(frame));
        app.beside.scroll = app.beside.scroll.min(length.saturating_sub(room));
    }
}

/// The whole screen.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    buffer.set_style(area, app.theme.ground);
    match Places::on(area, app.look.projector) {
        Some(places) => whole(app, places, area, buffer),
        None => too_small(app, area, buffer),
    }
    if app.look.ascii {
        ascii::translate(buffer);
    }
}

fn whole(app: &App, places: Places, area: Rect, buffer: &mut Buffer) {
    let moment = app.moment();
    let outline = app.outline(&moment);
    header(app, &moment).render(places.header, buffer);
    counts::draw(app, &moment, places, buffer);
    if app.beside.is_open() {
        let (tree_area, open) = places.beside(app.beside.is_whole());
        if tree_area.is_some() {
            tree::draw(app, &moment, &outline, places, buffer);
        }
        beside::draw(app, &moment, open, buffer);
    } else {
        tree::draw(app, &moment, &outline, places, buffer);
        if let Some(area) = places.lanes {
            lanes::draw(app, &moment, &outline, area, places.step, buffer);
        }
    }
    if let Some(area) = places.why {
        why::draw(app, &moment, area, buffer);
    }
    if let Some(area) = places.events {
        events::draw(app, area, buffer);
    }
    if let Overlay::Prompt(asked) = &app.overlay {
        prompt(app, asked).render(places.footer, buffer);
    } else {
        footer(app).render(places.footer, buffer);
    }
    overlay::draw(app, area, buffer);
}

fn too_small(app: &App, area: Rect, buffer: &mut Buffer) {
    let least = [
        ("columns", LEAST.0.to_string().into()),
        ("rows", LEAST.1.to_string().into()),
    ];
    Paragraph::new(app.words.say_with("too-small", &least))
        .wrap(Wrap { trim: true })
        .render(area, buffer);
}
