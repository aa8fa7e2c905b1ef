//! The tree as somebody looks at it: the rows of a moment in the order that was asked for, those that the filter leaves,
//! and folded where it was folded. The moment itself stays whole: what is counted is never what is shown.

use std::cmp::Reverse;
use std::rc::Rc;

use super::arrange::below;
use super::filter::Filter;
use super::fold::{self, Crowd, Folds, Screen, Tucked};
use super::{Moment, Row};
use crate::timeline::Timeline;
use crate::timeline::process::{Pid, ProcessId};
use crate::timeline::threads::Thread;

/// In which order children of one parent stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The oldest first: rows keep their places.
    #[default]
    Age,
    /// By pid.
    Pid,
    /// Who holds the most established connections first.
    Connections,
    /// Who has used the most CPU first.
    Cpu,
}

impl Order {
    /// Every order.
    pub const ALL: &'static [Self] = &[Self::Age, Self::Pid, Self::Connections, Self::Cpu];

    /// The one after it, and after the last the first.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Age => Self::Pid,
            Self::Pid => Self::Connections,
            Self::Connections => Self::Cpu,
            Self::Cpu => Self::Age,
        }
    }
}

/// How somebody looks at a tree.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// The order of siblings.
    pub order: Order,
    /// What a row must be to be shown.
    pub filter: Option<&'a Filter>,
    /// What is folded.
    pub folds: &'a Folds,
    /// How many rows the screen has: so many like children are too many depends on that.
    pub room: usize,
    /// Whose row does not fold into a crowd.
    pub selected: Option<ProcessId>,
    /// Where the threads are that hang under their processes; none hang there without it.
    pub threads: Option<&'a Timeline>,
}

/// A tree as it is looked at.
#[derive(Debug)]
pub struct Outline {
    /// Its lines, from the top.
    pub lines: Vec<Line>,
    /// How many rows the filter asks for; all of them without one.
    pub matching: usize,
}

/// A line of the tree.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// What stands there.
    pub shows: Shows,
    /// For each level above it, whether a later sibling follows there; the last entry is its own level.
    pub guides: Rc<[bool]>,
}

/// What stands in a line.
#[derive(Debug, PartialEq, Eq)]
pub enum Shows {
    /// A process.
    Row {
        /// Its place among the rows of the moment.
        row: usize,
        /// It is here only because of what is below it, which the filter asks for.
        context: bool,
        /// What is folded below it.
        tucked: Option<Tucked>,
    },
    /// Like children, folded into one line.
    Crowd {
        /// Whose, and which.
        crowd: Crowd,
        /// The first of them.
        first: ProcessId,
        /// What they are.
        tucked: Tucked,
    },
    /// A thread, or what there is to say of the threads, under their process.
    Thread {
        /// The place of the process among the rows of the moment.
        of: usize,
        /// What.
        hangs: Hangs,
    },
}

/// What hangs under a process that has threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hangs {
    /// One of them.
    Thread(Thread),
    /// There are so many more, which were not read.
    More(usize),
    /// Nobody looked at them then.
    Unread,
}

/// Which line under a process with threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// That of the thread with this id.
    Thread(Pid),
    /// The one about the others.
    Rest,
}

impl Hangs {
    /// Which line it is.
    pub const fn under(&self) -> Under {
        match self {
            Self::Thread(thread) => Under::Thread(thread.tid),
            Self::More(_) | Self::Unread => Under::Rest,
        }
    }
}

impl Line {
    /// The process that stands in it.
    pub fn row<'a, 'b>(&self, moment: &'b Moment<'a>) -> Option<&'b Row<'a>> {
        match self.shows {
            Shows::Row { row, .. } => moment.rows.get(row),
            Shows::Crowd { .. } | Shows::Thread { .. } => None,
        }
    }
}

impl Outline {
    /// The moment as it is looked at.
    pub fn of(moment: &Moment<'_>, look: Look<'_>) -> Self {
        let family = Family::of(moment, look);
        let matching = family.asked.iter().filter(|asked| **asked).count();
        Self {
            lines: family.lines(),
            matching,
        }
    }

    /// In which line below that of a process stands what hangs under it; in the process's own where that is gone.
    pub fn below(&self, process: usize, under: Under) -> usize {
        let threads = self.lines.iter().enumerate().skip(process + 1);
        let mut threads = threads.map_while(|(at, line)| match &line.shows {
            Shows::Thread { hangs, .. } => Some((at, hangs.under())),
            Shows::Row { .. } | Shows::Crowd { .. } => None,
        });
        threads.find(|(_, other)| *other == under).map_or(process, |(at, _)| at)
    }

    /// In which line a process stands.
    pub fn place(&self, moment: &Moment<'_>, process: ProcessId) -> Option<usize> {
        let mut lines = self.lines.iter();
        lines.position(|line| line.row(moment).is_some_and(|row| row.life.id == process))
    }
}

/// Who stands under whom, after filter and order.
struct Family<'a> {
    moment: &'a Moment<'a>,
    look: Look<'a>,
    tops: Vec<usize>,
    children: Vec<Vec<usize>>,
    /// How many rows there are, those included that only lead to others.
    rows: usize,
    /// The filter asks for the row.
    asked: Vec<bool>,
}

/// What is still to be written.
enum Item {
    Row(usize),
    Thread(usize, Hangs),
    Crowd(Crowd, Vec<usize>),
}

