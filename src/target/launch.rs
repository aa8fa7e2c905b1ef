//! Launching: a guardian, the target behind its gate, and the gate opened. What becomes of both afterwards is
//! `launched`'s.
//!
//! Between [`launch`] and [`Gated::release`] the target exists, with its pid, and has not run one instruction of its
//! program: the time to open pidfds and event sources on it, so that not even its first child is missed.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::errno::Errno;
use nix::libc;
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit};
use rustix::io::FdFlags;

use super::launched::Launched;
use super::limit;
use super::link::Link;
use super::message::{Order, Report, Step};
use super::output::Output;
use super::raw::{self, Disposition};
use crate::timeline::process::Pid;

/// What to launch.
#[derive(Debug, Default)]
pub struct Spec {
    /// The command: its name, then its arguments. Any bytes but zero.
    pub argv: Vec<OsString>,
    /// The file to execute, where it is not the command's name; looked up in PATH if it has no slash.
    pub program: Option<OsString>,
    /// A descriptor that the command inherits under the same number; the tool's copy is closed.
    pub pass_fd: Option<OwnedFd>,
    /// The soft limit of open files (`RLIMIT_NOFILE`) that the command gets; `None` for the one that forkscope was started
    /// with.
    pub nofile: Option<u64>,
}

/// Why a command was not launched.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// There is nothing to launch.
    #[error("no command to launch: write it after `--`")]
    NoCommand,
    /// ENOENT.
    #[error("cannot launch {command:?}: {why}")]
    NotFound {
        /// Its name.
        command: OsString,
        /// What is not there, and what to do about it.
        why: &'static str,
    },
    /// execve(2) refused it for another reason.
    #[error("cannot launch {command:?}: {}", refused(.command, .source))]
    NotRun {
        /// Its name.
        command: OsString,
        /// What the kernel said.
        source: io::Error,
    },
    /// The process for it could not be made.
    #[error("cannot launch {command:?}: {} failed in its new process: {source}{}", .step.name(), hint(.source))]
    NoProcess {
        /// Its name.
        command: OsString,
        /// What failed.
        step: Step,
        /// What the kernel said.
        source: io::Error,
    },
    /// A call on our side failed.
    #[error("cannot launch {command:?}: could not {operation}: {source}{}", hint(.source))]
    Call {
        /// The command's name.
        command: OsString,
        /// What we wanted to do.
        operation: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
    /// The guardian went before the command ran; it says why in what would have been the command's output.
    #[error("cannot launch {command:?}: its guardian process ended early; its last words: {said:?}")]
    GuardianLost {
        /// The command's name.
        command: OsString,
        /// The guardian's last line, sanitised; empty where it was killed.
        said: String,
    },
}

impl LaunchError {
    /// The exit code for it: 127 not found, 126 found but not run, 2 nothing to run, 3 anything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoCommand => 2,
            Self::NotFound { .. } => 127,
            Self::NotRun { .. } => 126,
            Self::NoProcess { .. } | Self::Call { .. } | Self::GuardianLost { .. } => 3,
        }
    }
}

/// What was not found: of a file that is there, it is the interpreter.
fn missing(command: &OsStr) -> &'static str {
    if command.is_empty() {
        "its name is empty"
    } else if command.as_bytes().contains(&b'/') && Path::new(command).exists() {
        "it is there, but not the interpreter that it names (in its first line, if it is a script)"
    } else {
        "command not found; check its spelling, or give its path (./NAME for one in this directory)"
    }
}

/// Why a command that was found could not be run, and what to do about it.
fn refused(command: &OsStr, refusal: &io::Error) -> String {
    match refusal.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EACCES) if Path::new(command).is_dir() => "it is a directory".to_owned(),
        Some(Errno::EACCES) => "not permitted; is it a program, and executable (chmod +x)?".to_owned(),
        Some(Errno::ENOEXEC) => "it is no program for this machine".to_owned(),
        Some(Errno::ENOTDIR) => "a part of its path is no directory".to_owned(),
        Some(Errno::E2BIG) => "its arguments and environment are too long".to_owned(),
        _ => refusal.to_string(),
    }
}

/// What to do about a call of ours that failed, where something can be done.
fn hint(error: &io::Error) -> &'static str {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(Errno::EMFILE) => "; raise the limit of open files (ulimit -n)",
        Some(Errno::EAGAIN) => "; raise the limit of processes (ulimit -u)",
        Some(Errno::E2BIG) => "; its arguments and environment are too long",
        _ => "",
    }
}

/// A target that waits at its gate. Dropping it ends the target unrun.
#[derive(Debug)]
pub struct Gated {
    /// The target's pid.
    pub root: Pid,
    /// The guardian's pid.
    pub guardian: Pid,
    command: OsString,
    launched: Launched,
}

