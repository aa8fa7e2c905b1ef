//! Hands the command line over, and ends with the exit code that comes back; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    forkscope::run::main(std::env::args_os())
}
