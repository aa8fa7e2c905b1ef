//! `forkscope compare`: the two types of server, measured, as a table or as JSON.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::cli;
use crate::compare::contender::Contender;
use crate::compare::runner::{Race, Sink};
use crate::compare::{Comparison, News, Scenario, Stage};
use crate::observe::clock;
use crate::report::compare::{json, text};
use crate::server::config::{Rounds, Work};
use crate::server::cpus::Cpus;
use crate::target::end::Survivor;
use crate::target::limit;
use crate::tui;
use crate::words::{Language, Words};

use super::outside::{Call, Outside, Woken};
use super::prepare::Refusal;
use super::{CANNOT, USAGE};

/// No more workers by themselves: so many children a server may have.
const PROCESSES: u32 = 512;

/// How often the progress is said.
const TICK: Duration = Duration::from_millis(200);

pub(super) fn run(args: &cli::Compare) -> anyhow::Result<ExitCode> {
    let words = Words::new(args.lang.unwrap_or_else(Language::of_environment));
    let screen = !args.plain && !args.json && std::io::stdout().is_terminal();
    if screen && std::env::var_os("TERM").is_none_or(|term| term != "dumb") {
        return on_screen(args, words);
    }
    // Signals do what they do to any program while there is no figure yet that could be told.
    let race = rehearsed(args)?;
    let mut outside = Outside::listen()?;
    let Running {
        mut comparison,
        mut news,
        runner,
    } = Running::start(race)?;
    let progress = Progress::new(&words);
    let mut called = None;
    let mut due = Instant::now();
    while !comparison.over {
        match outside.wait(news.recv(), Some(due)) {
            Woken::Came(Some(said)) => comparison.apply(said),
            // The runner is gone, which its own panic has told.
            Woken::Came(None) => break,
            Woken::Due => {
                progress.say(&comparison);
                due = Instant::now() + TICK;
            }
            Woken::Called(call) => {
                called.get_or_insert(call);
                runner.stop();
                if call == Call::ReaderGone {
                    break;
                }
            }
        }
    }
    progress.wipe();
    let survivors = runner.join();
    let now = clock::now();
    let report = if args.json {
        json::comparison(&comparison, now).context("write JSON")?
    } else {
        text::comparison(&words, &comparison, now)
    };
    outside.write(&report, Some(Duration::from_secs(1)))?;
    if args.json {
        // The schema has no place for what makes figures doubtful.
        for doubt in text::doubts(&words, &comparison, now) {
            super::complain(&doubt);
        }
    }
    let Some(survivors) = survivors else {
        return Ok(ExitCode::from(CANNOT));
    };
    super::say_survivors(&survivors);
    let none = comparison
        .courses
        .iter()
        .all(|course| matches!(course.stage, Stage::Failed(_)));
    Ok(match called {
        Some(call) => call.exit_code(),
        None if none => ExitCode::from(CANNOT),
        None => ExitCode::SUCCESS,
    })
}

/// On the screen, and as a table once that is left: the figures would be gone with it.
fn on_screen(args: &cli::Compare, words: Words) -> anyhow::Result<ExitCode> {
    let look = super::watch::look(&args.look)?;
    let Running {
        comparison,
        news,
        runner,
    } = Running::start(rehearsed(args)?)?;
    let mut whole = true;
    let leave = || {
        runner.stop();
        runner.join().unwrap_or_else(|| {
            whole = false;
            Vec::new()
        })
    };
    let (ending, survivors, comparing) = tui::compare::run(comparison, news, words, look, leave).context("compare")?;
    let figures = text::comparison(&comparing.words, &comparing.comparison, comparing.now);
    let printed = super::print(&figures);
    super::say_survivors(&survivors);
    if ending.signal.is_none() {
        // Where a signal has ended it, its terminal may be gone, and the signal is what is told.
        printed?;
    }
    Ok(if whole {
        super::watch::ended(&ending)
    } else {
        ExitCode::from(CANNOT)
    })
}

