//! What the clients met, counted and timed: pure. The memory is the same for ten clients and for a million.
//! Nothing here reads a clock, and a time of which there is no sample is absent, never 0.

use std::time::Duration;

use hdrhistogram::Histogram;

use crate::timeline::observation::Failure;

/// The counts and times as they grow.
#[derive(Debug)]
pub struct Statistics {
    counts: Counts,
    failed: Failures,
    local_error: Option<Box<str>>,
    late: Recorder,
    connect: Recorder,
    wait: Recorder,
    service: Recorder,
}

/// The counts and times at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// How far clients came.
    pub counts: Counts,
    /// How clients failed.
    pub failed: Failures,
    /// What the kernel said to the first client that could not even try.
    pub local_error: Option<Box<str>>,
    /// How much later than planned clients began to connect.
    pub late: Option<Times>,
    /// From the client's connect to the kernel's yes; nobody need have accepted by then.
    pub connect: Option<Times>,
    /// From the client's connect to its first byte of service.
    pub wait: Option<Times>,
    /// From the first byte of service to the last.
    pub service: Option<Times>,
}

/// How far clients came; one that was served is also among those connected and started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Came.
    pub started: u64,
    /// Were connected.
    pub connected: u64,
    /// Got their first byte.
    pub served: u64,
    /// Closed as they meant to.
    pub done: u64,
}

/// How many clients failed in each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Failures {
    refused: u64,
    reset: u64,
    closed: u64,
    timed_out: u64,
    wrong: u64,
    local: u64,
}

/// The distribution of one kind of time. Percentiles are exact to three digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The first that was measured.
    pub first: Duration,
    /// Half of them took no longer.
    pub p50: Duration,
    /// 95 of 100 took no longer.
    pub p95: Duration,
    /// 99 of 100 took no longer.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
    /// Their mean.
    pub mean: Duration,
}

impl Default for Statistics {
    fn default() -> Self {
        Self {
            counts: Counts::default(),
            failed: Failures::default(),
            local_error: None,
            late: Recorder::new(),
            connect: Recorder::new(),
            wait: Recorder::new(),
            service: Recorder::new(),
        }
    }
}

impl Statistics {
    /// A client came, this long after its planned moment.
    pub fn started(&mut self, late: Duration) {
        self.counts.started += 1;
        self.late.record(late);
    }

    /// A client was connected, this long after it had begun to connect.
    pub fn connected(&mut self, connect: Duration) {
        self.counts.connected += 1;
        self.connect.record(connect);
    }

    /// A client got its first byte, this long after it had begun to connect.
    pub fn first_byte(&mut self, wait: Duration) {
        self.counts.served += 1;
        self.wait.record(wait);
    }

    /// A client got the last byte, this long after the first.
    pub fn last_byte(&mut self, service: Duration) {
        self.service.record(service);
    }

    /// A client closed as it meant to, or failed.
    pub fn ended(&mut self, outcome: Result<(), Failure>) {
        match outcome {
            Ok(()) => self.counts.done += 1,
            Err(failure) => *self.failed.slot(failure) += 1,
        }
    }

    /// What the kernel said to a client that could not try; only the first is kept.
    pub fn local_error(&mut self, error: &std::io::Error) {
        self.local_error.get_or_insert_with(|| error.to_string().into());
    }

    /// All of it, as it stands.
    pub fn figures(&self) -> Figures {
        Figures {
            counts: self.counts,
            failed: self.failed,
            local_error: self.local_error.clone(),
            late: self.late.times(),
            connect: self.connect.times(),
            wait: self.wait.times(),
            service: self.service.times(),
        }
    }
}

impl Figures {
    /// Clients that came and have neither closed nor failed.
    pub fn present(&self) -> u64 {
        self.counts
            .started
            .saturating_sub(self.counts.done + self.failed.total())
    }
}

impl Failures {
    /// How many failed in this way.
    pub fn of(mut self, failure: Failure) -> u64 {
        *self.slot(failure)
    }

    /// How many failed.
    pub fn total(self) -> u64 {
        Failure::ALL.iter().map(|failure| self.of(*failure)).sum()
    }

    fn slot(&mut self, failure: Failure) -> &mut u64 {
        match failure {
            Failure::Refused => &mut self.refused,
            Failure::Reset => &mut self.reset,
            Failure::Closed => &mut self.closed,
            Failure::TimedOut => &mut self.timed_out,
            Failure::Wrong => &mut self.wrong,
            Failure::Local => &mut self.local,
        }
    }
}

/// One kind of time as it grows: nanoseconds in a histogram of fixed size.
#[derive(Debug)]
struct Recorder {
    histogram: Histogram<u64>,
    first: Option<Duration>,
}

