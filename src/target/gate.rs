//! The target's side of its own launch: what the forked child does to itself, its wait at the gate, and exec. It
//! runs in the guardian's child and nowhere else.
//!
//! What a target inherits must be what a shell would give it, or the show would be about forkscope: a blocked or
//! ignored SIGCHLD survives exec, and so does a raised limit of open files.

use std::convert::Infallible;
use std::ffi::CString;
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::unistd::{Pid, execvp, getppid, read, setsid, write};

use super::message::{Report, Step};
use super::raw;

/// What the child needs of what the guardian knows.
#[derive(Debug)]
pub(super) struct Child {
    /// The parent that must still be there.
    pub(super) guardian: Pid,
    /// A byte comes when the gate opens; an end means that it never will.
    pub(super) gate: OwnedFd,
    /// A report of failure goes here; exec closes it.
    pub(super) failure: OwnedFd,
    /// The soft limit of open files.
    pub(super) nofile: u64,
    /// What is executed, looked up in PATH.
    pub(super) program: CString,
    /// What it is told, its name first.
    pub(super) argv: Vec<CString>,
}

impl Child {
    /// Becomes the target. It returns, with the exit code to leave with, only where it could not.
    pub(super) fn run(self) -> u8 {
        let failed = match self.prepare() {
            Err(errno) => Report::Failed(Step::Prepare, errno as i32),
            Ok(()) => match wait(&self.gate) {
                Err(errno) => Report::Failed(Step::Prepare, errno as i32),
                Ok(Gate::Shut) => return 0,
                Ok(Gate::Open) => {
                    let Err::<Infallible, _>(errno) = execvp(&self.program, &self.argv);
                    Report::Failed(Step::Exec, errno as i32)
                }
            },
        };
        // Nobody could be told that nobody can be told.
        write(&self.failure, &failed.encode()).ok();
        127
    }

    fn prepare(&self) -> nix::Result<()> {
        prctl::set_pdeathsig(Signal::SIGKILL)?;
        // A guardian that ended before that call sends nothing.
        if getppid() != self.guardian {
            return Err(Errno::ESRCH);
        }
        setsid()?;
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
        setrlimit(Resource::RLIMIT_NOFILE, self.nofile.min(hard), hard)?;
        raw::default_all_signals();
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None)
    }
}

/// What came of waiting.
enum Gate {
    /// Go.
    Open,
    /// The guardian is gone, or has changed its mind.
    Shut,
}

fn wait(gate: &OwnedFd) -> nix::Result<Gate> {
    let mut byte = [0];
    loop {
        match read(gate, &mut byte) {
            Ok(0) => return Ok(Gate::Shut),
            Ok(_) => return Ok(Gate::Open),
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(errno),
        }
    }
}

/// Opens the gate.
pub(super) fn open(gate: &OwnedFd) -> nix::Result<()> {
    write(gate, b"g")?;
    Ok(())
}
