//! The wiring: one function for each subcommand, and the exit code that each way of ending has.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use crate::cli::{self, Command};
use crate::server::{self, Descriptors};
use crate::settings::environment::Environment;
use crate::settings::{self, SettingsError};
use crate::target::end::{Survivor, Why};
use crate::target::limit::raise as raise_limit;
use crate::target::{guardian, hold, launch};
use crate::words::names::visible;
use anyhow::Context;

use prepare::Refusal;

mod compare;
mod completions;
mod events;
mod inbox;
mod lesson;
mod load;
mod manual;
mod outside;
mod prepare;
mod readiness;
mod session;
mod snapshot;
mod watch;
mod zombies;

/// What was typed cannot be done.
const USAGE: u8 = 2;

/// Something could not be measured or done.
const CANNOT: u8 = 3;

/// Runs what was typed; says on standard error what went wrong, if anything did.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match settings::read(arguments, &Environment::own()) {
        Ok(cli) => cli,
        Err(SettingsError::Arguments(error)) => {
            return match error.print() {
                Err(written) if !error.use_stderr() && written.kind() != std::io::ErrorKind::BrokenPipe => {
                    complain(&format!("write to standard output: {written}"));
                    ExitCode::from(CANNOT)
                }
                // Where nobody reads help or errors, there is nobody to tell that.
                Ok(()) | Err(_) => ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE)),
            };
        }
        Err(error) => {
            complain(&error.to_string());
            return ExitCode::from(USAGE);
        }
    };
    // Whoever starts us may ignore SIGCHLD, and that is inherited through exec: who ignores it cannot wait.
    launch::keep_statuses();
    let outcome = match cli.command {
        None => watch::run(&cli.watch),
        Some(Command::Watch(args)) => watch::run(&args),
        Some(Command::Snapshot(args)) => snapshot::run(&args),
        Some(Command::Events(args)) => events::run(&args),
        Some(Command::Zombies(args)) => zombies::run(&args),
        Some(Command::Lesson(args)) => lesson::run(&args),
        Some(Command::Subject(args)) => lesson::subject(&args).map(done),
        Some(Command::Serve(args)) => serve(&args),
        Some(Command::Compare(args)) => compare::run(&args),
        Some(Command::Load(args)) => load::run(&args),
        Some(Command::Config(args)) => manual::config(&args),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => manual::man(&args),
        Some(Command::Release(args)) => hold::release(&args.processes).map_err(Into::into).map(done),
        Some(Command::Guard(args)) => guardian::run(args.nofile, &args.command).map_err(Into::into).map(done),
    };
    outcome.unwrap_or_else(|error| match error.downcast::<Refusal>() {
        Ok(refusal) => refusal.say(),
        Err(error) => {
            complain(&whole(&error));
            ExitCode::from(CANNOT)
        }
    })
}

/// An error with its causes, each once: some say their cause themselves.
fn whole(error: &anyhow::Error) -> String {
    error.chain().skip(1).fold(error.to_string(), |said, cause| {
        let cause = cause.to_string();
        if said.contains(&cause) {
            said
        } else {
            format!("{said}: {cause}")
        }
    })
}

fn serve(args: &cli::server::Serve) -> anyhow::Result<ExitCode> {
    let inherited = Descriptors {
        control: args.control_fd,
        listener: args.listen_fd,
        family: args.family_fd,
    };
    // What forkscope itself starts is told a way of reaping in any case: for the model that it may become.
    let typed = !args.no_settings && args.control_fd.is_none();
    if let Some(why) = args.server.contradiction().filter(|_| typed) {
        return Err(Refusal::new(&why, USAGE).into());
    }
    server::serve(&args.server.config(), inherited)?;
    Ok(ExitCode::SUCCESS)
}

fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// Writes a report to standard output. A reader that has seen enough is no error.
fn print(report: &str) -> anyhow::Result<()> {
    tell(report).map(|_| ())
}

/// The same, for what goes on: whether there is still a reader.
fn tell(report: &str) -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    match out.write_all(report.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("write to standard output"),
    }
}

/// Says on standard error what went wrong. Where nobody can read it any more, as on a terminal that was closed, that is
/// no reason to fail in another way.
fn complain(what: &str) {
    // At once: whoever reads it as a line, as we do of our own server, would else find the half of it.
    let _ = std::io::stderr().write_all(format!("forkscope: {what}\n").as_bytes());
}

/// Refuses a /proc that shows another PID namespace than the one we live in: the pids that stand there are not those of
/// what we start, open and signal (pid_namespaces(7)).
fn own_proc() -> Result<(), Refusal> {
    let shown = std::fs::read_link("/proc/self")
        .map_err(|error| Refusal::new(&format!("read /proc/self: {error}: is /proc mounted?"), CANNOT))?;
    let own = std::process::id();
    if shown.to_str() == Some(own.to_string().as_str()) {
        return Ok(());
    }
    let shown = shown.display();
    let text = format!(
        "/proc belongs to another PID namespace than ours: it calls this process {shown}, and here it is {own}; mount one \
         of this namespace (`unshare --mount-proc`, or `mount -t proc proc /proc`)"
    );
    Err(Refusal::new(&text, CANNOT))
}

/// Says what could not be ended.
fn say_survivors(survivors: &[Survivor]) {
    for survivor in survivors {
        let name = visible(&survivor.name);
        let pid = survivor.pid;
        complain(&match survivor.why {
            Why::Forbidden => format!("not permitted to end {name} ({pid}); it is still there"),
            Why::Slow => format!("{name} ({pid}) was told to end, and has not within 2 s"),
        });
    }
}
