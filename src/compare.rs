//! The two types of server, measured: the same clients come to one server model after the other, and what each of them
//! met is put side by side.
//!
//! In this file: what is known of a comparison so far, as it grows by [`News`] (pure). Who is compared stands in
//! `contender`, and the figures of each in `figures` (pure). What
//! follows from the numbers in words stands in `verdict` (pure); what a tree of processes takes is read in `tally`, and
//! `runner` launches the servers and lets the clients come.

use std::time::Duration;

use crate::server::config::Rounds;
use crate::timeline::observation::{Client, ClientPhase, Failure};
use crate::timeline::process::ExitStatus;
use crate::timeline::time::Time;

use contender::Contender;

pub mod contender;
pub mod figures;
pub mod runner;
mod tally;
pub mod verdict;

/// What all servers are put through.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// How many clients come, all at once.
    pub clients: u32,
    /// What each of them gets, by itself: as it is run, already scaled.
    pub rounds: Rounds,
    /// The service is a plain echo, and the clients make the rounds: that is what anybody's server can give.
    pub echo: bool,
    /// How many CPUs the servers run on; `None` for all.
    pub cpus: Option<u32>,
    /// What the durations of the scenario that is meant were multiplied by.
    pub scale: f64,
    /// All at the same time, in place of one after the other.
    pub together: bool,
}

impl Scenario {
    /// Whether durations were multiplied.
    pub fn is_scaled(&self) -> bool {
        (self.scale - 1.0).abs() > f64::EPSILON
    }

    /// What a measured time means in the scenario that was meant. (What forking and scheduling cost does not scale.)
    pub fn unscaled(&self, measured: Duration) -> Duration {
        Duration::try_from_secs_f64(measured.as_secs_f64() / self.scale).unwrap_or(Duration::MAX)
    }

    /// CPU time that one client costs by the scenario.
    pub fn cpu(&self) -> Duration {
        self.rounds.cpu_share() * Rounds::COUNT
    }

    /// How long a turn the servers ask the scheduler for; `None` for the usual.
    ///
    /// Forking costs the same at every scale. At a tenth of the times the first children have their work before the
    /// last one is forked, and a scheduler that is fair lets a hundred children catch up with their parent before it
    /// forks again: the last clients would wait for turns that nobody takes in the scenario that is meant. With a turn
    /// that is long enough to fork them all they do not. Only where no service computes for longer than a usual turn at
    /// a stretch: there longer turns change nothing else.
    pub fn turn(&self) -> Option<Duration> {
        /// The shortest that a turn is where nobody asks for another (kernel/sched/fair.c, `sysctl_sched_base_slice`).
        const USUAL: Duration = Duration::from_micros(700);
        /// The longest that the kernel grants.
        const LONG: Duration = Duration::from_millis(100);
        (self.scale < 1.0 && self.rounds.cpu_share() <= USUAL).then_some(LONG)
    }

    /// About how long a server should take for all clients: one after the other, or as many at a time as `at_once` with
    /// so many CPUs. For a progress bar, not for a result.
    pub fn expected(&self, at_once: u32, cpus: u32) -> Duration {
        let turns = self.clients.div_ceil(at_once.max(1));
        let waiting = self.rounds.total * turns;
        let computing = self.cpu() * self.clients / cpus.max(1);
        waiting.max(computing)
    }
}

/// What happens in a comparison. Times are of the clock of all observations.
#[derive(Debug, Clone)]
pub enum News {
    /// This contender's server is being started.
    Starting(usize),
    /// It listens, and its clients come from now on.
    Began(usize, Time),
    /// One of its clients.
    Client(usize, Client),
    /// What its processes take.
    Reading(usize, Reading),
    /// All its clients have left, or were sent away.
    Ended(usize, End),
    /// It could not be run: why.
    Failed(usize, String),
    /// All is over.
    Over,
}

