//! Where the value of an option comes from: its flag, else the environment, else the user's file, else its default.
//!
//! There is one declaration of every option, in `cli`. What the environment and the file say takes the place of the
//! declared defaults before the command line is read; so a flag beats both without further ado, and an option that is
//! added there can be set everywhere at once. What is watched (`--pid`, `--listening`, a command) is no setting: it is
//! said each time.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use etcetera::BaseStrategy;

use crate::cli::Cli;

use environment::Environment;
use file::{File, FileError};
use options::all;

pub mod environment;
pub mod file;
pub mod options;
pub mod template;

/// Why a command line was not taken.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The arguments; help and the version come this way, too.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// The user's file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A variable of the environment.
    #[error("environment variable {variable}: {problem}")]
    Variable {
        /// Which.
        variable: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// The command line as it is declared; a switch may be given a value as well, so that `--ascii=false` can beat what the
/// file says.
pub fn command() -> Command {
    let switches = |command: Command| command.mut_args(switch);
    switches(Cli::command()).mut_subcommands(switches)
}

/// A command line for those who write about it: without what only forkscope itself calls.
pub fn public(command: &Command) -> Command {
    let visible = command.get_subcommands().filter(|sub| !sub.is_hide_set());
    let about = command.get_about().cloned().unwrap_or_default();
    let long_about = command.get_long_about().cloned().unwrap_or_default();
    let after = command.get_after_help().cloned().unwrap_or_default();
    Command::new("forkscope")
        .version(env!("CARGO_PKG_VERSION"))
        .about(about)
        .long_about(long_about)
        .after_help(after)
        .args(command.get_arguments())
        .subcommands(visible)
}

fn switch(arg: Arg) -> Arg {
    if !matches!(arg.get_action(), ArgAction::SetTrue) {
        // So that -1 is said to be no pid, and not to be no option.
        let negative = arg.get_action().takes_values() && !arg.is_positional();
        return arg.allow_negative_numbers(negative);
    }
    arg.action(ArgAction::Set)
        .num_args(0..=1)
        .require_equals(true)
        .default_missing_value("true")
        .default_value("false")
        .value_name("BOOL")
        .value_parser(BoolishValueParser::new())
        .hide_default_value(true)
        .hide_possible_values(true)
}

/// Reads the command line with what the environment and the user's file say.
pub fn read(arguments: impl IntoIterator<Item = OsString>, environment: &Environment) -> Result<Cli, SettingsError> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = command();
    if takes_settings(&command, &arguments) {
        command = match filled(command.clone(), environment) {
            Ok(command) => command,
            // Whoever asks for help gets it, whatever the file says.
            Err(_) if ours(&arguments).any(|argument| argument == "--help" || argument == "-h") => command,
            Err(error) => return Err(error),
        };
    }
    let mut matches = command.try_get_matches_from_mut(arguments)?;
    let (model_typed, reap_typed) = (is_typed(&matches, "model"), is_typed(&matches, "reap"));
    let typed: Vec<&str> = ["clients", "rate", "hold"]
        .into_iter()
        .filter(|id| is_typed(&matches, id))
        .collect();
    let mut cli = Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))?;
    if let Some(server) = cli.server_mut() {
        server.settle(model_typed, reap_typed);
    }
    if let Some((target, load)) = cli.load_mut() {
        let attached = target.pid.is_some() || target.listening.is_some();
        load.settle(attached, |id| typed.contains(&id));
    }
    Ok(cli)
}

/// Whether that option of the subcommand stands on the command line, and is not from a setting.
fn is_typed(matches: &ArgMatches, id: &str) -> bool {
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    // Asked for an option that the subcommand does not have, clap panics.
    matches.try_contains_id(id).is_ok() && matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// Where the user's file is looked for; `None` where there is no home directory.
pub fn path(environment: &Environment) -> Option<PathBuf> {
    let named = environment.get(environment::FILE);
    let usual = || {
        Some(
            etcetera::base_strategy::Xdg::new()
                .ok()?
                .config_dir()
                .join("forkscope/config.toml"),
        )
    };
    named.map(PathBuf::from).or_else(usual)
}

/// The images of itself that forkscope starts are told everything by their arguments, and what speaks of settings must
/// work where they are broken.
fn takes_settings(command: &Command, arguments: &[OsString]) -> bool {
    let Some(first) = arguments.get(1) else { return true };
    let speaks_of_them = ["config", "completions", "man", "help"]
        .iter()
        .any(|name| first == name);
    let hidden = command
        .get_subcommands()
        .any(|sub| sub.is_hide_set() && first == sub.get_name());
    let told_everything = ours(arguments).any(|word| word == "--control-fd" || word == "--no-settings");
    !speaks_of_them && !hidden && !told_everything
}

/// The arguments up to those of a command to launch.
fn ours(arguments: &[OsString]) -> impl Iterator<Item = &OsString> {
    arguments.iter().take_while(|argument| *argument != "--")
}

/// The command with the settings as its defaults.
fn filled(command: Command, environment: &Environment) -> Result<Command, SettingsError> {
    let settings = all(&command);
    let named = environment.get(environment::FILE).is_some();
    let file = match path(environment) {
        Some(path) => File::read(&path, named)?,
        None => File::default(),
    };
    let mut given = file.given(&command, &settings)?;
    for setting in &settings {
        let variable = setting.variable();
        let Some(value) = environment.get(&variable) else {
            continue;
        };
        let value = text(value).map_err(|problem| (variable.clone(), problem));
        let checked = value.and_then(|value| match setting.check(&command, &value) {
            Ok(()) => Ok(value),
            Err(problem) => Err((variable.clone(), problem)),
        });
        let value = checked.map_err(|(variable, problem)| SettingsError::Variable { variable, problem })?;
        given.push((setting, value));
    }
    environment.check(&settings)?;
    Ok(given
        .into_iter()
        .fold(command, |command, (setting, value)| setting.set(command, &value)))
}

fn text(value: &OsStr) -> Result<String, String> {
    let text = value.to_str().map(str::to_owned);
    text.ok_or_else(|| format!("{} is not UTF-8", value.display()))
}

#[cfg(test)]
mod tests;
