//! `forkscope` in a terminal, as a user sees it: the real binary on a pseudo-terminal, its keys, its sizes, and every
//! way out of it. What a frame looks like in detail is tested elsewhere, without a terminal.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that fails")]

#[path = "screen/attached.rs"]
mod attached;
#[path = "screen/browse.rs"]
mod browse;
#[path = "screen/closely.rs"]
mod closely;
#[path = "screen/compared.rs"]
mod compared;
#[path = "screen/demonstrations.rs"]
mod demonstrations;
#[path = "real/example.rs"]
mod example;
#[path = "screen/keys.rs"]
mod keys;
#[path = "screen/looks.rs"]
mod looks;
#[path = "screen/pty.rs"]
mod pty;
#[path = "server/served.rs"]
#[allow(dead_code, reason = "what a server is asked is more than these tests need")]
mod served;
#[path = "real/tagged.rs"]
mod tagged;
#[path = "screen/ways_out.rs"]
mod ways_out;

use forkscope::words::{Language, Words};

/// A text of the screen in English.
fn say(name: &str, values: &[(&'static str, &str)]) -> String {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, (*value).into())).collect();
    Words::new(Language::English).say_with(name, &values).into_owned()
}

/// Three clients that stay, of a server of our own.
const THREE: [&str; 6] = ["--port", "0", "--clients", "3", "--hold", "1h"];

const UP: &str = "\x1b[A";
const DOWN: &str = "\x1b[B";
const LEFT: &str = "\x1b[D";
const RIGHT: &str = "\x1b[C";
const HOME: &str = "\x1b[H";
const END: &str = "\x1b[F";
const ENTER: &str = "\r";
const ESCAPE: &str = "\x1b";
