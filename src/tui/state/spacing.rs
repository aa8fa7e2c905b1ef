//! How far apart the rows of the tree stand at the back of a room: far while they fit so, closer as soon as they do not,
//! and far again only after they have fitted for a while, so that children that come and go move nothing. How far that
//! is, the places of the screen decide.

use std::time::Duration;

use crate::timeline::time::Time;

/// Rows that have fitted far apart for so long go on doing so.
const CALM: Duration = Duration::from_secs(20);

/// How many rows there are, and when they were last too many to stand far apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spacing {
    rows: usize,
    /// So many have room far apart.
    room: usize,
    crowded: Option<Time>,
}

impl Spacing {
    /// There are so many rows.
    pub fn count(&mut self, rows: usize) {
        self.rows = rows;
    }

    /// There is room for so many far apart. In another room what was before does not count.
    pub fn fit(&mut self, room: usize, now: Time) {
        if std::mem::replace(&mut self.room, room) != room {
            self.crowded = None;
        }
        if self.rows > room {
            self.crowded = Some(now);
        } else if self.crowded.is_some_and(|crowded| now.since(crowded) >= CALM) {
            self.crowded = None;
        }
    }

    /// The rows stand closer.
    pub fn is_close(self) -> bool {
        self.crowded.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_draw_closer_at_once_and_apart_after_a_while() {
        let mut spacing = Spacing::default();
        // A second, how many rows there are then, and whether they stand close in a room for seven.
        for (second, rows, close) in [
            (0, 7, false),
            (1, 8, true),
            (2, 7, true),
            (20, 8, true),
            (39, 1, true),
            (40, 1, false),
            (41, 7, false),
        ] {
            spacing.count(rows);
            spacing.fit(7, Time::from_nanos(second * 1_000_000_000));
            assert_eq!(spacing.is_close(), close, "second {second}");
        }
        spacing.fit(6, Time::from_nanos(42_000_000_000));
        assert!(spacing.is_close());
        spacing.fit(9, Time::from_nanos(42_000_000_000));
        assert!(!spacing.is_close(), "another room");
    }
}
