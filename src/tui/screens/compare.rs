//! The comparison as it is drawn: the staircase beside the flat line, the table, a lane of clients for each server, how far
//! it is, and what that means in words. Sizes are decided here.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph, Widget, Wrap};

use crate::compare::Stage;
use crate::report::compare::text::{rows, sayings, scenario};
use crate::tui::ascii;
use crate::tui::compare::Comparing;
use crate::tui::compare::keys::KEYS;
use crate::tui::theme::Theme;
use crate::tui::widgets::compare::{crowd::Crowd, stairs::Stairs};
use crate::words::cells::{fit, left, right, width, wrap};
use crate::words::units::{clock, span};

/// The smallest terminal on which it still says something.
const LEAST: (u16, u16) = (60, 16);

/// The columns of the table that are left out first where there is no room for all.
const DISPENSABLE: &[usize] = &[9, 6, 2, 10, 11, 8, 12];

/// Draws it.
pub fn draw(comparing: &Comparing, area: Rect, buffer: &mut Buffer) {
    let theme = comparing.look.theme();
    buffer.set_style(area, theme.ground);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let least = [
            ("columns", LEAST.0.to_string().into()),
            ("rows", LEAST.1.to_string().into()),
        ];
        let text = comparing.words.say_with("too-small", &least);
        Paragraph::new(text).wrap(Wrap { trim: true }).render(area, buffer);
        return;
    }
    let servers = u16::try_from(comparing.comparison.courses.len())
        .unwrap_or(u16::MAX)
        .min(12);
    let said = sentences(comparing, usize::from(area.width) - 4);
    let spare = area.height.saturating_sub(1 + 2 + servers + 1 + 1);
    // The picture first; then the lanes, then the words, as far as there is room.
    let lanes = if spare >= 6 + servers + 2 { servers + 2 } else { 0 };
    let room = spare.saturating_sub(lanes + 6);
    let words = u16::try_from(said.len()).unwrap_or(u16::MAX).saturating_add(2);
    let words = if room >= 3 { words.min(room) } else { 0 };
    let [header, chart, table, crowd, meaning, progress, footer] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(2 + servers),
        Constraint::Length(lanes),
        Constraint::Length(words),
        Constraint::Length(1),
        Constraint::Length(1),
    ]));
    top(comparing, &theme, header, buffer);
    stairs(comparing, &theme, chart, buffer);
    figures(comparing, &theme, table, buffer);
    if lanes > 0 {
        crowds(comparing, &theme, crowd, buffer);
    }
    if words > 0 {
        let inner = framed(&comparing.words.say("compare-screen-meaning"), &theme, meaning, buffer);
        let shown = said.into_iter().take(usize::from(inner.height));
        for (line, text) in inner.rows().zip(shown) {
            Line::styled(text, theme.text).render(line, buffer);
        }
    }
    bar(comparing, &theme, progress, buffer);
    keys(comparing, &theme, footer, buffer);
    if comparing.look.ascii {
        ascii::translate(buffer);
    }
}

fn framed(title: &str, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Rect {
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border)
        .title(Line::styled(format!(" {title} "), theme.accent));
    let inner = block.inner(area);
    block.render(area, buffer);
    Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    }
}

fn top(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let time = clock(comparing.now.since(comparing.start));
    let parts = scenario(&comparing.words, &comparing.comparison.scenario);
    let room = usize::from(area.width).saturating_sub(width(" forkscope compare   ") + width(&time) + 2);
    Line::from(vec![
        Span::styled(" forkscope compare   ", theme.accent),
        Span::styled(left(&fit(&parts, room), room), theme.text),
        Span::styled(format!(" {time} "), theme.number),
    ])
    .render(area, buffer);
}

fn stairs(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let inner = framed(&comparing.words.say("compare-screen-stairs"), theme, area, buffer);
    let comparison = &comparing.comparison;
    Stairs {
        courses: &comparison.courses,
        client: &comparing.words.say("compare-screen-client"),
        theme,
    }
    .render(inner, buffer);
}

