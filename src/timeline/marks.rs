//! The marks that a teacher has set, each with the number by which it is spoken of. A mark is set at the moment that is
//! looked at, which may lie far back.

use super::observation::Mark;
use super::time::Time;

/// How many marks are kept.
const MOST: usize = 1_000;

/// A mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    /// Its number: they are counted as they are set, from 1.
    pub number: u32,
    /// Where it stands.
    pub at: Time,
    /// What it says; may be nothing.
    pub text: Box<str>,
}

/// All marks, by their moment.
#[derive(Debug, Default)]
pub(super) struct Marks {
    set: u32,
    marks: Vec<Marked>,
}

impl Marks {
    /// Sets one.
    pub(super) fn set(&mut self, mark: &Mark) {
        self.set += 1;
        let place = self.marks.partition_point(|other| other.at <= mark.at);
        let marked = Marked {
            number: self.set,
            at: mark.at,
            text: mark.text.clone(),
        };
        self.marks.insert(place, marked);
        if self.marks.len() > MOST {
            self.marks.remove(0);
        }
    }

    /// All that are kept, by their moment.
    pub(super) fn all(&self) -> &[Marked] {
        &self.marks
    }

    /// Drops those before `horizon`.
    pub(super) fn forget(&mut self, horizon: Time) {
        self.marks.retain(|mark| mark.at >= horizon);
    }
}
