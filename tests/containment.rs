//! Nothing that was launched outlives the tool: real processes, ended in every way there is, and then looked for.
//!
//! The tool is played by `tests/programs/launcher.rs`, over the library's own launching. Each launcher gets a tag in
//! its environment, which all below it inherit; what is left is whatever still carries the tag in /proc. What the
//! screen does on its way out is not tested here.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::signal::Signal;

#[path = "real/example.rs"]
mod example;
#[path = "real/launcher.rs"]
mod launcher;

use example::example;
use launcher::{Launcher, carries, children, descriptors, eventually, is_root, is_stopped, parent, send, stat};

/// Storms take the whole machine: one at a time, in whatever process each test runs.
fn alone() -> File {
    let lock = File::open(example("storm")).expect("readable");
    lock.lock().expect("flock");
    lock
}

/// A storm in progress.
fn storm(daemons: u32) -> Launcher {
    let mut launcher = Launcher::released([
        example("storm").as_os_str(),
        daemons.to_string().as_ref(),
        "tag".as_ref(),
    ]);
    launcher.output_with("storming");
    // Seen in all, not at once: on a busy machine a child can be gone before the next is there.
    let mut seen = BTreeSet::new();
    eventually("the storm", || {
        seen.extend(launcher.tagged());
        seen.len() > 2 * daemons as usize
    });
    launcher
}

#[test]
fn an_orderly_end_leaves_nothing() {
    Launcher::released(["sh", "-c", "sleep 600 & sleep 600 & wait"]).ends_well();
}

#[test]
fn signals_to_the_tool_leave_nothing() {
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGQUIT] {
        let launcher = Launcher::released(["sh", "-c", "(trap '' TERM HUP INT; sleep 600) & sleep 600"]);
        launcher.ended_by(signal);
    }
}

#[test]
fn killing_the_tool_in_a_storm_leaves_nothing() {
    let _alone = alone();
    storm(10).ended_by(Signal::SIGKILL);
}

#[test]
fn an_orderly_end_in_a_storm_leaves_nothing() {
    let _alone = alone();
    let mut launcher = storm(10);
    launcher.stdin = None;
    // On a busy machine it may take the guardian longer than the tool waits for it.
    launcher.status();
    launcher.leaves_nothing();
}

#[test]
fn killing_the_guardian_in_a_storm_leaves_nothing() {
    let _alone = alone();
    let mut launcher = storm(10);
    send(launcher.guardian, Signal::SIGKILL);
    launcher.line("GuardianLost");
    launcher.leaves_nothing();
    assert_eq!(children(launcher.pid()), [], "the launcher has reaped what it adopted");
    launcher.ends_well();
}

#[test]
fn the_tool_tells_how_what_it_adopted_ended() {
    let mut launcher = Launcher::released(["sh", "-c", "sleep 600 & wait"]);
    eventually("the sleep", || children(launcher.root).len() == 1);
    let sleep = children(launcher.root)[0];
    send(launcher.guardian, Signal::SIGKILL);
    launcher.line("GuardianLost");
    let mut ends = [launcher.line(""), launcher.line("")];
    ends.sort();
    assert_eq!(ends[0], "Ended { status: Signal(9) }");
    assert_eq!(ends[1], format!("Reaped {{ pid: {sleep}, status: Signal(9) }}"));
    launcher.ends_well();
}

#[test]
fn a_child_that_the_tool_had_before_is_left_alone() {
    let mut command = Command::new("sh");
    command
        .args(["-c", "sleep 600 & exec \"$0\" sh -c 'sleep 600 & wait'"])
        .arg(example("launcher"));
    let mut launcher = Launcher::run(command);
    launcher.line("released");
    send(launcher.guardian, Signal::SIGKILL);
    launcher.line("GuardianLost");
    let spared = children(launcher.pid());
    assert_eq!(spared.len(), 1, "{spared:?}");
    assert_eq!(launcher.tagged(), BTreeSet::from([spared[0]]));
    send(spared[0], Signal::SIGKILL);
    launcher.ends_well();
}

#[test]
fn the_target_itself_ends_with_its_guardian_without_help() {
    let mut launcher = Launcher::released(["sh", "-c", "trap '' TERM HUP; sleep 600"]);
    send(launcher.pid(), Signal::SIGSTOP);
    eventually("the stop", || is_stopped(launcher.pid()));
    send(launcher.guardian, Signal::SIGKILL);
    eventually("the end of the target", || {
        stat(launcher.root).is_none_or(|fields| fields[0] == "Z")
    });
    send(launcher.pid(), Signal::SIGCONT);
    launcher.line("GuardianLost");
    launcher.ends_well();
}

