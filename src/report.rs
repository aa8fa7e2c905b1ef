//! Results for scripts and readers: a snapshot, events as they happen, the machine's zombies, and what clients met, as
//! text and as JSON.
//!
//! The wire types stand apart from the timeline's own, so that the contract changes only when somebody means it to.

pub mod compare;
pub mod events;
pub mod json;
pub mod lesson;
pub mod load;
pub mod text;
pub mod users;
pub mod zombies;

use crate::observe::Capture;
use crate::timeline::process::{ExitStatus, Key};
use crate::timeline::tree::Moment;

/// A picture of the tree, and what it rests on.
#[derive(Debug)]
pub struct Picture<'a> {
    /// The tree.
    pub moment: &'a Moment<'a>,
    /// What was launched or attached to.
    pub roots: &'a [Root],
    /// How exact it is.
    pub capture: &'a Capture,
    /// When it was taken.
    pub taken_at: jiff::Timestamp,
}

/// What was launched or attached to, whether or not it is still in the tree.
#[derive(Debug, Clone, Copy)]
pub struct Root {
    /// Which.
    pub key: Key,
    /// How it ended, if it did.
    pub ended: Option<ExitStatus>,
}
