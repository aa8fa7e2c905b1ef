//! What the figures say, as sentences to be put into words elsewhere: pure. Nothing is said that was not measured.

use std::time::Duration;

use super::figures::Figures;
use super::{Comparison, Course, Stage, Visitor};
use crate::timeline::observation::Failure;
use crate::timeline::process::ExitStatus;
use crate::timeline::time::Time;

/// A sentence about what was seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Saying {
    /// Clients were served one after the other: the last one waited for all the others.
    OneByOne {
        /// Who served so.
        name: String,
        /// How long the last client waited.
        last: Duration,
        /// How long one was served, on average.
        service: Duration,
        /// How many services that wait is.
        times: f64,
    },
    /// Some clients waited for their turn, but not all for each other.
    InTurns {
        /// Who served so.
        name: String,
        /// The longest wait.
        longest: Duration,
    },
    /// Nobody waited for others, and everybody was served for longer.
    AtOnce {
        /// Who served so.
        names: Vec<String>,
        /// The longest wait of all.
        longest: Duration,
        /// The mean service, from the shortest to the longest of them.
        service: (Duration, Duration),
    },
    /// To serve many at once was done sooner than one after the other, so many times: waiting takes no CPU.
    Sooner {
        /// How many times sooner.
        times: f64,
    },
    /// It was done no sooner: it only spread the waiting.
    NoSooner {
        /// The share of the CPU that one after the other used; `None` where something else had much of it.
        busy: Option<f64>,
    },
    /// So many clients at once fill the CPUs; there the answer turns.
    Turns {
        /// How many.
        clients: u32,
        /// How many came.
        came: u32,
    },
    /// What it cost at the peak: whose memory was how much, the most expensive first.
    Cost(Vec<(String, u64)>),
    /// Zombies were left.
    Zombies {
        /// Whose.
        name: String,
        /// How many.
        count: u32,
    },
    /// The server itself ended before it had served all.
    Died {
        /// Whose.
        name: String,
        /// How its first process ended.
        status: ExitStatus,
    },
    /// Clients failed.
    Failed {
        /// With whom.
        name: String,
        /// How many.
        count: usize,
    },
    /// Clients could not come, for want of something here: descriptors, ports.
    Stayed {
        /// To whom.
        name: String,
        /// How many.
        count: usize,
    },
    /// Clients were still waiting or being served when it was ended.
    Unserved {
        /// With whom.
        name: String,
        /// How many.
        count: usize,
    },
    /// The kernel dropped connections: some clients had to repeat their SYN, which takes a second and more.
    Dropped {
        /// With whom.
        name: String,
        /// How many.
        count: u64,
    },
    /// It could not be run.
    NotRun {
        /// Who.
        name: String,
        /// Why.
        why: String,
    },
}

/// How a contender served.
enum Manner {
    OneByOne,
    InTurns,
    AtOnce,
}

