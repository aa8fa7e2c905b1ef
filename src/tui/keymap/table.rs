//! The table: every key of the watch screen once, with what it asks for, what it needs, and the names of the texts that say
//! it. Footer, help, mouse and README list the keys from here.

use crossterm::event::KeyCode;

use crate::tui::demonstration::Kind;

use super::{Action, Motion};

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

/// What asks, or is read, for a while, and has keys of its own before all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// One of several is to be chosen.
    Choice,
    /// Yes or no.
    Question,
    /// Something is read.
    Reading,
}

impl Dialog {
    /// Its keys, in the order of the footer.
    pub const fn keys(self) -> &'static [Binding] {
        match self {
            Self::Choice => CHOICE,
            Self::Question => QUESTION,
            Self::Reading => READING,
        }
    }
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

    /// Its keys, in their order.
    pub const fn keys(self) -> &'static [Binding] {
        match self {
            Self::Clients => CLIENTS,
            Self::Server => SERVER,
            Self::Time => TIME,
            Self::View => VIEW,
        }
    }

    /// Its keys as they are listed: their labels, and the name of the text that says what they do. Neighbours that say
    /// the same share a line.
    pub fn listed(self) -> Vec<(String, &'static str)> {
        let mut lines: Vec<(String, &'static str)> = Vec::new();
        for key in self.keys() {
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
}

/// All keys, group after group.
pub fn keys() -> impl Iterator<Item = &'static Binding> {
    Group::ALL.iter().flat_map(|group| group.keys())
}

const CLIENTS: &[Binding] = &[
    key("c", KeyCode::Char('c'), Action::Connect(1), "key-client")
        .needs(Needs::Load)
        .short("short-client"),
    key("C", KeyCode::Char('C'), Action::Connect(10), "key-client")
        .needs(Needs::Load)
        .short("short-clients"),
    key("x", KeyCode::Char('x'), Action::HangUp, "key-hang-up")
        .needs(Needs::Load)
        .short("short-hang-up"),
    key("X", KeyCode::Char('X'), Action::HangUpAll, "key-hang-up-all")
        .needs(Needs::Load)
        .short("short-hang-up-all"),
    key("a", KeyCode::Char('a'), Action::ToggleStream, "key-stream")
        .needs(Needs::Load)
        .short("short-stream"),
];

const SERVER: &[Binding] = &[
    key("r", KeyCode::Char('r'), Action::NextPolicy, "key-policy")
        .needs(Needs::Orders)
        .short("short-policy"),
    key("R", KeyCode::Char('R'), Action::PickPolicy, "key-policy").needs(Needs::Orders),
    key("m", KeyCode::Char('m'), Action::NextModel, "key-model")
        .needs(Needs::Orders)
        .short("short-model"),
    key("M", KeyCode::Char('M'), Action::PickModel, "key-model").needs(Needs::Orders),
    key("k", KeyCode::Char('k'), Action::PickSignal, "key-signal")
        .needs(Needs::Signals)
        .short("short-signal"),
    key("z", KeyCode::Char('z'), Action::Demonstrate(Kind::Zombies), "key-demos").needs(Needs::LoadAndSignals),
    key("g", KeyCode::Char('g'), Action::Demonstrate(Kind::Queue), "key-demos").needs(Needs::LoadAndSignals),
    key("O", KeyCode::Char('O'), Action::Output, "key-output"),
];

const TIME: &[Binding] = &[
    key("space", KeyCode::Char(' '), Action::Pause, "key-pause").short("short-pause"),
    key("←", KeyCode::Left, Action::StepBack, "key-step").short("short-time"),
    key("→", KeyCode::Right, Action::StepForward, "key-step").short("short-time"),
    key("Shift-←", KeyCode::Left, Action::SecondBack, "key-second").shift(),
    key("Shift-→", KeyCode::Right, Action::SecondForward, "key-second").shift(),
    key("Home", KeyCode::Home, Action::Move(Motion::First), "key-ends"),
    key("End", KeyCode::End, Action::Move(Motion::Last), "key-ends"),
    key("b", KeyCode::Char('b'), Action::Mark, "key-mark").short("short-mark"),
    key(",", KeyCode::Char(','), Action::MarkBefore, "key-marks"),
    key(".", KeyCode::Char('.'), Action::MarkAfter, "key-marks"),
    key("[", KeyCode::Char('['), Action::ZoomIn, "key-zoom"),
    key("]", KeyCode::Char(']'), Action::ZoomOut, "key-zoom"),
];

const VIEW: &[Binding] = &[
    key("↑", KeyCode::Up, Action::Move(Motion::Up), "key-select"),
    key("↓", KeyCode::Down, Action::Move(Motion::Down), "key-select"),
    key("PgUp", KeyCode::PageUp, Action::Move(Motion::PageUp), "key-page"),
    key("PgDn", KeyCode::PageDown, Action::Move(Motion::PageDown), "key-page"),
    key("enter", KeyCode::Enter, Action::Details, "key-details").short("short-details"),
    key("y", KeyCode::Char('y'), Action::Proofs, "key-proofs"),
    key("o", KeyCode::Char('o'), Action::Code, "key-code"),
    key("/", KeyCode::Char('/'), Action::Filter, "key-filter").short("short-filter"),
    key("-", KeyCode::Char('-'), Action::Fold, "key-fold"),
    key("+", KeyCode::Char('+'), Action::Unfold, "key-fold"),
    key("*", KeyCode::Char('*'), Action::UnfoldAll, "key-fold"),
    key("S", KeyCode::Char('S'), Action::Order, "key-order"),
    key("t", KeyCode::Char('t'), Action::Threads, "key-order"),
    key("F", KeyCode::Char('F'), Action::Follow, "key-follow"),
    key("Esc", KeyCode::Esc, Action::Escape, "key-escape"),
    key("P", KeyCode::Char('P'), Action::Projector, "key-projector"),
    key("s", KeyCode::Char('s'), Action::Export, "key-export"),
    key("T", KeyCode::Char('T'), Action::NextTheme, "key-theme"),
    key("Ctrl-L", KeyCode::Char('l'), Action::Redraw, "key-redraw").ctrl(),
    key("Ctrl-Z", KeyCode::Char('z'), Action::Suspend, "key-suspend").ctrl(),
    key("L", KeyCode::Char('L'), Action::Lessons, "key-lessons"),
    key("?", KeyCode::Char('?'), Action::Help, "key-help").short("short-help"),
    key("q", KeyCode::Char('q'), Action::Quit, "key-quit").short("short-quit"),
    key("Ctrl-C", KeyCode::Char('c'), Action::Quit, "key-quit").ctrl(),
];

const CHOICE: &[Binding] = &[
    named("↑", KeyCode::Up, Action::Move(Motion::Up), "dialog-choose"),
    named("↓", KeyCode::Down, Action::Move(Motion::Down), "dialog-choose"),
    named("enter", KeyCode::Enter, Action::Accept, "dialog-take"),
    named("esc", KeyCode::Esc, Action::Escape, "dialog-leave"),
    key("n", KeyCode::Char('n'), Action::Escape, "dialog-leave"),
    key("y", KeyCode::Char('y'), Action::Yes, "dialog-yes"),
];

const QUESTION: &[Binding] = &[
    named("y", KeyCode::Char('y'), Action::Yes, "dialog-yes"),
    named("n", KeyCode::Char('n'), Action::Escape, "dialog-no"),
    named("↑", KeyCode::Up, Action::Move(Motion::Up), "dialog-scroll"),
    named("↓", KeyCode::Down, Action::Move(Motion::Down), "dialog-scroll"),
    key("esc", KeyCode::Esc, Action::Escape, "dialog-no"),
    key("enter", KeyCode::Enter, Action::Accept, "dialog-take"),
];

const READING: &[Binding] = &[
    named("↑", KeyCode::Up, Action::Move(Motion::Up), "dialog-scroll"),
    named("↓", KeyCode::Down, Action::Move(Motion::Down), "dialog-scroll"),
    named("esc", KeyCode::Esc, Action::Escape, "dialog-close"),
];

/// A key that the footer names while a dialog is open.
const fn named(label: &'static str, code: KeyCode, action: Action, text: &'static str) -> Binding {
    key(label, code, action, text).short(text)
}

/// A key that needs nothing and stands in the help alone.
const fn key(label: &'static str, code: KeyCode, action: Action, text: &'static str) -> Binding {
    Binding {
        code,
        ctrl: false,
        shift: false,
        label,
        action,
        needs: Needs::Nothing,
        text,
        short: None,
    }
}

impl Binding {
    const fn needs(mut self, needs: Needs) -> Self {
        self.needs = needs;
        self
    }

    /// In the footer, too.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_stands_once_in_the_table() {
        let all: Vec<&Binding> = keys().collect();
        for (index, key) in all.iter().enumerate() {
            let again = all[index + 1..]
                .iter()
                .any(|other| other.code == key.code && other.ctrl == key.ctrl && other.shift == key.shift);
            assert!(!again, "{} stands twice", key.label);
        }
    }
}
