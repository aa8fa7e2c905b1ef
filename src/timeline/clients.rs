//! Our own clients: who is connected with which address, and how many there have been by any moment.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;

use super::log::Change;
use super::observation::{Client, ClientId, ClientPhase, Failure};
use super::tally::Tally;
use super::time::{Time, When};

/// How many closed clients keep their address for a while.
const CLOSED: usize = 4096;

/// How many clients there had been by a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClientTotals {
    /// On their way, connected or being served.
    pub open: u64,
    /// Closed as they meant to.
    pub done: u64,
    /// Ended otherwise.
    pub failed: u64,
}

/// The clients that are open, and the counts of all.
#[derive(Debug, Default)]
pub(super) struct Clients {
    open: BTreeMap<ClientId, Open>,
    by_address: HashMap<SocketAddr, (ClientId, When)>,
    /// When the last of those that closed did, by address: the socket table shows it later.
    closed: VecDeque<(SocketAddr, Time)>,
    started: Tally,
    done: Tally,
    failed: Tally,
    failures: BTreeMap<Failure, u64>,
}

/// An open client.
#[derive(Debug)]
struct Open {
    /// When it was first heard of: it was not connected before.
    since: Time,
    /// Its address, once it has one.
    local: Option<SocketAddr>,
}

impl Clients {
    /// Takes news of a client.
    pub(super) fn apply(&mut self, news: Client, changes: &mut Vec<Change>) {
        match news.phase {
            ClientPhase::Connecting | ClientPhase::Connected | ClientPhase::Served => {
                let known = self.open.entry(news.id).or_insert_with(|| {
                    self.started.add(news.at);
                    Open {
                        since: news.at,
                        local: None,
                    }
                });
                if let Some(local) = news.local {
                    known.local = Some(local);
                    let connected = (news.id, When::between(known.since, news.at));
                    let entry = self.by_address.entry(local).or_insert(connected);
                    // The address may have been another's before.
                    if entry.0 != news.id {
                        *entry = connected;
                    }
                }
            }
            ClientPhase::Done => {
                self.close(news);
                self.done.add(news.at);
            }
            ClientPhase::Failed(failure) => {
                self.close(news);
                self.failed.add(news.at);
                *self.failures.entry(failure).or_default() += 1;
                changes.push(Change::ClientFailed { id: news.id, failure });
            }
        }
    }

    fn close(&mut self, news: Client) {
        match self.open.remove(&news.id).map(|open| open.local) {
            // Its address may be another's already.
            Some(Some(local)) if self.at_address(local) == Some(news.id) => {
                self.by_address.remove(&local);
                self.closed.push_back((local, news.at));
                if self.closed.len() > CLOSED {
                    self.closed.pop_front();
                }
            }
            Some(_) => {}
            None => self.started.add(news.at),
        }
    }

    /// The open client with that address of its own.
    pub(super) fn at_address(&self, local: SocketAddr) -> Option<ClientId> {
        self.by_address.get(&local).map(|(id, _)| *id)
    }

    /// When the client with that address of its own was connected: after it set out, and before it said that it was.
    pub(super) fn connected(&self, local: SocketAddr) -> Option<When> {
        self.by_address.get(&local).map(|(_, at)| *at)
    }

    /// When the client that last had that address of its own closed.
    pub(super) fn closed(&self, local: SocketAddr) -> Option<Time> {
        let newest = self.closed.iter().rev().find(|(address, _)| *address == local);
        newest.map(|(_, at)| *at)
    }

    /// How many there had been by `t`.
    pub(super) fn totals(&self, t: Time) -> ClientTotals {
        let (done, failed) = (self.done.by(t), self.failed.by(t));
        ClientTotals {
            open: self.started.by(t).saturating_sub(done + failed),
            done,
            failed,
        }
    }

    /// How many failed, by kind, since the beginning.
    pub(super) fn failures(&self) -> impl Iterator<Item = (Failure, u64)> + '_ {
        self.failures.iter().map(|(failure, count)| (*failure, *count))
    }

    /// Keeps only the numbers of what was before `horizon`.
    pub(super) fn forget(&mut self, horizon: Time) {
        self.started.forget(horizon);
        self.done.forget(horizon);
        self.failed.forget(horizon);
    }
}
