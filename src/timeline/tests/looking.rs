//! The tree as it is looked at: order, filter and folds, against scenarios.
//!
//! `? 1100 look ORDER room 10 filter TERM close 20 open 10:sh select 30` asks for the lines: a pid, `~` where it stands only
//! for what is below it, `+N` where so many are folded below it; a crowd is `+ N: COUNT LETTER …`.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::super::Timeline;
use super::super::process::{Pid, ProcessId};
use super::super::time::Time;
use super::super::tree::Ghosts;
use super::super::tree::filter::Filter;
use super::super::tree::fold::{Crowd, Folds, Tucked};
use super::super::tree::outline::{Look, Order, Outline, Shows};
use super::script::check;

/// Whose ids a script's pids are.
fn id(timeline: &Timeline, pid: &str) -> ProcessId {
    let pid: Pid = pid.parse().expect("a pid");
    timeline.by_pid(pid).expect("a process of that pid").id
}

pub(super) fn look(timeline: &Timeline, t: Time, how: &[&str]) -> String {
    let moment = timeline.at(t, Ghosts::default());
    let mut folds = Folds::default();
    let mut filter = None;
    let (mut room, mut selected) = (100, None);
    for pair in how[1..].chunks(2) {
        match pair {
            ["room", rows] => room = rows.parse().expect("a number of rows"),
            ["select", pid] => selected = Some(id(timeline, pid)),
            ["close", pid] => folds.close(id(timeline, pid)),
            ["open", "all"] => folds.open_all(),
            ["open", crowd] => {
                let (pid, comm) = crowd.split_once(':').expect("a crowd");
                let parent = Some(id(timeline, pid));
                folds.open_crowd(Crowd {
                    parent,
                    comm: comm.as_bytes().into(),
                });
            }
            ["filter", term] => filter = Filter::parse(term, |_| None).expect("a filter"),
            _ => panic!("{pair:?} is no way to look"),
        }
    }
    let names = ["age", "pid", "connections", "cpu"];
    let orders: HashMap<_, _> = names.into_iter().zip(Order::ALL).collect();
    let order = *orders[how[0]];
    let look = Look {
        order,
        filter: filter.as_ref(),
        folds: &folds,
        room,
        selected,
        threads: None,
    };
    let outline = Outline::of(&moment, look);
    let mut said = String::new();
    for line in &outline.lines {
        let depth = "  ".repeat(line.guides.len());
        match &line.shows {
            Shows::Row { row, context, tucked } => {
                let tucked = tucked.as_ref().map(|tucked| format!(" +{}", tucked.processes));
                let context = if *context { " ~" } else { "" };
                let pid = moment.rows[*row].life.pid;
                let _ = writeln!(said, "{depth}{pid}{context}{}", tucked.unwrap_or_default());
            }
            Shows::Thread { .. } => panic!("no threads were asked for"),
            Shows::Crowd { tucked, .. } => {
                let _ = writeln!(said, "{depth}{}", counted(tucked));
            }
        }
    }
    said
}

fn counted(tucked: &Tucked) -> String {
    let states = tucked
        .states
        .iter()
        .map(|(state, count)| format!(" {count} {}", state.letter()));
    let zombies = (tucked.zombies > 0).then(|| format!(" {} Z", tucked.zombies));
    format!("+ {}:{}", tucked.processes, states.chain(zombies).collect::<String>())
}

/// A server with two workers, one of which has children of its own.
const FAMILY: &str = "1000 see 10*@900<1/asrv/s1 L1:80
     1100 see 10*/asrv/s1 30@1010<10/asrv/c5 20@1020<10/ash/c90/u33/s7 40@1030<20/ash/c7 L1:80 C7:80-5000";

fn check_looks(looks: &str) {
    check(&format!("{FAMILY}\n{looks}"));
}

#[test]
fn siblings_stand_in_the_order_that_was_asked_for() {
    check_looks(
        "? 1100 look age
         = 10
         =   30
         =   20
         =     40
         ? 1100 look pid
         = 10
         =   20
         =     40
         =   30
         ? 1100 look connections
         = 10
         =   20
         =     40
         =   30
         ? 1100 look cpu
         = 10
         =   20
         =     40
         =   30",
    );
}

