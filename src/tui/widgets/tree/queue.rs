//! The lines below the processes: who waits in an accept queue, and belongs to no process yet.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::words::cells::{fit, left};
use crate::words::units::age;

use super::Tree;

impl Tree<'_> {
    /// Whoever waits in an accept queue, below the processes, where there is room: the longest first, and how many more.
    pub(super) fn queue(&self, pid: usize, room: usize, mut lines: impl Iterator<Item = Rect>, buffer: &mut Buffer) {
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
