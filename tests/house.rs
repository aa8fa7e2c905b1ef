//! The rules of the house, held against the code: who may use whom, what lies where, and that every text that is said
//! exists. Each rule is also held against a house that breaks it, so that none can fall asleep.

#[path = "house/source.rs"]
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use source::Source;

/// Everything that the rules look at.
struct House {
    sources: Vec<Source>,
    /// Paths of all files that are kept, from the top.
    kept: Vec<String>,
    /// The dependencies of the program, as they are named in code.
    crates: BTreeSet<String>,
    /// The English texts.
    texts: String,
}

/// What a module may use: parts of the crate, as the beginnings of paths, and outside crates.
struct Import {
    module: &'static str,
    own: &'static [&'static str],
    outside: &'static [&'static str],
}

/// All of the crate, or all dependencies.
const ALL: &[&str] = &["*"];

/// The table of the crate documentation in src/lib.rs, to the letter. The longest name that fits a file counts.
const IMPORTS: &[Import] = &[
    Import {
        module: "timeline",
        own: &[],
        outside: &[],
    },
    Import {
        module: "words",
        own: &["timeline"],
        outside: &[
            "fluent_bundle",
            "unic_langid",
            "unicode_normalization",
            "unicode_segmentation",
            "unicode_width",
        ],
    },
    Import {
        module: "observe",
        own: &["timeline"],
        outside: &[
            "netlink_packet_core",
            "netlink_packet_sock_diag",
            "netlink_sys",
            "nix",
            "procfs",
            "rustix",
        ],
    },
    Import {
        module: "server",
        own: &[],
        outside: &["nix"],
    },
    Import {
        module: "target",
        own: &["server::config", "timeline::process", "timeline::time"],
        outside: &["nix", "procfs", "rustix", "thiserror"],
    },
    Import {
        module: "load",
        own: &["timeline", "server::config"],
        outside: &["hdrhistogram", "jiff", "nix", "rustix", "thiserror", "tokio"],
    },
    Import {
        module: "lesson",
        own: &["timeline", "words", "observe", "target"],
        outside: &["include_dir", "nix", "procfs", "rustix", "serde", "thiserror", "toml"],
    },
    Import {
        module: "compare",
        own: &[
            "timeline",
            "words::names",
            "observe::clock",
            "server::config",
            "server::cpus",
            "target",
            "load",
        ],
        outside: &["procfs"],
    },
    Import {
        module: "report",
        own: &[
            "lesson::picture",
            "lesson::probe",
            "lesson::script",
            "compare",
            "timeline",
            "words",
            "observe::Births",
            "observe::Capture",
            "observe::Deaths",
            "observe::Level",
            "observe::machine",
            "observe::Reason",
            "observe::SocketSource",
            "load::headless",
            "load::plan",
            "load::statistics",
            "server::config",
        ],
        outside: &["jiff", "nix", "serde", "serde_json"],
    },
    Import {
        module: "tui",
        own: &[
            "compare", "timeline", "words", "observe", "server", "target", "load", "report", "lesson",
        ],
        outside: &[
            "crossterm",
            "nix",
            "ratatui",
            "rustix",
            "serde",
            "thiserror",
            "tokio",
            "tokio_stream",
            "toml",
            "tui_input",
        ],
    },
    Import {
        module: "tui::widgets",
        own: &[
            "compare",
            "report::compare::text",
            "lesson::picture",
            "lesson::probe",
            "lesson::script",
            "report::lesson",
            "timeline",
            "words",
            "load::plan",
            "load::statistics",
            "server::config",
            "report::text",
            "tui::code",
            "tui::keymap",
            "tui::theme",
        ],
        outside: &["ratatui"],
    },
    Import {
        module: "cli",
        own: &[
            "compare::contender::Contender",
            "load::plan",
            "observe::Wanted",
            "server::config",
            "words",
        ],
        outside: &["clap", "clap_complete", "jiff"],
    },
    Import {
        module: "settings",
        own: &["cli", "words"],
        outside: &["clap", "etcetera", "thiserror", "toml"],
    },
    Import {
        module: "run",
        own: ALL,
        outside: ALL,
    },
    Import {
        module: "main",
        own: &[],
        outside: &[],
    },
];

