//! A /proc of plain files in a directory of its own, so that every oddity of the real one can be had at will.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::observe::{Proc, Sampler, Scope};
use crate::timeline::process::{Key, Pid};

/// The directory; gone when this is dropped.
pub(super) struct Fake {
    directory: TempDir,
}

/// A process to be written.
pub(super) struct Process {
    directory: PathBuf,
    pid: Pid,
    parent: Pid,
    group: Pid,
    comm: Vec<u8>,
    state: char,
    threads: u32,
    start: u64,
    exit: i32,
    masks: (u64, u64, u64),
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().expect("make a directory"),
        }
    }

    pub(super) fn proc(&self) -> Proc {
        Proc::at(self.directory.path())
    }

    /// A sampler of the process 10, which opens every file anew: a plain file that stays open does not tell that its
    /// process has gone.
    pub(super) fn sampler(&self) -> Sampler {
        self.sampler_of(Scope {
            roots: vec![self.key(10)],
            adopter: Some(1),
        })
    }

    pub(super) fn sampler_of(&self, scope: Scope) -> Sampler {
        let mut sampler = Sampler::new(self.proc(), scope);
        sampler.kept = 0;
        sampler
    }

    pub(super) fn key(&self, pid: Pid) -> Key {
        self.proc().key(pid).expect("the process is there")
    }

    /// A sleeping process of one thread.
    pub(super) fn process(&self, pid: Pid, parent: Pid) -> Process {
        Process {
            directory: self.directory.path().join(pid.to_string()),
            pid,
            parent,
            group: 10,
            comm: b"server".to_vec(),
            state: 'S',
            threads: 1,
            start: 100,
            exit: 0,
            masks: (0, 0, 0),
        }
    }

    /// The lists of children of a process, by thread.
    pub(super) fn children(&self, pid: Pid, thread: Pid, children: &[Pid]) {
        let list: Vec<String> = children.iter().map(ToString::to_string).collect();
        self.write(&format!("{pid}/task/{thread}/children"), list.join(" "));
    }

    /// A descriptor, and what it leads to.
    pub(super) fn descriptor(&self, pid: Pid, fd: i32, target: &str) {
        self.link(&format!("{pid}/fd/{fd}"), target);
    }

    pub(super) fn link(&self, path: &str, target: &str) {
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().expect("it has a parent")).expect("make its directory");
        symlink(target, path).expect("make the link");
    }

    /// The path of a file.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    /// A file of any content.
    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.directory.path().join(path);
        fs::create_dir_all(path.parent().expect("it has a parent")).expect("make its directory");
        fs::write(path, content).expect("write the file");
    }

    /// The TCP table of the process 10: `STATE LOCAL PEER INODE QUEUE` in the kernel's own figures, a line each.
    pub(super) fn table(&self, name: &str, rows: &[&str]) {
        let mut table =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
                .to_owned();
        for (number, row) in rows.iter().enumerate() {
            let words: Vec<&str> = row.split_whitespace().collect();
            let [state, local, peer, inode, queue] = words[..] else {
                panic!("`{row}` is no row")
            };
            let _ = writeln!(
                table,
                "{number:4}: {local} {peer} {state} 00000000:{queue:0>8} 00:00000000 00000000     0        0 {inode} 1 \
                 0000000000000000 100 0 0 10 0"
            );
        }
        self.write(&format!("10/net/{name}"), table);
    }

    pub(super) fn remove(&self, path: &str) {
        let path = self.directory.path().join(path);
        if path.is_dir() {
            fs::remove_dir_all(path).expect("remove the directory");
        } else {
            fs::remove_file(path).expect("remove the file");
        }
    }
}

impl Process {
    pub(super) fn comm(mut self, comm: &[u8]) -> Self {
        self.comm = comm.to_vec();
        self
    }

    pub(super) fn group(mut self, group: Pid) -> Self {
        self.group = group;
        self
    }

    pub(super) fn state(mut self, state: char) -> Self {
        self.state = state;
        self
    }

    pub(super) fn threads(mut self, threads: u32) -> Self {
        self.threads = threads;
        self
    }

    pub(super) fn start(mut self, ticks: u64) -> Self {
        self.start = ticks;
        self
    }

    /// The wait status in field 52.
    pub(super) fn exit(mut self, status: i32) -> Self {
        self.exit = status;
        self
    }

    /// The signals that are blocked, ignored and caught, by number.
    pub(super) fn signals(mut self, blocked: &[u32], ignored: &[u32], caught: &[u32]) -> Self {
        let mask = |signals: &[u32]| signals.iter().map(|signal| 1 << (signal - 1)).sum();
        self.masks = (mask(blocked), mask(ignored), mask(caught));
        self
    }

    /// Writes its `stat`, and what else every process has where it is not there yet.
    pub(super) fn write(self) {
        let (pid, parent, group, threads, start, exit) =
            (self.pid, self.parent, self.group, self.threads, self.start, self.exit);
        let (blocked, ignored, caught) = self.masks;
        let mut line = format!("{pid} (").into_bytes();
        line.extend(self.comm);
        line.extend(
            format!(
                ") {} {parent} {group} {group} 0 -1 4194560 0 0 0 0 7 5 0 0 20 0 {threads} 0 {start} 4096000 25 \
                 18446744073709551615 1 1 0 0 0 0 {blocked} {ignored} {caught} 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 {exit}\n",
                self.state
            )
            .into_bytes(),
        );
        let descriptors = self.directory.join("fd");
        if !descriptors.exists() {
            fs::create_dir_all(descriptors).expect("make its directory");
        }
        fs::write(self.directory.join("stat"), line).expect("write its stat");
    }
}
