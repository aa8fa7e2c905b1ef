//! The tree: a row for each process, with what it is now and what it is doing.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::timeline::Timeline;
use crate::timeline::process::{Pid, State};
use crate::timeline::tree::fold::Tucked;
use crate::timeline::tree::outline::{Hangs, Line as Place, Outline, Shows, Under};
use crate::timeline::tree::{Moment, Row};
use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, left, right, width};
use crate::words::phrases::Room;
use crate::words::units::age;

/// Cells of the columns before what a process is doing.
const STATE: usize = 17;
const CONNECTIONS: usize = 5;

/// What marks the selected row, besides its ground.
const MARK: &str = "▌";

/// What marks a row that is here only because the filter asks for one below it, besides being dim.
const CONTEXT: &str = "·";

/// The tree of a moment.
#[derive(Debug)]
pub struct Tree<'a> {
    /// Where the names of sockets are.
    pub timeline: &'a Timeline,
    /// The moment.
    pub moment: &'a Moment<'a>,
    /// The lines that it has as it is looked at.
    pub outline: &'a Outline,
    /// The first line shown.
    pub scroll: usize,
    /// Lines from one row to the next.
    pub step: u16,
    /// Which line carries the bar.
    pub bar: Option<usize>,
    /// What is said of threads at which nobody looked.
    pub unread: String,
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
            .outline
            .lines
            .iter()
            .filter_map(|line| Some(line.guides.len() * 2 + digits(self.number(line)?)))
            .max();
        (widest.unwrap_or(0) + 2).clamp(8, 24)
    }

    /// The pid or thread id at the front of a line.
    fn number(&self, line: &Place) -> Option<Pid> {
        match &line.shows {
            Shows::Thread { hangs, .. } => match hangs.under() {
                Under::Thread(tid) => Some(tid),
                Under::Rest => None,
            },
            Shows::Row { .. } | Shows::Crowd { .. } => Some(line.row(self.moment)?.life.pid),
        }
    }

    fn heading(&self, pid: usize) -> Line<'static> {
        let name = |name| self.words.say(name).into_owned();
        let state = left(&name("column-state"), STATE - CONNECTIONS);
        // Of a thread there is the CPU time where its process has connections.
        let threads = self
            .outline
            .lines
            .iter()
            .any(|line| matches!(line.shows, Shows::Thread { .. }));
        let second = if threads { "column-conn-cpu" } else { "column-conn" };
        let connections = right(&name(second), CONNECTIONS * 2);
        Line::styled(
            format!(
                " {}{}{}  {}",
                left(&name("column-pid"), pid),
                state,
                connections,
                name("column-doing"),
            ),
            self.theme.dim,
        )
    }

    fn row(&self, row: &Row<'_>, place: &Place, pid: usize, room: usize, selected: bool) -> Line<'static> {
        let theme = self.theme;
        let (context, tucked) = match &place.shows {
            Shows::Row { context, tucked, .. } => (*context, tucked.as_ref()),
            Shows::Crowd { .. } | Shows::Thread { .. } => (false, None),
        };
        let ground = if selected { theme.selected } else { Style::new() };
        let quiet = if row.is_ghost() { theme.ghost } else { theme.text };
        let guide = crate::report::text::guide(&place.guides);
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

    /// The lines of the tree above a row.
    fn between(&self, place: &Place) -> Line<'static> {
        let guide = crate::report::text::guide(&place.guides)
            .replace(['├', '└'], "│")
            .replace('─', " ");
        Line::styled(format!(" {guide}"), self.theme.border)
    }

    /// A line that stands for many.
    fn crowd(&self, tucked: &Tucked, place: &Place, room: usize, selected: bool) -> Line<'static> {
        let guide = crate::report::text::guide(&place.guides);
        let said = fitting(&self.words.crowd(tucked), room.saturating_sub(1 + width(&guide)));
        let style = if tucked.zombies > 0 {
            self.theme.alert
        } else {
            self.theme.accent
        };
        Line::from(vec![
            Span::styled(mark(selected, false), self.theme.accent),
            Span::styled(guide, self.theme.border),
            Span::styled(said, style),
        ])
    }

    /// A thread, or what there is to say of the threads.
    fn thread(
        &self,
        of: usize,
        hangs: &Hangs,
        place: &Place,
        (pid, room): (usize, usize),
        selected: bool,
    ) -> Line<'static> {
        let (theme, words) = (self.theme, self.words);
        let guide = crate::report::text::guide(&place.guides);
        let mut spans = vec![Span::styled(mark(selected, false), theme.accent)];
        let note = |text: &str| Span::styled(fit(text, room.saturating_sub(1 + width(&guide))), theme.dim);
        let thread = match (hangs, self.moment.rows.get(of)) {
            (Hangs::Thread(thread), Some(row)) => Some((thread, row)),
            (Hangs::More(more), _) => {
                spans.push(note(
                    &words.say_with("threads-more", &[("count", more.to_string().into())]),
                ));
                None
            }
            (Hangs::Unread, _) | (Hangs::Thread(_), None) => {
                spans.push(note(
                    &words.say_with("threads-unread", &[("said", self.unread.clone().into())]),
                ));
                None
            }
        };
        let number = left(
            &self.number(place).map_or_else(String::new, |tid| tid.to_string()),
            pid.saturating_sub(width(&guide)),
        );
        spans.insert(1, Span::styled(guide, theme.border));
        let Some((thread, row)) = thread else {
            return Line::from(spans);
        };
        let standing = fit(&words.thread_standing(thread), STATE);
        let rest = (STATE + CONNECTIONS).saturating_sub(width(&standing));
        spans.extend([
            Span::styled(number, theme.dim),
            Span::styled(standing, self.state_style(thread.state)),
            Span::styled(right(&cpu(thread.cpu), rest), theme.dim),
            Span::raw("  "),
        ]);
        let room = room.saturating_sub(1 + pid + STATE + CONNECTIONS + 2);
        let sayings = Room::ALL.map(|much| words.thread_doing(self.moment, row, thread, much));
        let name = words.thread_name(thread);
        // With whom it works says more than its name.
        let beside = |doing: &&String| width(doing) + width(&name) + 3 <= room;
        match sayings.iter().take(2).find(beside) {
            Some(doing) => {
                let gap = room.saturating_sub(width(doing) + width(&name) + 1);
                spans.extend([
                    Span::styled(doing.clone(), theme.text),
                    Span::raw(" ".repeat(gap)),
                    Span::styled(name, theme.dim),
                    Span::raw(" "),
                ]);
            }
            None => spans.push(Span::styled(fitting(&sayings, room), theme.text)),
        }
        Line::from(spans)
    }

    /// What the process is doing, and at the right edge its part in the tree, where both fit.
    fn doing(&self, row: &Row<'_>, room: usize, style: Style) -> Vec<Span<'static>> {
        let part = self.part(row);
        let sayings = Room::ALL.map(|much| self.words.doing(self.timeline, row, much));
        let beside = |doing: &&String| width(doing) + width(&part) + 3 <= room;
        // That it is an orphan, shares its connection or knows itself by another pid, matters more than the particulars of a call.
        let abroad = row.life.ns_pid.is_some_and(|own| own != row.life.pid);
        let most = if row.adopter.is_some() || !row.held.shared_with.is_empty() || abroad {
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
            if most == 3 && !abroad && width(&part) <= room {
                return vec![Span::styled(part, self.part_style(row))];
            }
            let alone = sayings.iter().find(|doing| width(doing) <= room).unwrap_or(&sayings[2]);
            return vec![Span::styled(fit(alone, room), style)];
        };
        let gap = room.saturating_sub(width(&doing) + width(&part) + 1);
        vec![
            Span::styled(doing, style),
            Span::raw(" ".repeat(gap)),
            Span::styled(part, self.part_style(row)),
            Span::raw(" "),
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

    fn state_style(&self, state: State) -> Style {
        let theme = self.theme;
        match state {
            State::Running => theme.running,
            State::Stopped | State::Traced => theme.stopped,
            State::Sleeping | State::DiskSleep | State::Zombie | State::Dead | State::Idle | State::Parked => {
                theme.sleeping
            }
        }
    }
}

/// What stands before a row.
const fn mark(selected: bool, context: bool) -> &'static str {
    match (selected, context) {
        (true, _) => MARK,
        (false, true) => CONTEXT,
        (false, false) => " ",
    }
}

/// CPU time, which the kernel counts in hundredths of a second.
fn cpu(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{} ms", time.as_millis())
    } else {
        age(time)
    }
}

