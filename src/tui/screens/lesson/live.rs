//! The processes of a lesson, live, as the watch screen would show them.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::widgets::Widget as _;

use crate::timeline::time::Time;
use crate::timeline::tree::Ghosts;
use crate::timeline::tree::fold::Folds;
use crate::timeline::tree::outline::{Look, Order, Outline};
use crate::tui::lesson::open::Open;
use crate::tui::screens::frame::framed;
use crate::tui::theme::Theme;
use crate::tui::widgets::events::Events;
use crate::tui::widgets::tree::Tree;

/// How long the tree remembers who is gone.
const GHOSTS: Ghosts = Ghosts {
    window: Duration::from_mins(10),
    most: 40,
};

/// The tree, and below it what happened; for the back of a room the tree alone, without a frame, its rows apart.
pub(super) fn draw(open: &Open, theme: &Theme, now: Time, projector: bool, area: Rect, buffer: &mut Buffer) {
    let at = open.timeline.now().max(now);
    let moment = open.timeline.at(at, GHOSTS);
    let step = if projector { 2 } else { 1 };
    let inner = if projector {
        area.inner(Margin::new(0, 1))
    } else {
        let [tree, events] = area.layout(&Layout::vertical([Constraint::Fill(1); 2]));
        let events = in_frame("title-events", open, theme, events, buffer);
        Events {
            timeline: &open.timeline,
            until: at,
            words: &open.texts.words,
            theme,
        }
        .render(events, buffer);
        in_frame("lesson-tree", open, theme, tree, buffer)
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

/// Draws a frame with a title; where its inside is.
fn in_frame(title: &str, open: &Open, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Rect {
    let block = framed(&open.texts.words.say(title), theme);
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}
