//! /proc, or a directory that stands in for it in tests: paths, whole-file reads, and what this kernel's has.

use std::fs::File;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use procfs::FromRead;
use procfs::process::Stat;

use crate::timeline::process::{Key, Pid};

/// A proc filesystem.
#[derive(Debug, Clone)]
pub struct Proc {
    root: PathBuf,
    /// `task/TID/children` exists (`CONFIG_PROC_CHILDREN`).
    pub(super) has_children: bool,
    /// The size of the directory `fd` is the number of descriptors (Linux 6.2).
    pub(super) counts_fds: bool,
}

/// A `stat` file read whole, and the name in it as the bytes that it is.
#[derive(Debug)]
pub(super) struct StatFile {
    /// Its fields.
    pub(super) stat: Stat,
    /// The command name, between the first `(` and the last `)`.
    pub(super) comm: Box<[u8]>,
}

impl StatFile {
    /// Parses what was read; the name may hold anything, `)` too.
    pub(super) fn parse(bytes: &[u8]) -> io::Result<Self> {
        let stat = Stat::from_read(bytes).map_err(io::Error::other)?;
        let open = bytes.iter().position(|byte| *byte == b'(');
        let close = bytes.iter().rposition(|byte| *byte == b')');
        let comm = match (open, close) {
            (Some(open), Some(close)) if open < close => bytes[open + 1..close].into(),
            _ => Box::default(),
        };
        Ok(Self { stat, comm })
    }

    /// The key of the process.
    pub(super) fn key(&self) -> Key {
        Key {
            pid: self.stat.pid,
            start_ticks: self.stat.starttime,
        }
    }
}

impl Proc {
    /// The kernel's own, at /proc.
    pub fn system() -> Self {
        Self::at("/proc")
    }

    /// The one that is found there.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        let root = root.into();
        // The process that asks has these itself where the kernel has them at all. A stand-in without `self` is
        // taken to have children lists, as nearly every kernel does.
        let own = root.join("self");
        Self {
            has_children: !own.exists() || root.join("thread-self/children").exists(),
            counts_fds: own.join("fd").metadata().is_ok_and(|fd| fd.size() > 0),
            root,
        }
    }

    /// Its directory.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A file of a process.
    pub(super) fn path(&self, pid: Pid, name: &str) -> PathBuf {
        let mut path = self.root.join(pid.to_string());
        path.push(name);
        path
    }

    /// Reads a file of a process whole into `into`, which is emptied first.
    pub(super) fn read(&self, pid: Pid, name: &str, into: &mut Vec<u8>) -> io::Result<()> {
        reread(&File::open(self.path(pid, name))?, into)
    }

    /// The same of a file that the kernel writes in one piece, such as `stat` and `status`.
    pub(super) fn read_record(&self, pid: Pid, name: &str, into: &mut Vec<u8>) -> io::Result<()> {
        reread_record(&File::open(self.path(pid, name))?, into)
    }

    /// Reads the command line of a process, cut where it is long.
    pub(super) fn read_command(&self, pid: Pid, into: &mut Vec<u8>) -> io::Result<()> {
        read_command(&File::open(self.path(pid, "cmdline"))?, into)
    }

    /// Reads the `stat` file of a process.
    pub(super) fn stat(&self, pid: Pid) -> io::Result<StatFile> {
        let mut bytes = Vec::with_capacity(512);
        self.read_record(pid, "stat", &mut bytes)?;
        StatFile::parse(&bytes)
    }

    /// The key of the process that has that pid now.
    pub fn key(&self, pid: Pid) -> io::Result<Key> {
        self.stat(pid).map(|file| file.key())
    }

    /// The pids in the listing of a directory whose entries are pids or thread ids.
    pub(super) fn numbers_in(directory: &Path) -> io::Result<Vec<Pid>> {
        let entries = std::fs::read_dir(directory)?;
        Ok(entries
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .collect())
    }

    /// Every pid and its parent: for kernels that list no children.
    pub(super) fn all_parents(&self) -> io::Result<Vec<(Pid, Pid)>> {
        let pids = Self::numbers_in(&self.root)?;
        Ok(pids
            .into_iter()
            .filter_map(|pid| self.stat(pid).ok().map(|file| (pid, file.stat.ppid)))
            .collect())
    }
}

/// Reads a file from its start that stays open: /proc makes its content anew for each such read.
pub(super) fn reread(file: &File, into: &mut Vec<u8>) -> io::Result<()> {
    pieces(file, into, |_| false)
}

/// The same of a file that the kernel writes in one piece: what is less than was asked for is all of it.
pub(super) fn reread_record(file: &File, into: &mut Vec<u8>) -> io::Result<()> {
    pieces(file, into, |count| count < PIECE)
}

/// So much is read at a time: a page, as /proc writes it.
const PIECE: usize = 4096;

/// So much of a command line is kept, with its mark where it is longer: a page, which was all that Linux before 4.2
/// showed. It can be megabytes long, and is kept of every process that ever was.
const COMMAND: usize = 4096;

/// What stands at the end of a command line that is longer.
const CUT: &[u8] = "…".as_bytes();

/// Reads a command line, a `cmdline` file, into `into`, which is emptied first. Of a longer one it is the beginning, and
/// `…` behind that.
pub(super) fn read_command(file: &File, into: &mut Vec<u8>) -> io::Result<()> {
    let mut line = [0; COMMAND + 1];
    let count = loop {
        match file.read_at(&mut line, 0) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read?,
        }
    };
    into.clear();
    into.extend_from_slice(&line[..count]);
    if count > COMMAND {
        into.truncate(COMMAND - CUT.len());
        // A program that writes a title over its arguments leaves nothing but zero bytes behind it.
        if !into.ends_with(&[0, 0]) {
            drop_half_character(into);
            into.extend_from_slice(CUT);
        }
    }
    Ok(())
}

/// Drops a UTF-8 character at the end that has its beginning there and not its end.
fn drop_half_character(bytes: &mut Vec<u8>) {
    let last = bytes.iter().rev().take(4).position(|byte| byte & 0xc0 != 0x80);
    let begins = last.map(|behind| bytes.len() - 1 - behind);
    // The first byte of a character of several says of how many by the ones that it begins with.
    if let Some(at) = begins
        && bytes[at].leading_ones() as usize > bytes.len() - at
    {
        bytes.truncate(at);
    }
}

/// Reads a file until its end, or until a piece of such a size was the last.
fn pieces(file: &File, into: &mut Vec<u8>, last: impl Fn(usize) -> bool) -> io::Result<()> {
    into.clear();
    let mut piece = [0; PIECE];
    loop {
        match file.read_at(&mut piece, into.len() as u64) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                into.extend_from_slice(&piece[..count]);
                if last(count) {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The error says that the process is gone: no such directory, or a file of it that stayed open.
pub(super) fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(nix::libc::ESRCH)
}
