//! Scenarios as text: observations, and questions with the answers expected, a line each.
//!
//! ```text
//! 1000 see 10*@900<1/s7 20@950<10 L7:80q1    a reading: root 10, born at 900 ms, child of 1, holds socket 7; …
//! 1005 birth 21<20                           20 forked 21
//! 1010..1020 exit 21@1005 x3                 it exited with code 3 between these moments
//! 1030 reap 21@1005 k9 by 20                 it was reaped; a signal had ended it
//! ? 1015                                     what was true then? What follows must be the answer:
//! = 10 S listening 1
//! ```
//!
//! Times are milliseconds after boot. A process is `PID[*][@BORN][<PARENT]` and what is particular about it: `/Z` its
//! state, `/t3` its threads, `/c40` the milliseconds of CPU that it has used, `/x3` `/k9` how it ended, `/s7,8` the
//! sockets that it holds as its descriptors from 3 on, `/s?` nobody may know, `/wread:3` the call that it waits in,
//! `/gcaught,blocked,pending` what it does with SIGCHLD, `/n1` its pid in its own namespace, `/ash` its command name,
//! `/u33` its user. A listener is `LINODE:PORT[qWAITING]`, a connection `CINODE:PORT-PEER` with `/STATE`; `!` stands for an unreadable
//! table. What is left out of a process is what was said of it before.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::super::Timeline;
use super::super::call::Call;
use super::super::lifeline::Reaper;
use super::super::limits::Limits;
use super::super::observation::{
    Birth, BlockedReading, Client, ClientId, ClientPhase, ConnectionReading, Exec, Exit, Failure, HeldSocket,
    ListenerReading, Lost, Mark, Observation, Order, Ordered, Reading, Reap, Sample, Sockets,
};
use super::super::process::{Disposition, ExitStatus, Key, Names, Pid, Sigchld, State};
use super::super::sockets::TcpState;
use super::super::time::{Time, When};
use super::super::wchan::Wchan;

pub(super) mod answers;

/// Runs a script, and holds the answers in it against those that the timeline gives.
#[track_caller]
pub(super) fn check(script: &str) {
    check_within(Limits::default(), script);
}

/// The same, with limits of its own.
#[track_caller]
pub(super) fn check_within(limits: Limits, script: &str) {
    let lines: Vec<&str> = script.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut run = Run {
        timeline: Timeline::new(limits),
        born: HashMap::new(),
        parents: HashMap::new(),
    };
    let mut told = Vec::new();
    for line in lines.iter().filter(|line| !line.starts_with('=')) {
        told.push((*line).to_owned());
        if let Some(question) = line.strip_prefix("? ") {
            told.extend(run.answer(question).lines().map(|line| format!("= {line}")));
        } else {
            let observation = run.observation(line);
            run.timeline.apply(&observation);
        }
    }
    let (expected, told) = (lines.join("\n"), told.join("\n"));
    assert!(
        expected == told,
        "the timeline does not say what the script says\n--- script\n{expected}\n--- timeline\n{told}"
    );
}

#[derive(Default)]
struct Run {
    timeline: Timeline,
    /// Start ticks of the newest process of a pid.
    born: HashMap<Pid, u64>,
    parents: HashMap<Pid, Pid>,
}

/// What is known after these observations.
pub(in super::super) fn told_by(script: &str) -> Timeline {
    let mut run = Run::default();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let observation = run.observation(line);
        run.timeline.apply(&observation);
    }
    run.timeline
}

/// The moment so many milliseconds after boot.
pub(in super::super) fn ms(millis: u64) -> Time {
    Time::from_nanos(millis * 1_000_000)
}

fn number<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

