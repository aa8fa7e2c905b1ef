//! A lesson as text: for handouts, and for terminals where a screen would be in the way. Also how the kernel's answers
//! are put into words, on the screen of a lesson too.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::lesson::picture::{Picture, Row, Shown};
use crate::lesson::probe::{Adoption, Decoded, Page, Probe, Seen, Value};
use crate::lesson::script::{Ask, Lesson};
use crate::timeline::process::{Disposition, State};
use crate::words::Words;
use crate::words::cells::{left, width, wrap};
use crate::words::signals::signal;
use crate::words::units::memory;

/// How wide a paragraph is.
const WIDE: usize = 96;

/// A text of a lesson's own that belongs to no step: its title, or what it is about.
pub fn own<'a>(texts: &'a Words, name: &'a str) -> Cow<'a, str> {
    texts.say(name)
}

/// What a lesson is said with.
pub struct Texts {
    /// Its own texts.
    pub own: Words,
    /// Everybody's.
    pub words: Words,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Texts")
            .field("language", &self.words.language())
            .finish_non_exhaustive()
    }
}

impl Texts {
    /// A text of a step, with the values of a picture put in; `None` where it has none.
    pub fn of_step(&self, lesson: &Lesson, picture: &Picture, which: &str) -> Option<String> {
        let id = &lesson.steps.get(picture.step)?.id;
        let name = if which.is_empty() {
            id.clone()
        } else {
            format!("{id}-{which}")
        };
        if !self.own.has(&name) {
            return None;
        }
        let values: Vec<_> = picture
            .values
            .iter()
            .map(|(name, value)| (name.as_str(), self.value(value).into()))
            .collect();
        Some(self.own.say_with(&name, &values).into_owned())
    }

    /// A choice of a step's question.
    pub fn option(&self, lesson: &Lesson, picture: &Picture, option: &str) -> String {
        self.of_step(lesson, picture, &format!("is-{option}"))
            .unwrap_or_else(|| option.to_owned())
    }

    /// What a row is called.
    pub fn label(&self, probe: &Probe) -> String {
        let own = probe.name();
        let said = probe.label().map(|label| {
            if let Probe::Page(name) | Probe::Printed(name) = probe {
                self.words.say_with(label, &[("name", name.as_str().into())])
            } else {
                self.words.say(label)
            }
            .into_owned()
        });
        own.or(said).unwrap_or_default()
    }

    /// An answer of the kernel.
    pub fn value(&self, value: &Value) -> String {
        let say = |name: &'static str| self.words.say(name).into_owned();
        match value {
            Value::Number(number) => number.to_string(),
            Value::Address(address) => format!("{address:#x}"),
            Value::Page(Page::Shared) => say("lesson-page-shared"),
            Value::Page(Page::Own) => say("lesson-page-own"),
            Value::Status(word) => format!("{word:#06x}"),
            Value::Decoded(decoded) => self.decoded(*decoded),
            Value::State(state) => format!("{} {}", state.letter(), self.words.state(*state)),
            Value::Ending(status) => self.words.ending(*status),
            Value::Errno(0) | Value::Bytes(0) => "0".to_owned(),
            Value::Errno(number) => format!("{} ({number})", value.key()),
            Value::Bytes(bytes) => memory(*bytes),
            Value::Text(text) | Value::Call(text) => text.clone(),
            Value::Open => say("lesson-open"),
            Value::Closed => say("lesson-closed"),
            Value::Sigchld(disposition, blocked) => self.sigchld(*disposition, *blocked),
            Value::Running => say("state-running"),
            Value::Held => say("lesson-held"),
            Value::Hundredths(time) => format!("{}.{:02} s", time / 100, time % 100),
            Value::States(states) if states.is_empty() => "0".to_owned(),
            Value::States(states) => states_said(states),
            Value::Adopter(pid, name, adoption) => {
                let why = match adoption {
                    Adoption::Born => "lesson-adopter-born",
                    Adoption::Guardian => "lesson-adopter-guardian",
                    Adoption::Init => "lesson-adopter-init",
                    Adoption::Other => "lesson-adopter-other",
                };
                let said = [("pid", pid.to_string().into()), ("name", name.as_str().into())];
                self.words.say_with(why, &said).into_owned()
            }
            Value::Seen(Seen::Connected) => say("lesson-client-connected"),
            Value::Seen(Seen::Text(text)) => self
                .words
                .say_with("lesson-client-open", &[("text", text.as_str().into())])
                .into_owned(),
            Value::Seen(Seen::End(text)) => self
                .words
                .say_with("lesson-client-end", &[("text", text.as_str().into())])
                .into_owned(),
            Value::Lines(lines) if lines.is_empty() => say("lesson-nothing-printed"),
            Value::Lines(lines) => lines.join(" ⏎ "),
            Value::Listed(found, count) => {
                let name = if *found { "lesson-listed" } else { "lesson-unlisted" };
                self.words
                    .say_with(name, &[("count", count.to_string().into())])
                    .into_owned()
            }
            Value::Key(pid, start) => format!("{pid} @ {start}"),
            Value::Gone => say("lesson-gone"),
            Value::Nothing | Value::Seen(Seen::Nobody) => "–".to_owned(),
            Value::Unknown(why) => self
                .words
                .say_with("lesson-unknown", &[("why", why.as_str().into())])
                .into_owned(),
        }
    }

