//! Processes that are to be stopped for a while, and must not stay so whatever ends the tool.
//!
//! Who stops them lets them go; should it be killed (SIGKILL) meanwhile, a process that does nothing else does it: this
//! executable once more (`forkscope release`), in a session of its own, with pidfds of those that are to be stopped and
//! one end of a socket. It is there before the first of them is stopped, and only for as long as they are. Whether and
//! when somebody is stopped is decided elsewhere.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::unistd::setsid;
use rustix::process::{PidfdFlags, Signal};

use super::launched::{forget, spare};
use super::{guardian, signal, stat};
use crate::timeline::process::{Key, Pid};

/// How long the releaser may take to be ready.
const START: Duration = Duration::from_secs(5);

/// It says so.
const READY: u8 = b'r';

/// It is told that they were let go.
const DONE: u8 = b'd';

/// Processes that go on when this is dropped, or when the tool is gone.
#[derive(Debug)]
pub struct Hold {
    keys: Vec<Key>,
    releaser: Child,
    link: UnixStream,
}

impl Hold {
    /// Makes sure that these will go on. Who is stopped already was stopped by somebody else, and is none of them.
    ///
    /// # Errors
    /// The releaser could not be started: nobody should be stopped then.
    pub fn of(keys: &[Key]) -> io::Result<Self> {
        let runs = |key: &&Key| matches!(stat::read(key.pid), Ok(Some(brief)) if brief.key == **key && !brief.stopped);
        let keys: Vec<Key> = keys.iter().filter(runs).copied().collect();
        let (link, theirs) = UnixStream::pair()?;
        link.set_read_timeout(Some(START))?;
        let releaser = Command::new("/proc/self/exe")
            .arg0("forkscope")
            .arg("release")
            .args(keys.iter().map(|key| format!("{}:{}", key.pid, key.start_ticks)))
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        spare(releaser.id().cast_signed());
        let mut hold = Self { keys, releaser, link };
        hold.link.read_exact(&mut [0])?;
        Ok(hold)
    }

    /// Who may be stopped.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        for key in &self.keys {
            // One that is gone needs it no more.
            signal::send(*key, nix::libc::SIGCONT).ok();
        }
        // Should it not be told, it does the same again, which is of no consequence now.
        self.link.write_all(&[DONE]).ok();
        self.link.shutdown(std::net::Shutdown::Both).ok();
        self.releaser.wait().ok();
        forget(self.releaser.id().cast_signed());
    }
}

/// What keeps a releaser from its work.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// It was started by hand.
    #[error("`forkscope release` is started by forkscope itself: its standard input must be a socket")]
    NoControl,
    /// A process was not named as PID:START.
    #[error("{0:?} is not a process: PID:START")]
    NoKey(String),
    /// A call failed.
    #[error("the releaser could not {0}: {1}")]
    Call(&'static str, io::Error),
}

/// Waits until the tool is gone, and then lets those processes go on; or until it is told that there is no need.
///
/// # Errors
/// Before it is ready.
pub fn release(named: &[String]) -> Result<(), ReleaseError> {
    let stdin = io::stdin();
    let control = rustix::io::fcntl_dupfd_cloexec(stdin.as_fd(), 3);
    let control = control.map_err(|errno| ReleaseError::Call("keep its socket", errno.into()))?;
    let mut link = UnixStream::from(control);
    link.local_addr().map_err(|_| ReleaseError::NoControl)?;
    setsid().map_err(|errno| ReleaseError::Call("leave the session", errno.into()))?;
    guardian::deafen();
    nix::sys::prctl::set_name(c"forkscope").ok();
    let mut held = Vec::new();
    for name in named {
        let key = key(name).ok_or_else(|| ReleaseError::NoKey(name.clone()))?;
        held.extend(open(key));
    }
    link.write_all(&[READY])
        .map_err(|error| ReleaseError::Call("say that it is ready", error))?;
    let mut said = [0];
    let told = loop {
        match link.read(&mut said) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read,
        }
    };
    if !(matches!(told, Ok(1)) && said == [DONE]) {
        for pidfd in held {
            // One that is gone needs it no more.
            rustix::process::pidfd_send_signal(pidfd, Signal::CONT).ok();
        }
    }
    Ok(())
}

fn key(name: &str) -> Option<Key> {
    let (pid, start_ticks) = name.split_once(':')?;
    Some(Key {
        pid: pid.parse::<Pid>().ok()?,
        start_ticks: start_ticks.parse().ok()?,
    })
}

/// A pidfd of that process, where it still is that one.
fn open(key: Key) -> Option<OwnedFd> {
    let pid = rustix::process::Pid::from_raw(key.pid)?;
    let pidfd = rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok()?;
    // Read after the pidfd was opened: if the process that started then has this pid now, it is the pidfd's.
    matches!(stat::read(key.pid), Ok(Some(brief)) if brief.key == key).then_some(pidfd)
}
