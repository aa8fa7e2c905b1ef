//! What holds for every scene in every look: contrast, whole characters, closed borders. `every` lists the scenes, and
//! the gallery is all of them as pictures.

use std::collections::BTreeMap;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::Modifier;

use crate::tui::demonstration::Kind;
use crate::tui::keymap::table::Group;
use crate::tui::keymap::{Action, Motion};
use crate::tui::look::Look;
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;
use crate::tui::theme::depth::{Depth, Rgb, shown};
use crate::tui::theme::palette::{Chosen, Palette};
use crate::tui::update::update;
use crate::words::Language;
use crate::words::cells::width;

use super::browse::type_in;
use super::scene::Scene;
use super::{closely, drawn, typed};

/// Every scene that is looked at, by its name: whoever adds a screen adds it here.
pub(super) fn every(language: Language) -> Vec<(&'static str, App)> {
    let after = |mut app: App, keys: &[Action]| {
        for key in keys {
            update(&mut app, *key);
        }
        app
    };
    let zombies = |keys: &[Action]| after(Scene::zombies(language), keys);
    let selected = [Action::Move(Motion::Down); 4];
    let signals = [&selected[..], &[Action::PickSignal]].concat();
    let confirm = [&signals[..], &[Action::Accept]].concat();
    let filtered = |filter: &str| {
        let mut app = Scene::zombies(language);
        typed(&mut app, "/");
        type_in(&mut app, filter);
        typed(&mut app, "enter");
        app
    };
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
        ("policies", zombies(&[Action::PickPolicy, Action::Move(Motion::Down)])),
        ("signals", zombies(&signals)),
        ("confirm", zombies(&confirm)),
        ("output", zombies(&[Action::Output])),
        ("models", zombies(&[Action::PickModel])),
        ("details", closely::opened(language, "down enter")),
        ("proofs", closely::opened(language, "down y")),
        ("code", closely::opened(language, "o")),
        ("code-c", closely::opened(language, "o o")),
        ("filter", filtered("state:Z")),
        ("filter-wrong", filtered("state:Z uid:0")),
        ("crowd", Scene::crowd(language)),
        ("mark", zombies(&[Action::Mark])),
        ("demonstration", zombies(&[Action::Demonstrate(Kind::Zombies)])),
        ("demonstration-queue", zombies(&[Action::Demonstrate(Kind::Queue)])),
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

/// Every scene in both languages, for a desk and for a room, each with a name to be told by.
fn all_looks() -> impl Iterator<Item = (String, App)> {
    let both = Language::ALL
        .iter()
        .flat_map(|language| [(*language, false), (*language, true)]);
    both.flat_map(|(language, projector)| {
        every(language).into_iter().map(move |(name, mut app)| {
            app.restyle(|look| look.projector = projector);
            let room = if projector { " in a room" } else { "" };
            (format!("{name}-{}{room}", language.name()), app)
        })
    })
}

#[test]
fn the_help_is_whole_at_80_by_24() {
    for (language, room) in [
        (Language::English, false),
        (Language::Korean, false),
        (Language::English, true),
        (Language::Korean, true),
    ] {
        let mut app = Scene::polled(language);
        app.look.projector = room;
        update(&mut app, Action::Help);
        let shown = super::text(&drawn(&mut app, 80, 24));
        assert_eq!(app.help_most, 0, "{shown}");
        for (labels, name) in Group::ALL.iter().flat_map(|group| group.listed()) {
            let text = app.words.say(name).into_owned();
            let labels = labels.replace(" Shift-", " ");
            assert!(
                shown.contains(&labels) && shown.contains(&text),
                "{labels} {text}\n{shown}"
            );
        }
        let capture = app.words.say("group-capture").into_owned();
        assert!(shown.contains(&capture), "{shown}");
    }
}

#[test]
fn the_help_scrolls_where_there_is_more_of_it() {
    let mut app = Scene::zombies(Language::English);
    update(&mut app, Action::Help);
    let capture = app.words.say("group-capture").into_owned();
    assert!(!super::text(&drawn(&mut app, 40, 12)).contains(&capture));
    update(&mut app, Action::Move(Motion::Last));
    assert!(super::text(&drawn(&mut app, 40, 12)).contains(&capture));
    update(&mut app, Action::Move(Motion::Down));
    assert_eq!(app.overlay, Overlay::Help { scroll: app.help_most });
    update(&mut app, Action::Connect(1));
    assert_eq!(app.overlay, Overlay::None);
}

/// Half of a wide character on a screen, and where.
fn half(buffer: &Buffer) -> Option<String> {
    let area = buffer.area;
    let cut = area.positions().find(|at| {
        let last = at.x + 1 == area.right();
        width(buffer[*at].symbol()) > 1 && (last || buffer[(at.x + 1, at.y)].symbol() != " ")
    });
    cut.map(|at| format!("half of {} at {},{}", buffer[at].symbol(), at.x, at.y))
}

/// The frames on a screen whose every side is there, and those with a gap.
fn frames(buffer: &Buffer) -> (usize, usize) {
    let symbol = |x, y| buffer.cell((x, y)).map_or("", |cell| cell.symbol());
    let area = buffer.area;
    let corners = area.positions().filter(|at| symbol(at.x, at.y) == "╭");
    let is_whole = |at: &Position| {
        // There is a title in the upper side, and there can be one in the lower.
        let right = (at.x + 1..area.right()).find(|x| symbol(*x, at.y) == "╮");
        let lower = (at.y + 1..area.bottom()).find(|y| symbol(at.x, *y) != "│");
        right.zip(lower).is_some_and(|(right, lower)| {
            let sides = (at.y + 1..lower).all(|y| symbol(right, y) == "│");
            sides && symbol(at.x, lower) == "╰" && symbol(right, lower) == "╯"
        })
    };
    let (whole, gaps): (Vec<_>, Vec<_>) = corners.partition(is_whole);
    (whole.len(), gaps.len())
}

#[test]
fn nothing_is_cut_or_left_open_at_any_size() {
    let mut found = Vec::new();
    for (number, (name, mut app)) in all_looks().enumerate() {
        let rows = [12, 13, 15, 16, 18, 20, 24, 29, 30, 36, 49, 50, 60, 70];
        let columns = [
            40, 41, 47, 59, 60, 76, 77, 80, 93, 99, 100, 120, 149, 150, 175, 200, 240,
        ];
        // Not every scene at every size, but some at each: all of them would take minutes.
        for step in 0..columns.len() {
            let (columns, rows) = (columns[step], rows[(step + number) % rows.len()]);
            let buffer = drawn(&mut app, columns, rows);
            let (whole, gaps) = frames(&buffer);
            // What lies over the tree cuts its frames, and is drawn whole itself; a line to type in lies below it.
            let below = matches!(app.overlay, Overlay::None | Overlay::Prompt(..));
            let open = if below { gaps > 0 } else { whole == 0 };
            let what = half(&buffer).or(open.then(|| "a frame with a gap".to_owned()));
            found.extend(what.map(|what| format!("{name} {columns}x{rows}: {what}\n{}", super::text(&buffer))));
        }
    }
    assert!(
        found.is_empty(),
        "{} of them\n{}",
        found.len(),
        found[..found.len().min(5)].join("\n")
    );
}

#[test]
fn in_ascii_nothing_else_is_drawn_but_hangul() {
    for (name, mut app) in all_looks() {
        app.restyle(|look| look.ascii = true);
        for (columns, rows) in [(30, 8), (40, 12), (80, 24), (200, 60)] {
            let buffer = drawn(&mut app, columns, rows);
            let beyond = buffer.content.iter().map(Cell::symbol).find(|symbol| {
                let hangul = |c: char| matches!(c, '가'..='힣') && app.words.language() == Language::Korean;
                !symbol.chars().all(|c| c.is_ascii() || hangul(c))
            });
            assert_eq!(beyond, None, "{name} at {columns}x{rows}");
        }
    }
}

#[test]
fn nothing_is_dim_at_the_back_of_a_room() {
    for depth in [Depth::Plain, Depth::True] {
        for (name, mut app) in every(Language::English) {
            app.restyle(|look| {
                *look = Look::new(Chosen::Ours(Palette::Light), depth);
                look.projector = true;
            });
            let buffer = drawn(&mut app, 100, 30);
            assert!(
                !buffer.content.iter().any(|cell| cell.modifier.contains(Modifier::DIM)),
                "{name}"
            );
            let colours = app.look.colours();
            assert_eq!(colours.dim, colours.text);
        }
    }
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
            for (size, projector) in [
                ((80, 24), false),
                ((120, 36), false),
                ((200, 60), false),
                ((100, 30), true),
            ] {
                for (name, mut app) in every(*language) {
                    app.restyle(|look| {
                        *look = Look::new(Chosen::Ours(palette), Depth::True);
                        look.projector = projector;
                    });
                    let (columns, rows) = size;
                    let room = if projector { "room-" } else { "" };
                    let file = format!(
                        "{name}-{}-{}-{room}{columns}x{rows}.svg",
                        palette.name(),
                        language.name()
                    );
                    std::fs::write(top.join(file), super::picture(&mut app, columns, rows)).unwrap();
                }
            }
        }
    }
}
