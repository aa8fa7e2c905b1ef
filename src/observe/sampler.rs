//! One reading of the whole tree: who is in it, what each process is, and the sockets that they hold.
//!
//! A process that was once found stays watched by its open files until the kernel says that it is gone; that a
//! listing leaves it out, or that its parent changed, means nothing. A tree that sleeps costs next to nothing: of a
//! process that has not run since it was last looked at, nothing is read but that.

use std::collections::{BTreeMap, HashMap, HashSet};

use nix::sys::resource::{Resource, getrlimit};

use crate::timeline::observation::{Observation, Reading, Reap, Sample};
use crate::timeline::process::{ExitStatus, Key, Pid};
use crate::timeline::time::{Time, When};

use super::clock;
use super::events::{Events, Found, Fresh, Watching, near, started};
use super::heirs::Heirs;
use super::proc::{Proc, is_gone};
use super::sockets::{Members, Network, SocketReader};
use super::watched::{Looked, Privileges, Watched, Wish};
use super::{Reason, SocketSource};

/// So many of the processes that have run are read in all detail in each pass, in turn; the rest only where something
/// hints at a change.
const TURNS: usize = 32;

/// Of so many processes `stat` is read in each pass even where they have not run, in turn: so a process that waits for
/// a processor is seen to. All of a large tree are read so within as many passes as this divides it into.
const STEADY: usize = 256;

/// The passes that it takes at most, however large the tree.
const ROUND: usize = 10;

/// The most processes that keep their files open; beyond, files are opened anew for each reading.
const KEPT: u64 = 4000;

/// Descriptors that a process takes which is watched by open files: `stat`, `schedstat`, `children` and its pidfd.
const EACH: u64 = 4;

/// Descriptors that are left for all else.
const RESERVE: u64 = 128;

/// So many processes of a network namespace are tried to read its tables.
const WITNESSES: usize = 4;

/// Which processes are watched.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What was launched or attached to.
    pub roots: Vec<Key>,
    /// Whoever gets the orphans of a target that we launched: all its children are watched.
    pub adopter: Option<Pid>,
}

/// Reads the tree, again and again.
pub struct Sampler {
    proc: Proc,
    scope: Scope,
    watched: BTreeMap<Pid, Watched>,
    /// Born without a pidfd, when, and not read yet.
    sought: Vec<(Key, Time)>,
    /// Gone, and their end not yet reported by pidfd.
    lingering: Vec<(Key, When)>,
    heirs: Heirs,
    sockets: SocketReader,
    /// Who had the last turn, and where the last steady reading ended.
    turn: Pid,
    steady: usize,
    /// So many processes keep their files open.
    pub(super) kept: usize,
    bytes: Vec<u8>,
}

impl Sampler {
    /// A sampler of those processes.
    pub fn new(proc: Proc, scope: Scope) -> Self {
        let sockets = SocketReader::open(&proc);
        Self {
            heirs: Heirs::of(&proc, &scope),
            proc,
            scope,
            watched: BTreeMap::new(),
            sought: Vec::new(),
            lingering: Vec::new(),
            sockets,
            turn: 0,
            steady: 0,
            kept: room(),
            bytes: Vec::with_capacity(4096),
        }
    }

    /// Reads the tree at this moment. What has gone since the last time is said too, unless `events` says it. Who is
    /// `fresh` was born or runs another program; `search` looks for whoever else has come.
    pub(super) fn pass(&mut self, events: Option<&Events>, fresh: &Fresh, search: bool) -> Vec<Observation> {
        let at = clock::now();
        let mut observations = self.refresh(at, events);
        self.greet(events, fresh);
        observations.extend(self.seek(at));
        if search {
            self.discover(events);
        }
        self.inspect();
        let mut sample = self.sample(at);
        let heirs = self.heirs.look(&self.proc, &sample, &self.watched);
        if !heirs.is_empty() {
            for heir in heirs {
                self.add(heir.pid, events, Some(heir));
            }
            self.inspect();
            sample = self.sample(at);
        }
        observations.push(Observation::Sample(sample));
        observations
    }

