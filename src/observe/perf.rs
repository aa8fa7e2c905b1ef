//! Births, execs and exits as the kernel's performance events tell them (`perf_event_open(2)`, task and comm records).
//!
//! An event that counts nothing is opened on each thread of what is watched, once for each processor, and whatever
//! that forks inherits it. No privilege is needed for processes of one's own, unless `perf_event_paranoid` is above
//! 2. Not told: what a setuid program that was run meanwhile forks, because the kernel ends the inheritance there.

use std::collections::HashSet;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;

use crate::timeline::process::Pid;

use super::clock;
use super::proc::Proc;
use super::told::Told;
use open::{Output, open};
use ring::Ring;

mod open;
mod record;
mod ring;

/// Most descriptors that one target may take: beyond, another source is cheaper.
const MOST: usize = 8192;

/// Events on some threads and on all that they fork.
#[derive(Debug)]
pub(super) struct Perf {
    cpus: Vec<Cpu>,
    rings: Mutex<Vec<Ring>>,
    threads: Mutex<Threads>,
}

/// A processor: what happens on it goes to its first event's ring.
#[derive(Debug)]
struct Cpu {
    number: i32,
    event: OwnedFd,
}

/// What was opened besides the first events.
#[derive(Debug, Default)]
struct Threads {
    opened: HashSet<Pid>,
    events: Vec<OwnedFd>,
}

impl Perf {
    /// Opens the events on the first thread of a process.
    ///
    /// # Errors
    /// EACCES where `perf_event_paranoid` or the owner of the process forbids it; EPERM where memory may not be
    /// locked; ENOENT, ENOSYS where this kernel has none; ESRCH where the process is gone.
    pub(super) fn open(pid: Pid) -> io::Result<Self> {
        let (mut cpus, mut rings) = (Vec::new(), Vec::new());
        for number in processors() {
            let event = match open(pid, number, Output::Own) {
                Ok(event) => event,
                // It is offline.
                Err(error) if error.raw_os_error() == Some(Errno::ENODEV as i32) => continue,
                Err(error) => return Err(error),
            };
            rings.push(Ring::map(&event)?);
            cpus.push(Cpu { number, event });
        }
        if cpus.is_empty() {
            return Err(Errno::ENODEV.into());
        }
        let threads = Threads {
            opened: [pid].into(),
            events: Vec::new(),
        };
        Ok(Self {
            cpus,
            rings: Mutex::new(rings),
            threads: Mutex::new(threads),
        })
    }

    /// Opens the events on all threads of a process that have none yet. A thread that is gone needs none.
    pub(super) fn attach(&self, proc: &Proc, pid: Pid) -> io::Result<()> {
        let tids = Proc::numbers_in(&proc.path(pid, "task")).unwrap_or_default();
        let mut threads = locked(&self.threads);
        for tid in tids {
            if !threads.opened.insert(tid) {
                continue;
            }
            if threads.events.len() + self.cpus.len() > MOST {
                return Err(Errno::EMFILE.into());
            }
            for cpu in &self.cpus {
                match open(tid, cpu.number, Output::Of(cpu.event.as_fd())) {
                    Ok(event) => threads.events.push(event),
                    Err(error) if error.raw_os_error() == Some(Errno::ESRCH as i32) => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// What becomes readable when there are records.
    pub(super) fn fds(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.cpus.iter().map(|cpu| cpu.event.as_fd())
    }

    /// Takes the records that have come, of each processor in order.
    pub(super) fn drain(&self, bytes: &mut Vec<u8>, told: &mut Vec<Told>) {
        let from = told.len();
        for ring in locked(&self.rings).iter_mut() {
            bytes.clear();
            ring.drain(bytes);
            record::parse(bytes, told);
        }
        let ahead = clock::offsets().boottime;
        if ahead != 0 {
            told.iter_mut().skip(from).for_each(|told| told.put_ahead(ahead));
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The processors that are online.
fn processors() -> Vec<i32> {
    let listed = std::fs::read_to_string("/sys/devices/system/cpu/online").unwrap_or_default();
    let listed = in_list(listed.trim());
    if listed.is_empty() {
        let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        return (0..i32::try_from(count).unwrap_or(1)).collect();
    }
    listed
}

/// The numbers of a list as the kernel writes it: `0-3,5`.
fn in_list(list: &str) -> Vec<i32> {
    list.split(',')
        .filter_map(|part| {
            let (from, to) = part.split_once('-').unwrap_or((part, part));
            Some(from.parse::<i32>().ok()?..=to.parse::<i32>().ok()?)
        })
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_processors_has_ranges_and_numbers() {
        for (list, numbers) in [
            ("0", vec![0]),
            ("0-1", vec![0, 1]),
            ("0-2,5,7-8", vec![0, 1, 2, 5, 7, 8]),
            ("", vec![]),
            ("x", vec![]),
        ] {
            assert_eq!(in_list(list), numbers, "{list}");
        }
    }
}
