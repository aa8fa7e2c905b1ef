//! Plays a lesson: does what a step says, and takes a picture of what the kernel says then. Going back is playing it
//! again from its start, with new processes: nothing is kept to be shown again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::observe::News as Observed;
use crate::target::end::Survivor;
use crate::timeline::process::{Pid, State};

use super::probe::{Probe, Value};
use super::reading;
use super::script::{Act, Asked, Lesson};
use super::stage::{Actor, Audience, Opening, Stage, StageError};
use super::wire::Birth;

/// A question to the kernel, and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What was asked.
    pub probe: Probe,
    /// About which process.
    pub pid: Option<Pid>,
    /// What it said; `None` before the guess: it has not been asked yet.
    pub value: Option<Value>,
}

/// A process as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// What it is called.
    pub role: String,
    /// Its pid.
    pub pid: Pid,
    /// What the one is called that forked it.
    pub parent: Option<String>,
    /// The line where it stands, from 0: about to be executed or, in `call`, being executed.
    pub line: Option<usize>,
    /// Its state; `None` where it is gone.
    pub state: Option<State>,
    /// Its state is part of the question, and not to be shown before the guess.
    pub veiled: bool,
    /// Its parent is another than the one that forked it.
    pub orphan: bool,
    /// What the kernel says of it.
    pub rows: Vec<Row>,
}

/// A process in the tree of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its pid.
    pub pid: Pid,
    /// How deep it hangs.
    pub depth: usize,
    /// Its state.
    pub state: Option<State>,
    /// The line where it stands.
    pub line: Option<usize>,
}

/// What there is to see of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Which step, from 0.
    pub step: usize,
    /// The processes that have roles, in the order of the roles.
    pub shown: Vec<Shown>,
    /// All of them, as a tree.
    pub tree: Vec<Branch>,
    /// Facts of nobody in particular.
    pub facts: Vec<Row>,
    /// Values for the texts, by name: what the lesson names, and the pid of each role.
    pub values: Vec<(String, Value)>,
    /// What decides the question; `None` before the guess.
    pub decided: Option<Value>,
    /// The guess was made, or there is nothing to guess.
    pub revealed: bool,
    /// How often the lesson was begun: 1, unless it was stepped back.
    pub run: u32,
}

/// A lesson that is being played.
pub struct Player {
    lesson: Lesson,
    opening: Opening,
    stage: Option<Stage>,
    step: usize,
    run: u32,
    survivors: Vec<Survivor>,
}

impl Player {
    /// A lesson before its first step.
    pub fn new(lesson: Lesson, opening: Opening) -> Self {
        Self {
            lesson,
            opening,
            stage: None,
            step: 0,
            run: 0,
            survivors: Vec::new(),
        }
    }

    /// The lesson.
    pub fn lesson(&self) -> &Lesson {
        &self.lesson
    }

    /// Plays from the start up to a step, and asks its question. What the questions before would have done after a
    /// guess is done.
    ///
    /// # Errors
    /// A process is not where it should be; or the lesson was left.
    pub fn begin(&mut self, step: usize) -> Result<Picture, StageError> {
        self.run += 1;
        for before in 0..step {
            self.play(before)?;
            self.after(before)?;
        }
        self.play(step)?;
        Ok(self.picture(false))
    }