impl Run {
    fn observation(&mut self, line: &str) -> Observation {
        let mut words = line.split_whitespace();
        let time = words.next().unwrap_or_default();
        let when = match time.split_once("..") {
            Some((earliest, latest)) => When::between(ms(number(earliest)), ms(number(latest))),
            None => When::exactly(ms(number(time))),
        };
        let at = when.latest;
        let what = words.next().unwrap_or_default();
        let rest: Vec<&str> = words.collect();
        let first = || *rest.first().unwrap_or_else(|| panic!("`{line}` names nothing"));
        match what {
            "see" => Observation::Sample(self.sample(at, &rest)),
            "birth" => {
                let (child, parent) = first().split_once('<').expect("CHILD<PARENT");
                let (child, parent) = (number(child), number(parent));
                Observation::Birth(Birth { when, parent, child })
            }
            "exec" => Observation::Exec(Exec {
                at,
                pid: number(first()),
                comm: rest[1].as_bytes().into(),
            }),
            "exit" => Observation::Exit(Exit {
                when,
                key: self.key(first()),
                status: rest.get(1).map_or(ExitStatus::Unknown, |word| status(word)),
            }),
            "reap" => Observation::Reap(Reap {
                when,
                key: self.key(first()),
                status: rest.get(1).map_or(ExitStatus::Unknown, |word| status(word)),
                by: match rest.iter().position(|word| *word == "by").map(|at| rest[at + 1]) {
                    None => Reaper::Unknown,
                    Some("nobody") => Reaper::Discarded,
                    Some(pid) => Reaper::Waited(number(pid)),
                },
            }),
            "lost" => Observation::Lost(Lost {
                at,
                count: number(first()),
            }),
            "mark" => Observation::Mark(Mark {
                at,
                text: first().into(),
            }),
            "order" => Observation::Order(Order {
                at,
                what: Ordered::Policy(first().into()),
            }),
            "signal" => Observation::Order(Order {
                at,
                what: Ordered::Signal {
                    signal: number(first()),
                    pid: number(rest[1]),
                },
            }),
            "client" => Observation::Client(client(at, &rest)),
            _ => panic!("`{line}` is no observation"),
        }
    }

    fn sample(&mut self, at: Time, words: &[&str]) -> Sample {
        let mut sample = Sample {
            at,
            processes: Vec::new(),
            sockets: Some(Sockets::default()),
        };
        for word in words {
            let sockets = sample.sockets.get_or_insert_default();
            match word.chars().next() {
                Some('L') => sockets.listeners.push(listener(word)),
                Some('C') => sockets.connections.push(connection(word)),
                Some('!') => sample.sockets = None,
                _ => sample.processes.push(self.reading(word)),
            }
        }
        sample
    }

    /// `PID@BORN`, remembered for when only the pid is given.
    fn key(&mut self, word: &str) -> Key {
        let (pid, born) = word
            .split_once('@')
            .map_or((word, None), |(pid, born)| (pid, Some(born)));
        let pid = number(pid);
        if let Some(born) = born {
            self.born.insert(pid, number::<u64>(born) / 10);
        }
        let start_ticks = self.born.get(&pid).copied();
        Key {
            pid,
            start_ticks: start_ticks.unwrap_or_else(|| panic!("when was {pid} born?")),
        }
    }

    fn reading(&mut self, word: &str) -> Reading {
        let mut parts = word.split('/');
        let who = parts.next().unwrap_or_default();
        let (who, parent) = who
            .split_once('<')
            .map_or((who, None), |(who, parent)| (who, Some(parent)));
        let key = self.key(&who.replace('*', ""));
        if let Some(parent) = parent {
            self.parents.insert(key.pid, number(parent));
        }
        let mut reading = reading(key, self.parents.get(&key.pid).copied().unwrap_or(1));
        reading.root = who.contains('*');
        for part in parts {
            let (kind, value) = part.split_at(1);
            match kind {
                "s" if value == "?" => reading.sockets = None,
                "s" => {
                    let held = value.split(',').zip(3..).map(|(inode, fd)| HeldSocket {
                        fd,
                        inode: number(inode),
                    });
                    reading.sockets = Some(held.collect());
                }
                "a" => {
                    let comm = value.as_bytes().into();
                    let command = Box::default();
                    reading.names = Arc::new(Names { comm, command });
                }
                "u" => reading.uid = number(value),
                "c" => reading.cpu = Duration::from_millis(number(value)),
                "t" if !value.is_empty() => reading.threads = number(value),
                "x" | "k" => reading.exit = status(part),
                "w" if value.starts_with('?') => reading.wchan = Wchan::of(&value[1..]),
                "w" => reading.blocked = Some(blocked(value)),
                "g" => reading.sigchld = Some(sigchld(value)),
                "n" => reading.ns_pid = Some(number(value)),
                _ => reading.state = State::from_letter(part.chars().next().unwrap_or('?')).expect("a state"),
            }
        }
        reading
    }
}

