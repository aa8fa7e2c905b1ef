//! The terminal screens: state, keys, drawing, and the watch screen held together. The loop that it runs in is
//! `show`'s, as every screen's is.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use thiserror::Error;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::load::plan::Wish;
use crate::observe::live::{Live, Running};
use crate::observe::{Attention, News, clock, overflows};
use crate::server::config::Service;
use crate::server::control::{self, Controller};
use crate::target::end::Survivor;
use crate::target::launched::Launched;
use crate::timeline::observation::{Observation, Order, Ordered};
use crate::timeline::process::ExitStatus;
use crate::timeline::tree::Ghosts;
use crate::words::Words;

use demonstration::Kind;
use keymap::actions;
use lesson::Lessons;
use look::Look;
use show::{Answer, Change, Show, Signals};
use state::{App, Following, Looking, Permissions, Subject};
use terminal::Screen;
use update::mouse::Pointed;
use update::{Effect, update};
use world::{Message, World, tell_failed};

pub mod ascii;
pub mod code;
pub mod compare;
pub mod demonstration;
pub mod export;
pub mod keymap;
pub mod lesson;
pub mod look;
pub mod pane;
pub mod screens;
pub mod show;
pub mod state;
pub mod svg;
pub mod terminal;
#[cfg(test)]
mod tests;
pub mod theme;
pub mod update;
pub mod widgets;
pub mod world;

/// How often a zombie's age is drawn anew.
const TENTH: Duration = Duration::from_millis(100);

/// How often the screen looks up when nothing comes: the clock in the header, and what the target prints.
const IDLE: Duration = Duration::from_millis(500);

/// So long the outcome of a demonstration can be read.
const OUTCOME: Duration = Duration::from_secs(30);

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
    /// What the built-in server is at the start.
    pub following: Option<Following>,
    /// The mouse is ours, and not the terminal's.
    pub mouse: bool,
    /// What each client gets.
    pub service: Service,
    /// The clients that come by themselves.
    pub wish: Wish,
    /// The texts.
    pub words: Words,
    /// How it is to look.
    pub look: Look,
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
    let mut signals = Signals::catch()?;
    let mut screen = Screen::enter().map_err(TuiError::Terminal)?;
    if session.mouse {
        screen.take_mouse().map_err(TuiError::Terminal)?;
    }
    let (sender, mut messages) = unbounded_channel();
    let news = sender.clone();
    let lessons_sender = sender.clone();
    let sink = Arc::new(move |said: News| news.send(Message::News(said)).is_ok());
    let running = Running::start(session.observer, sink).map_err(TuiError::Observer)?;
    let mut app = App::new(session.words, session.look, session.subject, session.permissions);
    app.clock = clock::now();
    app.first = session.following;
    app.following = session.following;
    let world = World::new(
        sender,
        session.wish,
        session.service,
        session.launched,
        session.controller,
    );
    let mut watch = Watch {
        app,
        world,
        area: Rect::default(),
        running,
        attention: Attention::default(),
        lessons: None,
        sender: lessons_sender,
    };
    let outcome = show::run(&mut watch, &mut messages, &mut screen, &mut signals).await;
    // First the terminal, so that whatever the rest has to say can be read; then the observer, and the target last.
    drop(screen);
    drop(watch.running);
    let mut survivors = watch.lessons.map(|mut lessons| lessons.end()).unwrap_or_default();
    survivors.extend(watch.world.end());
    let signal = outcome?;
    Ok(Ending {
        signal,
        panicked: terminal::panicked(),
        survivors,
    })
}

/// The watch screen: what it shows, and what its keys can reach.
struct Watch {
    app: App,
    world: World,
    /// The screen as it was drawn last.
    area: Rect,
    running: Running,
    /// What the observer was last told to look at more closely.
    attention: Attention,
    /// The lessons, while they lie over all of it. What is watched goes on underneath.
    lessons: Option<Lessons>,
    /// Where a lesson tells its news.
    sender: UnboundedSender<Message>,
}

impl Show for Watch {
    type News = Message;

