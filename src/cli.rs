//! What may be typed: every flag and subcommand, its words in `--help`, and how a value is read.
//!
//! No behaviour stands here: a parsed command line is plain data that `run` acts on. Flags that several subcommands share
//! have files of their own.

use std::ffi::OsString;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::compare::contender::Contender;
use crate::server::config::Work;
use crate::words::Language;

use load::{Load, LoadFlags};
use look::{LookFlags, View};
use own::{Completions, Guard, Man, Settings, Subject};
use server::{Serve, ServerFlags};
use target::Target;
use values::{duration, named, scale};

pub mod load;
pub mod look;
pub mod own;
pub mod server;
pub mod target;
mod values;

/// Shows what a multi-process server does to the process table.
///
/// Without a target it starts its own forking server, lets clients arrive, and draws the live tree of
/// processes with PIDs, connection counts and zombies.
#[derive(Debug, Parser)]
#[command(
    name = "forkscope",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  forkscope                                      its own server, a gentle stream of clients
  forkscope --reap none --clients 20 --hold 3s   twenty clients for 3 s, then twenty zombies
  forkscope -- python3 server.py                 your server, launched and watched
  forkscope --listening 80                       the server that listens there, only looked at
  forkscope snapshot --pid 4121 --json           the tree once, for scripts
  forkscope events --listening 80                every fork, exit and reap there, a line each
  forkscope zombies                              who on this machine has zombies to reap

Every option but the target can be set for good: in the file that `forkscope config` prints, or in the environment as \
FORKSCOPE_OPTION, such as FORKSCOPE_LANG=ko. A flag beats the environment, and that beats the file. A misspelt one is \
refused, in either.

Exit codes: 0 clean, 2 usage, 3 could not measure, 126 and 127 the command could not be run or found, 128+N ended by \
signal N."
)]
pub struct Cli {
    /// What to do; `watch` where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The flags of `watch`, which needs no name.
    #[command(flatten)]
    pub watch: Watch,
}

/// The views and the two helpers (server and clients) that also run by themselves.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Draw the live tree in the terminal (what happens without a subcommand)
    Watch(Box<Watch>),
    /// Print the tree once, as text or JSON
    Snapshot(Box<Snapshot>),
    /// Print what happens, a line each, as it happens
    Events(Box<Events>),
    /// List the whole machine's zombies, by the process that must reap them
    Zombies(Zombies),
    /// Take a lesson about processes, by real ones; without a name, list them
    Lesson(Lesson),
    /// Run the demo server by itself, in the foreground
    Serve(Serve),
    /// Measure the two types of server: the same clients, served by each model
    Compare(Compare),
    /// Send clients to an echo server, and print what they met
    Load(Load),
    /// Print the configuration file with every option at its default, to be changed and kept
    Config(Settings),
    /// Print the completions of a shell
    Completions(Completions),
    /// Write a man page for each subcommand
    Man(Man),
    /// Keep a launched command from outliving forkscope (started by forkscope itself)
    #[command(hide = true)]
    Guard(Guard),
    /// Let stopped processes go on should forkscope be killed (started by forkscope itself)
    #[command(hide = true)]
    Release(own::Release),
    /// Be a process of a lesson (started by forkscope itself)
    #[command(hide = true)]
    Subject(Subject),
}

/// `forkscope watch`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope watch --reap once --clients 20 --hold 3s    the classic bug: some of them stay zombies
  forkscope watch --pid 4121                            a server that runs, only looked at
  forkscope watch -- python3 server.py                  your server, launched and watched")]
pub struct Watch {
    /// What is watched.
    #[command(flatten)]
    pub target: Target,
    /// Who comes.
    #[command(flatten)]
    pub load: LoadFlags,
    /// How it is shown.
    #[command(flatten)]
    pub view: View,
}

impl Cli {
    /// The target and the clients that come to it, where the subcommand has them.
    pub fn load_mut(&mut self) -> Option<(&target::Target, &mut load::LoadFlags)> {
        match &mut self.command {
            None => Some((&self.watch.target, &mut self.watch.load)),
            Some(Command::Watch(watch)) => Some((&watch.target, &mut watch.load)),
            Some(Command::Snapshot(snapshot)) => Some((&snapshot.target, &mut snapshot.load)),
            Some(Command::Events(events)) => Some((&events.target, &mut events.load)),
            Some(
                Command::Zombies(_)
                | Command::Lesson(_)
                | Command::Serve(_)
                | Command::Compare(_)
                | Command::Load(_)
                | Command::Config(_)
                | Command::Completions(_)
                | Command::Man(_)
                | Command::Guard(_)
                | Command::Release(_)
                | Command::Subject(_),
            ) => None,
        }
    }

