//! A listing, and the pids of those who stand at its lines: the letter of their role before the line, they behind it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line as Text, Span};
use ratatui::widgets::Widget;

use crate::timeline::process::Pid;
use crate::tui::code::{Line, Parked};
use crate::tui::theme::Theme;
use crate::words::cells::{fit, width};

/// Cells before the code: `P▸ `.
const GUTTER: usize = 3;

/// So many pids are named at a line, fewer where that would cut the code and leave little of it; the rest are counted.
const NAMED: usize = 3;

/// Cells below which fewer are.
const NARROW: usize = 60;

/// A listing.
#[derive(Debug)]
pub struct Code<'a> {
    /// Its lines.
    pub lines: &'a [Line],
    /// Who stands where.
    pub parked: &'a Parked,
    /// How many lines are scrolled away.
    pub scroll: usize,
    /// The styles.
    pub theme: &'a Theme,
}

impl Code<'_> {
    fn line(&self, number: usize, room: usize) -> Text<'static> {
        let (line, theme) = (&self.lines[number], self.theme);
        let pids = &self.parked.at[number];
        let role = line.mark.as_ref().filter(|_| !pids.is_empty()).map(|(role, _)| *role);
        let least = if room < NARROW { 1 } else { NAMED };
        let taken = |named: &str| if named.is_empty() { 0 } else { width(named) + 2 };
        let mut forms = (least..=NAMED).rev().map(|most| named(pids, most));
        let whole = forms.find(|named| GUTTER + width(&line.text) + taken(named) <= room);
        let named = whole.unwrap_or_else(|| named(pids, least));
        let taken = taken(&named);
        let text = fit(&line.text, room.saturating_sub(GUTTER + taken));
        let (code, comment) = text.split_at(comment(&text).unwrap_or(text.len()));
        let style = match (role, &line.mark) {
            (Some(_), _) => theme.number,
            (None, Some(_)) => theme.connection,
            (None, None) => theme.text,
        };
        let gap = room.saturating_sub(GUTTER + width(&text) + taken);
        let before = role.map_or_else(|| " ".repeat(GUTTER), |role| format!("{}▸ ", role.letter()));
        let mut spans = vec![
            Span::styled(before, theme.accent),
            Span::styled(code.to_owned(), style),
            Span::styled(comment.to_owned(), theme.dim),
        ];
        if taken > 0 {
            spans.push(Span::raw(" ".repeat(gap + 1)));
            spans.push(Span::styled(named, theme.accent));
        }
        Text::from(spans)
    }
}

/// So many pids, and how many more there are.
fn named(pids: &[Pid], most: usize) -> String {
    let first = pids.iter().take(most).map(ToString::to_string);
    let more = pids.len().checked_sub(most).filter(|more| *more > 0);
    let all: Vec<String> = first.chain(more.map(|more| format!("+{more}"))).collect();
    all.join(" ")
}

/// Where a comment begins.
fn comment(text: &str) -> Option<usize> {
    text.find("//").or_else(|| text.find("/*"))
}

impl Widget for &Code<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        for (number, row) in (self.scroll..self.lines.len()).zip(area.rows()) {
            self.line(number, usize::from(area.width)).render(row, buffer);
            if !self.parked.at[number].is_empty() {
                buffer.set_style(row, self.theme.selected);
            }
        }
    }
}
