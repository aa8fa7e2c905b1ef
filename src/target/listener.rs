//! Whose the socket is that listens on a port: of a tree that was launched, or of somebody else who took the port before
//! it. Holders in general, and who is their topmost, are `holders`' affair.

use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr};

use super::holders::{self, Holder};
use super::stat;
use super::tree;
use crate::timeline::process::Pid;

/// Who takes the connections that come to a port of 127.0.0.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listener {
    /// Nobody listens there.
    Nobody,
    /// The tree, and nobody beside it.
    Ours,
    /// Somebody outside the tree, alone or beside it (`SO_REUSEPORT`, socket(7)); none where nobody shows that socket.
    Stranger(Vec<Holder>),
}

/// Who it is just now, seen from the tree below `top`, which is not counted itself.
///
/// While processes come and go a listing can miss one of the tree (`proc_pid_children(5)`): a stranger is one who is so
/// twice.
///
/// # Errors
/// What reading /proc says.
pub fn of_loopback(port: u16, top: Pid) -> io::Result<Listener> {
    let takes = |address: IpAddr| match address {
        IpAddr::V4(address) => address == Ipv4Addr::LOCALHOST || address.is_unspecified(),
        // One that is for IPv6 alone looks the same in /proc. It keeps no IPv4 server from its port; and where that has
        // come, it is the one that takes them.
        IpAddr::V6(address) => address.is_unspecified() || address == Ipv4Addr::LOCALHOST.to_ipv6_mapped(),
    };
    let listening = holders::listening_at(port)?;
    let taking = || listening.iter().filter(|(address, _)| takes(*address));
    let all: BTreeSet<u64> = taking().map(|(_, inode)| *inode).collect();
    if all.is_empty() {
        return Ok(Listener::Nobody);
    }
    let mut own = BTreeSet::new();
    for found in tree::below(top, &BTreeSet::new())? {
        own.extend(holders::held_by(found.pid, &all));
    }
    let on_four = taking().any(|(address, inode)| address.is_ipv4() && own.contains(inode));
    let others = taking().filter(|(address, inode)| !own.contains(inode) && (address.is_ipv4() || !on_four));
    let others: BTreeSet<u64> = others.map(|(_, inode)| *inode).collect();
    if others.is_empty() {
        return Ok(Listener::Ours);
    }
    let found = holders::of(&others)?;
    let mut holders = found.topmost;
    if found.init
        && let Some(init) = stat::read(1)?
    {
        holders.push(Holder {
            key: init.key,
            name: stat::name(1),
        });
    }
    Ok(Listener::Stranger(holders))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn a_listener_is_ours_or_a_strangers() {
        let own = std::process::id().cast_signed();
        let parent = nix::unistd::getppid().as_raw();
        let stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bound");
        let port = stranger.local_addr().expect("an address").port();
        assert_eq!(of_loopback(port, parent).expect("read"), Listener::Ours);
        // Below this process there is nobody who could hold it.
        let Listener::Stranger(holders) = of_loopback(port, own).expect("read") else {
            panic!("this process is not below itself");
        };
        assert_eq!(holders.iter().map(|holder| holder.key.pid).collect::<Vec<_>>(), [own]);
        drop(stranger);
        if let Listener::Stranger(holders) = of_loopback(port, own).expect("read") {
            panic!("{holders:?} hold what was closed");
        }
    }

    #[test]
    fn who_listens_elsewhere_takes_nothing_from_it() {
        // All of 127.0.0.0/8 is this machine.
        let elsewhere = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), 0)).expect("bound");
        let port = elsewhere.local_addr().expect("an address").port();
        let own = std::process::id().cast_signed();
        // Another test can have that port of 127.0.0.1.
        if let Listener::Stranger(holders) = of_loopback(port, own).expect("read") {
            assert!(holders.iter().all(|holder| holder.key.pid != own), "{holders:?}");
        }
    }
}
