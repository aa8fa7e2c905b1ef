//! Filter, folds, order and what is followed: keys in, state and screens out.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::server::config::{Model, Policy};
use crate::server::control::Order;
use crate::timeline::tree::outline::{Shows, Under};
use crate::tui::demonstration::seen::Seen;
use crate::tui::state::App;
use crate::tui::state::browse::Follow;
use crate::tui::state::overlay::Overlay;
use crate::tui::update::{Effect, prompt};
use crate::words::Language;

use super::scene::Scene;
use super::{check, drawn, text, typed};

/// Types a text into the line that is open.
pub(super) fn type_in(app: &mut App, text: &str) {
    for letter in text.chars() {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        assert!(prompt::typed(app, key), "{letter} was not taken");
    }
}

/// The pids of the lines of the tree, a thread id with a minus, `0` for what stands for more.
pub(super) fn lines(app: &App) -> Vec<i32> {
    let moment = app.moment();
    let outline = app.outline(&moment);
    let pid = |shows: &Shows| match shows {
        Shows::Row { row, .. } => moment.rows[*row].life.pid,
        Shows::Thread { hangs, .. } => match hangs.under() {
            Under::Thread(tid) => -tid,
            Under::Rest => 0,
        },
        Shows::Crowd { .. } => 0,
    };
    outline.lines.iter().map(|line| pid(&line.shows)).collect()
}

/// The pid that the bar stands on.
fn bar(app: &App) -> Option<i32> {
    app.selected_life().map(|life| life.pid)
}

#[test]
fn a_filter_is_typed_and_let_go() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "/");
    type_in(&mut app, "state:Z");
    assert_eq!(lines(&app).len(), 7, "not before it is taken");
    typed(&mut app, "enter");
    assert_eq!(app.overlay, Overlay::None);
    assert_eq!(lines(&app), [4121, 4131, 4133]);
    typed(&mut app, "down down");
    assert_eq!(bar(&app), Some(4131));
    typed(&mut app, "esc");
    assert_eq!(lines(&app).len(), 7);
    assert_eq!(bar(&app), Some(4131), "the first Esc lets go of the filter alone");
    typed(&mut app, "esc");
    assert_eq!(bar(&app), None);
}

/// The key that ends a filter is named only while it does.
#[test]
fn esc_is_named_beside_the_filter_while_it_ends_that() {
    for projector in [false, true] {
        let mut app = Scene::zombies(Language::English);
        app.restyle(|look| look.projector = projector);
        typed(&mut app, "/");
        type_in(&mut app, "state:Z");
        typed(&mut app, "enter");
        for (keys, named) in [
            ("down", true),
            ("R", false),
            ("esc", true),
            ("enter", false),
            ("esc", true),
        ] {
            typed(&mut app, keys);
            let screen = text(&drawn(&mut app, 120, 36));
            assert!(screen.contains("filter state:Z · 2 of 7 rows"), "{keys}\n{screen}");
            assert_eq!(screen.contains("esc: all"), named, "{keys}\n{screen}");
        }
    }
}

#[test]
fn keys_are_letters_while_text_is_typed() {
    let mut app = Scene::zombies(Language::English);
    assert_eq!(typed(&mut app, "/ q c space x"), []);
    let Overlay::Prompt(open) = &app.overlay else {
        panic!("the line is closed")
    };
    assert_eq!(open.text(), "qc x");
    typed(&mut app, "esc");
    assert_eq!((&app.overlay, &app.browse.filter), (&Overlay::None, &None));
}

#[test]
fn a_wrong_filter_stays_open_and_says_what_is_wrong() {
    for (wrong, said) in [
        ("uid:0", "no key “uid:”"),
        ("pid:x", "“x” is no pid"),
        ("port:0", "“0” is no port"),
    ] {
        let mut app = Scene::zombies(Language::English);
        typed(&mut app, "/");
        type_in(&mut app, wrong);
        typed(&mut app, "enter");
        let screen = text(&drawn(&mut app, 120, 36));
        assert!(screen.contains(said), "{said}\n{screen}");
        assert_eq!(app.browse.filter, None);
        type_in(&mut app, "1");
        let screen = text(&drawn(&mut app, 120, 36));
        assert!(!screen.contains(said), "{screen}");
    }
}

#[test]
fn the_cursor_stands_where_text_is_typed() {
    use crate::tui::screens::watch::cursor;
    let area = ratatui::layout::Rect::new(0, 0, 40, 12);
    let mut app = Scene::zombies(Language::Korean);
    assert_eq!(cursor(&app, area), None);
    typed(&mut app, "/");
    let at = |app: &App| cursor(app, area).map(|at| (at.x, at.y)).unwrap();
    let (first, line) = at(&app);
    assert_eq!((first, line), (7, 11));
    type_in(&mut app, "부모");
    assert_eq!(at(&app), (first + 4, line));
    type_in(&mut app, "a text that is longer than the line has room");
    assert!(at(&app).0 < 40);
    let screen = text(&drawn(&mut app, 40, 12));
    assert!(screen.lines().last().unwrap().contains("line has room"), "{screen}");
}

#[test]
fn a_subtree_is_folded_and_unfolded() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "down -");
    assert_eq!(lines(&app), [4121]);
    for (columns, rows, said) in [
        (80, 24, "+ 5 below: 2 zombies"),
        (200, 60, "+ 5 below: 1 running, 2 sleeping, 2 zombies"),
    ] {
        let screen = text(&drawn(&mut app, columns, rows));
        assert!(screen.contains(said), "{screen}");
    }
    typed(&mut app, "+");
    assert_eq!(lines(&app).len(), 7);
    // From a leaf its family is folded, and the bar goes with it.
    typed(&mut app, "down -");
    assert_eq!((lines(&app), bar(&app)), (vec![4121], Some(4121)));
    typed(&mut app, "*");
    assert_eq!(lines(&app).len(), 7);
}

