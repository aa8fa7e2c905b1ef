//! The processes of a lesson as boxes side by side, which grow out of one another: a line leads from each to those that
//! it forked. Below them, facts of nobody in particular.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::lesson::picture::{Picture, Shown};
use crate::lesson::probe::Value;
use crate::report::lesson::Texts;
use crate::timeline::process::State;
use crate::tui::theme::Theme;
use crate::tui::widgets::lesson::rows::Rows;
use crate::words::cells::{fit, left, width};

/// Cells that a box should have, borders included.
pub const BOX: u16 = 18;

/// Empty lines between the values of a process: as many as there is room for.
const GAPS: [usize; 5] = [4, 3, 2, 1, 0];

/// The processes.
#[derive(Debug)]
pub struct Boxes<'a> {
    /// What there is to see.
    pub picture: &'a Picture,
    /// The texts.
    pub texts: &'a Texts,
    /// The styles.
    pub theme: &'a Theme,
}

impl Boxes<'_> {
    /// What stands above a box: where there is no room for the word, the pid all the same.
    fn title(&self, shown: &Shown, room: usize) -> String {
        let title = format!(" {} {} {} ", shown.role, self.texts.role(shown), shown.pid);
        if width(&title) <= room {
            title
        } else {
            fit(&format!(" {} {} ", shown.role, shown.pid), room)
        }
    }

    /// The style of a process's state, and its letter and word.
    fn state(&self, shown: &Shown) -> (Style, String) {
        if shown.veiled {
            return (self.theme.alert, " ? ".to_owned());
        }
        let style = match shown.state {
            None | Some(State::Dead) => self.theme.ghost,
            Some(State::Zombie) => self.theme.zombie,
            Some(State::Running) => self.theme.running,
            Some(State::Stopped | State::Traced) => self.theme.stopped,
            Some(State::Sleeping | State::DiskSleep | State::Idle | State::Parked) => self.theme.sleeping,
        };
        let said = match shown.state {
            None => format!(" † {} ", self.texts.words.say("lesson-gone")),
            Some(state) => format!(" {} {} ", state.letter(), self.texts.words.state(state)),
        };
        (style, said)
    }

    fn draw(&self, shown: &Shown, gap: usize, area: Rect, buffer: &mut Buffer) {
        let (style, state) = self.state(shown);
        let usual = (self.theme.border, self.theme.accent);
        let (border, title) = match shown.state.filter(|_| !shown.veiled) {
            None if shown.veiled => usual,
            None => (self.theme.ghost, self.theme.ghost),
            Some(State::Zombie) => (self.theme.zombie_lane, self.theme.accent),
            Some(
                State::Running
                | State::Sleeping
                | State::DiskSleep
                | State::Stopped
                | State::Traced
                | State::Dead
                | State::Idle
                | State::Parked,
            ) => usual,
        };
        let room = usize::from(area.width.saturating_sub(2));
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(border)
            .title(Line::styled(self.title(shown, room), title))
            .title_bottom(Line::styled(fit(&state, room), style).right_aligned());
        let inner = block.inner(area);
        block.render(area, buffer);
        let inner = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(1),
            ..inner
        };
        self.rows(shown, gap).render(inner, buffer);
    }

    fn rows<'a>(&'a self, shown: &'a Shown, gap: usize) -> Rows<'a> {
        Rows {
            all: &shown.rows,
            texts: self.texts,
            theme: self.theme,
            gap,
        }
    }

    /// A line from each box to those that it forked, above them.
    fn family(&self, boxes: &[Rect], line: u16, buffer: &mut Buffer) {
        let shown = &self.picture.shown;
        for (index, child) in shown.iter().enumerate() {
            let parent = shown
                .iter()
                .position(|other| child.parent.as_deref() == Some(other.role.as_str()));
            let (Some(parent), Some(to)) = (parent, boxes.get(index)) else {
                continue;
            };
            let Some(from) = boxes.get(parent).filter(|from| from.y == to.y) else {
                continue;
            };
            let (from, to) = (from.x + from.width / 2, to.x + to.width / 2 - 1);
            let style = if child.orphan {
                self.theme.ghost
            } else {
                self.theme.border
            };
            let (level, mut text) = if child.orphan { ("┄", "") } else { ("─", "fork()") };
            if usize::from(to.saturating_sub(from)) < text.len() + 4 {
                text = "";
            }
            for x in from..=to {
                let before = buffer[(x, line)].symbol().to_owned();
                let symbol = match x {
                    x if x == from && (before == " " || before == "╭") => "╭",
                    x if x == from => "┬",
                    x if x == to => "╮",
                    _ if before == "╮" => "┬",
                    _ => level,
                };
                buffer[(x, line)].set_symbol(symbol).set_style(style);
            }
            if !text.is_empty() {
                let at = from + (to - from - u16::try_from(text.len()).unwrap_or(0)) / 2;
                buffer.set_string(at, line, text, self.theme.dim);
            }
        }
    }

    /// The facts in lines of that width.
    fn facts(&self, room: usize) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        for row in &self.picture.facts {
            let label = self.texts.label(&row.probe);
            let values = match &row.value {
                Some(Value::Lines(printed)) if !printed.is_empty() => printed.clone(),
                Some(value) => vec![self.texts.value(value)],
                None => vec!["?".to_owned()],
            };
            let style = if row.value.is_some() {
                self.theme.number
            } else {
                self.theme.alert
            };
            for (index, value) in values.iter().enumerate() {
                let label = if index == 0 { label.as_str() } else { "" };
                let wide = width(&self.texts.label(&row.probe));
                lines.push(Line::from(vec![
                    Span::styled(format!(" {}  ", left(label, wide)), self.theme.dim),
                    Span::styled(fit(value, room.saturating_sub(wide + 3)), style),
                ]));
            }
        }
        lines
    }
}

