//! The processes of a lesson, live, as the watch screen would show them: their tree, why it is so, and what happened.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::widgets::Widget as _;

use crate::observe::Births;
use crate::timeline::time::Time;
use crate::timeline::tree::fold::Folds;
use crate::timeline::tree::outline::{Look, Order, Outline};
use crate::timeline::tree::{Ghosts, Moment};
use crate::timeline::why::Why as Telling;
use crate::timeline::why::attention::most_telling;
use crate::timeline::why::topic::candidates;
use crate::tui::lesson::open::Open;
use crate::tui::screens::frame::framed;
use crate::tui::screens::watch::why::instruments;
use crate::tui::theme::Theme;
use crate::tui::widgets::counters::Counter;
use crate::tui::widgets::digits::{self, Digits};
use crate::tui::widgets::events::Events;
use crate::tui::widgets::tree::Tree;
use crate::tui::widgets::why::Why;

/// How long the tree remembers who is gone.
const GHOSTS: Ghosts = Ghosts {
    window: Duration::from_mins(10),
    most: 40,
};

/// Lines of what is said, with the line of its source.
const WHY: u16 = 4;

/// Lines of what happened, at the least.
const EVENTS: u16 = 4;

/// Lines from which on there is room for large counts, and for larger ones.
const AMPLE: u16 = 28;
const VAST: u16 = 45;

/// The three below each other: in frames on a desk; for the back of a room without, and the rows of the tree apart.
pub(super) fn draw(open: &Open, theme: &Theme, now: Time, projector: bool, area: Rect, buffer: &mut Buffer) {
    let at = open.timeline.now().max(now);
    let moment = open.timeline.at(at, GHOSTS);
    let (step, frame, area) = if projector {
        let step = if area.height >= VAST { 3 } else { 2 };
        (step, 0, area.inner(Margin::new(0, 1)))
    } else {
        (1, 2, area)
    };
    let rows = u16::try_from(moment.rows.len()).unwrap_or(u16::MAX / 4);
    // Where there is room for it, the counts stand above all in large.
    let figures = match area.height {
        0..AMPLE => 0,
        AMPLE..VAST => digits::ROWS,
        VAST.. => digits::TALL_ROWS,
    };
    let [_, large, _, area] = area.layout(&Layout::vertical([
        Constraint::Length(if projector { 0 } else { figures.min(1) }),
        Constraint::Length(figures),
        Constraint::Length(figures.min(1)),
        Constraint::Fill(1),
    ]));
    if figures > 0 {
        Digits {
            counters: counters(open, &moment),
            most: 4,
            widest: digits::WIDEST,
            theme,
        }
        .render(large, buffer);
    }
    // The heading stands above the rows, which are as many as there are processes, while the others have their room.
    let most = area.height.saturating_sub(WHY + EVENTS + 2 * frame);
    let wanted = rows.saturating_mul(step).saturating_add(1 + frame);
    let gap = u16::from(projector);
    let [tree, _, why, _, events] = area.layout(&Layout::vertical([
        Constraint::Length(wanted.min(most)),
        Constraint::Length(gap),
        Constraint::Length(WHY + frame),
        Constraint::Length(gap),
        Constraint::Fill(1),
    ]));
    let [tree, why, events] =
        [("lesson-tree", tree), ("title-why", why), ("title-events", events)].map(|(title, area)| {
            if projector {
                area
            } else {
                in_frame(title, open, theme, area, buffer)
            }
        });
    let outline = Outline::of(
        &moment,
        Look {
            order: Order::default(),
            filter: None,
            folds: &Folds::default(),
            room: usize::from((tree.height.saturating_sub(1) / step).max(1)),
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
        hidden: Vec::new(),
        unread: String::new(),
        words: &open.texts.words,
        theme,
    }
    .render(tree, buffer);
    telling(open, &moment, theme).render(why, buffer);
    Events {
        timeline: &open.timeline,
        until: at,
        step: 1,
        words: &open.texts.words,
        theme,
    }
    .render(events, buffer);
}

/// What the watch screen counts, of what a lesson is about.
fn counters(open: &Open, moment: &Moment<'_>) -> Vec<Counter> {
    let exact = open.capture.as_ref().is_some_and(|capture| match capture.births {
        Births::Perf | Births::Connector => true,
        Births::Polled { .. } => false,
    });
    let totals = &moment.totals;
    // What no reading fell on is missing from the count.
    let at_least = |count: u64| {
        if exact || count == 0 {
            count.to_string()
        } else {
            format!("≥{count}")
        }
    };
    let counted = [
        ("processes", totals.processes.to_string(), false),
        ("zombies", totals.zombies.to_string(), totals.zombies > 0),
        ("forked", at_least(totals.forked), false),
        ("reaped", at_least(totals.reaped), false),
    ];
    let words = &open.texts.words;
    let counters = counted.map(|(name, value, alarm)| Counter {
        long: words.say(&format!("count-{name}")).into_owned(),
        short: words.say(&format!("count-{name}-short")).into_owned(),
        value,
        note: String::new(),
        alarm,
    });
    counters.into()
}

/// What is most worth saying of the moment.
fn telling<'a>(open: &Open, moment: &Moment<'_>, theme: &'a Theme) -> Why<'a> {
    let found = candidates(&open.timeline, moment);
    let why = most_telling(&found).and_then(|found| Telling::about(&open.timeline, moment, found.topic));
    let why = why.unwrap_or(Telling::Nothing);
    let words = &open.texts.words;
    Why {
        said: words.why(&why),
        sources: Some(words.sources(&why, instruments(open.capture.as_ref()))),
        theme,
    }
}

/// Draws a frame with a title; where its inside is.
fn in_frame(title: &str, open: &Open, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Rect {
    let block = framed(&open.texts.words.say(title), theme);
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}
