//! The real program as a test runs it: its lines as they come, its end, and nothing of it left behind. Everything
//! here waits for what it waits for, with a deadline; nothing sleeps.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, mkfifo};
use serde_json::Value;

/// How long anything may take on a machine that is busy with other things.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// The program.
pub(crate) const FORKSCOPE: &str = env!("CARGO_BIN_EXE_forkscope");

/// A run of the program.
pub(crate) struct Running {
    pid: Pid,
    lines: Receiver<String>,
    errors: Receiver<String>,
    ended: Receiver<ExitStatus>,
    over: bool,
}

impl Running {
    /// Runs it with these arguments, in English.
    pub(crate) fn start(args: &[&str]) -> Self {
        let mut command = Command::new(FORKSCOPE);
        command.args(args).env("LC_ALL", "C");
        Self::of(command)
    }

    /// Runs this command line, which becomes the program.
    pub(crate) fn of(mut command: Command) -> Self {
        command.stdout(Stdio::piped());
        let mut child = Self::spawn(&mut command);
        let output = child.stdout.take().expect("piped");
        Self::watch(child, Some(output))
    }

    /// Runs it with its output going there.
    pub(crate) fn into(args: &[&str], output: impl Into<Stdio>) -> Self {
        let mut command = Command::new(FORKSCOPE);
        command.args(args).env("LC_ALL", "C").stdout(output);
        Self::watch(Self::spawn(&mut command), None::<File>)
    }

    fn spawn(command: &mut Command) -> Child {
        let command = command.stdin(Stdio::null()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    }

    fn watch(mut child: Child, output: Option<impl Read + Send + 'static>) -> Self {
        let pid = Pid::from_raw(child.id().cast_signed());
        let (said, lines) = channel();
        if let Some(output) = output {
            thread::spawn(move || {
                let mut lines = BufReader::new(output).lines().map_while(Result::ok);
                // Where nobody listens any more, the pipe is closed.
                lines.all(|line| said.send(line).is_ok());
            });
        }
        let mut complaints = child.stderr.take().expect("piped");
        let (complained, errors) = channel();
        thread::spawn(move || {
            let mut text = String::new();
            complaints.read_to_string(&mut text).ok();
            complained.send(text).ok();
        });
        let (tell, ended) = channel();
        thread::spawn(move || {
            if let Ok(status) = child.wait() {
                tell.send(status).ok();
            }
        });
        Self {
            pid,
            lines,
            errors,
            ended,
            over: false,
        }
    }

    /// Its next line.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        match self.lines.recv_timeout(DEADLINE) {
            Ok(line) => line,
            Err(error) => panic!("no line: {error}"),
        }
    }

    /// Its next line, which is an object.
    #[track_caller]
    pub(crate) fn object(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"))
    }

    /// The next of its objects for which this is so; those before it are kept in `passed`.
    #[track_caller]
    pub(crate) fn next(&mut self, passed: &mut Vec<Value>, is_so: impl Fn(&Value) -> bool) -> Value {
        loop {
            let object = self.object();
            passed.push(object.clone());
            if is_so(&object) {
                return object;
            }
        }
    }

    /// All the lines that are still to come.
    #[track_caller]
    pub(crate) fn rest(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.lines.recv_timeout(DEADLINE) {
                Ok(line) => lines.push(line),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return lines,
                Err(error) => panic!("it goes on: {error}; {lines:#?}"),
            }
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        assert!(!self.over, "its pid is no longer its own");
        kill(self.pid, signal).expect("signal the program");
    }

    /// Waits for its end: the exit code, and what it said on standard error.
    #[track_caller]
    pub(crate) fn end(&mut self) -> (i32, String) {
        let status = self.ended.recv_timeout(DEADLINE).expect("it ends");
        self.over = true;
        let errors = self.errors.recv_timeout(DEADLINE).expect("standard error is closed");
        (status.code().expect("an exit code"), errors)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Its guardian ends what it has launched. Whoever has been waited for is not signalled.
        if !self.over && self.ended.try_recv().is_err() {
            kill(self.pid, Signal::SIGKILL).ok();
            self.ended.recv_timeout(DEADLINE).ok();
        }
    }
}

/// A process of the test's own, killed and waited for when dropped.
pub(crate) struct Own(pub(crate) Child);

impl Own {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).spawn().expect("start a process"))
    }

    /// A shell that runs this, with these as $1 and so on.
    pub(crate) fn shell(script: &str, args: &[&Path]) -> Self {
        let mut command = Command::new("sh");
        Self::start(command.args(["-c", script, "sh"]).args(args))
    }

    pub(crate) fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A named pipe on which processes wait until the test lets them go on. It is open at both ends here, so that
/// neither side waits for the other to open it.
pub(crate) struct Gate {
    pub(crate) path: PathBuf,
    file: File,
}

impl Gate {
    /// A new one in that directory, which every user may open.
    pub(crate) fn new(directory: &Path, name: &str) -> Self {
        let path = directory.join(name);
        mkfifo(&path, Mode::from_bits_truncate(0o666)).expect("make a named pipe");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).expect("open to all");
        let file = OpenOptions::new().read(true).write(true).open(&path).expect("open it");
        Self { path, file }
    }

    /// The path as an argument.
    pub(crate) fn arg(&self) -> &str {
        self.path.to_str().expect("UTF-8")
    }

    /// Lets one go on.
    pub(crate) fn open(&mut self) {
        self.file.write_all(b"\n").expect("write to the named pipe");
    }

    /// Waits until somebody has written a line there, which says that it has come so far.
    #[track_caller]
    pub(crate) fn heard(&self) -> String {
        let file = self.file.try_clone().expect("duplicate the named pipe");
        let (tell, told) = channel();
        thread::spawn(move || {
            let mut line = String::new();
            BufReader::new(file).read_line(&mut line).ok();
            tell.send(line).ok();
        });
        told.recv_timeout(DEADLINE).expect("a line through the named pipe")
    }
}

/// A directory for named pipes, and the program where every user may run it.
pub(crate) fn place() -> tempfile::TempDir {
    let place = tempfile::tempdir().expect("a directory");
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o755)).expect("open to all");
    place
}

/// A command line that runs the program as nobody, from a copy; `None` for whoever is not root.
pub(crate) fn as_nobody(place: &Path, args: &[&str]) -> Option<Command> {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can become nobody");
        return None;
    }
    let copy = place.join("forkscope");
    std::fs::copy(FORKSCOPE, &copy).expect("copy the program");
    std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o755)).expect("open to all");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    command.arg(copy).args(args).env("LC_ALL", "C").current_dir("/");
    Some(command)
}
