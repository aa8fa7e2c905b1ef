//! The last page of a lesson: what was guessed, and where to go on.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::report::lesson::own;
use crate::tui::lesson::open::Open;
use crate::tui::theme::Theme;
use crate::words::cells::wrap;

use super::frame;

/// The last page: what was guessed, and where to go on.
pub(super) fn draw(open: &Open, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let words = &open.texts.words;
    let (asked, guessed, right) = open.score();
    let said = [
        ("asked", asked.to_string().into()),
        ("guessed", guessed.to_string().into()),
        ("right", right.to_string().into()),
    ];
    let praise = if guessed == 0 {
        "lesson-end-looked"
    } else if right == guessed {
        "lesson-end-all"
    } else {
        "lesson-end-some"
    };
    let after = open.texts.own.has("after").then(|| own(&open.texts.own, "after"));
    let watch = open.lesson.watch.then(|| words.say("lesson-end-watch"));
    let texts = [
        Some((words.say("lesson-end"), theme.accent)),
        Some((words.say_with(praise, &said), theme.text)),
        after.map(|text| (text, theme.text)),
        watch.map(|text| (text, theme.number)),
    ];
    let block = frame(&own(&open.texts.own, "title"), theme);
    let inner = block.inner(area);
    block.render(area, buffer);
    let wide = inner.width - inner.width / 5;
    let mut lines = Vec::new();
    for (text, style) in texts.into_iter().flatten() {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        let wrapped = wrap(&text, usize::from(wide));
        lines.extend(wrapped.into_iter().map(|line| Line::styled(line, style)));
    }
    let high = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let place = inner.centered(Constraint::Length(wide), Constraint::Length(high));
    for (line, row) in lines.into_iter().zip(place.rows()) {
        line.render(row, buffer);
    }
}
