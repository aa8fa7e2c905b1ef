//! The comparison for the back of a room: the longest wait of each server in large digits, the staircase against the
//! flat line, and of the table the waits and the mean service, wide apart.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::compare::figures::Figures;
use crate::tui::compare::Comparing;
use crate::tui::theme::Theme;
use crate::tui::widgets::counters::Counter;
use crate::tui::widgets::digits::{self, Digits};
use crate::words::names::visible;

use super::table::Table;
use super::{bar, keys, servers, stairs, top};

/// The least rows of the picture.
const PICTURE: u16 = 5;

/// Draws it.
pub(super) fn draw(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let digits = Digits {
        counters: comparing
            .comparison
            .courses
            .iter()
            .map(|course| longest(comparing, course))
            .collect(),
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
    let blank = u16::from(spare >= servers + 2 * PICTURE);
    let [header, _, numbers, chart, _, table, progress, footer] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Length(large),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(2 + servers * (1 + blank)),
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
