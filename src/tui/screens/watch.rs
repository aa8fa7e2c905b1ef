//! The watch screen: header, counters, tree and lanes that share their rows, events, footer; and what may lie over
//! them. Each has a file of its own here; every decision about sizes stands in `places`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::tui::ascii;
use crate::tui::code::Side;
use crate::tui::pane::{Pane, Resting};
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;

use super::beside;
use super::frame::inside;

use footer::footer;
use header::header;
use help::help;
use places::{BOTH, LEAST, Placed, Places};
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

/// Where things stand on a screen of that size.
fn places(app: &App, area: Rect) -> Option<Places> {
    Places::on(area, app.look.projector, app.may_rest())
}

/// How many rows of the tree a screen of that size has.
pub fn page(app: &App, area: Rect) -> usize {
    places(app, area).map_or(1, |places| places.rows(app.look.projector).max(1))
}

/// Brings what is scrolled and selected up to date with a screen of that size.
pub fn prepare(app: &mut App, area: Rect) {
    app.fit_lanes();
    app.page = page(app, area);
    app.help_most = help(app, 0).most(area);
    app.settle();
    let stage = |pane| places(app, area).map(|places| places.stage(pane, app.may_rest()));
    let code = stage(Pane::Code(Side::Rust)).and_then(|stage| stage.panes[0]);
    let both = code.is_some_and(|code| code.area.width >= BOTH);
    let stage = stage(app.beside.pane);
    let panes = stage.map_or([None, None], |stage| stage.panes);
    let panes = || panes.iter().flatten();
    app.beside.both = both;
    app.beside.resting = Resting {
        card: panes().any(|placed| !placed.opened && placed.pane == Pane::Details),
        code: panes().any(|placed| !placed.opened && matches!(placed.pane, Pane::Code(_))),
    };
    for uid in app.users_on_the_card() {
        app.users.name_or_number(uid);
    }
    if let Some(open) = panes().find(|placed| placed.opened) {
        app.beside.scroll = if matches!(open.pane, Pane::Code(_)) {
            super::code::scrolled(app, open.area)
        } else {
            let inner = inside(app, open.area);
            let most = beside::length(app, inner.width).saturating_sub(usize::from(inner.height));
            app.beside.scroll.min(most)
        };
    }
}

/// The whole screen.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    buffer.set_style(area, app.theme.ground);
    match places(app, area) {
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
    header(app, &moment, &outline).render(places.header, buffer);
    counts::draw(app, &moment, places, buffer);
    let stage = places.stage(app.beside.pane, app.may_rest());
    if stage.tree.is_some() {
        tree::draw(app, &moment, &outline, places, buffer);
    }
    if let Some(area) = stage.lanes {
        lanes::draw(app, &moment, &outline, area, places.step, buffer);
    }
    for Placed { pane, opened, area } in stage.panes.into_iter().flatten() {
        beside::draw(app, &moment, (pane, opened), area, buffer);
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
    overlay::draw(app, places, area, buffer);
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
