//! What a lesson says: what has happened, the question with its numbered answers, and after the guess what the kernel
//! said and where.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::lesson::picture::Picture;
use crate::lesson::script::{Ask, Lesson};
use crate::report::lesson::{Texts, sources};
use crate::tui::theme::Theme;
use crate::words::cells::{width, wrap};

/// What was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// Nothing.
    Nothing,
    /// This answer, from 0.
    Answer(usize),
}

/// The words of a step.
#[derive(Debug)]
pub struct Talk<'a> {
    /// Of which lesson.
    pub lesson: &'a Lesson,
    /// At which step.
    pub picture: &'a Picture,
    /// The texts.
    pub texts: &'a Texts,
    /// What was guessed.
    pub chosen: Chosen,
    /// The styles.
    pub theme: &'a Theme,
}

impl Talk<'_> {
    /// Lines that it takes at that width, at the least.
    pub fn height(&self, cells: u16) -> u16 {
        u16::try_from(self.lines(usize::from(cells), 0).len()).unwrap_or(u16::MAX)
    }

    /// Lines that it would like at that width.
    pub fn comfort(&self, cells: u16) -> u16 {
        u16::try_from(self.lines(usize::from(cells), usize::MAX).len()).unwrap_or(u16::MAX)
    }

    /// What is said, with so many empty lines at most between its parts, the first of them before the others.
    fn lines(&self, room: usize, mut gaps: usize) -> Vec<Line<'static>> {
        let mut lines = self.refused(room);
        lines.extend(self.paragraph("", room, self.theme.text));
        let mut part = |part: Vec<Line<'static>>| {
            if gaps > 0 && !lines.is_empty() && !part.is_empty() {
                gaps -= 1;
                lines.push(Line::default());
            }
            lines.extend(part);
        };
        if self.asks() {
            let mut question = self.paragraph("ask", room, self.theme.number);
            question.extend(self.answers(room));
            part(question);
        }
        if self.picture.revealed {
            part(self.paragraph("say", room, self.theme.text));
            part(self.sources(room));
        }
        lines
    }

    /// The question of the step.
    pub(super) fn ask(&self) -> Option<&Ask> {
        self.lesson.steps.get(self.picture.step)?.ask.as_ref()
    }

    /// The step asks something.
    fn asks(&self) -> bool {
        self.ask().is_some()
    }

    /// What decides the question, in words: whose value, and which.
    pub(super) fn about(&self) -> Option<String> {
        let about = &self.ask()?.about;
        let label = self.texts.label(&about.probe);
        Some(match &about.role {
            Some(role) => format!("{role} {label}"),
            None => label,
        })
    }

    /// One of the step's texts in lines; none where it has none.
    pub(super) fn paragraph(&self, which: &str, room: usize, style: Style) -> Vec<Line<'static>> {
        let text = self.texts.of_step(self.lesson, self.picture, which);
        let lines = text.map(|text| wrap(&text, room)).unwrap_or_default();
        lines.into_iter().map(|line| Line::styled(line, style)).collect()
    }

    /// That there are fewer processes than is said, where it is so.
    pub(super) fn refused(&self, room: usize) -> Vec<Line<'static>> {
        if !self.picture.refused {
            return Vec::new();
        }
        let lines = wrap(&self.texts.words.say("lesson-refused"), room).into_iter();
        lines.map(|line| Line::styled(line, self.theme.alert)).collect()
    }

    /// Where the values were read.
    pub(super) fn sources(&self, room: usize) -> Vec<Line<'static>> {
        let from = sources(self.picture);
        if from.is_empty() {
            return Vec::new();
        }
        let text = format!("{} {}", self.texts.words.say("lesson-from"), from.join(", "));
        let lines = wrap(&text, room).into_iter();
        lines.map(|line| Line::styled(line, self.theme.dim)).collect()
    }

    /// The numbered answers: in one line where they fit, else a line each. After the guess, which it was.
    pub(super) fn answers(&self, room: usize) -> Vec<Line<'static>> {
        let options = self.ask().map(|ask| ask.options.as_slice()).unwrap_or_default();
        let answers: Vec<Vec<Span<'static>>> = options
            .iter()
            .enumerate()
            .map(|(index, option)| {
                let right = self.picture.decided.as_ref().map(|value| value.key() == *option);
                let chosen = self.chosen == Chosen::Answer(index);
                let (mark, style) = match (right, chosen) {
                    (Some(true), _) => ("✓", self.theme.running),
                    (Some(false), true) => ("✗", self.theme.dim),
                    (Some(false), false) => (" ", self.theme.dim),
                    (None, _) => (" ", self.theme.text),
                };
                let text = self.texts.option(self.lesson, self.picture, option);
                vec![
                    Span::styled(format!("{mark} "), style),
                    Span::styled((index + 1).to_string(), self.theme.accent),
                    Span::styled(format!("  {text}"), style),
                ]
            })
            .collect();
        let wide = |spans: &[Span<'_>]| spans.iter().map(|span| width(&span.content)).sum::<usize>() + 4;
        let mut lines = if answers.iter().map(|answer| wide(answer)).sum::<usize>() <= room {
            let apart = answers.into_iter().flat_map(|mut answer| {
                answer.push(Span::raw("    "));
                answer
            });
            vec![Line::from(apart.collect::<Vec<_>>())]
        } else {
            answers.into_iter().map(Line::from).collect()
        };
        let decided = self.picture.decided.as_ref();
        if let Some(value) = decided.filter(|value| !options.contains(&value.key())) {
            // A kernel or a machine that is unlike those the lesson was written on.
            let said = [("value", self.texts.value(value).into())];
            let text = self.texts.words.say_with("lesson-none-of-these", &said).into_owned();
            lines.push(Line::styled(text, self.theme.alert));
        }
        lines
    }
}

impl Widget for &Talk<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let gaps = usize::from(area.height.saturating_sub(self.height(area.width)));
        for (line, row) in self.lines(usize::from(area.width), gaps).into_iter().zip(area.rows()) {
            line.render(row, buffer);
        }
    }
}
