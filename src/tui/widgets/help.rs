//! All keys by group, in as many columns as there is room for, and below them how exact the record is: a page of its own,
//! over all of the screen. Where not all of it fits, it scrolls.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Padding, Widget};

use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, width, wrap};

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
    /// A heading, and what is said below it in as many lines as it takes; nothing where that is nothing.
    pub notes: (String, Vec<String>),
    /// The first line shown.
    pub scroll: usize,
    /// The styles.
    pub theme: &'a Theme,
}

/// Cells between two columns, and between a key and what it does.
const GAP: usize = 2;

/// Cells between two columns of whole groups.
const APART: usize = 6;

/// A line of the groups.
#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    Heading(&'a str),
    Key(&'a str, &'a str),
    /// Between two groups.
    Gap,
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
            Entry::Heading(_) | Entry::Gap => 0,
            Entry::Key(name, _) => width(name),
        });
        let names = names.max().unwrap_or(0);
        let cells = entries.iter().map(|entry| match entry {
            Entry::Heading(text) => width(text),
            Entry::Key(_, meaning) => names + GAP + width(meaning),
            Entry::Gap => 0,
        });
        Self {
            entries,
            names,
            cells: cells.max().unwrap_or(0),
        }
    }

    fn spans(&self, row: usize, cells: usize, theme: &Theme) -> Vec<Span<'static>> {
        match self.entries.get(row) {
            None | Some(Entry::Gap) => vec![Span::raw(" ".repeat(cells))],
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

/// Columns beside each other, so many cells apart.
fn beside(columns: &[Column<'_>], gap: usize, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let rows = columns.iter().map(|column| column.entries.len()).max().unwrap_or(0);
    let line = |row| {
        let spans = columns.iter().enumerate().flat_map(|(number, column)| {
            let gap = if number == 0 { 0 } else { gap };
            let mut spans = vec![Span::raw(" ".repeat(gap))];
            spans.extend(column.spans(row, column.cells.min(cells), theme));
            spans
        });
        Line::from(spans.collect::<Vec<_>>())
    };
    (0..rows).map(line).collect()
}

/// Cells of columns that stand so many cells apart.
fn across(columns: &[Column<'_>], gap: usize) -> usize {
    let cells = columns.iter().map(|column| column.cells + gap).sum::<usize>();
    cells.saturating_sub(gap)
}

/// All ways to part so many things, in their order, among so many columns that none of them is empty: how many each has.
fn parts(things: usize, columns: usize) -> Vec<Vec<usize>> {
    if columns <= 1 {
        return vec![vec![things]];
    }
    let most = things.saturating_sub(columns - 1);
    let first = |count| {
        let rest = parts(things - count, columns - 1).into_iter();
        rest.map(move |rest| [vec![count], rest].concat())
    };
    (1..=most).flat_map(first).collect()
}

/// What it looks like on a screen.
struct Page {
    lines: Vec<Line<'static>>,
    /// Blank cells and rows inside the frame.
    padding: (u16, u16),
}

impl Help<'_> {
    /// The help as it stands on a screen of that size: in whole groups with air between them where there is room for
    /// that; else in as few columns as its rows allow, so that they stay whole.
    fn page(&self, area: Rect) -> Page {
        let room = |(x, y): (u16, u16)| {
            let cells = area.width.saturating_sub(2 * (x + 1));
            let rows = area.height.saturating_sub(2 * (y + 1));
            (usize::from(cells), usize::from(rows))
        };
        for count in [3, 2] {
            let padding = (3, 1);
            let (cells, rows) = room(padding);
            // Far apart, where even then there is room.
            for step in [2, 1] {
                let lines = self.in_groups(cells, count, step);
                if let Some(lines) = lines.filter(|lines| lines.len() <= rows) {
                    return Page { lines, padding };
                }
            }
        }
        let padding = (1, 0);
        let (cells, rows) = room(padding);
        let two = self.in_columns(cells, &[2]);
        let lines = if two.len() <= rows {
            two
        } else {
            self.in_columns(cells, &[3, 2])
        };
        Page { lines, padding }
    }

    /// Whole groups in so many columns, as even as can be, and so many lines from one to the next; `None` where they are
    /// too wide.
    fn in_groups(&self, cells: usize, count: usize, step: usize) -> Option<Vec<Line<'static>>> {
        let parted = parts(self.groups.len(), count.min(self.groups.len())).into_iter();
        let ways = parted.map(|counts| {
            let mut rest = &self.groups[..];
            let take = |count: usize| {
                let (taken, left) = rest.split_at(count);
                rest = left;
                stacked(taken)
            };
            counts.into_iter().map(take).collect::<Vec<_>>()
        });
        let even = ways.min_by_key(|columns| {
            let lines = columns.iter().map(Vec::len);
            (lines.clone().max(), lines.map(|lines| lines * lines).sum::<usize>())
        })?;
        let columns: Vec<Column<'_>> = even.iter().map(|entries| Column::of(entries)).collect();
        let wide = across(&columns, APART);
        (wide <= cells).then(|| {
            let lines = beside(&columns, APART, cells, self.theme);
            let blank = std::iter::repeat_n(Line::default(), step - 1);
            let spread = lines
                .into_iter()
                .flat_map(|line| std::iter::once(line).chain(blank.clone()));
            let mut laid: Vec<Line<'static>> = spread.collect();
            if !self.notes.1.is_empty() {
                laid.push(Line::default());
            }
            laid.extend(self.below(wide));
            laid
        })
    }

    /// All entries in the first of these numbers of columns for which there is room, or in one; then the notes.
    fn in_columns(&self, cells: usize, counts: &[usize]) -> Vec<Line<'static>> {
        let entries: Vec<Entry<'_>> = self.groups.iter().flat_map(entries).collect();
        let mut fitting = counts.iter().map(|count| columns(&entries, *count));
        let columns = fitting.find(|columns| across(columns, GAP) <= cells);
        let columns = columns.unwrap_or_else(|| vec![Column::of(&entries)]);
        // What is left over goes between the columns.
        let spare = cells.saturating_sub(across(&columns, GAP)) / columns.len().max(1);
        let mut laid = beside(&columns, GAP + spare.min(4), cells, self.theme);
        laid.extend(self.below(cells));
        laid
    }

    /// The notes.
    fn below(&self, cells: usize) -> Vec<Line<'static>> {
        let (heading, notes) = &self.notes;
        let heading = (!notes.is_empty()).then(|| Line::styled(fit(heading, cells), self.theme.accent));
        let notes = notes.iter().flat_map(|note| wrap(note, cells));
        let notes = notes.map(|line| Line::styled(line, self.theme.text));
        heading.into_iter().chain(notes).collect()
    }

    /// How far it can be scrolled on a screen of that size, and how many of its lines are seen at once.
    pub fn reach(&self, area: Rect) -> (usize, usize) {
        let Page { lines, padding } = self.page(area);
        let page = usize::from(area.height.saturating_sub(2 * (padding.1 + 1)));
        (lines.len().saturating_sub(page), page)
    }
}

