//! What is watched, as it is typed: the same flags for every view. Whether there is such a process is found out by
//! `target`.

use std::ffi::OsString;
use std::time::Duration;

use clap::Args;

use crate::observe::Wanted;

use super::server::ServerFlags;
use super::values::{interval, named};

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
