//! `forkscope lesson`: the list of lessons, a lesson as text, a lesson on the screen; and `forkscope subject`, a process
//! of one.

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;

use crate::cli;
use crate::lesson::player::Player;
use crate::lesson::script::Lesson;
use crate::lesson::stage::Opening;
use crate::lesson::subject::{self, Start, SubjectError};
use crate::lesson::wire::Birth;
use crate::lesson::{self};
use crate::report::lesson as text;
use crate::target::limit;
use crate::tui;
use crate::words::{Language, Words};

use super::prepare::Refusal;
use super::{USAGE, own_proc, print, raise_limit, tell};

pub(super) fn run(args: &cli::Lesson) -> anyhow::Result<ExitCode> {
    let language = args.lang.unwrap_or_else(Language::of_environment);
    let Some(name) = &args.name else {
        print(&text::list(&lesson::all(), &Words::new(language), |name| {
            lesson::words(name, language)
        }))?;
        return Ok(ExitCode::SUCCESS);
    };
    let Some(lesson) = lesson::named(name) else {
        let names: Vec<String> = lesson::all().into_iter().map(|lesson| lesson.name).collect();
        let text = format!("there is no lesson {name:?}: the lessons are {}", names.join(", "));
        return Err(Refusal::new(&text, USAGE).into());
    };
    own_proc()?;
    if args.plain {
        return plain(lesson, language);
    }
    if !std::io::stdout().is_terminal() {
        let text = "the screen needs a terminal: `--plain` prints the lesson as text";
        return Err(Refusal::new(&text, USAGE).into());
    }
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        let text = "the screen needs a terminal that can move its cursor, which TERM=dumb cannot: `--plain` prints the \
                    lesson as text";
        return Err(Refusal::new(&text, USAGE).into());
    }
    limit::suffices()?;
    let look = super::watch::look(&args.look)?;
    let ending =
        tui::lesson::run(name, language, look, raise_limit(), super::watch::demo()).context("show the lesson")?;
    Ok(super::watch::ended(&ending))
}

/// Plays the whole lesson, and prints each step as it was measured. Where nobody reads any more, no further step is
/// played: its processes would be there for nobody.
fn plain(lesson: Lesson, language: Language) -> anyhow::Result<ExitCode> {
    let opening = Opening {
        nofile: raise_limit(),
        audience: None,
        left: Arc::new(AtomicBool::new(false)),
    };
    let texts = text::Texts {
        own: lesson::words(&lesson.name, language),
        words: Words::new(language),
    };
    if !tell(&text::heading(&texts))? {
        return Ok(ExitCode::SUCCESS);
    }
    let mut player = Player::new(lesson, opening);
    let mut step = Some(player.begin(0).context("begin the lesson")?);
    while let Some(asked) = step {
        let revealed = if asked.revealed {
            None
        } else {
            Some(player.reveal().context("show the answer")?)
        };
        let report = text::step(player.lesson(), &texts, &asked, revealed.as_ref().unwrap_or(&asked));
        if !tell(&report)? {
            break;
        }
        step = player.advance().context("play the next step")?;
    }
    super::say_survivors(&player.end());
    Ok(ExitCode::SUCCESS)
}

/// Becomes a process of a lesson.
pub(super) fn subject(args: &cli::own::Subject) -> anyhow::Result<()> {
    let lesson = lesson::named(&args.lesson);
    let program = lesson.as_ref().and_then(|lesson| lesson.programs.get(&args.program));
    let program = program.ok_or_else(|| SubjectError::NoProgram {
        lesson: args.lesson.clone(),
        program: args.program.clone(),
    })?;
    let start = Start {
        lesson: args.lesson.clone(),
        program: args.program.clone(),
        control: args.control.clone(),
        birth: Birth(args.birth.clone()),
    };
    Ok(subject::run(&start, program)?)
}
