//! `forkscope events` by its real program: what it says of targets of every kind, field by field, and every way in
//! which it ends.

#[path = "events/contract.rs"]
mod contract;
#[path = "tool/running.rs"]
mod running;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use nix::fcntl::{FcntlArg, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use contract::check;
use running::{Gate, Own, Running, as_nobody, place};

fn is(kind: &str) -> impl Fn(&Value) -> bool {
    move |event| event["event"] == kind
}

fn about(kind: &str, pid: &Value) -> impl Fn(&Value) -> bool {
    move |event| event["event"] == kind && event["pid"] == *pid
}

/// All events to the end, and the exit code.
#[track_caller]
fn finish(mut running: Running, mut events: Vec<Value>) -> (Vec<Value>, i32) {
    for line in running.rest() {
        events.push(serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}")));
    }
    let (code, errors) = running.end();
    assert_eq!(errors, "", "{events:#?}");
    check(&events);
    (events, code)
}

fn last(events: &[Value]) -> &Value {
    events.last().expect("an end")
}

#[track_caller]
fn find(events: &[Value], is_so: impl Fn(&Value) -> bool) -> &Value {
    let found = events.iter().find(|event| is_so(event));
    found.unwrap_or_else(|| panic!("not among {events:#?}"))
}

/// A shell whose two children wait at a gate each: one exits 3, the other dies by a signal. Then it exits 7.
fn two_children(mut running: Running, gates: &mut [Gate; 2]) -> (Vec<Value>, i32) {
    let mut events = Vec::new();
    let first = running.next(&mut events, is("fork"));
    let second = running.next(&mut events, is("fork"));
    assert_eq!(first["parent"], second["parent"]);
    gates.iter_mut().for_each(Gate::open);
    let (events, code) = finish(running, events);
    let root = &first["parent"];
    let of = |kind| events.iter().filter(move |event| event["event"] == kind);
    let endings: BTreeSet<String> = of("exit")
        .filter(|exit| exit["pid"] != *root)
        .map(|exit| format!("{}{}", exit["code"], exit["signal"]))
        .collect();
    assert_eq!(
        endings,
        BTreeSet::from(["3null".to_owned(), "null\"SIGKILL\"".to_owned()]),
        "{events:#?}"
    );
    assert_eq!(find(&events, about("exit", root))["code"], 7);
    for child in [&first["pid"], &second["pid"]] {
        let reap = find(&events, about("reap", child));
        assert!(reap["by"].is_null() || reap["by"] == *root, "{reap}");
    }
    // Its guardian waits for it, and says so.
    assert!(find(&events, about("reap", root))["by"].is_number());
    let end = last(&events);
    assert_eq!(
        (&end["reason"], &end["status"]),
        (&json!("target ended"), &json!({"code": 7}))
    );
    (events, code)
}

const TWO_CHILDREN: &str = "(read x < \"$1\"; exit 3) & sh -c 'read x < \"$1\"; kill -9 $$' sh \"$2\" & wait; exit 7";

/// The events of a shell that runs this script, with two gates as its arguments.
fn in_a_shell<'a>(script: &'a str, gates: &'a [Gate; 2]) -> [&'a str; 9] {
    let [one, two] = gates.each_ref().map(Gate::arg);
    ["events", "--json", "--", "sh", "-c", script, "sh", one, two]
}

fn two_gates(place: &Path) -> [Gate; 2] {
    ["one", "two"].map(|name| Gate::new(place, name))
}

#[test]
fn a_launched_command_to_its_end() {
    let place = place();
    let mut gates = two_gates(place.path());
    let args = in_a_shell(TWO_CHILDREN, &gates);
    let running = Running::start(&args);
    let (_, code) = two_children(running, &mut gates);
    assert_eq!(code, 0, "the target's own status is not returned");
}

#[test]
fn a_launched_command_as_nobody() {
    let place = place();
    let mut gates = two_gates(place.path());
    let args = in_a_shell(TWO_CHILDREN, &gates);
    let Some(command) = as_nobody(place.path(), &args) else {
        return;
    };
    let (_, code) = two_children(Running::of(command), &mut gates);
    assert_eq!(code, 0);
}

