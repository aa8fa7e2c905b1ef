//! Who may use whom: the table of the crate documentation, the rule that holds it, and houses that break it.

use std::collections::BTreeSet;

use super::{House, breaks};

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

fn within(path: &str, beginning: &str) -> bool {
    path == beginning || path.strip_prefix(beginning).is_some_and(|rest| rest.starts_with("::"))
}

fn allows(allowed: &[&str], path: &str) -> bool {
    allowed == ALL || allowed.iter().any(|beginning| within(path, beginning))
}

/// Every module uses what the table allows it, and nothing else.
pub(super) fn imports(house: &House) -> Vec<String> {
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
pub(super) fn documented(house: &House) -> Vec<String> {
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
