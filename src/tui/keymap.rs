//! The keys, as one table: what dispatches, what the footer and the help say, and what the README lists all come from
//! it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::words::cells::parts;

use super::demonstration::Kind;

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
    /// Go to the first moment.
    First,
    /// Go to now.
    Now,
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
    /// Select the row above.
    Up,
    /// Select the row below.
    Down,
    /// Select a row one screen above.
    PageUp,
    /// Select a row one screen below.
    PageDown,
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

/// Where a key moves to in what lies over the tree.
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
    /// To the first line.
    First,
    /// To the last line.
    Last,
}

impl Action {
    /// Where it moves to in what lies over the tree; `None` for one that moves nothing there.
    pub const fn motion(self) -> Option<Motion> {
        match self {
            Self::Up => Some(Motion::Up),
            Self::Down => Some(Motion::Down),
            Self::PageUp => Some(Motion::PageUp),
            Self::PageDown => Some(Motion::PageDown),
            Self::First => Some(Motion::First),
            Self::Now => Some(Motion::Last),
            Self::Connect(_)
            | Self::HangUp
            | Self::HangUpAll
            | Self::ToggleStream
            | Self::NextPolicy
            | Self::PickPolicy
            | Self::NextModel
            | Self::PickModel
            | Self::PickSignal
            | Self::Demonstrate(_)
            | Self::Pause
            | Self::StepBack
            | Self::StepForward
            | Self::SecondBack
            | Self::SecondForward
            | Self::Mark
            | Self::MarkBefore
            | Self::MarkAfter
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::Details
            | Self::Proofs
            | Self::Filter
            | Self::Fold
            | Self::Unfold
            | Self::UnfoldAll
            | Self::Follow
            | Self::Order
            | Self::Threads
            | Self::Code
            | Self::Output
            | Self::Export
            | Self::Projector
            | Self::NextTheme
            | Self::Help
            | Self::Lessons
            | Self::Redraw
            | Self::Suspend
            | Self::Escape
            | Self::Accept
            | Self::Yes
            | Self::Quit => None,
        }
    }
}

/// What a key needs to be let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: it only changes what is shown.
    Nothing,
    /// That clients may come.
    Load,
    /// That the server takes orders: it is our own.
    Orders,
    /// That signals may be sent.
    Signals,
    /// That clients may come and signals may be sent.
    LoadAndSignals,
}

/// Under which heading the help lists a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Clients that come and go.
    Clients,
    /// What the server does.
    Server,
    /// Moving through time.
    Time,
    /// What is shown.
    View,
}

impl Group {
    /// All groups, in the order of the help.
    pub const ALL: &'static [Self] = &[Self::Clients, Self::Server, Self::Time, Self::View];

    /// The name of its heading's text.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Clients => "group-clients",
            Self::Server => "group-server",
            Self::Time => "group-time",
            Self::View => "group-view",
        }
    }
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// The key.
    pub code: KeyCode,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Shift; of a character, its case says so.
    pub shift: bool,
    /// What it is called on screen.
    pub label: &'static str,
    /// What it asks for.
    pub action: Action,
    /// What it needs.
    pub needs: Needs,
    /// The name of the text that says what it does, in full.
    pub text: &'static str,
    /// The name of the text for the footer, where it stands there.
    pub short: Option<&'static str>,
    /// Where the help lists it.
    pub group: Group,
}

const fn key(
    label: &'static str,
    code: KeyCode,
    action: Action,
    needs: Needs,
    group: Group,
    text: &'static str,
) -> Binding {
    Binding {
        code,
        ctrl: false,
        shift: false,
        label,
        action,
        needs,
        text,
        short: None,
        group,
    }
}

impl Binding {
    const fn short(mut self, text: &'static str) -> Self {
        self.short = Some(text);
        self
    }

    const fn shift(mut self) -> Self {
        self.shift = true;
        self
    }

    const fn ctrl(mut self) -> Self {
        self.ctrl = true;
        self
    }
}

