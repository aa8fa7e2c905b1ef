//! What may be typed: every flag and subcommand, its words in `--help`, and how a value is read.
//!
//! No behaviour stands here: a parsed command line is plain data that `run` acts on.

use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::compare::contender::Contender;
use crate::load::plan::{Hold, Rate};
use crate::observe::Wanted;
use crate::server::config::{Config, Model, Policy, Rounds, Service, Work};
use crate::words::Language;

/// As many workers as Apache httpd starts with (`StartServers` of its prefork model).
const WORKERS: u32 = 5;

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
  forkscope                              its own server, a gentle stream of clients
  forkscope --reap none --clients 20     twenty clients at once, and a parent that never waits
  forkscope -- python3 server.py         your server, launched and watched
  forkscope --listening 80               the server that listens there, only looked at
  forkscope snapshot --pid 4121 --json   the tree once, for scripts
  forkscope events --listening 80        every fork, exit and reap there, a line each
  forkscope zombies                      who on this machine has zombies to reap

Every option can be set for good: in the file that `forkscope config` prints, or as FORKSCOPE_OPTION in the
environment. A flag beats the environment, and that beats the file."
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
    /// Be a process of a lesson (started by forkscope itself)
    #[command(hide = true)]
    Subject(Subject),
}

/// `forkscope watch`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope watch --reap once --clients 20    the classic bug: some of the twenty stay zombies
  forkscope watch --pid 4121                  a server that runs, only looked at
  forkscope watch -- python3 server.py        your server, launched and watched")]
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
                | Command::Subject(_),
            ) => None,
        }
    }
}

/// What is watched: the built-in server unless one of the others is named.
#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
pub struct Target {
    /// The command to launch and watch, after `--`
    #[arg(last = true, value_name = "COMMAND", conflicts_with_all = ["pid", "listening"])]
    pub command: Vec<OsString>,
    /// Attach to a running process and its descendants
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(i32).range(1..), conflicts_with = "listening")]
    pub pid: Option<i32>,
    /// Attach to the topmost process that listens on this TCP port
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub listening: Option<u16>,
    /// How exact the record must be: exact or give up (exit 3), the proc connector or polling even where better can be had
    #[arg(long, value_name = "LEVEL", value_parser = named(Wanted::NAMED, Wanted::name))]
    pub capture: Option<Wanted>,
    /// How often /proc is read, from 10ms to 10s
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = interval)]
    pub interval: Duration,
    /// How the built-in server is made; last, since what follows would come under its heading.
    #[command(flatten)]
    pub server: ServerFlags,
}

/// What the demo server is and does; the same flags for the built-in one and for `serve`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Built-in server")]
pub struct ServerFlags {
    /// What kind of server it is
    #[arg(long, default_value = Model::default().name(), value_parser = named(Model::ALL, Model::name))]
    pub model: Model,
    /// What the parent does about children that have ended [default: loop]
    #[arg(long, value_name = "POLICY", value_parser = named(Policy::ALL, Policy::name))]
    pub reap: Option<Policy>,
    /// The TCP port to listen on; 0 lets the kernel choose [default: 9190, or any free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// Length of the accept queue [default: net.core.somaxconn]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=65535))]
    pub backlog: Option<u32>,
    /// Serve each client for this long, in ten rounds, in place of echoing until it closes
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub service: Option<Duration>,
    /// What the time of --service is spent on: io, cpu or mix:CPU_TIME
    #[arg(long, value_name = "KIND", default_value = "io", value_parser = Work::parse, requires = "service")]
    pub work: Work,
    /// The most children (zombies included) or threads at a time; a client beyond it is turned away
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=32768))]
    pub max_children: u32,
    /// How many children the model prefork keeps
    #[arg(long, value_name = "N", default_value_t = WORKERS, value_parser = clap::value_parser!(u32).range(1..=32768))]
    pub workers: u32,
    /// Run the server on so many CPUs, and forkscope and its clients on the others, where there are any
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub cpus: Option<u32>,
}

impl ServerFlags {
    /// The configuration that they say.
    pub fn config(&self) -> Config {
        Config {
            model: self.model,
            policy: self.reap.unwrap_or_default(),
            bind: self.bind,
            port: self.port,
            backlog: self.backlog,
            service: self.service.map_or(Service::Echo, |total| {
                Service::Rounds(Rounds { total, work: self.work })
            }),
            max_children: self.max_children,
            workers: self.workers,
            cpus: self.cpus,
        }
    }

