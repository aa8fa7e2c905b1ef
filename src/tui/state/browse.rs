//! How the tree is looked at: in which order, through which filter, what is folded, and what is followed. What this makes
//! of a moment is worked out in `timeline::tree::outline`.

use crate::timeline::log::Change;
use crate::timeline::process::ProcessId;
use crate::timeline::tree::Moment;
use crate::timeline::tree::filter::Filter;
use crate::timeline::tree::fold::{Crowd, Folds};
use crate::timeline::tree::outline::{Look, Order, Outline, Shows, Under};

use super::App;

/// How the tree is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Browse {
    /// The order of siblings.
    pub order: Order,
    /// Which rows are shown; all without one.
    pub filter: Option<Filter>,
    /// What is folded.
    pub folds: Folds,
    /// The crowd that the bar stands on; no process is selected then.
    pub crowd: Option<Crowd>,
    /// Threads hang under their processes.
    pub threads: bool,
    /// Which line under the selected process the bar stands on; the process's own without it.
    pub under: Option<Under>,
    /// What the bar goes to by itself.
    pub follow: Follow,
    /// The lines were scrolled: the bar may be out of sight.
    pub adrift: bool,
}

/// What the bar goes to by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Follow {
    /// Nothing: it stays where it was put.
    #[default]
    Nothing,
    /// Whoever was born, ran another program, exited, was reaped or adopted last.
    Tree,
    /// The same, of this process and those below it.
    Below(ProcessId),
}

impl App {
    /// The tree of a moment as it is looked at.
    pub fn outline(&self, moment: &Moment<'_>) -> Outline {
        let browse = &self.browse;
        let look = Look {
            order: browse.order,
            filter: browse.filter.as_ref(),
            folds: &browse.folds,
            room: self.page,
            selected: self.selected,
            threads: browse.threads.then_some(&self.timeline),
        };
        Outline::of(moment, look)
    }

    /// In which line the bar stands.
    pub fn bar(&self, moment: &Moment<'_>, outline: &Outline) -> Option<usize> {
        if let Some(bar) = &self.browse.crowd {
            let mut lines = outline.lines.iter();
            return lines.position(|line| matches!(&line.shows, Shows::Crowd { crowd, .. } if crowd == bar));
        }
        let process = outline.place(moment, self.selected?)?;
        Some(self.browse.under.map_or(process, |under| outline.below(process, under)))
    }

    /// Puts the bar on a line.
    pub fn put_bar(&mut self, bar: Bar) {
        self.browse.follow = Follow::Nothing;
        self.browse.adrift = false;
        let before = self.selected;
        (self.selected, self.browse.under, self.browse.crowd) = match bar {
            Bar::Nowhere => (None, None, None),
            Bar::Process(id) => (Some(id), None, None),
            Bar::Under(id, under) => (Some(id), Some(under), None),
            Bar::Crowd(crowd) => (None, None, Some(crowd)),
        };
        if self.selected != before || before.is_none() {
            (self.beside.scroll, self.beside.scrolled) = (0, false);
        }
    }

    /// Scrolls the lines, whatever the bar stands on.
    pub fn roll(&mut self, by: isize) {
        self.scroll = self.scroll.saturating_add_signed(by);
        self.browse.adrift = true;
        self.settle();
    }

    /// Brings the bar to what is followed, as it stood at the moment that is shown.
    pub fn follow(&mut self) {
        // Who is asked about a process sees that one.
        if self.overlay.about().is_some() {
            return;
        }
        let below = match self.browse.follow {
            Follow::Nothing => return,
            Follow::Tree => None,
            Follow::Below(id) => Some(id),
        };
        let moment = self.moment();
        let family = |id: ProcessId| below.is_none_or(|top| is_below(&moment, id, top));
        let mut changed = self.timeline.log(moment.at).filter_map(|entry| whose(&entry.change));
        // A change of long ago is nothing to go to, and looking for it must not cost a frame.
        let newest = changed
            .by_ref()
            .take(200)
            .find(|id| moment.row(*id).is_some() && family(*id));
        drop(changed);
        drop(moment);
        if let Some(id) = newest {
            self.browse.adrift &= self.selected == Some(id);
            (self.selected, self.browse.under, self.browse.crowd) = (Some(id), None, None);
        }
    }
}

/// Where the bar is put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bar {
    /// On nothing.
    Nowhere,
    /// On a process.
    Process(ProcessId),
    /// On a line under a process; it is the process that is selected.
    Under(ProcessId, Under),
    /// On a crowd.
    Crowd(Crowd),
}

impl Bar {
    /// What stands in that line.
    pub fn at(moment: &Moment<'_>, outline: &Outline, line: usize) -> Option<Self> {
        let line = outline.lines.get(line)?;
        Some(match &line.shows {
            Shows::Row { row, .. } => Self::Process(moment.rows.get(*row)?.life.id),
            Shows::Crowd { crowd, .. } => Self::Crowd(crowd.clone()),
            Shows::Thread { of, hangs } => Self::Under(moment.rows.get(*of)?.life.id, hangs.under()),
        })
    }
}

/// One process is the other, or stands below it.
fn is_below(moment: &Moment<'_>, process: ProcessId, top: ProcessId) -> bool {
    let Some(from) = moment.rows.iter().position(|row| row.life.id == top) else {
        return false;
    };
    let depth = moment.rows[from].depth;
    let below = moment.rows[from + 1..].iter().take_while(|row| row.depth > depth);
    process == top || below.map(|row| row.life.id).any(|id| id == process)
}

/// Which process a change is about; `None` for one that is about no process.
fn whose(change: &Change) -> Option<ProcessId> {
    match change {
        Change::Forked { id, .. }
        | Change::Executed { id, .. }
        | Change::Exited { id, .. }
        | Change::Reaped { id, .. }
        | Change::Adopted { id, .. } => Some(*id),
        Change::Connected { .. }
        | Change::Closed { .. }
        | Change::ClientFailed { .. }
        | Change::Lost { .. }
        | Change::Ordered(_)
        | Change::Marked(_) => None,
    }
}
