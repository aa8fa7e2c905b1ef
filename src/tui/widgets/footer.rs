//! The bottom line: the keys, or for a while what was said last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::keymap::Action;
use crate::tui::keymap::table::Binding;
use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, width};

/// The keys of the screen.
#[derive(Debug)]
pub struct Footer<'a> {
    /// The keys, the most important first, each with the name of its text. Neighbours of the same text share it.
    pub keys: Vec<(&'static Binding, &'static str)>,
    /// So many of the last are there however little room there is.
    pub kept: usize,
    /// What was said last.
    pub message: Option<&'a str>,
    /// The texts.
    pub words: &'a Words,
    /// The styles.
    pub theme: &'a Theme,
}

/// Cells between two entries.
const GAP: usize = 2;

/// Keys that share a text.
struct Entry {
    /// The cells before it.
    before: usize,
    /// What stands on the keys, and what they ask for.
    keys: Vec<(&'static str, Action)>,
    /// The text, with the blank before it.
    text: String,
}

impl Entry {
    fn cells(&self) -> usize {
        self.keys.iter().map(|(label, _)| width(label)).sum::<usize>() + width(&self.text)
    }

    /// The key that is written at a column; the text belongs to the first.
    fn at(&self, column: usize) -> Option<Action> {
        let mut from = self.before;
        for (label, action) in &self.keys {
            if (from..from + width(label)).contains(&column) {
                return Some(*action);
            }
            from += width(label);
        }
        let (_, first) = self.keys.first()?;
        (from..from + width(&self.text)).contains(&column).then_some(*first)
    }
}

impl Footer<'_> {
    /// Those of some keys that share a text, as entries.
    fn entries(&self, keys: &[(&'static Binding, &'static str)]) -> Vec<Entry> {
        let shared = keys.chunk_by(|one, other| one.1 == other.1);
        let entry = |keys: &[(&'static Binding, &'static str)]| Entry {
            before: 0,
            keys: keys.iter().map(|(key, _)| (key.label, key.action)).collect(),
            text: keys
                .first()
                .map(|(_, text)| format!(" {}", self.words.say(text)))
                .unwrap_or_default(),
        };
        shared.map(entry).collect()
    }

    /// The entries that fit. None while something is said.
    fn placed(&self, room: usize) -> Vec<Entry> {
        if self.message.is_some() {
            return Vec::new();
        }
        let (others, last) = self.keys.split_at(self.keys.len().saturating_sub(self.kept));
        let last = self.entries(last);
        let mut taken = 1 + last.iter().map(|entry| entry.cells() + GAP).sum::<usize>();
        let fits = |entry: &Entry| {
            let fits = taken + entry.cells() + GAP <= room;
            taken += if fits { entry.cells() + GAP } else { 0 };
            fits
        };
        let shown: Vec<Entry> = self.entries(others).into_iter().filter(fits).collect();
        let mut before = 1;
        let place = |entry: Entry| {
            let placed = Entry { before, ..entry };
            before += placed.cells() + GAP;
            placed
        };
        shown.into_iter().chain(last).map(place).collect()
    }

    /// The key that is written at a column.
    pub fn at(&self, area: Rect, x: u16) -> Option<Action> {
        let column = usize::from(x.checked_sub(area.x)?);
        let entries = self.placed(usize::from(area.width));
        entries.iter().find_map(|entry| entry.at(column))
    }
}

impl Widget for &Footer<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width);
        if let Some(message) = self.message {
            Line::styled(format!(" {}", fit(message, room.saturating_sub(1))), self.theme.alert).render(area, buffer);
            return;
        }
        let mut line = vec![Span::raw(" ")];
        for entry in self.placed(room) {
            let labels = entry
                .keys
                .iter()
                .map(|(label, _)| Span::styled(*label, self.theme.accent));
            line.extend(labels);
            line.push(Span::styled(entry.text, self.theme.text));
            line.push(Span::raw(" ".repeat(GAP)));
        }
        Line::from(line).render(area, buffer);
    }
}
