//! The screen of a comparison, in the midst and at its end.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::compare::{Comparison, Contender, End, News, Reading, Scenario};
use crate::server::config::{Rounds, Work};
use crate::timeline::observation::{Client, ClientId, ClientPhase};
use crate::timeline::time::Time;
use crate::tui::compare::Comparing;
use crate::tui::look::Look;
use crate::tui::screens::compare;
use crate::words::{Language, Words};

const START: Time = Time::from_nanos(1_000_000_000);

fn at(millis: u64) -> Time {
    START + Duration::from_millis(millis)
}

fn scenario() -> Scenario {
    Scenario {
        clients: 100,
        rounds: Rounds {
            total: Duration::from_secs(1),
            work: Work::Mix {
                cpu: Duration::from_millis(25),
            },
        },
        echo: false,
        cpus: Some(1),
        scale: 1.0,
        together: false,
    }
}

/// Everything that happens to a server of which client n waits `wait(n)` and is served in `service`, until `now`; all in
/// milliseconds from `from`.
fn play(comparison: &mut Comparison, entry: usize, from: u64, now: u64, wait: impl Fn(u64) -> u64, service: u64) {
    comparison.apply(News::Began(entry, at(from)));
    for n in 1..=100 {
        let happens = [
            (ClientPhase::Connecting, from),
            (ClientPhase::Served, from + wait(n)),
            (ClientPhase::Done, from + wait(n) + service),
        ];
        for (phase, millis) in happens.into_iter().filter(|(_, millis)| *millis <= now) {
            let client = Client {
                at: at(millis),
                id: ClientId(n),
                local: None,
                phase,
            };
            comparison.apply(News::Client(entry, client));
        }
    }
}

fn read(comparison: &mut Comparison, entry: usize, processes: u32, threads: u32, kib: u64) {
    let reading = Reading {
        processes,
        threads,
        zombies: 0,
        pss_anon: Some(kib * 1024),
        cpu: Duration::from_millis(2500),
    };
    comparison.apply(News::Reading(entry, reading));
}

fn end(comparison: &mut Comparison, entry: usize, millis: u64) {
    let end = End {
        at: at(millis),
        zombies_left: Some(0),
        dropped: 0,
    };
    comparison.apply(News::Ended(entry, end));
}

/// At the millisecond that was asked for: the iterative server takes the first 100 seconds, each other one about three.
fn scene(now: u64, language: Language) -> Comparing {
    let contenders = ["iterative", "fork", "threads", "epoll"].map(|name| Contender::parse(name).expect("a model"));
    let mut comparison = Comparison::new(scenario(), &contenders, 100, 1);
    play(&mut comparison, 0, 0, now, |n| (n - 1) * 1000 + 2, 998);
    read(&mut comparison, 0, 1, 1, 1400);
    if now > 100_000 {
        end(&mut comparison, 0, 100_000);
        for (entry, slower, processes, threads) in [(1, 3, 101, 101), (2, 1, 1, 101), (3, 0, 1, 1)] {
            let from = 100_000 + 4000 * (u64::try_from(entry).expect("small") - 1);
            if now > from {
                play(&mut comparison, entry, from, now, |n| 2 + n * slower, 2600);
                read(&mut comparison, entry, processes, threads, 2400);
            }
            if now > from + 4000 {
                end(&mut comparison, entry, from + 4000);
            }
        }
    }
    if now >= 120_000 {
        comparison.apply(News::Over);
    }
    let mut comparing = Comparing::new(comparison, Words::new(language), Look::default(), START);
    comparing.now = at(now);
    comparing
}

fn check(name: &str, comparing: &Comparing, columns: u16, rows: u16) {
    let area = Rect::new(0, 0, columns, rows);
    let mut buffer = Buffer::empty(area);
    compare::draw(comparing, area, &mut buffer);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "screens" }, {
        insta::assert_snapshot!(format!("compare-{name}-{columns}x{rows}"), text(&buffer));
    });
}

#[test]
fn the_staircase_grows_beside_the_flat_line() {
    for (columns, rows) in [(120, 36), (80, 24), (60, 20), (40, 10)] {
        for (language, suffix) in [(Language::English, ""), (Language::Korean, "-ko")] {
            check(&format!("midst{suffix}"), &scene(42_500, language), columns, rows);
            check(&format!("over{suffix}"), &scene(120_000, language), columns, rows);
        }
    }
}

#[test]
fn it_is_drawn_in_ascii() {
    let mut comparing = scene(102_000, Language::English);
    comparing.look.ascii = true;
    check("ascii", &comparing, 80, 24);
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    compare::draw(&comparing, area, &mut buffer);
    assert!(text(&buffer).is_ascii());
}
