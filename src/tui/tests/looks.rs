//! What holds for every scene in every look: whole characters, closed borders, nothing but ASCII where that is asked
//! for. `every` lists the scenes, and the gallery is all of them as pictures.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::Modifier;

use crate::tui::compare::Comparing;
use crate::tui::demonstration::Kind;
use crate::tui::keymap::table::Group;
use crate::tui::keymap::{Action, Motion};
use crate::tui::lesson::Lessons;
use crate::tui::look::Look;
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;
use crate::tui::svg::{self, Paper};
use crate::tui::theme::depth::Depth;
use crate::tui::theme::palette::{Chosen, Palette};
use crate::tui::update::update;
use crate::words::Language;
use crate::words::cells::width;

use super::browse::type_in;
use super::scene::Scene;
use super::{closely, compare, drawn, lessons, typed};

mod contrast;
mod styles;

/// A screen with something on it.
pub(super) enum Shown {
    Watch(Box<App>),
    Compare(Box<Comparing>),
    Lessons(Box<Lessons>),
}

impl Shown {
    /// Changes how it looks.
    pub(super) fn restyle(&mut self, change: impl FnOnce(&mut Look)) {
        match self {
            Self::Watch(app) => app.restyle(change),
            Self::Compare(comparing) => change(&mut comparing.look),
            Self::Lessons(lessons) => change(&mut lessons.look),
        }
    }

    fn look(&self) -> &Look {
        match self {
            Self::Watch(app) => &app.look,
            Self::Compare(comparing) => &comparing.look,
            Self::Lessons(lessons) => &lessons.look,
        }
    }

    /// The screen at a size.
    pub(super) fn drawn(&mut self, columns: u16, rows: u16) -> Buffer {
        match self {
            Self::Watch(app) => drawn(app, columns, rows),
            Self::Compare(comparing) => compare::drawn(comparing, columns, rows),
            Self::Lessons(lessons) => lessons::drawn(lessons, columns, rows),
        }
    }

    /// The screen at a size, as a picture.
    pub(super) fn picture(&mut self, columns: u16, rows: u16) -> String {
        let paper = Paper::of(&self.look().colours());
        svg::svg(&self.drawn(columns, rows), paper)
    }

    /// Something lies over what is drawn, and cuts its frames.
    fn is_covered(&self) -> bool {
        match self {
            Self::Watch(app) => !matches!(app.overlay, Overlay::None | Overlay::Prompt(..)),
            Self::Compare(_) | Self::Lessons(_) => false,
        }
    }
}

/// Every scene that is looked at, by its name: whoever adds a screen adds it here.
pub(super) fn every(language: Language) -> Vec<(&'static str, Shown)> {
    let watched = watched(language).into_iter();
    let watched = watched.map(|(name, app)| (name, Shown::Watch(Box::new(app))));
    let compared = compare::scene::every(language).into_iter();
    let compared = compared.map(|(name, comparing)| (name, Shown::Compare(Box::new(comparing))));
    let taught = lessons::scene::every(language).into_iter();
    let taught = taught.map(|(name, lessons)| (name, Shown::Lessons(Box::new(lessons))));
    watched.chain(compared).chain(taught).collect()
}

/// The scenes of the watch screen.
fn watched(language: Language) -> Vec<(&'static str, App)> {
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
    let scenes = vec![
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
    ];
    let looked = |(name, app)| (name, closely::looked(app));
    scenes.into_iter().map(looked).collect()
}

/// Looks at every scene in both languages, for a desk and for a room, each with a name to be told by.
fn in_each_look(mut look_at: impl FnMut(String, &mut Shown)) {
    for language in Language::ALL {
        for (name, mut shown) in every(*language) {
            for projector in [false, true] {
                shown.restyle(|look| look.projector = projector);
                let room = if projector { " in a room" } else { "" };
                look_at(format!("{name}-{}{room}", language.name()), &mut shown);
            }
        }
    }
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
        assert_eq!(app.open.most, 0, "{shown}");
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
    assert_eq!(app.overlay, Overlay::Help { scroll: app.open.most });
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
    let on_upper_side = |x: u16, y| {
        let mut left = (area.left()..=x).rev().map(|x| symbol(x, y));
        left.find(|symbol| ["╭", "╮", "│", "╰", "╯"].contains(symbol)) == Some("╭")
    };
    let is_whole = |at: &Position| {
        // There is a title in the upper side, and there can be one in the lower.
        let right = (at.x + 1..area.right()).find(|x| symbol(*x, at.y) == "╮");
        let lower = (at.y + 1..area.bottom()).find(|y| symbol(at.x, *y) != "│");
        right.zip(lower).is_some_and(|(right, lower)| {
            let sides = (at.y + 1..lower).all(|y| symbol(right, y) == "│");
            // A line that joins two frames below it ends on their upper sides.
            let joins = lower == at.y + 1 && on_upper_side(at.x, lower) && on_upper_side(right, lower);
            joins || (sides && symbol(at.x, lower) == "╰" && symbol(right, lower) == "╯")
        })
    };
    let (whole, gaps): (Vec<_>, Vec<_>) = corners.partition(is_whole);
    (whole.len(), gaps.len())
}

