//! The file that `forkscope config` prints: every option with what it does, at its default. An option that has none
//! shows a value that it could have.

use std::fmt::Write;

use clap::builder::{PossibleValue, StyledStr};

use super::command;
use super::options::{Setting, all};

const HEAD: &str = "\
# The settings of forkscope, at their defaults: take the # before a name away to change one. A flag beats a variable of
# the environment (FORKSCOPE_THEME=light), and that beats this file. What is misspelt is refused, here and there.
";

/// Values that options without a default could have; one with a closed set of values takes the first.
const EXAMPLES: &[(&str, &str)] = &[
    ("backlog", "128"),
    ("clients", "20"),
    ("cpus", "1"),
    ("for", "10s"),
    ("hold", "3s..8s"),
    ("port", "9190"),
    ("rate", "2/s"),
    ("service", "1s"),
    ("workers", "8"),
];

/// The whole file.
pub fn text() -> String {
    let mut settings = all(&command());
    // Each table once, where it first comes.
    let mut tables: Vec<String> = Vec::new();
    for setting in &settings {
        if !tables.contains(&setting.table) {
            tables.push(setting.table.clone());
        }
    }
    settings.sort_by_key(|setting| tables.iter().position(|table| *table == setting.table));
    let mut text = HEAD.to_owned();
    let mut table = "";
    for setting in &settings {
        if setting.table != table {
            table = &setting.table;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "\n[{table}]");
        }
        let help = setting.arg.get_help().map(StyledStr::to_string).unwrap_or_default();
        let _ = writeln!(text, "\n# {}", help.replace('\n', "\n# "));
        for remark in remarks(setting) {
            let _ = writeln!(text, "# {remark}");
        }
        let _ = writeln!(text, "#{} = {}", setting.name, quoted(&value(setting)));
    }
    text
}

/// The default, else a value that it could have.
pub fn value(setting: &Setting) -> String {
    let default = setting.arg.get_default_values().first();
    let example = || {
        EXAMPLES
            .iter()
            .find(|(name, _)| *name == setting.name)
            .map(|(_, value)| (*value).to_owned())
    };
    let possible = || Some(setting.arg.get_possible_values().first()?.get_name().to_owned());
    let default = default.and_then(|value| value.to_str()).map(str::to_owned);
    default.or_else(example).or_else(possible).unwrap_or_default()
}

fn remarks(setting: &Setting) -> impl Iterator<Item = String> {
    let possible = setting.arg.get_possible_values();
    let names: Vec<&str> = possible.iter().map(PossibleValue::get_name).collect();
    let closed = !names.is_empty() && !setting.arg.is_hide_possible_values_set();
    let unset = setting.arg.get_default_values().is_empty();
    let one_of = closed.then(|| format!("One of {}.", names.join(", ")));
    one_of
        .into_iter()
        .chain(unset.then(|| "Not set by default; for example:".to_owned()))
}

/// A TOML value: numbers and truth values bare, all else as a string. Defaults and examples are plain words, in which
/// nothing needs another escape than Rust's.
fn quoted(value: &str) -> String {
    let bare = value.parse::<i64>().is_ok() || value == "true" || value == "false";
    if bare { value.to_owned() } else { format!("{value:?}") }
}
