//! Every sentence in both languages, for every kind of [`Why`].

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use super::super::cells::width;
use super::super::{Language, Words};
use super::*;
use crate::timeline::lifeline::ZombieTime;
use crate::timeline::process::{ExitStatus, State};
use crate::timeline::why::{Doing, Place};
use fluent_bundle::FluentValue;

/// The cells of a line of the pane at 80 and at 120 columns.
const NARROW: usize = 78;
const WIDE: usize = 116;

/// What is lost at the end of a line that ends with a whole word.
const BROKEN: usize = 12;

const PEER: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 51034);

fn time() -> ZombieTime {
    ZombieTime {
        least: Duration::from_millis(7100),
        most: Some(Duration::from_millis(7100)),
    }
}

fn zombie(unreaped: Unreaped, others: u32) -> Why {
    Why::Zombie {
        pid: 41301,
        time: time(),
        parent: 41217,
        unreaped,
        others,
    }
}

fn killed(signal: i32, ours: bool) -> Why {
    Why::Killed {
        pid: 41301,
        signal,
        ours,
        reaped: ours,
    }
}

/// One of each kind, and of each way in which it is said.
#[allow(clippy::too_many_lines, reason = "a list of samples")]
fn samples() -> Vec<Why> {
    let accept = Doing::InCall(Call::Accept4);
    let (pid, parent) = (41301, 41217);
    let mut samples = vec![
        Why::Nothing,
        Why::Born {
            child: pid,
            parent: Some(parent),
            serves: None,
        },
        Why::Born {
            child: pid,
            parent: None,
            serves: Some(PEER),
        },
        zombie(Unreaped::JustNow, 0),
        zombie(Unreaped::Stopped, 2),
        zombie(Unreaped::InWait(Place::Call(Call::Wait4)), 0),
        zombie(Unreaped::Pending, 0),
        zombie(Unreaped::Taken, 0),
        zombie(Unreaped::Ignored, 0),
        zombie(Unreaped::Unread, 0),
        zombie(Unreaped::Unseen, 0),
        Why::Shared {
            pid,
            with: parent,
            peer: PEER,
        },
        Why::StoppedParent {
            pid: parent,
            zombies: 3,
            waiting: Some(2),
        },
        Why::StoppedParent {
            pid: parent,
            zombies: 3,
            waiting: None,
        },
        Why::KilledZombie { pid, signal: 9, parent },
        Why::WaitBlocksAccept {
            pid: parent,
            place: Place::Call(Call::Wait4),
            waiting: 3,
        },
        Why::Accepting {
            pid: parent,
            call: Call::Accept4,
            port: Some(9190),
        },
        Why::Accepting {
            pid: parent,
            call: Call::Accept4,
            port: None,
        },
        Why::Reading {
            pid,
            call: Call::Read,
            peer: PEER,
        },
        Why::Writing {
            pid,
            call: Call::Write,
            peer: PEER,
        },
        Why::AwaitsChild {
            pid: parent,
            call: Call::Wait4,
        },
        Why::Multiplexing {
            pid,
            call: Call::EpollWait,
            connections: Some(3),
        },
        Why::Multiplexing {
            pid,
            call: Call::EpollWait,
            connections: None,
        },
        Why::Running { pid, peer: Some(PEER) },
        Why::Running { pid, peer: None },
        Why::Stopped { pid, traced: false },
        Why::Stopped { pid, traced: true },
        Why::DiskSleep { pid },
        Why::MainThreadLeft { pid },
        Why::Unknown {
            pid,
            state: State::Sleeping,
        },
        Why::Ended {
            pid: parent,
            status: ExitStatus::Signal(9),
        },
    ];
    let function = |name| Wchan::of(name).unwrap_or_else(|| panic!("{name} is no function"));
    samples.push(zombie(Unreaped::InWait(Place::Function(function("do_wait"))), 0));
    let functions = [
        "inet_csk_accept",
        "anon_pipe_read",
        "anon_pipe_write",
        "do_wait",
        "do_epoll_wait",
        "sigsuspend",
        "hrtimer_nanosleep",
        "futex_do_wait",
        "wait_woken",
    ];
    samples.extend(functions.map(|name| Why::Asleep {
        pid,
        wchan: function(name),
    }));
    let hidden = Doing::InFunction(function("inet_csk_accept"));
    for doing in [accept, hidden, Doing::Running, Doing::Stopped, Doing::Asleep] {
        samples.push(zombie(Unreaped::Default(doing), 0));
        samples.push(zombie(Unreaped::Caught(doing), 0));
        samples.push(Why::Queue {
            port: 9190,
            waiting: 3,
            backlog: Some(128),
            listener: Some((parent, doing)),
        });
    }
    samples.extend([Some(2), None].map(|backlog| Why::Queue {
        port: 9190,
        waiting: 3,
        backlog,
        listener: None,
    }));
    samples.extend(
        [(Some(pid), false), (None, true), (None, false)].map(|(holder, queued)| Why::Connected {
            peer: PEER,
            port: 9190,
            holder,
            queued,
        }),
    );
    samples.extend(
        [Reaper::Waited(parent), Reaper::Discarded, Reaper::Unknown].map(|by| Why::Reaped {
            pid,
            status: ExitStatus::Code(0),
            time: Some(time()),
            by,
            parent,
        }),
    );
    let adopters = [
        Adopter::Init,
        Adopter::NamespaceInit,
        Adopter::Subreaper,
        Adopter::Unclear,
    ];
    for (adopter, from) in adopters
        .into_iter()
        .flat_map(|adopter| [(adopter, Some(parent)), (adopter, None)])
    {
        samples.push(Why::Orphan {
            pid,
            from,
            to: 1203,
            adopter,
        });
    }
    samples.extend([
        killed(9, true),
        killed(15, false),
        killed(11, false),
        killed(6, false),
        killed(13, false),
    ]);
    let calls = [
        Call::Pause,
        Call::Nanosleep,
        Call::Futex,
        Call::Read,
        Call::Write,
        Call::Other(437),
    ];
    samples.extend(calls.map(|call| Why::InCall { pid, call }));
    samples
}

