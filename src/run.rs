//! The wiring: one function for each subcommand, and the exit code that each way of ending has.

use std::process::ExitCode;

use crate::cli::{Cli, Command, Guard, Load, Serve, Snapshot, Watch};

/// Something could not be measured or done.
const CANNOT: u8 = 3;

/// Runs what was typed; says on standard error what went wrong, if anything did.
pub fn main(cli: Cli) -> ExitCode {
    let outcome = match cli.command {
        None => watch(cli.watch),
        Some(Command::Watch(args)) => watch(*args),
        Some(Command::Snapshot(args)) => snapshot(*args),
        Some(Command::Serve(args)) => serve(args),
        Some(Command::Load(args)) => load(args),
        Some(Command::Guard(args)) => guard(args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("forkscope: {error:#}");
        ExitCode::from(CANNOT)
    })
}

fn watch(_args: Watch) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not built yet")
}

fn snapshot(_args: Snapshot) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not built yet")
}

fn serve(_args: Serve) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not built yet")
}

fn load(_args: Load) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not built yet")
}

fn guard(_args: Guard) -> anyhow::Result<ExitCode> {
    anyhow::bail!("not built yet")
}
