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
    let (question, help) = match prompt.asks {
        Asks::Filter => (words.say("prompt-filter").into_owned(), "prompt-filter-help"),
        Asks::Mark(at) => {
            let said = [("time", fine_clock(app.since_start(at), 3).into())];
            (words.say_with("prompt-mark", &said).into_owned(), "prompt-mark-help")
        }
    };
    PromptLine {
        question,
        text: prompt.input.value(),
        cursor: prompt.input.visual_cursor(),
        note: match &prompt.trouble {
            Some(trouble) => said(words, trouble),
            None => words.say(help).into_owned(),
        },
        wrong: prompt.trouble.is_some(),
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

/// Why what was typed is no filter.
fn said(words: &Words, trouble: &Trouble) -> String {
    let (text, value) = match trouble {
        Trouble::Key(key) => {
            let said = [("key", visible(key.as_bytes()).into())];
            return words.say_with("filter-key", &said).into_owned();
        }
        Trouble::State(value) => {
            let letters: Vec<String> = State::ALL.iter().map(|state| state.letter().to_string()).collect();
            let said = [
                ("value", visible(value.as_bytes()).into()),
                ("letters", letters.join(" ").into()),
            ];
            return words.say_with("filter-state", &said).into_owned();
        }
        Trouble::Quote => return words.say("filter-quote").into_owned(),
        Trouble::Pid(value) => ("filter-pid", value),
        Trouble::Port(value) => ("filter-port", value),
        Trouble::User(value) => ("filter-user", value),
    };
    words
        .say_with(text, &[("value", visible(value.as_bytes()).into())])
        .into_owned()
}
