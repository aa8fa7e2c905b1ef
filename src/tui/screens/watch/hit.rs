//! What stands under the mouse: worked out from the same places that are drawn.

use std::time::Duration;

use ratatui::layout::{Position, Rect};

use crate::timeline::time::Time;
use crate::tui::keymap::Action;
use crate::tui::screens::frame::inside;
use crate::tui::state::App;

use super::footer::footer;
use super::header::header;
use super::lanes::lanes_of;
use super::places;

/// What stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// At which moment we look.
    Moment,
    /// That line of the tree, which may be none any more.
    Line(usize),
    /// The lanes.
    Lanes {
        /// At that moment.
        at: Time,
        /// How much time a column of them stands for.
        column: Duration,
    },
    /// A key in the footer.
    Key(Action),
    /// Nothing that answers.
    Nothing,
}

/// What stands at a place of a screen of that size.
pub fn hit(app: &App, area: Rect, at: Position) -> Hit {
    let Some(places) = places(app, area) else {
        return Hit::Nothing;
    };
    if places.header.contains(at) {
        let moment = app.moment();
        let from = header(app, &moment, &app.outline(&moment)).moment_from(places.header);
        return if at.x >= from { Hit::Moment } else { Hit::Nothing };
    }
    if places.footer.contains(at) {
        let key = footer(app).at(places.footer, at.x);
        return key.map_or(Hit::Nothing, Hit::Key);
    }
    let stage = places.stage(app.beside.pane, app.may_rest());
    let under = |place: Option<Rect>| place.map(|place| inside(app, place)).filter(|place| place.contains(at));
    if let Some(tree) = under(stage.tree) {
        let below = (at.y - tree.y).checked_sub(1);
        let line = below.map(|below| app.sight.first + usize::from(below / places.step.max(1)));
        return line.map_or(Hit::Nothing, Hit::Line);
    }
    if let Some(lanes) = under(stage.lanes) {
        let moment = app.moment();
        let outline = app.outline(&moment);
        let drawn = lanes_of(app, &moment, &outline, places.step);
        return Hit::Lanes {
            at: drawn.time(lanes, at.x),
            column: drawn.column(lanes),
        };
    }
    Hit::Nothing
}
