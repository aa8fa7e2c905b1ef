//! The timeline against scenarios: what it must say at any moment, whatever the order in which it was told.

mod births;
mod ends;
mod family;
mod kept;
mod looking;
mod random;
pub(super) mod script;
mod sockets;
