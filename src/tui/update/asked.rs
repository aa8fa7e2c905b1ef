//! What was asked of a process in the moment in which it is drawn and not yet read: whose connection it holds and which
//! key names it is known some milliseconds later, and a key that was pressed is not lost for that. It owns how long is
//! waited; what is then done is decided where the same key is answered at once.

use std::time::Duration;

use crate::timeline::lifeline::{Lifeline, Phase};
use crate::timeline::process::ProcessId;
use crate::timeline::time::Time;
use crate::tui::state::overlay::Overlay;
use crate::tui::state::{App, Looking};

use super::choice::pick_signal;
use super::{Effect, hang_up};

/// Nothing more is waited for so long after a process was first read: what it has is known by then.
const SETTLED: Duration = Duration::from_millis(500);

/// So long at most is waited for a reading.
const PATIENCE: Duration = Duration::from_secs(5);

/// What can be asked of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// To hang up its client.
    HangUp,
    /// To choose a signal for it.
    Signal,
}

/// What waits for a process to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    what: Ask,
    process: ProcessId,
    since: Time,
}

/// Keeps what was asked of the selected process, where waiting for a reading may help; whatever was kept before is
/// forgotten. False where it does not help: there is no such process now, or all of it is known.
pub(super) fn wait(app: &mut App, what: Ask) -> bool {
    let since = match app.asked.take() {
        Some(before) if before.what == what && Some(before.process) == app.selected => before.since,
        Some(_) | None => app.clock,
    };
    let unread = app.looking == Looking::Live
        && app.clock.since(since) < PATIENCE
        && app.selected_life().is_some_and(|life| is_fresh(life, app.clock));
    if let Some(process) = app.selected.filter(|_| unread) {
        app.asked = Some(Asked { what, process, since });
    }
    unread
}

fn is_fresh(life: &Lifeline, now: Time) -> bool {
    !matches!(life.phase(now), Phase::Gone(_)) && life.read.is_none_or(|read| now.since(read) < SETTLED)
}

/// Asks again for what waits; it is forgotten once another process is selected, or something was opened over the tree.
pub fn again(app: &mut App) -> Option<Effect> {
    let asked = app.asked?;
    if app.selected != Some(asked.process) || app.overlay != Overlay::None {
        app.asked = None;
        return None;
    }
    match asked.what {
        Ask::HangUp => hang_up(app),
        Ask::Signal => {
            pick_signal(app);
            None
        }
    }
}
