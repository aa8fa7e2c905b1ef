//! The pictures of a comparison.

pub mod crowd;
pub mod stairs;
