//! What the clients of one contender met, in a few figures: pure.

use std::time::Duration;

use super::{Course, Phase};
use crate::timeline::time::Time;

/// The figures of one contender.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// How long clients waited to be served; `None` where nobody was.
    pub wait: Option<Wait>,
    /// How long they were then served; `None` where nobody was to the end.
    pub service: Option<Service>,
    /// From the first client's coming to the last one's end, or to the last that was heard; `None` where none came.
    pub total: Option<Duration>,
    /// Clients that were served to the end.
    pub done: usize,
    /// Clients that failed.
    pub failed: usize,
    /// Clients that came, and were neither served to the end nor failed.
    pub left: usize,
    /// What share of its CPUs' time it used; `None` where that is not known.
    pub cpu_busy: Option<f64>,
}

/// How long clients waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// Client 1; `None` where that one was not served.
    pub first: Option<Duration>,
    /// The client in the middle of them, by number; `None` as above.
    pub middle: Option<Duration>,
    /// The last client, by number; `None` as above.
    pub last: Option<Duration>,
    /// Half of those who were served waited no longer.
    pub median: Duration,
    /// 95 of 100 of them waited no longer.
    pub p95: Duration,
    /// 99 of 100 of them waited no longer.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

/// How long clients were served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// On average.
    pub mean: Duration,
    /// The longest.
    pub max: Duration,
}

impl Figures {
    /// Those of a contender that runs on so many CPUs, as they stand at `now`, unless it has ended.
    pub fn of(course: &Course, cpus: u32, now: Time) -> Self {
        let count = |phase: &[Phase]| {
            course
                .visitors
                .iter()
                .filter(|visitor| phase.contains(&visitor.phase()))
                .count()
        };
        let left = count(&[Phase::Waiting, Phase::Served]);
        let began = course.visitors.iter().filter_map(|visitor| visitor.arrived).min();
        let last = course.visitors.iter().filter_map(|visitor| visitor.last).max();
        let until = match course.end {
            Some(end) if left > 0 => Some(end.at),
            Some(end) => last.or(Some(end.at)),
            None => Some(now),
        };
        let total = began.zip(until).map(|(began, until)| until.since(began));
        let time = total.map_or(0.0, |total| total.as_secs_f64()) * f64::from(cpus);
        let busy = |cpu: Duration| (time > 0.0).then(|| (cpu.as_secs_f64() / time).min(1.0));
        Self {
            wait: wait(course),
            service: service(course),
            total,
            done: count(&[Phase::Done]),
            failed: count(&[Phase::Failed]),
            left,
            cpu_busy: course.peak.and_then(|peak| busy(peak.cpu?)),
        }
    }
}

fn wait(course: &Course) -> Option<Wait> {
    let mut waits: Vec<Duration> = course.visitors.iter().filter_map(super::Visitor::wait).collect();
    waits.sort_unstable();
    let max = *waits.last()?;
    let of = |number: usize| course.visitors.get(number.checked_sub(1)?)?.wait();
    let clients = course.visitors.len();
    Some(Wait {
        first: of(1),
        middle: of(clients.div_ceil(2)),
        last: of(clients),
        median: rank(&waits, 50),
        p95: rank(&waits, 95),
        p99: rank(&waits, 99),
        max,
    })
}

/// The smallest of the sorted times that so many of a hundred are no longer than.
fn rank(sorted: &[Duration], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).copied().unwrap_or_default()
}

fn service(course: &Course) -> Option<Service> {
    let services: Vec<Duration> = course.visitors.iter().filter_map(super::Visitor::service).collect();
    let max = *services.iter().max()?;
    let count = u32::try_from(services.len()).unwrap_or(u32::MAX);
    Some(Service {
        mean: services.iter().sum::<Duration>() / count,
        max,
    })
}
