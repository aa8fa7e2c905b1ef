//! A comparison as a table with what follows from it, and as JSON. Both hold what was measured; what a scaled scenario
//! means is only labelled.

pub mod json;
pub mod text;
