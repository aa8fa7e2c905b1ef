//! The stream without a clock: observations as they come, and the lines that are to be told of them. And what each
//! kind of line looks like.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::stream::Stream;
use super::{Connection, End, Ending, Event, Totals, What, json, text};
use crate::observe::{Births, Capture, Deaths, SocketSource};
use crate::timeline::lifeline::{Reaper, ZombieTime};
use crate::timeline::observation::{
    Birth, ConnectionReading, Exit, HeldSocket, Lost, Mark, Observation, Reading, Reap, Sample, Sockets,
};
use crate::timeline::process::{ExitStatus, Key, Names, Pid, State};
use crate::timeline::sockets::TcpState;
use crate::timeline::time::{Time, When};
use crate::words::{Language, Words};

/// The target's root.
const ROOT: Pid = 10;

/// All times here are milliseconds after this, in ticks of 10 ms: the moment when watching begins.
const START: u64 = 1_000_000;

fn at(millis: u64) -> Time {
    Time::from_nanos((START + millis) * 1_000_000)
}

fn exactly(millis: u64) -> When {
    When::exactly(at(millis))
}

fn key(pid: Pid, born: u64) -> Key {
    Key {
        pid,
        start_ticks: (START + born) / 10,
    }
}

/// A process in a reading.
fn process(key: Key, parent: Pid, state: State) -> Reading {
    Reading {
        key,
        root: key.pid == ROOT,
        parent,
        ns_pid: None,
        state,
        threads: 1,
        uid: 0,
        names: Arc::new(Names::default()),
        cpu: Duration::ZERO,
        rss: 0,
        fds: Some(3),
        sockets: Some(Arc::default()),
        sigchld: None,
        blocked: None,
        wchan: None,
        exit: ExitStatus::Unknown,
    }
}

fn root() -> Reading {
    let before = Key {
        pid: ROOT,
        start_ticks: START / 10 - 100,
    };
    process(before, 1, State::Sleeping)
}

fn reading(millis: u64, processes: Vec<Reading>) -> Observation {
    Observation::Sample(Sample {
        at: at(millis),
        processes,
        sockets: Some(Sockets::default()),
    })
}

fn birth(millis: u64, child: Pid) -> Observation {
    Observation::Birth(Birth {
        when: exactly(millis),
        parent: ROOT,
        child,
    })
}

fn exit(when: When, key: Key, status: ExitStatus) -> Observation {
    Observation::Exit(Exit { when, key, status })
}

fn reap(millis: u64, key: Key, status: ExitStatus, by: Option<Pid>) -> Observation {
    Observation::Reap(Reap {
        when: exactly(millis),
        key,
        status,
        by: by.map_or(Reaper::Unknown, Reaper::Waited),
    })
}

/// These observations, each with the time at which it comes, make these lines, each with the time at which it is
/// told; what is told at the end has `end` there.
#[track_caller]
fn check(steps: Vec<(u64, Observation)>, lines: &[(&str, &str)]) {
    let mut stream = Stream::attached();
    let mut told = Vec::new();
    let mut tell = |when: String, events: Vec<Event>| {
        for event in events {
            let line = json::line(&event).expect("JSON");
            let line = line
                .trim_end()
                .strip_prefix("{\"schema\":1,\"t\":")
                .expect("schema and t")
                .to_owned();
            told.push((when.clone(), line));
        }
    };
    let mut last = 0;
    for (now, observation) in steps {
        // Every moment in between is asked, as whoever sleeps until it is due does.
        for now in last..now {
            tell(now.to_string(), stream.release(at(now)));
        }
        stream.take(&observation);
        tell(now.to_string(), stream.release(at(now)));
        last = now;
    }
    tell("end".to_owned(), stream.end(Ending::Elapsed, at(last)));
    let end = told.pop().expect("the end");
    assert!(end.1.contains("\"event\":\"end\""), "{end:?}");
    let told: Vec<(&str, &str)> = told.iter().map(|(when, line)| (when.as_str(), line.as_str())).collect();
    assert_eq!(told, lines, "\n{told:#?}");
    let times: Vec<f64> = told
        .iter()
        .map(|(_, line)| line.split(',').next().and_then(|t| t.parse().ok()).expect("a time"))
        .collect();
    assert!(times.is_sorted(), "{times:?}");
}

#[test]
fn what_was_there_before_us_is_no_event() {
    let child = process(key(11, 0), ROOT, State::Sleeping);
    let zombie = process(key(12, 0), ROOT, State::Zombie);
    let orphan = process(key(13, 0), 1, State::Sleeping);
    check(vec![(1, reading(0, vec![root(), child, zombie, orphan]))], &[]);
}

