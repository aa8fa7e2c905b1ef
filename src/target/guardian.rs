//! The guardian: the process between the tool and what it launched, which sees to it that nothing launched outlives
//! the tool, whatever ends the tool.
//!
//! It is this executable once more (`forkscope guard`), with one thread, in a session of its own so that no key and
//! no hang-up of a terminal reaches it, and it holds nothing but the control socket: not the target's output, not
//! its sockets, not a directory. It is a subreaper: every orphan of the tree becomes its child, and is reaped one by
//! one as init would, each reported. It never looks inside the tree, and decides nothing but when to end it: when
//! the tool says so, or when the socket says that the tool is gone.

use std::collections::BTreeSet;
use std::ffi::{CString, OsString};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::libc;
use nix::poll::{PollFd, PollFlags, poll};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, sigprocmask};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, chdir, dup2_stderr, dup2_stdin, dup2_stdout, getpid, pipe2, read, setsid};
use rustix::process::WaitOptions;

use super::end;
use super::gate::{self, Child};
use super::link::{Link, Outbox, Received, timeout};
use super::message::{Order, Report, Step};
use super::raw::{self, Disposition};
use super::tree;

/// How long a tree may take to leave by itself when it was asked to.
const GRACE: Duration = Duration::from_millis(500);

/// How long the last reports may take to be read.
const FAREWELL: Duration = Duration::from_millis(200);

/// What keeps a guardian from its work.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// It was started by hand.
    #[error("`forkscope guard` is started by forkscope itself: its standard input must be a control socket")]
    NoControl,
    /// A call failed.
    #[error("the guardian could not {operation}")]
    Call {
        /// What it wanted to do.
        operation: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
    /// An argument with a zero byte in it, which no program can be given.
    #[error("an argument of the command contains a zero byte")]
    ZeroByte,
}

/// Names the operation of an error.
fn call<T, E: Into<io::Error>>(operation: &'static str, result: Result<T, E>) -> Result<T, GuardError> {
    result.map_err(|source| GuardError::Call {
        operation,
        source: source.into(),
    })
}

/// Runs the command under guard, until the tool is gone or says that it is over, and then until nothing is left of
/// it. `nofile` is the soft limit of open files that the command gets. It inherits what the guardian has inherited,
/// and the guardian lets go of that.
///
/// # Errors
/// Only before the command was forked; what comes later is reported to the tool.
pub fn run(nofile: u64, command: &[OsString]) -> Result<(), GuardError> {
    let argv = command
        .iter()
        .map(|arg| c_string(arg.as_bytes()))
        .collect::<Result<Vec<_>, _>>()?;
    let link = take_control()?;
    call("leave the session", setsid())?;
    call("become a subreaper", prctl::set_child_subreaper(true))?;
    // A re-executed /proc/self/exe is called `exe` in ps; failing to say better is no reason to fail.
    prctl::set_name(c"forkscope").ok();
    set_signals()?;
    let Some(program) = program(&link) else {
        return Ok(()); // the tool is gone already, and nothing runs
    };
    Guardian::start(link, nofile, c_string(&program)?, argv)?.run();
    Ok(())
}

fn c_string(bytes: &[u8]) -> Result<CString, GuardError> {
    CString::new(bytes).map_err(|_| GuardError::ZeroByte)
}

/// Moves the control socket away from standard input, which the target gets as /dev/null.
fn take_control() -> Result<Link, GuardError> {
    let stdin = io::stdin();
    let is_socket = rustix::fs::fstat(stdin.as_fd())
        .is_ok_and(|stat| rustix::fs::FileType::from_raw_mode(stat.st_mode) == rustix::fs::FileType::Socket);
    if !is_socket {
        return Err(GuardError::NoControl);
    }
    let control = call(
        "keep its control socket",
        rustix::io::fcntl_dupfd_cloexec(stdin.as_fd(), 3),
    )?;
    call("open /dev/null", null().and_then(dup2_stdin))?;
    Ok(Link::over(control))
}

fn null() -> nix::Result<OwnedFd> {
    open("/dev/null", OFlag::O_RDWR | OFlag::O_CLOEXEC, Mode::empty())
}

