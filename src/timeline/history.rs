//! A value over time: what was in force at any moment since it was first known.

use super::time::Time;

/// The values that something had, each from a moment on, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History<T> {
    values: Vec<(Time, T)>,
}

impl<T> Default for History<T> {
    fn default() -> Self {
        Self { values: Vec::new() }
    }
}

impl<T: Copy + PartialEq> History<T> {
    /// The value in force at `t`; `None` before the first.
    pub fn at(&self, t: Time) -> Option<T> {
        self.entry(t).map(|(_, value)| value)
    }

    /// The value in force at `t`, and since when; `None` before the first.
    pub fn entry(&self, t: Time) -> Option<(Time, T)> {
        let after = self.values.partition_point(|(from, _)| *from <= t);
        self.values.get(after.checked_sub(1)?).copied()
    }

    /// Since when the newest value is in force.
    pub(super) fn newest(&self) -> Option<Time> {
        self.values.last().map(|(from, _)| *from)
    }

    /// From `at` on it is this; true where it was not before.
    pub(super) fn record(&mut self, at: Time, value: T) -> bool {
        match self.values.last_mut() {
            Some((_, last)) if *last == value => return false,
            Some((from, last)) if at <= *from => *last = value,
            Some(_) | None => self.values.push((at, value)),
        }
        true
    }

    /// Drops what was no longer in force at `horizon`.
    pub(super) fn trim(&mut self, horizon: Time) {
        let after = self.values.partition_point(|(from, _)| *from <= horizon);
        self.values.drain(..after.saturating_sub(1));
    }

    /// Gives back the room that it no longer grows into.
    pub(super) fn shrink(&mut self) {
        self.values.shrink_to_fit();
    }
}