const INSTRUMENTS: Instruments = Instruments {
    births: "perf_event (fork)",
    exits: "pidfd (POLLIN)",
    statuses: Some("PIDFD_GET_INFO (exit_code)"),
    reaps: "pidfd (POLLHUP)",
    sockets: "sock_diag",
};

#[test]
fn every_sentence_has_all_it_needs_and_fits() {
    let mut wrong = Vec::new();
    for language in Language::ALL {
        let words = Words::new(*language);
        for why in samples() {
            let said = words.why(&why);
            let sources = words.sources(&why, INSTRUMENTS);
            let whole = format!("{} {}", said.headline, said.more);
            let mut hold = |good: bool, what: &str| {
                if !good {
                    wrong.push(format!("{} {what}: {whole} {sources}", language.name()));
                }
            };
            hold(!whole.contains(['{', '$', '}']), "lacks a value");
            let open = ["(는)", "(가)", "(를)", "(와)", "(으)"];
            hold(
                !open.iter().any(|particle| whole.contains(particle)),
                "leaves a particle open",
            );
            // Addresses of the sixth version are longer; what is cut off then is the end of a sentence.
            hold(width(&said.headline) <= NARROW, "has too long a headline");
            hold(width(whole.trim_end()) <= 2 * WIDE - BROKEN, "is too long");
            hold(width(&sources) <= WIDE, "has too many sources");
            hold(sources.is_empty() == (why == Why::Nothing), "names its sources wrongly");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_value_is_said() {
    let words = Words::new(Language::English);
    for why in samples() {
        let (said, sources) = (words.why(&why), words.sources(&why, INSTRUMENTS));
        for (name, value) in words.values(&why) {
            let FluentValue::String(value) = value else {
                panic!("{name} is no text")
            };
            // Where others are none, that is not said; and a sentence need not give an unknown time.
            let silent = (name == "others" && value == "0")
                || matches!(
                    why,
                    Why::Reaped {
                        by: Reaper::Discarded,
                        ..
                    }
                );
            let whole = format!("{} {} {sources}", said.headline, said.more);
            assert!(silent || whole.contains(&*value), "{name} = {value} is not in: {whole}");
        }
    }
}

/// No text about a why is left unsaid by the samples, so that each is in the tests above.
#[test]
fn every_text_is_among_the_samples() {
    let mut said: BTreeSet<String> = BTreeSet::from(["why-from".to_owned()]);
    for why in samples() {
        let texts = texts(&why);
        said.insert(texts.headline.to_owned());
        said.extend(texts.more.iter().map(|name| (*name).to_owned()));
    }
    let file = Language::English.texts();
    let names = file
        .lines()
        .filter_map(|line| line.split_once(" ="))
        .map(|(name, _)| name);
    let unsaid: Vec<&str> = names
        .filter(|name| name.starts_with("why-") && !name.starts_with("why-does-"))
        .filter(|name| !said.contains(*name))
        .collect();
    assert!(unsaid.is_empty(), "{unsaid:?}");
}

/// All that is said of all samples, in a language, to be read.
#[track_caller]
fn check(language: Language) {
    let words = Words::new(language);
    let mut all = String::new();
    for why in samples() {
        let said = words.why(&why);
        all.push_str(&said.headline);
        for line in [said.more, words.sources(&why, INSTRUMENTS)] {
            if !line.is_empty() {
                all.push_str("\n  ");
                all.push_str(&line);
            }
        }
        all.push('\n');
    }
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "said" }, {
        insta::assert_snapshot!(language.name(), all);
    });
}

#[test]
fn what_is_said_in_english() {
    check(Language::English);
}

#[test]
fn what_is_said_in_korean() {
    check(Language::Korean);
}