    /// A way of reaping or a model that was only set for good gives way to what is typed and does not go with it; so
    /// nothing but what was typed together can be refused. Where both were only set, the model counts.
    pub fn settle(&mut self, model_typed: bool, reap_typed: bool) {
        match (self.contradiction(), model_typed, reap_typed) {
            (None, _, _) | (Some(_), true, true) => {}
            (Some(_), _, false) => self.reap = None,
            (Some(_), false, true) => self.model = Model::default(),
        }
    }

    /// Why these flags make no sense together, where they do not.
    pub fn contradiction(&self) -> Option<String> {
        let policy = self.reap.filter(|policy| !self.model.policies().contains(policy))?;
        let (model, policy) = (self.model.name(), policy.name());
        Some(if self.model.policies().is_empty() {
            format!("--reap {policy} does not apply to --model {model}: it has no children")
        } else {
            format!(
                "--reap {policy} does not apply to --model {model}: its parent accepts nobody, and its workers stay"
            )
        })
    }
}

/// The clients that come; without any of these the built-in server gets a gentle stream, others get none.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub struct LoadFlags {
    /// How many clients come in all, at once unless --rate is given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub clients: Option<u32>,
    /// How fast they come, as 2/s or 30/m
    #[arg(long, value_name = "RATE", value_parser = Rate::parse)]
    pub rate: Option<Rate>,
    /// How long each stays, as 3s or 3s..8s
    #[arg(long, value_name = "TIME", value_parser = Hold::parse)]
    pub hold: Option<Hold>,
    /// Let clients come to a server that was attached to
    #[arg(long)]
    pub allow_load: bool,
}

/// How a screen looks.
#[derive(Debug, Args)]
#[command(next_help_heading = "View")]
pub struct LookFlags {
    /// The colours of the screen: dark, light, high-contrast, colour-blind, or a file of yours
    #[arg(long, value_name = "NAME|FILE", default_value = "dark")]
    pub theme: String,
    /// Show it for the back of a room: few rows, large digits, the strongest contrast
    #[arg(long)]
    pub projector: bool,
    /// Draw with ASCII only, for a terminal or a font that lacks the rest (always so where TERM=linux, and where the terminal draws lines two cells wide)
    #[arg(long)]
    pub ascii: bool,
}

/// How it is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "View")]
pub struct View {
    /// The language of the screen [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name))]
    pub lang: Option<Language>,
    /// How it looks.
    #[command(flatten)]
    pub look: LookFlags,
    /// Turn off every key that sends clients or signals, or changes the server
    #[arg(long)]
    pub read_only: bool,
    /// Leave the mouse to the terminal, which selects text with it
    #[arg(long)]
    pub no_mouse: bool,
    /// Let keys send signals to a server that was attached to
    #[arg(long, conflicts_with = "read_only")]
    pub allow_signals: bool,
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
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration, help_heading = "Output")]
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
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name))]
    pub lang: Option<Language>,
    /// How the screen looks.
    #[command(flatten)]
    pub look: LookFlags,
}

/// `forkscope subject`.
#[derive(Debug, Args)]
pub struct Subject {
    /// The lesson
    pub lesson: String,
    /// Which of its programs
    pub program: String,
    /// The tool's socket
    #[arg(long)]
    pub control: String,
    /// Which process of the lesson it is
    #[arg(long, default_value = "")]
    pub birth: String,
}

/// `forkscope serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope serve --port 9190 --reap poll    until Ctrl-C; watch it from another terminal")]
pub struct Serve {
    /// What the server is and does.
    #[command(flatten)]
    pub server: ServerFlags,
    /// The inherited control socket (given by forkscope itself)
    #[arg(long, hide = true, value_name = "FD")]
    pub control_fd: Option<i32>,
    /// The listening socket of the image before (given by the server itself)
    #[arg(long, hide = true, value_name = "FD")]
    pub listen_fd: Option<i32>,
    /// The list of the children of the image before (given by the server itself)
    #[arg(long, hide = true, value_name = "FD")]
    pub family_fd: Option<i32>,
    /// These flags are all: nothing comes from the environment or the user's file (given by forkscope itself)
    #[arg(long, hide = true)]
    pub no_settings: bool,
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
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name))]
    pub lang: Option<Language>,
    /// How the screen looks.
    #[command(flatten)]
    pub look: LookFlags,
}

/// `forkscope load`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope load 127.0.0.1:9190 --clients 100 --hold 3s    a hundred at once
  forkscope load [::1]:9190 --clients 1000 --rate 50/s     one every 20 ms")]
