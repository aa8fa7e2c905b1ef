//! The terminal: taken at the start, given back on every way out, whatever ends us: the guard's drop, a panic of any
//! thread, a signal, a stop.

use std::cell::RefCell;
use std::io::{self, Write};
use std::mem::ManuallyDrop;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crossterm::cursor::{Hide, Show};
use crossterm::queue;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::backend::Backend;
use ratatui::buffer::{Buffer, CellDiffOption};
use ratatui::layout::{Position, Rect};

use crate::words::cells::width;

use super::look::Look;

use outlet::Outlet;
use steady::Steady;

mod outlet;
mod probe;
mod steady;

/// A thread has panicked: the terminal was given back, and must not be drawn on again.
static PANICKED: AtomicBool = AtomicBool::new(false);

/// The terminal is ours: it has to be given back, once.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The mouse is ours, too, whenever the terminal is.
static MOUSE: AtomicBool = AtomicBool::new(false);

/// What goes to the terminal; held by whoever writes, so that the words of a panic do not end up in the midst of a frame.
static OUTLET: Mutex<Outlet> = Mutex::new(Outlet::new());

/// So long a terminal may take for the last that it is told before it is left.
const LAST: Duration = Duration::from_secs(1);

/// Whether any thread has panicked.
pub fn panicked() -> bool {
    PANICKED.load(Ordering::SeqCst)
}

/// The terminal while it is ours. Dropping it gives it back.
pub struct Screen {
    /// Never dropped: it would show the cursor once more and, where the terminal is gone, complain on standard error,
    /// which is gone as well: a panic.
    terminal: ManuallyDrop<ratatui::Terminal<Steady<Frame>>>,
    /// What the terminal is to be told of the present frame.
    frame: Frame,
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
            look.ascii = probe::draws_wide(tell).inspect_err(|_| give_back())? == Some(true);
        }
        let frame = Frame::default();
        let terminal = ratatui::Terminal::new(Steady::new(frame.clone())).inspect_err(|_| give_back())?;
        Ok(Self {
            terminal: ManuallyDrop::new(terminal),
            frame,
            halves: Vec::new(),
            stale: false,
        })
    }

    /// Takes the mouse as well: clicks and the wheel come as events then, and the terminal no longer selects text.
    pub fn take_mouse(&mut self) -> io::Result<()> {
        MOUSE.store(true, Ordering::SeqCst);
        let mut told = Vec::new();
        queue!(told, TakeMouse)?;
        tell(&told).map(drop)
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

    /// Writes what the terminal takes of what it has not taken yet; true when nothing is left.
    pub fn push(&mut self) -> io::Result<bool> {
        tell(&[])
    }

    /// Draws one frame, of which the terminal takes what it can; false where [`Self::push`] is to write the rest. The terminal shows it at
    /// once and whole, where it knows synchronized updates. `render` says where the cursor stands; it is hidden where
    /// that is nowhere.
    pub fn draw(&mut self, render: impl FnOnce(Rect, &mut Buffer) -> Option<Position>) -> io::Result<bool> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
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
        queue!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        let told = std::mem::take(&mut *self.frame.0.borrow_mut());
        tell(&told)
    }
}

/// The bytes of a frame, until they are told.
#[derive(Debug, Clone, Default)]
struct Frame(Rc<RefCell<Vec<u8>>>);

impl Write for Frame {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
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
fn writing() -> Option<MutexGuard<'static, Outlet>> {
    let writing = OUTLET.lock().unwrap_or_else(PoisonError::into_inner);
    (!panicked()).then_some(writing)
}

/// Writes these to the terminal, behind what it has not taken yet, as far as it takes them now; true when nothing is left.
fn tell(bytes: &[u8]) -> io::Result<bool> {
    let Some(mut outlet) = writing() else { return Ok(true) };
    outlet.put(bytes);
    outlet.push()
}

fn take() -> io::Result<()> {
    let Some(mut outlet) = writing() else { return Ok(()) };
    enable_raw_mode()?;
    TAKEN.store(true, Ordering::SeqCst);
    let mut told = Vec::new();
    queue!(told, EnterAlternateScreen, Hide)?;
    if MOUSE.load(Ordering::SeqCst) {
        queue!(told, TakeMouse)?;
    }
    outlet.open();
    outlet.put(&told);
    let taken = outlet.push();
    taken.map(drop).inspect_err(|_| give_back_through(&mut outlet))
}

fn give_back() {
    give_back_through(&mut OUTLET.lock().unwrap_or_else(PoisonError::into_inner));
}

/// On the way out a terminal that is gone is nothing to complain about; and one that takes nothing is not waited for.
fn give_back_through(outlet: &mut Outlet) {
    // A terminal that leaves the other screen twice moves its cursor to where it once was.
    if TAKEN.swap(false, Ordering::SeqCst) {
        let mut told = Vec::new();
        if MOUSE.load(Ordering::SeqCst) {
            let _ = queue!(told, GiveMouseBack);
        }
        let _ = queue!(told, EndSynchronizedUpdate, Show, LeaveAlternateScreen);
        outlet.put(&told);
        let _ = outlet.finish(LAST);
        outlet.clear();
        let _ = disable_raw_mode();
    }
}

/// A panic on any thread gives the terminal back first, so that its message can be read.
fn give_back_on_panic() {
    let earlier = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        // What is written takes less than this, unless standard output is what does not take it.
        let mut frames = (0..100).map(|_| OUTLET.try_lock().ok().or_else(breathe));
        let writing = frames.find_map(|writing| writing);
        PANICKED.store(true, Ordering::SeqCst);
        match writing {
            Some(mut outlet) => give_back_through(&mut outlet),
            None => give_back_through(&mut Outlet::new()),
        }
        earlier(panic);
    }));
}

/// Gives another thread the time to finish.
fn breathe<T>() -> Option<T> {
    std::thread::sleep(Duration::from_millis(1));
    None
}
