//! The real binary on a pseudo-terminal: keys go in, the screen that comes out is read as a terminal would show it. It
//! knows where rows of the tree stand, and nothing of what they should say.

use std::num::NonZeroU16;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{FlowArg, Termios, tcflow, tcgetattr};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use pty_process::{Command, Pts, Pty, Size};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Child;
use tokio::runtime::Runtime;
use tokio::time::timeout;

use super::served::DEADLINE;
use super::tagged::Tag;

/// How long one look at the terminal waits for something new.
const LOOK: Duration = Duration::from_millis(50);

/// The question where the cursor is (DSR 6).
const WHERE: &[u8] = b"\x1b[6n";

/// What begins a frame: a synchronized update.
const FRAME: &[u8] = b"\x1b[?2026h";

/// What ends it.
const FRAME_END: &[u8] = b"\x1b[?2026l";

/// The tool on a terminal of its own.
pub(crate) struct Tool {
    runtime: Runtime,
    pty: Option<Pty>,
    pts: Pts,
    child: Child,
    parser: vt100::Parser,
    /// All that it has written.
    pub(crate) bytes: Vec<u8>,
    /// So much of it the terminal has shown.
    shown: usize,
    /// Behind a line that was drawn in the first column the cursor stands in this one.
    column: u16,
    /// How the terminal was set before.
    before: Termios,
    tag: Tag,
}

/// A row of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) pid: i32,
    /// What follows the pid.
    pub(crate) said: String,
    /// The mark of the selection stands before it.
    pub(crate) selected: bool,
    /// It hangs under another.
    pub(crate) child: bool,
}

impl Row {
    /// It has no ghost's mark.
    pub(crate) fn is_there(&self) -> bool {
        !self.said.starts_with('†')
    }
}

