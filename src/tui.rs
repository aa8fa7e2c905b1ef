//! The terminal screens: state, keys, drawing. Each of the three is held together in a file of its own (`watch`,
//! `compare`, `lesson`); the loop that they run in is `show`'s.

use std::io;

use thiserror::Error;

use crate::target::end::Survivor;

pub mod ascii;
pub mod code;
pub mod compare;
pub mod demonstration;
pub mod export;
pub mod keymap;
pub mod lesson;
pub mod look;
pub mod pane;
pub mod screens;
pub mod show;
pub mod state;
pub mod svg;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod update;
pub mod watch;
pub mod widgets;
pub mod world;

/// How a screen ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// By which signal; `None` by a key.
    pub signal: Option<i32>,
    /// A thread panicked, and has said so.
    pub panicked: bool,
    /// What could not be ended.
    pub survivors: Vec<Survivor>,
}

/// The screen could not be shown.
#[derive(Debug, Error)]
pub enum TuiError {
    /// No runtime.
    #[error("start the screen's event loop")]
    Runtime(#[source] io::Error),
    /// No observer.
    #[error("start the observer")]
    Observer(#[source] io::Error),
    /// The terminal does not do what it should.
    #[error("draw on the terminal")]
    Terminal(#[source] io::Error),
    /// Signals cannot be caught.
    #[error("catch signals")]
    Signals(#[source] io::Error),
}
