//! Counts in digits five rows high, or ten, to be read from the back of a room. A pixel is twice as many cells wide as it
//! is high where there is room, and narrower where there is not. The counts that stand large are named below; in a row
//! below the names, where there is one, stand the notes of the counts, or those counts that are not large.

use ratatui::buffer::Buffer;
use ratatui::layout::{Margin, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::cells::{fit, width};

use super::counters::{Counter, Counters};

/// Rows of a digit, and the row of what is counted below it.
pub const ROWS: u16 = 6;

/// The same where pixels are two rows high.
pub const TALL_ROWS: u16 = 11;

/// A row of the notes below the names, or of the counts that are not large.
pub const BELOW: u16 = 1;

/// Cells between what two counts are called.
const GAP: usize = 2;

/// Pixels between two counts: more than the one between digits, and the more where a count has several of them.
const APART: usize = 2;

/// The most cells from one count to the next where the eye takes them in together.
pub const WIDEST: usize = 48;

/// The counts of a tree, large.
#[derive(Debug)]
pub struct Digits<'a> {
    /// The counts, the most important first: those that do not fit are left out of the large ones from the end.
    pub counters: Vec<Counter>,
    /// So many of them stand large, and are worth narrower digits.
    pub most: usize,
    /// The most cells from one count to the next.
    pub widest: usize,
    /// The styles.
    pub theme: &'a Theme,
}

/// The rows of a character, three pixels wide but for the point; those beyond digits are what a count can have besides,
/// and what an answer of a lesson can be: a state, by its letter.
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
        '–' | '-' => ["   ", "   ", "###", "   ", "   "],
        '?' => ["###", "  #", " ##", "   ", " # "],
        '†' => [" # ", "###", " # ", " # ", " # "],
        'D' => ["## ", "# #", "# #", "# #", "## "],
        'R' => ["## ", "# #", "## ", "# #", "# #"],
        'S' => [" ##", "#  ", " # ", "  #", "## "],
        'T' => ["###", " # ", " # ", " # ", " # "],
        'Z' => ["###", "  #", " # ", "#  ", "###"],
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

/// What it is out of: `/128` of `3/128`. It stands small at the foot of the number.
fn bound(counter: &Counter) -> &str {
    &counter.value[number(counter).len()..]
}

/// What is said below a count, as much of it as its place has room for; with its note where that has no row of its own.
fn label(counter: &Counter, noted: bool, room: usize) -> String {
    let full = if noted {
        format!("{} {}", counter.long, counter.note)
    } else {
        counter.long.clone()
    };
    let says = [full.trim_end(), &counter.long, &counter.short];
    let fitting = says.into_iter().find(|text| width(text) <= room);
    fitting.map_or_else(|| fit(&counter.short, room), str::to_owned)
}

/// Cells that a count takes with pixels so wide, with what is free behind it.
fn need(counter: &Counter, pixel: usize, named: Named) -> usize {
    let number = number(counter);
    let apart = (APART + usize::from(number.chars().count() > 1)) * pixel;
    let foot = match width(bound(counter)) {
        0 => 0,
        bound => 1 + bound + GAP,
    };
    let name = match named {
        Named::Whole => &counter.long,
        Named::Short => &counter.short,
    };
    (span(number, pixel) + apart.max(foot)).max(width(name) + GAP)
}

/// How counts are called.
#[derive(Debug, Clone, Copy)]
enum Named {
    Whole,
    Short,
}

