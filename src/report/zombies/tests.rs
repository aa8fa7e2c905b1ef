//! Ages over several looks, the order of the groups, and what is said of a process that can hardly be seen.

use std::time::Duration;

use super::{Age, Seen, json, text};
use crate::observe::machine::{Look, Namespace, Parent, Reaper, Zombie};
use crate::report::users::Users;
use crate::timeline::process::{Disposition, ExitStatus, Key, Names, Pid, Sigchld, State};
use crate::timeline::time::Time;
use crate::words::{Language, Words};

/// A zombie that was born so many seconds after boot.
fn zombie(pid: Pid, born: u64) -> Zombie {
    Zombie {
        key: Key {
            pid,
            start_ticks: born * 100,
        },
        comm: b"work\x1b".as_slice().into(),
        exit: ExitStatus::Code(3),
    }
}

fn parent(state: State, ns_pid: Pid) -> Parent {
    Parent {
        parent: 1,
        names: Names {
            comm: b"server".as_slice().into(),
            command: b"server\0--now\0".as_slice().into(),
        },
        uid: 4_294_967_000,
        state,
        sigchld: Some(Sigchld {
            disposition: Disposition::Caught,
            blocked: true,
            pending: true,
        }),
        namespace: Some(Namespace {
            inode: None,
            own: ns_pid != 1,
        }),
        ns_pid: Some(ns_pid),
        cgroup: Some(b"/docker/abc".as_slice().into()),
    }
}

fn reaper(pid: Pid, process: Option<Parent>, zombies: Vec<Zombie>) -> Reaper {
    Reaper {
        pid: Some(pid).filter(|pid| *pid > 0),
        process,
        zombies,
    }
}

fn look(seconds: u64, reapers: Vec<Reaper>) -> Look {
    Look {
        at: Time::from_nanos(seconds * 1_000_000_000),
        reapers,
        hides: true,
    }
}

#[test]
fn a_zombie_ages_from_the_look_that_first_saw_it() {
    let mut seen = Seen::default();
    let ages = |picture: super::Picture| -> Vec<(u64, u64)> {
        let ages = picture.groups.iter().flat_map(|group| group.ages.clone());
        let pair = |Age { seen, ended_at_most }: Age| (seen.as_secs(), ended_at_most.as_secs());
        ages.map(pair).collect()
    };
    let mut take = |seconds, zombies| {
        let reapers = vec![reaper(7, None, zombies)];
        ages(seen.look(look(seconds, reapers), jiff::Timestamp::UNIX_EPOCH))
    };
    assert_eq!(take(100, vec![zombie(8, 40)]), [(0, 60)]);
    assert_eq!(take(101, vec![zombie(8, 40), zombie(9, 50)]), [(1, 61), (0, 51)]);
    // The same pid, another process.
    assert_eq!(take(103, vec![zombie(8, 102), zombie(9, 50)]), [(0, 1), (2, 53)]);
    // One that was not seen for a while is seen anew.
    assert_eq!(take(104, vec![]), []);
    assert_eq!(take(105, vec![zombie(9, 50)]), [(0, 55)]);
}

#[test]
fn who_has_most_comes_first_and_only_what_counts_makes_another_block() {
    let mut seen = Seen::default();
    let mut take = |seconds, state| {
        let reapers = vec![
            reaper(7, Some(parent(state, 7)), vec![zombie(8, 1)]),
            reaper(9, Some(parent(state, 9)), vec![zombie(10, 1), zombie(11, 1)]),
        ];
        seen.look(look(seconds, reapers), jiff::Timestamp::UNIX_EPOCH)
    };
    let picture = take(5, State::Sleeping);
    assert_eq!(picture.groups[0].reaper.pid, Some(9));
    assert_eq!(picture.zombies(), 3);
    assert_eq!(take(6, State::Running).essence(), picture.essence(), "it only runs");
    assert_ne!(take(7, State::Stopped).essence(), picture.essence(), "it cannot wait");
}

#[test]
fn both_languages_say_all_of_it() {
    let mut many: Vec<Zombie> = (20..32).map(|pid| zombie(pid, 10)).collect();
    many[0].exit = ExitStatus::Unknown;
    let reapers = || {
        vec![
            reaper(7, Some(parent(State::Sleeping, 1)), many.clone()),
            reaper(8, Some(parent(State::Stopped, 8)), vec![zombie(9, 10), zombie(10, 10)]),
            reaper(11, Some(parent(State::Sleeping, 11)), vec![zombie(12, 10)]),
            reaper(0, None, vec![zombie(13, 10)]),
        ]
    };
    let agree = |name: &str, said: &str| {
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "said" }, {
            insta::assert_snapshot!(name, said);
        });
    };
    let mut users = Users::default();
    let mut seen = Seen::default();
    let picture = seen.look(look(75, reapers()), jiff::Timestamp::UNIX_EPOCH);
    let json = serde_json::to_string_pretty(&json::zombies(&picture, &mut users)).expect("JSON");
    agree("json", &json);
    for language in Language::ALL {
        agree(
            language.name(),
            &text::zombies(&Words::new(*language), &picture, &mut users),
        );
    }
    assert_eq!(
        picture.groups[0].oldest().map(|age| age.ended_at_most),
        Some(Duration::from_secs(65))
    );
}
