//! Demonstrations: experiments on the server that is watched, step by step. Each step asks for something and waits
//! until the observer has seen it: nothing is staged, and nothing is said that was not seen. Pure: what is asked for is
//! carried out elsewhere, and whoever was stopped is let go whatever happens. What it sees stands in [`seen`], and when a
//! step is over in `steps`.

use crate::observe::refused::Refused;
use crate::timeline::Timeline;
use crate::timeline::call::Waiting;
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{Key, Pid, ProcessId};
use crate::timeline::time::Time;
use crate::timeline::tree::{Ghosts, Moment, Row};

pub mod said;
pub mod seen;
mod steps;
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

/// The most clients that are sent to fill a queue.
pub const CROWD: u32 = 200;

/// What a backlog that takes more than a crowd becomes for a while, where the server takes orders.
pub const SHORT: u32 = 8;

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

    /// The stream of clients is to go on when it is over, or is not.
    pub fn stream_afterwards(&mut self, on: bool) {
        self.streaming = on;
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
}

/// It would accept who comes to a socket of the tree.
fn accepts(moment: &Moment<'_>, row: &Row<'_>) -> bool {
    let listens = |pid: Pid| moment.listeners.iter().any(|listener| listener.held_by.contains(&pid));
    let waits = row.facts.blocked.map(|blocked| blocked.call.waiting());
    row.phase == Phase::Alive && listens(row.life.pid) && matches!(waits, Some(Waiting::Accept | Waiting::Several))
}
