//! How long each client waited, client by client, a line for each server: one after the other is a staircase, all at once
//! is flat.

use std::collections::BTreeMap;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::compare::{Course, Stage, Visitor};
use crate::report::compare::text::time;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, right, width};
use crate::words::names::visible;

use super::scale::Scale;
use super::series;

/// How many cells the times at the left take.
const AXIS: u16 = 8;

/// The least cells between two numbers of clients.
const APART: usize = 3;

/// Cells of a line until it is another server's turn, where several lie on each other.
const TURN: usize = 3;

/// The picture.
#[derive(Debug)]
pub struct Stairs<'a> {
    /// The servers.
    pub courses: &'a [Course],
    /// The longest wait that it has room for.
    pub height: Duration,
    /// They run at the same time.
    pub together: bool,
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
        let plot = Rect {
            x: area.x + AXIS + 2,
            width: area.width - AXIS - 2 - self.margin(area.width),
            height: area.height - 1,
            ..area
        };
        let scale = Scale::of(self.height.as_secs_f64(), plot.height);
        let clients = self.courses.iter().map(|course| course.visitors.len());
        let clients = clients.max().unwrap_or(1).max(1);
        self.treads(&scale, clients, plot, buffer);
        self.axes(&scale, clients, plot, area, buffer);
        self.names(&scale, plot, area, buffer);
    }
}

impl Stairs<'_> {
    /// Cells for the names at the right: of those that should wait equally long, and so have their names beside each
    /// other, and for each with the number of others; of a race all begin so. At most two fifths of the width.
    fn margin(&self, wide: u16) -> u16 {
        let mut lines: BTreeMap<u32, usize> = BTreeMap::new();
        let mut longest = 0;
        for course in self.courses {
            if !matches!(course.stage, Stage::Failed(_)) {
                let name = 1 + width(&name(course));
                let line = if self.together { 0 } else { course.turns() };
                *lines.entry(line).or_default() += name;
                longest = longest.max(name + width(" +1"));
            }
        }
        let longest = lines.into_values().max().unwrap_or(0).max(longest);
        (1 + cells(longest)).min(wide * 2 / 5)
    }

    /// A tread for each client, at the height of its wait and half a row thick, as wide as its part of the picture: so
    /// that treads join, however wide the picture is. Two servers that meet in a cell have a half of it each. Where they
    /// meet in a half, the one that has least there is seen: of others there is more to be seen beside it. Those that
    /// have about as much take turns.
    fn treads(&self, scale: &Scale, clients: usize, plot: Rect, buffer: &mut Buffer) {
        let wide = usize::from(plot.width);
        let levels = usize::from(plot.height) * 2;
        let mut treads = vec![vec![false; wide * levels]; self.courses.len()];
        for (course, treads) in self.courses.iter().zip(&mut treads) {
            for (n, client) in course.visitors.iter().enumerate() {
                let Some(wait) = client.wait() else { continue };
                let from = n * wide / clients;
                let to = ((n + 1) * wide / clients).max(from + 1);
                let first = usize::from(scale.level(wait.as_secs_f64())) * wide;
                treads[first + from..first + to].fill(true);
            }
        }
        let mut halves = vec![None; wide * levels];
        for level in 0..levels {
            let row = level * wide..(level + 1) * wide;
            let lengths = treads
                .iter()
                .map(|treads| treads[row.clone()].iter().filter(|tread| **tread).count());
            let lengths: Vec<usize> = lengths.collect();
            for right in 0..wide {
                let here = || (0..treads.len()).filter(|at| treads[*at][level * wide + right]);
                let least = here().map(|at| lengths[at]).min().unwrap_or(0);
                let seen: Vec<usize> = here().filter(|at| lengths[*at] <= 2 * least).collect();
                halves[level * wide + right] = seen.get(right / TURN % seen.len().max(1)).copied();
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
        // Left out where it would be read as one with the first or the last.
        let before = (room / 2).saturating_sub(width(&first));
        let behind = room.saturating_sub(room / 2 + width(&middle) + width(&end));
        let text = if before.min(behind) < APART {
            first
        } else {
            format!("{first}{}{middle}", " ".repeat(before))
        };
        let text = left(&text, room.saturating_sub(width(&end))) + &end;
        buffer.set_stringn(plot.x, y, text, room, self.theme.dim);
    }

    /// Each name at the height of its last tread; those of one height beside each other in the order of the servers, and
    /// how many more there are where they have no room. Whose they are is told by the table, too.
    fn names(&self, scale: &Scale, plot: Rect, area: Rect, buffer: &mut Buffer) {
        let x = plot.right() + 1;
        let room = usize::from(area.right().saturating_sub(x));
        let mut lines: BTreeMap<u16, Vec<Span>> = BTreeMap::new();
        for (at, course) in self.courses.iter().enumerate() {
            if let Some(wait) = course.visitors.iter().filter_map(Visitor::wait).next_back() {
                let row = plot.height - 1 - scale.level(wait.as_secs_f64()) / 2;
                let name = Span::styled(name(course), series(self.theme, at));
                lines.entry(row).or_default().push(name);
            }
        }
        for (row, names) in lines {
            buffer.set_line(x, plot.y + row, &self.line(names, room), cells(room));
        }
    }

    /// As many of these names as there is room for, at least a part of the first.
    fn line<'b>(&self, names: Vec<Span<'b>>, room: usize) -> Line<'b> {
        let mut line: Vec<Span> = Vec::new();
        let mut taken = 0;
        let count = names.len();
        for (at, name) in names.into_iter().enumerate() {
            let beyond = count - at - 1;
            let rest = if beyond == 0 { 0 } else { width(&format!(" +{beyond}")) };
            if at > 0 && taken + 1 + name.width() + rest > room {
                line.push(Span::styled(format!(" +{}", beyond + 1), self.theme.dim));
                break;
            }
            let before = if at == 0 { "" } else { " " };
            let name = Span::styled(fit(&name.content, room.saturating_sub(rest)), name.style);
            taken += before.len() + name.width();
            line.extend([Span::raw(before), name]);
        }
        Line::from(line)
    }
}

fn name(course: &Course) -> String {
    visible(course.name.as_bytes())
}

fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}
