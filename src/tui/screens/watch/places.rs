//! Where things stand at which size: every decision about sizes of the watch screen. What stands there is the others'.

use ratatui::layout::{Constraint, Layout, Margin, Rect};

use crate::tui::widgets::digits;

/// The smallest terminal on which the screen still says something.
pub(super) const LEAST: (u16, u16) = (40, 12);

/// Cells that what is opened beside the tree needs, borders included; with fewer it takes the place of the tree.
const BESIDE: u16 = 46;

/// Cells that two listings beside each other need.
pub(super) const BOTH: u16 = 110;

/// Cells of the tree, borders included, before the lanes get any.
const TREE: u16 = 57;

/// The size from which on a desk, too, the counts stand in large digits: there is room for them, and little else to
/// fill it.
const AMPLE: (u16, u16) = (150, 50);

/// The width from which on the lanes stand beside the tree for the back of a room.
const ROOMY: u16 = 100;

/// Where things stand at a size; `None` is not shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub(super) header: Rect,
    pub(super) counters: Rect,
    /// The counts stand in large digits.
    pub(super) digits: bool,
    pub(super) tree: Rect,
    pub(super) lanes: Option<Rect>,
    pub(super) why: Option<Rect>,
    pub(super) events: Option<Rect>,
    pub(super) footer: Rect,
    /// Lines from one row of the tree to the next.
    pub(super) step: u16,
}

impl Places {
    /// The places on a screen of that size; `None` where it is too small.
    pub(super) fn on(area: Rect, projector: bool) -> Option<Self> {
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return None;
        }
        Some(if projector {
            Self::in_a_room(area)
        } else {
            Self::on_a_desk(area)
        })
    }

    /// Few rows, far apart, and no frames.
    fn in_a_room(area: Rect) -> Self {
        let digits = area.height >= 18;
        let gap = u16::from(digits) + u16::from(area.height >= 30);
        let why = u16::from(digits);
        let [header, _, counters, _, body, why_area, _, footer] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(gap - u16::from(digits)),
            Constraint::Length(if digits { digits::ROWS } else { 1 }),
            Constraint::Length(gap),
            Constraint::Fill(1),
            Constraint::Length(why),
            Constraint::Length(gap),
            Constraint::Length(1),
        ]));
        let (tree, lanes) = if area.width < ROOMY {
            (body, None)
        } else {
            let [tree, _, lanes] = body.layout(&Layout::horizontal([
                Constraint::Length(TREE.max(area.width * 2 / 5)),
                Constraint::Length(2),
                Constraint::Fill(1),
            ]));
            (tree, Some(lanes))
        };
        Self {
            header,
            counters,
            digits,
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events: None,
            footer,
            step: 2,
        }
    }

    fn on_a_desk(area: Rect) -> Self {
        let digits = area.width >= AMPLE.0 && area.height >= AMPLE.1;
        let events = match area.height {
            0..16 => 0,
            16..30 => 5,
            30..50 => area.height / 4,
            _ => area.height / 3,
        };
        // Three lines in a frame, or four where they are short; one line without, where there is no room for more.
        let why = match (area.height, area.width) {
            (0..16, _) => 0,
            (16..30, _) => 1,
            (_, 0..110) => 6,
            (_, _) => 5,
        };
        let [header, counters, body, why_area, events_area, footer] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(if digits { digits::ROWS + 2 } else { 1 }),
            Constraint::Fill(1),
            Constraint::Length(why),
            Constraint::Length(events),
            Constraint::Length(1),
        ]));
        let counters = if digits {
            counters.inner(Margin::new(0, 1))
        } else {
            counters
        };
        let (tree, lanes) = if area.width < TREE + 20 {
            (body, None)
        } else {
            let tree = (area.width / 2 + 4).clamp(TREE, 96);
            let [tree, lanes] = body.layout(&Layout::horizontal([Constraint::Length(tree), Constraint::Fill(1)]));
            (tree, Some(lanes))
        };
        Self {
            header,
            counters,
            digits,
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events: (events > 0).then_some(events_area),
            footer,
            step: 1,
        }
    }

    /// How many rows of the tree fit, below its heading.
    pub(super) fn rows(self, projector: bool) -> usize {
        let frame = if projector { 0 } else { 2 };
        let lines = self.tree.height.saturating_sub(frame + 1);
        usize::from(lines.div_ceil(self.step))
    }

    /// Where the tree stands beside what is open, and where that does.
    pub(super) fn beside(&self, whole: bool) -> (Option<Rect>, Rect) {
        match self.lanes {
            Some(lanes) if whole => (None, self.tree.union(lanes)),
            Some(lanes) if lanes.width >= BESIDE => (Some(self.tree), lanes),
            Some(lanes) => (None, self.tree.union(lanes)),
            None => (None, self.tree),
        }
    }
}