#[test]
fn a_guardian_that_is_stopped_still_does_its_work() {
    let launcher = Launcher::released(["sleep", "600"]);
    send(launcher.guardian, Signal::SIGSTOP);
    eventually("the stop", || is_stopped(launcher.guardian));
    launcher.ends_well();
}

#[test]
fn the_guardian_is_deaf_to_polite_signals() {
    let mut launcher = Launcher::released(["sleep", "600"]);
    for signal in [
        Signal::SIGINT,
        Signal::SIGTERM,
        Signal::SIGHUP,
        Signal::SIGQUIT,
        Signal::SIGTSTP,
        Signal::SIGTTIN,
        Signal::SIGTTOU,
    ] {
        send(launcher.guardian, signal);
    }
    // It answers: the end of the target comes by it.
    send(launcher.root, Signal::SIGUSR1);
    assert_eq!(launcher.line("Ended"), "Ended { status: Signal(10) }");
    assert!(!is_stopped(launcher.guardian));
    launcher.ends_well();
}

#[test]
fn a_daemon_does_not_get_away() {
    for ended_by in [None, Some(Signal::SIGKILL)] {
        let mut launcher = Launcher::released(["sh", "-c", "setsid sh -c 'sleep 600 & exit 4' & wait; exit 3"]);
        assert_eq!(launcher.line("Ended"), "Ended { status: Code(3) }");
        eventually("the daemon below the guardian", || {
            children(launcher.guardian)
                .iter()
                .any(|pid| carries(*pid, &launcher.tag))
        });
        match ended_by {
            None => launcher.ends_well(),
            Some(signal) => launcher.ended_by(signal),
        }
    }
}

#[test]
fn orphans_are_reaped_and_reported() {
    // It ends when its parent is gone, which might else wait for it.
    let script = "sh -c '(while kill -0 $$; do sleep 0.01; done 2>/dev/null; exit 7) & echo $!'; sleep 600";
    let mut launcher = Launcher::released(["sh", "-c", script]);
    let mut orphan = String::new();
    eventually("the orphan's pid", || {
        orphan = launcher.output().first().cloned().unwrap_or_default();
        !orphan.is_empty()
    });
    let line = launcher.line(&format!("Reaped {{ pid: {orphan},"));
    assert_eq!(line, format!("Reaped {{ pid: {orphan}, status: Code(7) }}"));
    launcher.ends_well();
}

#[test]
fn a_target_that_ignores_sigterm_is_ended() {
    let mut launcher = Launcher::released(["sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 0.1; done"]);
    launcher.output_with("deaf");
    launcher.ends_well();
}

#[test]
fn a_target_that_leaves_on_sigterm_may_do_so() {
    let mut launcher = Launcher::released([
        "sh",
        "-c",
        "trap 'exit 5' TERM; echo ready; while :; do sleep 0.01; done",
    ]);
    launcher.output_with("ready");
    launcher.ends_well();
}

#[test]
fn a_stopped_target_is_ended() {
    for ended_by in [None, Some(Signal::SIGKILL)] {
        let launcher = Launcher::released(["sh", "-c", "kill -STOP $$; sleep 600"]);
        eventually("the stop", || is_stopped(launcher.root));
        match ended_by {
            None => launcher.ends_well(),
            Some(signal) => launcher.ended_by(signal),
        }
    }
}

#[test]
fn the_gate_holds_until_it_is_opened() {
    let mut launcher = Launcher::start(["--gate", "sleep", "600"]);
    let runs = |pid: i32| fs::read_link(format!("/proc/{pid}/exe")).expect("alive");
    assert_eq!(parent(launcher.root), Some(launcher.guardian));
    assert_eq!(runs(launcher.root), example("launcher"));
    assert_eq!(runs(launcher.guardian), example("launcher"));
    assert_eq!(
        fs::read(format!("/proc/{}/comm", launcher.guardian)).expect("alive"),
        b"forkscope\n"
    );
    launcher.type_line("go");
    launcher.line("released");
    assert_ne!(
        runs(launcher.root),
        example("launcher"),
        "exec has happened when release returns"
    );
    launcher.ends_well();
}