/// A command that is over before anybody could look at it, its children as well: what happened was told all the same.
#[test]
fn a_command_that_is_over_at_once() {
    for script in ["exit 7", "/bin/true & /bin/true & wait; exit 7"] {
        let (events, code) = finish(
            Running::start(&["events", "--json", "--", "sh", "-c", script]),
            Vec::new(),
        );
        assert_eq!(code, 0);
        let end = last(&events);
        assert_eq!(end["status"], json!({"code": 7}), "{events:#?}");
        let root = find(&events, |event| event["event"] == "exit" && event["code"] == 7);
        assert!(
            find(&events, about("reap", &root["pid"]))["by"].is_number(),
            "{events:#?}"
        );
        let children = script.matches("true").count();
        if end["may_have_missed"] == false {
            let counts = json!([end["forks"], end["exits"], end["reaps"]]);
            assert_eq!(counts, json!([children, children + 1, children + 1]), "{events:#?}");
        }
    }
}

/// The kernel stops telling of a process that runs a program which its user may not read (fs/exec.c, begin_new_exec),
/// and says nothing of it. Its children are found all the same, and the record says that it may have missed some.
#[test]
fn children_of_a_program_that_may_not_be_read_are_found() {
    let place = place();
    let hidden = place.path().join("hidden");
    std::fs::copy("/bin/sh", &hidden).expect("copy the shell");
    std::fs::set_permissions(&hidden, PermissionsExt::from_mode(0o111)).expect("to be run by all, and read by none");
    let hidden = hidden.to_str().expect("UTF-8");
    let args = [
        "events",
        "--json",
        "--",
        hidden,
        "-c",
        "(sleep 2; exit 3) & wait; exit 7",
    ];
    let Some(command) = as_nobody(place.path(), &args) else {
        return;
    };
    let (events, code) = finish(Running::of(command), Vec::new());
    assert_eq!(code, 0);
    let child = &find(&events, is("fork"))["pid"];
    let status = &find(&events, about("exit", child))["code"];
    assert!(status.is_null() || *status == 3, "{events:#?}");
    let end = last(&events);
    // The connector tells on, where perf is not to be had.
    if end["capture"]["births"] != "connector" {
        assert_eq!(
            (&end["capture"]["births"], &end["may_have_missed"]),
            (&json!("poll"), &json!(true)),
            "{end}"
        );
    }
}

/// To whom the kernel hides how a zombie ended it shows 0, and a parent that waits at once leaves no time to ask whether
/// that is so: what is not known is said to be unknown, and not to be 0.
#[test]
fn a_hidden_status_is_not_taken_for_zero() {
    let place = place();
    let hidden = place.path().join("hidden");
    std::fs::copy("/bin/sh", &hidden).expect("copy the shell");
    std::fs::set_permissions(&hidden, PermissionsExt::from_mode(0o111)).expect("to be run by all, and read by none");
    let hidden = hidden.to_str().expect("UTF-8");
    let child = "(i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; exit 3) & wait";
    let script = format!("n=0; while [ $n -lt 40 ]; do {child}; n=$((n+1)); done; exit 7");
    let Some(command) = as_nobody(place.path(), &["events", "--json", "--", hidden, "-c", &script]) else {
        return;
    };
    let (events, code) = finish(Running::of(command), Vec::new());
    assert_eq!(code, 0);
    let zero = |event: &&Value| event["event"] == "exit" && event["code"] == 0;
    assert!(!events.iter().any(|event| zero(&event)), "{events:#?}");
}

#[test]
fn an_orphan_and_its_adopter() {
    let place = place();
    let mut gates = two_gates(place.path());
    // The middle one ends first, and its child is adopted.
    let script = "sh -c '(read x < \"$2\"; exit 5) & read x < \"$1\"; exit 0' sh \"$1\" \"$2\"; wait";
    let args = in_a_shell(script, &gates);
    let mut running = Running::start(&args);
    let mut events = Vec::new();
    let middle = running.next(&mut events, is("fork"));
    let child = running.next(&mut events, is("fork"));
    assert_eq!(child["parent"], middle["pid"]);
    gates[0].open();
    let orphan = running.next(&mut events, is("orphan"));
    assert_eq!((&orphan["pid"], &orphan["from"]), (&child["pid"], &middle["pid"]));
    gates[1].open();
    let (events, code) = finish(running, events);
    assert_eq!(code, 0);
    assert_eq!(find(&events, about("exit", &child["pid"]))["code"], 5);
    // The adopter is the guardian, which waits for what it adopts.
    let reap = find(&events, about("reap", &child["pid"]));
    assert_eq!(reap["by"], orphan["to"]);
}

