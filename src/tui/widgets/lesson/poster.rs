//! What a lesson says at the back of a room: one thing at a time, its parts far apart, and the answer in large where it
//! is a number or a state. What there is no room for is left out, the least important first.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::lesson::script::Ask;
use crate::timeline::process::State;
use crate::tui::widgets::counters::Counter;
use crate::tui::widgets::digits::{self, Digits};

use super::talk::Talk;

/// Cells of the place of a large answer, and of the lines beside it at the least.
const LARGE: u16 = 24;
const BESIDE: u16 = 64;

/// Cells between them.
const GAP: u16 = 2;

/// Cells of a line that is read at a glance.
const LINE: u16 = 150;

/// What is said.
#[derive(Debug)]
pub struct Poster<'a> {
    /// With these words.
    pub talk: Talk<'a>,
    /// The same as it will be after the guess: nothing moves then.
    pub full: Talk<'a>,
}

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It is good to have.
    Light,
    /// It helps to understand.
    Middle,
    /// It was the question.
    Asked,
    /// It is what the step is about.
    Heavy,
}

impl Weight {
    const ALL: [Self; 4] = [Self::Light, Self::Middle, Self::Asked, Self::Heavy];

    /// Empty lines between its parts, of so many that there could be, without which it is not worth having.
    fn air(self, gaps: usize) -> usize {
        match self {
            Self::Light => gaps,
            Self::Middle => gaps.min(1),
            Self::Asked | Self::Heavy => 0,
        }
    }
}

/// Something that is said.
struct Part {
    weight: Weight,
    /// Which of the empty lines above the parts is given first: the one with the least.
    order: u8,
    lines: Vec<Line<'static>>,
}

impl Poster<'_> {
    /// Lines that it takes at that width, at the least.
    pub fn height(&self, cells: u16) -> u16 {
        let parts = parts(&self.full, self.left(cells));
        lines(parts.iter().filter(|part| part.weight == Weight::Heavy), |_| 0)
    }

    /// Lines that it would like at that width.
    pub fn comfort(&self, cells: u16) -> u16 {
        lines(parts(&self.full, self.left(cells)).iter(), |gaps| gaps)
    }

    /// The answer is to stand there in large, in so many cells, now or after the guess.
    pub fn is_large(&self, cells: u16) -> bool {
        cells >= LARGE + BESIDE && self.talk.ask().is_some_and(has_large)
    }

    /// Cells that are left for words beside a large answer, if there is one.
    fn left(&self, cells: u16) -> usize {
        let large = if self.is_large(cells) { LARGE + GAP } else { 0 };
        usize::from((cells - large).min(LINE))
    }

    /// The answer in large, and below it what it is.
    fn answer(&self) -> Option<Counter> {
        let label = self.talk.about()?;
        let value = match &self.talk.picture.decided {
            Some(value) => large(&value.key()).unwrap_or_else(|| "–".to_owned()),
            None => "?".to_owned(),
        };
        Some(Counter {
            long: label.clone(),
            short: label,
            value,
            note: String::new(),
            alarm: false,
        })
    }
}

/// An answer in few large characters: a number, or the letter of a state.
fn large(key: &str) -> Option<String> {
    let number = key.strip_prefix("code-").unwrap_or(key);
    let few = number.parse::<i64>().is_ok_and(|number| (-9..10_000).contains(&number));
    let mut letters = key.chars();
    match (letters.next(), letters.next()) {
        _ if few => Some(number.to_owned()),
        _ if key == "gone" => Some("†".to_owned()),
        (Some(letter), None) if State::from_letter(letter).is_some() => Some(key.to_owned()),
        _ => None,
    }
}

/// One of the choices can stand in large.
fn has_large(ask: &Ask) -> bool {
    ask.options.iter().any(|option| large(option).is_some())
}

/// What there is to say, from above to below.
fn parts(talk: &Talk<'_>, room: usize) -> Vec<Part> {
    let (asks, revealed) = (talk.ask().is_some(), talk.picture.revealed);
    let strong = |which: &str| talk.paragraph(which, room, talk.theme.number);
    let part = |weight, order, lines| Part { weight, order, lines };
    // Where nothing is asked it is half of what there is to say.
    let intro = if asks { Weight::Middle } else { Weight::Asked };
    let mut parts = vec![
        part(Weight::Heavy, 5, talk.refused(room)),
        part(intro, 4, talk.paragraph("", room, talk.theme.text)),
    ];
    if asks {
        let question = if revealed { Weight::Asked } else { Weight::Heavy };
        parts.push(part(question, 1, strong("ask")));
        parts.push(part(Weight::Heavy, 3, talk.answers(room)));
    }
    if revealed {
        parts.push(part(Weight::Heavy, 0, strong("say")));
        parts.push(part(Weight::Light, 2, talk.sources(room)));
    }
    parts.retain(|part| !part.lines.is_empty());
    parts
}