/// Beyond the table: the timeline is pure, and these are not.
const IMPURE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net::TcpListener",
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "std::os",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
];

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
    "tests/containment.rs",
    "tests/programs/children.rs",
    "tests/programs/storm.rs",
    "tests/server/served.rs",
];

/// Where every literal that looks like the name of a text must be one.
const SPEAKERS: &[&str] = &[
    "src/words",
    "src/report/compare/text.rs",
    "src/report/events/text.rs",
    "src/report/lesson.rs",
    "src/report/text.rs",
    "src/report/zombies/text.rs",
    "src/tui",
];

/// Literals there that look like names of texts, and are none.
const NO_TEXTS: &[&str] = &["is-{option}", "role-{}", "colour-blind", "high-contrast"];

impl House {
    /// This one.
    fn own() -> Self {
        // Where cargo runs it, which need not be where it was built.
        let top = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        let top = Path::new(&top);
        let read = |path: &str| std::fs::read_to_string(top.join(path)).unwrap_or_default();
        let kept = kept(top);
        let manifest = read("Cargo.toml");
        let dependencies = manifest
            .split("[dependencies]")
            .nth(1)
            .and_then(|rest| rest.split("\n[").next());
        let names = dependencies
            .unwrap_or_default()
            .lines()
            .filter_map(|line| line.split_once(" ="));
        Self {
            sources: kept
                .iter()
                .filter(|path| {
                    Path::new(path).extension().is_some_and(|extension| extension == "rs") && top.join(path).exists()
                })
                .map(|path| Source::new(path, &read(path)))
                .collect(),
            crates: names.map(|(name, _)| name.replace('-', "_")).collect(),
            texts: read("assets/text/en.ftl"),
            kept,
        }
    }

    /// One that is made up of these files, with these texts.
    fn of(files: &[(&str, &str)], texts: &str) -> Self {
        let crates = ["nix", "ratatui", "serde", "tokio"];
        Self {
            sources: files.iter().map(|(path, text)| Source::new(path, text)).collect(),
            kept: files.iter().map(|(path, _)| (*path).to_owned()).collect(),
            crates: crates.iter().map(|name| (*name).to_owned()).collect(),
            texts: texts.to_owned(),
        }
    }

    /// The sources of the program, without files for tests alone.
    fn program(&self) -> impl Iterator<Item = &Source> {
        let tests: Vec<&String> = self.sources.iter().flat_map(|source| &source.test_files).collect();
        self.sources.iter().filter(move |source| {
            let module = source.path.trim_end_matches(".rs");
            let test = |path: &&String| module == **path || module.starts_with(&format!("{path}/"));
            source.path.starts_with("src/") && !tests.iter().any(test)
        })
    }
}

/// The files that git keeps; without git, as in a source archive, those that lie there.
fn kept(top: &Path) -> Vec<String> {
    let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(top).output();
    if let Some(listed) = listed
        .ok()
        .filter(|listed| listed.status.success() && !listed.stdout.is_empty())
    {
        let names = listed.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        return names.map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    }
    let mut found = Vec::new();
    let mut open = vec![top.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory).expect("list the repository").flatten() {
            let path = entry.path();
            let name = path
                .strip_prefix(top)
                .expect("it lies below")
                .to_string_lossy()
                .into_owned();
            match path.is_dir() {
                true if name != "target" && !name.starts_with('.') => open.push(path),
                true => {}
                false => found.push(name),
            }
        }
    }
    found
}

fn within(path: &str, beginning: &str) -> bool {
    path == beginning || path.strip_prefix(beginning).is_some_and(|rest| rest.starts_with("::"))
}

