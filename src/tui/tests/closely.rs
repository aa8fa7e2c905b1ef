//! The panes that are opened beside the tree: the card of details, and the commands that prove it.

use std::time::Duration;

use crate::server::config::{Model, Policy};
use crate::timeline::call::Call;
use crate::timeline::detail::{
    Descriptor, Detail, Memory, Opens, Particulars, Signals, Unix, UnixKind, Unread, Users, Waits,
};
use crate::timeline::observation::Observation;
use crate::timeline::process::{Key, Pid};
use crate::timeline::time::Time;
use crate::tui::pane::Pane;
use crate::tui::state::subject::Following;
use crate::tui::state::subject::Subject;
use crate::tui::state::{App, Looking};
use crate::words::Language;

use super::scene::Scene;
use super::{check, drawn, text, typed};

/// A process of the scene, its start in hundredths of a second.
fn key(pid: Pid, born: u64) -> Key {
    Key {
        pid,
        start_ticks: 100_000 + born,
    }
}

const PARENT: Pid = 4121;
const CHILD: Pid = 4130;

fn at(hundredths: u64) -> Time {
    Time::from_ticks(100_000 + hundredths)
}

/// What is found of a process of the scene.
fn particulars(waits: Waits, open: &[(i32, Opens)]) -> Particulars {
    Particulars {
        users: Ok(Users { real: 0, effective: 0 }),
        group: PARENT,
        session: PARENT,
        executable: Ok(b"/usr/local/bin/forkscope"[..].into()),
        signals: Ok(Signals {
            pending: 0,
            blocked: 0,
            ignored: 1 << 12,
            caught: (1 << 1) | (1 << 9) | (1 << 14),
        }),
        waits: Ok(waits),
        descriptors: Ok(open
            .iter()
            .map(|(fd, opens)| Descriptor {
                fd: *fd,
                opens: opens.clone(),
            })
            .collect()),
        most_descriptors: Ok((Some(1024), Some(1 << 20))),
        memory: Ok(Memory {
            resident: 4500 << 10,
            shared: 3300 << 10,
            private: 1200 << 10,
        }),
        user_time: Duration::from_millis(20),
        system_time: Duration::from_millis(40),
        namespace_pids: vec![PARENT],
        namespace: Ok(4_026_531_836),
        cgroup: Ok(b"/user.slice/session-2.scope"[..].into()),
    }
}

fn look(app: &mut App, when: u64, key: Key, found: Option<Particulars>) {
    app.timeline.apply(&Observation::Detail(Detail {
        at: at(when),
        key,
        found: found.map(Box::new),
    }));
}

fn parent() -> Particulars {
    let accepts = Waits::In {
        call: Call::Accept4,
        arguments: [3, 0, 0, 0x80000, 0, 0],
    };
    let file = |path: &[u8]| Opens::File(Some(path.into()));
    particulars(
        accepts,
        &[
            (0, file(b"/dev/null")),
            (1, Opens::Pipe(77)),
            (2, Opens::Pipe(78)),
            (3, Opens::Socket(1)),
            (5, Opens::Socket(99)),
        ],
    )
}

/// What a client of a database, say, has open besides TCP.
fn others() -> Particulars {
    let unix = |listens, path: Option<&[u8]>, peer: Option<(u64, Option<&[u8]>)>| {
        Opens::Unix(Box::new(Unix {
            inode: 12,
            kind: UnixKind::Stream,
            listens,
            path: path.map(Into::into),
            peer: peer.map(|(inode, _)| inode),
            peer_path: peer.and_then(|(_, path)| path.map(Into::into)),
        }))
    };
    let local = ([127, 0, 0, 1], 5353).into();
    let peer = Some(([10, 0, 0, 1], 53).into());
    particulars(
        Waits::Running,
        &[
            (3, unix(true, Some(b"/run/a\x1b.sock"), None)),
            (4, unix(false, None, Some((4711, Some(b"/run/b.sock"))))),
            (5, unix(false, None, Some((4712, None)))),
            (6, unix(false, None, None)),
            (
                7,
                Opens::Udp {
                    inode: 13,
                    local,
                    peer: None,
                },
            ),
            (8, Opens::Udp { inode: 14, local, peer }),
        ],
    )
}

