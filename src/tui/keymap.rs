//! What keys ask for: from a key event to actions, by the one table of keys. What an action does is `update`'s.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::demonstration::Kind;

use hangul::latin;
use table::{Dialog, Needs, keys};

pub mod hangul;
pub mod table;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Let clients come.
    Connect(u32),
    /// Hang up the client of the selected process.
    HangUp,
    /// Hang up all clients at once.
    HangUpAll,
    /// Start or stop the gentle stream of clients.
    ToggleStream,
    /// Have the server reap in the next way.
    NextPolicy,
    /// Choose how the server reaps.
    PickPolicy,
    /// Have the server become one of the next model.
    NextModel,
    /// Choose of which model the server is.
    PickModel,
    /// Choose a signal for the selected process.
    PickSignal,
    /// Show something about the server by an experiment.
    Demonstrate(Kind),
    /// Freeze the picture, or let it go on.
    Pause,
    /// Go back to the change before.
    StepBack,
    /// Go on to the next change.
    StepForward,
    /// Go back a second.
    SecondBack,
    /// Go on a second.
    SecondForward,
    /// Ask what the mark says that is set at this moment.
    Mark,
    /// Go to the mark before.
    MarkBefore,
    /// Go to the next mark.
    MarkAfter,
    /// Show less time on the lanes.
    ZoomIn,
    /// Show more time on the lanes.
    ZoomOut,
    /// Move in the tree, or in what lies over it.
    Move(Motion),
    /// Show the selected process in detail, or close that.
    Details,
    /// Show the commands that prove the details.
    Proofs,
    /// Ask which rows of the tree are to be shown.
    Filter,
    /// Fold what is below the selected row.
    Fold,
    /// Unfold it.
    Unfold,
    /// Unfold everything.
    UnfoldAll,
    /// Have the bar follow what changes, or no longer.
    Follow,
    /// Hang threads under their processes, or no longer.
    Threads,
    /// Put siblings into the next order.
    Order,
    /// Show the server's code, with each process at its line.
    Code,
    /// Show what the target printed.
    Output,
    /// Keep the screen as a file.
    Export,
    /// For the back of a room, and back.
    Projector,
    /// Go to the next theme.
    NextTheme,
    /// Show all keys.
    Help,
    /// Open the list of lessons.
    Lessons,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// Close what is open, or select nothing.
    Escape,
    /// Do what is chosen.
    Accept,
    /// Agree to what is asked.
    Yes,
    /// End forkscope.
    Quit,
}

/// Where a key moves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// A line up.
    Up,
    /// A line down.
    Down,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first line; in the tree, to the first moment.
    First,
    /// To the last line; in the tree, to now.
    Last,
}

impl Action {
    /// Where it moves to; `None` for one that does something else.
    pub const fn motion(self) -> Option<Motion> {
        if let Self::Move(motion) = self {
            Some(motion)
        } else {
            None
        }
    }
}

/// What a key event asks for while that dialog is open. More than one thing only where a Hangul syllable stands for
/// several keys.
pub fn actions(event: KeyEvent, dialog: Option<Dialog>) -> Vec<Action> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    match event.code {
        KeyCode::Char(typed) if !ctrl && latin(typed).next().is_some() => latin(typed)
            .filter_map(|letter| guessed(KeyCode::Char(letter), dialog))
            .collect(),
        code => {
            let shift = event.modifiers.contains(KeyModifiers::SHIFT) && !matches!(code, KeyCode::Char(_));
            let answer = answer(code, dialog).filter(|_| !ctrl);
            let bound = || keys().find(|key| key.code == code && key.ctrl == ctrl && key.shift == shift);
            answer.or_else(|| bound().map(|key| key.action)).into_iter().collect()
        }
    }
}

fn answer(code: KeyCode, dialog: Option<Dialog>) -> Option<Action> {
    let mut keys = dialog.iter().flat_map(|dialog| dialog.keys());
    keys.find(|key| key.code == code).map(|key| key.action)
}

/// What a key asks for whose letter had to be guessed: nothing that signals, kills or agrees to that.
fn guessed(code: KeyCode, dialog: Option<Dialog>) -> Option<Action> {
    if let Some(answer) = answer(code, dialog) {
        return Some(answer).filter(|answer| *answer == Action::Escape);
    }
    let key = keys().find(|key| key.code == code && !key.ctrl && !key.shift)?;
    match key.needs {
        Needs::Nothing | Needs::Load | Needs::Orders => Some(key.action),
        Needs::Signals | Needs::LoadAndSignals => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: char, expected: &[Action]) {
        let event = KeyEvent::new(KeyCode::Char(typed), KeyModifiers::NONE);
        assert_eq!(actions(event, None), expected, "{typed}");
    }

    #[test]
    fn a_key_in_hangul_mode_is_the_same_key() {
        check('q', &[Action::Quit]);
        check('ㅂ', &[Action::Quit]);
        check('ㅊ', &[Action::Connect(1)]);
        check('ㄱ', &[Action::NextPolicy]);
        check('한', &[Action::Export]);
        check('흐', &[Action::NextModel]);
        check('츠', &[Action::Connect(1), Action::NextModel]);
        check('치', &[Action::Connect(1)]);
        check('R', &[Action::PickPolicy]);
        check('7', &[]);
    }

    #[test]
    fn nothing_that_signals_is_guessed_from_hangul() {
        check('k', &[Action::PickSignal]);
        check('ㅏ', &[]);
        check('z', &[Action::Demonstrate(Kind::Zombies)]);
        check('ㅋ', &[]);
        check('ㅎ', &[]);
        let yes = KeyEvent::new(KeyCode::Char('ㅛ'), KeyModifiers::NONE);
        assert_eq!(actions(yes, Some(Dialog::Question)), &[]);
        let yes = KeyEvent::new(KeyCode::Char('y'), KeyModifiers::NONE);
        assert_eq!(actions(yes, Some(Dialog::Question)), &[Action::Yes]);
        assert_eq!(actions(yes, None), &[Action::Proofs]);
    }
}
