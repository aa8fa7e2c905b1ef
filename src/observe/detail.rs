//! The close look at one process: every file of /proc that the card of details needs, read once. What may not be read,
//! or is not there, is said and ends nothing. Who is looked at, and how often, stands in [`super::attention`].

use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt as _;
use std::time::Duration;

use crate::timeline::detail::{Descriptor, Detail, Got, Memory, Opens, Particulars, Signals, Unread, Users, Waits};
use crate::timeline::process::{Key, Pid};

use super::proc::{Proc, StatFile};
use super::watched::field;
use super::{clock, syscall};

mod others;

/// A clock tick of /proc in milliseconds (USER_HZ is 100).
pub(super) const TICK_MILLIS: u64 = 10;

/// Looks at a process now.
pub(super) fn look(proc: &Proc, key: Key) -> Detail {
    let at = clock::now();
    let there = || proc.stat(key.pid).ok().filter(|stat| stat.key() == key);
    // The pid may have been given to another process while its files were read, so it is asked for once more.
    let found = there()
        .map(|stat| Box::new(particulars(proc, key.pid, &stat)))
        .filter(|_| there().is_some());
    Detail { at, key, found }
}

fn particulars(proc: &Proc, pid: Pid, stat: &StatFile) -> Particulars {
    let status = bytes(proc, pid, "status");
    let status = status.as_deref().map_err(|unread| *unread);
    Particulars {
        users: status.and_then(users),
        group: stat.stat.pgrp,
        session: stat.stat.session,
        executable: link(proc, pid, "exe"),
        signals: status.and_then(signals),
        waits: waits(proc, pid, ""),
        descriptors: descriptors(proc, pid),
        most_descriptors: bytes(proc, pid, "limits").and_then(|limits| most_descriptors(&limits)),
        memory: bytes(proc, pid, "smaps_rollup").and_then(|smaps| memory(&smaps)),
        user_time: Duration::from_millis(stat.stat.utime * TICK_MILLIS),
        system_time: Duration::from_millis(stat.stat.stime * TICK_MILLIS),
        namespace_pids: status.map(namespace_pids).unwrap_or_default(),
        namespace: link(proc, pid, "ns/pid").and_then(|name| inode(&name, b"pid:[").ok_or(Unread::Absent)),
        cgroup: bytes(proc, pid, "cgroup").and_then(|groups| cgroup(&groups)),
    }
}

/// Why a read failed, as far as that matters to who looks.
fn unread(error: &io::Error) -> Unread {
    match error.raw_os_error() {
        Some(nix::libc::EACCES | nix::libc::EPERM) => Unread::NotPermitted,
        _ => Unread::Absent,
    }
}

fn bytes(proc: &Proc, pid: Pid, name: &str) -> Got<Vec<u8>> {
    fs::read(proc.path(pid, name)).map_err(|error| unread(&error))
}

fn link(proc: &Proc, pid: Pid, name: &str) -> Got<Box<[u8]>> {
    let target = fs::read_link(proc.path(pid, name)).map_err(|error| unread(&error))?;
    Ok(target.into_os_string().into_vec().into())
}