#[test]
fn nothing_is_cut_or_left_open_at_any_size() {
    let mut found = Vec::new();
    let rows = [12, 13, 15, 16, 18, 20, 24, 29, 30, 36, 49, 50, 60, 70];
    let columns = [
        40, 41, 47, 59, 60, 76, 77, 80, 93, 99, 100, 120, 149, 150, 175, 179, 180, 200, 240,
    ];
    // Not every scene at every size, but some at each, and every size many times: all of them would take minutes.
    let mut sizes = (0..).map(|step| (columns[step % columns.len()], rows[step % rows.len()]));
    in_each_look(|name, shown| {
        for (columns, rows) in sizes.by_ref().take(3) {
            let buffer = shown.drawn(columns, rows);
            let (whole, gaps) = frames(&buffer);
            // What lies over the tree cuts its frames, and is drawn whole itself; a line to type in lies below it.
            let open = if shown.is_covered() { whole == 0 } else { gaps > 0 };
            let what = half(&buffer).or(open.then(|| "a frame with a gap".to_owned()));
            found.extend(what.map(|what| format!("{name} {columns}x{rows}: {what}\n{}", super::text(&buffer))));
        }
    });
    assert!(
        found.is_empty(),
        "{} of them\n{}",
        found.len(),
        found[..found.len().min(5)].join("\n")
    );
}

#[test]
fn in_ascii_nothing_else_is_drawn_but_hangul() {
    let mut sizes = [(80, 24), (40, 12), (120, 36), (200, 60), (30, 8)].into_iter().cycle();
    in_each_look(|name, shown| {
        let korean = name.contains("-ko");
        shown.restyle(|look| look.ascii = true);
        for (columns, rows) in sizes.by_ref().take(2) {
            let buffer = shown.drawn(columns, rows);
            let beyond = buffer.content.iter().map(Cell::symbol).find(|symbol| {
                let hangul = |c: char| korean && matches!(c, '가'..='힣');
                !symbol.chars().all(|c| c.is_ascii() || hangul(c))
            });
            assert_eq!(beyond, None, "{name} at {columns}x{rows}");
        }
    });
}

#[test]
fn nothing_is_dim_at_the_back_of_a_room() {
    for (name, mut shown) in every(Language::English) {
        for depth in [Depth::Plain, Depth::True] {
            shown.restyle(|look| {
                *look = Look::new(Chosen::Ours(Palette::Light), depth);
                look.projector = true;
            });
            let buffer = shown.drawn(100, 30);
            assert!(
                !buffer.content.iter().any(|cell| cell.modifier.contains(Modifier::DIM)),
                "{name}"
            );
            let colours = shown.look().colours();
            assert_eq!(colours.dim, colours.text);
        }
    }
}

/// Every scene in every theme, at three sizes and for a room, in both languages, in target/gallery, to be looked at:
/// `cargo test --lib -- --ignored gallery`; only those whose names have `$FORKSCOPE_GALLERY` in them, where it is set.
#[test]
#[ignore = "draws more than a thousand pictures for people to look at"]
fn the_gallery_is_drawn() {
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/gallery");
    std::fs::create_dir_all(&top).unwrap();
    let only = std::env::var("FORKSCOPE_GALLERY").unwrap_or_default();
    // What looks like another scene to the letter is no picture of its own: where both listings are shown, turning from one
    // to the other is none.
    let mut drawn = std::collections::HashSet::new();
    for language in Language::ALL {
        for (name, mut shown) in every(*language) {
            for palette in Palette::ALL {
                for ((columns, rows), projector) in [
                    ((80, 24), false),
                    ((120, 36), false),
                    ((200, 60), false),
                    ((60, 20), true),
                    ((120, 36), true),
                    ((200, 60), true),
                ] {
                    shown.restyle(|look| {
                        *look = Look::new(Chosen::Ours(palette), Depth::True);
                        look.projector = projector;
                    });
                    let room = if projector { "room-" } else { "" };
                    let file = format!(
                        "{name}-{}-{}-{room}{columns}x{rows}.svg",
                        palette.name(),
                        language.name()
                    );
                    if !file.contains(&only) {
                        continue;
                    }
                    let picture = shown.picture(columns, rows);
                    let path = top.join(file);
                    let _ = std::fs::remove_file(&path);
                    if drawn.insert(picture.clone()) {
                        std::fs::write(path, picture).unwrap();
                    }
                }
            }
        }
    }
}
