//! Where things stand at which size: every decision about sizes of the watch screen. What stands there is the others'.

use ratatui::layout::{Constraint, Layout, Margin, Rect};

use crate::tui::code::Side;
use crate::tui::pane::{Pane, Resting};
use crate::tui::widgets::digits;
use crate::tui::widgets::sheet::Sheet;

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

/// Rows of an ample desk that the events leave to the others: a dozen are those of processes.
const OTHERS: u16 = 31;

/// The height from which on a room is tall: there is a line between everything.
const TALL: u16 = 30;

/// Lines from one row of the tree to the next in a tall room, and in any other; a line less where they are too many.
const APART: u16 = 3;
const CLOSER: u16 = 2;

/// So many large counts the eye takes in at once where room is short.
const FEW: usize = 5;

/// The width from which on the lanes stand beside the tree for the back of a room.
const ROOMY: u16 = 100;

/// Cells of the tree, borders included, beside the lanes: room for what every process is doing, and the rest is theirs.
fn tree_cells(width: u16) -> u16 {
    (width / 2 + 5).clamp(TREE, 96)
}

/// Rows of the tree that are worth more than why while a sheet is open.
const KEPT: u16 = 7;

/// The same at the back of a room, where they stand far apart.
const KEPT_APART: u16 = 4;

/// Rows of a frame with two events in it: with fewer beside a sheet, events have none.
const FEW_EVENTS: u16 = 4;

/// Lines that the tree has above a sheet in an ample room before it shares them with what happened last.
const SHARED: u16 = 24;

/// In an ample room the last third of what the tree would have is for what happened last, below why, which moves up; so
/// many lines of it stay empty `below`.
fn make_room_for_events(body: Rect, why: Rect, below: u16) -> (Rect, Rect, Option<Rect>) {
    let rows = body.height / 3;
    let height = body.height.saturating_sub(rows + 1);
    let why = Rect {
        y: why.y.saturating_sub(rows + 1),
        ..why
    };
    let events = Rect {
        y: why.bottom() + 1,
        height: rows.saturating_sub(below),
        ..why
    };
    (Rect { height, ..body }, why, Some(events))
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
    /// What is asked, chosen or read for a while: where the events stand, and where it needs more, above them.
    pub(super) sheet: Option<Rect>,
    pub(super) footer: Rect,
    /// Lines from one row of the tree to the next.
    pub(super) step: u16,
}

/// How generously a room is laid out.
#[derive(Debug, Clone, Copy)]
struct Spread {
    /// The counts stand in large digits.
    digits: bool,
    /// There is a sentence of why, where the room has one.
    why: bool,
    /// Lines from one row of the tree to the next.
    step: u16,
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

/// There is room for large digits on a desk, and for what is elsewhere opened by a key.
fn is_ample(area: Rect) -> bool {
    area.width >= AMPLE.0 && area.height >= AMPLE.1
}

/// Rows of why and of the foot of a desk, while a sheet of so many rows stands there: `free` is all between counters and
/// footer. Where the sheet needs more than the events have, why gives way before the tree is left with few rows, and
/// some of those stay in any case.
fn give_way(free: u16, (why, events): (u16, u16), sheet: u16) -> (u16, u16) {
    let frame = 3;
    let why = if sheet <= events || free >= sheet.saturating_add(why + frame + KEPT) {
        why
    } else {
        0
    };
    let least = (free * 2 / 5).clamp(frame + 1, frame + 3);
    let most = free.saturating_sub(why + least);
    (why, sheet.min(most).max(events))
}

impl Places {
    /// The places on a screen of that size, where so much may stand unasked and that sheet is open; `None` where it is too
    /// small.
    pub(super) fn on(area: Rect, projector: bool, resting: Resting, sheet: Option<&Sheet<'_>>) -> Option<Self> {
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return None;
        }
        Some(if projector {
            Self::in_a_room(area, sheet.map(|sheet| sheet.rows(area.width)))
        } else {
            Self::on_a_desk(area, resting, sheet)
        })
    }

