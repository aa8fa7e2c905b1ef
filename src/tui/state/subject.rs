//! What is watched, as far as the screen tells: whose it is, what our own server does, and what it printed.

use std::collections::VecDeque;

use crate::server::config::{Model, Policy};
use crate::server::control::Order;
use crate::timeline::process::Pid;
use crate::timeline::time::Time;

use super::App;

/// What is watched, as far as the screen tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The built-in server.
    BuiltIn,
    /// A command that was launched: as it was typed, made safe to show.
    Launched(String),
    /// A process that was attached to.
    Attached(Pid),
}

/// What the built-in server is, and the policy that it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Following {
    /// Of which model it is.
    pub model: Model,
    /// How it reaps, or would if it had children.
    pub policy: Policy,
    /// Since when it reaps so; `None` from the start.
    pub since: Option<Time>,
}

impl Following {
    /// A server that was started so.
    pub fn from_start(model: Model, policy: Policy) -> Self {
        Self {
            model,
            policy: model.policy_for(policy),
            since: None,
        }
    }
}

impl Following {
    /// What it is once an order was carried out.
    #[must_use]
    pub fn after(self, order: Order) -> Self {
        match order {
            Order::Reap(policy) => Self { policy, ..self },
            Order::Become(model) => Self {
                model,
                policy: model.policy_for(self.policy),
                ..self
            },
            Order::Backlog(_) => self,
        }
    }
}

/// What the built-in server will be, once all has been carried out that was ordered by keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// What it will be.
    pub following: Following,
    /// So many orders are not acknowledged yet.
    pub waiting: u32,
}

impl App {
    /// What the built-in server is, or will be by the orders under way: what the next order counts from.
    pub fn will_be(&self) -> Option<Following> {
        self.ordered.map(|ordered| ordered.following).or(self.following)
    }

    /// Notes an order that is given.
    pub fn expect(&mut self, order: Order) {
        let waiting = self.ordered.map_or(0, |ordered| ordered.waiting) + 1;
        self.ordered = self.will_be().map(|now| Ordered {
            following: now.after(order),
            waiting,
        });
    }

    /// Notes that an order was carried out, or could not be.
    pub fn acknowledge(&mut self, order: Order) {
        match order {
            // By a demonstration, not by a key.
            Order::Backlog(_) => {}
            Order::Reap(_) | Order::Become(_) => {
                let left = self.ordered.map(|ordered| Ordered {
                    waiting: ordered.waiting.saturating_sub(1),
                    ..ordered
                });
                self.ordered = left.filter(|left| left.waiting > 0);
            }
        }
    }
}

/// What the target printed, as far as it was kept.
#[derive(Debug, Clone, Default)]
pub struct Printed {
    /// The newest lines, made safe to show.
    pub lines: VecDeque<String>,
    /// How many earlier lines are gone.
    pub dropped: u64,
}
