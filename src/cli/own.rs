//! What is about forkscope itself: its settings, completions and man pages, and the images of itself that it starts.
//! Nothing here is watched.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

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

/// `forkscope release`: its control socket is standard input.
#[derive(Debug, Args)]
pub struct Release {
    /// The processes that are to go on when forkscope is gone, each as PID:START
    #[arg(value_name = "PROCESS")]
    pub processes: Vec<String>,
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
