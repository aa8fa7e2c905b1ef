//! The real binary: how it is run, and a snapshot of it taken apart. Every snapshot that a test takes is held against
//! the contract here.

use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::contract;
use super::served::until;

/// The binary, without what a user's own environment would change.
pub(crate) fn forkscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    forkscope().args(args).output().unwrap()
}

/// What it said on standard error when it refused, and its exit code. Nothing was printed.
pub(crate) fn refused(args: &[&str]) -> (Option<i32>, String) {
    let output = run(args);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{args:?}");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// A snapshot that keeps the contract.
#[derive(Debug)]
pub(crate) struct Shot(pub(crate) Value);

impl Shot {
    /// What a run printed.
    pub(crate) fn of(output: &Output) -> Self {
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), &*said), (Some(0), ""), "{:?}", output.status);
        let text = std::str::from_utf8(&output.stdout).unwrap();
        assert!(text.ends_with('\n') && text.lines().count() == 1, "one line: {text}");
        let snapshot = serde_json::from_str(text).unwrap();
        contract::check(&snapshot);
        Self(snapshot)
    }

    /// Takes one.
    pub(crate) fn take(args: &[&str]) -> Self {
        Self::of(&forkscope().args(["snapshot", "--json"]).args(args).output().unwrap())
    }

    /// Takes one after the other until one is as it should be.
    pub(crate) fn until(args: &[&str], is_so: impl Fn(&Self) -> bool) -> Self {
        until(|| {
            let shot = Self::take(args);
            if is_so(&shot) {
                Ok(shot)
            } else {
                Err(shot.0.to_string())
            }
        })
    }

    pub(crate) fn processes(&self) -> &[Value] {
        self.0["processes"].as_array().unwrap()
    }

    pub(crate) fn process(&self, pid: i32) -> &Value {
        let found = self.processes().iter().find(|process| process["pid"] == pid);
        found.unwrap_or_else(|| panic!("no {pid} in {}", self.0))
    }

    pub(crate) fn zombies(&self) -> Vec<&Value> {
        self.processes()
            .iter()
            .filter(|process| process["zombie"] == true)
            .collect()
    }

    /// How many zombies there are, and how many others below the roots.
    pub(crate) fn census(&self) -> (usize, usize) {
        let zombies = self.zombies().len();
        let roots = self.0["roots"].as_array().unwrap().iter();
        let roots: Vec<&Value> = roots.map(|root| &root["pid"]).collect();
        let others = self
            .processes()
            .iter()
            .filter(|process| process["zombie"] == false && !roots.contains(&&process["pid"]));
        (zombies, others.count())
    }
}
