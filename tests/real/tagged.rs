//! A tag in the environment, which all that a process starts inherit: what is left of it is whatever still carries the
//! tag in /proc (a process that writes over its environment gets away).

use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};

use super::served::until;

/// A tag that no other test has.
#[derive(Debug)]
pub(crate) struct Tag(String);

impl Tag {
    /// The name of the variable.
    pub(crate) const NAME: &str = "FORKSCOPE_TEST_TAG";

    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self(format!("{}.{number}", std::process::id()))
    }

    /// The value of the variable.
    pub(crate) fn value(&self) -> &str {
        &self.0
    }

    /// All living processes that carry it.
    pub(crate) fn processes(&self) -> Vec<i32> {
        let variable = format!("{}={}", Self::NAME, self.0);
        let carries = |pid: &i32| {
            let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|found| found == variable.as_bytes())
        };
        pids().into_iter().filter(carries).collect()
    }

    /// Waits until none is left. One look can miss what is just being forked.
    pub(crate) fn until_none(&self) {
        until(
            || match (0..3).map(|_| self.processes()).find(|left| !left.is_empty()) {
                None => Ok(()),
                Some(left) => Err(format!("still there: {left:?}")),
            },
        );
    }
}

fn pids() -> Vec<i32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}