    /// Plays the step after this one; `None` at the last.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub fn advance(&mut self) -> Result<Option<Picture>, StageError> {
        let next = self.step + 1;
        if next >= self.lesson.steps.len() {
            return Ok(None);
        }
        self.play(next)?;
        Ok(Some(self.picture(false)))
    }

    /// Does what comes after the guess, and asks the kernel.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub fn reveal(&mut self) -> Result<Picture, StageError> {
        self.after(self.step)?;
        Ok(self.picture(true))
    }

    /// Ends the processes; who could not be ended.
    pub fn end(mut self) -> Vec<Survivor> {
        self.clear();
        std::mem::take(&mut self.survivors)
    }

    fn clear(&mut self) {
        if let Some(stage) = self.stage.take() {
            self.survivors.extend(stage.close());
        }
    }

    fn play(&mut self, step: usize) -> Result<(), StageError> {
        self.step = step;
        if let Some(program) = self.lesson.steps[step].begin.clone() {
            self.clear();
            self.stage = Some(Stage::open(&self.lesson, &program, &self.opening)?);
        }
        let acts = self.lesson.steps[step].acts.clone();
        self.act(&acts)
    }

    fn after(&mut self, step: usize) -> Result<(), StageError> {
        let ask = self.lesson.steps[step].ask.as_ref();
        let acts = ask.map(|ask| ask.after.clone()).unwrap_or_default();
        self.act(&acts)
    }

    fn act(&mut self, acts: &[Act]) -> Result<(), StageError> {
        if let Some(stage) = &mut self.stage {
            for act in acts {
                stage.act(&self.lesson, act)?;
            }
        }
        Ok(())
    }

    /// What there is to see now.
    fn picture(&mut self, guessed: bool) -> Picture {
        let step = &self.lesson.steps[self.step];
        let revealed = guessed || step.ask.is_none();
        let mut picture = Picture {
            step: self.step,
            shown: Vec::new(),
            tree: Vec::new(),
            facts: Vec::new(),
            values: Vec::new(),
            decided: None,
            revealed,
            run: self.run,
        };
        let Some(stage) = &mut self.stage else { return picture };
        let hidden = |role: Option<&str>, probe: &Probe| {
            let about = |asked: &Asked| asked.role.as_deref() == role && asked.probe == *probe;
            !revealed
                && step
                    .ask
                    .as_ref()
                    .is_some_and(|ask| about(&ask.about) || ask.hide.iter().any(about))
        };
        let listed = self.lesson.listed_at(self.step);
        for (role, birth) in &self.lesson.roles {
            let Some(actor) = stage.actors.get(birth) else { continue };
            let rows = step.rows.get(role).or_else(|| step.rows.get("*"));
            let rows = rows.into_iter().flatten().map(|probe| Row {
                probe: probe.clone(),
                pid: Some(actor.key.pid),
                value: (!hidden(Some(role), probe)).then(|| reading::of(stage, actor, probe)),
            });
            let parent = birth.parent().and_then(|parent| self.lesson.role(&parent));
            picture.shown.push(Shown {
                role: role.clone(),
                pid: actor.key.pid,
                parent: parent.map(str::to_owned),
                line: stands(actor).filter(|_| Some(actor.program.as_str()) == listed),
                state: state(actor),
                veiled: hidden(Some(role), &Probe::State),
                orphan: !birth.0.is_empty() && reading::is_orphan(actor),
                rows: rows.collect(),
            });
            picture
                .values
                .push((role.to_lowercase(), Value::Number(actor.key.pid.into())));
        }
        let guardian = stage.guardian();
        picture
            .values
            .push(("guardian".to_owned(), Value::Number(guardian.into())));
        picture.tree = tree(stage);
        for asked in &step.facts {
            let row = Row {
                probe: asked.probe.clone(),
                pid: asked
                    .role
                    .as_ref()
                    .and_then(|role| pid(stage, self.lesson.birth(role)?)),
                value: (!hidden(asked.role.as_deref(), &asked.probe)).then(|| answer(&self.lesson, stage, asked)),
            };
            picture.facts.push(row);
        }
        for (name, asked) in &step.values {
            let value = answer(&self.lesson, stage, asked);
            picture.values.push((name.clone(), value));
        }
        if revealed && let Some(ask) = &step.ask {
            picture.decided = Some(answer(&self.lesson, stage, &ask.about));
        }
        picture
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.clear();
    }
}

fn pid(stage: &Stage, birth: &Birth) -> Option<Pid> {
    stage.actors.get(birth).map(|actor| actor.key.pid)
}

fn state(actor: &Actor) -> Option<State> {
    reading::state(actor.key).and_then(State::from_letter)
}

/// Where it stands, as long as it runs the lesson's program.
fn stands(actor: &Actor) -> Option<usize> {
    let alive = !matches!(state(actor), None | Some(State::Zombie | State::Dead));
    actor.line.filter(|_| alive)
}

