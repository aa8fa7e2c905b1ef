//! The clients of one server on one line: who waits, who is being served, who is done. The line is filled: where there are
//! more clients than cells, a cell stands for several, and shows the one of them that is least far; where there are fewer,
//! a client takes more than one, and from twice as many cells on clients stand apart from each other.

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
        let from = self.names + 2;
        let name = fit(&visible(self.course.name.as_bytes()), self.names);
        buffer.set_stringn(area.x, area.y, name, usize::from(area.width), self.ink);
        let cells = usize::from(area.width).saturating_sub(from).max(1);
        if let Stage::Failed(why) = &self.course.stage {
            let x = area.x + u16::try_from(from).unwrap_or(u16::MAX);
            buffer.set_stringn(x, area.y, fit(why, cells), cells, self.theme.alert);
            return;
        }
        let clients = &self.course.visitors;
        let apart = if clients.len() * 2 <= cells { 2 } else { 1 };
        let filled = if apart == 2 { clients.len() } else { cells };
        for (at, column) in area.columns().skip(from).step_by(apart).take(filled).enumerate() {
            let first = at * clients.len() / filled;
            let beyond = ((at + 1) * clients.len() / filled).max(first + 1);
            let phases = clients.get(first..beyond).unwrap_or_default().iter();
            if let Some(phase) = phases.map(Visitor::phase).max_by_key(|phase| rank(*phase)) {
                let (glyph, style) = self.look(phase);
                buffer[(column.x, area.y)].set_symbol(glyph).set_style(style);
            }
        }
    }
}
