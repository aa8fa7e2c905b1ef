//! What the mouse does: a click selects, goes to a moment, or is the key that it points at; the wheel scrolls. The lanes end
//! at the moment shown, so whoever drags them drags time along, to either side: what was under the pointer stays there.

use std::time::Duration;

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use crate::timeline::time::Time;
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

/// The lanes while the button is held on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grabbed {
    /// Where they were taken hold of.
    x: u16,
    /// The moment that stood there.
    at: Time,
    /// The moment that was shown then.
    shown: Time,
    /// How much time a column stands for.
    column: Duration,
    /// They were dragged: it is no click any more.
    dragged: bool,
}

/// Answers the mouse, on a screen of that size.
pub fn point(app: &mut App, area: Rect, event: MouseEvent) -> Pointed {
    let at = Position::new(event.column, event.row);
    match event.kind {
        MouseEventKind::ScrollUp => Pointed::AtSomething(wheel(app, -LINES)),
        MouseEventKind::ScrollDown => Pointed::AtSomething(wheel(app, LINES)),
        MouseEventKind::Down(MouseButton::Left) => press(app, at.x, hit(app, area, at)),
        MouseEventKind::Drag(MouseButton::Left) => drag(app, at.x),
        MouseEventKind::Up(MouseButton::Left) => release(app),
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

fn press(app: &mut App, x: u16, hit: Hit) -> Pointed {
    app.grabbed = None;
    // What is open is answered by its keys, wherever they are pressed: those of a dialog stand in the footer.
    let keys = app.overlay.dialog().is_some() && matches!(hit, Hit::Key(_));
    if app.overlay != Overlay::None && !keys {
        return Pointed::AtNothing;
    }
    match hit {
        Hit::Moment => return Pointed::AtSomething(update(app, Action::Pause)),
        Hit::Key(action) => return Pointed::AtSomething(update(app, action)),
        Hit::Lanes { at, column } => {
            app.grabbed = Some(Grabbed {
                x,
                at,
                shown: app.shown_at(),
                column,
                dragged: false,
            });
            return Pointed::AtNothing;
        }
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

/// Time goes the other way than the pointer: to the right comes into sight what was before.
fn drag(app: &mut App, x: u16) -> Pointed {
    let Some(grabbed) = &mut app.grabbed else {
        return Pointed::AtNothing;
    };
    grabbed.dragged |= x != grabbed.x;
    let by = grabbed.column * u32::from(x.abs_diff(grabbed.x));
    let (back, on) = (grabbed.shown - by, grabbed.shown + by);
    let (dragged, to) = (grabbed.dragged, if x > grabbed.x { back } else { on });
    if !dragged {
        return Pointed::AtNothing;
    }
    time::go_to(app, to);
    Pointed::AtSomething(None)
}

/// A click, where nothing was dragged.
fn release(app: &mut App) -> Pointed {
    match app.grabbed.take() {
        Some(grabbed) if !grabbed.dragged => {
            time::go_to(app, grabbed.at);
            Pointed::AtSomething(None)
        }
        Some(_) | None => Pointed::AtNothing,
    }
}