fn answer(lesson: &Lesson, stage: &mut Stage, asked: &Asked) -> Value {
    match &asked.role {
        None => reading::of_all(stage, &asked.probe),
        Some(role) => match lesson.birth(role).and_then(|birth| stage.actors.get(birth)) {
            Some(actor) => reading::of(stage, actor, &asked.probe),
            None => Value::Nothing,
        },
    }
}

/// The processes that the kernel lists below the guardian.
fn tree(stage: &Stage) -> Vec<Branch> {
    let mut branches: Vec<(Pid, usize)> = Vec::new();
    let mut tree = Vec::new();
    for (pid, parent, state) in reading::tree(stage) {
        let depth = branches
            .iter()
            .rev()
            .find(|(other, _)| *other == parent)
            .map_or(0, |(_, depth)| depth + 1);
        branches.push((pid, depth));
        let actor = stage.actors.values().find(|actor| actor.key.pid == pid);
        tree.push(Branch {
            pid,
            depth,
            state: State::from_letter(state),
            line: actor.and_then(stands),
        });
    }
    tree
}

/// What a player on a thread of its own is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Play from the start up to this step.
    Begin(usize),
    /// Play the next step.
    Next,
    /// The guess was made.
    Reveal,
}

/// What it tells.
#[derive(Debug)]
pub enum News {
    /// What there is to see now.
    Picture(Box<Picture>),
    /// What the observer of the lesson's processes sees.
    Observed(Observed),
    /// The lesson was begun, again or for the first time: what was observed before is over.
    Begun,
    /// It cannot go on.
    Failed(String),
}

/// A player on a thread of its own. Dropping it ends the lesson, wherever it is.
pub struct Playing {
    orders: Option<Sender<Order>>,
    left: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<Survivor>>>,
}

impl Playing {
    /// Plays a lesson on a thread of its own; `tell` hears what there is to see, and is asked to hear no more by
    /// false.
    ///
    /// # Errors
    /// There can be no more threads.
    pub fn start(
        lesson: Lesson,
        nofile: Option<u64>,
        tell: Arc<dyn Fn(News) -> bool + Send + Sync>,
    ) -> std::io::Result<Self> {
        let (orders, taken) = channel();
        let left = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&tell);
        let audience: Audience = Arc::new(move |news| told(News::Observed(news)));
        let opening = Opening {
            nofile,
            audience: Some(audience),
            left: Arc::clone(&left),
        };
        let thread = std::thread::Builder::new()
            .name("lesson".to_owned())
            .spawn(move || play(Player::new(lesson, opening), &taken, &*tell))?;
        Ok(Self {
            orders: Some(orders),
            left,
            thread: Some(thread),
        })
    }

    /// Tells it what to do next.
    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // A thread that has ended has said why.
            let _ = orders.send(order);
        }
    }

    /// Ends the lesson; who could not be ended.
    pub fn end(mut self) -> Vec<Survivor> {
        self.finish()
    }

    fn finish(&mut self) -> Vec<Survivor> {
        self.left.store(true, Ordering::Release);
        self.orders = None;
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(Result::ok).unwrap_or_default()
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.finish();
    }
}

fn play(mut player: Player, orders: &Receiver<Order>, tell: &dyn Fn(News) -> bool) -> Vec<Survivor> {
    while let Ok(order) = orders.recv() {
        let outcome = match order {
            Order::Begin(step) => {
                tell(News::Begun);
                player.begin(step).map(Some)
            }
            Order::Next => {
                let begins = player
                    .lesson
                    .steps
                    .get(player.step + 1)
                    .is_some_and(|step| step.begin.is_some());
                if begins {
                    tell(News::Begun);
                }
                player.advance()
            }
            Order::Reveal => player.reveal().map(Some),
        };
        let goes_on = match outcome {
            Ok(None) => true,
            Ok(Some(picture)) => tell(News::Picture(Box::new(picture))),
            Err(StageError::Left) => false,
            Err(error) => tell(News::Failed(said(&error))),
        };
        if !goes_on {
            break;
        }
    }
    player.end()
}

/// An error with all that is behind it.
fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
