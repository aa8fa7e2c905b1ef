//! The processes of a lesson as boxes side by side, which grow out of one another: a line leads from each to those that
//! it forked. Below them, facts of nobody in particular.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::lesson::player::{Picture, Row, Shown};
use crate::lesson::probe::Value;
use crate::report::lesson::Texts;
use crate::timeline::process::State;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, width};

/// Cells that a box should have, borders included.
const BOX: u16 = 19;

/// Cells of an address that is shortened.
const SHORT: usize = 9;

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
    fn title(&self, shown: &Shown) -> String {
        format!(" {} {} {} ", shown.role, self.texts.role(shown), shown.pid)
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

    fn draw(&self, shown: &Shown, area: Rect, buffer: &mut Buffer) {
        let (style, state) = self.state(shown);
        let (border, title) = match shown.state {
            _ if shown.veiled => (self.theme.border, self.theme.accent),
            None => (self.theme.ghost, self.theme.ghost),
            Some(State::Zombie) => (self.theme.zombie_lane, self.theme.accent),
            Some(_) => (self.theme.border, self.theme.accent),
        };
        let room = usize::from(area.width.saturating_sub(2));
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(border)
            .title(Line::styled(fit(&self.title(shown), room), title))
            .title_bottom(Line::styled(fit(&state, room), style).right_aligned());
        let inner = block.inner(area);
        block.render(area, buffer);
        let inner = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(1),
            ..inner
        };
        self.rows(&shown.rows, inner, buffer);
    }

    /// Labels and values, each value in a column of its own.
    fn rows(&self, rows: &[Row], area: Rect, buffer: &mut Buffer) {
        let labels: Vec<String> = rows.iter().map(|row| self.texts.label(&row.probe)).collect();
        let room = usize::from(area.width);
        let column = labels
            .iter()
            .map(|label| width(label))
            .max()
            .unwrap_or(0)
            .min(room * 2 / 3);
        for ((row, label), line) in rows.iter().zip(&labels).zip(area.rows()) {
            let (style, text) = self.value(row, room.saturating_sub(column + 1));
            Line::from(vec![
                Span::styled(format!("{} ", left(label, column)), self.theme.dim),
                Span::styled(text, style),
            ])
            .render(line, buffer);
        }
    }

    fn value(&self, row: &Row, room: usize) -> (Style, String) {
        let Some(value) = &row.value else {
            return (self.theme.alert, "?".to_owned());
        };
        let text = self.texts.value(value);
        let text = match value {
            Value::Address(_) if width(&text) > room => short(&text),
            _ => text,
        };
        let style = match value {
            Value::Gone | Value::Nothing | Value::Unknown(_) => self.theme.dim,
            _ => self.theme.number,
        };
        (style, fit(&text, room))
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
                    x if x == from && before == " " => "╭",
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

/// An address in fewer cells: how it begins and how it ends.
fn short(address: &str) -> String {
    let count = address.len();
    if count <= SHORT {
        return address.to_owned();
    }
    format!("{}…{}", &address[..4], &address[count - 4..])
}

impl Widget for &Boxes<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let shown = &self.picture.shown;
        let facts = self.facts(usize::from(area.width));
        let below = u16::try_from(facts.len()).unwrap_or(u16::MAX).min(area.height / 2);
        let [line, stage, rest] = area.layout(&Layout::vertical([
            Constraint::Length(u16::from(shown.len() > 1)),
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
        let down = count.div_ceil(across);
        let most = shown.iter().map(|shown| shown.rows.len()).max().unwrap_or(0);
        let high = (u16::try_from(most).unwrap_or(u16::MAX).saturating_add(2)).min(stage.height / down);
        let mut boxes = Vec::new();
        for (index, shown) in shown.iter().enumerate() {
            let index = u16::try_from(index).unwrap_or(0);
            let columns = stage.layout_vec(&Layout::horizontal(vec![Constraint::Fill(1); usize::from(places)]));
            let column = columns[usize::from(index % across).min(columns.len() - 1)];
            let place = Rect {
                y: stage.y + (index / across) * high,
                height: high,
                ..column
            };
            self.draw(shown, place, buffer);
            boxes.push(place);
        }
        if line.height > 0 {
            self.family(&boxes, line.y, buffer);
        }
    }
}
