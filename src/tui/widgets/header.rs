//! The top line: what is watched and how it reaps, and at which moment we look.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::cells::{fit, width};

/// The top line.
#[derive(Debug)]
pub struct Header<'a> {
    /// What is watched, the most telling first, each in its forms, the fullest first; what does not fit in any is left out.
    pub subject: Vec<Vec<String>>,
    /// The moment, as it is said on the right.
    pub moment: String,
    /// The moment stands still or is the last: it needs an eye.
    pub alert: bool,
    /// The styles.
    pub theme: &'a Theme,
}

impl Header<'_> {
    /// The column where the moment begins.
    pub fn moment_from(&self, area: Rect) -> u16 {
        let wide = width(&self.moment).min(usize::from(area.width)) + 1;
        area.right().saturating_sub(u16::try_from(wide).unwrap_or(u16::MAX))
    }
}

impl Widget for &Header<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let total = usize::from(area.width);
        let moment_style = if self.alert {
            self.theme.alert
        } else {
            self.theme.running
        };
        let moment = fit(&self.moment, total.saturating_sub(1));
        let room = total.saturating_sub(width(&moment) + 3);
        let mut line: Vec<Span<'_>> = Vec::new();
        let mut taken = 0;
        for (index, forms) in self.subject.iter().enumerate() {
            let gap = if index == 0 { " " } else { "  " };
            let fits = |form: &&String| taken + width(gap) + width(form) <= room;
            let Some(form) = forms.iter().find(fits) else { continue };
            let part = format!("{gap}{form}");
            taken += width(&part);
            let style: Style = if index == 0 { self.theme.accent } else { self.theme.text };
            line.push(Span::styled(part, style));
        }
        Line::from(line).render(area, buffer);
        Line::from(Span::styled(format!("{moment} "), moment_style))
            .right_aligned()
            .render(area, buffer);
    }
}
