//! The timeline's facts put into words: states, endings, what a process is doing, what changed.

use std::borrow::Cow;
use std::net::SocketAddr;

use fluent_bundle::FluentValue;

use crate::timeline::Timeline;
use crate::timeline::call::{Call, Waiting};
use crate::timeline::lifeline::{Phase, Reaper, ZombieTime};
use crate::timeline::log::Change;
use crate::timeline::observation::{Failure, Ordered};
use crate::timeline::process::{Blocked, Disposition, ExitStatus, Pid, State};
use crate::timeline::sockets::{SocketKind, SocketLine};
use crate::timeline::tree::Row;
use crate::timeline::tree::fold::Tucked;
use crate::timeline::wchan::Wchan;

use super::Words;
use super::cells::right;
use super::units::{age, span};

/// The kernel's name of a signal: `SIGKILL`, or its number where it has none.
pub fn signal(number: i32) -> String {
    nix_name(number).map_or_else(|| format!("signal {number}"), str::to_owned)
}

/// The names of the standard signals (signal(7)), in the order of their numbers on x86 and Arm.
const SIGNALS: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
];

fn nix_name(number: i32) -> Option<&'static str> {
    SIGNALS.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// A number as a value in a text, without the grouping that a language would give it.
#[allow(clippy::needless_pass_by_value, reason = "called with numbers and with texts alike")]
pub(super) fn plain(number: impl ToString) -> FluentValue<'static> {
    FluentValue::from(number.to_string())
}

/// How much room there is to say what a process is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For all of it.
    Wide,
    /// For the other end of a connection by its port alone, and for no remarks.
    Narrow,
    /// For the call alone.
    Least,
}

impl Room {
    /// The most first.
    pub const ALL: [Self; 3] = [Self::Wide, Self::Narrow, Self::Least];

