//! Moving through time, marks and the mouse: keys and clicks in, state and screens out.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use crate::timeline::time::Time;
use crate::tui::state::overlay::Overlay;
use crate::tui::state::{App, Looking};
use crate::tui::update::Effect;
use crate::tui::update::mouse::{self, Pointed};
use crate::words::Language;

use super::browse::type_in;
use super::scene::Scene;
use super::{check, drawn, text, typed};

/// How many milliseconds after the start we look; `None` for now.
fn paused_at(app: &App) -> Option<u128> {
    match app.looking {
        Looking::Paused(at) => Some(app.since_start(at).as_millis()),
        Looking::Live => None,
    }
}

fn mark(app: &mut App, says: &str) {
    typed(app, "b");
    type_in(app, says);
    typed(app, "enter");
}

/// Something the mouse does on a screen of 120 by 36.
fn point(app: &mut App, kind: MouseEventKind, column: u16, row: u16) -> Pointed {
    drawn(app, 120, 36);
    let modifiers = KeyModifiers::NONE;
    let event = MouseEvent {
        kind,
        column,
        row,
        modifiers,
    };
    mouse::point(app, Rect::new(0, 0, 120, 36), event)
}

fn click(app: &mut App, column: u16, row: u16) -> Pointed {
    let pressed = point(app, MouseEventKind::Down(MouseButton::Left), column, row);
    let released = point(app, MouseEventKind::Up(MouseButton::Left), column, row);
    match pressed {
        Pointed::AtNothing => released,
        Pointed::AtSomething(_) => pressed,
    }
}

/// Where a text stands on a screen of 120 by 36.
fn place(app: &mut App, wanted: &str) -> (u16, u16) {
    let buffer = drawn(app, 120, 36);
    for (row, line) in (0..).zip(text(&buffer).lines()) {
        if let Some(at) = line.find(wanted) {
            let column = crate::words::cells::width(&line[..at]);
            return (u16::try_from(column).unwrap(), row);
        }
    }
    panic!("{wanted} is nowhere\n{}", text(&buffer));
}

#[test]
fn time_goes_by_seconds_with_shift() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "space s-left");
    assert_eq!(paused_at(&app), Some(41_080));
    typed(&mut app, "s-left s-left s-right");
    assert_eq!(paused_at(&app), Some(40_080));
    typed(&mut app, "s-right s-right s-right");
    assert_eq!(paused_at(&app), None, "beyond the newest is now");
    typed(&mut app, "home s-left");
    assert_eq!(paused_at(&app), Some(0));
}

#[test]
fn nothing_is_signalled_or_ordered_in_the_past() {
    for key in ["r", "R", "k"] {
        let mut app = Scene::zombies(Language::English);
        assert_eq!(typed(&mut app, &format!("down space {key}")), [], "{key}");
        assert_eq!(app.overlay, Overlay::None, "{key}");
        assert!(app.message().is_some_and(|said| said.contains("while paused")), "{key}");
    }
}

#[test]
fn a_mark_stands_where_we_look_and_is_found_again() {
    let mut app = Scene::zombies(Language::English);
    mark(&mut app, "now it happens");
    typed(&mut app, "space s-left s-left");
    mark(&mut app, "before");
    let marks: Vec<(u32, u128, &str)> = app
        .timeline
        .marks()
        .iter()
        .map(|mark| (mark.number, app.since_start(mark.at).as_millis(), &*mark.text))
        .collect();
    assert_eq!(marks, [(2, 40_080, "before"), (1, 42_080, "now it happens")]);
    typed(&mut app, "home .");
    assert_eq!(paused_at(&app), Some(40_080));
    typed(&mut app, ".");
    assert_eq!(paused_at(&app), None, "the other stands at the newest moment");
    typed(&mut app, ",");
    assert_eq!(paused_at(&app), Some(40_080));
    typed(&mut app, ",");
    assert_eq!(paused_at(&app), Some(40_080));
    assert!(app.message().is_some_and(|said| said.contains("No more marks")));
    typed(&mut app, "end b esc");
    assert_eq!(app.timeline.marks().len(), 2, "Esc sets none");
}

#[test]
fn a_click_selects_and_the_wheel_scrolls() {
    let mut app = Scene::zombies(Language::English);
    let (column, row) = place(&mut app, "4131");
    assert_eq!(click(&mut app, column, row), Pointed::AtSomething(None));
    assert_eq!(app.selected_life().map(|life| life.pid), Some(4131));
    let (column, row) = place(&mut app, "PID ");
    assert_eq!(click(&mut app, column, row), Pointed::AtNothing, "a heading is no row");
    let mut app = Scene::crowd(Language::English);
    drawn(&mut app, 120, 36);
    typed(&mut app, "* down");
    point(&mut app, MouseEventKind::ScrollDown, 5, 10);
    assert_eq!(app.scroll, 3);
    drawn(&mut app, 120, 36);
    assert_eq!(app.scroll, 3, "the bar does not pull it back");
    point(&mut app, MouseEventKind::ScrollUp, 5, 10);
    point(&mut app, MouseEventKind::ScrollUp, 5, 10);
    assert_eq!(app.scroll, 0);
    let (column, row) = place(&mut app, "4204");
    click(&mut app, column, row);
    assert_eq!(app.selected_life().map(|life| life.pid), Some(4204));
}

