//! The second line: every count a fact of the whole tree, in the order of what the eye should meet first.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::cells::width;

/// One count.
#[derive(Debug, Clone)]
pub struct Counter {
    /// What is counted, in full.
    pub long: String,
    /// What is counted, where room is short.
    pub short: String,
    /// How many.
    pub value: String,
    /// What stands after it, in full lines only.
    pub note: String,
    /// It is a count of zombies, and there are some.
    pub alarm: bool,
}

/// The counts.
#[derive(Debug)]
pub struct Counters<'a> {
    /// The counts, the most important first: those that do not fit are left out from the end.
    pub counters: Vec<Counter>,
    /// The styles.
    pub theme: &'a Theme,
}

/// How much of the counts is written: the names in full, and after which counts their notes.
#[derive(Debug, Clone, Copy)]
struct Form {
    long: bool,
    notes: Notes,
}

/// After which counts their notes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notes {
    All,
    Alarming,
    None,
}

/// Every form, the fullest first. How old the oldest zombie is goes before whole names.
const FORMS: [Form; 5] = [
    Form {
        long: true,
        notes: Notes::All,
    },
    Form {
        long: true,
        notes: Notes::Alarming,
    },
    Form {
        long: false,
        notes: Notes::All,
    },
    Form {
        long: false,
        notes: Notes::Alarming,
    },
    Form {
        long: false,
        notes: Notes::None,
    },
];

/// What stands between two counts, the widest first.
const GAPS: [&str; 2] = ["   ", "  "];

impl Counters<'_> {
    fn spans<'b>(&self, counter: &'b Counter, form: Form) -> Vec<Span<'b>> {
        let label = if form.long { &counter.long } else { &counter.short };
        let noted = match form.notes {
            Notes::All => true,
            Notes::Alarming => counter.alarm,
            Notes::None => false,
        };
        let note = if noted { counter.note.as_str() } else { "" };
        let style = if counter.alarm {
            self.theme.zombie
        } else {
            self.theme.number
        };
        let value = if counter.alarm {
            format!(" {} ", counter.value)
        } else {
            counter.value.clone()
        };
        let mut spans = vec![
            Span::styled(format!("{label} "), self.theme.dim),
            Span::styled(value, style),
        ];
        if !note.is_empty() {
            spans.push(Span::styled(format!(" {note}"), self.theme.text));
        }
        spans
    }

    fn lay<'b>(&'b self, form: Form, gap: &'static str, room: usize) -> (Vec<Span<'b>>, bool) {
        let mut line = vec![Span::raw(" ")];
        let mut taken = 1;
        for (index, counter) in self.counters.iter().enumerate() {
            let spans = self.spans(counter, form);
            let gap = if index == 0 { "" } else { gap };
            let wide: usize = spans.iter().map(|span| width(&span.content)).sum::<usize>() + gap.len();
            if taken + wide > room {
                return (line, false);
            }
            taken += wide;
            line.push(Span::raw(gap));
            line.extend(spans);
        }
        (line, true)
    }
}

impl Widget for &Counters<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width);
        let forms = FORMS.iter().flat_map(|form| GAPS.map(|gap| (*form, gap)));
        let fitting = forms.map(|(form, gap)| self.lay(form, gap, room));
        let mut last = Vec::new();
        for (line, whole) in fitting {
            last = line;
            if whole {
                break;
            }
        }
        Line::from(last).render(area, buffer);
    }
}
