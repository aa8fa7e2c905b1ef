//! What is worth saying, put into words: a headline that stands alone, more where there is room, and where the kernel
//! says so.

use super::Words;
use super::phrases::plain;
use super::signals::signal;
use crate::timeline::call::{Call, Waiting};
use crate::timeline::lifeline::Reaper;
use crate::timeline::wchan::Wchan;
use crate::timeline::why::{Adopter, Field, Source, Unreaped, Why};

#[cfg(test)]
mod tests;
mod values;

/// What was said of a [`Why`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// One sentence that says it all in short.
    pub headline: String,
    /// What explains it; empty where nothing does.
    pub more: String,
}

/// Who tells what cannot be looked up later, as the kernel names it. These names are the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruments {
    /// Births.
    pub births: &'static str,
    /// Exits.
    pub exits: &'static str,
    /// How a process ended that has been reaped; `None` where that was read while it was a zombie.
    pub statuses: Option<&'static str>,
    /// Reaps.
    pub reaps: &'static str,
    /// Connections and accept queues.
    pub sockets: &'static str,
}

/// The names of the texts of a [`Why`]: the headline, and those that explain it.
#[derive(Debug)]
struct Texts {
    headline: &'static str,
    more: Vec<&'static str>,
}

impl Texts {
    fn of(headline: &'static str, more: &[&'static str]) -> Self {
        Self {
            headline,
            more: more.to_vec(),
        }
    }
}

impl Words {
    /// The sentences for what is worth saying.
    pub fn why(&self, why: &Why) -> Said {
        let values = self.values(why);
        let texts = texts(why);
        let more: Vec<String> = texts
            .more
            .iter()
            .map(|name| self.say_with(name, &values).into_owned())
            .collect();
        Said {
            headline: self.say_with(texts.headline, &values).into_owned(),
            more: more.join(" "),
        }
    }

    /// Where the kernel says so; empty for what rests on nothing in particular.
    pub fn sources(&self, why: &Why, instruments: Instruments) -> String {
        let sources: Vec<String> = why
            .sources()
            .iter()
            .map(|source| source_name(*source, instruments))
            .collect();
        if sources.is_empty() {
            return String::new();
        }
        self.say_with("why-from", &[("sources", plain(sources.join(", ")))])
            .into_owned()
    }
}

/// The texts that say it.
fn texts(why: &Why) -> Texts {
    match why {
        Why::Nothing => Texts::of("why-nothing", &[]),
        Why::Born { parent, serves, .. } => {
            let headline = if parent.is_some() {
                "why-born"
            } else {
                "why-born-parent-unseen"
            };
            match (serves, parent) {
                (Some(_), _) => Texts::of(headline, &["why-born-serves"]),
                (None, Some(_)) => Texts::of(headline, &["why-born-copy"]),
                (None, None) => Texts::of(headline, &[]),
            }
        }
        Why::Connected { holder, queued, .. } => match (holder, queued) {
            (_, true) => Texts::of("why-connected", &["why-connected-queued"]),
            (Some(_), false) => Texts::of("why-connected", &["why-connected-held"]),
            (None, false) => Texts::of("why-connected", &["why-connected-unknown"]),
        },
        Why::Zombie { unreaped, others, .. } => {
            let mut texts = Texts::of("why-zombie", &[unreaped_text(*unreaped)]);
            if *others > 0 {
                texts.more.push("why-zombie-others");
            }
            texts
        }
        Why::Reaped { by, .. } => match by {
            Reaper::Waited(_) => Texts::of("why-reaped-by", &["why-reaped-more"]),
            Reaper::Discarded => Texts::of("why-reaped-discarded", &["why-reaped-discarded-more"]),
            Reaper::Unknown => Texts::of("why-reaped", &["why-reaped-unknown-more"]),
        },
        Why::Orphan { from, adopter, .. } => {
            let headline = if from.is_some() {
                "why-orphan"
            } else {
                "why-orphan-parent-unseen"
            };
            Texts::of(headline, &[adopter_text(*adopter)])
        }
        Why::Shared { .. } => Texts::of("why-shared", &["why-shared-more"]),
        Why::StoppedParent { waiting, .. } => {
            let mut texts = Texts::of("why-stopped-parent", &["why-stopped-parent-zombies"]);
            texts.more.extend(waiting.map(|_| "why-stopped-parent-waiting"));
            texts
        }
        Why::KilledZombie { .. } => Texts::of("why-killed-zombie", &["why-killed-zombie-more"]),
        Why::Queue {
            waiting,
            backlog,
            listener,
            ..
        } => {
            let (headline, full) = match backlog {
                Some(backlog) if waiting > backlog => ("why-queue-full", true),
                Some(_) => ("why-queue", false),
                None => ("why-queue-unbounded", false),
            };
            let mut texts = Texts::of(headline, &[]);
            texts.more.extend(full.then_some("why-queue-full-more"));
            texts.more.extend(listener.map(|_| "why-queue-listener"));
            texts
        }
        Why::Killed { signal, ours, .. } => {
            let headline = if *ours { "why-killed-ours" } else { "why-killed" };
            Texts::of(headline, &[killed_text(*signal, *ours)])
        }
        Why::WaitBlocksAccept { .. } => Texts::of("why-wait-blocks", &["why-wait-blocks-more"]),
        Why::Accepting { port, .. } => {
            let headline = if port.is_some() {
                "why-accepting"
            } else {
                "why-accepting-somewhere"
            };
            Texts::of(headline, &["why-accepting-more"])
        }
        Why::Reading { .. } => Texts::of("why-reading", &["why-reading-more"]),
        Why::Writing { .. } => Texts::of("why-writing", &["why-writing-more"]),
        Why::AwaitsChild { .. } => Texts::of("why-awaits-child", &["why-awaits-child-more"]),
        Why::Multiplexing { connections, .. } => match connections {
            Some(_) => Texts::of("why-several", &["why-several-more"]),
            None => Texts::of("why-several", &[]),
        },
        Why::InCall { call, .. } => Texts::of(in_call_text(*call), &[]),
        Why::Running { peer, .. } => match peer {
            Some(_) => Texts::of("why-running", &["why-running-serves"]),
            None => Texts::of("why-running", &[]),
        },
        Why::Stopped { traced, .. } => Texts::of(if *traced { "why-traced" } else { "why-stopped" }, &[]),
        Why::DiskSleep { .. } => Texts::of("why-disk-sleep", &["why-disk-sleep-more"]),
        Why::MainThreadLeft { .. } => Texts::of("why-main-left", &["why-main-left-more"]),
        Why::Asleep { wchan, .. } => Texts::of(asleep_text(*wchan), &["why-asleep-more"]),
        Why::Unknown { .. } => Texts::of("why-unknown", &["why-unknown-more"]),
        Why::Ended { .. } => Texts::of("why-ended", &["why-ended-more"]),
    }
}

