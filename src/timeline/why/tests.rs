//! What is worth saying, against scenarios: what was observed, which process is selected, and what must be said.

use super::attention::most_telling;
use super::topic::{Topic, candidates};
use super::{Adopter, Doing, Field, Place, Source, Unreaped, Why};
use crate::timeline::call::Call;
use crate::timeline::lifeline::{Reaper, ZombieTime};
use crate::timeline::process::{ExitStatus, Pid};
use crate::timeline::tests::script::{ms, told_by};
use crate::timeline::tree::Ghosts;
use crate::timeline::wchan::Wchan;

/// At so many milliseconds, with the newest process of that pid selected, or none, this is said.
#[track_caller]
fn check(script: &str, at: u64, selected: Option<Pid>, expected: &Why) {
    let timeline = told_by(script);
    let ghosts = Ghosts {
        window: std::time::Duration::from_secs(4),
        most: 4,
    };
    let moment = timeline.at(ms(at), ghosts);
    let topic = match selected {
        Some(pid) => Topic::of(&timeline, &moment, timeline.by_pid(pid).expect("it was seen").id),
        None => {
            most_telling(&candidates(&timeline, &moment))
                .expect("never empty")
                .topic
        }
    };
    let said = Why::about(&timeline, &moment, topic);
    assert_eq!(said.as_ref(), Some(expected), "of {topic:?}");
}

fn exact(millis: u64) -> ZombieTime {
    let time = std::time::Duration::from_millis(millis);
    ZombieTime {
        least: time,
        most: Some(time),
    }
}

fn zombie(millis: u64, unreaped: Unreaped) -> Why {
    Why::Zombie {
        pid: 20,
        time: exact(millis),
        parent: 10,
        unreaped,
        others: 0,
    }
}

/// A server with a child that ended at 2000, and what is read of the parent afterwards.
fn with_zombie(parent: &str) -> String {
    format!(
        "1000 see 10*@900<1/waccept4:3/s1 L1:80
         1500 birth 20<10
         1600 see 10*/waccept4:3/s1 20@1500<10/wread:3/s2 L1:80 C2:80-9
         2000 exit 20@1500 x0
         2100 see 10*{parent}/s1 20@1500<10/Z/x0 L1:80"
    )
}

fn function(name: &str) -> Wchan {
    Wchan::of(name).unwrap_or_else(|| panic!("{name} is no function"))
}

#[test]
fn a_zombie_stays_for_a_reason() {
    let accept = Doing::InCall(Call::Accept4);
    for (parent, unreaped) in [
        ("/waccept4:3/gdefault", Unreaped::Default(accept)),
        ("/R/gdefault", Unreaped::Default(Doing::Running)),
        ("/gdefault", Unreaped::Default(Doing::Asleep)),
        ("/waccept4:3/gcaught", Unreaped::Caught(accept)),
        ("/waccept4:3/gignored", Unreaped::Ignored),
        ("/waccept4:3/gcaught,blocked,pending", Unreaped::Pending),
        ("/wepoll_wait:4/gdefault,blocked", Unreaped::Taken),
        ("/wwait4/gdefault", Unreaped::InWait(Place::Call(Call::Wait4))),
        (
            "/w?do_wait/gdefault",
            Unreaped::InWait(Place::Function(function("do_wait"))),
        ),
        (
            "/w?inet_csk_accept/gdefault",
            Unreaped::Default(Doing::InFunction(function("inet_csk_accept"))),
        ),
        ("/T/gcaught", Unreaped::Stopped),
        ("/t/gcaught", Unreaped::Stopped),
        ("/waccept4:3", Unreaped::Unread),
    ] {
        check(&with_zombie(parent), 4_000, Some(20), &zombie(2_000, unreaped));
    }
    check(
        &with_zombie("/gdefault"),
        2_100,
        Some(20),
        &zombie(100, Unreaped::JustNow),
    );
    let adopted = "1000 see 10*@900<1/Z/t2 20@950<1/Z";
    let why = Why::Zombie {
        pid: 20,
        time: ZombieTime {
            least: std::time::Duration::from_secs(1),
            most: None,
        },
        parent: 1,
        unreaped: Unreaped::Unseen,
        others: 0,
    };
    check(adopted, 2_000, Some(20), &why);
}

#[test]
fn a_signal_changes_nothing_about_a_zombie() {
    let script = format!("{}\n3000 signal 9 20", with_zombie("/gdefault"));
    let nothing = Why::KilledZombie {
        pid: 20,
        signal: 9,
        parent: 10,
    };
    let doing = Unreaped::Default(Doing::Asleep);
    check(&script, 2_900, Some(20), &zombie(900, doing));
    check(&script, 3_000, Some(20), &nothing);
    check(&script, 3_000, None, &nothing);
    // It is news for a while.
    check(&script, 11_100, Some(20), &zombie(9_100, doing));
    // One that was alive when it came is no zombie's matter.
    let alive = format!("{}\n1900 signal 9 20", with_zombie("/gdefault"));
    check(&alive, 3_000, Some(20), &zombie(1_000, doing));
}