#[test]
fn what_matches_stands_under_what_leads_to_it() {
    check_looks(
        "? 1100 look age filter pid:40
         = 10 ~
         =   20 ~
         =     40
         ? 1100 look age filter SH
         = 10 ~
         =   20
         =     40
         ? 1100 look age filter port:5000
         = 10 ~
         =   20
         ? 1100 look age filter port:80
         = 10
         =   20
         ? 1100 look age filter user:33
         = 10 ~
         =   20
         ? 1100 look age filter state:S
         = 10
         =   30
         =   20
         =     40
         ? 1100 look age filter state:Z",
    );
}

#[test]
fn a_zombie_is_found_by_its_state_and_no_longer_by_its_last() {
    check_looks(
        "1200 exit 20 x0
         ? 1200 look age filter state:Z
         = 10 ~
         =   20
         ? 1200 look age filter state:S
         = 10
         =   30
         =   20 ~
         =     40
         ? 1199 look age filter state:Z",
    );
}

#[test]
fn what_is_folded_is_counted() {
    check_looks(
        "? 1100 look age close 20
         = 10
         =   30
         =   20 +1
         ? 1100 look age close 10
         = 10 +3
         ? 1100 look age close 40
         = 10
         =   30
         =   20
         =     40",
    );
}

/// Forty children of one parent, born one after the other; `particular` gives one what is particular about it.
fn many(particular: impl Fn(u32) -> &'static str) -> String {
    let children: String = (0..40).fold(String::new(), |mut said, number| {
        let _ = write!(
            said,
            " {}@{}<10/ash{}",
            100 + number,
            1010 + number * 10,
            particular(number)
        );
        said
    });
    format!("1000 see 10*@900<1/asrv\n1500 see 10*/asrv{children}\n")
}

#[test]
fn like_children_fold_beyond_what_is_worth_scrolling() {
    let all: String = (100..140).fold(String::new(), |mut said, pid| {
        let _ = writeln!(said, "=   {pid}");
        said
    });
    // All three zombies, the first, and the one that was born last; three places are left, which the next of the first
    // take.
    let script = many(|number| match number {
        20..=22 => "/Z/x0",
        _ => "",
    });
    check(&format!(
        "{script}? 1500 look age room 10
         = 10
         =   100
         =   101
         =   102
         =   103
         =   120
         =   121
         =   122
         =   139
         =   + 32: 32 S
         ? 1500 look age room 10 open all
         = 10
         {all}
         ? 1500 look age room 10 open 10:sh
         = 10
         {all}
         ? 1500 look age room 10 open 10:other select 130
         = 10
         =   100
         =   101
         =   102
         =   120
         =   121
         =   122
         =   130
         =   139
         =   + 32: 32 S
         ? 1500 look age room 20
         = 10
         {all}",
    ));
}

#[test]
fn of_a_crowd_as_many_zombies_stand_as_there_is_room_for() {
    // More zombies than rows: the first of all, and the oldest of them.
    let script = many(|number| match number {
        10..=29 => "/Z/x0",
        _ => "",
    });
    check(&format!(
        "{script}? 1500 look age room 10
         = 10
         =   100
         =   110
         =   111
         =   112
         =   113
         =   114
         =   115
         =   116
         =   + 32: 19 S 13 Z
         ? 1500 look age room 5
         = 10
         =   100
         =   110
         =   111
         =   + 37: 19 S 18 Z
         ? 1500 look age room 3
         = 10
         =   110
         =   + 39: 20 S 19 Z"
    ));
    // Nothing but zombies.
    let script = many(|_| "/Z/x0");
    check(&format!(
        "{script}? 1500 look age room 6
         = 10
         =   100
         =   101
         =   102
         =   103
         =   + 36: 36 Z"
    ));
}

#[test]
fn a_crowd_leaves_room_for_the_others() {
    let script = many(|number| match number {
        5 => "/Z/x0",
        _ => "",
    });
    // A sibling of another name stands in the same ten rows.
    let script = script.replace("107@1080<10/ash", "107@1080<10/aother");
    check(&format!(
        "{script}? 1500 look age room 10
         = 10
         =   100
         =   101
         =   102
         =   103
         =   104
         =   105
         =   107
         =   139
         =   + 32: 32 S"
    ));
}
