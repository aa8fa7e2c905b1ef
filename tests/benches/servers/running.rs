//! A server that is measured, ours or plain C: started on the CPU of the servers, listening, and ended with all its
//! processes.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

/// How long it may take to end when it is told to.
const PATIENCE: Duration = Duration::from_secs(5);

/// A server with its processes in a group of their own; they end with this value.
pub(super) struct Running {
    child: Child,
    address: SocketAddr,
}

impl Running {
    /// One of ours. What the user has set for good does not count here.
    pub(super) fn ours(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
        command.args(["serve", "--port", "0"]).args(arguments);
        Self::start(command.env("FORKSCOPE_CONFIG", "/dev/null"))
    }

    /// The same in plain C.
    pub(super) fn plain(program: &Path, arguments: &[&str]) -> Self {
        Self::start(Command::new(program).args(arguments))
    }

    fn start(command: &mut Command) -> Self {
        let mut child = command
            .process_group(0)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let out = child.stdout.take().expect("its output");
        let mut line = String::new();
        BufReader::new(out)
            .read_line(&mut line)
            .expect("it says where it listens");
        let address = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}"));
        Self { child, address }
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its first process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Anonymous memory of all its processes in bytes, what several share divided among them (`Pss_Anon`,
    /// proc_pid_smaps(5)).
    pub(super) fn memory(&self) -> u64 {
        let mut processes = vec![self.pid()];
        let mut bytes = 0;
        while let Some(pid) = processes.pop() {
            let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
            processes.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
            let memory = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
            let anonymous = memory.lines().find_map(|line| line.strip_prefix("Pss_Anon:"));
            let anonymous = anonymous.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
            bytes += anonymous.unwrap_or(0) * 1024;
        }
        bytes
    }

    /// How many descriptors its first process has.
    pub(super) fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.pid())).map_or(0, Iterator::count)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = Pid::from_child(&self.child);
        let is_over = |child: &mut Child| {
            let ended = !matches!(child.try_wait(), Ok(None));
            ended && rustix::process::test_kill_process_group(group).is_err()
        };
        for signal in [Signal::TERM, Signal::KILL] {
            let deadline = Instant::now() + PATIENCE;
            let _ = rustix::process::kill_process_group(group, signal);
            while !is_over(&mut self.child) && Instant::now() < deadline {
                std::thread::park_timeout(Duration::from_millis(2));
            }
            if is_over(&mut self.child) {
                return;
            }
        }
        println!("  processes of {} are still there", self.pid());
    }
}
