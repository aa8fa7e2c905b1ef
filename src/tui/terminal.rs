//! The terminal: taken at the start, given back on every way out, whatever ends us: the guard's drop, a panic of any
//! thread, a signal, a stop.

use std::io::{self, BufWriter, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::execute;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::backend::Backend;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::{Position, Rect};

use crate::words::cells::width;

use super::look::Look;

use steady::Steady;

mod probe;
mod steady;

/// A thread has panicked: the terminal was given back, and must not be drawn on again.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// The terminal is ours: it has to be given back, once.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The mouse is ours, too, whenever the terminal is.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// Held by whoever writes to the terminal, so that the words of a panic do not end up in the midst of a frame.
static WRITING: Mutex<()> = Mutex::new(());

/// Whether any thread has panicked.
pub fn panicked() -> bool {
    PANICKED.load(Ordering::SeqCst)
}

/// The terminal while it is ours. Dropping it gives it back.
pub struct Screen {
    /// Never dropped: it would show the cursor once more and, where the terminal is gone, complain on standard error,
    /// which is gone as well: a panic.
    terminal: ManuallyDrop<ratatui::Terminal<Steady<BufWriter<Stdout>>>>,
    /// The second cells of the wide characters on screen.
    halves: Vec<Position>,
    /// What is on the terminal is not what was drawn last.
    stale: bool,
}

impl Screen {
    /// Takes the terminal. One that draws lines and arrows two cells wide is drawn on in ASCII from now on: what else
    /// stands in the second cell would push its neighbour aside, or take half of it away.
    pub fn enter(look: &mut Look) -> io::Result<Self> {
        give_back_on_panic();
        take()?;
        if !look.ascii {
            look.ascii = probe::draws_wide().inspect_err(|_| give_back())? == Some(true);
        }
        let backend = Steady::new(BufWriter::with_capacity(64 * 1024, stdout()));
        let terminal = ratatui::Terminal::new(backend).inspect_err(|_| give_back())?;
        Ok(Self {
            terminal: ManuallyDrop::new(terminal),
            halves: Vec::new(),
            stale: false,
        })
    }

    /// Takes the mouse as well: clicks and the wheel come as events then, and the terminal no longer selects text.
    pub fn take_mouse(&mut self) -> io::Result<()> {
        MOUSE.store(true, Ordering::SeqCst);
        match writing() {
            Some(_writing) => execute!(stdout(), TakeMouse),
            None => Ok(()),
        }
    }

    /// Gives the terminal back for a while; [`Self::resume`] takes it again.
    pub fn leave(&mut self) {
        give_back();
    }

    /// Takes the terminal again; everything on it has to be drawn anew.
    pub fn resume(&mut self) -> io::Result<()> {
        self.forget();
        take()
    }

    /// Forgets what is on the screen, so that all of it is drawn anew.
    pub fn forget(&mut self) {
        self.stale = true;
    }

    /// Its size.
    pub fn area(&self) -> io::Result<Rect> {
        let size = self.terminal.size()?;
        Ok(Rect::new(0, 0, size.width, size.height))
    }

    /// Draws one frame. The terminal shows it at once and whole, where it knows synchronized updates. `render` says
    /// where the cursor stands; it is hidden where that is nowhere.
    pub fn draw(&mut self, render: impl FnOnce(Rect, &mut Buffer) -> Option<Position>) -> io::Result<()> {
        let Some(_writing) = writing() else { return Ok(()) };
        crossterm::queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        if std::mem::take(&mut self.stale) {
            // `Terminal::clear` would ask the terminal where the cursor is, and wait for an answer that the reader of
            // keys takes away. Both buffers are empty after this, as the screen is.
            self.terminal.backend_mut().clear()?;
            self.terminal.swap_buffers();
        }
        let halves = &mut self.halves;
        self.terminal.draw(|frame| {
            let area = frame.area();
            if let Some(cursor) = render(area, frame.buffer_mut()) {
                frame.set_cursor_position(cursor);
            }
            *halves = part(halves, area, frame.buffer_mut());
        })?;
        crossterm::queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        io::Write::flush(self.terminal.backend_mut())
    }
}

/// Has the second half of each wide character that is no longer there drawn too, and gives those of the new ones.
/// Not every terminal clears it when only the first half is written over.
fn part(before: &[Position], area: Rect, buffer: &mut Buffer) -> Vec<Position> {
    let is_wide = |buffer: &Buffer, at: Position| buffer.cell(at).is_some_and(|cell| width(cell.symbol()) == 2);
    for half in before {
        let first = Position::new(half.x - 1, half.y);
        if !is_wide(buffer, first)
            && let Some(cell) = buffer.cell_mut(*half)
        {
            cell.set_diff_option(CellDiffOption::AlwaysUpdate);
        }
    }
    let firsts = area.positions().filter(|at| is_wide(buffer, *at));
    firsts.map(|first| Position::new(first.x + 1, first.y)).collect()
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Asks for clicks and the wheel (1000), and for movements while a button is held (1002), told in a form without bounds
/// (1006); see ctlseqs of xterm. Crossterm's own command asks for every movement as well, each of which would wake us.
struct TakeMouse;

impl crossterm::Command for TakeMouse {
    fn write_ansi(&self, out: &mut impl std::fmt::Write) -> std::fmt::Result {
        out.write_str("\x1b[?1000h\x1b[?1002h\x1b[?1006h")
    }
}

/// Asks for them no longer.
struct GiveMouseBack;

impl crossterm::Command for GiveMouseBack {
    fn write_ansi(&self, out: &mut impl std::fmt::Write) -> std::fmt::Result {
        out.write_str("\x1b[?1006l\x1b[?1002l\x1b[?1000l")
    }
}

/// Leave to write to the terminal; none once a thread has panicked.
fn writing() -> Option<MutexGuard<'static, ()>> {
    let writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    (!panicked()).then_some(writing)
}

fn take() -> io::Result<()> {
    let Some(_writing) = writing() else { return Ok(()) };
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    execute!(stdout(), EnterAlternateScreen, Hide).inspect_err(|_| give_back())?;
    if MOUSE.load(Ordering::SeqCst) {
        execute!(stdout(), TakeMouse).inspect_err(|_| give_back())?;
    }
    Ok(())
}

/// On the way out a terminal that is gone is nothing to complain about.
fn give_back() {
    // A terminal that leaves the other screen twice moves its cursor to where it once was.
    if TAKEN.swap(false, Ordering::SeqCst) {
        if MOUSE.load(Ordering::SeqCst) {
            let _ = execute!(stdout(), GiveMouseBack);
        }
        let _ = execute!(stdout(), EndSynchronizedUpdate, Show, LeaveAlternateScreen);
        let _ = disable_raw_mode();
        let _ = stdout().flush();
    }
}

/// A panic on any thread gives the terminal back first, so that its message can be read.
fn give_back_on_panic() {
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // A frame takes less than this, unless it is the one that panics.
        let mut frames = (0..100).map(|_| WRITING.try_lock().ok().or_else(breathe));
        let _writing = frames.find_map(|writing| writing);
        PANICKED.store(true, Ordering::SeqCst);
        give_back();
        earlier(panic);
    }));
}

/// Gives another thread the time to finish.
fn breathe<T>() -> Option<T> {
    std::thread::sleep(Duration::from_millis(1));
    None
}
