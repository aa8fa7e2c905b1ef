//! The contrast of every text with what it stands on, in every theme and with as many colours as a terminal may have.
//!
//! Which of a theme's colours meet on a screen does not depend on what they are: each scene is drawn once, in colours
//! that tell of which part they are, and the pairs that were met are then computed for every theme.

use std::collections::BTreeMap;

use ratatui::buffer::Buffer;
use ratatui::style::Modifier;

use crate::tui::look::Look;
use crate::tui::theme::depth::{APART, Colour, Depth, Rgb, shown};
use crate::tui::theme::palette::{Chosen, Colours, Palette};
use crate::words::Language;

use super::every;

/// Colours of which no two are the same, so that each tells what it is for. All are clear enough on black for a room to
/// leave them as they are, and the ground of the selected row stays apart from it.
fn telling() -> Colours {
    let colour = |text: &str| text.parse::<Colour>().unwrap();
    Colours {
        ground: colour("#000000"),
        text: colour("#ffffff"),
        dim: colour("#e0e0e1"),
        border: colour("#e0e0e2"),
        accent: colour("#e0e0e3"),
        zombie: colour("#e0e0e4"),
        running: colour("#e0e0e5"),
        connection: colour("#e0e0e6"),
        alert: colour("#e0e0e7"),
        selected: colour("#040404"),
    }
}

/// The sixteen as the Linux console comes with them (`default_red` and its siblings in drivers/tty/vt/vt.c), in the order
/// of ANSI.
const CONSOLE: [Rgb; 16] = [
    Rgb(0x00, 0x00, 0x00),
    Rgb(0xaa, 0x00, 0x00),
    Rgb(0x00, 0xaa, 0x00),
    Rgb(0xaa, 0x55, 0x00),
    Rgb(0x00, 0x00, 0xaa),
    Rgb(0xaa, 0x00, 0xaa),
    Rgb(0x00, 0xaa, 0xaa),
    Rgb(0xaa, 0xaa, 0xaa),
    Rgb(0x55, 0x55, 0x55),
    Rgb(0xff, 0x55, 0x55),
    Rgb(0x55, 0xff, 0x55),
    Rgb(0xff, 0xff, 0x55),
    Rgb(0x55, 0x55, 0xff),
    Rgb(0xff, 0x55, 0xff),
    Rgb(0x55, 0xff, 0xff),
    Rgb(0xff, 0xff, 0xff),
];

