//! The socket table of one network namespace, asked by netlink for no more than the tree needs.
//!
//! To list the connections of a port, the kernel walks its whole hash of connections, some hundred thousand buckets,
//! however few there are. So that is done only where something is new; a connection that is known is asked for by
//! its addresses, which takes a few microseconds.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::SocketAddr;

use netlink_packet_sock_diag::constants::{AF_INET, AF_INET6};
use netlink_packet_sock_diag::inet::StateFlags;

use super::diag::{Diag, Found, Question};
use super::{Row, select};
use crate::observe::share::Share;
use crate::timeline::observation::Sockets;
use crate::timeline::sockets::TcpState;

/// With more ports than this one dump of everything is cheaper than one for each.
const MOST_PORTS: usize = 4;

/// With more connections than this one dump is cheaper than asking for each.
const MOST_ASKED: usize = 150;

/// With more connections than this they are listed as often as their share of a processor allows.
const LONG: usize = 512;

/// After this many readings everything is looked for again: clients that have sent nothing yet and wait unaccepted,
/// and sockets that stood in no table before. A TCP socket stands in none until it is connected.
const LOOK_AGAIN: u32 = 10;

/// The table.
pub(super) struct Table {
    diag: Diag,
    /// The connections that were seen, by inode.
    known: HashMap<u64, Question>,
    /// Inodes of sockets that are held and stood in no TCP table.
    others: HashSet<u64>,
    /// Inodes of sockets that are held and were on no listener's port at the last reading.
    strays: HashSet<u64>,
    /// What was held at the last reading, and the families of the listeners in it.
    held: HashSet<u64>,
    families: HashSet<u8>,
    readings: u32,
    /// Until that reading a socket that is held may be about to listen.
    curious: u32,
    /// Somebody waited to be accepted at the last reading.
    waited: bool,
    /// What waited then, and will be said again until it is looked at anew.
    queued: Vec<Row>,
    /// The connections that were listed last, where there were many; and what it costs to list them.
    long: Vec<Row>,
    listing: Share,
}

impl Table {
    /// That of the namespace of this thread.
    pub(super) fn open() -> io::Result<Self> {
        let mut diag = Diag::open()?;
        // A kernel without inet_diag says so at the first question.
        diag.dump(AF_INET, StateFlags::LISTEN, 0)?;
        Ok(Self {
            diag,
            known: HashMap::new(),
            others: HashSet::new(),
            strays: HashSet::new(),
            held: HashSet::new(),
            families: HashSet::new(),
            readings: 0,
            curious: 0,
            waited: false,
            queued: Vec::new(),
            long: Vec::new(),
            listing: Share::default(),
        })
    }

    /// The sockets among those that are held, and the connections that wait to be accepted by their listeners. Those
    /// that were there before and are not any more are added to `gone`.
    pub(super) fn read(&mut self, held: &HashSet<u64>, gone: &mut HashSet<u64>) -> io::Result<Sockets> {
        self.readings += 1;
        let again = self.readings.is_multiple_of(LOOK_AGAIN);
        self.others.retain(|inode| !again && held.contains(inode));
        self.known.retain(|inode, _| held.contains(inode));
        let is_new = !held.is_subset(&self.held);
        if is_new {
            self.curious = self.readings + LOOK_AGAIN;
        }
        if is_new || held.len() != self.held.len() {
            self.held.clone_from(held);
        }
        let mut found: Vec<Found> = Vec::new();
        for family in [AF_INET, AF_INET6] {
            // Each walks all of the kernel's table of listeners, which is most of what it costs to watch a server that rests.
            let is_theirs = self.families.is_empty() || self.families.contains(&family);
            if is_theirs || again || self.readings <= self.curious {
                found.extend(self.diag.dump(family, StateFlags::LISTEN, 0)?);
            }
        }
        let is_held = |listener: &Found| held.contains(&listener.row.inode);
        let held_ports = found.iter().filter(|listener| is_held(listener));
        let ports: HashSet<u16> = held_ports.map(|listener| listener.row.local.port()).collect();
        let families = found.iter().filter(|listener| is_held(listener));
        self.families = families.map(|listener| listener.question.port().0).collect();
        // Somebody else's on the same port may be whom a connection waits for.
        found.retain(|listener| ports.contains(&listener.row.local.port()));
        if !self.long.is_empty() && !self.listing.may_go_on() {
            // Said again until it may be looked at anew.
            let mut rows: Vec<Row> = found.iter().map(|found| found.row).collect();
            rows.sort_by_key(|row| (row.local, row.inode));
            rows.extend_from_slice(&self.long);
            return Ok(select(&rows, held, true));
        }
        let waits = found
            .iter()
            .any(|listener| is_held(listener) && listener.row.receive > 0);
        let listed = again
            || waits
            || std::mem::replace(&mut self.waited, waits)
            || self.known.len() > MOST_ASKED
            || !self.unknown(held, &found).is_empty();
        let mut accepted = HashSet::new();
        if listed {
            let mut listing = std::mem::take(&mut self.listing);
            let outcome = listing.spend(0, || self.list(held, &mut found));
            self.listing = listing;
            outcome?;
            accepted = just_accepted(found.iter().map(|found| &found.row), &self.queued, held);
            let queued = found.iter().map(|found| found.row).filter(|row| row.inode == 0);
            self.queued = queued.collect();
        } else {
            let known: Vec<Question> = self.known.values().cloned().collect();
            found.extend(self.diag.ask(&known)?);
        }
        let mut rows: Vec<Row> = found.iter().map(|found| found.row).collect();
        if !listed {
            rows.extend(&self.queued);
        }
        self.learn(held, found, gone);
        rows.sort_by_key(|row| (row.local, row.peer, row.inode));
        let connections = rows.iter().filter(|row| row.state != TcpState::Listen);
        self.long = if rows.len() > LONG {
            connections.copied().collect()
        } else {
            Vec::new()
        };
        if accepted.is_empty() {
            return Ok(select(&rows, held, true));
        }
        Ok(select(&rows, &(held | &accepted), true))
    }

