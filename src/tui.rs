//! The terminal screen: state, keys, drawing, and the loop that holds them together.
//!
//! The loop waits for whatever comes first: a key, news of the observer or the clients, a signal, the next frame. It
//! draws only when something changed, at most thirty times a second.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, EventStream};
use thiserror::Error;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep_until};
use tokio_stream::StreamExt;

use crate::load::plan::Wish;
use crate::observe::live::{Live, Running};
use crate::observe::{News, clock};
use crate::server::config::{Policy, Service};
use crate::server::control::Controller;
use crate::target::end::Survivor;
use crate::target::launched::Launched;
use crate::timeline::observation::{Observation, Order, Ordered};
use crate::timeline::process::ExitStatus;
use crate::timeline::tree::Ghosts;
use crate::words::Words;

use keymap::actions;
use state::{App, Following, Looking, Permissions, Subject};
use terminal::Screen;
use theme::Theme;
use update::{Effect, update};
use world::{Message, World, tell_failed};

pub mod keymap;
pub mod screens;
pub mod state;
pub mod svg;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod update;
pub mod widgets;
pub mod world;

/// At most one frame in this time, after a key.
const FRAME: Duration = Duration::from_millis(33);

/// At most one frame in this time while nobody types: /proc is read no more often.
const CALM_FRAME: Duration = Duration::from_millis(66);

/// How often a zombie's age is drawn anew.
const TENTH: Duration = Duration::from_millis(100);

/// How often the screen looks up when nothing comes: the clock in the header, and what the target prints.
const IDLE: Duration = Duration::from_millis(500);

/// Everything that a screen is started with.
pub struct Session {
    /// What is watched, in words.
    pub subject: Subject,
    /// What the keys may do.
    pub permissions: Permissions,
    /// Who watches.
    pub observer: Live,
    /// What was launched.
    pub launched: Option<Launched>,
    /// How to give orders to the built-in server.
    pub controller: Option<Controller>,
    /// How the built-in server reaps at the start.
    pub policy: Option<Policy>,
    /// What each client gets.
    pub service: Service,
    /// The clients that come by themselves.
    pub wish: Wish,
    /// The texts.
    pub words: Words,
    /// The styles.
    pub theme: Theme,
}

/// How a screen ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// By which signal; `None` by a key.
    pub signal: Option<i32>,
    /// A thread panicked, and has said so.
    pub panicked: bool,
    /// What could not be ended.
    pub survivors: Vec<Survivor>,
}

/// The screen could not be shown.
#[derive(Debug, Error)]
pub enum TuiError {
    /// No runtime.
    #[error("start the screen's event loop")]
    Runtime(#[source] io::Error),
    /// No observer.
    #[error("start the observer")]
    Observer(#[source] io::Error),
    /// The terminal does not do what it should.
    #[error("draw on the terminal")]
    Terminal(#[source] io::Error),
    /// Signals cannot be caught.
    #[error("catch signals")]
    Signals(#[source] io::Error),
}

/// Shows the screen until a key or a signal ends it. Whatever was launched is ended then.
pub fn run(session: Session) -> Result<Ending, TuiError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(TuiError::Runtime)?;
    let ending = runtime.block_on(watch(session));
    // An order that nobody acknowledges any more must not keep us.
    runtime.shutdown_background();
    ending
}

async fn watch(session: Session) -> Result<Ending, TuiError> {
    // Before anything else can end us, or panic.
    let mut signals = Signals::catch().map_err(TuiError::Signals)?;
    let mut screen = Screen::enter().map_err(TuiError::Terminal)?;
    let (sender, messages) = unbounded_channel();
    let news = sender.clone();
    let sink = Arc::new(move |said: News| news.send(Message::News(said)).is_ok());
    let running = Running::start(session.observer, sink).map_err(TuiError::Observer)?;
    let mut app = App::new(session.words, session.theme, session.subject, session.permissions);
    app.clock = clock::now();
    app.following = session.policy.map(|policy| Following { policy, since: None });
    let world = World::new(
        sender,
        session.wish,
        session.service,
        session.launched,
        session.controller,
    );
    let mut turn = Turn {
        app,
        world,
        messages,
        dirty: true,
        typed: false,
        drawn: None,
        clock: Instant::now(),
    };
    let outcome = turn.until_end(&mut screen, &mut signals).await;
    // First the terminal, so that whatever the rest has to say can be read; then the observer, and the target last.
    drop(screen);
    drop(running);
    let survivors = turn.world.end();
    let signal = match outcome {
        // What is written to a terminal that is gone comes back as EIO, which can be sooner than the hang-up.
        Err(TuiError::Terminal(error)) if error.raw_os_error() == Some(nix::libc::EIO) => Some(nix::libc::SIGHUP),
        outcome => outcome?,
    };
    Ok(Ending {
        signal,
        panicked: terminal::panicked(),
        survivors,
    })
}

/// The signals that a screen answers.
struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
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
    fn catch() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(nix::libc::SIGTSTP))?,
            go_on: signal(SignalKind::from_raw(nix::libc::SIGCONT))?,
        })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::End(nix::libc::SIGTERM),
            _ = self.hang_up.recv() => Asked::End(nix::libc::SIGHUP),
            _ = self.interrupt.recv() => Asked::End(nix::libc::SIGINT),
            _ = self.stop.recv() => Asked::Stop,
            _ = self.go_on.recv() => Asked::GoOn,
        }
    }
}

