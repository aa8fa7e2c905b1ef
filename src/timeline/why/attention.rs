//! Which of all that could be said is said: the most telling, and not a new one at every turn.

use std::time::Duration;

use super::topic::{Candidate, Topic};
use crate::timeline::time::Time;

/// What is said stays for at least so long: time to read it.
const HOLD: Duration = Duration::from_secs(2);

/// Something more telling by so much need not wait.
const MARGIN: u32 = 15;

/// What is being said, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attention {
    held: Option<Held>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Held {
    topic: Topic,
    weight: u32,
    since: Time,
}

impl Attention {
    /// What is being said.
    pub fn topic(&self) -> Option<Topic> {
        self.held.map(|held| held.topic)
    }

    /// Turns to what is most telling at `now`, unless what is being said was not there for long enough.
    pub fn turn(&mut self, candidates: &[Candidate], now: Time) {
        let Some(best) = most_telling(candidates) else { return };
        let held = self.held.filter(|held| {
            let there = candidates.iter().any(|candidate| candidate.topic == held.topic);
            let unread = now.since(held.since) < HOLD && best.weight < held.weight + MARGIN;
            // Where time has gone back, another moment is looked at.
            there && (unread || best.topic == held.topic) && held.since <= now
        });
        self.held = Some(held.unwrap_or(Held {
            topic: best.topic,
            weight: best.weight,
            since: now,
        }));
    }
}

/// The most telling of all, of equals the first.
pub fn most_telling(candidates: &[Candidate]) -> Option<Candidate> {
    candidates.iter().copied().rev().max_by_key(|candidate| candidate.score)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A moment (ms), what could be said at it (number of topic, weight, score), and what is.
    type Turn = (u64, &'static [(i32, u32, u32)], i32);

    #[track_caller]
    fn check(turns: &[Turn]) {
        let topic = |number| Topic::Kill(crate::timeline::process::ProcessId(0), number);
        let mut attention = Attention::default();
        for (at, candidates, said) in turns {
            let candidates: Vec<Candidate> = candidates
                .iter()
                .map(|(number, weight, score)| Candidate {
                    topic: topic(*number),
                    weight: *weight,
                    score: *score,
                })
                .collect();
            attention.turn(&candidates, Time::from_nanos(at * 1_000_000));
            assert_eq!(attention.topic(), Some(topic(*said)), "at {at} ms");
        }
    }

    #[test]
    fn the_most_telling_is_said_until_it_has_been_read() {
        check(&[
            (0, &[(1, 50, 50), (2, 10, 10)], 1),
            // As telling, and only just come.
            (500, &[(3, 50, 50), (1, 50, 40), (2, 10, 10)], 1),
            (1_999, &[(3, 50, 45), (1, 50, 20), (2, 10, 10)], 1),
            (2_000, &[(3, 50, 45), (1, 50, 20), (2, 10, 10)], 3),
            // The new one has its time too.
            (2_500, &[(4, 50, 50), (3, 50, 40), (2, 10, 10)], 3),
        ]);
    }

    #[test]
    fn what_is_far_more_telling_need_not_wait() {
        check(&[
            (0, &[(1, 50, 50)], 1),
            (100, &[(1, 50, 49), (2, 64, 64)], 1),
            (200, &[(1, 50, 48), (3, 65, 65)], 3),
            (300, &[(1, 50, 47), (3, 65, 64)], 3),
        ]);
    }

    #[test]
    fn what_is_no_longer_so_is_not_said() {
        check(&[
            (0, &[(1, 90, 90), (2, 10, 10)], 1),
            (100, &[(2, 10, 10)], 2),
            (200, &[(1, 90, 90), (2, 10, 10)], 1),
        ]);
    }

    #[test]
    fn another_moment_starts_anew() {
        check(&[(5_000, &[(1, 50, 50)], 1), (1_000, &[(1, 50, 10), (2, 50, 40)], 2)]);
    }

    #[test]
    fn what_stays_so_is_not_said_for_ever() {
        check(&[
            (0, &[(1, 75, 75), (2, 10, 10)], 1),
            (7_000, &[(1, 45, 45), (3, 48, 48)], 3),
            (8_000, &[(1, 45, 45), (3, 48, 36)], 3),
            (9_000, &[(1, 45, 45), (3, 48, 24)], 1),
        ]);
    }
}