fn allows(allowed: &[&str], path: &str) -> bool {
    allowed == ALL || allowed.iter().any(|beginning| within(path, beginning))
}

/// Every module uses what the table allows it, and nothing else.
fn imports(house: &House) -> Vec<String> {
    let mut broken = Vec::new();
    for source in house.program().filter(|source| source.path != "src/lib.rs") {
        let module = source.module().join("::");
        let rows = IMPORTS.iter().filter(|row| within(&module, row.module));
        let Some(row) = rows.max_by_key(|row| row.module.len()) else {
            broken.push(format!(
                "{}:1: `{module}` stands in no row: add it to the table in src/lib.rs and to IMPORTS in tests/house.rs",
                source.path
            ));
            continue;
        };
        for (at, path) in source.paths() {
            let (first, rest) = (path[0].as_str(), path[1..].join("::"));
            let place = format!("{}:{}", source.path, source.line(at));
            let ours = first == "crate" || (first == "forkscope" && module == "main");
            let own_part = within(&rest, row.module) || (module == "main" && allows(&["run"], &rest));
            if ours && !own_part && !allows(row.own, &rest) {
                broken.push(format!(
                    "{place}: `{}` may not use `{rest}`: move what is shared to where both may reach it, or change the \
                     table in src/lib.rs and IMPORTS in tests/house.rs",
                    row.module
                ));
            }
            if house.crates.contains(first) && !allows(row.outside, first) {
                broken.push(format!(
                    "{place}: `{}` may not use the crate `{first}`: leave that to a module that may",
                    row.module
                ));
            }
            let impure = |name: &&&str| within(&path.join("::"), name);
            if row.module == "timeline"
                && let Some(name) = IMPURE.iter().find(impure)
            {
                broken.push(format!(
                    "{place}: the timeline is pure and may not use `{name}`: let it come in with an observation"
                ));
            }
        }
    }
    broken
}

/// The table in the documentation of the crate, its modules, and IMPORTS have the same rows.
fn documented(house: &House) -> Vec<String> {
    let Some(library) = house.sources.iter().find(|source| source.path == "src/lib.rs") else {
        return vec!["src/lib.rs:1: it is missing".to_owned()];
    };
    let names = |lines: Vec<&str>| lines.into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    let lines = || library.text.lines();
    let rows = names(
        lines()
            .filter_map(|line| line.strip_prefix("//! | [`")?.split('`').next())
            .collect(),
    );
    let modules = names(
        lines()
            .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
            .collect(),
    );
    let table = names(
        IMPORTS
            .iter()
            .map(|row| row.module)
            .filter(|name| !name.contains("::") && *name != "main")
            .collect(),
    );
    let mut broken = Vec::new();
    for name in rows.union(&modules).chain(&table).collect::<BTreeSet<_>>() {
        for (what, has) in [
            ("a row of the table in its documentation", rows.contains(name)),
            ("a `pub mod`", modules.contains(name)),
            ("a row of IMPORTS in tests/house.rs", table.contains(name)),
        ] {
            if !has {
                broken.push(format!("src/lib.rs:1: `{name}` lacks {what}: add it"));
            }
        }
    }
    broken
}

/// The top level holds what the design names, and nothing else.
fn top_level(house: &House) -> Vec<String> {
    let top: BTreeSet<&str> = house.kept.iter().filter_map(|path| path.split('/').next()).collect();
    let strange = top
        .into_iter()
        .filter(|name| !name.starts_with('.') && !TOP.contains(name));
    strange
        .map(|name| format!("{name}:1: it lies at the top: move it below src, assets or tests"))
        .collect()
}

