//! Demonstrations against tables: what was seen, and what must be done then.

use std::time::Duration;

use super::seen::Seen;
use super::steps::{COMPANY, TOO_MANY};
use super::*;
use crate::server::control::Order;
use crate::timeline::process::State;
use crate::tui::update::Effect;

const PARENT: Key = Key {
    pid: 10,
    start_ticks: 1,
};

fn ms(millis: u64) -> Time {
    Time::from_nanos(millis * 1_000_000)
}

fn ready(kind: Kind, streaming: bool) -> Demonstration {
    Demonstration {
        kind,
        parent: PARENT,
        stopped: vec![PARENT],
        children: Vec::new(),
        streaming,
        orders: false,
        backlog: None,
        step: Step::Ready,
        since: ms(0),
    }
}

/// What is seen at so many milliseconds, read a moment before, of a parent in that state that is blocked in a call.
fn seen(at: u64, state: Option<State>, living: u32, zombies: u32) -> Seen {
    Seen {
        at: ms(at),
        read: ms(at) - Duration::from_micros(1),
        parent: state,
        blocked: true,
        living,
        zombies,
        waiting: Some(0),
        backlog: Some(4),
        ..Seen::default()
    }
}

/// What is done at each of these moments.
#[track_caller]
fn check(mut demonstration: Demonstration, turns: &[(Seen, &[Effect])], outcome: Option<Outcome>) {
    for (seen, expected) in turns {
        let step = demonstration.step;
        assert_eq!(&demonstration.advance(seen), expected, "at {step:?} with {seen:?}");
    }
    assert_eq!(demonstration.outcome().map(|(outcome, _)| outcome), outcome);
    // Once it is over, nothing more is done.
    if let (Some(_), Some((last, _))) = (outcome, turns.last()) {
        assert_eq!(demonstration.advance(last), []);
    }
}

/// So many were turned away because a queue was full, and two more for another reason.
fn refused(overflows: u64) -> Refused {
    Refused {
        overflows,
        drops: overflows + 2,
    }
}

const S: Option<State> = Some(State::Sleeping);
const T: Option<State> = Some(State::Stopped);

fn freeze() -> Effect {
    Effect::Freeze(vec![PARENT])
}

#[test]
fn one_of_the_zombies_is_reaped() {
    check(
        ready(Kind::Zombies, true),
        &[
            (seen(0, S, 5, 0), &[Effect::Stream(false)]),
            (seen(10, S, 5, 0), &[freeze()]),
            (seen(20, S, 5, 0), &[]),
            // What a step has brought about is to be looked at.
            (seen(1_009, T, 5, 0), &[]),
            (seen(1_010, T, 5, 0), &[Effect::HangUpAll]),
            (seen(1_100, T, 2, 3), &[]),
            (seen(2_009, T, 0, 5), &[]),
            (seen(2_010, T, 0, 5), &[Effect::Thaw]),
            (seen(2_060, T, 0, 5), &[]),
            (seen(2_070, S, 0, 4), &[]),
            (seen(3_069, S, 0, 4), &[]),
            (seen(3_070, S, 0, 4), &[Effect::Thaw, Effect::Stream(true)]),
        ],
        Some(Outcome::Reaped { zombies: 5, reaped: 1 }),
    );
}

#[test]
fn all_of_the_zombies_are_reaped() {
    check(
        ready(Kind::Zombies, false),
        &[
            (seen(0, S, 5, 2), &[]),
            (seen(10, S, 5, 2), &[freeze()]),
            (seen(1_030, T, 5, 2), &[Effect::HangUpAll]),
            (seen(2_050, T, 0, 7), &[Effect::Thaw]),
            (seen(2_060, S, 0, 3), &[]),
            (seen(2_070, S, 0, 0), &[Effect::Thaw]),
        ],
        Some(Outcome::Reaped { zombies: 7, reaped: 7 }),
    );
}

#[test]
fn what_was_read_before_a_step_says_nothing_about_it() {
    let old = |mut seen: Seen| {
        seen.read = ms(5);
        seen
    };
    check(
        ready(Kind::Zombies, false),
        &[
            (seen(0, S, 5, 0), &[]),
            (seen(10, S, 5, 0), &[freeze()]),
            (old(seen(1_020, T, 5, 0)), &[]),
            (seen(1_030, T, 5, 0), &[Effect::HangUpAll]),
        ],
        None,
    );
}

#[test]
fn the_calm_starts_anew_with_every_reap() {
    check(
        ready(Kind::Zombies, false),
        &[
            (seen(0, S, 5, 0), &[]),
            (seen(10, S, 5, 0), &[freeze()]),
            (seen(1_030, T, 5, 0), &[Effect::HangUpAll]),
            (seen(2_050, T, 0, 5), &[Effect::Thaw]),
            (seen(2_060, S, 0, 4), &[]),
            (seen(3_000, S, 0, 3), &[]),
            (seen(3_900, S, 0, 3), &[]),
            (seen(4_000, S, 0, 3), &[Effect::Thaw]),
        ],
        Some(Outcome::Reaped { zombies: 5, reaped: 2 }),
    );
}

#[test]
fn clients_come_where_there_are_few_children() {
    let company = [
        (seen(0, S, 1, 0), &[Effect::Connect(COMPANY)][..]),
        (seen(100, S, 9, 0), &[]),
        (seen(200, S, 10, 0), &[freeze()]),
    ];
    check(ready(Kind::Zombies, false), &company, None);
    check(
        ready(Kind::Zombies, false),
        &[
            (seen(0, S, 0, 0), &[Effect::Connect(COMPANY)]),
            (seen(6_001, S, 1, 0), &[Effect::Thaw]),
        ],
        Some(Outcome::NoChildren),
    );
}

