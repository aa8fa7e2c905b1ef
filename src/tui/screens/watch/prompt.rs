//! The line that a filter is typed into, in words.

use ratatui::layout::{Position, Rect};

use crate::timeline::process::State;
use crate::timeline::tree::filter::Trouble;
use crate::tui::state::App;
use crate::tui::state::overlay::Overlay;
use crate::tui::state::prompt::{Asks, Prompt};
use crate::tui::widgets::prompt::PromptLine;
use crate::words::Words;
use crate::words::names::visible;
use crate::words::units::fine_clock;

use super::places;

/// The line that is being typed.
pub(super) fn prompt<'a>(app: &'a App, prompt: &'a Prompt) -> PromptLine<'a> {
    let words = &app.words;
    let (question, [examples, take, leave]) = match prompt.asks {
        Asks::Filter => (
            words.say("prompt-filter").into_owned(),
            ["prompt-filter-examples", "prompt-filter-take", "prompt-filter-leave"],
        ),
        Asks::Mark(at) => {
            let said = [("time", fine_clock(app.since_start(at), 3).into())];
            (
                words.say_with("prompt-mark", &said).into_owned(),
                ["prompt-mark-examples", "prompt-mark-take", "prompt-mark-leave"],
            )
        }
    };
    let key = |label: &'static str, text: &str| (label, words.say(text).into_owned());
    PromptLine {
        question,
        text: prompt.input.value(),
        cursor: prompt.input.visual_cursor(),
        examples: words.say(examples).split("  ").map(str::to_owned).collect(),
        keys: vec![key("enter", take), key("esc", leave)],
        trouble: prompt.trouble.as_ref().map(|trouble| said(words, trouble)),
        theme: &app.theme,
    }
}

/// Where the terminal's cursor stands; nowhere while nothing is typed.
pub fn cursor(app: &App, area: Rect) -> Option<Position> {
    let Overlay::Prompt(asked) = &app.overlay else {
        return None;
    };
    Some(prompt(app, asked).cursor(places(app, area)?.footer))
}

/// Why what was typed is no filter, in full and in brief.
fn said(words: &Words, trouble: &Trouble) -> [String; 2] {
    let quoted = |text: &str| visible(text.as_bytes()).into();
    let (names, values) = match trouble {
        Trouble::Key(key) => (["filter-key", "filter-key-brief"], vec![("key", quoted(key))]),
        Trouble::State(value) => {
            let letters: Vec<String> = State::ALL.iter().map(|state| state.letter().to_string()).collect();
            let values = vec![("value", quoted(value)), ("letters", letters.join(" ").into())];
            (["filter-state", "filter-state-brief"], values)
        }
        Trouble::Quote => (["filter-quote"; 2], Vec::new()),
        Trouble::Pid(value) => (["filter-pid"; 2], vec![("value", quoted(value))]),
        Trouble::Port(value) => (["filter-port"; 2], vec![("value", quoted(value))]),
        Trouble::User(value) => (["filter-user"; 2], vec![("value", quoted(value))]),
    };
    names.map(|name| words.say_with(name, &values).into_owned())
}
