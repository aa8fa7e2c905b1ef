//! Messages of the proc connector, to and from bytes (include/uapi/linux/{netlink,connector,cn_proc}.h): pure, but for
//! the two clocks that it converts between.

use std::sync::atomic::{AtomicI64, Ordering};

use rustix::time::{ClockId, clock_gettime};

use crate::observe::clock;
use crate::timeline::process::{ExitStatus, Pid};
use crate::timeline::time::Time;

/// `NLMSG_DONE`: what connector messages are called.
const DONE: u16 = 3;

/// `CN_IDX_PROC` and `CN_VAL_PROC`.
const ID: [u32; 2] = [1, 1];

/// `PROC_CN_MCAST_LISTEN`.
const LISTEN: u32 = 1;

/// Where in a message its parts begin: the netlink header, the connector's, the event, and what is particular to it.
const CONNECTOR: usize = 16;
const EVENT: usize = CONNECTOR + 20;
const DETAIL: usize = EVENT + 16;

const NONE: u32 = 0;
const FORK: u32 = 1;
const EXEC: u32 = 2;
const EXIT: u32 = 0x8000_0000;

/// An event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message {
    /// On which processor it happened.
    pub(super) cpu: u32,
    /// The how-manieth of that processor.
    pub(super) number: u32,
    /// When.
    pub(super) at: Time,
    /// What.
    pub(super) what: What,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A process was born.
    Fork { parent: Pid, child: Pid },
    /// A process runs another program.
    Exec { pid: Pid },
    /// A thread has left.
    Exit { pid: Pid, status: ExitStatus },
    /// Anything else, threads that come among it.
    Other,
}

/// The request to be told.
pub(super) fn listen() -> Vec<u8> {
    let mut bytes = Vec::with_capacity(EVENT + 4);
    bytes.extend(u32::try_from(EVENT + 4).unwrap_or(0).to_ne_bytes());
    bytes.extend(DONE.to_ne_bytes());
    // Flags, number and sender: none.
    bytes.extend([0; 10]);
    bytes.extend(ID.iter().flat_map(|id| id.to_ne_bytes()));
    // Number and answer; then the length of what follows, and flags.
    bytes.extend([0; 8]);
    bytes.extend(4u16.to_ne_bytes());
    bytes.extend([0; 2]);
    bytes.extend(LISTEN.to_ne_bytes());
    bytes
}

/// The error in the kernel's answer to the request, 0 for none; `None` where this is no answer.
pub(super) fn answer(bytes: &[u8]) -> Option<i32> {
    (u32_at(bytes, EVENT)? == NONE).then_some(())?;
    i32::try_from(u32_at(bytes, DETAIL)?).ok()
}

/// What the event says; `None` for what is none.
pub(super) fn parse(bytes: &[u8]) -> Option<Message> {
    if [u32_at(bytes, CONNECTOR)?, u32_at(bytes, CONNECTOR + 4)?] != ID {
        return None;
    }
    let kind = u32_at(bytes, EVENT)?;
    if kind == NONE {
        // An answer has a number of another kind.
        return None;
    }
    let what = match kind {
        FORK => {
            let (parent, thread, child) = (pid_at(bytes, 4)?, pid_at(bytes, 8)?, pid_at(bytes, 12)?);
            if thread == child {
                What::Fork { parent, child }
            } else {
                What::Other
            }
        }
        EXEC => What::Exec { pid: pid_at(bytes, 4)? },
        EXIT => What::Exit {
            pid: pid_at(bytes, 4)?,
            status: ExitStatus::from_wait(i32::from_ne_bytes(u32_at(bytes, DETAIL + 8)?.to_ne_bytes())),
        },
        _ => What::Other,
    };
    Some(Message {
        cpu: u32_at(bytes, EVENT + 4)?,
        number: u32_at(bytes, CONNECTOR + 8)?,
        at: boot_time(u64_at(bytes, EVENT + 8)?),
        what,
    })
}

