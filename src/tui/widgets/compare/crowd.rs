//! The clients of one server on one line: who waits, who is being served, who is done. Where there are more clients than
//! cells, a cell stands for several, and shows the one of them that is least far.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;

use crate::compare::{Course, Phase, Stage, Visitor};
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left};
use crate::words::names::visible;

/// How many cells the name takes.
const NAME: usize = 14;

/// One lane.
#[derive(Debug)]
pub struct Crowd<'a> {
    /// Whose clients.
    pub course: &'a Course,
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
        let from = NAME + 1;
        let name = left(&visible(self.course.name.as_bytes()), NAME);
        buffer.set_stringn(area.x, area.y, name, usize::from(area.width), self.theme.text);
        let cells = usize::from(area.width).saturating_sub(from).max(1);
        if let Stage::Failed(why) = &self.course.stage {
            let x = area.x + u16::try_from(from).unwrap_or(u16::MAX);
            buffer.set_stringn(x, area.y, fit(why, cells), cells, self.theme.alert);
            return;
        }
        let each = self.course.visitors.len().div_ceil(cells).max(1);
        let columns = area.columns().skip(from);
        for (column, clients) in columns.zip(self.course.visitors.chunks(each)) {
            let phases = clients.iter().map(Visitor::phase);
            if let Some(phase) = phases.max_by_key(|phase| rank(*phase)) {
                let (glyph, style) = self.look(phase);
                buffer[(column.x, area.y)].set_symbol(glyph).set_style(style);
            }
        }
    }
}