/// Groups with a blank line between them.
fn stacked(groups: &[Keys]) -> Vec<Entry<'_>> {
    let groups: Vec<Vec<Entry<'_>>> = groups.iter().map(entries).collect();
    groups.join(&Entry::Gap)
}

/// A group with its heading.
fn entries(group: &Keys) -> Vec<Entry<'_>> {
    let keys = group.keys.iter().map(|(name, meaning)| Entry::Key(name, meaning));
    let heading = Some(Entry::Heading(&group.heading)).filter(|_| !group.heading.is_empty());
    heading.into_iter().chain(keys).collect()
}

impl Widget for &Help<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let Page { lines, padding: (x, y) } = self.page(area);
        let hint = &self.hints[usize::from(self.reach(area).0 > 0)];
        let widest = lines
            .iter()
            .map(Line::width)
            .chain([width(hint), width(&self.title)])
            .max();
        let cells = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        let wide = cells(widest.unwrap_or(0)).saturating_add(2 * (x + 1));
        let high = cells(lines.len()).saturating_add(2 * (y + 1));
        let screen = area;
        let area = area.centered(
            Constraint::Length(wide.min(area.width)),
            Constraint::Length(high.min(area.height)),
        );
        // What would be left of the rest is letters at the edges.
        Clear.render(screen, buffer);
        buffer.set_style(screen, self.theme.ground);
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.accent)
            .padding(Padding::symmetric(x, y))
            .title(Line::styled(format!(" {} ", self.title), self.theme.accent))
            .title_bottom(Line::styled(format!(" {hint} "), self.theme.dim.not_bold()).right_aligned());
        let inner = block.inner(area);
        block.render(area, buffer);
        for (line, place) in lines.iter().skip(self.scroll).zip(inner.rows()) {
            line.render(place, buffer);
        }
    }
}