#[test]
fn a_target_at_its_gate_is_ended() {
    let mut launcher = Launcher::start(["--gate", "sleep", "600"]);
    launcher.stdin = None;
    assert!(launcher.status().success());
    launcher.leaves_nothing();
    Launcher::start(["--gate", "sleep", "600"]).ended_by(Signal::SIGKILL);
    let mut launcher = Launcher::start(["--gate", "sleep", "600"]);
    send(launcher.guardian, Signal::SIGKILL);
    launcher.type_line("go");
    assert_eq!(launcher.status().code(), Some(3));
    launcher.leaves_nothing();
}

#[test]
fn what_cannot_be_run_says_why() {
    let place = tempfile::tempdir().expect("a directory");
    let plain = place.path().join("plain");
    fs::write(&plain, "#!/bin/sh\n").expect("written");
    let orphaned = place.path().join("orphaned");
    fs::write(&orphaned, "#!/no/such/interpreter\n").expect("written");
    fs::set_permissions(&orphaned, fs::Permissions::from_mode(0o755)).expect("changed");
    let cases: [(&Path, i32, &str); 6] = [
        (Path::new("no-such-command"), 127, "check its spelling"),
        (Path::new("/no/such/command"), 127, "check its spelling"),
        (Path::new(""), 127, "its name is empty"),
        (&orphaned, 127, "interpreter"),
        (&plain, 126, "chmod +x"),
        (place.path(), 126, "it is a directory"),
    ];
    for (command, code, advice) in cases {
        let found = Command::new(example("launcher"))
            .arg(command)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&found.stderr);
        assert_eq!(found.status.code(), Some(code), "{}: {said}", command.display());
        assert!(
            said.contains(&format!("{command:?}")) && said.contains(advice),
            "{said}"
        );
        assert!(!String::from_utf8_lossy(&found.stdout).contains("released"));
    }
}

#[test]
fn the_target_starts_as_from_a_shell() {
    let strange = |args: &[&str]| {
        let mut command = Command::new("env");
        command
            .args(["--ignore-signal=CHLD,HUP,USR1", "--block-signal=CHLD,TERM,USR2"])
            .arg(example("launcher"))
            .args(args);
        Launcher::run(command)
    };
    // Not by a shell, which has a mask of its own.
    let mut launcher = strange(&["grep", "Sig", "/proc/self/status"]);
    launcher.output_with("SigBlk:\t0000000000000000");
    launcher.output_with("SigIgn:\t0000000000000000");
    launcher.ends_well();
    let script = "readlink /proc/self/fd/0; ulimit -n; echo done; sleep 600";
    let mut launcher = strange(&["--nofile", "123", "sh", "-c", script]);
    assert_eq!(launcher.output_with("done"), ["/dev/null", "123", "done"]);
    for (fd, link) in descriptors(launcher.root).into_iter().filter(|(fd, _)| *fd > 2) {
        // What this test itself was started with is passed on, as by any program.
        assert!(
            descriptors(std::process::id().cast_signed()).contains(&(fd, link.clone())),
            "{fd}: {link}"
        );
    }
    let fields = stat(launcher.root).expect("alive");
    assert_eq!(
        fields[3],
        launcher.root.to_string(),
        "it leads a session of its own: {fields:?}"
    );
    let fields = stat(launcher.guardian).expect("alive");
    assert_eq!(
        fields[3],
        launcher.guardian.to_string(),
        "so does the guardian: {fields:?}"
    );
    // A tool that went on ignoring SIGCHLD could not wait for what it adopts.
    send(launcher.guardian, Signal::SIGKILL);
    assert_eq!(launcher.line("Ended"), "Ended { status: Signal(9) }");
    launcher.ends_well();
}

#[test]
fn the_guardian_holds_nothing_of_the_target() {
    let mut launcher = Launcher::released(["--pass-fd", "sh", "-c", "cat <&$0; sleep 600"]);
    launcher.output_with("passed");
    let held = descriptors(launcher.guardian);
    let kinds: Vec<&str> = held.iter().filter_map(|(_, link)| link.split(':').next()).collect();
    assert_eq!(
        kinds,
        ["/dev/null", "/dev/null", "/dev/null", "socket", "anon_inode"],
        "{held:?}"
    );
    assert_eq!(
        fs::read_link(format!("/proc/{}/cwd", launcher.guardian)).expect("alive"),
        Path::new("/")
    );
    launcher.ends_well();
}

