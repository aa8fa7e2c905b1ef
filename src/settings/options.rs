//! Which options are settings, what each is called in the file and in the environment, and whether a value suits it:
//! all of it from the declarations of the command line.

use clap::error::ErrorKind;
use clap::{Arg, Command};

/// How every variable of the environment begins that forkscope reads.
pub(super) const PREFIX: &str = "FORKSCOPE_";

/// What is watched, said on each command line anew.
pub(super) const SAID_EACH_TIME: &[&str] = &["help", "listening", "path", "pid", "replay", "version"];

/// The headings of `--help` that are tables of their own; an option under another one, or under none, belongs to its
/// subcommand.
const TABLES: &[(&str, &str)] = &[
    ("Target", "target"),
    ("Built-in server", "server"),
    ("Load", "load"),
    ("View", "view"),
];

/// The subcommand whose flags need no name.
const UNNAMED: &str = "watch";

/// An option that can be set.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The table of the file.
    pub table: String,
    /// Its name there: the flag's, without the hyphens before it.
    pub name: String,
    /// The subcommands that take it.
    pub commands: Vec<String>,
    /// How it is declared, in the first of them.
    pub arg: Arg,
}

/// Every setting, in the order in which help lists them.
pub fn all(command: &Command) -> Vec<Setting> {
    let mut settings: Vec<Setting> = Vec::new();
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        for arg in sub.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let Some(name) = arg.get_long().filter(|name| !SAID_EACH_TIME.contains(name)) else {
                continue;
            };
            let table = table(sub.get_name(), arg);
            match settings
                .iter_mut()
                .find(|setting| setting.table == table && setting.name == name)
            {
                Some(setting) => setting.commands.push(sub.get_name().to_owned()),
                None => settings.push(Setting {
                    table: table.to_owned(),
                    name: name.to_owned(),
                    commands: vec![sub.get_name().to_owned()],
                    arg: arg.clone(),
                }),
            }
        }
    }
    settings
}

fn table<'a>(command: &'a str, arg: &Arg) -> &'a str {
    let heading = arg.get_help_heading();
    let row = TABLES.iter().find(|(name, _)| heading == Some(name));
    row.map_or(command, |(_, table)| table)
}

impl Setting {
    /// Its name in the environment; options of one name have one variable.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_uppercase().replace('-', "_"))
    }

    /// Whether the option takes such a value; says what is wrong as the command line would.
    pub fn check(&self, command: &Command, value: &str) -> Result<(), String> {
        for name in &self.commands {
            let typed = ["forkscope", name, &format!("--{}={value}", self.name)].map(str::to_owned);
            let Err(error) = command.clone().try_get_matches_from(typed) else {
                continue;
            };
            match error.kind() {
                // That needs something else beside it, which is said where it is used.
                ErrorKind::MissingRequiredArgument | ErrorKind::ArgumentConflict => {}
                _ => return Err(said(&error)),
            }
        }
        Ok(())
    }

    /// The command where that value takes the place of the default.
    pub fn set(&self, command: Command, value: &str) -> Command {
        let set = |command: Command| {
            command.mut_args(|arg| {
                if arg.get_long() == Some(self.name.as_str()) {
                    arg.default_value(value.to_owned())
                } else {
                    arg
                }
            })
        };
        let unnamed = self.commands.iter().any(|name| name == UNNAMED);
        let command = if unnamed { set(command) } else { command };
        command.mut_subcommands(|sub| {
            if self.commands.iter().any(|name| name == sub.get_name()) {
                set(sub)
            } else {
                sub
            }
        })
    }
}

/// What an error of the command line says, without how to get help.
fn said(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let end = text.find("\n\n").unwrap_or(text.len());
    text[..end].trim_end().to_owned()
}
