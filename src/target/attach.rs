//! Attaching: from what was typed to the one process that is meant. Nothing is done to that process, and whether it
//! may be watched in full is the observer's to find out.

use std::io;

use rustix::process::PidfdFlags;

use super::holders::{self, Holder, Holders};
use super::stat;
use crate::timeline::process::{Key, Pid};

/// A process that was there when it was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// Which.
    pub key: Key,
}

/// Why there is nothing to attach to.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// No process has that pid.
    #[error("no process has the pid {pid}; `ps -e` lists those there are")]
    NoProcess {
        /// The pid.
        pid: Pid,
    },
    /// It is the id of a thread.
    #[error("{tid} is a thread of process {pid}, not a process; attach with --pid {pid}")]
    Thread {
        /// The thread.
        tid: Pid,
        /// Its process.
        pid: Pid,
    },
    /// It is a thread of the kernel, which has no children, descriptors or sockets.
    #[error("process {pid} is a thread of the kernel; there is nothing to watch in it")]
    Kernel {
        /// The pid.
        pid: Pid,
    },
    /// It is there, and /proc hides it.
    #[error("process {pid} is hidden from you (/proc is mounted with hidepid); try as root")]
    Hidden {
        /// The pid.
        pid: Pid,
    },
    /// Nobody listens there.
    #[error("nobody listens on TCP port {port} in this network namespace; `ss -tln` lists the ports there are")]
    NobodyListens {
        /// The port.
        port: u16,
    },
    /// Only init holds the listening socket.
    #[error(
        "only PID 1 listens on TCP port {port} (it starts the service when a client comes); \
         attach when the service runs, or with --pid"
    )]
    OnlyInit {
        /// The port.
        port: u16,
    },
    /// Several unrelated processes listen there.
    #[error("several unrelated processes listen on TCP port {port}: {}; choose one with --pid", names(.holders))]
    Several {
        /// The port.
        port: u16,
        /// The topmost holders.
        holders: Vec<Holder>,
    },
    /// Somebody listens, and no process that we may look into does.
    #[error(
        "a process listens on TCP port {port}, but {unreadable} processes of other users may not be looked into; \
         try as root, or with --pid"
    )]
    Unreadable {
        /// The port.
        port: u16,
        /// How many processes did not show their descriptors.
        unreadable: usize,
    },
    /// Somebody listens, and no process that we see does.
    #[error(
        "no process here holds the socket that listens on TCP port {port}: the kernel does, or another PID namespace"
    )]
    Unheld {
        /// The port.
        port: u16,
    },
    /// /proc could not be read.
    #[error("cannot look for the process to attach to: {source}")]
    Read {
        /// Which file, and what the kernel said.
        source: io::Error,
    },
}

impl AttachError {
    /// The exit code for it: 2 where something else should be typed, 3 where it could not be found out.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NoProcess { .. }
            | Self::Thread { .. }
            | Self::Kernel { .. }
            | Self::NobodyListens { .. }
            | Self::OnlyInit { .. }
            | Self::Several { .. } => 2,
            Self::Hidden { .. } | Self::Unreadable { .. } | Self::Unheld { .. } | Self::Read { .. } => 3,
        }
    }
}

fn names(holders: &[Holder]) -> String {
    let names: Vec<String> = holders.iter().map(Holder::to_string).collect();
    names.join(", ")
}

/// The process of that pid: any, ourselves and those above us included.
///
/// # Errors
/// [`AttachError`].
pub fn by_pid(pid: Pid) -> Result<Attached, AttachError> {
    let brief = match stat::read(pid) {
        // With hidepid=1 its directory is there, and may not be entered.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(AttachError::Hidden { pid }),
        read => read.map_err(|source| AttachError::Read { source })?,
    };
    let Some(brief) = brief else {
        let raw = rustix::process::Pid::from_raw(pid);
        let is_there = raw.is_some_and(|raw| rustix::process::pidfd_open(raw, PidfdFlags::empty()).is_ok());
        return Err(if is_there {
            AttachError::Hidden { pid }
        } else {
            AttachError::NoProcess { pid }
        });
    };
    // /proc/TID is there for threads too, though it is not listed.
    let process = stat::process_of(pid).map_err(|source| AttachError::Read { source })?;
    match process {
        None => Err(AttachError::NoProcess { pid }),
        Some(process) if process != pid => Err(AttachError::Thread { tid: pid, pid: process }),
        Some(_) if brief.kernel_thread => Err(AttachError::Kernel { pid }),
        Some(_) => Ok(Attached { key: brief.key }),
    }
}