impl Digits<'_> {
    /// All of them fit beside each other in so many cells.
    pub fn are_whole(&self, cells: u16) -> bool {
        let room = usize::from(cells).saturating_sub(2);
        self.counters.len() <= self.most && self.even((1, Named::Short), room).is_some()
    }

    /// The counts that may stand large.
    fn large(&self) -> &[Counter] {
        &self.counters[..self.counters.len().min(self.most)]
    }

    /// Each in as many cells: they stand where they stood when a number grows.
    fn even(&self, (pixel, named): (usize, Named), room: usize) -> Option<Vec<usize>> {
        let large = self.large();
        let widest = large.iter().map(|counter| need(counter, pixel, named)).max()?;
        (widest * large.len() <= room).then(|| vec![(room / large.len()).min(self.widest); large.len()])
    }

    /// The first so many, each in as many cells as it needs.
    fn close(&self, (pixel, named): (usize, Named), count: usize, room: usize) -> Option<Vec<usize>> {
        let needs = self.large().iter().take(count);
        let needs = needs.map(|counter| need(counter, pixel, named));
        let spare = room.checked_sub(needs.clone().sum())?;
        Some(needs.map(|need| need + spare / count.max(1)).collect())
    }

    /// How wide a pixel is, and the cells of each count: as wide as can be with all that are to be large beside each other,
    /// and else as many of them as fit.
    fn places(&self, widest: usize, room: usize) -> (usize, Vec<usize>) {
        let all = self.large().len();
        let whole = |pixel| {
            let forms = [(pixel, Named::Whole), (pixel, Named::Short)];
            let even = forms.into_iter().find_map(|form| self.even(form, room));
            let close = || forms.into_iter().find_map(|form| self.close(form, all, room));
            Some((pixel, even.or_else(close)?))
        };
        let some = || {
            let counts = (1..all).rev();
            let mut fitting = counts.filter_map(|count| self.close((1, Named::Short), count, room));
            Some((1, fitting.next()?))
        };
        (1..=widest).rev().find_map(whole).or_else(some).unwrap_or_default()
    }

    /// A number, and what it is out of at its foot.
    fn number(&self, counter: &Counter, pixel: usize, area: Rect, buffer: &mut Buffer) {
        let style = if counter.alarm {
            self.theme.zombie_lane
        } else {
            self.theme.number
        };
        let high = area.height / 5;
        let number = number(counter);
        // What is not known is no bar, but a stroke.
        let unknown = number.trim_end() == "–";
        let ink = if unknown { '━' } else { '█' };
        for (row, place) in area.rows().take(usize::from(5 * high)).enumerate() {
            if unknown && row % usize::from(high) > 0 {
                continue;
            }
            let line: String = number
                .chars()
                .map(|character| pixels(character)[row / usize::from(high)])
                .collect::<Vec<_>>()
                .join(" ");
            let line: String = line
                .chars()
                .flat_map(|dot| std::iter::repeat_n(if dot == '#' { ink } else { ' ' }, pixel))
                .collect();
            Line::styled(line, style).render(place, buffer);
        }
        let foot = Rect {
            x: area.x + cells(span(number, pixel) + 1),
            y: (area.y + 5 * high).saturating_sub(1),
            width: cells(width(bound(counter))),
            height: 1,
        };
        Line::styled(bound(counter), self.theme.text).render(foot.intersection(area), buffer);
    }

    /// The style of what is said below a count. One that alarms is not reversed: it would run into its number.
    fn named(&self, counter: &Counter) -> Style {
        if counter.alarm {
            self.theme
                .zombie_lane
                .add_modifier(Modifier::BOLD | Modifier::UNDERLINED)
        } else {
            self.theme.text
        }
    }

    /// The notes of large counts, each below its name as far as the next that has one; the last may begin before its name.
    fn notes(&self, places: &[(u16, &Counter)], area: Rect, buffer: &mut Buffer) {
        let noted = places.iter().filter(|(_, counter)| !counter.note.is_empty());
        let ends = noted.clone().skip(1).map(|(x, _)| *x).chain([area.right()]);
        for ((x, counter), end) in noted.zip(ends) {
            let wide = cells(width(&counter.note));
            let x = if end == area.right() {
                (*x).min(end.saturating_sub(wide + 1))
            } else {
                *x
            };
            let room = end.saturating_sub(x + 1);
            let style = if counter.alarm {
                self.theme.zombie_lane
            } else {
                self.theme.text
            };
            if wide <= room {
                let place = Rect::new(x, area.y, room, 1);
                Line::styled(counter.note.as_str(), style).render(place.intersection(area), buffer);
            }
        }
    }
}

/// So many cells of a screen.
fn cells(cells: usize) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}