/// A height divided among rows: to each what it needs, the modest ones first, and to all the same of what is left.
fn shares(needs: &[u16], height: u16) -> Vec<u16> {
    let mut modest: Vec<usize> = (0..needs.len()).collect();
    modest.sort_by_key(|row| needs[*row]);
    let mut highs = vec![0; needs.len()];
    let mut left = height;
    for (given, row) in modest.iter().enumerate() {
        let others = u16::try_from(needs.len() - given).unwrap_or(u16::MAX);
        highs[*row] = needs[*row].min(left / others);
        left -= highs[*row];
    }
    let count = u16::try_from(needs.len().max(1)).unwrap_or(u16::MAX);
    let even = left / count;
    let last = needs.len().saturating_sub(1);
    for (row, high) in highs.iter_mut().enumerate() {
        *high += if row == last { left - even * (count - 1) } else { even };
    }
    highs
}

impl Widget for &Boxes<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let shown = &self.picture.shown;
        let facts = self.facts(usize::from(area.width));
        let below = u16::try_from(facts.len()).unwrap_or(u16::MAX).min(area.height / 2);
        let [line, stage, rest] = area.layout(&Layout::vertical([
            // Kept free for one process too: nothing moves when its child comes.
            Constraint::Length(1),
            Constraint::Fill(1),
            Constraint::Length(below),
        ]));
        for (fact, place) in facts.into_iter().zip(rest.rows()) {
            fact.render(place, buffer);
        }
        let count = u16::try_from(shown.len().max(1)).unwrap_or(1);
        let across = (stage.width / BOX).clamp(1, count);
        // Two boxes are as wide as one that waits for the second: nothing jumps when it comes.
        let places = across.max(2.min(stage.width / BOX).max(1));
        // All equally wide: what stands in one box stands at the same height in the next.
        let wide = stage.width / places;
        // What does not divide stands before the first: the last ends where what is said ends.
        let from = stage.x + stage.width % places;
        let height = |shown: &Shown, gap| self.rows(shown, gap).height(usize::from(wide.saturating_sub(3)));
        // Boxes fill the stage, so that they stand as they are from step to step, whatever is asked of their processes;
        // those that have more to say are higher.
        let rows = shown.chunks(usize::from(across));
        let needs = rows.map(|row| row.iter().map(|shown| height(shown, 0)).max().unwrap_or(0) + 2);
        let needs: Vec<u16> = needs.map(|need| u16::try_from(need).unwrap_or(u16::MAX)).collect();
        let highs = shares(&needs, stage.height);
        let fits = |gap: &usize| {
            let mut rows = shown.chunks(usize::from(across)).zip(&highs);
            rows.all(|(row, high)| row.iter().all(|shown| height(shown, *gap) + 2 <= usize::from(*high)))
        };
        let gap = GAPS.into_iter().find(fits).unwrap_or(0);
        let mut boxes = Vec::new();
        let mut y = stage.y;
        for (row, high) in shown.chunks(usize::from(across)).zip(highs) {
            for (shown, x) in row.iter().zip((from..).step_by(usize::from(wide.max(1)))) {
                let place = Rect::new(x, y, wide, high);
                self.draw(shown, gap, place, buffer);
                boxes.push(place);
            }
            y += high;
        }
        self.family(&boxes, line.y, buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_height_goes_to_those_who_need_it() {
        assert_eq!(shares(&[6], 12), [12]);
        assert_eq!(shares(&[3, 7], 12), [4, 8]);
        assert_eq!(shares(&[3, 7], 9), [3, 6]);
        assert_eq!(shares(&[9, 7], 9), [5, 4]);
        assert_eq!(shares(&[], 9), [0; 0]);
    }
}
