//! What is asked, chosen or read for a while covers nothing: keys in, screens out.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::server::config::Policy;
use crate::server::control::Order;
use crate::timeline::lifeline::Lifeline;
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;
use crate::tui::update::Effect;
use crate::tui::update::mouse::{self, Pointed};
use crate::words::Language;
use crate::words::cells::width;

use super::scene::Scene;
use super::{check, drawn, text, typed};

/// The keys that select the first zombie.
const ZOMBIE: &str = "down down down down";

/// Keys that open something, and the name of a text that only the dialog's footer has.
const OPENED: &[(&str, &str)] = &[
    ("R", "dialog-take"),
    ("M", "dialog-take"),
    ("k", "dialog-take"),
    ("k enter", "dialog-no"),
    ("z", "dialog-no"),
    ("g", "dialog-no"),
    ("O", "dialog-close"),
];

/// The zombies, the first of them selected.
fn selected(language: Language, projector: bool) -> App {
    let mut app = Scene::zombies(language);
    app.restyle(|look| look.projector = projector);
    drawn(&mut app, 80, 24);
    typed(&mut app, ZOMBIE);
    app
}

fn opened(keys: &str, language: Language, projector: bool) -> App {
    let mut app = selected(language, projector);
    typed(&mut app, keys);
    app
}

/// Whatever is open, the selected row, its age and the counters are there, and the keys that answer.
#[test]
fn the_row_that_is_asked_about_and_the_counts_stay_in_sight() {
    let sizes = [(40, 12), (60, 20), (80, 24), (120, 36), (240, 70)];
    for (at, (keys, key)) in OPENED.iter().enumerate() {
        let language = Language::ALL[at % 2];
        for projector in [false, true] {
            let mut app = opened(keys, language, projector);
            for (columns, rows) in sizes {
                let screen = text(&drawn(&mut app, columns, rows));
                let said = format!("{keys} at {columns}x{rows}, room: {projector}\n{screen}");
                let asked = |line: &str| line.contains("4131 ") && line.contains('Z') && line.contains("3.7 s");
                assert!(screen.lines().any(asked), "{said}");
                let count = |name: &str| {
                    let forms = ["", "-short"].map(|form| format!("count-{name}{form}"));
                    forms.iter().any(|form| screen.contains(&*app.words.say(form)))
                };
                assert!(count("processes") && count("zombies"), "{said}");
                let last = screen.lines().last().unwrap();
                assert!(last.contains(&*app.words.say(key)), "{said}");
                assert!(!last.contains(&*app.words.say("short-quit")), "{said}");
            }
        }
    }
}

#[test]
fn sheets_as_they_are_drawn() {
    for (name, keys) in [
        ("policies", "R"),
        ("signals", "k"),
        ("confirm", "k enter"),
        ("demonstration", "g"),
    ] {
        for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
            check(
                &format!("{name}-room{suffix}"),
                &mut opened(keys, language, true),
                60,
                20,
            );
            check(&format!("{name}{suffix}"), &mut opened(keys, language, false), 40, 12);
        }
    }
}

/// Rows keep their order and their place, and are where they were once it is closed.
#[test]
fn the_tree_stands_still_around_a_sheet() {
    let mut app = Scene::crowd(Language::English);
    drawn(&mut app, 80, 24);
    typed(&mut app, "*");
    for _ in 0..40 {
        typed(&mut app, "down");
        drawn(&mut app, 80, 24);
    }
    typed(&mut app, "up up up up up up");
    let before = text(&drawn(&mut app, 80, 24));
    typed(&mut app, "R");
    let open = text(&drawn(&mut app, 80, 24));
    assert_ne!(before, open);
    let bar = |screen: &str| screen.lines().find(|line| line.contains('▌')).map(str::to_owned);
    assert!(bar(&before).is_some() && bar(&before) == bar(&open), "{before}\n{open}");
    typed(&mut app, "esc");
    assert_eq!(text(&drawn(&mut app, 80, 24)), before);
}