#[test]
fn a_click_on_the_lanes_goes_to_that_moment() {
    let mut app = Scene::zombies(Language::English);
    // Where the lane of 4140 begins, it was just born.
    let (_, row) = place(&mut app, "4140");
    let buffer = drawn(&mut app, 120, 36);
    let born = (0..120).find(|x| buffer[(*x, row)].symbol() == "╺").unwrap();
    click(&mut app, born, row);
    let at = paused_at(&app).unwrap();
    assert!((40_000..41_000).contains(&at), "{at}");
    let pids = |app: &App| app.moment().rows.iter().map(|row| row.life.pid).collect::<Vec<_>>();
    assert!(pids(&app).contains(&4140) && !pids(&app).contains(&4142));
    let (column, row) = place(&mut app, "PAUSED");
    click(&mut app, column, row);
    assert_eq!(paused_at(&app), None);
    let (column, row) = place(&mut app, "LIVE");
    click(&mut app, column, row);
    assert!(paused_at(&app).is_some());
}

#[test]
fn the_lanes_are_dragged_to_either_side() {
    let mut app = Scene::zombies(Language::English);
    let drag = |app: &mut App, from: u16, to: u16| {
        let held = [
            MouseEventKind::Down(MouseButton::Left),
            MouseEventKind::Drag(MouseButton::Left),
        ];
        point(app, held[0], from, 10);
        for column in [from, u16::midpoint(from, to), to] {
            point(app, held[1], column, 10);
        }
        point(app, MouseEventKind::Up(MouseButton::Left), to, 10);
    };
    let now = app.since_start(app.shown_at()).as_millis();
    drag(&mut app, 80, 100);
    let back = paused_at(&app).unwrap();
    // The lanes show 45 s in about 50 columns.
    assert!((15_000..20_000).contains(&(now - back)), "{back} of {now}");
    drag(&mut app, 90, 85);
    let on = paused_at(&app).unwrap();
    assert!((4_000..5_000).contains(&(on - back)), "from {back} to {on}");
    drag(&mut app, 117, 68);
    assert_eq!(paused_at(&app), None, "beyond the newest is now");
    drag(&mut app, 70, 119);
    drag(&mut app, 70, 119);
    assert_eq!(paused_at(&app), Some(0), "nothing is before the start");
    // What is not held is not dragged.
    assert_eq!(
        point(&mut app, MouseEventKind::Drag(MouseButton::Left), 80, 10),
        Pointed::AtNothing
    );
    drag(&mut app, 5, 60);
    assert_eq!(paused_at(&app), Some(0));
}

#[test]
fn a_click_on_a_key_of_the_footer_is_that_key() {
    let mut app = Scene::zombies(Language::English);
    let (column, row) = place(&mut app, "C ×10");
    assert_eq!(
        click(&mut app, column, row),
        Pointed::AtSomething(Some(Effect::Connect(10)))
    );
    let (column, row) = place(&mut app, "pause");
    click(&mut app, column, row);
    assert!(paused_at(&app).is_some());
    let (column, row) = place(&mut app, "? help");
    click(&mut app, column, row);
    assert_eq!(app.overlay, Overlay::Help { scroll: 0 });
    assert_eq!(
        click(&mut app, column, row),
        Pointed::AtNothing,
        "what lies over the tree has keys"
    );
}

#[test]
fn every_column_of_the_lanes_is_a_moment_that_is_shown() {
    let mut app = Scene::zombies(Language::English);
    let mut before = Time::default();
    for column in 67..118 {
        app.looking = Looking::Live;
        click(&mut app, column, 10);
        let at = app.shown_at();
        assert!(at >= before, "column {column}");
        before = at;
    }
}

#[test]
fn the_lanes_show_all_there_was_until_something_else_is_chosen() {
    let mut app = Scene::reaped(Language::English);
    let mut title = |keys: &str| {
        if !keys.is_empty() {
            typed(&mut app, keys);
        }
        let screen = text(&drawn(&mut app, 120, 36));
        let after = screen.split_once("last ").map_or("", |(_, after)| after);
        after.split(" ─").next().unwrap_or_default().to_owned()
    };
    assert_eq!(title(""), "20 s", "17 s were there");
    assert_eq!(title("home"), "20 s", "as it was before the pause");
    assert_eq!(title("end ["), "10 s");
    assert_eq!(title("] ] ]"), "2 min");
    assert_eq!(title("[ [ [ [ [ ["), "1 s");
    let mut older = Scene::zombies(Language::English);
    assert!(text(&drawn(&mut older, 120, 36)).contains("last 45 s"));
}

#[test]
fn marks_as_they_are_drawn() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(120, 36), (80, 24)] {
            let mut app = Scene::zombies(language);
            typed(&mut app, "home . space s-left");
            mark(&mut app, "X");
            typed(&mut app, "s-left s-left s-left s-left s-left s-left s-left s-left");
            mark(&mut app, "reap: none");
            typed(&mut app, "end");
            check(&format!("marks{suffix}"), &mut app, columns, rows);
            typed(&mut app, "space b");
            type_in(&mut app, "여기");
            check(&format!("mark-typed{suffix}"), &mut app, columns, rows);
        }
    }
}
