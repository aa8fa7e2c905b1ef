//! What happened, the newest first, and below it how exact the record is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::report::text::{capture_brief, capture_line};
use crate::tui::screens::frame::frame;
use crate::tui::state::App;
use crate::tui::widgets::events::Events;
use crate::words::cells::width;

/// Draws the events up to the moment shown.
pub(super) fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let room = usize::from(area.width.saturating_sub(4));
    let exactness = app.capture.as_ref().map(|capture| {
        let line = capture_line(&app.words, capture);
        if width(&line) <= room {
            line
        } else {
            capture_brief(&app.words, capture)
        }
    });
    let exactness = exactness.unwrap_or_default();
    let inner = frame(app, &app.words.say("title-events"), &exactness, area, buffer);
    let events = Events {
        timeline: &app.timeline,
        until: app.shown_at(),
        step: if app.look.projector { 2 } else { 1 },
        words: &app.words,
        theme: &app.theme,
    };
    events.render(inner, buffer);
}
