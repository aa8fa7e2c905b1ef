//! The tree in its frame, which says what of it is shown.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::timeline::tree::Moment;
use crate::timeline::tree::outline::Outline;
use crate::tui::screens::beside;
use crate::tui::screens::frame::frame;
use crate::tui::state::App;
use crate::tui::state::permissions::Permission;
use crate::tui::widgets::tree::Tree;
use crate::words::cells::wrap;

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
        nothing_yet(app, inner, buffer);
        return;
    }
    Tree {
        timeline: &app.timeline,
        moment,
        outline,
        scroll: app.sight.first,
        step: places.step,
        bar: app.bar(moment, outline),
        hidden: hidden(app, rows, room),
        unread: beside::unread(app, moment),
        words: &app.words,
        theme: &app.theme,
    }
    .render(inner, buffer);
}

/// Says that there is nothing yet, and what brings something.
fn nothing_yet(app: &App, area: Rect, buffer: &mut Buffer) {
    let keys = app.permissions.load == Permission::Granted;
    let texts = ["nothing-yet"].into_iter().chain(keys.then_some("nothing-yet-keys"));
    let cells = usize::from(area.width).saturating_sub(2);
    let said = texts.flat_map(|text| wrap(&app.words.say(text), cells));
    for (line, place) in said.zip(area.rows().step_by(if app.look.projector { 2 } else { 1 })) {
        Line::styled(format!(" {line}"), app.theme.dim).render(place, buffer);
    }
}

/// How many lines there are above those in sight and below them, in full and in short: for the back of a room, where no
/// frame says it.
fn hidden(app: &App, lines: usize, room: usize) -> Vec<String> {
    let above = app.sight.first.min(lines);
    let below = lines.saturating_sub(app.sight.first + room);
    if !app.look.projector || above + below == 0 {
        return Vec::new();
    }
    let say = |texts: [&str; 2]| {
        let sides = texts.into_iter().zip([above, below]).filter(|(_, count)| *count > 0);
        let said = sides.map(|(text, count)| app.words.say_with(text, &[("count", count.to_string().into())]));
        said.collect::<Vec<_>>().join("  ")
    };
    vec![
        say(["rows-above", "rows-below"]),
        say(["rows-above-short", "rows-below-short"]),
    ]
}
