//! Plays a lesson: does what a step says, and takes a picture of what the kernel says then. Going back is playing it
//! again from its start, with new processes: nothing is kept to be shown again.

use crate::target::end::Survivor;

use super::camera::Scene;
use super::picture::Picture;
use super::script::{Act, Lesson};
use super::stage::{Opening, Stage, StageError};

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

    /// The step after this one begins with processes of its own.
    pub(super) fn begins_anew(&self) -> bool {
        let next = self.lesson.steps.get(self.step + 1);
        next.is_some_and(|step| step.begin.is_some())
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
            stage.settle()?;
        }
        Ok(())
    }

    fn picture(&mut self, guessed: bool) -> Picture {
        let scene = Scene {
            lesson: &self.lesson,
            at: self.step,
            guessed,
            run: self.run,
        };
        scene.take(self.stage.as_mut())
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.clear();
    }
}