#[test]
fn who_has_died_by_a_signal_and_whose_it_was() {
    let script = |sent: &str| {
        format!(
            "1000 see 10*@900<1/waccept4:3/gdefault/s1 20@950<10/wread:3/s2 L1:80 C2:80-9
             {sent}
             2000 exit 20 k9"
        )
    };
    let killed = |ours| Why::Killed {
        pid: 20,
        signal: 9,
        ours,
        reaped: false,
    };
    check(&script("1999 signal 9 20"), 2_200, None, &killed(true));
    check(&script("1999 signal 15 20"), 2_200, None, &killed(false));
    check(&script("1999 signal 9 10"), 2_200, None, &killed(false));
    check(&script(""), 2_200, None, &killed(false));
    // Its status stands in /proc as long as it is a zombie, and no longer.
    let field = Source::Stat(20, Field::ExitCode);
    assert_eq!(killed(false).sources(), [field]);
    let reaped = Why::Killed {
        pid: 20,
        signal: 9,
        ours: false,
        reaped: true,
    };
    assert_eq!(reaped.sources(), [Source::Statuses(20)]);
    check(&format!("{}\n2100 reap 20", script("")), 2_200, None, &reaped);
}

#[test]
fn a_child_is_born_and_serves() {
    let script = "1000 see 10*@900<1/waccept4:3/s1 L1:80
                  1500 birth 20<10
                  1600 see 10*/waccept4:3/s1 20@1500<10/wread:3/s2 L1:80 C2:80-9";
    let born = |serves: Option<&str>| Why::Born {
        child: 20,
        parent: Some(10),
        serves: serves.map(|peer| peer.parse().expect("an address")),
    };
    check(script, 1_550, None, &born(None));
    check(script, 1_550, Some(20), &born(None));
    check(script, 1_600, None, &born(Some("127.0.0.1:9")));
    // Long after, it is what it does.
    let peer = "127.0.0.1:9".parse().expect("an address");
    let reading = Why::Reading {
        pid: 20,
        call: Call::Read,
        peer,
    };
    check(script, 1_600, Some(20), &reading);
    let accepting = Why::Accepting {
        pid: 10,
        call: Call::Accept4,
        port: Some(80),
    };
    check(script, 1_600, Some(10), &accepting);
    check(script, 9_000, None, &accepting);
}

#[test]
fn a_connection_comes_to_a_server_that_does_not_fork() {
    let script = "1000 see 10*@900<1/wepoll_wait:4/s1 L1:80
                  1500 see 10*/wepoll_wait:4/s1 L1:80q1 C0:80-9
                  1600 see 10*/wepoll_wait:4/s1,2 L1:80 C2:80-9";
    let peer = "127.0.0.1:9".parse().expect("an address");
    let connected = |holder, queued| Why::Connected {
        peer,
        port: 80,
        holder,
        queued,
    };
    check(script, 1_500, None, &connected(None, true));
    check(script, 1_600, None, &connected(Some(10), false));
    let several = Why::Multiplexing {
        pid: 10,
        call: Call::EpollWait,
        connections: Some(1),
    };
    check(script, 5_000, None, &several);
}

#[test]
fn a_reap_says_who_waited_and_how_long_it_took() {
    let script = |by: &str| {
        format!(
            "1000 see 10*@900<1/waccept4:3/s1 20@950<10 L1:80
             2000 exit 20 x3
             2500 reap 20 x3{by}"
        )
    };
    let reaped = |by| Why::Reaped {
        pid: 20,
        status: ExitStatus::Code(3),
        time: Some(exact(500)),
        by,
        parent: 10,
    };
    for selected in [None, Some(20)] {
        check(&script(" by 10"), 2_600, selected, &reaped(Reaper::Waited(10)));
        check(&script(" by nobody"), 2_600, selected, &reaped(Reaper::Discarded));
        check(&script(""), 2_600, selected, &reaped(Reaper::Unknown));
    }
}

#[test]
fn an_orphan_has_an_adopter_for_a_reason() {
    let script = |adopter: &str, orphan: &str| {
        format!(
            "1000 see 10*@900<1 20@910<10 30@950<20{orphan}
             2000 exit 20 x0
             2001 reap 20 x0 by 10
             2100 see 10* {adopter}"
        )
    };
    let orphan = |to, adopter| Why::Orphan {
        pid: 30,
        from: Some(20),
        to,
        adopter,
    };
    for (adopter, of, to, reason) in [
        ("30@950<1", "", 1, Adopter::Init),
        ("30@950<7", "", 7, Adopter::Unclear),
        ("30@950<7/n30", "/n30", 7, Adopter::Subreaper),
        ("30@950<7/n3", "/n3", 7, Adopter::Unclear),
        ("7@800<10/n1 30@950<7/n3", "/n3", 7, Adopter::NamespaceInit),
        ("7@800<10/n2 30@950<7/n3", "/n3", 7, Adopter::Subreaper),
    ] {
        check(&script(adopter, of), 2_200, Some(30), &orphan(to, reason));
    }
    check(&script("30@950<1", ""), 2_200, None, &orphan(1, Adopter::Init));
}

