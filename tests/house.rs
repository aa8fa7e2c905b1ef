//! The rules of the house, held against the code: who may use whom, what lies where, and that every text that is said
//! exists. Each rule is also held against a house that breaks it, so that none can fall asleep.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use habits::{habits, openings, top_level, unsafe_code};
use imports::{documented, imports};
use source::Source;
use texts::texts;

#[path = "house/habits.rs"]
mod habits;
#[path = "house/imports.rs"]
mod imports;
#[path = "house/source.rs"]
mod source;
#[path = "house/texts.rs"]
mod texts;

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
