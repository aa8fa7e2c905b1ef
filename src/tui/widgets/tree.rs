//! The tree: a row for each process, with what it is now and what it is doing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::timeline::Timeline;
use crate::timeline::process::{ProcessId, State};
use crate::timeline::tree::{Moment, Row};
use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, left, right, width};
use crate::words::phrases::Room;

/// Cells of the columns before what a process is doing.
const STATE: usize = 17;
const CONNECTIONS: usize = 5;

/// What marks the selected row, besides its ground.
const MARK: &str = "▌";

/// The tree of a moment.
#[derive(Debug)]
pub struct Tree<'a> {
    /// Where the names of sockets are.
    pub timeline: &'a Timeline,
    /// The moment.
    pub moment: &'a Moment<'a>,
    /// The first row shown.
    pub scroll: usize,
    /// Lines from one row to the next.
    pub step: u16,
    /// Which row is selected.
    pub selected: Option<ProcessId>,
    /// The texts.
    pub words: &'a Words,
    /// The styles.
    pub theme: &'a Theme,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.language()).finish()
    }
}

impl Tree<'_> {
    /// Cells of the first column: as wide as the deepest row that is there needs, and steady while nothing changes.
    fn pid_column(&self) -> usize {
        let widest = self
            .moment
            .rows
            .iter()
            .map(|row| row.depth * 2 + row.life.pid.to_string().len())
            .max();
        (widest.unwrap_or(0) + 2).clamp(8, 24)
    }

    fn heading(&self, pid: usize) -> Line<'static> {
        let name = |name| self.words.say(name).into_owned();
        Line::styled(
            format!(
                " {}{}{}  {}",
                left(&name("column-pid"), pid),
                left(&name("column-state"), STATE),
                right(&name("column-conn"), CONNECTIONS),
                name("column-doing"),
            ),
            self.theme.dim,
        )
    }

    fn row(&self, row: &Row<'_>, pid: usize, room: usize) -> Line<'static> {
        let theme = self.theme;
        let selected = self.selected == Some(row.life.id);
        let ground = if selected { theme.selected } else { Style::new() };
        let quiet = if row.is_ghost() { theme.ghost } else { theme.text };
        let guide = crate::report::text::guide(&row.guides);
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
            Span::styled(if selected { MARK } else { " " }, theme.accent),
            Span::styled(guide, theme.border),
            Span::styled(number, if row.is_ghost() { theme.ghost } else { theme.number }),
            Span::styled(said, self.standing_style(row)),
            Span::styled(
                right(&connections, rest),
                if connected { theme.connection } else { theme.dim },
            ),
            Span::raw("  "),
        ];
        spans.extend(self.doing(row, doing_room, quiet));
        Line::from(spans).style(ground)
    }

    /// The lines of the tree above a row.
    fn between(&self, row: &Row<'_>) -> Line<'static> {
        let guide = crate::report::text::guide(&row.guides)
            .replace(['├', '└'], "│")
            .replace('─', " ");
        Line::styled(format!(" {guide}"), self.theme.border)
    }

    /// What the process is doing, and at the right edge its part in the tree, where both fit.
    fn doing(&self, row: &Row<'_>, room: usize, style: Style) -> Vec<Span<'static>> {
        let part = self.part(row);
        let sayings = Room::ALL.map(|much| self.words.doing(self.timeline, row, much));
        let beside = |doing: &&String| width(doing) + width(&part) + 3 <= room;
        // That it is an orphan, or shares its connection, matters more than the particulars of a call.
        let most = if row.adopter.is_some() || !row.held.shared_with.is_empty() {
            3
        } else {
            2
        };
        let Some(doing) = sayings
            .iter()
            .take(most)
            .find(beside)
            .filter(|_| !part.is_empty())
            .cloned()
        else {
            let alone = sayings.iter().find(|doing| width(doing) <= room).unwrap_or(&sayings[2]);
            return vec![Span::styled(fit(alone, room), style)];
        };
        let gap = room.saturating_sub(width(&doing) + width(&part) + 1);
        let part_style = if row.adopter.is_some() {
            self.theme.alert
        } else {
            self.theme.dim
        };
        vec![
            Span::styled(doing, style),
            Span::raw(" ".repeat(gap)),
            Span::styled(part, part_style),
            Span::raw(" "),
        ]
    }

    /// What it is to the others: the parent, or an orphan and whose, or with whom it shares a connection.
    fn part(&self, row: &Row<'_>) -> String {
        if row.is_ghost() {
            return String::new();
        }
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
            let name = if own == 1 { "part-init" } else { "part-inside" };
            return self
                .words
                .say_with(name, &[("pid", own.to_string().into())])
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
        match row.facts.state {
            State::Running => theme.running,
            State::Stopped | State::Traced => theme.stopped,
            State::Sleeping | State::DiskSleep | State::Zombie | State::Dead | State::Idle | State::Parked => {
                theme.sleeping
            }
        }
    }
}

impl Widget for &Tree<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let pid = self.pid_column();
        let mut lines = area.rows();
        if let Some(first) = lines.next() {
            self.heading(pid).render(first, buffer);
        }
        let mut lines = lines.enumerate().peekable();
        for row in self.moment.rows.iter().skip(self.scroll) {
            // The lines of the tree go on between rows that stand apart.
            while let Some((_, line)) = lines.next_if(|(number, _)| number % usize::from(self.step.max(1)) != 0) {
                self.between(row).render(line, buffer);
            }
            let Some((_, line)) = lines.next() else { break };
            self.row(row, pid, usize::from(area.width)).render(line, buffer);
            if self.selected == Some(row.life.id) {
                buffer.set_style(line, self.theme.selected);
            }
        }
    }
}
