//! The lanes beside the tree: each process's whole life on one row, time from left to right. A zombie's lane turns to
//! `░`, and a reap is a `†`.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::timeline::lifeline::Lifeline;
use crate::timeline::marks::Marked;
use crate::timeline::time::Time;
use crate::timeline::tree::outline::Outline;
use crate::timeline::tree::{Moment, Row};
use crate::tui::theme::Theme;
use crate::words::cells::{left, width};
use crate::words::units::clock;

/// Cells between the last of the times above the lanes and what stands at their end.
const APART: usize = 3;

/// What a mark draws through the lanes.
const TICK: &str = "┊";

/// The lanes of the rows of a moment.
#[derive(Debug)]
pub struct Lanes<'a> {
    /// The moment, at the right edge.
    pub moment: &'a Moment<'a>,
    /// How much time they show.
    pub span: Duration,
    /// When watching began: zero of the axis.
    pub start: Time,
    /// The word at the right end of the axis.
    pub edge: String,
    /// The marks, drawn across them.
    pub marks: &'a [Marked],
    /// The lines of the tree beside them.
    pub outline: &'a Outline,
    /// The first line shown.
    pub scroll: usize,
    /// Lines from one row to the next.
    pub step: u16,
    /// Which line carries the bar.
    pub bar: Option<usize>,
    /// Cells that stay free on either side, so that nothing touches a frame.
    pub edge_cells: u16,
    /// The styles.
    pub theme: &'a Theme,
}

/// What a cell of a lane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Nothing,
    Born,
    Alive,
    Exited,
    Zombie,
    Reaped,
}

impl Cell {
    const fn glyph(self) -> &'static str {
        match self {
            Self::Nothing => " ",
            Self::Born => "╺",
            Self::Alive => "━",
            Self::Exited => "╸",
            Self::Zombie => "░",
            Self::Reaped => "†",
        }
    }
}

/// Which stretch of time a column stands for.
#[derive(Debug, Clone, Copy)]
struct Axis {
    from: Time,
    step: u64,
}

impl Axis {
    /// An axis of so many columns that ends with the column of `t`. It moves by whole columns only, so that nothing
    /// on it trembles.
    fn ending_at(t: Time, start: Time, span: Duration, columns: u16) -> Self {
        let nanos = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        let step = (nanos / u64::from(columns.max(1))).max(1);
        let last = t.nanos().saturating_sub(start.nanos()) / step;
        let first = (last + 1).saturating_sub(u64::from(columns));
        Self {
            from: Time::from_nanos(start.nanos() + first * step),
            step,
        }
    }

    fn begin(self, column: u16) -> Time {
        Time::from_nanos(self.from.nanos() + u64::from(column) * self.step)
    }

    /// The column of a moment; `None` left of the first.
    fn column(self, t: Time) -> Option<u16> {
        let after = t.nanos().checked_sub(self.from.nanos())?;
        u16::try_from(after / self.step).ok()
    }
}

