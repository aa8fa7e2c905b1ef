//! What there is to see of a step: the processes, where they stand, and what was asked of the kernel; and what became of
//! its question. Only data; the `camera` takes it.

use crate::timeline::process::{Pid, State};

use super::probe::{Probe, Value};

/// A question to the kernel, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What was asked.
    pub probe: Probe,
    /// About which process.
    pub pid: Option<Pid>,
    /// What it said; `None` before the guess: it has not been asked yet.
    pub value: Option<Value>,
}

/// A process as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is called.
    pub role: String,
    /// Its pid.
    pub pid: Pid,
    /// What the one is called that forked it.
    pub parent: Option<String>,
    /// The line where it stands, from 0: about to be executed or, in `call`, being executed.
    pub line: Option<usize>,
    /// Its state; `None` where it is gone.
    pub state: Option<State>,
    /// Its state is part of the question, and not to be shown before the guess.
    pub veiled: bool,
    /// Its parent is another than the one that forked it.
    pub orphan: bool,
    /// What the kernel says of it.
    pub rows: Vec<Row>,
}

/// A process in the tree of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its pid.
    pub pid: Pid,
    /// How deep it hangs.
    pub depth: usize,
    /// Its state.
    pub state: Option<State>,
    /// The line where it stands.
    pub line: Option<usize>,
}

/// What there is to see of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Which step, from 0.
    pub step: usize,
    /// The processes that have roles, in the order of the roles.
    pub shown: Vec<Shown>,
    /// All of them, as a tree.
    pub tree: Vec<Branch>,
    /// Facts of nobody in particular.
    pub facts: Vec<Row>,
    /// Values for the texts, by name: what the lesson names, and the pid of each role.
    pub values: Vec<(String, Value)>,
    /// What decides the question; `None` before the guess.
    pub decided: Option<Value>,
    /// A fork failed that the lesson counts on: there are fewer processes than its text says.
    pub refused: bool,
    /// The guess was made, or there is nothing to guess.
    pub revealed: bool,
    /// How often the lesson was begun: 1, unless it was stepped back.
    pub run: u32,
}

/// A question that was answered, in the words in which it was asked: its pids are those of that run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The question.
    pub question: String,
    /// What was guessed; none where the answer was shown without.
    pub guessed: Option<String>,
    /// It was what the kernel said.
    pub right: bool,
    /// What the kernel said.
    pub said: String,
}
