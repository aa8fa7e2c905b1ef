//! The screens as they are drawn, at every size that counts, in both languages, with and without colours; keys in and
//! state out; and the pictures of the README, which are drawn from the same scene.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::timeline::process::ExitStatus;
use crate::words::Language;

use super::keymap::{Action, Motion, actions};
use super::look::Look;
use super::screens::watch;
use super::state::overlay::Overlay;
use super::state::{App, Looking};
use super::theme::Theme;
use super::theme::depth::Depth;
use super::theme::palette::{Chosen, Palette};
use super::update::{Effect, update};

mod browse;
mod closely;
mod compare;
mod lessons;
mod looks;
mod scene;
mod sheets;
mod threads;
mod time;

use looks::Shown;
use scene::Scene;

/// The screen of an app at a size.
fn drawn(app: &mut App, columns: u16, rows: u16) -> Buffer {
    let area = Rect::new(0, 0, columns, rows);
    watch::prepare(app, area);
    let mut buffer = Buffer::empty(area);
    watch::draw(app, area, &mut buffer);
    buffer
}

/// The text of a screen, without the blanks at the ends of its lines.
fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let line = |y| {
        let mut line = String::new();
        let mut x = area.left();
        while x < area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(crate::words::cells::width(symbol).max(1)).unwrap_or(1);
        }
        line.trim_end().to_owned() + "\n"
    };
    (area.top()..area.bottom()).map(line).collect()
}

/// Draws a scene at a size and holds its text against the one that was looked at.
fn check(name: &str, app: &mut App, columns: u16, rows: u16) {
    let buffer = drawn(app, columns, rows);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "tests/screens" }, {
        insta::assert_snapshot!(format!("{name}-{columns}x{rows}"), text(&buffer));
    });
}

/// More have gone since than the last screen keeps rows for.
#[test]
fn the_end_of_a_server_is_its_own_however_many_outlive_it() {
    for reaps in [1, 300] {
        let mut app = Scene::outlived(Language::English, reaps);
        app.notice();
        assert_eq!(
            app.ended.map(|(_, status)| status),
            Some(ExitStatus::Code(3)),
            "{reaps}"
        );
        let header = text(&drawn(&mut app, 120, 36));
        assert!(
            header
                .lines()
                .next()
                .is_some_and(|line| line.contains("ENDED") && line.ends_with("exit 3")),
            "{header}"
        );
    }
}

#[test]
fn zombies_pile_up() {
    for (columns, rows) in [(120, 36), (80, 24), (40, 12), (200, 60), (30, 8)] {
        check("zombies", &mut Scene::zombies(Language::English), columns, rows);
        check("zombies-ko", &mut Scene::zombies(Language::Korean), columns, rows);
    }
}

#[test]
fn children_are_reaped() {
    check("reaped", &mut Scene::reaped(Language::English), 120, 36);
    check("reaped", &mut Scene::reaped(Language::English), 80, 24);
}

#[test]
fn orphans_and_shared_connections_are_named() {
    check("orphans", &mut Scene::orphans(Language::English), 120, 36);
    check("orphans-ko", &mut Scene::orphans(Language::Korean), 80, 24);
    check("shared", &mut Scene::shared(Language::English), 120, 36);
}

#[test]
fn whoever_waits_in_the_accept_queue_stands_below_the_tree() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(120, 36), (80, 24)] {
            check(
                &format!("queued{suffix}"),
                &mut Scene::queued(language, 14),
                columns,
                rows,
            );
        }
    }
}

#[test]
fn what_may_have_been_missed_is_said() {
    check("polled", &mut Scene::polled(Language::English), 80, 24);
    check("polled-ko", &mut Scene::polled(Language::Korean), 80, 24);
}

#[test]
fn why_speaks_of_the_selected_process() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(120, 36), (80, 24), (80, 40), (46, 30)] {
            check(
                &format!("why{suffix}"),
                &mut Scene::zombie_selected(language),
                columns,
                rows,
            );
        }
    }
}