#[test]
fn a_crowd_is_one_line_and_unfolds() {
    let mut app = Scene::crowd(Language::English);
    drawn(&mut app, 120, 36);
    let folded = lines(&app);
    assert!(folded.len() < 25 && folded.contains(&0), "{folded:?}");
    let zombies = folded.iter().filter(|pid| (4300..4307).contains(*pid));
    assert_eq!(zombies.count(), 7, "every zombie has a row: {folded:?}");
    assert_eq!(folded.len(), app.page, "they fill the screen: {folded:?}");
    typed(&mut app, "up");
    assert!(app.browse.crowd.is_some() && app.selected.is_none());
    typed(&mut app, "+");
    assert_eq!(lines(&app).len(), 301);
    let first = (4200..4500).find(|pid| !folded.contains(pid));
    assert_eq!(bar(&app), first, "the first of those that had no row");
    typed(&mut app, "-");
    assert_eq!(lines(&app).len(), folded.len());
    assert_eq!(bar(&app), first, "the selected one keeps its row");
    typed(&mut app, "*");
    assert_eq!(lines(&app).len(), 301);
}

#[test]
fn the_order_of_siblings_goes_round() {
    let mut app = Scene::zombies(Language::English);
    let usual = lines(&app);
    for said in ["by pid", "by connections", "by CPU"] {
        typed(&mut app, "S");
        let screen = text(&drawn(&mut app, 120, 36));
        assert!(screen.contains(&format!("processes · {said}")), "{screen}");
    }
    typed(&mut app, "S");
    assert_eq!(lines(&app), usual);
}

#[test]
fn the_bar_follows_what_changes() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "F");
    drawn(&mut app, 120, 36);
    assert_eq!((app.browse.follow, bar(&app)), (Follow::Tree, Some(4142)));
    Scene::later(&mut app);
    drawn(&mut app, 120, 36);
    assert_eq!(bar(&app), Some(4140), "it exited last");
    // Back in time it goes along.
    typed(&mut app, "left left");
    drawn(&mut app, 120, 36);
    assert_eq!(bar(&app), Some(4142));
    typed(&mut app, "up");
    assert_eq!((app.browse.follow, bar(&app)), (Follow::Nothing, Some(4140)));
    typed(&mut app, "F");
    drawn(&mut app, 120, 36);
    assert_eq!(bar(&app), Some(4140), "nothing changed below it but itself");
}

#[test]
fn filters_and_folds_as_they_are_drawn() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(120, 36), (80, 24)] {
            let mut app = Scene::zombies(language);
            typed(&mut app, "/");
            type_in(&mut app, "state:Z");
            typed(&mut app, "enter down");
            check(&format!("filter{suffix}"), &mut app, columns, rows);
            typed(&mut app, "/");
            type_in(&mut app, " uid:0");
            typed(&mut app, "enter");
            check(&format!("filter-wrong{suffix}"), &mut app, columns, rows);
            let mut app = Scene::crowd(language);
            drawn(&mut app, columns, rows);
            typed(&mut app, "up S");
            check(&format!("crowd{suffix}"), &mut app, columns, rows);
        }
    }
}

#[test]
fn a_choice_of_which_nothing_is_left_closes() {
    for key in ["down", "up", "enter"] {
        let mut app = Scene::zombies(Language::English);
        typed(&mut app, "R");
        assert!(matches!(app.overlay, Overlay::Policies(_)));
        // An order that was given before makes it a server without children.
        if let Some(following) = &mut app.following {
            following.model = Model::Threads;
        }
        assert_eq!(typed(&mut app, key), []);
        assert_eq!(app.overlay, Overlay::None, "{key}");
    }
}

/// Within a demonstration the stream is only ended: whether it goes on is known when that is over.
#[test]
fn what_is_wished_of_the_stream_meanwhile_holds_when_a_demonstration_is_over() {
    let mut app = Scene::zombies(Language::English);
    app.streaming = true;
    typed(&mut app, "z y");
    assert!(app.demonstration.is_some());
    assert_eq!(typed(&mut app, "a"), [Effect::Stream(false)]);
    assert_eq!(typed(&mut app, "a"), []);
    assert_eq!(typed(&mut app, "a"), [Effect::Stream(false)]);
    let mut demonstration = app.demonstration.take().unwrap();
    demonstration.give_up();
    let mut last = Vec::new();
    for second in 1..60 {
        let at = app.clock + Duration::from_secs(second);
        last.extend(demonstration.advance(&Seen { at, ..Seen::default() }));
    }
    assert!(demonstration.outcome().is_some());
    assert!(!last.contains(&Effect::Stream(true)), "{last:?}");
}

/// The server takes its time to become another; who types on does not wait for it.
#[test]
fn the_next_order_counts_from_the_one_under_way() {
    let mut app = Scene::zombies(Language::English);
    let next = |model| Effect::Order(Order::Become(model));
    assert_eq!(typed(&mut app, "m m"), [next(Model::Prefork), next(Model::Threads)]);
    app.acknowledge(Order::Become(Model::Prefork));
    assert_eq!(typed(&mut app, "m"), [next(Model::Epoll)]);
    app.acknowledge(Order::Become(Model::Threads));
    app.acknowledge(Order::Become(Model::Epoll));
    // None of them is what it is, as far as the screen was told.
    assert_eq!(typed(&mut app, "m"), [next(Model::Prefork)]);
    let mut app = Scene::zombies(Language::English);
    let reap = |policy| Effect::Order(Order::Reap(policy));
    assert_eq!(typed(&mut app, "r r"), [reap(Policy::Wait), reap(Policy::Poll)]);
}
