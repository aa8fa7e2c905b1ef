//! The watch screen: header, counters, tree and lanes that share their rows, events, footer; and what may lie over
//! them. Each has a file of its own here; every decision about sizes stands in `places`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::tui::ascii;
use crate::tui::code::Side;
use crate::tui::pane::{Pane, Resting};
use crate::tui::state::overlay::Overlay;
use crate::tui::state::{App, Open};
use crate::tui::widgets::sheet::Sheet;

use super::beside;
use super::frame::inside_pane;

use footer::footer;
use header::header;
use help::help;
use places::{BOTH, LEAST, Placed, Places};
pub use prompt::cursor;
use prompt::prompt;
use sheet::sheet;

mod counts;
mod events;
mod footer;
mod header;
mod help;
pub mod hit;
mod lanes;
mod places;
mod prompt;
mod sheet;
mod title;
mod tree;
pub(in crate::tui::screens) mod why;

/// Where things stand on a screen of that size.
fn places(app: &App, area: Rect) -> Option<Places> {
    let places = Places::on(area, app.look.projector, app.may_rest(), sheet(app, area).as_ref());
    spaced(app, places)
}

/// How many rows of the tree a screen of that size has, where no sheet is open.
pub fn page(app: &App, area: Rect) -> usize {
    let usual = Places::on(area, app.look.projector, app.may_rest(), None);
    rows(app, spaced(app, usual))
}

/// The same with the rows of the tree as far apart as they fit.
fn spaced(app: &App, places: Option<Places>) -> Option<Places> {
    if app.spacing.is_close() {
        places.map(Places::closer)
    } else {
        places
    }
}

fn rows(app: &App, places: Option<Places>) -> usize {
    places.map_or(1, |places| places.rows(app.look.projector).max(1))
}

/// How far what is open can be scrolled on a screen of that size.
fn open(app: &App, area: Rect) -> Open {
    if let Overlay::Help { .. } = app.overlay {
        let (most, page) = help(app, 0).reach(area);
        return Open { most, page };
    }
    let place = places(app, area).and_then(|places| places.sheet);
    let open = sheet(app, area).zip(place).map(|(sheet, place)| {
        let page = Sheet::page(place.height);
        Open {
            most: sheet.length(place.width).saturating_sub(page),
            page,
        }
    });
    open.unwrap_or_default()
}

/// Brings what is scrolled and selected up to date with a screen of that size.
pub fn prepare(app: &mut App, area: Rect) {
    app.fit_lanes();
    app.page = page(app, area);
    app.sight.rows = rows(app, places(app, area));
    app.open = open(app, area);
    app.settle();
    space(app, area);
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
            let inner = inside_pane(app, open.area);
            let most = beside::length(app, inner.width).saturating_sub(usize::from(inner.height));
            app.beside.scroll.min(most)
        };
    }
}

/// Has the rows of the tree stand as far apart as they fit now.
fn space(app: &mut App, area: Rect) {
    let apart = Places::on(area, app.look.projector, app.may_rest(), None);
    let before = app.spacing.is_close();
    app.spacing.fit(rows(app, apart), app.clock);
    if app.spacing.is_close() != before {
        app.page = page(app, area);
        app.sight.rows = rows(app, places(app, area));
        app.settle();
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
    if let Some((sheet, place)) = sheet(app, area).zip(places.sheet) {
        sheet.render(place, buffer);
    }
    if let Overlay::Help { scroll } = app.overlay {
        help(app, scroll).render(area, buffer);
    }
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
