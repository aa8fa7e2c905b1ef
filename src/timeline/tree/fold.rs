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

/// How many rows the screen has for the tree, how many the tree has, and whose row must not be folded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) room: usize,
    pub(super) rows: usize,
    pub(super) selected: Option<ProcessId>,
}

impl Screen {
    /// So many like siblings are still worth scrolling through: two screens, and not fewer than this.
    fn most(self) -> usize {
        (self.room * 2).max(24)
    }

    /// So many of a crowd keep a row: with all other rows, and the one that counts the rest, they fill the screen, so that
    /// as many of them come into sight as leave it. Where the others alone fill it, it is most of a screen still.
    fn kept(self, crowd: usize) -> usize {
        let others = self.rows.saturating_sub(crowd) + 1;
        let least = (self.room * 3 / 5).min(self.room.saturating_sub(2));
        self.room.saturating_sub(others).max(least).max(1)
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

/// Which of a crowd keep a row of their own: the first of them, and as many zombies as there is room for, the oldest first,
/// so that none is left out between two others. Of what zombies leave free some rows are for those that were born last.
fn staying(moment: &Moment<'_>, members: &[usize], screen: Screen) -> Vec<usize> {
    let row = |index: &usize| &moment.rows[*index];
    let kept = screen.kept(members.len());
    let last = kept / 5;
    let first = usize::from(kept > 1);
    let mut zombies: Vec<(Time, usize)> = members
        .iter()
        .filter_map(|index| Some((exit(row(index))?, *index)))
        .collect();
    zombies.sort_unstable();
    let living = members.iter().filter(|index| exit(row(index)).is_none());
    let mut born: Vec<(Time, usize)> = living.map(|index| (row(index).life.born.latest, *index)).collect();
    born.sort_unstable_by(|one, other| other.cmp(one));
    let oldest = || zombies.iter().map(|(_, index)| index);
    let newest = born.iter().map(|(_, index)| index);
    let selected = members
        .iter()
        .filter(|index| screen.selected == Some(row(index).life.id));
    // All else that they leave free goes to the first, so that the rows do not change in number as zombies come and go.
    let wanted = selected
        .chain(oldest().take(kept - first))
        .chain(members.iter().take(first))
        .chain(newest.take(last))
        .chain(members);
    let mut stay: Vec<usize> = Vec::with_capacity(kept);
    for index in wanted {
        if stay.len() >= kept {
            break;
        }
        if !stay.contains(index) {
            stay.push(*index);
        }
    }
    stay
}

/// When a zombie exited.
fn exit(row: &Row<'_>) -> Option<Time> {
    match row.phase {
        Phase::Zombie(exited) => Some(exited.when.latest),
        Phase::Unborn | Phase::Alive | Phase::Gone(_) => None,
    }
}
