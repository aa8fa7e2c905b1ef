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
const GAP: usize = 2;

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
        let room = usize::from(cells).saturating_sub(2);
        self.counters.len() <= MOST && self.even(1, self.counters.len(), room).is_some()
    }

    /// The first so many counts, with pixels so wide, each in as many cells: they stand where they stood when a number grows.
    fn even(&self, pixel: usize, count: usize, room: usize) -> Option<Vec<usize>> {
        let needs = self.counters.iter().take(count).map(|counter| need(counter, pixel));
        let widest = needs.max().unwrap_or(0);
        (widest * count <= room).then(|| vec![(room / count.max(1)).min(48); count])
    }

    /// The same with the narrowest pixels, each in as many cells as it needs.
    fn close(&self, count: usize, room: usize) -> Option<Vec<usize>> {
        let needs = self.counters.iter().take(count).map(|counter| need(counter, 1));
        let spare = room.checked_sub(needs.clone().sum())?;
        Some(needs.map(|need| need + spare / count.max(1)).collect())
    }

    /// How wide a pixel is, and the cells of each count: as wide as can be with those that are wanted beside each other,
    /// and then as many of the others as fit.
    fn places(&self, widest: usize, room: usize) -> (usize, Vec<usize>) {
        let all = self.counters.len().min(MOST);
        let wanted = self.wanted.min(all);
        let evenly = |pixel| {
            (wanted..=all)
                .rev()
                .find_map(|count| Some((pixel, self.even(pixel, count, room)?)))
        };
        let closely = || (1..=all).rev().find_map(|count| Some((1, self.close(count, room)?)));
        (1..=widest).rev().find_map(evenly).or_else(closely).unwrap_or_default()
    }
}

/// Cells that a count takes with pixels so wide, with what is free behind it. A count that alarms has a cell more on either
/// side of what is said below it.
fn need(counter: &Counter, pixel: usize) -> usize {
    let number = number(counter);
    let cells = span(number, pixel) + (APART + usize::from(number.chars().count() > 1)) * pixel;
    let said = width(&counter.short) + if counter.alarm { 2 } else { 0 };
    cells.max(said + GAP)
}

impl Widget for &Digits<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width).saturating_sub(2);
        let high = if area.height >= TALL_ROWS { 2 } else { 1 };
        let (pixel, places) = self.places(usize::from(high) * 2, room);
        let cells = |cells: usize| u16::try_from(cells).unwrap_or(u16::MAX);
        let mut from = 2;
        for (counter, place) in self.counters.iter().zip(places) {
            let x = area.x + cells(from);
            from += place;
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

#[cfg(test)]
mod tests {
    use super::*;

    /// How wide a pixel of these counts is in so many cells, and where each count has its place.
    fn check(values: &[&str], room: usize, pixel: usize, expected: &[usize]) {
        let counter = |value: &&str| Counter {
            long: "COUNTED".into(),
            short: "COUN".into(),
            value: (*value).to_owned(),
            note: String::new(),
            alarm: false,
        };
        let theme = Theme::plain();
        let digits = Digits {
            counters: values.iter().map(counter).collect(),
            wanted: MOST,
            theme: &theme,
        };
        let (wide, places) = digits.places(4, room);
        assert_eq!((wide, places.as_slice()), (pixel, expected), "{values:?} in {room}");
        assert!(places.iter().sum::<usize>() <= room);
        // More between two counts than between two digits.
        for (value, place) in values.iter().zip(&places[..expected.len() - 1]) {
            assert!(span(value, wide) + wide < *place, "{value} in {place}");
        }
    }

    #[test]
    fn counts_stand_apart_and_are_all_there_while_that_can_be() {
        check(&["6", "3", "2", "6", "1"], 58, 2, &[11; 5]);
        let crowd = ["301", "293", "7", "300", "0"];
        check(&crowd, 198, 2, &[39; 5]);
        check(&crowd, 58, 1, &[14, 14, 6, 14, 6]);
        check(&crowd, 40, 1, &[16, 16, 8]);
    }
}
