//! Orphans of a server that was attached to: a handler whose parent ended before we looked hangs no longer under the
//! server but under whoever adopted it, among strangers.
//!
//! Where an orphan does not show what it holds, that is said and nothing is taken for granted.
//!
//! It is taken for the server's where all of this holds: its parent is an ancestor of the server, outside its process
//! group; it is younger than the server and in the server's process group; it listens on nothing of its own, and holds
//! a connection that came to a listener of the server. A launched target needs none of this: its orphans all come to the guardian.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use crate::timeline::observation::Sample;
use crate::timeline::process::{Key, Pid};
use crate::timeline::time::Time;

use super::proc::Proc;
use super::sampler::Scope;
use super::sockets::{Members, SocketReader, takes};
use super::watched::{Watched, Wish};

/// Looks for heirs.
#[derive(Debug, Default)]
pub(super) struct Heirs {
    roots: Vec<Key>,
    ancestors: Vec<Key>,
    group: Option<Pid>,
    /// Children of the ancestors that were looked at and are strangers.
    strangers: HashSet<Pid>,
    /// Those that may be heirs, and do not show what they hold.
    hidden: HashSet<Pid>,
    due: Time,
}

/// How long after one look comes the next.
const AGAIN: Duration = Duration::from_secs(1);

impl Heirs {
    /// Of the first of those roots; of none where an adopter is ours.
    pub(super) fn of(proc: &Proc, scope: &Scope) -> Self {
        let Some(root) = scope.roots.first().filter(|_| scope.adopter.is_none()) else {
            return Self::default();
        };
        let group = proc.stat(root.pid).ok().map(|file| file.stat.pgrp);
        let parent = |pid: Pid| proc.stat(pid).ok().map(|file| file.stat.ppid);
        let mut ancestors: Vec<Key> = Vec::new();
        let mut pid = root.pid;
        while let Some(above) = parent(pid).filter(|above| *above > 0)
            && ancestors.iter().all(|ancestor| ancestor.pid != above)
            && let Ok(ancestor) = proc.key(above)
        {
            pid = above;
            ancestors.push(ancestor);
        }
        Self {
            roots: scope.roots.clone(),
            ancestors,
            group,
            ..Self::default()
        }
    }

    /// The heirs that are not watched yet, by key: a pid may be somebody else's by the time that it is used. Looks every so often only: an ancestor can have thousands of children.
    pub(super) fn look(&mut self, proc: &Proc, sample: &Sample, watched: &BTreeMap<Pid, Watched>) -> Vec<Key> {
        let Some(sockets) = &sample.sockets else {
            return Vec::new();
        };
        let listeners: Vec<SocketAddr> = sockets.listeners.iter().map(|listener| listener.local).collect();
        let unread = sample
            .processes
            .iter()
            .any(|reading| !reading.is_zombie() && reading.sockets.is_none());
        if (listeners.is_empty() && !unread) || self.ancestors.is_empty() || sample.at < self.due {
            return Vec::new();
        }
        self.due = sample.at + AGAIN;
        let mut bytes = Vec::new();
        let mut listed: HashSet<Pid> = HashSet::new();
        for ancestor in &self.ancestors {
            if let Ok(Some(ancestor)) = Watched::open(proc, ancestor.pid, false)
                // Its pid may have been given to a stranger.
                && self.ancestors.contains(&ancestor.key)
                // A shell that runs a script has all that it starts in its own group: children, and no orphans.
                && Some(ancestor.last.stat.pgrp) != self.group
            {
                listed.extend(ancestor.children(proc, &mut bytes));
            }
        }
        // A stranger that left the listing may come back as somebody else with the same pid.
        self.strangers.retain(|pid| listed.contains(pid));
        self.hidden.clear();
        let mut heirs = Vec::new();
        for pid in listed {
            if watched.contains_key(&pid) || self.strangers.contains(&pid) {
                continue;
            }
            let Ok(Some(mut process)) = Watched::open(proc, pid, false) else {
                continue;
            };
            if !self.may_be_heir(&process) {
                self.strangers.insert(pid);
                continue;
            }
            if process.is_zombie() {
                // It holds nothing any more that would tell, and hides nothing.
                continue;
            }
            match holds_connection(proc, &mut process, &listeners) {
                Some(true) => heirs.push(process.key),
                Some(false) => {}
                None => drop(self.hidden.insert(pid)),
            }
        }
        heirs
    }

    /// How many may be heirs, and do not show what they hold.
    pub(super) fn hidden(&self) -> usize {
        self.hidden.len()
    }

    fn may_be_heir(&self, process: &Watched) -> bool {
        let younger = self
            .roots
            .iter()
            .all(|root| process.key.start_ticks >= root.start_ticks);
        younger && Some(process.last.stat.pgrp) == self.group
    }
}

/// Whether the process holds a connection that came to one of those listeners, and listens on nothing itself; `None`
/// where it does not show that.
fn holds_connection(proc: &Proc, process: &mut Watched, listeners: &[SocketAddr]) -> Option<bool> {
    let mut bytes = Vec::new();
    let wish = Wish {
        all: true,
        ..Wish::default()
    };
    process.inspect(proc, wish, &mut bytes);
    let sockets = process.sockets.clone()?;
    let mut reader = SocketReader::open(proc);
    let members = Members {
        held: sockets.iter().map(|socket| socket.inode).collect(),
        directories: vec![process.directory(proc)],
    };
    let network = reader.network(process.network);
    let table = reader.read(&BTreeMap::from([(network, members)])).sockets?;
    let came = |local: SocketAddr| listeners.iter().any(|at| takes(*at, local));
    let own = table
        .listeners
        .iter()
        .any(|listener| !listeners.contains(&listener.local));
    let mut connections = table.connections.iter().filter(|connection| connection.inode != 0);
    Some(!own && connections.any(|connection| came(connection.local)))
}
