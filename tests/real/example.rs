//! The programs of `tests/programs`. Cargo builds them with all tests and not with a chosen one (`--test screen`): then
//! they are built here, when they are first missing.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where a program lies: beside the directory that the tests lie in.
pub(crate) fn example(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("this test");
    let built = own.parent().and_then(Path::parent).expect("target/*/deps");
    let path = built.join("examples").join(name);
    if !path.exists() {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["build", "--quiet", "--locked", "--example", name]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let ended = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(
            path.exists(),
            "{} is missing, and building it ended so: {ended:?}; try `cargo build --examples`",
            path.display()
        );
    }
    path
}