/// SIGCHLD waits to be read from a descriptor, and nothing else is heard.
fn set_signals() -> Result<(), GuardError> {
    deafen();
    // An inherited SIG_IGN would make the kernel reap the children itself, and lose their statuses.
    raw::signal_disposition(libc::SIGCHLD, Disposition::Default);
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGCHLD);
    call(
        "block SIGCHLD",
        sigprocmask(SigmaskHow::SIG_SETMASK, Some(&blocked), None),
    )
}

/// Deaf to what ends other processes politely.
pub(super) fn deafen() {
    for signal in [
        libc::SIGINT,
        libc::SIGTERM,
        libc::SIGHUP,
        libc::SIGQUIT,
        libc::SIGTSTP,
        libc::SIGTTIN,
        libc::SIGTTOU,
        libc::SIGPIPE,
    ] {
        raw::signal_disposition(signal, Disposition::Ignored);
    }
}

/// The first packet: which file is to be executed. `None` when the tool is gone.
fn program(link: &Link) -> Option<Box<[u8]>> {
    loop {
        match link.wait(None) {
            Received::Packet(packet) => {
                if let Some(Order::Program(path)) = Order::decode(&packet) {
                    return Some(path);
                }
            }
            Received::Nothing => {}
            Received::Closed => return None,
        }
    }
}

/// The guardian at work.
struct Guardian {
    link: Link,
    outbox: Outbox,
    signals: SignalFd,
    /// The target, until it has been waited for.
    root: Option<Pid>,
    /// The gate, while it is shut.
    gate: Option<OwnedFd>,
    /// Where the child tells why it does not run; ends silently when it does.
    failure: Option<OwnedFd>,
}

/// Why the loop ends.
enum Over {
    /// The tool is gone.
    ToolGone,
    /// The tree was asked to leave, and has left or has had its time.
    Asked,
}

impl Guardian {
    /// Forks the target, and lets go of everything that only the target should hold.
    fn start(link: Link, nofile: u64, program: CString, argv: Vec<CString>) -> Result<Self, GuardError> {
        let mut sigchld = SigSet::empty();
        sigchld.add(Signal::SIGCHLD);
        let flags = SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC;
        let signals = call("open a signalfd", SignalFd::with_flags(&sigchld, flags))?;
        let (gate_end, gate) = call("open the gate pipe", pipe2(OFlag::O_CLOEXEC))?;
        let (failure, failure_end) = call("open the pipe for exec's error", pipe2(OFlag::O_CLOEXEC))?;
        call("prepare that pipe", rustix::io::ioctl_fionbio(&failure, true))?;
        let child = Child {
            guardian: getpid(),
            gate: gate_end,
            failure: failure_end,
            nofile,
            program,
            argv,
        };
        // The child keeps copies of the gate's and the socket's ends until exec; PDEATHSIG ends it without them.
        let root = raw::fork_child(move || child.run()).map_err(|source| {
            let errno = source.raw_os_error().unwrap_or(libc::EIO);
            link.send(&Report::Failed(Step::Fork, errno).encode()).ok();
            GuardError::Call {
                operation: "fork the command",
                source,
            }
        })?;
        let mut guardian = Self {
            link,
            outbox: Outbox::new(),
            signals,
            root: Some(root),
            gate: Some(gate),
            failure: Some(failure),
        };
        guardian.let_go();
        guardian.post(Report::Spawned(root.as_raw()));
        Ok(guardian)
    }

    /// Closes what the target holds too: its output, the descriptor passed to it, whatever was inherited from
    /// further up, and the directory.
    fn let_go(&self) {
        // Each of these can only fail where the machine is out of everything; guarding goes on regardless.
        if let Ok(null) = null() {
            dup2_stdout(&null).ok();
            dup2_stderr(&null).ok();
        }
        let own = [
            Some(self.link.as_fd().as_raw_fd()),
            Some(self.signals.as_raw_fd()),
            self.gate.as_ref().map(AsRawFd::as_raw_fd),
            self.failure.as_ref().map(AsRawFd::as_raw_fd),
        ];
        raw::close_all_but(&own.into_iter().flatten().collect::<Vec<_>>()).ok();
        chdir("/").ok();
    }

