//! The timeline against scenarios: what it must say at any moment, whatever the order in which it was told.

use std::time::Duration;

use super::Limits;
use script::{check, check_within};

mod looking;
mod random;
pub(super) mod script;

#[test]
fn a_child_first_seen_in_a_sample_was_born_by_its_start_time() {
    check(
        "1000 see 10*@900<1
         1100 see 10* 20@1050<10
         ? 1000
         = 10 S
         ? 1059
         = 10 S
         ? 1060
         = 10 S
         =   20 S –
         ? 1100
         = 10 S
         =   20 S
         ? 1100 totals
         = processes 2 threads 2 zombies 0 connections 0 unaccepted 0 listening 0 forked 1 exited 0 reaped 0 lost 0
         ? 1100 log
         = 1060 fork 20 by 10",
    );
}

#[test]
fn who_stood_in_the_first_sample_is_no_birth() {
    check(
        "1000 see 10*@900<1 20@990<10 30@1000<10
         ? 1000 totals
         = processes 3 threads 3 zombies 0 connections 0 unaccepted 0 listening 0 forked 0 exited 0 reaped 0 lost 0",
    );
}

#[test]
fn a_birth_event_and_the_sample_after_it_are_one_birth() {
    check(
        "1000 see 10*@900<1
         1043 birth 20<10
         ? 1043
         = 10 S
         =   20 R –
         1100 see 10* 20@1040<10
         ? 1100
         = 10 S
         =   20 S
         ? 1100 log
         = 1043 fork 20 by 10",
    );
}

#[test]
fn a_birth_event_after_the_sample_gives_it_its_time() {
    check(
        "1000 see 10*@900<1
         1100 see 10* 20@1050<10
         1057 birth 20<10
         ? 1056
         = 10 S
         ? 1057
         = 10 S
         =   20 S –
         ? 1100 totals
         = processes 2 threads 2 zombies 0 connections 0 unaccepted 0 listening 0 forked 1 exited 0 reaped 0 lost 0",
    );
}

#[test]
fn births_that_lie_further_apart_are_two_processes() {
    check(
        "1000 see 10*@900<1
         1043 birth 20<10
         1100 see 10* 20@1080<10
         ? 1100 log
         = 1043 fork 20 by 10
         = 1090 exit 20 code ?
         = 1090 reap 20 for 0 to 47 ms
         = 1090 fork 20 by 10",
    );
}

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
fn an_older_sample_resurrects_nobody() {
    check(
        "1000 see 10*@900<1 20@950<10 30@960<10
         1042 exit 20 x0
         1050 exit 30 x0
         1060 reap 30 x0
         1040 see 10* 20 30
         ? 1060
         = 10 S
         =   20 Z code 0 for 18 ms
         1061 see 10* 20/Z 30
         ? 1061
         = 10 S
         =   20 Z code 0 for 19 ms
         ? 1061 totals
         = processes 2 threads 2 zombies 1 connections 0 unaccepted 0 listening 0 forked 0 exited 2 reaped 1 lost 0",
    );
}

#[test]
fn who_is_missing_from_a_sample_is_not_dead() {
    check(
        "1000 see 10*@900<1 20@950<10
         1100 see 10*
         ? 1100
         = 10 S
         =   20 S
         ? 1100 totals
         = processes 2 threads 2 zombies 0 connections 0 unaccepted 0 listening 0 forked 0 exited 0 reaped 0 lost 0",
    );
}

#[test]
fn a_pid_that_comes_back_is_another_process() {
    check(
        "1000 see 10*@900<1 20@950<10
         1010 exit 20 x0
         1020 reap 20 x0
         1100 see 10* 20@1060<10
         ? 1015
         = 10 S
         =   20 Z code 0 for 5 ms
         ? 1030
         = 10 S
         ? 1100 ghosts 500 9
         = 10 S
         =   20 † code 0 for 10 ms
         =   20 S",
    );
}

