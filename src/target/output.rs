//! What a launched target writes to its standard output and error: the newest of it, kept to be looked at. It never
//! goes to our screen, a target that writes without end neither blocks on us nor makes us grow, and nothing here
//! interprets the bytes, which are a stranger's.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use nix::fcntl::OFlag;
use nix::unistd::{gettid, pipe2};

use super::stat;
use crate::timeline::process::Pid;

/// How many bytes are kept.
const BYTES: usize = 256 * 1024;

/// How many lines are shown of them.
const LINES: usize = 2000;

/// A handle on the newest output; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Output {
    ring: Arc<Mutex<Ring>>,
    reader: Option<Pid>,
}

/// The newest output, in lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// The lines, oldest first, without their ends; the last one may still be written. Any bytes.
    pub lines: Vec<Box<[u8]>>,
    /// How many lines before the first of these are gone.
    pub dropped: u64,
    /// How many bytes were written in all: what is unchanged as long as this is.
    pub written: u64,
}

impl Output {
    /// An output, and the end of the pipe to write to it. A thread reads the other end until no writer is left.
    pub(super) fn pipe() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = pipe2(OFlag::O_CLOEXEC)?;
        let mut output = Self::default();
        let writer = output.clone();
        let (tell, told) = mpsc::channel();
        thread::Builder::new().name("output".to_owned()).spawn(move || {
            tell.send(gettid().as_raw()).ok();
            writer.read_all(File::from(ours));
        })?;
        output.reader = told.recv().ok();
        Ok((output, theirs))
    }

    /// The thread that reads it: who keeps a target to some CPUs keeps this one off them.
    pub fn reader(&self) -> Option<Pid> {
        self.reader
    }

    /// The newest lines, 2000 at most.
    pub fn lines(&self) -> Lines {
        self.ring().lines()
    }

    /// How many bytes were written in all.
    pub fn written(&self) -> u64 {
        self.ring().written
    }

    /// The last line that says something, sanitised.
    pub(super) fn last_words(&self) -> String {
        let lines = self.lines().lines;
        let last = lines.iter().rev().find(|line| !line.trim_ascii().is_empty());
        last.map(|line| stat::shown(line)).unwrap_or_default()
    }

    fn read_all(&self, mut pipe: File) {
        let mut chunk = vec![0; 64 * 1024];
        loop {
            match pipe.read(&mut chunk) {
                Ok(0) => return,
                Ok(length) => self.ring().push(&chunk[..length]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // A panic while it was held can at worst have left a chunk half taken.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes that are kept. Lines are only made when asked for, since most are never looked at.
#[derive(Debug, Default)]
struct Ring {
    bytes: VecDeque<u8>,
    /// Line ends among the bytes that are gone.
    dropped: u64,
    written: u64,
    /// The first byte that is kept stands in the middle of a line.
    torn: bool,
}

impl Ring {
    fn push(&mut self, chunk: &[u8]) {
        self.written += chunk.len() as u64;
        let surplus = (self.bytes.len() + chunk.len()).saturating_sub(BYTES);
        let from_ring = surplus.min(self.bytes.len());
        for gone in self.bytes.drain(..from_ring) {
            self.dropped += u64::from(gone == b'\n');
            self.torn = gone != b'\n';
        }
        let (gone, kept) = chunk.split_at(surplus - from_ring);
        self.dropped += gone.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>();
        self.torn = gone.last().map_or(self.torn, |last| *last != b'\n');
        self.bytes.extend(kept);
    }

    fn lines(&self) -> Lines {
        let (front, back) = self.bytes.as_slices();
        let bytes = [front, back].concat();
        let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
        if lines.last().is_some_and(|last| last.is_empty()) {
            lines.pop();
        }
        // The rest of a line whose beginning is gone is no line, unless it is all that there is.
        let torn = usize::from(self.torn && lines.len() > 1);
        let hidden = torn.max(lines.len().saturating_sub(LINES));
        Lines {
            dropped: self.dropped + hidden as u64,
            written: self.written,
            lines: lines.into_iter().skip(hidden).map(Box::from).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn after(chunks: &[&[u8]]) -> Lines {
        let mut ring = Ring::default();
        for chunk in chunks {
            ring.push(chunk);
        }
        ring.lines()
    }

    fn texts(lines: &Lines) -> Vec<&[u8]> {
        lines.lines.iter().map(AsRef::as_ref).collect()
    }

    #[test]
    fn lines_are_split_wherever_the_chunks_are() {
        type Texts = &'static [&'static [u8]];
        let cases: &[(Texts, Texts)] = &[
            (&[], &[]),
            (&[b"a\nb\n"], &[b"a", b"b"]),
            (&[b"a", b"b\n", b"c"], &[b"ab", b"c"]),
            (&[b"\n\n"], &[b"", b""]),
            (&[b"\xff\x1b[2J\0\r\n"], &[b"\xff\x1b[2J\0\r"]),
        ];
        for (chunks, lines) in cases {
            let found = after(chunks);
            assert_eq!(texts(&found), *lines);
            assert_eq!(found.dropped, 0);
        }
    }

    #[test]
    fn what_is_gone_is_counted() {
        let mut ring = Ring::default();
        for number in 0..1_000_000 {
            ring.push(format!("{number}\n").as_bytes());
        }
        assert!(ring.bytes.len() <= BYTES);
        let found = ring.lines();
        assert_eq!(found.lines.len(), LINES);
        assert_eq!(found.dropped, 1_000_000 - LINES as u64);
        assert_eq!(&*found.lines[0], b"998000");
        assert_eq!(&*found.lines[LINES - 1], b"999999");
    }

    #[test]
    fn a_torn_line_counts_as_gone() {
        let line = vec![b'x'; 1000];
        let mut ring = Ring::default();
        for _ in 0..1000 {
            ring.push(&line);
            ring.push(b"\n");
        }
        let found = ring.lines();
        assert!(found.lines.iter().all(|kept| **kept == *line));
        assert_eq!(found.dropped + found.lines.len() as u64, 1000);
        assert_eq!(found.written, 1_001_000);
    }

    #[test]
    fn a_chunk_longer_than_the_ring_keeps_its_end() {
        let mut chunk = vec![b'a'; 2 * BYTES];
        chunk.extend(b"\nend");
        let found = after(&[b"before\n", &chunk]);
        assert_eq!(texts(&found), [b"end"]);
        assert_eq!(found.dropped, 2);
    }

    #[test]
    fn a_pipe_is_read_to_its_end() {
        let (output, end) = Output::pipe().expect("a pipe");
        let mut end = File::from(end);
        end.write_all(b"one\ntwo").expect("written");
        drop(end);
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while output.written() < 7 && std::time::Instant::now() < until {
            thread::yield_now();
        }
        assert_eq!(texts(&output.lines()), [b"one".as_slice(), b"two"]);
        assert_eq!(output.last_words(), "two");
    }
}
