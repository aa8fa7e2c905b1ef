//! The screen in ASCII, for a terminal or a font that lacks the rest: every glyph of ours has one that stands for it,
//! here and nowhere else. What others wrote (names, Hangul) is left as it is.

use ratatui::buffer::Buffer;

/// What a glyph becomes: one character in its cell, or two where there is a blank before it to give way.
enum Plain {
    One(&'static str),
    /// With what stands in the blank's cell, in its own, and in its own where there is no blank.
    Two(&'static str, &'static str, &'static str),
}

use Plain::{One, Two};

/// Every glyph beyond ASCII that is ours.
const GLYPHS: &[(char, Plain)] = &[
    // Frames and the lines of the tree.
    ('─', One("-")),
    ('│', One("|")),
    ('╭', One("+")),
    ('╮', One("+")),
    ('╰', One("+")),
    ('╯', One("+")),
    ('├', One("|")),
    ('└', One("`")),
    ('┤', One("|")),
    ('┬', One("+")),
    ('┴', One("+")),
    ('┼', One("+")),
    // Lanes.
    ('╺', One("[")),
    ('━', One("=")),
    ('╸', One("]")),
    ('░', One(":")),
    ('▒', One("%")),
    ('▓', One("#")),
    ('┊', One("!")),
    // What a process is.
    ('†', One("+")),
    ('●', One("*")),
    ('○', One("o")),
    ('◐', One("d")),
    ('■', One("#")),
    ('□', One("=")),
    ('·', One(".")),
    ('×', One("x")),
    // Marks.
    ('▌', One(">")),
    ('›', One(">")),
    ('▸', One(">")),
    ('▹', One("-")),
    ('▾', One("v")),
    ('‖', One("=")),
    ('✓', One("v")),
    ('✗', One("x")),
    ('◆', One("*")),
    ('▲', One("^")),
    ('▼', One("v")),
    ('█', One("#")),
    ('▀', One("'")),
    // In texts and numbers.
    ('←', One("<")),
    ('→', One(">")),
    ('↑', One("^")),
    ('↓', One("v")),
    ('…', One("~")),
    ('⋮', One(":")),
    ('“', One("\"")),
    ('”', One("\"")),
    ('–', One("-")),
    ('—', One("-")),
    ('µ', One("u")),
    ('≥', Two(">", "=", ">")),
    ('≤', Two("<", "=", "<")),
    ('±', Two("+", "-", "~")),
];

/// Eight heights of a bar, from low to high.
const BARS: &str = "▁▂▃▄▅▆▇█";

/// What stands for each of the heights.
const HEIGHTS: &[&str] = &["_", "_", ".", ".", "-", "=", "+", "#"];

/// Turns every glyph of ours in a drawn screen into ASCII.
pub fn translate(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.rows().map(|row| row.y) {
        for x in area.columns().map(|column| column.x) {
            let symbol = buffer[(x, y)].symbol();
            if symbol.is_ascii() {
                continue;
            }
            let mut characters = symbol.chars();
            let (Some(glyph), None) = (characters.next(), characters.next()) else {
                continue;
            };
            let blank_before = x > area.left() && buffer[(x - 1, y)].symbol() == " ";
            let at = (x, y);
            match GLYPHS.iter().find(|(known, _)| *known == glyph) {
                Some((_, One(plain))) => _ = buffer[at].set_symbol(plain),
                Some((_, Two(first, second, _))) if blank_before => {
                    buffer[(x - 1, y)].set_symbol(first);
                    buffer[at].set_symbol(second);
                }
                Some((_, Two(_, _, alone))) => _ = buffer[at].set_symbol(alone),
                None => {
                    if let Some(plain) = bar(glyph) {
                        buffer[at].set_symbol(plain);
                    }
                }
            }
        }
    }
}

/// What stands for a bar of some height.
fn bar(glyph: char) -> Option<&'static str> {
    let height = BARS.chars().position(|bar| bar == glyph)?;
    HEIGHTS.get(height).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn check(text: &str, plain: &str) {
        let cells = u16::try_from(crate::words::cells::width(text)).unwrap();
        let mut buffer = Buffer::empty(Rect::new(0, 0, cells, 1));
        buffer.set_string(0, 0, text, Style::new());
        translate(&mut buffer);
        let mut expected = Buffer::empty(Rect::new(0, 0, cells, 1));
        expected.set_string(0, 0, plain, Style::new());
        assert_eq!(buffer, expected, "{text}");
    }

    #[test]
    fn every_glyph_of_ours_has_one_that_stands_for_it() {
        check("╭─ 좀비 ─╮", "+- 좀비 -+");
        check("│ ├─4130", "| |-4130");
        check("╺━━╸░░†", "[==]::+");
        check("read() ← 10 µs", "read() < 10 us");
        check("FORKED ≥3", "FORKED>=3");
        check("≥3", ">3");
        check("reaps ±5 ms", "reaps+-5 ms");
        check("▁▄█▀", "_.#'");
        check("Żółw", "Żółw");
    }

    #[test]
    fn no_glyph_stands_twice() {
        for (at, (glyph, _)) in GLYPHS.iter().enumerate() {
            assert!(!GLYPHS[..at].iter().any(|(other, _)| other == glyph), "{glyph}");
        }
    }
}
