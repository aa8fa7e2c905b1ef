//! Every cut and every mark is found in the sources; every listing in C is one that a compiler takes.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

/// All servers that there are.
fn all() -> Vec<(Model, Policy)> {
    let policies = |model: Model| match model.policies() {
        [] => vec![Policy::default()],
        policies => policies.to_vec(),
    };
    let models = Model::ALL.iter();
    models
        .flat_map(|model| policies(*model).into_iter().map(|policy| (*model, policy)))
        .collect()
}

#[test]
fn every_cut_and_every_mark_is_there() {
    for (model, policy) in all() {
        for piece in listings::pieces(model, policy) {
            let Some(cut) = piece.cut() else {
                panic!("{model:?} {policy:?}: {} has no line `{}`", piece.file.0, piece.from)
            };
            for (part, ..) in piece.marks {
                let found = cut.iter().filter(|line| line.text.contains(part)).count();
                assert!(
                    found > 0,
                    "{model:?} {policy:?}: no line of `{}` has `{part}`",
                    piece.from
                );
            }
            // The last line closes what the first one opens.
            let (first, last) = (&cut[0].text, &cut[cut.len() - 1].text);
            assert!(
                !last.starts_with(' ') && (cut.len() == 1 || last.starts_with(['}', ')'])),
                "{first}\n{last}"
            );
        }
    }
}

#[test]
fn every_listing_has_a_place_to_accept_and_one_to_read() {
    for (model, policy) in all() {
        for side in [Side::Rust, Side::C] {
            let lines = listing(model, policy, side);
            for calls in listings::ESSENTIAL {
                let waits = |line: &Line| {
                    line.mark
                        .as_ref()
                        .is_some_and(|mark| mark.calls.iter().any(|one| calls.contains(&one.as_str())))
                };
                assert!(
                    lines.iter().any(waits),
                    "{model:?} {policy:?} {side:?}: nobody waits in {calls:?}"
                );
            }
        }
    }
}

/// What the room need not see.
const BEFORE: &str = "#define _GNU_SOURCE\n#include <errno.h>\n#include <poll.h>\n#include <pthread.h>\n#include <signal.h>\n\
    #include <stdint.h>\n#include <stdlib.h>\n#include <sys/epoll.h>\n#include <sys/signalfd.h>\n#include <sys/socket.h>\n\
    #include <sys/wait.h>\n#include <unistd.h>\n";
const AFTER: &str = "\nint main(void)\n{\n    run(3);\n    return 0;\n}\n";

#[test]
fn every_listing_in_c_compiles() {
    if Command::new("cc")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        return;
    }
    for (model, policy) in all() {
        let lines = listing(model, policy, Side::C);
        let text: String = lines.iter().map(|line| line.text.clone() + "\n").collect();
        let mut compiler = Command::new("cc")
            .args([
                "-std=c11",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-fsyntax-only",
                "-x",
                "c",
                "-",
            ])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("start cc: {error}"));
        let source = format!("{BEFORE}{text}{AFTER}");
        let written = compiler.stdin.take().map(|mut pipe| pipe.write_all(source.as_bytes()));
        assert!(written.is_some_and(|written| written.is_ok()));
        let output = compiler
            .wait_with_output()
            .unwrap_or_else(|error| panic!("wait for cc: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{model:?} {policy:?}: {said}");
    }
}

#[test]
fn processes_stand_at_the_line_they_wait_in() {
    let lines = listing(Model::Fork, Policy::Wait, Side::C);
    let processes = [
        (10, Role::Parent, Some("wait4")),
        (11, Role::Child, Some("read")),
        (12, Role::Child, Some("read")),
        (13, Role::Child, None),
        (14, Role::Child, Some("accept4")),
    ];
    let parked = park(&lines, processes.into_iter());
    let at = |pid: Pid| {
        let line = parked.at.iter().position(|pids| pids.contains(&pid));
        line.map(|line| lines[line].text.trim().to_owned())
    };
    assert!(at(10).is_some_and(|line| line.starts_with("wait(NULL);")));
    assert!(at(11).is_some_and(|line| line.contains("read(client")));
    assert_eq!(at(11), at(12));
    assert_eq!(parked.nowhere, [13, 14]);
}

#[test]
fn who_calls_what_waits_is_told_from_who_waits() {
    let lines = listing(Model::Fork, Policy::None, Side::Rust);
    let processes = [(10, Role::Parent, Some("accept4")), (11, Role::Child, Some("read"))];
    let parked = park(&lines, processes.into_iter());
    let line = |part: &str| {
        lines
            .iter()
            .position(|line| line.text.contains(part))
            .unwrap_or_else(|| panic!("no line has {part}"))
    };
    // No line of the listing makes the call itself.
    assert_eq!(parked.at[line("self.next_client()")], [10]);
    assert_eq!(parked.at[line("read(connection")], [11]);
    for caller in ["self.serve(", "service::serve("] {
        assert_eq!(
            (&parked.at[line(caller)][..], &parked.through[line(caller)][..]),
            (&[][..], &[11][..])
        );
    }
    assert_eq!(parked.nowhere, [0; 0]);
}

/// Beside the Rust at 120 columns, pids and all, but for a few that go on in the next row.
#[test]
fn the_listings_in_c_are_narrow() {
    for (model, policy) in all() {
        let lines = listing(model, policy, Side::C);
        let wide: Vec<&str> = lines
            .iter()
            .map(|line| &*line.text)
            .filter(|text| text.len() > 49)
            .collect();
        assert!(wide.len() <= 3, "{model:?} {policy:?}: {wide:#?}");
    }
}

#[test]
fn a_policy_has_its_own_lines_and_no_others() {
    let texts = |policy, side| {
        let lines = listing(Model::Fork, policy, side);
        lines.into_iter().map(|line| line.text + "\n").collect::<String>()
    };
    assert!(texts(Policy::Loop, Side::C).contains("one SIGCHLD can stand for many"));
    assert!(!texts(Policy::None, Side::C).contains("waitpid"));
    assert!(!texts(Policy::None, Side::C).contains("//"));
    assert!(
        texts(Policy::Once, Side::Rust).contains("reap_one") && !texts(Policy::Once, Side::Rust).contains("reap_all")
    );
    assert!(texts(Policy::SignalFd, Side::Rust).contains("signalfd.read_signal()"));
}
