//! Who held which socket, what waits in the queues, and what our own clients say of both.

use super::script::check;

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
