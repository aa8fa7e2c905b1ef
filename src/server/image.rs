//! A server becomes one of another model: the process runs its own program again, with the same PID, the same listening
//! socket, and word of its children. What a process is, exec(2) replaces; what it has, it keeps.

use std::convert::Infallible;
use std::ffi::{CString, OsString};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;

use nix::errno::Errno;
use nix::fcntl::{AtFlags, FcntlArg, FdFlag, OFlag, fcntl, open};
use nix::sys::stat::Mode;
use nix::unistd::execveat;

use super::config::{Config, Model};
use super::control::Control;
use super::family::Family;
use super::listener::Listener;
use super::signals;

/// The program that this process runs, to be run again by execveat(2) whatever has become of its file. (Not as
/// /proc/self/exe, after which the process would be called `exe`.)
pub(super) fn executable() -> nix::Result<OwnedFd> {
    open("/proc/self/exe", OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())
}

/// Becomes a server of another model, which answers the order. All that the process shall keep is passed on; its other
/// descriptors, connections among them, are closed by the kernel, and its other threads end.
///
/// # Errors
///
/// It returns only if it failed: everything is as it was then.
pub(super) fn replace(
    config: &Config,
    model: Model,
    listener: &Listener,
    control: &Control,
    family: &mut Family,
) -> nix::Result<()> {
    let family = family.write_down()?;
    let (socket, executable) = control.descriptors();
    let config = Config {
        model,
        port: Some(listener.address().port()),
        ..config.clone()
    };
    let mut arguments = vec![OsString::from("forkscope")];
    arguments.extend(config.arguments());
    let mut kept = vec![("--listen-fd", listener.as_fd()), ("--family-fd", family.as_fd())];
    kept.extend(socket.map(|socket| ("--control-fd", socket.as_fd())));
    for (flag, fd) in &kept {
        arguments.extend([OsString::from(flag), fd.as_raw_fd().to_string().into()]);
    }
    let environment = std::env::vars_os().map(|(mut name, value)| {
        name.push("=");
        name.push(value);
        name
    });
    let (arguments, environment) = (c_strings(arguments)?, c_strings(environment)?);
    let keep = |flags| {
        kept.iter()
            .try_for_each(|(_, fd)| fcntl(fd, FcntlArg::F_SETFD(flags)).map(drop))
    };
    // A signal that meets the new image before it has its handlers waits for them, instead of ending it.
    let mask = signals::hold_orders()?;
    let failed = if signals::ending() {
        Errno::EINTR
    } else {
        let outcome: nix::Result<Infallible> = keep(FdFlag::empty())
            .and_then(|()| execveat(executable, c"", &arguments, &environment, AtFlags::AT_EMPTY_PATH));
        let Err(errno) = outcome;
        errno
    };
    // None of these can fail on descriptors that are open and a mask that was in force.
    let _ = keep(FdFlag::FD_CLOEXEC);
    let _ = mask.thread_set_mask();
    Err(failed)
}

fn c_strings(strings: impl IntoIterator<Item = OsString>) -> nix::Result<Vec<CString>> {
    let c_string = |string: OsString| CString::new(string.into_vec()).map_err(|_| Errno::EINVAL);
    strings.into_iter().map(c_string).collect()
}
