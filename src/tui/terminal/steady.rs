//! The backend that writes cells to the terminal, with columns that stay where they are. Some terminals draw characters of
//! ambiguous width (lines, arrows, many glyphs: Unicode annex 11) two cells wide where we count one. Those that say so when
//! they are asked (`probe`) get ASCII; for the rest, the cursor is moved by hand after each of them: what follows is in its
//! column either way.

use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use crate::words::cells::is_ambiguous;

/// A backend of crossterm's that counts on no width that is ambiguous.
pub(super) struct Steady<W: Write>(CrosstermBackend<W>);

impl<W: Write> Steady<W> {
    pub(super) fn new(writer: W) -> Self {
        Self(CrosstermBackend::new(writer))
    }
}

impl<W: Write> Write for Steady<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Write::write(&mut self.0, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.0)
    }
}

impl<W: Write> Backend for Steady<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut before: Option<(u16, u16)> = None;
        let placed: Vec<(u16, u16, Cell)> = content
            .map(|(x, y, cell)| {
                let mut placed = cell.clone();
                if before.is_some_and(|(column, row)| (column + 1, row) == (x, y)) {
                    // CHA: the cursor goes to a column of its line (ECMA-48, 8.3.9).
                    placed.set_symbol(&format!("\x1b[{}G{}", x + 1, cell.symbol()));
                }
                before = is_ambiguous(cell.symbol()).then_some((x, y));
                (x, y, placed)
            })
            .collect();
        self.0.draw(placed.iter().map(|(x, y, cell)| (*x, *y, cell)))
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.0.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.0.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.0.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.0.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.0.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.0.clear_region(region)
    }

    fn size(&self) -> io::Result<Size> {
        self.0.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.0.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    /// What stands in each cell of a line of a terminal, after these bytes; `wide` is one that draws ambiguous
    /// characters two cells wide.
    fn line(bytes: &[u8], cells: usize, wide: bool) -> Vec<String> {
        let text = std::str::from_utf8(bytes).unwrap();
        let mut line = vec![String::new(); cells];
        let mut column = 0;
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if let Some(sequence) = rest.strip_prefix("\x1b[") {
                let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
                let numbers: Vec<usize> = sequence[..end]
                    .split(';')
                    .filter_map(|number| number.parse().ok())
                    .collect();
                match (&sequence[end..=end], &numbers[..]) {
                    ("H", [_, to]) | ("G", [to]) => column = to - 1,
                    ("m", _) => {}
                    (other, _) => panic!("{other}"),
                }
                rest = &sequence[end + 1..];
                continue;
            }
            let symbol = character.to_string();
            let taken = crate::words::cells::width(&symbol) + usize::from(wide && is_ambiguous(&symbol));
            for cell in line.iter_mut().skip(column).take(taken) {
                cell.clear();
            }
            line[column] = symbol;
            column += taken;
            rest = &rest[character.len_utf8()..];
        }
        line
    }

    #[test]
    fn what_follows_a_glyph_of_ambiguous_width_is_in_its_column() {
        let text = "│ ○ S 좀비 ← :51022 … ±5│";
        let cells = crate::words::cells::width(text);
        let mut buffer = Buffer::empty(Rect::new(0, 0, u16::try_from(cells).unwrap(), 1));
        buffer.set_string(0, 0, text, Style::new());
        let mut bytes = Vec::new();
        let empty = Buffer::empty(buffer.area);
        let changes = empty.diff(&buffer).into_iter();
        Steady::new(&mut bytes).draw(changes).unwrap();
        for wide in [false, true] {
            let line = line(&bytes, cells + 1, wide);
            for at in 0..cells {
                let symbol = buffer[(u16::try_from(at).unwrap(), 0)].symbol();
                if symbol.trim().is_empty() || (wide && is_ambiguous(symbol)) {
                    continue;
                }
                assert_eq!(line[at], symbol, "at {at}: {line:?}");
            }
        }
    }
}