    /// Few rows, far apart, and no frames. For a sheet nothing but the events gives way where that is enough; else what is
    /// there does in this order: the large digits, the sentence of why, the distance between rows.
    fn in_a_room(area: Rect, sheet: Option<u16>) -> Self {
        let usual = Spread {
            digits: area.height >= 18,
            why: true,
            step: if area.height >= TALL { APART } else { CLOSER },
        };
        let places = Self::spread(area, usual, None);
        let Some(sheet) = sheet else {
            return places;
        };
        if let Some(places) = places.with_a_sheet_at_the_events(sheet) {
            return places;
        }
        let usual = Spread { step: CLOSER, ..usual };
        let brief = Spread { digits: false, ..usual };
        let alone = Spread { why: false, ..brief };
        let close = Spread { step: 1, ..alone };
        let enough = |places: &Self| places.rows(true) >= usize::from(KEPT_APART);
        [usual, brief, alone]
            .into_iter()
            .map(|spread| Self::spread(area, spread, Some(sheet)))
            .find(enough)
            .unwrap_or_else(|| Self::spread(area, close, Some(sheet)))
    }

    /// The same with a sheet of so many rows below the newest events, or in their place; `None` where they have no room
    /// for it.
    fn with_a_sheet_at_the_events(self, rows: u16) -> Option<Self> {
        let events = self.events?;
        let rest = self.footer.y.saturating_sub(events.y).checked_sub(rows)?;
        let height = rest.saturating_sub(1);
        Some(Self {
            events: (height >= FEW_EVENTS).then_some(Rect { height, ..events }),
            sheet: Some(Rect {
                x: self.footer.x,
                y: events.y + rest,
                width: self.footer.width,
                height: rows,
            }),
            ..self
        })
    }

