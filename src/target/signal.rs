//! Sending a signal to the process that is meant, and to no other that has got its pid since. Whether a signal may
//! be sent at all is asked elsewhere.

use std::io;

use rustix::io::Errno;
use rustix::process::{PidfdFlags, Signal};

use super::stat;
use crate::timeline::process::{Key, Pid};

/// Why a signal was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SignalError {
    /// The process is gone; its pid may be another's now.
    #[error("cannot send a signal to process {pid}: it is gone")]
    Gone {
        /// The pid it had.
        pid: Pid,
    },
    /// EPERM: it belongs to another user.
    #[error("cannot send a signal to process {pid}: not permitted; it belongs to another user, so root must do it")]
    NotPermitted {
        /// Its pid.
        pid: Pid,
    },
    /// Anything else.
    #[error("cannot send signal {signal} to process {pid}: {source}")]
    Other {
        /// Its pid.
        pid: Pid,
        /// The signal's number.
        signal: i32,
        /// What the kernel said.
        source: io::Error,
    },
}

/// Sends the signal of that number (signal(7); real-time signals are not offered) to the process of that key. To a
/// zombie it is sent too, and does nothing.
///
/// # Errors
/// [`SignalError`]; the signal was not delivered to anybody then.
pub fn send(key: Key, signal: i32) -> Result<(), SignalError> {
    let pid = key.pid;
    let gone = SignalError::Gone { pid };
    let other = |source: io::Error| SignalError::Other { pid, signal, source };
    let number = Signal::from_named_raw(signal).ok_or_else(|| other(Errno::INVAL.into()))?;
    let Some(raw) = rustix::process::Pid::from_raw(pid) else {
        return Err(gone);
    };
    let pidfd = match rustix::process::pidfd_open(raw, PidfdFlags::empty()) {
        Ok(pidfd) => pidfd,
        Err(Errno::SRCH) => return Err(gone),
        Err(errno) => return Err(other(errno.into())),
    };
    // Read after the pidfd was opened: if the process that started then has this pid now, it is the pidfd's.
    match stat::read(pid) {
        Ok(Some(brief)) if brief.key == key => {}
        Ok(_) => return Err(gone),
        Err(error) => return Err(other(error)),
    }
    match rustix::process::pidfd_send_signal(pidfd, number) {
        Ok(()) => Ok(()),
        Err(Errno::SRCH) => Err(gone),
        Err(Errno::PERM) => Err(SignalError::NotPermitted { pid }),
        Err(errno) => Err(other(errno.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;
    use std::process::{Child, Command};

    fn sleeper() -> (Child, Key) {
        let child = Command::new("sleep").arg("60").spawn().expect("sleep runs");
        let brief = stat::read(child.id().cast_signed()).expect("readable").expect("alive");
        (child, brief.key)
    }

    #[test]
    fn reaches_the_process_of_the_key() {
        let (mut child, key) = sleeper();
        send(key, nix::libc::SIGUSR1).expect("sent");
        let status = child.wait().expect("it ends");
        assert_eq!(status.signal(), Some(nix::libc::SIGUSR1));
        assert!(matches!(send(key, nix::libc::SIGUSR1), Err(SignalError::Gone { pid }) if pid == key.pid));
    }

    #[test]
    fn spares_another_that_has_the_pid() {
        let (mut child, key) = sleeper();
        let earlier = Key {
            start_ticks: key.start_ticks - 1,
            ..key
        };
        assert!(matches!(
            send(earlier, nix::libc::SIGKILL),
            Err(SignalError::Gone { .. })
        ));
        assert!(child.try_wait().expect("asked").is_none());
        assert!(matches!(send(key, 0), Err(SignalError::Other { .. })));
        child.kill().expect("killed");
        child.wait().expect("it ends");
    }
}