#[test]
fn the_built_in_server_and_its_clients() {
    let mut running = Running::start(&["events", "--json", "--port", "0", "--clients", "3", "--hold", "500ms"]);
    let mut events = Vec::new();
    for kind in ["reap", "close"] {
        while events.iter().filter(|event| is(kind)(event)).count() < 3 {
            running.next(&mut events, |_| true);
        }
    }
    running.signal(Signal::SIGINT);
    let (events, code) = finish(running, events);
    assert_eq!(code, 0);
    let end = last(&events);
    assert_eq!((&end["reason"], &end["status"]), (&json!("interrupted"), &Value::Null));
    let values = |kind: &'static str, field: &'static str| -> BTreeSet<String> {
        let of = events.iter().filter(move |event| event["event"] == kind);
        of.map(|event| event[field].to_string()).collect()
    };
    assert_eq!(values("fork", "parent").len(), 1, "{events:#?}");
    for pids in [values("exit", "pid"), values("reap", "pid")] {
        assert_eq!(pids, values("fork", "pid"), "{events:#?}");
    }
    assert_eq!(values("connect", "peer").len(), 3, "{events:#?}");
    assert_eq!(values("connect", "peer"), values("close", "peer"));
    assert_eq!(values("connect", "local").len(), 1);
    let nobody = "null".to_owned();
    let known: BTreeSet<String> = [
        values("fork", "pid"),
        values("fork", "parent"),
        BTreeSet::from([nobody]),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert!(values("connect", "pid").is_subset(&known), "{events:#?}");
}

#[test]
fn what_was_there_before_us_is_not_told() {
    let place = place();
    let mut gate = Gate::new(place.path(), "gate");
    let (told, stop) = (Gate::new(place.path(), "told"), place.path().join("stop"));
    // It forks again and again, so that the first birth says that it is watched.
    let script = "(read x < \"$1\"; exit 2) & echo $! > \"$2\"; until [ -e \"$3\" ]; do sleep 0.2; done; kill -9 $$";
    let own = Own::shell(script, &[&gate.path, &told.path, &stop]);
    let child: Value = told.heard().trim().parse().expect("a pid");
    let mut running = Running::start(&[
        "events",
        "--json",
        "--pid",
        &own.pid().to_string(),
        "--interval",
        "10ms",
    ]);
    let mut events = Vec::new();
    running.next(&mut events, is("fork"));
    gate.open();
    let exit = running.next(&mut events, about("exit", &child));
    assert_eq!(exit["code"], 2);
    std::fs::write(&stop, "").expect("make a file");
    let (events, code) = finish(running, events);
    assert_eq!(code, 0);
    assert!(!events.iter().any(about("fork", &child)), "{events:#?}");
    assert!(
        events
            .iter()
            .filter(|event| is("fork")(event))
            .all(|fork| fork["parent"] == own.pid())
    );
    let end = last(&events);
    // Nobody waits for it but this test, later: it ends as a zombie.
    assert_eq!(
        (&end["reason"], &end["status"]),
        (&json!("target ended"), &json!({"signal": "SIGKILL"}))
    );
    assert_eq!(find(&events, about("exit", &json!(own.pid())))["signal"], "SIGKILL");
}

#[test]
fn it_ends_when_the_time_is_over() {
    let own = Own::shell("exec sleep 1000", &[]);
    let running = Running::start(&["events", "--json", "--for", "300ms", "--pid", &own.pid().to_string()]);
    let (events, code) = finish(running, Vec::new());
    let [end] = &events[..] else { panic!("{events:#?}") };
    assert_eq!(
        (code, &end["reason"], &end["status"]),
        (0, &json!("elapsed"), &Value::Null)
    );
    assert!(end["t"].as_f64() >= Some(0.2), "{end}");
}

#[test]
fn sigterm_ends_it_and_what_it_launched() {
    let place = place();
    let mut gates = two_gates(place.path());
    let script = "(read x < \"$1\"; read x < \"$2\") & wait";
    let args = in_a_shell(script, &gates);
    let mut running = Running::start(&args);
    let mut events = Vec::new();
    let child = running.next(&mut events, is("fork"));
    gates[0].open();
    running.signal(Signal::SIGTERM);
    let (events, code) = finish(running, events);
    assert_eq!((code, &last(&events)["reason"]), (143, &json!("terminated")));
    for pid in [&child["pid"], &child["parent"]] {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
        assert!(stat.is_err(), "{stat:?}");
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let args = [
        "events",
        "--port",
        "0",
        "--clients",
        "200",
        "--rate",
        "50/s",
        "--hold",
        "10ms",
    ];
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut running = Running::into(&args, writer);
    BufReader::new(reader).read_line(&mut String::new()).expect("a line");
    assert_eq!(running.end(), (0, String::new()));
}

#[test]
fn a_reader_that_goes_is_noticed_where_nothing_happens() {
    let own = Own::shell("exec sleep 1000", &[]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut running = Running::into(&["events", "--pid", &own.pid().to_string()], writer);
    drop(reader);
    assert_eq!(running.end(), (0, String::new()));
}

#[test]
fn a_reader_that_does_not_read_keeps_nobody_from_ending_it() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    fcntl(&writer, FcntlArg::F_SETPIPE_SZ(4096)).expect("a small pipe");
    let ours = writer.try_clone().expect("duplicate the pipe");
    let args = ["events", "--json", "--port", "0", "--clients", "60", "--hold", "30s"];
    let mut running = Running::into(&args, writer);
    let full = || poll(&mut [PollFd::new(ours.as_fd(), PollFlags::POLLOUT)], PollTimeout::ZERO) == Ok(0);
    let until = std::time::Instant::now() + running::DEADLINE;
    while !full() {
        assert!(std::time::Instant::now() < until, "the pipe never fills");
        std::thread::yield_now();
    }
    running.signal(Signal::SIGTERM);
    assert_eq!(running.end(), (143, String::new()));
    drop(reader);
}

#[test]
fn lines_for_people_in_both_languages() {
    for (language, words) in [
        ("en", ["fork", "exit", "code 3", "reap", "the target has ended, exit 0"]),
        ("ko", ["생성", "종료", "코드 3", "회수", "대상이 끝났습니다, 종료 0"]),
    ] {
        let place = place();
        let mut gates = two_gates(place.path());
        let script = "(read x < \"$1\"; exit 3) & wait; read y < \"$2\"; exit 0";
        let mut running = Running::start(&[
            "events",
            "--lang",
            language,
            "--",
            "sh",
            "-c",
            script,
            "sh",
            gates[0].arg(),
            gates[1].arg(),
        ]);
        let mut lines = vec![running.line()];
        gates[0].open();
        while !lines.last().is_some_and(|line| line.contains(words[3])) {
            lines.push(running.line());
        }
        gates[1].open();
        lines.extend(running.rest());
        assert_eq!(running.end(), (0, String::new()));
        let text = lines.join("\n");
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert!(lines[0].starts_with("00:0"), "{text}");
    }
}

#[test]
fn what_cannot_be_watched_is_refused() {
    let own = Own::shell("exec sleep 1000", &[]);
    let pid = own.pid().to_string();
    for (args, code, word) in [
        (vec!["--", "/no/such/command"], 127, "/no/such/command"),
        (vec!["--pid", &pid, "--clients", "1"], 2, "--allow-load"),
        (vec!["--pid", "4194305"], 2, "4194305"),
    ] {
        let args: Vec<&str> = ["events", "--json"].into_iter().chain(args).collect();
        let mut running = Running::start(&args);
        let (ended, errors) = running.end();
        assert!(errors.contains(word), "{errors}");
        assert_eq!(ended, code, "{errors}");
    }
}
