//! What a step has a stage do, one act after the other.

use std::time::Instant;

use crate::lesson::probe::Seen;
use crate::lesson::reading;
use crate::lesson::script::{Act, Lesson, Until, Whom};
use crate::lesson::wire::Birth;
use crate::target::signal;

use super::actor::Actor;
use super::client::Client;
use super::{LOOK, PATIENCE, Stage, StageError, call};

/// Clock ticks of processor time that count as work.
const WORK: u64 = 5;

impl Stage {
    /// Does one thing.
    ///
    /// # Errors
    /// A process is not where it should be, or there is none; a call of the tool's own fails; the lesson was left.
    pub fn act(&mut self, lesson: &Lesson, act: &Act) -> Result<(), StageError> {
        match act {
            Act::Move(whom, until) => self.bring(lesson, whom, until),
            Act::Work(whom) => {
                let births = self.resolve(lesson, whom)?.1;
                let used = |stage: &Self| -> Vec<u64> {
                    let actors = births.iter().filter_map(|birth| stage.actors.get(birth));
                    let used = actors.map(|actor| reading::processor(actor.key).unwrap_or(u64::MAX));
                    used.collect()
                };
                let before = used(self);
                self.until(|stage| {
                    let mut both = used(stage).into_iter().zip(&before);
                    both.all(|(now, before)| now > before.saturating_add(WORK))
                })
            }
            Act::Signal(whom, number) => {
                for birth in self.resolve(lesson, whom)?.1 {
                    let actor = self.actor(&birth, &birth.0)?;
                    signal::send(actor.key, *number)?;
                }
                Ok(())
            }
            Act::Connect(role, variable) => {
                let birth = lesson.birth(role).cloned().unwrap_or_default();
                let port = call(
                    "read the port",
                    reading::memory::variable(self.actor(&birth, role)?, variable),
                )?;
                let client = Client::connect(u16::try_from(port).unwrap_or(0));
                self.client = Some(call("connect its client", client)?);
                Ok(())
            }
            Act::Send(text) => match &mut self.client {
                Some(client) => call("send", client.send(text)),
                None => Err(StageError::Nobody("client".to_owned())),
            },
            Act::ClientSees => {
                let before = self.client.as_ref().map_or(Seen::Nobody, Client::known);
                self.until(|stage| stage.seen() != before)
            }
            Act::Printed(text) => self.until(|stage| stage.output().iter().any(|line| line.contains(text.as_str()))),
            Act::HangUp => {
                self.client = None;
                Ok(())
            }
        }
    }

    /// Brings processes where they are expected.
    fn bring(&mut self, lesson: &Lesson, whom: &Whom, until: &Until) -> Result<(), StageError> {
        loop {
            let (role, births) = self.resolve(lesson, whom)?;
            self.set_going(lesson, &births, until)?;
            self.wait(&role, &births, until)?;
            // Somebody may have been born on the way, and stands where it was born.
            if self.resolve(lesson, whom)?.1 == births {
                return Ok(());
            }
        }
    }

    /// Waits until that is so, or the time is up: what is shown then is what is so.
    fn until(&mut self, is_so: impl Fn(&mut Self) -> bool) -> Result<(), StageError> {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) && Instant::now() < deadline && !self.is_left() {
            self.pump(LOOK)?;
        }
        Ok(())
    }

    fn actor(&self, birth: &Birth, role: &str) -> Result<&Actor, StageError> {
        self.actors
            .get(birth)
            .ok_or_else(|| StageError::Nobody(role.to_owned()))
    }
}
