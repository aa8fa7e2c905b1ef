//! `forkscope snapshot` as a user runs it: the real binary, on real servers, held against the kernel and against other
//! tools. What the servers do is tested elsewhere; here it is what the picture says of them.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that fails")]

#[path = "snapshot/contract.rs"]
mod contract;
#[path = "real/example.rs"]
mod example;
#[path = "snapshot/foreign.rs"]
mod foreign;
#[path = "snapshot/launched.rs"]
mod launched;
#[path = "snapshot/names.rs"]
mod names;
#[path = "snapshot/namespaces.rs"]
mod namespaces;
#[path = "snapshot/nobody.rs"]
mod nobody;
#[path = "snapshot/policies.rs"]
mod policies;
#[path = "snapshot/refusals.rs"]
mod refusals;
#[path = "server/served.rs"]
#[allow(dead_code, reason = "what a server is asked is more than these tests need")]
mod served;
#[path = "real/tagged.rs"]
mod tagged;
#[path = "snapshot/text.rs"]
mod text;
#[path = "snapshot/tool.rs"]
mod tool;
