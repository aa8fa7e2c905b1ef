//! Records of a ring, from bytes (`perf_event_open(2)`, PERF_RECORD_*): pure.

use crate::observe::told::Told;
use crate::timeline::process::{ExitStatus, Pid};
use crate::timeline::time::Time;

const LOST: u32 = 2;
const COMM: u32 = 3;
const EXIT: u32 = 4;
const FORK: u32 = 7;

/// `PERF_RECORD_MISC_COMM_EXEC`: the new name comes of an exec.
const OF_EXEC: u16 = 1 << 13;

/// Bytes of the header: type, flags, size.
const HEADER: usize = 8;

/// Bytes behind each record that are not its own: the time.
const TRAILER: usize = 8;

/// Adds what the records say. What is cut off or unknown is passed over.
pub(super) fn parse(mut bytes: &[u8], told: &mut Vec<Told>) {
    while let (Some(kind), Some(misc), Some(size)) = (u32_at(bytes, 0), u16_at(bytes, 4), u16_at(bytes, 6)) {
        let size = usize::from(size);
        let Some(record) = bytes.get(HEADER..size) else { return };
        told.extend(one(kind, misc, record));
        bytes = &bytes[size..];
    }
}

/// What one record says, if anything that matters here.
fn one(kind: u32, misc: u16, record: &[u8]) -> Option<Told> {
    let trailer = record.len().checked_sub(TRAILER)?;
    let at = time_at(record, trailer)?;
    match kind {
        FORK => {
            let (child, parent, tid) = (pid_at(record, 0)?, pid_at(record, 4)?, pid_at(record, 8)?);
            // A new thread is in the process that made it.
            (tid == child).then_some(Told::Forked {
                at: time_at(record, 16)?,
                parent,
                child,
            })
        }
        EXIT => Some(Told::Left {
            at: time_at(record, 16)?,
            pid: pid_at(record, 0)?,
            status: ExitStatus::Unknown,
        }),
        COMM if misc & OF_EXEC != 0 => {
            let comm = record.get(8..trailer)?;
            let length = comm.iter().position(|byte| *byte == 0).unwrap_or(comm.len());
            Some(Told::Executed {
                at,
                pid: pid_at(record, 0)?,
                comm: Some(comm[..length].into()),
            })
        }
        LOST => Some(Told::Lost {
            at,
            count: u64_at(record, 8)?,
        }),
        _ => None,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_ne_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A pid; none for 0 and -1, which stand for a process that has no pid here.
fn pid_at(bytes: &[u8], at: usize) -> Option<Pid> {
    Pid::try_from(u32_at(bytes, at)?).ok().filter(|pid| *pid > 0)
}

fn time_at(bytes: &[u8], at: usize) -> Option<Time> {
    u64_at(bytes, at).map(Time::from_nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u32, misc: u16, body: &[u8], time: u64) -> Vec<u8> {
        let size = u16::try_from(HEADER + body.len() + TRAILER).unwrap();
        let mut bytes = kind.to_ne_bytes().to_vec();
        bytes.extend(misc.to_ne_bytes());
        bytes.extend(size.to_ne_bytes());
        bytes.extend(body);
        bytes.extend(time.to_ne_bytes());
        bytes
    }

    /// The body of a fork or an exit.
    fn task(numbers: [u32; 4], time: u64) -> Vec<u8> {
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_ne_bytes()).collect();
        bytes.extend(time.to_ne_bytes());
        bytes
    }

    fn comm(pid: u32, name: &[u8]) -> Vec<u8> {
        let mut bytes: Vec<u8> = [pid, pid].iter().flat_map(|number| number.to_ne_bytes()).collect();
        bytes.extend(name);
        bytes.extend(std::iter::repeat_n(0, 8 - name.len() % 8));
        bytes
    }

    #[track_caller]
    fn check(bytes: &[u8], expected: &[Told]) {
        let mut told = Vec::new();
        parse(bytes, &mut told);
        assert_eq!(told, expected);
    }

    #[test]
    fn each_record_says_what_happened_when() {
        let at = Time::from_nanos;
        let mut bytes = record(FORK, 0, &task([21, 20, 21, 20], 1000), 1001);
        bytes.extend(record(COMM, OF_EXEC, &comm(21, b"wor\xffker)"), 1500));
        bytes.extend(record(EXIT, 0, &task([21, 20, 21, 20], 2000), 2001));
        let lost: Vec<u8> = [7u64, 3].iter().flat_map(|number| number.to_ne_bytes()).collect();
        bytes.extend(record(LOST, 0, &lost, 2500));
        check(
            &bytes,
            &[
                Told::Forked {
                    at: at(1000),
                    parent: 20,
                    child: 21,
                },
                Told::Executed {
                    at: at(1500),
                    pid: 21,
                    comm: Some(b"wor\xffker)"[..].into()),
                },
                Told::Left {
                    at: at(2000),
                    pid: 21,
                    status: ExitStatus::Unknown,
                },
                Told::Lost { at: at(2500), count: 3 },
            ],
        );
    }

    #[test]
    fn a_new_thread_is_no_birth_and_a_new_name_alone_is_no_exec() {
        check(&record(FORK, 0, &task([20, 20, 23, 20], 1000), 1000), &[]);
        check(&record(COMM, 0, &comm(21, b"renamed"), 1500), &[]);
    }

    #[test]
    fn what_is_unknown_or_cut_off_is_passed_over() {
        let fork = record(FORK, 0, &task([21, 20, 21, 20], 1000), 1001);
        let mut bytes = record(99, 0, &[0; 24], 5);
        bytes.extend(&fork);
        let told = Told::Forked {
            at: Time::from_nanos(1000),
            parent: 20,
            child: 21,
        };
        check(&bytes, std::slice::from_ref(&told));
        for length in 0..fork.len() {
            check(&fork[..length], &[]);
        }
        check(&record(FORK, 0, &task([0, 20, 0, 20], 1000), 1001), &[]);
        check(&record(COMM, OF_EXEC, &[], 1), &[]);
        // A size of nothing would never come to an end.
        check(&[0; 64], &[]);
    }
}
