//! Snapshots of what they launch: the picture after a while, the end of it all, and what is left when the tool itself
//! is ended in the middle.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::example::example;
use super::served::until;
use super::tagged::Tag;
use super::tool::{Shot, forkscope};

/// Takes pictures, each later in the life of what was launched, until one is as it should be. Nothing is left of any.
pub(crate) fn shot_of(args: &[&str], is_so: impl Fn(&Shot) -> bool) -> Shot {
    let mut last = None;
    for after in ["1s", "2s", "4s", "8s", "16s"] {
        let tag = Tag::new();
        let mut command = forkscope();
        command.args(["snapshot", "--json", "--after", after]).args(args);
        let shot = Shot::of(&command.env(Tag::NAME, tag.value()).output().unwrap());
        tag.until_none();
        if is_so(&shot) {
            return shot;
        }
        last = Some(shot);
    }
    panic!("after 16 s it still is {last:?}");
}

#[test]
fn the_server_of_our_own_with_clients_that_came_and_went() {
    let args = ["--reap", "none", "--port", "0", "--clients", "5", "--hold", "50ms"];
    let shot = shot_of(&args, |shot| shot.census() == (5, 0));
    for zombie in shot.zombies() {
        assert_eq!(zombie["exit"], json!({ "code": 0 }));
        // It was there when they ended.
        assert_eq!(zombie["zombie_seconds_at_least"], false, "{zombie}");
    }
    assert_eq!(shot.0["roots"].as_array().unwrap().len(), 1);
}

#[test]
fn orphans_of_our_own_server_name_their_adopter() {
    let args = ["--reap", "double-fork", "--port", "0", "--clients", "2", "--hold", "1h"];
    let shot = shot_of(&args, |shot| shot.census() == (0, 2));
    let guardian = &shot.processes()[0]["ppid"];
    for orphan in &shot.processes()[1..] {
        assert_eq!(&orphan["adopted_by"], guardian, "{orphan}");
        assert_eq!(orphan["established"], 1);
    }
    assert_eq!(shot.0["roots"].as_array().unwrap().len(), 1, "the server lives");
}

/// The contract's check sees to the order; here there is something to be ordered.
#[test]
fn a_tree_of_several_levels() {
    let inner = "sleep 600 & sleep 600 & wait";
    let script = format!("sh -c '{inner}' & sleep 600 & sh -c '{inner}' & wait");
    let shot = shot_of(&["--", "sh", "-c", &script], |shot| shot.processes().len() == 8);
    let depths: Vec<u64> = shot
        .processes()
        .iter()
        .map(|process| process["depth"].as_u64().unwrap())
        .collect();
    assert!(
        [[0, 1, 2, 2, 1, 1, 2, 2], [0, 1, 2, 2, 1, 2, 2, 1]].contains(&depths.clone().try_into().unwrap()),
        "{depths:?}"
    );
    let adopted = shot.processes().iter().find(|process| !process["adopted_by"].is_null());
    assert!(adopted.is_none(), "{adopted:?} of {}", shot.0);
}

#[test]
fn many_children_of_one_moment_stand_in_order() {
    let script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 600 & done; wait";
    shot_of(&["--", "sh", "-c", script], |shot| shot.census() == (0, 20));
}

#[test]
fn a_target_that_has_ended_says_how() {
    for (script, ended) in [
        ("exit 0", json!({ "code": 0 })),
        ("exit 3", json!({ "code": 3 })),
        ("kill -KILL $$", json!({ "signal": "SIGKILL" })),
    ] {
        let shot = shot_of(&["--", "sh", "-c", script], |shot| shot.processes().is_empty());
        let roots = shot.0["roots"].as_array().unwrap();
        assert_eq!(roots.len(), 1, "{roots:?}");
        assert_eq!(roots[0]["ended"], ended, "{script}");
    }
}

#[test]
fn heirs_of_a_target_that_has_ended_are_its_roots() {
    let script = "sleep 600 & exit 4";
    let shot = shot_of(&["--", "sh", "-c", script], |shot| shot.processes().len() == 1);
    let heir = &shot.processes()[0];
    let roots = shot.0["roots"].as_array().unwrap();
    assert_eq!(roots.len(), 2, "{roots:?}");
    assert_eq!(roots[0]["ended"], json!({ "code": 4 }));
    assert_eq!((&roots[1]["pid"], &roots[1]["ended"]), (&heir["pid"], &json!(null)));
    assert_eq!((&heir["comm"], &heir["depth"]), (&json!("sleep"), &json!(0)));
    assert_eq!(heir["adopted_by"], heir["ppid"]);
}

#[test]
fn what_it_prints_stays_out_of_the_picture() {
    let mut command = forkscope();
    command.args(["snapshot", "--after", "300ms", "--", "sh", "-c"]);
    let output = command
        .arg("echo to stdout; echo to stderr >&2; exec sleep 600")
        .output();
    let output = output.unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert_eq!(&*err, "");
    assert!(out.lines().all(|line| !line.starts_with("to std")), "{out}");
}