/// In an ample room only the events make room: the counts, the tree and why stay as they are.
#[test]
fn in_an_ample_room_all_but_the_events_stands_still() {
    for keys in ["R", "M", "k", "k enter", "O"] {
        let mut app = selected(Language::English, true);
        let above = |app: &mut App| {
            let screen = text(&drawn(app, 200, 60));
            let end = screen.find("from /proc/").expect("why with its sources");
            screen[..end].to_owned()
        };
        let before = above(&mut app);
        typed(&mut app, keys);
        assert!(app.overlay != Overlay::None, "{keys}");
        assert_eq!(above(&mut app), before, "{keys}");
    }
}

/// What stands beside the tree names no key that a dialog takes: `y` says yes to its question.
#[test]
fn beside_a_dialog_no_other_keys_are_named() {
    let mut app = selected(Language::English, false);
    let named = |app: &mut App| {
        let screen = text(&drawn(app, 200, 60));
        ["y: prove it", "o: the Rust that runs"].map(|key| screen.contains(key))
    };
    assert_eq!(named(&mut app), [true; 2]);
    typed(&mut app, "k enter");
    assert_eq!(named(&mut app), [false; 2]);
    typed(&mut app, "n");
    assert_eq!(named(&mut app), [true; 2]);
}

/// The bar does not leave whom a question is about, though it follows what changes.
#[test]
fn a_question_stays_with_the_process_that_it_is_about() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "F");
    drawn(&mut app, 80, 24);
    typed(&mut app, "k");
    let Overlay::Signals { key, .. } = app.overlay else {
        panic!("{:?}", app.overlay)
    };
    Scene::later(&mut app);
    drawn(&mut app, 80, 24);
    assert_eq!(app.selected_life().and_then(Lifeline::key), Some(key));
}

#[test]
fn what_is_in_force_is_marked() {
    let mut app = Scene::zombies(Language::English);
    for (keys, name) in [("R", "none"), ("M", "fork")] {
        typed(&mut app, keys);
        typed(&mut app, "down");
        let screen = text(&drawn(&mut app, 80, 24));
        let marked: Vec<&str> = screen.lines().filter(|line| line.contains("← now")).collect();
        assert!(
            matches!(marked[..], [line] if line.contains(&format!("│ {name} "))),
            "{screen}"
        );
        typed(&mut app, "esc");
    }
}

#[test]
fn of_a_zombie_it_is_said_that_no_signal_has_an_effect() {
    let said = |app: &mut App| text(&drawn(app, 120, 36));
    let mut app = opened("k enter", Language::English, false);
    assert!(said(&mut app).contains("no signal has an effect"));
    // A living one is asked to end.
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "down down down k enter");
    let screen = said(&mut app);
    assert!(
        screen.contains("SIGTERM asks it to end") && !screen.contains("no effect"),
        "{screen}"
    );
    typed(&mut app, "n k up enter");
    let screen = said(&mut app);
    assert!(screen.contains("SIGKILL ends it; cannot be caught."), "{screen}");
}

/// Of what the target printed as much is said to be gone as is gone, and nothing scrolls that is seen whole.
#[test]
fn output_says_what_there_is_of_it() {
    let mut app = opened("O", Language::English, false);
    let screen = text(&drawn(&mut app, 80, 24));
    assert!(!screen.contains("gone") && !screen.contains("scroll"), "{screen}");
    app.printed.lines = (1..=50).map(|line| format!("line {line}")).collect();
    app.printed.dropped = 7;
    let screen = text(&drawn(&mut app, 80, 24));
    assert!(screen.contains("earlier lines gone: 7   41 to 50 of 50"), "{screen}");
    assert!(screen.contains("│ line 50") && screen.contains("↑↓ scroll"), "{screen}");
    typed(&mut app, "home");
    let screen = text(&drawn(&mut app, 80, 24));
    assert!(
        screen.contains("│ line 1 ") && screen.contains("1 to 10 of 50"),
        "{screen}"
    );
    typed(&mut app, "up down");
    let screen = text(&drawn(&mut app, 80, 24));
    assert!(screen.contains("2 to 11 of 50"), "{screen}");
}