#[test]
fn a_connection_that_two_hold_is_shared() {
    let script = "1000 see 10*@900<1/waccept4:3/s1,2 20@950<10/wread:3/s2 L1:80 C2:80-9";
    let shared = |pid, with| Why::Shared {
        pid,
        with,
        peer: "127.0.0.1:9".parse().expect("an address"),
    };
    check(script, 1_500, Some(20), &shared(20, 10));
    check(script, 2_500, None, &shared(10, 20));
    let accepting = Why::Accepting {
        pid: 10,
        call: Call::Accept4,
        port: Some(80),
    };
    // Between fork() and close() that is so for a moment.
    check(script, 1_500, None, &accepting);
}

#[test]
fn a_stopped_parent_reaps_nobody() {
    let why = Why::StoppedParent {
        pid: 10,
        zombies: 1,
        waiting: Some(2),
    };
    let script = with_zombie("/T/gcaught").replace("/Z/x0 L1:80", "/Z/x0 L1:80q2");
    check(&script, 2_200, Some(10), &why);
    check(&script, 2_200, None, &why);
    let alone = "1000 see 10*@900<1/T";
    check(alone, 1_500, None, &Why::Stopped { pid: 10, traced: false });
}

#[test]
fn clients_wait_in_the_queue() {
    let script = |server: &str, waiting: u32| {
        format!(
            "1000 see 10*@900<1{server}/s1,5 20@950<10/wread:3/s2 L1:80q{waiting} C2:80-9
             2000 see 10*{server}/s1,5 20/wread:3/s2 L1:80q{waiting} C2:80-9"
        )
    };
    let queue = |waiting, listener| Why::Queue {
        port: 80,
        waiting,
        backlog: Some(5),
        listener,
    };
    check(&script("/waccept4:3", 2), 2_000, None, &queue(2, None));
    check(
        &script("/wread:4", 2),
        2_000,
        None,
        &queue(2, Some((10, Doing::InCall(Call::Read)))),
    );
    check(&script("/R", 6), 2_000, None, &queue(6, Some((10, Doing::Running))));
    let blocks = Why::WaitBlocksAccept {
        pid: 10,
        place: Place::Call(Call::Wait4),
        waiting: 2,
    };
    check(&script("/wwait4", 2), 2_000, None, &blocks);
    let hidden = Why::WaitBlocksAccept {
        pid: 10,
        place: Place::Function(function("do_wait")),
        waiting: 2,
    };
    check(&script("/w?do_wait", 2), 2_000, None, &hidden);
    check(&script("/w?inet_csk_accept", 2), 2_000, None, &queue(2, None));
    check(&script("/wwait4", 2), 2_000, Some(10), &blocks);
    let calm = Why::AwaitsChild {
        pid: 10,
        call: Call::Wait4,
    };
    check(&script("/wwait4", 0), 2_000, None, &calm);
    check(&script("/wwait4", 2), 1_100, Some(10), &calm);
}

#[test]
fn an_ordinary_process_is_said_to_do_what_it_does() {
    let check = |process: &str, expected: &Why| {
        check(
            &format!("1000 see 10*@900<1{process} C2:80-9"),
            1_000,
            Some(10),
            expected,
        );
    };
    let peer = "127.0.0.1:9".parse().expect("an address");
    let pid = 10;
    let call = |call| Why::InCall { pid, call };
    check("/R", &Why::Running { pid, peer: None });
    check("/R/s2", &Why::Running { pid, peer: Some(peer) });
    check("/D", &Why::DiskSleep { pid });
    check("/Z/t3", &Why::MainThreadLeft { pid });
    check("/t", &Why::Stopped { pid, traced: true });
    check("/wpause", &call(Call::Pause));
    check("/wread:7", &call(Call::Read));
    check(
        "/wwrite:3/s2",
        &Why::Writing {
            pid,
            call: Call::Write,
            peer,
        },
    );
    check(
        "/wepoll_wait:7/s?",
        &Why::Multiplexing {
            pid,
            call: Call::EpollWait,
            connections: None,
        },
    );
    check(
        "",
        &Why::Unknown {
            pid,
            state: crate::timeline::process::State::Sleeping,
        },
    );
}

#[test]
fn the_end_and_the_beginning_are_said() {
    let ended = "1000 see 10*@900<1
                 2000 exit 10 k15
                 2001 reap 10 k15";
    let why = Why::Ended {
        pid: 10,
        status: ExitStatus::Signal(15),
    };
    check(ended, 2_500, None, &why);
    let timeline = told_by("");
    let moment = timeline.at(ms(1_000), Ghosts::default());
    let best = most_telling(&candidates(&timeline, &moment)).expect("never empty");
    assert_eq!(best.topic, Topic::Nothing);
}