/// What a tree of processes takes at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Processes, without zombies.
    pub processes: u32,
    /// Their threads.
    pub threads: u32,
    /// Processes that have ended and were not waited for.
    pub zombies: u32,
    /// Anonymous memory, each page shared out among those who share it; `None` where it may not be read.
    pub pss_anon: Option<u64>,
    /// CPU time that it has spent since the clients came; `None` where somebody's is in no account any more.
    pub cpu: Option<Duration>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct End {
    /// When.
    pub at: Time,
    /// Zombies that stayed, once all clients were gone; `None` where the end was not waited for.
    pub zombies_left: Option<u32>,
    /// Connections that the kernel dropped meanwhile for want of room in an accept queue (of the whole machine).
    pub dropped: u64,
    /// How its first process ended, where it did so before it was told to.
    pub status: Option<ExitStatus>,
}

/// Where in its run a contender is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// Its turn has not come.
    Queued,
    /// It is being started.
    Starting,
    /// Its clients are there.
    Running,
    /// It is done.
    Done,
    /// It could not be run.
    Failed(String),
}

/// One client: when it came, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Visitor {
    /// When it began to connect.
    pub arrived: Option<Time>,
    /// When the first byte of service came.
    pub first: Option<Time>,
    /// When the last one came.
    pub last: Option<Time>,
    /// How it failed.
    pub error: Option<Failure>,
}

/// What a client does just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has not come.
    Absent,
    /// It waits to be served.
    Waiting,
    /// It is being served.
    Served,
    /// It was served.
    Done,
    /// It failed.
    Failed,
}

impl Visitor {
    /// How long it waited for its first byte.
    pub fn wait(&self) -> Option<Duration> {
        Some(self.first?.since(self.arrived?))
    }

    /// How long it was then served.
    pub fn service(&self) -> Option<Duration> {
        Some(self.last?.since(self.first?))
    }

    /// What it does.
    pub fn phase(&self) -> Phase {
        match (self.error, self.arrived, self.first, self.last) {
            (Some(_), ..) => Phase::Failed,
            (None, None, ..) => Phase::Absent,
            (None, Some(_), None, _) => Phase::Waiting,
            (None, Some(_), Some(_), None) => Phase::Served,
            (None, Some(_), Some(_), Some(_)) => Phase::Done,
        }
    }
}

/// One contender, and how it went so far.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its name.
    pub name: String,
    /// Who it is.
    pub contender: Contender,
    /// How many clients it is expected to serve at a time.
    pub at_once: u32,
    /// Where in its run it is.
    pub stage: Stage,
    /// When its clients came.
    pub began: Option<Time>,
    /// How it ended.
    pub end: Option<End>,
    /// Its clients, by number.
    pub visitors: Vec<Visitor>,
    /// The most of everything that was read at a moment.
    pub peak: Option<Reading>,
}

/// All that is known of a comparison so far.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// What all are put through.
    pub scenario: Scenario,
    /// On how many CPUs the servers really run.
    pub cpus: u32,
    /// Those who are compared, in their order.
    pub courses: Vec<Course>,
    /// All is over.
    pub over: bool,
}

impl Comparison {
    /// Before anything has happened.
    pub fn new(scenario: Scenario, contenders: &[Contender], workers: u32, cpus: u32) -> Self {
        let clients = usize::try_from(scenario.clients).unwrap_or(usize::MAX);
        let course = |contender: &Contender| Course {
            name: contender.name(),
            at_once: contender.at_once(workers),
            contender: contender.clone(),
            stage: Stage::Queued,
            began: None,
            end: None,
            visitors: vec![Visitor::default(); clients],
            peak: None,
        };
        Self {
            courses: contenders.iter().map(course).collect(),
            scenario,
            cpus,
            over: false,
        }
    }

    /// The longest wait that a picture of it has room for. While it runs that is what the slowest server should come to,
    /// so that the scale stays, a quarter more where one takes longer, and more in great steps beyond that; in the end
    /// what was measured. Never less than a fifth of a service, nor than 10 ms: what is told apart by less is alike.
    pub fn height(&self) -> Duration {
        /// Nothing comes to the very moment, and what comes a little late shall have room, too.
        const ROOM: f64 = 1.06;
        let one = self.scenario.rounds.total;
        let waits = self.courses.iter().flat_map(|course| &course.visitors);
        let longest = waits.filter_map(Visitor::wait).max().unwrap_or_default();
        let least = (one / 5).max(Duration::from_millis(10)).mul_f64(ROOM);
        if self.over {
            return least.max(longest.mul_f64(ROOM));
        }
        let others = self.courses.iter().map(|course| course.turns() - 1);
        let expected = least.max((one * others.max().unwrap_or(0)).mul_f64(ROOM));
        // On a busy machine it takes a little longer than it should: that is no reason to halve the picture.
        for height in [expected, expected.mul_f64(1.25)] {
            if longest <= height {
                return height;
            }
        }
        let power = 10_f64.powf(longest.as_secs_f64().log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| Duration::from_secs_f64(digit * power));
        let step = steps.into_iter().find(|step| *step >= longest);
        step.unwrap_or(longest).mul_f64(ROOM)
    }

