//! What the kernel says, turned into observations.
