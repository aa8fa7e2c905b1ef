//! The clients of one server on one line: who waits, who is being served, who is done. A client is one dot, in tens where
//! there is room between them; where there are more clients than cells, a dot stands for several, all of them equally
//! many, and shows the one of them that is least far. How many there are of each stands behind, where there is room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use crate::compare::{Course, Phase, Stage, Visitor};
use crate::tui::theme::Theme;
use crate::words::cells::{fit, width};
use crate::words::names::visible;

/// A name takes no more cells.
const NAME: usize = 24;

/// One lane.
#[derive(Debug)]
pub struct Crowd<'a> {
    /// Whose clients.
    pub course: &'a Course,
    /// How its name is written.
    pub ink: Style,
    /// How many cells the names take.
    pub names: usize,
    /// How many there are of each, said behind the dots.
    pub counts: String,
    /// The styles.
    pub theme: &'a Theme,
}

impl Crowd<'_> {
    fn look(&self, phase: Phase) -> (&'static str, Style) {
        match phase {
            Phase::Absent => ("·", self.theme.dim),
            Phase::Waiting => ("○", self.theme.text),
            Phase::Served => ("◐", self.theme.running),
            Phase::Done => ("●", self.theme.accent),
            Phase::Failed => ("×", self.theme.alert),
        }
    }
}

/// How many clients a dot stands for where there are so many of them in a line of so many cells, and how many cells are
/// between two dots.
pub fn dots(clients: usize, names: usize, line: u16) -> Dots {
    // Names stand a cell further off, unless that is the one cell that is wanting.
    let (wide, close) = (cells(names + 2, line), cells(names + 1, line));
    let (from, cells) = if clients == close {
        (names + 1, close)
    } else {
        (names + 2, wide)
    };
    Dots {
        from,
        clients: clients.div_ceil(cells).max(1),
        apart: if clients * 2 <= cells { 2 } else { 1 },
        tens: clients + clients / 10 <= cells,
    }
}

/// How the dots of a line stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dots {
    /// Where the first one stands.
    from: usize,
    /// So many clients are one dot.
    pub clients: usize,
    /// So many cells on is the next.
    apart: usize,
    /// After ten of them there is a cell more.
    tens: bool,
}

impl Dots {
    /// The cell of a dot.
    fn cell(self, at: usize) -> usize {
        at * self.apart + if self.tens { at / 10 } else { 0 }
    }
}

/// The cells of a line from there on.
fn cells(from: usize, line: u16) -> usize {
    usize::from(line).saturating_sub(from).max(1)
}

/// How many cells the names of these servers take.
pub fn names(courses: &[Course]) -> usize {
    let widths = courses.iter().map(|course| width(&visible(course.name.as_bytes())));
    widths.max().unwrap_or(0).min(NAME)
}

/// How urgently a client is to be seen where it shares a cell.
fn rank(phase: Phase) -> u8 {
    match phase {
        Phase::Failed => 4,
        Phase::Served => 3,
        Phase::Waiting => 2,
        Phase::Absent => 1,
        Phase::Done => 0,
    }
}

impl Widget for Crowd<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let clients = &self.course.visitors;
        let dots = dots(clients.len(), self.names, area.width);
        let from = dots.from;
        let name = fit(&visible(self.course.name.as_bytes()), self.names);
        buffer.set_stringn(area.x, area.y, name, usize::from(area.width), self.ink);
        let cells = cells(from, area.width);
        if let Stage::Failed(why) = &self.course.stage {
            let x = area.x + u16::try_from(from).unwrap_or(u16::MAX);
            buffer.set_stringn(x, area.y, fit(why, cells), cells, self.theme.alert);
            return;
        }
        let columns: Vec<u16> = area.columns().skip(from).map(|column| column.x).collect();
        for (at, group) in clients.chunks(dots.clients).enumerate() {
            let phase = group.iter().map(Visitor::phase).max_by_key(|phase| rank(*phase));
            if let (Some(phase), Some(x)) = (phase, columns.get(dots.cell(at))) {
                let (glyph, style) = self.look(phase);
                buffer[(*x, area.y)].set_symbol(glyph).set_style(style);
            }
        }
        let taken = dots.cell(clients.len().div_ceil(dots.clients));
        let wide = width(&self.counts);
        if taken + 2 + wide <= cells
            && let Some(x) = columns.get(cells - wide)
        {
            buffer.set_string(*x, area.y, &self.counts, self.theme.dim);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client is never two dots, and every dot has its cell.
    #[test]
    fn a_dot_is_one_client_or_as_many_as_any_other() {
        for (clients, line, of, last) in [
            (100, 121, 1, 108),
            (100, 120, 1, 99),
            (100, 111, 1, 99),
            (100, 110, 1, 99),
            (100, 109, 2, 49),
            (100, 230, 1, 207),
            (100, 60, 3, 33),
            (10_000, 111, 100, 99),
            (1, 20, 1, 0),
        ] {
            let dots = dots(clients, 9, line);
            assert_eq!(dots.clients, of, "{clients} in {line}");
            let beyond = clients.div_ceil(of) - 1;
            assert_eq!(dots.cell(beyond), last, "{clients} in {line}");
            assert!(dots.from + last < usize::from(line));
        }
    }
}
