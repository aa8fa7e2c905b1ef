//! Exits, zombies and reaps: what is known of an end, and within which bounds, in whatever order it is told.

use super::script::check;

#[test]
fn a_sample_shows_the_exit_within_bounds() {
    check(
        "1000 see 10*@900<1 20@950<10
         1100 see 10* 20/Z/x3
         ? 1099
         = 10 S
         =   20 S
         ? 1100
         = 10 S
         =   20 Z code 3 for 0 to 100 ms
         ? 1250
         = 10 S
         =   20 Z code 3 for 150 to 250 ms
         ? 1100 totals
         = processes 2 threads 2 zombies 1 connections 0 unaccepted 0 listening 0 forked 0 exited 1 reaped 0 lost 0",
    );
}

#[test]
fn events_give_the_zombie_time_exactly() {
    check(
        "1000 see 10*@900<1 20@950<10
         1042 exit 20 k9
         1100 see 10* 20/Z
         1130 reap 20 by 10
         ? 1041
         = 10 S
         =   20 S
         ? 1129
         = 10 S
         =   20 Z signal 9 for 87 ms
         ? 1130
         = 10 S
         ? 1130 ghosts 1000 9
         = 10 S
         =   20 † signal 9 for 88 ms
         ? 1130 log
         = 1042 exit 20 signal 9
         = 1130 reap 20 for 88 ms by 10",
    );
}

#[test]
fn an_exact_exit_after_the_sample_takes_the_place_of_its_bounds() {
    // The reading began at 1100, and 20 exited while it went on.
    check(
        "1000 see 10*@900<1 20@950<10
         1100 see 10* 20/Z
         1102 exit 20 x3
         ? 1101
         = 10 S
         =   20 S
         ? 1102
         = 10 S
         =   20 Z code 3 for 0 ms",
    );
}

#[test]
fn a_reading_that_an_exit_overtook_shows_no_zombie_before_it() {
    check(
        "1000 see 10*@900<1 20@950<10
         1102 exit 20 x3
         1100 see 10* 20/Z/x3
         ? 1101
         = 10 S
         =   20 S
         ? 1102
         = 10 S
         =   20 Z code 3 for 0 ms",
    );
}

#[test]
fn a_zombie_that_was_found_is_older_than_seen() {
    check(
        "1000 see 10*@900<1 20@910<10/Z/x0
         1100 see 10* 20/Z/x0
         ? 1200
         = 10 S
         =   20 Z code 0 for at least 200 ms
         1300 reap 20
         ? 1300 log
         = 1000 exit 20 code 0
         = 1300 reap 20 for at least 300 ms",
    );
}

#[test]
fn a_child_born_later_and_first_seen_as_a_zombie_has_bounds() {
    check(
        "1000 see 10*@900<1
         1100 see 10* 20@1020<10/Z/x1
         ? 1100
         = 10 S
         =   20 Z code 1 for 0 to 70 ms",
    );
}

#[test]
fn ends_can_overtake_the_first_sample() {
    check(
        "1000 see 10*@900<1
         1046 exit 20@1040 x3
         1058 reap 20@1040 x3 by 10
         ? 1050
         = 10 S
         1045 see 10* 20@1040<10
         ? 1045
         = 10 S
         ? 1046
         = 10 S
         =   20 Z code 3 for 0 ms
         ? 1058 ghosts 100 9
         = 10 S
         =   20 † code 3 for 12 ms
         ? 1200
         = 10 S
         ? 1200 log
         = 1046 fork 20 by 10
         = 1046 exit 20 code 3
         = 1058 reap 20 for 12 ms by 10",
    );
}

#[test]
fn ends_can_overtake_the_birth_event() {
    check(
        "1000 see 10*@900<1
         1046 exit 20@1040 x3
         1058 reap 20@1040 x3
         1043 birth 20<10
         1100 see 10*
         ? 1045
         = 10 S
         =   20 R –
         ? 1050
         = 10 S
         =   20 Z code 3 for 4 ms
         ? 1100
         = 10 S
         ? 1100 log
         = 1043 fork 20 by 10
         = 1046 exit 20 code 3
         = 1058 reap 20 for 12 ms",
    );
}

#[test]
fn a_reap_without_an_exit_bounds_the_exit() {
    check(
        "1000 see 10*@900<1 20@950<10
         1100 reap 20 x3
         ? 1100 ghosts 100 9
         = 10 S
         =   20 † code 3 for 0 to 100 ms
         ? 1100 totals
         = processes 1 threads 1 zombies 0 connections 0 unaccepted 0 listening 0 forked 0 exited 1 reaped 1 lost 0",
    );
}

#[test]
fn nobody_waits_where_the_kernel_discards() {
    check(
        "1000 see 10*@900<1
         1043 birth 20<10
         1050..1060 exit 20@1040 x0
         1060 reap 20@1040 x0 by nobody
         ? 1100 log
         = 1043 fork 20 by 10
         = 1060 exit 20 code 0
         = 1060 reap 20 for 0 to 10 ms by nobody",
    );
}

#[test]
fn a_process_whose_main_thread_left_is_no_zombie() {
    check(
        "1000 see 10*@900<1/t3
         1100 see 10*/Z/t2
         ? 1100
         = 10 main thread left
         ? 1100 totals
         = processes 1 threads 2 zombies 0 connections 0 unaccepted 0 listening 0 forked 0 exited 0 reaped 0 lost 0
         1200 see 10*/Z/t1/x4
         ? 1200
         = 10 Z code 4 for 0 to 100 ms",
    );
}

#[test]
fn a_zombie_counts_one_thread() {
    check(
        "1000 see 10*@900<1 20@950<10/t8
         1100 exit 20 x0
         ? 1099 totals
         = processes 2 threads 9 zombies 0 connections 0 unaccepted 0 listening 0 forked 0 exited 0 reaped 0 lost 0
         ? 1100 totals
         = processes 2 threads 2 zombies 1 connections 0 unaccepted 0 listening 0 forked 0 exited 1 reaped 0 lost 0",
    );
}

#[test]
fn a_status_that_was_hidden_is_told_later() {
    check(
        "1000 see 10*@900<1 20@950<10 30@950<10
         1010 exit 20
         1010 exit 30
         ? 1010
         = 10 S
         =   20 Z code ? for 0 ms
         =   30 Z code ? for 0 ms
         1100 see 10* 20/Z/x3 30/Z
         ? 1100
         = 10 S
         =   20 Z code 3 for 90 ms
         =   30 Z code ? for 90 ms
         1110 reap 30 k11
         ? 1110 ghosts 100 9
         = 10 S
         =   20 Z code 3 for 100 ms
         =   30 † signal 11 for 100 ms",
    );
}
