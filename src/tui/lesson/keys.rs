//! The keys of a lesson, as one table: what dispatches, and what its footer says, come from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::keymap::hangul::latin;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// On to the next step; where a question is open, to its answer first.
    Next,
    /// Back to the step before.
    Previous,
    /// The answer of that number, from 1.
    Answer(usize),
    /// Show the answer without a guess.
    Reveal,
    /// The live tree, or back from it.
    Tree,
    /// The lesson above in the list.
    Up,
    /// The lesson below.
    Down,
    /// Take the lesson that is marked.
    Open,
    /// Draw everything anew.
    Redraw,
    /// Give the terminal back to the shell for a while.
    Suspend,
    /// Back to where one came from.
    Back,
    /// End forkscope.
    Quit,
}

/// Where a key works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the list of lessons.
    List,
    /// In a lesson.
    Lesson,
    /// In both.
    Both,
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
    /// Where.
    pub place: Place,
}

const fn key(code: KeyCode, action: Action, place: Place, said: Option<(&'static str, &'static str)>) -> Key {
    Key {
        code,
        ctrl: false,
        said,
        action,
        place,
    }
}

const fn ctrl(letter: char, action: Action) -> Key {
    Key {
        code: KeyCode::Char(letter),
        ctrl: true,
        said: None,
        action,
        place: Place::Both,
    }
}

/// All keys of the lessons; the answers' digits besides.
pub const KEYS: &[Key] = &[
    key(KeyCode::Up, Action::Up, Place::List, Some(("↑↓", "lesson-key-choose"))),
    key(KeyCode::Down, Action::Down, Place::List, None),
    key(KeyCode::Char('k'), Action::Up, Place::List, None),
    key(KeyCode::Char('j'), Action::Down, Place::List, None),
    key(
        KeyCode::Enter,
        Action::Open,
        Place::List,
        Some(("enter", "lesson-key-open")),
    ),
    key(
        KeyCode::Char('n'),
        Action::Next,
        Place::Lesson,
        Some(("n", "lesson-key-next")),
    ),
    key(KeyCode::Right, Action::Next, Place::Lesson, None),
    key(KeyCode::Enter, Action::Next, Place::Lesson, None),
    key(KeyCode::Char(' '), Action::Next, Place::Lesson, None),
    key(
        KeyCode::Char('p'),
        Action::Previous,
        Place::Lesson,
        Some(("p", "lesson-key-previous")),
    ),
    key(KeyCode::Left, Action::Previous, Place::Lesson, None),
    key(
        KeyCode::Char('s'),
        Action::Reveal,
        Place::Lesson,
        Some(("s", "lesson-key-show")),
    ),
    key(
        KeyCode::Tab,
        Action::Tree,
        Place::Lesson,
        Some(("tab", "lesson-key-tree")),
    ),
    key(KeyCode::Esc, Action::Back, Place::Both, None),
    key(
        KeyCode::Char('q'),
        Action::Back,
        Place::Both,
        Some(("q", "lesson-key-back")),
    ),
    ctrl('c', Action::Quit),
    ctrl('l', Action::Redraw),
    ctrl('z', Action::Suspend),
];

/// What a key event asks for, in a lesson or in the list of them. More than one thing only where a Hangul syllable
/// stands for several keys.
pub fn actions(event: KeyEvent, place: Place) -> Vec<Action> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let find = |code: KeyCode| {
        let here =
            |key: &&Key| key.code == code && key.ctrl == ctrl && (key.place == place || key.place == Place::Both);
        KEYS.iter().find(here).map(|key| key.action)
    };
    match event.code {
        KeyCode::Char(digit @ '1'..='9') if !ctrl && place == Place::Lesson => digit
            .to_digit(10)
            .map(|digit| Action::Answer(digit as usize))
            .into_iter()
            .collect(),
        KeyCode::Char(typed) if !ctrl && latin(typed).next().is_some() => {
            latin(typed).filter_map(|letter| find(KeyCode::Char(letter))).collect()
        }
        code => find(code).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: KeyCode, place: Place, expected: &[Action]) {
        assert_eq!(
            actions(KeyEvent::new(code, KeyModifiers::NONE), place),
            expected,
            "{code:?}"
        );
    }

    #[test]
    fn keys_mean_what_they_mean_where_they_are() {
        check(KeyCode::Char('n'), Place::Lesson, &[Action::Next]);
        check(KeyCode::Char('ㅜ'), Place::Lesson, &[Action::Next]);
        check(KeyCode::Char('3'), Place::Lesson, &[Action::Answer(3)]);
        check(KeyCode::Char('3'), Place::List, &[]);
        check(KeyCode::Enter, Place::List, &[Action::Open]);
        check(KeyCode::Enter, Place::Lesson, &[Action::Next]);
        check(KeyCode::Char('ㅂ'), Place::List, &[Action::Back]);
    }

    #[test]
    fn every_key_stands_once_where_it_works() {
        for (index, key) in KEYS.iter().enumerate() {
            let again = KEYS[index + 1..].iter().any(|other| {
                let meets = key.place == other.place || key.place == Place::Both || other.place == Place::Both;
                key.code == other.code && key.ctrl == other.ctrl && meets
            });
            assert!(!again, "{key:?}");
        }
    }
}