    /// It is so long that it is listed less often than all else is read.
    pub(super) fn is_late(&self) -> bool {
        !self.long.is_empty() && self.listing.is_late()
    }

    /// The sockets that are held and of which nothing is known.
    fn unknown(&self, held: &HashSet<u64>, found: &[Found]) -> Vec<u64> {
        let found: HashSet<u64> = found.iter().map(|found| found.row.inode).collect();
        let is_known =
            |inode: &u64| found.contains(inode) || self.known.contains_key(inode) || self.others.contains(inode);
        held.iter().filter(|inode| !is_known(inode)).copied().collect()
    }

    /// Lists the connections on the ports of the listeners that were found, and whatever else is held.
    fn list(&mut self, held: &HashSet<u64>, found: &mut Vec<Found>) -> io::Result<()> {
        let listeners = found.iter().filter(|listener| held.contains(&listener.row.inode));
        let mut ports: Vec<(u8, u16)> = listeners.map(|listener| listener.question.port()).collect();
        ports.sort_unstable();
        ports.dedup();
        let by_port = ports.len() <= MOST_PORTS;
        if by_port {
            for (family, port) in ports {
                found.extend(self.diag.dump(family, connections(), port)?);
            }
        }
        // A child that comes and goes leaves sockets behind that were closed before anybody asked: they are not looked for
        // in the whole table unless they are still held at the next reading.
        let strays: HashSet<u64> = self.unknown(held, found).into_iter().collect();
        let stay = self.readings == 1 || !strays.is_disjoint(&self.strays);
        let whole = !strays.is_empty() && stay;
        self.strays = strays;
        if by_port && !whole {
            let listed: HashSet<u64> = found.iter().map(|found| found.row.inode).collect();
            let rest = self.known.iter().filter(|(inode, _)| !listed.contains(inode));
            let rest: Vec<Question> = rest.map(|(_, question)| question.clone()).collect();
            found.extend(self.diag.ask(&rest)?);
            return Ok(());
        }
        // Outgoing connections, and sockets of other kinds: only a look at the whole table tells.
        found.retain(|found| found.row.state == TcpState::Listen);
        for family in [AF_INET, AF_INET6] {
            found.extend(self.diag.dump(family, connections(), 0)?);
        }
        let unknown = self.unknown(held, found);
        self.others.extend(unknown);
        Ok(())
    }

    /// Remembers what was found, and says which of the known was not.
    fn learn(&mut self, held: &HashSet<u64>, found: Vec<Found>, gone: &mut HashSet<u64>) {
        let before = std::mem::take(&mut self.known);
        for found in found {
            if found.row.state != TcpState::Listen && held.contains(&found.row.inode) {
                self.known.insert(found.row.inode, found.question);
            }
        }
        let lost = before.into_keys().filter(|inode| !self.known.contains_key(inode));
        let lost: Vec<u64> = lost.collect();
        self.others.extend(&lost);
        gone.extend(lost);
    }
}

/// The connections that waited at the last look and are somebody's now, who was looked at before he had accepted them:
/// they have not gone, and whose they are the next look tells.
fn just_accepted<'a>(rows: impl Iterator<Item = &'a Row>, queued: &[Row], held: &HashSet<u64>) -> HashSet<u64> {
    let waited: HashSet<(SocketAddr, SocketAddr)> = queued.iter().map(|row| (row.local, row.peer)).collect();
    let new =
        rows.filter(|row| row.inode != 0 && !held.contains(&row.inode) && waited.contains(&(row.local, row.peer)));
    new.map(|row| row.inode).collect()
}

/// The states of connections: all but listening, and what is only kept against stray segments.
fn connections() -> StateFlags {
    StateFlags::all() & !StateFlags::LISTEN & !StateFlags::TIME_WAIT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::sockets::unaccepted::Family;

    fn row(inode: u64, port: u16) -> Row {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Row {
            inode,
            family: Family::V4,
            local: at(80),
            peer: at(port),
            state: TcpState::Established,
            receive: 0,
            send: 0,
        }
    }

    #[test]
    fn who_has_just_been_accepted_has_not_gone() {
        let held = HashSet::from([8]);
        let queued = [row(0, 5000), row(0, 5001), row(0, 5003)];
        // One that its holder showed already, one that nobody has shown, a stranger's, and one that still waits.
        let rows = [row(8, 5000), row(9, 5001), row(10, 5002), row(0, 5003)];
        let accepted = just_accepted(rows.iter(), &queued, &held);
        assert_eq!(accepted, HashSet::from([9]));
        let found = select(&rows, &(&held | &accepted), true);
        let inodes: Vec<u64> = found.connections.iter().map(|connection| connection.inode).collect();
        assert_eq!(inodes, [8, 9]);
        // At the next look it is a stranger's, unless somebody of the tree has shown it.
        assert_eq!(just_accepted(rows.iter(), &[row(0, 5003)], &held), HashSet::new());
    }
}
