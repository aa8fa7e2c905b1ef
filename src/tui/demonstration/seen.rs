//! What a demonstration sees of the world: the parent, its children and its accept queue, as they were read last.

use super::{Demonstration, Step};
use crate::observe::refused::Refused;
use crate::timeline::Timeline;
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{ProcessId, State};
use crate::timeline::time::Time;
use crate::timeline::tree::{Ghosts, Row};

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
}