#[test]
fn a_pid_that_comes_back_ends_whoever_had_it() {
    check(
        "1000 see 10*@900<1 20@950<10
         1100 see 10* 20@1060<10
         ? 1069
         = 10 S
         =   20 S
         ? 1070
         = 10 S
         =   20 S –
         ? 1100 ghosts 500 9
         = 10 S
         =   20 † code ? for 0 to 70 ms
         =   20 S
         ? 1100 totals
         = processes 2 threads 2 zombies 0 connections 0 unaccepted 0 listening 0 forked 1 exited 1 reaped 1 lost 0",
    );
}

#[test]
fn a_child_that_was_just_born_leaves_the_totals_known() {
    check(
        "1000 see 10*@900<1/s7,8 L7:80 C8:80-5000
         1050 birth 20<10
         1051 birth 21<20
         ? 1060
         = 10 S accepted 1 listening 1
         =   20 R –
         =     21 R –
         ? 1060 totals
         = processes 3 threads 3 zombies 0 connections 1 unaccepted 0 listening 1 forked 2 exited 0 reaped 0 lost 0
         1100 see 10* 20@1050<10/s?
         ? 1100 totals
         = processes 3 threads 3 zombies 0 connections – unaccepted – listening – forked 2 exited 0 reaped 0 lost 0",
    );
}

