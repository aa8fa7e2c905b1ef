//! Who stands under whom: adoptions, orphans, ghosts and the order of siblings.

use super::script::check;

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
