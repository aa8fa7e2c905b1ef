//! What is watched, as far as the screen tells: whose it is, what our own server does, and what it printed.

use std::collections::VecDeque;

use crate::server::config::{Model, Policy};
use crate::timeline::process::Pid;
use crate::timeline::time::Time;

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

/// What the target printed, as far as it was kept.
#[derive(Debug, Clone, Default)]
pub struct Printed {
    /// The newest lines, made safe to show.
    pub lines: VecDeque<String>,
    /// How many earlier lines are gone.
    pub dropped: u64,
}