#[test]
fn another_program_is_told_until_it_is_read() {
    check(
        "1000 see 10*@900<1
         1050 birth 20<10
         1055 exec 20 worker
         1056 exec 30 stranger
         ? 1100 log
         = 1050 fork 20 by 10
         = 1055 exec 20 worker",
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
fn a_birth_that_is_told_late_is_one_all_the_same() {
    let one = |script: &str| {
        check(&format!(
            "1000 see 10*@900<1
             {script}
             ? 1500 totals
             = processes 1 threads 1 zombies 0 connections 0 unaccepted 0 listening 0 forked 1 exited 1 reaped 1 lost 0"
        ));
    };
    // Told after it was read, before, and never read at all.
    one("1100 see 10* 20@1040<10
         1143 birth 20<10
         1150 exit 20@1140 x0
         1160 reap 20@1140 x0
         1200 see 10*");
    one("1143 birth 20<10
         1150 see 10* 20@1040<10
         1150 exit 20@1140 x0
         1160 reap 20@1140 x0
         1200 see 10*");
    one("1143 birth 20<10
         1150 exit 20@1140 x0
         1160 reap 20@1140 x0
         1155 see 10* 20@1040<10
         1200 see 10*");
}

#[test]
fn the_late_end_of_an_earlier_owner_spares_the_present_one() {
    check(
        "1000 see 10*@900<1 20@950<10
         1100 see 10* 20@1060<10
         1030 exit 20@950 x7
         1040 reap 20@950 x7 by 10
         ? 1035
         = 10 S
         =   20 Z code 7 for 5 ms
         ? 1100
         = 10 S
         =   20 S
         1200 see 10* 20@1060<10
         ? 1200
         = 10 S
         =   20 S
         1300 reap 20@500
         ? 1300
         = 10 S
         =   20 S",
    );
}

#[test]
fn the_late_reading_of_an_earlier_owner_spares_the_present_one() {
    check(
        "1000 see 10*@900<1 20@950<10
         1005 reap 20
         1050 birth 20<10
         1049 see 10* 20@950
         ? 1051
         = 10 S
         =   20 R –
         1100 see 10* 20@1050
         ? 1100
         = 10 S
         =   20 S",
    );
}

#[test]
fn another_parent_is_an_adoption() {
    check(
        "1000 see 10*@900<1 20@950<10 30@960<20
         1100 exit 20 x0
         1110 see 10* 20/Z 30<10
         ? 1099
         = 10 S
         =   20 S
         =     30 S
         ? 1110
         = 10 S
         =   20 Z code 0 for 10 ms
         =   30 S
         ? 1110 log
         = 1100 exit 20 code 0
         = 1110 orphan 30 from 20 to 10",
    );
}

#[test]
fn an_orphan_stands_at_the_top_with_its_adopter() {
    check(
        "1000 see 10*@900<5 20@950<10
         1100 exit 10 k15
         1101 reap 10 k15 by 5
         1110 see 20<5
         ? 1110
         = 20 S adopted by 5
         ? 1110 ghosts 100 9
         = 10 † signal 15 for 1 ms
         = 20 S adopted by 5",
    );
}

#[test]
fn a_double_fork_is_followed() {
    check(
        "1000 see 10*@900<5
         1010 birth 20<10
         1011 birth 30<20
         ? 1011
         = 10 S
         =   20 R –
         =     30 R –
         1012 exit 20@1010 x0
         1013 reap 20 x0 by 10
         1100 see 10* 30@1010<5
         ? 1100
         = 10 S
         = 30 S adopted by 5
         ? 1100 log
         = 1010 fork 20 by 10
         = 1011 fork 30 by 20
         = 1012 exit 20 code 0
         = 1013 reap 20 for 1 ms by 10
         = 1100 orphan 30 from 20 to 5",
    );
}

#[test]
fn who_is_made_a_child_of_another_is_no_orphan() {
    // With CLONE_PARENT the kernel names who called clone, and the child's parent is that one's.
    check(
        "1000 see 10*@900<5 20@950<10
         1010 birth 30<20
         1011 birth 40<10
         1100 see 10* 20 30@1010<10 40@1010<5
         1200 see 10* 20 30 40
         1300 see 10* 20 30 40
         ? 1300
         = 10 S
         =   20 S
         =   30 S
         = 40 S
         ? 1300 log
         = 1010 fork 30 by 20
         = 1011 fork 40 by 10",
    );
}

#[test]
fn an_orphan_is_told_also_where_the_end_of_its_parent_is_told_late() {
    let told = "? 1200 log
         = 1010 fork 20 by 10
         = 1011 fork 30 by 20
         = 1050 exit 20 code 0
         = 1200 orphan 30 from 20 to 10";
    let before = "1000 see 10*@900<5
         1010 birth 20<10
         1011 birth 30<20
         1100 see 10* 20@1010<10 30@1010<10
         1050 exit 20@1010 x0\n";
    check(&format!("{before}1200 see 10* 20/Z 30\n{told}"));
    // It may end before it is read again.
    let ended = "1200 exit 30@1010 x0\n";
    check(&format!("{before}{ended}{told}\n= 1200 exit 30 code 0"));
}

#[test]
fn a_child_stands_under_a_parent_whose_birth_is_known_less_exactly() {
    check(
        "1000 see 9*@900<1
         1100 see 9* 10@1050<9
         1053 birth 20<10
         ? 1100
         = 9 S
         =   10 S
         =     20 R –",
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

#[test]
fn ghosts_stay_in_place_for_a_while_and_only_the_newest() {
    check(
        "1000 see 10*@900<1 20@910<10 30@920<10 40@930<10 50@940<10
         1010 reap 40 x0
         1010 reap 20 x0
         1020 reap 30 x0
         ? 1020 ghosts 100 9
         = 10 S
         =   20 † code 0 for 0 to 10 ms
         =   30 † code 0 for 0 to 20 ms
         =   40 † code 0 for 0 to 10 ms
         =   50 S
         ? 1020 ghosts 100 2
         = 10 S
         =   30 † code 0 for 0 to 20 ms
         =   40 † code 0 for 0 to 10 ms
         =   50 S
         ? 1020 ghosts 100 1
         = 10 S
         =   30 † code 0 for 0 to 20 ms
         =   50 S
         ? 1115 ghosts 100 9
         = 10 S
         =   30 † code 0 for 0 to 20 ms
         =   50 S
         ? 1120 ghosts 100 9
         = 10 S
         =   50 S",
    );
}

#[test]
fn siblings_stand_by_age_and_not_by_pid() {
    check(
        "1000 see 10*@900<1 20@950<10 15@960<10 30@940<10 12@950<10
         ? 1000
         = 10 S
         =   30 S
         =   12 S
         =   20 S
         =   15 S",
    );
}

#[test]
fn a_shared_connection_is_counted_once_in_the_totals() {
    check(
        "1000 see 10*@900<1/s7,8 20@950<10/s7,8,8,8 L7:80 C8:80-5000
         ? 1000
         = 10 S accepted 1 listening 1 with [20]
         =   20 S accepted 1 listening 1 with [10]
         ? 1000 totals
         = processes 2 threads 2 zombies 0 connections 1 unaccepted 0 listening 1 forked 0 exited 0 reaped 0 lost 0",
    );
}

#[test]
fn a_port_that_the_tree_listens_on_tells_who_came_from_who_was_called() {
    check(
        "1000 see 10*@900<1/s7,8,9 L7:80 C8:80-5000 C9:40000-80
         ? 1000
         = 10 S accepted 1 outgoing 1 listening 1",
    );
}

#[test]
fn who_was_accepted_stays_so_when_the_listener_is_closed() {
    check(
        "1000 see 10*@900<1/s7,8 L7:80 C8:80-5000
         1100 see 10*/s8 C8:80-5000
         ? 1100
         = 10 S accepted 1",
    );
}

#[test]
fn who_waits_for_a_stranger_on_the_same_port_is_not_counted() {
    let total = |unaccepted| {
        format!(
            "? 1000 totals
             = processes 1 threads 1 zombies 0 connections 0 unaccepted {unaccepted} listening 1 forked 0 exited 0 reaped 0 lost 0"
        )
    };
    let see = |listeners| format!("1000 see 10*@900<1/s7 {listeners} C0:80-5000 C0:80-5001 C0:80-5002\n");
    check(&format!("{}{}", see("L7:80q2"), total(2)));
    check(&format!("{}{}", see("L7:80q3"), total(3)));
    // Where the kernel does not say how many wait, all are counted; a listener that nobody here holds says nothing.
    check(&format!("{}{}", see("L7:80"), total(3)));
    check(&format!("{}{}", see("L7:80q2 L9:80q1"), total(2)));
}

#[test]
fn a_connection_keeps_its_line_when_it_is_accepted() {
    check(
        "1000 see 10*@900<1/s7 L7:80q1 C0:80-5000
         1100 see 10*/s7,8 L7:80q0 C8:80-5000
         ? 1050 queues
         = :80 waiting 1 of 5 held by [10]
         = unaccepted from :5000 since 1000
         ? 1050 totals
         = processes 1 threads 1 zombies 0 connections 0 unaccepted 1 listening 1 forked 0 exited 0 reaped 0 lost 0
         ? 1100 queues
         = :80 waiting 0 of 5 held by [10]
         ? 1100
         = 10 S accepted 1 listening 1
         ? 1100 log
         = 1000 connect :80 :5000
         ? forgotten
         = forgotten: 0 lifelines, 0 segments, 0 sockets; kept: 1, 1, 2
         1200 see 10*/s7 L7:80q0
         ? 1199
         = 10 S accepted 1 listening 1
         ? 1200
         = 10 S listening 1
         ? 1200 log
         = 1000 connect :80 :5000
         = 1200 close :80 :5000",
    );
}

#[test]
fn a_connection_that_one_end_closed_is_half_closed() {
    check(
        "1000 see 10*@900<1/s7,8 L7:80 C8:80-5000
         1100 see 10*/s7,8 L7:80 C8:80-5000/close-wait
         ? 1100
         = 10 S half-closed 1 listening 1
         ? 1100 totals
         = processes 1 threads 1 zombies 0 connections 0 unaccepted 0 listening 1 forked 0 exited 0 reaped 0 lost 0
         ? 1099
         = 10 S accepted 1 listening 1",
    );
}

#[test]
fn what_may_not_be_read_is_unknown_and_so_are_the_totals() {
    check(
        "1000 see 10*@900<1/s7 20@950<10/s? L7:80
         ? 1000
         = 10 S listening 1
         =   20 S –
         ? 1000 totals
         = processes 2 threads 2 zombies 0 connections – unaccepted – listening – forked 0 exited 0 reaped 0 lost 0
         1100 see 10*/s7 20 L7:80
         ? 1100 totals
         = processes 2 threads 2 zombies 0 connections 0 unaccepted 0 listening 1 forked 0 exited 0 reaped 0 lost 0",
    );
}

#[test]
fn an_unreadable_table_is_unknown_for_as_long_as_it_is() {
    check(
        "1000 see 10*@900<1/s7 L7:80
         1100 see 10*/s7 !
         1200 see 10*/s7 L7:80
         ? 1000
         = 10 S listening 1
         ? 1100
         = 10 S –
         ? 1100 totals
         = processes 1 threads 1 zombies 0 connections – unaccepted – listening – forked 0 exited 0 reaped 0 lost 0
         ? 1200
         = 10 S listening 1",
    );
}

#[test]
fn a_zombie_holds_nothing_and_that_is_known() {
    check(
        "1000 see 10*@900<1/s7 20@950<10/s8 30@960<10/s? L7:80 C8:80-5000
         1100 exit 20 x0
         1100 exit 30 x0
         ? 1099
         = 10 S listening 1
         =   20 S accepted 1
         =   30 S –
         ? 1100
         = 10 S listening 1
         =   20 Z code 0 for 0 ms
         =   30 Z code 0 for 0 ms
         ? 1100 totals
         = processes 3 threads 3 zombies 2 connections 0 unaccepted 0 listening 1 forked 0 exited 2 reaped 0 lost 0",
    );
}

#[test]
fn clients_are_counted_over_time() {
    check(
        "1000 client 1 connecting
         1010 client 1 5000 connected
         1020 client 2 refused
         1030 client 1 served
         1040 client 1 5000 done
         ? 1000 clients
         = ClientTotals { open: 1, done: 0, failed: 0 }
         ? 1039 clients
         = ClientTotals { open: 1, done: 0, failed: 1 }
         ? 1040 clients
         = ClientTotals { open: 0, done: 1, failed: 1 }
         ? 1040 log
         = 1020 client 2 refused",
    );
}

#[test]
fn an_orphan_whose_parent_was_never_read_is_still_its_parents() {
    check(
        "1000 see 10*@900<1
         1001 birth 30<20
         1050 see 10* 30@1000<10
         ? 1050 log
         = 1001 fork 30 by 20
         = 1050 orphan 30 from 20 to 10",
    );
}

#[test]
fn a_connection_that_a_handler_inherited_was_there_before_it() {
    check(
        "1000 see 10*@900<1/s7 L7:80
         1010 client 1 connecting
         1012 birth 20<10
         1015 client 1 5000 connected
         1020 see 10*/s7 20@1010<10/s8 L7:80 C8:80-5000
         ? 1020 log
         = 1011 connect :80 :5000
         = 1012 fork 20 by 10",
    );
}

#[test]
fn a_connection_that_a_handler_of_before_accepted_came_when_its_client_says() {
    check(
        "1000 see 10*@900<1/s7 L7:80
         1005 birth 20<10
         1010 client 1 connecting
         1015 client 1 5000 connected
         1020 see 10*/s7 20@1000<10/s8 L7:80 C8:80-5000
         ? 1020 log
         = 1005 fork 20 by 10
         = 1015 connect :80 :5000",
    );
}

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
