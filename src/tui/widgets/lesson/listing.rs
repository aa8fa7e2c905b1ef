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

    /// The same, its lines apart where there is room for that: one in so many rows at most.
    pub fn apart(self, most: usize) -> Apart<'a> {
        Apart(self, most)
    }
}

/// A line, where there is little room with half of its indentation.
fn indented(line: &str, narrow: bool) -> String {
    let code = line.trim_start();
    let cells = line.len() - code.len();
    format!("{}{code}", " ".repeat(if narrow { cells / 2 } else { cells }))
}

/// So much further away than it is counts a line that says nothing.
const EMPTY: usize = 5;

impl Listing<'_> {
    /// The lines to show in so many rows where not all fit: those where processes stand, the one that the step is about,
    /// and what is nearest to them.
    fn nearest(&self, rows: usize) -> Vec<usize> {
        let lines = self.lines();
        let stands = self.picture.shown.iter().filter_map(|shown| shown.line);
        let looked_at: Vec<usize> = stands.chain(self.lesson.point_at(self.picture.step)).collect();
        let far = |line: &usize| {
            let distance = looked_at.iter().map(|at| line.abs_diff(*at)).min().unwrap_or(*line);
            let is_empty = distance > 0 && lines[*line].trim() == "}";
            distance + if is_empty { EMPTY } else { 0 }
        };
        let mut shown: Vec<usize> = (0..lines.len()).collect();
        shown.sort_by_key(far);
        shown.truncate(rows);
        shown.sort_unstable();
        shown
    }

    /// Draws those lines, one in every so many rows.
    fn draw(&self, shown: &[usize], every: usize, area: Rect, buffer: &mut Buffer) {
        let lines = self.lines();
        let point = self.lesson.point_at(self.picture.step);
        let space = usize::from(area.width).saturating_sub(self.column() + 1);
        let narrow = lines.iter().any(|line| width(line) > space);
        // The cell before the marks is for looks alone.
        let column = self.column() - usize::from(narrow);
        let room = usize::from(area.width).saturating_sub(column + 1);
        let last = shown.last().copied();
        let mut next = 0;
        for (index, row) in shown.iter().copied().zip(area.rows().step_by(every)) {
            let text = lines[index];
            let marks = marks(self.picture, index);
            let here = !marks.is_empty();
            let style = if here || point == Some(index) {
                self.theme.number
            } else {
                self.theme.text
            };
            // Something below the last of them was left out.
            let below = if last == Some(index) && index + 1 < lines.len() {
                "  …"
            } else {
                ""
            };
            let code = fit(&indented(text, narrow), room.saturating_sub(width(below)));
            Line::from(vec![
                Span::styled(right(&marks, column), self.theme.accent),
                Span::styled(format!(" {code}"), style),
                Span::styled(below, self.theme.dim),
            ])
            .render(row, buffer);
            if here {
                buffer.set_style(row, self.theme.selected);
            }
            // Something above it was left out.
            if next < index && buffer[(row.x, row.y)].symbol() == " " {
                buffer.set_string(row.x, row.y, "…", self.theme.dim);
            }
            next = index + 1;
        }
    }
}

impl Widget for &Listing<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        self.draw(&self.nearest(usize::from(area.height)), 1, area, buffer);
    }
}

/// A listing whose lines stand apart, where there is room for all of it in that way.
#[derive(Debug)]
pub struct Apart<'a>(Listing<'a>, usize);

impl Widget for &Apart<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let rows = usize::from(area.height);
        let fits = |every: &usize| every * self.0.count() < rows + every;
        let every = (1..=self.1).rev().find(fits).unwrap_or(1);
        let shown = self.0.nearest(rows.div_ceil(every));
        self.0.draw(&shown, every, area, buffer);
    }
}
