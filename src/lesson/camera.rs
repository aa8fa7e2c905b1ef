//! Takes the picture of a step: reads of the processes on stage what the step shows, and leaves unasked what is to be
//! guessed.

use crate::timeline::process::{Pid, State};

use super::picture::{Branch, Picture, Row, Shown};
use super::probe::{Probe, Value};
use super::program::Op;
use super::reading;
use super::script::{Asked, Lesson, Step};
use super::stage::Stage;
use super::stage::actor::Actor;
use super::wire::Birth;

/// What is to be pictured.
pub(super) struct Scene<'a> {
    /// Of which lesson.
    pub(super) lesson: &'a Lesson,
    /// Which step.
    pub(super) at: usize,
    /// The guess was made.
    pub(super) guessed: bool,
    /// How often the lesson was begun.
    pub(super) run: u32,
}

impl Scene<'_> {
    /// The picture of it, as the processes are now; of an empty stage, an empty one.
    pub(super) fn take(&self, stage: Option<&mut Stage>) -> Picture {
        let step = self.step();
        let mut picture = Picture {
            step: self.at,
            shown: Vec::new(),
            tree: Vec::new(),
            facts: Vec::new(),
            values: Vec::new(),
            decided: None,
            refused: stage
                .as_ref()
                .is_some_and(|stage| stage.actors.values().any(|actor| self.is_refused(actor))),
            revealed: self.is_revealed(),
            run: self.run,
        };
        let Some(stage) = stage else { return picture };
        for (role, birth) in &self.lesson.roles {
            let Some(actor) = stage.actors.get(birth) else { continue };
            picture.shown.push(self.shown(stage, role, birth, actor));
            let pid = Value::Number(actor.key.pid.into());
            picture.values.push((role.to_lowercase(), pid));
        }
        let guardian = Value::Number(stage.guardian().into());
        picture.values.push(("guardian".to_owned(), guardian));
        picture.tree = tree(stage);
        for asked in &step.facts {
            let birth = asked.role.as_ref().and_then(|role| self.lesson.birth(role));
            let row = Row {
                probe: asked.probe.clone(),
                pid: birth.and_then(|birth| Some(stage.actors.get(birth)?.key.pid)),
                value: (!self.hides(asked.role.as_deref(), &asked.probe)).then(|| self.answer(stage, asked)),
            };
            picture.facts.push(row);
        }
        for (name, asked) in &step.values {
            let value = self.answer(stage, asked);
            picture.values.push((name.clone(), value));
        }
        let ask = step.ask.as_ref().filter(|_| self.is_revealed());
        picture.decided = ask.map(|ask| self.answer(stage, &ask.about));
        picture
    }

    fn step(&self) -> &Step {
        &self.lesson.steps[self.at]
    }

    fn is_revealed(&self) -> bool {
        self.guessed || self.step().ask.is_none()
    }

    /// That is to be guessed first.
    fn hides(&self, role: Option<&str>, probe: &Probe) -> bool {
        let about = |asked: &Asked| asked.role.as_deref() == role && asked.probe == *probe;
        let ask = self.step().ask.as_ref().filter(|_| !self.is_revealed());
        ask.is_some_and(|ask| about(&ask.about) || ask.hide.iter().any(about))
    }

    fn shown(&self, stage: &Stage, role: &str, birth: &Birth, actor: &Actor) -> Shown {
        let rows = &self.step().rows;
        let rows = rows.get(role).or_else(|| rows.get("*"));
        let rows = rows.into_iter().flatten().map(|probe| Row {
            probe: probe.clone(),
            pid: Some(actor.key.pid),
            value: (!self.hides(Some(role), probe)).then(|| reading::of(stage, actor, probe)),
        });
        let listed = self.lesson.listed_at(self.at);
        let parent = birth.parent().and_then(|parent| self.lesson.role(&parent));
        Shown {
            role: role.to_owned(),
            pid: actor.key.pid,
            parent: parent.map(str::to_owned),
            line: stands(actor).filter(|_| Some(actor.program.as_str()) == listed),
            state: state(actor),
            veiled: self.hides(Some(role), &Probe::State),
            orphan: !birth.0.is_empty() && reading::is_orphan(actor),
            rows: rows.collect(),
        }
    }

    /// A fork of this process returned -1, which its program does not look at.
    fn is_refused(&self, actor: &Actor) -> bool {
        let lines = self.lesson.programs.get(&actor.program).map(|program| &program.lines);
        let ops = lines
            .into_iter()
            .flatten()
            .filter_map(|line| line.ops.as_ref())
            .flatten();
        let mut unlooked = ops.filter_map(|op| match op {
            Op::Fork(name, None) => Some(name),
            _ => None,
        });
        unlooked.any(|name| matches!(reading::memory::variable(actor, name), Ok(-1)))
    }

    fn answer(&self, stage: &mut Stage, asked: &Asked) -> Value {
        match &asked.role {
            None => reading::everyone::of_all(stage, &asked.probe),
            Some(role) => match self.lesson.birth(role).and_then(|birth| stage.actors.get(birth)) {
                Some(actor) => reading::of(stage, actor, &asked.probe),
                None => Value::Nothing,
            },
        }
    }
}
fn state(actor: &Actor) -> Option<State> {
    reading::state(actor.key).and_then(State::from_letter)
}

/// Where it stands, as long as it runs the lesson's program.
fn stands(actor: &Actor) -> Option<usize> {
    let alive = !matches!(state(actor), None | Some(State::Zombie | State::Dead));
    actor.line.filter(|_| alive)
}

/// The processes that the kernel lists below the guardian.
fn tree(stage: &Stage) -> Vec<Branch> {
    let mut branches: Vec<(Pid, usize)> = Vec::new();
    let mut tree = Vec::new();
    for (pid, parent, state) in reading::everyone::tree(stage) {
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
