//! The tree in its frame, which says what of it is shown.

use ratatui::buffer::Buffer;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::timeline::tree::Moment;
use crate::timeline::tree::outline::Outline;
use crate::tui::screens::beside;
use crate::tui::screens::frame::frame;
use crate::tui::state::App;
use crate::tui::widgets::tree::Tree;

use super::places::Places;
use super::title::title;

/// Draws the tree.
pub(super) fn draw(app: &App, moment: &Moment<'_>, outline: &Outline, places: Places, buffer: &mut Buffer) {
    let room = places.rows(app.look.projector);
    let rows = outline.lines.len();
    let said = if rows > room {
        let (from, to) = (app.sight.first + 1, (app.sight.first + room).min(rows));
        let values = [
            ("from", from.to_string()),
            ("to", to.to_string()),
            ("rows", rows.to_string()),
        ];
        let values = values.map(|(name, value)| (name, value.into()));
        app.words.say_with("rows-shown", &values).into_owned()
    } else {
        String::new()
    };
    let title = title(app, moment, outline, usize::from(places.tree.width).saturating_sub(4));
    let inner = frame(app, &title, &said, places.tree, buffer);
    if moment.rows.is_empty() {
        let text = app.words.say("nothing-yet");
        Line::styled(format!(" {text}"), app.theme.dim).render(inner, buffer);
        return;
    }
    Tree {
        timeline: &app.timeline,
        moment,
        outline,
        scroll: app.sight.first,
        step: places.step,
        bar: app.bar(moment, outline),
        unread: beside::unread(app, moment),
        words: &app.words,
        theme: &app.theme,
    }
    .render(inner, buffer);
}
