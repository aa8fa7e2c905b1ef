//! Threads under their processes: keys in, state and screens out.

use std::sync::Arc;
use std::time::Duration;

use crate::timeline::call::Call;
use crate::timeline::detail::{Unread, Waits};
use crate::timeline::observation::Observation;
use crate::timeline::process::{Key, Pid, State};
use crate::timeline::threads::{Listed, Thread, Threads};
use crate::timeline::time::Time;
use crate::tui::state::{App, Looking};
use crate::words::Language;

use super::browse::lines;
use super::scene::Scene;
use super::{check, drawn, text, typed};

const SERVER: Key = Key {
    pid: 4121,
    start_ticks: 100_000,
};

fn thread(tid: Pid, comm: &[u8], call: Option<(Call, u64)>, socket: Option<u64>) -> Thread {
    Thread {
        tid,
        comm: comm.into(),
        state: if call.is_some() {
            State::Sleeping
        } else {
            State::Running
        },
        cpu: Duration::from_millis(20),
        waits: Ok(call.map_or(Waits::Running, |(call, fd)| Waits::In {
            call,
            arguments: [fd, 0, 0, 0, 0, 0],
        })),
        socket,
    }
}

/// The server, and a look at its threads a moment ago: it accepts, two serve, and one works.
fn scene(language: Language, more: usize) -> App {
    let mut app = Scene::threads(language);
    let threads = vec![
        thread(4121, b"forkscope", Some((Call::Accept4, 3)), Some(1)),
        thread(4123, b"serving", Some((Call::Read, 4)), Some(51020)),
        thread(4124, b"serving", Some((Call::Write, 5)), Some(51022)),
        thread(4125, b"wor\x1bker", None, None),
    ];
    app.timeline.apply(&Observation::Threads(Threads {
        at: Time::from_ticks(100_090),
        found: vec![(SERVER, Arc::new(Listed { threads, more }))],
    }));
    app
}

#[test]
fn threads_hang_under_their_process() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(120, 36), (80, 24), (40, 12)] {
            let mut app = scene(language, 3);
            typed(&mut app, "t");
            check(&format!("threads{suffix}"), &mut app, columns, rows);
        }
    }
}

#[test]
fn keys_show_and_hide_them() {
    let all = [4121, -4121, -4123, -4124, -4125];
    let mut app = scene(Language::English, 0);
    assert_eq!(lines(&app), [4121]);
    typed(&mut app, "t");
    assert_eq!(lines(&app), all);
    typed(&mut app, "t");
    assert_eq!(lines(&app), [4121]);
    // They are folded with what is below their process, whichever of its lines has the bar.
    typed(&mut app, "t down down down -");
    assert_eq!(lines(&app), [4121]);
    typed(&mut app, "+");
    assert_eq!(lines(&app), all);
}

#[test]
fn the_bar_goes_through_them_and_their_process_is_selected() {
    let mut app = scene(Language::English, 2);
    typed(&mut app, "t");
    let bar = |app: &App| {
        let moment = app.moment();
        app.bar(&moment, &app.outline(&moment))
    };
    for line in 0..6 {
        typed(&mut app, "down");
        assert_eq!(bar(&app), Some(line));
        assert_eq!(app.selected_life().map(|life| life.pid), Some(4121));
    }
    typed(&mut app, "up");
    assert_eq!(bar(&app), Some(4));
    // Without its line the bar is with the process.
    typed(&mut app, "t");
    assert_eq!(bar(&app), Some(0));
}

#[test]
fn they_are_read_while_they_are_shown_and_only_then() {
    let attends = |app: &App| app.attention().threads;
    let mut app = Scene::threads(Language::English);
    assert_eq!(attends(&app), []);
    typed(&mut app, "t");
    assert_eq!(attends(&app), [SERVER]);
    typed(&mut app, "space");
    assert_eq!(attends(&app), []);
    typed(&mut app, "space t");
    assert_eq!(attends(&app), []);
    typed(&mut app, "o");
    assert_eq!(attends(&app), [SERVER], "each stands at its line");
    // One thread is the process itself.
    let mut app = Scene::zombies(Language::English);
    typed(&mut app, "t");
    assert_eq!(attends(&app), []);
    assert!(text(&drawn(&mut app, 120, 36)).contains("No process here has more than one thread."));
}

#[test]
fn a_moment_at_which_nobody_looked_says_so() {
    let mut app = scene(Language::English, 0);
    typed(&mut app, "t");
    app.looking = Looking::Paused(Time::from_ticks(100_095));
    assert!(text(&drawn(&mut app, 120, 36)).contains("read() ← :51020"));
    app.looking = Looking::Paused(Time::from_ticks(100_050));
    let screen = text(&drawn(&mut app, 120, 36));
    assert!(screen.contains("threads: not read at 00:00.5"), "{screen}");
    assert_eq!(lines(&app), [4121, 0]);
}

#[test]
fn what_may_not_be_read_is_said() {
    let mut app = Scene::threads(Language::English);
    let mut hidden = thread(4123, b"x", None, None);
    (hidden.waits, hidden.state) = (Err(Unread::NotPermitted), State::Sleeping);
    app.timeline.apply(&Observation::Threads(Threads {
        at: Time::from_ticks(100_090),
        found: vec![(
            SERVER,
            Arc::new(Listed {
                threads: vec![hidden],
                more: 0,
            }),
        )],
    }));
    typed(&mut app, "t");
    let screen = text(&drawn(&mut app, 120, 36));
    assert!(screen.contains("its call is not yours to read"), "{screen}");
}

#[test]
fn each_stands_at_its_line_of_the_code() {
    let mut app = scene(Language::English, 0);
    typed(&mut app, "o");
    let screen = text(&drawn(&mut app, 120, 36));
    let line = |code: &str| screen.lines().find(|line| line.contains(code)).unwrap_or_default();
    assert!(line("desk.listener.accept()").contains("4121"), "{screen}");
    assert!(line("read(client,").contains("4123"), "{screen}");
    assert!(line("write(client,").contains("4124"), "{screen}");
    check("code-threads", &mut app, 120, 36);
}
