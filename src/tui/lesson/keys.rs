//! The keys of a lesson, as one table: what dispatches, and what its footer says, come from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::keymap::hangul::latin;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// On to the next step; where a question is open, to its answer first.
    Next,
    /// The same, and from the last page of a lesson to where it leads.
    Onward,
    /// Back to the step before.
    Previous,
    /// The answer of that number, from 1.
    Answer(usize),
    /// Show the answer without a guess.
    Reveal,
    /// The live tree, or back from it.
    Tree,
    /// The watch screen on a server of its own, where the lesson leads there.
    Watch,
    /// The lesson above in the list.
    Up,
    /// The lesson below.
    Down,
    /// Take the lesson that is marked.
    Open,
    /// Show the keys, or hide them.
    Help,
    /// For the back of a room, or no longer.
    Projector,
    /// Go to the next theme.
    NextTheme,
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

/// Where in a lesson one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// At its first step: nothing is behind it.
    First,
    /// At a step with others before it.
    Within,
    /// On its last page: nothing comes after it.
    Over,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// What it is called.
    pub label: &'static str,
    /// The key.
    pub code: KeyCode,
    /// With Ctrl.
    pub ctrl: bool,
    /// What it asks for.
    pub action: Action,
    /// Where.
    pub place: Place,
    /// The name of the text that says what it does.
    pub says: &'static str,
    /// The name of the text in the footer; `None` where it does not stand there.
    pub short: Option<&'static str>,
}

const fn key(label: &'static str, code: KeyCode, action: Action, place: Place, says: &'static str) -> Key {
    Key {
        label,
        code,
        ctrl: false,
        action,
        place,
        says,
        short: None,
    }
}

impl Key {
    const fn letter(letter: char, label: &'static str, action: Action, place: Place, says: &'static str) -> Self {
        key(label, KeyCode::Char(letter), action, place, says)
    }

    const fn ctrl(self) -> Self {
        Self { ctrl: true, ..self }
    }

    const fn short(self, text: &'static str) -> Self {
        Self {
            short: Some(text),
            ..self
        }
    }
}

/// All keys of the lessons, as the help lists them; the answers' digits besides.
pub const KEYS: &[Key] = &[
    key("↑", KeyCode::Up, Action::Up, Place::List, "lesson-does-choose").short("lesson-key-choose"),
    key("↓", KeyCode::Down, Action::Down, Place::List, "lesson-does-choose").short("lesson-key-choose"),
    Key::letter('k', "k", Action::Up, Place::List, "lesson-does-choose"),
    Key::letter('j', "j", Action::Down, Place::List, "lesson-does-choose"),
    key("enter", KeyCode::Enter, Action::Open, Place::List, "lesson-does-open").short("lesson-key-open"),
    Key::letter('n', "n", Action::Next, Place::Lesson, "lesson-does-next").short("lesson-key-next"),
    key("→", KeyCode::Right, Action::Next, Place::Lesson, "lesson-does-next"),
    Key::letter(' ', "space", Action::Next, Place::Lesson, "lesson-does-next"),
    key(
        "enter",
        KeyCode::Enter,
        Action::Onward,
        Place::Lesson,
        "lesson-does-next",
    ),
    Key::letter('p', "p", Action::Previous, Place::Lesson, "lesson-does-previous").short("lesson-key-previous"),
    key(
        "←",
        KeyCode::Left,
        Action::Previous,
        Place::Lesson,
        "lesson-does-previous",
    ),
    Key::letter('s', "s", Action::Reveal, Place::Lesson, "lesson-does-show").short("lesson-key-show"),
    key("tab", KeyCode::Tab, Action::Tree, Place::Lesson, "lesson-does-tree").short("lesson-key-tree"),
    Key::letter('w', "w", Action::Watch, Place::Lesson, "lesson-does-watch").short("lesson-key-watch"),
    Key::letter('P', "P", Action::Projector, Place::Both, "key-projector"),
    Key::letter('T', "T", Action::NextTheme, Place::Both, "key-theme"),
    Key::letter('l', "Ctrl-L", Action::Redraw, Place::Both, "key-redraw").ctrl(),
    Key::letter('z', "Ctrl-Z", Action::Suspend, Place::Both, "key-suspend").ctrl(),
    Key::letter('?', "?", Action::Help, Place::Both, "key-help").short("lesson-key-help"),
    key("Esc", KeyCode::Esc, Action::Back, Place::Both, "lesson-does-back"),
    Key::letter('q', "q", Action::Back, Place::Both, "lesson-does-back").short("lesson-key-back"),
    Key::letter('c', "Ctrl-C", Action::Quit, Place::Both, "key-quit").ctrl(),
];

