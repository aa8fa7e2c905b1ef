//! Why: what is worth saying of the selected process, or of what just happened, and where the kernel says so. The last
//! line is the source's whatever the length of the rest, so that nothing jumps from one sentence to the next.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::cells::{fit, wrap, wrap_within};
use crate::words::why::Said;

/// The sentences of a moment.
#[derive(Debug)]
pub struct Why<'a> {
    /// What is said.
    pub said: Said,
    /// Where the kernel says so; `None` where there is no line for it.
    pub sources: Option<String>,
    /// The styles.
    pub theme: &'a Theme,
}

impl Why<'_> {
    fn whole(&self) -> String {
        format!("{} {}", self.said.headline, self.said.more)
    }

    /// The lines of the sentences: the headline on its own where the rest has room below it.
    fn lines(&self, cells: usize, most: usize) -> Vec<Line<'static>> {
        let headline = wrap(&self.said.headline, cells);
        let more = wrap(&self.said.more, cells);
        let bold = |line: String| Line::styled(line, self.theme.number);
        let plain = |line: String| Line::styled(line, self.theme.text);
        if headline.len() + more.len() <= most {
            return headline
                .into_iter()
                .map(bold)
                .chain(more.into_iter().map(plain))
                .collect();
        }
        if self.sources.is_none() && wrap(&self.whole(), cells).len() > most {
            // No sentence is begun for which there is no room.
            return wrap_within(&self.said.headline, cells, most)
                .into_iter()
                .map(bold)
                .collect();
        }
        let mut left = self.said.headline.split_whitespace().count();
        let whole = self.whole();
        let line = |line: String| {
            let words: Vec<&str> = line.split(' ').collect();
            let (of_headline, of_more) = words.split_at(left.min(words.len()));
            left -= of_headline.len();
            let gap = if of_headline.is_empty() || of_more.is_empty() {
                ""
            } else {
                " "
            };
            Line::from(vec![
                Span::styled(of_headline.join(" "), self.theme.number),
                Span::styled(format!("{gap}{}", of_more.join(" ")), self.theme.text),
            ])
        };
        wrap_within(&whole, cells, most).into_iter().map(line).collect()
    }
}

impl Widget for &Why<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = Rect {
            x: area.x + 1,
            width: area.width.saturating_sub(2),
            ..area
        };
        let cells = usize::from(room.width);
        let sentences = usize::from(room.height.saturating_sub(u16::from(self.sources.is_some())));
        for (line, place) in self.lines(cells, sentences).into_iter().zip(room.rows()) {
            line.render(place, buffer);
        }
        if let Some((sources, last)) = self.sources.as_ref().zip(room.rows().next_back()) {
            Line::styled(fit(sources, cells), self.theme.dim).render(last, buffer);
        }
    }
}
