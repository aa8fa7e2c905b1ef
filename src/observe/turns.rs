//! The readings of a live observer, one after the other: whole ones at the interval, glances at what has just been
//! born, and how exact all of it is.
//!
//! Where births are told, whole readings look only at who is known already; twice a second the tree is searched all
//! the same, so that what was not told is found, and is said not to have been told.

use std::collections::HashSet;
use std::io;
use std::time::{Duration, Instant};

use crate::timeline::observation::Observation;

use super::events::{Events, Fresh, Shortfall};
use super::live::Waker;
use super::powers::Powers;
use super::proc::Proc;
use super::sampler::{Sampler, Scope};
use super::source::Source;
use super::{Births, Capture, Deaths, Reason, Sink, clock};
use crate::timeline::process::{Key, Pid};
use crate::timeline::time::Time;

/// How often all of the tree is searched where births are told.
const RESYNC: Duration = Duration::from_millis(500);

/// A start time is given in ticks, and a birth is told a little after it: who was born within this of the beginning is
/// not taken for untold.
const BEGINNING: Duration = Duration::from_millis(20);

/// Where more are born than one in this time, a reading after each is too many: each looks into the kernel's whole table of
/// connections for those that are new, and what stays is found by the next whole reading.
const FEW_EACH: Duration = Duration::from_millis(20);

/// So few at once are looked at, however close they follow each other.
const A_FEW: u32 = 4;

/// What a live observer has open.
pub(super) struct Turns {
    proc: Proc,
    sampler: Sampler,
    events: Option<Events>,
    powers: Option<Powers>,
    reasons: Vec<Reason>,
    interval: Duration,
    /// Births from then on are told.
    opened: Time,
    searched: Option<Instant>,
    /// So many births were not told, and why no more will be, of some.
    untold: u64,
    hidden: HashSet<Key>,
    blind: bool,
    pulse: Pulse,
}

/// How many are born.
#[derive(Debug)]
struct Pulse {
    births: u64,
    counted: Instant,
    many: bool,
}

impl Pulse {
    /// So many have been born until then.
    fn count(&mut self, births: u64, now: Instant) {
        let born = u32::try_from(births - self.births).unwrap_or(u32::MAX);
        let within = now.saturating_duration_since(self.counted);
        self.many = born >= A_FEW && within < FEW_EACH.saturating_mul(born);
        (self.births, self.counted) = (births, now);
    }
}

impl Turns {
    pub(super) fn begin(
        proc: Proc,
        scope: Scope,
        source: Source,
        interval: Duration,
        sink: &Sink,
        waker: Waker,
    ) -> Self {
        let mut reasons = source.reasons;
        let mut powers = source.powers;
        let mut events = None;
        if powers.is_some() {
            match Events::start(&proc, source.feed, sink.clone(), move || waker.look()) {
                Ok(started) => {
                    started.await_roots(&scope);
                    events = Some(started);
                }
                Err(error) => {
                    powers = None;
                    reasons.push(Reason::NoPidfd(error.to_string()));
                }
            }
        }
        Self {
            sampler: Sampler::new(proc.clone(), scope),
            proc,
            events,
            powers,
            reasons,
            interval,
            opened: source.opened + BEGINNING,
            searched: None,
            untold: 0,
            hidden: HashSet::new(),
            blind: false,
            pulse: Pulse {
                births: 0,
                counted: Instant::now(),
                many: false,
            },
        }
    }

    /// Reads the whole tree.
    pub(super) fn whole(&mut self) -> Vec<Observation> {
        let Some(events) = &self.events else {
            return self.sampler.pass(None, &Fresh::default(), true);
        };
        self.pulse.count(events.births(), Instant::now());
        let fresh = events.fresh();
        let due = self.searched.is_none_or(|searched| searched.elapsed() >= RESYNC);
        let search = due || fresh.all || self.blind || !events.feed().are_told();
        let observations = self.sampler.pass(Some(events), &fresh, search);
        if self.sampler.finds_nobody_alive() {
            // Whoever hears that nobody is left must have heard of all that were: a short life leaves nothing but events.
            events.catch_up();
        }
        self.find_hidden(&fresh.pids);
        if search {
            self.searched = Some(Instant::now());
            self.find_untold();
        }
        observations
    }

