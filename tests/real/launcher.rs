//! The launcher that plays the tool, as a test runs it: what it says, what it leaves behind, and what /proc says of
//! that. Everything here waits for what it waits for, with a deadline.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::example::example;

/// How long anything may take on a machine that is busy with other things.
const DEADLINE: Duration = Duration::from_mins(1);

/// Looks until it is so, or the deadline has passed.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < until, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A launcher with its target.
pub(crate) struct Launcher {
    pub(crate) child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) lines: Receiver<String>,
    /// Lines that came while others were waited for.
    pub(crate) kept: Vec<String>,
    pub(crate) tag: String,
    pub(crate) root: i32,
    pub(crate) guardian: i32,
}

impl Launcher {
    /// Starts a launcher with these arguments, up to `root … guardian …`.
    pub(crate) fn start<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new(example("launcher"));
        command.args(args);
        Self::run(command)
    }

    /// The same with a whole command line that ends up in the launcher.
    pub(crate) fn run(mut command: Command) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let tag = format!("CONTAINMENT_TAG={}.{number}", std::process::id());
        let (name, value) = tag.split_once('=').expect("a pair");
        let mut child = command
            .env(name, value)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the launcher starts");
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("piped");
        let (told, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                told.send(line).ok();
            }
        });
        let mut launcher = Self {
            child,
            stdin,
            lines,
            kept: Vec::new(),
            tag,
            root: 0,
            guardian: 0,
        };
        let line = launcher.line("root ");
        let numbers: Vec<i32> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        [launcher.root, launcher.guardian] = numbers.try_into().expect("two pids");
        launcher
    }

    /// Starts a launcher that has opened the gate.
    pub(crate) fn released<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Self {
        let mut launcher = Self::start(args);
        launcher.line("released");
        launcher
    }

    /// Waits for its end.
    pub(crate) fn status(&mut self) -> ExitStatus {
        let mut status = None;
        eventually("the end of the launcher", || {
            status = self.child.try_wait().expect("our child");
            status.is_some()
        });
        status.expect("just seen")
    }

    /// The first line, of those not taken yet, that starts so.
    pub(crate) fn line(&mut self, start: &str) -> String {
        if let Some(at) = self.kept.iter().position(|line| line.starts_with(start)) {
            return self.kept.remove(at);
        }
        let until = Instant::now() + DEADLINE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) if line.starts_with(start) => return line,
                Ok(line) => self.kept.push(line),
                Err(error) => panic!("no line {start:?}, but {:?}: {error}", self.kept),
            }
        }
    }

    /// Everything it still says, once it has ended.
    pub(crate) fn rest(&mut self) -> Vec<String> {
        self.kept.drain(..).chain(self.lines.iter()).collect()
    }

    pub(crate) fn type_line(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().expect("not ended"), "{line}").expect("it reads");
    }

    /// The target's output so far.
    pub(crate) fn output(&mut self) -> Vec<String> {
        self.type_line("output");
        self.line("written ");
        let (output, kept) = self.kept.drain(..).partition(|line| line.starts_with("| "));
        self.kept = kept;
        let output: Vec<String> = output;
        output.iter().map(|line| line[2..].to_owned()).collect()
    }

    /// The target's output, once a line of it is this.
    pub(crate) fn output_with(&mut self, expected: &str) -> Vec<String> {
        let mut found = Vec::new();
        eventually(expected, || {
            found = self.output();
            found.iter().any(|line| line == expected)
        });
        found
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// All that carry its tag, but for itself.
    pub(crate) fn tagged(&self) -> BTreeSet<i32> {
        let own = self.pid();
        pids().filter(|pid| *pid != own && carries(*pid, &self.tag)).collect()
    }

    /// Nothing of the target and its guardian is left. One look at /proc can miss what is just being forked.
    pub(crate) fn leaves_nothing(&self) {
        eventually(&format!("the end of {:?}", self.tagged()), || {
            (0..3).all(|_| self.tagged().is_empty())
        });
    }

    /// Ends the input, and expects an orderly end with nothing left.
    pub(crate) fn ends_well(mut self) {
        self.stdin = None;
        let status = self.status();
        let rest = self.rest();
        assert!(status.success(), "{status}: {rest:?}");
        assert_eq!(rest.last().map(String::as_str), Some("over"), "{rest:?}");
        assert!(!rest.iter().any(|line| line.starts_with("left ")), "{rest:?}");
        self.leaves_nothing();
    }

    /// Sends it that signal, which ends it, and expects nothing to be left.
    pub(crate) fn ended_by(mut self, signal: Signal) {
        send(self.pid(), signal);
        let status = self.status();
        assert_eq!(status.signal(), Some(signal as i32), "{status}");
        self.leaves_nothing();
    }
}

impl Drop for Launcher {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

pub(crate) fn send(pid: i32, signal: Signal) {
    kill(Pid::from_raw(pid), signal).expect("it is there");
}

pub(crate) fn pids() -> impl Iterator<Item = i32> {
    fs::read_dir("/proc")
        .expect("/proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
}

pub(crate) fn carries(pid: i32, tag: &str) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment
        .split(|byte| *byte == 0)
        .any(|variable| variable == tag.as_bytes())
}

/// The fields of /proc/PID/stat from the state on; `None` when it is gone.
pub(crate) fn stat(pid: i32) -> Option<Vec<String>> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat).into_owned();
    let fields = stat.rsplit_once(") ")?.1.split(' ');
    Some(fields.map(str::to_owned).collect())
}

pub(crate) fn parent(pid: i32) -> Option<i32> {
    stat(pid)?.get(1)?.parse().ok()
}

pub(crate) fn children(pid: i32) -> Vec<i32> {
    pids().filter(|child| parent(*child) == Some(pid)).collect()
}

/// What a process has open, by number.
pub(crate) fn descriptors(pid: i32) -> BTreeSet<(i32, String)> {
    fs::read_dir(format!("/proc/{pid}/fd"))
        .expect("alive")
        .flatten()
        .filter_map(|entry| {
            let fd = entry.file_name().to_str()?.parse().ok()?;
            let link = fs::read_link(entry.path()).ok()?;
            Some((fd, link.to_string_lossy().into_owned()))
        })
        .collect()
}

pub(crate) fn is_stopped(pid: i32) -> bool {
    stat(pid).is_some_and(|fields| fields[0] == "T")
}

pub(crate) fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}