    /// Guards, then ends what is left.
    fn run(mut self) {
        let over = self.guard();
        // A storm may have taken the whole machine. Only root may go first; anybody else waits in line.
        rustix::process::setpriority_process(None, -20).ok();
        match over {
            Over::ToolGone => {
                end::all(&BTreeSet::new(), None, &mut |_, _| {});
            }
            Over::Asked => {
                let Self { link, outbox, root, .. } = &mut self;
                let survivors = end::all(&BTreeSet::new(), None, &mut |pid, status| {
                    outbox.post(reaped(root, pid, status), link);
                });
                for survivor in survivors {
                    self.post(Report::Unkillable(survivor.pid, survivor.name));
                }
                self.outbox.flush_within(&self.link, FAREWELL);
            }
        }
    }

    /// Waits for what happens, until it is over.
    fn guard(&mut self) -> Over {
        let mut until: Option<Instant> = None;
        loop {
            self.wait(until);
            self.outbox.flush(&self.link);
            loop {
                match self.link.receive() {
                    Received::Packet(packet) => match Order::decode(&packet) {
                        Some(Order::Go) => self.go(),
                        Some(Order::End) if until.is_none() => {
                            self.ask_to_leave();
                            until = Some(Instant::now() + GRACE);
                        }
                        Some(Order::Program(_) | Order::End) | None => {}
                    },
                    Received::Nothing => break,
                    Received::Closed => return Over::ToolGone,
                }
            }
            // Before reaping, so that a failed exec is told before the end of the child that failed.
            self.hear_exec();
            let childless = self.reap();
            if until.is_some_and(|until| childless || Instant::now() >= until) {
                return Over::Asked;
            }
        }
    }

    /// Blocks until the tool, the kernel or the child has news, or the moment has come.
    fn wait(&self, until: Option<Instant>) {
        let mut wanted = PollFlags::POLLIN;
        wanted.set(PollFlags::POLLOUT, self.outbox.is_waiting());
        let mut fds = vec![
            PollFd::new(self.link.as_fd(), wanted),
            PollFd::new(self.signals.as_fd(), PollFlags::POLLIN),
        ];
        fds.extend(
            self.failure
                .iter()
                .map(|failure| PollFd::new(failure.as_fd(), PollFlags::POLLIN)),
        );
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        // Interrupted or failed: all is looked at in any case, and waited for again.
        poll(&mut fds, timeout(left)).ok();
    }

    fn post(&mut self, report: Report) {
        self.outbox.post(report, &self.link);
    }

    /// Opens the gate, once.
    fn go(&mut self) {
        if let Some(gate) = self.gate.take() {
            // The child can be gone, killed at the gate: its end is reported in any case.
            gate::open(&gate).ok();
        }
    }

    /// Reads what became of exec, while that is not known.
    fn hear_exec(&mut self) {
        let Some(failure) = &self.failure else {
            return;
        };
        let mut bytes = [0; 64];
        let report = match read(failure, &mut bytes) {
            Err(Errno::EAGAIN | Errno::EINTR) => return,
            Ok(0) | Err(_) => Report::Started,
            Ok(length) => Report::decode(&bytes[..length]).unwrap_or(Report::Failed(Step::Exec, libc::EIO)),
        };
        self.failure = None;
        self.post(report);
    }

    /// Takes every child that has ended, one by one, as init would. True when none is left, living or ended.
    fn reap(&mut self) -> bool {
        while let Ok(Some(_)) = self.signals.read_signal() {}
        loop {
            // Every child of this process is the target's tree, and nothing else here waits for any.
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => {
                    let report = reaped(&mut self.root, pid.as_raw_pid(), status.as_raw());
                    self.post(report);
                }
                Ok(None) => return false,
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => return true,
            }
        }
    }

    /// Asks the root to leave, and every orphan that nobody else would ask.
    fn ask_to_leave(&self) {
        let own = getpid().as_raw();
        let listed = tree::below(own, &BTreeSet::new()).unwrap_or_default();
        let children = listed.iter().filter(|found| found.parent == own).map(|found| found.pid);
        // A listing can leave out a child; the root is known without it.
        let asked: BTreeSet<i32> = children.chain(self.root.map(Pid::as_raw)).collect();
        asked.into_iter().for_each(end::ask);
    }
}

/// The report of a reaped child. Once the root was reaped its pid may come back as somebody else's.
fn reaped(root: &mut Option<Pid>, pid: i32, status: i32) -> Report {
    if root.is_some_and(|root| root.as_raw() == pid) {
        *root = None;
        Report::Ended(pid, status)
    } else {
        Report::Reaped(pid, status)
    }
}
