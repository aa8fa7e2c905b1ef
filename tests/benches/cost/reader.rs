//! The bound beside which the watched server's loss stands: a reader of the same performance events that does nothing,
//! compiled here from the C source beside this file; and forkstat, where it is installed.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The compiled reader; its file goes with this value.
pub(super) struct Readers {
    directory: tempfile::TempDir,
}

/// A program that reads; it ends with this value.
pub(super) struct Reading {
    child: Child,
}

impl Readers {
    /// Compiles it; says why not where that cannot be done.
    pub(super) fn compile() -> Result<Self, String> {
        let directory = tempfile::tempdir().map_err(|error| format!("make a directory: {error}"))?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/benches/cost/reader.c");
        let output = Command::new("cc")
            .args(["-O2", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(directory.path().join("reader"))
            .arg(source)
            .output()
            .map_err(|error| format!("run cc: {error}"))?;
        if output.status.success() {
            Ok(Self { directory })
        } else {
            Err(format!(
                "cc reader.c: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            ))
        }
    }

    /// Has it read the events of a process and of all that it forks.
    pub(super) fn read(&self, pid: u32) -> Reading {
        let mut child = Command::new(self.directory.path().join("reader"))
            .arg(pid.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("run the reader");
        let out = child.stdout.take().expect("its output");
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("it says that it reads");
        assert_eq!(line, "reading\n", "the reader may open events");
        Reading { child }
    }
}

/// forkstat, of all processes; `None` where it is not installed.
pub(super) fn forkstat() -> Option<Reading> {
    let mut command = Command::new("forkstat");
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    Some(Reading { child })
}

impl Reading {
    /// Its pid.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
