//! Where things stand at which size: every decision about sizes of the watch screen. What stands there is the others'.

use ratatui::layout::{Constraint, Layout, Margin, Rect};

use crate::tui::code::Side;
use crate::tui::pane::{Pane, Resting};
use crate::tui::widgets::digits;

/// The smallest terminal on which the screen still says something.
pub(super) const LEAST: (u16, u16) = (40, 12);

/// Cells that what is opened beside the tree needs, borders included; with fewer it takes the place of the tree.
const BESIDE: u16 = 46;

/// Cells that two listings beside each other need, or a card and a listing.
pub(super) const BOTH: u16 = 110;

/// Cells of the tree, borders included, before the lanes get any.
const TREE: u16 = 58;

/// The size from which on a desk, too, the counts stand in large digits: there is room for them, and little else to
/// fill it.
const AMPLE: (u16, u16) = (150, 50);

/// Cells of the events in an ample room, where something stands beside them.
const EVENTS: u16 = 50;

/// So many large counts the eye takes in at once where room is short.
const FEW: usize = 5;

/// The width from which on the lanes stand beside the tree for the back of a room.
const ROOMY: u16 = 100;

/// Cells of the tree, borders included, beside the lanes: room for what every process is doing, and the rest is theirs.
fn tree_cells(width: u16) -> u16 {
    (width / 2 + 5).clamp(TREE, 96)
}

/// Where things stand at a size; `None` is not shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places {
    pub(super) header: Rect,
    pub(super) counters: Rect,
    /// So many counts stand in large digits, the others below them in small ones.
    pub(super) large: usize,
    pub(super) tree: Rect,
    pub(super) lanes: Option<Rect>,
    pub(super) why: Option<Rect>,
    pub(super) events: Option<Rect>,
    /// Beside the events, where there is room for what is elsewhere opened in the place of the lanes.
    band: Option<Rect>,
    pub(super) footer: Rect,
    /// Lines from one row of the tree to the next.
    pub(super) step: u16,
}

/// A pane and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub(super) pane: Pane,
    /// It was opened by a key, which scrolls it; any other is there because there is room.
    pub(super) opened: bool,
    pub(super) area: Rect,
}

/// What stands where the tree and the lanes do, and below them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stage {
    pub(super) tree: Option<Rect>,
    pub(super) lanes: Option<Rect>,
    pub(super) panes: [Option<Placed>; 2],
}

