//! The table of a comparison in steady columns, as many of them as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::compare::Stage;
use crate::report::compare::text::rows;
use crate::tui::compare::Comparing;
use crate::tui::theme::Theme;
use crate::words::cells::{left, right, width};

/// The columns that are left out first where there is no room for all.
const DISPENSABLE: &[usize] = &[9, 6, 2, 10, 11, 8, 12];

/// From the back of a room: the waits, and how long a service took. Of these the first go first.
const ROOM: &[usize] = &[1, 2, 3, 4, 5];
const ROOM_DISPENSABLE: &[usize] = &[4, 2];

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
        longest.max(if column < 8 { 7 } else { 4 })
    }

    /// Where a column ends that follows these.
    fn end(&self, columns: &[usize]) -> usize {
        1 + self.wide(0)
            + columns
                .iter()
                .map(|column| self.wide(*column) + self.gap)
                .sum::<usize>()
    }

    fn line(&self, row: &[String]) -> String {
        let gap = " ".repeat(self.gap);
        let cells = self.columns.iter();
        let cells = cells.map(|column| gap.clone() + &right(&row[*column], self.wide(*column)));
        format!(" {}{}", left(&row[0], self.wide(0)), cells.collect::<String>())
    }

    /// What the columns of waits and of services have in common, above the first of each.
    fn groups(&self) -> String {
        let words = &self.comparing.words;
        let mut above = String::new();
        for (first, name) in [(1, "compare-waited"), (5, "compare-served")] {
            if let Some(at) = self.columns.iter().position(|column| *column == first) {
                above = left(&above, self.end(&self.columns[..at]) + self.gap) + &words.say(name);
            }
        }
        above
    }

    pub(super) fn draw(mut self, theme: &Theme, area: Rect, buffer: &mut Buffer) {
        for dispensable in self.dispensable {
            if self.end(&self.columns) > usize::from(area.width) {
                self.columns.retain(|column| column != dispensable);
            }
        }
        let courses = &self.comparing.comparison.courses;
        let styles = courses.iter().map(|course| match course.stage {
            Stage::Queued | Stage::Starting => theme.dim,
            Stage::Running => theme.running,
            Stage::Done => theme.text,
            Stage::Failed(_) => theme.alert,
        });
        let heading = [self.groups(), self.line(&self.rows[0])].map(|line| (line, theme.dim));
        let body = self.rows[1..].iter().map(|row| self.line(row)).zip(styles);
        let mut lines = area.rows();
        for (line, style) in heading {
            lines
                .next()
                .into_iter()
                .for_each(|row| Line::styled(line.as_str(), style).render(row, buffer));
        }
        for ((line, style), row) in body.zip(lines.step_by(self.blank + 1)) {
            Line::styled(line, style).render(row, buffer);
        }
    }
}