    /// The flags of the demo server, where the subcommand has them.
    pub fn server_mut(&mut self) -> Option<&mut ServerFlags> {
        match &mut self.command {
            None => Some(&mut self.watch.target.server),
            Some(Command::Watch(watch)) => Some(&mut watch.target.server),
            Some(Command::Snapshot(snapshot)) => Some(&mut snapshot.target.server),
            Some(Command::Events(events)) => Some(&mut events.target.server),
            Some(Command::Serve(serve)) => Some(&mut serve.server),
            Some(
                Command::Zombies(_)
                | Command::Lesson(_)
                | Command::Compare(_)
                | Command::Load(_)
                | Command::Config(_)
                | Command::Completions(_)
                | Command::Man(_)
                | Command::Guard(_)
                | Command::Release(_)
                | Command::Subject(_),
            ) => None,
        }
    }
}

/// `forkscope snapshot`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope snapshot --listening 80                        the tree of the server there
  forkscope snapshot --pid 4121 --json | jq .totals        its figures, for scripts
  forkscope snapshot --clients 20 --hold 0s --reap none    what a parent that never waits leaves")]
pub struct Snapshot {
    /// What is watched.
    #[command(flatten)]
    pub target: Target,
    /// Who comes.
    #[command(flatten)]
    pub load: LoadFlags,
    /// Print JSON, schema 1
    #[arg(long, help_heading = "Output")]
    pub json: bool,
    /// When to take the picture of a server that was launched
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration, help_heading = "Output", conflicts_with_all = ["pid", "listening"])]
    pub after: Duration,
    /// The language of the text [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name), help_heading = "View")]
    pub lang: Option<Language>,
}

/// `forkscope events`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope events --for 10s -- python3 server.py    what your server does in its first ten seconds
  forkscope events --listening 80 --json             an object a line, until Ctrl-C
  forkscope events --json --clients 20 --hold 1s     twenty clients at once, at the built-in server")]
pub struct Events {
    /// What is watched.
    #[command(flatten)]
    pub target: Target,
    /// Who comes.
    #[command(flatten)]
    pub load: LoadFlags,
    /// End after this time [default: when the target has ended, or on Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = duration, help_heading = "Output")]
    pub duration: Option<Duration>,
    /// Print an object a line, schema 1
    #[arg(long, help_heading = "Output")]
    pub json: bool,
    /// The language of the text [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name), help_heading = "View")]
    pub lang: Option<Language>,
}

/// `forkscope zombies`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope zombies                  who has zombies now
  forkscope zombies --watch          the same, kept up to date, and since when each has been seen
  forkscope zombies --json | jq '.reapers[] | select(.container_init)'")]
pub struct Zombies {
    /// Print JSON, schema 1
    #[arg(long)]
    pub json: bool,
    /// Look again every second: in place on a terminal, through a pipe a block for each change
    #[arg(long)]
    pub watch: bool,
    /// The language of the text [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name), help_heading = "View")]
    pub lang: Option<Language>,
}

/// `forkscope lesson`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope lesson                    the lessons
  forkscope lesson copy               what fork copies, step by step
  forkscope lesson copy --plain       the whole lesson as text, with the values of this run")]
pub struct Lesson {
    /// Which lesson
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Print the whole lesson as text, with the values that were measured in this run
    #[arg(long, requires = "name")]
    pub plain: bool,
    /// The language [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name), help_heading = "View")]
    pub lang: Option<Language>,
    /// How the screen looks.
    #[command(flatten)]
    pub look: LookFlags,
}

/// `forkscope compare`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope compare                                  a hundred clients, one model after the other
  forkscope compare --scale 0.1                      the same in a tenth of the time
  forkscope compare --work cpu --scale 0.1           when concurrency is of no use
  forkscope compare --models fork:once,fork:loop     what a way of reaping leaves behind
  forkscope compare -- python3 server.py {port}      your echo server in the same table")]
pub struct Compare {
    /// Anybody's echo server to compare with, after `--`; {port} stands for its port
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
    /// Which models, each with its way of reaping where that matters, as fork:once
    #[arg(long, value_name = "MODELS", value_delimiter = ',', default_value = "iterative,fork,threads,epoll,prefork", value_parser = Contender::parse)]
    pub models: Vec<Contender>,
    /// How many clients come, all at once
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub clients: u32,
    /// How long one client is served, by itself
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    pub service: Duration,
    /// What that time is spent on: io, cpu or mix:CPU_TIME
    #[arg(long, value_name = "KIND", default_value = "mix:25ms", value_parser = Work::parse)]
    pub work: Work,
    /// Run the servers on so many CPUs, and the clients on the others, where there are any
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub cpus: u32,
    /// Multiply all these times by this
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = scale)]
    pub scale: f64,
    /// How many children prefork keeps [default: as many as clients, at most 512]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=32768))]
    pub workers: Option<u32>,
    /// Let all run at the same time, sharing the CPU, in place of one after the other
    #[arg(long)]
    pub together: bool,
    /// Print a table, also where there is a terminal for the screen
    #[arg(long)]
    pub plain: bool,
    /// Print JSON, schema 1
    #[arg(long)]
    pub json: bool,
    /// The language [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name), help_heading = "View")]
    pub lang: Option<Language>,
    /// How the screen looks.
    #[command(flatten)]
    pub look: LookFlags,
}