    fn peer(self, peer: SocketAddr) -> String {
        match self {
            Self::Wide => peer.to_string(),
            Self::Narrow | Self::Least => format!(":{}", peer.port()),
        }
    }
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
    pub fn standing(&self, row: &Row<'_>, t: crate::timeline::time::Time) -> String {
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

    /// What a process is doing at a moment, in a few words; for one that ended, how.
    pub fn doing(&self, timeline: &Timeline, row: &Row<'_>, room: Room) -> String {
        match row.phase {
            Phase::Zombie(exited) if room == Room::Wide => {
                format!("{}, {}", self.ending(exited.status), self.say("no-wait-seen"))
            }
            Phase::Zombie(exited) => self.ending(exited.status),
            Phase::Gone(reaped) => {
                let status = row.life.exited.map_or(ExitStatus::Unknown, |exited| exited.status);
                let time = row
                    .life
                    .zombie_time(reaped.when.latest)
                    .map(|time| self.zombie_time(time));
                let time = time.unwrap_or_default();
                let ending = self.ending(status);
                self.say_with("ghost-doing", &[("ending", plain(ending)), ("time", plain(time))])
                    .into_owned()
            }
            Phase::Alive | Phase::Unborn => match row.facts.blocked {
                Some(blocked) => self.blocked(timeline, row, blocked, room),
                None => match (row.facts.state, row.held.first_peer()) {
                    (State::Stopped | State::Traced, _) => self.say("doing-stopped").into_owned(),
                    (_, Some(peer)) if row.held.connections.len() == 1 => self
                        .say_with("doing-serving", &[("peer", plain(room.peer(peer)))])
                        .into_owned(),
                    _ => row.facts.wchan.map_or_else(String::new, |wchan| self.asleep(wchan)),
                },
            },
        }
    }

    /// What a sleeper waits for, as far as the kernel's function tells; the call is hidden, so none is named.
    pub(super) fn asleep(&self, wchan: Wchan) -> String {
        let name = match wchan.waiting {
            Waiting::Accept => "doing-asleep-accept",
            Waiting::Read => "doing-asleep-read",
            Waiting::Write => "doing-asleep-write",
            Waiting::Child => "doing-asleep-child",
            Waiting::Several => "doing-asleep-several",
            Waiting::Signal => "doing-asleep-signal",
            Waiting::Time => "doing-asleep-time",
            Waiting::Lock => "doing-asleep-lock",
            Waiting::Other => "doing-asleep-io",
        };
        self.say(name).into_owned()
    }

    /// The call that a process is blocked in, with what it waits for.
    fn blocked(&self, timeline: &Timeline, row: &Row<'_>, blocked: Blocked, room: Room) -> String {
        let socket = blocked.socket.and_then(|id| timeline.socket(id));
        let only = row.held.first_peer().filter(|_| row.held.connections.len() == 1);
        self.in_call((blocked.call, blocked.fd), socket, only, room)
    }

    /// The call that something is blocked in, with the descriptor and the socket that it was given; `only` is the other end
    /// of the one connection that it can wait for where the call names none.
    pub(super) fn in_call(
        &self,
        (call, fd): (Call, Option<i32>),
        socket: Option<&SocketLine>,
        only: Option<SocketAddr>,
        room: Room,
    ) -> String {
        let Some(name) = call.name() else {
            return self.say("doing-in-kernel").into_owned();
        };
        if room == Room::Least {
            return format!("{name}()");
        }
        let on = socket.map(|line| match &line.kind {
            SocketKind::Listener { .. } => format!(":{}", line.local.port()),
            SocketKind::Connection { peer, .. } => room.peer(*peer),
        });
        match (call.waiting(), on) {
            (Waiting::Accept, Some(on)) => self
                .say_with("doing-accept", &[("call", plain(name)), ("port", plain(on))])
                .into_owned(),
            (Waiting::Read, Some(on)) => format!("{name}() ← {on}"),
            (Waiting::Write, Some(on)) => format!("{name}() → {on}"),
            (Waiting::Child, _) => self.say_with("doing-wait", &[("call", plain(name))]).into_owned(),
            (Waiting::Several, _) => match only {
                Some(peer) => format!("{name}() ← {}", room.peer(peer)),
                None => format!("{name}()"),
            },
            (_, on) => match (on, fd) {
                (Some(on), _) => format!("{name}() {on}"),
                (None, Some(fd)) => format!("{name}(fd {fd})"),
                (None, None) => format!("{name}()"),
            },
        }
    }

    /// The word for what happened, as the log names it.
    pub fn change_word(&self, change: &Change) -> String {
        let name = match change {
            Change::Forked { .. } => "event-fork",
            Change::Executed { .. } => "event-exec",
            Change::Exited { .. } => "event-exit",
            Change::Reaped { .. } => "event-reap",
            Change::Adopted { .. } => "event-orphan",
            Change::Connected { .. } => "event-connect",
            Change::Closed { .. } => "event-close",
            Change::ClientFailed { .. } => "event-client",
            Change::Lost { .. } => "event-lost",
            Change::Ordered(_) => "event-order",
            Change::Marked(_) => "event-mark",
        };
        self.say(name).into_owned()
    }

    /// What happened, to whom.
    pub fn change(&self, timeline: &Timeline, change: &Change) -> String {
        match change {
            Change::Forked { pid, parent, .. } => self.forked(*pid, *parent),
            Change::Executed { pid, comm, .. } => format!("{pid}  {}", super::names::visible(comm)),
            Change::Exited { id, pid, status } => {
                // Some kernels tell the status only after the reap.
                let known = timeline
                    .lifeline(*id)
                    .and_then(|life| life.exited)
                    .map(|exited| exited.status);
                self.exited(*pid, known.unwrap_or(*status))
            }
            Change::Reaped { pid, zombie, by, .. } => self.reaped(*pid, *zombie, *by),
            Change::Adopted { pid, from, to, .. } => self.adopted(*pid, *from, *to),
            Change::Connected { local, peer, .. } | Change::Closed { local, peer, .. } => {
                format!("{peer} → :{}", local.port())
            }
            Change::ClientFailed { id, failure } => {
                format!("{}  {}", id.0, self.failure(*failure))
            }
            Change::Lost { count } => plain_count(*count),
            Change::Ordered(Ordered::Policy(policy)) => self
                .say_with("event-order-policy", &[("policy", plain(policy))])
                .into_owned(),
            Change::Ordered(Ordered::Model(model)) => self
                .say_with("event-order-model", &[("model", plain(model))])
                .into_owned(),
            Change::Ordered(Ordered::Backlog(length)) => self
                .say_with("event-order-backlog", &[("backlog", length.to_string().into())])
                .into_owned(),
            Change::Ordered(Ordered::Signal { signal: number, pid }) => format!("{} → {pid}", signal(*number)),
            Change::Marked(text) => super::names::visible(text.as_bytes()),
        }
    }

    /// Who was born of whom.
    pub fn forked(&self, pid: Pid, parent: Option<Pid>) -> String {
        format!("{} → {pid}", known(parent))
    }

    /// Who exited, and how.
    pub fn exited(&self, pid: Pid, status: ExitStatus) -> String {
        let said = match status {
            ExitStatus::Code(code) => self.say_with("event-exit-code", &[("code", plain(code))]),
            ExitStatus::Signal(number) => {
                self.say_with("event-exit-signal", &[("signal", plain(signal(i32::from(number))))])
            }
            ExitStatus::Unknown => self.say("event-exit-unknown"),
        };
        format!("{pid}  {said}")
    }

    /// Who was waited for, after how long, and by whom where that is known.
    pub fn reaped(&self, pid: Pid, zombie: ZombieTime, by: Reaper) -> String {
        let time = self.zombie_time(zombie);
        let said = self.say_with("event-reap-after", &[("pid", plain(pid)), ("time", plain(time))]);
        match by {
            Reaper::Waited(by) => format!("{said} {}", self.say_with("event-reap-by", &[("pid", plain(by))])),
            Reaper::Discarded => format!("{said} {}", self.say("event-reap-discarded")),
            Reaper::Unknown => said.into_owned(),
        }
    }

    /// Who got another parent.
    pub fn adopted(&self, pid: Pid, from: Option<Pid>, to: Pid) -> String {
        let values = [("pid", plain(pid)), ("from", plain(known(from))), ("to", plain(to))];
        self.say_with("event-orphan-from", &values).into_owned()
    }

    /// How a client of ours failed.
    pub fn failure(&self, failure: Failure) -> String {
        let name = match failure {
            Failure::Refused => "failure-refused",
            Failure::Reset => "failure-reset",
            Failure::Closed => "failure-closed",
            Failure::TimedOut => "failure-timed-out",
            Failure::Wrong => "failure-wrong",
            Failure::Local => "failure-local",
        };
        self.say(name).into_owned()
    }
}

impl Words {
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
            let count = plain_count(*count as u64);
            let said = [("count", count.into()), ("state", self.state(*state).into())];
            self.say_with("crowd-state", &said).into_owned()
        });
        let zombies = (tucked.zombies > 0).then(|| self.say_with("crowd-zombies", &[("count", tucked.zombies.into())]));
        let zombies = zombies.map(Cow::into_owned);
        let say = |parts: Vec<String>| {
            let count = plain_count(tucked.processes as u64);
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

fn plain_count(count: u64) -> String {
    count.to_string()
}

/// How long a zombie has been one so far; of one that was found a zombie only the least is known.
pub fn zombie_age(time: ZombieTime) -> String {
    match time.most {
        Some(_) => age(time.least),
        None => format!("≥{}", age(time.least)),
    }
}

/// A pid, or that it is not known.
fn known(pid: Option<Pid>) -> String {
    pid.map_or_else(|| "–".to_owned(), |pid| pid.to_string())
}
