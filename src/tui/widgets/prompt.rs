//! The bottom line while text is typed into it: what is asked for, what stands there, and what is wrong with that or else
//! how it is typed. What was typed comes first: all else gives way to it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::theme::Theme;
use crate::words::cells::{fit, width, wrap_within};

/// The least cells that are kept for the text itself.
const LEAST: usize = 12;

/// Cells between the text and what stands behind it, and between two of the keys or examples.
const GAP: usize = 2;

/// A line of text being typed.
#[derive(Debug)]
pub struct PromptLine<'a> {
    /// What is asked for.
    pub question: String,
    /// What stands in it.
    pub text: &'a str,
    /// The cells before the cursor.
    pub cursor: usize,
    /// What can be typed, left out from the end where there is no room.
    pub examples: Vec<String>,
    /// The keys that end it, and what they do.
    pub keys: Vec<(&'static str, String)>,
    /// What is wrong with it, in full and in brief.
    pub trouble: Option<[String; 2]>,
    /// The styles.
    pub theme: &'a Theme,
}

/// Where its parts stand.
struct Parts {
    /// Cells before the text.
    before: usize,
    /// Cells of the text, the cursor's included.
    room: usize,
    /// Cells of the text that are left of the line.
    skipped: usize,
    /// What stands behind it.
    behind: Vec<Span<'static>>,
}

impl PromptLine<'_> {
    fn parts(&self, area: Rect) -> Parts {
        let before = width(&self.question) + 2;
        let rest = usize::from(area.width).saturating_sub(before + 1);
        let wanted = (width(self.text) + 1).max(LEAST).min(rest);
        let behind = match &self.trouble {
            None => self.hints((rest - wanted).saturating_sub(GAP)),
            Some(trouble) => {
                // What is wrong has to be read; of a long text, the end where the cursor stands is enough.
                let [full, brief] = trouble;
                let free = (rest - wanted).saturating_sub(GAP);
                let said = if width(full) <= free { full } else { brief };
                let most = free.max(rest.saturating_sub(LEAST + GAP));
                let said = wrap_within(said, most, 1).into_iter().next().unwrap_or_default();
                let left = free.saturating_sub(width(&said));
                let mut behind = vec![Span::styled(said, self.theme.alert)];
                behind.extend(self.way_out(left));
                behind
            }
        };
        let taken = behind.iter().map(Span::width).sum::<usize>();
        let room = rest.saturating_sub(if taken > 0 { taken + GAP } else { 0 });
        Parts {
            before,
            room,
            skipped: (self.cursor + 1).saturating_sub(room),
            behind,
        }
    }

    /// The last of the keys, which holds for what is wrong as well, where so many cells are enough for it.
    fn way_out(&self, cells: usize) -> Vec<Span<'static>> {
        let gap = GAP + 1;
        let key = self.keys.last();
        let key = key.filter(|(label, text)| gap + width(label) + 1 + width(text) <= cells);
        key.map_or_else(Vec::new, |(label, text)| {
            vec![
                Span::raw(" ".repeat(gap)),
                Span::styled(*label, self.theme.accent),
                Span::styled(format!(" {text}"), self.theme.text),
            ]
        })
    }

    /// As much of how it is typed as so many cells take: the keys before the examples, and of both none in part.
    fn hints(&self, cells: usize) -> Vec<Span<'static>> {
        let mut left = cells;
        let mut take = |cells: usize| {
            let fits = cells <= left;
            // Whatever comes behind what had no room has none either.
            left = if fits { left.saturating_sub(cells + GAP) } else { 0 };
            fits
        };
        let keys = self.keys.iter();
        let keys: Vec<_> = keys
            .filter(|(label, text)| take(width(label) + 1 + width(text)))
            .collect();
        let examples = self.examples.iter().enumerate();
        // Between them and the keys is one cell more.
        let examples: Vec<_> = examples
            .filter(|(number, text)| take(width(text) + usize::from(*number == 0)))
            .map(|(_, text)| text)
            .collect();
        let gap = || Span::raw(" ".repeat(GAP));
        let mut spans = Vec::new();
        for example in examples {
            spans.extend([Span::styled(example.clone(), self.theme.dim), gap()]);
        }
        if !spans.is_empty() {
            spans.push(Span::raw(" "));
        }
        for (number, (label, text)) in keys.into_iter().enumerate() {
            spans.extend((number > 0).then(gap));
            spans.push(Span::styled(*label, self.theme.accent));
            spans.push(Span::styled(format!(" {text}"), self.theme.text));
        }
        spans
    }

    /// Where the cursor stands.
    pub fn cursor(&self, area: Rect) -> Position {
        let parts = self.parts(area);
        let column = parts.before + self.cursor - parts.skipped.min(self.cursor);
        let column = u16::try_from(column)
            .unwrap_or(u16::MAX)
            .min(area.width.saturating_sub(1));
        Position::new(area.x + column, area.y)
    }
}

