//! Names from strangers: whatever a process calls itself, nothing of it acts on a terminal or a reader.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};

use super::served::until;
use super::tool::{Shot, run};

/// At most 15 bytes are kept of a name.
const COMM: &[u8] = b"a) Z (\n\x1b[31m\xff";

/// Its argument: a sequence, a C1 control, marks of direction, a byte that is no UTF-8.
const ARGUMENT: &[u8] = b"\x1b]0;title\x07 \xc2\x9b31m \xe2\x80\xae\xe2\x81\xa6 \xfe) S 1 (\r\nx";

/// A shell by that name, which waits for its input.
struct Stranger(Child);

impl Stranger {
    fn start(place: &tempfile::TempDir) -> Self {
        let name = place.path().join(OsStr::from_bytes(COMM));
        symlink("/bin/sh", &name).unwrap();
        let mut command = Command::new(&name);
        command
            .args(["-c", "read line", "name"])
            .arg(OsStr::from_bytes(ARGUMENT));
        let child = command.stdin(Stdio::piped()).spawn().unwrap();
        let comm = format!("/proc/{}/comm", child.id());
        until(|| match std::fs::read(&comm).unwrap() {
            found if found.strip_suffix(b"\n") == Some(COMM) => Ok(()),
            found => Err(format!("{found:?}")),
        });
        Self(child)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn names_of_strangers_are_made_visible() {
    let place = tempfile::tempdir().unwrap();
    let stranger = Stranger::start(&place);
    let pid = stranger.0.id().to_string();
    let shot = Shot::take(&["--pid", &pid]);
    let process = shot.process(stranger.0.id().cast_signed());
    assert_eq!(process["comm"], "a) Z (\\n\\x1b[31m\\xff");
    let command = process["command"].as_str().unwrap();
    let argument = "\\x1b]0;title\\x07 \\x9b31m \\u{202e}\\u{2066} \\xfe) S 1 (\\r\\nx";
    assert!(command.ends_with(argument), "{command}");
    assert_eq!(
        (&process["state"], process["zombie"].as_bool()),
        (&"S".into(), Some(false))
    );
    let text = String::from_utf8(run(&["snapshot", "--pid", &pid]).stdout).unwrap();
    assert!(text.contains(argument), "{text}");
    let acts = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c) || c == '\u{2066}';
    assert!(!text.contains(acts), "{text:?}");
    assert_eq!(text.lines().filter(|line| line.contains(&pid)).count(), 1, "{text}");
}

#[test]
fn an_error_names_them_as_visibly() {
    let output = run(&["snapshot", "--", "no\x1b[31m\u{202e}such"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(127), "{said}");
    assert!(!said.contains(['\x1b', '\u{202e}']), "{said:?}");
}
