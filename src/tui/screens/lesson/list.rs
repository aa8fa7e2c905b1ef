//! The list of lessons.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::report::lesson::own;
use crate::tui::lesson::Lessons;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, width};

use super::frame;

/// Cells that stand before the title of a lesson.
const NAME: usize = 13;

/// The lessons, the chosen one with the bar, and what each is about where there is room for it.
pub(super) fn draw(lessons: &Lessons, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let [header, body] = area.layout(&Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]));
    Line::from(vec![
        Span::styled(" forkscope", theme.accent),
        Span::styled(format!("  {}", lessons.words.say("lesson-title")), theme.text),
    ])
    .render(header, buffer);
    let block = frame(&lessons.words.say("lesson-title"), theme);
    let inner = block.inner(body);
    block.render(body, buffer);
    let room = usize::from(inner.width);
    let texts = lessons
        .lessons
        .iter()
        .map(|lesson| crate::lesson::words(&lesson.name, lessons.words.language()));
    let spacious = usize::from(inner.height) >= lessons.lessons.len() * 3;
    // Where not all of them fit, the chosen one stays in sight.
    let first = (lessons.at + 1).saturating_sub(usize::from(inner.height));
    let mut lines = inner.rows();
    for (index, (lesson, texts)) in lessons.lessons.iter().zip(texts).enumerate() {
        if !spacious && index < first {
            continue;
        }
        let Some(line) = lines.next() else { break };
        let marked = index == lessons.at;
        let name = format!(" {} {}  ", if marked { "›" } else { " " }, left(&lesson.name, 8));
        let title = left(&own(&texts, "title"), 28.min(room / 2));
        let about = own(&texts, "about");
        let rest = room.saturating_sub(width(&name) + width(&title) + 2);
        let mut spans = vec![Span::styled(name, theme.accent), Span::styled(title, theme.number)];
        if !spacious {
            spans.push(Span::styled(format!("  {}", fit(&about, rest)), theme.dim));
        }
        Line::from(spans).render(line, buffer);
        if marked {
            buffer.set_style(line, theme.selected);
        }
        if spacious {
            if let Some(below) = lines.next() {
                let text = fit(&about, room.saturating_sub(NAME + 1));
                Line::styled(format!("{}{text}", " ".repeat(NAME)), theme.dim).render(below, buffer);
            }
            lines.next();
        }
    }
}
