//! One process that is watched: the files of it that stay open, and what was read of it last.
//!
//! A file that stays open belongs to the process and not to its pid: reading it fails once the process was reaped,
//! even if its pid was given out again (KERNEL: ESRCH). Of a process that has not run since it was last looked at
//! nothing else is read: it cannot have changed. Of one that has, what changes with every step is read at once, and the
//! rest when something hints that it changed, and in turn.

use std::cell::OnceCell;
use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::timeline::observation::{BlockedReading, HeldSocket, Reading};
use crate::timeline::process::{Disposition, ExitStatus, Key, Names, Pid, Sigchld, State};
use crate::timeline::wchan::Wchan;

use super::proc::{Proc, StatFile, is_gone, read_command, reread, reread_record};
use super::runs::Runs;
use super::share::Share;
use super::{descriptors, sockets, spare, syscall};

/// SIGCHLD's bit in the signal masks of /proc: signal 17, counted from bit 0.
pub(super) const SIGCHLD_BIT: u64 = 1 << (nix::libc::SIGCHLD - 1);

/// A clock tick of /proc in milliseconds (USER_HZ is 100).
const TICK_MILLIS: u64 = 10;

/// With more descriptors than this a process is wide: they are listed as often as their share of a processor allows.
const WIDE: u32 = 512;

/// What is to be read of a process.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wish {
    /// All of it.
    pub(super) all: bool,
    /// It has children, so that what it does with SIGCHLD matters.
    pub(super) parent: bool,
    /// So many others have as wide tables of descriptors.
    pub(super) wide: usize,
}

/// A process that is watched.
#[derive(Debug)]
pub(super) struct Watched {
    /// Which.
    pub(super) key: Key,
    /// It is what was launched or attached to.
    pub(super) root: bool,
    /// Its end is reported by pidfd.
    pub(super) by_pidfd: bool,
    /// What its `stat` said last.
    pub(super) last: StatFile,
    /// When that was.
    pub(super) seen: crate::timeline::time::Time,
    /// `None` where its files are opened anew for each reading.
    stat: Option<File>,
    /// Opened when first needed: most children of a busy server have none, and are gone before anybody asks.
    children: OnceCell<Option<File>>,
    /// Opened when it is looked at again.
    runs: Option<Runs>,
    /// It has run since it was last inspected, and since all of it was last read.
    moved: bool,
    stale: bool,
    uid: u32,
    ns_pid: Option<Pid>,
    /// The network namespace that it lives in; `None` where it does not show that.
    pub(super) network: Option<u64>,
    names: Arc<Names>,
    /// Those of its parent when it was found: they are its own, too, until it executes something.
    inherited: Arc<Names>,
    fds: Option<u32>,
    /// How many descriptors the kernel counted last; one of them may be reserved and not yet open.
    counted: Option<u32>,
    /// The sockets behind its descriptors; `None` where they may not be read.
    pub(super) sockets: Option<Arc<[HeldSocket]>>,
    listing: Share,
    pending: bool,
    /// It was found out whether the kernel shows us its exit status, and whether it does.
    judged: bool,
    visible: bool,
    blocked: Option<BlockedReading>,
    wchan: Option<Wchan>,
    /// The pages of memory that another thread shows, once the main thread, whose `stat` shows none, has left.
    pages: Option<u64>,
    fresh: bool,
}

/// What came of looking at a process again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    /// It is gone.
    Gone,
    /// It has not run since it was last read.
    AtRest,
    /// Its `stat` was read.
    Read,
}