#[test]
fn whoever_was_stopped_is_let_go_whatever_happens() {
    let begun = [(seen(0, S, 5, 0), &[][..]), (seen(10, S, 5, 0), &[freeze()])];
    let then = |rest: &[(Seen, &'static [Effect])]| [begun.to_vec(), rest.to_vec()].concat();
    let go: &[Effect] = &[Effect::Thaw];
    check(
        ready(Kind::Zombies, false),
        &then(&[(seen(6_011, S, 5, 0), go)]),
        Some(Outcome::NotStopped),
    );
    check(
        ready(Kind::Zombies, false),
        &then(&[(seen(20, None, 5, 0), go)]),
        Some(Outcome::Gone),
    );
    check(
        ready(Kind::Zombies, false),
        &then(&[(seen(1_020, T, 5, 0), &[Effect::HangUpAll]), (seen(7_021, T, 2, 3), go)]),
        Some(Outcome::StillAlive(2)),
    );
    check(
        ready(Kind::Zombies, false),
        &then(&[(seen(1_020, T, 5, 0), &[Effect::HangUpAll]), (seen(1_030, T, 0, 0), go)]),
        Some(Outcome::Discarded),
    );
    let mut given_up = ready(Kind::Zombies, true);
    given_up.step = Step::Ending;
    given_up.give_up();
    check(
        given_up,
        &[(seen(30, T, 2, 3), &[Effect::Thaw, Effect::Stream(true)])],
        Some(Outcome::GivenUp),
    );
}

#[test]
fn a_queue_fills_and_empties() {
    let queue = |at, state, waiting, overflows| Seen {
        waiting: Some(waiting),
        refused: Some(refused(overflows)),
        ..seen(at, state, 0, 0)
    };
    check(
        ready(Kind::Queue, true),
        &[
            (queue(0, S, 0, 7), &[Effect::Stream(false), freeze()]),
            (queue(1_010, T, 0, 7), &[Effect::Connect(9)]),
            (queue(1_020, T, 3, 7), &[]),
            // Full, and nobody was turned away yet.
            (queue(2_030, T, 5, 7), &[]),
            (queue(2_040, T, 5, 11), &[Effect::Thaw]),
            (queue(2_050, S, 2, 11), &[]),
            (
                queue(2_060, S, 0, 11),
                &[Effect::Thaw, Effect::Stream(true), Effect::HangUpAll],
            ),
        ],
        Some(Outcome::Filled {
            waiting: 5,
            backlog: Some(4),
            refused: Some(Refused { overflows: 4, drops: 4 }),
        }),
    );
}

#[test]
fn a_queue_that_takes_a_crowd_gets_no_more_than_that() {
    let queue = |at, state, waiting| Seen {
        waiting: Some(waiting),
        backlog: Some(4096),
        ..seen(at, state, 0, 0)
    };
    check(
        ready(Kind::Queue, false),
        &[
            (queue(0, S, 0), &[freeze()]),
            (queue(1_010, T, 0), &[Effect::Connect(CROWD)]),
            (queue(2_020, T, CROWD - 1), &[]),
            (queue(2_030, T, CROWD), &[Effect::Thaw]),
            (queue(8_031, S, 3), &[Effect::Thaw, Effect::HangUpAll]),
        ],
        Some(Outcome::Filled {
            waiting: CROWD,
            backlog: Some(4096),
            refused: None,
        }),
    );
    check(
        ready(Kind::Queue, false),
        &[
            (queue(0, S, 0), &[freeze()]),
            (queue(1_010, T, 0), &[Effect::Connect(CROWD)]),
            (queue(7_011, T, 0), &[Effect::Thaw]),
            (queue(7_020, S, 0), &[Effect::Thaw, Effect::HangUpAll]),
        ],
        Some(Outcome::NotFilled),
    );
}

#[test]
fn a_server_that_takes_orders_has_a_short_queue_for_a_while() {
    let queue = |at, state, waiting, backlog| Seen {
        waiting: Some(waiting),
        backlog: Some(backlog),
        refused: Some(refused(u64::from(waiting > backlog))),
        ..seen(at, state, 0, 0)
    };
    let order = |length| Effect::Order(Order::Backlog(length));
    let ready = |step| Demonstration {
        orders: true,
        step,
        ..ready(Kind::Queue, false)
    };
    check(
        ready(Step::Ready),
        &[
            (queue(0, S, 0, 4096), &[order(SHORT)]),
            (queue(500, S, 0, SHORT), &[]),
            (queue(1_010, S, 0, SHORT), &[freeze()]),
            (queue(2_020, T, 0, SHORT), &[Effect::Connect(SHORT + 1 + TOO_MANY)]),
            (queue(3_030, T, SHORT + 1, SHORT), &[Effect::Thaw]),
            (
                queue(3_040, S, 0, SHORT),
                &[Effect::Thaw, order(4096), Effect::HangUpAll],
            ),
        ],
        Some(Outcome::Filled {
            waiting: SHORT + 1,
            backlog: Some(SHORT),
            refused: Some(Refused { overflows: 1, drops: 1 }),
        }),
    );
    // The order was not seen to be obeyed: what is to be restored is restored all the same.
    let mut given_up = ready(Step::Shortening);
    given_up.backlog = Some(4096);
    given_up.give_up();
    check(
        given_up,
        &[(queue(30, S, 0, 4096), &[Effect::Thaw, order(4096)])],
        Some(Outcome::GivenUp),
    );
    // A queue that is short already is left alone.
    check(ready(Step::Ready), &[(queue(0, S, 0, CROWD - 1), &[freeze()])], None);
}
