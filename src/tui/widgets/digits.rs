//! Counts in digits five rows high, or ten, to be read from the back of a room. A pixel is twice as many cells wide as it
//! is high where there is room, and narrower where there is not.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::cells::{fit, width};

use super::counters::Counter;

/// Rows of a digit, and the row of what is counted below it.
pub const ROWS: u16 = 6;

/// The same where pixels are two rows high.
pub const TALL_ROWS: u16 = 11;

/// Cells between what two counts are called.
const GAP: usize = 3;

/// Pixels between two counts: more than the one between digits, and the more where a count has several of them.
const APART: usize = 2;

/// The most counts that the eye takes in at once.
const MOST: usize = 5;

/// The counts of a tree, large.
#[derive(Debug)]
pub struct Digits<'a> {
    /// The counts, the most important first: those that do not fit are left out from the end.
    pub counters: Vec<Counter>,
    /// So many of them are worth narrower digits; of the others those that fit are shown besides.
    pub wanted: usize,
    /// The styles.
    pub theme: &'a Theme,
}

/// The rows of a character, three pixels wide but for the point; those beyond digits are what a count can have besides.
fn pixels(character: char) -> [&'static str; 5] {
    match character {
        '0' => ["###", "# #", "# #", "# #", "###"],
        '1' => [" # ", "## ", " # ", " # ", "###"],
        '2' => ["###", "  #", "###", "#  ", "###"],
        '3' => ["###", "  #", " ##", "  #", "###"],
        '4' => ["# #", "# #", "###", "  #", "  #"],
        '5' => ["###", "#  ", "###", "  #", "###"],
        '6' => ["###", "#  ", "###", "# #", "###"],
        '7' => ["###", "  #", "  #", " # ", " # "],
        '8' => ["###", "# #", "###", "# #", "###"],
        '9' => ["###", "# #", "###", "  #", "###"],
        '≥' => ["#  ", " # ", "#  ", "   ", "## "],
        '.' => [" ", " ", " ", " ", "#"],
        '–' => ["   ", "   ", "###", "   ", "   "],
        _ => ["   "; 5],
    }
}

/// A count without what it is out of: `3` of `3/128`.
fn number(counter: &Counter) -> &str {
    counter.value.split('/').next().unwrap_or_default()
}

/// Cells of a number whose pixels are so wide.
fn span(number: &str, pixel: usize) -> usize {
    let pixels = number.chars().map(|character| pixels(character)[0].len() + 1);
    pixels.sum::<usize>().saturating_sub(1) * pixel
}

/// What is said below a count, as much of it as its place has room for.
fn label(counter: &Counter, room: usize) -> String {
    let full = format!("{} {}", counter.long, counter.note);
    let says = [full.trim_end(), &counter.long, &counter.short];
    let fitting = says.into_iter().find(|text| width(text) <= room);
    fitting.map_or_else(|| fit(&counter.short, room), str::to_owned)
}

impl Digits<'_> {
    /// All of them fit beside each other in so many cells.
    pub fn are_whole(&self, cells: u16) -> bool {
        self.fitting(1, usize::from(cells).saturating_sub(2)) == self.counters.len()
    }

    /// How many counts stand beside each other with pixels so wide.
    fn fitting(&self, pixel: usize, room: usize) -> usize {
        let widest = |count: usize| {
            let first = self.counters.iter().take(count);
            let cells = first.map(|counter| {
                let cells =
                    span(number(counter), pixel) + (APART + usize::from(number(counter).chars().count() > 1)) * pixel;
                cells.max(width(&counter.short) + GAP)
            });
            cells.max().unwrap_or(0) * count
        };
        let most = self.counters.len().min(MOST);
        (1..=most).rev().find(|count| widest(*count) <= room).unwrap_or(0)
    }
}

impl Widget for &Digits<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width).saturating_sub(2);
        let wanted = self.counters.len().min(self.wanted);
        let high = if area.height >= TALL_ROWS { 2 } else { 1 };
        let fits = |pixel: &usize| self.fitting(*pixel, room) >= wanted;
        let pixel = (1..=usize::from(high) * 2).rev().find(fits).unwrap_or(1);
        let count = self.fitting(pixel, room).max(1);
        let place = (room / count).min(48);
        let cells = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
        for (index, counter) in self.counters.iter().take(count).enumerate() {
            let x = area.x + cells(2 + index * place);
            let style = if counter.alarm {
                self.theme.zombie_lane
            } else {
                self.theme.number
            };
            for row in 0..5 * high {
                let line: String = number(counter)
                    .chars()
                    .map(|character| pixels(character)[usize::from(row / high)])
                    .collect::<Vec<_>>()
                    .join(" ");
                let line: String = line
                    .chars()
                    .flat_map(|dot| std::iter::repeat_n(if dot == '#' { '█' } else { ' ' }, pixel))
                    .collect();
                let place = Rect::new(x, area.y + row, area.right().saturating_sub(x), 1);
                Line::styled(line, style).render(place.intersection(area), buffer);
            }
            // A count that alarms has a cell more on either side.
            let free = if counter.alarm { 4 } else { 2 };
            let label = label(counter, place.saturating_sub(free));
            let label_style = if counter.alarm {
                self.theme.zombie
            } else {
                self.theme.text
            };
            let line = Rect::new(x, area.y + 5 * high, cells(place), 1).intersection(area);
            let label = if counter.alarm { format!(" {label} ") } else { label };
            Line::from(Span::styled(label, label_style)).render(line, buffer);
        }
    }
}