    /// Reads those that are `fresh`, and the sockets; nothing where none of them is there any more.
    pub(super) fn glance(&mut self, events: &Events, fresh: &Fresh) -> Vec<Observation> {
        let at = clock::now();
        self.greet(Some(events), fresh);
        let mut read: Vec<Pid> = Vec::new();
        for pid in &fresh.pids {
            if let Some(process) = self.watched.get_mut(pid)
                && !read.contains(pid)
                && process
                    .refresh(&self.proc, true, &mut self.bytes)
                    .is_ok_and(|looked| looked != Looked::Gone)
            {
                process.inspect(&self.proc, Wish::default(), &mut self.bytes);
                read.push(*pid);
            }
        }
        if read.is_empty() {
            return Vec::new();
        }
        let mut sample = self.sample(at);
        sample.processes.retain(|reading| read.contains(&reading.key.pid));
        vec![Observation::Glance(sample)]
    }

    /// Begins to watch those that were born, and has those that run another program read anew.
    fn greet(&mut self, events: Option<&Events>, fresh: &Fresh) {
        self.sought.extend_from_slice(&fresh.unwatched);
        for pid in &fresh.pids {
            if !self.add(*pid, events, None)
                && let Some(process) = self.watched.get_mut(pid)
            {
                process.is_another_program();
            }
        }
    }

    /// Looks for those whose birth was told and whose end nobody will tell: whoever is not watched by now is gone, unless
    /// he could not be read.
    fn seek(&mut self, at: Time) -> Vec<Observation> {
        let mut gone = Vec::new();
        let (watched, proc) = (&self.watched, &self.proc);
        self.sought.retain(|(key, born)| {
            let is_it = |found: Key| near(started(found), *born);
            if watched.get(&key.pid).is_some_and(|process| is_it(process.key)) {
                return false;
            }
            match proc.stat(key.pid) {
                Ok(found) if is_it(found.key()) => return true,
                Ok(_) => {}
                Err(error) if is_gone(&error) => {}
                Err(_) => return true,
            }
            gone.push(vanished(*key, When::between(*born, at)));
            false
        });
        gone
    }

    /// Everybody who is in the tree now.
    pub(super) fn tree(&mut self) -> Vec<Pid> {
        self.discover(None);
        self.watched.keys().copied().collect()
    }

    /// One reading by itself.
    pub fn once(&mut self) -> Vec<Observation> {
        self.pass(None, &Fresh::default(), true)
    }

    /// Where sockets are read from, and what keeps the picture from being better.
    pub(super) fn source(&self) -> (SocketSource, Vec<Reason>) {
        let (source, reason) = self.sockets.source();
        let unreadable = self
            .watched
            .values()
            .filter(|process| !process.is_zombie() && process.sockets.is_none());
        let unreadable = Some(unreadable.count())
            .filter(|count| *count > 0)
            .map(Reason::UnreadableFds);
        let children = (!self.proc.has_children).then_some(Reason::NoChildrenFile);
        let heirs = Some(self.heirs.hidden())
            .filter(|count| *count > 0)
            .map(Reason::PossibleHeirs);
        let is_late = self.sockets.is_late() || self.watched.values().any(Watched::is_late);
        let late = is_late.then_some(Reason::Late);
        (
            source,
            [reason, children, unreadable, late, heirs]
                .into_iter()
                .flatten()
                .collect(),
        )
    }