/// The state of the loop.
struct Turn {
    app: App,
    world: World,
    messages: UnboundedReceiver<Message>,
    dirty: bool,
    /// A key was taken since the last frame.
    typed: bool,
    drawn: Option<Instant>,
    clock: Instant,
}

impl Turn {
    /// Runs until a key or a signal ends it: the signal, if it was one.
    async fn until_end(&mut self, screen: &mut Screen, signals: &mut Signals) -> Result<Option<i32>, TuiError> {
        let mut input = EventStream::new();
        loop {
            if terminal::panicked() {
                return Ok(None);
            }
            let wake = self.next_wake();
            tokio::select! {
                asked = signals.next() => match asked {
                    Asked::End(number) => return Ok(Some(number)),
                    Asked::Stop => self.suspend(screen)?,
                    Asked::GoOn => self.resume(screen)?,
                },
                event = input.next() => match event {
                    Some(Ok(event)) => {
                        if self.input(&event, screen)? {
                            return Ok(None);
                        }
                    }
                    // The terminal is gone, as a hang-up would say a moment later.
                    Some(Err(_)) | None => return Ok(Some(nix::libc::SIGHUP)),
                },
                Some(message) = self.messages.recv() => self.take(message),
                () = sleep_until(wake) => self.tick(screen)?,
            }
        }
    }

    /// When there is something to be drawn, or to be looked at.
    fn next_wake(&self) -> Instant {
        let pause = if self.typed { FRAME } else { CALM_FRAME };
        let soonest = self.drawn.map_or_else(Instant::now, |drawn| drawn + pause);
        if self.dirty { soonest } else { self.clock + self.pace() }
    }

    /// How often the screen changes by the passing of time alone.
    fn pace(&self) -> Duration {
        let live = self.app.looking == Looking::Live && self.app.ended.is_none();
        if live && self.app.has_zombies { TENTH } else { IDLE }
    }

    /// Draws, if anything changed.
    fn tick(&mut self, screen: &mut Screen) -> Result<(), TuiError> {
        self.clock = Instant::now();
        self.dirty |= self.world.listen(&mut self.app);
        self.app.notice();
        let second = self.app.since_start(self.app.clock).as_secs();
        self.app.clock = clock::now();
        let live = self.app.looking == Looking::Live && self.app.ended.is_none();
        self.dirty |= live && (self.app.has_zombies || self.app.since_start(self.app.clock).as_secs() != second);
        self.dirty |= self.app.forget_message();
        if !std::mem::take(&mut self.dirty) {
            return Ok(());
        }
        self.typed = false;
        self.drawn = Some(Instant::now());
        crate::observe::live::panic_if_asked("screen");
        let area = screen.area().map_err(TuiError::Terminal)?;
        self.app.page = screens::watch::page(area);
        self.app.settle();
        screen
            .draw(|area, buffer| screens::watch::draw(&self.app, area, buffer))
            .map_err(TuiError::Terminal)
    }

