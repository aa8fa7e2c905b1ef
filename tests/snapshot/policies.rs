//! What a snapshot shows of the demo server under each reaping policy, attached to as any other server would be.

use forkscope::server::config::Policy;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::served::{Served, until};
use super::tool::{Shot, run};

fn start(policy: Policy) -> Served {
    Served::start(&["--reap", policy.name()])
}

/// Clients that come by the tool's own hand, hold a while and leave.
fn load(server: &Served, clients: &str) {
    let output = run(&[
        "load",
        &server.address.to_string(),
        "--clients",
        clients,
        "--hold",
        "200ms",
    ]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// What `snapshot --listening` of a server says, once its census is this.
fn shot_with(server: &Served, census: (usize, usize)) -> Shot {
    let port = server.address.port().to_string();
    Shot::until(&["--listening", &port], |shot| shot.census() == census)
}

#[test]
fn none_leaves_every_child_a_zombie_with_its_exit_code() {
    let server = start(Policy::None);
    load(&server, "20");
    let shot = shot_with(&server, (20, 0));
    for zombie in shot.zombies() {
        assert_eq!(zombie["exit"], json!({ "code": 0 }), "{zombie}");
        assert_eq!((&zombie["ppid"], &zombie["depth"]), (&json!(server.pid()), &json!(1)));
    }
    let parent = shot.process(server.pid());
    assert_eq!(
        parent["sigchld"],
        json!({ "disposition": "default", "blocked": false, "pending": false })
    );
    assert_eq!(shot.0["roots"][0]["pid"], server.pid());
    assert_eq!(parent["listening"], 1);
    assert_eq!(shot.0["listeners"][0]["address"], server.address.to_string());
    assert_eq!(shot.0["listeners"][0]["held_by"], json!([server.pid()]));
    assert!(shot.0["listeners"][0]["backlog"].as_u64().unwrap() > 0);
}

#[test]
fn those_that_reap_leave_none() {
    for policy in [Policy::Loop, Policy::SignalFd, Policy::Ignore, Policy::NoCldWait] {
        let server = start(policy);
        load(&server, "20");
        let shot = shot_with(&server, (0, 0));
        let sigchld = &shot.process(server.pid())["sigchld"];
        // SA_NOCLDWAIT itself stands nowhere in /proc.
        let expected = match policy {
            Policy::Loop => ("caught", false),
            Policy::SignalFd => ("default", true),
            Policy::Ignore => ("ignored", false),
            _ => (sigchld["disposition"].as_str().unwrap(), false),
        };
        assert_eq!(sigchld["disposition"], expected.0, "{policy:?}");
        assert_eq!(sigchld["blocked"], expected.1, "{policy:?}");
    }
}

#[test]
fn once_and_loop_differ_when_many_leave_at_once() {
    for (policy, left) in [(Policy::Once, 19), (Policy::Loop, 0)] {
        let server = start(policy);
        let clients = server.clients(20);
        server.signal(Signal::SIGSTOP);
        shot_with(&server, (0, 20));
        drop(clients);
        let stopped = shot_with(&server, (20, 0));
        assert_eq!(stopped.process(server.pid())["state"], "T");
        assert_eq!(stopped.process(server.pid())["sigchld"]["pending"], true);
        server.signal(Signal::SIGCONT);
        shot_with(&server, (left, 0));
    }
}

#[test]
fn poll_reaps_when_the_next_client_comes() {
    let server = start(Policy::Poll);
    load(&server, "20");
    let before = shot_with(&server, (20, 0));
    assert!(before.zombies()[0]["zombie_seconds"].is_f64());
    let _next = server.clients(1);
    shot_with(&server, (0, 1));
}

#[test]
fn wait_keeps_the_others_in_the_queue() {
    let server = start(Policy::Wait);
    let mut first = server.connect();
    first.talk();
    let _others = [server.connect(), server.connect()];
    let shot = Shot::until(&["--pid", &server.pid().to_string()], |shot| {
        shot.0["totals"]["unaccepted"] == 2 && !shot.process(server.pid())["blocked_in"].is_null()
    });
    assert_eq!(shot.census(), (0, 1));
    assert_eq!(shot.process(server.pid())["blocked_in"], "wait4");
    assert_eq!(shot.0["listeners"][0]["queue"], 2);
    assert_eq!(shot.0["totals"]["connections"], 1, "accepted ones");
}

/// The handlers are orphans from their first moment: this test, a subreaper, is who adopts them.
#[test]
fn double_fork_orphans_are_in_the_picture_with_their_adopter() {
    let server = start(Policy::DoubleFork);
    let clients = server.clients(3);
    let shot = shot_with(&server, (0, 3));
    for process in shot.processes().iter().filter(|row| row["pid"] != server.pid()) {
        assert_eq!(process["adopted_by"], std::process::id(), "{process}");
        assert_eq!(process["ppid"], std::process::id());
        assert_eq!((&process["depth"], &process["accepted"]), (&json!(0), &json!(1)));
    }
    drop(clients);
    server.until_census(0, 0);
    shot_with(&server, (0, 0));
}

#[test]
fn a_living_child_is_shown_with_its_client() {
    let server = start(Policy::Loop);
    let _clients = server.clients(5);
    let pid = server.pid().to_string();
    let shot = Shot::until(&["--pid", &pid], |shot| {
        let children = shot.processes().iter().skip(1);
        shot.census() == (0, 5) && children.clone().all(|child| !child["blocked_in"].is_null())
    });
    assert_eq!(shot.0["totals"]["connections"], 5);
    for child in shot.processes().iter().skip(1) {
        let counts = ["established", "accepted", "outgoing", "half_closed", "listening"];
        assert_eq!(
            counts.map(|name| child[name].as_u64().unwrap()),
            [1, 1, 0, 0, 0],
            "{child}"
        );
        assert!(
            ["read", "recvfrom"].contains(&child["blocked_in"].as_str().unwrap()),
            "{child}"
        );
        assert_eq!(child["shared_with"], json!([]), "the parent has closed it");
        assert_eq!((&child["comm"], &child["threads"]), (&json!("forkscope"), &json!(1)));
        assert!(child["rss_bytes"].as_u64().unwrap() > 0);
    }
    let parent = shot.process(server.pid());
    assert!(parent["blocked_in"].as_str().unwrap().starts_with("accept"), "{parent}");
    assert_eq!(parent["command"].as_str().unwrap().split(' ').nth(1), Some("serve"));
    assert_eq!(parent["uid"], nix::unistd::geteuid().as_raw());
}

#[test]
fn a_child_that_was_killed_says_by_which_signal() {
    let server = start(Policy::None);
    let _clients = server.clients(3);
    let signals = [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGABRT];
    let mut children: Vec<i32> = server.descendants().iter().map(|row| row.pid).collect();
    children.sort_unstable();
    for (child, signal) in children.iter().zip(signals) {
        kill(Pid::from_raw(*child), signal).unwrap();
    }
    let shot = shot_with(&server, (3, 0));
    for (child, signal) in children.iter().zip(signals) {
        assert_eq!(shot.process(*child)["exit"], json!({ "signal": signal.as_str() }));
    }
}

#[test]
fn a_child_that_is_stopped_says_so() {
    let server = start(Policy::Loop);
    let _clients = server.clients(1);
    let child = server.descendants()[0].pid;
    kill(Pid::from_raw(child), Signal::SIGSTOP).unwrap();
    until(|| match server.descendants()[0].state {
        'T' => Ok(()),
        state => Err(state),
    });
    let shot = shot_with(&server, (0, 1));
    assert_eq!(shot.process(child)["state"], "T");
}

/// Of a zombie that was there before us the age is only known from below.
#[test]
fn the_age_of_a_zombie_that_was_found_is_at_least_that() {
    let server = start(Policy::None);
    drop(server.clients(1));
    server.until_census(1, 0);
    let shot = shot_with(&server, (1, 0));
    assert_eq!(shot.zombies()[0]["zombie_seconds_at_least"], true);
}
