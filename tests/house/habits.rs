//! What lies where and how it is written: the top level, the openings of files, `unsafe`, and bad habits; and houses
//! that break each of these rules.

use std::collections::BTreeSet;

use super::source::Source;
use super::{House, breaks};

/// What may lie at the top besides files that begin with a dot.
const TOP: &[&str] = &["Cargo.lock", "Cargo.toml", "README.md", "assets", "src", "tests"];

/// Where `unsafe` may stand, once the file has said why.
const UNSAFE: &[&str] = &[
    "src/lesson/subject/kernel.rs",
    "src/observe/perf/open.rs",
    "src/observe/perf/ring.rs",
    "src/observe/pidfd_info.rs",
    "src/run/readiness.rs",
    "src/server/descriptor.rs",
    "src/server/process.rs",
    "src/server/signals.rs",
    "src/target/raw.rs",
    "tests/programs/children.rs",
    "tests/programs/storm.rs",
];

/// The helpers that ask again until something is so, and pause between two questions.
const PAUSES: &[&str] = &[
    "tests/programs/children.rs",
    "tests/programs/storm.rs",
    "tests/real/launcher.rs",
    "tests/server/served.rs",
];

/// The top level holds what the design names, and nothing else.
pub(super) fn top_level(house: &House) -> Vec<String> {
    let top: BTreeSet<&str> = house.kept.iter().filter_map(|path| path.split('/').next()).collect();
    let strange = top
        .into_iter()
        .filter(|name| !name.starts_with('.') && !TOP.contains(name));
    strange
        .map(|name| format!("{name}:1: it lies at the top: move it below src, assets or tests"))
        .collect()
}

/// `unsafe` stands in a few files, which begin by saying why.
pub(super) fn unsafe_code(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    for source in &house.sources {
        let found = Source::words(&source.code, "unsafe");
        let listed = UNSAFE.contains(&source.path.as_str());
        // The attribute stands among the first: before any item.
        let first_item = source
            .code
            .find(|c: char| c.is_ascii_alphabetic())
            .unwrap_or(source.code.len());
        let inner: Vec<usize> = source.code.match_indices("#![").map(|(at, _)| at).collect();
        let says_why = inner.iter().any(|at| {
            let attribute = source.code[*at..].split(")]").next().unwrap_or_default();
            let opens = source.code[..*at].trim().is_empty() || *at < first_item;
            opens && attribute.contains("allow(") && attribute.contains("unsafe_code") && attribute.contains("reason")
        });
        if let (Some(at), false) = (found.first(), listed) {
            broken.push(format!(
                "{}:{}: `unsafe` stands in a file that is not in UNSAFE in tests/house.rs: use a safe wrapper of nix or \
                 rustix, or move it to a file that is",
                source.path,
                source.line(*at)
            ));
        }
        if let (Some(at), true, false) = (found.first(), listed, says_why) {
            broken.push(format!(
                "{}:{}: `unsafe` without a reason: open the file with `#![allow(unsafe_code, reason = \"…\")]`",
                source.path,
                source.line(*at)
            ));
        }
        if listed && found.is_empty() {
            broken.push(format!(
                "{}:1: nothing here is unsafe: take it out of UNSAFE in tests/house.rs",
                source.path
            ));
        }
    }
    broken
}

/// Every file opens by saying what it owns.
pub(super) fn openings(house: &House) -> Vec<String> {
    let silent = house.sources.iter().filter(|source| !source.text.starts_with("//! "));
    silent
        .map(|source| {
            format!(
                "{}:1: it does not open with `//!`: say what it owns, and what it does not do",
                source.path
            )
        })
        .collect()
}

/// No `mod.rs`, nothing left to be done, no way out but through main, and no test that sleeps.
pub(super) fn habits(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    for source in &house.sources {
        let mut found = |at: usize, what: &str| broken.push(format!("{}:{}: {what}", source.path, source.line(at)));
        if source.path.ends_with("/mod.rs") {
            found(
                0,
                "a file of this name says nothing in an editor: name it after its module",
            );
        }
        for left in ["todo", "unimplemented"] {
            for at in Source::words(&source.code, left) {
                if source.code[at + left.len()..].starts_with('!') {
                    found(at, "something is left to be done: do it, or leave it out");
                }
            }
        }
        let paths = source.paths();
        let is_std = |path: &[String]| path == ["std", "process"];
        let imported = paths.iter().any(|(_, path)| is_std(path));
        for (at, path) in &paths {
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let exits =
                matches!(names[..], ["std", "process", "exit"]) || (imported && names[..] == ["process", "exit"]);
            if exits && source.path != "src/main.rs" {
                found(
                    *at,
                    "process::exit drops nothing: return to main, or call _exit in a child of the server",
                );
            }
        }
        // In a file of the program, the code of tests is what the program is without.
        let in_tests = source.path.starts_with("tests/") || house.program().all(|program| program.path != source.path);
        for at in source.code.match_indices("thread::sleep").map(|(at, _)| at) {
            let tested = in_tests || !source.program[at..].starts_with("thread::sleep");
            if tested && !PAUSES.contains(&source.path.as_str()) {
                found(at, "a test sleeps: wait for what it waits for, with a deadline");
            }
        }
    }
    broken
}