    /// Takes in what has happened.
    pub fn apply(&mut self, news: News) {
        let (News::Starting(at)
        | News::Began(at, _)
        | News::Client(at, _)
        | News::Reading(at, _)
        | News::Ended(at, _)
        | News::Failed(at, _)) = news
        else {
            self.over = true;
            return;
        };
        let Some(course) = self.courses.get_mut(at) else { return };
        match news {
            News::Starting(_) => course.stage = Stage::Starting,
            News::Began(_, at) => (course.stage, course.began) = (Stage::Running, Some(at)),
            News::Client(_, client) => course.client(client),
            News::Reading(_, reading) => course.reading(reading),
            News::Ended(_, end) => (course.stage, course.end) = (Stage::Done, Some(end)),
            News::Failed(_, why) => course.stage = Stage::Failed(why),
            News::Over => {}
        }
    }

    /// How far it is, from 0 to 1, and about how long it still takes: by what the scenario makes one expect, for those
    /// who have not been run, and of the one that runs by its clients.
    pub fn progress(&self, now: Time) -> (f64, Duration) {
        let (mut done, mut left, mut slowest) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        for course in &self.courses {
            let expected = self.scenario.expected(course.at_once, self.cpus);
            let (took, remains) = match (&course.stage, course.began) {
                (Stage::Done | Stage::Failed(_), began) => {
                    let took = began.zip(course.end).map(|(began, end)| end.at.since(began));
                    (took.unwrap_or(Duration::ZERO), Duration::ZERO)
                }
                (Stage::Running, Some(began)) => {
                    let took = now.since(began);
                    (took, expected.saturating_sub(took))
                }
                (Stage::Queued | Stage::Starting | Stage::Running, _) => (Duration::ZERO, expected),
            };
            done += took;
            left += remains;
            slowest = slowest.max(remains);
        }
        let whole = (done + left).as_secs_f64();
        let share = if self.over || whole == 0.0 {
            1.0
        } else {
            done.as_secs_f64() / whole
        };
        (share, if self.scenario.together { slowest } else { left })
    }
}

impl Course {
    /// How many times it should serve some clients until all were served; at least once.
    pub fn turns(&self) -> u32 {
        let clients = u32::try_from(self.visitors.len()).unwrap_or(u32::MAX);
        clients.div_ceil(self.at_once.max(1)).max(1)
    }

    fn client(&mut self, client: Client) {
        let number = usize::try_from(client.id.0).unwrap_or(usize::MAX);
        let Some(visitor) = number.checked_sub(1).and_then(|at| self.visitors.get_mut(at)) else {
            return;
        };
        match client.phase {
            ClientPhase::Connecting => visitor.arrived = Some(client.at),
            ClientPhase::Connected => {}
            ClientPhase::Served => visitor.first = Some(client.at),
            ClientPhase::Done => visitor.last = Some(client.at),
            ClientPhase::Failed(failure) => visitor.error = Some(failure),
        }
    }

    fn reading(&mut self, reading: Reading) {
        let peak = self.peak.get_or_insert(reading);
        peak.processes = peak.processes.max(reading.processes);
        peak.threads = peak.threads.max(reading.threads);
        peak.zombies = peak.zombies.max(reading.zombies);
        peak.pss_anon = peak.pss_anon.max(reading.pss_anon);
        // What was lost once stays lost.
        peak.cpu = peak.cpu.zip(reading.cpu).map(|(most, cpu)| most.max(cpu));
    }
}

#[cfg(test)]
mod tests;
