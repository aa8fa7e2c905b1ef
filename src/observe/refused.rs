//! How many connections the kernel has turned away because an accept queue was full: counts of a whole network
//! namespace (/proc/PID/net/netstat), which cannot be told apart by socket.

use crate::timeline::process::Pid;

/// What was turned away so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refused {
    /// `ListenOverflows`: an accept queue was full.
    pub overflows: u64,
    /// `ListenDrops`: these, and whatever else a listening socket dropped (tcp_listendrop() in net/ipv4/tcp_ipv4.c).
    pub drops: u64,
}

impl Refused {
    /// What came since.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            overflows: self.overflows.saturating_sub(before.overflows),
            drops: self.drops.saturating_sub(before.drops),
        }
    }
}

/// The counts of the network namespace in which that process lives; `None` where they cannot be read.
pub fn read(pid: Pid) -> Option<Refused> {
    parse(&std::fs::read_to_string(format!("/proc/{pid}/net/netstat")).ok()?)
}

/// Names stand in one line, and their values in the next, both after `TcpExt:`.
fn parse(netstat: &str) -> Option<Refused> {
    let mut lines = netstat.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let value = |wanted: &str| {
        let at = names.split_whitespace().position(|name| name == wanted)?;
        values.split_whitespace().nth(at)?.parse().ok()
    };
    Some(Refused {
        overflows: value("ListenOverflows")?,
        drops: value("ListenDrops")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_values_stand_below_their_names() {
        let netstat =
            "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 22 333\nIpExt: InOctets\nIpExt: 4\n";
        let expected = Refused {
            overflows: 22,
            drops: 333,
        };
        assert_eq!(parse(netstat), Some(expected));
        assert_eq!(parse("TcpExt: SyncookiesSent\nTcpExt: 1\n"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn this_kernel_tells_it() {
        let own = Pid::try_from(std::process::id()).expect("a pid");
        assert!(read(own).is_some());
        assert_eq!(read(-1), None);
    }
}
