//! Time on the timeline: nanoseconds of CLOCK_BOOTTIME, the clock that process start times are given in
//! (proc_pid_stat(5), field 22), and instants that are only known within bounds. Nothing here reads a clock.

use std::ops::{Add, Sub};
use std::time::Duration;

/// A moment, in nanoseconds of CLOCK_BOOTTIME.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(u64);

/// Nanoseconds in one clock tick of /proc: USER_HZ is 100 on every architecture that Linux runs on today.
const TICK: u64 = 10_000_000;

impl Time {
    /// The moment this many nanoseconds after boot.
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// The moment this many clock ticks after boot: the start of the tick.
    pub const fn from_ticks(ticks: u64) -> Self {
        Self(ticks.saturating_mul(TICK))
    }

    /// Nanoseconds after boot.
    pub const fn nanos(self) -> u64 {
        self.0
    }

    /// Clock ticks after boot: the tick that it falls into.
    pub const fn ticks(self) -> u64 {
        self.0 / TICK
    }

    /// How long after `earlier` this is; zero if it is not after it.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(nanos(span)))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(span)))
    }
}

fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// When something happened: exactly, or somewhere between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Not before this.
    pub earliest: Time,
    /// Not after this; what is drawn and sorted by.
    pub latest: Time,
}

impl When {
    /// At this very moment.
    pub const fn exactly(at: Time) -> Self {
        Self {
            earliest: at,
            latest: at,
        }
    }

    /// After the first and not after the second; the second alone where the two are out of order.
    pub fn between(earliest: Time, latest: Time) -> Self {
        Self {
            earliest: earliest.min(latest),
            latest,
        }
    }

    /// Nothing is known but that it had happened by then.
    pub const fn by(latest: Time) -> Self {
        Self {
            earliest: Time::from_nanos(0),
            latest,
        }
    }

    /// How far apart the bounds are; zero for an exact moment.
    pub const fn uncertainty(self) -> Duration {
        self.latest.since(self.earliest)
    }
}