#[test]
fn sockets_that_are_not_tcp_are_told_apart() {
    let mut app = scene(Language::English);
    look(&mut app, 4170, key(PARENT, 0), Some(others()));
    typed(&mut app, "enter");
    let shown = text(&drawn(&mut app, 160, 45));
    for said in [
        "unix stream 12 /run/a\\x1b.sock, listening",
        "unix stream 12, its other end is 4711 /run/b.sock",
        "unix stream 12, its other end is 4712 ",
        "unix stream 12 ",
        "UDP 127.0.0.1:5353 ",
        "UDP 127.0.0.1:5353 → 10.0.0.1:53 ",
    ] {
        assert!(shown.contains(said), "{said:?} is not in\n{shown}");
    }
}

#[test]
fn the_code_scrolls_to_who_stands_in_it_until_it_is_scrolled() {
    let mut app = opened(Language::English, "o o");
    let parent = |app: &mut App| text(&drawn(app, 80, 24)).contains("P▸");
    assert!(parent(&mut app), "the parent stands below the first screen");
    typed(&mut app, "pageup pageup");
    assert!(!parent(&mut app), "scrolled by hand");
    assert_eq!(app.beside.scroll, 0);
    typed(&mut app, "down");
    assert!(parent(&mut app), "another process is another place");
}

#[test]
fn a_process_has_a_card_before_it_was_read() {
    let mut app = Scene::unread();
    typed(&mut app, "enter");
    let shown = text(&drawn(&mut app, 120, 36));
    assert!(shown.contains("4122") && shown.contains("being read"), "{shown}");
    assert_eq!(app.attention().process, None, "its key is not known yet");
    Scene::read(&mut app);
    assert_eq!(app.attention().process.map(|key| key.pid), Some(4122));
}

fn child() -> Particulars {
    let reads = Waits::In {
        call: Call::Read,
        arguments: [4, 0x7ffc, 4096, 0, 0, 0],
    };
    particulars(reads, &[(1, Opens::Pipe(77)), (4, Opens::Socket(51022))])
}

/// The zombies, and a close look at some process just before now.
fn scene(language: Language) -> App {
    let mut app = Scene::zombies(language);
    look(&mut app, 4150, key(PARENT, 0), Some(parent()));
    look(&mut app, 4160, key(CHILD, 1400), Some(child()));
    look(&mut app, 4170, Scene::ZOMBIE, Some(zombie()));
    app
}

/// The scene with these keys typed.
pub(super) fn opened(language: Language, keys: &str) -> App {
    let mut app = scene(language);
    typed(&mut app, keys);
    app
}

/// A zombie keeps its status, and little else can be read.
fn zombie() -> Particulars {
    let mut found = particulars(Waits::Running, &[]);
    (found.executable, found.memory) = (Err(Unread::Absent), Err(Unread::Absent));
    found
}

/// A scene in which the process of the card was read closely a moment ago, as it would be where its card is shown.
pub(super) fn looked(mut app: App) -> App {
    let moment = app.moment();
    let row = app.selected.or_else(|| moment.rows.first().map(|row| row.life.id));
    let row = row.and_then(|id| moment.row(id));
    let read = row.filter(|row| !row.is_ghost()).and_then(|row| {
        let found = if row.life.root {
            parent()
        } else if row.is_zombie() {
            zombie()
        } else {
            child()
        };
        Some((row.life.key()?, found))
    });
    let at = app.shown_at();
    drop(moment);
    if let Some((key, found)) = read {
        app.timeline.apply(&Observation::Detail(Detail {
            at,
            key,
            found: Some(Box::new(found)),
        }));
    }
    app
}

/// Both languages at the sizes that count.
fn check_all(name: &str, keys: &str) {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(120, 36), (80, 24), (40, 12)] {
            let mut app = scene(language);
            typed(&mut app, keys);
            check(&format!("{name}{suffix}"), &mut app, columns, rows);
        }
    }
}