/// A run that has launched a storm, and is in the midst of waiting for its picture.
fn stormy(tag: &Tag) -> Child {
    let mut command = forkscope();
    command
        .args(["snapshot", "--after", "1h", "--"])
        .arg(example("storm"))
        .args(["3", "tag"]);
    command
        .env(Tag::NAME, tag.value())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // The tool, its guardian, the root, and the daemons with children.
    until(|| match tag.processes().len() {
        7.. => Ok(()),
        few => Err(format!("{few} processes")),
    });
    child
}

#[test]
fn ended_in_the_middle_it_leaves_nothing() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP, Signal::SIGKILL] {
        let tag = Tag::new();
        let child = stormy(&tag);
        kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        // SIGKILL nobody answers; to the others it says by its exit code that there is no picture.
        let said = output.status.signal().or(output.status.code().map(|code| code - 128));
        assert_eq!(said, Some(signal as i32), "{output:?}");
        assert!(output.stdout.is_empty(), "half a picture: {output:?}");
        tag.until_none();
    }
}

#[test]
fn a_guardian_that_is_killed_leaves_nothing_either() {
    let tag = Tag::new();
    let child = stormy(&tag);
    let tool = child.id().cast_signed();
    let parent = |pid: i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace().nth(1));
        fields.flatten().and_then(|parent| parent.parse::<i32>().ok())
    };
    let guardian = tag
        .processes()
        .into_iter()
        .find(|pid| parent(*pid) == Some(tool))
        .unwrap();
    kill(Pid::from_raw(guardian), Signal::SIGKILL).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("guardian"),
        "{output:?}"
    );
    tag.until_none();
}

/// Supervisors and shells hand an ignored SIGCHLD on, and the kernel throws statuses away for whoever has one.
#[test]
fn started_with_sigchld_ignored_it_sees_as_much() {
    let launched = ["snapshot", "--json", "--after", "1ms", "--", "sleep", "600"];
    let level = |output: Output| Shot::of(&output).0["capture"].clone();
    let usual = level(forkscope().args(launched).output().unwrap());
    // Not sh: there are shells that never ignore it.
    let mut command = Command::new("bash");
    command.args([
        "-c",
        "trap '' CHLD; exec \"$0\" \"$@\"",
        env!("CARGO_BIN_EXE_forkscope"),
    ]);
    assert_eq!(level(command.args(launched).output().unwrap()), usual);
}

/// Who watches a server that is short of CPUs keeps off those: all threads, the one that reads its output as well.
#[test]
fn the_tool_keeps_off_the_cpus_of_its_server() {
    let cpus = |path: &str| {
        let status = std::fs::read_to_string(path).ok()?;
        let list = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:\t"));
        list.map(str::to_owned)
    };
    let all = cpus("/proc/self/status").unwrap();
    if all.parse::<u32>().is_ok() {
        eprintln!("skipped: there is one CPU, and nowhere to keep off");
        return;
    }
    let tag = Tag::new();
    let mut command = forkscope();
    command.args(["snapshot", "--after", "1h", "--port", "0", "--cpus", "1"]);
    command.env(Tag::NAME, tag.value()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let tool = child.id().cast_signed();
    let first = until(|| {
        let of = |pid: i32| cpus(&format!("/proc/{pid}/status"));
        let alone = |pid: &i32| *pid != tool && of(*pid).is_some_and(|list| list.parse::<u32>().is_ok());
        let server = tag.processes().into_iter().filter(alone).find_map(of);
        server.ok_or_else(|| "no server on one CPU".to_owned())
    });
    until(|| {
        let tasks = std::fs::read_dir(format!("/proc/{tool}/task")).unwrap().flatten();
        let tasks: Vec<(String, String)> = tasks
            .filter_map(|task| {
                let path = task.path();
                let name = std::fs::read_to_string(path.join("comm")).ok()?;
                Some((name.trim_end().to_owned(), cpus(path.join("status").to_str()?)?))
            })
            .collect();
        let off = |(_, list): &(String, String)| *list != all && *list != first;
        let named = tasks.iter().any(|(name, _)| name == "output");
        if named && tasks.iter().all(off) {
            Ok(())
        } else {
            Err(format!("{tasks:?}, the server: {first}"))
        }
    });
    kill(Pid::from_raw(tool), Signal::SIGTERM).unwrap();
    child.wait().unwrap();
    tag.until_none();
}

/// More children than there are descriptors for: each that has gone is found to be gone, and who is there is read.
#[test]
fn few_descriptors_leave_nobody_behind() {
    let crowd = "i=0; while [ $i -lt 200 ]; do sleep 0.3 & i=$((i+1)); done; wait; exec sleep 600";
    let script = "ulimit -n 128; exec \"$0\" snapshot --json --after \"$1\" -- sh -c \"$2\"";
    let shot = |after: &str| {
        let mut command = Command::new("sh");
        let tool = env!("CARGO_BIN_EXE_forkscope");
        Shot::of(&command.args(["-c", script, tool, after, crowd]).output().unwrap())
    };
    let mut last = None;
    for after in ["2s", "4s", "8s", "16s"] {
        let found = shot(after);
        if found.0["totals"]["processes"] == 1 {
            assert_eq!(found.processes()[0]["comm"], "sleep");
            return;
        }
        last = Some(found.0["totals"].clone());
    }
    panic!("they are still there: {last:?}");
}
