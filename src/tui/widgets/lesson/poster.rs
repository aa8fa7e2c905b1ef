//! What a lesson says at the back of a room: one thing at a time, its parts far apart, and the answer in large digits
//! where it is a number. What there is no room for is left out, the least important first.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::lesson::probe::Value;
use crate::tui::widgets::counters::Counter;
use crate::tui::widgets::digits::{self, Digits};

use super::talk::Talk;

/// Cells of a column of large digits, and of the lines beside it at the least.
const DIGITS: u16 = 24;
const BESIDE: u16 = 64;

/// What is said.
#[derive(Debug)]
pub struct Poster<'a> {
    /// With these words.
    pub talk: Talk<'a>,
}

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It is good to have.
    Light,
    /// It helps to understand.
    Middle,
    /// It is what the step is about.
    Heavy,
}

impl Weight {
    const ALL: [Self; 3] = [Self::Light, Self::Middle, Self::Heavy];
}

type Part = (Weight, Vec<Line<'static>>);

impl Poster<'_> {
    /// Lines that it takes at that width, at the least.
    pub fn height(&self, cells: u16) -> u16 {
        self.lines(self.left(cells), Weight::Heavy, false)
    }

    /// Lines that it would like at that width.
    pub fn comfort(&self, cells: u16) -> u16 {
        self.lines(self.left(cells), Weight::Light, true)
    }

    fn lines(&self, cells: u16, from: Weight, apart: bool) -> u16 {
        lines(&self.parts(usize::from(cells)), from, apart)
    }

    /// Cells that are left for words beside the digits, if there are any.
    fn left(&self, cells: u16) -> u16 {
        let large = cells >= DIGITS + BESIDE && self.number().is_some();
        if large { cells - DIGITS } else { cells }
    }

    /// What there is to say, from above to below.
    fn parts(&self, room: usize) -> Vec<Part> {
        let talk = &self.talk;
        let (asks, revealed) = (talk.asks(), talk.picture.revealed);
        let text = |which: &str, strong: bool| {
            let style = if strong { talk.theme.number } else { talk.theme.text };
            talk.paragraph(which, room, style)
        };
        let intro = if asks || revealed { Weight::Light } else { Weight::Heavy };
        let mut parts = vec![(Weight::Heavy, talk.refused(room)), (intro, text("", false))];
        if asks {
            let question = if revealed { Weight::Middle } else { Weight::Heavy };
            parts.push((question, text("ask", true)));
            parts.push((Weight::Heavy, talk.answers(room)));
        }
        if revealed {
            parts.push((Weight::Heavy, text("say", asks)));
            parts.push((Weight::Light, talk.sources(room)));
        }
        parts.retain(|(_, lines)| !lines.is_empty());
        parts
    }

    /// The answer, where it is a number: below it, what it is.
    fn number(&self) -> Option<Counter> {
        let Some(Value::Number(number)) = self.talk.picture.decided.as_ref() else {
            return None;
        };
        let label = self.talk.about()?;
        (0..10_000).contains(number).then(|| Counter {
            long: label.clone(),
            short: label,
            value: number.to_string(),
            note: String::new(),
            alarm: false,
        })
    }
}

/// Lines that the parts from a weight on take.
fn lines(parts: &[Part], from: Weight, apart: bool) -> u16 {
    let taken = parts.iter().filter(|(weight, _)| *weight >= from);
    let (count, lines) = taken.fold((0, 0), |(count, lines), (_, part)| (count + 1, lines + part.len()));
    let gaps = if apart { count.max(1) - 1 } else { 0 };
    u16::try_from(lines + gaps).unwrap_or(u16::MAX)
}

impl Widget for &Poster<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let number = self.number().filter(|_| {
            let beside = area.width >= DIGITS + BESIDE && area.height >= digits::ROWS;
            beside && self.lines(area.width - DIGITS, Weight::Heavy, false) <= area.height
        });
        let [area, large] = area.layout(&Layout::horizontal([
            Constraint::Fill(1),
            Constraint::Length(if number.is_some() { DIGITS } else { 0 }),
        ]));
        if let Some(counter) = number {
            Digits {
                counters: vec![counter],
                most: 1,
                widest: digits::WIDEST,
                theme: self.talk.theme,
            }
            .render(large, buffer);
        }
        let parts = self.parts(usize::from(area.width));
        let fits = |from: &Weight, apart| lines(&parts, *from, apart) <= area.height;
        let heavy = Weight::Heavy;
        let from = *Weight::ALL.iter().find(|from| fits(from, true)).unwrap_or_else(|| {
            let closed = Weight::ALL.iter().find(|from| fits(from, false));
            closed.unwrap_or(&heavy)
        });
        let apart = fits(&from, true);
        let mut rows = area.rows();
        for (index, (_, lines)) in parts.iter().filter(|(weight, _)| *weight >= from).enumerate() {
            if apart && index > 0 {
                rows.next();
            }
            for (line, row) in lines.iter().zip(rows.by_ref()) {
                line.render(row, buffer);
            }
        }
    }
}
