//! All keys by group, in as many columns as there is room for, and below them how exact the record is. Where not all of it
//! fits, it scrolls.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, width, wrap};

use super::popup::clear;

/// The keys of a group.
#[derive(Debug, Clone)]
pub struct Keys {
    /// What the group is called.
    pub heading: String,
    /// What stands on the keys, and what they do.
    pub keys: Vec<(String, String)>,
}

/// The help.
#[derive(Debug)]
pub struct Help<'a> {
    /// What stands in its upper border.
    pub title: String,
    /// What stands in its lower border while all of it is there, and while some of it is not.
    pub hints: [String; 2],
    /// The groups.
    pub groups: Vec<Keys>,
    /// A heading, and what is said below it in as many lines as it takes.
    pub notes: (String, Vec<String>),
    /// The first line shown.
    pub scroll: usize,
    /// The styles.
    pub theme: &'a Theme,
}

/// Cells between two columns.
const GAP: usize = 2;

/// A line of the groups.
#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    Heading(&'a str),
    Key(&'a str, &'a str),
}

/// A column of them, as wide as it has to be.
struct Column<'a> {
    entries: &'a [Entry<'a>],
    /// Cells of what stands on the keys.
    names: usize,
    /// Cells of all of it.
    cells: usize,
}

impl<'a> Column<'a> {
    fn of(entries: &'a [Entry<'a>]) -> Self {
        let names = entries.iter().map(|entry| match entry {
            Entry::Heading(_) => 0,
            Entry::Key(name, _) => width(name),
        });
        let names = names.max().unwrap_or(0);
        let cells = entries.iter().map(|entry| match entry {
            Entry::Heading(text) => width(text),
            Entry::Key(_, meaning) => names + GAP + width(meaning),
        });
        Self {
            entries,
            names,
            cells: cells.max().unwrap_or(0),
        }
    }

    fn spans(&self, row: usize, cells: usize, theme: &Theme) -> Vec<Span<'static>> {
        match self.entries.get(row) {
            None => vec![Span::raw(" ".repeat(cells))],
            Some(Entry::Heading(text)) => vec![Span::styled(left(text, cells), theme.accent)],
            Some(Entry::Key(name, meaning)) => {
                let meaning = left(meaning, cells.saturating_sub(self.names + GAP));
                vec![
                    Span::styled(left(name, self.names), theme.number),
                    Span::styled(format!("{}{meaning}", " ".repeat(GAP)), theme.text),
                ]
            }
        }
    }
}

/// The entries in so many columns of equal height, none of which ends with a heading apart from its keys.
fn columns<'a>(entries: &'a [Entry<'a>], count: usize) -> Vec<Column<'a>> {
    let least = entries.len().div_ceil(count).max(1);
    let parted = |rows: &usize| {
        let feet = entries.chunks(*rows).filter_map(<[Entry<'_>]>::last);
        !feet.into_iter().any(|foot| matches!(foot, Entry::Heading(_)))
    };
    let rows = (least..least + 4).find(parted).unwrap_or(least);
    entries.chunks(rows).map(Column::of).collect()
}

impl Help<'_> {
    /// All lines in so many cells: the groups in as few columns as so many rows allow, so that they stay whole, then the
    /// notes.
    fn laid(&self, cells: usize, most: usize) -> Vec<Line<'static>> {
        let two = self.in_columns(cells, &[2]);
        if two.len() <= most {
            two
        } else {
            self.in_columns(cells, &[3, 2])
        }
    }

    /// The same in the first of these numbers of columns for which there is room, or in one.
    fn in_columns(&self, cells: usize, counts: &[usize]) -> Vec<Line<'static>> {
        let entries: Vec<Entry<'_>> = self
            .groups
            .iter()
            .flat_map(|group| {
                let keys = group.keys.iter().map(|(name, meaning)| Entry::Key(name, meaning));
                std::iter::once(Entry::Heading(&group.heading)).chain(keys)
            })
            .collect();
        let total = |columns: &[Column<'_>]| columns.iter().map(|column| column.cells + GAP).sum::<usize>() - GAP;
        let mut fitting = counts.iter().map(|count| columns(&entries, *count));
        let columns = fitting.find(|columns| total(columns) <= cells);
        let columns = columns.unwrap_or_else(|| vec![Column::of(&entries)]);
        let rows = columns.first().map_or(0, |column| column.entries.len());
        // What is left over goes between the columns.
        let spare = cells.saturating_sub(total(&columns)) / columns.len().max(1);
        let mut laid: Vec<Line<'static>> = (0..rows)
            .map(|row| {
                let beside = columns.iter().enumerate().flat_map(|(number, column)| {
                    let gap = if number == 0 { 0 } else { GAP + spare.min(4) };
                    let mut spans = vec![Span::raw(" ".repeat(gap))];
                    spans.extend(column.spans(row, column.cells.min(cells), self.theme));
                    spans
                });
                Line::from(beside.collect::<Vec<_>>())
            })
            .collect();
        let (heading, notes) = &self.notes;
        if !notes.is_empty() {
            laid.push(Line::styled(fit(heading, cells), self.theme.accent));
        }
        for note in notes {
            laid.extend(
                wrap(note, cells)
                    .into_iter()
                    .map(|line| Line::styled(line, self.theme.text)),
            );
        }
        laid
    }

    /// How far it can be scrolled on a screen of that size.
    pub fn most(&self, area: Rect) -> usize {
        let most = usize::from(area.height.saturating_sub(2));
        let lines = self.laid(usize::from(area.width.saturating_sub(4)), most);
        lines.len().saturating_sub(most)
    }
}

impl Widget for &Help<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width.saturating_sub(4));
        let lines = self.laid(room, usize::from(area.height.saturating_sub(2)));
        let hint = &self.hints[usize::from(self.most(area) > 0)];
        let widest = lines
            .iter()
            .map(Line::width)
            .chain([width(hint), width(&self.title)])
            .max();
        let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let (wide, high) = (widest.unwrap_or(0).min(room) + 4, lines.len() + 2);
        let screen = area;
        let area = area.centered(Constraint::Length(cells(wide)), Constraint::Length(cells(high)));
        // What would be left of the rest is letters at the edges.
        clear(screen, buffer);
        buffer.set_style(screen, self.theme.ground);
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.accent)
            .title(Line::styled(format!(" {} ", self.title), self.theme.accent))
            .title_bottom(Line::styled(format!(" {hint} "), self.theme.dim).right_aligned());
        let inner = block.inner(area);
        block.render(area, buffer);
        for (line, place) in lines.iter().skip(self.scroll).zip(inner.rows()) {
            let place = Rect::new(place.x + 1, place.y, place.width.saturating_sub(1), 1);
            line.render(place, buffer);
        }
    }
}
