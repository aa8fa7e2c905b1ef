//! What has ended, in the order of its end, found by the moment that is asked about: stepping through ten minutes must
//! not look at a hundred thousand lives each time. It knows when each began and ended, and nothing else of it.

use std::collections::VecDeque;
use std::time::Duration;

use super::time::Time;

/// How many entries share one earliest beginning. What is short-lived ends soon after it began, so nearly all blocks
/// later than the moment asked about are passed over whole; a long life costs the looking at its block.
const BLOCK: usize = 128;

/// By so much the beginning can be put right after the end was told (`lives::matching::SAME_BIRTH`).
const SLACK: Duration = Duration::from_millis(20);

/// What has ended and is not yet forgotten.
#[derive(Debug)]
pub(super) struct Past<Id> {
    ended: VecDeque<(Time, Id)>,
    /// The earliest beginning of each block; the first block may have lost its oldest entries.
    earliest: VecDeque<Time>,
    /// How many entries of the first block are forgotten.
    lost: usize,
}

impl<Id> Default for Past<Id> {
    fn default() -> Self {
        Self {
            ended: VecDeque::new(),
            earliest: VecDeque::new(),
            lost: 0,
        }
    }
}

impl<Id: Copy> Past<Id> {
    /// Adds one that ended last; an end before the one before it counts as the same moment.
    pub(super) fn push(&mut self, id: Id, began: Time, ended: Time) {
        let newest = self.ended.back().map_or(ended, |(newest, _)| *newest);
        self.ended.push_back((newest.max(ended), id));
        match self.earliest.get_mut((self.lost + self.ended.len() - 1) / BLOCK) {
            Some(earliest) => *earliest = began.min(*earliest),
            None => self.earliest.push_back(began),
        }
    }

    /// The one that ended first, and when.
    pub(super) fn oldest(&self) -> Option<(Time, Id)> {
        self.ended.front().copied()
    }

    /// Forgets the one that ended first.
    pub(super) fn pop(&mut self) {
        if self.ended.pop_front().is_some() {
            self.lost += 1;
            if self.lost == BLOCK {
                self.lost = 0;
                self.earliest.pop_front();
            }
        }
        if self.ended.is_empty() {
            (self.lost, self.earliest) = (0, VecDeque::new());
        }
    }

    /// All, the one that ended last first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = Id> {
        self.ended.iter().rev().map(|(_, id)| *id)
    }

    /// All that ended after `since` and began by `t`, and some that did not.
    pub(super) fn around(&self, since: Time, t: Time) -> Vec<Id> {
        let mut found = Vec::new();
        let mut at = self.ended.partition_point(|(ended, _)| *ended <= since);
        while at < self.ended.len() {
            let block = (self.lost + at) / BLOCK;
            let next = ((block + 1) * BLOCK - self.lost).min(self.ended.len());
            if self.earliest.get(block).is_some_and(|earliest| *earliest <= t + SLACK) {
                found.extend(self.ended.range(at..next).map(|(_, id)| *id));
            }
            at = next;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::from_nanos(seconds * 1_000_000_000)
    }

    /// Lives of two seconds, one a second, and now and then one that began at the very start.
    fn past(count: u64) -> (Past<u64>, Vec<(Time, Time)>) {
        let mut past = Past::default();
        let mut lives = Vec::new();
        for number in 0..count {
            let began = if number % 1000 == 999 { at(0) } else { at(number) };
            lives.push((began, at(number + 2)));
            past.push(number, began, at(number + 2));
        }
        (past, lives)
    }

    fn check(past: &Past<u64>, lives: &[(Time, Time)], from: u64, since: Time, t: Time) -> usize {
        let found = past.around(since, t);
        let wanted = (from..lives.len() as u64).filter(|number| {
            let (began, ended) = lives[usize::try_from(*number).unwrap()];
            ended > since && began <= t
        });
        for number in wanted {
            assert!(found.contains(&number), "{number} is missing at {t:?}");
        }
        found.len()
    }

    #[test]
    fn what_was_there_is_found_and_little_else_is_looked_at() {
        let (past, lives) = past(20_000);
        for second in [0, 1, 127, 128, 5_000, 19_999, 20_001, 30_000] {
            let looked = check(&past, &lives, 0, at(second), at(second));
            assert!(looked <= BLOCK * 22, "{looked} looked at for second {second}");
        }
    }

    #[test]
    fn what_is_forgotten_is_not_found_and_the_rest_is() {
        let (mut past, lives) = past(1_000);
        for forgotten in 1..=1_000 {
            assert_eq!(past.oldest().map(|(_, id)| id), Some(forgotten - 1));
            past.pop();
            for second in [0, 500, 999] {
                check(&past, &lives, forgotten, at(second), at(second));
            }
        }
        assert!(past.around(at(0), at(2_000)).is_empty());
        past.push(7, at(3_000), at(3_001));
        assert_eq!(past.around(at(3_000), at(3_000)), [7]);
    }
}
