//! Whether a process has run at all since it was last looked at. One that has not, has changed nothing of its own: not
//! its descriptors, not its program, not what it waits in.
//!
//! /proc/PID/schedstat says how long the main thread has run, how long it waited for a processor, and how often it was
//! given one (Documentation/scheduler/sched-stats.rst). Whoever slept and has the same figures later has slept in
//! between. To read that costs half of what `stat` costs, and a tenth of all details.

use std::fs::File;
use std::io;

use super::proc::{Proc, reread_record};
use super::spare;
use crate::timeline::process::Pid;

/// The file, and what it said last.
#[derive(Debug)]
pub(super) struct Runs {
    file: File,
    last: [u64; 3],
}

impl Runs {
    /// Of a process; `None` where the kernel does not count.
    pub(super) fn open(proc: &Proc, pid: Pid) -> Option<Self> {
        let file = File::open(proc.path(pid, "schedstat")).ok().filter(spare::may_keep)?;
        Some(Self { file, last: [0; 3] })
    }

    /// Whether it has run since the last time, as far as that is known; it has where nobody has looked yet.
    ///
    /// # Errors
    /// It is gone, as [`super::proc::is_gone`] says.
    pub(super) fn have_gone_on(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        reread_record(&self.file, bytes)?;
        let figures = figures(bytes);
        let same = figures == Some(self.last);
        self.last = figures.unwrap_or_default();
        // A kernel that does not count says 0 for all.
        Ok(!same || self.last[2] == 0)
    }
}

fn figures(bytes: &[u8]) -> Option<[u64; 3]> {
    let mut words = std::str::from_utf8(bytes).ok()?.split_ascii_whitespace();
    let mut next = || words.next()?.parse().ok();
    Some([next()?, next()?, next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_the_same_figures_has_not_run() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(directory.path().join("7")).expect("a directory");
        let path = directory.path().join("7/schedstat");
        let write = |text: &str| std::fs::write(&path, text).expect("written");
        write("100 5 1\n");
        let mut runs = Runs::open(&Proc::at(directory.path()), 7).expect("it is there");
        let mut bytes = Vec::new();
        let mut look = || runs.have_gone_on(&mut bytes).expect("it is read");
        assert!(look(), "nobody has looked before");
        assert!(!look());
        for (text, what) in [("100 5 2\n", "was given a processor"), ("101 5 2\n", "kept it")] {
            write(text);
            assert!(look(), "it {what}");
            assert!(!look());
        }
        write("0 0 0\n");
        assert!(look());
        assert!(look(), "nothing is counted");
    }
}
