//! A lesson that is open: at which step it is, what was guessed, and what was typed while a step is being played.
//!
//! A step takes its time, and keys do not wait for it. On and back are kept, in order, and done once the step is there.
//! What answers is not: an answer is to a question that was seen, so a digit, or the key that shows the answer, is
//! dropped where no question stands. And a kept key never goes past a question: where the step that it leads to asks
//! one, it and all behind it are forgotten.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::lesson::picture::{Picture, Settled};
use crate::lesson::playing::{News, Order, Playing};
use crate::lesson::script::Lesson;
use crate::lesson::{self};
use crate::observe::{Capture, News as Observed};
use crate::report::lesson::Texts;
use crate::timeline::Timeline;
use crate::timeline::limits::Limits;
use crate::words::{Language, Words};

use super::keys::{Action, Stand};

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

/// A way through a lesson that was asked for while a step was being played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    On,
    Back,
}

/// A lesson that is open.
pub struct Open {
    /// Which of those that were opened.
    pub(super) number: u64,
    /// Which.
    pub lesson: Lesson,
    /// What it is said with.
    pub texts: Texts,
    /// What there is to see; `None` before the first step has been played.
    pub picture: Option<Picture>,
    /// What was guessed at each step; the first guess stays.
    pub guesses: Vec<Option<Guess>>,
    /// What became of them, by step: the first time it was answered.
    pub settled: Vec<Option<Settled>>,
    /// The live tree is shown.
    pub tree: bool,
    /// Everything about its processes.
    pub timeline: Timeline,
    /// How exactly that is known.
    pub capture: Option<Capture>,
    /// All steps are done.
    pub finished: bool,
    /// It cannot go on, and why.
    pub failed: Option<String>,
    /// Something was asked of the processes, and has not come.
    waiting: bool,
    /// What was typed meanwhile.
    kept: VecDeque<Way>,
    playing: Option<Playing>,
}