    /// A value beside its label. That a process is gone is said by its state: "parent gone" would be read as said of its
    /// parent. A variable can be gone from a process that is not, where that executes another program.
    pub fn beside(&self, probe: &Probe, value: &Value) -> String {
        let of_itself = matches!(
            probe,
            Probe::State
                | Probe::Variable(_)
                | Probe::Address(_)
                | Probe::Page(_)
                | Probe::Errno(_)
                | Probe::Status(_)
                | Probe::Decoded(_)
                | Probe::Descriptor(_)
        );
        match value {
            Value::Gone if !of_itself => self.value(&Value::Nothing),
            value => self.value(value),
        }
    }

    fn decoded(&self, decoded: Decoded) -> String {
        let (name, value) = match decoded {
            Decoded::Exited(code) => ("lesson-exited", code.to_string()),
            Decoded::Signalled(number) => ("lesson-signalled", signal(number)),
            Decoded::Stopped(number) => ("lesson-stopped", signal(number)),
        };
        self.words.say_with(name, &[("value", value.into())]).into_owned()
    }

    fn sigchld(&self, disposition: Disposition, blocked: bool) -> String {
        let said = self.words.disposition(disposition);
        if blocked {
            format!("{said}, {}", self.words.say("sigchld-blocked"))
        } else {
            said
        }
    }

    /// The word for a process of that role.
    pub fn role(&self, shown: &Shown) -> String {
        let name = if shown.parent.is_none() {
            "lesson-role-parent"
        } else {
            "lesson-role-child"
        };
        let own = format!("role-{}", shown.role.to_lowercase());
        if self.own.has(&own) {
            self.own.say(&own).into_owned()
        } else {
            self.words.say(name).into_owned()
        }
    }
}

/// Runs of the same state are counted: `Z×19 S`.
fn states_said(states: &[State]) -> String {
    let mut runs: Vec<(char, usize)> = Vec::new();
    for state in states {
        match runs.last_mut() {
            Some((letter, count)) if *letter == state.letter() => *count += 1,
            _ => runs.push((state.letter(), 1)),
        }
    }
    let said = runs.iter().map(|(letter, count)| {
        if *count > 1 {
            format!("{letter}×{count}")
        } else {
            letter.to_string()
        }
    });
    said.collect::<Vec<_>>().join(" ")
}

/// The lessons, a line each.
pub fn list(lessons: &[Lesson], words: &Words, texts: impl Fn(&str) -> Words) -> String {
    let mut report = format!("{}\n\n", words.say("lesson-list"));
    for lesson in lessons {
        let texts = texts(&lesson.name);
        // Writing to a string cannot fail.
        let _ = writeln!(
            report,
            "  {}  {}  {}",
            left(&lesson.name, 8),
            left(&own(&texts, "title"), 26),
            own(&texts, "about")
        );
    }
    report
}

/// What stands above the steps.
pub fn heading(texts: &Texts) -> String {
    let title = own(&texts.own, "title");
    let line = "=".repeat(width(&title));
    format!("{title}\n{line}\n\n{}\n", paragraph(&own(&texts.own, "about"), ""))
}