#[test]
fn a_stranger_at_the_top_is_found() {
    breaks(
        top_level,
        &[
            ("Cargo.toml", ""),
            (".ci/run", ""),
            ("src/lib.rs", ""),
            ("assets/x", ""),
        ],
        &[],
    );
    breaks(
        top_level,
        &[("notes.md", ""), ("docs/x.md", "")],
        &["docs:1", "notes.md:1"],
    );
}

#[test]
fn unsafe_is_found_where_it_may_not_stand() {
    let found = |path: &str, text: &str, said: &[&str]| breaks(unsafe_code, &[(path, text)], said);
    let why = "//! x\n#![allow(unsafe_code, reason = \"y\")]\n";
    let long = "//! x\n#![allow(\n    unsafe_code,\n    reason = \"y (see z)\"\n)]\n";
    found(
        "src/run.rs",
        "//! x\n\nfn f() { unsafe { g() } }",
        &["src/run.rs:3: `unsafe` stands in a file that is not"],
    );
    found("tests/x.rs", "unsafe impl Send for X {}", &["tests/x.rs:1: "]);
    found(
        "src/run.rs",
        "// unsafe\n#![deny(unsafe_code)]\nconst X: &str = \"unsafe\";",
        &[],
    );
    found("src/target/raw.rs", &format!("{why}fn f() {{ unsafe {{ g() }} }}"), &[]);
    found(
        "src/target/raw.rs",
        &format!("{long}fn f() {{ unsafe {{ g() }} }}"),
        &[],
    );
    found(
        "src/target/raw.rs",
        "//! x\nfn f() { unsafe { g() } }",
        &["`unsafe` without a reason"],
    );
    found(
        "src/target/raw.rs",
        "fn f() {\n#![allow(unsafe_code, reason = \"\")]\nunsafe { g() } }",
        &["without a reason"],
    );
    found("src/target/raw.rs", why, &["nothing here is unsafe"]);
}

#[test]
fn a_file_without_an_opening_is_found() {
    breaks(openings, &[("src/x.rs", "//! It owns x.\n")], &[]);
    breaks(
        openings,
        &[("tests/x.rs", "// It owns x.\n"), ("src/y.rs", "\n//! y\n")],
        &["tests/x.rs:1", "src/y.rs:1"],
    );
}

#[test]
fn each_bad_habit_is_found() {
    let found = |path: &str, text: &str, said: &[&str]| breaks(habits, &[(path, text)], said);
    found("src/tui/mod.rs", "", &["src/tui/mod.rs:1"]);
    found(
        "src/x.rs",
        "fn f() {\n    todo!()\n}",
        &["src/x.rs:2: something is left"],
    );
    found("src/x.rs", "fn f() { unimplemented!(\"x\") }", &["something is left"]);
    found("src/x.rs", "// todo!()\nfn todo() {}", &[]);
    found(
        "src/x.rs",
        "fn f() { std::process::exit(1) }",
        &["process::exit drops nothing"],
    );
    found(
        "src/x.rs",
        "use std::process;\nfn f() { process::exit(1) }",
        &["src/x.rs:2: process::exit drops nothing"],
    );
    found(
        "src/x.rs",
        "use std::process::{self, Command};\nfn f() { process::exit(1) }",
        &["src/x.rs:2"],
    );
    found("src/x.rs", "use std::process::exit;", &["process::exit drops nothing"]);
    found("src/x.rs", "use super::process;\nfn f() { process::exit(1) }", &[]);
    found("src/main.rs", "fn f() { std::process::exit(1) }", &[]);
    found(
        "tests/x.rs",
        "fn f() {\n    std::thread::sleep(x);\n}",
        &["tests/x.rs:2: a test sleeps"],
    );
    found("src/x.rs", "fn f() { std::thread::sleep(x); }", &[]);
    found(
        "src/x.rs",
        "#[cfg(test)]\nmod tests { fn f() { thread::sleep(x); } }",
        &["src/x.rs:2: a test sleeps"],
    );
    breaks(
        habits,
        &[
            ("src/x.rs", "#[cfg(test)]\nmod tests;"),
            ("src/x/tests.rs", "fn f() { thread::sleep(x); }"),
        ],
        &["src/x/tests.rs:1: a test sleeps"],
    );
}