impl Open {
    /// Begins a lesson, which tells its news there.
    pub(super) fn new(
        number: u64,
        lesson: Lesson,
        language: Language,
        nofile: Option<u64>,
        tell: Arc<dyn Fn(News) -> bool + Send + Sync>,
    ) -> Self {
        let texts = Texts {
            own: lesson::words(&lesson.name, language),
            words: Words::new(language),
        };
        let guesses = vec![None; lesson.steps.len()];
        let mut open = Self::unplayed(lesson.clone(), texts, guesses);
        open.number = number;
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
            number: 0,
            lesson,
            texts,
            picture: None,
            settled: vec![None; guesses.len()],
            guesses,
            capture: None,
            tree: false,
            timeline: Timeline::new(Limits::default()),
            finished: false,
            failed: None,
            waiting: false,
            kept: VecDeque::new(),
            playing: None,
        }
    }

    /// Leaves it: its processes end, on their own thread.
    pub(super) fn leave(self) -> Option<Playing> {
        let mut playing = self.playing;
        playing.iter_mut().for_each(Playing::leave);
        playing
    }

    fn order(&mut self, order: Order) {
        self.waiting = true;
        if let Some(playing) = &self.playing {
            playing.order(order);
        }
    }

    /// Which step it is, from 0.
    pub fn step(&self) -> usize {
        self.picture.as_ref().map_or(0, |picture| picture.step)
    }

    /// Where in the lesson that is.
    pub fn stand(&self) -> Stand {
        match self.step() {
            _ if self.finished => Stand::Over,
            0 => Stand::First,
            _ => Stand::Within,
        }
    }

    /// A question waits for its answer.
    pub fn is_asking(&self) -> bool {
        self.picture.as_ref().is_some_and(|picture| !picture.revealed)
    }

    /// How many answers the question has that is on the screen, where one is.
    pub fn question(&self) -> Option<usize> {
        let asks = self.is_asking() && !self.tree && !self.finished && self.failed.is_none();
        let step = self.lesson.steps.get(self.step()).filter(|_| asks)?;
        step.ask.as_ref().map(|ask| ask.options.len())
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

    /// Takes what the lesson tells; true where that changes what is shown.
    pub(super) fn take(&mut self, news: News) -> bool {
        match news {
            News::Begun => self.timeline = Timeline::new(Limits::default()),
            News::Observed(Observed::Observed(observation)) => {
                self.timeline.apply(&observation);
                return self.tree;
            }
            News::Observed(Observed::Capture(capture)) => {
                self.capture = Some(capture);
                return self.tree;
            }
            News::Failed(why) => self.failed = Some(why),
            News::Picture(picture) => {
                self.waiting = false;
                self.finished = false;
                self.settle(&picture);
                self.picture = Some(*picture);
                self.go_on();
            }
        }
        true
    }

    /// Holds a guess against what the kernel said.
    pub fn settle(&mut self, picture: &Picture) {
        let ask = self.lesson.steps.get(picture.step).and_then(|step| step.ask.as_ref());
        let (Some(ask), Some(value)) = (ask, &picture.decided) else {
            return;
        };
        let (Some(guess), Some(place)) = (self.guesses.get_mut(picture.step), self.settled.get_mut(picture.step))
        else {
            return;
        };
        if let Some(Guess::Given(given)) = *guess {
            let right = ask.options.get(given).is_some_and(|option| *option == value.key());
            *guess = Some(if right {
                Guess::Right(given)
            } else {
                Guess::Wrong(given)
            });
        }
        let option = |option: &String| self.texts.option(&self.lesson, picture, option);
        let guessed = match guess {
            Some(Guess::Given(at) | Guess::Right(at) | Guess::Wrong(at)) => ask.options.get(*at).map(option),
            Some(Guess::Shown) | None => None,
        };
        let said = ask.options.iter().find(|option| **option == value.key()).map(option);
        place.get_or_insert_with(|| Settled {
            question: self.texts.of_step(&self.lesson, picture, "ask").unwrap_or_default(),
            guessed,
            right: matches!(guess, Some(Guess::Right(_))),
            said: said.unwrap_or_else(|| self.texts.value(value)),
        });
    }

    /// Goes the ways that were kept, as far as they lead.
    fn go_on(&mut self) {
        while !self.waiting
            && let Some(way) = self.kept.pop_front()
        {
            match way {
                Way::On if self.is_asking() => self.kept.clear(),
                Way::On => self.on(),
                Way::Back => self.back(),
            }
        }
    }

    fn on(&mut self) {
        if self.step() + 1 < self.lesson.steps.len() {
            self.order(Order::Next);
        } else {
            self.finished = true;
        }
    }

    fn back(&mut self) {
        if self.finished {
            self.finished = false;
        } else if self.step() > 0 {
            self.order(Order::Begin(self.step() - 1));
        }
    }

    /// Answers a key.
    pub(super) fn act(&mut self, action: Action) {
        if action == Action::Tree {
            self.tree = !self.tree;
            return;
        }
        if self.failed.is_some() {
            return;
        }
        if self.waiting {
            // A key that is held down keeps no more of them than there is lesson.
            if self.kept.len() < self.lesson.steps.len() {
                self.kept.extend(way(action));
            }
            return;
        }
        if self.tree && self.is_asking() {
            // The question does not stand there: on is back to it, and an answer is none.
            self.tree = way(action) != Some(Way::On) && self.tree;
            return;
        }
        let ask = self.lesson.steps.get(self.step()).and_then(|step| step.ask.as_ref());
        let options = ask.map(|ask| ask.options.len());
        match (action, way(action)) {
            (Action::Answer(number), _) if self.is_asking() && options.is_some_and(|count| number <= count) => {
                self.guess(Guess::Given(number - 1));
            }
            (Action::Reveal, _) | (_, Some(Way::On)) if self.is_asking() => self.guess(Guess::Shown),
            (_, Some(Way::On)) => self.on(),
            (_, Some(Way::Back)) => self.back(),
            (_, None) => {}
        }
    }
}

