//! What is watched: launched by us under a guardian, or attached to.
//!
//! A launched target is a chain of three: the tool (a subreaper), the guardian (this executable once more,
//! single-threaded, a subreaper too, holding nothing but a control socket), and the target itself. Whoever of the
//! tool and the guardian goes first, the other ends what is left, so nothing that was launched outlives us:
//!
//! ```text
//! tool ── control socket ── guardian ── gate ── target ── whatever it forks
//!   ▲                          ▲                            │
//!   └── adopts when the ───────┴── adopts when a parent ────┘
//!       guardian is gone           in the tree is gone
//! ```
//!
//! An attached target is only named here, never touched, but for a signal that was asked for. Where it was stopped, a
//! third image of this executable sees to it that it goes on, whatever ends the tool.

pub mod attach;
pub mod end;
mod gate;
pub mod guardian;
pub mod hold;
pub mod holders;
pub mod launch;
pub mod launched;
pub mod limit;
mod link;
pub mod listener;
pub mod message;
pub mod output;
mod raw;
pub mod signal;
mod stat;
pub mod tree;
