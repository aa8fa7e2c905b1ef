//! What stands beside the tree: the lanes, or what was opened instead of them; and what the keys do to it.

use crate::observe::Attention;
use crate::timeline::process::{Key, ProcessId};

use super::code::Side;
use super::keymap::{Action, Motion};
use super::state::subject::Subject;
use super::state::{App, Looking};

/// The threads of so many processes are read at a time.
const MOST_LISTED: usize = 64;

/// What stands beside the tree, or in its place where the screen is too narrow for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pane {
    /// The lanes.
    #[default]
    Lanes,
    /// The selected process in detail.
    Details,
    /// The commands that prove the details.
    Proofs,
    /// The server's code; which language alone, where there is no room for both.
    Code(Side),
}

/// The pane that is open, and how many of its lines are scrolled away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Beside {
    /// Which.
    pub pane: Pane,
    /// Lines above what is shown.
    pub scroll: usize,
    /// They were scrolled by hand: code no longer follows whoever stands in it.
    pub scrolled: bool,
    /// The screen has room for two listings beside each other.
    pub both: bool,
    /// What is on the screen without having been opened.
    pub resting: Resting,
}

/// What stands below the tree where there is room, without being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resting {
    /// A process in detail.
    pub card: bool,
    /// The server's code.
    pub code: bool,
}

impl Beside {
    /// Something is open instead of the lanes.
    pub fn is_open(self) -> bool {
        self.pane != Pane::Lanes
    }

    /// Another pane, from its first line.
    fn turn_to(&mut self, pane: Pane) {
        (self.pane, self.scroll, self.scrolled) = (pane, 0, false);
    }

    fn scroll_to(&mut self, line: usize) {
        (self.scroll, self.scrolled) = (line, true);
    }

    /// The code is on the screen.
    fn shows_code(self) -> bool {
        self.resting.code || matches!(self.pane, Pane::Code(_))
    }
}

/// Does what an action asks of the pane; false where that is none of its affairs.
pub fn answer(app: &mut App, action: Action) -> bool {
    let page = app.page.max(1);
    let scroll = app.beside.scroll;
    match (action, app.beside.is_open()) {
        (Action::Details, _) => toggle(app, Pane::Details),
        (Action::Proofs, _) if app.beside.pane == Pane::Proofs => app.beside.turn_to(Pane::Details),
        (Action::Proofs, _) => toggle(app, Pane::Proofs),
        (Action::Code, _) => turn_code(app),
        (Action::Escape, true) => app.beside.turn_to(Pane::Lanes),
        (Action::Move(Motion::PageUp), true) => app.beside.scroll_to(scroll.saturating_sub(page)),
        (Action::Move(Motion::PageDown), true) => app.beside.scroll_to(scroll + page),
        _ => return false,
    }
    true
}

/// Opens a pane about the selected process, or about the first where none is; closes it where it is open.
fn toggle(app: &mut App, pane: Pane) {
    if app.beside.pane == pane {
        app.beside.turn_to(Pane::Lanes);
        return;
    }
    if app.selected.is_none() {
        let first = app.moment().rows.first().map(|row| row.life.id);
        app.selected = first;
    }
    app.beside.turn_to(pane);
}

/// From no code to Rust, to C where both have no room, and back to none.
fn turn_code(app: &mut App) {
    let next = match app.beside.pane {
        Pane::Code(Side::Rust) if !app.beside.both => Pane::Code(Side::C),
        Pane::Code(_) => Pane::Lanes,
        Pane::Lanes | Pane::Details | Pane::Proofs => Pane::Code(Side::Rust),
    };
    app.beside.turn_to(next);
}

impl App {
    /// What the observer should look at more closely for what is open.
    pub fn attention(&self) -> Attention {
        let card = match self.beside.pane {
            Pane::Details | Pane::Proofs => true,
            Pane::Lanes | Pane::Code(_) => self.beside.resting.card,
        };
        let life = self.on_the_card().filter(|_| card);
        Attention {
            process: life.and_then(|id| self.timeline.lifeline(id)?.key()),
            threads: self.threads_wanted(),
        }
    }

    /// Whose threads are on the screen, so many processes at most; of the rest it is said that nobody looked.
    fn threads_wanted(&self) -> Vec<Key> {
        if !(self.browse.threads || self.beside.shows_code()) || self.looking != Looking::Live {
            return Vec::new();
        }
        let moment = self.moment();
        let rows = moment.rows.iter().filter(|row| row.has_threads());
        rows.filter_map(|row| row.life.key()).take(MOST_LISTED).collect()
    }

    /// What may stand on the screen unasked, where there is room. Nobody's running server is looked at closely before
    /// somebody selects a process of it.
    pub fn may_rest(&self) -> Resting {
        let ours = match self.subject {
            Subject::BuiltIn | Subject::Launched(_) => true,
            Subject::Attached(_) => false,
        };
        Resting {
            card: ours || self.selected.is_some(),
            code: self.following.is_some(),
        }
    }

    /// The process that a card is about: the selected one; else, on a card that nobody opened, the first.
    pub fn on_the_card(&self) -> Option<ProcessId> {
        let first = || self.moment().rows.first().map(|row| row.life.id);
        self.selected.or_else(|| self.beside.resting.card.then(first)?)
    }

    /// The users whom the card names.
    pub fn users_on_the_card(&self) -> Vec<u32> {
        let detail = self
            .on_the_card()
            .and_then(|id| self.timeline.detail(id, self.shown_at()));
        let users = detail.and_then(|detail| detail.found.as_ref()?.users.ok());
        users.map(|users| vec![users.real, users.effective]).unwrap_or_default()
    }
}
