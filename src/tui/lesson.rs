//! The lessons on the screen: which one is open, at which step it is, what was guessed. What the processes do is
//! `lesson::player`'s, on a thread of its own; how it looks is `screens::lesson`'s.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::lesson::picture::Picture;
use crate::lesson::playing::{News, Order, Playing};
use crate::lesson::script::Lesson;
use crate::lesson::{self};
use crate::observe::{News as Observed, clock};
use crate::report::lesson::Texts;
use crate::target::end::Survivor;
use crate::timeline::{Limits, Timeline};
use crate::words::{Language, Words};

use super::look::Look;
use super::show::{self, Answer, Change, Show, Signals};
use super::terminal::{self, Screen};
use super::{Ending, TuiError, screens};

use keys::{Action, Place, actions};

pub mod keys;

/// How often the live tree is looked at.
const PACE: Duration = Duration::from_millis(200);

/// Who hears what a lesson tells.
pub type Tell = Arc<dyn Fn(News) -> bool + Send + Sync>;

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// This answer was given, from 0; it is not yet known whether it is the one.
    Given(usize),
    /// It was.
    Right(usize),
    /// It was another.
    Wrong(usize),
    /// The answer was shown without a guess.
    Shown,
}

/// A lesson that is open.
pub struct Open {
    /// Which.
    pub lesson: Lesson,
    /// What it is said with.
    pub texts: Texts,
    /// What there is to see; `None` before the first step has been played.
    pub picture: Option<Picture>,
    /// What was guessed at each step; the first guess stays.
    pub guesses: Vec<Option<Guess>>,
    /// Something was asked of the processes, and has not come.
    pub waiting: bool,
    /// The live tree is shown.
    pub tree: bool,
    /// Everything about its processes.
    pub timeline: Timeline,
    /// All steps are done.
    pub finished: bool,
    /// It cannot go on, and why.
    pub failed: Option<String>,
    playing: Option<Playing>,
}

impl Open {
    fn new(lesson: Lesson, language: Language, nofile: Option<u64>, tell: Tell) -> Self {
        let texts = Texts {
            own: lesson::words(&lesson.name, language),
            words: Words::new(language),
        };
        let guesses = vec![None; lesson.steps.len()];
        let mut open = Self::unplayed(lesson.clone(), texts, guesses);
        match Playing::start(lesson, nofile, tell) {
            Ok(playing) => open.playing = Some(playing),
            Err(error) => open.failed = Some(error.to_string()),
        }
        open.order(Order::Begin(0));
        open
    }

    /// One that no process plays: for its looks.
    pub fn unplayed(lesson: Lesson, texts: Texts, guesses: Vec<Option<Guess>>) -> Self {
        Self {
            lesson,
            texts,
            picture: None,
            guesses,
            waiting: false,
            tree: false,
            timeline: Timeline::new(Limits::default()),
            finished: false,
            failed: None,
            playing: None,
        }
    }

    fn order(&mut self, order: Order) {
        if let Some(playing) = &self.playing {
            playing.order(order);
            self.waiting = true;
        }
    }

    /// Which step it is, from 0.
    pub fn step(&self) -> usize {
        self.picture.as_ref().map_or(0, |picture| picture.step)
    }

    /// A question waits for its answer.
    pub fn is_asking(&self) -> bool {
        self.picture.as_ref().is_some_and(|picture| !picture.revealed)
    }

    /// How many questions there are, were guessed, and were guessed right.
    pub fn score(&self) -> (usize, usize, usize) {
        let asked = self.lesson.steps.iter().filter(|step| step.ask.is_some()).count();
        let guessed = |wanted: fn(&Guess) -> bool| self.guesses.iter().flatten().filter(|guess| wanted(guess)).count();
        let right = guessed(|guess| matches!(guess, Guess::Right(_)));
        (asked, right + guessed(|guess| matches!(guess, Guess::Wrong(_))), right)
    }

    fn guess(&mut self, guess: Guess) {
        let step = self.step();
        if let Some(place) = self.guesses.get_mut(step) {
            // What was guessed on another run of the lesson stays.
            place.get_or_insert(guess);
        }
        self.order(Order::Reveal);
    }

    fn take(&mut self, news: News) -> bool {
        match news {
            News::Begun => self.timeline = Timeline::new(Limits::default()),
            News::Observed(Observed::Observed(observation)) => {
                self.timeline.apply(&observation);
                return self.tree;
            }
            News::Observed(Observed::Capture(_)) => return false,
            News::Failed(why) => {
                self.failed = Some(why);
                self.waiting = false;
            }
            News::Picture(picture) => {
                self.waiting = false;
                self.finished = false;
                self.settle(&picture);
                self.picture = Some(*picture);
            }
        }
        true
    }

