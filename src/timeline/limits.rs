//! How much a timeline keeps, and forgetting what is beyond that. What was forgotten is counted, and never told as if it
//! had not been.

use std::time::Duration;

use super::Timeline;

/// How much is kept.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// What ended longer ago than this is forgotten.
    pub retention: Duration,
    /// The most lifelines.
    pub lifelines: usize,
    /// The most state segments, over all lifelines.
    pub segments: usize,
    /// The most socket lines.
    pub sockets: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            retention: Duration::from_mins(10),
            lifelines: 100_000,
            segments: 1_000_000,
            sockets: 200_000,
        }
    }
}

/// How much was forgotten to stay within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Lifelines that had ended.
    pub lifelines: u64,
    /// Segments of lifelines that are still kept.
    pub segments: u64,
    /// Sockets that had closed.
    pub sockets: u64,
}

/// How much is kept now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Lifelines.
    pub lifelines: usize,
    /// State segments, over all lifelines.
    pub segments: usize,
    /// Socket lines.
    pub sockets: usize,
}

impl Timeline {
    /// Stays within the limits; the living are trimmed now and then, the ended as they come.
    pub(super) fn forget(&mut self) {
        let horizon = self.now - self.limits.retention;
        self.forgotten.lifelines += self.lives.forget(horizon, self.limits.lifelines, self.limits.segments);
        self.forgotten.sockets += self.sockets.forget(horizon, self.limits.sockets);
        self.forgotten.segments = self.lives.forgotten_segments;
        if self.now.since(self.trimmed) > self.limits.retention / 60 {
            self.trimmed = self.now;
            self.lives.trim(horizon, |socket| self.sockets.get(socket).is_some());
            self.sockets.trim(horizon);
            self.clients.forget(horizon);
            self.looks.forget(horizon);
            self.threads.forget(horizon);
            self.sockets_read.trim(horizon);
            for tally in [&mut self.forks, &mut self.exits, &mut self.reaps] {
                tally.forget(horizon);
            }
            self.log.forget(horizon);
            self.marks.forget(horizon);
        }
    }
}
