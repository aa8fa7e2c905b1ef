//! What holds for every scene in every look: contrast, whole characters, closed borders. `every` lists the scenes, and
//! the gallery is all of them as pictures.

use std::collections::BTreeMap;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;

use crate::tui::keymap::Action;
use crate::tui::look::Look;
use crate::tui::state::App;
use crate::tui::theme::depth::{Depth, Rgb, shown};
use crate::tui::theme::palette::{Chosen, Palette};
use crate::tui::update::update;
use crate::words::Language;

use super::drawn;
use super::scene::Scene;

/// Every scene that is looked at, by its name: whoever adds a screen adds it here.
pub(super) fn every(language: Language) -> Vec<(&'static str, App)> {
    let after = |mut app: App, keys: &[Action]| {
        for key in keys {
            update(&mut app, *key);
        }
        app
    };
    let zombies = |keys: &[Action]| after(Scene::zombies(language), keys);
    let selected = [Action::Down; 4];
    let signals = [&selected[..], &[Action::PickSignal]].concat();
    let confirm = [&signals[..], &[Action::Accept]].concat();
    vec![
        ("zombies", zombies(&[])),
        ("selected", zombies(&selected)),
        ("reaped", Scene::reaped(language)),
        ("orphans", Scene::orphans(language)),
        ("polled", Scene::polled(language)),
        ("empty", Scene::empty(language)),
        ("paused", zombies(&[Action::Pause, Action::StepBack, Action::StepBack])),
        ("message", zombies(&[Action::ToggleStream])),
        ("help", zombies(&[Action::Help])),
        ("policies", zombies(&[Action::PickPolicy, Action::Down])),
        ("signals", zombies(&signals)),
        ("confirm", zombies(&confirm)),
        ("output", zombies(&[Action::Output])),
    ]
}

/// What a cell shows: its ink, and the ground below it.
fn inks(cell: &Cell) -> Option<(Rgb, Rgb)> {
    let (ink, ground) = (shown(cell.fg)?, shown(cell.bg)?);
    Some(if cell.modifier.contains(Modifier::REVERSED) {
        (ground, ink)
    } else {
        (ink, ground)
    })
}

/// Lines and blocks, which are seen and not read: for them the guidelines ask for 3:1 (WCAG 2.2, 1.4.11).
fn is_graphic(symbol: &str) -> bool {
    symbol
        .chars()
        .all(|c| matches!(c, '\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}'))
}

/// The least contrast of all that is drawn, and where; `None` where everything is clear enough.
fn unclear(buffer: &Buffer, least: f64) -> Option<String> {
    let inked = buffer
        .content
        .iter()
        .enumerate()
        .filter(|(_, cell)| !cell.symbol().trim().is_empty());
    for (at, cell) in inked {
        let (x, y) = buffer.pos_of(at);
        let Some((ink, ground)) = inks(cell) else {
            return Some(format!("no colours at {x},{y}: {cell:?}"));
        };
        let wanted = if is_graphic(cell.symbol()) { 3.0 } else { least };
        let contrast = ink.contrast(ground);
        if contrast < wanted {
            return Some(format!(
                "{contrast:.2} at {x},{y}: {} in {ink:?} on {ground:?}",
                cell.symbol()
            ));
        }
    }
    None
}

#[test]
fn every_text_is_clear_in_every_theme() {
    let mut broken = BTreeMap::new();
    for palette in Palette::ALL {
        for depth in [Depth::True, Depth::Indexed, Depth::Sixteen] {
            for projector in [false, true] {
                // The exact colours of the sixteen are the terminal's: they are held to AA as xterm comes with them.
                let strict = depth != Depth::Sixteen && (projector || palette == Palette::HighContrast);
                let least = if strict { 7.0 } else { 4.5 };
                for (name, mut app) in every(Language::English) {
                    app.restyle(|look| {
                        *look = Look::new(Chosen::Ours(palette), depth);
                        look.projector = projector;
                    });
                    if let Some(found) = unclear(&drawn(&mut app, 120, 36), least) {
                        broken.insert((palette.name(), format!("{depth:?}"), projector, name), found);
                    }
                }
            }
        }
    }
    let lines = broken.iter().map(|(place, found)| format!("{place:?}: {found}"));
    assert!(broken.is_empty(), "{}", lines.collect::<Vec<_>>().join("\n"));
}

/// Every scene in every theme, at three sizes and in both languages, in target/gallery, to be looked at:
/// `cargo test --lib -- --ignored gallery`.
#[test]
#[ignore = "draws hundreds of pictures for people to look at"]
fn the_gallery_is_drawn() {
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery");
    std::fs::create_dir_all(&top).unwrap();
    for language in Language::ALL {
        for palette in Palette::ALL {
            for (columns, rows) in [(80, 24), (120, 36), (200, 60)] {
                for (name, mut app) in every(*language) {
                    app.restyle(|look| *look = Look::new(Chosen::Ours(palette), Depth::True));
                    let file = format!("{name}-{}-{}-{columns}x{rows}.svg", palette.name(), language.name());
                    std::fs::write(top.join(file), super::picture(&mut app, columns, rows)).unwrap();
                }
            }
        }
    }
}
