//! The tool, as far as launching goes, for `tests/containment.rs`: it launches its arguments and says what becomes of
//! them, a line each. Its own standard input drives it:
//!
//! - `go` opens the gate (at once, unless the first argument is `--gate`),
//! - `output` prints the target's output so far,
//! - the end of the input ends the target in an orderly way, and then the launcher.
//!
//! It draws nothing and observes nothing.

use std::io::{self, BufRead, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;

use forkscope::target::launch::{Gated, LaunchError, Spec, launch};
use forkscope::target::launched::{Launched, News};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

fn main() -> ExitCode {
    let mut argv: Vec<_> = std::env::args_os().skip(1).collect();
    // The guardian is a re-execution of whoever launches: this program.
    if argv.first().is_some_and(|first| first == "guard") {
        return forkscope::run::main(std::env::args_os());
    }
    let mut spec = Spec::default();
    let mut gate = false;
    while let Some(first) = argv.first().and_then(|first| first.to_str()) {
        match first {
            "--gate" => gate = true,
            "--nofile" => spec.nofile = argv.remove(1).to_str().and_then(|number| number.parse().ok()),
            "--pass-fd" => {
                let (ours, theirs) = io::pipe().expect("a pipe");
                (&theirs).write_all(b"passed\n").expect("room in the pipe");
                argv.push(std::os::fd::AsRawFd::as_raw_fd(&ours).to_string().into());
                spec.pass_fd = Some(ours.into());
            }
            "--program" => spec.program = Some(argv.remove(1)),
            _ => break,
        }
        argv.remove(0);
    }
    spec.argv = argv;
    match run(spec, gate) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(spec: Spec, gate: bool) -> Result<(), LaunchError> {
    let gated: Gated = launch(spec)?;
    say(&format!("root {} guardian {}", gated.root, gated.guardian));
    if gate && io::stdin().lock().read_line(&mut String::new()).unwrap_or(0) == 0 {
        return Ok(());
    }
    let mut launched = gated.release()?;
    say("released");
    watch(&mut launched);
    for survivor in launched.end() {
        say(&format!("left {survivor}"));
    }
    say("over");
    Ok(())
}

/// Serves standard input and news, until the input ends.
fn watch(launched: &mut Launched) {
    let mut guarded = true;
    loop {
        let stdin = io::stdin();
        let mut fds = vec![PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
        if guarded {
            fds.push(PollFd::new(launched.as_fd(), PollFlags::POLLIN));
        }
        poll(&mut fds, PollTimeout::NONE).expect("poll");
        let typed = fds[0].any().unwrap_or(false);
        for news in launched.news() {
            guarded &= news != News::GuardianLost;
            say(&format!("{news:?}"));
        }
        if !typed {
            continue;
        }
        // One line at a time, and the tests send one only after the answer to the last: nothing is read ahead.
        let mut line = String::new();
        if stdin.lock().read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let output = launched.output().lines();
        for line in output.lines {
            say(&format!("| {}", String::from_utf8_lossy(&line)));
        }
        say(&format!("written {} dropped {}", output.written, output.dropped));
    }
}

/// Prints a line; one that nobody reads any more is no reason to fail.
fn say(line: &str) {
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush()).ok();
}