/// `unsafe` stands in a few files, which begin by saying why.
fn unsafe_code(house: &House) -> Vec<String> {
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
fn openings(house: &House) -> Vec<String> {
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
fn habits(house: &House) -> Vec<String> {
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

/// Looks like the name of a text: words of small letters with hyphens between.
fn is_name(literal: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    literal.contains('-') && literal.split('-').all(word) && literal.starts_with(|c: char| c.is_ascii_lowercase())
}

/// The name is one that this pattern, with values in braces, makes.
fn made_by(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    let mut parts = pattern.split('{');
    let first = parts.next().unwrap_or_default();
    let Some(after) = rest.strip_prefix(first) else {
        return false;
    };
    rest = after;
    for part in parts {
        let part = part.split_once('}').map_or("", |(_, after)| after);
        match rest.find(part) {
            Some(0) if !part.is_empty() => return false,
            Some(at) if !part.is_empty() => rest = &rest[at + part.len()..],
            Some(_) => rest = "",
            None => return false,
        }
    }
    rest.is_empty()
}

/// Looks like a name with values in braces: hyphens, and nothing but small letters around the braces.
fn is_pattern(literal: &str) -> bool {
    let mut inside = false;
    let plain = literal.chars().all(|c| {
        let braces = matches!(c, '{' | '}');
        if braces {
            inside = c == '{';
        }
        braces || inside || c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit()
    });
    plain && literal.contains('{') && literal.contains('-') && literal.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Every text that is said exists, and every text that exists is said.
fn texts(house: &House) -> Vec<String> {
    let mut exist: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, line) in house.texts.lines().enumerate() {
        let name = line.split_once('=').map_or("", |(name, _)| name.trim_end());
        if line.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains(' ') {
            exist.insert(name, number + 1);
        }
    }
    let mut broken = Vec::new();
    let mut said: BTreeSet<&str> = BTreeSet::new();
    let mut patterns: BTreeSet<&str> = BTreeSet::new();
    for source in house.program() {
        let speaks = SPEAKERS.iter().any(|speaker| {
            let beside = source.path.strip_prefix(speaker);
            beside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
        });
        for (at, literal) in &source.literals {
            // In the midst of tests there is no quotation mark left.
            if source.program.as_bytes()[*at] == b' ' {
                continue;
            }
            let before = source.program[..*at].trim_end();
            let passed = [".say(", ".say_with("].iter().any(|call| before.ends_with(call));
            let missing = || {
                format!(
                    "{}:{}: there is no text `{literal}`: add it to assets/text/en.ftl and ko.ftl",
                    source.path,
                    source.line(*at)
                )
            };
            if is_pattern(literal) {
                let made = exist.keys().any(|name| made_by(literal, name));
                if speaks && !made && !NO_TEXTS.contains(&literal.as_str()) {
                    broken.push(missing());
                }
                patterns.insert(literal);
            } else if passed || is_name(literal) {
                let known = exist.contains_key(literal.as_str()) || (!passed && NO_TEXTS.contains(&literal.as_str()));
                if (passed || speaks) && !known {
                    broken.push(missing());
                }
                said.insert(literal);
            }
        }
    }
    for (name, line) in exist {
        let referred = house.texts.contains(&format!("{{ {name} }}"));
        if !said.contains(name) && !referred && !patterns.iter().any(|pattern| made_by(pattern, name)) {
            broken.push(format!(
                "assets/text/en.ftl:{line}: nobody says `{name}`: take it out, here and in ko.ftl"
            ));
        }
    }
    broken
}

#[track_caller]
fn check(rule: fn(&House) -> Vec<String>) {
    let broken = rule(&House::own());
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn every_module_uses_what_it_may() {
    check(imports);
}

#[test]
fn the_table_of_the_crate_documentation_is_the_one_that_holds() {
    check(documented);
}

#[test]
fn the_top_level_is_tidy() {
    check(top_level);
}

#[test]
fn unsafe_stands_where_it_may() {
    check(unsafe_code);
}

#[test]
fn every_file_opens_with_what_it_owns() {
    check(openings);
}

#[test]
fn bad_habits_are_kept_out() {
    check(habits);
}

#[test]
fn every_text_is_there_and_said() {
    check(texts);
}

/// A house of these files breaks the rule in as many places, said in these words; an empty list is a sound house.
#[track_caller]
fn breaks(rule: fn(&House) -> Vec<String>, files: &[(&str, &str)], said: &[&str]) {
    breaks_with(rule, files, "", said);
}

#[track_caller]
fn breaks_with(rule: fn(&House) -> Vec<String>, files: &[(&str, &str)], texts: &str, said: &[&str]) {
    let broken = rule(&House::of(files, texts));
    let all = broken.len() == said.len() && broken.iter().zip(said).all(|(broken, said)| broken.contains(said));
    assert!(all, "{broken:#?}\nshould say\n{said:#?}");
}

#[test]
fn a_forbidden_import_is_found_however_it_is_written() {
    let found = |path: &str, text: &str, said: &[&str]| breaks(imports, &[(path, text)], said);
    let words = ["`timeline` may not use `words"];
    found(
        "src/timeline/x.rs",
        "//! x\n\nuse crate::words::Words;",
        &["src/timeline/x.rs:3: `timeline` may not"],
    );
    found("src/timeline/x.rs", "use crate::{\n    words,\n};", &words);
    found(
        "src/timeline/x.rs",
        "use crate::{time, timeline::Time};",
        &["`timeline` may not use `time`"],
    );
    found("src/timeline/x.rs", "use super::super::words::Words;", &words);
    found("src/timeline/x.rs", "use super::super::timeline::Time;", &[]);
    found("src/timeline/x.rs", "use super::time::Time;", &[]);
    found("src/timeline.rs", "use super::words;", &words);
    found("src/timeline/x.rs", "fn f() -> crate::words::Words {}", &words);
    found(
        "src/timeline/x.rs",
        "fn f() { let x = nix::unistd::getpid(); }",
        &["may not use the crate `nix`"],
    );
    found(
        "src/timeline/x.rs",
        "#[derive(serde::Serialize)]",
        &["may not use the crate `serde`"],
    );
    found(
        "src/timeline/x.rs",
        "use std::time::{Duration, Instant};",
        &["may not use `std::time::Instant`"],
    );
    found("src/timeline/x.rs", "use std::{fs, mem};", &["may not use `std::fs`"]);
    found(
        "src/report/x.rs",
        "use crate::observe::{Capture, live::Live};",
        &["may not use `observe::live::Live`"],
    );
    found("src/load/x.rs", "use crate::server::config::Service;", &[]);
    found(
        "src/load/x.rs",
        "use crate::server::fork;",
        &["`load` may not use `server::fork`"],
    );
    found("src/tui/x.rs", "use crate::target::launch;", &[]);
    found(
        "src/tui/widgets/x.rs",
        "use crate::target::launch;",
        &["`tui::widgets` may not use `target::launch`"],
    );
    found(
        "src/tui/widgets/x.rs",
        "use super::super::state::App;",
        &["may not use `tui::state::App`"],
    );
    found(
        "src/tui/widgets/x.rs",
        "use tokio::sync::mpsc;",
        &["may not use the crate `tokio`"],
    );
    found("src/run.rs", "use crate::tui; use tokio::sync::mpsc;", &[]);
    found("src/main.rs", "forkscope::run::main(std::env::args_os())", &[]);
    found(
        "src/main.rs",
        "forkscope::tui::main()",
        &["`main` may not use `tui::main`"],
    );
    found("src/attic.rs", "", &["`attic` stands in no row"]);
}

#[test]
fn what_only_looks_like_an_import_is_none() {
    let sound = |text: &str| breaks(imports, &[("src/timeline/x.rs", text)], &[]);
    sound("// crate::words is not used\n/* nor /* here */ crate::words */");
    sound("const X: &str = \"crate::words\"; const Y: &str = r#\"crate::\"words\"#;");
    sound("const QUOTE: char = '\"'; const NOT: char = '\\''; fn f<'a>(x: &'a str) {}");
    sound("#[cfg(test)]\nmod tests {\n    use crate::words;\n    fn f() { nix::unistd::getpid(); }\n}");
    sound("#[cfg(test)]\nfn f() { crate::words::f() }");
    sound("fn f(x: X) { x.nix::<u8>(); x::nix::f(); }");
    breaks(
        imports,
        &[
            ("src/timeline.rs", "#[cfg(test)]\nmod tests;"),
            ("src/timeline/tests.rs", "use crate::words;"),
            ("src/timeline/tests/script.rs", "use crate::words;"),
        ],
        &[],
    );
    let after = "#[cfg(test)]\nmod tests { fn f() { if x { } } }\nuse crate::words;";
    breaks(imports, &[("src/timeline/x.rs", after)], &["src/timeline/x.rs:3: "]);
}

#[test]
fn a_module_without_a_row_is_found() {
    let rows: String = IMPORTS
        .iter()
        .map(|row| row.module)
        .filter(|module| !module.contains("::") && *module != "main")
        .fold(String::new(), |rows, module| {
            rows + &format!("//! | [`{module}`] | x | y |\npub mod {module};\n")
        });
    breaks(documented, &[("src/lib.rs", &rows)], &[]);
    let more = format!("{rows}pub mod attic;\n");
    let said = ["`attic` lacks a row of the table", "`attic` lacks a row of IMPORTS"];
    breaks(documented, &[("src/lib.rs", &more)], &said);
    let fewer = rows.replace("//! | [`words`]", "//! | words");
    breaks(
        documented,
        &[("src/lib.rs", &fewer)],
        &["`words` lacks a row of the table"],
    );
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

#[test]
fn a_missing_text_and_an_unused_one_are_found() {
    let texts_are = "# The words\nkey-up = up\nkey-down = down { key-side }\nkey-side =\n    side\ncount-few = few\n\
                     count-few-short = f\nbare = bare\n";
    let speaker = "fn f(w: &Words) {
        w.say(\"key-up\");
        w.say_with(
            \"bare\", &[(\"pid\", x)]);
        let name = match x { A => \"key-down\", B => w.say(&format!(\"count-{name}\")), C => format!(\"count-{x}-short\") };
    }
    #[cfg(test)]
    mod tests { const X: &str = \"never-said\"; }";
    let found = |text: &str, said: &[&str]| breaks_with(texts, &[("src/tui/x.rs", text)], texts_are, said);
    found(speaker, &[]);
    found(
        &speaker.replace("key-up", "key-upp"),
        &[
            "src/tui/x.rs:2: there is no text `key-upp`",
            "en.ftl:2: nobody says `key-up`",
        ],
    );
    found(
        &speaker.replace("\"bare\"", "\"bear\""),
        &["src/tui/x.rs:4: there is no text `bear`", "nobody says `bare`"],
    );
    found(
        &speaker.replace("\"key-down\"", "\"key-don\""),
        &["no text `key-don`", "nobody says `key-down`"],
    );
    let no_pattern = ["no text `sum-{name}`", "nobody says `count-few`"];
    found(
        &speaker
            .replace("count-{name}", "sum-{name}")
            .replace("count-{x}-short", "count-few-short"),
        &no_pattern,
    );
    // Who says nothing may use such words for what they like.
    breaks_with(
        texts,
        &[("src/server/x.rs", "const X: &str = \"double-fork\";")],
        "",
        &[],
    );
    breaks_with(
        texts,
        &[("src/words/x.rs", "const X: &str = \"double-fork\";")],
        "",
        &["no text `double-fork`"],
    );
    breaks_with(
        texts,
        &[("src/words.rs", "const X: &str = \"double-fork\";")],
        "",
        &["no text `double-fork`"],
    );
}
