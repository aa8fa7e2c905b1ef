//! Parses the command line, runs it, and turns the outcome into an exit code; nothing else.

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    forkscope::run::main(forkscope::cli::Cli::parse())
}
