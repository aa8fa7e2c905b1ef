//! The lanes beside the lines of the tree, and the marks below them.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::timeline::tree::Moment;
use crate::timeline::tree::outline::Outline;
use crate::tui::screens::frame::frame;
use crate::tui::state::{App, Looking};
use crate::tui::widgets::lanes::Lanes;
use crate::words::units::clock;

/// Draws the lanes.
pub(super) fn draw(app: &App, moment: &Moment<'_>, outline: &Outline, area: Rect, step: u16, buffer: &mut Buffer) {
    let title = app
        .words
        .say_with("title-lanes", &[("span", lane_span(app.lane_span()).into())]);
    let inner = frame(app, &title, "", area, buffer);
    // Before anything was seen there is no time to count from.
    if app.timeline.start().is_none() {
        return;
    }
    let lanes = lanes_of(app, moment, outline, step);
    lanes.render(inner, buffer);
    for (x, number) in lanes.marked(inner) {
        // In the lower frame, or where there is none, on the last line.
        let y = inner.bottom().min(area.bottom().saturating_sub(1));
        let room = usize::from(area.right().saturating_sub(x));
        buffer.set_stringn(x, y, number.to_string(), room, app.theme.accent);
    }
}

/// The lanes beside the lines of the tree.
pub(super) fn lanes_of<'a>(app: &'a App, moment: &'a Moment<'a>, outline: &'a Outline, step: u16) -> Lanes<'a> {
    Lanes {
        moment,
        span: app.lane_span(),
        start: app.timeline.start().unwrap_or_default(),
        edge: match app.looking {
            Looking::Live if app.ended.is_none() => app.words.say("axis-now").into_owned(),
            Looking::Live | Looking::Paused(_) => clock(app.since_start(moment.at)),
        },
        outline,
        scroll: app.sight.first,
        step,
        bar: app.bar(moment, outline),
        edge_cells: u16::from(!app.look.projector),
        marks: app.timeline.marks(),
        theme: &app.theme,
    }
}

/// The lanes' span, which is whole seconds or whole minutes.
fn lane_span(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 120 {
        format!("{seconds} s")
    } else {
        format!("{} min", seconds / 60)
    }
}