    /// Reads what is already watched again, and lets go of what has gone.
    fn refresh(&mut self, at: Time, events: Option<&Events>) -> Vec<Observation> {
        let mut gone: Vec<Observation> = Vec::new();
        // Whoever was missed by its pidfd for a whole pass is not waited for any longer.
        for (key, when) in std::mem::take(&mut self.lingering) {
            gone.extend(events.into_iter().flat_map(|events| events.settle(key, when)));
        }
        let mut left: Vec<(Key, When, bool)> = Vec::new();
        let mut bereaved: HashSet<Pid> = HashSet::new();
        let count = self.watched.len().max(1);
        let (from, to) = (self.steady, self.steady + STEADY.max(count.div_ceil(ROUND)));
        self.steady = to % count;
        let mut index = 0;
        self.watched.retain(|_, process| {
            let steady = (from..to).contains(&index) || (from..to).contains(&(index + count));
            index += 1;
            let was_zombie = process.is_zombie();
            let looked = process.refresh(&self.proc, steady, &mut self.bytes);
            if matches!(looked, Ok(Looked::Gone)) {
                left.push((process.key, When::between(process.seen, at), process.by_pidfd));
            }
            if matches!(looked, Ok(Looked::Gone)) || process.is_zombie() != was_zombie {
                bereaved.insert(process.key.pid);
            }
            !matches!(looked, Ok(Looked::Gone))
        });
        // Its children are somebody else's now, and need not have run for that.
        for process in self.watched.values_mut() {
            if bereaved.contains(&process.last.stat.ppid) {
                // One that is gone meanwhile is found to be so in the next pass.
                let _ = process.refresh(&self.proc, true, &mut self.bytes);
            }
        }
        for (key, when, by_pidfd) in left {
            match events {
                // Its report is on its way, or has been.
                Some(events) if by_pidfd => {
                    if events.is_watching(key) {
                        self.lingering.push((key, when));
                    }
                }
                Some(_) | None => gone.push(vanished(key, when)),
            }
        }
        gone
    }

    /// Finds the processes that have come: roots, children of the watched, and children of the adopter.
    fn discover(&mut self, events: Option<&Events>) {
        for root in self.scope.roots.clone() {
            self.add(root.pid, events, Some(root));
        }
        let mut candidates: Vec<Pid> = Vec::new();
        if let Some(adopter) = self.scope.adopter
            && let Ok(Some(adopter)) = Watched::open(&self.proc, adopter, false)
        {
            candidates.extend(adopter.children(&self.proc, &mut self.bytes));
        }
        if !self.proc.has_children {
            candidates.extend(self.by_parents());
        }
        let mut parents: Vec<Pid> = self.watched.keys().copied().collect();
        while !parents.is_empty() || !candidates.is_empty() {
            for parent in std::mem::take(&mut parents) {
                if let Some(process) = self.watched.get(&parent) {
                    candidates.extend(process.children(&self.proc, &mut self.bytes));
                }
            }
            for pid in std::mem::take(&mut candidates) {
                if self.add(pid, events, None) {
                    parents.push(pid);
                }
            }
        }
    }

    /// The descendants of the watched, on kernels that list no children.
    fn by_parents(&self) -> Vec<Pid> {
        let mut children: HashMap<Pid, Vec<Pid>> = HashMap::new();
        for (pid, parent) in self.proc.all_parents().unwrap_or_default() {
            children.entry(parent).or_default().push(pid);
        }
        let mut found = Vec::new();
        let mut open: Vec<Pid> = self.watched.keys().copied().chain(self.scope.adopter).collect();
        while let Some(pid) = open.pop() {
            for child in children.remove(&pid).unwrap_or_default() {
                found.push(child);
                open.push(child);
            }
        }
        found
    }

    /// Begins to watch a process, where a key is given only if it still is that one; true where it was not watched yet.
    fn add(&mut self, pid: Pid, events: Option<&Events>, only: Option<Key>) -> bool {
        if self.watched.contains_key(&pid) {
            return false;
        }
        let keep = self.watched.len() < self.kept;
        let opened = match Watched::open(&self.proc, pid, keep) {
            // Out of descriptors: such a process is read by path.
            Err(error) if error.raw_os_error() == Some(nix::libc::EMFILE) => Watched::open(&self.proc, pid, false),
            opened => opened,
        };
        let Ok(Some(mut process)) = opened else { return false };
        if only.is_some_and(|only| only != process.key) {
            return false;
        }
        // Also where it is met as somebody who has just run another program.
        process.root = self.scope.roots.contains(&process.key);
        if let Some(parent) = self.watched.get(&process.last.stat.ppid) {
            process.is_child_of(parent);
        }
        if let Some(events) = events.filter(|_| keep) {
            let (key, parent) = (process.key, process.last.stat.ppid);
            let look = || match process.refresh(&self.proc, true, &mut self.bytes) {
                Ok(Looked::Read | Looked::AtRest) if process.is_zombie() => Some(Found::Zombie),
                Ok(Looked::Read | Looked::AtRest) => Some(Found::Alive),
                Ok(Looked::Gone) | Err(_) => None,
            };
            match events.watch(key, parent, look) {
                Ok(Watching::Yes) => process.by_pidfd = true,
                Ok(Watching::Gone) => return false,
                // Out of descriptors: its end is read from /proc.
                Err(_) => {}
            }
        }
        self.watched.insert(pid, process);
        true
    }

