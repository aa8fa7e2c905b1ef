//! What lies over the tree for a while: a frame in the middle with lines in it, one of which may carry the bar.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, width};

/// With fewer cells than these on both sides it takes them, too: nobody could read what is left there.
const SCRAPS: u16 = 16;

/// A line of a popup.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A heading.
    Heading(String),
    /// Something on the left, and what it means.
    Pair(String, String),
    /// Plain text.
    Text(String),
    /// An empty line.
    Gap,
}

/// A frame over the tree.
#[derive(Debug)]
pub struct Popup<'a> {
    /// What stands in its upper border.
    pub title: String,
    /// What stands in its lower border: the keys that work in it.
    pub keys: String,
    /// Its lines; in several columns where there are more than the screen has.
    pub entries: Vec<Entry>,
    /// Which line carries the bar.
    pub bar: Option<usize>,
    /// Where it stands, where it fits there: what is around that is still read. Else in the middle of all.
    pub place: Option<Rect>,
    /// The styles.
    pub theme: &'a Theme,
}

impl Popup<'_> {
    /// Cells of the left part of pairs.
    fn names(&self) -> usize {
        let lefts = self.entries.iter().map(|entry| match entry {
            Entry::Pair(name, _) => width(name),
            Entry::Heading(_) | Entry::Text(_) | Entry::Gap => 0,
        });
        lefts.max().unwrap_or(0)
    }

    /// Draws some of the entries, the first of which is the one of that number.
    fn column(&self, area: Rect, first: usize, entries: &[Entry], buffer: &mut Buffer) {
        let names = self.names();
        let room = usize::from(area.width).saturating_sub(2);
        for ((index, entry), line) in entries.iter().enumerate().zip(area.rows()) {
            let spans = match entry {
                Entry::Heading(text) => vec![Span::styled(fit(text, room), self.theme.accent)],
                Entry::Text(text) => vec![Span::styled(fit(text, room), self.theme.text)],
                Entry::Gap => Vec::new(),
                Entry::Pair(name, meaning) => vec![
                    Span::styled(left(name, names), self.theme.number),
                    Span::styled(
                        format!("  {}", fit(meaning, room.saturating_sub(names + 2))),
                        self.theme.text,
                    ),
                ],
            };
            let barred = self.bar == Some(first + index);
            let mark = if barred { "›" } else { " " };
            let mut whole = vec![Span::styled(mark, self.theme.accent)];
            whole.extend(spans);
            Line::from(whole).render(line, buffer);
            if barred {
                buffer.set_style(line, self.theme.selected);
            }
        }
    }

    /// Cells of the widest entry.
    fn wide(&self) -> usize {
        let column = self.names();
        let widths = self.entries.iter().map(|entry| match entry {
            Entry::Pair(_, meaning) => column + 2 + width(meaning),
            Entry::Heading(text) | Entry::Text(text) => width(text),
            Entry::Gap => 0,
        });
        let frame = width(&self.title).max(width(&self.keys)) + 2;
        widths.chain([frame]).max().unwrap_or(0)
    }
}

/// Empties the place of a popup, and with it the wide characters that it would cut in two at its left edge.
pub(super) fn clear(area: Rect, buffer: &mut Buffer) {
    Clear.render(area, buffer);
    for line in area.rows() {
        if let Some(x) = area.x.checked_sub(1)
            && width(buffer[(x, line.y)].symbol()) > 1
        {
            buffer[(x, line.y)].set_symbol(" ");
        }
    }
}

impl Widget for &Popup<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let most = usize::from(area.height.saturating_sub(2)).max(1);
        let columns = self.entries.len().div_ceil(most).max(1);
        let rows = self.entries.len().div_ceil(columns);
        let column = self.wide() + 3;
        let wide = cells(column * columns + 2);
        let wide = if wide + SCRAPS > area.width { area.width } else { wide };
        let high = cells(rows + 2);
        let place = self.place.filter(|place| wide <= place.width && high <= place.height);
        let all = area;
        let area = place.unwrap_or(all);
        let area = area.centered(Constraint::Length(wide), Constraint::Length(high));
        // Beside it a cell is free, so that no word seems to end at its frame.
        clear(area.outer(Margin::new(1, 0)).intersection(all), buffer);
        buffer.set_style(area, self.theme.ground);
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.accent)
            .title(Line::styled(format!(" {} ", self.title), self.theme.accent))
            .title_bottom(Line::styled(format!(" {} ", self.keys), self.theme.dim).right_aligned());
        let inner = block.inner(area);
        block.render(area, buffer);
        let parts = inner.layout_vec(&Layout::horizontal(vec![Constraint::Fill(1); columns]));
        for (part, entries) in parts.into_iter().zip(self.entries.chunks(rows.max(1)).enumerate()) {
            self.column(part, entries.0 * rows, entries.1, buffer);
        }
    }
}
