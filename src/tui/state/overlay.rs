//! What can lie over the tree. What keys do to it is `update`'s, what it looks like the screen's.

use nix::sys::signal::Signal;

use crate::timeline::process::Key;
use crate::tui::demonstration::Kind;

use super::prompt::Prompt;

/// What lies over the tree.
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
    },
    /// What a demonstration will do, and whether it may.
    Demonstrate(Kind),
    /// What the target printed: how many lines are scrolled back.
    Output {
        /// Lines below the screen.
        back: usize,
    },
    /// A line of text that is being typed, at the bottom.
    Prompt(Prompt),
}

impl Overlay {
    /// It waits for an answer or a choice.
    pub fn answering(&self) -> bool {
        match self {
            Self::Policies(_)
            | Self::Models(_)
            | Self::Signals { .. }
            | Self::Confirm { .. }
            | Self::Demonstrate(_) => true,
            Self::None | Self::Help { .. } | Self::Output { .. } | Self::Prompt(_) => false,
        }
    }
}

/// The signals that can be chosen, the mildest first.
pub const SIGNALS: &[Signal] = &[
    Signal::SIGTERM,
    Signal::SIGINT,
    Signal::SIGHUP,
    Signal::SIGUSR1,
    Signal::SIGCHLD,
    Signal::SIGSTOP,
    Signal::SIGCONT,
    Signal::SIGKILL,
];