/// A question that is longer than its place can be read to its end.
#[test]
fn a_long_question_scrolls() {
    let mut app = opened("z", Language::English, false);
    let screen = text(&drawn(&mut app, 40, 12));
    assert!(
        screen.contains("1 to 3 of ") && screen.contains("↑↓ scroll"),
        "{screen}"
    );
    typed(&mut app, "end");
    let screen = text(&drawn(&mut app, 40, 12));
    assert!(screen.contains("Esc gives up."), "{screen}");
    assert!(matches!(app.overlay, Overlay::Demonstrate { .. }));
}

/// Clicks where a text stands in the footer of a screen of 80 by 24, so many cells from its beginning.
fn click(app: &mut App, wanted: &str, cells: u16) -> Pointed {
    let screen = text(&drawn(app, 80, 24));
    let footer = screen.lines().last().unwrap();
    let at = footer.find(wanted).unwrap_or_else(|| panic!("{wanted}\n{screen}"));
    let event = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: u16::try_from(width(&footer[..at])).unwrap() + cells,
        row: 23,
        modifiers: KeyModifiers::NONE,
    };
    mouse::point(app, Rect::new(0, 0, 80, 24), event)
}

#[test]
fn a_click_on_a_key_of_a_dialog_is_that_key() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "R");
    let Overlay::Policies(now) = app.overlay else {
        panic!("{:?}", app.overlay)
    };
    click(&mut app, "↑↓", 1);
    assert_eq!(app.overlay, Overlay::Policies(now + 1));
    click(&mut app, "↑↓", 0);
    click(&mut app, "↑↓", 1);
    let order = Effect::Order(Order::Reap(Policy::Wait));
    assert_eq!(click(&mut app, "enter", 0), Pointed::AtSomething(Some(order)));
    let mut app = opened("k enter", Language::English, false);
    assert_eq!(click(&mut app, "n no", 2), Pointed::AtSomething(None));
    assert_eq!(app.overlay, Overlay::None);
    let mut app = opened("k enter", Language::English, false);
    let kill = Effect::Signal {
        signal: 15,
        key: Scene::ZOMBIE,
    };
    assert_eq!(click(&mut app, "y yes", 0), Pointed::AtSomething(Some(kill)));
    // A row is none of the dialog's.
    let mut app = opened("k", Language::English, false);
    let event = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: 10,
        row: 4,
        modifiers: KeyModifiers::NONE,
    };
    assert_eq!(
        mouse::point(&mut app, Rect::new(0, 0, 80, 24), event),
        Pointed::AtNothing
    );
    assert!(matches!(app.overlay, Overlay::Signals { at: 0, .. }));
}

#[test]
fn while_paused_the_key_that_goes_on_comes_first() {
    for (language, said) in [
        (Language::English, " space go on  "),
        (Language::Korean, " space 계속  "),
    ] {
        let mut app = Scene::zombies(language);
        typed(&mut app, "space left left left");
        for (columns, rows) in [(40, 12), (80, 24), (120, 36)] {
            let screen = text(&drawn(&mut app, columns, rows));
            let footer = screen.lines().last().unwrap();
            assert!(footer.starts_with(said), "{screen}");
            // What would be refused is not named.
            assert!(!footer.contains(&*app.words.say("short-policy")), "{screen}");
        }
        let before = app.shown_at();
        click(&mut app, "←→", 1);
        assert!(app.shown_at() > before);
        click(&mut app, "space", 0);
        assert_eq!(app.looking, crate::tui::state::Looking::Live);
    }
}
