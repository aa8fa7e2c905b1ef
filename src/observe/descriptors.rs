//! The descriptors of a process: how many it has, and which of them are sockets.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::proc::Proc;
use crate::timeline::observation::HeldSocket;

/// How many the kernel counts; `None` where it does not.
pub(super) fn count(proc: &Proc, directory: &Path) -> Option<u32> {
    if !proc.counts_fds {
        return None;
    }
    let size = std::fs::metadata(directory).ok()?.size();
    u32::try_from(size).ok()
}

/// How many there are, and the sockets among them, by number; `None` where they may not be read.
pub(super) fn list(directory: &Path) -> Option<(u32, Vec<HeldSocket>)> {
    let mut held: Vec<HeldSocket> = Vec::new();
    let mut listed = 0;
    for entry in std::fs::read_dir(directory).ok()?.flatten() {
        listed += 1;
        let fd = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let (Some(fd), Ok(target)) = (fd, std::fs::read_link(entry.path()))
            && let Some(inode) = target.to_str().and_then(socket_inode)
        {
            held.push(HeldSocket { fd, inode });
        }
    }
    held.sort_unstable_by_key(|held| held.fd);
    Some((listed, held))
}

/// The inode in `socket:[4711]`.
fn socket_inode(target: &str) -> Option<u64> {
    target.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}
