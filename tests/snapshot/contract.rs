//! Schema 1 of `snapshot --json`: every field, its type, and what must be true between fields. It knows nothing of
//! what a particular server should look like.

use std::collections::BTreeSet;

use serde_json::Value;

/// Whether a value is of a kind.
type Kind = fn(&Value) -> bool;

const SNAPSHOT: &[(&str, Kind)] = &[
    ("schema", |value| value == 1),
    ("taken_at", is_time),
    ("roots", |value| each(value, |root| shape("a root", root, ROOT))),
    ("capture", |value| shape("capture", value, CAPTURE)),
    ("totals", |value| shape("totals", value, TOTALS)),
    ("processes", |value| {
        each(value, |process| shape("a process", process, PROCESS))
    }),
    ("listeners", |value| {
        value.is_null() || each(value, |listener| shape("a listener", listener, LISTENER))
    }),
];

const ROOT: &[(&str, Kind)] = &[
    ("pid", is_pid),
    ("start_ticks", is_count_or_null),
    ("ended", is_ending_or_null),
];

const CAPTURE: &[(&str, Kind)] = &[
    ("level", |value| {
        is_one_of(
            value,
            &["exact", "exact-times", "exit-exact", "deaths-exact", "polling"],
        )
    }),
    ("births", |value| is_one_of(value, &["perf", "connector", "poll"])),
    ("deaths", |value| is_one_of(value, &["pidfd", "poll"])),
    ("sockets", |value| is_one_of(value, &["sock_diag", "procfs"])),
    ("reasons", |value| each(value, is_text)),
];

const TOTALS: &[(&str, Kind)] = &[
    ("processes", is_count),
    ("threads", is_count),
    ("zombies", is_count),
    ("connections", is_count_or_null),
    ("unaccepted", is_count_or_null),
    ("listening", is_count_or_null),
];

const PROCESS: &[(&str, Kind)] = &[
    ("pid", is_pid),
    ("ppid", is_count),
    ("start_ticks", is_count_or_null),
    ("ns_pid", is_pid_or_null),
    ("depth", is_count),
    ("state", |value| {
        value
            .as_str()
            .is_some_and(|state| state.len() == 1 && "RSDTtZXIP".contains(state))
    }),
    ("zombie", Value::is_boolean),
    ("comm", is_text),
    ("command", Value::is_string),
    ("uid", is_count),
    ("user", is_text_or_null),
    ("threads", is_count),
    ("fds", is_count_or_null),
    ("established", is_count_or_null),
    ("accepted", is_count_or_null),
    ("outgoing", is_count_or_null),
    ("half_closed", is_count_or_null),
    ("listening", is_count_or_null),
    ("shared_with", are_pids_or_null),
    ("sigchld", |value| value.is_null() || shape("sigchld", value, SIGCHLD)),
    ("blocked_in", is_text_or_null),
    ("exit", is_ending_or_null),
    ("zombie_seconds", is_seconds_or_null),
    ("zombie_seconds_at_least", Value::is_boolean),
    ("adopted_by", is_pid_or_null),
    ("age_seconds", is_seconds),
    ("cpu_seconds", is_seconds_or_null),
    ("rss_bytes", is_count_or_null),
];

const SIGCHLD: &[(&str, Kind)] = &[
    ("disposition", |value| {
        is_one_of(value, &["default", "ignored", "caught"])
    }),
    ("blocked", Value::is_boolean),
    ("pending", Value::is_boolean),
];

const LISTENER: &[(&str, Kind)] = &[
    ("address", |value| {
        value
            .as_str()
            .is_some_and(|address| address.parse::<std::net::SocketAddr>().is_ok())
    }),
    ("queue", is_count_or_null),
    ("backlog", is_count_or_null),
    ("held_by", are_pids_or_null),
];

fn is_time(value: &Value) -> bool {
    value.as_str().is_some_and(|time| {
        let micros = time.split_once('.').is_some_and(|(_, rest)| rest.len() == 7);
        micros && time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok()
    })
}

fn is_count(value: &Value) -> bool {
    value.is_u64()
}

fn is_count_or_null(value: &Value) -> bool {
    value.is_null() || is_count(value)
}

fn is_pid(value: &Value) -> bool {
    value.as_u64().is_some_and(|pid| pid > 0)
}

fn is_pid_or_null(value: &Value) -> bool {
    value.is_null() || is_pid(value)
}

fn is_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty())
}

fn is_text_or_null(value: &Value) -> bool {
    value.is_null() || is_text(value)
}

fn is_seconds(value: &Value) -> bool {
    value.as_f64().is_some_and(|seconds| seconds >= 0.0)
}

fn is_seconds_or_null(value: &Value) -> bool {
    value.is_null() || is_seconds(value)
}

fn are_pids_or_null(value: &Value) -> bool {
    value.is_null() || each(value, is_pid)
}

fn is_one_of(value: &Value, names: &[&str]) -> bool {
    value.as_str().is_some_and(|name| names.contains(&name))
}

/// `{"code":N}`, `{"code":null}` or `{"signal":"SIGKILL"}`.
fn is_ending_or_null(value: &Value) -> bool {
    let code: Kind = |code| code.is_null() || code.as_u64().is_some_and(|code| code < 256);
    let signal: Kind = |signal| signal.as_str().is_some_and(|name| name.starts_with("SIG"));
    match value.as_object() {
        None => value.is_null(),
        Some(ending) => {
            let has = |name: &str, kind: Kind| ending.get(name).is_some_and(kind);
            ending.len() == 1 && (has("code", code) || has("signal", signal))
        }
    }
}