impl Widget for PromptLine<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let parts = self.parts(area);
        let shown = fit(&behind(self.text, parts.skipped), parts.room);
        let taken = parts.before + width(&shown) + parts.behind.iter().map(Span::width).sum::<usize>() + 1;
        let gap = usize::from(area.width).saturating_sub(taken);
        let mut line = vec![
            Span::styled(format!(" {} ", self.question), self.theme.accent),
            Span::styled(shown, self.theme.text),
            Span::raw(" ".repeat(gap)),
        ];
        line.extend(parts.behind);
        Line::from(line).render(area, buffer);
    }
}

/// The text without its first cells, for which an ellipsis stands; a wide character that would be cut in two leaves a
/// blank.
fn behind(text: &str, cells: usize) -> String {
    if cells == 0 {
        return text.to_owned();
    }
    let mut skipped = 0;
    let mut rest = text.char_indices();
    while skipped < cells + 1 {
        let Some((_, character)) = rest.next() else { break };
        skipped += width(character.encode_utf8(&mut [0; 4]));
    }
    format!("…{}{}", " ".repeat(skipped.saturating_sub(cells + 1)), rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The line with that text in it, on so many cells, and where its cursor stands.
    fn line(text: &str, trouble: Option<[&str; 2]>, cells: u16) -> (String, u16) {
        let theme = Theme::plain();
        let asked = || PromptLine {
            question: "Filter:".to_owned(),
            text,
            cursor: width(text),
            examples: ["text", "pid:1", "state:Z"].map(str::to_owned).into(),
            keys: vec![("enter", "take".to_owned()), ("esc", "leave".to_owned())],
            trouble: trouble.map(|forms| forms.map(str::to_owned)),
            theme: &theme,
        };
        let area = Rect::new(0, 0, cells, 1);
        let mut buffer = Buffer::empty(area);
        asked().render(area, &mut buffer);
        let written: String = (0..cells).map(|x| buffer[(x, 0)].symbol()).collect();
        (written.trim_end().to_owned(), asked().cursor(area).x)
    }

    #[test]
    fn what_is_typed_comes_before_how() {
        let check = |text: &str, cells, expected: &str| {
            let (written, _) = line(text, None, cells);
            let behind = written.strip_prefix(&format!(" Filter: {text}"));
            assert_eq!(behind.map(str::trim), Some(expected), "{cells}");
        };
        check("a", 68, "text  pid:1  state:Z   enter take  esc leave");
        check("a", 67, "text  pid:1   enter take  esc leave");
        check("state:Z", 59, "text  pid:1   enter take  esc leave");
        check("state:Z and more", 57, "text   enter take  esc leave");
        check("state:Z and more than that", 60, "enter take  esc leave");
        check("state:Z and more than that", 50, "enter take");
        check("state:Z and more than that", 40, "");
    }

    #[test]
    fn what_is_left_of_the_line_is_marked() {
        let (written, cursor) = line("state:Z and more than that", None, 30);
        assert_eq!(written, " Filter: …and more than that");
        assert_eq!(cursor, 28);
    }

    #[test]
    fn what_is_wrong_is_read_and_the_text_whole_where_both_have_room() {
        let trouble = Some(["in full it is wrong so", "wrong"]);
        assert_eq!(
            line("state:Z", trouble, 46).0,
            " Filter: state:Z       in full it is wrong so"
        );
        assert_eq!(
            line("state:Z", trouble, 40).0,
            " Filter: state:Z                  wrong"
        );
        assert_eq!(
            line("state:Z", trouble, 58).0,
            " Filter: state:Z       in full it is wrong so   esc leave"
        );
        assert_eq!(
            line("state:Z and much more", trouble, 34).0,
            " Filter: …Z and much more   wrong"
        );
    }
}
