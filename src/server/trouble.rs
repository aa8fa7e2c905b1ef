//! Trouble that a server survives: it is said once, and retried after a rest. What to retry is the caller's affair.

use std::fmt;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use nix::poll::{PollTimeout, poll};

/// Trouble that was absent for this long is news when it comes back.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(5);

/// How long to leave a resource alone that has run out.
pub(super) const REST: Duration = Duration::from_millis(100);

/// One kind of trouble.
#[derive(Debug, Default)]
pub(super) struct Trouble {
    last: Option<Instant>,
}

impl Trouble {
    /// Says it on standard error, once for as long as it goes on.
    pub(super) fn say(&mut self, what: fmt::Arguments<'_>) {
        let news = self.last.is_none_or(|last| last.elapsed() > FORGOTTEN_AFTER);
        self.last = Some(Instant::now());
        if news {
            // Not eprintln!, which panics when nobody reads.
            let _ = writeln!(io::stderr(), "forkscope serve: {what}");
        }
    }

    /// Says it, and rests.
    pub(super) fn pause(&mut self, what: fmt::Arguments<'_>) {
        self.say(what);
        rest(REST);
    }
}

/// Waits; unlike std's sleep it returns at once when a signal comes.
pub(super) fn rest(time: Duration) {
    let _ = poll(&mut [], PollTimeout::try_from(time).unwrap_or(PollTimeout::ZERO));
}