    /// Reads details: of some in turn, of the others what hints at a change.
    fn inspect(&mut self) {
        let parents: HashSet<Pid> = self.watched.values().map(|process| process.last.stat.ppid).collect();
        let after = self.watched.range(self.turn.saturating_add(1)..);
        let due = after.chain(self.watched.range(..=self.turn));
        let due = due.filter(|(_, process)| process.is_due()).map(|(pid, _)| *pid);
        let turns: Vec<Pid> = due.take(TURNS).collect();
        self.turn = turns.last().copied().unwrap_or(self.turn);
        let turns: HashSet<Pid> = turns.into_iter().collect();
        let wide = self.other_wide();
        for (pid, process) in &mut self.watched {
            let wish = Wish {
                all: turns.contains(pid),
                parent: parents.contains(pid),
                wide,
            };
            process.inspect(&self.proc, wish, &mut self.bytes);
        }
    }

    /// How many processes have as many descriptors as one that has many.
    fn other_wide(&self) -> usize {
        let wide = self.watched.values().filter(|process| process.is_wide());
        wide.count().saturating_sub(1)
    }

    /// All that is known of the tree now. A socket that has gone from the tables has been closed by who held it: what
    /// that process holds now is listed first.
    fn sample(&mut self, at: Time) -> Sample {
        let mut said = self.sockets.read(&self.networks());
        let holds = |process: &Watched| {
            let mut sockets = process.sockets.iter().flat_map(|sockets| sockets.iter());
            sockets.any(|socket| said.gone.contains(&socket.inode))
        };
        let mut changed = false;
        let wide = self.other_wide();
        for process in self.watched.values_mut().filter(|process| holds(process)) {
            changed |= process.list_again(&self.proc, wide);
        }
        if changed {
            said = self.sockets.read(&self.networks());
        }
        let privileges = Privileges::own();
        let mut processes: Vec<Reading> = Vec::with_capacity(self.watched.len());
        for process in self.watched.values() {
            let mut reading = process.reading(privileges);
            let network = self.sockets.network(process.network);
            if said.sockets.is_some() && said.unread.contains(&network) {
                reading.sockets = None;
            }
            processes.push(reading);
        }
        Sample {
            at,
            processes,
            sockets: said.sockets,
        }
    }

    /// The network namespaces that the tree lives in, and the sockets that are held in each.
    fn networks(&self) -> BTreeMap<Network, Members> {
        let mut networks: BTreeMap<Network, Members> = BTreeMap::new();
        for process in self.watched.values().filter(|process| !process.is_zombie()) {
            let members = networks.entry(self.sockets.network(process.network)).or_default();
            let sockets = process.sockets.iter().flat_map(|sockets| sockets.iter());
            members.held.extend(sockets.map(|socket| socket.inode));
            if members.directories.len() < WITNESSES {
                members.directories.push(process.directory(&self.proc));
            }
        }
        networks
    }

    /// Nobody of the target is left but zombies.
    pub(super) fn finds_nobody_alive(&self) -> bool {
        self.watched.values().all(Watched::is_zombie)
    }
}

/// How many processes may keep their files open within the limit of descriptors.
fn room() -> usize {
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, _)| soft);
    usize::try_from((limit.saturating_sub(RESERVE) / EACH).min(KEPT)).unwrap_or(0)
}

/// The end of a process that was only seen to be gone.
fn vanished(key: Key, when: When) -> Observation {
    Observation::Reap(Reap {
        when,
        key,
        status: ExitStatus::Unknown,
        by: crate::timeline::lifeline::Reaper::Unknown,
    })
}
