//! The frames around what stands on a screen; for the back of a room the watch screen has none, and of what was opened
//! there a line above says what it is. Every screen has its frames
//! from here: they and their titles are quiet, so that the eye meets what is in them first. What lies over a screen for a
//! while, and the boxes of processes in a lesson, are no frames, and say so by the accent.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::tui::state::App;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, width};

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

/// What is inside the frame of a pane that was opened.
pub(super) fn inside_pane(app: &App, area: Rect) -> Rect {
    if app.look.projector {
        Rect {
            y: area.y + 1,
            height: area.height.saturating_sub(1),
            ..area
        }
    } else {
        inside(app, area)
    }
}

/// The frame of a pane that was opened; gives what is inside. For the back of a room it is one line, with the title and as
/// many of the hints as it has room for: they stand three cells apart, and the last of them matters most.
pub(super) fn pane_frame(app: &App, title: &str, below: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    if !app.look.projector {
        return frame(app, title, below, area, buffer);
    }
    let cells = usize::from(area.width).saturating_sub(2);
    let title = fit(title, cells);
    let mut hints = below;
    while width(&title) + width(hints) + 3 > cells {
        let Some((_, later)) = hints.split_once("   ") else {
            hints = "";
            break;
        };
        hints = later;
    }
    let gap = cells.saturating_sub(width(&title) + width(hints));
    let line = [
        Span::styled(format!(" {title}"), app.theme.accent),
        Span::styled(format!("{}{hints}", " ".repeat(gap)), app.theme.dim),
    ];
    Line::from(line.to_vec()).render(area, buffer);
    inside_pane(app, area)
}
