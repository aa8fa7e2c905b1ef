//! What /proc says of one process, as far as launching, attaching and signalling need it. The observer reads much
//! more, and faster; nothing is kept here.

use std::fs::{self, File};
use std::io;

use procfs::FromRead;
use procfs::process::Stat;

use crate::timeline::process::{Key, Pid};

/// The flag of kernel threads (`PF_KTHREAD`, include/linux/sched.h).
const KERNEL_THREAD: u32 = 0x0020_0000;

/// A few fields of `proc_pid_stat(5)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Brief {
    /// Which process.
    pub(super) key: Key,
    /// Its parent.
    pub(super) parent: Pid,
    /// The session that it is in.
    pub(super) session: Pid,
    /// It has exited: the letter is Z or X, and no other thread runs on.
    pub(super) exited: bool,
    /// It is stopped, by a signal or a debugger.
    pub(super) stopped: bool,
    /// It is a thread of the kernel.
    pub(super) kernel_thread: bool,
}

/// Reads a process; `None` where there is none of that pid, or /proc hides it.
///
/// # Errors
/// What reading says otherwise, naming the file.
pub(super) fn read(pid: Pid) -> io::Result<Option<Brief>> {
    let path = format!("/proc/{pid}/stat");
    let stat = match File::open(&path) {
        Ok(file) => Stat::from_read(file),
        Err(error) => return absent(&error, &path),
    };
    match stat {
        Ok(stat) => Ok(Some(Brief {
            key: Key {
                pid,
                start_ticks: stat.starttime,
            },
            parent: stat.ppid,
            session: stat.session,
            exited: matches!(stat.state, 'Z' | 'X' | 'x') && stat.num_threads <= 1,
            stopped: matches!(stat.state, 'T' | 't'),
            kernel_thread: stat.flags & KERNEL_THREAD != 0,
        })),
        Err(procfs::ProcError::Io(error, _)) => absent(&error, &path),
        Err(procfs::ProcError::NotFound(_)) => Ok(None),
        Err(error) => Err(io::Error::other(format!("{path}: {error}"))),
    }
}

/// The process that an id belongs to, which is another where it is a thread's (`proc_pid_status(5)`, Tgid). `None`
/// where it has vanished.
///
/// # Errors
/// What reading says otherwise, naming the file.
pub(super) fn process_of(id: Pid) -> io::Result<Option<Pid>> {
    let path = format!("/proc/{id}/status");
    // Bytes, not text: the name stands in the same file.
    let status = match fs::read(&path) {
        Ok(status) => status,
        Err(error) => return absent(&error, &path),
    };
    let line = status
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(b"Tgid:"));
    let process = line.and_then(|id| std::str::from_utf8(id).ok()?.trim().parse().ok());
    process
        .map(Some)
        .ok_or_else(|| io::Error::other(format!("{path}: has no Tgid")))
}

/// The name of a process (`proc_pid_comm(5)`), any bytes; empty where it cannot be read.
pub(super) fn name(pid: Pid) -> Box<[u8]> {
    let mut name = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    if name.last() == Some(&b'\n') {
        name.pop();
    }
    name.into()
}

/// A name as it may be shown: what is not UTF-8 is replaced, control characters are made visible.
pub(super) fn shown(name: &[u8]) -> String {
    String::from_utf8_lossy(name).escape_debug().to_string()
}

/// A process that has vanished is no error: ENOENT when its directory is gone, ESRCH when it went while read.
fn absent<T>(error: &io::Error, path: &str) -> io::Result<Option<T>> {
    if error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(nix::libc::ESRCH) {
        Ok(None)
    } else {
        Err(io::Error::new(error.kind(), format!("{path}: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_this_process_and_misses_none() {
        let own = Pid::try_from(std::process::id()).expect("a pid fits");
        let brief = read(own).expect("readable").expect("alive");
        assert_eq!(brief.key.pid, own);
        assert_eq!(brief.parent, nix::unistd::getppid().as_raw());
        assert!(!brief.exited && !brief.kernel_thread);
        assert_eq!(read(Pid::MAX).expect("no error"), None);
    }

    #[test]
    fn names_are_made_visible() {
        assert_eq!(shown(b"a\x1b[2J\xff\n"), "a\\u{1b}[2J\u{fffd}\\n");
    }
}