/// A theme's colours by their names.
fn parts(colours: &Colours) -> [(&'static str, Colour); 10] {
    [
        ("ground", colours.ground),
        ("text", colours.text),
        ("dim", colours.dim),
        ("border", colours.border),
        ("accent", colours.accent),
        ("zombie", colours.zombie),
        ("running", colours.running),
        ("connection", colours.connection),
        ("alert", colours.alert),
        ("selected", colours.selected),
    ]
}

/// An ink on a ground, each by the name of its part, and whether it is seen as a shape, not read.
type Pair = (&'static str, &'static str, bool);

/// Lines and blocks, which are seen and not read: for them the guidelines ask for 3:1 (WCAG 2.2, 1.4.11).
fn is_graphic(symbol: &str) -> bool {
    symbol.chars().all(|c| matches!(c, '\u{2500}'..='\u{259f}'))
}

/// The pairs that are met on a screen which is drawn in colours that tell, and where first.
fn met(buffer: &Buffer, colours: &Colours) -> BTreeMap<Pair, String> {
    let part = |colour| {
        let rgb = shown(colour)?;
        parts(colours)
            .into_iter()
            .find(|(_, part)| part.rgb == rgb)
            .map(|(name, _)| name)
    };
    let mut pairs = BTreeMap::new();
    for (at, cell) in buffer.content.iter().enumerate() {
        if cell.symbol().trim().is_empty() {
            continue;
        }
        let (x, y) = buffer.pos_of(at);
        let (Some(ink), Some(ground)) = (part(cell.fg), part(cell.bg)) else {
            panic!("none of the theme's colours at {x},{y}: {cell:?}");
        };
        let graphic = is_graphic(cell.symbol());
        let pair = if cell.modifier.contains(Modifier::REVERSED) {
            (ground, ink, graphic)
        } else {
            (ink, ground, graphic)
        };
        // Where a half of a cell is one line's and the other half another's, each is seen on the ground around them.
        let halves = cell.symbol() == "▀" && ground != "ground";
        let met = if halves {
            vec![(ink, "ground", graphic), (ground, "ground", graphic)]
        } else {
            vec![pair]
        };
        for pair in met {
            pairs
                .entry(pair)
                .or_insert_with(|| format!("{} at {x},{y}", cell.symbol()));
        }
    }
    pairs
}

/// All pairs of all scenes, for a desk or for a room, and where each was met first.
fn all_pairs(projector: bool) -> BTreeMap<Pair, String> {
    let mut pairs = BTreeMap::new();
    for (name, mut scene) in every(Language::English) {
        scene.restyle(|look| {
            *look = Look::new(Chosen::Own("telling".to_owned(), Box::new(telling())), Depth::True);
            look.projector = projector;
        });
        let colours = scene.look().colours();
        for (columns, rows) in [(80, 24), (120, 36)] {
            for (pair, place) in met(&scene.drawn(columns, rows), &colours) {
                pairs
                    .entry(pair)
                    .or_insert_with(|| format!("{name} {columns}x{rows}: {place}"));
            }
        }
    }
    pairs
}

/// How a terminal shows a colour: what it calls itself, and what it makes of it.
type Terminal = (&'static str, Depth, fn(Colour) -> Rgb);

/// As many colours as there may be; of sixteen, the two sets that nobody has to choose.
const TERMINALS: [Terminal; 4] = [
    ("true colour", Depth::True, |colour| colour.rgb),
    ("256 colours", Depth::Indexed, |colour| colour.rgb.rounded()),
    ("xterm's 16", Depth::Sixteen, |colour| {
        shown(colour.at(Depth::Sixteen)).unwrap()
    }),
    ("the console's 16", Depth::Sixteen, |colour| CONSOLE[colour.sixteen]),
];

#[test]
fn every_text_is_clear_in_every_theme() {
    let mut broken = Vec::new();
    for projector in [false, true] {
        let pairs = all_pairs(projector);
        for palette in Palette::ALL {
            for (terminal, depth, showing) in TERMINALS {
                // The strongest of few colours is none of ours to choose, but those of the high contrast are.
                let strict = palette == Palette::HighContrast || (projector && depth != Depth::Sixteen);
                let least = if strict { 7.0 } else { 4.5 };
                let mut look = Look::new(Chosen::Ours(palette), depth);
                look.projector = projector;
                let parts: BTreeMap<_, _> = parts(&look.colours()).into_iter().collect();
                for ((ink, ground, graphic), place) in &pairs {
                    let contrast = showing(parts[ink]).contrast(showing(parts[ground]));
                    if contrast < if *graphic { 3.0 } else { least } {
                        let room = if projector { ", room" } else { "" };
                        let name = palette.name();
                        broken.push(format!(
                            "{name}, {terminal}{room}: {ink} on {ground} {contrast:.2} ({place})"
                        ));
                    }
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_selected_row_is_seen_in_every_theme() {
    for palette in Palette::ALL {
        for projector in [false, true] {
            for (terminal, depth, showing) in TERMINALS {
                let mut look = Look::new(Chosen::Ours(palette), depth);
                look.projector = projector;
                let colours = look.colours();
                let contrast = showing(colours.selected).contrast(showing(colours.ground));
                let underlined = look.theme().selected.add_modifier.contains(Modifier::UNDERLINED);
                let name = palette.name();
                assert!(
                    contrast >= APART || underlined,
                    "{name}, {terminal}, in a room {projector}: {contrast:.2}"
                );
                // A line below the row costs calm: where there are all colours, a room needs none.
                assert!(!(projector && depth == Depth::True && underlined), "{name}");
            }
        }
    }
}
