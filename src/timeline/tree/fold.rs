//! Folding: which subtrees were closed by hand, and when so many like children stand under one parent that they fold by
//! themselves into one row that counts them. What is folded is still in the moment and in its totals.

use std::collections::{BTreeMap, BTreeSet};

use super::{Moment, Row};
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{ProcessId, State};
use crate::timeline::time::Time;

/// Like siblings: children of one parent that have the same command name and no children of their own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Crowd {
    /// Their parent; `None` for those at the top, such as orphans.
    pub parent: Option<ProcessId>,
    /// Their command name: bytes from a stranger.
    pub comm: Box<[u8]>,
}

/// What was folded and unfolded by hand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folds {
    closed: BTreeSet<ProcessId>,
    open: BTreeSet<Crowd>,
    all_open: bool,
}

impl Folds {
    /// Folds what is below a process.
    pub fn close(&mut self, process: ProcessId) {
        self.closed.insert(process);
    }

    /// Unfolds what is below a process; false where it was not folded.
    pub fn open(&mut self, process: ProcessId) -> bool {
        self.closed.remove(&process)
    }

    /// What is below it was folded by hand.
    pub fn is_closed(&self, process: ProcessId) -> bool {
        self.closed.contains(&process)
    }

    /// Unfolds a crowd.
    pub fn open_crowd(&mut self, crowd: Crowd) {
        self.open.insert(crowd);
    }

    /// Lets an unfolded crowd fold by itself again; false where it was not unfolded. Where all was, only crowds that are
    /// unfolded one by one stay so.
    pub fn close_crowd(&mut self, crowd: &Crowd) -> bool {
        let all = std::mem::take(&mut self.all_open);
        self.open.remove(crowd) || all
    }

    /// Unfolds everything.
    pub fn open_all(&mut self) {
        self.closed.clear();
        self.open.clear();
        self.all_open = true;
    }

    /// Crowds fold by themselves again, all of them.
    pub fn close_crowds(&mut self) {
        self.open.clear();
        self.all_open = false;
    }

    fn folds(&self, crowd: &Crowd) -> bool {
        !self.all_open && !self.open.contains(crowd)
    }
}

/// What is folded away, counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tucked {
    /// How many processes; ghosts are none.
    pub processes: usize,
    /// How many of them are zombies.
    pub zombies: usize,
    /// How many of the others are in each state, in the order of [`State::ALL`].
    pub states: Vec<(State, usize)>,
}

impl Tucked {
    /// These rows, counted.
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> Self {
        let mut tucked = Self::default();
        let mut states = [0; State::ALL.len()];
        for row in rows.filter(|row| !row.is_ghost()) {
            tucked.processes += 1;
            if row.is_zombie() {
                tucked.zombies += 1;
            } else if let Some(at) = State::ALL.iter().position(|state| *state == row.facts.state) {
                states[at] += 1;
            }
        }
        let counted = State::ALL.iter().copied().zip(states);
        tucked.states = counted.filter(|(_, count)| *count > 0).collect();
        tucked
    }
}

/// Siblings, parted into those that keep a row of their own and the crowds that fold.
#[derive(Debug)]
pub(super) struct Parted {
    /// Rows, in the order in which they came.
    pub(super) rows: Vec<usize>,
    /// Crowds, each with the rows that it stands for.
    pub(super) crowds: Vec<(Crowd, Vec<usize>)>,
}

/// How many rows the screen has for the tree, and whose row must not be folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) room: usize,
    pub(super) selected: Option<ProcessId>,
}

/// The first, the oldest zombies, and those that changed last.
const KINDS: usize = 3;

impl Screen {
    /// So many like siblings are still worth scrolling through: two screens, and not fewer than this.
    fn most(self) -> usize {
        (self.room * 2).max(24)
    }

    /// Of a crowd that folds keep a row: so many of the first, of the oldest zombies, and of those that were born or
    /// exited last. Together with their parent they fit the screen, and their number is steady.
    fn each(self) -> usize {
        (self.room / 5).max(1)
    }

    /// So many keep a row in all: beside them there is room for their parent, and for the row that counts the rest.
    fn kept(self) -> usize {
        (self.each() * KINDS).min(self.room.saturating_sub(2)).max(1)
    }
}

/// Parts siblings. `leaf` says that a row has nothing below it.
pub(super) fn part(
    moment: &Moment<'_>,
    parent: Option<ProcessId>,
    siblings: Vec<usize>,
    leaf: impl Fn(usize) -> bool,
    folds: &Folds,
    screen: Screen,
) -> Parted {
    let mut parted = Parted {
        rows: siblings,
        crowds: Vec::new(),
    };
    if parted.rows.len() <= screen.most() || folds.all_open {
        return parted;
    }
    let mut alike: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for index in &parted.rows {
        let row = &moment.rows[*index];
        if leaf(*index) && !row.is_ghost() && !row.life.root {
            alike.entry(&row.facts.names.comm).or_default().push(*index);
        }
    }
    let mut folded = vec![false; moment.rows.len()];
    for (comm, members) in alike.into_iter().filter(|(_, members)| members.len() > screen.most()) {
        let comm = comm.into();
        let crowd = Crowd { parent, comm };
        if folds.folds(&crowd) {
            let stay = staying(moment, &members, screen);
            let away: Vec<usize> = members.into_iter().filter(|index| !stay.contains(index)).collect();
            for index in &away {
                folded[*index] = true;
            }
            // Fewer keep a row than it takes to fold: there are always some.
            parted.crowds.push((crowd, away));
        }
    }
    parted.rows.retain(|index| !folded[*index]);
    parted
}

/// Which of a crowd keep a row of their own: few, so that to look through them is quicker than any table.
fn staying(moment: &Moment<'_>, members: &[usize], screen: Screen) -> Vec<usize> {
    let each = screen.each();
    let row = |index: &usize| &moment.rows[*index];
    let mut zombies: Vec<(Time, usize)> = members
        .iter()
        .filter_map(|index| Some((exit(row(index))?, *index)))
        .collect();
    zombies.sort_unstable();
    let mut changed: Vec<(Time, usize)> = members
        .iter()
        .map(|index| (exit(row(index)).unwrap_or(row(index).life.born.latest), *index))
        .collect();
    changed.sort_unstable_by(|one, other| other.cmp(one));
    let first = members.iter().take(each);
    let oldest = zombies.iter().take(each).map(|(_, index)| index);
    let last = changed.iter().take(each).map(|(_, index)| index);
    // What zombies leave free goes to the first, so that the rows do not change in number as zombies come and go.
    let wanted = first.chain(oldest).chain(last).chain(members);
    let mut stay: Vec<usize> = Vec::with_capacity(screen.kept() + 1);
    for index in wanted {
        if stay.len() >= screen.kept() {
            break;
        }
        if !stay.contains(index) {
            stay.push(*index);
        }
    }
    let selected = members.iter().find(|index| screen.selected == Some(row(index).life.id));
    stay.extend(selected.filter(|index| !stay.contains(index)));
    stay
}

/// When a zombie exited.
fn exit(row: &Row<'_>) -> Option<Time> {
    match row.phase {
        Phase::Zombie(exited) => Some(exited.when.latest),
        Phase::Unborn | Phase::Alive | Phase::Gone(_) => None,
    }
}
