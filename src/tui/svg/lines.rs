//! Lines and blocks of a drawn screen as shapes: they join from cell to cell, which no font promises.

use std::fmt::Write;

/// Where the strokes of a character go from the middle of its cell, light or heavy; corners are round.
struct Strokes {
    character: char,
    left: f32,
    right: f32,
    up: f32,
    down: f32,
}

const LIGHT: f32 = 1.0;
const HEAVY: f32 = 2.4;

const fn strokes(character: char, left: f32, right: f32, up: f32, down: f32) -> Strokes {
    Strokes {
        character,
        left,
        right,
        up,
        down,
    }
}

const STROKES: &[Strokes] = &[
    strokes('─', LIGHT, LIGHT, 0.0, 0.0),
    strokes('│', 0.0, 0.0, LIGHT, LIGHT),
    strokes('├', 0.0, LIGHT, LIGHT, LIGHT),
    strokes('┤', LIGHT, 0.0, LIGHT, LIGHT),
    strokes('└', 0.0, LIGHT, LIGHT, 0.0),
    strokes('━', HEAVY, HEAVY, 0.0, 0.0),
    strokes('╺', 0.0, HEAVY, 0.0, 0.0),
    strokes('╸', HEAVY, 0.0, 0.0, 0.0),
];

/// The corners of a frame: whether they open to the right, and downwards.
const CORNERS: &[(char, bool, bool)] = &[
    ('╭', true, true),
    ('╮', false, true),
    ('╰', true, false),
    ('╯', false, false),
];

/// Shades, as hatching: how wide its strokes are, and the gaps between them.
const HATCHED: &[(char, f32, f32)] = &[('░', 1.2, 1.6), ('▒', 1.4, 1.4), ('▓', 1.8, 1.0)];

/// Whole and partial blocks: the part of the cell's width that they fill from its left, and between which parts of its
/// height from the top.
const BLOCKS: &[(char, f32, f32, f32)] = &[
    ('█', 1.0, 0.0, 1.0),
    ('▌', 0.35, 0.0, 1.0),
    ('▀', 1.0, 0.0, 0.5),
    ('▁', 1.0, 0.875, 1.0),
    ('▂', 1.0, 0.75, 1.0),
    ('▃', 1.0, 0.625, 1.0),
    ('▄', 1.0, 0.5, 1.0),
    ('▅', 1.0, 0.375, 1.0),
    ('▆', 1.0, 0.25, 1.0),
    ('▇', 1.0, 0.125, 1.0),
];

/// Whether a symbol is drawn here.
pub(super) fn are(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let (Some(character), None) = (characters.next(), characters.next()) else {
        return false;
    };
    STROKES.iter().any(|strokes| strokes.character == character)
        || CORNERS.iter().any(|(corner, ..)| *corner == character)
        || HATCHED.iter().any(|(shade, ..)| *shade == character)
        || BLOCKS.iter().any(|(block, ..)| *block == character)
}

/// A run of such symbols, beginning at a corner of a cell, in a colour; equal neighbours are one shape.
pub(super) fn drawn(text: &str, (left, top): (f32, f32), cell: (f32, f32), ink: &str, style: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut x = left;
    while let Some(character) = rest.chars().next() {
        let same = rest.chars().take_while(|other| *other == character).count();
        // Only what fills its cell from side to side can be one shape over several.
        let count = if joins(character) { same } else { 1 };
        let wide = cell.0 * f32::from(u16::try_from(count).unwrap_or(u16::MAX));
        shape(&mut out, character, (x, top), (wide, cell.1), ink, style);
        x += wide;
        rest = &rest[character.len_utf8() * count..];
    }
    out
}

fn joins(character: char) -> bool {
    matches!(character, '─' | '━')
        || BLOCKS
            .iter()
            .any(|(block, wide, ..)| *block == character && *wide >= 1.0)
}

fn shape(out: &mut String, character: char, (x, y): (f32, f32), (wide, high): (f32, f32), ink: &str, style: &str) {
    let (middle, centre) = (x + wide / 2.0, y + high / 2.0);
    let mut line = |from: (f32, f32), to: (f32, f32), weight: f32| {
        if weight > 0.0 {
            let _ = writeln!(
                out,
                r#"<path d="M{:.1} {:.1}L{:.1} {:.1}" stroke="{ink}" stroke-width="{weight:.1}"{style}/>"#,
                from.0, from.1, to.0, to.1
            );
        }
    };
    if let Some(strokes) = STROKES.iter().find(|strokes| strokes.character == character) {
        if strokes.left > 0.0 && strokes.right > 0.0 {
            line((x, centre), (x + wide, centre), strokes.left);
        } else {
            line((x, centre), (middle, centre), strokes.left);
            line((middle, centre), (x + wide, centre), strokes.right);
        }
        if strokes.up > 0.0 && strokes.down > 0.0 {
            line((middle, y), (middle, y + high), strokes.up);
        } else {
            line((middle, y), (middle, centre), strokes.up);
            line((middle, centre), (middle, y + high), strokes.down);
        }
    } else if let Some((_, right, down)) = CORNERS.iter().find(|(corner, ..)| *corner == character) {
        let side = if *right { x + wide } else { x };
        let end = if *down { y + high } else { y };
        let _ = writeln!(
            out,
            r#"<path d="M{side:.1} {centre:.1}Q{middle:.1} {centre:.1} {middle:.1} {:.1}L{middle:.1} {end:.1}" fill="none" stroke="{ink}" stroke-width="{LIGHT:.1}"{style}/>"#,
            centre + if *down { wide / 2.0 } else { -wide / 2.0 },
        );
    } else if let Some((_, stroke, gap)) = HATCHED.iter().find(|(shade, ..)| *shade == character) {
        // Half as high as the line, in its middle, as lanes are.
        let _ = writeln!(
            out,
            r#"<path d="M{x:.1} {centre:.1}L{:.1} {centre:.1}" stroke="{ink}" stroke-width="{:.1}" stroke-dasharray="{stroke} {gap}"{style}/>"#,
            x + wide,
            high * 0.5
        );
    } else if let Some((_, part, from, to)) = BLOCKS.iter().find(|(block, ..)| *block == character) {
        let _ = writeln!(
            out,
            r#"<rect x="{x:.1}" y="{:.1}" width="{:.1}" height="{:.1}" fill="{ink}"{style} shape-rendering="crispEdges"/>"#,
            y + high * from,
            wide * part,
            high * (to - from)
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_that_are_equal_are_one_shape() {
        let shapes = |text: &str| drawn(text, (0.0, 0.0), (8.0, 18.0), "#000000", "").lines().count();
        assert_eq!(shapes("───"), 1);
        assert_eq!(shapes("╭──╮"), 3);
        assert_eq!(shapes("██"), 1);
        assert_eq!(shapes("▌▌"), 2);
        assert_eq!(shapes("├"), 2);
        assert_eq!(
            drawn("─│", (0.0, 0.0), (8.0, 18.0), "#000000", "").lines().next(),
            Some(r##"<path d="M0.0 9.0L8.0 9.0" stroke="#000000" stroke-width="1.0"/>"##)
        );
    }

    #[test]
    fn letters_are_left_to_the_font() {
        assert!(are("─") && are("░"));
        assert!(!are("Z") && !are("좀") && !are(" ") && !are("──"));
    }
}