#[test]
fn a_program_may_be_shown_by_another_name() {
    let mut launcher = Launcher::released([
        "--program",
        "sh",
        "a name",
        "-c",
        "echo \"$0\"; tr '\\0' '\\n' </proc/$$/cmdline",
        "--",
    ]);
    let lines = launcher.output_with("a name");
    assert_eq!(lines[0], "--", "{lines:?}");
    launcher.ends_well();
}

#[test]
fn output_without_end_neither_blocks_nor_bloats() {
    let mut launcher = Launcher::released(["sh", "-c", "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo end"]);
    assert_eq!(launcher.line("Ended"), "Ended { status: Code(0) }");
    let lines = launcher.output_with("end");
    assert!(lines.iter().map(String::len).sum::<usize>() < 1_000_000);
    let status = fs::read_to_string(format!("/proc/{}/status", launcher.pid())).expect("alive");
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .expect("a peak");
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    assert!(peak < 50_000, "{peak} kB");
    launcher.ends_well();
}

/// A copy that everybody may execute; `cp` writes it, so that no other test's child holds it open for writing.
fn copy(from: &Path, to: &Path, mode: &str) {
    for (command, args) in [("cp", [from, to]), ("chmod", [Path::new(mode), to])] {
        let status = Command::new(command).args(args).status().expect("it runs");
        assert!(status.success());
    }
}

/// A launcher that runs as nobody, from a place that nobody may enter; `None` where we are not root.
fn as_nobody(args: &[&str]) -> Option<(tempfile::TempDir, Launcher)> {
    if !is_root() {
        eprintln!("not root: nothing to drop, so this is not tested");
        return None;
    }
    let place = tempfile::tempdir().expect("a directory");
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).expect("changed");
    copy(&example("launcher"), &place.path().join("launcher"), "755");
    copy(&example("storm"), &place.path().join("storm"), "755");
    copy(Path::new("/usr/bin/setpriv"), &place.path().join("become"), "4755");
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(place.path().join("launcher"))
        .args(args)
        .current_dir(place.path());
    Some((place, Launcher::run(command)))
}

#[test]
fn nobody_leaves_nothing_either() {
    let _alone = alone();
    let Some((_place, mut launcher)) = as_nobody(&["./storm", "10", "tag"]) else {
        return;
    };
    launcher.output_with("storming");
    launcher.ended_by(Signal::SIGKILL);
    let Some((_place, mut launcher)) = as_nobody(&["./storm", "10", "tag"]) else {
        return;
    };
    launcher.output_with("storming");
    send(launcher.guardian, Signal::SIGKILL);
    launcher.line("GuardianLost");
    launcher.ends_well();
}

#[test]
fn what_may_not_be_killed_is_named_and_left() {
    // A program that becomes root for good, as sudo does: nobody may not signal it.
    let script = "./become --reuid=0 --regid=0 --clear-groups sleep 600 & sleep 600";
    for guardian_lives in [true, false] {
        let Some((_place, mut launcher)) = as_nobody(&["sh", "-c", script]) else {
            return;
        };
        let is_roots = |pid: &i32| {
            fs::read_to_string(format!("/proc/{pid}/status"))
                .is_ok_and(|status| status.starts_with("Name:\tsleep") && status.contains("Uid:\t0\t0\t0\t0"))
        };
        eventually("root's sleep", || launcher.tagged().iter().any(is_roots));
        let sleep = launcher.tagged().into_iter().find(is_roots).expect("just seen");
        if guardian_lives {
            launcher.stdin = None;
            assert_eq!(launcher.line("left "), format!("left {sleep} (sleep)"));
        } else {
            send(launcher.guardian, Signal::SIGKILL);
            let line = launcher.line("Unkillable");
            assert!(line.contains(&format!("pid: {sleep},")), "{line}");
            launcher.stdin = None;
        }
        assert!(launcher.status().success());
        eventually("the end of all others", || launcher.tagged() == BTreeSet::from([sleep]));
        send(sleep, Signal::SIGKILL);
        launcher.leaves_nothing();
    }
}

#[test]
fn a_guardian_by_hand_says_what_it_is() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_forkscope"))
        .args(["guard", "--nofile", "64", "--", "true"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(3));
    assert!(said.contains("started by forkscope itself"), "{said}");
}
