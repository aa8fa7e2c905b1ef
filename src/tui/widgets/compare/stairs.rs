//! How long each client waited, client by client, a line for each server: one after the other is a staircase, all at once
//! is flat.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Points};

use crate::compare::Course;
use crate::report::compare::text::time;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, right, width};
use crate::words::names::visible;

/// How many cells the times at the left take.
const AXIS: u16 = 8;

/// What part of the width the names at the right take.
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

impl Stairs<'_> {
    /// One style for each server, round again from the last.
    fn style(&self, at: usize) -> Style {
        let theme = self.theme;
        let styles = [
            theme.alert,
            theme.running,
            theme.connection,
            theme.accent,
            theme.number,
            theme.dim,
        ];
        styles[at % styles.len()]
    }

    /// The waits of a server, as points: the client's number, and seconds.
    fn points(course: &Course) -> Vec<(f64, f64)> {
        let waits = course.visitors.iter().zip(1_u32..);
        waits
            .filter_map(|(client, n)| Some((f64::from(n), client.wait()?.as_secs_f64())))
            .collect()
    }
}

impl Widget for Stairs<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        if area.height < 3 || area.width < 4 * AXIS {
            return;
        }
        let all: Vec<Vec<(f64, f64)>> = self.courses.iter().map(Self::points).collect();
        // Nothing comes to the very moment, and what comes a little late shall have room, too.
        let expected = self.expected.as_secs_f64() * 1.06;
        let most = all
            .iter()
            .flatten()
            .map(|(_, wait)| *wait)
            .fold(expected.max(0.01), f64::max);
        let clients = self
            .courses
            .iter()
            .map(|course| course.visitors.len())
            .max()
            .unwrap_or(1)
            .max(2);
        let last = f64::from(u32::try_from(clients).unwrap_or(u32::MAX));
        let plot = Rect {
            x: area.x + AXIS + 2,
            width: area.width - AXIS - 2 - area.width / NAMES,
            height: area.height - 1,
            ..area
        };
        let ground = self.theme.ground.bg.unwrap_or_default();
        // Each server by itself, so that none takes the dots of another's cells in its own colour only.
        for (at, points) in all.iter().enumerate() {
            if points.is_empty() {
                continue;
            }
            let ink = self.style(at);
            Canvas::default()
                .marker(Marker::HalfBlock)
                .background_color(ground)
                .x_bounds([1.0, last])
                .y_bounds([0.0, most])
                .paint(|context| {
                    context.draw(&Points {
                        coords: points,
                        color: ink.fg.unwrap_or_default(),
                    });
                })
                .render(plot, buffer);
        }
        // The canvas paints two points in one cell in ink on ink.
        for place in plot.intersection(buffer.area).positions() {
            if let Some(cell) = buffer.cell_mut(place).filter(|cell| cell.symbol() == "█") {
                cell.set_bg(ground);
            }
        }
        self.axes(most, clients, plot, area, buffer);
        self.names(&all, most, plot, area, buffer);
    }
}

impl Stairs<'_> {
    fn axes(&self, most: f64, clients: usize, plot: Rect, area: Rect, buffer: &mut Buffer) {
        let rows = plot.height.max(2) - 1;
        for row in 0..plot.height {
            let text = format!("{} │", " ".repeat(usize::from(AXIS) - 1));
            buffer.set_string(area.x, plot.y + row, text, self.theme.dim);
        }
        let step = step(most, f64::from(rows / 3).max(1.0));
        let ticks = (0_u16..)
            .map(|tick| f64::from(tick) * step)
            .take_while(|seconds| *seconds <= most);
        for seconds in ticks {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a row of the picture"
            )]
            let row = (f64::from(rows) * (1.0 - seconds / most)).round() as u16;
            let span = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            let label = if seconds == 0.0 { "0 s".to_owned() } else { time(span) };
            let text = format!("{} ┤", right(&label, usize::from(AXIS) - 1));
            buffer.set_string(area.x, plot.y + row.min(rows), text, self.theme.dim);
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

    /// Each name at the height of its last point, or as near as there is room.
    fn names(&self, all: &[Vec<(f64, f64)>], most: f64, plot: Rect, area: Rect, buffer: &mut Buffer) {
        let mut taken = vec![0; usize::from(plot.height)];
        let x = plot.right() + 1;
        let room = usize::from(area.right().saturating_sub(x));
        for (at, (course, points)) in self.courses.iter().zip(all).enumerate() {
            let Some((_, wait)) = points.last() else { continue };
            let height = f64::from(plot.height.saturating_sub(1));
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a row of the picture"
            )]
            let wanted = (height - height * wait / most).round().clamp(0.0, height) as usize;
            let name = fit(&visible(course.name.as_bytes()), room);
            // The nearest row with room; of two, the lower.
            let rows = (0..taken.len()).filter(|row| taken[*row] + width(&name) <= room);
            let Some(row) = rows.rev().min_by_key(|row| row.abs_diff(wanted)) else {
                continue;
            };
            let y = plot.y + u16::try_from(row).unwrap_or(0);
            let from = x + u16::try_from(taken[row]).unwrap_or(0);
            buffer.set_stringn(from, y, &name, room - taken[row], self.style(at));
            taken[row] += width(&name) + 1;
        }
    }
}

/// The distance of the marks on an axis up to `most`, at most so many of them: 1, 2 or 5 and zeroes.
fn step(most: f64, marks: f64) -> f64 {
    let power = 10_f64.powf((most / marks).log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power);
    steps
        .into_iter()
        .find(|step| (most / step).floor() <= marks)
        .unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::step;

    #[test]
    fn marks_stand_at_round_numbers() {
        for (most, marks, expected) in [
            (105.0, 3.0, 50.0),
            (105.0, 1.0, 100.0),
            (10.5, 4.0, 5.0),
            (10.5, 5.0, 2.0),
            (1.0, 4.0, 0.5),
            (0.01, 1.0, 0.01),
        ] {
            let found = step(most, marks);
            assert!((found - expected).abs() < 1e-9, "{most}, {marks}: {found}");
        }
    }
}
