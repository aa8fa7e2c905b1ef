//! Settings by the real program: what is printed is taken, what is wrong is refused in its place, and the completions
//! and man pages are of a kind that shells and man(1) read.

use std::process::{Command, Output};

use tempfile::TempDir;

#[path = "settings/completions.rs"]
mod completions;

/// Runs the program where the user's files are those of `home`.
fn run(home: &TempDir, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
    let command = command.args(args).env("HOME", home.path()).env("LC_ALL", "C");
    command
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("FORKSCOPE_CONFIG")
        .output()
        .expect("it runs")
}

/// What a run that succeeds prints.
fn printed(home: &TempDir, args: &[&str]) -> String {
    let output = run(home, args);
    assert_eq!(
        (output.status.code(), &*String::from_utf8_lossy(&output.stderr)),
        (Some(0), ""),
        "{args:?}"
    );
    String::from_utf8(output.stdout).expect("it is UTF-8")
}

#[test]
fn the_printed_file_lies_where_it_is_looked_for_and_is_taken() {
    let home = TempDir::new().unwrap();
    let path = printed(&home, &["config", "--path"]);
    let path = std::path::Path::new(path.trim_end());
    assert_eq!(path, home.path().join(".config/forkscope/config.toml"));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();

    let text = printed(&home, &["config"]);
    std::fs::write(path, &text).unwrap();
    let english = printed(&home, &["zombies"]);

    assert!(text.contains("\n#lang = "), "{text}");
    std::fs::write(path, text.replace("\n#lang = \"en\"", "\nlang = \"ko\"")).unwrap();
    let korean = printed(&home, &["zombies"]);
    assert!(korean.contains('좀'), "{korean}");
    assert!(!english.contains('좀') && !printed(&home, &["zombies", "--lang=en"]).contains('좀'));

    std::fs::write(path, "[view]\nlang = \"fr\"\n").unwrap();
    let refused = run(&home, &["zombies"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(
        said.starts_with(&format!("forkscope: {}:2:8: invalid value 'fr'", path.display())),
        "{said}"
    );
    assert!(said.ends_with("\n 2 | lang = \"fr\"\n   |        ^^^^\n"), "{said}");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let home = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
    let output = command
        .arg("zombies")
        .env("FORKSCOPE_CONFIG", home.path().join("none.toml"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("none.toml: No such file"), "{said}");
}

#[test]
fn the_completions_are_scripts() {
    let home = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&home, &["completions", shell]);
        assert!(
            script.contains("--listening") || script.contains("listening"),
            "{shell}: {script}"
        );
        assert!(!script.contains("guard"), "{shell}: what is hidden is not completed");
    }
}

#[test]
fn there_is_a_man_page_for_each_subcommand() {
    let home = TempDir::new().unwrap();
    let directory = home.path().join("share/man/man1");
    printed(&home, &["man", directory.to_str().unwrap()]);
    for name in [
        "forkscope",
        "forkscope-events",
        "forkscope-snapshot",
        "forkscope-zombies",
        "forkscope-config",
    ] {
        let page = std::fs::read_to_string(directory.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".TH ") && page.contains(".SH SYNOPSIS"), "{name}: {page}");
        assert!(
            page.contains(concat!("forkscope ", env!("CARGO_PKG_VERSION"))),
            "{name}: {page}"
        );
        assert!(page.contains(".SH EXAMPLES\n.TP\n\\fBforkscope"), "{name}: {page}");
    }
    let watch = std::fs::read_to_string(directory.join("forkscope-watch.1")).unwrap();
    assert!(
        watch.contains("[OPTIONS] [\\-\\- <COMMAND>...]"),
        "the synopsis is the usage: {watch}"
    );
    assert!(
        watch.contains("\\fBforkscope watch \\-\\-pid 4121\\fR\na server that runs"),
        "an example, and what it is: {watch}"
    );
    assert!(
        !directory.join("forkscope-guard.1").exists(),
        "what is hidden has no page"
    );
    let taken = home.path().join("taken");
    std::fs::write(&taken, "").unwrap();
    let refused = run(&home, &["man", taken.to_str().unwrap()]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("write man pages to") && said.contains("taken"), "{said}");
}
