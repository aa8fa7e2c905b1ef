//! What stands in a process's box: labels and values, each value beside its label where it fits there, else below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::lesson::picture::Row;
use crate::lesson::probe::{Probe, Value};
use crate::report::lesson::Texts;
use crate::tui::theme::Theme;
use crate::words::cells::{fit, left, width, wrap};

/// Cells of a line that leave room between its labels and its values.
const WIDE: usize = 30;

/// Of a line, so many cells in so many may be its label: the second where the first leaves its value no room.
const LABELS: [(usize, usize); 2] = [(2, 3), (1, 2)];

/// Lines that a value may take below its label.
const BELOW: usize = 3;

/// The rows of a box.
#[derive(Debug)]
pub struct Rows<'a> {
    /// The rows.
    pub all: &'a [Row],
    /// The texts.
    pub texts: &'a Texts,
    /// The styles.
    pub theme: &'a Theme,
    /// Empty lines above each.
    pub gap: usize,
}

impl Rows<'_> {
    /// Lines that they take in lines of so many cells, with nothing left out; below the last as much air as above it.
    pub fn height(&self, room: usize) -> usize {
        let closed: usize = self.flow(room).iter().map(Vec::len).sum();
        closed + self.gap * self.all.len() + self.gap
    }

    /// The lines of each row.
    fn flow(&self, room: usize) -> Vec<Vec<Line<'static>>> {
        self.each(room, |row, label, beside| {
            let (style, text) = self.value(row);
            if width(&text) <= beside {
                return vec![self.line(label, text, style)];
            }
            let below = room.saturating_sub(1);
            let mut lines = wrap(&text, below);
            if lines.len() > BELOW {
                lines = vec![shortened(row, &text, below)];
            }
            let value = |text| Line::styled(format!(" {text}"), style);
            let label = Line::styled(fit(label.trim_end(), room), self.theme.dim);
            std::iter::once(label).chain(lines.into_iter().map(value)).collect()
        })
    }

    /// One line for each row, however little of its value can be seen.
    fn short(&self, room: usize) -> Vec<Vec<Line<'static>>> {
        self.each(room, |row, label, beside| {
            let (style, text) = self.value(row);
            vec![self.line(label, shortened(row, &text, beside), style)]
        })
    }

    fn line(&self, label: &str, text: String, style: Style) -> Line<'static> {
        Line::from(vec![
            Span::styled(label.to_owned(), self.theme.dim),
            Span::styled(text, style),
        ])
    }

    /// Something made of each row, its label with the blanks behind it, and the cells that are left for its value. A
    /// label that would take most of a line does not push the values of the others aside.
    fn each<T>(&self, room: usize, make: impl Fn(&Row, &str, usize) -> T) -> Vec<T> {
        let labels: Vec<String> = self.all.iter().map(|row| self.texts.label(&row.probe)).collect();
        let gap = if room >= WIDE { 4 } else { 1 };
        let [wide, narrow] = LABELS.map(|(cells, of)| {
            let modest = labels.iter().map(|label| width(label));
            modest.filter(|wide| *wide <= room * cells / of).max().unwrap_or(0)
        });
        let below = |column: usize| {
            let rows = self.all.iter().zip(&labels);
            let taken = |row: &Row, label: &str| column.max(width(label)) + gap + width(&self.value(row).1);
            rows.filter(|(row, label)| taken(row, label) > room).count()
        };
        let column = if below(wide) > below(narrow) { narrow } else { wide };
        let rows = self.all.iter().zip(&labels).map(|(row, label)| {
            let column = column.max(width(label)) + gap;
            make(row, &left(label, column), room.saturating_sub(column))
        });
        rows.collect()
    }

    fn value(&self, row: &Row) -> (Style, String) {
        let Some(value) = &row.value else {
            return (self.theme.alert, "?".to_owned());
        };
        let style = if matches!(value, Value::Gone | Value::Nothing | Value::Unknown(_)) {
            self.theme.dim
        } else {
            self.theme.number
        };
        (style, self.texts.beside(&row.probe, value))
    }
}

/// A value in so many cells: of a path, how it ends; of an address, how it begins and ends; else how it begins.
fn shortened(row: &Row, text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    if row.probe == Probe::File {
        let mut name = text;
        while width(name) + 1 > cells && !name.is_empty() {
            let mut rest = name.chars();
            rest.next();
            name = rest.as_str();
        }
        return format!("…{name}");
    }
    if let (Some(Value::Address(_)), true) = (&row.value, text.is_ascii() && text.len() > 8) {
        return format!("{}…{}", &text[..4], &text[text.len() - 4..]);
    }
    fit(text, cells)
}

impl Widget for &Rows<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width);
        let rows = if self.height(room) <= usize::from(area.height) {
            self.flow(room)
        } else {
            self.short(room)
        };
        let mut places = area.rows();
        for lines in rows {
            for _ in 0..self.gap {
                places.next();
            }
            for (line, place) in lines.into_iter().zip(places.by_ref()) {
                line.render(place, buffer);
            }
        }
    }
}
