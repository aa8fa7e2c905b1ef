//! The screens: where things stand at which size. What they say and look like is the widgets'.

mod beside;
mod code;
pub mod compare;
mod frame;
pub mod lesson;
pub mod watch;
