//! The listing of a lesson, each process's mark beside the line where it stands.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::lesson::picture::Picture;
use crate::lesson::script::Lesson;
use crate::report::lesson::marks;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, right, width};

/// The listing.
#[derive(Debug)]
pub struct Listing<'a> {
    /// Whose.
    pub lesson: &'a Lesson,
    /// Where the processes stand.
    pub picture: &'a Picture,
    /// The styles.
    pub theme: &'a Theme,
}

impl<'a> Listing<'a> {
    fn lines(&self) -> Vec<&'a str> {
        let program = self.lesson.program_at(self.picture.step);
        let lines = program.map(|program| program.lines.as_slice()).unwrap_or_default();
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    /// Cells of the widest mark: as wide for one process as for all that have names.
    fn column(&self) -> usize {
        self.lesson
            .roles
            .iter()
            .map(|(role, _)| width(role))
            .sum::<usize>()
            .clamp(2, 3)
            + 2
    }

    /// Cells that it would like, borders included; the same at every step of a lesson.
    pub fn width(&self) -> u16 {
        let lines = self.lesson.programs.values().flat_map(|program| &program.lines);
        let widest = lines.map(|line| width(&line.text)).max().unwrap_or(0);
        u16::try_from(widest + self.column() + 4).unwrap_or(u16::MAX)
    }

    /// How many lines it has.
    pub fn count(&self) -> usize {
        self.lines().len()
    }

    /// Rows of the longest listing of the lesson, borders included: with its lines apart where that many rows do.
    pub fn high(&self, rows: u16) -> u16 {
        let counts = self.lesson.programs.values().map(|program| program.lines.len());
        let count = u16::try_from(counts.max().unwrap_or(0)).unwrap_or(u16::MAX / 4);
        let apart = 2 * count + 1;
        if apart <= rows { apart } else { count + 2 }
    }

    /// So many rows are enough for all of it with its lines apart.
    pub fn is_ample(&self, rows: u16) -> bool {
        2 * self.count() <= usize::from(rows) + 1
    }

    /// The same, its lines apart where there is room for that.
    pub fn apart(self) -> Apart<'a> {
        Apart(self)
    }

    /// The first line to show in so many rows: all where they fit, else with the marked lines in sight.
    fn first(&self, rows: usize, count: usize) -> usize {
        let stand = |shown: &crate::lesson::picture::Shown| shown.line;
        let lowest = self.picture.shown.iter().filter_map(stand).max().unwrap_or(0);
        let highest = self.picture.shown.iter().filter_map(stand).min().unwrap_or(0);
        let last = count.saturating_sub(rows);
        (lowest + 2)
            .saturating_sub(rows)
            .min(highest.saturating_sub(1))
            .min(last)
    }
}

/// A line, where there is little room with half of its indentation.
fn indented(line: &str, narrow: bool) -> String {
    let code = line.trim_start();
    let cells = line.len() - code.len();
    format!("{}{code}", " ".repeat(if narrow { cells / 2 } else { cells }))
}

impl Listing<'_> {
    /// The lines to show in so many rows where not all fit and few have to do: those where processes stand, and what is
    /// nearest to them.
    fn nearest(&self, rows: usize) -> Vec<usize> {
        let stands: Vec<usize> = self.picture.shown.iter().filter_map(|shown| shown.line).collect();
        let mut lines: Vec<usize> = (0..self.count()).collect();
        lines.sort_by_key(|line| stands.iter().map(|stand| line.abs_diff(*stand)).min());
        lines.truncate(rows);
        lines.sort_unstable();
        lines
    }

    /// Draws those lines, one in every so many rows.
    fn draw(&self, shown: &[usize], every: usize, area: Rect, buffer: &mut Buffer) {
        let lines = self.lines();
        let space = usize::from(area.width).saturating_sub(self.column() + 1);
        let narrow = lines.iter().any(|line| width(line) > space);
        // The cell before the marks is for looks alone.
        let column = self.column() - usize::from(narrow);
        let room = usize::from(area.width).saturating_sub(column + 1);
        let mut before = None;
        for (index, row) in shown.iter().copied().zip(area.rows().step_by(every)) {
            let text = lines[index];
            let marks = marks(self.picture, index);
            let style = if marks.is_empty() {
                self.theme.text
            } else {
                self.theme.number
            };
            let here = !marks.is_empty();
            Line::from(vec![
                Span::styled(right(&marks, column), self.theme.accent),
                Span::styled(format!(" {}", fit(&indented(text, narrow), room)), style),
            ])
            .render(row, buffer);
            if here {
                buffer.set_style(row, self.theme.selected);
            }
            // Something between them was left out.
            if before.is_some_and(|before| before + 1 < index) {
                buffer.set_string(row.x, row.y, "…", self.theme.dim);
            }
            before = Some(index);
        }
    }
}

impl Widget for &Listing<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let (rows, count) = (usize::from(area.height), self.count());
        let first = self.first(rows, count);
        let shown: Vec<usize> = (first..count).take(rows).collect();
        self.draw(&shown, 1, area, buffer);
    }
}

/// A listing whose lines stand apart, where there is room for all of it in that way; where there is little, only what
/// is nearest to the processes.
#[derive(Debug)]
pub struct Apart<'a>(Listing<'a>);

impl Widget for &Apart<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let rows = usize::from(area.height);
        let every = if self.0.is_ample(area.height) { 2 } else { 1 };
        let shown = self.0.nearest(rows.div_ceil(every));
        self.0.draw(&shown, every, area, buffer);
    }
}