impl Watched {
    /// Opens a process; `None` where it has gone meanwhile. `keep` keeps its files open.
    pub(super) fn open(proc: &Proc, pid: Pid, keep: bool) -> io::Result<Option<Self>> {
        let file = match File::open(proc.path(pid, "stat")) {
            Ok(file) => file,
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::with_capacity(512);
        match reread_record(&file, &mut bytes) {
            Ok(()) => {}
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(error),
        }
        let last = StatFile::parse(&bytes)?;
        Ok(Some(Self {
            key: last.key(),
            root: false,
            by_pidfd: false,
            last,
            seen: super::clock::now(),
            stat: Some(file).filter(|file| keep && spare::may_keep(file)),
            children: OnceCell::new(),
            runs: None,
            moved: true,
            stale: true,
            uid: 0,
            ns_pid: None,
            network: None,
            names: Arc::default(),
            inherited: Arc::default(),
            fds: None,
            counted: None,
            sockets: None,
            listing: Share::default(),
            pending: false,
            judged: false,
            visible: false,
            blocked: None,
            wchan: None,
            pages: None,
            fresh: true,
        }))
    }

    /// Looks at it again. Its `stat` is read where it has run since the last time, and where it is `wanted` all the
    /// same: for what others do to a process, such as ending its parent.
    pub(super) fn refresh(&mut self, proc: &Proc, wanted: bool, bytes: &mut Vec<u8>) -> io::Result<Looked> {
        if self.runs.is_none() && self.stat.is_some() {
            self.runs = Runs::open(proc, self.key.pid);
        }
        let ran = match self.runs.as_mut().map(|runs| runs.have_gone_on(bytes)) {
            Some(Err(error)) if is_gone(&error) => return Ok(Looked::Gone),
            Some(Ok(ran)) => ran || self.state() == State::Running,
            Some(Err(_)) | None => true,
        };
        self.moved |= ran;
        if !ran && !wanted {
            self.seen = super::clock::now();
            return Ok(Looked::AtRest);
        }
        let outcome = match &self.stat {
            Some(file) => reread_record(file, bytes),
            None => proc.read_record(self.key.pid, "stat", bytes),
        };
        match outcome {
            Ok(()) => {}
            Err(error) if is_gone(&error) => return Ok(Looked::Gone),
            Err(error) => return Err(error),
        }
        let last = StatFile::parse(bytes)?;
        if last.key() != self.key {
            return Ok(Looked::Gone);
        }
        self.fresh |= last.comm != self.last.comm;
        self.last = last;
        self.seen = super::clock::now();
        Ok(Looked::Read)
    }

    /// There is something to be gained by reading all of it.
    pub(super) fn is_due(&self) -> bool {
        // Of the other threads nobody knows whether they have run.
        !self.is_zombie() && (self.stale || self.moved || self.threads() > 1)
    }

    /// Its parent is that one: what both are called is kept once.
    pub(super) fn is_child_of(&mut self, parent: &Self) {
        self.inherited = parent.names.clone();
    }

    /// It has replaced its program: everything about it is to be read anew.
    pub(super) fn is_another_program(&mut self) {
        self.fresh = true;
    }

    /// What the scheduler says; `None` for a letter that this program does not know.
    pub(super) fn state(&self) -> State {
        State::from_letter(self.last.stat.state).unwrap_or(State::Sleeping)
    }

    /// How many threads it has.
    pub(super) fn threads(&self) -> u32 {
        u32::try_from(self.last.stat.num_threads).unwrap_or(1)
    }

    /// Its main thread has left while others run: then only these still show what the process has.
    pub(super) fn main_thread_left(&self) -> bool {
        self.state() == State::Zombie && self.threads() > 1
    }

    /// It has exited and waits to be waited for.
    pub(super) fn is_zombie(&self) -> bool {
        self.state() == State::Zombie && self.threads() <= 1
    }

    /// The pids of its children, those of all its threads. A listing can leave out living children while others
    /// are reaped (KERNEL), so that absence means nothing.
    pub(super) fn children(&self, proc: &Proc, bytes: &mut Vec<u8>) -> Vec<Pid> {
        let mut found = Vec::new();
        if self.is_zombie() {
            return found;
        }
        if self.threads() > 1 {
            for tid in Proc::numbers_in(&proc.path(self.key.pid, "task")).unwrap_or_default() {
                if proc.read(self.key.pid, &format!("task/{tid}/children"), bytes).is_ok() {
                    add_pids(bytes, &mut found);
                }
            }
            return found;
        }
        let path = format!("task/{}/children", self.key.pid);
        let kept = self.stat.as_ref();
        let kept = kept.and_then(|_| {
            let open = || File::open(proc.path(self.key.pid, &path)).ok();
            self.children.get_or_init(|| open().filter(spare::may_keep)).as_ref()
        });
        let read = match kept {
            Some(file) => reread(file, bytes),
            None => proc.read(self.key.pid, &path, bytes),
        };
        if read.is_ok() {
            add_pids(bytes, &mut found);
        }
        found
    }

    /// It has so many descriptors that to list them takes its time.
    pub(super) fn is_wide(&self) -> bool {
        !self.is_zombie() && self.fds.is_some_and(|fds| fds > WIDE)
    }

    /// Its descriptors are so many that they are listed less often than all else is read.
    pub(super) fn is_late(&self) -> bool {
        self.is_wide() && self.listing.is_late()
    }

    /// Reads what is worth reading now, and what is wished for.
    pub(super) fn inspect(&mut self, proc: &Proc, wish: Wish, bytes: &mut Vec<u8>) {
        let fresh = std::mem::take(&mut self.fresh);
        let moved = std::mem::take(&mut self.moved) || fresh;
        if self.is_zombie() {
            (self.sockets, self.fds) = (None, Some(0));
            (self.blocked, self.wchan) = (None, None);
            if !std::mem::replace(&mut self.judged, true) {
                self.visible = Privileges::own().may_see(proc, self.key.pid);
            }
            if fresh {
                self.identify(proc, bytes);
            }
            return;
        }
        let all = wish.all || fresh;
        self.stale = (self.stale || moved) && !all;
        if all {
            self.identify(proc, bytes);
        }
        let mut woke = false;
        if moved {
            let (blocked, wchan) = match self.state() {
                State::Running => (None, None),
                _ => self.reads_blocked(proc, bytes),
            };
            // A call that takes a connection reserves its descriptor before it sleeps, so that the count alone does
            // not change when one comes.
            woke = (self.blocked, self.wchan) != (blocked, wchan);
            (self.blocked, self.wchan) = (blocked, wchan);
        }
        if all || moved || self.threads() > 1 {
            self.count_descriptors(proc, all || woke, wish.wide);
        }
        if self.main_thread_left() {
            self.pages = resident(&self.directory(proc));
        }
        let blocks_sigchld = self.last.stat.blocked & SIGCHLD_BIT != 0;
        if wish.parent && (all || blocks_sigchld || self.state() == State::Stopped) {
            self.pending = self.reads_pending(proc, bytes);
        }
    }

    /// Who it is: its user, its names, its pid in its own namespace, and which network it lives in.
    fn identify(&mut self, proc: &Proc, bytes: &mut Vec<u8>) {
        let pid = self.key.pid;
        if let Ok(directory) = std::fs::metadata(proc.path(pid, "")) {
            self.uid = directory.uid();
        }
        let read = if self.main_thread_left() {
            let file = File::open(self.directory(proc).join("cmdline"));
            file.and_then(|file| read_command(&file, bytes))
        } else {
            proc.read_command(pid, bytes)
        };
        let command = match read {
            // A zombie has none any more; what it was called while it lived is still true of it.
            Ok(()) if bytes.is_empty() => self.names.command.clone(),
            Ok(()) => bytes.as_slice().into(),
            Err(_) => self.names.command.clone(),
        };
        let inherited = std::mem::take(&mut self.inherited);
        if self.names.comm != self.last.comm || self.names.command != command {
            let comm = self.last.comm.clone();
            let names = Names { comm, command };
            self.names = if *inherited == names {
                inherited
            } else {
                Arc::new(names)
            };
        }
        self.network = sockets::network_of(&self.directory(proc));
        if self.ns_pid.is_none() && proc.read_record(pid, "status", bytes).is_ok() {
            let innermost = field(bytes, b"NSpid:").and_then(|line| line.split_ascii_whitespace().next_back());
            self.ns_pid = innermost.and_then(|pid| pid.parse().ok());
        }
    }

    /// Its directory, or that of another of its threads once the main thread has left: the main thread's shows nothing
    /// any more.
    pub(super) fn directory(&self, proc: &Proc) -> PathBuf {
        let own = self.key.pid;
        let tasks = || Proc::numbers_in(&proc.path(own, "task")).unwrap_or_default();
        let others = self.main_thread_left().then(tasks).unwrap_or_default();
        match others.into_iter().find(|tid| *tid != own) {
            Some(tid) => proc.path(own, &format!("task/{tid}")),
            None => proc.path(own, ""),
        }
    }

    /// How many descriptors it has, and, where that changed or `all` says so, which of them are sockets. Beside `wide`
    /// others that have many.
    fn count_descriptors(&mut self, proc: &Proc, all: bool, wide: usize) {
        let directory = self.directory(proc).join("fd");
        let count = descriptors::count(proc, &directory);
        if !all && count.is_some() && count == self.counted && self.sockets.is_some() {
            return;
        }
        if self.is_wide() && !self.listing.may_go_on() {
            // What has come and gone is listed as soon as it may be, whether the process runs until then or not.
            self.stale = true;
            self.fds = count.or(self.fds);
            return;
        }
        (self.counted, self.fds) = (count, count);
        let Some((listed, held)) = self.listing.spend(wide, || descriptors::list(&directory)) else {
            self.sockets = None;
            return;
        };
        self.fds = Some(listed);
        if self.sockets.as_deref() != Some(held.as_slice()) {
            self.sockets = Some(held.into());
        }
    }

    /// Lists its descriptors again: one of the sockets that it was seen to hold is no longer there. True where it holds
    /// others now.
    pub(super) fn list_again(&mut self, proc: &Proc, wide: usize) -> bool {
        let before = self.sockets.clone();
        self.count_descriptors(proc, true, wide);
        self.sockets != before
    }

    /// A SIGCHLD has arrived and waits: at the thread or at the process.
    fn reads_pending(&self, proc: &Proc, bytes: &mut Vec<u8>) -> bool {
        let read = proc.read_record(self.key.pid, "status", bytes).is_ok();
        read && (set(bytes, b"SigPnd:") | set(bytes, b"ShdPnd:")) & SIGCHLD_BIT != 0
    }

    /// The call that it is blocked in, or, where that is hidden, the function that it sleeps in.
    fn reads_blocked(&self, proc: &Proc, bytes: &mut Vec<u8>) -> (Option<BlockedReading>, Option<Wchan>) {
        match proc.read_record(self.key.pid, "syscall", bytes) {
            Ok(()) => {
                let line = std::str::from_utf8(bytes).ok();
                let width = || syscall::width(proc, self.key.pid);
                (line.and_then(|line| syscall::parse(line, width)), None)
            }
            Err(error) if syscall::hides(&error) => (None, syscall::wchan(proc, self.key.pid, "wchan", bytes)),
            Err(_) => (None, None),
        }
    }

    /// How it ended. The kernel shows field 52 only to who may trace the process, and 0 to others, which is then no
    /// code.
    fn exit(&self) -> ExitStatus {
        match self.last.stat.exit_code {
            Some(status) if self.is_zombie() && (status != 0 || self.visible) => ExitStatus::from_wait(status),
            Some(_) | None => ExitStatus::Unknown,
        }
    }

    /// All that is known of it now.
    pub(super) fn reading(&self, privileges: Privileges) -> Reading {
        let stat = &self.last.stat;
        let disposition = match (stat.sigignore & SIGCHLD_BIT != 0, stat.sigcatch & SIGCHLD_BIT != 0) {
            (true, _) => Disposition::Ignored,
            (false, true) => Disposition::Caught,
            (false, false) => Disposition::Default,
        };
        Reading {
            key: self.key,
            root: self.root,
            parent: stat.ppid,
            ns_pid: self.ns_pid,
            state: self.state(),
            threads: self.threads(),
            uid: self.uid,
            names: self.names.clone(),
            cpu: Duration::from_millis((stat.utime + stat.stime) * TICK_MILLIS),
            rss: self.pages.unwrap_or(stat.rss) * privileges.page_size,
            fds: self.fds,
            sockets: self.sockets.clone(),
            sigchld: (!self.is_zombie()).then_some(Sigchld {
                disposition,
                blocked: stat.blocked & SIGCHLD_BIT != 0,
                pending: self.pending,
            }),
            blocked: self.blocked,
            wchan: self.wchan,
            exit: self.exit(),
        }
    }
}

/// What this process may see of others, and the unit of their memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Privileges {
    uid: u32,
    gid: u32,
    /// Effective capabilities, as a set (capabilities(7)).
    capabilities: u64,
    /// Bytes in a page.
    page_size: u64,
}

