//! The bottom line: the keys, or for a while what was said last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::keymap::{Action, Binding, KEYS};
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
}

impl Widget for &Footer<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width);
        if let Some(message) = self.message {
            Line::styled(format!(" {}", fit(message, room.saturating_sub(1))), self.theme.alert).render(area, buffer);
            return;
        }
        let wide = |spans: &[Span<'_>]| spans.iter().map(|span| width(&span.content)).sum::<usize>();
        let entries = KEYS.iter().filter_map(|key| key.short.map(|text| (key, text)));
        let (always, others): (Vec<_>, Vec<_>) =
            entries.partition(|(key, _)| matches!(key.action, Action::Help | Action::Quit));
        let last: Vec<Vec<Span<'_>>> = always.iter().map(|(key, text)| self.entry(key, text)).collect();
        let kept: usize = last.iter().map(|entry| wide(entry) + 2).sum();
        let mut line = vec![Span::raw(" ")];
        let mut taken = 1 + kept;
        for (key, text) in others.iter().filter(|(key, _)| self.allowed.allows(key)) {
            let entry = self.entry(key, text);
            if taken + wide(&entry) + 2 > room {
                continue;
            }
            taken += wide(&entry) + 2;
            line.extend(entry);
            line.push(Span::raw("  "));
        }
        for entry in last {
            line.extend(entry);
            line.push(Span::raw("  "));
        }
        Line::from(line).render(area, buffer);
    }
}