    /// Holds a guess against what the kernel said.
    fn settle(&mut self, picture: &Picture) {
        let ask = self.lesson.steps.get(picture.step).and_then(|step| step.ask.as_ref());
        if let (Some(ask), Some(value), Some(place)) = (ask, &picture.decided, self.guesses.get_mut(picture.step))
            && let Some(Guess::Given(given)) = *place
        {
            let right = ask.options.get(given).is_some_and(|option| *option == value.key());
            *place = Some(if right {
                Guess::Right(given)
            } else {
                Guess::Wrong(given)
            });
        }
    }

    fn act(&mut self, action: Action) {
        // What was asked for before comes first; only the tree can be looked at meanwhile.
        if action == Action::Tree {
            self.tree = !self.tree;
        }
        if self.waiting || self.failed.is_some() {
            return;
        }
        let options = self
            .lesson
            .steps
            .get(self.step())
            .and_then(|step| step.ask.as_ref())
            .map(|ask| ask.options.len());
        match action {
            Action::Answer(number) if self.is_asking() && options.is_some_and(|count| number <= count) => {
                self.guess(Guess::Given(number - 1));
            }
            Action::Reveal | Action::Next if self.is_asking() => self.guess(Guess::Shown),
            Action::Next if self.step() + 1 < self.lesson.steps.len() => self.order(Order::Next),
            Action::Next => self.finished = true,
            Action::Previous if self.finished => self.finished = false,
            Action::Previous if self.step() > 0 => self.order(Order::Begin(self.step() - 1)),
            Action::Answer(_)
            | Action::Reveal
            | Action::Previous
            | Action::Tree
            | Action::Up
            | Action::Down
            | Action::Open
            | Action::Redraw
            | Action::Suspend
            | Action::Back
            | Action::Quit => {}
        }
    }
}

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
    /// It was opened by name: leaving the lesson leaves the screen.
    only: bool,
    /// The student wants back to where the lessons were opened from.
    pub left: bool,
    nofile: Option<u64>,
    tell: Tell,
    survivors: Vec<Survivor>,
}

impl Lessons {
    /// The list of lessons.
    pub fn new(language: Language, look: Look, nofile: Option<u64>, tell: Tell) -> Self {
        Self {
            lessons: lesson::all(),
            at: 0,
            open: None,
            words: Words::new(language),
            look,
            only: false,
            left: false,
            nofile,
            tell,
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
        if let Some(lesson) = self.lessons.get(self.at).cloned() {
            self.open = Some(Open::new(
                lesson,
                self.words.language(),
                self.nofile,
                Arc::clone(&self.tell),
            ));
        }
    }

    fn leave(&mut self) {
        if let Some(Some(playing)) = self.open.take().map(|open| open.playing) {
            self.survivors.extend(playing.end());
        }
    }

    /// Ends the lesson that is open; who could not be ended.
    pub fn end(&mut self) -> Vec<Survivor> {
        self.leave();
        std::mem::take(&mut self.survivors)
    }

    /// Takes what a lesson tells; true where that changes what is shown.
    pub fn hear(&mut self, news: News) -> bool {
        self.open.as_mut().is_some_and(|open| open.take(news))
    }

    fn act(&mut self, action: Action) -> Answer {
        match action {
            Action::Quit => return Answer::Quit,
            Action::Redraw => return Answer::Redraw,
            Action::Suspend => return Answer::Suspend,
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
            Action::Next | Action::Previous | Action::Answer(_) | Action::Reveal | Action::Tree => {
                self.open.iter_mut().for_each(|open| open.act(action));
            }
        }
        Answer::Changed
    }
}

impl Show for Lessons {
    type News = News;

    fn take(&mut self, first: News, rest: &mut UnboundedReceiver<News>) -> Change {
        let mut changed = self.hear(first);
        while let Ok(news) = rest.try_recv() {
            changed |= self.hear(news);
        }
        Change::when(changed)
    }

    fn answer(&mut self, event: &Event) -> Answer {
        let Some(key) = event.as_key_press_event() else {
            return Answer::Nothing;
        };
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
        Change::when(self.open.as_ref().is_some_and(|open| open.tree))
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn fit(&mut self, _area: Rect) {}

    fn draw(&self, area: Rect, buffer: &mut Buffer) {
        screens::lesson::draw(self, clock::now(), area, buffer);
    }
}

/// Shows a lesson until a key or a signal ends it. Its processes are ended then.
pub fn run(name: &str, language: Language, look: Look, nofile: Option<u64>) -> Result<Ending, TuiError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(TuiError::Runtime)?;
    runtime.block_on(async {
        let mut signals = Signals::catch()?;
        let mut screen = Screen::enter().map_err(TuiError::Terminal)?;
        let (sender, mut news) = unbounded_channel();
        let tell: Tell = Arc::new(move |said| sender.send(said).is_ok());
        let mut lessons = Lessons::new(language, look, nofile, tell).only(name);
        let outcome = show::run(&mut lessons, &mut news, &mut screen, &mut signals).await;
        // First the terminal, so that whatever the rest has to say can be read.
        drop(screen);
        let survivors = lessons.end();
        Ok(Ending {
            signal: outcome?,
            panicked: terminal::panicked(),
            survivors,
        })
    })
}
