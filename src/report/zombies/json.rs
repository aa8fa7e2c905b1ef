//! Zombies as JSON, schema 1: every field is always there, and `null` is unknown.

use serde::Serialize;

use super::{Advice, Age, Group, Picture};
use crate::observe::machine::Zombie;
use crate::report::json::{Ended, Sigchld, seconds};
use crate::report::users::Users;
use crate::timeline::process::Pid;
use crate::words::names;

/// The whole answer.
#[derive(Debug, Serialize)]
pub struct Answer {
    schema: u32,
    taken_at: String,
    zombies: usize,
    /// /proc hides the processes of other users, and their zombies with them.
    others_hidden: bool,
    reapers: Vec<Reaper>,
}

#[derive(Debug, Serialize)]
struct Reaper {
    pid: Option<Pid>,
    ppid: Option<Pid>,
    comm: Option<String>,
    command: Option<String>,
    uid: Option<u32>,
    user: Option<String>,
    state: Option<char>,
    sigchld: Option<Sigchld>,
    pid_namespace: Option<Namespace>,
    ns_pid: Option<Pid>,
    container_init: Option<bool>,
    cgroup: Option<String>,
    advice: Option<&'static str>,
    oldest_seen_seconds: Option<f64>,
    zombies: Vec<Defunct>,
}

#[derive(Debug, Serialize)]
struct Namespace {
    inode: Option<u64>,
    own: bool,
}

#[derive(Debug, Serialize)]
struct Defunct {
    pid: Pid,
    comm: String,
    exit: Ended,
    seen_seconds: f64,
    ended_seconds_at_most: f64,
    start_ticks: u64,
}

/// What a picture says.
pub fn zombies(picture: &Picture, users: &mut Users) -> Answer {
    Answer {
        schema: 1,
        taken_at: format!("{:.6}", picture.taken_at),
        zombies: picture.zombies(),
        others_hidden: picture.hides,
        reapers: picture.groups.iter().map(|group| reaper(group, users)).collect(),
    }
}

fn reaper(group: &Group, users: &mut Users) -> Reaper {
    let process = group.reaper.process.as_ref();
    Reaper {
        pid: group.reaper.pid,
        ppid: process.map(|process| process.parent),
        comm: process.map(|process| names::visible(&process.names.comm)),
        command: process.map(|process| names::command(&process.names.command)),
        uid: process.map(|process| process.uid),
        user: process.and_then(|process| users.name(process.uid).map(str::to_owned)),
        state: process.map(|process| process.state.letter()),
        sigchld: process.and_then(|process| process.sigchld).map(Into::into),
        pid_namespace: process
            .and_then(|process| process.namespace)
            .map(|namespace| Namespace {
                inode: namespace.inode,
                own: namespace.own,
            }),
        ns_pid: process.and_then(|process| process.ns_pid),
        container_init: process.map(crate::observe::machine::Parent::is_container_init),
        cgroup: process
            .and_then(|process| process.cgroup.as_deref())
            .map(names::visible),
        advice: process.and_then(Advice::of).map(Advice::name),
        oldest_seen_seconds: group.oldest().map(|age| seconds(age.seen)),
        zombies: group.reaper.zombies.iter().zip(&group.ages).map(defunct).collect(),
    }
}

fn defunct((zombie, age): (&Zombie, &Age)) -> Defunct {
    Defunct {
        pid: zombie.key.pid,
        comm: names::visible(&zombie.comm),
        exit: zombie.exit.into(),
        seen_seconds: seconds(age.seen),
        ended_seconds_at_most: seconds(age.ended_at_most),
        start_ticks: zombie.key.start_ticks,
    }
}
