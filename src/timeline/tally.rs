//! How often something had happened by a moment: a count that can be asked about the past, within the retention.

use std::collections::VecDeque;

use super::time::Time;

/// The most moments that are kept; older ones only count.
const MOST: usize = 500_000;

/// A count over time.
#[derive(Debug, Default)]
pub(super) struct Tally {
    forgotten: u64,
    times: VecDeque<Time>,
}

impl Tally {
    /// Counts one more.
    pub(super) fn add(&mut self, at: Time) {
        let later = self.times.iter().rev().take_while(|time| **time > at).count();
        let place = self.times.len() - later;
        self.times.insert(place, at);
        if self.times.len() > MOST {
            self.times.pop_front();
            self.forgotten += 1;
        }
    }

    /// How often by `t`; for a moment before the retention, at least what is known to be older.
    pub(super) fn by(&self, t: Time) -> u64 {
        self.forgotten + self.times.partition_point(|time| *time <= t) as u64
    }

    /// Keeps only the number of what was before `horizon`.
    pub(super) fn forget(&mut self, horizon: Time) {
        let old = self.times.partition_point(|time| *time < horizon);
        self.times.drain(..old);
        self.forgotten += old as u64;
    }
}
