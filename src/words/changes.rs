//! What happened, in words, as the log and the events tell it: a word for what it was, and to whom it happened.

use crate::timeline::Timeline;
use crate::timeline::lifeline::{Reaper, ZombieTime};
use crate::timeline::log::Change;
use crate::timeline::observation::{Failure, Ordered};
use crate::timeline::process::{ExitStatus, Pid};

use super::Words;
use super::names::visible;
use super::phrases::plain;
use super::signals::signal;

impl Words {
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
            Change::Executed { pid, comm, .. } => format!("{pid}  {}", visible(comm)),
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
            Change::Lost { count } => count.to_string(),
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
            Change::Marked(text) => visible(text.as_bytes()),
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

/// A pid, or that it is not known.
fn known(pid: Option<Pid>) -> String {
    pid.map_or_else(|| "–".to_owned(), |pid| pid.to_string())
}
