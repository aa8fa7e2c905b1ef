//! The parts of a lesson's screen: the listing, the processes, and what is asked and said.

pub mod boxes;
pub mod branches;
pub mod guesses;
pub mod listing;
pub mod poster;
mod rows;
pub mod talk;
