//! The line of a thread below its process, or what there is to say where threads are not listed one by one. Which are
//! listed is not decided here.

use std::time::Duration;

use ratatui::text::{Line, Span};

use crate::report::text::guide;
use crate::timeline::tree::outline::{Hangs, Line as Place};
use crate::words::cells::{fit, left, right, width};
use crate::words::doing::Room;
use crate::words::units::age;

use super::{CONNECTIONS, STATE, Tree, fitting, mark};

impl Tree<'_> {
    /// A thread, or what there is to say of the threads.
    pub(super) fn thread(
        &self,
        of: usize,
        hangs: &Hangs,
        place: &Place,
        (pid, room): (usize, usize),
        selected: bool,
    ) -> Line<'static> {
        let (theme, words) = (self.theme, self.words);
        let guide = guide(&place.guides);
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
        let beside = |doing: &&String| width(doing) + width(&name) + 2 <= room;
        match sayings.iter().take(2).find(beside) {
            Some(doing) => {
                let gap = room.saturating_sub(width(doing) + width(&name));
                spans.extend([
                    Span::styled(doing.clone(), theme.text),
                    Span::raw(" ".repeat(gap)),
                    Span::styled(name, theme.dim),
                ]);
            }
            None => spans.push(Span::styled(fitting(&sayings, room), theme.text)),
        }
        Line::from(spans)
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
