//! What a comparison knows and concludes, from news that are made up.

use std::time::Duration;

use super::contender::Contender;
use super::figures::Figures;
use super::verdict::{Saying, verdict};
use super::{Comparison, End, News, Phase, Reading, Scenario, Visitor};
use crate::server::config::{Model, Policy, Rounds, Work};
use crate::timeline::observation::{Client, ClientId, ClientPhase, Failure};
use crate::timeline::process::ExitStatus;
use crate::timeline::time::Time;

fn at(millis: u64) -> Time {
    Time::from_nanos(millis * 1_000_000)
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn contender(typed: &str) -> Contender {
    Contender::parse(typed).expect("a contender")
}

fn comparison(clients: u32, contenders: &[&str]) -> Comparison {
    let scenario = Scenario {
        clients,
        rounds: Rounds {
            total: ms(100),
            work: Work::Mix { cpu: ms(10) },
        },
        echo: false,
        cpus: Some(1),
        scale: 0.1,
        together: false,
    };
    let contenders: Vec<Contender> = contenders.iter().map(|typed| contender(typed)).collect();
    Comparison::new(scenario, &contenders, 4, 1)
}

/// Lets clients come at 0, each of whom waits and is served as `of` says, in milliseconds.
fn run(comparison: &mut Comparison, index: usize, of: impl Fn(u64) -> (u64, u64), reading: Reading) {
    let clients = u64::from(comparison.scenario.clients);
    comparison.apply(News::Began(index, at(0)));
    let mut last = 0;
    for n in 1..=clients {
        let (wait, service) = of(n);
        last = last.max(wait + service);
        for (millis, phase) in [
            (0, ClientPhase::Connecting),
            (wait, ClientPhase::Served),
            (wait + service, ClientPhase::Done),
        ] {
            let client = Client {
                at: at(millis),
                id: ClientId(n),
                local: None,
                phase,
            };
            comparison.apply(News::Client(index, client));
        }
    }
    comparison.apply(News::Reading(index, reading));
    let end = End {
        at: at(last + 50),
        zombies_left: Some(reading.zombies),
        dropped: 0,
        status: None,
    };
    comparison.apply(News::Ended(index, end));
}

#[test]
fn longer_turns_are_for_short_scenarios_of_short_work() {
    #[track_caller]
    fn check(scale: f64, work: Work, expected: Option<Duration>) {
        let mut scenario = comparison(100, &["fork"]).scenario;
        scenario.scale = scale;
        scenario.rounds.work = work;
        assert_eq!(scenario.turn(), expected, "{work:?} at {scale}");
    }
    let mix = |millis| Work::Mix { cpu: ms(millis) };
    check(0.1, mix(7), Some(ms(100)));
    check(0.1, mix(8), None); // a round computes for longer than a usual turn
    check(0.1, Work::Io, Some(ms(100)));
    check(0.1, Work::Cpu, None);
    check(1.0, mix(7), None);
    check(2.0, Work::Io, None);
}

#[test]
fn a_contender_is_a_model_with_or_without_a_policy() {
    #[track_caller]
    fn check(typed: &str, expected: Option<(Model, Option<Policy>)>) {
        let expected = expected.map(|(model, policy)| Contender::BuiltIn { model, policy });
        let parsed = Contender::parse(typed).ok();
        assert_eq!(parsed, expected, "{typed}");
        assert!(parsed.is_none_or(|contender| contender.name() == typed));
    }
    check("fork", Some((Model::Fork, None)));
    check("fork:once", Some((Model::Fork, Some(Policy::Once))));
    check("prefork:loop", Some((Model::Prefork, Some(Policy::Loop))));
    check("prefork:poll", None);
    check("threads:none", None);
    check("fork:", None);
    check("select", None);
    check("", None);
}

#[test]
fn figures_are_of_those_who_were_served() {
    let mut comparison = comparison(4, &["fork"]);
    let reading = Reading {
        cpu: Some(ms(80)),
        ..Reading::default()
    };
    run(&mut comparison, 0, |n| (n * 10, 60), reading);
    let failed = Client {
        at: at(70),
        id: ClientId(3),
        local: None,
        phase: ClientPhase::Failed(Failure::Reset),
    };
    comparison.apply(News::Client(0, failed));
    let course = &comparison.courses[0];
    assert_eq!(course.visitors[2].phase(), Phase::Failed);
    let figures = Figures::of(course, comparison.cpus, at(9999));
    let wait = figures.wait.expect("they were served");
    assert_eq!(
        (wait.first, wait.middle, wait.last),
        (Some(ms(10)), Some(ms(20)), Some(ms(40)))
    );
    assert_eq!((wait.median, wait.p99, wait.max), (ms(20), ms(40), ms(40)));
    let service = figures.service.expect("they were served");
    assert_eq!((service.mean, service.max), (ms(60), ms(60)));
    assert_eq!(
        figures.total,
        Some(ms(100)),
        "from the first one's coming to the last one's end"
    );
    assert_eq!((figures.done, figures.failed, figures.left), (3, 1, 0));
    assert!(figures.cpu_busy.is_some_and(|busy| (busy - 0.8).abs() < 1e-9));
}

#[test]
fn nothing_is_known_before_anything_happened() {
    let comparison = comparison(3, &["fork"]);
    let figures = Figures::of(&comparison.courses[0], 1, at(0));
    assert_eq!((figures.wait, figures.service, figures.cpu_busy), (None, None, None));
    assert_eq!(verdict(&comparison, at(0)), []);
}

#[test]
fn a_staircase_and_a_flat_line_are_told_apart() {
    let mut comparison = comparison(10, &["iterative", "fork", "prefork"]);
    run(&mut comparison, 0, |n| ((n - 1) * 100, 100), Reading::default());
    run(&mut comparison, 1, |_| (5, 120), Reading::default());
    run(&mut comparison, 2, |n| ((n - 1) / 4 * 110, 100), Reading::default());
    let sayings = verdict(&comparison, at(0));
    assert!(
        matches!(&sayings[0], Saying::OneByOne { name, last, times, .. }
            if name == "iterative" && *last == ms(900) && (*times - 9.0).abs() < 1e-9),
        "{sayings:?}"
    );
    assert!(
        matches!(&sayings[1], Saying::InTurns { name, .. } if name == "prefork"),
        "{sayings:?}"
    );
    assert!(
        matches!(&sayings[2], Saying::AtOnce { names, longest, .. } if names == &["fork"] && *longest == ms(5)),
        "{sayings:?}"
    );
    assert!(
        matches!(sayings[3], Saying::Sooner { times } if (times - 8.0).abs() < 1e-9),
        "{sayings:?}"
    );
    // 10 ms of each 100 on one CPU: it has time for ten.
    assert!(
        matches!(sayings[4], Saying::Turns { clients: 10, came: 10 }),
        "{sayings:?}"
    );
}

#[test]
fn where_the_cpu_is_the_limit_the_answer_turns() {
    let mut comparison = comparison(10, &["iterative", "threads"]);
    let busy = Reading {
        cpu: Some(ms(980)),
        ..Reading::default()
    };
    run(&mut comparison, 0, |n| ((n - 1) * 100, 100), busy);
    run(&mut comparison, 1, |_| (5, 995), busy);
    let sayings = verdict(&comparison, at(0));
    assert!(
        sayings
            .iter()
            .any(|saying| matches!(saying, Saying::NoSooner { busy: Some(busy) } if *busy > 0.9)),
        "{sayings:?}"
    );
    assert!(
        !sayings.iter().any(|saying| matches!(saying, Saying::Sooner { .. })),
        "{sayings:?}"
    );
}

#[test]
fn nothing_but_cpu_is_no_sooner_done_however_much_of_it_a_neighbour_took() {
    let mut comparison = comparison(10, &["iterative", "threads"]);
    comparison.scenario.rounds.work = Work::Cpu;
    let half = Reading {
        cpu: Some(ms(400)),
        ..Reading::default()
    };
    run(&mut comparison, 0, |n| ((n - 1) * 100, 100), half);
    run(&mut comparison, 1, |_| (5, 900), half);
    let sayings = verdict(&comparison, at(0));
    assert!(sayings.contains(&Saying::NoSooner { busy: None }), "{sayings:?}");
    assert!(
        !sayings.iter().any(|saying| matches!(saying, Saying::Sooner { .. })),
        "{sayings:?}"
    );
}

#[test]
fn of_one_that_was_ended_early_no_manner_is_told() {
    let mut comparison = comparison(10, &["iterative"]);
    run(&mut comparison, 0, |_| (1, 100), Reading::default());
    for n in 2..=10 {
        comparison.courses[0].visitors[n - 1] = Visitor {
            arrived: Some(at(0)),
            ..Visitor::default()
        };
    }
    let unserved = Saying::Unserved {
        name: "iterative".to_owned(),
        count: 9,
    };
    assert_eq!(verdict(&comparison, at(500)), [unserved]);
}

#[test]
fn what_went_wrong_is_said() {
    let mut comparison = comparison(4, &["fork:once", "epoll"]);
    let left = Reading {
        zombies: 3,
        ..Reading::default()
    };
    run(&mut comparison, 0, |_| (1, 100), left);
    comparison.apply(News::Failed(1, "no port".to_owned()));
    let sayings = verdict(&comparison, at(0));
    let zombies = Saying::Zombies {
        name: "fork:once".to_owned(),
        count: 3,
    };
    let not_run = Saying::NotRun {
        name: "epoll".to_owned(),
        why: "no port".to_owned(),
    };
    assert!(sayings.contains(&zombies) && sayings.contains(&not_run), "{sayings:?}");
}

#[test]
fn who_could_not_come_was_not_turned_away() {
    let mut comparison = comparison(4, &["epoll"]);
    run(&mut comparison, 0, |_| (1, 100), Reading::default());
    for (n, failure) in [(2, Failure::Local), (3, Failure::Local), (4, Failure::Reset)] {
        let client = Client {
            at: at(9),
            id: ClientId(n),
            local: None,
            phase: ClientPhase::Failed(failure),
        };
        comparison.apply(News::Client(0, client));
    }
    let sayings = verdict(&comparison, at(0));
    let name = "epoll".to_owned();
    let stayed = Saying::Stayed {
        name: name.clone(),
        count: 2,
    };
    let failed = Saying::Failed { name, count: 1 };
    assert!(sayings.contains(&stayed) && sayings.contains(&failed), "{sayings:?}");
}

#[test]
fn progress_grows_to_its_end() {
    let mut comparison = comparison(10, &["iterative", "fork"]);
    let (share, left) = comparison.progress(at(0));
    assert!(share.abs() < 1e-9 && left == ms(1100), "{share} {left:?}");
    comparison.apply(News::Began(0, at(0)));
    let (share, left) = comparison.progress(at(550));
    assert!((share - 0.5).abs() < 1e-9 && left == ms(550), "{share} {left:?}");
    comparison.apply(News::Over);
    assert!((comparison.progress(at(550)).0 - 1.0).abs() < 1e-9);
}

#[test]
fn memory_is_told_of_all_the_most_expensive_first() {
    let mut comparison = comparison(4, &["iterative", "fork", "threads", "epoll"]);
    for (index, kib) in [1200, 2400, 2390, 1210].into_iter().enumerate() {
        let reading = Reading {
            pss_anon: Some(kib * 1024),
            ..Reading::default()
        };
        run(&mut comparison, index, |_| (1, 60), reading);
    }
    let costs = verdict(&comparison, at(0)).into_iter().find_map(|saying| match saying {
        Saying::Cost(costs) => Some(costs),
        _ => None,
    });
    let names: Vec<_> = costs.unwrap().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["fork", "threads", "epoll", "iterative"]);
}

