//! A share of one processor, for what costs the more the larger a server is: whoever has taken long rests in proportion,
//! so that watching ten thousand connections is no more of a load than watching a hundred. What is not read meanwhile is
//! shown late, which is said.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, Timespec, clock_gettime};

/// What took so long is not done again before this many times as long: a twenty-fifth of a processor.
const TIMES: u32 = 25;

/// Whoever rests longer than this is late: the usual interval of readings.
const LATE: Duration = Duration::from_millis(100);

/// What one kind of work may cost.
#[derive(Debug, Default)]
pub(super) struct Share {
    /// When it last ended, and how long it rests from then on.
    last: Option<(Instant, Duration)>,
}

impl Share {
    /// It has rested.
    pub(super) fn may_go_on(&self) -> bool {
        self.last.is_none_or(|(ended, rest)| ended.elapsed() >= rest)
    }

    /// Its work, beside so many others that have a share of the same.
    pub(super) fn spend<T>(&mut self, others: usize, work: impl FnOnce() -> T) -> T {
        let began = used();
        let outcome = work();
        let rest = rest(used().saturating_sub(began), others);
        self.last = Some((Instant::now(), rest));
        outcome
    }

    /// It is done so seldom that what it shows is late.
    pub(super) fn is_late(&self) -> bool {
        self.last.is_some_and(|(_, rest)| rest > LATE)
    }
}

fn rest(took: Duration, others: usize) -> Duration {
    let shares = u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1);
    took.saturating_mul(TIMES).saturating_mul(shares)
}

/// The processor time of this thread: that others keep it waiting is no cost of its own.
fn used() -> Duration {
    let Timespec { tv_sec, tv_nsec } = clock_gettime(ClockId::ThreadCPUTime);
    let (seconds, nanos) = (u64::try_from(tv_sec), u32::try_from(tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanos.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Share {
        /// One that rests for an hour from now on.
        pub(in crate::observe) fn tired() -> Self {
            Self {
                last: Some((Instant::now(), Duration::from_hours(1))),
            }
        }
    }

    #[test]
    fn who_took_long_rests_long() {
        let share = Share::default();
        assert!(share.may_go_on() && !share.is_late());
        let millis = Duration::from_millis;
        assert_eq!(rest(millis(4), 0), millis(100));
        assert_eq!(rest(millis(4), 2), millis(300));
        let tired = Share::tired();
        assert!(!tired.may_go_on() && tired.is_late());
        let fresh = Share {
            last: Some((Instant::now(), Duration::ZERO)),
        };
        assert!(fresh.may_go_on() && !fresh.is_late());
    }
}