/// All keys of the watch screen.
pub const KEYS: &[Binding] = &[
    key(
        "c",
        KeyCode::Char('c'),
        Action::Connect(1),
        Needs::Load,
        Group::Clients,
        "key-client",
    )
    .short("short-client"),
    key(
        "C",
        KeyCode::Char('C'),
        Action::Connect(10),
        Needs::Load,
        Group::Clients,
        "key-client",
    )
    .short("short-clients"),
    key(
        "x",
        KeyCode::Char('x'),
        Action::HangUp,
        Needs::Load,
        Group::Clients,
        "key-hang-up",
    )
    .short("short-hang-up"),
    key(
        "X",
        KeyCode::Char('X'),
        Action::HangUpAll,
        Needs::Load,
        Group::Clients,
        "key-hang-up-all",
    )
    .short("short-hang-up-all"),
    key(
        "a",
        KeyCode::Char('a'),
        Action::ToggleStream,
        Needs::Load,
        Group::Clients,
        "key-stream",
    )
    .short("short-stream"),
    key(
        "r",
        KeyCode::Char('r'),
        Action::NextPolicy,
        Needs::Orders,
        Group::Server,
        "key-policy",
    )
    .short("short-policy"),
    key(
        "R",
        KeyCode::Char('R'),
        Action::PickPolicy,
        Needs::Orders,
        Group::Server,
        "key-policy",
    ),
    key(
        "m",
        KeyCode::Char('m'),
        Action::NextModel,
        Needs::Orders,
        Group::Server,
        "key-model",
    )
    .short("short-model"),
    key(
        "M",
        KeyCode::Char('M'),
        Action::PickModel,
        Needs::Orders,
        Group::Server,
        "key-model",
    ),
    key(
        "k",
        KeyCode::Char('k'),
        Action::PickSignal,
        Needs::Signals,
        Group::Server,
        "key-signal",
    )
    .short("short-signal"),
    key(
        "z",
        KeyCode::Char('z'),
        Action::Demonstrate(Kind::Zombies),
        Needs::LoadAndSignals,
        Group::Server,
        "key-demos",
    ),
    key(
        "g",
        KeyCode::Char('g'),
        Action::Demonstrate(Kind::Queue),
        Needs::LoadAndSignals,
        Group::Server,
        "key-demos",
    ),
    key(
        "O",
        KeyCode::Char('O'),
        Action::Output,
        Needs::Nothing,
        Group::Server,
        "key-output",
    ),
    key(
        "space",
        KeyCode::Char(' '),
        Action::Pause,
        Needs::Nothing,
        Group::Time,
        "key-pause",
    )
    .short("short-pause"),
    key(
        "←",
        KeyCode::Left,
        Action::StepBack,
        Needs::Nothing,
        Group::Time,
        "key-step",
    )
    .short("short-time"),
    key(
        "→",
        KeyCode::Right,
        Action::StepForward,
        Needs::Nothing,
        Group::Time,
        "key-step",
    ),
    key(
        "Shift-←",
        KeyCode::Left,
        Action::SecondBack,
        Needs::Nothing,
        Group::Time,
        "key-second",
    )
    .shift(),
    key(
        "Shift-→",
        KeyCode::Right,
        Action::SecondForward,
        Needs::Nothing,
        Group::Time,
        "key-second",
    )
    .shift(),
    key(
        "Home",
        KeyCode::Home,
        Action::First,
        Needs::Nothing,
        Group::Time,
        "key-ends",
    ),
    key(
        "End",
        KeyCode::End,
        Action::Now,
        Needs::Nothing,
        Group::Time,
        "key-ends",
    ),
    key(
        "b",
        KeyCode::Char('b'),
        Action::Mark,
        Needs::Nothing,
        Group::Time,
        "key-mark",
    )
    .short("short-mark"),
    key(
        ",",
        KeyCode::Char(','),
        Action::MarkBefore,
        Needs::Nothing,
        Group::Time,
        "key-marks",
    ),
    key(
        ".",
        KeyCode::Char('.'),
        Action::MarkAfter,
        Needs::Nothing,
        Group::Time,
        "key-marks",
    ),
    key(
        "[",
        KeyCode::Char('['),
        Action::ZoomIn,
        Needs::Nothing,
        Group::Time,
        "key-zoom",
    ),
    key(
        "]",
        KeyCode::Char(']'),
        Action::ZoomOut,
        Needs::Nothing,
        Group::Time,
        "key-zoom",
    ),
    key("↑", KeyCode::Up, Action::Up, Needs::Nothing, Group::View, "key-select"),
    key(
        "↓",
        KeyCode::Down,
        Action::Down,
        Needs::Nothing,
        Group::View,
        "key-select",
    ),
    key(
        "PgUp",
        KeyCode::PageUp,
        Action::PageUp,
        Needs::Nothing,
        Group::View,
        "key-page",
    ),
    key(
        "PgDn",
        KeyCode::PageDown,
        Action::PageDown,
        Needs::Nothing,
        Group::View,
        "key-page",
    ),
    key(
        "enter",
        KeyCode::Enter,
        Action::Details,
        Needs::Nothing,
        Group::View,
        "key-details",
    )
    .short("short-details"),
    key(
        "y",
        KeyCode::Char('y'),
        Action::Proofs,
        Needs::Nothing,
        Group::View,
        "key-proofs",
    ),
    key(
        "o",
        KeyCode::Char('o'),
        Action::Code,
        Needs::Nothing,
        Group::View,
        "key-code",
    ),
    key(
        "/",
        KeyCode::Char('/'),
        Action::Filter,
        Needs::Nothing,
        Group::View,
        "key-filter",
    )
    .short("short-filter"),
    key(
        "-",
        KeyCode::Char('-'),
        Action::Fold,
        Needs::Nothing,
        Group::View,
        "key-fold",
    ),
    key(
        "+",
        KeyCode::Char('+'),
        Action::Unfold,
        Needs::Nothing,
        Group::View,
        "key-fold",
    ),
    key(
        "*",
        KeyCode::Char('*'),
        Action::UnfoldAll,
        Needs::Nothing,
        Group::View,
        "key-fold",
    ),
    key(
        "S",
        KeyCode::Char('S'),
        Action::Order,
        Needs::Nothing,
        Group::View,
        "key-order",
    ),
    key(
        "t",
        KeyCode::Char('t'),
        Action::Threads,
        Needs::Nothing,
        Group::View,
        "key-order",
    ),
    key(
        "F",
        KeyCode::Char('F'),
        Action::Follow,
        Needs::Nothing,
        Group::View,
        "key-follow",
    ),
    key(
        "Esc",
        KeyCode::Esc,
        Action::Escape,
        Needs::Nothing,
        Group::View,
        "key-escape",
    ),
    key(
        "P",
        KeyCode::Char('P'),
        Action::Projector,
        Needs::Nothing,
        Group::View,
        "key-projector",
    ),
    key(
        "s",
        KeyCode::Char('s'),
        Action::Export,
        Needs::Nothing,
        Group::View,
        "key-export",
    ),
    key(
        "T",
        KeyCode::Char('T'),
        Action::NextTheme,
        Needs::Nothing,
        Group::View,
        "key-theme",
    ),
    key(
        "Ctrl-L",
        KeyCode::Char('l'),
        Action::Redraw,
        Needs::Nothing,
        Group::View,
        "key-redraw",
    )
    .ctrl(),
    key(
        "Ctrl-Z",
        KeyCode::Char('z'),
        Action::Suspend,
        Needs::Nothing,
        Group::View,
        "key-suspend",
    )
    .ctrl(),
    key(
        "L",
        KeyCode::Char('L'),
        Action::Lessons,
        Needs::Nothing,
        Group::View,
        "key-lessons",
    ),
    key(
        "?",
        KeyCode::Char('?'),
        Action::Help,
        Needs::Nothing,
        Group::View,
        "key-help",
    )
    .short("short-help"),
    key(
        "q",
        KeyCode::Char('q'),
        Action::Quit,
        Needs::Nothing,
        Group::View,
        "key-quit",
    )
    .short("short-quit"),
    key(
        "Ctrl-C",
        KeyCode::Char('c'),
        Action::Quit,
        Needs::Nothing,
        Group::View,
        "key-quit",
    )
    .ctrl(),
];