/// What is worth saying of a moment is worth saying of it later too.
#[test]
fn why_speaks_of_the_moment_shown() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "home");
    let said = |app: &App| app.words.why(&app.why(&app.moment())).headline;
    assert_eq!(
        said(&app),
        "4121 waits in accept4() for a client to connect to port 9190."
    );
    let mut all = Vec::new();
    while app.looking != Looking::Live {
        all.push(said(&app));
        typed(&mut app, "right");
    }
    assert!(
        all.iter()
            .any(|said| said.starts_with("4121 forked: the child 4131 was born")),
        "{all:#?}"
    );
}

#[test]
fn nothing_is_there_yet() {
    check("empty", &mut Scene::empty(Language::English), 80, 24);
}

#[test]
fn the_past_is_shown_as_it_was() {
    let mut app = Scene::zombies(Language::English);
    update(&mut app, Action::Pause);
    for _ in 0..4 {
        update(&mut app, Action::StepBack);
    }
    check("paused", &mut app, 120, 36);
}

#[test]
fn what_lies_over_the_tree() {
    let select = [Action::Move(Motion::Down); 4];
    for (name, keys) in [
        ("help", vec![Action::Help]),
        ("policies", vec![Action::PickPolicy, Action::Move(Motion::Down)]),
        ("models", vec![Action::PickModel, Action::Move(Motion::Down)]),
        ("signals", [&select[..], &[Action::PickSignal]].concat()),
        ("confirm", [&select[..], &[Action::PickSignal, Action::Accept]].concat()),
        ("output", vec![Action::Output]),
    ] {
        for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
            let mut app = Scene::zombies(language);
            for key in &keys {
                update(&mut app, *key);
            }
            check(&format!("{name}{suffix}"), &mut app, 80, 24);
        }
    }
}

#[test]
fn zombies_show_without_colours() {
    let mut app = Scene::zombies(Language::English);
    app.theme = Theme::plain();
    let buffer = drawn(&mut app, 80, 24);
    let reversed = |y: u16| {
        (0..80)
            .filter(|x| buffer[(*x, y)].modifier.contains(ratatui::style::Modifier::REVERSED))
            .count()
    };
    let zombies: Vec<u16> = (0..24).filter(|y| reversed(*y) >= "Z ZOMBIE".len()).collect();
    assert_eq!(zombies, [7, 8], "{}", text(&buffer));
    let coloured = buffer
        .content
        .iter()
        .filter(|cell| (cell.fg, cell.bg) != (ratatui::style::Color::Reset, ratatui::style::Color::Reset));
    assert_eq!(coloured.count(), 0);
}

#[test]
fn the_back_of_a_room_sees_it() {
    for (columns, rows) in [(60, 20), (100, 30), (40, 12)] {
        for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
            let mut app = Scene::zombies(language);
            update(&mut app, Action::Projector);
            check(&format!("room{suffix}"), &mut app, columns, rows);
        }
    }
}

#[test]
fn nothing_is_drawn_outside_at_any_size() {
    let mut app = Scene::zombies(Language::Korean);
    update(&mut app, Action::Help);
    for columns in (1..=130).step_by(3) {
        for rows in [1, 11, 12, 24, 41] {
            let buffer = drawn(&mut app, columns, rows);
            assert_eq!(buffer.area, Rect::new(0, 0, columns, rows));
        }
    }
}