    fn take(&mut self, first: Message, rest: &mut UnboundedReceiver<Message>) -> Change {
        let mut changed = self.apply(first);
        while let Ok(message) = rest.try_recv() {
            changed |= self.apply(message);
        }
        self.world.welcome(&mut self.app);
        Change::when(changed)
    }

    fn answer(&mut self, event: &Event) -> Answer {
        if let Some(lessons) = &mut self.lessons {
            return match lessons.answer(event) {
                Answer::Quit if lessons.left => {
                    self.close_lessons();
                    Answer::Redraw
                }
                answer => answer,
            };
        }
        if let Event::Mouse(mouse) = event {
            self.app.clock = clock::now();
            return match update::mouse::point(&mut self.app, self.area, *mouse) {
                Pointed::AtNothing => Answer::Nothing,
                Pointed::AtSomething(effect) => self.carry_out(effect),
            };
        }
        let Some(key) = event.as_key_press_event() else {
            return Answer::Nothing;
        };
        if update::prompt::typed(&mut self.app, key) {
            return Answer::Changed;
        }
        let mut answer = Answer::Nothing;
        for action in actions(key, self.app.overlay.answering()) {
            self.app.clock = clock::now();
            let effect = update(&mut self.app, action);
            answer = self.carry_out(effect);
            if answer == Answer::Quit {
                break;
            }
        }
        answer
    }

    fn look_up(&mut self) -> Change {
        let mut changed = self.world.listen(&mut self.app);
        changed |= self
            .lessons
            .as_mut()
            .is_some_and(|lessons| lessons.look_up() == Change::Something);
        self.app.notice();
        changed |= self.demonstrate();
        let second = self.app.since_start(self.app.clock).as_secs();
        self.app.clock = clock::now();
        let counts = self.app.has_zombies || self.app.since_start(self.app.clock).as_secs() != second;
        changed |= self.is_live() && counts;
        let asked = self.app.asked.is_some();
        let effect = update::asked::again(&mut self.app);
        changed |= asked && (effect.is_some() || self.app.asked.is_none());
        self.carry_out(effect);
        changed |= self.app.forget_message();
        Change::when(changed)
    }

    fn pace(&self) -> Duration {
        let under_way = self
            .app
            .demonstration
            .as_ref()
            .is_some_and(|demonstration| demonstration.outcome().is_none());
        if under_way || self.app.asked.is_some() || (self.is_live() && self.app.has_zombies) {
            TENTH
        } else {
            IDLE
        }
    }

    fn fit(&mut self, area: Rect) {
        self.area = area;
        screens::watch::prepare(&mut self.app, area);
        self.attend();
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer) {
        match &self.lessons {
            Some(lessons) => lessons.draw(area, buffer),
            None => screens::watch::draw(&self.app, area, buffer),
        }
    }

    fn cursor(&self, area: Rect) -> Option<Position> {
        self.lessons
            .is_none()
            .then(|| screens::watch::cursor(&self.app, area))?
    }
}

impl Watch {
    fn open_lessons(&mut self) {
        let sender = self.sender.clone();
        let tell = Arc::new(move |news| sender.send(Message::Lesson(news)).is_ok());
        let language = self.app.words.language();
        self.lessons = Some(Lessons::new(language, self.app.look.clone(), None, tell));
    }

    /// Back to what is watched; the processes of the lesson are ended.
    fn close_lessons(&mut self) {
        let survivors = self.lessons.take().map(|mut lessons| lessons.end()).unwrap_or_default();
        for survivor in survivors {
            tell_failed(&mut self.app, "lesson", &survivor);
        }
    }

    /// What is shown changes as time passes.
    fn is_live(&self) -> bool {
        self.app.looking == Looking::Live && self.app.ended.is_none()
    }

