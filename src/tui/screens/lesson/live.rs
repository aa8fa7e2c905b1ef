//! The processes of a lesson, live, as the watch screen would show them.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::widgets::Widget;

use crate::timeline::time::Time;
use crate::timeline::tree::Ghosts;
use crate::timeline::tree::fold::Folds;
use crate::timeline::tree::outline::{Look, Order, Outline};
use crate::tui::lesson::open::Open;
use crate::tui::theme::Theme;
use crate::tui::widgets::tree::Tree;

use super::frame;

/// How long the tree remembers who is gone.
const GHOSTS: Ghosts = Ghosts {
    window: Duration::from_mins(10),
    most: 40,
};

/// The tree; for the back of a room without a frame, its rows apart.
pub(super) fn draw(open: &Open, theme: &Theme, now: Time, projector: bool, area: Rect, buffer: &mut Buffer) {
    let at = open.timeline.now().max(now);
    let moment = open.timeline.at(at, GHOSTS);
    let step = if projector { 2 } else { 1 };
    let inner = if projector {
        area.inner(Margin::new(0, 1))
    } else {
        let block = frame(&open.texts.words.say("lesson-tree"), theme);
        let inner = block.inner(area);
        block.render(area, buffer);
        inner
    };
    let outline = Outline::of(
        &moment,
        Look {
            order: Order::default(),
            filter: None,
            folds: &Folds::default(),
            room: usize::from(inner.height / step),
            selected: None,
            threads: None,
        },
    );
    Tree {
        timeline: &open.timeline,
        moment: &moment,
        outline: &outline,
        scroll: 0,
        step,
        bar: None,
        unread: String::new(),
        words: &open.texts.words,
        theme,
    }
    .render(inner, buffer);
}
