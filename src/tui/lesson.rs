//! The lessons on the screen: their list, the one that is open, and the watch screen that one of them leads to. What a
//! lesson's keys do is `open`'s; what its processes do is `lesson::player`'s, on a thread of its own; how it looks is
//! `screens::lesson`'s.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::lesson::playing::{News, Playing};
use crate::lesson::script::Lesson;
use crate::lesson::{self};
use crate::observe::clock;
use crate::target::end::Survivor;
use crate::words::{Language, Words};

use super::look::Look;
use super::show::{self, Answer, Change, Show, Signals};
use super::terminal::{self, Screen};
use super::watch::{Demo, Watch};
use super::world::Message;
use super::{Ending, TuiError, screens};

use keys::{Action, Place, actions};
use open::Open;

pub mod keys;
pub mod open;

/// How often the live tree is looked at.
const PACE: Duration = Duration::from_millis(200);

/// What reaches the lessons from other threads, with the number of what was opened: one that was left can still have
/// something to say, and is not listened to.
#[derive(Debug)]
pub enum Heard {
    /// From the processes of a lesson.
    Played(u64, News),
    /// From the server that a lesson leads to.
    Watched(u64, Box<Message>),
}

/// Who hears what the lessons tell.
pub type Tell = Arc<dyn Fn(Heard) -> bool + Send + Sync>;

/// The lessons: their list, and the one that is open.
pub struct Lessons {
    /// All of them.
    pub lessons: Vec<Lesson>,
    /// Which one the bar stands on.
    pub at: usize,
    /// The one that is open.
    pub open: Option<Open>,
    /// The texts.
    pub words: Words,
    /// How it is to look.
    pub look: Look,
    /// The keys are shown.
    pub help: bool,
    /// Why something could not be done, until the next key.
    pub told: Option<String>,
    /// It was opened by name: leaving the lesson leaves the screen.
    only: bool,
    /// The student wants back to where the lessons were opened from.
    pub left: bool,
    nofile: Option<u64>,
    tell: Tell,
    /// The server that a lesson leads to; none where it cannot be had.
    demo: Option<Demo>,
    /// It is watched, over the lesson.
    watched: Option<Box<Watch>>,
    /// How many were opened: the number of the newest.
    opened: u64,
    /// Lessons that were left, and whose processes are ending.
    leaving: Vec<Playing>,
    survivors: Vec<Survivor>,
}

impl Lessons {
    /// The list of lessons.
    pub fn new(language: Language, look: Look, nofile: Option<u64>, demo: Option<Demo>, tell: Tell) -> Self {
        Self {
            lessons: lesson::all(),
            at: 0,
            open: None,
            words: Words::new(language),
            look,
            help: false,
            told: None,
            only: false,
            left: false,
            nofile,
            tell,
            demo,
            watched: None,
            opened: 0,
            leaving: Vec::new(),
            survivors: Vec::new(),
        }
    }

    /// Opens the lesson of that name, and nothing but it.
    #[must_use]
    pub fn only(mut self, name: &str) -> Self {
        self.at = self.lessons.iter().position(|lesson| lesson.name == name).unwrap_or(0);
        self.only = true;
        self.enter();
        self
    }

    fn enter(&mut self) {
        let Some(lesson) = self.lessons.get(self.at).cloned() else {
            return;
        };
        self.opened += 1;
        let (number, tell) = (self.opened, Arc::clone(&self.tell));
        let tell = Arc::new(move |news| tell(Heard::Played(number, news)));
        self.open = Some(Open::new(number, lesson, self.words.language(), self.nofile, tell));
    }

    fn leave(&mut self) {
        self.leaving.extend(self.open.take().and_then(Open::leave));
    }

    /// Opens the watch screen on a server of its own, over the lesson.
    fn watch(&mut self) {
        let wanted = self.open.as_ref().is_some_and(|open| open.lesson.watch);
        let Some(demo) = self.demo.as_ref().filter(|_| wanted) else {
            return;
        };
        self.opened += 1;
        let (number, tell) = (self.opened, Arc::clone(&self.tell));
        let watch = demo(self.words.language(), self.look.clone())
            .and_then(|session| Watch::open(session).map_err(|error| error.to_string()));
        match watch {
            Ok((watch, mut messages)) => {
                tokio::spawn(async move {
                    while let Some(message) = messages.recv().await {
                        if !tell(Heard::Watched(number, Box::new(message))) {
                            break;
                        }
                    }
                });
                self.watched = Some(Box::new(watch.over_a_lesson()));
            }
            Err(why) => self.told = Some(why),
        }
    }

    fn stop_watching(&mut self) {
        if let Some(watch) = self.watched.take() {
            self.look = watch.look();
            self.survivors.extend(watch.end());
        }
    }

    /// Ends whatever is open; who could not be ended.
    pub fn end(&mut self) -> Vec<Survivor> {
        self.stop_watching();
        self.leave();
        let ended = self.leaving.drain(..).flat_map(Playing::end);
        self.survivors.extend(ended);
        std::mem::take(&mut self.survivors)
    }

