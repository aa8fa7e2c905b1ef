//! The tree: its columns, its guides, and which line stands where. What the lines of a process, a thread and a waiting
//! client say stands in the files below. Which lines there are is decided by the outline that is given.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::report::text::guide;
use crate::timeline::Timeline;
use crate::timeline::process::{Pid, State};
use crate::timeline::tree::Moment;
use crate::timeline::tree::fold::Tucked;
use crate::timeline::tree::outline::{Line as Place, Outline, Shows, Under};
use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, left, right, width};

mod process;
mod queue;
mod thread;

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
    /// How many lines are out of sight, in full and in short, where that is said here.
    pub hidden: Vec<String>,
    /// What is said of threads at which nobody looked.
    pub unread: String,
    /// The texts.
    pub words: &'a Words,
    /// The styles.
    pub theme: &'a Theme,
}

impl Widget for &Tree<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let pid = self.pid_column();
        let mut lines = area.rows();
        if let Some(first) = lines.next() {
            let heading = self.heading(pid);
            let free = usize::from(first.width).saturating_sub(heading.width() + 3);
            heading.render(first, buffer);
            if let Some(hidden) = self.hidden.iter().find(|said| width(said) <= free) {
                let said = Span::styled(format!("{hidden} "), self.theme.accent);
                Line::from(said).right_aligned().render(first, buffer);
            }
        }
        let mut lines = lines.enumerate().peekable();
        // Nothing touches the frame, or what stands beside.
        let room = usize::from(area.width).saturating_sub(1);
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

    /// The lines of the tree above a row.
    fn between(&self, place: &Place) -> Line<'static> {
        let guide = guide(&place.guides).replace(['├', '└'], "│").replace('─', " ");
        Line::styled(format!(" {guide}"), self.theme.border)
    }

    /// A line that stands for many.
    fn crowd(&self, tucked: &Tucked, place: &Place, room: usize, selected: bool) -> Line<'static> {
        let guide = guide(&place.guides);
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

/// The first form of a text that fits, or as much of the last as does.
fn fitting(forms: &[String], room: usize) -> String {
    let whole = forms.iter().find(|form| width(form) <= room);
    fit(whole.or(forms.last()).map_or("", String::as_str), room)
}

/// How many cells a pid takes.
fn digits(pid: Pid) -> usize {
    usize::try_from(pid.unsigned_abs().checked_ilog10().unwrap_or(0)).unwrap_or(0) + 1
}
