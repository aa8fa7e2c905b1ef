//! The variables of the environment: those of options by name, and those that look like one and are none.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};

use crate::words::names::visible;

use super::SettingsError;
use super::options::{PREFIX, SAID_EACH_TIME, Setting};

/// Names the file in place of the usual one; one that is named must be there.
pub(super) const FILE: &str = "FORKSCOPE_CONFIG";

/// What is no option and is read all the same: the file, and what tests of this program ask for.
const OTHERS: &[&str] = &[FILE, "FORKSCOPE_DRAW", "FORKSCOPE_GALLERY", "FORKSCOPE_PANIC"];

/// How the variables begin by which tests know their processes.
const OF_TESTS: &str = "FORKSCOPE_TEST_";

/// The variables as they are now.
#[derive(Debug, Default)]
pub struct Environment(Vec<(OsString, OsString)>);

impl Environment {
    /// Those of this process.
    pub fn own() -> Self {
        std::env::vars_os().collect()
    }

    /// The value of a variable; an empty one counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        let (_, value) = self.set().find(|(set, _)| *set == name)?;
        Some(value)
    }

    /// Whoever misspells a variable believes to have set an option, as whoever misspells a flag or a key of the file does.
    pub(super) fn check(&self, settings: &[Setting]) -> Result<(), SettingsError> {
        let is_ours = |name: &OsStr| {
            OTHERS.iter().any(|other| name == *other)
                || name.as_bytes().starts_with(OF_TESTS.as_bytes())
                || settings.iter().any(|setting| name == setting.variable().as_str())
        };
        let begins = |name: &OsStr| name.as_bytes().starts_with(PREFIX.as_bytes());
        match self.set().find(|(name, _)| begins(name) && !is_ours(name)) {
            Some((name, _)) => Err(SettingsError::Variable {
                variable: visible(name.as_bytes()),
                problem: problem(name, settings),
            }),
            None => Ok(()),
        }
    }

    fn set(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        let all = self.0.iter().filter(|(_, value)| !value.is_empty());
        all.map(|(name, value)| (name.as_os_str(), value.as_os_str()))
    }
}

impl FromIterator<(OsString, OsString)> for Environment {
    fn from_iter<I: IntoIterator<Item = (OsString, OsString)>>(variables: I) -> Self {
        Self(variables.into_iter().collect())
    }
}

/// What is wrong with a variable that no option has.
fn problem(name: &OsStr, settings: &[Setting]) -> String {
    let option = name.as_bytes()[PREFIX.len()..].to_ascii_lowercase();
    let option = String::from_utf8_lossy(&option).replace('_', "-");
    if SAID_EACH_TIME.contains(&option.as_str()) {
        return format!("--{option} is said on each command line, and cannot be set for good");
    }
    match nearest(&option, settings) {
        Some(nearest) => format!("no option is called so; the nearest is {nearest}"),
        None => "no option is called so; `forkscope config` prints all that there are".to_owned(),
    }
}

/// The variable that was probably meant, by the same measure as for a flag.
fn nearest(option: &str, settings: &[Setting]) -> Option<String> {
    let mut known = vec![("config", FILE.to_owned())];
    for setting in settings {
        if !known.iter().any(|(name, _)| *name == setting.name) {
            known.push((&setting.name, setting.variable()));
        }
    }
    let args = known
        .iter()
        .map(|(name, _)| Arg::new((*name).to_owned()).long((*name).to_owned()));
    let asked = Command::new("").args(args).disable_help_flag(true);
    let error = asked.try_get_matches_from(["", &format!("--{option}")]).err()?;
    let Some(ContextValue::String(flag)) = error.get(ContextKind::SuggestedArg) else {
        return None;
    };
    let (_, variable) = known.iter().find(|(name, _)| flag.strip_prefix("--") == Some(name))?;
    Some(variable.clone())
}
