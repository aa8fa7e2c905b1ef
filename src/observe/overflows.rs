//! How many connections the kernel has turned away because an accept queue was full: a count of a whole network
//! namespace (/proc/PID/net/netstat), which cannot be told apart by socket.

use crate::timeline::process::Pid;

/// `ListenOverflows` of the network namespace in which that process lives; `None` where it cannot be read.
pub fn read(pid: Pid) -> Option<u64> {
    parse(&std::fs::read_to_string(format!("/proc/{pid}/net/netstat")).ok()?)
}

/// Names stand in one line, and their values in the next, both after `TcpExt:`.
fn parse(netstat: &str) -> Option<u64> {
    let mut lines = netstat.lines().filter_map(|line| line.strip_prefix("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let at = names.split_whitespace().position(|name| name == "ListenOverflows")?;
    values.split_whitespace().nth(at)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_stands_below_its_name() {
        let netstat =
            "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 22 333\nIpExt: InOctets\nIpExt: 4\n";
        assert_eq!(parse(netstat), Some(22));
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
