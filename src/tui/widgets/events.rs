//! What happened up to a moment, the newest first, a line each.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::timeline::Timeline;
use crate::timeline::log::{Change, Entry};
use crate::timeline::time::Time;
use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, left, width};
use crate::words::units::fine_clock;

/// The log.
#[derive(Debug)]
pub struct Events<'a> {
    /// Where it is kept.
    pub timeline: &'a Timeline,
    /// Up to when.
    pub until: Time,
    /// Lines from one to the next.
    pub step: u16,
    /// The texts.
    pub words: &'a Words,
    /// The styles.
    pub theme: &'a Theme,
}

impl Events<'_> {
    fn since_start(&self, t: Time) -> Duration {
        self.timeline.start().map_or(Duration::ZERO, |start| t.since(start))
    }

    /// The word for what happened; a mark has its number.
    fn word(&self, entry: &Entry) -> String {
        let word = self.words.change_word(&entry.change);
        let Change::Marked(text) = &entry.change else {
            return word;
        };
        let mut marks = self.timeline.marks().iter();
        let mark = marks.find(|mark| mark.at == entry.at && mark.text == *text);
        mark.map_or(word.clone(), |mark| format!("{word} {}", mark.number))
    }

    fn style(&self, change: &Change) -> Style {
        match change {
            Change::Forked { .. } => self.theme.running,
            Change::Exited { .. } => self.theme.zombie_lane,
            Change::Executed { .. } | Change::Reaped { .. } => self.theme.dim,
            Change::Connected { .. } | Change::Closed { .. } => self.theme.connection,
            Change::Adopted { .. } | Change::ClientFailed { .. } | Change::Lost { .. } => self.theme.alert,
            Change::Ordered(_) | Change::Marked(_) => self.theme.accent,
        }
    }
}

/// Cells of the word for what happened.
const WORD: usize = 11;

/// How many decimals of a second are true of a moment that may have been so much earlier.
fn decimals(blur: Duration) -> usize {
    match blur.as_micros() {
        0..1_000 => 4,
        1_000..=10_000 => 2,
        _ => 1,
    }
}

impl Widget for &Events<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width);
        let lines = area.rows().step_by(usize::from(self.step.max(1)));
        for (entry, line) in self.timeline.log(self.until).zip(lines) {
            let time = left(
                &format!(" {}", fine_clock(self.since_start(entry.at), decimals(entry.blur))),
                13,
            );
            let word = left(&self.word(entry), WORD);
            let rest = room.saturating_sub(width(&time) + width(&word));
            Line::from(vec![
                Span::styled(time, self.theme.dim),
                Span::styled(word, self.style(&entry.change)),
                Span::styled(
                    fit(&self.words.change(self.timeline, &entry.change), rest),
                    self.theme.text,
                ),
            ])
            .render(line, buffer);
        }
    }
}
