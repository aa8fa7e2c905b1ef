//! Moving the processes of a stage: letting them go from their lines, and waiting until the kernel says that they are
//! where they should be.

use std::time::Instant;

use crate::lesson::reading;
use crate::lesson::script::{Lesson, Until, Whom};
use crate::lesson::wire::Birth;
use crate::timeline::process::Pid;

use super::{LOOK, PATIENCE, Stage, StageError};

impl Stage {
    /// Whom it is about: of several, all that the kernel lists by now.
    pub(super) fn resolve(&mut self, lesson: &Lesson, whom: &Whom) -> Result<(String, Vec<Birth>), StageError> {
        let birth = |role: &String| {
            lesson
                .birth(role)
                .cloned()
                .ok_or_else(|| StageError::Nobody(role.clone()))
        };
        match whom {
            Whom::One(_) => {}
            Whom::ChildrenOf(_) | Whom::Everybody => self.gather()?,
        }
        Ok(match whom {
            Whom::Everybody => {
                let alive = self
                    .actors
                    .iter()
                    .filter(|(_, actor)| !matches!(reading::state(actor.key), None | Some('Z')));
                ("*".to_owned(), alive.map(|(birth, _)| birth.clone()).collect())
            }
            Whom::One(role) => (role.clone(), vec![birth(role)?]),
            Whom::ChildrenOf(role) => {
                let parent = birth(role)?;
                let children = self
                    .actors
                    .keys()
                    .filter(|birth| birth.parent().as_ref() == Some(&parent));
                (format!("{role}/*"), children.cloned().collect())
            }
        })
    }

    /// Lets processes go from their lines, together, where what is expected of them needs that.
    pub(super) fn set_going(&mut self, lesson: &Lesson, births: &[Birth], until: &Until) -> Result<(), StageError> {
        match until {
            Until::Line(label) => {
                for birth in births {
                    self.walk(lesson, birth, label)?;
                }
            }
            Until::Blocked(_) | Until::Ended => {
                for birth in births {
                    self.wait_for(birth)?;
                }
                for birth in births {
                    self.go(birth);
                }
            }
            // It may run another program before it has stopped at any line.
            Until::Becomes(_) => {
                for birth in births {
                    self.go(birth);
                }
            }
            Until::State(_) | Until::Gone | Until::Stopped => {}
        }
        Ok(())
    }

    /// Waits until every living process that the kernel lists has said who it is.
    fn gather(&mut self) -> Result<(), StageError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let known = |pid: Pid| {
                self.actors
                    .values()
                    .any(|actor| actor.key.pid == pid && actor.line.is_some())
            };
            let listed = reading::everyone::tree(self);
            let missing = listed.iter().find(|(pid, _, state)| *state != 'Z' && !known(*pid));
            let Some((pid, ..)) = missing else { return Ok(()) };
            if self.is_left() {
                return Err(StageError::Left);
            }
            if Instant::now() >= deadline {
                return Err(StageError::Nobody(pid.to_string()));
            }
            self.pump(LOOK)?;
        }
    }

    /// Waits until somebody is there.
    fn wait_for(&mut self, birth: &Birth) -> Result<(), StageError> {
        if self.actors.get(birth).is_none_or(|actor| actor.line.is_none()) {
            self.wait(&birth.0, std::slice::from_ref(birth), &Until::Stopped)?;
        }
        Ok(())
    }

    /// Line by line to that one.
    fn walk(&mut self, lesson: &Lesson, birth: &Birth, label: &str) -> Result<(), StageError> {
        self.wait_for(birth)?;
        loop {
            let Some(actor) = self.actors.get(birth) else {
                return Err(StageError::Nobody(birth.0.clone()));
            };
            let line = lesson
                .programs
                .get(&actor.program)
                .and_then(|program| program.labels.get(label));
            // It may be on its way to a program that knows the line.
            if !actor.on_its_way && line.is_some() && actor.line.as_ref() == line {
                return Ok(());
            }
            self.go(birth);
            self.wait(&birth.0, std::slice::from_ref(birth), &Until::Stopped)
                .map_err(|error| match error {
                    StageError::Late { role, stands, said, .. } => StageError::Late {
                        role,
                        wanted: Until::Line(label.to_owned()),
                        stands,
                        said,
                    },
                    other => other,
                })?;
        }
    }

    fn go(&mut self, birth: &Birth) {
        if let Some(actor) = self.actors.get_mut(birth) {
            actor.go();
        }
    }

    /// Waits until all of them are there.
    pub(super) fn wait(&mut self, role: &str, births: &[Birth], until: &Until) -> Result<(), StageError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let late = births.iter().find(|birth| !self.is_there(birth, until));
            let Some(late) = late else { return Ok(()) };
            if self.is_left() {
                return Err(StageError::Left);
            }
            if Instant::now() >= deadline {
                let stands = self.actors.get(late).map(|actor| {
                    let state = reading::state(actor.key);
                    format!(
                        "at line {:?} in state {state:?}, {:?}",
                        actor.line.map(|line| line + 1),
                        reading::call(actor.key)
                    )
                });
                let role = role.to_owned();
                return Err(StageError::Late {
                    role,
                    wanted: until.clone(),
                    stands: stands.unwrap_or_else(|| "nowhere".to_owned()),
                    said: self.output(),
                });
            }
            self.pump(LOOK)?;
        }
    }

    fn is_there(&self, birth: &Birth, until: &Until) -> bool {
        let Some(actor) = self.actors.get(birth) else {
            return false;
        };
        match until {
            Until::Line(_) | Until::Stopped => actor.stands(),
            Until::Blocked(calls) => {
                // Where the kernel hides the call, that it sleeps has to do.
                let blocked = reading::call(actor.key)
                    .map_or(actor.on_its_way, |call| call.is_some_and(|call| calls.contains(&call)));
                // Its call is known before the signal that will take it out of there has come.
                blocked && !reading::is_pending(actor.key) && reading::state(actor.key) == Some('S')
            }
            Until::Ended => matches!(reading::state(actor.key), None | Some('Z' | 'X')),
            Until::Becomes(name) => reading::name(actor.key).is_some_and(|found| found == *name),
            Until::State(state) => reading::state(actor.key) == Some(*state),
            Until::Gone => reading::state(actor.key).is_none(),
        }
    }
}