impl Tool {
    /// Starts it on a terminal of 120×36.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::start_with((120, 36), args, &[])
    }

    /// Starts it on a terminal of that size (columns, rows), with these variables in its environment.
    pub(crate) fn start_with(size: (u16, u16), args: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::begin(None, size, args, environment)
    }

    /// The terminal draws characters of ambiguous width two cells wide, and says so when it is asked.
    pub(crate) fn drawing_wide(mut self) -> Self {
        self.column = 3;
        self
    }

    /// Starts it in that directory.
    pub(crate) fn start_in(directory: &Path, size: (u16, u16), args: &[&str]) -> Self {
        Self::begin(Some(directory), size, args, &[])
    }

    fn begin(directory: Option<&Path>, size: (u16, u16), args: &[&str], environment: &[(&str, &str)]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let tag = Tag::new();
        let (pty, pts, child, before) = runtime.block_on(async {
            let (pty, pts) = pty_process::open().unwrap();
            pty.resize(Size::new(size.1, size.0)).unwrap();
            let before = tcgetattr(&pts).unwrap();
            let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"))
                .args(args)
                .env_clear()
                .env("TERM", "xterm-256color")
                .env(Tag::NAME, tag.value())
                .envs(environment.iter().copied())
                .kill_on_drop(true);
            if let Some(path) = std::env::var_os("PATH") {
                command = command.env("PATH", path);
            }
            if let Some(directory) = directory {
                command = command.current_dir(directory);
            }
            let child = command.spawn_borrowed(&pts).unwrap();
            (pty, pts, child, before)
        });
        let [columns, rows] = [size.0, size.1].map(|cells| NonZeroU16::new(cells).unwrap());
        Self {
            runtime,
            pty: Some(pty),
            pts,
            child,
            parser: vt100::Parser::new(rows, columns, 0),
            bytes: Vec::new(),
            shown: 0,
            column: 2,
            before,
            tag,
        }
    }

    pub(crate) fn pid(&self) -> i32 {
        self.child.id().expect("not waited for yet").cast_signed()
    }

    pub(crate) fn tag(&self) -> &Tag {
        &self.tag
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// What the terminal shows.
    pub(crate) fn text(&self) -> String {
        self.screen().contents()
    }

    /// The line at the top.
    pub(crate) fn header(&self) -> String {
        self.text().lines().next().unwrap_or_default().to_owned()
    }

    /// The rows of the tree that can be seen.
    pub(crate) fn rows(&self) -> Vec<Row> {
        // Below the tree a sentence may begin with a pid too.
        let text = self.text();
        text.lines()
            .take_while(|line| !line.starts_with('╰'))
            .filter_map(row)
            .collect()
    }

    /// The rows below the root that are no ghosts.
    pub(crate) fn children(&self) -> Vec<Row> {
        let rows = self.rows().into_iter();
        rows.filter(|row| row.child && row.is_there()).collect()
    }

    /// Types these.
    pub(crate) fn keys(&mut self, keys: &str) {
        let pty = self.pty.as_mut().unwrap();
        self.runtime.block_on(pty.write_all(keys.as_bytes())).unwrap();
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Looks until it has been stopped.
    #[track_caller]
    pub(crate) fn until_stopped(&mut self) {
        let flags = WaitPidFlag::WUNTRACED | WaitPidFlag::WNOHANG;
        let deadline = Instant::now() + DEADLINE;
        while !matches!(
            waitpid(Pid::from_raw(self.pid()), Some(flags)).unwrap(),
            WaitStatus::Stopped(..)
        ) {
            assert!(Instant::now() < deadline, "it goes on\n{}", self.text());
            // Else it may not be able to write what comes before its stop.
            self.look(LOOK);
        }
    }

    /// The terminal takes nothing from now on, or again: as Ctrl-S and Ctrl-Q have it, or a connection that is dead.
    pub(crate) fn takes(&self, takes: bool) {
        tcflow(&self.pts, if takes { FlowArg::TCOON } else { FlowArg::TCOOFF }).unwrap();
    }

    pub(crate) fn resize(&mut self, columns: u16, rows: u16) {
        self.pty.as_ref().unwrap().resize(Size::new(rows, columns)).unwrap();
        let [columns, rows] = [columns, rows].map(|cells| NonZeroU16::new(cells).unwrap());
        self.parser.set_size(rows, columns);
    }

    /// Takes in what comes next, and shows all whole frames of it; false where nothing came in time.
    pub(crate) fn look(&mut self, patience: Duration) -> bool {
        let came = self.read(patience);
        while self.show() {}
        came
    }

    /// Shows what was written up to the end of the next frame, or what lies before an unfinished one: nobody is to look
    /// at half a frame, and none is to be missed because the next came with it. False where there is nothing.
    fn show(&mut self) -> bool {
        let find = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
        let rest = &self.bytes[self.shown..];
        let count = match (find(rest, FRAME), find(rest, FRAME_END)) {
            (_, Some(end)) => end + FRAME_END.len(),
            (Some(begin), None) => begin,
            (None, None) => rest.len(),
        };
        self.parser.process(&rest[..count]);
        self.shown += count;
        count > 0
    }

    fn read(&mut self, patience: Duration) -> bool {
        let Some(pty) = self.pty.as_mut() else { return false };
        let mut bytes = [0; 16 * 1024];
        let read = self
            .runtime
            .block_on(async { timeout(patience, pty.read(&mut bytes)).await });
        let count = match read {
            Ok(Ok(count)) => count,
            Ok(Err(_)) | Err(_) => 0,
        };
        let before = self.bytes.len().saturating_sub(WHERE.len() - 1);
        self.bytes.extend(&bytes[..count]);
        if self.bytes[before..].windows(WHERE.len()).any(|window| window == WHERE) {
            // As any terminal answers.
            self.keys(&format!("\x1b[1;{}R", self.column));
        }
        count > 0
    }

    /// Looks, frame by frame, until it is so. Panics with what the terminal shows when that takes too long.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !is_so(self) {
            assert!(Instant::now() < deadline, "waited in vain: {what}\n{}", self.text());
            if !self.show() {
                self.read(LOOK);
            }
        }
    }

    /// Looks until the terminal shows this.
    #[track_caller]
    pub(crate) fn until_text(&mut self, text: &str) {
        self.until(text, |tool| tool.text().contains(text));
    }

    /// Looks until so many rows hang below the root.
    #[track_caller]
    pub(crate) fn until_children(&mut self, count: usize) {
        self.until(&format!("{count} children"), |tool| tool.children().len() == count);
    }

    /// Looks until all rows below the root are of processes that were read. A signal goes to whom the key of a process
    /// names, and a child has one only then.
    #[track_caller]
    pub(crate) fn until_read(&mut self) {
        let read = |tool: &Self| tool.children().iter().all(|child| child.said.starts_with('S'));
        self.until("children that were read", read);
    }

    /// Another program writes over the terminal.
    pub(crate) fn scribble(&mut self) {
        self.parser.process(b"\x1b[2J\x1b[Hscribble");
    }

    /// How many frames it has drawn.
    pub(crate) fn frames(&self) -> usize {
        self.bytes
            .windows(FRAME.len())
            .filter(|window| *window == FRAME)
            .count()
    }

    /// Takes in what it has written, while it can write no more.
    fn drain(&mut self) {
        while self.look(LOOK) {}
    }

    /// The terminal is as before.
    #[track_caller]
    pub(crate) fn assert_restored(&mut self) {
        self.drain();
        let screen = self.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is still there");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        let mouse = screen.mouse_protocol_mode();
        assert_eq!(mouse, vt100::MouseProtocolMode::None, "the mouse is still taken");
        assert_eq!(
            tcgetattr(&self.pts).unwrap(),
            self.before,
            "the terminal is set otherwise"
        );
    }

    /// Waits for its end: its exit code, or 128 + the signal; by then nothing that it started is left.
    #[track_caller]
    pub(crate) fn wait(&mut self) -> i32 {
        let deadline = Instant::now() + DEADLINE;
        let status = loop {
            // It may have to write before it can end.
            self.look(LOOK);
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "it goes on\n{}", self.text());
        };
        self.tag.until_none();
        status.code().or(status.signal().map(|signal| 128 + signal)).unwrap()
    }

    /// Waits for its end, with that code, and looks whether the terminal is as before.
    #[track_caller]
    pub(crate) fn ends(mut self, code: i32) {
        let found = self.wait();
        self.drain();
        assert_eq!(found, code, "{}", self.text());
        self.assert_restored();
    }

    /// Closes the terminal, as a window is closed.
    pub(crate) fn close(&mut self) {
        self.pty = None;
    }
}

/// A row of the tree: in a frame, perhaps marked, perhaps below lines that lead to it, a pid.
fn row(line: &str) -> Option<Row> {
    let inside = line.trim_start().strip_prefix('│')?;
    let selected = inside.starts_with('▌');
    let rest = inside.trim_start_matches(['▌', ' ', '│']);
    let child = rest.starts_with(['├', '└']);
    let rest = rest.trim_start_matches(['├', '└', '─']);
    let (pid, said) = rest.split_once(' ')?;
    Some(Row {
        pid: pid.parse().ok()?,
        // Without the glyph before the letter.
        said: said.trim_start_matches([' ', '●', '○', '◐', '■', '×', '·']).to_owned(),
        selected,
        child,
    })
}