#[test]
fn a_process_is_shown_in_detail() {
    check_all("details", "down enter");
    check_all("details-zombie", "down down down down enter");
}

#[test]
fn the_commands_that_prove_it_are_listed() {
    check_all("proofs", "down y");
    check_all("proofs-zombie", "down down down down y");
}

#[test]
fn a_card_of_a_long_life_is_scrolled() {
    let mut app = scene(Language::English);
    typed(&mut app, "down down down enter pagedown");
    check("details-scrolled", &mut app, 80, 24);
    // However often it is pressed, one page up is seen at once.
    typed(&mut app, "pagedown pagedown pagedown");
    let end = text(&drawn(&mut app, 80, 24));
    typed(&mut app, "pageup");
    assert_ne!(end, text(&drawn(&mut app, 80, 24)));
}

#[test]
fn what_was_not_read_then_is_said() {
    let mut app = scene(Language::English);
    typed(&mut app, "down enter space");
    assert!(text(&drawn(&mut app, 120, 36)).contains("accept4(fd 3)"));
    app.looking = Looking::Paused(at(3188));
    let screen = text(&drawn(&mut app, 120, 36));
    assert!(screen.contains("not read at 00:31.8"), "{screen}");
    assert!(!screen.contains("accept4(fd 3)"), "{screen}");
    check("details-not-read", &mut app, 120, 36);
    app.looking = Looking::Live;
    typed(&mut app, "y space");
    assert!(text(&drawn(&mut app, 120, 36)).contains("These ask about now, not about 00:42"));
}

#[test]
fn what_cannot_be_read_is_said() {
    let mut app = Scene::zombies(Language::English);
    let mut others = parent();
    (others.executable, others.descriptors) = (Err(Unread::NotPermitted), Err(Unread::NotPermitted));
    (others.waits, others.memory) = (Err(Unread::NotPermitted), Err(Unread::NotPermitted));
    others.namespace = Err(Unread::NotPermitted);
    others.users = Ok(Users {
        real: 0,
        effective: 4_000_000,
    });
    look(&mut app, 4200, key(PARENT, 0), Some(others));
    typed(&mut app, "down enter");
    check("details-not-ours", &mut app, 120, 36);
    look(&mut app, 4205, key(PARENT, 0), None);
    assert!(text(&drawn(&mut app, 120, 36)).contains("It was gone when it was to be read."));
    let mut strange = parent();
    strange.executable = Ok(b"/tmp/\xff\x1b[2J (deleted)"[..].into());
    look(&mut app, 4206, key(PARENT, 0), Some(strange));
    typed(&mut app, "pagedown");
    assert!(text(&drawn(&mut app, 120, 36)).contains("/tmp/\\xff\\x1b[2J (deleted)"));
}

#[test]
fn keys_open_and_close_what_is_beside_the_tree() {
    let check = |keys: &str, pane: Pane| {
        let mut app = scene(Language::English);
        typed(&mut app, keys);
        assert_eq!(app.beside.pane, pane, "{keys}");
        app
    };
    check("enter", Pane::Details);
    check("enter enter", Pane::Lanes);
    check("enter y", Pane::Proofs);
    check("enter y y", Pane::Details);
    check("y", Pane::Proofs);
    check("y enter", Pane::Details);
    check("down enter down", Pane::Details);
    // First the pane is closed, then nothing is selected.
    assert!(check("down enter esc", Pane::Lanes).selected.is_some());
    assert!(check("down enter esc esc", Pane::Lanes).selected.is_none());
    assert!(
        check("enter", Pane::Details).selected.is_some(),
        "the first is selected"
    );
}

#[test]
fn only_what_is_open_is_read_closely() {
    let attends = |keys: &str| {
        let mut app = scene(Language::English);
        typed(&mut app, keys);
        app.attention().process
    };
    assert_eq!(attends("down"), None);
    assert_eq!(attends("down enter"), Some(key(PARENT, 0)));
    assert_eq!(attends("down down down down enter"), Some(Scene::ZOMBIE));
    assert_eq!(attends("down y down"), Some(key(4125, 700)));
    assert_eq!(attends("down enter esc"), None);
}

