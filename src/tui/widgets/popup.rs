//! What lies over the tree for a while: a frame with lines in it, one of which may carry the bar. It stands at the foot of the
//! tree, where rows are free the longest, and over all below the header where it needs more room than that.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Flex, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Widget};

use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, width, wrap};

/// Cells beside the text of a line: the mark of the bar, and what is free.
const MARGIN: usize = 3;

/// Cells on both sides of it together below which it takes them too: what could be seen there are ends of words.
const SLIVERS: u16 = 24;

/// A line of a popup.
#[derive(Debug, Clone)]
pub enum Entry {
    /// A heading.
    Heading(String),
    /// Something on the left, and what it means.
    Pair(String, String),
    /// Plain text.
    Text(String),
    /// What somebody printed: as it is, cut where it is too long.
    Printed(String),
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
    /// The styles.
    pub theme: &'a Theme,
}

impl Popup<'_> {
    /// Cells of the left part of pairs.
    fn names(&self) -> usize {
        let lefts = self.entries.iter().map(|entry| match entry {
            Entry::Pair(name, _) => width(name),
            Entry::Heading(_) | Entry::Text(_) | Entry::Printed(_) | Entry::Gap => 0,
        });
        lefts.max().unwrap_or(0)
    }

    /// The entries, each with its number, in lines of at most so many cells; as they are where those would be too many.
    fn lines(&self, cells: usize, most: usize) -> Vec<(usize, Entry)> {
        let names = self.names();
        let wrapped = |entry: &Entry| match entry {
            Entry::Text(text) => wrap(text, cells).into_iter().map(Entry::Text).collect(),
            Entry::Pair(name, meaning) => {
                let lines = wrap(meaning, cells.saturating_sub(names + 2));
                let name = |index| if index == 0 { name.clone() } else { String::new() };
                let pair = |(index, line)| Entry::Pair(name(index), line);
                lines.into_iter().enumerate().map(pair).collect()
            }
            Entry::Heading(_) | Entry::Printed(_) | Entry::Gap => vec![entry.clone()],
        };
        let numbered = self.entries.iter().enumerate();
        let lines: Vec<(usize, Entry)> = numbered
            .clone()
            .flat_map(|(number, entry)| wrapped(entry).into_iter().map(move |line| (number, line)))
            .collect();
        if lines.len() <= most {
            lines
        } else {
            numbered.map(|(number, entry)| (number, entry.clone())).collect()
        }
    }

    /// Draws some of the lines.
    fn column(&self, area: Rect, entries: &[(usize, Entry)], buffer: &mut Buffer) {
        let names = self.names();
        let room = usize::from(area.width).saturating_sub(2);
        for ((number, entry), line) in entries.iter().zip(area.rows()) {
            let spans = match entry {
                Entry::Heading(text) => vec![Span::styled(fit(text, room), self.theme.accent)],
                Entry::Text(text) | Entry::Printed(text) => vec![Span::styled(fit(text, room), self.theme.text)],
                Entry::Gap => Vec::new(),
                Entry::Pair(name, meaning) => vec![
                    Span::styled(left(name, names), self.theme.number),
                    Span::styled(
                        format!("  {}", fit(meaning, room.saturating_sub(names + 2))),
                        self.theme.text,
                    ),
                ],
            };
            let barred = self.bar == Some(*number);
            let begins = !matches!(entry, Entry::Pair(name, _) if name.is_empty());
            let mark = if barred && begins { "›" } else { " " };
            let mut whole = vec![Span::styled(mark, self.theme.accent)];
            whole.extend(spans);
            Line::from(whole).render(line, buffer);
            if barred {
                buffer.set_style(line, self.theme.selected);
            }
        }
    }

    /// Cells of the widest line.
    fn wide(&self, lines: &[(usize, Entry)]) -> usize {
        let column = self.names();
        let widths = lines.iter().map(|(_, entry)| match entry {
            Entry::Pair(_, meaning) => column + 2 + width(meaning),
            Entry::Heading(text) | Entry::Text(text) | Entry::Printed(text) => width(text),
            Entry::Gap => 0,
        });
        let frame = width(&self.title).max(width(&self.keys)) + 2;
        widths.chain([frame]).max().unwrap_or(0)
    }

    /// Draws it over the foot of the tree, or else in the middle of all that is there, which it empties then.
    pub fn draw(&self, tree: Rect, all: Rect, buffer: &mut Buffer) {
        let laid = self.lay(tree.width, all.height);
        let (wide, high) = (self.cells(&laid), laid.rows());
        if high > tree.height {
            clear(all, buffer);
            buffer.set_style(all, self.theme.ground);
            self.render(&laid, middle(all, wide, high), buffer);
            return;
        }
        let wide = if tree.width < wide + SLIVERS { tree.width } else { wide };
        let [foot] = tree.layout(&Layout::vertical([Constraint::Length(high)]).flex(Flex::End));
        self.render(&laid, middle(foot, wide, high), buffer);
    }

    /// Draws it in the middle.
    pub fn draw_amid(&self, all: Rect, buffer: &mut Buffer) {
        let laid = self.lay(all.width, all.height);
        let area = middle(all, self.cells(&laid), laid.rows());
        self.render(&laid, area, buffer);
    }

    /// The lines in columns, one where the height allows it.
    fn lay(&self, cells: u16, height: u16) -> Laid {
        let most = usize::from(height.saturating_sub(2)).max(1);
        let lines = self.lines(usize::from(cells).saturating_sub(MARGIN + 1), most);
        let columns = lines.len().div_ceil(most).max(1);
        Laid { lines, columns }
    }

    /// Cells of it, borders included.
    fn cells(&self, laid: &Laid) -> u16 {
        let cells = (self.wide(&laid.lines) + MARGIN) * laid.columns + 2;
        u16::try_from(cells).unwrap_or(u16::MAX)
    }

    fn render(&self, laid: &Laid, area: Rect, buffer: &mut Buffer) {
        clear(area, buffer);
        buffer.set_style(area, self.theme.ground);
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.accent)
            .title(Line::styled(format!(" {} ", self.title), self.theme.accent))
            .title_bottom(Line::styled(format!(" {} ", self.keys), self.theme.dim).right_aligned());
        let inner = block.inner(area);
        block.render(area, buffer);
        let parts = inner.layout_vec(&Layout::horizontal(vec![Constraint::Fill(1); laid.columns]));
        for (part, lines) in parts.into_iter().zip(laid.lines.chunks(laid.deep().max(1))) {
            self.column(part, lines, buffer);
        }
    }
}

/// Lines, each with the number of its entry, and in how many columns they stand.
struct Laid {
    lines: Vec<(usize, Entry)>,
    columns: usize,
}

impl Laid {
    /// Lines in a column.
    fn deep(&self) -> usize {
        self.lines.len().div_ceil(self.columns)
    }

    /// Rows of it, borders included.
    fn rows(&self) -> u16 {
        u16::try_from(self.deep() + 2).unwrap_or(u16::MAX)
    }
}

fn middle(all: Rect, wide: u16, high: u16) -> Rect {
    all.centered(Constraint::Length(wide.min(all.width)), Constraint::Length(high))
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