    /// So much happens that a reading after each birth would be too many.
    pub(super) fn is_busy(&self) -> bool {
        self.pulse.many || self.events.as_ref().is_some_and(Events::is_busy)
    }

    /// Reads what was born, or runs another program, since the last reading.
    pub(super) fn glance(&mut self) -> Vec<Observation> {
        let Some(events) = &self.events else { return Vec::new() };
        self.pulse.count(events.births(), Instant::now());
        let fresh = events.fresh();
        if fresh.all {
            // The next whole reading searches.
            self.searched = None;
        }
        let observations = self.sampler.glance(events, &fresh);
        self.find_hidden(&fresh.pids);
        observations
    }

    /// Whoever runs a program that is not his to trace is told of no more (kernel/events/core.c, perf_event_exit_task, which
    /// fs/exec.c calls for it), and the kernel says nothing of that: its births are found in /proc from now on.
    fn find_hidden(&mut self, fresh: &[Pid]) {
        let Some(events) = &self.events else { return };
        if events.feed().births(self.interval) != Births::Perf {
            return;
        }
        for pid in fresh {
            // The link asks for the right to read as a tracer does (proc_pid_exe(5)).
            let exe = std::fs::read_link(self.proc.path(*pid, "exe"));
            let denied = exe.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
            if denied {
                // It may run several such programs, one after the other.
                self.hidden.extend(self.proc.key(*pid));
                self.blind = true;
            }
        }
    }

    /// Whoever was born and not told has forked unseen, too: from now on it is not.
    fn find_untold(&mut self) {
        let Some(events) = self.events.as_ref().filter(|events| events.feed().are_told()) else {
            return;
        };
        for pid in events.untold(self.opened, clock::now()) {
            self.untold += 1;
            self.blind |= events.feed().attach(&self.proc, pid).is_err();
        }
    }

    /// How exact all this is.
    pub(super) fn capture(&self) -> Capture {
        let polled = Births::Polled { every: self.interval };
        let feed = self.events.as_ref().map(Events::feed).filter(|_| !self.blind);
        let births = feed.map_or(polled, |feed| feed.births(self.interval));
        let mut reasons = self.reasons.clone();
        if births == polled {
            reasons.insert(0, Reason::BirthsPolled(self.interval));
        }
        reasons.extend(Some(Reason::Untold(self.untold)).filter(|_| self.untold > 0));
        let hidden = self.hidden.len() as u64;
        reasons.extend(Some(Reason::Hidden(hidden)).filter(|_| hidden > 0));
        let Shortfall { too_short, unwatched } = self.events.as_ref().map(Events::shortfall).unwrap_or_default();
        reasons.extend(Some(Reason::TooShort(too_short)).filter(|_| too_short > 0));
        reasons.extend(Some(Reason::Unwatched(unwatched)).filter(|_| unwatched > 0));
        let (sockets, more) = self.sampler.source();
        reasons.extend(more);
        Capture {
            births,
            deaths: Deaths::with(self.powers),
            every: self.interval,
            sockets,
            reasons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After these births, each the number so far and when in milliseconds: are there many?
    #[track_caller]
    fn check(births: &[(u64, u64)], many: &[bool]) {
        let start = Instant::now();
        let mut pulse = Pulse {
            births: 0,
            counted: start,
            many: false,
        };
        let said: Vec<bool> = births
            .iter()
            .map(|(births, millis)| {
                pulse.count(*births, start + Duration::from_millis(*millis));
                pulse.many
            })
            .collect();
        assert_eq!(said, many, "{births:?}");
    }

    #[test]
    fn many_are_born_where_a_reading_after_each_is_too_many() {
        // Ten a second, each looked at; a few at once; and 200 a second until they are over.
        check(&[(1, 50), (1, 100), (2, 150)], &[false; 3]);
        check(&[(3, 1)], &[false]);
        check(&[(10, 50), (30, 150), (31, 250)], &[true, true, false]);
        check(&[(4, 80), (9, 179)], &[false, true]);
    }
}
