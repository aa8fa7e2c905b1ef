//! The processor time that a program has taken, by the name of the thread, to the nanosecond (/proc/PID/task/TID/schedstat,
//! Documentation/scheduler/sched-stats.rst). What threads took that have ended is not in it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// The threads that observe.
const OBSERVERS: [&str; 3] = ["observer", "events", "connector"];

/// The thread on which the tool's own clients run: no part of watching.
const CLIENTS: &str = "clients";

/// Processor time by the name of the thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cpu {
    threads: BTreeMap<String, Duration>,
}

impl Cpu {
    /// What a process has taken so far.
    pub(crate) fn of(pid: u32) -> Self {
        let mut threads: BTreeMap<String, Duration> = BTreeMap::new();
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
        for task in tasks.flatten() {
            let name = std::fs::read_to_string(task.path().join("comm")).unwrap_or_default();
            let times = std::fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
            let ran = times.split(' ').next().and_then(|nanos| nanos.parse().ok());
            *threads.entry(name.trim().to_owned()).or_default() += Duration::from_nanos(ran.unwrap_or(0));
        }
        Self { threads }
    }

    /// What it has taken more than it had.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let more = |(name, ran): (&String, &Duration)| {
            let before = before.threads.get(name).copied().unwrap_or_default();
            (name.clone(), ran.saturating_sub(before))
        };
        Self {
            threads: self.threads.iter().map(more).collect(),
        }
    }

    /// The two together.
    pub(crate) fn add(&mut self, other: &Self) {
        for (name, ran) in &other.threads {
            *self.threads.entry(name.clone()).or_default() += *ran;
        }
    }

    /// One of so many equal parts; of less than one, more. There must be some.
    pub(crate) fn part(&self, parts: f64) -> Self {
        let part = |(name, ran): (&String, &Duration)| (name.clone(), ran.div_f64(parts));
        Self {
            threads: self.threads.iter().map(part).collect(),
        }
    }

    /// Of all threads but the tool's own clients.
    pub(crate) fn all(&self) -> Duration {
        self.watching().map(|(_, ran)| ran).sum()
    }

    fn watching(&self) -> impl Iterator<Item = (&str, Duration)> {
        self.threads().filter(|(name, _)| *name != CLIENTS)
    }

    /// Each thread, and what it took.
    pub(crate) fn threads(&self) -> impl Iterator<Item = (&str, Duration)> {
        self.threads.iter().map(|(name, ran)| (name.as_str(), *ran))
    }

    /// Of the threads that observe.
    pub(crate) fn observer(&self) -> Duration {
        let observers = self
            .threads
            .iter()
            .filter(|(name, _)| OBSERVERS.contains(&name.as_str()));
        observers.map(|(_, ran)| *ran).sum()
    }

    /// Each of these threads that took anything worth a word, in microseconds.
    pub(crate) fn by_thread(&self) -> String {
        let mut text = String::new();
        for (name, ran) in self.watching().filter(|(_, ran)| ran.as_micros() > 0) {
            let separator = if text.is_empty() { "" } else { ", " };
            let _ = write!(text, "{separator}{name} {} µs", ran.as_micros());
        }
        text
    }
}
