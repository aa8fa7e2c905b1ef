//! The comparison for the back of a room: the longest wait of each server in large digits, the staircase against the
//! flat line, and of the table the waits and the mean service, wide apart.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::compare::figures::Figures;
use crate::report::compare::text::conclusions;
use crate::tui::compare::Comparing;
use crate::tui::theme::Theme;
use crate::tui::widgets::counters::Counter;
use crate::tui::widgets::digits::{self, Digits};
use crate::words::cells::wrap;
use crate::words::names::visible;

use super::table::Table;
use super::{bar, keys, servers, stairs, top, whole};

/// The most servers whose numbers the eye takes in at once.
const LARGE: usize = 5;

/// The least rows of the picture.
const PICTURE: u16 = 5;

/// The most rows of words, a blank one above them included.
const SAID: u16 = 3;

/// Draws it.
pub(super) fn draw(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let digits = Digits {
        counters: comparing
            .comparison
            .courses
            .iter()
            .map(|course| longest(comparing, course))
            .collect(),
        most: LARGE,
        theme,
    };
    let servers = servers(comparing);
    // The header and a blank line, the table and one, how far it is, and the keys.
    let spare = area.height.saturating_sub(1 + 1 + 2 + servers + 1 + 1 + 1);
    let large = 1 + digits::ROWS + 1;
    let large = if spare >= large + PICTURE && digits.are_whole(area.width) {
        large
    } else {
        0
    };
    let spare = spare.saturating_sub(large);
    // What it comes to, where all is over and as far as the picture can do without.
    let said: Vec<Vec<String>> = if comparing.comparison.over {
        let said = conclusions(&comparing.words, &comparing.comparison, comparing.now);
        let room = usize::from(area.width).saturating_sub(2);
        said.iter().map(|said| wrap(said, room)).collect()
    } else {
        Vec::new()
    };
    let full = said.iter().map(Vec::len).sum::<usize>();
    let wanted = if full == 0 { 0 } else { full + 1 };
    let wanted = u16::try_from(wanted).unwrap_or(u16::MAX).min(SAID);
    let words = wanted.min(spare.saturating_sub(PICTURE));
    let spare = spare.saturating_sub(words);
    let blank = u16::from(spare >= servers + 2 * PICTURE);
    let [header, _, numbers, chart, _, table, meaning, progress, footer] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(large),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(2 + servers * (1 + blank)),
        Constraint::Length(words),
        Constraint::Length(1),
        Constraint::Length(1),
    ]));
    top(comparing, theme, header, buffer);
    if large > 0 {
        let [title, numbers, _] = numbers.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(digits::ROWS),
            Constraint::Length(1),
        ]));
        let text = format!("  {}", comparing.words.say("compare-room-longest"));
        Line::styled(text, theme.accent).render(title, buffer);
        digits.render(numbers, buffer);
    }
    stairs(comparing, theme, chart, buffer);
    Table::for_a_room(comparing, usize::from(blank)).draw(theme, table, buffer);
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

/// The longest wait at a server so far, in seconds.
fn longest(comparing: &Comparing, course: &crate::compare::Course) -> Counter {
    let wait = Figures::of(course, comparing.comparison.cpus, comparing.now).wait;
    let seconds = wait.map(|wait| wait.max.as_secs_f64());
    let name = visible(course.name.as_bytes());
    Counter {
        long: name.clone(),
        short: name,
        value: seconds.map_or_else(
            || "–".to_owned(),
            |seconds| match seconds {
                _ if seconds < 9.995 => format!("{seconds:.2}"),
                _ if seconds < 99.95 => format!("{seconds:.1}"),
                _ => format!("{seconds:.0}"),
            },
        ),
        note: String::new(),
        alarm: false,
    }
}
