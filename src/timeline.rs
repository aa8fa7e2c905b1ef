//! Everything known, and the one question asked of it: what was true at t?
//!
//! [`Timeline::apply`] takes observations as they come; [`Timeline::at`] answers with a [`tree::Moment`]. Nothing
//! here reads a clock, a file or a socket, and nothing here has words for people.

pub mod call;
pub mod observation;
pub mod process;
pub mod sockets;
pub mod time;
