//! The log, what is kept of the past, and what is forgotten of it.

use std::time::Duration;

use super::script::{check, check_within};
use crate::timeline::limits::Limits;

#[test]
fn the_log_is_in_the_order_of_time_and_not_of_telling() {
    check(
        "1000 see 10*@900<1 20@950<10
         1050 mark here
         1060 order loop
         1070 lost 3
         1020 exit 20 x0
         1040 reap 20 x0
         ? 1055 log
         = 1020 exit 20 code 0
         = 1040 reap 20 for 20 ms
         = 1050 mark here
         ? 1070 log
         = 1020 exit 20 code 0
         = 1040 reap 20 for 20 ms
         = 1050 mark here
         = 1060 order loop
         = 1070 lost 3
         ? 1070 totals
         = processes 1 threads 1 zombies 0 connections 0 unaccepted 0 listening 0 forked 0 exited 1 reaped 1 lost 3",
    );
}

#[test]
fn what_ended_before_the_retention_is_forgotten_and_counted() {
    check(
        "1000 see 10*@900<1/s7 20@950<10/s8 L7:80 C8:80-5000
         1100 reap 20 x0
         1200 see 10*/s7 L7:80
         601000 see 10*/s7 L7:80
         ? forgotten
         = forgotten: 0 lifelines, 0 segments, 0 sockets; kept: 2, 2, 2
         601300 see 10*/s7 L7:80
         ? forgotten
         = forgotten: 1 lifelines, 0 segments, 1 sockets; kept: 1, 1, 1
         ? 601300 totals
         = processes 1 threads 1 zombies 0 connections 0 unaccepted 0 listening 1 forked 0 exited 1 reaped 1 lost 0",
    );
}

#[test]
fn beyond_the_limits_the_oldest_of_the_ended_is_forgotten() {
    let limits = Limits {
        lifelines: 3,
        sockets: 2,
        ..Limits::default()
    };
    check_within(
        limits,
        "1000 see 10*@900<1/s6,7,8 20@910<10 30@920<10 C6:4-5 C7:5-5 C8:6-5
         1010 reap 30 x0
         1020 reap 20 x0
         ? forgotten
         = forgotten: 0 lifelines, 0 segments, 0 sockets; kept: 3, 3, 3
         1100 see 10*/s8 40@1050<10 C8:6-5
         ? forgotten
         = forgotten: 1 lifelines, 0 segments, 1 sockets; kept: 3, 3, 2
         ? 1100 ghosts 1000 9
         = 10 S outgoing 1
         =   20 † code 0 for 0 to 20 ms
         =   40 S
         1200 see 10*/s8 40 50@1110<10 60@1120<10 C8:6-5
         ? forgotten
         = forgotten: 2 lifelines, 0 segments, 1 sockets; kept: 4, 4, 2",
    );
}

#[test]
fn beyond_the_segments_the_oldest_of_the_ended_is_forgotten() {
    let limits = Limits {
        segments: 3,
        ..Limits::default()
    };
    check_within(
        limits,
        "1000 see 10*@900<1 20@910<10
         1010 reap 20 x0
         1100 see 10*/R
         ? forgotten
         = forgotten: 0 lifelines, 0 segments, 0 sockets; kept: 2, 3, 0
         1200 see 10*
         ? forgotten
         = forgotten: 1 lifelines, 0 segments, 0 sockets; kept: 1, 3, 0",
    );
}

#[test]
fn the_default_limits_are_those_of_the_design() {
    let limits = Limits::default();
    assert_eq!(limits.retention, Duration::from_mins(10));
    assert_eq!(limits.lifelines, 100_000);
}

#[test]
fn which_reading_a_past_moment_rests_on_is_known() {
    check(
        "1000 see 10*@900<1/c5
         1050 birth 20<10
         1100 see 10*/c6 20@1050<10/c0
         2000 see 10*/c7 20/c40
         2600 see 10*/c8 20/c90
         3000 see 10*/c9
         ? 999 read 10
         = read –, cpu –
         ? 1060 read 20
         = read –, cpu –
         ? 1100 read 20
         = read 1100, cpu 0 ms at 1100
         ? 2300 read 20
         = read 2300, cpu 0 ms at 1100
         ? 2600 read 20
         = read 2600, cpu 90 ms at 2600
         ? 9000 read 20
         = read 2600, cpu 90 ms at 2600
         ? 2500 read 10
         = read 2500, cpu 7 ms at 2000
         ? 3000 read 10
         = read 3000, cpu 9 ms at 3000",
    );
}

#[test]
fn the_changes_before_and_after_a_moment_are_found() {
    check(
        "1000 see 10*@900<1
         1043 birth 20<10
         1080 exit 20@1040 x0
         ? 1000 steps
         = before –, after 1043
         ? 1043 steps
         = before –, after 1080
         ? 1050 steps
         = before 1043, after 1080
         ? 1080 steps
         = before 1043, after –",
    );
}
