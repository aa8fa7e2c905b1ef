//! The styles of the main screens, beside their text: below each screen the same cells as letters, one for each way in
//! which a cell looks, and what each letter stands for in every theme and without colours. Cells with the same letter look
//! alike in all of them.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::tui::look::Look;
use crate::tui::tests::text;
use crate::tui::theme::depth::Depth;
use crate::tui::theme::palette::{Chosen, Palette};
use crate::words::Language;
use crate::words::cells::width;

use super::{Shown, every};

/// A colour as it is written in a theme, or the terminal's own.
fn colour(colour: Color) -> String {
    match colour {
        Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Reset => "–".to_owned(),
        named => format!("{named:?}"),
    }
}

/// How a cell looks, in words; nothing where it shows no more than the ground below everything.
fn style(cell: &Cell, ground: Color) -> String {
    let flat = cell.bg == ground && !cell.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED);
    if cell.symbol().trim().is_empty() && flat {
        return String::new();
    }
    let mut said = colour(cell.fg);
    if cell.bg != ground {
        let _ = write!(said, " on {}", colour(cell.bg));
    }
    for (modifier, name) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::REVERSED, "reverse"),
        (Modifier::UNDERLINED, "underline"),
    ] {
        if cell.modifier.contains(modifier) {
            let _ = write!(said, " {name}");
        }
    }
    said
}

/// The looks that are shown beside each other.
fn looks() -> Vec<(&'static str, Look)> {
    let themes = Palette::ALL.map(|palette| (palette.name(), Look::new(Chosen::Ours(palette), Depth::True)));
    let plain = Look::new(Chosen::Ours(Palette::Dark), Depth::Plain);
    themes.into_iter().chain([("no colours", plain)]).collect()
}

/// A screen as text, as letters, and what they stand for.
fn styled(shown: &mut Shown, columns: u16, rows: u16) -> String {
    let looks = looks();
    let buffers: Vec<Buffer> = looks
        .iter()
        .map(|(_, look)| {
            shown.restyle(|now| {
                let projector = now.projector;
                *now = look.clone();
                now.projector = projector;
            });
            shown.drawn(columns, rows)
        })
        .collect();
    let grounds: Vec<Color> = looks
        .iter()
        .map(|(_, look)| look.theme().ground.bg.unwrap_or_default())
        .collect();
    let area = buffers[0].area;
    let mut kinds: Vec<Vec<String>> = Vec::new();
    let mut layer = String::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut x = area.left();
        while x < area.right() {
            let cells = || buffers.iter().zip(&grounds);
            let kind: Vec<String> = cells()
                .map(|(buffer, ground)| style(&buffer[(x, y)], *ground))
                .collect();
            let letter = if kind.iter().all(String::is_empty) {
                ' '
            } else {
                let at = kinds.iter().position(|known| *known == kind).unwrap_or_else(|| {
                    kinds.push(kind);
                    kinds.len() - 1
                });
                letter(at)
            };
            let wide = width(buffers[0][(x, y)].symbol()).max(1);
            line.extend(std::iter::repeat_n(letter, wide));
            x += u16::try_from(wide).unwrap();
        }
        layer.push_str(line.trim_end());
        layer.push('\n');
    }
    let names: Vec<String> = looks.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut legend = String::new();
    let table = std::iter::once((' ', &names)).chain(kinds.iter().enumerate().map(|(at, kind)| (letter(at), kind)));
    for (letter, cells) in table {
        let cells: Vec<String> = cells.iter().map(|cell| format!("{cell:<32}")).collect();
        let _ = writeln!(legend, "{letter}  {}", cells.join("  ").trim_end());
    }
    format!("{}\n{layer}\n{legend}", text(&buffers[0]))
}

/// Letters in the order in which they are needed.
fn letter(at: usize) -> char {
    ('a'..='z').chain('A'..='Z').nth(at).unwrap_or('?')
}

#[test]
fn the_main_screens_look_so() {
    let main = [
        ("selected", (80, 24), false),
        ("paused", (80, 24), false),
        ("details", (80, 24), false),
        ("code", (80, 24), false),
        ("help", (80, 24), false),
        ("confirm", (80, 24), false),
        ("selected", (60, 20), true),
        ("compare-next", (80, 24), false),
        ("lesson-says", (80, 24), false),
    ];
    let mut scenes = every(Language::English);
    for (name, (columns, rows), projector) in main {
        let (_, shown) = scenes.iter_mut().find(|(scene, _)| *scene == name).unwrap();
        shown.restyle(|look| look.projector = projector);
        let room = if projector { "-room" } else { "" };
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../screens" }, {
            insta::assert_snapshot!(format!("styles-{name}{room}-{columns}x{rows}"), styled(shown, columns, rows));
        });
    }
}