    /// Takes a message and all that wait behind it.
    fn take(&mut self, message: Message) {
        self.apply(message);
        while let Ok(message) = self.messages.try_recv() {
            self.apply(message);
        }
        self.world.welcome(&mut self.app);
    }

    fn apply(&mut self, message: Message) {
        let before = self.app.timeline.revision();
        match message {
            Message::News(News::Observed(observation)) => {
                self.app.timeline.apply(&observation);
            }
            Message::News(News::Capture(capture)) => {
                self.app.capture = Some(capture);
                self.dirty = true;
            }
            Message::Client(client) => {
                self.app.timeline.apply(&Observation::Client(client));
            }
            Message::Ordered(policy, Ok(())) => self.ordered(policy),
            Message::Ordered(policy, Err(error)) => {
                tell_failed(&mut self.app, policy.name(), &error);
                self.dirty = true;
            }
        }
        self.dirty |= self.app.timeline.revision() != before && self.app.looking == Looking::Live;
    }

    fn ordered(&mut self, policy: Policy) {
        let at = clock::now();
        let what = Ordered::Policy(policy.name().into());
        self.app.timeline.apply(&Observation::Order(Order { at, what }));
        self.app.following = Some(Following {
            policy,
            since: Some(at),
        });
        let text = self
            .app
            .words
            .say_with("told-policy", &[("policy", policy.name().into())])
            .into_owned();
        self.app.tell(text);
        self.dirty = true;
    }

    /// Answers what was typed; true when that was to end.
    fn input(&mut self, event: &Event, screen: &mut Screen) -> Result<bool, TuiError> {
        if matches!(event, Event::Resize(..)) {
            // Sizes that came and went between two frames have cut off what was drawn, though the size is the same.
            screen.forget();
            self.dirty = true;
        }
        let Some(key) = event.as_key_press_event() else {
            return Ok(false);
        };
        for action in actions(key, self.app.overlay.answering()) {
            (self.dirty, self.typed) = (true, true);
            self.app.clock = clock::now();
            match update(&mut self.app, action) {
                None => {}
                Some(Effect::Quit) => return Ok(true),
                Some(Effect::Suspend) => self.suspend(screen)?,
                Some(Effect::Redraw) => screen.forget(),
                Some(effect) => self.world.carry_out(&mut self.app, &effect),
            }
        }
        Ok(false)
    }

    /// Stops as any program does on Ctrl-Z; goes on here when it is continued.
    fn suspend(&mut self, screen: &mut Screen) -> Result<(), TuiError> {
        screen.leave();
        // SIGTSTP itself is caught; SIGSTOP stops us just so.
        let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGSTOP);
        self.resume(screen)
    }

    fn resume(&mut self, screen: &mut Screen) -> Result<(), TuiError> {
        self.dirty = true;
        screen.resume().map_err(TuiError::Terminal)
    }
}

impl App {
    /// Says so once the last process of the target is gone, and keeps an eye on the zombies.
    fn notice(&mut self) {
        let unchanged = std::mem::replace(&mut self.noticed, self.timeline.revision()) == self.timeline.revision();
        // A target that was never read changes nothing, and its guardian still says that it has ended.
        if self.ended.is_some() || (unchanged && self.root_status.is_none()) {
            return;
        }
        let now = self.timeline.now();
        let totals = self.timeline.at(now, Ghosts::default()).totals;
        self.has_zombies = totals.zombies > 0;
        if totals.processes > 0 {
            return;
        }
        let last = self.timeline.at(now, state::LAST_GHOSTS);
        let root = last
            .rows
            .iter()
            .find(|row| row.life.root)
            .and_then(|row| row.life.exited);
        let reported = self.root_status.filter(|(at, _)| *at < now).map(|(_, status)| status);
        if root.is_some() || reported.is_some() {
            let known = root.map(|exited| exited.status);
            let known = known.filter(|status| *status != ExitStatus::Unknown);
            let status = known.or(reported).unwrap_or(ExitStatus::Unknown);
            self.ended = Some((now, status));
            self.has_zombies = false;
            if status != ExitStatus::Code(0) {
                let said = [("ending", self.words.ending(status).into())];
                self.tell(self.words.say_with("told-ended", &said).into_owned());
            }
        }
    }
}