/// The digits that answer, which are no rows of the table: what they are called, what they do, and that in short.
pub const DIGITS: (&str, &str, &str) = ("1-9", "lesson-does-answer", "lesson-key-answer");

/// The keys that work at a place, for the help: what stands on those that do the same, and the name of the text that
/// says what that is. A lesson that leads to no watch screen has no key for it.
pub fn listed(place: Place, watch: bool) -> Vec<(String, &'static str)> {
    let mut lines: Vec<(String, &'static str)> = Vec::new();
    if place == Place::Lesson {
        lines.push((DIGITS.0.to_owned(), DIGITS.1));
    }
    for key in here(place, watch) {
        match lines.last_mut() {
            Some((labels, says)) if *says == key.says => *labels = format!("{labels} {}", key.label),
            _ => lines.push((key.label.to_owned(), key.says)),
        }
    }
    lines
}

/// The keys that the footer names at a place: what stands on them, and the name of the text. Neighbours of the same text
/// share it. Those that answer are among them where a question stands, which has so many answers; what leads on is not
/// where the lesson is over, nor what leads back where it begins. Where the live tree is seen, its key leads from it.
pub fn named(
    place: Place,
    watch: bool,
    stand: Stand,
    tree: bool,
    question: Option<usize>,
) -> Vec<(String, &'static str)> {
    let works = |key: &&Key| match key.action {
        Action::Next => stand != Stand::Over,
        Action::Previous => stand != Stand::First,
        Action::Reveal => question.is_some(),
        Action::Onward
        | Action::Answer(_)
        | Action::Tree
        | Action::Watch
        | Action::Up
        | Action::Down
        | Action::Open
        | Action::Help
        | Action::Projector
        | Action::NextTheme
        | Action::Redraw
        | Action::Suspend
        | Action::Back
        | Action::Quit => true,
    };
    let digits = question.map(|answers| (format!("1-{answers}"), DIGITS.2));
    let mut names: Vec<(String, &'static str)> = digits.into_iter().collect();
    for key in here(place, watch).filter(works) {
        let text = match key.short {
            Some(_) if tree && key.action == Action::Tree => "lesson-key-steps",
            Some(text) => text,
            None => continue,
        };
        match names.last_mut() {
            Some((labels, last)) if *last == text => labels.push_str(key.label),
            _ => names.push((key.label.to_owned(), text)),
        }
    }
    names
}

fn here(place: Place, watch: bool) -> impl Iterator<Item = &'static Key> {
    let works = move |key: &&Key| key.place == place || key.place == Place::Both;
    KEYS.iter()
        .filter(works)
        .filter(move |key| watch || key.action != Action::Watch)
}

/// The key that ends forkscope, wherever it is typed.
pub fn quits(event: KeyEvent) -> bool {
    actions(event, Place::Lesson) == [Action::Quit]
}

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
        check(KeyCode::Enter, Place::Lesson, &[Action::Onward]);
        check(KeyCode::Char('ㅂ'), Place::List, &[Action::Back]);
    }

    #[test]
    fn what_ends_forkscope_is_one_key() {
        let ctrl = |letter| KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL);
        assert!(quits(ctrl('c')));
        assert!(!quits(ctrl('l')) && !quits(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE)));
    }

    #[test]
    fn keys_that_do_the_same_share_a_line() {
        let lines = listed(Place::Lesson, false);
        assert!(
            lines.contains(&("n → space enter".to_owned(), "lesson-does-next")),
            "{lines:?}"
        );
        assert!(!lines.iter().any(|(_, says)| *says == "lesson-does-watch"));
        assert!(named(Place::Lesson, true, Stand::Within, false, None).contains(&("w".to_owned(), "lesson-key-watch")));
        assert!(
            named(Place::List, false, Stand::Within, false, None).contains(&("↑↓".to_owned(), "lesson-key-choose"))
        );
    }

    #[test]
    fn what_works_where_one_is_is_named() {
        let names = |stand, question| {
            let names = named(Place::Lesson, false, stand, false, question).into_iter();
            names.map(|(label, _)| label).collect::<Vec<_>>()
        };
        assert_eq!(names(Stand::Within, Some(3)), ["1-3", "n", "p", "s", "tab", "?", "q"]);
        assert_eq!(names(Stand::Within, None), ["n", "p", "tab", "?", "q"]);
        assert_eq!(names(Stand::First, None), ["n", "tab", "?", "q"]);
        assert_eq!(names(Stand::Over, None), ["p", "tab", "?", "q"]);
        let seen = named(Place::Lesson, false, Stand::Within, true, None);
        assert!(seen.contains(&("tab".to_owned(), "lesson-key-steps")), "{seen:?}");
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