/// The pictures of the README are what the program draws. `FORKSCOPE_DRAW=1` writes them anew.
#[test]
fn the_pictures_are_current() {
    let light = |mut app: App| {
        app.restyle(|look| *look = Look::new(Chosen::Ours(Palette::Light), Depth::True));
        app
    };
    let room = |mut app: App| {
        app.restyle(|look| *look = Look::new(Chosen::Ours(Palette::ColourBlind), Depth::True));
        update(&mut app, Action::Projector);
        app
    };
    let pictures: Vec<(&str, App, (u16, u16))> = vec![
        (
            "details-120x36",
            closely::opened(Language::English, "down enter"),
            (120, 36),
        ),
        ("code-120x36", closely::opened(Language::English, "o"), (120, 36)),
        ("watch-120x36", Scene::zombies(Language::English), (120, 36)),
        ("why-120x36", Scene::zombie_selected(Language::English), (120, 36)),
        ("watch-80x24", Scene::reaped(Language::English), (80, 24)),
        ("watch-ko-120x36", Scene::zombies(Language::Korean), (120, 36)),
        (
            "watch-light-120x36",
            light(Scene::orphans(Language::English)),
            (120, 36),
        ),
        ("room-60x20", room(Scene::zombies(Language::English)), (60, 20)),
        ("watch-200x60", closely::opened(Language::English, "end"), (200, 60)),
    ];
    let watched = pictures
        .into_iter()
        .map(|(name, app, size)| (name, Shown::Watch(Box::new(app)), size));
    let others = looks::every(Language::English)
        .into_iter()
        .filter_map(|(name, shown)| match name {
            "lesson-says" => Some(("lesson-120x36", shown, (120, 36))),
            _ => None,
        });
    for (name, mut shown, (columns, rows)) in watched.chain(others) {
        current(name, &shown.picture(columns, rows));
    }
}

/// The picture of that name in assets is this one; or becomes it, where that is asked for.
fn current(name: &str, picture: &str) {
    let path = format!("{}/assets/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("FORKSCOPE_DRAW").is_some() {
        std::fs::write(&path, picture).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == picture,
        "{path} is not what is drawn now: look at it, then FORKSCOPE_DRAW=1 cargo test"
    );
}

/// The keys as the README lists them.
fn key_table() -> String {
    use super::keymap::table::Group;
    use std::fmt::Write;
    let words = crate::words::Words::new(Language::English);
    let mut table = String::from("| key | what it does |\n|---|---|\n");
    for group in Group::ALL {
        let _ = writeln!(table, "| **{}** | |", words.say(group.text()));
        for (labels, text) in group.listed() {
            let labels = labels.replace(' ', "` `");
            let _ = writeln!(table, "| `{labels}` | {} |", words.say(text));
        }
    }
    table
}