/// The keys of a group as they are listed: their labels, and the name of the text that says what they do. Neighbours
/// that say the same share a line.
pub fn listed(group: Group) -> Vec<(String, &'static str)> {
    let mut lines: Vec<(String, &'static str)> = Vec::new();
    for key in KEYS.iter().filter(|key| key.group == group) {
        match lines.last_mut() {
            Some((labels, text)) if *text == key.text => {
                labels.push(' ');
                labels.push_str(key.label);
            }
            _ => lines.push((key.label.to_owned(), key.text)),
        }
    }
    lines
}

/// The keys of a question or a choice.
const ANSWERS: &[(KeyCode, Action)] = &[
    (KeyCode::Enter, Action::Accept),
    (KeyCode::Char('y'), Action::Yes),
    (KeyCode::Char('n'), Action::Escape),
];

/// What a key event asks for. More than one thing only where a Hangul syllable stands for several keys. `answering`
/// says that a question or a choice is open.
pub fn actions(event: KeyEvent, answering: bool) -> Vec<Action> {
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let shifted = |code: KeyCode| shift && !matches!(code, KeyCode::Char(_));
    let find = |code: KeyCode| {
        let answer = ANSWERS
            .iter()
            .find(|(key, _)| answering && !ctrl && *key == code)
            .map(|(_, action)| *action);
        answer.or_else(|| {
            KEYS.iter()
                .find(|key| key.code == code && key.ctrl == ctrl && key.shift == shifted(code))
                .map(|key| key.action)
        })
    };
    match event.code {
        KeyCode::Char(typed) if !ctrl && latin(typed).next().is_some() => latin(typed)
            .filter_map(|letter| find(KeyCode::Char(letter)))
            .filter(|action| by_jamo(*action))
            .collect(),
        code => find(code).into_iter().collect(),
    }
}

/// Nothing that signals, kills or agrees to that is done by a key whose letter had to be guessed.
fn by_jamo(action: Action) -> bool {
    match action {
        Action::PickSignal | Action::Demonstrate(_) | Action::Yes | Action::Accept => false,
        Action::Connect(_)
        | Action::HangUp
        | Action::HangUpAll
        | Action::ToggleStream
        | Action::NextPolicy
        | Action::PickPolicy
        | Action::NextModel
        | Action::PickModel
        | Action::Pause
        | Action::StepBack
        | Action::StepForward
        | Action::First
        | Action::Now
        | Action::SecondBack
        | Action::SecondForward
        | Action::Mark
        | Action::MarkBefore
        | Action::MarkAfter
        | Action::ZoomIn
        | Action::ZoomOut
        | Action::Up
        | Action::Down
        | Action::PageUp
        | Action::PageDown
        | Action::Details
        | Action::Proofs
        | Action::Filter
        | Action::Fold
        | Action::Unfold
        | Action::UnfoldAll
        | Action::Follow
        | Action::Order
        | Action::Threads
        | Action::Code
        | Action::Output
        | Action::Export
        | Action::Projector
        | Action::NextTheme
        | Action::Help
        | Action::Lessons
        | Action::Redraw
        | Action::Suspend
        | Action::Escape
        | Action::Quit => true,
    }
}

/// The letters of the two-beolsik keyboard, each with its jamo: as a letter by itself, and as the leading, middle and
/// trailing part of a syllable.
const KEYBOARD: &[(char, &str)] = &[
    ('q', "ㅂᄇᆸ"),
    ('w', "ㅈᄌᆽ"),
    ('e', "ㄷᄃᆮ"),
    ('r', "ㄱᄀᆨ"),
    ('t', "ㅅᄉᆺ"),
    ('y', "ㅛᅭ"),
    ('u', "ㅕᅧ"),
    ('i', "ㅑᅣ"),
    ('o', "ㅐᅢ"),
    ('p', "ㅔᅦ"),
    ('a', "ㅁᄆᆷ"),
    ('s', "ㄴᄂᆫ"),
    ('d', "ㅇᄋᆼ"),
    ('f', "ㄹᄅᆯ"),
    ('g', "ㅎᄒᇂ"),
    ('h', "ㅗᅩ"),
    ('j', "ㅓᅥ"),
    ('k', "ㅏᅡ"),
    ('l', "ㅣᅵ"),
    ('z', "ㅋᄏᆿ"),
    ('x', "ㅌᄐᇀ"),
    ('c', "ㅊᄎᆾ"),
    ('v', "ㅍᄑᇁ"),
    ('b', "ㅠᅲ"),
    ('n', "ㅜᅮ"),
    ('m', "ㅡᅳ"),
    ('O', "ㅒᅤ"),
    ('R', "ㄲᄁᆩ"),
];

/// The letters that were typed, with the keyboard in Hangul mode, to get this character; none for one that is no
/// Hangul.
pub(super) fn latin(typed: char) -> impl Iterator<Item = char> {
    parts(typed).filter_map(|part| {
        KEYBOARD
            .iter()
            .find(|(_, jamo)| jamo.contains(part))
            .map(|(letter, _)| *letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: char, expected: &[Action]) {
        let event = KeyEvent::new(KeyCode::Char(typed), KeyModifiers::NONE);
        assert_eq!(actions(event, false), expected, "{typed}");
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
        assert_eq!(actions(yes, true), &[]);
        let yes = KeyEvent::new(KeyCode::Char('y'), KeyModifiers::NONE);
        assert_eq!(actions(yes, true), &[Action::Yes]);
        assert_eq!(actions(yes, false), &[Action::Proofs]);
    }

    #[test]
    fn every_key_stands_once_in_the_table() {
        for (index, key) in KEYS.iter().enumerate() {
            let again = KEYS[index + 1..]
                .iter()
                .any(|other| other.code == key.code && other.ctrl == key.ctrl && other.shift == key.shift);
            assert!(!again, "{} stands twice", key.label);
        }
    }
}
