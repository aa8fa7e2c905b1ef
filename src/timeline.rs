//! Everything known, and the one question asked of it: what was true at t?
//!
//! [`Timeline::apply`] takes observations as they come; [`Timeline::at`] answers with a [`tree::Moment`]. Nothing
//! here reads a clock, a file or a socket, and nothing here has words for people. Memory is bounded: what ended
//! longer ago than the retention is forgotten, and counted as forgotten ([`limits`]).

use std::sync::Arc;

use clients::Clients;
use detail::{Detail, Looks};
use history::History;
use lifeline::Lifeline;
use limits::{Forgotten, Kept, Limits};
use lives::Lives;
use log::{Entry, Log};
use marks::{Marked, Marks};
use observation::{ClientId, Failure};
use process::{Key, Pid, ProcessId};
use sockets::{SocketId, SocketLine, SocketTable};
use tally::Tally;
use threads::Listed;
use time::Time;
use tree::{Ghosts, Moment};

mod apply;
pub mod call;
mod clients;
pub mod detail;
pub mod history;
pub mod lifeline;
pub mod limits;
mod lives;
pub mod log;
pub mod marks;
pub mod observation;
mod past;
pub mod process;
pub mod sockets;
mod tally;
pub mod threads;
pub mod time;
pub mod tree;
pub mod wchan;
pub mod why;

pub use clients::ClientTotals;

/// Everything known of one target.
#[derive(Debug, Default)]
pub struct Timeline {
    limits: Limits,
    start: Option<Time>,
    now: Time,
    trimmed: Time,
    lives: Lives,
    sockets: SocketTable,
    clients: Clients,
    looks: Looks,
    threads: threads::Looks,
    log: Log,
    marks: Marks,
    forks: Tally,
    exits: Tally,
    reaps: Tally,
    lost: u64,
    sockets_read: History<bool>,
    sampled: Time,
    sampled_before: Time,
    forgotten: Forgotten,
    changes: u64,
}

impl Timeline {
    /// An empty one that keeps this much.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// A root was launched, and has not run yet: it is one whether or not it lives long enough to be read.
    pub fn launched(&mut self, root: Key) {
        self.lives.launched(root);
    }

    /// How many processes have not been reaped, those of which nothing but an event is known included.
    pub fn present(&self) -> usize {
        self.lives.present()
    }

    /// What was true at `t`, with the rows of the recently reaped that `ghosts` asks for.
    pub fn at(&self, t: Time, ghosts: Ghosts) -> Moment<'_> {
        Moment::new(self, t, ghosts)
    }

    /// A number that grows whenever what is true now has changed, so that nothing need be drawn where it has not.
    pub fn revision(&self) -> u64 {
        self.changes + self.lives.changes() + self.sockets.changes()
    }

    /// The time of the newest observation.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The time of the first observation; `None` before it.
    pub fn start(&self) -> Option<Time> {
        self.start
    }

    /// The first moment that is still kept; `None` before the first observation.
    pub fn earliest(&self) -> Option<Time> {
        self.start.map(|start| start.max(self.now - self.limits.retention))
    }

    /// The marks that are kept, by their moment.
    pub fn marks(&self) -> &[Marked] {
        self.marks.all()
    }

    /// The lifeline of that id, unless it was forgotten.
    pub fn lifeline(&self, id: ProcessId) -> Option<&Lifeline> {
        self.lives.get(id)
    }

    /// What was launched or attached to, the first of several; `None` before it was read. It may have been forgotten.
    pub fn root(&self) -> Option<ProcessId> {
        self.lives.root
    }

    /// The newest process of that pid, ended or not, unless it was forgotten.
    pub fn by_pid(&self, pid: Pid) -> Option<&Lifeline> {
        self.lives.by_pid(pid)
    }

    /// The process of that key, unless it was forgotten or never seen.
    pub fn by_key(&self, key: Key) -> Option<&Lifeline> {
        self.by_pid(key.pid).filter(|life| life.key() == Some(key))
    }

    /// The line of that socket, unless it was forgotten.
    pub fn socket(&self, id: SocketId) -> Option<&SocketLine> {
        self.sockets.get(id)
    }

    /// When something changed last before `t`, and when next after it, as far as that is kept.
    pub fn changes_around(&self, t: Time) -> (Option<Time>, Option<Time>) {
        (self.log.before(t), self.log.after(t))
    }

    /// The close look at a process that holds at `t`; `None` where nobody looked then. It says when it was taken.
    pub fn detail(&self, id: ProcessId, t: Time) -> Option<&Detail> {
        self.looks.at(id, t)
    }

    /// The threads of a process, by the look that holds at `t`; `None` where nobody looked at them then.
    pub fn threads(&self, id: ProcessId, t: Time) -> Option<&Arc<Listed>> {
        self.threads.at(id, t)
    }

    /// What changed up to `t`, newest first.
    pub fn log(&self, t: Time) -> impl Iterator<Item = &Entry> {
        self.log.until(t)
    }

    /// Our own open client with that address.
    pub fn client_at(&self, address: std::net::SocketAddr) -> Option<ClientId> {
        self.clients.at_address(address)
    }

    /// How many of our own clients failed, by kind, since the beginning.
    pub fn client_failures(&self) -> impl Iterator<Item = (Failure, u64)> + '_ {
        self.clients.failures()
    }

    /// How much was forgotten.
    pub fn forgotten(&self) -> Forgotten {
        self.forgotten
    }

    /// How much is kept.
    pub fn kept(&self) -> Kept {
        Kept {
            lifelines: self.lives.len(),
            segments: self.lives.segments(),
            sockets: self.sockets.len(),
        }
    }
}

#[cfg(test)]
mod tests;
