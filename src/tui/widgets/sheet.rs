//! A sheet: what is asked, chosen or read for a while, in a frame that has a place of its own on the screen and covers
//! nothing. It says how many rows it would fill; how many it gets is decided where the places are. Where those are fewer,
//! it shows a part of its lines, and says so.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, left, width, wrap};

/// Cells of a line that its text does not get: the frame, the mark of the bar, and a blank before the frame.
const MARGIN: u16 = 4;

/// Rows of the frame.
const FRAME: u16 = 2;

/// Cells between a name and what it means.
const GAP: usize = 2;

/// Something on a sheet, which may take several lines.
#[derive(Debug, Clone)]
pub enum Entry {
    /// What is asked.
    Question(String),
    /// Something on the left, what it means, and what is said behind that of this one alone.
    Pair(String, String, String),
    /// Plain text.
    Text(String),
    /// What somebody printed: as it is, cut where it is too long.
    Printed(String),
}

/// Which of its lines are seen where there are more than it has rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Those around the bar, which stands on that entry.
    Bar(usize),
    /// Those from that line on.
    From(usize),
    /// The last.
    Last,
}

/// A sheet.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// What stands in its upper border.
    pub title: String,
    /// What stands in its lower border, where there is room.
    pub note: String,
    /// What stands on it.
    pub entries: Vec<Entry>,
    /// So many lines more there are before these entries and behind them.
    pub beyond: (usize, usize),
    /// It asks for no more rows than these.
    pub most: u16,
    /// What is seen of it.
    pub view: View,
    /// The texts.
    pub words: &'a Words,
    /// The styles.
    pub theme: &'a Theme,
}

/// A line: the number of its entry, whether that begins in it, and what is written.
struct Laid {
    entry: usize,
    begins: bool,
    spans: Vec<Span<'static>>,
}

impl Sheet<'_> {
    /// How many rows it fills in so many cells, the frame included.
    pub fn rows(&self, cells: u16) -> u16 {
        let rows = u16::try_from(self.length(cells)).map_or(u16::MAX, |lines| lines.saturating_add(FRAME));
        rows.min(self.most)
    }

    /// How many lines are on the sheet at once, where it has so many rows.
    pub fn page(rows: u16) -> usize {
        usize::from(rows.saturating_sub(FRAME)).max(1)
    }

    /// How many lines it has in so many cells.
    pub fn length(&self, cells: u16) -> usize {
        self.laid(cells).len() + self.beyond.0 + self.beyond.1
    }

    fn laid(&self, cells: u16) -> Vec<Laid> {
        let cells = usize::from(cells.saturating_sub(MARGIN));
        let names = self.entries.iter().map(|entry| match entry {
            Entry::Pair(name, _, _) => width(name),
            Entry::Question(_) | Entry::Text(_) | Entry::Printed(_) => 0,
        });
        let names = names.max().unwrap_or(0);
        let lines = |entry: &Entry| match entry {
            Entry::Question(text) => styled(wrap(text, cells), self.theme.number),
            Entry::Text(text) => styled(wrap(text, cells), self.theme.text),
            Entry::Printed(text) => styled(vec![fit(text, cells)], self.theme.text),
            Entry::Pair(name, meaning, note) => self.pair((name, names), meaning, note, cells),
        };
        let of_entry = |(entry, what)| {
            let lines = lines(what).into_iter().enumerate();
            lines.map(move |(line, spans)| Laid {
                entry,
                begins: line == 0,
                spans,
            })
        };
        self.entries.iter().enumerate().flat_map(of_entry).collect()
    }

    /// The lines of a pair whose name stands in so many cells.
    fn pair(&self, (name, names): (&str, usize), meaning: &str, note: &str, cells: usize) -> Vec<Vec<Span<'static>>> {
        let gap = if note.is_empty() { "" } else { "  " };
        let whole = format!("{meaning}{gap}{note}");
        let lines = wrap(&whole, cells.saturating_sub(names + GAP));
        let last = lines.len() - 1;
        let line = |(index, text): (usize, String)| {
            let name = if index == 0 { name } else { "" };
            let mut spans = vec![Span::styled(left(name, names + GAP), self.theme.number)];
            match text.strip_suffix(note).filter(|_| index == last && !note.is_empty()) {
                Some(before) => spans.extend([
                    Span::styled(before.to_owned(), self.theme.text),
                    Span::styled(note.to_owned(), self.theme.accent),
                ]),
                None => spans.push(Span::styled(text, self.theme.text)),
            }
            spans
        };
        lines.into_iter().enumerate().map(line).collect()
    }

    /// The first line seen of those that are laid, where so many are seen at once.
    fn first(&self, lines: &[Laid], page: usize) -> usize {
        let most = lines.len().saturating_sub(page);
        match self.view {
            View::From(line) => line.min(most),
            View::Last => most,
            View::Bar(entry) => {
                let begins = lines.iter().position(|line| line.entry == entry).unwrap_or(0);
                let ends = lines.iter().rposition(|line| line.entry == entry).unwrap_or(0);
                (ends + 1).saturating_sub(page).min(begins)
            }
        }
    }

    /// What stands in the lower border: which lines are seen, where that is not all of them, and the note.
    fn below(&self, lines: &[Laid], first: usize, page: usize, room: usize) -> String {
        let (before, behind) = self.beyond;
        let all = before + lines.len() + behind;
        let seen = lines.len().min(page);
        let shown = (seen < all).then(|| {
            let said = [
                ("from", before + first + 1),
                ("to", before + first + seen),
                ("lines", all),
            ];
            let said = said.map(|(name, value)| (name, value.to_string().into()));
            self.words.say_with("lines-shown", &said).into_owned()
        });
        let note = Some(self.note.clone()).filter(|note| !note.is_empty());
        let both: Vec<String> = [note, shown.clone()].into_iter().flatten().collect();
        let both = both.join("   ");
        if width(&both) <= room {
            both
        } else {
            shown.filter(|shown| width(shown) <= room).unwrap_or_default()
        }
    }
}

