//! The descriptors of a process: how many it has, and which of them are sockets.

use std::mem::MaybeUninit;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Dir, Mode, OFlags, open, readlinkat_raw};

use super::proc::Proc;
use crate::timeline::observation::HeldSocket;

/// Longer than the name of any socket; of what is longer the beginning tells that it is none.
const LONGEST: usize = 64;

/// How many the kernel counts; `None` where it does not.
pub(super) fn count(proc: &Proc, directory: &Path) -> Option<u32> {
    if !proc.counts_fds {
        return None;
    }
    let size = std::fs::metadata(directory).ok()?.size();
    u32::try_from(size).ok()
}

/// How many there are, and the sockets among them, by number; `None` where they may not be read. There can be ten
/// thousand: each is asked for by its name in the directory, which is half the work of its path.
pub(super) fn list(directory: &Path) -> Option<(u32, Vec<HeldSocket>)> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = open(directory, flags, Mode::empty()).ok()?;
    let mut held: Vec<HeldSocket> = Vec::new();
    let mut listed = 0;
    let mut target = [MaybeUninit::uninit(); LONGEST];
    for entry in Dir::read_from(&directory).ok()?.flatten() {
        let name = entry.file_name();
        let Some(fd) = name.to_str().ok().and_then(|name| name.parse().ok()) else {
            continue;
        };
        listed += 1;
        if let Ok((target, _)) = readlinkat_raw(&directory, name, &mut target)
            && let Some(inode) = socket_inode(target)
        {
            held.push(HeldSocket { fd, inode });
        }
    }
    held.sort_unstable_by_key(|held| held.fd);
    Some((listed, held))
}

/// The inode in `socket:[4711]`.
fn socket_inode(target: &[u8]) -> Option<u64> {
    let inode = target.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(inode).ok()?.parse().ok()
}
