//! How soon the thread turns to what has happened: at once, unless so much happens that each waking would cost the
//! watched server more than it tells. What happens during a rest is told together behind it. Births and exits have the
//! kernel's own times; only a reap is known no closer than the rest, and is said so. It measures no time and sleeps not.

use std::time::Duration;

use crate::timeline::time::Time;

/// So long a rest is: less than the millisecond that a short-lived child lives, so that its pidfd is still opened in
/// time.
pub(super) const REST: Duration = Duration::from_micros(500);

/// So much in a window of that length is worth a rest after each turn: some 500 children a second.
const MANY: u32 = 20;
const WINDOW: Duration = Duration::from_millis(10);

/// Counts what happens.
#[derive(Debug)]
pub(super) struct Pace {
    since: Time,
    happened: u32,
    rests: bool,
}

impl Pace {
    /// From then on.
    pub(super) fn from(now: Time) -> Self {
        Self {
            since: now,
            happened: 0,
            rests: false,
        }
    }

    /// So much more has happened until then; true where a rest is due.
    pub(super) fn rests_after(&mut self, happened: usize, now: Time) -> bool {
        self.happened = self
            .happened
            .saturating_add(u32::try_from(happened).unwrap_or(u32::MAX));
        let elapsed = now.since(self.since);
        if elapsed >= WINDOW {
            self.rests = WINDOW.saturating_mul(self.happened) >= elapsed.saturating_mul(MANY);
            (self.since, self.happened) = (now, 0);
        }
        self.rests
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After turns of (how much, at which microsecond), does it rest?
    #[track_caller]
    fn check(turns: &[(usize, u64)], rests: &[bool]) {
        let mut pace = Pace::from(Time::from_nanos(0));
        let said: Vec<bool> = turns
            .iter()
            .map(|(happened, micros)| pace.rests_after(*happened, Time::from_nanos(micros * 1000)))
            .collect();
        assert_eq!(said, rests, "{turns:?}");
    }

    #[test]
    fn it_rests_where_much_happens_and_not_a_moment_before_or_longer() {
        // Nothing, and as little as 200 children a second: four things each.
        check(&[(0, 10_000)], &[false]);
        check(&[(4, 5000), (4, 10_000), (4, 15_000), (4, 20_000)], &[false; 4]);
        check(&[(19, 10_000)], &[false]);
        check(&[(20, 10_000)], &[true]);
        // A burst is told at once; what still comes behind it rests, until it is over.
        check(
            &[
                (200, 1000),
                (1, 9999),
                (1, 10_000),
                (30, 15_000),
                (0, 20_000),
                (3, 30_000),
            ],
            &[false, false, true, true, true, false],
        );
        // As much after a long silence is not much.
        check(&[(20, 1_000_000)], &[false]);
        check(&[(30, 10_000), (1, 5_000_000)], &[true, false]);
        // A thread that had no turn for a while counts by the time that went by.
        check(&[(59, 30_000)], &[false]);
        check(&[(60, 30_000)], &[true]);
    }
}