/// CAP_SYS_PTRACE's bit (include/uapi/linux/capability.h).
const SYS_PTRACE: u64 = 1 << 19;

impl Privileges {
    /// Those of this process.
    pub(super) fn own() -> Self {
        static OWN: OnceLock<Privileges> = OnceLock::new();
        *OWN.get_or_init(|| Self {
            uid: nix::unistd::geteuid().as_raw(),
            gid: nix::unistd::getegid().as_raw(),
            capabilities: std::fs::read("/proc/self/status").map_or(0, |status| set(&status, b"CapEff:")),
            page_size: procfs::page_size(),
        })
    }

    /// Whether the kernel shows us what it shows only to who may trace that process: those with CAP_SYS_PTRACE, and
    /// whoever has all its ids and none fewer of its capabilities (ptrace(2), access mode PTRACE_MODE_READ_FSCREDS).
    pub(super) fn may_see(self, proc: &Proc, pid: Pid) -> bool {
        if self.capabilities & SYS_PTRACE != 0 {
            return true;
        }
        // The same right is asked for by this link, and newer kernels keep it from a zombie whose program hid. It comes
        // first: whoever is reaped meanwhile has no link, and no status to be read after it.
        let link = std::fs::read_link(proc.path(pid, "ns/user"));
        let hidden = link.is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
        let mut status = Vec::new();
        if hidden || proc.read_record(pid, "status", &mut status).is_err() {
            return false;
        }
        let all = |name: &[u8], own: u32| {
            let ids = field(&status, name).map(|ids| ids.split_ascii_whitespace().take(3));
            ids.is_some_and(|mut ids| ids.all(|id| id.parse() == Ok(own)))
        };
        all(b"Uid:", self.uid) && all(b"Gid:", self.gid) && set(&status, b"CapPrm:") & !self.capabilities == 0
    }
}

