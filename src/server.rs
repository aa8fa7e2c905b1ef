//! The demo servers: real, small, synchronous, single-threaded programs that fork as the textbooks do.
//!
//! They know nothing of forkscope's screen: what is shown of them comes from the kernel. They run only in a
//! process of their own (`forkscope serve`), never inside the tool.

pub mod config;