/// The first form of a text that fits, or as much of the last as does.
fn fitting(forms: &[String], room: usize) -> String {
    let whole = forms.iter().find(|form| width(form) <= room);
    fit(whole.or(forms.last()).map_or("", String::as_str), room)
}

/// How many cells a pid takes.
fn digits(pid: Pid) -> usize {
    usize::try_from(pid.unsigned_abs().checked_ilog10().unwrap_or(0)).unwrap_or(0) + 1
}

impl Widget for &Tree<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let pid = self.pid_column();
        let mut lines = area.rows();
        if let Some(first) = lines.next() {
            self.heading(pid).render(first, buffer);
        }
        let mut lines = lines.enumerate().peekable();
        let room = usize::from(area.width);
        for (index, place) in self.outline.lines.iter().enumerate().skip(self.scroll) {
            // The lines of the tree go on between rows that stand apart.
            while let Some((_, line)) = lines.next_if(|(number, _)| number % usize::from(self.step.max(1)) != 0) {
                self.between(place).render(line, buffer);
            }
            let Some((_, line)) = lines.next() else { break };
            let selected = self.bar == Some(index);
            match (&place.shows, place.row(self.moment)) {
                (Shows::Crowd { tucked, .. }, _) => self.crowd(tucked, place, room, selected).render(line, buffer),
                (Shows::Row { .. }, Some(row)) => self.row(row, place, pid, room, selected).render(line, buffer),
                (Shows::Thread { of, hangs }, _) => self
                    .thread(*of, hangs, place, (pid, room), selected)
                    .render(line, buffer),
                (Shows::Row { .. }, None) => {}
            }
            if selected {
                buffer.set_style(line, self.theme.selected);
            }
        }
        self.queue(pid, room, lines.map(|(_, line)| line), buffer);
    }
}

