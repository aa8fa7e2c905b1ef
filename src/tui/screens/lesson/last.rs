//! The last page of a lesson: how many guesses were right, each question with what was guessed and what the kernel said,
//! and where to go on.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::report::lesson::own;
use crate::tui::lesson::open::Open;
use crate::tui::screens::frame::framed;
use crate::tui::theme::Theme;
use crate::tui::widgets::counters::Counter;
use crate::tui::widgets::digits::{self, Digits};
use crate::tui::widgets::lesson::guesses::Guesses;

use super::lines;

/// Cells of the card on which it stands on a desk, and the empty cells and lines around its words.
const CARD: u16 = 110;
const MARGIN: (u16, u16) = (3, 1);

/// Lines from which on the figures are tall.
const TALL: u16 = 40;

/// The last page: on a desk a card; for the back of a room the whole of it, with the counts in large.
pub(super) fn draw(open: &Open, theme: &Theme, projector: bool, area: Rect, buffer: &mut Buffer) {
    let title = open.texts.words.say("lesson-end");
    if projector {
        return room(open, theme, &title, area.inner(Margin::new(1, 0)), buffer);
    }
    let wide = CARD.min(area.width);
    let page = Page::of(open, theme, usize::from(wide.saturating_sub(2 + 2 * MARGIN.0)));
    let margin = if page.least() + 2 + 2 * MARGIN.1 <= area.height {
        MARGIN.1
    } else {
        0
    };
    let high = page.comfort().saturating_add(2 + 2 * MARGIN.1).min(area.height);
    let card = area.centered(Constraint::Length(wide), Constraint::Length(high));
    let block = framed(&title, theme);
    let place = block.inner(card).inner(Margin::new(MARGIN.0, margin));
    block.render(card, buffer);
    page.draw(None, place, buffer);
}

/// The whole of a room's screen: the counts in large above the rest, where the guesses leave room for them; they say as
/// much as the sentences do. Where the guesses would be cut below them they stand alone: the line at the top has the
/// counts, too.
fn room(open: &Open, theme: &Theme, title: &str, area: Rect, buffer: &mut Buffer) {
    let mut page = Page::of(open, theme, usize::from(area.width));
    let tall = if area.height >= TALL {
        digits::TALL_ROWS
    } else {
        digits::ROWS
    };
    if page.least() + tall + 2 > area.height {
        page.verdict.clear();
    }
    let alone = page.whole() + 2 < area.height && page.whole() + tall + 2 > area.height;
    let figures = if !alone && page.least() + tall + 2 <= area.height {
        tall
    } else {
        0
    };
    let [_, large, _, rest] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(figures),
        Constraint::Length(figures.min(1)),
        Constraint::Fill(1),
    ]));
    if figures == 0 && !alone {
        // They stand in words all the same.
        page = Page::of(open, theme, usize::from(area.width));
    } else if figures > 0 {
        Digits {
            counters: counters(open),
            most: 3,
            widest: digits::WIDEST,
            theme,
        }
        .render(large, buffer);
    }
    page.draw(Some(title), rest, buffer);
}

/// How many were right, of how many that were guessed, of how many questions.
fn counters(open: &Open) -> Vec<Counter> {
    let (asked, guessed, right) = open.score();
    let counted = [
        ("lesson-right", right),
        ("lesson-count-guessed", guessed),
        ("lesson-count-asked", asked),
    ];
    let counters = counted.map(|(name, count)| {
        let label = open.texts.words.say(name).into_owned();
        Counter {
            long: label.clone(),
            short: label,
            value: count.to_string(),
            note: String::new(),
            alarm: false,
        }
    });
    counters.into()
}

/// What stands on it, in lines of some width.
struct Page<'a> {
    /// What the counts mean.
    verdict: Vec<Line<'static>>,
    guesses: Guesses<'a>,
    /// Where to go on.
    after: Vec<Line<'static>>,
    theme: &'a Theme,
    room: usize,
}

impl<'a> Page<'a> {
    fn of(open: &'a Open, theme: &'a Theme, room: usize) -> Self {
        let words = &open.texts.words;
        let after = open.texts.own.has("after").then(|| own(&open.texts.own, "after"));
        let watch = open.lesson.watch.then(|| words.say("lesson-end-watch"));
        let after = after.map(|text| (text, theme.text)).into_iter();
        let after = after.chain(watch.map(|text| (text, theme.number)));
        Self {
            verdict: lines(&verdict(open), room, theme.number),
            guesses: Guesses {
                settled: &open.settled,
                words,
                theme,
            },
            after: after
                .flat_map(|(text, style): (_, Style)| lines(&text, room, style))
                .collect(),
            theme,
            room,
        }
    }

    /// The parts, each a line apart from the next.
    fn count(&self) -> usize {
        let parts = [self.verdict.is_empty(), self.guesses.is_empty(), self.after.is_empty()];
        parts.into_iter().filter(|empty| !empty).count()
    }

    /// Lines of all but the guesses, and those between the parts.
    fn words(&self) -> usize {
        (self.verdict.len() + self.after.len() + self.count()).saturating_sub(1)
    }

    /// Lines that it takes with the guesses as close as can be.
    fn least(&self) -> u16 {
        u16::try_from(self.words() + self.guesses.least()).unwrap_or(u16::MAX)
    }

    /// Lines that it takes with no guess cut.
    fn whole(&self) -> u16 {
        u16::try_from(self.words() + self.guesses.whole(self.room)).unwrap_or(u16::MAX)
    }

    /// Lines that it would like.
    fn comfort(&self) -> u16 {
        u16::try_from(self.words() + self.guesses.comfort(self.room)).unwrap_or(u16::MAX)
    }

    fn draw(&self, title: Option<&str>, area: Rect, buffer: &mut Buffer) {
        let spare = usize::from(area.height).saturating_sub(usize::from(self.least()));
        let title = title.filter(|_| spare >= 2);
        let head = title.map(|title| Line::styled(title.to_owned(), self.theme.accent));
        let taken = self.words() + if head.is_some() { 2 } else { 0 };
        let guesses = self
            .guesses
            .lines(self.room, usize::from(area.height).saturating_sub(taken));
        let parts = [
            head.into_iter().collect(),
            self.verdict.clone(),
            guesses,
            self.after.clone(),
        ];
        let mut rows = area.rows();
        let mut first = true;
        for part in parts.into_iter().filter(|part: &Vec<Line<'_>>| !part.is_empty()) {
            if !first {
                rows.next();
            }
            first = false;
            for (line, row) in part.into_iter().zip(rows.by_ref()) {
                line.render(row, buffer);
            }
        }
    }
}

/// The counts in a sentence or two, which add up: right, wrong, and shown without a guess.
fn verdict(open: &Open) -> String {
    let (asked, guessed, right) = open.score();
    let shown = open
        .settled
        .iter()
        .flatten()
        .filter(|settled| settled.guessed.is_none())
        .count();
    let said = [
        ("asked", asked.into()),
        ("guessed", guessed.into()),
        ("right", right.into()),
        ("wrong", (guessed - right).into()),
        ("shown", shown.into()),
    ];
    let name = match right {
        _ if guessed == 0 => "lesson-end-looked",
        0 => "lesson-end-none",
        right if right == guessed => "lesson-end-all",
        _ => "lesson-end-some",
    };
    let words = &open.texts.words;
    let mut verdict = words.say_with(name, &said).into_owned();
    if guessed > 0 && shown > 0 {
        verdict.push(' ');
        verdict.push_str(&words.say_with("lesson-end-shown", &said));
    }
    verdict
}
