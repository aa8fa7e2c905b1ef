//! The whole machine's zombies by the process that must reap them, as JSON ([`json`]) and for people ([`text`]); and
//! since when each has been seen, over several looks.

use std::collections::HashMap;
use std::time::Duration;

use crate::observe::machine::{Look, Parent, Reaper, Zombie};
use crate::timeline::process::{Key, Pid, Sigchld, State};
use crate::timeline::time::Time;

pub mod json;
#[cfg(test)]
mod tests;
pub mod text;

/// Since when each zombie has been seen.
#[derive(Debug, Default)]
pub struct Seen {
    since: HashMap<Key, Time>,
}

/// One look, and what earlier ones add to it.
#[derive(Debug)]
pub struct Picture {
    /// When it was taken.
    pub taken_at: jiff::Timestamp,
    /// /proc hides the processes of other users.
    pub hides: bool,
    /// Who has most zombies first.
    pub groups: Vec<Group>,
}

/// A process and its zombies.
#[derive(Debug)]
pub struct Group {
    /// The process, with its zombies.
    pub reaper: Reaper,
    /// How long each of these has been seen, and how long ago it ended at most, in their order.
    pub ages: Vec<Age>,
}

/// What is known of the age of a zombie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// It has been seen for this long: it ended before.
    pub seen: Duration,
    /// It ended at most this long ago: it was born then.
    pub ended_at_most: Duration,
}

/// What a reader may do about it, as far as it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// It is stopped.
    Stopped,
    /// It is the init of a container.
    ContainerInit,
    /// SIGCHLD has come, and waits to be taken.
    Pending,
}

impl Advice {
    /// What shows of that process.
    pub fn of(process: &Parent) -> Option<Self> {
        let untaken = |sigchld: Sigchld| sigchld.blocked && sigchld.pending;
        if matches!(process.state, State::Stopped | State::Traced) {
            Some(Self::Stopped)
        } else if process.is_container_init() {
            Some(Self::ContainerInit)
        } else if process.sigchld.is_some_and(untaken) {
            Some(Self::Pending)
        } else {
            None
        }
    }

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stopped => "stopped",
            Self::ContainerInit => "container-init",
            Self::Pending => "sigchld-pending",
        }
    }
}

impl Seen {
    /// Takes the next look; forgets who is gone.
    pub fn look(&mut self, look: Look, taken_at: jiff::Timestamp) -> Picture {
        let present = || look.reapers.iter().flat_map(|reaper| &reaper.zombies);
        let before = std::mem::take(&mut self.since);
        let since = |zombie: &Zombie| (zombie.key, before.get(&zombie.key).copied().unwrap_or(look.at));
        self.since = present().map(since).collect();
        let age = |zombie: &Zombie| Age {
            seen: self
                .since
                .get(&zombie.key)
                .map(|since| look.at.since(*since))
                .unwrap_or_default(),
            ended_at_most: look.at.since(Time::from_ticks(zombie.key.start_ticks)),
        };
        let mut groups: Vec<Group> = look
            .reapers
            .into_iter()
            .map(|reaper| Group {
                ages: reaper.zombies.iter().map(age).collect(),
                reaper,
            })
            .collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.reaper.zombies.len()));
        Picture {
            taken_at,
            hides: look.hides,
            groups,
        }
    }
}

/// What makes a picture worth another block: who has which zombies, and whether it could reap them.
pub type Essence = Vec<(Option<Pid>, bool, Option<Sigchld>, Vec<Key>)>;

impl Picture {
    /// How many zombies there are.
    pub fn zombies(&self) -> usize {
        self.groups.iter().map(|group| group.reaper.zombies.len()).sum()
    }

    /// What of it is not only the passing of time.
    pub fn essence(&self) -> Essence {
        let essence = |Group { reaper, .. }: &Group| {
            let process = reaper.process.as_ref();
            let stopped = process.is_some_and(|process| matches!(process.state, State::Stopped | State::Traced));
            let keys = reaper.zombies.iter().map(|zombie| zombie.key).collect();
            (reaper.pid, stopped, process.and_then(|process| process.sigchld), keys)
        };
        self.groups.iter().map(essence).collect()
    }
}

impl Group {
    /// The age of the zombie that has been seen longest.
    pub fn oldest(&self) -> Option<Age> {
        self.ages
            .iter()
            .copied()
            .max_by_key(|age| (age.seen, age.ended_at_most))
    }
}
