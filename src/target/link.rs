//! One end of the control socket between the tool and its guardian: whole packets, never blocking, and the end of
//! the other side as a value. What the packets say is `message`'s.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{AddressFamily, MsgFlags, SockFlag, SockType, recv, send, socketpair};

use super::message::Report;

/// Longer than the longest message: a path of `PATH_MAX` and a word.
const PACKET: usize = 8192;

/// One end of the control socket.
#[derive(Debug)]
pub(super) struct Link {
    socket: OwnedFd,
}

/// What a look at the socket finds.
pub(super) enum Received {
    /// A packet.
    Packet(Vec<u8>),
    /// Nothing at the moment.
    Nothing,
    /// The other end is gone, or as good as gone.
    Closed,
}

impl Link {
    /// A link, and the socket for the other side; both are closed on exec.
    pub(super) fn pair() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, SockFlag::SOCK_CLOEXEC)?;
        Ok((Self { socket: ours }, theirs))
    }

    /// The link over an inherited socket.
    pub(super) fn over(socket: OwnedFd) -> Self {
        Self { socket }
    }

    /// Sends one packet, or fails with EAGAIN where the other side has not read enough.
    pub(super) fn send(&self, packet: &[u8]) -> nix::Result<()> {
        let flags = MsgFlags::MSG_DONTWAIT | MsgFlags::MSG_NOSIGNAL;
        loop {
            match send(self.socket.as_raw_fd(), packet, flags) {
                Ok(_) => return Ok(()),
                Err(Errno::EINTR) => {}
                Err(errno) => return Err(errno),
            }
        }
    }

    /// Takes the next packet, if one is there.
    pub(super) fn receive(&self) -> Received {
        let mut packet = vec![0; PACKET];
        loop {
            match recv(self.socket.as_raw_fd(), &mut packet, MsgFlags::MSG_DONTWAIT) {
                // Nobody sends empty packets.
                Ok(0) => return Received::Closed,
                Ok(length) => {
                    packet.truncate(length);
                    return Received::Packet(packet);
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => return Received::Nothing,
                // ECONNRESET: it closed and left packets of ours unread. Any other error means as little good.
                Err(_) => return Received::Closed,
            }
        }
    }

    /// Waits for the next packet or the end, until a moment; `Nothing` when that has come.
    pub(super) fn wait(&self, until: Option<Instant>) -> Received {
        loop {
            match self.receive() {
                Received::Nothing => {}
                found @ (Received::Packet(_) | Received::Closed) => return found,
            }
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Received::Nothing;
            }
            self.block(PollFlags::POLLIN, left);
        }
    }

    /// Blocks until the socket is ready for that, a signal came, or the time is over.
    fn block(&self, events: PollFlags, time: Option<Duration>) {
        // An error other than EINTR (no memory) makes the caller look again, which is all that it can do.
        poll(&mut [PollFd::new(self.socket.as_fd(), events)], timeout(time)).ok();
    }
}

impl AsFd for Link {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// A time for poll(2), rounded up to a millisecond, so that waiting for the rest of one does not spin.
pub(super) fn timeout(time: Option<Duration>) -> PollTimeout {
    match time {
        None => PollTimeout::NONE,
        Some(time) => PollTimeout::try_from(time.as_micros().div_ceil(1000)).unwrap_or(PollTimeout::MAX),
    }
}

/// The reports that the tool has not taken yet. A tool that is stopped must not stop its guardian, nor make it grow
/// without bound: beyond a limit reaps are dropped and counted.
#[derive(Debug)]
pub(super) struct Outbox {
    waiting: VecDeque<Report>,
    missed: u64,
}

impl Outbox {
    /// How many reports wait at most, about a megabyte.
    const LIMIT: usize = 20_000;

    /// Nothing waits.
    pub(super) fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            missed: 0,
        }
    }

    /// Whether something waits for the socket to take it.
    pub(super) fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Adds a report and sends what the socket takes.
    pub(super) fn post(&mut self, report: Report, link: &Link) {
        if self.waiting.len() >= Self::LIMIT && matches!(report, Report::Reaped(..)) {
            self.missed += 1;
        } else {
            self.waiting.push_back(report);
        }
        self.flush(link);
    }

    /// Sends what the socket takes.
    pub(super) fn flush(&mut self, link: &Link) {
        loop {
            if self.waiting.is_empty() && self.missed > 0 {
                self.waiting.push_back(Report::Missed(std::mem::take(&mut self.missed)));
            }
            let Some(report) = self.waiting.front() else {
                return;
            };
            match link.send(&report.encode()) {
                Err(Errno::EAGAIN) => return,
                Err(_) => return self.waiting.clear(), // nobody will read them: the loop sees the end itself
                Ok(()) => drop(self.waiting.pop_front()),
            }
        }
    }

    /// Sends all that waits, for at most so long.
    pub(super) fn flush_within(&mut self, link: &Link, time: Duration) {
        let until = Instant::now() + time;
        self.flush(link);
        while self.is_waiting() && Instant::now() < until {
            link.block(
                PollFlags::POLLOUT,
                Some(until.saturating_duration_since(Instant::now())),
            );
            self.flush(link);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_follows_the_last_packet() {
        let (ours, theirs) = Link::pair().expect("a pair");
        assert!(matches!(ours.receive(), Received::Nothing));
        let theirs = Link::over(theirs);
        theirs.send(b"last").expect("sent");
        drop(theirs);
        assert!(matches!(ours.receive(), Received::Packet(packet) if packet == b"last"));
        assert!(matches!(ours.wait(None), Received::Closed));
    }

    #[test]
    fn reports_to_one_that_does_not_read_are_bounded_and_counted() {
        let (ours, theirs) = Link::pair().expect("a pair");
        let theirs = Link::over(theirs);
        let mut outbox = Outbox::new();
        let posted = 50_000;
        for pid in 1..=posted {
            outbox.post(Report::Reaped(pid, 0), &theirs);
        }
        outbox.post(Report::Ended(1, 0), &theirs);
        assert!(outbox.waiting.len() <= Outbox::LIMIT + 1);
        let mut reaped = 0;
        let mut ended = false;
        let mut missed = 0;
        loop {
            outbox.flush(&theirs);
            let Received::Packet(packet) = ours.receive() else {
                break;
            };
            match Report::decode(&packet).expect("a report") {
                Report::Reaped(..) => reaped += 1,
                Report::Ended(..) => ended = true,
                Report::Missed(count) => missed += count,
                other => panic!("{other:?}"),
            }
        }
        assert!(ended && missed > 0);
        assert_eq!(reaped + missed, u64::try_from(posted).expect("positive"));
    }
}
