//! The watch screen held together: what it shows, and what its keys can reach. What comes in changes it in `news`, what
//! keys do to its state is `update`'s, and what they do outside `world`'s.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::load::plan::Wish;
use crate::observe::live::{Live, Ready, Running};
use crate::observe::waiting::Waiting;
use crate::observe::{Attention, Sink, clock};
use crate::server::config::Service;
use crate::server::control::Controller;
use crate::target::end::Survivor;
use crate::target::launched::Launched;
use crate::words::{Language, Words};

use super::keymap::actions;
use super::lesson::Lessons;
use super::look::Look;
use super::show::{self, Answer, Change, Show, Signals};
use super::state::permissions::Permissions;
use super::state::subject::{Following, Subject};
use super::state::{App, Looking};
use super::terminal::{self, Screen};
use super::update::mouse::Pointed;
use super::update::{self, Effect, update};
use super::world::{Message, World, tell_failed};
use super::{Ending, TuiError, export, screens};

mod news;

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
    /// Who watches, and tells the inbox.
    pub observer: Ready<Live>,
    /// What waits for the screen.
    pub inbox: Inbox,
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
    /// The server that the lesson about servers leads to.
    pub demo: Option<Demo>,
}

/// Starts the demo server for the lesson about servers; why it could not be started.
pub type Demo = Arc<dyn Fn(Language, Look) -> Result<Session, String> + Send + Sync>;

/// What reaches the screen from other threads, from before there is one.
pub struct Inbox {
    sender: UnboundedSender<Message>,
    messages: UnboundedReceiver<Message>,
    sink: Sink,
}

impl Inbox {
    /// An empty one.
    pub fn open() -> Self {
        let (sender, messages) = unbounded_channel();
        let news = sender.clone();
        let sink = Waiting::default().sink(move |said| news.send(Message::News(said)).is_ok());
        Self { sender, messages, sink }
    }

    /// Where an observer puts what it has to say, and the clients what they have.
    pub fn sink(&self) -> Sink {
        self.sink.clone()
    }
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

async fn watch(mut session: Session) -> Result<Ending, TuiError> {
    // Before anything else can end us, or panic.
    let mut signals = Signals::catch()?;
    let asked = session.look.ascii;
    let mut screen = Screen::enter(&mut session.look).map_err(TuiError::Terminal)?;
    let drawn_wide = session.look.ascii && !asked;
    if session.mouse {
        screen.take_mouse().map_err(TuiError::Terminal)?;
    }
    let (mut watch, mut messages) = Watch::open(session)?;
    if drawn_wide {
        watch.app.tell(watch.app.words.say("told-drawn-wide").into_owned());
    }
    let outcome = show::run(&mut watch, &mut messages, &mut screen, &mut signals).await;
    // First the terminal, so that whatever the rest has to say can be read.
    drop(screen);
    let survivors = watch.end();
    let signal = outcome?;
    Ok(Ending {
        signal,
        panicked: terminal::panicked(),
        survivors,
    })
}

/// The watch screen: what it shows, and what its keys can reach.
pub(super) struct Watch {
    app: App,
    world: World,
    /// The screen as it was drawn last.
    area: Rect,
    running: Running,
    /// What the observer was last told to look at more closely.
    attention: Attention,
    /// The lessons, while they lie over all of it. What is watched goes on underneath.
    lessons: Option<Lessons>,
    /// It lies over a lesson itself, and the way to the lessons is the way back.
    over_lesson: bool,
    /// Where a lesson tells its news.
    sender: UnboundedSender<Message>,
    demo: Option<Demo>,
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
        for action in actions(key, self.app.overlay.dialog()) {
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
        if let Some(lessons) = &self.lessons {
            return lessons.pace();
        }
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
        if let Some(lessons) = &mut self.lessons {
            lessons.fit(area);
        }
        self.area = area;
        screens::watch::prepare(&mut self.app, area);
        self.attend();
    }

    fn before_stop(&mut self) {
        self.world.thaw(&mut self.app);
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer) {
        match &self.lessons {
            Some(lessons) => lessons.draw(area, buffer),
            None => screens::watch::draw(&self.app, area, buffer),
        }
    }

    fn cursor(&self, area: Rect) -> Option<Position> {
        match &self.lessons {
            Some(lessons) => lessons.cursor(area),
            None => screens::watch::cursor(&self.app, area),
        }
    }
}

impl Watch {
    /// Begins to watch; and where what it has to be told arrives.
    pub(super) fn open(session: Session) -> Result<(Self, UnboundedReceiver<Message>), TuiError> {
        let Inbox { sender, messages, sink } = session.inbox;
        let running = session.observer.go().map_err(TuiError::Observer)?;
        let mut app = App::new(session.words, session.look, session.subject, session.permissions);
        app.clock = clock::now();
        app.first = session.following;
        app.following = session.following;
        let world = World::new(
            sender.clone(),
            sink,
            session.wish,
            session.service,
            session.launched,
            session.controller,
        );
        let watch = Self {
            app,
            world,
            area: Rect::default(),
            running,
            attention: Attention::default(),
            lessons: None,
            over_lesson: false,
            sender,
            demo: session.demo,
        };
        Ok((watch, messages))
    }

    /// The same, opened from a lesson.
    pub(super) fn over_a_lesson(self) -> Self {
        Self {
            over_lesson: true,
            ..self
        }
    }

    /// How it looks by now.
    pub(super) fn look(&self) -> Look {
        self.app.look.clone()
    }

    /// Ends all of it, first the observer, and the target last; who could not be ended.
    pub(super) fn end(self) -> Vec<Survivor> {
        drop(self.running);
        let mut survivors = self.lessons.map(|mut lessons| lessons.end()).unwrap_or_default();
        survivors.extend(self.world.end());
        survivors
    }

    /// Takes one message; true where that changes what is shown.
    pub(super) fn hear(&mut self, message: Message) -> bool {
        let changed = self.apply(message);
        self.world.welcome(&mut self.app);
        changed
    }

    fn open_lessons(&mut self) {
        let sender = self.sender.clone();
        let tell = Arc::new(move |heard| sender.send(Message::Lesson(heard)).is_ok());
        let (language, look) = (self.app.words.language(), self.app.look.clone());
        self.lessons = Some(Lessons::new(language, look, None, self.demo.clone(), tell));
    }

    /// Back to what is watched, which looks as the lessons did; their processes are ended.
    fn close_lessons(&mut self) {
        let Some(mut lessons) = self.lessons.take() else {
            return;
        };
        let survivors = lessons.end();
        self.app.restyle(|look| *look = lessons.look);
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
            Some(Effect::Suspend) => return Answer::Suspend,
            Some(Effect::Redraw) => return Answer::Redraw,
            Some(Effect::Lessons) if self.over_lesson => return Answer::Quit,
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
}
