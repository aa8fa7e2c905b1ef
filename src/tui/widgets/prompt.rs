//! The bottom line while text is typed into it: what is asked for, what stands there, and what is wrong with it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::cells::{fit, width};

/// The least cells that are kept for the text itself.
const LEAST: usize = 12;

/// A line of text being typed.
#[derive(Debug)]
pub struct PromptLine<'a> {
    /// What is asked for.
    pub question: String,
    /// What stands in it.
    pub text: &'a str,
    /// The cells before the cursor.
    pub cursor: usize,
    /// What is wrong with it, or else how it is typed.
    pub note: String,
    /// The note is of something wrong.
    pub wrong: bool,
    /// The styles.
    pub theme: &'a Theme,
}

/// Where its parts stand.
struct Parts {
    text: usize,
    room: usize,
    /// Cells of the text that are left of the line.
    skipped: usize,
}

impl PromptLine<'_> {
    fn parts(&self, area: Rect) -> Parts {
        let text = width(&self.question) + 2;
        let rest = usize::from(area.width).saturating_sub(text + 1);
        // What is wrong has to be read; of the text, the end where the cursor stands is enough.
        let note = width(&self.note) + 2;
        let wanted = (width(self.text) + 1).max(LEAST);
        let room = if self.wrong {
            rest.saturating_sub(note).max(LEAST)
        } else {
            wanted.max(rest.saturating_sub(note))
        };
        let room = room.min(rest);
        Parts {
            text,
            room,
            skipped: (self.cursor + 1).saturating_sub(room),
        }
    }

    /// Where the cursor stands.
    pub fn cursor(&self, area: Rect) -> Position {
        let parts = self.parts(area);
        let column = parts.text + self.cursor - parts.skipped.min(self.cursor);
        let column = u16::try_from(column)
            .unwrap_or(u16::MAX)
            .min(area.width.saturating_sub(1));
        Position::new(area.x + column, area.y)
    }
}

impl Widget for &PromptLine<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let parts = self.parts(area);
        let shown = behind(self.text, parts.skipped);
        let shown = fit(&shown, parts.room);
        let gap = parts.room.saturating_sub(width(&shown)) + 2;
        let left = usize::from(area.width).saturating_sub(parts.text + width(&shown) + gap);
        let note = if self.wrong { self.theme.alert } else { self.theme.dim };
        Line::from(vec![
            Span::styled(format!(" {} ", self.question), self.theme.accent),
            Span::styled(shown, self.theme.text),
            Span::raw(" ".repeat(gap)),
            Span::styled(fit(&shortened(&self.note, left), left), note),
        ])
        .render(area, buffer);
    }
}

/// A note without the last of its examples, as many as have to go for the keys behind them, and then without what is before
/// them. Examples stand two cells
/// apart, and the keys three behind them.
fn shortened(note: &str, room: usize) -> String {
    let mut note = note.to_owned();
    while width(&note) > room {
        let Some(keys) = note.find("   ") else { break };
        match note[..keys].rfind("  ") {
            Some(last) => note.replace_range(last..keys, ""),
            // What is asked for is known by its question.
            None => note.replace_range(..keys + 3, ""),
        }
    }
    note
}

/// The text without its first cells; a wide character that would be cut in two leaves a blank.
fn behind(text: &str, cells: usize) -> String {
    let mut skipped = 0;
    let mut rest = text.char_indices();
    while skipped < cells {
        let Some((_, character)) = rest.next() else { break };
        skipped += width(character.encode_utf8(&mut [0; 4]));
    }
    " ".repeat(skipped.saturating_sub(cells)) + rest.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_note_the_keys_stay() {
        let check =
            |room, expected| assert_eq!(shortened("text  pid:1  state:Z   enter take  esc none", room), expected);
        check(43, "text  pid:1  state:Z   enter take  esc none");
        check(42, "text  pid:1   enter take  esc none");
        check(30, "text   enter take  esc none");
        check(22, "enter take  esc none");
        check(5, "enter take  esc none");
        assert_eq!(shortened("no such state", 5), "no such state");
    }
}