#[test]
fn the_readme_lists_the_keys_of_the_table() {
    let path = format!("{}/README.md", env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(path).unwrap();
    assert!(
        readme.contains(&key_table()),
        "put this into README.md:\n{}",
        key_table()
    );
}

/// Types keys at a scene, and gives the effects.
fn typed(app: &mut App, keys: &str) -> Vec<Effect> {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let mut effects = Vec::new();
    for word in keys.split(' ') {
        let code = match word {
            "up" => KeyCode::Up,
            "down" => KeyCode::Down,
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "s-left" | "s-right" => {
                let code = if word == "s-left" {
                    KeyCode::Left
                } else {
                    KeyCode::Right
                };
                let actions = actions(KeyEvent::new(code, KeyModifiers::SHIFT), app.overlay.dialog());
                effects.extend(actions.into_iter().filter_map(|action| update(app, action)));
                continue;
            }
            "home" => KeyCode::Home,
            "end" => KeyCode::End,
            "pageup" => KeyCode::PageUp,
            "pagedown" => KeyCode::PageDown,
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "space" => KeyCode::Char(' '),
            letter => KeyCode::Char(letter.chars().next().unwrap()),
        };
        let key = KeyEvent::new(code, KeyModifiers::NONE);
        if super::update::prompt::typed(app, key) {
            continue;
        }
        for action in actions(key, app.overlay.dialog()) {
            effects.extend(update(app, action));
        }
    }
    effects
}

#[test]
fn keys_ask_for_what_the_table_says() {
    use crate::server::config::{Model, Policy};
    use crate::server::control::Order;
    let check = |keys: &str, effects: &[Effect]| {
        assert_eq!(typed(&mut Scene::zombies(Language::English), keys), effects, "{keys}");
    };
    check("c C", &[Effect::Connect(1), Effect::Connect(10)]);
    check("X q", &[Effect::HangUpAll, Effect::Quit]);
    check("a a", &[Effect::Stream(true), Effect::Stream(false)]);
    check("r", &[Effect::Order(Order::Reap(Policy::Wait))]);
    check("R down enter", &[Effect::Order(Order::Reap(Policy::Wait))]);
    check("m", &[Effect::Order(Order::Become(Model::Prefork))]);
    check("M up enter", &[Effect::Order(Order::Become(Model::Iterative))]);
    check("M esc", &[]);
    check("R esc", &[]);
    check("R q", &[]);
    check("k", &[]);
    let zombie = Scene::ZOMBIE;
    check(
        "down down down down k enter y",
        &[Effect::Signal {
            signal: 15,
            key: zombie,
        }],
    );
    check(
        "down down down down k up enter y",
        &[Effect::Signal { signal: 9, key: zombie }],
    );
    check("down down down down k enter n", &[]);
    check("down down down down k enter enter", &[]);
    check("down down down down k enter ㅛ", &[]);
    check("ㅊ ㅂ", &[Effect::Connect(1), Effect::Quit]);
    check("down down x", &[]);
    check("up x", &[Effect::HangUp(Scene::client())]);
    check("? c q", &[Effect::Quit]);
    check("space down down down down k", &[]);
    check("space c", &[Effect::Connect(1)]);
}

#[test]
fn what_is_asked_of_a_process_waits_until_it_is_read() {
    use super::update::asked::again;
    let mut app = Scene::unread();
    assert_eq!(typed(&mut app, "x"), []);
    assert_eq!(again(&mut app), None);
    Scene::read(&mut app);
    assert_eq!(again(&mut app), Some(Effect::HangUp(Scene::client())));
    assert_eq!(again(&mut app), None, "once");

    let mut app = Scene::unread();
    typed(&mut app, "k");
    assert_eq!((&app.overlay, app.message()), (&Overlay::None, None));
    Scene::read(&mut app);
    again(&mut app);
    assert!(matches!(app.overlay, Overlay::Signals { key, .. } if key.pid == 4122));

    // Who selects another means that one.
    let mut app = Scene::unread();
    typed(&mut app, "x up");
    Scene::read(&mut app);
    assert_eq!(again(&mut app), None);
    typed(&mut app, "down");
    assert_eq!(again(&mut app), None, "forgotten");

    // What is never read is not waited for without end.
    let mut app = Scene::unread();
    typed(&mut app, "k");
    app.clock = app.clock + Duration::from_secs(6);
    again(&mut app);
    assert_eq!(app.message(), Some("Select a process first: ↑ ↓."));
    assert_eq!(app.asked, None);
}

#[test]
fn time_stands_still_while_paused() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "space");
    let before = text(&drawn(&mut app, 120, 36));
    Scene::later(&mut app);
    let paused = text(&drawn(&mut app, 120, 36));
    // All but how far back it is.
    let body = |screen: &str| screen.lines().skip(1).collect::<Vec<_>>().join("\n");
    assert_eq!(body(&before), body(&paused));
    typed(&mut app, "end");
    assert_eq!(app.looking, Looking::Live);
    assert_ne!(body(&before), body(&text(&drawn(&mut app, 120, 36))));
}

#[test]
fn the_first_moment_and_the_last_are_the_ends() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "home");
    let Looking::Paused(first) = app.looking else {
        panic!("paused at the start")
    };
    typed(&mut app, "left");
    assert_eq!(app.looking, Looking::Paused(first));
    for _ in 0..100 {
        typed(&mut app, "right");
    }
    assert_eq!(app.looking, Looking::Live);
}

#[test]
fn read_only_turns_every_such_key_off() {
    for key in ["c", "C", "x", "X", "a", "r", "R", "k"] {
        let mut app = Scene::read_only();
        assert_eq!(typed(&mut app, &format!("down {key}")), [], "{key}");
        assert_eq!(app.overlay, Overlay::None, "{key}");
        assert_eq!(app.message(), Some("Off: --read-only."), "{key}");
    }
}

#[test]
fn the_selection_outlives_what_happens_around_it() {
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "down down down");
    let selected = app.selected;
    Scene::later(&mut app);
    drawn(&mut app, 40, 12);
    drawn(&mut app, 200, 60);
    assert_eq!(app.selected, selected);
}
