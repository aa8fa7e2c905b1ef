//! The list of lessons: their names and titles, and of the chosen one what it is about, how long it is and its
//! listings.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget as _};

use crate::lesson::script::Lesson;
use crate::report::lesson::own;
use crate::tui::lesson::Lessons;
use crate::tui::screens::frame::framed;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left};

use super::lines;

/// The width from which on the chosen lesson stands beside the list, and not below it.
const WIDE: u16 = 100;

/// Cells of the list there, and the most lines from lesson to lesson.
const LIST: u16 = 44;
const APART: u16 = 3;

/// Lines below the list that say something of the chosen one.
const LEAST: u16 = 4;

/// The lessons, and the chosen one.
pub(super) fn draw(lessons: &Lessons, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let [header, body] = area.layout(&Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]));
    Line::from(vec![
        Span::styled(" forkscope", theme.accent),
        Span::styled(format!("  {}", lessons.words.say("lesson-title")), theme.text),
    ])
    .render(header, buffer);
    let count = u16::try_from(lessons.lessons.len()).unwrap_or(u16::MAX);
    let high = count.saturating_add(2);
    let [names, about] = if body.width >= WIDE {
        body.layout(&Layout::horizontal([Constraint::Length(LIST), Constraint::Fill(1)]))
    } else if body.height >= high + LEAST {
        body.layout(&Layout::vertical([Constraint::Length(high), Constraint::Fill(1)]))
    } else {
        [body, Rect::ZERO]
    };
    list(lessons, theme, names, buffer);
    if let Some(lesson) = lessons.lessons.get(lessons.at) {
        chosen(lessons, lesson, theme, about, buffer);
    }
}

/// The names and the titles, the chosen one with the bar.
fn list(lessons: &Lessons, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border);
    let inner = block.inner(area);
    block.render(area, buffer);
    let room = usize::from(inner.width);
    let count = u16::try_from(lessons.lessons.len()).unwrap_or(u16::MAX);
    let apart = ((inner.height + 1) / count.max(1)).clamp(1, APART);
    // Where not all of them fit, the chosen one stays in sight.
    let first = (lessons.at + 1).saturating_sub(usize::from(inner.height.div_ceil(apart)));
    let shown = lessons.lessons.iter().enumerate().skip(first);
    for ((index, lesson), line) in shown.zip(inner.rows().step_by(usize::from(apart))) {
        let marked = index == lessons.at;
        let name = format!(" {} {}  ", if marked { "›" } else { " " }, left(&lesson.name, 8));
        let texts = crate::lesson::words(&lesson.name, lessons.words.language());
        let title = fit(&own(&texts, "title"), room.saturating_sub(name.chars().count()));
        Line::from(vec![
            Span::styled(name, theme.accent),
            Span::styled(title, theme.number),
        ])
        .render(line, buffer);
        if marked {
            buffer.set_style(line, theme.selected);
        }
    }
}

/// The listings of a lesson, in the order in which its steps come to them.
fn listings(lesson: &Lesson) -> Vec<Vec<String>> {
    let mut listings = Vec::new();
    for program in (0..lesson.steps.len()).filter_map(|step| lesson.program_at(step)) {
        let code: Vec<String> = program.lines.iter().map(|line| line.text.clone()).collect();
        if !listings.contains(&code) {
            listings.push(code);
        }
    }
    listings
}

/// What a lesson is about, how long it is, and as many of its listings as there is room for.
fn chosen(lessons: &Lessons, lesson: &Lesson, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let texts = crate::lesson::words(&lesson.name, lessons.words.language());
    let block = framed(&own(&texts, "title"), theme);
    let inner = block.inner(area).inner(Margin::new(1, 0));
    block.render(area, buffer);
    let asked = lesson.steps.iter().filter(|step| step.ask.is_some()).count();
    let size = [
        ("steps", lesson.steps.len().to_string().into()),
        ("asked", asked.to_string().into()),
    ];
    let size = lessons.words.say_with("lesson-size", &size).into_owned();
    let mut said = lines(&own(&texts, "about"), usize::from(inner.width), theme.text);
    if said.len() + 1 < usize::from(inner.height) {
        said.push(Line::default());
    }
    said.push(Line::styled(size, theme.dim));
    for code in listings(lesson) {
        if said.len() + 2 + code.len() > usize::from(inner.height) {
            break;
        }
        said.extend([Line::default(), Line::default()]);
        said.extend(code.into_iter().map(|line| Line::styled(line, theme.text)));
    }
    for (line, row) in said.into_iter().zip(inner.rows()) {
        line.render(row, buffer);
    }
}
