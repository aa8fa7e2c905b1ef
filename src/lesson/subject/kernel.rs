//! The calls of a lesson's process, each as C would make it. What they are good for is the lesson's to say.
#![allow(
    unsafe_code,
    reason = "fork, handlers, exit and printf have no safe interface, and they are what the lessons are about"
)]

use std::ffi::CString;
use std::os::fd::{AsRawFd, IntoRawFd};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::errno::Errno;
use nix::libc;
use nix::sys::resource::{Resource, setrlimit};
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction, sigprocmask};
use nix::sys::socket::{self, AddressFamily, Backlog, SockFlag, SockType, SockaddrIn};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Uid};

use super::super::program::{Plain, Sigchld};
use super::memory::{Variable, global};

/// fork() returns twice.
#[derive(Debug, Clone, Copy)]
pub(super) enum Forked {
    /// In the parent, with the child's pid.
    Parent(i32),
    /// In the child.
    Child,
}

/// Something where this process has one thread; a fork would copy only the one that calls it.
pub(super) fn only_one_thread() -> Option<()> {
    let threads = std::fs::read_dir("/proc/self/task").ok()?.count();
    (threads == 1).then_some(())
}

/// fork(2).
pub(super) fn fork() -> nix::Result<Forked> {
    // SAFETY: the process has one thread (`run` has looked, and nothing here starts another), so its copy is whole: no
    // lock is held by a thread that it lacks, and it may do whatever its parent may.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Child => Ok(Forked::Child),
        ForkResult::Parent { child } => Ok(Forked::Parent(child.as_raw())),
    }
}

/// exit(3): what printf holds is written, as at the end of main.
pub(super) fn exit(status: i32) -> ! {
    // SAFETY: the only thread of the process ends it; no handler was registered that looks at Rust's values.
    unsafe { libc::exit(status) }
}

/// _exit(2): at once.
pub(super) fn exit_now(status: i32) -> ! {
    // SAFETY: _exit takes an integer and does not return; what is left undropped is the kernel's to free.
    unsafe { libc::_exit(status) }
}

/// waitpid(2): what it returns, and the status word where it wrote one. An interrupted wait begins again, as a
/// lesson's steps do not depend on who else was signalled.
pub(super) fn wait(who: i32, flags: i32) -> (nix::Result<i32>, Option<i32>) {
    loop {
        let mut status = 0;
        // SAFETY: the status is written to an integer that lives through the call.
        let returned = Errno::result(unsafe { libc::waitpid(who, &raw mut status, flags) });
        match returned {
            Err(Errno::EINTR) => {}
            Ok(child) if child > 0 => return (returned, Some(status)),
            _ => return (returned, None),
        }
    }
}

/// Runs another program here; returns where that failed, and leaves errno as it was set.
pub(super) fn exec(program: &str, argv: &[String]) {
    let Ok(program) = CString::new(program) else { return };
    let Ok(argv) = argv
        .iter()
        .map(|word| CString::new(word.as_str()))
        .collect::<Result<Vec<_>, _>>()
    else {
        return;
    };
    let _ = nix::unistd::execvp(&program, &argv);
}

/// The global that the handlers count in.
static COUNTED: AtomicUsize = AtomicUsize::new(0);

/// The handlers count in that variable, a global one.
pub(super) fn count_in(variable: Variable) {
    match variable {
        Variable::Global(index) | Variable::Local(index) => COUNTED.store(index, Ordering::Relaxed),
    }
}

/// Waits for one child, if one has ended; true where it has.
fn reap() -> bool {
    let reaped = matches!(
        waitpid(None, Some(WaitPidFlag::WNOHANG)),
        Ok(status) if status != WaitStatus::StillAlive
    );
    if reaped {
        global(COUNTED.load(Ordering::Relaxed)).fetch_add(1, Ordering::Relaxed);
    }
    reaped
}

/// The classic mistake: one wait for one signal.
extern "C" fn once(_signal: libc::c_int) {
    let errno = Errno::last_raw();
    reap();
    Errno::set_raw(errno);
}

/// As it should be: until no child is left that has ended.
extern "C" fn until_none(_signal: libc::c_int) {
    let errno = Errno::last_raw();
    while reap() {}
    Errno::set_raw(errno);
}

/// To have come is all it does.
extern "C" fn notice(_signal: libc::c_int) {}

