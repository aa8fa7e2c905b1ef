//! The line of a process: what it is now, how many connections it has, what it is doing, and its part in the tree.
//! Which lines there are, and where they stand, is not decided here.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::report::text::guide;
use crate::timeline::tree::Row;
use crate::timeline::tree::outline::{Line as Place, Shows};
use crate::words::cells::{fit, left, right, width};
use crate::words::doing::Room;

use super::{CONNECTIONS, STATE, Tree, fitting, mark};

/// Cells of what a process is doing from which on every row says its part, parent or child, beside it: there is room
/// for both in all of them, `killed by SIGKILL, no wait seen` among them. In fewer no row says it: the tree shows it.
const PART: usize = 40;

impl Tree<'_> {
    pub(super) fn row(&self, row: &Row<'_>, place: &Place, pid: usize, room: usize, selected: bool) -> Line<'static> {
        let theme = self.theme;
        let (context, tucked) = match &place.shows {
            Shows::Row { context, tucked, .. } => (*context, tucked.as_ref()),
            Shows::Crowd { .. } | Shows::Thread { .. } => (false, None),
        };
        let ground = if selected { theme.selected } else { Style::new() };
        let quiet = if row.is_ghost() { theme.ghost } else { theme.text };
        let guide = guide(&place.guides);
        let number = left(&row.life.pid.to_string(), pid.saturating_sub(width(&guide)));
        let standing = format!("{}{}", self.words.glyph(row), self.words.standing(row, self.moment.at));
        let connections = match row.held.counts {
            _ if row.is_ghost() || row.is_zombie() => String::new(),
            None => "–".to_owned(),
            Some(counts) => counts.established.to_string(),
        };
        // A zombie has no connections, and its age can be long.
        let state = if connections.is_empty() {
            STATE + CONNECTIONS
        } else {
            STATE
        };
        let said = fit(&standing, state);
        let rest = (STATE + CONNECTIONS).saturating_sub(width(&said));
        let connected = row.held.counts.is_some_and(|counts| counts.established > 0);
        let doing_room = room.saturating_sub(1 + pid + STATE + CONNECTIONS + 2);
        let mut spans = vec![
            Span::styled(mark(selected, context), if context { theme.dim } else { theme.accent }),
            Span::styled(guide, theme.border),
            Span::styled(number, if row.is_ghost() { theme.ghost } else { theme.number }),
            Span::styled(said, self.standing_style(row)),
            Span::styled(
                right(&connections, rest),
                if connected { theme.connection } else { theme.dim },
            ),
            Span::raw("  "),
        ];
        spans.extend(match tucked {
            Some(tucked) => vec![Span::styled(
                fitting(&self.words.tucked(tucked), doing_room),
                theme.accent,
            )],
            None => self.doing(row, doing_room, quiet),
        });
        if context {
            // Only what is below it was asked for; the mark says so without a colour.
            spans = spans.into_iter().map(|span| span.style(theme.dim)).collect();
        }
        Line::from(spans).style(ground)
    }

    /// What the process is doing, and at the right edge its part in the tree: a plain one in all rows or in none, another
    /// where both fit.
    fn doing(&self, row: &Row<'_>, room: usize, style: Style) -> Vec<Span<'static>> {
        let common = row.adopter.is_none() && row.held.shared_with.is_empty();
        let abroad = row.life.ns_pid.is_some_and(|own| own != row.life.pid);
        let part = if common && !abroad && room < PART {
            String::new()
        } else {
            self.part(row)
        };
        let sayings = Room::ALL.map(|much| self.words.doing(self.timeline, row, much));
        let beside = |doing: &&String| width(doing) + width(&part) + 2 <= room;
        // That it is an orphan, shares its connection or knows itself by another pid, matters more than the particulars of a call.
        let most = if common && !abroad { 2 } else { 3 };
        let Some(doing) = sayings
            .iter()
            .take(most)
            .find(beside)
            .filter(|_| !part.is_empty())
            .cloned()
        else {
            if most == 3 && !abroad && width(&part) <= room {
                return vec![Span::styled(part, self.part_style(row))];
            }
            let alone = sayings.iter().find(|doing| width(doing) <= room).unwrap_or(&sayings[2]);
            return vec![Span::styled(fit(alone, room), style)];
        };
        let gap = room.saturating_sub(width(&doing) + width(&part));
        vec![
            Span::styled(doing, style),
            Span::raw(" ".repeat(gap)),
            Span::styled(part, self.part_style(row)),
        ]
    }

    fn part_style(&self, row: &Row<'_>) -> Style {
        if row.adopter.is_some() {
            self.theme.alert
        } else {
            self.theme.dim
        }
    }

    /// What it is to the others: the parent, or an orphan and whose, or with whom it shares a connection.
    fn part(&self, row: &Row<'_>) -> String {
        if let Some(adopter) = row.adopter {
            return self
                .words
                .say_with("part-orphan", &[("pid", adopter.to_string().into())])
                .into_owned();
        }
        if let Some(other) = row.held.shared_with.first() {
            return self
                .words
                .say_with("part-shared", &[("pid", other.to_string().into())])
                .into_owned();
        }
        // In a PID namespace of its own it has another pid, which is the one that it knows itself by.
        if let Some(own) = row.life.ns_pid.filter(|own| *own != row.life.pid) {
            return self
                .words
                .say_with("part-inside", &[("pid", own.to_string().into())])
                .into_owned();
        }
        let name = if row.life.root { "part-parent" } else { "part-child" };
        self.words.say(name).into_owned()
    }

    fn standing_style(&self, row: &Row<'_>) -> Style {
        let theme = self.theme;
        if row.is_ghost() {
            return theme.ghost;
        }
        if row.is_zombie() {
            return theme.zombie;
        }
        self.state_style(row.facts.state)
    }
}
