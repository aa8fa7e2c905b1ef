//! A lesson as it is written down in assets/lessons: its programs, and its steps with what is done, what is shown and
//! what is asked. Only data; `player` plays it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::probe::Probe;
use super::program::Program;
use super::wire::Birth;

/// A lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// What it is called on the command line.
    pub name: String,
    /// Its place among the lessons.
    pub order: u32,
    /// The processes that have names on stage, in their order there.
    pub roles: Vec<(String, Birth)>,
    /// Its programs by name.
    pub programs: BTreeMap<String, Program>,
    /// It leads to the watch screen.
    pub watch: bool,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// A step of a lesson.
#[derive(Debug, Clone)]
pub struct Step {
    /// What its texts are named after.
    pub id: String,
    /// The program that begins here; the one before goes on where none does.
    pub begin: Option<String>,
    /// What is done before anything is asked.
    pub acts: Vec<Act>,
    /// What is shown of each process, by role; `*` for those that have no rows of their own.
    pub rows: BTreeMap<String, Vec<Probe>>,
    /// What is shown of nobody in particular; the role where there is one.
    pub facts: Vec<Asked>,
    /// The question.
    pub ask: Option<Ask>,
    /// Values for the texts, by name.
    pub values: BTreeMap<String, Asked>,
    /// All processes are shown as a tree, in place of boxes.
    pub tree: bool,
    /// The listing that is shown, where it is not the first process's program.
    pub listing: Option<String>,
    /// Code in the line of the listing that the step is about, where that is none at which a process stands.
    pub point: Option<String>,
}

/// A question to the student.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What decides it.
    pub about: Asked,
    /// The choices, as [`super::probe::Value::key`] would say them.
    pub options: Vec<String>,
    /// What else is hidden until the guess.
    pub hide: Vec<Asked>,
    /// What is done after the guess.
    pub after: Vec<Act>,
}

/// A question to the kernel, about a process or about none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// About whom.
    pub role: Option<String>,
    /// What.
    pub probe: Probe,
}

/// Whom an act is about: one process, or all children of one (`P/*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// One.
    One(String),
    /// All its children, together.
    ChildrenOf(String),
    /// All processes that are there, and all that are born of them on the way (`*`).
    Everybody,
}

/// Where a process is expected to get to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// To this line, one line after the other.
    Line(String),
    /// On from its line, until it is blocked in one of these calls.
    Blocked(Vec<String>),
    /// On from its line, until it has ended.
    Ended,
    /// On from its line, until it is called this: another program runs in it.
    Becomes(String),
    /// It is in this state (`Z`, `T`, `S`) by itself.
    State(char),
    /// It is gone from the process table by itself.
    Gone,
    /// It stops at a line by itself.
    Stopped,
}

/// Something that the tool does in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Lets a process go on, and waits until it is where it should be.
    Move(Whom, Until),
    /// Waits until they have used more of the processor.
    Work(Whom),
    /// Sends a signal.
    Signal(Whom, i32),
    /// A client connects to the port that the variable of that process holds.
    Connect(String, String),
    /// The client sends this.
    Send(String),
    /// Waits until the client has seen something new: text, or the end.
    ClientSees,
    /// The client hangs up.
    HangUp,
    /// Waits until the processes have printed this.
    Printed(String),
}