#[test]
fn a_server_that_ended_before_its_clients_is_told_of() {
    for (failed, told) in [(false, false), (true, true)] {
        let mut comparison = comparison(4, &["fork"]);
        run(&mut comparison, 0, |_| (1, 60), Reading::default());
        if failed {
            let phase = ClientPhase::Failed(Failure::Reset);
            let (at, id, local) = (at(70), ClientId(3), None);
            comparison.apply(News::Client(0, Client { at, id, local, phase }));
        }
        let status = Some(ExitStatus::Signal(6));
        let (at, zombies_left, dropped) = (at(90), Some(0), 0);
        comparison.apply(News::Ended(
            0,
            End {
                at,
                zombies_left,
                dropped,
                status,
            },
        ));
        let died = Saying::Died {
            name: "fork".to_owned(),
            status: ExitStatus::Signal(6),
        };
        assert_eq!(
            verdict(&comparison, at).contains(&died),
            told,
            "with a failure: {failed}"
        );
    }
}

#[test]
fn the_picture_has_room_for_what_is_expected_and_for_what_comes() {
    #[track_caller]
    fn check(comparison: &Comparison, expected: u64) {
        assert_eq!(comparison.height().as_millis(), u128::from(expected));
    }
    let wait = |comparison: &mut Comparison, index, millis| {
        for (phase, when) in [(ClientPhase::Connecting, 0), (ClientPhase::Served, millis)] {
            let (at, id, local) = (at(when), ClientId(1), None);
            comparison.apply(News::Client(index, Client { at, id, local, phase }));
        }
    };
    // The last one should wait for 99 others; there is some room above.
    let mut both = comparison(100, &["iterative", "epoll"]);
    let one = both.scenario.rounds.total;
    let expected = u64::try_from((one * 99).mul_f64(1.06).as_millis()).unwrap();
    check(&both, expected);
    wait(&mut both, 1, 3);
    check(&both, expected);
    let mut late = comparison(100, &["iterative", "epoll"]);
    wait(&mut late, 0, expected + 1);
    let quarter = (one * 99).mul_f64(1.06).mul_f64(1.25);
    check(&late, u64::try_from(quarter.as_millis()).unwrap());
    both.apply(News::Over);
    let least = u64::try_from((one / 5).mul_f64(1.06).as_millis()).unwrap();
    check(&both, least);
    // Nobody should wait; whoever does so all the same is in the picture, which grows by great steps.
    let mut flat = comparison(100, &["epoll"]);
    check(&flat, least);
    for (millis, expected) in [(2_300, 5_300), (4_900, 5_300), (5_100, 10_600)] {
        wait(&mut flat, 0, millis);
        check(&flat, expected);
    }
    flat.apply(News::Over);
    check(&flat, 5_406);
}
