//! A listing, and the pids of those who stand at its lines: the letter of their role before the line, they behind it. A line
//! that only called what they wait in has them too, quietly.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line as Text, Span};
use ratatui::widgets::Widget;

use crate::tui::code::rows::{GUTTER, Row};
use crate::tui::code::{Line, Parked, Role};
use crate::tui::theme::Theme;

/// What stands before a line at which somebody waits, behind the letter.
const WAITS: char = '▸';

/// What stands before a line through which somebody came.
pub const PASSES: char = '▹';

/// A listing.
#[derive(Debug)]
pub struct Code<'a> {
    /// Its lines.
    pub lines: &'a [Line],
    /// Who stands where.
    pub parked: &'a Parked,
    /// Its rows.
    pub rows: &'a [Row],
    /// How many rows are scrolled away.
    pub scroll: usize,
    /// The styles.
    pub theme: &'a Theme,
}

impl Code<'_> {
    fn row(&self, row: &Row) -> Text<'static> {
        let theme = self.theme;
        let mark = self.lines[row.line].mark.as_ref();
        let stands = self.stands(row);
        let passes = !stands && !self.parked.through[row.line].is_empty();
        let before = |arrow| mark.map(|mark| format!("{}{arrow} ", Role::letter(mark.role)));
        let before = match (row.first, stands, passes) {
            (true, true, _) => before(WAITS),
            (true, false, true) => before(PASSES),
            _ => None,
        };
        let style = match (stands, mark) {
            (true, _) => theme.number,
            (false, Some(_)) => theme.connection,
            (false, None) => theme.text,
        };
        let (code, comment) = row.text.split_at(row.comment);
        let (arrows, pids) = if stands {
            (theme.accent, theme.accent)
        } else {
            (theme.dim, theme.dim)
        };
        Text::from(vec![
            Span::styled(before.unwrap_or_else(|| " ".repeat(GUTTER)), arrows),
            Span::styled(code.to_owned(), style),
            Span::styled(comment.to_owned(), theme.dim),
            Span::styled(row.pids.clone(), pids),
        ])
    }

    /// Somebody waits at the line of this row.
    fn stands(&self, row: &Row) -> bool {
        !self.parked.at[row.line].is_empty()
    }
}

impl Widget for &Code<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        for (row, line) in self.rows.iter().skip(self.scroll).zip(area.rows()) {
            self.row(row).render(line, buffer);
            if self.stands(row) {
                buffer.set_style(line, self.theme.selected);
            }
        }
    }
}
