//! The timeline's facts put into words: states, endings, and what is folded away. What a process is doing is said in
//! [`super::doing`], and what changed in `changes`.

use std::borrow::Cow;

use fluent_bundle::FluentValue;

use crate::timeline::lifeline::{Phase, ZombieTime};
use crate::timeline::process::{Disposition, ExitStatus, State};
use crate::timeline::time::Time;
use crate::timeline::tree::Row;
use crate::timeline::tree::fold::Tucked;

use super::Words;
use super::cells::right;
use super::signals::signal;
use super::units::{age, span};

/// A number as a value in a text, without the grouping that a language would give it.
#[allow(clippy::needless_pass_by_value, reason = "called with numbers and with texts alike")]
pub(super) fn plain(number: impl ToString) -> FluentValue<'static> {
    FluentValue::from(number.to_string())
}

impl Words {
    /// The word for a state.
    pub fn state(&self, state: State) -> String {
        let name = match state {
            State::Running => "state-running",
            State::Sleeping => "state-sleeping",
            State::DiskSleep => "state-disk-sleep",
            State::Stopped => "state-stopped",
            State::Traced => "state-traced",
            State::Zombie => "state-zombie",
            State::Dead => "state-dead",
            State::Idle => "state-idle",
            State::Parked => "state-parked",
        };
        self.say(name).into_owned()
    }

    /// The letter and the word for what a process is at a moment, with a zombie's age.
    pub fn standing(&self, row: &Row<'_>, t: Time) -> String {
        match row.phase {
            Phase::Gone(_) => format!("† {}", self.say("state-reaped")),
            Phase::Zombie(_) => {
                let age = row.life.zombie_time(t).map(zombie_age).unwrap_or_default();
                // As wide for 9.9 s as for 10.0 s: nothing jumps while it is looked at.
                format!("Z {} {}", self.say("state-zombie"), right(&age, 6))
            }
            Phase::Alive | Phase::Unborn if row.main_thread_left() => format!("Z {}", self.say("state-main-left")),
            Phase::Alive | Phase::Unborn => {
                format!("{} {}", row.facts.state.letter(), self.state(row.facts.state))
            }
        }
    }

    /// The glyph before the letter of what a process is, and a blank; a ghost's letter is one already.
    pub fn glyph(&self, row: &Row<'_>) -> &'static str {
        match row.phase {
            Phase::Gone(_) => "",
            Phase::Zombie(_) => "× ",
            Phase::Alive | Phase::Unborn => Self::state_glyph(row.facts.state),
        }
    }

    /// The glyph before the letter of a state, and a blank.
    pub const fn state_glyph(state: State) -> &'static str {
        match state {
            State::Running => "● ",
            State::DiskSleep => "◐ ",
            State::Stopped | State::Traced => "■ ",
            State::Idle | State::Parked => "· ",
            State::Sleeping | State::Zombie | State::Dead => "○ ",
        }
    }

    /// How a process ended.
    pub fn ending(&self, status: ExitStatus) -> String {
        match status {
            ExitStatus::Code(code) => self.say_with("exit-code", &[("code", plain(code))]).into_owned(),
            ExitStatus::Signal(number) => self
                .say_with("exit-signal", &[("signal", plain(signal(i32::from(number))))])
                .into_owned(),
            ExitStatus::Unknown => self.say("exit-unknown").into_owned(),
        }
    }

    /// How long a process was a zombie, as exactly as that is known.
    pub fn zombie_time(&self, time: ZombieTime) -> String {
        if let Some(known) = time.known() {
            return span(known);
        }
        match time.most {
            Some(most) if time.least.is_zero() => format!("≤ {}", span(most)),
            Some(most) => format!("{} – {}", span(time.least), span(most)),
            None => format!("≥ {}", span(time.least)),
        }
    }

    /// What a process does with a signal.
    pub fn disposition(&self, disposition: Disposition) -> String {
        let name = match disposition {
            Disposition::Default => "sigchld-default",
            Disposition::Ignored => "sigchld-ignored",
            Disposition::Caught => "sigchld-caught",
        };
        self.say(name).into_owned()
    }

    /// Like children that are folded into one line, counted: in full, and in short.
    pub fn crowd(&self, tucked: &Tucked) -> [String; 2] {
        self.folded("folded-crowd", tucked)
    }

    /// What is folded below a row, counted: in full, and in short.
    pub fn tucked(&self, tucked: &Tucked) -> [String; 2] {
        self.folded("folded-below", tucked)
    }

    fn folded(&self, text: &'static str, tucked: &Tucked) -> [String; 2] {
        let states = tucked.states.iter().map(|(state, count)| {
            let count = count.to_string();
            let said = [("count", count.into()), ("state", self.state(*state).into())];
            self.say_with("crowd-state", &said).into_owned()
        });
        let zombies = (tucked.zombies > 0).then(|| self.say_with("crowd-zombies", &[("count", tucked.zombies.into())]));
        let zombies = zombies.map(Cow::into_owned);
        let say = |parts: Vec<String>| {
            let count = tucked.processes.to_string();
            let parts = if parts.is_empty() {
                String::new()
            } else {
                format!(": {}", parts.join(", "))
            };
            self.say_with(text, &[("count", count.into()), ("parts", parts.into())])
                .into_owned()
        };
        [
            say(states.chain(zombies.clone()).collect()),
            say(zombies.into_iter().collect()),
        ]
    }
}

/// How long a zombie has been one so far; of one that was found a zombie only the least is known.
pub fn zombie_age(time: ZombieTime) -> String {
    match time.most {
        Some(_) => age(time.least),
        None => format!("≥{}", age(time.least)),
    }
}