/// The topmost process that holds a TCP socket listening on that port, IPv4 or IPv6, whatever the address; never
/// PID 1, which may hold it for a service to come. A master that has closed what its workers accept on is found above
/// them ([`holders`] says how).
///
/// Of holders that may not be looked into nothing is known: below such a one, the topmost that may is taken.
///
/// # Errors
/// [`AttachError`].
pub fn by_listening(port: u16) -> Result<Attached, AttachError> {
    let inodes = holders::listening(port).map_err(|source| AttachError::Read { source })?;
    if inodes.is_empty() {
        return Err(AttachError::NobodyListens { port });
    }
    let found = holders::of(&inodes).map_err(|source| AttachError::Read { source })?;
    choose(port, found)
}

fn choose(port: u16, found: Holders) -> Result<Attached, AttachError> {
    match found.topmost.as_slice() {
        [only] => Ok(Attached { key: only.key }),
        [] if found.init => Err(AttachError::OnlyInit { port }),
        [] if found.unreadable > 0 => Err(AttachError::Unreadable {
            port,
            unreadable: found.unreadable,
        }),
        [] => Err(AttachError::Unheld { port }),
        _ => Err(AttachError::Several {
            port,
            holders: found.topmost,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::io::Read;
    use std::net::TcpListener;
    use std::os::fd::{AsRawFd, OwnedFd};
    use std::process::{Child, Command, Stdio};
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use nix::sys::socket::{
        AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, getsockname, listen, setsockopt, socket, sockopt,
    };

    use super::super::tree;

    fn own() -> Pid {
        std::process::id().cast_signed()
    }

    #[test]
    fn finds_by_pid_or_says_why_not() {
        assert_eq!(by_pid(own()).expect("this process").key.pid, own());
        assert_eq!(by_pid(1).expect("init").key.pid, 1);
        let missing = by_pid(Pid::MAX).expect_err("no such pid");
        assert!(matches!(missing, AttachError::NoProcess { pid: Pid::MAX }));
        assert_eq!(missing.exit_code(), 2);
        assert!(missing.to_string().contains(&Pid::MAX.to_string()));
    }

    #[test]
    fn tells_a_thread_from_its_process() {
        let (tell, told) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            tell.send(nix::unistd::gettid().as_raw()).expect("heard");
            released.recv().ok();
        });
        let tid = told.recv().expect("told");
        let error = by_pid(tid).expect_err("a thread");
        assert!(matches!(error, AttachError::Thread { tid: found, pid } if found == tid && pid == own()));
        drop(release);
        thread.join().expect("it ends");
    }

    #[test]
    fn a_kernel_thread_is_none_to_watch() {
        // kthreadd is process 2 wherever PID 1 is the machine's.
        if matches!(stat::read(2), Ok(Some(brief)) if brief.kernel_thread) {
            assert!(matches!(by_pid(2), Err(AttachError::Kernel { pid: 2 })));
        }
    }

    #[test]
    fn finds_the_listener_of_a_port() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = TcpListener::bind(address) else {
                continue; // no IPv6 here
            };
            let port = listener.local_addr().expect("bound").port();
            assert_eq!(by_listening(port).expect("found").key.pid, own());
            drop(listener);
            // A child that another test is just starting can hold a copy until its exec.
            let until = Instant::now() + Duration::from_secs(10);
            while by_listening(port).is_ok() && Instant::now() < until {
                std::thread::yield_now();
            }
            let error = by_listening(port).expect_err("closed");
            assert!(matches!(error, AttachError::NobodyListens { port: found } if found == port));
            assert_eq!(error.exit_code(), 2);
        }
    }

    /// A socket that listens on that port beside others, 0 for any.
    fn listen_beside(port: u16) -> (OwnedFd, u16) {
        let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).expect("a socket");
        setsockopt(&socket, sockopt::ReusePort, &true).expect("SO_REUSEPORT");
        bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, port)).expect("bound");
        listen(&socket, Backlog::new(1).expect("a backlog")).expect("it listens");
        let address: SockaddrIn = getsockname(socket.as_raw_fd()).expect("its address");
        (socket, address.port())
    }

    /// A process with that socket as standard input, which says a line when it is ready, and is killed in the end.
    struct Process(Child);

    impl Process {
        fn with(socket: OwnedFd, script: &str) -> Self {
            let mut child = Command::new("sh")
                .args(["-c", script])
                .stdin(Stdio::from(socket))
                .stdout(Stdio::piped())
                .spawn()
                .expect("sh runs");
            let mut line = [0];
            child
                .stdout
                .as_mut()
                .expect("piped")
                .read_exact(&mut line)
                .expect("it is ready");
            Self(child)
        }

        fn pid(&self) -> Pid {
            self.0.id().cast_signed()
        }
    }

    impl Drop for Process {
        fn drop(&mut self) {
            self.0.kill().ok();
            self.0.wait().ok();
        }
    }

    #[test]
    fn several_unrelated_listeners_are_listed() {
        let (first, port) = listen_beside(0);
        let (second, _) = listen_beside(port);
        let one = Process::with(first, "echo; while :; do sleep 0.1; done");
        let two = Process::with(second, "echo; while :; do sleep 0.1; done");
        let error = by_listening(port).expect_err("two of them");
        assert_eq!(error.exit_code(), 2);
        let AttachError::Several { holders, .. } = &error else {
            panic!("{error}");
        };
        let pids: BTreeSet<Pid> = holders.iter().map(|holder| holder.key.pid).collect();
        assert_eq!(pids, BTreeSet::from([one.pid(), two.pid()]));
        assert!(error.to_string().contains(&format!("{} (sh)", one.pid())), "{error}");
    }

    #[test]
    fn the_topmost_holder_is_chosen() {
        let (socket, port) = listen_beside(0);
        // A subshell holds it too, as a worker holds the listening socket of its master.
        let script = "exec 3<&0; (while kill -0 $$ && sleep 0.1; do :; done 2>/dev/null) & echo; wait";
        let master = Process::with(socket, script);
        assert_eq!(by_listening(port).expect("found").key.pid, master.pid());
        let workers = tree::below(master.pid(), &BTreeSet::new()).expect("listed");
        let link = |pid, fd| std::fs::read_link(format!("/proc/{pid}/fd/{fd}")).expect("open");
        assert_eq!(link(workers[0].pid, 3), link(master.pid(), 0));
    }

    #[test]
    fn the_master_of_workers_is_chosen_that_has_closed_the_socket() {
        let (socket, port) = listen_beside(0);
        let worker = "(while kill -0 $$ && sleep 0.1; do :; done 2>/dev/null)";
        let script = format!("exec 3<&0 0</dev/null; {worker} & {worker} & exec 3<&-; echo; wait");
        let master = Process::with(socket, &script);
        let holding = |pid| std::fs::read_link(format!("/proc/{pid}/fd/3")).is_ok();
        assert!(!holding(master.pid()), "it has closed it");
        assert_eq!(by_listening(port).expect("found").key.pid, master.pid());
    }

    #[test]
    fn each_outcome_has_its_exit_code() {
        let holder = |pid| Holder {
            key: Key { pid, start_ticks: 1 },
            name: b"a\x1b".as_slice().into(),
        };
        let holders = |topmost, init, unreadable| Holders {
            topmost,
            init,
            unreadable,
        };
        let code = |found| choose(80, found).map_err(|error| (error.exit_code(), error.to_string()));
        assert_eq!(code(holders(vec![holder(7)], true, 3)).expect("one").key.pid, 7);
        let (exit, text) = code(holders(vec![holder(7), holder(9)], false, 0)).expect_err("two");
        assert!(exit == 2 && text.contains("7 (a\\u{1b}), 9 (a\\u{1b})"), "{text}");
        assert_eq!(code(holders(vec![], true, 5)).expect_err("init").0, 2);
        let (exit, text) = code(holders(vec![], false, 5)).expect_err("hidden");
        assert!(exit == 3 && text.contains("root"), "{text}");
        assert_eq!(code(holders(vec![], false, 0)).expect_err("nobody").0, 3);
    }
}
