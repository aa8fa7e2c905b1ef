//! The reference: the same servers in plain C, compiled here from the sources beside this file.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The compiled servers; their files go with this value.
pub(super) struct Plain {
    directory: tempfile::TempDir,
}

impl Plain {
    /// Compiles them; says why not where that cannot be done.
    pub(super) fn compile(models: &[&str]) -> Result<Self, String> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/benches/servers");
        let directory = tempfile::tempdir().map_err(|error| format!("make a directory: {error}"))?;
        for model in models {
            let output = Command::new("cc")
                .args(["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-o"])
                .arg(directory.path().join(model))
                .arg(sources.join(format!("{model}.c")))
                .output()
                .map_err(|error| format!("run cc: {error}"))?;
            if !output.status.success() {
                let said = String::from_utf8_lossy(&output.stderr);
                return Err(format!("cc {model}.c: {}", said.trim()));
            }
        }
        Ok(Self { directory })
    }

    /// The program of a model.
    pub(super) fn program(&self, model: &str) -> PathBuf {
        self.directory.path().join(model)
    }
}