/// The number in `pid:[4026531836]`.
pub(super) fn inode(name: &[u8], before: &[u8]) -> Option<u64> {
    let number = name.strip_prefix(before)?.strip_suffix(b"]")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

/// Real and effective user of `Uid: real effective saved filesystem`.
fn users(status: &[u8]) -> Got<Users> {
    let mut ids = field(status, b"Uid:").unwrap_or_default().split_ascii_whitespace();
    let mut next = || ids.next()?.parse().ok();
    match (next(), next()) {
        (Some(real), Some(effective)) => Ok(Users { real, effective }),
        _ => Err(Unread::Absent),
    }
}

fn signals(status: &[u8]) -> Got<Signals> {
    let set = |name: &[u8]| {
        let bits = field(status, name).ok_or(Unread::Absent)?;
        u64::from_str_radix(bits.trim(), 16).map_err(|_| Unread::Absent)
    };
    Ok(Signals {
        pending: set(b"SigPnd:")? | set(b"ShdPnd:")?,
        blocked: set(b"SigBlk:")?,
        ignored: set(b"SigIgn:")?,
        caught: set(b"SigCgt:")?,
    })
}

fn namespace_pids(status: &[u8]) -> Vec<Pid> {
    let pids = field(status, b"NSpid:").unwrap_or_default().split_ascii_whitespace();
    pids.filter_map(|pid| pid.parse().ok()).collect()
}

/// What a process waits in, or the thread whose directory below that of the process is named.
pub(super) fn waits(proc: &Proc, pid: Pid, thread: &str) -> Got<Waits> {
    let line = match fs::read(proc.path(pid, &format!("{thread}syscall"))) {
        Ok(line) => line,
        Err(error) => {
            let wchan =
                syscall::hides(&error).then(|| syscall::wchan(proc, pid, &format!("{thread}wchan"), &mut Vec::new()));
            return wchan.flatten().map(Waits::Asleep).ok_or(unread(&error));
        }
    };
    let line = std::str::from_utf8(&line).map_err(|_| Unread::Absent)?;
    syscall::waits(line, || syscall::width(proc, pid)).ok_or(Unread::Absent)
}

fn descriptors(proc: &Proc, pid: Pid) -> Got<Vec<Descriptor>> {
    let entries = fs::read_dir(proc.path(pid, "fd")).map_err(|error| unread(&error))?;
    let mut found: Vec<Descriptor> = entries
        .flatten()
        .filter_map(|entry| {
            let fd = entry.file_name().to_str()?.parse().ok()?;
            let target = fs::read_link(entry.path()).ok();
            let opens = target.map_or(Opens::File(None), |target| opens(target.into_os_string().into_vec()));
            Some(Descriptor { fd, opens })
        })
        .collect();
    found.sort_unstable_by_key(|descriptor| descriptor.fd);
    others::tell(proc, pid, &mut found);
    Ok(found)
}

fn opens(target: Vec<u8>) -> Opens {
    if let Some(socket) = inode(&target, b"socket:[") {
        return Opens::Socket(socket);
    }
    if let Some(pipe) = inode(&target, b"pipe:[") {
        return Opens::Pipe(pipe);
    }
    match target.strip_prefix(b"anon_inode:") {
        Some(kind) => Opens::Kind(kind.into()),
        None => Opens::File(Some(target.into())),
    }
}

/// Soft and hard limit of the line `Max open files  1024  1048576  files`.
fn most_descriptors(limits: &[u8]) -> Got<(Option<u64>, Option<u64>)> {
    let mut words = field(limits, b"Max open files")
        .unwrap_or_default()
        .split_ascii_whitespace();
    let mut next = || {
        let word = words.next()?;
        Some(word.parse().ok())
    };
    next().zip(next()).ok_or(Unread::Absent)
}

/// The sums of smaps_rollup, which are in kB.
fn memory(smaps: &[u8]) -> Got<Memory> {
    let sum = |name: &[u8]| {
        let kib = field(smaps, name)?.split_ascii_whitespace().next()?;
        kib.parse::<u64>().ok().map(|kib| kib * 1024)
    };
    let both = |one: &[u8], other: &[u8]| Some(sum(one)? + sum(other)?);
    let memory = || {
        Some(Memory {
            resident: sum(b"Rss:")?,
            shared: both(b"Shared_Clean:", b"Shared_Dirty:")?,
            private: both(b"Private_Clean:", b"Private_Dirty:")?,
        })
    };
    memory().ok_or(Unread::Absent)
}

/// The path after `0::`, or after the second colon of the first line.
fn cgroup(groups: &[u8]) -> Got<Box<[u8]>> {
    let lines = || groups.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let unified = lines().find_map(|line| line.strip_prefix(b"0::"));
    let first = || lines().next()?.splitn(3, |byte| *byte == b':').nth(2);
    unified.or_else(first).map(Into::into).ok_or(Unread::Absent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::wchan::Wchan;

    #[test]
    fn what_the_files_say_is_understood() {
        let status = b"Name:\tx\xff\nUid:\t1000\t0\t0\t0\nNSpid:\t4121\t7\nSigPnd:\t0\nShdPnd:\t0000000000010000\n\
            SigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\nSigCgt:\t0000000180004202\n";
        assert_eq!(
            users(status),
            Ok(Users {
                real: 1000,
                effective: 0
            })
        );
        assert_eq!(namespace_pids(status), [4121, 7]);
        let found = signals(status).unwrap_or_else(|_| panic!("they are all there"));
        assert_eq!((found.pending, found.blocked, found.ignored), (1 << 16, 1, 1 << 12));
        let limits =
            b"Limit  Soft Limit  Hard Limit  Units\nMax open files            1024       unlimited     files\n";
        assert_eq!(most_descriptors(limits), Ok((Some(1024), None)));
        let smaps = b"0-f ---p 0 00:00 0 [rollup]\nRss:  1800 kB\nShared_Clean:  1000 kB\nShared_Dirty: 200 kB\n\
            Private_Clean: 0 kB\nPrivate_Dirty: 600 kB\n";
        let found = memory(smaps).map(|memory| (memory.resident, memory.shared, memory.private));
        assert_eq!(found, Ok((1800 << 10, 1200 << 10, 600 << 10)));
        assert_eq!(cgroup(b"0::/user.slice\n").as_deref(), Ok(b"/user.slice".as_slice()));
        assert_eq!(cgroup(b"4:cpu:/old\n3:pids:/\n").as_deref(), Ok(b"/old".as_slice()));
    }

    #[test]
    fn a_call_that_is_hidden_leaves_the_function() {
        let directory = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let own = directory.path().join("7");
        let write =
            |name: &str, content: &[u8]| fs::create_dir_all(&own).and_then(|()| fs::write(own.join(name), content));
        let proc = Proc::at(directory.path());
        assert_eq!(waits(&proc, 7, ""), Err(Unread::Absent));
        assert!(write("wchan", b"0").is_ok());
        assert_eq!(waits(&proc, 7, ""), Err(Unread::Absent));
        assert!(write("wchan", b"inet_csk_accept").is_ok());
        assert_eq!(
            waits(&proc, 7, ""),
            Wchan::of("inet_csk_accept").map(Waits::Asleep).ok_or(Unread::Absent)
        );
        assert!(write("syscall", b"\xff").is_ok());
        assert_eq!(waits(&proc, 7, ""), Err(Unread::Absent));
    }

    #[test]
    fn what_is_missing_is_said_to_be() {
        assert_eq!(users(b""), Err(Unread::Absent));
        assert_eq!(signals(b"SigPnd:\t0\n"), Err(Unread::Absent));
        assert_eq!(memory(b""), Err(Unread::Absent));
        assert_eq!(most_descriptors(b""), Err(Unread::Absent));
        assert_eq!(cgroup(b""), Err(Unread::Absent));
        assert_eq!(
            unread(&io::Error::from_raw_os_error(nix::libc::EACCES)),
            Unread::NotPermitted
        );
        assert_eq!(unread(&io::Error::from_raw_os_error(nix::libc::ENOENT)), Unread::Absent);
    }

    #[test]
    fn a_link_names_what_is_open() {
        let check = |target: &[u8], expected: Opens| assert_eq!(opens(target.to_vec()), expected);
        check(b"socket:[4711]", Opens::Socket(4711));
        check(b"pipe:[12]", Opens::Pipe(12));
        check(b"anon_inode:[eventpoll]", Opens::Kind(b"[eventpoll]"[..].into()));
        check(
            b"/tmp/\xff (deleted)",
            Opens::File(Some(b"/tmp/\xff (deleted)"[..].into())),
        );
    }

    #[test]
    fn our_own_process_is_seen_whole() {
        let proc = Proc::system();
        let pid = std::process::id().cast_signed();
        let key = proc.key(pid).unwrap_or_else(|error| panic!("{error}"));
        let found = look(&proc, key).found.unwrap_or_else(|| panic!("we are there"));
        assert_eq!(found.namespace_pids.first(), Some(&pid));
        assert_eq!(found.group, nix::unistd::getpgrp().as_raw());
        let exe = std::env::current_exe().map(|path| path.into_os_string().into_vec());
        assert_eq!(found.executable.ok().map(Vec::from), exe.ok());
        assert!(
            found
                .memory
                .is_ok_and(|memory| memory.private > 0 && memory.resident >= memory.private)
        );
        assert!(
            found
                .descriptors
                .is_ok_and(|open| open.iter().any(|descriptor| descriptor.fd == 0))
        );
        let other = Key {
            start_ticks: key.start_ticks + 1,
            ..key
        };
        assert_eq!(look(&proc, other).found, None);
    }
}