/// Where there is room, the card and the code stand below the tree: the parent's, until a process is selected.
#[test]
fn an_ample_screen_shows_closely_without_being_asked() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(200, 60), (150, 50)] {
            check(&format!("ample{suffix}"), &mut scene(language), columns, rows);
        }
    }
    let mut app = scene(Language::English);
    let looks = |app: &mut App, keys: &str| {
        typed(app, keys);
        let shown = text(&drawn(app, 200, 60));
        // Whatever is open, the tree and its lanes stay where they are.
        assert!(
            shown.contains("processes ─") && shown.contains("last 45 s ─"),
            "{shown}"
        );
        (shown, app.attention().process)
    };
    let (shown, process) = looks(&mut app, "home end");
    assert!(
        shown.contains("4121 in detail") && shown.contains("fork, none: in C"),
        "{shown}"
    );
    assert_eq!(process, Some(key(PARENT, 0)));
    let (shown, process) = looks(&mut app, "down down down down");
    assert!(shown.contains("4131 in detail"), "{shown}");
    assert_eq!(process, Some(Scene::ZOMBIE));
    let (shown, _) = looks(&mut app, "y");
    assert!(
        shown.contains("what proves it: 4131") && shown.contains("fork, none: in C"),
        "{shown}"
    );
    let (shown, process) = looks(&mut app, "o");
    assert!(
        shown.contains("what runs, cut from") && !shown.contains("in detail"),
        "{shown}"
    );
    assert_eq!(process, None);
    // Where there is room for one of them only, what was opened stands there.
    typed(&mut app, "o enter");
    let shown = text(&drawn(&mut app, 150, 50));
    assert!(shown.contains("4131 in detail") && !shown.contains("in C"), "{shown}");
}

#[test]
fn a_foreign_server_is_not_looked_at_before_somebody_selects() {
    let mut app = scene(Language::English);
    app.following = None;
    app.subject = Subject::Attached(PARENT);
    let shown = text(&drawn(&mut app, 200, 60));
    assert!(!shown.contains("in detail"), "{shown}");
    assert_eq!(app.attention().process, None);
    typed(&mut app, "down");
    let shown = text(&drawn(&mut app, 200, 60));
    assert!(shown.contains("4121 in detail") && !shown.contains("in C"), "{shown}");
    assert_eq!(app.attention().process, Some(key(PARENT, 0)));
}

#[test]
fn each_process_stands_at_its_line_of_the_code() {
    for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
        for (columns, rows) in [(120, 36), (80, 24), (40, 12)] {
            let mut app = scene(language);
            typed(&mut app, "o");
            check(&format!("code{suffix}"), &mut app, columns, rows);
        }
    }
    let mut app = scene(Language::English);
    drawn(&mut app, 80, 24);
    typed(&mut app, "o o");
    check("code-c", &mut app, 80, 24);
    typed(&mut app, "o");
    assert_eq!(app.beside.pane, Pane::Lanes);
    // Where both are seen, there is no second step.
    drawn(&mut app, 120, 36);
    typed(&mut app, "o o");
    assert_eq!(app.beside.pane, Pane::Lanes);
}

#[test]
fn the_code_is_that_of_its_time() {
    let mut app = scene(Language::English);
    app.first = Some(Following::from_start(Model::Fork, Policy::Loop));
    typed(&mut app, "o");
    assert!(text(&drawn(&mut app, 120, 36)).contains("fork, none"));
    app.looking = Looking::Paused(at(2000));
    assert!(text(&drawn(&mut app, 120, 36)).contains("fork, loop"));
}

#[test]
fn a_foreign_server_has_no_listing() {
    let mut app = scene(Language::English);
    app.following = None;
    app.subject = Subject::Launched("nginx -g 'daemon off;'".to_owned());
    typed(&mut app, "o");
    assert!(text(&drawn(&mut app, 80, 24)).contains("nginx -g 'daemon off;' is not our own server"));
}