/// Why a lesson cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It is no TOML, or has fields that there are not.
    #[error("lesson {lesson}: {source}")]
    Toml {
        /// Which.
        lesson: String,
        /// Why.
        source: Box<toml::de::Error>,
    },
    /// Something in it means nothing.
    #[error("lesson {lesson}, {place}: {what}")]
    Meaning {
        /// Which.
        lesson: String,
        /// The step or program.
        place: String,
        /// What.
        what: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    order: u32,
    roles: Vec<String>,
    #[serde(default)]
    watch: bool,
    #[serde(default)]
    rows: BTreeMap<String, Vec<String>>,
    program: BTreeMap<String, String>,
    step: Vec<WrittenStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    id: String,
    begin: Option<String>,
    #[serde(default, rename = "do")]
    acts: Vec<String>,
    rows: Option<BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    facts: Vec<String>,
    ask: Option<WrittenAsk>,
    #[serde(default)]
    values: BTreeMap<String, String>,
    #[serde(default)]
    tree: bool,
    listing: Option<String>,
    point: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAsk {
    about: String,
    options: Vec<String>,
    #[serde(default)]
    hide: Vec<String>,
    #[serde(default)]
    after: Vec<String>,
}

impl Lesson {
    /// Reads a lesson.
    ///
    /// # Errors
    /// It cannot be understood, and where.
    pub fn parse(name: &str, text: &str) -> Result<Self, ScriptError> {
        let written: Written = toml::from_str(text).map_err(|source| ScriptError::Toml {
            lesson: name.to_owned(),
            source: Box::new(source),
        })?;
        let wrong = |place: &str, what: String| ScriptError::Meaning {
            lesson: name.to_owned(),
            place: place.to_owned(),
            what,
        };
        let roles: Vec<(String, Birth)> = written.roles.iter().map(|role| named_birth(role)).collect();
        let names: Vec<&str> = roles.iter().map(|(name, _)| name.as_str()).collect();
        let mut programs = BTreeMap::new();
        for (id, text) in &written.program {
            let program = Program::parse(text).map_err(|misread| wrong(id, misread.to_string()))?;
            programs.insert(id.clone(), program);
        }
        let mut steps = Vec::new();
        for step in written.step {
            let id = step.id.clone();
            let step = step
                .understood(&names, &written.rows)
                .map_err(|what| wrong(&id, what))?;
            if let Some(begin) = step.begin.as_ref().filter(|begin| !programs.contains_key(*begin)) {
                return Err(wrong(&id, format!("there is no program `{begin}`")));
            }
            steps.push(step);
        }
        if steps.first().is_none_or(|step| step.begin.is_none()) {
            return Err(wrong("steps", "the first one begins no program".to_owned()));
        }
        let lesson = Self {
            name: name.to_owned(),
            order: written.order,
            roles,
            programs,
            watch: written.watch,
            steps,
        };
        for (index, step) in lesson.steps.iter().enumerate() {
            if let (Some(point), None) = (&step.point, lesson.point_at(index)) {
                return Err(wrong(&step.id, format!("no line of the listing has `{point}`")));
            }
        }
        Ok(lesson)
    }

    /// The name of the program that is listed at a step.
    pub fn listed_at(&self, step: usize) -> Option<&str> {
        let listing = self.steps.get(step)?.listing.as_deref();
        let begun = self
            .steps
            .iter()
            .take(step + 1)
            .rev()
            .find_map(|step| step.begin.as_deref());
        listing.or(begun)
    }

    /// The program that is listed at a step.
    pub fn program_at(&self, step: usize) -> Option<&Program> {
        self.programs.get(self.listed_at(step)?)
    }

    /// The line of the listing that a step is about, from 0.
    pub fn point_at(&self, step: usize) -> Option<usize> {
        let point = self.steps.get(step)?.point.as_ref()?;
        let lines = &self.program_at(step)?.lines;
        lines.iter().position(|line| line.text.contains(point.as_str()))
    }

    /// The birth of a role.
    pub fn birth(&self, role: &str) -> Option<&Birth> {
        self.roles.iter().find(|(name, _)| name == role).map(|(_, birth)| birth)
    }

    /// The role of a birth.
    pub fn role(&self, birth: &Birth) -> Option<&str> {
        let found = self.roles.iter().find(|(_, other)| other == birth);
        found.map(|(name, _)| name.as_str())
    }
}

/// `P` is the first process, `C=1` its first child, `G=1.1` that one's.
fn named_birth(written: &str) -> (String, Birth) {
    let (name, birth) = written.split_once('=').unwrap_or((written, ""));
    (name.to_owned(), Birth(birth.to_owned()))
}

impl WrittenStep {
    fn understood(self, roles: &[&str], usual: &BTreeMap<String, Vec<String>>) -> Result<Step, String> {
        let asked = |text: &String| asked(text, roles);
        let acts = |texts: &[String]| texts.iter().map(|text| act(text, roles)).collect::<Result<Vec<_>, _>>();
        let mut rows = BTreeMap::new();
        for (role, probes) in self.rows.as_ref().unwrap_or(usual) {
            if role != "*" && !roles.contains(&role.as_str()) {
                return Err(format!("nobody is called `{role}`"));
            }
            let probes = probes.iter().map(|probe| Probe::parse(probe));
            rows.insert(role.clone(), probes.collect::<Result<Vec<_>, _>>()?);
        }
        let ask = match &self.ask {
            None => None,
            Some(ask) => Some(Ask {
                about: asked(&ask.about)?,
                options: ask.options.clone(),
                hide: ask.hide.iter().map(asked).collect::<Result<_, _>>()?,
                after: acts(&ask.after)?,
            }),
        };
        if ask.as_ref().is_some_and(|ask| !(2..=9).contains(&ask.options.len())) {
            return Err("a question has two to nine answers".to_owned());
        }
        let values = self.values.iter().map(|(name, text)| Ok((name.clone(), asked(text)?)));
        Ok(Step {
            acts: acts(&self.acts)?,
            facts: self.facts.iter().map(asked).collect::<Result<_, _>>()?,
            values: values.collect::<Result<_, String>>()?,
            id: self.id,
            begin: self.begin,
            rows,
            ask,
            tree: self.tree,
            listing: self.listing,
            point: self.point,
        })
    }
}

/// `P var gval`, or `output` of nobody.
fn asked(text: &String, roles: &[&str]) -> Result<Asked, String> {
    let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
    let role = roles.contains(&first).then(|| first.to_owned());
    let probe = if role.is_some() { rest } else { text };
    Ok(Asked {
        probe: Probe::parse(probe)?,
        role,
    })
}

fn act(text: &str, roles: &[&str]) -> Result<Act, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let one = |role: &str| {
        let known = roles.contains(&role).then(|| role.to_owned());
        known.ok_or_else(|| format!("nobody is called `{role}`"))
    };
    let whom = |role: &str| match role.strip_suffix("/*") {
        Some(parent) => one(parent).map(Whom::ChildrenOf),
        None if role == "*" => Ok(Whom::Everybody),
        None => one(role).map(Whom::One),
    };
    let own = |word: &str| word.to_owned();
    Ok(match words[..] {
        ["printed", ..] => Act::Printed(words[1..].join(" ")),
        ["client", "connects", role, port] => Act::Connect(one(role)?, own(port)),
        ["client", "sends", ..] => Act::Send(words[2..].join(" ")),
        ["client", "sees"] => Act::ClientSees,
        ["client", "hangs-up"] => Act::HangUp,
        ["signal", role, name] => Act::Signal(whom(role)?, signal(name)?),
        [role, "to", label] => Act::Move(whom(role)?, Until::Line(own(label))),
        [role, "blocks", calls] => Act::Move(whom(role)?, Until::Blocked(calls.split('|').map(own).collect())),
        [role, "works"] => Act::Work(whom(role)?),
        [role, "ends"] => Act::Move(whom(role)?, Until::Ended),
        [role, "becomes", name] => Act::Move(whom(role)?, Until::Becomes(own(name))),
        [role, "is", "gone"] => Act::Move(whom(role)?, Until::Gone),
        [role, "stops"] => Act::Move(whom(role)?, Until::Stopped),
        [role, "is", state] if state.len() == 1 => {
            Act::Move(whom(role)?, Until::State(state.chars().next().unwrap_or('S')))
        }
        _ => return Err(format!("`{text}` is nothing that can be done")),
    })
}

fn signal(name: &str) -> Result<i32, String> {
    let signal = format!("SIG{name}").parse::<nix::sys::signal::Signal>();
    signal
        .map(|signal| signal as i32)
        .map_err(|_| format!("there is no signal {name}"))
}