/// A comparison that runs.
struct Running {
    comparison: Comparison,
    news: UnboundedReceiver<News>,
    runner: Runner,
}

impl Running {
    fn start(race: Race) -> anyhow::Result<Self> {
        let cpus = u32::try_from(race.cpus.0.count()).unwrap_or(u32::MAX);
        let comparison = Comparison::new(race.scenario.clone(), &race.contenders, race.workers, cpus);
        let (sender, news) = unbounded_channel();
        // Where we have ended, nobody wants the news.
        let sink: Sink = Arc::new(move |said: News| drop(sender.send(said)));
        let stop = Arc::clone(&race.stop);
        let thread = thread::Builder::new()
            .name("comparison".to_owned())
            .spawn(move || race.run(&sink))
            .context("start the thread of the comparison")?;
        Ok(Self {
            comparison,
            news,
            runner: Runner { stop, thread },
        })
    }
}

/// The thread that runs it.
struct Runner {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Vec<Survivor>>,
}

impl Runner {
    fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Waits for its end; what could not be ended, or `None` where it panicked, which that has told.
    fn join(self) -> Option<Vec<Survivor>> {
        self.thread.join().ok()
    }
}

/// What the flags ask for, once it is known that every command can be measured: that is found out now, and not when all
/// others were.
fn rehearsed(args: &cli::Compare) -> Result<Race, Refusal> {
    let race = race(args)?;
    let survivors = race.rehearse();
    let survivors = survivors.map_err(|error| Refusal::new(&error.why, error.exit_code))?;
    super::say_survivors(&survivors);
    Ok(race)
}

/// What the flags ask for.
fn race(args: &cli::Compare) -> Result<Race, Refusal> {
    super::own_proc()?;
    limit::suffices().map_err(|error| Refusal::new(&error, CANNOT))?;
    let nofile = super::raise_limit();
    let echo = !args.command.is_empty();
    let mut contenders = args.models.clone();
    if echo {
        contenders.push(Contender::Command(args.command.clone()));
        if !args
            .command
            .iter()
            .any(|word| word.to_string_lossy().contains("{port}"))
        {
            let text = "the command must be told its port: write {port} where it takes it, as in `-- ./server {port}`";
            return Err(Refusal::new(&text, USAGE));
        }
    }
    let scale = |time: Duration| Duration::try_from_secs_f64(time.as_secs_f64() * args.scale).unwrap_or(Duration::MAX);
    let work = match (echo, args.work) {
        (true, _) => Work::Io,
        (false, Work::Mix { cpu }) => Work::Mix { cpu: scale(cpu) },
        (false, work @ (Work::Io | Work::Cpu)) => work,
    };
    let allowed = Cpus::allowed().map_err(|errno| Refusal::new(&format!("sched_getaffinity: {errno}"), CANNOT))?;
    let cpus = allowed.divide(args.cpus);
    cpus.1
        .keep()
        .map_err(|errno| Refusal::new(&format!("sched_setaffinity: {errno}"), CANNOT))?;
    Ok(Race {
        scenario: Scenario {
            clients: args.clients,
            rounds: Rounds {
                total: scale(args.service),
                work,
            },
            echo,
            // Of more than there are nobody has been measured.
            cpus: u32::try_from(cpus.0.count()).ok(),
            scale: args.scale,
            together: args.together,
        },
        contenders,
        workers: args.workers.unwrap_or(args.clients.min(PROCESSES)),
        cpus,
        nofile,
        stop: Arc::new(AtomicBool::new(false)),
    })
}

/// How far it is, on standard error, where that is a terminal.
struct Progress<'a> {
    words: &'a Words,
    shown: bool,
}

impl<'a> Progress<'a> {
    fn new(words: &'a Words) -> Self {
        let shown = std::io::stderr().is_terminal();
        Self { words, shown }
    }

    fn say(&self, comparison: &Comparison) {
        if !self.shown {
            return;
        }
        let text = text::progress(self.words, comparison, clock::now());
        // A terminal that is gone ends us soon enough.
        let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
    }

    fn wipe(&self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
