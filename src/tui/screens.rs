//! The screens: where things stand at which size. What they say and look like is the widgets'.

pub mod watch;