impl Tree<'_> {
    /// Whoever waits in an accept queue, below the processes where there is room: the longest first, and how many more.
    fn queue(&self, pid: usize, room: usize, mut lines: impl Iterator<Item = Rect>, buffer: &mut Buffer) {
        let mut queued = self.moment.queued.clone();
        queued.sort_by_key(|line| (line.opened, line.id));
        let mut waiting = queued.iter().enumerate().peekable();
        let mut next = lines.next();
        while let (Some(area), Some((index, socket))) = (next, waiting.next()) {
            next = lines.next();
            let text = if next.is_none() && waiting.peek().is_some() {
                let more = (queued.len() - index).to_string();
                self.words
                    .say_with("queue-more", &[("count", more.into())])
                    .into_owned()
            } else {
                let peer = socket.peer().map(|peer| peer.to_string()).unwrap_or_default();
                let waits = age(self.moment.at.since(socket.opened));
                let said = [("peer", peer.into()), ("time", waits.into())];
                self.words.say_with("queue-waits", &said).into_owned()
            };
            let text = fit(&text, room.saturating_sub(pid + 1));
            Line::from(vec![
                Span::styled(format!(" {}", left("○", pid)), self.theme.dim),
                Span::styled(text, self.theme.connection),
            ])
            .render(area, buffer);
        }
    }
}