/// Launches a command under a guardian, up to its gate.
///
/// This process becomes a child subreaper, stops ignoring SIGCHLD if it did, and adopts what is left if the guardian
/// is killed: then each child that it neither had before its first launch nor launched itself counts as part of
/// the target. A program that has other children must start them before.
///
/// # Errors
/// Before the command was run; that it cannot be run is told by [`Gated::release`].
pub fn launch(spec: Spec) -> Result<Gated, LaunchError> {
    let Spec {
        argv,
        program,
        pass_fd,
        nofile,
    } = spec;
    let Some(name) = argv.first() else {
        return Err(LaunchError::NoCommand);
    };
    let command = name.clone();
    let naming = |operation| {
        let command = command.clone();
        move |error: io::Error| LaunchError::Call {
            command,
            operation,
            source: error,
        }
    };
    become_adopter().map_err(naming("become a subreaper"))?;
    let nofile = match nofile.or_else(limit::first) {
        Some(nofile) => nofile,
        None => {
            getrlimit(Resource::RLIMIT_NOFILE)
                .map_err(io::Error::from)
                .map_err(naming("read the limit of open files"))?
                .0
        }
    };
    let (link, theirs) = Link::pair().map_err(naming("make the control socket"))?;
    // It waits in the socket until the guardian is there to read it.
    let program = program.as_ref().unwrap_or(name);
    link.send(&Order::Program(program.as_bytes().into()).encode())
        .map_err(io::Error::from)
        .map_err(naming("write to the control socket"))?;
    let (output, output_end) = Output::pipe().map_err(naming("make the pipe for its output"))?;
    let child =
        spawn_guardian(&argv, nofile, pass_fd.as_ref(), theirs, output_end).map_err(naming("start its guardian"))?;
    drop(pass_fd);
    let mut launched = Launched::new(child, link, output).map_err(naming("read /proc"))?;
    let root = match launched.next_report() {
        Some(Report::Spawned(root)) => root,
        Some(other) => return Err(failed(command, &other, &launched)),
        None => return Err(lost(command, &mut launched)),
    };
    launched.set_root(root);
    Ok(Gated {
        root,
        guardian: launched.guardian(),
        command,
        launched,
    })
}

impl Gated {
    /// What the target writes; nothing yet.
    pub fn output(&self) -> &Output {
        self.launched.output()
    }

    /// Asks the kernel to let the target, and what it forks, run for so long at a time (sched_setattr(2); without effect
    /// before Linux 6.12). That gives it no more of a CPU, only what it gets in fewer pieces.
    ///
    /// # Errors
    /// What sched_setattr(2) says.
    pub fn ask_for_turns(&self, turn: Duration) -> io::Result<()> {
        raw::ask_for_turns(nix::unistd::Pid::from_raw(self.root), turn)
    }

    /// Opens the gate, and returns when the target runs its program.
    ///
    /// # Errors
    /// The command cannot be run: not found, not executable, no memory; or its guardian was killed meanwhile.
    pub fn release(self) -> Result<Launched, LaunchError> {
        let Self {
            command, mut launched, ..
        } = self;
        launched.order(&Order::Go);
        loop {
            match launched.next_report() {
                Some(Report::Started) => return Ok(launched),
                Some(report @ Report::Failed(..)) => return Err(failed(command, &report, &launched)),
                Some(other) => launched.keep(other),
                None => return Err(lost(command, &mut launched)),
            }
        }
    }
}

/// Orphans of a target whose guardian is gone come to us, and their statuses too.
fn become_adopter() -> io::Result<()> {
    prctl::set_child_subreaper(true)?;
    keep_statuses();
    Ok(())
}

/// Stops ignoring SIGCHLD, where we do: the kernel throws away how the children of such a process ended (wait(2)).
pub fn keep_statuses() {
    if raw::is_ignored(libc::SIGCHLD) {
        raw::signal_disposition(libc::SIGCHLD, Disposition::Default);
    }
}

/// Starts this executable as a guardian. /proc/self/exe is this executable also when its file was replaced or
/// deleted.
fn spawn_guardian(
    argv: &[OsString],
    nofile: u64,
    pass_fd: Option<&OwnedFd>,
    control: OwnedFd,
    output: OwnedFd,
) -> io::Result<Child> {
    let mut guardian = Command::new("/proc/self/exe");
    guardian
        .arg0("forkscope")
        .arg("guard")
        .args(["--nofile", &nofile.to_string()]);
    if let Some(fd) = pass_fd {
        // For just as long as the start of the guardian takes: the caller closes it then.
        rustix::io::fcntl_setfd(fd, FdFlags::empty())?;
    }
    guardian
        .arg("--")
        .args(argv)
        .stdin(Stdio::from(control))
        .stdout(Stdio::from(output.try_clone()?))
        .stderr(Stdio::from(output))
        .spawn()
}

/// The error that a report of failure is.
fn failed(command: OsString, report: &Report, launched: &Launched) -> LaunchError {
    let &Report::Failed(step, errno) = report else {
        return LaunchError::GuardianLost {
            command,
            said: launched.output().last_words(),
        };
    };
    let source = io::Error::from_raw_os_error(errno);
    match step {
        Step::Exec if errno == libc::ENOENT => LaunchError::NotFound {
            why: missing(&command),
            command,
        },
        Step::Exec => LaunchError::NotRun { command, source },
        Step::Fork | Step::Prepare => LaunchError::NoProcess { command, step, source },
    }
}

/// The guardian is gone: whatever was launched is ended first.
fn lost(command: OsString, launched: &mut Launched) -> LaunchError {
    launched.news();
    LaunchError::GuardianLost {
        command,
        said: launched.output().last_words(),
    }
}