    /// Takes what was heard; true where that changes what is shown.
    pub fn hear(&mut self, heard: Heard) -> bool {
        match heard {
            // A lesson that is open below a watch screen goes on.
            Heard::Played(number, news) => {
                let open = self.open.as_mut().filter(|open| open.number == number);
                open.is_some_and(|open| open.take(news)) && self.watched.is_none()
            }
            Heard::Watched(number, message) => {
                let watch = self.watched.as_mut().filter(|_| number == self.opened);
                watch.is_some_and(|watch| watch.hear(*message))
            }
        }
    }

    fn act(&mut self, action: Action) -> Answer {
        self.told = None;
        match action {
            Action::Quit => return Answer::Quit,
            Action::Redraw => return Answer::Redraw,
            Action::Suspend => return Answer::Suspend,
            Action::Help => self.help = true,
            Action::Projector => self.look.projector = !self.look.projector,
            Action::NextTheme => self.look.next(),
            Action::Back if self.open.as_ref().is_some_and(|open| open.tree) => {
                self.open.iter_mut().for_each(|open| open.tree = false);
            }
            Action::Back if self.open.is_none() || self.only => {
                self.left = true;
                return Answer::Quit;
            }
            Action::Back => self.leave(),
            Action::Up => self.at = self.at.checked_sub(1).unwrap_or(self.lessons.len().saturating_sub(1)),
            Action::Down => self.at = (self.at + 1) % self.lessons.len().max(1),
            Action::Open => self.enter(),
            Action::Watch => self.watch(),
            Action::Onward if self.open.as_ref().is_some_and(|open| open.finished) => self.watch(),
            Action::Next | Action::Onward | Action::Previous | Action::Answer(_) | Action::Reveal | Action::Tree => {
                self.open.iter_mut().for_each(|open| open.act(action));
            }
        }
        Answer::Changed
    }
}

impl Show for Lessons {
    type News = Heard;

    fn take(&mut self, first: Heard, rest: &mut UnboundedReceiver<Heard>) -> Change {
        let mut changed = self.hear(first);
        while let Ok(heard) = rest.try_recv() {
            changed |= self.hear(heard);
        }
        Change::when(changed)
    }

    fn answer(&mut self, event: &Event) -> Answer {
        let key = event.as_key_press_event();
        if let Some(watch) = &mut self.watched {
            // Its own way out leads back to the lesson; that of all of forkscope leads out from here, too.
            if key.is_some_and(keys::quits) {
                return Answer::Quit;
            }
            return match watch.answer(event) {
                Answer::Quit => {
                    self.stop_watching();
                    Answer::Redraw
                }
                answer => answer,
            };
        }
        let Some(key) = key else {
            return Answer::Nothing;
        };
        // Any key closes them, and does nothing else.
        if std::mem::take(&mut self.help) && !keys::quits(key) {
            return Answer::Changed;
        }
        let place = if self.open.is_some() {
            Place::Lesson
        } else {
            Place::List
        };
        let mut answer = Answer::Nothing;
        for action in actions(key, place) {
            answer = self.act(action);
            if answer == Answer::Quit {
                break;
            }
        }
        answer
    }

    fn look_up(&mut self) -> Change {
        match &mut self.watched {
            Some(watch) => watch.look_up(),
            None => Change::when(self.open.as_ref().is_some_and(|open| open.tree)),
        }
    }

    fn pace(&self) -> Duration {
        self.watched.as_ref().map_or(PACE, |watch| watch.pace())
    }

    fn fit(&mut self, area: Rect) {
        if let Some(watch) = &mut self.watched {
            watch.fit(area);
        }
    }

    fn before_stop(&mut self) {
        if let Some(watch) = &mut self.watched {
            watch.before_stop();
        }
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer) {
        match &self.watched {
            Some(watch) => watch.draw(area, buffer),
            None => screens::lesson::draw(self, clock::now(), area, buffer),
        }
    }

    fn cursor(&self, area: Rect) -> Option<Position> {
        self.watched.as_ref()?.cursor(area)
    }
}

/// Shows a lesson until a key or a signal ends it. Its processes are ended then.
pub fn run(
    name: &str,
    language: Language,
    mut look: Look,
    nofile: Option<u64>,
    demo: Demo,
) -> Result<Ending, TuiError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(TuiError::Runtime)?;
    let ending = runtime.block_on(async {
        let mut signals = Signals::catch()?;
        let mut screen = Screen::enter(&mut look).map_err(TuiError::Terminal)?;
        let (sender, mut news) = unbounded_channel();
        let tell: Tell = Arc::new(move |said| sender.send(said).is_ok());
        let mut lessons = Lessons::new(language, look, nofile, Some(demo), tell).only(name);
        let outcome = show::run(&mut lessons, &mut news, &mut screen, &mut signals).await;
        // First the terminal, so that whatever the rest has to say can be read.
        drop(screen);
        let survivors = lessons.end();
        Ok(Ending {
            signal: outcome?,
            panicked: terminal::panicked(),
            survivors,
        })
    });
    // As in the watch screen: an order that nobody acknowledges any more must not keep us.
    runtime.shutdown_background();
    ending
}
