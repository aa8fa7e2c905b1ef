//! The table of a comparison in steady columns, as many of them as there is room for, from one edge of the screen to the
//! other. A server that could not be run has no figures: why that is stands in their place.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::compare::Stage;
use crate::report::compare::text::rows;
use crate::tui::compare::Comparing;
use crate::tui::theme::Theme;
use crate::tui::widgets::compare::series;
use crate::words::cells::{fit, left, right, width};

/// The columns that are left out first where there is no room for all.
const DISPENSABLE: &[usize] = &[9, 6, 2, 10, 11, 8, 4, 12];

/// From the back of a room: what is worth no narrower columns, and what is left out where there is no room for all the
/// others. The first and the last wait, the mean service and the failures are always there.
const ROOM_LUXURY: &[usize] = &[6, 9, 11, 10, 8];
const ROOM_DISPENSABLE: &[usize] = &[7, 4, 2];

/// Cells between two columns from the back of a room: for the luxury, and for all others.
const ROOM_WIDE: usize = 8;
const ROOM_GAP: usize = 3;

/// The column of the failures.
const FAILED: usize = 12;

/// The table.
pub(super) struct Table<'a> {
    comparing: &'a Comparing,
    rows: Vec<Vec<String>>,
    /// Those that are shown.
    columns: Vec<usize>,
    /// The cells before each of them.
    gaps: Vec<usize>,
    /// Lines between two rows.
    blank: usize,
}

impl<'a> Table<'a> {
    /// In so many cells, with all the columns that there is room for.
    pub(super) fn of(comparing: &'a Comparing, cells: u16) -> Self {
        let mut table = Self::with_all(comparing);
        table.dispense(DISPENSABLE, 2, cells);
        table.spread(cells);
        table
    }

    /// With few and wide ones, and so many blank lines between its rows.
    pub(super) fn for_a_room(comparing: &'a Comparing, cells: u16, blank: usize) -> Self {
        let mut table = Self::with_all(comparing);
        table.blank = blank;
        table.dispense(ROOM_LUXURY, ROOM_WIDE, cells);
        table.dispense(ROOM_DISPENSABLE, ROOM_GAP, cells);
        table.spread(cells);
        table
    }

    fn with_all(comparing: &'a Comparing) -> Self {
        let rows = rows(&comparing.words, &comparing.comparison, comparing.now);
        Self {
            comparing,
            columns: (1..rows[0].len()).collect(),
            rows,
            gaps: Vec::new(),
            blank: 0,
        }
    }

    /// Cells that are left for what is between so many columns, with one free at either edge.
    fn free(&self, cells: u16) -> Option<usize> {
        let taken = self.columns.iter().map(|column| self.wide(*column)).sum::<usize>();
        usize::from(cells).checked_sub(2 + self.wide(0) + taken)
    }

    /// Leaves these out, the first first, until there are so many cells between all others; but for two, since names and
    /// headings are seldom as wide as their columns.
    fn dispense(&mut self, dispensable: &[usize], gap: usize, cells: u16) {
        for dispensable in dispensable {
            if self.free(cells).is_none_or(|free| free + 2 < gap * self.columns.len()) {
                self.columns.retain(|column| column != dispensable);
            }
        }
    }

    /// Divides what is free between all columns.
    fn spread(&mut self, cells: u16) {
        let free = self.free(cells).unwrap_or(0);
        let count = self.columns.len().max(1);
        let upto = |at: usize| at * free / count;
        self.gaps = (0..count).map(|at| upto(at + 1) - upto(at)).collect();
    }

    /// Numbers come and grow while one looks: the cells of a column do not.
    fn wide(&self, column: usize) -> usize {
        let longest = self.rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
        longest.max(match column {
            // Memory, from ten megabytes on, is as wide as a time.
            0..8 | 10 => 7,
            // 100 %.
            11 => 5,
            _ => 4,
        })
    }

    /// Where the last of the first so many columns ends.
    fn end(&self, count: usize) -> usize {
        let columns = self.columns.iter().zip(&self.gaps).take(count);
        1 + self.wide(0) + columns.map(|(column, gap)| self.wide(*column) + gap).sum::<usize>()
    }

    fn name(&self, row: &[String]) -> String {
        format!(" {}", left(&row[0], self.wide(0)))
    }

    fn cells(&self, row: &[String]) -> impl Iterator<Item = (usize, String)> {
        let columns = self.columns.iter().zip(&self.gaps);
        columns.map(|(column, gap)| (*column, " ".repeat(*gap) + &right(&row[*column], self.wide(*column))))
    }

    /// What the columns of waits and of services have in common, above the first of each, and ending where that ends.
    fn groups(&self) -> String {
        let words = &self.comparing.words;
        let mut above = String::new();
        for (first, name) in [(1, "compare-waited"), (5, "compare-served")] {
            if let Some(at) = self.columns.iter().position(|column| *column == first) {
                let room = self.end(at + 1).saturating_sub(width(&above));
                above += &right(&words.say(name), room);
            }
        }
        above
    }

    pub(super) fn draw(&self, theme: &Theme, area: Rect, buffer: &mut Buffer) {
        let mut lines = area.rows();
        let heading = self.cells(&self.rows[0]).map(|(_, cell)| cell);
        let heading = self.name(&self.rows[0]) + &heading.collect::<String>();
        for line in [self.groups(), heading] {
            let row = lines.next().into_iter();
            row.for_each(|row| Line::styled(line.as_str(), theme.dim).render(row, buffer));
        }
        let courses = self.comparing.comparison.courses.iter().enumerate();
        for (((at, course), row), place) in courses.zip(&self.rows[1..]).zip(lines.step_by(self.blank + 1)) {
            let (name, style) = match course.stage {
                Stage::Queued | Stage::Starting => (theme.dim, theme.dim),
                Stage::Running => (series(theme, at), theme.running),
                Stage::Done => (series(theme, at), theme.text),
                Stage::Failed(_) => (theme.alert, theme.alert),
            };
            let mut spans = vec![Span::styled(self.name(row), name)];
            if let Stage::Failed(why) = &course.stage {
                let room = usize::from(area.width).saturating_sub(self.wide(0) + 4);
                spans.push(Span::styled(format!("  {}", fit(why, room)), style));
            } else {
                spans.extend(self.cells(row).map(|(column, cell)| {
                    let lost = column == FAILED && row[FAILED].parse().is_ok_and(|failed: u64| failed > 0);
                    Span::styled(cell, if lost { theme.alert } else { style })
                }));
            }
            Line::from(spans).render(place, buffer);
        }
    }
}
