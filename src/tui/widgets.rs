//! What the screens are made of: each draws one thing from what it is given, and changes nothing.

pub mod card;
pub mod code;
pub mod compare;
pub mod counters;
pub mod digits;
pub mod events;
pub mod footer;
pub mod header;
pub mod help;
pub mod lanes;
pub mod lesson;
pub mod prompt;
pub mod sheet;
pub mod tree;
pub mod why;