impl Widget for &Digits<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width).saturating_sub(2);
        let high = if area.height >= TALL_ROWS { 2 } else { 1 };
        let (pixel, places) = self.places(usize::from(high) * 2, room);
        let named = area.y + 5 * high;
        let below = Some(named + 1).filter(|below| *below < area.bottom());
        let below = below.map(|y| Rect { y, height: 1, ..area });
        let mut large = Vec::with_capacity(places.len());
        let mut from = 2;
        for (counter, place) in self.counters.iter().zip(&places) {
            let x = area.x + cells(from);
            from += place;
            let number = Rect::new(x, area.y, area.right().saturating_sub(x), 5 * high);
            self.number(counter, pixel, number.intersection(area), buffer);
            let label = label(counter, below.is_none(), place.saturating_sub(GAP));
            let line = Rect::new(x, named, cells(*place), 1).intersection(area);
            // Only the name is underlined: the style of a line would go on to the end of its place.
            Line::from(Span::styled(label, self.named(counter))).render(line, buffer);
            large.push((x, counter));
        }
        let Some(below) = below else { return };
        let small = &self.counters[places.len()..];
        if small.is_empty() {
            self.notes(&large, below, buffer);
        } else {
            let counters = Counters {
                counters: small.to_vec(),
                theme: self.theme,
            };
            counters.render(below.inner(Margin::new(1, 0)), buffer);
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
            most: usize::MAX,
            widest: WIDEST,
            theme: &theme,
        };
        let (wide, places) = digits.places(4, room);
        assert_eq!((wide, places.as_slice()), (pixel, expected), "{values:?} in {room}");
        assert!(places.iter().sum::<usize>() <= room);
        // More between two counts than between two digits.
        for (value, place) in values.iter().zip(&places[..expected.len() - 1]) {
            let value = value.split('/').next().unwrap();
            assert!(span(value, wide) + wide < *place, "{value} in {place}");
        }
    }

    #[test]
    fn counts_stand_apart_and_are_all_there_while_that_can_be() {
        check(&["6", "3", "2", "6", "1"], 58, 2, &[11; 5]);
        check(&["6", "3", "2", "6", "1", "0/128", "3"], 118, 3, &[16; 7]);
        let crowd = ["301", "293", "7", "300", "0"];
        check(&crowd, 198, 3, &[50, 50, 23, 50, 23]);
        check(&crowd, 58, 1, &[14, 14, 6, 14, 6]);
        check(&crowd, 40, 1, &[16, 16, 8]);
    }

    /// What stands on a screen of so many cells and rows.
    fn drawn(counters: Vec<Counter>, most: usize, columns: u16, rows: u16) -> Vec<String> {
        let area = Rect::new(0, 0, columns, rows);
        let mut buffer = Buffer::empty(area);
        let theme = Theme::plain();
        let digits = Digits {
            counters,
            most,
            widest: WIDEST,
            theme: &theme,
        };
        digits.render(area, &mut buffer);
        let line = |row: Rect| row.positions().map(|at| buffer[at].symbol()).collect::<String>();
        area.rows().map(|row| line(row).trim_end().to_owned()).collect()
    }

    #[test]
    fn what_is_not_large_stands_small_and_a_bound_at_the_foot() {
        let counter = |name: &str, value: &str, note: &str| Counter {
            long: name.into(),
            short: name[..2].into(),
            value: value.into(),
            note: note.into(),
            alarm: false,
        };
        let counters = || {
            vec![
                counter("ZOMBIES", "2", "oldest 3.7 s"),
                counter("QUEUE", "0/128", ""),
                counter("CLIENTS", "3", "open"),
            ]
        };
        let all = drawn(counters(), 3, 60, ROWS + BELOW);
        assert_eq!(
            all[4..],
            [
                "  ██████             ██████ /128        ██████",
                "  ZOMBIES            QUEUE              CLIENTS",
                "  oldest 3.7 s                          open"
            ]
        );
        let two = drawn(counters(), 2, 60, ROWS + BELOW);
        assert_eq!(two[5..], ["  ZOMBIES                      QUEUE", "  CLIENTS 3 open"]);
        let bare = drawn(counters(), 3, 60, ROWS);
        assert_eq!(bare[5], "  ZOMBIES            QUEUE              CLIENTS open");
        let narrow = drawn(counters(), 3, 20, ROWS + BELOW);
        assert_eq!(narrow[5..], ["  ZO    QUEUE", "  CLIENTS 3 open"]);
    }
}
