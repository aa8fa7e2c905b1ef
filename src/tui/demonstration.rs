//! Demonstrations: experiments on the server that is watched, step by step. Each step asks for something and waits
//! until the observer has seen it: nothing is staged, and nothing is said that was not seen. Pure: what is asked for is
//! carried out elsewhere, and whoever was stopped is let go whatever happens.

use std::time::Duration;

use crate::observe::refused::Refused;
use crate::server::control::Order;
use crate::timeline::Timeline;
use crate::timeline::call::Waiting;
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{Key, Pid, ProcessId, State};
use crate::timeline::time::Time;
use crate::timeline::tree::{Ghosts, Moment, Row};

use super::update::Effect;

pub mod said;
#[cfg(test)]
mod tests;

/// Which demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Many children end while their parent is stopped: how many does it reap when it goes on?
    Zombies,
    /// Clients come while nobody accepts.
    Queue,
}

/// With fewer children than this there is little to see: then clients are let come.
const FEW: u32 = 3;

/// How many clients are let come then.
const COMPANY: u32 = 10;

/// The most clients that are sent to fill a queue.
pub const CROWD: u32 = 200;

/// What a backlog that takes more than a crowd becomes for a while, where the server takes orders.
pub const SHORT: u32 = 8;

/// How many more are sent than the queue takes, to see them turned away.
const TOO_MANY: u32 = 4;

/// How long a step may take.
const PATIENCE: Duration = Duration::from_secs(6);

/// So long at least what a step has brought about can be looked at.
const LINGER: Duration = Duration::from_secs(1);

/// So long after the last reap none is expected any more.
const SETTLED: Duration = Duration::from_secs(1);

/// A demonstration under way, or its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demonstration {
    /// Which.
    pub kind: Kind,
    /// The parent, on which it is made.
    pub parent: Key,
    /// Who is stopped: the parent, and whoever else would accept.
    stopped: Vec<Key>,
    /// The children of the parent when it was stopped.
    children: Vec<ProcessId>,
    /// The stream of clients was on, and is to go on.
    streaming: bool,
    /// The server takes orders.
    orders: bool,
    /// What the backlog is to be again in the end.
    backlog: Option<u32>,
    step: Step,
    since: Time,
}

/// Whether a queue is made shorter before it is filled: it takes a crowd, and the server takes `orders`.
pub fn shortens(backlog: Option<u32>, orders: bool) -> bool {
    orders && backlog.is_some_and(|backlog| backlog >= CROWD)
}

/// Where a demonstration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing was done yet.
    Ready,
    /// So many children are to serve, and nobody is to wait in the queue.
    Gathering(u32),
    /// The queue is to take no more than [`SHORT`].
    Shortening,
    /// The parent is to stop.
    Stopping,
    /// All children are to end.
    Ending,
    /// The parent is to go on: so many zombies there were, so many were left when last a reap was seen, and when.
    GoingOn {
        /// How many children were zombies when it went on.
        zombies: u32,
        /// How many of them were left.
        left: u32,
        /// Since when it has run, or nobody was reaped.
        calm: Option<Time>,
    },
    /// The queue is to fill: so many clients were sent, and so many connections had been turned away before.
    Filling {
        /// How many clients were sent.
        sent: u32,
        /// What the kernel had turned away before.
        before: Option<Refused>,
    },
    /// The queue is to empty again.
    Emptying(Outcome),
    /// The user has had enough of it.
    GivingUp,
    /// It is over.
    Done(Outcome),
}

/// What was seen in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// So many children ended while their parent was stopped, and so many of them were reaped once it went on.
    Reaped {
        /// How many were zombies.
        zombies: u32,
        /// How many of these were reaped.
        reaped: u32,
    },
    /// No child became a zombie: the kernel discarded their statuses.
    Discarded,
    /// So many clients waited in the queue.
    Filled {
        /// How many.
        waiting: u32,
        /// How many may; `None` where the kernel does not tell.
        backlog: Option<u32>,
        /// What the kernel turned away meanwhile, in the whole network namespace.
        refused: Option<Refused>,
    },
    /// The parent has no children that end with their clients.
    NoChildren,
    /// The parent was not seen to stop.
    NotStopped,
    /// So many children lived on, though the clients were hung up.
    StillAlive(u32),
    /// Nobody was seen in the queue.
    NotFilled,
    /// The parent ended.
    Gone,
    /// The user gave it up.
    GivenUp,
}

