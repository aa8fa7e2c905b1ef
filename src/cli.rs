//! What may be typed: every flag and subcommand, its words in `--help`, and how a value is read.
//!
//! No behaviour stands here: a parsed command line is plain data that `run` acts on.

use std::ffi::OsString;
use std::net::IpAddr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use crate::load::plan::{Hold, Rate};
use crate::server::config::{Model, Policy, Work};
use crate::words::Language;

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
  forkscope snapshot --pid 4121 --json   the tree once, for scripts"
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
    /// Run the demo server by itself, in the foreground
    Serve(Serve),
    /// Send clients to an echo server, and print what they met
    Load(Load),
    /// Keep a launched command from outliving forkscope (started by forkscope itself)
    #[command(hide = true)]
    Guard(Guard),
}

/// `forkscope watch`.
#[derive(Debug, Args)]
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
    /// How the built-in server is made
    #[command(flatten)]
    pub server: ServerFlags,
    /// How often /proc is read, from 10ms to 10s
    #[arg(long, value_name = "TIME", default_value = "100ms", value_parser = interval)]
    pub interval: Duration,
}

/// What the demo server is and does; the same flags for the built-in one and for `serve`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Built-in server")]
pub struct ServerFlags {
    /// What kind of server it is
    #[arg(long, default_value = Model::default().name(), value_parser = named(Model::ALL, Model::name), group = "built_in")]
    pub model: Model,
    /// What the parent does about children that have ended
    #[arg(long, default_value = Policy::default().name(), value_parser = named(Policy::ALL, Policy::name), group = "built_in")]
    pub reap: Policy,
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
    /// The most children at a time, zombies included; a client beyond it is turned away
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=32768))]
    pub max_children: u32,
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

/// How it is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "View")]
pub struct View {
    /// The language of the screen [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name))]
    pub lang: Option<Language>,
    /// The colours of the screen
    #[arg(long, default_value = "dark", value_parser = ["dark", "light"])]
    pub theme: String,
    /// Turn off every key that sends clients or signals, or changes the server
    #[arg(long)]
    pub read_only: bool,
    /// Let keys send signals to a server that was attached to
    #[arg(long, conflicts_with = "read_only")]
    pub allow_signals: bool,
}

/// `forkscope snapshot`.
#[derive(Debug, Args)]
pub struct Snapshot {
    /// What is watched.
    #[command(flatten)]
    pub target: Target,
    /// Who comes.
    #[command(flatten)]
    pub load: LoadFlags,
    /// Print JSON, schema 1
    #[arg(long)]
    pub json: bool,
    /// When to take the picture of a server that was launched
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration)]
    pub after: Duration,
    /// The language of the text [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name))]
    pub lang: Option<Language>,
}

/// `forkscope serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// What the server is and does.
    #[command(flatten)]
    pub server: ServerFlags,
    /// The inherited control socket (given by forkscope itself)
    #[arg(long, hide = true, value_name = "FD")]
    pub control_fd: Option<i32>,
}

/// `forkscope load`.
#[derive(Debug, Args)]
pub struct Load {
    /// Where they go, as 127.0.0.1:9190 or [::1]:9190
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
}

/// `forkscope guard`: its control socket is standard input, and the target's output goes where its own goes.
#[derive(Debug, Args)]
pub struct Guard {
    /// The soft limit of open files to give back to the command
    #[arg(long, value_name = "N")]
    pub nofile: u64,
    /// A descriptor to pass on to the command
    #[arg(long, value_name = "FD")]
    pub pass_fd: Option<i32>,
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

/// Reads the sampling interval, 10 ms to 10 s.
fn interval(typed: &str) -> Result<Duration, String> {
    let time = duration(typed)?;
    if (Duration::from_millis(10)..=Duration::from_secs(10)).contains(&time) {
        Ok(time)
    } else {
        Err(format!("{typed} is out of range: an interval is 10ms to 10s"))
    }
}
