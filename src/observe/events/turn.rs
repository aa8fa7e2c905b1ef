//! What one turn of the thread does: it takes what the source of births and the pidfds have told, opens the pidfds of
//! those that were born, and says what has happened when. When a turn comes, and for how long it waits, is not decided
//! here.

use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::{self, EventFlags};
use rustix::io::Errno;
use rustix::process::Pid as RawPid;

use crate::observe::clock;
use crate::observe::pidfd_info::exit_status;
use crate::observe::told::Told;
use crate::timeline::observation::{Birth, Exec, Exit, Lost, Observation, Reap};
use crate::timeline::process::{ExitStatus, Key, Pid};
use crate::timeline::time::{Time, When};

use super::gone::{self, Due, Left, Short};
use super::reapers::{Ended, zombie};
use super::table::Entry;
use super::{Shared, open};

/// What is known of the moment when something happened that is told now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    /// The pidfds had nothing to say then: what comes now has happened since.
    pub(super) quiet: Time,
    /// The last turn, where there was a rest after it.
    pub(super) before_rest: Option<Time>,
    pub(super) now: Time,
}

impl Moment {
    /// When a reap was that is told by itself.
    fn of_reap(self) -> When {
        When::between(self.before_rest.unwrap_or(self.now), self.now)
    }
}

impl Shared {
    /// Takes what the source of births says.
    pub(super) fn take_told(&self, told: &mut Vec<Told>, now: Time, said: &mut Vec<Observation>) {
        if told.is_empty() {
            return;
        }
        let mut pidfds = told.iter().map(open_child).collect::<Vec<_>>().into_iter();
        let opened = clock::now();
        let mut table = self.table();
        for told in told.drain(..) {
            let pidfd = pidfds.next().flatten();
            match told {
                Told::Forked { at, parent, child } => {
                    if table.expects(child, at, parent) {
                        continue;
                    }
                    let when = When::exactly(at);
                    let birth = Observation::Birth(Birth { when, parent, child });
                    match table.gone.born(child, at) {
                        gone::Birth::New => said.push(birth),
                        gone::Birth::Again => continue,
                        gone::Birth::Late(exit) => {
                            said.extend([birth].into_iter().chain(exit));
                            continue;
                        }
                    }
                    if table.is_told(child, at) {
                        continue;
                    }
                    table.births += 1;
                    table.reapers.know(&self.proc, parent);
                    let key = born_at(child, at);
                    match pidfd {
                        Some(Ok(pidfd)) => {
                            if self.enter(&mut table, Entry::born(key, parent, at, pidfd)).is_err() {
                                table.fresh.unwatched.push((key, at));
                            }
                        }
                        Some(Err(Errno::SRCH)) => {
                            let short = Short {
                                key,
                                born: at,
                                gone_by: opened,
                                parent,
                            };
                            table.shortfall.too_short += 1;
                            table.gone.missed(short);
                            continue;
                        }
                        Some(Err(_)) | None => {
                            table.shortfall.unwatched += 1;
                            table.fresh.unwatched.push((key, at));
                        }
                    }
                    table.fresh.pids.push(child);
                }
                Told::Executed { at, pid, comm } => {
                    if let Some(comm) = comm.or_else(|| self.comm(pid))
                        && table.is_news(pid, at)
                    {
                        table.fresh.pids.push(pid);
                        said.push(Observation::Exec(Exec { at, pid, comm }));
                    }
                }
                Told::Left { at, pid, status } => said.extend(table.left(pid, Left { at, status }, now)),
                Told::Lost { at, count } => {
                    table.fresh.all = true;
                    said.push(Observation::Lost(Lost { at, count }));
                }
            }
        }
        let wake = table.fresh.all || !table.fresh.pids.is_empty();
        drop(table);
        if wake {
            (self.wake)();
        }
    }

    /// The command name that a process has now.
    fn comm(&self, pid: Pid) -> Option<Box<[u8]>> {
        let mut bytes = Vec::new();
        self.proc.read(pid, "comm", &mut bytes).ok()?;
        Some(bytes.strip_suffix(b"\n").unwrap_or(&bytes).into())
    }

    /// Takes what the pidfds say, and says the ends that have none.
    pub(super) fn take_ends(&self, events: &[epoll::Event], moment: Moment, said: &mut Vec<Observation>) {
        let Moment { quiet, now, .. } = moment;
        let mut table = self.table();
        let mut ended: Vec<(Entry, When, ExitStatus)> = Vec::new();
        let mut orphaned: Vec<Pid> = Vec::new();
        for event in events {
            let (token, flags) = (event.data.u64(), event.flags);
            let Some(entry) = table.get_mut(token) else { continue };
            entry.not_before(quiet);
            if !entry.exited {
                orphaned.push(entry.key.pid);
            }
            if flags.contains(EventFlags::HUP) {
                let Some(entry) = table.remove(token) else { continue };
                self.feed.forget(entry.key.pid);
                let (key, status) = (entry.key, entry.status_after(exit_status(entry.pidfd.as_fd())));
                let reaped = if entry.exited {
                    moment.of_reap()
                } else {
                    // Both lie behind us: the reap somewhere between the exit and this moment.
                    let when = entry.exit_by(now);
                    said.push(Observation::Exit(Exit { when, key, status }));
                    When::between(when.earliest, now)
                };
                ended.push((entry, reaped, status));
            } else if !std::mem::replace(&mut entry.exited, true) {
                let status = entry.read_zombie(zombie(&self.proc, entry.key));
                let (when, key) = (entry.exit_at(now), entry.key);
                said.push(Observation::Exit(Exit { when, key, status }));
            }
        }
        for parent in orphaned {
            table.adopt(&self.proc, parent);
        }
        let short = table.gone.due(now);
        for due in &short {
            self.feed.forget(due.pid());
        }
        let facts = ended.iter().map(|(entry, ..)| entry.ended());
        let facts: Vec<Ended> = facts.chain(short.iter().map(Due::ended)).collect();
        // All at once: what a parent's count has grown by is asked once for all its children.
        let mut reapers = table.reapers.of(&facts).into_iter();
        drop(table);
        for ((entry, when, status), by) in ended.into_iter().zip(&mut reapers) {
            let key = entry.key;
            said.push(Observation::Reap(Reap { when, key, status, by }));
        }
        said.extend(short.into_iter().zip(reapers).flat_map(|(due, by)| due.told(by)));
    }
}

/// A pidfd of a child that was born; `None` where nobody was.
fn open_child(told: &Told) -> Option<Result<OwnedFd, Errno>> {
    match told {
        Told::Forked { child, .. } => Some(match RawPid::from_raw(*child) {
            Some(pid) => open(pid),
            None => Err(Errno::SRCH),
        }),
        Told::Executed { .. } | Told::Left { .. } | Told::Lost { .. } => None,
    }
}

/// The key of a process whose start time nobody has read yet: near enough to be known again by.
fn born_at(pid: Pid, at: Time) -> Key {
    Key {
        pid,
        start_ticks: at.ticks(),
    }
}