impl Places {
    /// The places on a screen of that size, where so much may stand unasked; `None` where it is too small.
    pub(super) fn on(area: Rect, projector: bool, resting: Resting) -> Option<Self> {
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return None;
        }
        Some(if projector {
            Self::in_a_room(area)
        } else {
            Self::on_a_desk(area, resting)
        })
    }

    /// Few rows, far apart, and no frames.
    fn in_a_room(area: Rect) -> Self {
        let digits = area.height >= 18;
        let ample = area.width >= AMPLE.0 && area.height >= AMPLE.1;
        let tall = u16::from(area.height >= 30);
        let gap = tall;
        // Where the sentence may be longer than a line, the second is free for it, and else a gap.
        let (why, below) = match (digits, area.width < ROOMY) {
            (false, _) => (0, 0),
            (true, true) => (2, tall),
            (true, false) if ample => (3, 1 + tall),
            (true, false) => (1, 1 + tall),
        };
        let counters = match (digits, ample) {
            (false, _) => 1,
            (true, false) => digits::ROWS + digits::BELOW,
            (true, true) => digits::TALL_ROWS + digits::BELOW,
        };
        let [header, _, counters, _, body, _, why_area, _, footer] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(tall),
            Constraint::Length(counters),
            Constraint::Length(gap),
            Constraint::Fill(1),
            Constraint::Length(tall),
            Constraint::Length(why),
            Constraint::Length(below),
            Constraint::Length(1),
        ]));
        let (tree, lanes) = if area.width < ROOMY {
            (body, None)
        } else {
            let [tree, _, lanes] = body.layout(&Layout::horizontal([
                Constraint::Length(tree_cells(area.width)),
                Constraint::Length(2),
                Constraint::Fill(1),
            ]));
            (tree, Some(lanes))
        };
        Self {
            header,
            counters,
            large: match (digits, area.width < ROOMY) {
                (false, _) => 0,
                (true, true) => FEW,
                (true, false) => usize::MAX,
            },
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events: None,
            band: None,
            footer,
            step: if ample { 3 } else { 2 },
        }
    }

    fn on_a_desk(area: Rect, resting: Resting) -> Self {
        let ample = area.width >= AMPLE.0 && area.height >= AMPLE.1;
        let events = match area.height {
            0..16 => 0,
            16..30 => 5,
            _ if ample => area.height * 2 / 5,
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
            Constraint::Length(if ample { digits::ROWS + digits::BELOW + 2 } else { 1 }),
            Constraint::Fill(1),
            Constraint::Length(why),
            Constraint::Length(events),
            Constraint::Length(1),
        ]));
        let counters = if ample {
            counters.inner(Margin::new(0, 1))
        } else {
            counters
        };
        let (tree, lanes) = if area.width < TREE + 20 {
            (body, None)
        } else {
            let tree = Constraint::Length(tree_cells(area.width));
            let [tree, lanes] = body.layout(&Layout::horizontal([tree, Constraint::Fill(1)]));
            (tree, Some(lanes))
        };
        let (events_area, band) = if ample && resting != Resting::default() {
            let cells = EVENTS.max(area.width * 3 / 10);
            let [events, band] =
                events_area.layout(&Layout::horizontal([Constraint::Length(cells), Constraint::Fill(1)]));
            (events, Some(band))
        } else {
            (events_area, None)
        };
        Self {
            header,
            counters,
            large: if ample { usize::MAX } else { 0 },
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events: (events > 0).then_some(events_area),
            band,
            footer,
            step: 1,
        }
    }

    /// Where the tree and the lanes stand, or what is opened in their place.
    pub(super) fn trees(self) -> Rect {
        self.lanes.map_or(self.tree, |lanes| self.tree.union(lanes))
    }

    /// All between the header and the footer.
    pub(super) fn below_header(self) -> Rect {
        let top = self.header.bottom();
        Rect {
            y: top,
            height: self.footer.y.saturating_sub(top),
            ..self.header
        }
    }

    /// How many rows of the tree fit, below its heading.
    pub(super) fn rows(self, projector: bool) -> usize {
        let frame = if projector { 0 } else { 2 };
        let lines = self.tree.height.saturating_sub(frame + 1);
        usize::from(lines.div_ceil(self.step))
    }

    /// What stands where, with that pane open.
    pub(super) fn stage(self, open: Pane, resting: Resting) -> Stage {
        let opened = |area| {
            let placed = Placed {
                pane: open,
                opened: true,
                area,
            };
            [Some(placed), None]
        };
        let whole = matches!(open, Pane::Code(_));
        let (tree, lanes, panes) = match (self.band, open, self.lanes) {
            (Some(band), ..) => (Some(self.tree), self.lanes, Self::in_band(band, open, resting)),
            (None, Pane::Lanes, lanes) => (Some(self.tree), lanes, [None, None]),
            (None, _, Some(lanes)) if !whole && lanes.width >= BESIDE => (Some(self.tree), None, opened(lanes)),
            (None, _, Some(lanes)) => (None, None, opened(self.tree.union(lanes))),
            (None, _, None) => (None, None, opened(self.tree)),
        };
        Stage { tree, lanes, panes }
    }

    /// Below the tree a card and the code, both where there is room; one that was opened comes first.
    fn in_band(band: Rect, open: Pane, resting: Resting) -> [Option<Placed>; 2] {
        let placed = |pane: Pane, area| {
            Some(Placed {
                pane,
                opened: pane == open,
                area,
            })
        };
        let card = match open {
            Pane::Details | Pane::Proofs => open,
            Pane::Code(_) => return [placed(open, band), None],
            Pane::Lanes => Pane::Details,
        };
        let code = Pane::Code(Side::C);
        if resting.code && band.width >= BOTH {
            let card_cells = Constraint::Length(band.width * 3 / 7);
            let [left, right] = band.layout(&Layout::horizontal([card_cells, Constraint::Fill(1)]));
            [placed(card, left), placed(code, right)]
        } else if resting.code && open == Pane::Lanes {
            [placed(code, band), None]
        } else {
            [placed(card, band), None]
        }
    }
}