/// Lines that these parts take, with so many empty ones of those that there could be between them.
fn lines<'a>(parts: impl Iterator<Item = &'a Part>, air: impl Fn(usize) -> usize) -> u16 {
    let (count, lines) = parts.fold((0, 0), |(count, lines), part| {
        (count + 1_usize, lines + part.lines.len())
    });
    u16::try_from(lines + air(count.saturating_sub(1))).unwrap_or(u16::MAX)
}

/// The parts that so many lines have room for, and above which of them an empty line stands.
fn fitting(parts: Vec<Part>, height: u16) -> Vec<(bool, Part)> {
    let fits =
        |from: &&Weight| lines(parts.iter().filter(|part| part.weight >= **from), |gaps| from.air(gaps)) <= height;
    let from = Weight::ALL.iter().find(fits).copied().unwrap_or(Weight::Heavy);
    let parts: Vec<Part> = parts.into_iter().filter(|part| part.weight >= from).collect();
    let spare = height.saturating_sub(lines(parts.iter(), |_| 0));
    let mut orders: Vec<u8> = parts.iter().skip(1).map(|part| part.order).collect();
    orders.sort_unstable();
    orders.truncate(usize::from(spare));
    let parts = parts.into_iter().enumerate();
    parts
        .map(|(index, part)| (index > 0 && orders.contains(&part.order), part))
        .collect()
}

impl Widget for &Poster<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let answer = self.answer().filter(|_| {
            self.is_large(area.width) && area.height >= digits::ROWS && self.height(area.width) <= area.height
        });
        let (gap, large) = if answer.is_some() { (GAP, LARGE) } else { (0, 0) };
        let [area, _, large] = area.layout(&Layout::horizontal([
            Constraint::Fill(1),
            Constraint::Length(gap),
            Constraint::Length(large),
        ]));
        let room = usize::from(area.width.min(LINE));
        if let Some(counter) = answer {
            Digits {
                counters: vec![counter],
                most: 1,
                widest: digits::WIDEST,
                theme: self.talk.theme,
            }
            .render(large, buffer);
        }
        // What is said before the guess stands where it will stand after it, where there is room for it then.
        let plan = fitting(parts(&self.full, room), area.height);
        let now = parts(&self.talk, room);
        let planned = |part: &Part| plan.iter().find(|(_, other)| other.order == part.order);
        let shown = if now.iter().all(|part| planned(part).is_some()) {
            let gap = |part: &Part| planned(part).is_some_and(|(gap, _)| *gap);
            now.into_iter().map(|part| (gap(&part), part)).collect()
        } else {
            fitting(now, area.height)
        };
        let mut rows = area.rows();
        for (gap, part) in shown {
            if gap {
                rows.next();
            }
            for (line, row) in part.lines.into_iter().zip(rows.by_ref()) {
                line.render(row, buffer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_a_state_are_large() {
        for (key, expected) in [
            ("0", Some("0")),
            ("-1", Some("-1")),
            ("code-7", Some("7")),
            ("Z", Some("Z")),
            ("gone", Some("†")),
            ("8912896", None),
            ("shared", None),
            ("0x0300", None),
            ("", None),
        ] {
            assert_eq!(large(key).as_deref(), expected, "{key}");
        }
    }

    /// The parts that fit into so many lines, by their order, each with a sign for the empty line above it.
    fn check(height: u16, expected: &str) {
        let part = |weight, order, lines| Part {
            weight,
            order,
            lines: vec![Line::default(); lines],
        };
        let parts = vec![
            part(Weight::Middle, 4, 1),
            part(Weight::Asked, 1, 1),
            part(Weight::Heavy, 3, 1),
            part(Weight::Heavy, 0, 2),
            part(Weight::Light, 2, 1),
        ];
        let fitting = fitting(parts, height).into_iter();
        let said = fitting.fold(String::new(), |said, (gap, part)| {
            said + if gap { " " } else { "" } + &part.order.to_string()
        });
        assert_eq!(said, expected, "in {height}");
    }

    #[test]
    fn what_matters_least_is_left_out_first() {
        check(10, "4 1 3 0 2");
        check(9, "4 1 3 0");
        check(7, "4 13 0");
        check(6, "413 0");
        check(5, "13 0");
        check(4, "130");
        check(3, "30");
    }
}