pub struct Load {
    /// Where they go, as 127.0.0.1:9190; an IPv6 address stands in brackets
    #[arg(value_name = "ADDRESS")]
    pub address: std::net::SocketAddr,
    /// How many clients come in all, at once unless --rate is given
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub clients: u32,
    /// How fast they come, as 2/s or 30/m
    #[arg(long, value_name = "RATE", value_parser = Rate::parse)]
    pub rate: Option<Rate>,
    /// How long each stays after it was served, as 3s or 3s..8s
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = Hold::parse)]
    pub hold: Hold,
    /// The server serves in ten rounds for this long (as its own --service says)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub service: Option<Duration>,
    /// What the server's service is spent on (as its own --work says)
    #[arg(long, value_name = "KIND", default_value = "io", value_parser = Work::parse, requires = "service")]
    pub work: Work,
    /// Give a client up when nothing came for this long
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub timeout: Duration,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The language of the text [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name), help_heading = "View")]
    pub lang: Option<Language>,
}

/// `forkscope config`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope config --path            where the file is looked for
  mkdir -p ~/.config/forkscope && forkscope config > ~/.config/forkscope/config.toml")]
pub struct Settings {
    /// Print where the file is looked for instead
    #[arg(long)]
    pub path: bool,
}

/// `forkscope completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope completions bash > ~/.local/share/bash-completion/completions/forkscope
  forkscope completions fish > ~/.config/fish/completions/forkscope.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

/// `forkscope man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope man ~/.local/share/man/man1 && man forkscope-events")]
pub struct Man {
    /// The directory to write them to; it is made where there is none, and older pages of these names are replaced
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

/// `forkscope guard`: its control socket is standard input, and the target's output goes where its own goes.
#[derive(Debug, Args)]
pub struct Guard {
    /// The soft limit of open files to give back to the command
    #[arg(long, value_name = "N")]
    pub nofile: u64,
    /// The command
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

/// A parser for a closed set of names, so that help, errors and completions list them.
fn named<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|value| name(*value))).try_map(move |typed| {
        all.iter()
            .copied()
            .find(|value| name(*value) == typed)
            .ok_or("not one of the possible values")
    })
}

/// Reads a duration as people write it: `100ms`, `2s`, `1.5s`, `1m 30s`.
pub fn duration(typed: &str) -> Result<Duration, String> {
    let signed: jiff::SignedDuration = typed
        .parse()
        .map_err(|_| format!("'{typed}' is not a time: write it as 100ms, 2s or 1m"))?;
    Duration::try_from(signed).map_err(|_| format!("'{typed}' is negative: a time starts at 0s"))
}

/// Reads a scale.
fn scale(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(scale) if (0.001..=1000.0).contains(&scale) => Ok(scale),
        _ => Err(format!(
            "'{typed}' is not a scale: write a number from 0.001 to 1000, as 0.1"
        )),
    }
}

/// Reads the sampling interval, 10 ms to 10 s.
fn interval(typed: &str) -> Result<Duration, String> {
    let time = duration(typed)?;
    if (Duration::from_millis(10)..=Duration::from_secs(10)).contains(&time) {
        Ok(time)
    } else {
        Err(format!("{typed} is out of range: an interval is 10ms to 10s"))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    /// The command line that the launcher makes of a configuration is read back as the same one.
    #[test]
    fn a_server_is_told_its_configuration_whole() {
        let plain = Config {
            model: Model::Fork,
            policy: Policy::Loop,
            bind: Ipv4Addr::LOCALHOST.into(),
            port: None,
            backlog: None,
            service: Service::Echo,
            max_children: 512,
            workers: 5,
            cpus: None,
        };
        let rounds = |total, work| Service::Rounds(Rounds { total, work });
        let cpu = Duration::from_micros(25_001);
        let mut table = vec![
            Config {
                port: Some(0),
                backlog: Some(0),
                ..plain.clone()
            },
            Config {
                port: Some(65535),
                backlog: Some(65535),
                max_children: 1,
                ..plain.clone()
            },
            Config {
                bind: Ipv6Addr::LOCALHOST.into(),
                max_children: 32768,
                workers: 32768,
                cpus: Some(3),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::from_secs(1), Work::Io),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::from_nanos(1_500_000_001), Work::Cpu),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::from_mins(1), Work::Mix { cpu }),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::ZERO, Work::Mix { cpu: Duration::ZERO }),
                ..plain.clone()
            },
        ];
        table.extend(Policy::ALL.iter().map(|&policy| Config {
            policy,
            ..plain.clone()
        }));
        table.extend(Model::ALL.iter().map(|&model| Config { model, ..plain.clone() }));
        for config in table {
            let arguments = config.arguments();
            let typed = std::iter::once(OsString::from("forkscope")).chain(arguments.iter().cloned());
            let cli = <Cli as clap::Parser>::try_parse_from(typed).unwrap();
            let Some(Command::Serve(serve)) = cli.command else {
                panic!("{arguments:?} is not `serve`");
            };
            assert_eq!(serve.server.config(), config, "{arguments:?}");
        }
    }
}
