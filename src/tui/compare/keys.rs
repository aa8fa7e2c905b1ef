//! The keys of the comparison, as one table: what dispatches, and what its footer says, come from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::keymap::hangul::latin;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Go to the next theme.
    NextTheme,
    /// Show it for the back of a room, or for a desk again.
    Projector,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// End it, with the figures so far.
    Quit,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key.
    pub code: KeyCode,
    /// With Ctrl.
    pub ctrl: bool,
    /// What it is called in the footer, and the name of the text there; `None` where it does not stand there.
    pub said: Option<(&'static str, &'static str)>,
    /// What it asks for.
    pub action: Action,
}

const fn key(code: KeyCode, action: Action, said: Option<(&'static str, &'static str)>) -> Key {
    Key {
        code,
        ctrl: false,
        said,
        action,
    }
}

const fn ctrl(letter: char, action: Action) -> Key {
    Key {
        ctrl: true,
        ..key(KeyCode::Char(letter), action, None)
    }
}

impl Key {
    /// What stands in the footer of a screen for a desk, or for the back of a room: there the key for that leads back.
    pub fn said_in(&self, room: bool) -> Option<(&'static str, &'static str)> {
        let said = self.said?;
        Some(if room && self.action == Action::Projector {
            (said.0, "compare-screen-desk")
        } else {
            said
        })
    }
}

/// All keys of the comparison.
pub const KEYS: &[Key] = &[
    key(
        KeyCode::Char('T'),
        Action::NextTheme,
        Some(("T", "compare-screen-theme")),
    ),
    key(
        KeyCode::Char('P'),
        Action::Projector,
        Some(("P", "compare-screen-projector")),
    ),
    key(KeyCode::Char('q'), Action::Quit, Some(("q", "compare-screen-quit"))),
    key(KeyCode::Esc, Action::Quit, None),
    ctrl('c', Action::Quit),
    ctrl('l', Action::Redraw),
    ctrl('z', Action::Suspend),
];

/// What a key event asks for; more than one thing only where a Hangul syllable stands for several keys.
pub fn actions(event: KeyEvent) -> Vec<Action> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let find = |code: KeyCode| {
        let found = KEYS.iter().find(|key| key.code == code && key.ctrl == ctrl);
        found.map(|key| key.action)
    };
    match event.code {
        KeyCode::Char(typed) if !ctrl && latin(typed).next().is_some() => {
            latin(typed).filter_map(|letter| find(KeyCode::Char(letter))).collect()
        }
        code => find(code).into_iter().collect(),
    }
}