fn figures(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let comparison = &comparing.comparison;
    let rows = rows(&comparing.words, comparison, comparing.now);
    // Steady columns: numbers come and grow while one looks.
    let wide = |column: usize| {
        let longest = rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
        longest.max(if column < 8 { 7 } else { 4 })
    };
    let mut columns: Vec<usize> = (1..rows[0].len()).collect();
    let taken = |columns: &[usize]| wide(0) + columns.iter().map(|column| wide(*column) + 2).sum::<usize>() + 1;
    for dispensable in DISPENSABLE {
        if taken(&columns) > usize::from(area.width) {
            columns.retain(|column| column != dispensable);
        }
    }
    let line = |row: &[String]| {
        let cells: Vec<String> = columns
            .iter()
            .map(|column| right(&row[*column], wide(*column)))
            .collect();
        format!(" {}  {}", left(&row[0], wide(0)), cells.join("  "))
    };
    // What the columns of waits and of services have in common stands above the first of each.
    let mut groups = vec![String::new(); rows[0].len()];
    groups[1] = comparing.words.say("compare-waited").into_owned();
    groups[5] = comparing.words.say("compare-served").into_owned();
    let mut above = String::new();
    for column in &columns {
        let at = 1
            + wide(0)
            + columns
                .iter()
                .take_while(|other| *other < column)
                .map(|other| wide(*other) + 2)
                .sum::<usize>()
            + 2;
        if !groups[*column].is_empty() {
            above = left(&above, at) + &groups[*column];
        }
    }
    let styles = comparison.courses.iter().map(|course| match course.stage {
        Stage::Queued | Stage::Starting => theme.dim,
        Stage::Running => theme.running,
        Stage::Done => theme.text,
        Stage::Failed(_) => theme.alert,
    });
    let mut lines = area.rows();
    if let Some(row) = lines.next() {
        Line::styled(above, theme.dim).render(row, buffer);
    }
    let styles = std::iter::once(theme.dim).chain(styles);
    for ((row, cells), style) in lines.zip(&rows).zip(styles) {
        Line::styled(line(cells), style).render(row, buffer);
    }
}

fn crowds(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let words = &comparing.words;
    let inner = framed(&words.say("compare-screen-lanes"), theme, area, buffer);
    let legend = format!(
        " ○ {}  ◐ {}  ● {}  × {} ",
        words.say("compare-screen-waiting"),
        words.say("compare-screen-serving"),
        words.say("compare-screen-done"),
        words.say("compare-screen-failed")
    );
    let wide = u16::try_from(width(&legend)).unwrap_or(u16::MAX);
    if wide + 4 < area.width {
        let at = Rect {
            x: area.right() - wide - 2,
            y: area.bottom() - 1,
            width: wide,
            height: 1,
        };
        Line::styled(legend, theme.dim).render(at, buffer);
    }
    for (course, row) in comparing.comparison.courses.iter().zip(inner.rows()) {
        Crowd { course, theme }.render(row, buffer);
    }
}

/// What the figures mean, in lines of so many cells.
fn sentences(comparing: &Comparing, room: usize) -> Vec<String> {
    let said = sayings(&comparing.words, &comparing.comparison, comparing.now);
    let mut lines: Vec<String> = said.iter().flat_map(|said| wrap(said, room)).collect();
    if lines.is_empty() {
        lines.push(comparing.words.say("compare-screen-not-yet").into_owned());
    }
    lines
}

fn bar(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (part, to_come) = comparing.comparison.progress(comparing.now);
    let text = if comparing.comparison.over {
        comparing.words.say("compare-screen-over").into_owned()
    } else {
        let left = Duration::from_secs(to_come.as_secs() + 1);
        comparing
            .words
            .say_with("compare-screen-left", &[("time", span(left).into())])
            .into_owned()
    };
    let text = format!(" {text} ");
    let room = usize::from(area.width).saturating_sub(width(&text) + 1);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a part of the cells of a line"
    )]
    let full = ((room as f64) * part) as usize;
    Line::from(vec![
        Span::styled(format!(" {}", "━".repeat(full.min(room))), theme.accent),
        Span::styled("·".repeat(room - full.min(room)), theme.dim),
        Span::styled(text, theme.number),
    ])
    .render(area, buffer);
}

fn keys(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut spans = Vec::new();
    for (key, text) in KEYS.iter().filter_map(|key| key.said) {
        spans.push(Span::styled(format!(" {key} "), theme.accent));
        spans.push(Span::styled(fit(&comparing.words.say(text), 40), theme.dim));
    }
    Line::from(spans).render(area, buffer);
}
