//! A card: labels on the left, what they stand for on the right, in as many lines as that takes. It does not know what
//! it is about.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::card::{Field, Tone};
use crate::words::cells::{left, width, wrap};

/// The least cells for what stands on the right; where labels leave less, it goes below them.
const LEAST: usize = 40;

/// Cells before and between the two columns.
const EDGE: usize = 1;
const GAP: usize = 2;

/// A line, and what it is to the next one.
struct Piece {
    line: Line<'static>,
    /// It names what the next line says.
    names: bool,
}

/// The fields of a card.
#[derive(Debug)]
pub struct Card<'a> {
    /// Them.
    pub fields: &'a [Field],
    /// How many lines are scrolled away.
    pub scroll: usize,
    /// Long texts may go below their labels instead of beside them, unbroken where they fit.
    pub below: bool,
    /// The styles.
    pub theme: &'a Theme,
}

impl Card<'_> {
    /// How many lines it takes in so many cells.
    pub fn length(&self, cells: u16) -> usize {
        self.lines(usize::from(cells)).len()
    }

    fn lines(&self, cells: usize) -> Vec<Piece> {
        let labels = self.fields.iter().map(|field| width(&field.label)).max().unwrap_or(0);
        let room = cells.saturating_sub(EDGE + labels + GAP + EDGE);
        let longest = self.fields.iter().map(|field| width(&field.text)).max().unwrap_or(0);
        let below = self.below && longest > room && room < LEAST.max(longest);
        self.fields
            .iter()
            .flat_map(|field| {
                if below {
                    self.stacked(field, cells)
                } else {
                    self.beside(field, labels, room)
                }
            })
            .collect()
    }

    fn beside(&self, field: &Field, labels: usize, room: usize) -> Vec<Piece> {
        let wrapped = wrap(&field.text, room);
        let line = |(number, text): (usize, String)| {
            let label = if number == 0 { field.label.as_str() } else { "" };
            let line = Line::from(vec![
                Span::raw(" ".repeat(EDGE)),
                Span::styled(left(label, labels + GAP), self.theme.dim),
                Span::styled(text, self.style(field.tone)),
            ]);
            Piece { line, names: false }
        };
        wrapped.into_iter().enumerate().map(line).collect()
    }

    fn stacked(&self, field: &Field, cells: usize) -> Vec<Piece> {
        let label = Piece {
            line: Line::styled(format!("{}{}", " ".repeat(EDGE), field.label), self.theme.dim),
            names: true,
        };
        let texts = wrap(&field.text, cells.saturating_sub(EDGE + GAP + EDGE));
        let text = |text| Piece {
            line: Line::styled(format!("{}{text}", " ".repeat(EDGE + GAP)), self.style(field.tone)),
            names: false,
        };
        std::iter::once(label)
            .filter(|_| !field.label.is_empty())
            .chain(texts.into_iter().map(text))
            .collect()
    }

    fn style(&self, tone: Tone) -> Style {
        match tone {
            Tone::Plain => self.theme.text,
            Tone::Quiet => self.theme.dim,
            Tone::Alert => self.theme.alert,
        }
    }
}

impl Widget for &Card<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let mut lines = self.lines(usize::from(area.width));
        lines.truncate(self.scroll + usize::from(area.height));
        // What names a line that is not in sight would be read as if it said nothing.
        if lines.last().is_some_and(|last| last.names) {
            lines.pop();
        }
        for (piece, row) in lines.into_iter().skip(self.scroll).zip(area.rows()) {
            piece.line.render(row, buffer);
        }
    }
}
