//! The words that the tool and its guardian exchange, and their bytes. Pure: no socket, no process.
//!
//! A message is one packet: a word, then its numbers in decimal, separated by single spaces; bytes of strangers (a
//! path, a process name) stand last and reach to the end. Both ends are the same executable, so there is no version.

use crate::timeline::process::Pid;

/// What the tool tells the guardian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Order {
    /// First of all: the file that the target executes, looked up in PATH if it has no slash.
    Program(Box<[u8]>),
    /// Open the gate.
    Go,
    /// End the tree, in an orderly way if it lets itself be ended so.
    End,
}

/// What the guardian tells the tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Report {
    /// The target waits at the gate.
    Spawned(Pid),
    /// The target runs its program.
    Started,
    /// The target does not run: this step failed with this errno.
    Failed(Step, i32),
    /// An adopted process was waited for; the status is that of wait(2).
    Reaped(Pid, i32),
    /// The target itself was waited for.
    Ended(Pid, i32),
    /// The kernel does not let us kill this process, of this name.
    Unkillable(Pid, Box<[u8]>),
    /// So many reports were dropped, because the tool did not read them.
    Missed(u64),
}

/// The steps of starting a target, each of which may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Making the new process.
    Fork,
    /// Giving it its session, limits and signals.
    Prepare,
    /// Running the program.
    Exec,
}

impl Step {
    /// Every step.
    pub const ALL: &'static [Self] = &[Self::Fork, Self::Prepare, Self::Exec];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Prepare => "prepare",
            Self::Exec => "exec",
        }
    }

    /// The step of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|step| step.name() == name)
    }
}

impl Order {
    /// Its bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Program(path) => [b"program ", &**path].concat(),
            Self::Go => b"go".to_vec(),
            Self::End => b"end".to_vec(),
        }
    }

    /// The order of these bytes; `None` for bytes that are none.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        match bytes {
            b"go" => Some(Self::Go),
            b"end" => Some(Self::End),
            _ => bytes.strip_prefix(b"program ").map(|path| Self::Program(path.into())),
        }
    }
}

impl Report {
    /// Its bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Spawned(pid) => format!("spawned {pid}").into_bytes(),
            Self::Started => b"started".to_vec(),
            Self::Failed(step, errno) => format!("failed {} {errno}", step.name()).into_bytes(),
            Self::Reaped(pid, status) => format!("reaped {pid} {status}").into_bytes(),
            Self::Ended(pid, status) => format!("ended {pid} {status}").into_bytes(),
            Self::Unkillable(pid, name) => [format!("unkillable {pid} ").as_bytes(), &**name].concat(),
            Self::Missed(count) => format!("missed {count}").into_bytes(),
        }
    }

    /// The report of these bytes; `None` for bytes that are none.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (word, rest) = cut(bytes);
        let report = match word {
            b"unkillable" => {
                let (pid, name) = cut(rest?);
                return Some(Self::Unkillable(number(pid)?, name?.into()));
            }
            b"started" if rest.is_none() => return Some(Self::Started),
            b"spawned" => Self::Spawned(number(rest?)?),
            b"missed" => Self::Missed(number(rest?)?),
            b"failed" => {
                let (step, errno) = cut(rest?);
                Self::Failed(Step::from_name(std::str::from_utf8(step).ok()?)?, number(errno?)?)
            }
            b"reaped" | b"ended" => {
                let (pid, status) = cut(rest?);
                let (pid, status) = (number(pid)?, number(status?)?);
                if word == b"ended" {
                    Self::Ended(pid, status)
                } else {
                    Self::Reaped(pid, status)
                }
            }
            _ => return None,
        };
        Some(report)
    }
}

/// The bytes before the first space and, where there is one, those after it.
fn cut(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    match bytes.iter().position(|byte| *byte == b' ') {
        Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
        None => (bytes, None),
    }
}

fn number<N: std::str::FromStr>(bytes: &[u8]) -> Option<N> {
    std::str::from_utf8(bytes).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_survive_the_way() {
        let table: &[(Order, &[u8])] = &[
            (Order::Go, b"go"),
            (Order::End, b"end"),
            (Order::Program(b"/bin/sh".as_slice().into()), b"program /bin/sh"),
            (Order::Program(b"a b\n\xff".as_slice().into()), b"program a b\n\xff"),
            (Order::Program(b"".as_slice().into()), b"program "),
        ];
        for (order, bytes) in table {
            assert_eq!(order.encode(), *bytes);
            assert_eq!(Order::decode(bytes).as_ref(), Some(order));
        }
    }

    #[test]
    fn reports_survive_the_way() {
        let table: &[(Report, &[u8])] = &[
            (Report::Spawned(4121), b"spawned 4121"),
            (Report::Started, b"started"),
            (Report::Failed(Step::Fork, 11), b"failed fork 11"),
            (Report::Failed(Step::Prepare, 1), b"failed prepare 1"),
            (Report::Failed(Step::Exec, 2), b"failed exec 2"),
            (Report::Reaped(7, 256), b"reaped 7 256"),
            (Report::Ended(8, 9), b"ended 8 9"),
            (
                Report::Unkillable(9, b"a ) b\x1b\xff".as_slice().into()),
                b"unkillable 9 a ) b\x1b\xff",
            ),
            (Report::Unkillable(9, b"".as_slice().into()), b"unkillable 9 "),
            (Report::Missed(3), b"missed 3"),
        ];
        for (report, bytes) in table {
            assert_eq!(report.encode(), *bytes);
            assert_eq!(Report::decode(bytes).as_ref(), Some(report));
        }
    }

    #[test]
    fn other_bytes_are_no_message() {
        for bytes in [b"".as_slice(), b"going", b"program", b"\xff"] {
            assert_eq!(Order::decode(bytes), None, "{bytes:?}");
        }
        for bytes in [
            b"".as_slice(),
            b"started 1",
            b"spawned",
            b"spawned x",
            b"spawned 99999999999",
            b"reaped 1",
            b"reaped 1 2 3",
            b"ended  1",
            b"failed nothing 2",
            b"failed exec",
            b"unkillable 5",
        ] {
            assert_eq!(Report::decode(bytes), None, "{bytes:?}");
        }
    }
}