#[test]
fn events_of_different_sources_come_in_the_order_of_time() {
    let (one, two) = (key(11, 20), key(12, 30));
    check(
        vec![
            (1, reading(0, vec![root()])),
            (41, exit(exactly(40), one, ExitStatus::Code(0))),
            // The births come from a slower source.
            (52, birth(30, 12)),
            (53, birth(20, 11)),
            (60, reap(60, one, ExitStatus::Code(0), Some(ROOT))),
            (61, exit(exactly(61), two, ExitStatus::Signal(9))),
            (200, reading(200, vec![root()])),
        ],
        &[
            ("60", r#"0.020000000,"event":"fork","pid":11,"parent":10}"#),
            ("70", r#"0.030000000,"event":"fork","pid":12,"parent":10}"#),
            ("80", r#"0.040000000,"event":"exit","pid":11,"code":0}"#),
            (
                "100",
                r#"0.060000000,"event":"reap","pid":11,"by":10,"discarded":false,"zombie_seconds":0.02,"zombie_seconds_at_most":null}"#,
            ),
            ("101", r#"0.061000000,"event":"exit","pid":12,"signal":"SIGKILL"}"#),
        ],
    );
}

#[test]
fn a_status_that_comes_with_the_reap_is_in_the_line_of_the_exit() {
    let (soon, late) = (key(11, 20), key(12, 20));
    check(
        vec![
            (1, reading(0, vec![root()])),
            (21, birth(20, 11)),
            (21, birth(21, 12)),
            (30, exit(exactly(30), soon, ExitStatus::Unknown)),
            (31, exit(exactly(31), late, ExitStatus::Unknown)),
            (60, reap(60, soon, ExitStatus::Code(3), None)),
            (100, reap(100, late, ExitStatus::Code(4), None)),
            (200, reading(200, vec![root()])),
        ],
        &[
            ("60", r#"0.020000000,"event":"fork","pid":11,"parent":10}"#),
            ("61", r#"0.021000000,"event":"fork","pid":12,"parent":10}"#),
            ("70", r#"0.030000000,"event":"exit","pid":11,"code":3}"#),
            ("71", r#"0.031000000,"event":"exit","pid":12,"code":null}"#),
            (
                "100",
                r#"0.060000000,"event":"reap","pid":11,"by":null,"discarded":null,"zombie_seconds":0.03,"zombie_seconds_at_most":null}"#,
            ),
            (
                "140",
                r#"0.100000000,"event":"reap","pid":12,"by":null,"discarded":null,"zombie_seconds":0.069,"zombie_seconds_at_most":null}"#,
            ),
        ],
    );
}

#[test]
fn nobody_exits_who_was_not_born() {
    let unread = key(11, 20);
    check(
        vec![
            (1, reading(0, vec![root()])),
            (30, exit(exactly(30), unread, ExitStatus::Code(0))),
            // Its birth is told when its exit has long been; it is not told twice.
            (300, birth(20, 11)),
            (400, reading(400, vec![root()])),
        ],
        &[
            ("70", r#"0.030000000,"event":"fork","pid":11,"parent":null}"#),
            ("70", r#"0.030000000,"event":"exit","pid":11,"code":0}"#),
        ],
    );
}

#[test]
fn what_comes_too_late_is_told_with_the_time_of_the_line_before() {
    let child = key(11, 20);
    let found = process(child, ROOT, State::Sleeping);
    check(
        vec![
            (1, reading(0, vec![root()])),
            (
                51,
                Observation::Mark(Mark {
                    at: at(50),
                    text: "here".into(),
                }),
            ),
            (110, reading(105, vec![root(), found])),
        ],
        &[
            ("90", r#"0.050000000,"event":"mark","text":"here"}"#),
            ("110", r#"0.050000000,"event":"fork","pid":11,"parent":10}"#),
        ],
    );
}

#[test]
fn a_zombie_time_is_known_or_bounded_or_neither() {
    let (bounded, found) = (key(11, 20), key(12, 0));
    let zombie = process(found, ROOT, State::Zombie);
    check(
        vec![
            (1, reading(0, vec![root(), zombie])),
            (21, birth(20, 11)),
            (90, exit(When::between(at(30), at(90)), bounded, ExitStatus::Code(0))),
            (90, reap(90, bounded, ExitStatus::Code(0), None)),
            (95, reap(95, found, ExitStatus::Code(0), None)),
            (200, reading(200, vec![root()])),
        ],
        &[
            ("60", r#"0.020000000,"event":"fork","pid":11,"parent":10}"#),
            ("130", r#"0.090000000,"event":"exit","pid":11,"code":0}"#),
            (
                "130",
                r#"0.090000000,"event":"reap","pid":11,"by":null,"discarded":null,"zombie_seconds":null,"zombie_seconds_at_most":0.06}"#,
            ),
            (
                "135",
                r#"0.095000000,"event":"reap","pid":12,"by":null,"discarded":null,"zombie_seconds":null,"zombie_seconds_at_most":null}"#,
            ),
        ],
    );
}

#[test]
fn an_orphan_has_a_parent_before_and_one_after() {
    let (parent, child) = (key(11, 0), key(12, 0));
    let alive = |key, parent| process(key, parent, State::Sleeping);
    check(
        vec![
            (1, reading(0, vec![root(), alive(parent, ROOT), alive(child, 11)])),
            (20, exit(exactly(20), parent, ExitStatus::Code(0))),
            (30, reading(30, vec![root(), alive(child, 1)])),
            (200, reading(200, vec![root(), alive(child, 1)])),
        ],
        &[
            ("60", r#"0.020000000,"event":"exit","pid":11,"code":0}"#),
            ("70", r#"0.030000000,"event":"orphan","pid":12,"from":11,"to":1}"#),
        ],
    );
}

/// A reading with one connection, which that process holds.
fn connected(millis: u64, inode: u64, holder: Option<Pid>) -> Observation {
    let mut processes = vec![root(), process(key(11, 0), ROOT, State::Sleeping)];
    for process in processes.iter_mut().filter(|process| Some(process.key.pid) == holder) {
        process.sockets = Some(Arc::new([HeldSocket { fd: 4, inode }]));
    }
    let connections = vec![ConnectionReading {
        inode,
        local: "127.0.0.1:80".parse().expect("an address"),
        peer: "127.0.0.1:5000".parse().expect("an address"),
        state: TcpState::Established,
    }];
    Observation::Sample(Sample {
        at: at(millis),
        processes,
        sockets: Some(Sockets {
            listeners: Vec::new(),
            connections,
        }),
    })
}

#[test]
fn a_connection_is_its_holders() {
    let without = |millis| reading(millis, vec![root(), process(key(11, 0), ROOT, State::Sleeping)]);
    let connect = r#""event":"connect","pid":null,"local":"127.0.0.1:80","peer":"127.0.0.1:5000"}"#;
    let held = r#""event":"connect","pid":11,"local":"127.0.0.1:80","peer":"127.0.0.1:5000"}"#;
    let close = r#""event":"close","pid":11,"local":"127.0.0.1:80","peer":"127.0.0.1:5000"}"#;
    check(
        vec![
            (0, without(0)),
            (10, connected(10, 0, None)),
            (100, connected(100, 77, Some(11))),
            (110, without(110)),
            (200, without(200)),
        ],
        &[
            ("50", &format!("0.010000000,{connect}")),
            ("150", &format!("0.110000000,{close}")),
        ],
    );
    check(
        vec![(0, without(0)), (10, connected(10, 77, Some(11))), (100, without(100))],
        &[
            ("50", &format!("0.010000000,{held}")),
            ("end", &format!("0.100000000,{close}")),
        ],
    );
    // It was there before us; that it goes is news.
    check(
        vec![(0, connected(0, 77, Some(11))), (100, without(100))],
        &[("end", &format!("0.100000000,{close}"))],
    );
}

#[test]
fn a_target_has_ended_when_nobody_of_it_is_left() {
    let child = key(11, 10);
    let alive = || process(child, ROOT, State::Sleeping);
    let root_key = root().key;
    let mut stream = Stream::launched(at(0), root_key);
    stream.take(&reading(5, vec![root()]));
    stream.take(&reading(20, vec![root(), alive()]));
    stream.take(&exit(exactly(25), root_key, ExitStatus::Code(7)));
    stream.take(&reap(25, root_key, ExitStatus::Code(7), Some(5)));
    assert!(!stream.has_ended(at(26)));
    stream.take(&reading(30, vec![process(child, 5, State::Sleeping)]));
    stream.take(&exit(exactly(40), child, ExitStatus::Code(0)));
    stream.release(at(100));
    assert!(!stream.has_ended(at(100)), "a child may be hidden behind that exit");
    stream.take(&reading(110, vec![process(child, 5, State::Zombie)]));
    stream.release(at(110));
    assert!(!stream.has_ended(at(110)), "the zombie may be waited for");
    assert!(stream.has_ended(at(611)), "nobody waits for it");
    stream.take(&reap(620, child, ExitStatus::Code(0), Some(5)));
    stream.take(&reading(630, vec![]));
    stream.release(at(700));
    assert!(stream.has_ended(at(700)));
    let last = stream.end(Ending::TargetEnded, at(700)).pop().expect("the end");
    let What::End(end) = last.what else { panic!("{last:?}") };
    assert_eq!(end.status, Some(ExitStatus::Code(7)));
    let totals = end.totals;
    assert_eq!((totals.forks, totals.exits, totals.reaps), (1, 2, 2));
}

#[test]
fn a_root_that_nobody_has_read_has_ended_when_it_was_reaped() {
    let root_key = root().key;
    let mut stream = Stream::launched(at(0), root_key);
    stream.take(&reading(30, vec![]));
    assert!(!stream.has_ended(at(31)), "its end is still to be told");
    stream.take(&exit(exactly(25), root_key, ExitStatus::Code(7)));
    stream.take(&reap(26, root_key, ExitStatus::Code(7), Some(5)));
    let told = stream.release(at(100));
    assert!(
        matches!(
            told[..],
            [
                Event {
                    what: What::Exit { .. },
                    ..
                },
                Event {
                    what: What::Reap { .. },
                    ..
                }
            ]
        ),
        "{told:?}"
    );
    assert!(stream.has_ended(at(100)));
}

#[test]
fn what_the_end_counts_is_what_was_told() {
    let mut stream = Stream::attached();
    let child = key(11, 20);
    let missing = Lost { at: at(50), count: 4 };
    for observation in [
        reading(0, vec![root()]),
        exit(exactly(30), child, ExitStatus::Unknown),
        reap(31, child, ExitStatus::Unknown, None),
        Observation::Lost(missing),
    ] {
        stream.take(&observation);
    }
    let last = stream.end(Ending::Elapsed, at(60)).pop().expect("the end");
    let What::End(end) = last.what else { panic!("{last:?}") };
    let totals = Totals {
        forks: 1,
        exits: 1,
        reaps: 1,
        unknown_statuses: 1,
        unknown_reapers: 1,
        lost: 4,
        ..Totals::default()
    };
    assert_eq!((end.totals, end.may_have_missed), (totals, true));
}

/// One of each kind.
fn one_of_each() -> Vec<Event> {
    let address = |text: &str| -> SocketAddr { text.parse().expect("an address") };
    let connection = Connection {
        pid: Some(12),
        local: address("127.0.0.1:80"),
        peer: address("[::1]:5000"),
    };
    let zombie = ZombieTime {
        least: Duration::ZERO,
        most: Some(Duration::from_millis(2)),
    };
    let end = End {
        reason: Ending::TargetEnded,
        status: Some(ExitStatus::Signal(15)),
        totals: Totals {
            forks: 2,
            late: 1,
            ..Totals::default()
        },
        capture: Some(Capture {
            births: Births::Polled {
                every: Duration::from_millis(50),
            },
            deaths: Deaths::Pidfd,
            sockets: SocketSource::SockDiag,
            every: Duration::from_millis(50),
            reasons: Vec::new(),
        }),
        may_have_missed: true,
    };
    let whats = [
        What::Fork { pid: 12, parent: None },
        What::Exec {
            pid: 12,
            comm: b"a\x1b)\xff".as_slice().into(),
        },
        What::Exit {
            pid: 12,
            status: ExitStatus::Signal(11),
        },
        What::Exit {
            pid: 12,
            status: ExitStatus::Code(3),
        },
        What::Reap {
            pid: 12,
            by: Reaper::Waited(10),
            zombie,
        },
        What::Orphan {
            pid: 12,
            from: None,
            to: 1,
        },
        What::Connect(connection),
        What::Close(Connection {
            pid: None,
            ..connection
        }),
        What::Lost { count: 9 },
        What::Mark {
            text: "x\n\u{202e}".into(),
        },
        What::End(Box::new(end)),
    ];
    let moments = (1..).map(|number| Duration::from_micros(number * 1_000_001));
    let events = moments.zip(whats);
    events.map(|(t, what)| Event { t, what }).collect()
}

/// The lines are those that are kept under that name.
#[track_caller]
fn agree(name: &str, lines: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "lines" }, {
        insta::assert_snapshot!(name, lines);
    });
}

#[test]
fn each_kind_has_its_fields() {
    let lines: Vec<String> = one_of_each()
        .iter()
        .map(|event| json::line(event).expect("JSON"))
        .collect();
    agree("json", &lines.concat());
}

#[test]
fn each_kind_is_said_in_both_languages() {
    for language in Language::ALL {
        let words = Words::new(*language);
        let lines: String = one_of_each().iter().map(|event| text::line(&words, event)).collect();
        agree(language.name(), &lines);
    }
}
