//! A server that forks and waits without end, for `tests/observe_real.rs` and `tests/benches/exact.rs`:
//! `children COUNT RATE LIFETIME_MICROS POLICY [FILE]`.
//!
//! It waits for a line on its standard input, forks COUNT children, RATE a second (0: as fast as it can), each of
//! which lives that long and leaves with code `number % 251`, deals with them as POLICY says, prints a line for each
//! and `done`, and stays until its input ends. With a file it prints nothing, and writes its own pid and the lines
//! there. Times are nanoseconds of CLOCK_BOOTTIME.
//!
//! - `wait`: sees each exit with `waitid(WNOWAIT)`, waits a little, and waits for it: `PID CODE EXITED REAPED`;
//! - `loop`: waits for whoever has exited, at once: `PID CODE 0 0`;
//! - `ignore`: SIGCHLD is ignored, and `nocldwait`: SA_NOCLDWAIT: `PID CODE 0 0`.
#![allow(
    unsafe_code,
    reason = "forking is what it is for; it has one thread, and each child runs plain code and _exit"
)]

use std::io::Write;
use std::time::{Duration, Instant};

use nix::libc;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, sigaction};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::time::{ClockId, clock_gettime};
use nix::unistd::{ForkResult, Pid, alarm, fork};

/// How long an exit is left alone where a stopwatch runs, in nanoseconds.
const ZOMBIE: u64 = 3_000_000;

/// How long it rests between two looks at its children.
const TURN: Duration = Duration::from_micros(200);

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |at: usize| {
        arguments[at]
            .parse::<u64>()
            .expect("children COUNT RATE LIFETIME_MICROS POLICY")
    };
    let (count, rate, lifetime) = (number(1), number(2), Duration::from_micros(number(3)));
    alarm::set(120);
    let policy = arguments[4].as_str();
    match policy {
        "ignore" => dispose(SigHandler::SigIgn, SaFlags::empty()),
        "nocldwait" => dispose(SigHandler::SigDfl, SaFlags::SA_NOCLDWAIT),
        _ => {}
    }
    std::io::stdin().read_line(&mut String::new()).expect("a line");
    let mut parent = Parent {
        policy: policy.to_owned(),
        living: Vec::new(),
        zombies: Vec::new(),
        lines: Vec::new(),
    };
    let began = Instant::now();
    for index in 0..count {
        let due = Duration::from_nanos((index * 1_000_000_000).checked_div(rate).unwrap_or(0));
        parent.until(began + due);
        parent.fork(index, lifetime);
    }
    parent.rest();
    let mut out: Box<dyn Write> = match arguments.get(5) {
        Some(path) => {
            let mut file = std::fs::File::create(path).expect("a file to write to");
            writeln!(file, "{}", std::process::id()).expect("room for a line");
            Box::new(file)
        }
        None => Box::new(std::io::stdout().lock()),
    };
    for line in parent.lines {
        writeln!(out, "{line}").expect("somebody reads");
    }
    writeln!(out, "done")
        .and_then(|()| out.flush())
        .expect("somebody reads");
    drop(out);
    std::io::stdin().read_line(&mut String::new()).expect("the end");
}

fn dispose(handler: SigHandler, flags: SaFlags) {
    let action = SigAction::new(handler, flags, SigSet::empty());
    // SAFETY: no handler of ours runs.
    unsafe { sigaction(Signal::SIGCHLD, &action) }.expect("set what SIGCHLD does");
}

struct Parent {
    policy: String,
    /// Children and their codes, as far as nothing was seen of their end.
    living: Vec<(Pid, u64)>,
    /// Those whose exit was seen, and when.
    zombies: Vec<(Pid, u64, u64)>,
    lines: Vec<String>,
}

impl Parent {
    fn fork(&mut self, index: u64, lifetime: Duration) {
        let code = index % 251;
        // SAFETY: the process has one thread, so the child may run anything.
        match unsafe { fork() }.expect("fork") {
            ForkResult::Child => {
                std::thread::sleep(lifetime);
                // SAFETY: it does not return, and takes any code.
                unsafe { libc::_exit(i32::try_from(code).unwrap_or(0)) }
            }
            ForkResult::Parent { child } => self.living.push((child, code)),
        }
    }

    /// Deals with the children until then.
    fn until(&mut self, due: Instant) {
        loop {
            self.turn();
            let left = due.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(TURN));
        }
    }

    /// Deals with those that are left.
    fn rest(&mut self) {
        if self.discards() {
            // With nobody to wait for, this fails once all are gone.
            while waitid(Id::All, WaitPidFlag::WEXITED).is_ok() {}
            let codes = self.living.drain(..).map(|(pid, code)| format!("{pid} {code} 0 0"));
            self.lines.extend(codes);
        }
        while !self.living.is_empty() || !self.zombies.is_empty() {
            self.turn();
            std::thread::sleep(TURN);
        }
    }

    fn discards(&self) -> bool {
        matches!(self.policy.as_str(), "ignore" | "nocldwait")
    }

    fn turn(&mut self) {
        match self.policy.as_str() {
            "wait" => self.time(),
            "loop" => {
                let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG;
                while let Ok(WaitStatus::Exited(pid, code)) = waitid(Id::All, flags) {
                    self.lines.push(format!("{pid} {code} 0 0"));
                    self.living.retain(|(living, _)| *living != pid);
                }
            }
            _ => {}
        }
    }

    /// Waits for those that have been zombies for long enough, and sees who has become one.
    fn time(&mut self) {
        let ripe = now().saturating_sub(ZOMBIE);
        let (waited, zombies) = self.zombies.drain(..).partition(|(_, _, exited)| *exited < ripe);
        self.zombies = zombies;
        for (pid, code, exited) in waited {
            waitid(Id::Pid(pid), WaitPidFlag::WEXITED).expect("wait for a child");
            self.lines.push(format!("{pid} {code} {exited} {}", now()));
        }
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        let has_exited = |pid| matches!(waitid(Id::Pid(pid), flags), Ok(WaitStatus::Exited(..)));
        let (exited, living) = self.living.drain(..).partition(|(pid, _)| has_exited(*pid));
        self.living = living;
        let exited: Vec<(Pid, u64)> = exited;
        self.zombies
            .extend(exited.into_iter().map(|(pid, code)| (pid, code, now())));
    }
}

fn now() -> u64 {
    let now = clock_gettime(ClockId::CLOCK_BOOTTIME).expect("the clock");
    u64::try_from(now.tv_sec()).unwrap_or(0) * 1_000_000_000 + u64::try_from(now.tv_nsec()).unwrap_or(0)
}
