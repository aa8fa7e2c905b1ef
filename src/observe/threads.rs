//! The threads of a process: /proc/PID/task/TID, read once and so many at most. Of whom they are read, and how often,
//! stands in [`super::attention`].

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use crate::timeline::call::int;
use crate::timeline::detail::Waits;
use crate::timeline::process::{Key, Pid, State};
use crate::timeline::threads::{Listed, Thread};

use super::detail::{TICK_MILLIS, inode, waits};
use super::proc::{Proc, StatFile};

/// The most threads of one process that are read: more than anybody looks through.
pub(super) const MOST: usize = 512;

/// Reads the threads of a process, `most` of them and no more than [`MOST`]; `None` where it is gone.
pub(super) fn list(proc: &Proc, key: Key, most: usize) -> Option<Listed> {
    let there = || proc.stat(key.pid).is_ok_and(|stat| stat.key() == key);
    let mut tids = Proc::numbers_in(&proc.path(key.pid, "task")).ok()?;
    tids.sort_unstable_by_key(|tid| (*tid != key.pid, *tid));
    let read = tids.len().min(most.min(MOST));
    // One that ends while it is read is none.
    let threads = tids[..read]
        .iter()
        .filter_map(|tid| thread(proc, key.pid, *tid))
        .collect();
    let more = tids.len() - read;
    // The pid may have been given to another process meanwhile.
    there().then_some(Listed { threads, more })
}

fn thread(proc: &Proc, pid: Pid, tid: Pid) -> Option<Thread> {
    let file = |name: &str| format!("task/{tid}/{name}");
    let mut bytes = Vec::with_capacity(512);
    proc.read_record(pid, &file("stat"), &mut bytes).ok()?;
    let StatFile { stat, comm } = StatFile::parse(&bytes).ok()?;
    let waits = waits(proc, pid, &file(""));
    let socket = match waits {
        Ok(Waits::In { call, arguments }) if call.takes_fd() => {
            // Descriptors are the thread's own where it unshared them (unshare(2), CLONE_FILES).
            let link = fs::read_link(proc.path(pid, &file(&format!("fd/{}", int(arguments[0])))));
            link.ok()
                .and_then(|target| inode(target.as_os_str().as_bytes(), b"socket:["))
        }
        Ok(_) | Err(_) => None,
    };
    Some(Thread {
        tid,
        comm,
        state: State::from_letter(stat.state)?,
        cpu: Duration::from_millis((stat.utime + stat.stime) * TICK_MILLIS),
        waits,
        socket,
    })
}
