//! The last page of a lesson: what was guessed, and where to go on.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::report::lesson::own;
use crate::tui::lesson::open::Open;
use crate::tui::screens::frame::framed;
use crate::tui::theme::Theme;

use super::lines;

/// Cells of the card on which it stands, and the empty cells and lines around its words.
const CARD: u16 = 72;
const MARGIN: (u16, u16) = (3, 1);

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
        Some((words.say_with(praise, &said), theme.text)),
        after.map(|text| (text, theme.text)),
        watch.map(|text| (text, theme.number)),
    ];
    let wide = CARD.min(area.width);
    let mut said = Vec::new();
    for (text, style) in texts.into_iter().flatten() {
        if !said.is_empty() {
            said.push(Line::default());
        }
        said.extend(lines(&text, usize::from(wide.saturating_sub(2 + 2 * MARGIN.0)), style));
    }
    let high = u16::try_from(said.len()).unwrap_or(u16::MAX);
    let high = high.saturating_add(2 + 2 * MARGIN.1).min(area.height);
    let card = area.centered(Constraint::Length(wide), Constraint::Length(high));
    let block = framed(&words.say("lesson-end"), theme);
    let place = block.inner(card).inner(Margin::new(MARGIN.0, MARGIN.1));
    block.render(card, buffer);
    for (line, row) in said.into_iter().zip(place.rows()) {
        line.render(row, buffer);
    }
}
