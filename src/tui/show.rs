//! The loop that every screen of the terminal runs in: it waits for whatever comes first (a key, news from other
//! threads, a signal, the next frame), and draws only when something changed, at most thirty times a second. What
//! there is to see, and what a key does, is the screen's own ([`Show`]).

use std::io;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};
use tokio_stream::StreamExt;

use super::TuiError;
use super::terminal::{self, Screen};

/// At most one frame in this time, after a key: with the drawing it is seen within a thirtieth of a second.
const FRAME: Duration = Duration::from_millis(16);

/// At most one frame in this time while nobody types: as often as /proc is read by default. What happens after a while
/// of nothing is drawn at once.
const CALM_FRAME: Duration = Duration::from_millis(100);

/// After news comes the next no sooner than this, and no sooner than it can be drawn: a busy server has something to tell
/// a thousand times a second, and to be woken for each costs more than to draw it.
const HEARING: Duration = FRAME;

/// How soon a terminal that has not taken a whole frame is asked again.
const AGAIN: Duration = Duration::from_millis(10);

/// So many frames come as soon as there is something to be drawn: the empty screen, and the first that is known.
const AT_ONCE: u32 = 3;

/// Whether what is on the screen still is what there is to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It is.
    None,
    /// It has to be drawn anew.
    Something,
}

impl Change {
    /// Something where that is so.
    pub fn when(changed: bool) -> Self {
        if changed { Self::Something } else { Self::None }
    }
}

/// What an event of the terminal asks of the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Nothing: it means nothing here.
    Nothing,
    /// To draw what it changed, soon.
    Changed,
    /// To draw everything anew.
    Redraw,
    /// To stop for a while, as any program does on Ctrl-Z.
    Suspend,
    /// To end.
    Quit,
}

/// A screen: what is drawn, and what changes it.
pub trait Show {
    /// What reaches it from other threads.
    type News;

    /// Takes news, and all that wait behind it.
    fn take(&mut self, first: Self::News, rest: &mut UnboundedReceiver<Self::News>) -> Change;

    /// The program is about to be stopped, by a key or from outside: nobody who waits for it is to be stopped with it.
    fn before_stop(&mut self) {}

    /// Answers an event of the terminal: a key, the mouse. A new size is the loop's own affair.
    fn answer(&mut self, event: &Event) -> Answer;

    /// Looks up, before each frame and once in each [`Self::pace`]: time has passed.
    fn look_up(&mut self) -> Change;

    /// How often the screen changes by the passing of time alone.
    fn pace(&self) -> Duration;

    /// Fits its state to the size of the screen, before it is drawn.
    fn fit(&mut self, area: Rect);

    /// Draws it.
    fn draw(&self, area: Rect, buffer: &mut Buffer);

    /// Where text is being typed: the terminal's own cursor stands there, and so does what an input method composes.
    /// `None` where none is.
    fn cursor(&self, _area: Rect) -> Option<Position> {
        None
    }
}

/// The signals that a screen answers.
pub struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    quit: Signal,
    stop: Signal,
    go_on: Signal,
}

/// What a signal asks for.
enum Asked {
    End(i32),
    Stop,
    GoOn,
}

impl Signals {
    /// Catches them, from now on; to be called before anything else can end the program.
    pub fn catch() -> Result<Self, TuiError> {
        let catch = || -> io::Result<Self> {
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                stop: signal(SignalKind::from_raw(nix::libc::SIGTSTP))?,
                go_on: signal(SignalKind::from_raw(nix::libc::SIGCONT))?,
            })
        };
        catch().map_err(TuiError::Signals)
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::End(nix::libc::SIGTERM),
            _ = self.hang_up.recv() => Asked::End(nix::libc::SIGHUP),
            _ = self.interrupt.recv() => Asked::End(nix::libc::SIGINT),
            _ = self.quit.recv() => Asked::End(nix::libc::SIGQUIT),
            _ = self.stop.recv() => Asked::Stop,
            _ = self.go_on.recv() => Asked::GoOn,
        }
    }
}

/// Shows a screen on a terminal that was taken, until a key or a signal ends it: the signal, if it was one. A terminal
/// that is gone is one that was hung up.
pub async fn run<S: Show>(
    show: &mut S,
    news: &mut UnboundedReceiver<S::News>,
    screen: &mut Screen,
    signals: &mut Signals,
) -> Result<Option<i32>, TuiError> {
    let mut turn = Turn {
        show,
        news,
        screen,
        dirty: true,
        typed: false,
        drawn: None,
        frames: 0,
        looked: Instant::now(),
        deaf: Instant::now(),
        behind: false,
    };
    match turn.until_end(signals).await {
        // What is written to a terminal that is gone comes back as EIO, which can be sooner than the hang-up.
        Err(TuiError::Terminal(error)) if error.raw_os_error() == Some(nix::libc::EIO) => Ok(Some(nix::libc::SIGHUP)),
        outcome => outcome,
    }
}

