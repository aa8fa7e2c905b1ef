//! The clients that come to a server, and what they met: plans and statistics (pure), and the clients themselves
//! on a runtime of their own thread.

pub mod plan;