impl Lanes<'_> {
    fn axis(&self, columns: u16) -> Axis {
        Axis::ending_at(self.moment.at, self.start, self.span, columns)
    }

    /// What the cell of a column shows of a life: what happened in it, or else what was true at its end. A zombie is one
    /// in the last column at once.
    fn cell(&self, life: &Lifeline, axis: Axis, column: u16) -> Cell {
        let (begin, end) = (axis.begin(column), axis.begin(column + 1));
        let within = |t: Time| begin <= t && t < end;
        let t = self.moment.at;
        let reaped = life.reaped.map(|reaped| reaped.when.latest).filter(|at| *at <= t);
        let exited = life.exited.map(|exited| exited.when.latest).filter(|at| *at <= t);
        let born = life.born.latest;
        if begin > t || end <= born {
            return Cell::Nothing;
        }
        match (reaped, exited) {
            (Some(at), _) if within(at) => Cell::Reaped,
            (Some(at), _) if at < begin => Cell::Nothing,
            // The column of the moment itself shows what is so then, or a zombie would be told apart a column late.
            (_, Some(at)) if at < begin || within(t) => Cell::Zombie,
            _ if within(born) => Cell::Born,
            (_, Some(at)) if within(at) => Cell::Exited,
            _ => Cell::Alive,
        }
    }

    /// The moment that a column stands for: its end, so that what happened in it is seen to have happened.
    pub fn time(&self, area: Rect, x: u16) -> Time {
        let plot = self.plot(area);
        let axis = self.axis(plot.width);
        let column = x.saturating_sub(plot.x).min(plot.width.saturating_sub(1));
        Time::from_nanos(axis.begin(column + 1).nanos().saturating_sub(1))
    }

    /// Where the lives themselves are drawn.
    fn plot(&self, area: Rect) -> Rect {
        area.inner(Margin::new(self.edge_cells, 0))
    }

    /// How much time a column stands for.
    pub fn column(&self, area: Rect) -> Duration {
        Duration::from_nanos(self.axis(self.plot(area).width).step)
    }

    /// The columns of the screen in which marks stand, from the left, each with the number of its mark.
    pub fn marked(&self, area: Rect) -> Vec<(u16, u32)> {
        let plot = self.plot(area);
        let axis = self.axis(plot.width);
        let until = self.marks.iter().take_while(|mark| mark.at <= self.moment.at);
        let columns = until.filter_map(|mark| Some((axis.column(mark.at)?, mark.number)));
        let seen = columns.filter(|(column, _)| *column < plot.width);
        seen.map(|(column, number)| (plot.x + column, number)).collect()
    }

    /// Draws a tick through whatever is empty in the column of a mark.
    fn ticks(&self, area: Rect, buffer: &mut Buffer) {
        for (x, _) in self.marked(area) {
            for y in area.top()..area.bottom() {
                let cell = &mut buffer[(x, y)];
                if cell.symbol() == " " {
                    cell.set_symbol(TICK).set_style(self.theme.accent);
                }
            }
        }
    }

    /// Draws one life.
    fn lane(&self, row: &Row<'_>, axis: Axis, line: Rect, buffer: &mut Buffer) {
        let alive = if row.is_ghost() {
            self.theme.ghost
        } else {
            self.theme.accent
        };
        for column in 0..line.width {
            let cell = self.cell(row.life, axis, column);
            let style = match cell {
                Cell::Zombie if row.is_ghost() => self.theme.ghost,
                Cell::Zombie => self.theme.zombie_lane,
                Cell::Reaped => self.theme.ghost,
                Cell::Nothing | Cell::Born | Cell::Alive | Cell::Exited => alive,
            };
            buffer[(line.x + column, line.y)]
                .set_symbol(cell.glyph())
                .set_style(style);
        }
    }

    /// The times above the lanes: some round ones, and the moment itself above its column.
    fn labels(&self, axis: Axis, columns: u16) -> String {
        let now = axis.column(self.moment.at).map_or(0, usize::from);
        let edge = now.min(usize::from(columns).saturating_sub(width(&self.edge)));
        let seconds = tick(self.span, columns).as_secs().max(1);
        let first = self.since(axis.from).as_secs().div_ceil(seconds);
        let mut line = String::new();
        for number in first..first + u64::from(columns) {
            let after = Duration::from_secs(number * seconds);
            let Some(column) = axis.column(self.start + after).map(usize::from) else {
                continue;
            };
            let label = clock(after);
            if column + width(&label) + APART > edge {
                break;
            }
            line = left(&line, column) + &label;
        }
        left(&line, edge) + &self.edge
    }

    fn since(&self, t: Time) -> Duration {
        t.since(self.start)
    }
}

/// The round distance of the times above the lanes, so that they do not touch.
fn tick(span: Duration, columns: u16) -> Duration {
    const ROUND: [u64; 10] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600];
    let room = span.as_secs_f64() / f64::from(columns.max(1)) * 9.0;
    // Every entry of the table is far below 2^53.
    #[allow(clippy::cast_precision_loss, reason = "small whole numbers")]
    let fitting = ROUND.iter().find(|seconds| **seconds as f64 >= room);
    Duration::from_secs(*fitting.unwrap_or(&600))
}

impl Widget for &Lanes<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let plot = self.plot(area);
        let axis = self.axis(plot.width);
        let mut lines = area.rows();
        if let Some(first) = lines.next() {
            Line::styled(self.labels(axis, plot.width), self.theme.dim).render(self.plot(first), buffer);
        }
        let lines = lines.step_by(usize::from(self.step.max(1)));
        for ((index, place), line) in self.outline.lines.iter().enumerate().skip(self.scroll).zip(lines) {
            if let Some(row) = place.row(self.moment) {
                self.lane(row, axis, self.plot(line), buffer);
            }
            if self.bar == Some(index) {
                buffer.set_style(line, self.theme.selected);
            }
        }
        self.ticks(area, buffer);
    }
}