impl<'a> Family<'a> {
    fn of(moment: &'a Moment<'a>, look: Look<'a>) -> Self {
        let rows = &moment.rows;
        let asks = |row: &Row<'_>| look.filter.is_none_or(|filter| filter.matches(row, moment));
        let asked: Vec<bool> = rows.iter().map(asks).collect();
        let parents = parents(rows);
        // Parents come first, so from the end each row has heard of all that is below it.
        let mut kept = asked.clone();
        for (index, parent) in parents.iter().enumerate().rev() {
            if let Some(parent) = parent {
                kept[*parent] |= kept[index];
            }
        }
        let mut tops = Vec::new();
        let mut children = vec![Vec::new(); rows.len()];
        for (index, parent) in parents.into_iter().enumerate().filter(|(index, _)| kept[*index]) {
            match parent {
                Some(parent) => children[parent].push(index),
                None => tops.push(index),
            }
        }
        let mut family = Self {
            moment,
            look,
            tops,
            children,
            rows: kept.iter().filter(|kept| **kept).count(),
            asked,
        };
        let mut tops = std::mem::take(&mut family.tops);
        family.sort(&mut tops);
        tops.sort_by_key(|index| !rows[*index].life.root);
        family.tops = tops;
        for index in 0..rows.len() {
            let mut siblings = std::mem::take(&mut family.children[index]);
            family.sort(&mut siblings);
            family.children[index] = siblings;
        }
        family
    }

    /// Siblings come by age.
    fn sort(&self, siblings: &mut [usize]) {
        let row = |index: &usize| &self.moment.rows[*index];
        match self.look.order {
            Order::Age => {}
            Order::Pid => siblings.sort_by_key(|index| row(index).life.pid),
            Order::Connections => {
                siblings.sort_by_key(|index| Reverse(row(index).held.counts.map(|counts| counts.established)));
            }
            Order::Cpu => siblings.sort_by_cached_key(|index| {
                let usage = row(index).life.usage_at(self.moment.at);
                Reverse(usage.map(|(_, usage)| usage.cpu))
            }),
        }
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let top: Rc<[bool]> = Rc::new([]);
        let mut stack = Vec::new();
        self.stand(None, &top, &mut stack);
        while let Some((item, guides)) = stack.pop() {
            let shows = match item {
                Item::Crowd(crowd, members) => Shows::Crowd {
                    crowd,
                    first: self.moment.rows[members[0]].life.id,
                    tucked: Tucked::of(members.iter().map(|index| &self.moment.rows[*index])),
                },
                Item::Thread(of, hangs) => Shows::Thread { of, hangs },
                Item::Row(row) => {
                    let id = self.moment.rows[row].life.id;
                    let folded = self.look.folds.is_closed(id);
                    let closed = folded && !self.children[row].is_empty();
                    if !folded {
                        self.stand(Some(row), &guides, &mut stack);
                    }
                    Shows::Row {
                        row,
                        context: !self.asked[row],
                        tucked: closed
                            .then(|| Tucked::of(self.below(row).iter().map(|index| &self.moment.rows[*index]))),
                    }
                }
            };
            lines.push(Line { shows, guides });
        }
        lines
    }

    /// Puts what stands directly below a row, or at the top, on the stack, the first uppermost.
    fn stand(&self, parent: Option<usize>, above: &Rc<[bool]>, stack: &mut Vec<(Item, Rc<[bool]>)>) {
        let siblings = parent.map_or(&self.tops, |parent| &self.children[parent]);
        let threads = parent.map_or_else(Vec::new, |parent| self.threads(parent));
        if siblings.is_empty() && threads.is_empty() {
            return;
        }
        let id = parent.map(|parent| self.moment.rows[parent].life.id);
        let leaf = |index: usize| self.children[index].is_empty();
        let screen = Screen {
            room: self.look.room,
            rows: self.rows,
            selected: self.look.selected,
        };
        let parted = fold::part(self.moment, id, siblings.clone(), leaf, self.look.folds, screen);
        let rows = parted.rows.into_iter().map(Item::Row);
        let crowds = parted
            .crowds
            .into_iter()
            .map(|(crowd, members)| Item::Crowd(crowd, members));
        let items: Vec<Item> = threads.into_iter().chain(rows).chain(crowds).collect();
        // At the top nothing leads to a row.
        let guides = |follows| parent.map_or_else(|| Rc::clone(above), |_| below(above, follows));
        let mut items = items.into_iter().rev();
        stack.extend(items.next().map(|last| (last, guides(false))));
        let guides = guides(true);
        stack.extend(items.map(|item| (item, Rc::clone(&guides))));
    }

    /// What hangs under a row that the filter asks for, of a living process with more than one thread.
    fn threads(&self, of: usize) -> Vec<Item> {
        let row = &self.moment.rows[of];
        let Some(timeline) = self.look.threads.filter(|_| self.asked[of] && row.has_threads()) else {
            return Vec::new();
        };
        let Some(listed) = timeline.threads(row.life.id, self.moment.at) else {
            return vec![Item::Thread(of, Hangs::Unread)];
        };
        let threads = listed.threads.iter().cloned().map(Hangs::Thread);
        let more = (listed.more > 0).then_some(Hangs::More(listed.more));
        threads.chain(more).map(|hangs| Item::Thread(of, hangs)).collect()
    }

    /// All rows below a row.
    fn below(&self, row: usize) -> Vec<usize> {
        let mut found = Vec::new();
        let mut next = self.children[row].clone();
        while let Some(index) = next.pop() {
            found.push(index);
            next.extend(&self.children[index]);
        }
        found
    }
}

/// The place of each row's parent. Rows stand depth first, parents before their children.
fn parents(rows: &[Row<'_>]) -> Vec<Option<usize>> {
    let mut above: Vec<usize> = Vec::new();
    let parent_of = |(index, row): (usize, &Row<'_>)| {
        above.truncate(row.depth);
        let parent = above.last().copied();
        above.push(index);
        parent
    };
    rows.iter().enumerate().map(parent_of).collect()
}