/// The pages of memory that a process or thread has, by its `statm` (proc_pid_statm(5)).
fn resident(directory: &Path) -> Option<u64> {
    let sizes = std::fs::read_to_string(directory.join("statm")).ok()?;
    sizes.split_ascii_whitespace().nth(1)?.parse().ok()
}

/// A set of bits in a `status` file; empty where it is not there.
fn set(status: &[u8], name: &[u8]) -> u64 {
    let bits = field(status, name).and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    bits.unwrap_or(0)
}

/// Adds the pids of a `children` file.
fn add_pids(bytes: &[u8], to: &mut Vec<Pid>) {
    let words = bytes.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    to.extend(words.filter_map(|word| std::str::from_utf8(word).ok()?.parse::<Pid>().ok()));
}

/// The rest of the line that begins with `name`. The file is not all UTF-8 where a name in it is not.
pub(super) fn field<'a>(bytes: &'a [u8], name: &[u8]) -> Option<&'a str> {
    let line = bytes
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(name))?;
    std::str::from_utf8(line).ok()
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::fd::AsRawFd as _;

    use super::*;

    /// What comes while a wide table rests is listed afterwards, though its process need not run again for that.
    #[test]
    fn a_wide_table_is_listed_when_it_has_rested() {
        let proc = Proc::system();
        let own = nix::unistd::getpid().as_raw();
        let files: Vec<File> = (0..=WIDE).map(|_| File::open("/dev/null").expect("open")).collect();
        let mut process = Watched::open(&proc, own, false).expect("read").expect("there");
        let mut bytes = Vec::new();
        let mut inspect = |process: &mut Watched| {
            let wish = Wish {
                all: process.is_due(),
                ..Wish::default()
            };
            process.inspect(&proc, wish, &mut bytes);
        };
        inspect(&mut process);
        assert!(process.is_wide());
        let socket = TcpListener::bind("127.0.0.1:0").expect("bind");
        let shows = |process: &Watched| {
            let mut sockets = process.sockets.iter().flat_map(|sockets| sockets.iter());
            sockets.any(|held| held.fd == socket.as_raw_fd())
        };
        process.listing = Share::tired();
        process.moved = true;
        inspect(&mut process);
        assert!(!shows(&process));
        process.moved = false;
        process.last.stat.num_threads = 1;
        assert!(process.is_due(), "it is still to be listed");
        process.listing = Share::default();
        inspect(&mut process);
        assert!(shows(&process));
        drop(files);
    }
}
