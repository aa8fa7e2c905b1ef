//! `forkscope zombies` by its real program: real parents that do not wait, in this PID namespace and in another, seen by
//! root and by nobody. Other zombies may be about; only those made here are looked at.

#[path = "tool/running.rs"]
mod running;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use running::{DEADLINE, Gate, Own, Running, as_nobody, place};

/// A parent that never waits: it becomes `sleep` behind its child's back, once that child has a pid and is let go.
const CARELESS: &str = "(read x < \"$1\"; exit 3) & echo > \"$2\"; exec sleep 1000";

/// Such a parent, and its zombie once it is one.
struct Careless {
    own: Own,
    zombie: i32,
}

impl Careless {
    fn start(place: &Path) -> Self {
        let (mut gate, told) = (Gate::new(place, "gate"), Gate::new(place, "told"));
        let own = Own::shell(CARELESS, &[&gate.path, &told.path]);
        told.heard();
        let child = children(own.pid())[0];
        until_careless(own.pid());
        gate.open();
        until_zombie(child);
        Self { own, zombie: child }
    }
}

fn children(pid: i32) -> Vec<i32> {
    let list = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).expect("its children");
    list.split_whitespace().map(|pid| pid.parse().expect("a pid")).collect()
}

fn state(pid: i32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Waits until it has become `sleep`: a shell would wait for its child.
#[track_caller]
fn until_careless(pid: i32) {
    let until = Instant::now() + DEADLINE;
    while std::fs::read(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm != b"sleep\n") {
        assert!(Instant::now() < until, "{pid} does not become another program");
        std::thread::yield_now();
    }
}

#[track_caller]
fn until_zombie(pid: i32) {
    let until = Instant::now() + DEADLINE;
    while state(pid) != Some('Z') {
        assert!(Instant::now() < until, "{pid} is {:?}", state(pid));
        std::thread::yield_now();
    }
}

/// One look as JSON.
#[track_caller]
fn look(command: Command) -> Value {
    let mut running = Running::of(command);
    let look = running.object();
    assert!(running.rest().is_empty());
    assert_eq!(running.end(), (0, String::new()));
    check(&look);
    look
}

fn forkscope(args: &[&str]) -> Command {
    let mut command = Command::new(running::FORKSCOPE);
    command.args(args).env("LC_ALL", "C");
    command
}

fn fields(object: &Value) -> BTreeSet<&str> {
    object
        .as_object()
        .expect("an object")
        .keys()
        .map(String::as_str)
        .collect()
}

/// The answer keeps the contract: its fields, and a count that is right.
#[track_caller]
fn check(look: &Value) {
    let all = ["schema", "taken_at", "zombies", "others_hidden", "reapers"];
    assert_eq!(fields(look), BTreeSet::from(all));
    let mut count = 0;
    for reaper in look["reapers"].as_array().expect("a list") {
        let all = [
            "pid",
            "ppid",
            "comm",
            "command",
            "uid",
            "user",
            "state",
            "sigchld",
            "pid_namespace",
            "ns_pid",
            "container_init",
            "cgroup",
            "advice",
            "oldest_seen_seconds",
            "zombies",
        ];
        assert_eq!(fields(reaper), BTreeSet::from(all));
        let zombies = reaper["zombies"].as_array().expect("a list");
        assert!(!zombies.is_empty());
        count += zombies.len();
        for zombie in zombies {
            let all = [
                "pid",
                "comm",
                "exit",
                "seen_seconds",
                "ended_seconds_at_most",
                "start_ticks",
            ];
            assert_eq!(fields(zombie), BTreeSet::from(all));
            let time = |field: &str| zombie[field].as_f64().expect("seconds");
            assert!(time("seen_seconds") <= time("ended_seconds_at_most"), "{zombie}");
        }
    }
    assert_eq!(look["zombies"], count);
}

/// What a look says of that process.
#[track_caller]
fn of(look: &Value, pid: i32) -> Value {
    let reapers = look["reapers"].as_array().expect("a list");
    let found = reapers.iter().find(|reaper| reaper["pid"] == pid);
    found.unwrap_or_else(|| panic!("{pid} is not in {look:#}")).clone()
}

#[test]
fn a_parent_that_does_not_wait() {
    let place = place();
    let careless = Careless::start(place.path());
    let reaper = of(&look(forkscope(&["zombies", "--json"])), careless.own.pid());
    assert_eq!(
        (&reaper["comm"], &reaper["command"]),
        (&json!("sleep"), &json!("sleep 1000"))
    );
    assert_eq!(
        (&reaper["state"], &reaper["ppid"]),
        (&json!("S"), &json!(std::process::id()))
    );
    assert_eq!(reaper["uid"], nix::unistd::geteuid().as_raw());
    let quiet = json!({"disposition": "default", "blocked": false, "pending": false});
    assert_eq!(reaper["sigchld"], quiet);
    assert_eq!(
        (&reaper["pid_namespace"]["own"], &reaper["container_init"]),
        (&json!(true), &json!(false))
    );
    assert!(reaper["pid_namespace"]["inode"].is_u64());
    let [zombie] = &reaper["zombies"].as_array().expect("a list")[..] else {
        panic!("{reaper:#}")
    };
    assert_eq!(
        (&zombie["pid"], &zombie["exit"]),
        (&json!(careless.zombie), &json!({"code": 3}))
    );
    assert_eq!(zombie["seen_seconds"], 0.0, "one look cannot say more");
}

#[test]
fn a_parent_that_is_stopped() {
    let place = place();
    let careless = Careless::start(place.path());
    kill(Pid::from_raw(careless.own.pid()), Signal::SIGSTOP).expect("stop it");
    let until = Instant::now() + DEADLINE;
    while state(careless.own.pid()) != Some('T') {
        assert!(Instant::now() < until, "it does not stop");
        std::thread::yield_now();
    }
    let reaper = of(&look(forkscope(&["zombies", "--json"])), careless.own.pid());
    assert_eq!((&reaper["state"], &reaper["advice"]), (&json!("T"), &json!("stopped")));
}

#[test]
fn nobody_sees_who_must_reap_and_not_how_they_ended() {
    let place = place();
    let careless = Careless::start(place.path());
    let Some(command) = as_nobody(place.path(), &["zombies", "--json"]) else {
        return;
    };
    let look = look(command);
    if look["others_hidden"] == true {
        eprintln!("skipped: /proc is mounted with hidepid");
        return;
    }
    let reaper = of(&look, careless.own.pid());
    assert_eq!((&reaper["user"], &reaper["comm"]), (&json!("root"), &json!("sleep")));
    assert_eq!(reaper["pid_namespace"]["inode"], Value::Null);
    let status = &reaper["zombies"][0]["exit"];
    // Not 0 in the kernel's eyes, so nothing hides that it is no status at all.
    assert!([json!({"code": null}), json!({"code": 3})].contains(status), "{status}");
}

#[test]
fn pid_1_of_a_container_that_does_not_reap() {
    let place = place();
    let (mut gate, told) = (Gate::new(place.path(), "gate"), Gate::new(place.path(), "told"));
    let unshare = [
        "--pid",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "sh",
        "-c",
        CARELESS,
        "sh",
    ];
    let permitted = Command::new("unshare")
        .args(["--pid", "--fork", "--mount-proc", "true"])
        .output();
    if !permitted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no PID namespace may be made here");
        return;
    }
    let mut command = Command::new("unshare");
    let own = Own::start(command.args(unshare).arg(gate.arg()).arg(told.arg()));
    told.heard();
    let init = children(own.pid())[0];
    let zombie = children(init)[0];
    until_careless(init);
    gate.open();
    until_zombie(zombie);
    let found = look(forkscope(&["zombies", "--json"]));
    let reaper = of(&found, init);
    assert_eq!(
        (&reaper["ns_pid"], &reaper["pid_namespace"]["own"]),
        (&json!(1), &json!(false))
    );
    assert_eq!(
        (&reaper["container_init"], &reaper["advice"]),
        (&json!(true), &json!("container-init"))
    );
    assert_eq!(reaper["zombies"][0]["pid"], zombie);
    if let Some(command) = as_nobody(place.path(), &["zombies", "--json"])
        && found["others_hidden"] == false
    {
        assert_eq!(of(&look(command), init)["container_init"], true, "also to nobody");
    }
    for (language, said) in [("en", "PID 1 of a container"), ("ko", "컨테이너의 PID 1")] {
        let mut running = Running::of(forkscope(&["zombies", "--lang", language]));
        let text = running.rest().join("\n");
        assert_eq!(running.end(), (0, String::new()));
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn watching_tells_of_each_change_and_how_long_it_has_lasted() {
    let place = place();
    let careless = Careless::start(place.path());
    let mut running = Running::start(&["zombies", "--watch", "--json"]);
    let first = running.object();
    check(&first);
    assert_eq!(of(&first, careless.own.pid())["oldest_seen_seconds"], 0.0);
    let other = tempfile::tempdir_in(place.path()).expect("a directory");
    let second = Careless::start(other.path());
    // Others on this machine may come and go as well.
    let mut looks = Vec::new();
    let has_second = |look: &Value| {
        let mut reapers = look["reapers"].as_array().expect("a list").iter();
        reapers.any(|reaper| reaper["pid"] == second.own.pid())
    };
    let aged = of(&running.next(&mut looks, has_second), careless.own.pid());
    looks.iter().for_each(check);
    assert!(aged["oldest_seen_seconds"].as_f64() > Some(0.0), "{aged:#}");
    running.signal(Signal::SIGINT);
    assert_eq!(running.end(), (0, String::new()));
}

#[test]
fn watching_ends_by_sigterm_and_with_its_reader() {
    let mut running = Running::start(&["zombies", "--watch"]);
    running.line();
    running.signal(Signal::SIGTERM);
    assert_eq!(running.end(), (143, String::new()));
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut running = Running::into(&["zombies", "--watch"], writer);
    drop(reader);
    assert_eq!(running.end(), (0, String::new()));
}