fn sigchld(what: Sigchld) {
    let catch = |by| SigHandler::Handler(by);
    let (handler, flags) = match what {
        Sigchld::Default => (SigHandler::SigDfl, SaFlags::empty()),
        Sigchld::Ignore => (SigHandler::SigIgn, SaFlags::empty()),
        Sigchld::NoChildWait => (SigHandler::SigDfl, SaFlags::SA_NOCLDWAIT),
        Sigchld::Once => (catch(once), SaFlags::SA_NOCLDSTOP),
        Sigchld::Loop => (catch(until_none), SaFlags::SA_NOCLDSTOP),
        Sigchld::Notice { restart: false } => (catch(notice), SaFlags::SA_NOCLDSTOP),
        Sigchld::Notice { restart: true } => (catch(notice), SaFlags::SA_NOCLDSTOP | SaFlags::SA_RESTART),
    };
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: the handlers are those above: they call waitpid, which signal-safety(7) lists, and touch atomics; they
    // neither allocate, lock nor unwind, and keep errno.
    let _ = unsafe { sigaction(Signal::SIGCHLD, &action) };
}

/// unshare(2): its children, from the next on, are in a namespace of their own. Somebody who is not root needs a user
/// namespace for that, which not every system grants.
pub(super) fn new_pid_namespace() -> nix::Result<()> {
    let mine = if Uid::effective().is_root() {
        0
    } else {
        libc::CLONE_NEWUSER
    };
    // SAFETY: unshare takes an integer; this process has one thread.
    Errno::result(unsafe { libc::unshare(libc::CLONE_NEWPID | mine) }).map(drop)
}

/// socket, bind, listen: a listening socket on a free port of 127.0.0.1, and the port.
pub(super) fn listen() -> nix::Result<(i32, i32)> {
    let listener = socket::socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    socket::bind(listener.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 0))?;
    socket::listen(&listener, Backlog::new(16)?)?;
    let bound: SockaddrIn = socket::getsockname(listener.as_raw_fd())?;
    // From here on it is a number, as in C: the program closes it, or its end does.
    Ok((listener.into_raw_fd(), i32::from(bound.port())))
}

/// accept(2), its errors untouched.
pub(super) fn accept(listener: i32) -> nix::Result<i32> {
    socket::accept4(listener, SockFlag::SOCK_CLOEXEC)
}

/// The operations that return nothing to the program. What the kernel refuses is seen from outside.
pub(super) fn plain(op: &Plain) {
    match op {
        Plain::Print(text) => print(text),
        Plain::Pause => loop {
            nix::unistd::pause();
        },
        Plain::Mute => mute(),
        Plain::Allocate(size) => {
            Box::leak(vec![1_u8; size << 20].into_boxed_slice());
        }
        Plain::Nice(value) => {
            let _ = rustix::process::setpriority_process(None, *value);
        }
        Plain::Sigchld(what) => sigchld(*what),
        Plain::Block => mask(SigmaskHow::SIG_BLOCK),
        Plain::Unblock => mask(SigmaskHow::SIG_UNBLOCK),
        Plain::DropRoot => drop_root(),
        Plain::LimitProcesses(most) => {
            let _ = setrlimit(Resource::RLIMIT_NPROC, *most, *most);
        }
    }
}

fn mask(how: SigmaskHow) {
    let _ = sigprocmask(how, Some(&SigSet::from(Signal::SIGCHLD)), None);
}

/// printf(3), of the C library: it holds the text back while standard output is a pipe.
fn print(text: &str) {
    let Ok(text) = CString::new(text) else { return };
    // SAFETY: both are strings that end in a zero byte, and `%s` takes the one that it is given.
    unsafe { libc::printf(c"%s".as_ptr(), text.as_ptr()) };
}

fn mute() {
    if let Ok(null) = std::fs::OpenOptions::new().write(true).open("/dev/null") {
        let _ = nix::unistd::dup2_stdout(&null);
        let _ = nix::unistd::dup2_stderr(&null);
    }
}

/// Root is not bound by RLIMIT_NPROC, so it becomes nobody first (setrlimit(2)). Who changes its user is no longer
/// readable from outside; it is made so again, as its memory is what the lesson shows.
fn drop_root() {
    if !Uid::effective().is_root() {
        return;
    }
    let nobody = nix::unistd::User::from_name("nobody").ok().flatten();
    let nobody = nobody.map_or(Uid::from_raw(65534), |user| user.uid);
    let _ = nix::unistd::setresuid(nobody, nobody, nobody);
    let _ = nix::sys::prctl::set_dumpable(true);
}
