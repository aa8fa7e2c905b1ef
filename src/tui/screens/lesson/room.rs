//! A step of a lesson for the back of a room: little of everything, far apart and without frames around it. The listing
//! around the lines where processes stand, the processes with the values that the step is about, and one thing that is
//! said: the question, or the answer.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::widgets::Widget;

use crate::lesson::picture::Picture;
use crate::lesson::probe::Probe;
use crate::lesson::script::Ask;
use crate::tui::lesson::open::Open;
use crate::tui::theme::Theme;
use crate::tui::widgets::digits;
use crate::tui::widgets::lesson::boxes::Boxes;
use crate::tui::widgets::lesson::branches::Branches;
use crate::tui::widgets::lesson::listing::Listing;
use crate::tui::widgets::lesson::poster::Poster;
use crate::tui::widgets::lesson::talk::Talk;

use super::{answered, talk};

/// The width from which on the listing stands beside the processes, and not above them.
const WIDE: u16 = 100;

/// Lines of a listing that stands above the processes, of a row of their boxes, and of both: the least of each.
const CODE: u16 = 3;
const BOXES: u16 = 5;
const STAGE: u16 = CODE + BOXES;

/// Cells of a tree beside a listing that has few.
const TREE: u16 = 23;

/// Values of one process that are shown even where they stand without air.
const FEW: usize = 2;

/// Lines from which on a large answer has the room that it can have.
const TALL: u16 = 30;

/// The step.
pub(super) fn draw(open: &Open, picture: &Picture, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let answered = answered(picture);
    let poster = Poster {
        talk: talk(open, picture, theme),
        full: Talk {
            picture: &answered,
            ..talk(open, picture, theme)
        },
    };
    let area = area.inner(Margin::new(1, u16::from(area.height > 2 * STAGE)));
    let step = open.lesson.steps.get(picture.step);
    let tree = step.is_some_and(|step| step.tree);
    let least = if tree {
        // As many as there may be, whichever answer is the right one: nothing moves when they come.
        let asked = step.and_then(|step| step.ask.as_ref());
        let options = asked.into_iter().flat_map(|ask| &ask.options);
        let most = options.filter_map(|option| option.parse().ok()).max().unwrap_or(0);
        u16::try_from(picture.tree.len().max(most) + picture.facts.len()).unwrap_or(u16::MAX)
    } else {
        STAGE
    };
    let spare = area.height.saturating_sub(least.max(STAGE) + 1);
    // Half of the screen for what is said is enough, unless it needs more.
    let high = if poster.is_large(area.width) && area.height >= TALL {
        digits::TALL_ROWS
    } else {
        0
    };
    let wanted = poster.comfort(area.width).min(area.height / 2).max(high);
    let said = wanted.max(poster.height(area.width)).min(spare);
    let [stage, _, lower] = area.layout(&Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(said),
    ]));
    let listing = Listing {
        lesson: &open.lesson,
        picture,
        theme,
    };
    let lines = u16::try_from(listing.count()).unwrap_or(u16::MAX);
    let [code, _, processes] = if stage.width >= WIDE {
        let [code, gap, processes] = stage.layout(&Layout::horizontal([
            Constraint::Length(listing.width().min(stage.width / 2)),
            Constraint::Length(2),
            Constraint::Fill(1),
        ]));
        [code, gap, processes]
    } else if tree {
        stage.layout(&Layout::horizontal([
            Constraint::Fill(1),
            Constraint::Length(1),
            Constraint::Length(TREE),
        ]))
    } else {
        let high = lines.min(stage.height.saturating_sub(BOXES + 2)).max(CODE);
        stage.layout(&Layout::vertical([
            Constraint::Length(high),
            Constraint::Length(0),
            Constraint::Fill(1),
        ]))
    };
    listing.apart(3).render(code, buffer);
    if tree {
        Branches {
            picture,
            texts: &open.texts,
            theme,
        }
        .bare()
        .render(processes, buffer);
    } else {
        // An empty line above each, the frame, the line that leads from box to box.
        let most = usize::from(processes.height.saturating_sub(3) / 2).max(FEW);
        let picture = few(picture, step.and_then(|step| step.ask.as_ref()), most);
        Boxes {
            picture: &picture,
            texts: &open.texts,
            theme,
        }
        .render(processes, buffer);
    }
    poster.render(lower, buffer);
}

/// The same with so many values for each process: those that the question is about before the others.
fn few(picture: &Picture, ask: Option<&Ask>, most: usize) -> Picture {
    let mut picture = picture.clone();
    for shown in &mut picture.shown {
        let asked = |probe: &Probe| {
            let mut asked = ask
                .into_iter()
                .flat_map(|ask| std::iter::once(&ask.about).chain(&ask.hide));
            asked.position(|asked| asked.probe == *probe).unwrap_or(usize::MAX)
        };
        let mut order: Vec<usize> = (0..shown.rows.len()).collect();
        order.sort_by_key(|row| asked(&shown.rows[*row].probe));
        order.truncate(most);
        // What is left stands as it stood.
        let mut number = 0;
        shown.rows.retain(|_| {
            number += 1;
            order.contains(&(number - 1))
        });
    }
    picture
}
