//! What is asked about nobody in particular: all processes of a lesson, what they printed, its client, and the system.

use std::process::Command;

use procfs::process::Process;

use crate::lesson::probe::{Probe, Value};
use crate::lesson::stage::Stage;
use crate::lesson::wire::Birth;
use crate::timeline::process::Pid;
use crate::words::names::visible;

use super::{state, unknown};

/// Answers a question about nobody in particular.
pub(in crate::lesson) fn of_all(stage: &mut Stage, probe: &Probe) -> Value {
    match probe {
        Probe::Alive => {
            let states = stage.actors.values().map(|actor| state(actor.key));
            let alive = states
                .filter(|state| matches!(state, Some(letter) if *letter != 'Z'))
                .count();
            Value::Number(i64::try_from(alive).unwrap_or(i64::MAX))
        }
        Probe::Output => Value::Lines(stage.output()),
        Probe::Printed(text) => {
            let times: usize = stage
                .output()
                .iter()
                .map(|line| line.matches(text.as_str()).count())
                .sum();
            Value::Number(i64::try_from(times).unwrap_or(i64::MAX))
        }
        Probe::Client => Value::Seen(stage.seen()),
        Probe::Init => match std::fs::read("/proc/1/comm") {
            Ok(name) => Value::Text(visible(name.trim_ascii_end())),
            Err(error) => unknown(&error),
        },
        Probe::PidMax => match std::fs::read_to_string("/proc/sys/kernel/pid_max") {
            Ok(most) => most.trim().parse().map_or(Value::Nothing, Value::Number),
            Err(error) => unknown(&error),
        },
        Probe::Ps(options) => ps(stage, options),
        Probe::Variable(_)
        | Probe::Address(_)
        | Probe::Page(_)
        | Probe::Errno(_)
        | Probe::Status(_)
        | Probe::Decoded(_)
        | Probe::Descriptor(_)
        | Probe::Pid
        | Probe::Parent
        | Probe::InnerPid
        | Probe::Key
        | Probe::State
        | Probe::Exit
        | Probe::Pending
        | Probe::Sigchld
        | Probe::Descriptors
        | Probe::Memory
        | Probe::Maps
        | Probe::Name
        | Probe::File
        | Probe::Call
        | Probe::Processor
        | Probe::Children
        | Probe::Zombies
        | Probe::Adopter => Value::Nothing,
    }
}

/// Runs ps, and looks for the first process of the lesson in what it lists.
fn ps(stage: &Stage, options: &str) -> Value {
    let listed = match Command::new("ps").args([options]).output() {
        Ok(listed) => String::from_utf8_lossy(&listed.stdout).into_owned(),
        Err(error) => return unknown(&error),
    };
    let root = stage
        .actors
        .get(&Birth::default())
        .map(|actor| actor.key.pid.to_string());
    let found = listed
        .lines()
        .any(|line| line.split_whitespace().nth(1) == root.as_deref());
    Value::Listed(found, listed.lines().count().saturating_sub(1))
}

/// All processes of the lesson that the kernel still lists, the guardian's adopted ones among them: pid, parent,
/// state.
pub(in crate::lesson) fn tree(stage: &Stage) -> Vec<(Pid, Pid, char)> {
    let below = |pid: Pid| -> Vec<Pid> {
        let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
    };
    let mut found = Vec::new();
    let mut open: Vec<(Pid, Pid)> = below(stage.guardian())
        .into_iter()
        .map(|pid| (pid, stage.guardian()))
        .collect();
    open.reverse();
    while let Some((pid, parent)) = open.pop() {
        let Some(stat) = Process::new(pid).ok().and_then(|process| process.stat().ok()) else {
            continue;
        };
        found.push((pid, parent, stat.state));
        open.extend(below(pid).into_iter().rev().map(|child| (child, pid)));
    }
    found
}