/// What is to be said so far, the most telling first.
pub fn verdict(comparison: &Comparison, now: Time) -> Vec<Saying> {
    let done: Vec<(&Course, Figures)> = comparison
        .courses
        .iter()
        .filter(|course| course.stage == Stage::Done)
        .map(|course| (course, Figures::of(course, comparison.cpus, now)))
        .collect();
    let mut sayings = Vec::new();
    let mut at_once: Vec<&(&Course, Figures)> = Vec::new();
    let mut one_by_one: Option<&Figures> = None;
    for entry in &done {
        let (course, figures) = entry;
        let (Some(wait), Some(service)) = (figures.wait, figures.service) else {
            continue;
        };
        match manner(comparison, figures) {
            Some(Manner::OneByOne) => {
                one_by_one.get_or_insert(figures);
                let (last, service) = (wait.last.unwrap_or(wait.max), service.mean);
                sayings.push(Saying::OneByOne {
                    name: course.name.clone(),
                    last,
                    service,
                    times: ratio(last, service),
                });
            }
            Some(Manner::InTurns) => sayings.push(Saying::InTurns {
                name: course.name.clone(),
                longest: wait.max,
            }),
            Some(Manner::AtOnce) => at_once.push(entry),
            None => {}
        }
    }
    let means = || at_once.iter().filter_map(|(_, figures)| Some(figures.service?.mean));
    if let (Some(least), Some(most)) = (means().min(), means().max()) {
        sayings.push(Saying::AtOnce {
            names: at_once.iter().map(|(course, _)| course.name.clone()).collect(),
            longest: at_once
                .iter()
                .filter_map(|(_, figures)| Some(figures.wait?.max))
                .max()
                .unwrap_or_default(),
            service: (least, most),
        });
    }
    let fastest = at_once.iter().filter(|(_, figures)| figures.failed + figures.left == 0);
    if let (Some(slow), Some(fast)) = (one_by_one, fastest.filter_map(|(_, figures)| figures.total).min())
        && let Some(long) = slow.total
    {
        let times = ratio(long, fast);
        // Where all is CPU nothing can be done meanwhile, however much of it a neighbour took.
        let scenario = &comparison.scenario;
        let all_cpu = !scenario.echo && scenario.rounds.waiting_share().is_zero();
        let filled = slow.cpu_busy.filter(|busy| *busy > 0.6);
        sayings.push(if times < 1.6 && (all_cpu || filled.is_some()) {
            Saying::NoSooner { busy: filled }
        } else {
            Saying::Sooner { times }
        });
    }
    for (course, figures) in &done {
        let name = || course.name.clone();
        let end = course.end;
        if let Some(count) = end.and_then(|end| end.zombies_left).filter(|count| *count > 0) {
            sayings.push(Saying::Zombies { name: name(), count });
        }
        if let Some(status) = end.and_then(|end| end.status)
            && figures.failed + figures.left > 0
        {
            sayings.push(Saying::Died { name: name(), status });
        }
        let local = |visitor: &&Visitor| visitor.error == Some(Failure::Local);
        let stayed = course.visitors.iter().filter(local).count();
        if stayed > 0 {
            let count = stayed;
            sayings.push(Saying::Stayed { name: name(), count });
        }
        if figures.failed > stayed {
            let count = figures.failed - stayed;
            sayings.push(Saying::Failed { name: name(), count });
        }
        if figures.left > 0 {
            let count = figures.left;
            sayings.push(Saying::Unserved { name: name(), count });
        }
    }
    for course in &comparison.courses {
        if let Stage::Failed(why) = &course.stage {
            let (name, why) = (course.name.clone(), why.clone());
            sayings.push(Saying::NotRun { name, why });
        }
    }
    for (course, _) in &done {
        if let Some(count) = course.end.map(|end| end.dropped).filter(|count| *count > 0) {
            let name = course.name.clone();
            sayings.push(Saying::Dropped { name, count });
        }
    }
    sayings.extend(turns(comparison, !at_once.is_empty()));
    sayings.extend(cost(&done));
    sayings
}

/// How it served, by the longest wait: beside that of a server that serves one by one, which is a service for each other
/// client, and beside one service; two of them, since on a busy CPU the last client is also accepted late. Too few
/// clients tell nothing.
fn manner(comparison: &Comparison, figures: &Figures) -> Option<Manner> {
    let others = comparison.scenario.clients.saturating_sub(1);
    let (wait, service) = (figures.wait?, figures.service?);
    // What clients would have met who were not served before it was ended, nobody knows.
    if others < 3 || figures.left > 0 {
        return None;
    }
    let alone = comparison.scenario.rounds.total.min(service.mean);
    Some(if wait.max >= service.mean * others / 2 {
        Manner::OneByOne
    } else if wait.max > alone.max(service.mean) * 2 {
        Manner::InTurns
    } else {
        Manner::AtOnce
    })
}

/// The number of clients that fill the CPUs, where the work has a share of CPU and somebody served many at once.
fn turns(comparison: &Comparison, shown: bool) -> Option<Saying> {
    let scenario = &comparison.scenario;
    let cpu = scenario.cpu();
    // Where all is CPU there is nothing to be filled: that is told by what was measured.
    if !shown || scenario.echo || cpu.is_zero() || scenario.rounds.waiting_share().is_zero() {
        return None;
    }
    let full = scenario.rounds.total.as_secs_f64() / cpu.as_secs_f64() * f64::from(comparison.cpus);
    // At most as many as there are milliseconds in a service, so nothing is cut off.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a number of clients, which as a float is rounded and saturates"
    )]
    let clients = full.round() as u32;
    Some(Saying::Turns {
        clients,
        came: scenario.clients,
    })
}

/// Whose memory was how much, where the most is more than the twentieth above the least by which two runs differ.
fn cost(done: &[(&Course, Figures)]) -> Option<Saying> {
    let cost = |(course, _): &(&Course, Figures)| Some((course.name.clone(), course.peak?.pss_anon?));
    let mut costs: Vec<(String, u64)> = done.iter().filter_map(cost).collect();
    costs.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let (most, least) = (costs.first()?.1, costs.last()?.1);
    (most > least + least / 20).then_some(Saying::Cost(costs))
}

fn ratio(a: Duration, b: Duration) -> f64 {
    if b.is_zero() {
        0.0
    } else {
        a.as_secs_f64() / b.as_secs_f64()
    }
}