/// A step: as it was asked, and as it was answered.
pub fn step(lesson: &Lesson, texts: &Texts, asked: &Picture, answered: &Picture) -> String {
    let mut report = String::new();
    let count = [
        ("step", (answered.step + 1).to_string().into()),
        ("steps", lesson.steps.len().to_string().into()),
    ];
    let title = texts.words.say_with("lesson-step", &count).into_owned();
    let _ = writeln!(report, "\n{title}\n{}\n", "-".repeat(width(&title)));
    report += &listing(lesson, answered);
    report.push('\n');
    if asked.refused || answered.refused {
        report += &paragraph(&texts.words.say("lesson-refused"), "");
    }
    if let Some(text) = texts.of_step(lesson, asked, "") {
        report += &paragraph(&text, "");
    }
    if let Some(ask) = lesson.steps.get(asked.step).and_then(|step| step.ask.as_ref()) {
        report += &question(lesson, texts, ask, answered);
    }
    report.push('\n');
    for shown in &answered.shown {
        let gone = match shown.state {
            None => format!("  † {}", texts.words.say("lesson-gone")),
            Some(_) => String::new(),
        };
        let _ = writeln!(report, "  {} {} {}{gone}", shown.role, texts.role(shown), shown.pid);
        report += &rows(texts, &shown.rows, "      ");
    }
    report += &rows(texts, &answered.facts, "  ");
    if let Some(text) = texts.of_step(lesson, answered, "say") {
        report.push('\n');
        report += &paragraph(&text, "");
    }
    let sources = sources(answered);
    if !sources.is_empty() {
        report += &paragraph(
            &format!("{}: {}", texts.words.say("lesson-from"), sources.join(", ")),
            "  ",
        );
    }
    report
}

/// Where the values of a picture come from: each file once, with all that was read there.
pub fn sources(picture: &Picture) -> Vec<String> {
    let mut sources: Vec<(&str, Vec<&str>)> = Vec::new();
    let rows = picture.shown.iter().flat_map(|shown| &shown.rows).chain(&picture.facts);
    for row in rows.filter(|row| row.value.is_some()) {
        let source = row.probe.source();
        let (file, fields) = source.split_once(" (").unwrap_or((source, ""));
        let at = sources.iter().position(|(other, _)| *other == file).unwrap_or_else(|| {
            sources.push((file, Vec::new()));
            sources.len() - 1
        });
        for field in fields
            .trim_end_matches(')')
            .split(' ')
            .filter(|field| !field.is_empty())
        {
            if !sources[at].1.contains(&field) {
                sources[at].1.push(field);
            }
        }
    }
    let said = sources.into_iter().map(|(file, fields)| match fields[..] {
        [] => file.to_owned(),
        _ => format!("{file} ({})", fields.join(" ")),
    });
    said.collect()
}

/// The marks of the processes that stand at a line.
pub fn marks(picture: &Picture, line: usize) -> String {
    let here = picture.shown.iter().filter(|shown| shown.line == Some(line));
    let marks: String = here.map(|shown| shown.role.as_str()).collect();
    if marks.is_empty() { marks } else { format!("{marks}▸") }
}

fn listing(lesson: &Lesson, picture: &Picture) -> String {
    let mut report = String::new();
    let lines = lesson
        .program_at(picture.step)
        .map(|program| program.lines.as_slice())
        .unwrap_or_default();
    for (index, line) in lines.iter().enumerate() {
        let line = format!("  {:>4} {}", marks(picture, index), line.text);
        let _ = writeln!(report, "{}", line.trim_end());
    }
    report
}

fn question(lesson: &Lesson, texts: &Texts, ask: &Ask, answered: &Picture) -> String {
    let mut report = String::from("\n");
    if let Some(text) = texts.of_step(lesson, answered, "ask") {
        report += &paragraph(&format!("{} {text}", texts.words.say("lesson-predict")), "  ");
    }
    let options = ask.options.iter().enumerate().map(|(index, option)| {
        let right = answered.decided.as_ref().is_some_and(|value| value.key() == *option);
        let mark = if right { "✓" } else { " " };
        format!("  {mark} {}  {}\n", index + 1, texts.option(lesson, answered, option))
    });
    report.extend(options);
    report
}

fn rows(texts: &Texts, rows: &[Row], indent: &str) -> String {
    let labels: Vec<String> = rows.iter().map(|row| texts.label(&row.probe)).collect();
    let wide = labels.iter().map(|label| width(label)).max().unwrap_or(0);
    let lines = rows.iter().zip(&labels).map(|(row, label)| {
        let value = row
            .value
            .as_ref()
            .map_or_else(|| "?".to_owned(), |value| texts.beside(&row.probe, value));
        format!("{indent}{}  {value}", left(label, wide)).trim_end().to_owned() + "\n"
    });
    lines.collect()
}

/// A text in lines of a bearable length.
fn paragraph(text: &str, indent: &str) -> String {
    let mut report = String::new();
    for line in wrap(text, WIDE - width(indent)) {
        let _ = writeln!(report, "{indent}{line}");
    }
    report
}