/// The state of the loop.
struct Turn<'a, S: Show> {
    show: &'a mut S,
    news: &'a mut UnboundedReceiver<S::News>,
    screen: &'a mut Screen,
    dirty: bool,
    /// A key was taken since the last frame.
    typed: bool,
    drawn: Option<Instant>,
    frames: u32,
    looked: Instant,
    /// Until then news waits.
    deaf: Instant,
    /// The terminal has not taken all of the last frame.
    behind: bool,
}

impl<S: Show> Turn<'_, S> {
    async fn until_end(&mut self, signals: &mut Signals) -> Result<Option<i32>, TuiError> {
        let mut input = EventStream::new();
        loop {
            if terminal::panicked() {
                return Ok(None);
            }
            let wake = self.next_wake();
            // In this order: what was typed was meant for the screen that stood then, and is taken before anything that
            // changes it. Nobody types so fast that frames would wait for it.
            tokio::select! {
                biased;
                asked = signals.next() => match asked {
                    Asked::End(number) => return Ok(Some(number)),
                    Asked::Stop => self.suspend()?,
                    Asked::GoOn => self.resume()?,
                },
                event = input.next() => match event {
                    Some(Ok(event)) => {
                        if self.input(&event)? {
                            return Ok(None);
                        }
                    }
                    // The terminal is gone, as a hang-up would say a moment later.
                    Some(Err(_)) | None => return Ok(Some(nix::libc::SIGHUP)),
                },
                () = sleep_until(wake) => self.tick()?,
                Some(news) = hear(self.news, self.deaf) => self.take(news),
            }
        }
    }

    /// When there is something to be drawn, or to be looked at.
    fn next_wake(&self) -> Instant {
        let soonest = self.soonest();
        if self.behind {
            Instant::now() + AGAIN
        } else if self.dirty {
            soonest
        } else {
            self.looked + self.show.pace()
        }
    }

    /// When the next frame may be drawn.
    fn soonest(&self) -> Instant {
        let pause = if self.typed { FRAME } else { CALM_FRAME };
        let drawn = self.drawn.filter(|_| self.frames >= AT_ONCE);
        drawn.map_or_else(Instant::now, |drawn| drawn + pause)
    }

    fn note(&mut self, change: Change) {
        self.dirty |= change == Change::Something;
    }

    /// Takes news and all that wait behind it; the next will wait, too.
    fn take(&mut self, news: S::News) {
        if self.frames >= AT_ONCE {
            self.deaf = self.soonest().max(Instant::now() + HEARING);
        }
        let change = self.show.take(news, self.news);
        self.note(change);
    }

    /// Draws, if anything changed.
    fn tick(&mut self) -> Result<(), TuiError> {
        self.looked = Instant::now();
        if let Ok(news) = self.news.try_recv() {
            self.take(news);
        }
        let change = self.show.look_up();
        self.note(change);
        // A frame that is not out yet is followed by none.
        self.behind = !self.screen.push().map_err(TuiError::Terminal)?;
        if self.behind || !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        self.typed = false;
        self.drawn = Some(Instant::now());
        self.frames = self.frames.saturating_add(1);
        crate::observe::live::panic_if_asked("screen");
        let area = self.screen.area().map_err(TuiError::Terminal)?;
        self.show.fit(area);
        let drawn = self.screen.draw(|area, buffer| {
            self.show.draw(area, buffer);
            self.show.cursor(area)
        });
        self.behind = !drawn.map_err(TuiError::Terminal)?;
        Ok(())
    }

    /// Answers what was typed; true when that was to end.
    fn input(&mut self, event: &Event) -> Result<bool, TuiError> {
        if matches!(event, Event::Resize(..)) {
            // Sizes that came and went between two frames have cut off what was drawn, though the size is the same.
            self.screen.forget();
            self.dirty = true;
        }
        let answer = self.show.answer(event);
        if answer != Answer::Nothing {
            (self.dirty, self.typed) = (true, true);
        }
        match answer {
            Answer::Nothing | Answer::Changed => {}
            Answer::Redraw => self.screen.forget(),
            Answer::Suspend => self.suspend()?,
            Answer::Quit => return Ok(true),
        }
        Ok(false)
    }

    /// Stops as any program does on Ctrl-Z; goes on here when it is continued.
    fn suspend(&mut self) -> Result<(), TuiError> {
        self.show.before_stop();
        self.screen.leave();
        // SIGTSTP itself is caught; SIGSTOP stops us just so.
        let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGSTOP);
        self.resume()
    }

    fn resume(&mut self) -> Result<(), TuiError> {
        self.dirty = true;
        self.screen.resume().map_err(TuiError::Terminal)
    }
}

/// The next news, not before that moment.
async fn hear<N>(news: &mut UnboundedReceiver<N>, from: Instant) -> Option<N> {
    sleep_until(from).await;
    news.recv().await
}