impl Recorder {
    const FINEST: u64 = 1;
    /// An hour; what takes longer is counted as an hour. Any client has given up by then.
    const LONGEST: u64 = 3_600_000_000_000;
    const DIGITS: u8 = 3;

    fn new() -> Self {
        Self {
            histogram: Histogram::new_with_bounds(Self::FINEST, Self::LONGEST, Self::DIGITS)
                .expect("the bounds are constants that the histogram accepts"),
            first: None,
        }
    }

    fn record(&mut self, time: Duration) {
        self.first.get_or_insert(time);
        self.histogram
            .saturating_record(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
    }

    fn times(&self) -> Option<Times> {
        let first = self.first?;
        let at = |quantile| Duration::from_nanos(self.histogram.value_at_quantile(quantile));
        Some(Times {
            first,
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: Duration::from_nanos(self.histogram.max()),
            mean: Duration::try_from_secs_f64(self.histogram.mean() / 1e9).unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equal to three digits, which is what the histogram promises.
    #[track_caller]
    fn check_near(what: &str, found: Duration, expected: Duration) {
        let (found, expected) = (found.as_secs_f64(), expected.as_secs_f64());
        assert!(
            (found - expected).abs() <= expected * 0.001,
            "{what}: {found}, expected {expected}"
        );
    }

    #[test]
    fn without_a_sample_a_time_is_unknown() {
        let figures = Statistics::default().figures();
        assert_eq!(figures.counts, Counts::default());
        assert_eq!(figures.failed.total(), 0);
        assert_eq!(
            (figures.late, figures.connect, figures.wait, figures.service),
            (None, None, None, None)
        );
    }

    #[test]
    fn percentiles_of_a_thousand_known_times() {
        let mut statistics = Statistics::default();
        for millis in (1..=1000).rev() {
            statistics.first_byte(Duration::from_millis(millis));
        }
        let times = statistics.figures().wait.expect("a thousand samples");
        check_near("first", times.first, Duration::from_secs(1));
        check_near("p50", times.p50, Duration::from_millis(500));
        check_near("p95", times.p95, Duration::from_millis(950));
        check_near("p99", times.p99, Duration::from_millis(990));
        check_near("max", times.max, Duration::from_secs(1));
        check_near("mean", times.mean, Duration::from_micros(500_500));
    }

    #[test]
    fn one_time_is_every_percentile_of_itself() {
        #[track_caller]
        fn check(time: Duration, expected: Duration) {
            let mut statistics = Statistics::default();
            statistics.connected(time);
            let times = statistics.figures().connect.expect("one sample");
            assert_eq!(times.first, time);
            for (what, found) in [
                ("p50", times.p50),
                ("p95", times.p95),
                ("p99", times.p99),
                ("max", times.max),
                ("mean", times.mean),
            ] {
                check_near(what, found, expected);
            }
        }
        check(Duration::ZERO, Duration::ZERO);
        check(Duration::from_nanos(511), Duration::from_nanos(511));
        check(Duration::from_micros(47), Duration::from_micros(47));
        check(Duration::from_mins(10), Duration::from_mins(10));
        check(Duration::from_hours(10), Duration::from_hours(1));
    }

    #[test]
    fn each_failure_is_counted_by_itself() {
        for failure in Failure::ALL.iter().copied() {
            let mut statistics = Statistics::default();
            statistics.started(Duration::ZERO);
            statistics.started(Duration::ZERO);
            statistics.ended(Err(failure));
            let figures = statistics.figures();
            for other in Failure::ALL.iter().copied() {
                assert_eq!(figures.failed.of(other), u64::from(other == failure), "{other:?}");
            }
            assert_eq!((figures.failed.total(), figures.counts.done), (1, 0));
            assert_eq!(figures.present(), 1);
        }
    }

    #[test]
    fn a_client_is_counted_at_every_stage_it_reached() {
        let mut statistics = Statistics::default();
        statistics.started(Duration::ZERO);
        statistics.connected(Duration::from_millis(1));
        statistics.first_byte(Duration::from_millis(2));
        statistics.last_byte(Duration::from_millis(3));
        statistics.ended(Ok(()));
        let figures = statistics.figures();
        assert_eq!(
            figures.counts,
            Counts {
                started: 1,
                connected: 1,
                served: 1,
                done: 1
            }
        );
        assert_eq!(figures.present(), 0);
    }

    #[test]
    fn the_first_local_error_is_the_one_that_is_told() {
        let mut statistics = Statistics::default();
        statistics.local_error(&std::io::Error::other("first"));
        statistics.local_error(&std::io::Error::other("second"));
        assert_eq!(statistics.figures().local_error.as_deref(), Some("first"));
    }
}