fn unreaped_text(unreaped: Unreaped) -> &'static str {
    match unreaped {
        Unreaped::JustNow => "why-unreaped-now",
        Unreaped::Stopped => "why-unreaped-stopped",
        Unreaped::InWait(_) => "why-unreaped-in-wait",
        Unreaped::Pending => "why-unreaped-pending",
        Unreaped::Taken => "why-unreaped-taken",
        Unreaped::Default(_) => "why-unreaped-default",
        Unreaped::Ignored => "why-unreaped-ignored",
        Unreaped::Caught(_) => "why-unreaped-caught",
        Unreaped::Unread => "why-unreaped-unread",
        Unreaped::Unseen => "why-unreaped-unseen",
    }
}

fn adopter_text(adopter: Adopter) -> &'static str {
    match adopter {
        Adopter::Init => "why-adopter-init",
        Adopter::NamespaceInit => "why-adopter-namespace",
        Adopter::Subreaper => "why-adopter-subreaper",
        Adopter::Unclear => "why-adopter-unclear",
    }
}

/// What kind of signal ended it (signal(7)). One that was sent is no fault of the program.
fn killed_text(number: i32, ours: bool) -> &'static str {
    match signal(number).as_str() {
        "SIGKILL" => "why-killed-kill",
        _ if ours => "why-killed-other",
        "SIGSEGV" | "SIGBUS" | "SIGILL" | "SIGFPE" | "SIGSYS" => "why-killed-fault",
        "SIGABRT" => "why-killed-abort",
        "SIGPIPE" => "why-killed-pipe",
        _ => "why-killed-other",
    }
}

fn in_call_text(call: Call) -> &'static str {
    match call.waiting() {
        Waiting::Signal => "why-in-signal",
        Waiting::Time => "why-in-time",
        Waiting::Lock => "why-in-lock",
        Waiting::Read => "why-in-read",
        Waiting::Write => "why-in-write",
        Waiting::Accept | Waiting::Child | Waiting::Several | Waiting::Other => "why-in-call",
    }
}

fn asleep_text(wchan: Wchan) -> &'static str {
    match wchan.waiting {
        Waiting::Accept => "why-asleep-accept",
        Waiting::Read => "why-asleep-read",
        Waiting::Write => "why-asleep-write",
        Waiting::Child => "why-asleep-child",
        Waiting::Several => "why-asleep-several",
        Waiting::Signal => "why-asleep-signal",
        Waiting::Time => "why-asleep-time",
        Waiting::Lock => "why-asleep-lock",
        Waiting::Other => "why-asleep-io",
    }
}

/// A source as the kernel names it: the same in every language.
fn source_name(source: Source, instruments: Instruments) -> String {
    match source {
        Source::Stat(pid, field) => match field {
            Field::State(state) => format!("/proc/{pid}/stat ({})", state.letter()),
            Field::Parent => format!("/proc/{pid}/stat (ppid)"),
            Field::ChildFaults => format!("/proc/{pid}/stat (cminflt)"),
            Field::Threads => format!("/proc/{pid}/stat (num_threads)"),
            Field::ExitCode => format!("/proc/{pid}/stat (exit_code)"),
        },
        Source::Sigchld(pid) => format!("/proc/{pid}/status (SigIgn SigCgt)"),
        Source::Pending(pid) => format!("/proc/{pid}/status (SigBlk ShdPnd)"),
        Source::NamespacePid(pid) => format!("/proc/{pid}/status (NSpid)"),
        Source::Syscall(pid) => format!("/proc/{pid}/syscall"),
        Source::Wchan(pid) => format!("/proc/{pid}/wchan"),
        Source::Descriptors(pid) => format!("/proc/{pid}/fd"),
        Source::Births => instruments.births.to_owned(),
        Source::Exits => instruments.exits.to_owned(),
        Source::Statuses(pid) => instruments.statuses.map_or_else(
            || source_name(Source::Stat(pid, Field::ExitCode), instruments),
            ToOwned::to_owned,
        ),
        Source::Reaps => instruments.reaps.to_owned(),
        Source::Connections => instruments.sockets.to_owned(),
        Source::Queue => format!("{} (rqueue wqueue)", instruments.sockets),
    }
}
