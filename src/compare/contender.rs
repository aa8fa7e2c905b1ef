//! Who is compared: a model of the built-in server, perhaps with a way of reaping, or anybody's server by its command. How it
//! is run is `runner`'s affair.

use std::ffi::OsString;

use crate::server::config::{Model, Policy};

/// Who is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Contender {
    /// The built-in server.
    BuiltIn {
        /// Of which model.
        model: Model,
        /// How it reaps, where that was said.
        policy: Option<Policy>,
    },
    /// Anybody's, by its command; `{port}` in it stands for the port to listen on.
    Command(Vec<OsString>),
}

impl Contender {
    /// Reads `fork`, or `fork:once`.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let (model, policy) = match typed.split_once(':') {
            None => (typed, None),
            Some((model, policy)) => (model, Some(policy)),
        };
        let names = |all: &mut dyn Iterator<Item = &'static str>| all.collect::<Vec<_>>().join(", ");
        let Some(model) = Model::named(model) else {
            let models = names(&mut Model::ALL.iter().map(|model| model.name()));
            return Err(format!("'{model}' is not a server model: it is one of {models}"));
        };
        let policy = match policy {
            None => None,
            Some(name) => match Policy::named(name).filter(|policy| model.policies().contains(policy)) {
                Some(policy) => Some(policy),
                None if model.policies().is_empty() => {
                    return Err(format!("'{typed}': the model {} has no children to reap", model.name()));
                }
                None => {
                    let policies = names(&mut model.policies().iter().map(|policy| policy.name()));
                    return Err(format!("'{typed}': a policy of {} is one of {policies}", model.name()));
                }
            },
        };
        Ok(Self::BuiltIn { model, policy })
    }

    /// What it is called in tables: as it was typed.
    pub fn name(&self) -> String {
        match self {
            Self::BuiltIn { model, policy: None } => model.name().to_owned(),
            Self::BuiltIn {
                model,
                policy: Some(policy),
            } => format!("{}:{}", model.name(), policy.name()),
            Self::Command(words) => {
                let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
                words.join(" ")
            }
        }
    }

    /// Its kernel throws away what an ended child has spent, because nobody waits for it (times(2), under NOTES).
    pub(super) fn discards_times(&self) -> bool {
        let policy = match self {
            Self::BuiltIn {
                model: Model::Fork,
                policy,
            } => *policy,
            Self::BuiltIn { .. } | Self::Command(_) => None,
        };
        matches!(policy, Some(Policy::Ignore | Policy::NoCldWait))
    }

    /// How many clients it can serve at a time, as far as that is known beforehand.
    pub(super) fn at_once(&self, workers: u32) -> u32 {
        match self {
            Self::BuiltIn { model, policy } => match (model, policy) {
                (Model::Iterative, _) | (_, Some(Policy::Wait)) if *model != Model::Prefork => 1,
                (Model::Prefork, _) => workers,
                (Model::Iterative | Model::Fork | Model::Threads | Model::Epoll, _) => u32::MAX,
            },
            Self::Command(_) => u32::MAX,
        }
    }
}