fn each(value: &Value, is: impl Fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|all| all.iter().all(is))
}

/// The object has exactly these fields, each of its kind.
fn shape(what: &str, object: &Value, fields: &[(&str, Kind)]) -> bool {
    let found: BTreeSet<&str> = object
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys().map(String::as_str))
        .collect();
    let expected: BTreeSet<&str> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(found, expected, "the fields of {what}: {object}");
    for (name, is_kind) in fields {
        assert!(is_kind(&object[*name]), "`{name}` of {what} is {}", object[*name]);
    }
    true
}

/// Panics where a snapshot breaks the contract.
pub(crate) fn check(snapshot: &Value) {
    shape("the snapshot", snapshot, SNAPSHOT);
    let processes = snapshot["processes"].as_array().unwrap();
    processes.iter().for_each(check_process);
    check_order(processes);
    check_totals(&snapshot["totals"], processes);
    let pids: BTreeSet<u64> = processes.iter().map(pid).collect();
    assert_eq!(pids.len(), processes.len(), "each process stands once");
    let all_read = !snapshot["totals"]["listening"].is_null();
    check_list(&snapshot["listeners"], all_read);
    for listener in snapshot["listeners"].as_array().into_iter().flatten() {
        check_list(&listener["held_by"], all_read);
        let held_by = listener["held_by"].as_array().into_iter().flatten();
        let known = |pid: &Value| pid.as_u64().is_some_and(|pid| pids.contains(&pid));
        assert!(held_by.into_iter().all(known), "{listener}");
    }
}

/// A list is not known where nothing is known to be in it, and not all was read that could be.
fn check_list(list: &Value, all_read: bool) {
    let nothing = list.as_array().is_none_or(Vec::is_empty);
    assert_eq!(list.is_null(), nothing && !all_read, "{list}");
}

fn pid(process: &Value) -> u64 {
    process["pid"].as_u64().unwrap()
}

fn check_process(process: &Value) {
    let zombie = process["zombie"] == true;
    assert_eq!(!process["exit"].is_null(), zombie, "{process}");
    assert_eq!(!process["zombie_seconds"].is_null(), zombie, "{process}");
    if zombie {
        assert_eq!(process["state"], "Z", "{process}");
        for held in ["fds", "established", "half_closed", "listening", "rss_bytes"] {
            assert_eq!(process[held], 0, "a zombie holds nothing, and that is known: {process}");
        }
        assert_eq!(process["threads"], 1, "{process}");
        assert_eq!(process["shared_with"], serde_json::json!([]), "{process}");
        assert!(
            process["sigchld"].is_null() && process["blocked_in"].is_null(),
            "{process}"
        );
    }
    let counts = ["established", "accepted", "outgoing"].map(|name| process[name].as_u64());
    match counts {
        [Some(established), Some(accepted), Some(outgoing)] => assert_eq!(established, accepted + outgoing),
        counts => assert_eq!(counts, [None; 3], "known together or not at all: {process}"),
    }
    let shared = process["shared_with"].as_array();
    assert!(
        shared.is_none_or(|shared| !shared.contains(&process["pid"])),
        "{process}"
    );
    assert!(
        shared.is_none() || process["established"].is_u64(),
        "what is shared is held: {process}"
    );
    assert!(!process["command"].as_str().unwrap().contains(char::is_control));
    assert!(!process["comm"].as_str().unwrap().contains(char::is_control));
}

/// Depth first, parents before their children, siblings by start time and then pid.
fn check_order(processes: &[Value]) {
    // The path from the top to the row before.
    let mut path: Vec<&Value> = Vec::new();
    let age = |process: &Value| (process["start_ticks"].as_u64(), pid(process));
    for process in processes {
        let depth = usize::try_from(process["depth"].as_u64().unwrap()).unwrap();
        assert!(depth <= path.len(), "a level is left out above {process}");
        if depth > 0 {
            assert_eq!(
                process["ppid"],
                path[depth - 1]["pid"],
                "it hangs under its parent: {process}"
            );
            assert!(process["adopted_by"].is_null(), "{process}");
            if let Some(sibling) = path.get(depth) {
                assert!(age(sibling) < age(process), "siblings by age: {sibling}, {process}");
            }
        }
        path.truncate(depth);
        path.push(process);
    }
}

fn check_totals(totals: &Value, processes: &[Value]) {
    let count = |is: &dyn Fn(&Value) -> bool| processes.iter().filter(|process| is(process)).count();
    assert_eq!(totals["processes"], processes.len());
    assert_eq!(totals["zombies"], count(&|process| process["zombie"] == true));
    let threads: u64 = processes
        .iter()
        .map(|process| process["threads"].as_u64().unwrap())
        .sum();
    assert_eq!(totals["threads"], threads);
    let unknown = count(&|process| process["established"].is_null()) > 0;
    for name in ["connections", "listening", "unaccepted"] {
        assert_eq!(totals[name].is_null(), unknown, "`{name}`: {totals}");
    }
    let held: u64 = processes
        .iter()
        .filter_map(|process| process["established"].as_u64())
        .sum();
    assert!(
        totals["connections"]
            .as_u64()
            .is_none_or(|connections| connections <= held)
    );
}
