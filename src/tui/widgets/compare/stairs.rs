//! How long each client waited, client by client, a line for each server: one after the other is a staircase, all at once
//! is flat.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::compare::{Course, Visitor};
use crate::report::compare::text::time;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, right, width};
use crate::words::names::visible;

use super::scale::Scale;
use super::series;

/// How many cells the times at the left take.
const AXIS: u16 = 8;

/// What part of the width the names at the right take at most.
const NAMES: u16 = 4;

/// The picture.
#[derive(Debug)]
pub struct Stairs<'a> {
    /// The servers.
    pub courses: &'a [Course],
    /// The longest wait that is expected: the picture has room for it from the beginning, so that its scale stays.
    pub expected: Duration,
    /// The word for a client.
    pub client: &'a str,
    /// The styles.
    pub theme: &'a Theme,
}

impl Widget for Stairs<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        if area.height < 3 || area.width < 4 * AXIS {
            return;
        }
        let names = self.courses.iter().map(name);
        let names = names.map(|name| cells(width(&name)) + 1).sum::<u16>();
        let plot = Rect {
            x: area.x + AXIS + 2,
            width: area.width - AXIS - 2 - (1 + names).min(area.width / NAMES),
            height: area.height - 1,
            ..area
        };
        let visitors = self.courses.iter().flat_map(|course| &course.visitors);
        let waits = visitors.filter_map(|client| Some(client.wait()?.as_secs_f64()));
        // Nothing comes to the very moment, and what comes a little late shall have room, too.
        let expected = self.expected.as_secs_f64() * 1.06;
        let scale = Scale::of(waits.fold(expected.max(0.01), f64::max), plot.height);
        let clients = self.courses.iter().map(|course| course.visitors.len());
        let clients = clients.max().unwrap_or(1).max(1);
        self.treads(&scale, clients, plot, buffer);
        self.axes(&scale, clients, plot, area, buffer);
        self.names(&scale, plot, area, buffer);
    }
}

impl Stairs<'_> {
    /// A tread for each client, at the height of its wait and half a row thick, as wide as its part of the picture: so
    /// that treads join, however wide the picture is. Two servers that meet in a cell have a half of it each.
    fn treads(&self, scale: &Scale, clients: usize, plot: Rect, buffer: &mut Buffer) {
        let wide = usize::from(plot.width);
        let mut halves = vec![None; wide * usize::from(plot.height) * 2];
        for (at, course) in self.courses.iter().enumerate() {
            for (n, client) in course.visitors.iter().enumerate() {
                let Some(wait) = client.wait() else { continue };
                let from = n * wide / clients;
                let to = ((n + 1) * wide / clients).max(from + 1);
                let first = usize::from(scale.level(wait.as_secs_f64())) * wide;
                halves[first + from..first + to].fill(Some(at));
            }
        }
        for (up, y) in plot.rows().rev().map(|row| row.y).enumerate() {
            for (right, x) in plot.columns().map(|column| column.x).enumerate() {
                let half = |level: usize| halves[level * wide + right].map(|at: usize| series(self.theme, at).fg);
                let cell = &mut buffer[(x, y)];
                let (symbol, ink) = match (half(2 * up + 1), half(2 * up)) {
                    (None, None) => continue,
                    (Some(ink), None) => ("▀", ink),
                    (None, Some(ink)) => ("▄", ink),
                    (Some(upper), Some(lower)) if upper == lower => ("█", upper),
                    (Some(upper), Some(lower)) => {
                        cell.set_bg(lower.unwrap_or_default());
                        ("▀", upper)
                    }
                };
                cell.set_symbol(symbol).set_fg(ink.unwrap_or_default());
            }
        }
    }

    fn axes(&self, scale: &Scale, clients: usize, plot: Rect, area: Rect, buffer: &mut Buffer) {
        for row in plot.rows() {
            let text = format!("{} │", " ".repeat(usize::from(AXIS) - 1));
            buffer.set_string(area.x, row.y, text, self.theme.dim);
        }
        for (seconds, row) in (0_u32..)
            .map(|mark| f64::from(mark) * scale.step)
            .zip(plot.rows().rev().step_by(usize::from(scale.rows)))
        {
            let span = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            let label = if seconds == 0.0 { "0 s".to_owned() } else { time(span) };
            let text = format!("{} ┤", right(&label, usize::from(AXIS) - 1));
            buffer.set_string(area.x, row.y, text, self.theme.dim);
        }
        let y = plot.bottom();
        let first = format!("{} 1", self.client);
        let end = clients.to_string();
        let middle = clients.div_ceil(2).to_string();
        let room = usize::from(plot.width);
        let at_middle = (room / 2).saturating_sub(width(&first));
        let text = format!("{first}{}{middle}", " ".repeat(at_middle));
        let text = left(&text, room.saturating_sub(width(&end))) + &end;
        buffer.set_stringn(plot.x, y, text, room, self.theme.dim);
    }

    /// Each name at the height of its last tread, or as near as there is room; those of one height beside each other, or
    /// below each other, in the order of the servers.
    fn names(&self, scale: &Scale, plot: Rect, area: Rect, buffer: &mut Buffer) {
        let x = plot.right() + 1;
        let room = usize::from(area.right().saturating_sub(x));
        let mut names: Vec<(u16, usize, String)> = Vec::new();
        for (at, course) in self.courses.iter().enumerate() {
            if let Some(wait) = course.visitors.iter().filter_map(Visitor::wait).next_back() {
                let row = plot.height - 1 - scale.level(wait.as_secs_f64()) / 2;
                names.push((row, at, fit(&name(course), room)));
            }
        }
        names.sort_by_key(|(row, _, _)| *row);
        let mut lines: Vec<(u16, Vec<Span>)> = Vec::new();
        for (row, at, name) in names {
            let name = Span::styled(name, series(self.theme, at));
            match lines.last_mut() {
                Some((last, line)) if *last == row && spans(line) + 1 + name.width() <= room => {
                    line.extend([Span::raw(" "), name]);
                }
                Some(_) | None => lines.push((row, vec![name])),
            }
        }
        // Upwards from the bottom where lines are too near, and down again from the top.
        let mut below = plot.height;
        for (row, _) in lines.iter_mut().rev() {
            *row = (*row).min(below.saturating_sub(1));
            below = *row;
        }
        let mut least = 0;
        for (row, line) in lines {
            let row = row.max(least);
            least = row + 1;
            if row < plot.height {
                buffer.set_line(x, plot.y + row, &Line::from(line), cells(room));
            }
        }
    }
}

fn name(course: &Course) -> String {
    visible(course.name.as_bytes())
}

fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

fn spans(line: &[Span]) -> usize {
    line.iter().map(Span::width).sum()
}
