//! What can be open over the tree or below it. What keys do to it is `update`'s, what it looks like the screen's.

use nix::sys::signal::Signal;

use crate::timeline::process::Key;
use crate::tui::demonstration::Kind;
use crate::tui::keymap::table::Dialog;

use super::prompt::Prompt;

/// What is open over the tree or below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    None,
    /// The keys and the capture.
    Help {
        /// The first line shown.
        scroll: usize,
    },
    /// A choice of how to reap: which one the bar stands on.
    Policies(usize),
    /// A choice of model: which one the bar stands on.
    Models(usize),
    /// A choice of signal for a process.
    Signals {
        /// Which one the bar stands on.
        at: usize,
        /// For whom.
        key: Key,
    },
    /// The question before a signal is sent.
    Confirm {
        /// Which.
        signal: i32,
        /// To whom.
        key: Key,
        /// The first line shown.
        scroll: usize,
    },
    /// What a demonstration will do, and whether it may.
    Demonstrate {
        /// Which.
        kind: Kind,
        /// The first line shown.
        scroll: usize,
    },
    /// What the target printed: how many lines are scrolled back.
    Output {
        /// Lines below the screen.
        back: usize,
    },
    /// A line of text that is being typed, at the bottom.
    Prompt(Prompt),
}

impl Overlay {
    /// The kind of dialog that it is, whose keys come before the others; `None` for what has none.
    pub fn dialog(&self) -> Option<Dialog> {
        match self {
            Self::Policies(_) | Self::Models(_) | Self::Signals { .. } => Some(Dialog::Choice),
            Self::Confirm { .. } | Self::Demonstrate { .. } => Some(Dialog::Question),
            Self::Output { .. } => Some(Dialog::Reading),
            Self::None | Self::Help { .. } | Self::Prompt(_) => None,
        }
    }

    /// The process that it asks about.
    pub fn about(&self) -> Option<Key> {
        match self {
            Self::Signals { key, .. } | Self::Confirm { key, .. } => Some(*key),
            Self::None
            | Self::Help { .. }
            | Self::Policies(_)
            | Self::Models(_)
            | Self::Demonstrate { .. }
            | Self::Output { .. }
            | Self::Prompt(_) => None,
        }
    }
}

/// The signals that can be chosen, the mildest first, each with the name of the text that says what it does to a process
/// that has no handler for it (signal(7)).
pub const SIGNALS: &[(Signal, &str)] = &[
    (Signal::SIGTERM, "signal-term"),
    (Signal::SIGINT, "signal-int"),
    (Signal::SIGHUP, "signal-hup"),
    (Signal::SIGUSR1, "signal-usr1"),
    (Signal::SIGCHLD, "signal-chld"),
    (Signal::SIGSTOP, "signal-stop"),
    (Signal::SIGCONT, "signal-cont"),
    (Signal::SIGKILL, "signal-kill"),
];