/// A time of the kernel's own CLOCK_MONOTONIC, which the connector gives, on our CLOCK_BOOTTIME. Between the kernel's two
/// lies the time spent in suspension, and none was spent in it since the event. It only grows: where it comes out smaller
/// than before, we were kept waiting between the two.
fn boot_time(monotonic: u64) -> Time {
    static AHEAD: AtomicI64 = AtomicI64::new(0);
    let offsets = clock::offsets();
    let now = |id, offset| {
        let time = clock_gettime(id);
        time.tv_sec * 1_000_000_000 + time.tv_nsec - offset
    };
    let ahead = now(ClockId::Boottime, offsets.boottime) - now(ClockId::Monotonic, offsets.monotonic);
    let ahead = AHEAD.fetch_max(ahead, Ordering::Relaxed).max(ahead);
    // The two were not read at once; suspension is never as short as the time between.
    let suspended = if ahead < 1_000_000 { 0 } else { ahead };
    Time::from_nanos(monotonic.saturating_add_signed(suspended + offsets.boottime))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A pid in what is particular to the event.
fn pid_at(bytes: &[u8], at: usize) -> Option<Pid> {
    Pid::try_from(u32_at(bytes, DETAIL + at)?).ok().filter(|pid| *pid > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: u32, detail: [u32; 6]) -> Vec<u8> {
        let mut bytes = vec![0; CONNECTOR];
        bytes.extend(ID.iter().flat_map(|id| id.to_ne_bytes()));
        bytes.extend(9u32.to_ne_bytes());
        bytes.extend([0; 8]);
        bytes.extend(kind.to_ne_bytes());
        bytes.extend(1u32.to_ne_bytes());
        bytes.extend(5_000_000u64.to_ne_bytes());
        bytes.extend(detail.iter().flat_map(|number| number.to_ne_bytes()));
        bytes
    }

    #[track_caller]
    fn check(kind: u32, detail: [u32; 6], what: What) {
        let message = parse(&event(kind, detail)).expect("it is an event");
        assert_eq!((message.cpu, message.number, message.what), (1, 9, what));
        assert!(message.at >= Time::from_nanos(5_000_000));
    }

    #[test]
    fn each_event_says_what_happened() {
        check(FORK, [20, 20, 21, 21, 0, 0], What::Fork { parent: 20, child: 21 });
        check(FORK, [20, 20, 23, 20, 0, 0], What::Other);
        check(EXEC, [21, 21, 0, 0, 0, 0], What::Exec { pid: 21 });
        let exit = |status| What::Exit { pid: 21, status };
        check(EXIT, [21, 21, 7 << 8, 17, 20, 20], exit(ExitStatus::Code(7)));
        check(EXIT, [22, 21, 9, 17, 20, 20], exit(ExitStatus::Signal(9)));
        check(4, [21, 21, 0, 0, 0, 0], What::Other);
    }

    #[test]
    fn an_answer_is_no_event_and_what_is_cut_off_is_neither() {
        assert_eq!(answer(&event(NONE, [0; 6])), Some(0));
        assert_eq!(answer(&event(NONE, [22, 0, 0, 0, 0, 0])), Some(22));
        assert_eq!(answer(&event(FORK, [20, 20, 21, 21, 0, 0])), None);
        assert_eq!(parse(&event(NONE, [0; 6])), None);
        let fork = event(FORK, [20, 20, 21, 21, 0, 0]);
        for length in 0..DETAIL + 16 {
            assert_eq!(parse(&fork[..length]), None, "{length}");
        }
        assert_eq!(parse(&[0xff; 96]), None);
    }

    #[test]
    fn the_request_is_as_long_as_it_says() {
        let request = listen();
        assert_eq!(u32_at(&request, 0), u32::try_from(request.len()).ok());
        assert_eq!(u32_at(&request, EVENT), Some(LISTEN));
    }
}
