//! What every stream of events keeps to, whatever was watched: its fields, its order, and an end that counts it.

use std::collections::BTreeSet;

use serde_json::Value;

/// The fields of each kind of event, besides those that all have.
fn fields(event: &Value) -> BTreeSet<&str> {
    let kind = event["event"].as_str().expect("a kind");
    let own: &[&str] = match kind {
        "fork" => &["pid", "parent"],
        "exec" => &["pid", "comm"],
        "exit" if event.get("signal").is_some() => &["pid", "signal"],
        "exit" => &["pid", "code"],
        "reap" => &["pid", "by", "discarded", "zombie_seconds", "zombie_seconds_at_most"],
        "orphan" => &["pid", "from", "to"],
        "connect" | "close" => &["pid", "local", "peer"],
        "lost" => &["count"],
        "mark" => &["text"],
        "end" => &[
            "reason",
            "status",
            "forks",
            "exits",
            "reaps",
            "unknown_statuses",
            "unknown_reapers",
            "bounded_zombie_times",
            "unknown_zombie_times",
            "late",
            "lost",
            "may_have_missed",
            "capture",
        ],
        other => panic!("no such event: {other}"),
    };
    own.iter().copied().chain(["schema", "t", "event"]).collect()
}

/// The events keep the contract: their fields, the order of time, a birth before an end, and an end that counts them.
#[track_caller]
pub(crate) fn check(events: &[Value]) {
    let all = || format!("{events:#?}");
    for event in events {
        let object = event.as_object().expect("an object");
        let names: BTreeSet<&str> = object.keys().map(String::as_str).collect();
        assert_eq!(names, fields(event), "{event}");
        assert_eq!(event["schema"], 1);
    }
    let times: Vec<f64> = events
        .iter()
        .map(|event| event["t"].as_f64().expect("a time"))
        .collect();
    assert!(times.is_sorted(), "{}", all());
    let of = |kind: &str| events.iter().filter(|event| event["event"] == kind).collect::<Vec<_>>();
    let place = |kind: &str, pid: &Value| {
        let is_it = |event: &Value| event["event"] == kind && event["pid"] == *pid;
        events.iter().position(is_it)
    };
    for event in of("exit") {
        let pid = &event["pid"];
        let (born, ended, reaped) = (place("fork", pid), place("exit", pid), place("reap", pid));
        assert!(born.is_none() || born < ended, "{pid} of {}", all());
        assert!(reaped.is_none() || ended < reaped, "{pid} of {}", all());
    }
    let [end] = of("end")[..] else {
        panic!("one end: {}", all())
    };
    assert_eq!(events.last(), Some(end), "nothing after the end");
    let count = |kind| of(kind).len();
    let lacking = |kind: &str, field: &str| {
        of(kind)
            .iter()
            .filter(|event| event.get(field) == Some(&Value::Null))
            .count()
    };
    for (field, counted) in [
        ("forks", count("fork")),
        ("exits", count("exit")),
        ("reaps", count("reap")),
        ("unknown_statuses", lacking("exit", "code")),
        ("unknown_reapers", lacking("reap", "discarded")),
    ] {
        assert_eq!(end[field], counted, "{field} of {}", all());
    }
    let bounded = of("reap")
        .iter()
        .filter(|reap| reap["zombie_seconds_at_most"].is_f64())
        .count();
    assert_eq!(end["bounded_zombie_times"], bounded, "{}", all());
    let found = of("reap")
        .iter()
        .filter(|reap| reap["zombie_seconds"].is_null())
        .count()
        - bounded;
    assert_eq!(end["unknown_zombie_times"], found, "{}", all());
    let capture = &end["capture"];
    if end["may_have_missed"] == true && end["lost"] == 0 {
        assert_ne!(capture["births"], "perf", "{capture}");
        assert!(
            capture["reasons"].as_array().is_some_and(|reasons| !reasons.is_empty()),
            "{capture}"
        );
    }
}
