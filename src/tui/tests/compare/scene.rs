//! Comparisons to be drawn, from news that are made up: in the midst, at the end, as a race, and with whom it goes wrong.

use std::time::Duration;

use crate::compare::contender::Contender;
use crate::compare::{Comparison, End, News, Reading, Scenario};
use crate::server::config::{Rounds, Work};
use crate::timeline::observation::{Client, ClientId, ClientPhase, Failure};
use crate::timeline::time::Time;
use crate::tui::compare::Comparing;
use crate::tui::look::Look;
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
/// milliseconds from `from`. It turns away those from number `lost` on.
fn play(
    comparison: &mut Comparison,
    entry: usize,
    (from, now): (u64, u64),
    wait: impl Fn(u64) -> u64,
    service: u64,
    lost: u64,
) {
    comparison.apply(News::Began(entry, at(from)));
    for n in 1..=100 {
        let happens = if n < lost {
            vec![
                (ClientPhase::Connecting, from),
                (ClientPhase::Served, from + wait(n)),
                (ClientPhase::Done, from + wait(n) + service),
            ]
        } else {
            vec![
                (ClientPhase::Connecting, from),
                (ClientPhase::Failed(Failure::Reset), from + 30),
            ]
        };
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

/// All of them are served.
const NONE: u64 = u64::MAX;

/// What its processes take: those with their threads, memory, and CPU time in milliseconds.
fn read(comparison: &mut Comparison, entry: usize, (processes, threads): (u32, u32), kib: u64, cpu: u64) {
    let reading = Reading {
        processes,
        threads,
        zombies: 0,
        pss_anon: Some(kib * 1024),
        cpu: Some(Duration::from_millis(cpu)),
    };
    comparison.apply(News::Reading(entry, reading));
}

fn end(comparison: &mut Comparison, entry: usize, millis: u64) {
    let end = End {
        at: at(millis),
        zombies_left: Some(0),
        dropped: 0,
        status: None,
    };
    comparison.apply(News::Ended(entry, end));
}

/// Every comparison that is looked at, by its name.
pub(in crate::tui::tests) fn every(language: Language) -> Vec<(&'static str, Comparing)> {
    vec![
        ("compare-first", one_by_one(42_500, language)),
        ("compare-next", one_by_one(102_000, language)),
        ("compare-over", one_by_one(120_000, language)),
        ("compare-together", together(language)),
        ("compare-failures", failures(language)),
    ]
}

/// At the millisecond that was asked for: the iterative server takes the first 100 seconds, each other one about three.
pub(in crate::tui::tests) fn one_by_one(now: u64, language: Language) -> Comparing {
    let contenders = ["iterative", "fork", "threads", "epoll"].map(|name| Contender::parse(name).expect("a model"));
    let mut comparison = Comparison::new(scenario(), &contenders, 100, 1);
    // 25 ms of CPU for each client; and together they need no less than 2.5 s.
    play(&mut comparison, 0, (0, now), |n| (n - 1) * 1000 + 2, 998, NONE);
    read(&mut comparison, 0, (1, 1), 1240, now.min(100_000) / 40);
    if now > 100_000 {
        end(&mut comparison, 0, 100_000);
        for (entry, slower, tasks, kib) in [(1, 3, (101, 101), 11_700), (2, 1, (1, 101), 2240), (3, 0, (1, 1), 1260)] {
            let from = 100_000 + 4000 * (u64::try_from(entry).expect("small") - 1);
            if now > from {
                play(&mut comparison, entry, (from, now), |n| 2 + n * slower, 2600, NONE);
                read(&mut comparison, entry, tasks, kib, (now - from).min(2500));
            }
            if now > from + 4000 {
                end(&mut comparison, entry, from + 4000);
            }
        }
    }
    if now >= 120_000 {
        comparison.apply(News::Over);
    }
    shown(comparison, now, language)
}

/// Two at the same time, a tenth as long, and both are still at it.
pub(in crate::tui::tests) fn together(language: Language) -> Comparing {
    let contenders = ["iterative", "threads"].map(|name| Contender::parse(name).expect("a model"));
    let scenario = Scenario {
        rounds: Rounds {
            total: Duration::from_millis(100),
            work: Work::Io,
        },
        scale: 0.1,
        together: true,
        ..scenario()
    };
    let mut comparison = Comparison::new(scenario, &contenders, 100, 1);
    play(&mut comparison, 0, (0, 90), |n| (n - 1) * 100 + 2, 100, NONE);
    play(&mut comparison, 1, (0, 90), |n| 1 + n / 10, 102, NONE);
    // What it costs to answer and to start threads: nobody computes anything.
    read(&mut comparison, 0, (1, 1), 1240, 1);
    read(&mut comparison, 1, (1, 101), 2240, 9);
    shown(comparison, 90, language)
}

/// Whatever can go wrong: zombies stay, clients are sent away, connections are dropped, and a command cannot be run.
pub(in crate::tui::tests) fn failures(language: Language) -> Comparing {
    let mut contenders = ["fork:once", "fork:loop", "epoll"]
        .map(|name| Contender::parse(name).expect("a model"))
        .to_vec();
    contenders.push(Contender::Command(vec!["./server".into(), "{port}".into()]));
    let mut comparison = Comparison::new(scenario(), &contenders, 100, 1);
    for (entry, zombies, dropped, lost, tasks, kib) in [
        (0, 37, 0, NONE, (101, 101), 11_700),
        (1, 0, 0, 91, (101, 101), 11_690),
        (2, 0, 4, NONE, (1, 1), 1260),
    ] {
        let from = 4000 * (u64::try_from(entry).expect("small"));
        play(&mut comparison, entry, (from, u64::MAX), |n| 2 + n, 2600, lost);
        read(&mut comparison, entry, tasks, kib, 25 * (lost.min(101) - 1));
        let end = End {
            at: at(from + 3000),
            zombies_left: Some(zombies),
            dropped,
            status: None,
        };
        comparison.apply(News::Ended(entry, end));
    }
    comparison.apply(News::Failed(3, "exec ./server: No such file or directory".to_owned()));
    comparison.apply(News::Over);
    shown(comparison, 13_000, language)
}

fn shown(comparison: Comparison, now: u64, language: Language) -> Comparing {
    let mut comparing = Comparing::new(comparison, Words::new(language), Look::default(), START);
    comparing.now = at(now);
    comparing
}
