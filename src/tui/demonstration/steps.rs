//! From step to step: each asks for something, and is over once that was seen, or has not come for too long.

use std::time::Duration;

use super::seen::Seen;
use super::{CROWD, Demonstration, Kind, Outcome, SHORT, Step, shortens};
use crate::server::control::Order;
use crate::timeline::process::State;
use crate::timeline::time::Time;
use crate::tui::update::Effect;

/// With fewer children than this there is little to see: then clients are let come.
const FEW: u32 = 3;

/// How many clients are let come then.
pub(super) const COMPANY: u32 = 10;

/// How many more are sent than the queue takes, to see them turned away.
pub(super) const TOO_MANY: u32 = 4;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(6);

/// So long at least what a step has brought about can be looked at.
const LINGER: Duration = Duration::from_secs(1);

/// So long after the last reap none is expected any more.
const SETTLED: Duration = Duration::from_secs(1);

impl Demonstration {
    /// Goes on where what a step waits for was seen, or has not come for too long; gives what is to be done now.
    pub fn advance(&mut self, seen: &Seen) -> Vec<Effect> {
        let late = seen.at.since(self.since) > PATIENCE;
        // What was read before a step began says nothing about it.
        let fresh = seen.read > self.since;
        let stopped = seen.parent == Some(State::Stopped);
        let looked_at = seen.at.since(self.since) >= LINGER;
        match self.step {
            Step::Done(_) => Vec::new(),
            Step::GivingUp => self.end(seen.at, Outcome::GivenUp),
            _ if seen.parent.is_none() => self.end(seen.at, Outcome::Gone),
            Step::Ready => self.begin(seen),
            Step::Gathering(wanted) => {
                let gathered = fresh && seen.living >= wanted && seen.waiting.unwrap_or(0) == 0;
                match gathered || late {
                    true if seen.living < 2 => self.end(seen.at, Outcome::NoChildren),
                    true => self.stop(seen.at),
                    false => Vec::new(),
                }
            }
            Step::Shortening if late || (fresh && looked_at && seen.backlog == Some(SHORT)) => self.stop(seen.at),
            Step::Stopping if fresh && stopped && looked_at => match self.kind {
                Kind::Zombies => {
                    self.children.clone_from(&seen.children);
                    self.turn(seen.at, Step::Ending, vec![Effect::HangUpAll])
                }
                Kind::Queue => self.fill(seen),
            },
            Step::Stopping if late => self.end(seen.at, Outcome::NotStopped),
            Step::Ending if seen.living == 0 && seen.zombies == 0 => self.end(seen.at, Outcome::Discarded),
            Step::Ending if seen.living == 0 && looked_at => {
                let going = Step::GoingOn {
                    zombies: seen.zombies,
                    left: seen.zombies,
                    calm: None,
                };
                self.turn(seen.at, going, vec![Effect::Thaw])
            }
            Step::Ending if late => self.end(seen.at, Outcome::StillAlive(seen.living)),
            Step::GoingOn { zombies, left, calm } => {
                let runs = fresh && !stopped && seen.blocked;
                let calm = calm.filter(|_| seen.zombies == left).or(runs.then_some(seen.at));
                let settled = calm.is_some_and(|calm| seen.at.since(calm) >= SETTLED);
                self.step = Step::GoingOn {
                    zombies,
                    left: seen.zombies,
                    calm,
                };
                if seen.zombies == 0 || settled || late {
                    let reaped = zombies.saturating_sub(seen.zombies);
                    return self.end(seen.at, Outcome::Reaped { zombies, reaped });
                }
                Vec::new()
            }
            Step::Filling { sent, before } => {
                let waiting = seen.waiting.unwrap_or(0);
                let refused = before.zip(seen.refused).map(|(before, now)| now.since(before));
                let full = seen.backlog.is_some_and(|backlog| waiting > backlog);
                let nobody = refused.is_some_and(|refused| refused.overflows == 0);
                let over = (full && !nobody) || waiting >= sent;
                if !(late || over && fresh && looked_at) {
                    return Vec::new();
                }
                let outcome = match waiting {
                    0 => Outcome::NotFilled,
                    _ => Outcome::Filled {
                        waiting,
                        backlog: seen.backlog,
                        refused,
                    },
                };
                self.turn(seen.at, Step::Emptying(outcome), vec![Effect::Thaw])
            }
            Step::Emptying(outcome) if late || (fresh && seen.waiting.unwrap_or(0) == 0) => {
                let mut effects = self.end(seen.at, outcome);
                effects.push(Effect::HangUpAll);
                effects
            }
            Step::Shortening | Step::Stopping | Step::Ending | Step::Emptying(_) => Vec::new(),
        }
    }

    fn begin(&mut self, seen: &Seen) -> Vec<Effect> {
        let mut effects = Vec::new();
        effects.extend(self.streaming.then_some(Effect::Stream(false)));
        effects.extend(match self.kind {
            Kind::Queue if shortens(seen.backlog, self.orders) => {
                self.backlog = seen.backlog;
                let effects = vec![Effect::Order(Order::Backlog(SHORT))];
                self.turn(seen.at, Step::Shortening, effects)
            }
            Kind::Queue => self.stop(seen.at),
            Kind::Zombies if seen.living < FEW => {
                self.turn(seen.at, Step::Gathering(COMPANY), vec![Effect::Connect(COMPANY)])
            }
            Kind::Zombies => self.turn(seen.at, Step::Gathering(seen.living), Vec::new()),
        });
        effects
    }

    fn stop(&mut self, at: Time) -> Vec<Effect> {
        let effects = vec![Effect::Freeze(self.stopped.clone())];
        self.turn(at, Step::Stopping, effects)
    }

    /// Sends as many clients as the queue takes, and some more, where it takes no crowd.
    fn fill(&mut self, seen: &Seen) -> Vec<Effect> {
        let room = seen.backlog.unwrap_or(CROWD) + 1;
        let sent = room.saturating_add(TOO_MANY).min(CROWD);
        let filling = Step::Filling {
            sent,
            before: seen.refused,
        };
        self.turn(seen.at, filling, vec![Effect::Connect(sent)])
    }

    fn turn(&mut self, at: Time, step: Step, effects: Vec<Effect>) -> Vec<Effect> {
        (self.step, self.since) = (step, at);
        effects
    }

    fn end(&mut self, at: Time, outcome: Outcome) -> Vec<Effect> {
        let mut effects = vec![Effect::Thaw];
        effects.extend(self.backlog.take().map(|length| Effect::Order(Order::Backlog(length))));
        effects.extend(self.streaming.then_some(Effect::Stream(true)));
        self.turn(at, Step::Done(outcome), effects)
    }
}