/// The way that a key leads through a lesson, if it does.
fn way(action: Action) -> Option<Way> {
    match action {
        Action::Next | Action::Onward => Some(Way::On),
        Action::Previous => Some(Way::Back),
        Action::Answer(_)
        | Action::Reveal
        | Action::Tree
        | Action::Watch
        | Action::Up
        | Action::Down
        | Action::Open
        | Action::Help
        | Action::Projector
        | Action::NextTheme
        | Action::Redraw
        | Action::Suspend
        | Action::Back
        | Action::Quit => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lesson about copies at a step, as it is asked or after it was answered.
    fn picture(step: usize, revealed: bool) -> News {
        News::Picture(Box::new(Picture {
            step,
            shown: Vec::new(),
            tree: Vec::new(),
            facts: Vec::new(),
            values: Vec::new(),
            decided: None,
            refused: false,
            revealed,
            run: 1,
        }))
    }

    /// The lesson about copies, whose first step asks nothing and whose others do, and whose first step is being played.
    fn beginning() -> Open {
        let lesson = lesson::named("copy").expect("there is one");
        let guesses = vec![None; lesson.steps.len()];
        let texts = Texts {
            own: lesson::words("copy", Language::English),
            words: Words::new(Language::English),
        };
        let mut open = Open::unplayed(lesson, texts, guesses);
        open.order(Order::Begin(0));
        open
    }

    #[test]
    fn what_was_typed_while_a_step_is_played_is_done_then() {
        let mut open = beginning();
        open.act(Action::Next);
        assert!(open.waiting && open.picture.is_none());
        open.take(picture(0, true));
        assert!(open.waiting, "the second step was not asked for");
        open.take(picture(1, false));
        assert!(!open.waiting && open.kept.is_empty());
    }

    #[test]
    fn ways_are_gone_in_the_order_in_which_they_were_typed() {
        let mut open = beginning();
        open.take(picture(1, true));
        open.order(Order::Next);
        open.act(Action::Previous);
        open.act(Action::Next);
        open.take(picture(2, true));
        assert_eq!(open.kept, [Way::On], "back was not asked for first");
        assert!(open.waiting);
        open.take(picture(1, true));
        assert!(open.waiting && open.kept.is_empty());
    }

    #[test]
    fn no_key_answers_a_question_that_was_not_there() {
        let mut open = beginning();
        open.take(picture(0, true));
        open.act(Action::Next);
        for action in [Action::Answer(1), Action::Reveal, Action::Next, Action::Next] {
            open.act(action);
        }
        open.take(picture(1, false));
        assert!(open.is_asking() && !open.waiting, "a question was skipped");
        assert_eq!(open.guesses[1], None);
        assert!(open.kept.is_empty(), "what was typed before the question leads past it");
    }

    #[test]
    fn what_was_typed_after_an_answer_leads_on() {
        let mut open = beginning();
        open.take(picture(1, false));
        open.act(Action::Answer(2));
        open.act(Action::Next);
        assert_eq!(open.guesses[1], Some(Guess::Given(1)));
        open.take(picture(1, true));
        assert!(open.waiting, "the next step was not asked for");
    }

    #[test]
    fn a_key_that_is_held_down_keeps_no_more_than_a_lesson() {
        let mut open = beginning();
        for _ in 0..1000 {
            open.act(Action::Next);
        }
        assert_eq!(open.kept.len(), open.lesson.steps.len());
    }

    #[test]
    fn nothing_is_answered_where_the_question_does_not_stand() {
        let mut open = beginning();
        open.take(picture(1, false));
        open.act(Action::Tree);
        open.act(Action::Answer(1));
        assert!(open.tree && open.guesses[1].is_none());
        open.act(Action::Next);
        assert!(
            !open.tree && open.is_asking() && !open.waiting,
            "on is back to the question"
        );
    }

    #[test]
    fn the_tree_is_looked_at_while_a_step_is_played() {
        let mut open = beginning();
        open.act(Action::Tree);
        assert!(open.tree && open.kept.is_empty());
    }
}
