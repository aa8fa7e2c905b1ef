//! What a tree of processes takes just now, as /proc says: one pass, without keeping anything open. And what the kernel
//! dropped for want of room in an accept queue.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::time::Duration;

use procfs::FromRead;
use procfs::process::Stat;

use super::Reading;
use crate::target::tree;
use crate::timeline::process::{Key, Pid};

/// A clock tick of /proc (USER_HZ is 100).
const TICK: Duration = Duration::from_millis(10);

/// Reads the tree below one process, which is not counted itself: the guardian of what was launched.
#[derive(Debug)]
pub(super) struct Tally {
    top: Pid,
    /// What each process had spent when it was seen last: what is auto-reaped is in nobody's account.
    spent: BTreeMap<Key, Duration>,
    /// What they had spent before the clients came.
    before: Duration,
}

impl Tally {
    /// Counts from here on.
    pub(super) fn new(top: Pid) -> Self {
        let mut tally = Self {
            top,
            spent: BTreeMap::new(),
            before: Duration::ZERO,
        };
        tally.before = tally.read().cpu;
        tally
    }

    /// One reading.
    pub(super) fn read(&mut self) -> Reading {
        let mut reading = Reading {
            pss_anon: Some(0),
            ..Reading::default()
        };
        // With what those had spent whom they have waited for.
        let mut accounts = Duration::ZERO;
        for found in tree::below(self.top, &BTreeSet::new()).unwrap_or_default() {
            // A process that has gone meanwhile takes nothing.
            let Some(stat) = stat(found.pid) else { continue };
            // A tick is long for a child: where it has one thread, that one's account is to the nanosecond.
            let own = ticks(stat.utime + stat.stime).max(ran(found.pid));
            let waited = u64::try_from(stat.cutime + stat.cstime).unwrap_or(0);
            accounts += own + ticks(waited);
            let key = Key {
                pid: stat.pid,
                start_ticks: stat.starttime,
            };
            self.spent.insert(key, own);
            let threads = u32::try_from(stat.num_threads).unwrap_or(0);
            if stat.state == 'Z' && threads <= 1 {
                reading.zombies += 1;
                continue;
            }
            reading.processes += 1;
            reading.threads += threads;
            // ENOENT and ESRCH: it has gone, or is about to, and takes nothing.
            if let Ok(pss) = pss_anon(found.pid) {
                reading.pss_anon = reading.pss_anon.zip(pss).map(|(sum, pss)| sum + pss);
            }
        }
        let seen = self.spent.values().sum::<Duration>();
        reading.cpu = accounts.max(seen).saturating_sub(self.before);
        reading
    }
}

fn stat(pid: Pid) -> Option<Stat> {
    Stat::from_read(File::open(format!("/proc/{pid}/stat")).ok()?).ok()
}

/// What the first thread of a process has run, by the first field of /proc/PID/schedstat, in nanoseconds; nothing
/// where the kernel keeps no such account.
fn ran(pid: Pid) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{pid}/schedstat")).unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|field| field.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

fn ticks(ticks: u64) -> Duration {
    TICK * u32::try_from(ticks).unwrap_or(u32::MAX)
}

/// `Pss_Anon` of /proc/PID/smaps_rollup in bytes (proc_pid_smaps(5)); `None` where it may not be read.
fn pss_anon(pid: Pid) -> io::Result<Option<u64>> {
    let text = match std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
        outcome => outcome?,
    };
    let line = text.lines().find_map(|line| line.strip_prefix("Pss_Anon:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    Ok(kib.map(|kib| kib * 1024))
}

/// Connections that the kernel dropped because an accept queue was full, or for another want, since it was started:
/// `ListenDrops` of /proc/net/netstat, of the whole network namespace.
pub(super) fn listen_drops() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/net/netstat").ok()?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix("TcpExt: "));
    let (names, values) = (lines.next()?, lines.next()?);
    let at = names.split(' ').position(|name| name == "ListenDrops")?;
    values.split(' ').nth(at)?.parse().ok()
}