/// What a demonstration sees of the world.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// When.
    pub at: Time,
    /// When the parent was last read.
    pub read: Time,
    /// What the parent is; `None` where it has ended.
    pub parent: Option<State>,
    /// The parent is blocked in a call.
    pub blocked: bool,
    /// The children, all of them.
    pub children: Vec<ProcessId>,
    /// How many live: of all, or of those that were there when the parent was stopped.
    pub living: u32,
    /// How many of these are zombies.
    pub zombies: u32,
    /// How many clients wait to be accepted.
    pub waiting: Option<u32>,
    /// How many may.
    pub backlog: Option<u32>,
    /// What was turned away so far in the network namespace.
    pub refused: Option<Refused>,
}

impl Demonstration {
    /// One that is ready to begin, on a server that may take `orders`; `None` where the target has no process that could
    /// be stopped.
    pub fn new(kind: Kind, timeline: &Timeline, (streaming, orders): (bool, bool), at: Time) -> Option<Self> {
        let moment = timeline.at(timeline.now(), Ghosts::default());
        let parent = moment
            .rows
            .iter()
            .find(|row| row.life.root && row.phase == Phase::Alive)?;
        let mut stopped = vec![parent.life.key()?];
        if kind == Kind::Queue {
            let others = moment.rows.iter().filter(|row| !row.life.root && accepts(&moment, row));
            stopped.extend(others.filter_map(|row| row.life.key()));
        }
        Some(Self {
            kind,
            parent: parent.life.key()?,
            stopped,
            children: Vec::new(),
            streaming,
            orders,
            backlog: None,
            step: Step::Ready,
            since: at,
        })
    }

    /// Where it is.
    pub fn step(&self) -> Step {
        self.step
    }

    /// How it came out, once it is over, and when that was.
    pub fn outcome(&self) -> Option<(Outcome, Time)> {
        match self.step {
            Step::Done(outcome) => Some((outcome, self.since)),
            Step::Ready
            | Step::Gathering(_)
            | Step::Shortening
            | Step::Stopping
            | Step::Ending
            | Step::GoingOn { .. }
            | Step::Filling { .. }
            | Step::Emptying(_)
            | Step::GivingUp => None,
        }
    }

    /// Lets everything go, at the next turn.
    pub fn give_up(&mut self) {
        if self.outcome().is_none() {
            self.step = Step::GivingUp;
        }
    }

    /// What it can see of the world now.
    pub fn look(&self, timeline: &Timeline, at: Time, refused: Option<Refused>) -> Seen {
        let moment = timeline.at(timeline.now(), Ghosts::default());
        let pid = self.parent.pid;
        let row = moment
            .rows
            .iter()
            .find(|row| row.life.key() == Some(self.parent) && row.phase == Phase::Alive);
        let all = moment
            .rows
            .iter()
            .filter(|row| row.facts.parent == pid && !row.life.root);
        let fixed = matches!(self.step, Step::Ending | Step::GoingOn { .. });
        let counted = |row: &&Row<'_>| !fixed || self.children.contains(&row.life.id);
        let count = |zombie: bool| {
            let found = all.clone().filter(counted).filter(|row| row.is_zombie() == zombie);
            u32::try_from(found.count()).unwrap_or(u32::MAX)
        };
        let queue = moment
            .listeners
            .iter()
            .find(|listener| listener.held_by.contains(&pid))
            .map(|listener| listener.queue);
        Seen {
            at,
            read: row.map(|row| row.life.seen).unwrap_or_default(),
            parent: row.map(|row| row.facts.state),
            blocked: row.is_some_and(|row| row.facts.blocked.is_some()),
            children: all.clone().map(|row| row.life.id).collect(),
            living: count(false),
            zombies: count(true),
            waiting: queue.and_then(|queue| queue.waiting),
            backlog: queue.and_then(|queue| queue.backlog),
            refused,
        }
    }

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

/// It would accept who comes to a socket of the tree.
fn accepts(moment: &Moment<'_>, row: &Row<'_>) -> bool {
    let listens = |pid: Pid| moment.listeners.iter().any(|listener| listener.held_by.contains(&pid));
    let waits = row.facts.blocked.map(|blocked| blocked.call.waiting());
    row.phase == Phase::Alive && listens(row.life.pid) && matches!(waits, Some(Waiting::Accept | Waiting::Several))
}