    fn spread(area: Rect, spread: Spread, sheet: Option<u16>) -> Self {
        let ample = is_ample(area);
        let large = area.height >= 18;
        let tall = u16::from(area.height >= TALL);
        let gap = match sheet {
            Some(_) if !spread.why => 0,
            Some(_) if large && !spread.digits => 1,
            Some(_) | None => tall,
        };
        // Where the sentence may be longer than a line, the second is free for it, and else a gap.
        let (why, below) = match (large && spread.why, area.width < ROOMY) {
            (false, _) => (0, 0),
            (true, true) => (2, tall),
            (true, false) if ample => (3, 1 + tall),
            (true, false) => (1, 1 + tall),
        };
        let counters = match (spread.digits, ample) {
            (false, _) => 1,
            (true, false) => digits::ROWS + digits::BELOW,
            (true, true) => digits::TALL_ROWS + digits::BELOW,
        };
        // Rows of the tree that no sheet takes.
        let least = (area.height / 4).clamp(3, 5);
        let (sheet, below) = match sheet {
            Some(rows) => (rows.min(area.height.saturating_sub(2 + counters + least)), 0),
            None => (0, below),
        };
        let [header, _, counters, _, body, _, why_area, _, sheet_area, footer] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(tall.min(gap)),
            Constraint::Length(counters),
            Constraint::Length(gap),
            Constraint::Fill(1),
            // The last row of the tree may be as bold as what is said of it.
            Constraint::Length(why.min(1)),
            Constraint::Length(why),
            Constraint::Length(below),
            Constraint::Length(sheet),
            Constraint::Length(1),
        ]));
        let (body, why_area, events) = if ample && (sheet == 0 || body.height >= SHARED) {
            make_room_for_events(body, why_area, sheet.min(1))
        } else {
            (body, why_area, None)
        };
        let (tree, lanes) = if area.width < ROOMY {
            (body, None)
        } else {
            let [tree, _, lanes] = body.layout(&Layout::horizontal([
                Constraint::Length(tree_cells(area.width) + 4),
                Constraint::Length(2),
                Constraint::Fill(1),
            ]));
            (tree, Some(lanes))
        };
        Self {
            header,
            counters,
            large: match (spread.digits, area.width < ROOMY) {
                (false, _) => 0,
                (true, true) => FEW,
                (true, false) => usize::MAX,
            },
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events,
            band: None,
            sheet: (sheet > 0).then_some(sheet_area),
            footer,
            step: spread.step,
        }
    }

    fn on_a_desk(area: Rect, resting: Resting, sheet: Option<&Sheet<'_>>) -> Self {
        let ample = is_ample(area);
        let events = match area.height {
            0..16 => 0,
            16..30 => 5,
            _ if ample => (area.height * 9 / 20).min(area.height.saturating_sub(OTHERS)),
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
        let counters = if ample { digits::ROWS + digits::BELOW + 2 } else { 1 };
        let cells = EVENTS.max(area.width * 3 / 10);
        let banded = ample && resting != Resting::default();
        let sheet = sheet.map(|sheet| sheet.rows(if banded { cells } else { area.width }));
        let (why, foot) = sheet.map_or((why, events), |rows| {
            let free = area.height.saturating_sub(2 + counters);
            give_way(free, (why, events), rows)
        });
        let [header, counters, body, why_area, foot, footer] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(counters),
            Constraint::Fill(1),
            Constraint::Length(why),
            Constraint::Length(foot),
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
        let (foot, band) = if banded {
            let [foot, band] = foot.layout(&Layout::horizontal([Constraint::Length(cells), Constraint::Fill(1)]));
            (foot, Some(band))
        } else {
            (foot, None)
        };
        let (events, sheet) = match sheet {
            None => ((foot.height > 0).then_some(foot), None),
            // Above it, the newest events stay where they are.
            Some(rows) if foot.height >= rows + FEW_EVENTS => {
                let [events, sheet] = foot.layout(&Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]));
                (Some(events), Some(sheet))
            }
            Some(_) => (None, Some(foot)),
        };
        Self {
            header,
            counters,
            large: if ample { usize::MAX } else { 0 },
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events,
            band,
            sheet,
            footer,
            step: 1,
        }
    }

    /// The same with the rows of the tree a line closer, where they are far apart. Where a room has few lines its letters
    /// are large, and there more rows say more than the line between them.
    pub(super) fn closer(self) -> Self {
        let step = self.step.saturating_sub(1).max(1);
        Self { step, ..self }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Theme;
    use crate::tui::widgets::sheet::{Entry, View};
    use crate::words::{Language, Words};

    /// What is opened stands apart from all else, as tall as it asks for where that leaves rows of the tree; and the tree
    /// keeps rows however much is asked for.
    fn check(words: &Words, (columns, rows): (u16, u16), projector: bool, resting: Resting, lines: usize) {
        let theme = Theme::plain();
        let sheet = Sheet {
            title: String::new(),
            note: String::new(),
            entries: vec![Entry::Text("a line".to_owned()); lines],
            beyond: (0, 0),
            most: u16::MAX,
            view: View::From(0),
            words,
            theme: &theme,
        };
        let screen = Rect::new(0, 0, columns, rows);
        let wanted = (lines > 0).then_some(&sheet);
        let places = Places::on(screen, projector, resting, wanted).unwrap();
        let said = format!("{columns}x{rows}, room: {projector}, {lines} lines\n{places:#?}");
        let all = [
            Some(places.header),
            Some(places.counters),
            Some(places.tree),
            places.lanes,
            places.why,
            places.events,
            places.band,
            places.sheet,
            Some(places.footer),
        ];
        let all: Vec<Rect> = all.into_iter().flatten().collect();
        for (number, one) in all.iter().enumerate() {
            assert!(!one.is_empty() && screen.union(*one) == screen, "{one}: {said}");
            let other = all[number + 1..].iter().find(|other| one.intersects(**other));
            assert_eq!(other, None, "over {one}: {said}");
        }
        assert!(places.rows(projector) >= 1, "{said}");
        assert_eq!(places.sheet.is_some(), lines > 0, "{said}");
        if let Some(place) = places.sheet {
            let asked = sheet.rows(place.width);
            assert!(place.height >= asked.min(5), "{said}");
            assert!(place.height >= asked || places.rows(projector) <= 4, "{said}");
            assert_eq!(place.bottom(), places.footer.y, "{said}");
        }
    }

    #[test]
    fn nothing_stands_over_anything_else_at_any_size() {
        let words = Words::new(Language::English);
        let both = Resting { card: true, code: true };
        for columns in [40, 60, 80, 100, 150, 240] {
            for rows in [12, 16, 18, 20, 24, 30, 36, 50, 70] {
                for lines in [0, 3, 9, 30] {
                    check(&words, (columns, rows), false, both, lines);
                    check(&words, (columns, rows), true, Resting::default(), lines);
                }
            }
        }
    }
}
