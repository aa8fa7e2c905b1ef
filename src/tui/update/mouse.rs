//! What the mouse does: a click selects, goes to a moment, or is the key that it points at; the wheel scrolls.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::tui::keymap::{Action, Motion};
use crate::tui::screens::watch::hit::{Hit, hit};
use crate::tui::state::App;
use crate::tui::state::browse::Bar;
use crate::tui::state::overlay::Overlay;

use super::{Effect, time, update};

/// So many lines the wheel scrolls at once.
const LINES: isize = 3;

/// What came of the mouse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pointed {
    /// It meant nothing there.
    AtNothing,
    /// It changed something here, and perhaps something is to be done outside.
    AtSomething(Option<Effect>),
}

/// Answers the mouse, on a screen of that size.
pub fn point(app: &mut App, area: Rect, event: MouseEvent) -> Pointed {
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollUp => Pointed::AtSomething(wheel(app, -LINES)),
        MouseEventKind::ScrollDown => Pointed::AtSomething(wheel(app, LINES)),
        MouseEventKind::Down(MouseButton::Left) => click(app, hit(app, area, at)),
        MouseEventKind::Down(_)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => Pointed::AtNothing,
    }
}

fn wheel(app: &mut App, by: isize) -> Option<Effect> {
    match app.overlay {
        Overlay::None => app.roll(by),
        _ if by < 0 => return update(app, Action::Move(Motion::Up)),
        _ => return update(app, Action::Move(Motion::Down)),
    }
    None
}

fn click(app: &mut App, hit: Hit) -> Pointed {
    // What lies over the tree is answered by its keys.
    if app.overlay != Overlay::None {
        return Pointed::AtNothing;
    }
    match hit {
        Hit::Moment => return Pointed::AtSomething(update(app, Action::Pause)),
        Hit::Key(action) => return Pointed::AtSomething(update(app, action)),
        Hit::Time(at) => time::go_to(app, at),
        Hit::Line(line) => {
            let moment = app.moment();
            let bar = Bar::at(&moment, &app.outline(&moment), line);
            drop(moment);
            app.put_bar(bar.unwrap_or(Bar::Nowhere));
        }
        Hit::Nothing => return Pointed::AtNothing,
    }
    Pointed::AtSomething(None)
}
