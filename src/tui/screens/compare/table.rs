//! The table of a comparison in steady columns, as many of them as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::compare::Stage;
use crate::report::compare::text::rows;
use crate::tui::compare::Comparing;
use crate::tui::theme::Theme;
use crate::tui::widgets::compare::series;
use crate::words::cells::{left, right, width};

/// The columns that are left out first where there is no room for all.
const DISPENSABLE: &[usize] = &[9, 6, 2, 10, 11, 8, 12];

/// From the back of a room: the waits, how long a service took, and all of them; and failures. Of these the first go first.
const ROOM: &[usize] = &[1, 2, 3, 4, 5, 7, 12];
const ROOM_DISPENSABLE: &[usize] = &[12, 7, 4, 2];

/// No more cells are between two columns: the eye would lose its row.
const WIDEST: usize = 10;

/// The column of the failures.
const FAILED: usize = 12;

/// The table.
pub(super) struct Table<'a> {
    comparing: &'a Comparing,
    rows: Vec<Vec<String>>,
    /// Those that are shown where there is room.
    columns: Vec<usize>,
    dispensable: &'static [usize],
    /// Cells between two columns, and lines between two rows.
    gap: usize,
    blank: usize,
}

impl<'a> Table<'a> {
    /// With all its columns.
    pub(super) fn of(comparing: &'a Comparing) -> Self {
        let rows = rows(&comparing.words, &comparing.comparison, comparing.now);
        Self {
            comparing,
            columns: (1..rows[0].len()).collect(),
            rows,
            dispensable: DISPENSABLE,
            gap: 2,
            blank: 0,
        }
    }

    /// With few and wide ones, and so many blank lines between its rows.
    pub(super) fn for_a_room(comparing: &'a Comparing, blank: usize) -> Self {
        Self {
            columns: ROOM.to_vec(),
            dispensable: ROOM_DISPENSABLE,
            gap: 5,
            blank,
            ..Self::of(comparing)
        }
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

    /// Where a column ends that follows these.
    fn end(&self, columns: &[usize]) -> usize {
        1 + self.wide(0)
            + columns
                .iter()
                .map(|column| self.wide(*column) + self.gap)
                .sum::<usize>()
    }

    fn name(&self, row: &[String]) -> String {
        format!(" {}", left(&row[0], self.wide(0)))
    }

    fn cell(&self, row: &[String], column: usize) -> String {
        " ".repeat(self.gap) + &right(&row[column], self.wide(column))
    }

    /// What the columns of waits and of services have in common, above the first of each, and ending where that ends.
    fn groups(&self) -> String {
        let words = &self.comparing.words;
        let mut above = String::new();
        for (first, name) in [(1, "compare-waited"), (5, "compare-served")] {
            if let Some(at) = self.columns.iter().position(|column| *column == first) {
                let room = self.end(&self.columns[..=at]).saturating_sub(width(&above));
                above += &right(&words.say(name), room);
            }
        }
        above
    }

    pub(super) fn draw(mut self, theme: &Theme, area: Rect, buffer: &mut Buffer) {
        for dispensable in self.dispensable {
            if self.end(&self.columns) + 1 > usize::from(area.width) {
                self.columns.retain(|column| column != dispensable);
            }
        }
        let free = usize::from(area.width).saturating_sub(self.end(&self.columns) + 1);
        self.gap = (self.gap + free / self.columns.len().max(1)).min(WIDEST.max(self.gap));
        let mut lines = area.rows();
        let cells = |row: &[String]| {
            self.columns
                .iter()
                .map(|column| self.cell(row, *column))
                .collect::<String>()
        };
        for line in [self.groups(), self.name(&self.rows[0]) + &cells(&self.rows[0])] {
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
            spans.extend(self.columns.iter().map(|column| {
                let lost = *column == FAILED && row[FAILED].parse().is_ok_and(|failed: u64| failed > 0);
                Span::styled(self.cell(row, *column), if lost { theme.alert } else { style })
            }));
            Line::from(spans).render(place, buffer);
        }
    }
}
