//! Who was born, when, and who is who: births that several sources tell, pids that come back, another program.

use super::script::check;

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
