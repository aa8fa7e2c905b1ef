//! A step of a lesson on a desk: the listing, its processes beside it, and below them what is asked and said.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::widgets::Widget;

use crate::lesson::picture::Picture;
use crate::tui::lesson::open::Open;
use crate::tui::screens::frame::framed;
use crate::tui::theme::Theme;
use crate::tui::widgets::lesson::boxes::{BOX, Boxes};
use crate::tui::widgets::lesson::branches::Branches;
use crate::tui::widgets::lesson::listing::Listing;
use crate::tui::widgets::lesson::talk::Talk;

use super::{answered, step_of, talk};

/// Cells that the listing may take at most, borders included.
const LISTING: u16 = 56;

/// Lines that the processes take at the least.
const STAGE: u16 = 9;

/// Of how many lines one is for what is said, where that needs no more.
const SAID: u16 = 3;

/// The step.
pub(super) fn draw(open: &Open, picture: &Picture, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let talk = talk(open, picture, theme);
    // What is said takes what it needs, and the processes never less than some lines. It has the room for the answer
    // from the beginning: nothing above it moves at the guess.
    let answered = answered(picture);
    let said = Talk {
        picture: &answered,
        ..self::talk(open, picture, theme)
    };
    let listing = Listing {
        lesson: &open.lesson,
        picture,
        theme,
    };
    let room = area.width.saturating_sub(4);
    // Its parts stand apart where the longest listing of the lesson loses nothing by that.
    let apart = said.comfort(room) + 2;
    let wanted = if listing.high(area.height - area.height / SAID) + apart <= area.height {
        apart
    } else {
        said.height(room) + 2
    };
    let spare = area.height.saturating_sub(STAGE);
    let [upper, lower] = area.layout(&Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(wanted.min(spare).max(area.height / SAID)),
    ]));
    let beside = upper.width.saturating_sub(2 * BOX).max(upper.width / 2);
    let wide = listing.width().min(LISTING).min(beside);
    let [code, stage] = upper.layout(&Layout::horizontal([Constraint::Length(wide), Constraint::Fill(1)]));
    let block = framed(&step_of(open, picture), theme);
    let inner = block.inner(code);
    if listing.is_ample(inner.height) {
        listing.apart(2).render(inner, buffer);
    } else {
        listing.render(inner, buffer);
    }
    block.render(code, buffer);
    if open.lesson.steps.get(picture.step).is_some_and(|step| step.tree) {
        Branches {
            picture,
            texts: &open.texts,
            theme,
        }
        .render(stage, buffer);
    } else {
        Boxes {
            picture,
            texts: &open.texts,
            theme,
        }
        .render(stage, buffer);
    }
    let title = if picture.revealed {
        "lesson-said"
    } else {
        "lesson-asked"
    };
    let block = framed(&open.texts.words.say(title), theme);
    let inner = block.inner(lower);
    block.render(lower, buffer);
    let inner = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    talk.render(inner, buffer);
}
