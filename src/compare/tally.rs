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
    accounts: Accounts,
    /// What they had spent before the clients came.
    before: Duration,
}

impl Tally {
    /// Counts from here on. Of a server that `discards` the times of its children nobody can know what it spends.
    pub(super) fn new(top: Pid, discards: bool) -> Self {
        let accounts = Accounts {
            lost: discards,
            ..Accounts::default()
        };
        let mut tally = Self {
            top,
            accounts,
            before: Duration::ZERO,
        };
        tally.before = tally.read().cpu.unwrap_or_default();
        tally
    }

    /// One reading.
    pub(super) fn read(&mut self) -> Reading {
        let mut reading = Reading {
            pss_anon: Some(0),
            ..Reading::default()
        };
        let mut pass = Pass::default();
        // Who is nobody's child any more is waited for by the guardian.
        pass.waited(stat(self.top).as_ref());
        for found in tree::below(self.top, &BTreeSet::new()).unwrap_or_default() {
            // A process that has gone meanwhile takes nothing.
            let Some(stat) = stat(found.pid) else { continue };
            // A tick is long for a child: where it has one thread, that one's account is to the nanosecond.
            let own = ticks(stat.utime + stat.stime).max(ran(found.pid));
            pass.waited(Some(&stat));
            let key = Key {
                pid: stat.pid,
                start_ticks: stat.starttime,
            };
            pass.own.insert(key, own);
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
        reading.cpu = self
            .accounts
            .total(&pass)
            .map(|total| total.saturating_sub(self.before));
        reading
    }
}

/// The CPU time in one pass through the tree.
#[derive(Debug, Default)]
struct Pass {
    /// What each process that is there has spent itself.
    own: BTreeMap<Key, Duration>,
    /// What those had spent whom somebody has waited for.
    waited: Duration,
    /// In how many accounts that stands; each of them is rounded down to ticks twice, for user and system time.
    accounts: u32,
}

impl Pass {
    fn waited(&mut self, stat: Option<&Stat>) {
        let waited = stat.map_or(0, |stat| u64::try_from(stat.cutime + stat.cstime).unwrap_or(0));
        self.waited += ticks(waited);
        self.accounts += u32::from(waited > 0);
    }
}

/// What a tree has spent: those who are there, and those who were waited for, in the account of whoever did it. Where
/// nobody waits, because SIGCHLD is ignored or has `SA_NOCLDWAIT`, it is in no account (times(2), under NOTES).
#[derive(Debug, Default)]
struct Accounts {
    /// What each process had spent when it was seen last.
    seen: BTreeMap<Key, Duration>,
    /// What those had spent who were not there any more at the last pass.
    gone: Duration,
    /// Of somebody it is in no account.
    lost: bool,
}

impl Accounts {
    /// The total at this pass; `None` where something was lost.
    fn total(&mut self, pass: &Pass) -> Option<Duration> {
        // Whoever was gone at the last pass stands in an account by now. At the same pass that need not be so: the
        // account was read before, and the wait came between.
        let rounding = TICK * 2 * (pass.accounts + 2);
        self.lost |= self.gone > pass.waited + rounding;
        let present: Duration = pass.own.values().sum();
        self.seen.extend(pass.own.iter().map(|(key, own)| (*key, *own)));
        let absent = self.seen.iter().filter(|(key, _)| !pass.own.contains_key(key));
        self.gone = absent.map(|(_, own)| *own).sum();
        (!self.lost).then(|| present + pass.waited.max(self.gone))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(own: &[(Pid, u64)], waited: u64) -> Pass {
        let key = |pid: Pid| Key { pid, start_ticks: 7 };
        let own = own
            .iter()
            .map(|(pid, millis)| (key(*pid), Duration::from_millis(*millis)));
        Pass {
            own: own.collect(),
            waited: Duration::from_millis(waited),
            accounts: u32::from(waited > 0),
        }
    }

    #[track_caller]
    fn check(passes: impl IntoIterator<Item = Pass>, expected: &[Option<u64>]) {
        let mut accounts = Accounts::default();
        let found: Vec<_> = passes.into_iter().map(|pass| accounts.total(&pass)).collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|millis| millis.map(Duration::from_millis))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn whoever_was_waited_for_stays_in_the_account() {
        // The account is read before the child has gone, and stands right at the next pass.
        check(
            [
                pass(&[(1, 10), (2, 300)], 0),
                pass(&[(1, 10)], 0),
                pass(&[(1, 10)], 300),
                pass(&[(1, 20)], 300),
            ],
            &[Some(310), Some(310), Some(310), Some(320)],
        );
    }

    #[test]
    fn nobody_knows_what_those_spent_whom_nobody_waited_for() {
        check(
            [
                pass(&[(1, 10), (2, 300)], 0),
                pass(&[(1, 10)], 0),
                pass(&[(1, 10)], 0),
                pass(&[(1, 10), (3, 5)], 400),
            ],
            &[Some(310), Some(310), None, None],
        );
    }
}
