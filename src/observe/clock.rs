//! The one clock: CLOCK_BOOTTIME, in which the kernel also gives process start times.

use rustix::time::{ClockId, clock_gettime};

use crate::timeline::time::Time;

/// What time it is.
pub fn now() -> Time {
    let now = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(now.tv_nsec).unwrap_or(0);
    Time::from_nanos(seconds * 1_000_000_000 + nanos)
}
