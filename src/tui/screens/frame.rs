//! The frames around what stands on a screen; for the back of a room the watch screen has none. Every screen has its frames
//! from here: they and their titles are quiet, so that the eye meets what is in them first. What lies over a screen for a
//! while, and the boxes of processes in a lesson, are no frames, and say so by the accent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Widget};

use crate::tui::state::App;
use crate::tui::theme::Theme;
use crate::words::cells::fit;

/// A frame with a title.
pub(super) fn framed(title: &str, theme: &Theme) -> Block<'static> {
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border);
    if title.is_empty() {
        block
    } else {
        block.title(Line::styled(format!(" {title} "), theme.dim))
    }
}

/// What is inside a frame.
pub(super) fn inside(app: &App, area: Rect) -> Rect {
    if app.look.projector {
        area
    } else {
        Block::bordered().inner(area)
    }
}

/// A frame with a title above and one below; gives what is inside. For the back of a room there are none.
pub(super) fn frame(app: &App, title: &str, below: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    if app.look.projector {
        return area;
    }
    let mut block = framed(title, &app.theme);
    if !below.is_empty() {
        let room = usize::from(area.width).saturating_sub(4);
        block = block.title_bottom(Line::styled(format!(" {} ", fit(below, room)), app.theme.dim).right_aligned());
    }
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}