fn styled(lines: Vec<String>, style: Style) -> Vec<Vec<Span<'static>>> {
    lines.into_iter().map(|line| vec![Span::styled(line, style)]).collect()
}

impl Widget for &Sheet<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width.saturating_sub(MARGIN));
        let page = Sheet::page(area.height);
        let lines = self.laid(area.width);
        let first = self.first(&lines, page);
        let below = self.below(&lines, first, page, room);
        let mut block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.accent)
            .title(Line::styled(format!(" {} ", fit(&self.title, room)), self.theme.accent));
        if !below.is_empty() {
            block = block.title_bottom(Line::styled(format!(" {below} "), self.theme.dim.not_bold()).right_aligned());
        }
        let inner = block.inner(area);
        block.render(area, buffer);
        for (laid, place) in lines.into_iter().skip(first).zip(inner.rows()) {
            let barred = self.view == View::Bar(laid.entry);
            let mark = if barred && laid.begins { "›" } else { " " };
            let mut line = vec![Span::styled(mark, self.theme.accent)];
            line.extend(laid.spans);
            Line::from(line).render(place, buffer);
            if barred {
                buffer.set_style(place, self.theme.selected);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Language;

    /// The lines of a sheet of ten entries, each of one line, in so many rows.
    fn shown(view: View, rows: u16) -> Vec<String> {
        let words = Words::new(Language::English);
        let theme = Theme::plain();
        let pair = |number: usize| Entry::Pair(format!("name {number}"), "a meaning".to_owned(), String::new());
        let sheet = Sheet {
            title: "title".to_owned(),
            note: "note".to_owned(),
            entries: (0..10).map(pair).collect(),
            beyond: (0, 0),
            most: u16::MAX,
            view,
            words: &words,
            theme: &theme,
        };
        let area = Rect::new(0, 0, 40, rows);
        let mut buffer = Buffer::empty(area);
        sheet.render(area, &mut buffer);
        let line = |y| (0..40).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..rows).map(line).collect()
    }

    #[test]
    fn where_not_all_lines_are_seen_the_bar_is_and_that_is_said() {
        for bar in 0..10 {
            let lines = shown(View::Bar(bar), 6);
            let marked = lines.iter().find(|line| line.contains('›')).unwrap();
            assert!(marked.contains(&format!("name {bar} ")), "{lines:?}");
            let said = " of 10 ";
            assert!(lines[5].contains("note") && lines[5].contains(said), "{lines:?}");
        }
        let lines = shown(View::From(3), 6);
        assert!(lines[1].contains("name 3") && lines[4].contains("name 6"), "{lines:?}");
        let lines = shown(View::From(99), 6);
        assert!(lines[4].contains("name 9"), "{lines:?}");
        let lines = shown(View::Last, 12);
        assert!(lines[1].contains("name 0") && !lines[11].contains("of 10"), "{lines:?}");
    }
}