/// A reading of a sleeping process that holds no sockets.
pub(super) fn reading(key: Key, parent: Pid) -> Reading {
    Reading {
        key,
        root: false,
        parent,
        ns_pid: None,
        state: State::Sleeping,
        threads: 1,
        uid: 0,
        names: Arc::new(Names::default()),
        cpu: Duration::ZERO,
        rss: 0,
        fds: Some(3),
        sockets: Some(Arc::default()),
        sigchld: None,
        blocked: None,
        wchan: None,
        exit: ExitStatus::Unknown,
    }
}

fn blocked(word: &str) -> BlockedReading {
    let (name, fd) = word
        .split_once(':')
        .map_or((word, None), |(name, fd)| (name, Some(number(fd))));
    let call = Call::NAMED.iter().copied().find(|call| call.name() == Some(name));
    BlockedReading {
        call: call.unwrap_or_else(|| panic!("`{name}` is no call")),
        fd,
    }
}

fn sigchld(word: &str) -> Sigchld {
    let said = |what: &str| word.split(',').any(|word| word == what);
    Sigchld {
        disposition: match (said("caught"), said("ignored")) {
            (true, _) => Disposition::Caught,
            (false, true) => Disposition::Ignored,
            (false, false) => Disposition::Default,
        },
        blocked: said("blocked"),
        pending: said("pending"),
    }
}

fn status(word: &str) -> ExitStatus {
    match word.split_at(1) {
        ("x", code) => ExitStatus::Code(number(code)),
        ("k", signal) => ExitStatus::Signal(number(signal)),
        _ => ExitStatus::Unknown,
    }
}

fn client(at: Time, words: &[&str]) -> Client {
    let (local_port, phase) = match words[1..] {
        [phase] => (None, phase),
        [port, phase] => (Some(port), phase),
        _ => panic!("client NUMBER [PORT] PHASE"),
    };
    Client {
        at,
        id: ClientId(number(words[0])),
        local: local_port.map(|port| local(number(port))),
        phase: match phase {
            "connecting" => ClientPhase::Connecting,
            "connected" => ClientPhase::Connected,
            "served" => ClientPhase::Served,
            "done" => ClientPhase::Done,
            "refused" => ClientPhase::Failed(Failure::Refused),
            _ => panic!("`{phase}` is no phase"),
        },
    }
}

fn listener(word: &str) -> ListenerReading {
    let (inode, port) = word[1..].split_once(':').expect("LINODE:PORT");
    let (port, queue) = port
        .split_once('q')
        .map_or((port, None), |(port, queue)| (port, Some(queue)));
    ListenerReading {
        inode: number(inode),
        local: local(number(port)),
        queue: queue.map(number),
        backlog: Some(5),
    }
}

fn connection(word: &str) -> ConnectionReading {
    let (word, state) = word.split_once('/').unwrap_or((word, "established"));
    let (inode, ports) = word[1..].split_once(':').expect("CINODE:PORT-PEER");
    let (port, peer) = ports.split_once('-').expect("PORT-PEER");
    ConnectionReading {
        inode: number(inode),
        local: local(number(port)),
        peer: local(number(peer)),
        state: match state {
            "established" => TcpState::Established,
            "close-wait" => TcpState::CloseWait,
            "fin-wait" => TcpState::FinWait2,
            _ => panic!("`{state}` is no state"),
        },
    }
}
