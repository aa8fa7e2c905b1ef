//! Births, execs and exits as the proc connector tells them (connector, `CN_IDX_PROC`; include/uapi/linux/cn_proc.h):
//! those of the whole machine, of which this keeps the watched tree's.
//!
//! The kernel drops what does not fit into the socket's buffer, some hundred events. So a thread does nothing but empty
//! it, and counts what is missing by the numbers that the kernel gives to the events of each processor. There is no
//! answer at all where the kernel will not tell (another PID or user namespace): so an answer is asked for.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use netlink_sys::{Socket, SocketAddr};
use nix::errno::Errno;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};

use crate::timeline::process::Pid;

use super::clock;
use super::question::Question;
use super::told::Told;
use members::Members;
use message::{Message, What};

mod members;
mod message;

/// `NETLINK_CONNECTOR`, and the group of process events in it.
const PROTOCOL: isize = 11;
const PROCESSES: u32 = 1;

/// How long the kernel's answer is waited for.
const PATIENCE: Duration = Duration::from_millis(100);

/// Bytes of the socket's buffer that are asked for; the kernel gives what `net.core.rmem_max` allows.
const BUFFER: i32 = 4 << 20;

/// An open connector, and the thread that empties it.
#[derive(Debug)]
pub(super) struct Connector {
    shared: Arc<Shared>,
    end: OwnedFd,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    watched: Mutex<Members>,
    told: Mutex<Vec<Told>>,
    /// Becomes readable when something was told.
    tells: OwnedFd,
    question: Question,
}

impl Connector {
    /// Opens it, and sees to it that the kernel answers.
    ///
    /// # Errors
    /// ECONNREFUSED in another network namespace, EPERM before Linux 6.6 for all but root, ETIMEDOUT where the kernel
    /// does not answer.
    pub(super) fn open() -> io::Result<Self> {
        let mut socket = Socket::new(PROTOCOL)?;
        // What is allowed is given; less is no error.
        let _ = socket.set_rx_buf_sz(BUFFER);
        socket.bind(&SocketAddr::new(0, PROCESSES))?;
        socket.send_to(&message::listen(), &SocketAddr::new(0, 0), 0)?;
        await_answer(&socket)?;
        let shared = Arc::new(Shared {
            watched: Mutex::default(),
            told: Mutex::default(),
            tells: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            question: Question::new()?,
        });
        let end = eventfd(0, EventfdFlags::CLOEXEC)?;
        let (drains, ends) = (shared.clone(), end.try_clone()?);
        let thread = std::thread::Builder::new()
            .name("connector".to_owned())
            .spawn(move || {
                drains.run(&socket, &ends);
                drains.question.close();
            })?;
        Ok(Self {
            shared,
            end,
            thread: Some(thread),
        })
    }

    /// What becomes readable when something was told.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.shared.tells.as_fd()
    }

    /// Takes what was told.
    pub(super) fn drain(&self, told: &mut Vec<Told>) {
        // Nothing to read says that nothing was told since.
        let _ = rustix::io::read(&self.shared.tells, &mut [0; 8]);
        told.append(&mut locked(&self.shared.told));
    }

    /// Waits until all can be taken that was told up to now.
    pub(super) fn catch_up(&self) {
        self.shared.question.ask();
    }

    /// Tells of that process and of what it forks.
    pub(super) fn watch(&self, pid: Pid) {
        locked(&self.shared.watched).join(pid, clock::now());
    }

    /// That process is gone: tells no more of it, once all is told that it did.
    pub(super) fn forget(&self, pid: Pid) {
        locked(&self.shared.watched).leave(pid);
    }
}

impl Drop for Connector {
    fn drop(&mut self) {
        // A full counter is as good as a written one.
        let _ = rustix::io::write(&self.end, &1u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(&self, socket: &Socket, end: &OwnedFd) {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let mut buffer: Vec<u8> = Vec::with_capacity(1 << 16);
        let mut told = Vec::new();
        while wait(socket, Some([end.as_fd(), self.question.fd()]), None).is_ok_and(|ready| ready) {
            let question = self.question.heard();
            let leaving = locked(&self.watched).leaving();
            loop {
                buffer.clear();
                match socket.recv_from(&mut buffer, nix::libc::MSG_DONTWAIT) {
                    Ok(_) => {}
                    // Events were dropped: how many, the next one's number says.
                    Err(error) if error.raw_os_error() == Some(Errno::ENOBUFS as i32) => continue,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(_) => return,
                }
                if let Some(message) = message::parse(&buffer) {
                    told.extend(missing(&mut numbers, message));
                    told.extend(self.of_tree(message));
                }
            }
            locked(&self.watched).left(&leaving);
            if !told.is_empty() {
                locked(&self.told).append(&mut told);
                let _ = rustix::io::write(&self.tells, &1u64.to_ne_bytes());
            }
            self.question.answer(question);
        }
    }

    /// What it says, where it is about the watched tree.
    fn of_tree(&self, message: Message) -> Option<Told> {
        let at = message.at;
        match message.what {
            What::Fork { parent, child } => {
                let mut watched = locked(&self.watched);
                if !watched.has(parent) {
                    watched.is_a_strangers(child, at);
                    return None;
                }
                watched.join(child, at);
                Some(Told::Forked { at, parent, child })
            }
            What::Exec { pid } if self.watches(pid) => Some(Told::Executed { at, pid, comm: None }),
            What::Exit { pid, status } if self.watches(pid) => Some(Told::Left { at, pid, status }),
            What::Exec { .. } | What::Exit { .. } | What::Other => None,
        }
    }

    fn watches(&self, pid: Pid) -> bool {
        locked(&self.watched).has(pid)
    }
}

/// Events of a processor that were dropped before this one: any process's, the tree's or not.
fn missing(numbers: &mut HashMap<u32, u32>, message: Message) -> Option<Told> {
    let expected = numbers.insert(message.cpu, message.number.wrapping_add(1));
    let count = expected.map_or(0, |expected| message.number.wrapping_sub(expected));
    (count > 0).then_some(Told::Lost {
        at: message.at,
        count: u64::from(count),
    })
}

fn await_answer(socket: &Socket) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut buffer: Vec<u8> = Vec::with_capacity(1 << 16);
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if !wait(socket, None, Some(left))? {
            return Err(Errno::ETIMEDOUT.into());
        }
        buffer.clear();
        match socket.recv_from(&mut buffer, nix::libc::MSG_DONTWAIT) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) if error.raw_os_error() == Some(Errno::ENOBUFS as i32) => continue,
            Err(error) => return Err(error),
        }
        match message::answer(&buffer) {
            Some(0) => return Ok(()),
            Some(errno) => return Err(Errno::from_raw(errno).into()),
            None => {}
        }
    }
}

/// Waits for the socket, or for the second of the others; false when the first of them says that it is to end, or the
/// time is over.
fn wait(socket: &Socket, others: Option<[BorrowedFd<'_>; 2]>, within: Option<Duration>) -> io::Result<bool> {
    let within = within.and_then(|within| Timespec::try_from(within).ok());
    let mut fds = vec![PollFd::new(socket, PollFlags::IN)];
    let others = others.into_iter().flatten();
    fds.extend(others.map(|other| PollFd::from_borrowed_fd(other, PollFlags::IN)));
    loop {
        match poll(&mut fds, within.as_ref()) {
            Ok(count) => {
                let ended = fds.get(1).is_some_and(|end| !end.revents().is_empty());
                return Ok(!ended && count > 0);
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
