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
        cpu: Some(Duration::from_millis(2500)),
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
    play(&mut comparison, 0, 0, 90, |n| (n - 1) * 100 + 2, 100);
    play(&mut comparison, 1, 0, 90, |n| 1 + n / 10, 102);
    read(&mut comparison, 0, 1, 1, 1400);
    read(&mut comparison, 1, 1, 101, 2400);
    shown(comparison, 90, language)
}

/// Whatever can go wrong: zombies stay, clients are sent away, connections are dropped, and a command cannot be run.
pub(in crate::tui::tests) fn failures(language: Language) -> Comparing {
    let mut contenders = ["fork:once", "fork:loop", "epoll"]
        .map(|name| Contender::parse(name).expect("a model"))
        .to_vec();
    contenders.push(Contender::Command(vec!["./server".into(), "{port}".into()]));
    let mut comparison = Comparison::new(scenario(), &contenders, 100, 1);
    for (entry, zombies, dropped) in [(0, 37, 0), (1, 0, 0), (2, 0, 4)] {
        let from = 4000 * (u64::try_from(entry).expect("small"));
        play(&mut comparison, entry, from, u64::MAX, |n| 2 + n, 2600);
        if entry == 1 {
            for n in 91..=100 {
                let client = Client {
                    at: at(from + 30),
                    id: ClientId(n),
                    local: None,
                    phase: ClientPhase::Failed(Failure::Reset),
                };
                comparison.apply(News::Client(entry, client));
            }
        }
        read(&mut comparison, entry, 101, 101, 2400);
        let end = End {
            at: at(from + 3000),
            zombies_left: Some(zombies),
            dropped,
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