    /// Does outside the screen what a key or the mouse asked for.
    fn carry_out(&mut self, effect: Option<Effect>) -> Answer {
        match effect {
            None => {}
            Some(Effect::Quit) => return Answer::Quit,
            Some(Effect::Suspend) => {
                // Nobody is left stopped while nobody looks.
                self.world.thaw(&mut self.app);
                return Answer::Suspend;
            }
            Some(Effect::Redraw) => return Answer::Redraw,
            Some(Effect::Lessons) => self.open_lessons(),
            Some(Effect::Export) => self.export(),
            Some(effect) => self.world.carry_out(&mut self.app, &effect),
        }
        Answer::Changed
    }

    /// Has the observer look at what is open.
    fn attend(&mut self) {
        let attention = self.app.attention();
        if self.attention != attention {
            self.attention = attention.clone();
            self.running.attend(attention);
        }
    }

    /// Lets a demonstration go on with what was seen; true where there is one.
    fn demonstrate(&mut self) -> bool {
        let Some(mut demonstration) = self.app.demonstration.take() else {
            return false;
        };
        let at = clock::now();
        let overflows = match demonstration.kind {
            Kind::Queue => overflows::read(demonstration.parent.pid),
            Kind::Zombies => None,
        };
        let seen = demonstration.look(&self.app.timeline, at, overflows);
        let effects = demonstration.advance(&seen);
        self.app.demonstration_seen = seen;
        let read = demonstration
            .outcome()
            .is_some_and(|(_, over)| at.since(over) > OUTCOME);
        self.app.demonstration = Some(demonstration).filter(|_| !read);
        for effect in effects {
            self.world.carry_out(&mut self.app, &effect);
        }
        true
    }

    /// Takes one message; true where that changes what is shown.
    fn apply(&mut self, message: Message) -> bool {
        let before = self.app.timeline.revision();
        let mut changed = false;
        match message {
            Message::News(News::Observed(observation)) => {
                self.app.timeline.apply(&observation);
            }
            Message::News(News::Capture(capture)) => {
                self.app.capture = Some(capture);
                changed = true;
            }
            Message::Client(client) => {
                self.app.timeline.apply(&Observation::Client(client));
            }
            Message::Lesson(news) => {
                changed |= self.lessons.as_mut().is_some_and(|lessons| lessons.hear(news));
            }
            Message::Ordered(order, Ok(())) => {
                self.ordered(order);
                changed = true;
            }
            Message::Ordered(order, Err(error)) => {
                tell_failed(&mut self.app, &order.to_string(), &error);
                changed = true;
            }
        }
        changed || (self.app.timeline.revision() != before && self.app.looking == Looking::Live)
    }

    /// Keeps the screen as a file, and says where.
    fn export(&mut self) {
        let picture = export::picture(&mut self.app, self.area);
        match export::save(Path::new("."), &picture) {
            Ok(path) => {
                let said = [("path", path.display().to_string().into())];
                self.app
                    .tell(self.app.words.say_with("told-exported", &said).into_owned());
            }
            Err(error) => self.app.tell(error.to_string()),
        }
    }

    /// Notes an order that was carried out.
    fn ordered(&mut self, order: control::Order) {
        let at = clock::now();
        let (what, text, said) = match order {
            control::Order::Reap(policy) => {
                if let Some(following) = &mut self.app.following {
                    (following.policy, following.since) = (policy, Some(at));
                }
                let name = policy.name();
                (Ordered::Policy(name.into()), "told-policy", [("policy", name.into())])
            }
            control::Order::Become(model) => {
                if let Some(following) = &mut self.app.following {
                    following.model = model;
                    following.policy = model.policy_for(following.policy);
                }
                let name = model.name();
                (Ordered::Model(name.into()), "told-model", [("model", name.into())])
            }
        };
        self.app.timeline.apply(&Observation::Order(Order { at, what }));
        let text = self.app.words.say_with(text, &said).into_owned();
        self.app.tell(text);
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
        // It may have ended long before its last heir.
        let root = self.timeline.root();
        let reported = self.root_status.filter(|(at, _)| *at < now).map(|(_, status)| status);
        if root.is_some() || reported.is_some() {
            let known = root.and_then(|root| self.timeline.lifeline(root)?.exited);
            let known = known
                .map(|exited| exited.status)
                .filter(|status| *status != ExitStatus::Unknown);
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
