//! The comparison for the back of a room: the longest wait of each server in large digits, the staircase against the
//! flat line, and of the table above all the waits and the mean service, wide apart. Who was lost is said first.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::compare::figures::Figures;
use crate::compare::{Course, Stage};
use crate::report::compare::text::conclusions;
use crate::tui::compare::Comparing;
use crate::tui::theme::Theme;
use crate::tui::widgets::counters::Counter;
use crate::tui::widgets::digits::{self, Digits};
use crate::words::cells::wrap;
use crate::words::names::visible;

use super::table::Table;
use super::{bar, fitting, keys, servers, stairs, top, whole};

/// The most servers whose numbers the eye takes in at once.
const LARGE: usize = 5;

/// The least rows of the picture.
const PICTURE: u16 = 5;

/// The rows of the picture from which on there is room for digits of twice the height.
const TALL: u16 = 20;

/// The most rows of words, a blank one above them included: where all went well, and where somebody was lost.
const SAID: u16 = 3;
const LOST: u16 = 7;

/// Draws it.
pub(super) fn draw(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let unit = Unit::of(comparing);
    let digits = Digits {
        counters: comparing
            .comparison
            .courses
            .iter()
            .map(|course| longest(comparing, course, unit))
            .collect(),
        most: LARGE,
        widest: usize::MAX,
        theme,
    };
    let servers = servers(comparing);
    // The header, the table, how far it is, and the keys.
    let spare = area.height.saturating_sub(1 + 2 + servers + 1 + 1);
    // What it comes to, where all is over and as far as the picture can do without; who was lost goes before a blank line.
    let said = said(comparing, usize::from(area.width).saturating_sub(2));
    let most = if is_lossy(comparing) { LOST } else { SAID };
    let said = fitting(said, most.min(spare.saturating_sub(PICTURE + 1)).saturating_sub(1));
    let words = match said.len() {
        0 => 0,
        lines => u16::try_from(lines + 1).unwrap_or(u16::MAX),
    };
    let spare = spare.saturating_sub(words);
    // Above the table, whose heading would else be read with the clients' numbers, and above the picture.
    let foot = u16::from(spare > PICTURE);
    let head = u16::from(spare > PICTURE + 1);
    let spare = spare.saturating_sub(head + foot);
    let large = [(digits::TALL_ROWS, TALL), (digits::ROWS, PICTURE)];
    let large = large
        .into_iter()
        .find(|(rows, picture)| spare >= 1 + rows + 1 + picture);
    let large = large.filter(|_| digits.are_whole(area.width)).map(|(rows, _)| rows);
    let numbers = large.map_or(0, |rows| 1 + rows + 1);
    let blank = u16::from(spare.saturating_sub(numbers) >= servers + 2 * PICTURE);
    let [header, _, numbers, chart, _, table, meaning, progress, footer] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(head),
        Constraint::Length(numbers),
        Constraint::Fill(1),
        Constraint::Length(foot),
        Constraint::Length(2 + servers * (1 + blank)),
        Constraint::Length(words),
        Constraint::Length(1),
        Constraint::Length(1),
    ]));
    top(comparing, theme, header, buffer);
    if let Some(rows) = large {
        let [title, numbers, _] = numbers.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(rows),
            Constraint::Length(1),
        ]));
        let text = format!("  {}", comparing.words.say(unit.title()));
        Line::styled(text, theme.accent).render(title, buffer);
        digits.render(numbers, buffer);
    }
    stairs(comparing, theme, chart, buffer);
    Table::for_a_room(comparing, table.width, usize::from(blank)).draw(theme, table, buffer);
    let meaning = Rect {
        x: meaning.x + 1,
        y: meaning.y + 1,
        width: meaning.width.saturating_sub(2),
        height: meaning.height.saturating_sub(1),
    };
    whole(said, theme, meaning, buffer);
    bar(comparing, theme, progress, buffer);
    keys(comparing, theme, footer, buffer);
}

/// What it comes to, in lines of so many cells; nothing while it runs.
fn said(comparing: &Comparing, room: usize) -> Vec<Vec<String>> {
    if !comparing.comparison.over {
        return Vec::new();
    }
    let said = conclusions(&comparing.words, &comparing.comparison, comparing.now);
    said.iter().map(|said| wrap(said, room)).collect()
}

/// Somebody was lost, or not run.
fn is_lossy(comparing: &Comparing) -> bool {
    let courses = comparing.comparison.courses.iter();
    let mut errors = courses.flat_map(|course| &course.visitors).map(|client| client.error);
    let mut stages = comparing.comparison.courses.iter().map(|course| &course.stage);
    errors.any(|error| error.is_some()) || stages.any(|stage| matches!(stage, Stage::Failed(_)))
}

/// What the large digits count: one unit for all of them, so that they can be compared from afar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Seconds,
    Millis,
}

impl Unit {
    /// The one for what is measured, and for what should still come.
    fn of(comparing: &Comparing) -> Self {
        if comparing.comparison.height() < Duration::from_secs(1) {
            Self::Millis
        } else {
            Self::Seconds
        }
    }

    /// The name of the text above the digits.
    fn title(self) -> &'static str {
        match self {
            Self::Seconds => "compare-room-longest",
            Self::Millis => "compare-room-longest-ms",
        }
    }

    /// What is not known yet, as wide as what comes: so that nothing moves then.
    fn unknown(self) -> String {
        match self {
            Self::Seconds => "–    ".to_owned(),
            Self::Millis => "–  ".to_owned(),
        }
    }

    /// Three digits, and in seconds never fewer than milliseconds.
    fn say(self, wait: Duration) -> String {
        let seconds = wait.as_secs_f64();
        let (value, most) = match self {
            Self::Seconds if seconds < 0.999_5 => (seconds, 3),
            Self::Seconds => (seconds, 2),
            Self::Millis => (seconds * 1e3, 1),
        };
        let decimals = match value {
            _ if value < 9.95 => most,
            _ if value < 99.95 && self == Self::Seconds => 1,
            _ => 0,
        };
        format!("{value:.decimals$}")
    }
}

/// The longest wait at a server so far.
fn longest(comparing: &Comparing, course: &Course, unit: Unit) -> Counter {
    let wait = Figures::of(course, comparing.comparison.cpus, comparing.now).wait;
    let name = visible(course.name.as_bytes());
    Counter {
        long: name.clone(),
        short: name,
        value: wait.map_or_else(|| unit.unknown(), |wait| unit.say(wait.max)),
        note: String::new(),
        alarm: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_wait_is_said_to_be_none() {
        for (micros, seconds, millis) in [
            (2_000, "0.002", "2.0"),
            (102_400, "0.102", "102"),
            (999_400, "0.999", "999"),
            (999_600, "1.00", "1000"),
            (49_002_000, "49.0", "49002"),
            (99_960_000, "100", "99960"),
            (400, "0.000", "0.4"),
            (12_300, "0.012", "12"),
        ] {
            let wait = Duration::from_micros(micros);
            assert_eq!([Unit::Seconds.say(wait), Unit::Millis.say(wait)], [seconds, millis]);
        }
    }
}
