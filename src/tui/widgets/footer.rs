//! The bottom line: the keys, or for a while what was said last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::keymap::Action;
use crate::tui::keymap::table::{Binding, keys};
use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, width};

/// The keys of the screen.
#[derive(Debug)]
pub struct Footer<'a> {
    /// Whether a key may be used here.
    pub allowed: &'a dyn Allowed,
    /// What was said last.
    pub message: Option<&'a str>,
    /// The texts.
    pub words: &'a Words,
    /// The styles.
    pub theme: &'a Theme,
}

/// Whether a key may be used.
pub trait Allowed: std::fmt::Debug {
    /// It may.
    fn allows(&self, key: &Binding) -> bool;
}

impl Footer<'_> {
    fn entry(&self, key: &Binding, text: &str) -> Vec<Span<'static>> {
        let label = if key.action == Action::StepBack {
            "←→"
        } else {
            key.label
        };
        vec![
            Span::styled(label.to_owned(), self.theme.accent),
            Span::styled(format!(" {}", self.words.say(text)), self.theme.text),
        ]
    }

    /// The keys that fit, each with the cells before it, its action and what is written. None while something is said.
    fn keys(&self, room: usize) -> Vec<(usize, Action, Vec<Span<'static>>)> {
        if self.message.is_some() {
            return Vec::new();
        }
        let entries = keys().filter_map(|key| key.short.map(|text| (key, text)));
        let (always, others): (Vec<_>, Vec<_>) =
            entries.partition(|(key, _)| matches!(key.action, Action::Help | Action::Quit));
        let written = |(key, text): (&Binding, &str)| (key.action, self.entry(key, text));
        let last: Vec<_> = always.into_iter().map(written).collect();
        let kept: usize = last.iter().map(|(_, spans)| wide(spans) + GAP).sum();
        let mut shown = Vec::new();
        let mut taken = 1 + kept;
        for (action, spans) in others
            .into_iter()
            .filter(|(key, _)| self.allowed.allows(key))
            .map(written)
        {
            if taken + wide(&spans) + GAP <= room {
                taken += wide(&spans) + GAP;
                shown.push((action, spans));
            }
        }
        let mut before = 1;
        let place = |(action, spans): (Action, Vec<Span<'static>>)| {
            let placed = (before, action, spans);
            before += wide(&placed.2) + GAP;
            placed
        };
        shown.into_iter().chain(last).map(place).collect()
    }

    /// The key that is written at a column.
    pub fn at(&self, area: Rect, x: u16) -> Option<Action> {
        let column = usize::from(x.checked_sub(area.x)?);
        let mut keys = self.keys(usize::from(area.width)).into_iter();
        let found = keys.find(|(before, _, spans)| (*before..before + wide(spans)).contains(&column));
        found.map(|(_, action, _)| action)
    }
}

/// Cells between two keys.
const GAP: usize = 2;

fn wide(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| width(&span.content)).sum()
}

impl Widget for &Footer<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width);
        if let Some(message) = self.message {
            Line::styled(format!(" {}", fit(message, room.saturating_sub(1))), self.theme.alert).render(area, buffer);
            return;
        }
        let mut line = vec![Span::raw(" ")];
        for (_, _, spans) in self.keys(room) {
            line.extend(spans);
            line.push(Span::raw(" ".repeat(GAP)));
        }
        Line::from(line).render(area, buffer);
    }
}
