//! The line at the bottom that text is typed into: what it asks for, what stands in it, and what is wrong with that. Which
//! keys it takes is the input library's affair, so the usual ones of a line of text work.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler as _;

use crate::timeline::time::Time;
use crate::timeline::tree::filter::Trouble;
use crate::words::cells::composed;

/// A line of text being typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub asks: Asks,
    /// What stands in it.
    pub input: Input,
    /// Why it was not taken.
    pub trouble: Option<Trouble>,
}

/// What a line of text is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Which rows of the tree are shown.
    Filter,
    /// What the mark at that moment says.
    Mark(Time),
}

/// What a key did to a line of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// It is still being typed.
    On,
    /// It is done: what stands in it counts.
    Done,
    /// It was given up.
    Left,
    /// The key is none of a line's: it means what it always does.
    NotMine,
}

impl PartialEq for Prompt {
    fn eq(&self, other: &Self) -> bool {
        let all = |prompt: &Self| {
            (
                prompt.asks,
                prompt.text(),
                prompt.input.cursor(),
                prompt.trouble.clone(),
            )
        };
        all(self) == all(other)
    }
}

impl Eq for Prompt {}

impl Prompt {
    /// A line in which that stands already.
    pub fn new(asks: Asks, text: &str) -> Self {
        Self {
            asks,
            input: Input::new(text.to_owned()),
            trouble: None,
        }
    }

    /// What stands in it, in composed form.
    pub fn text(&self) -> String {
        composed(self.input.value())
    }

    /// Takes a key.
    pub fn take(&mut self, key: KeyEvent) -> Typed {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => Typed::Done,
            KeyCode::Esc => Typed::Left,
            // These belong to the terminal, and ending must always work.
            KeyCode::Char('c' | 'z' | 'l') if ctrl => Typed::NotMine,
            _ => {
                if self
                    .input
                    .handle_event(&Event::Key(key))
                    .is_some_and(|change| change.value)
                {
                    self.trouble = None;
                }
                Typed::On
            }
        }
    }
}
