//! Whose a connection is that nobody has accepted yet: it has no inode, and so only its addresses tell which listener it
//! waits at. Pure.
//!
//! The kernel gives a connection to the listener that fits it best (net/ipv4/inet_hashtables.c, `__inet_lookup_listener` and `compute_score`): one at
//! its very address before one at all addresses, and one of its own family before one of both. Listeners that fit
//! equally well share the connections among them (`SO_REUSEPORT`); which of them has which does not show.

use std::collections::HashSet;

use super::Row;
use crate::timeline::sockets::TcpState;

/// What a socket was opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// IPv4.
    V4,
    /// IPv6, and IPv4 in it.
    V6,
    /// IPv6 and nothing else (`IPV6_V6ONLY`, ipv6(7)).
    V6Only,
}

/// How well a listener fits, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is at all addresses of both families, and the connection is of IPv4.
    Both,
    /// It is at all addresses.
    All,
    /// It is at this very address.
    Exactly,
}

/// A connection without an inode waits to be accepted in these states. In all others it has lost its inode, because
/// its process closed it, and only the kernel still has something to do with it.
pub(super) fn may_be(state: TcpState) -> bool {
    matches!(state, TcpState::SynRecv | TcpState::Established | TcpState::CloseWait)
}

/// The connection waits at a listener that is held; of `listeners`, all of those that are known, somebody else's too.
pub(super) fn is_ours(row: &Row, listeners: &[&Row], held: &HashSet<u64>) -> bool {
    let fitting = listeners
        .iter()
        .filter_map(|listener| Some((fit(row, listener)?, listener.inode)));
    let Some(best) = fitting.clone().map(|(fit, _)| fit).max() else {
        return false;
    };
    fitting
        .into_iter()
        .any(|(fit, inode)| fit == best && held.contains(&inode))
}

/// How well that listener fits a connection; `None` where it does not.
fn fit(row: &Row, listener: &Row) -> Option<Fit> {
    if listener.local.port() != row.local.port() {
        return None;
    }
    let families = match (row.family, listener.family) {
        (Family::V4, Family::V4) | (Family::V6 | Family::V6Only, Family::V6 | Family::V6Only) => true,
        // As long as it is a mere request it is of IPv4, whoever it came to.
        (Family::V4, Family::V6) => row.state == TcpState::SynRecv,
        (Family::V4, Family::V6Only) | (Family::V6 | Family::V6Only, Family::V4) => false,
    };
    let (at, to) = (listener.local.ip(), row.local.ip());
    match (families, at == to, at.is_unspecified()) {
        (true, true, _) => Some(Fit::Exactly),
        (true, false, true) if to.is_ipv4() == at.is_ipv4() => Some(Fit::All),
        (true, false, true) => (listener.family != Family::V6Only).then_some(Fit::Both),
        (false, ..) | (true, false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(inode: u64, family: Family, local: &str, state: TcpState) -> Row {
        Row {
            inode,
            family,
            local: local.parse().expect("an address"),
            peer: "192.0.2.1:5000".parse().expect("an address"),
            state,
            receive: 0,
            send: 0,
        }
    }

    /// Of a connection of that family to that address, and a listener of ours beside one of somebody else.
    #[track_caller]
    fn check(connection: (Family, &str), ours: (Family, &str), theirs: Option<(Family, &str)>, is: bool) {
        let (family, local) = connection;
        let listener = |inode, (family, local)| row(inode, family, local, TcpState::Listen);
        let mut rows = vec![listener(8, ours)];
        rows.extend(theirs.map(|theirs| listener(9, theirs)));
        let listeners: Vec<&Row> = rows.iter().collect();
        let row = row(0, family, local, TcpState::Established);
        assert_eq!(
            is_ours(&row, &listeners, &HashSet::from([8])),
            is,
            "{connection:?} {ours:?} {theirs:?}"
        );
    }

    #[test]
    fn a_connection_waits_at_the_listener_that_fits_it_best() {
        use Family::{V4, V6, V6Only};
        let (four, six) = ((V4, "127.0.0.1:80"), (V6, "[::1]:80"));
        // An IPv4 connection that came to a socket of IPv6 stands as IPv4 by its address.
        let mapped = (V6, "127.0.0.1:80");
        for (connection, ours, is) in [
            (four, (V4, "127.0.0.1:80"), true),
            (four, (V4, "0.0.0.0:80"), true),
            (four, (V4, "127.0.0.2:80"), false),
            (four, (V4, "0.0.0.0:81"), false),
            (four, (V6, "[::]:80"), false),
            (six, (V6, "[::]:80"), true),
            (six, (V6Only, "[::]:80"), true),
            (six, (V6, "[::1]:80"), true),
            (six, (V4, "0.0.0.0:80"), false),
            (mapped, (V6, "[::]:80"), true),
            (mapped, (V6, "127.0.0.1:80"), true),
            (mapped, (V6, "0.0.0.0:80"), true),
            (mapped, (V6Only, "[::]:80"), false),
            (mapped, (V4, "0.0.0.0:80"), false),
        ] {
            check(connection, ours, None, is);
        }
        for (connection, ours, theirs, is) in [
            (six, (V4, "0.0.0.0:80"), (V6Only, "[::]:80"), false),
            (four, (V4, "0.0.0.0:80"), (V6Only, "[::]:80"), true),
            (four, (V4, "0.0.0.0:80"), (V4, "127.0.0.1:80"), false),
            (four, (V4, "127.0.0.1:80"), (V4, "0.0.0.0:80"), true),
            (six, (V6, "[::]:80"), (V6, "[::1]:80"), false),
            // Both have such: no address tells whose it is.
            (four, (V4, "0.0.0.0:80"), (V4, "0.0.0.0:80"), true),
        ] {
            check(connection, ours, Some(theirs), is);
        }
    }

    #[test]
    fn a_request_of_ipv4_waits_at_a_listener_of_both_where_none_is_of_its_own() {
        let request = row(0, Family::V4, "127.0.0.1:80", TcpState::SynRecv);
        let (both, own) = (
            row(8, Family::V6, "[::]:80", TcpState::Listen),
            row(9, Family::V4, "0.0.0.0:80", TcpState::Listen),
        );
        let held = HashSet::from([8]);
        assert!(is_ours(&request, &[&both], &held));
        assert!(!is_ours(&request, &[&both, &own], &held));
    }
}
