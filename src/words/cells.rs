//! How many cells of a terminal a text takes, and texts made to take just so many, never cut inside a character.

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// How many cells a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Whether terminals disagree on how many cells a text takes: its width is ambiguous (Unicode annex 11).
pub fn is_ambiguous(text: &str) -> bool {
    text.width_cjk() != text.width()
}

/// A text in composed form: Hangul taken apart into its letters would break the cells.
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// A character taken apart: a Hangul syllable into its letters, any other into what it is composed of.
pub fn parts(character: char) -> impl Iterator<Item = char> {
    character.nfd()
}

/// The text, cut to so many cells; an ellipsis says where something was left out.
pub fn fit(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    let mut fitted = String::new();
    let mut taken = 0;
    for character in text.graphemes(true) {
        let wide = width(character);
        if taken + wide + 1 > cells {
            break;
        }
        fitted.push_str(character);
        taken += wide;
    }
    if cells > 0 {
        fitted.push('…');
    }
    fitted
}

/// The text in lines of at most so many cells: broken between words where there are any, else within one.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for word in text.split_inclusive(' ') {
        let wide = width(word.trim_end());
        if taken > 0 && taken + wide > cells {
            lines.push(String::new());
            taken = 0;
        }
        for character in word.graphemes(true) {
            let wide = width(character);
            if character == " " && (taken == 0 || taken == cells) {
                continue;
            }
            if taken + wide > cells {
                lines.push(String::new());
                taken = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(character);
                taken += wide;
            }
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// As much of the text as so many lines of so many cells take, broken between words; an ellipsis says where something
/// was left out.
pub fn wrap_within(text: &str, cells: usize, most: usize) -> Vec<String> {
    let mut lines = wrap(text, cells);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while width(last) + 2 > cells {
                let shorter = last.rsplit_once(' ').map_or("", |(kept, _)| kept).to_owned();
                *last = shorter;
            }
            last.push_str(if last.is_empty() { "…" } else { " …" });
        }
    }
    lines
}

/// The text in just so many cells, at their left.
pub fn left(text: &str, cells: usize) -> String {
    let mut fitted = fit(text, cells);
    fitted.extend(std::iter::repeat_n(' ', cells.saturating_sub(width(&fitted))));
    fitted
}

/// The text in just so many cells, at their right.
pub fn right(text: &str, cells: usize) -> String {
    let fitted = fit(text, cells);
    let mut padded = " ".repeat(cells.saturating_sub(width(&fitted)));
    padded.push_str(&fitted);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, cells: usize, fitted: &str) {
        let left = left(text, cells);
        assert_eq!(left, fitted, "{text} in {cells}");
        assert_eq!(width(&left), cells, "{text} in {cells}");
        assert_eq!(width(&right(text, cells)), cells, "{text} in {cells}");
    }

    #[test]
    fn a_long_text_is_broken_between_words() {
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("one two", 10), ["one two"]);
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("one two", 7), ["one two"]);
        assert_eq!(wrap("/usr/bin/python", 6), ["/usr/b", "in/pyt", "hon"]);
        assert_eq!(wrap("부모 프로세스", 8), ["부모", "프로세스"]);
        assert_eq!(wrap("부모", 3), ["부", "모"]);
    }

    #[test]
    fn lines_that_are_left_out_are_told() {
        let text = "4131 is a zombie";
        assert_eq!(wrap_within(text, 9, 2), ["4131 is a", "zombie"]);
        assert_eq!(wrap_within(text, 9, 1), ["4131 is …"]);
        assert_eq!(wrap_within("좀비 프로세스 하나", 14, 1), ["좀비 …"]);
        assert_eq!(wrap_within("좀비 프로세스 하나", 15, 1), ["좀비 프로세스 …"]);
        assert_eq!(wrap_within("zombies", 2, 0), [""; 0]);
    }

    #[test]
    fn a_text_takes_the_cells_it_is_given() {
        check("fork", 6, "fork  ");
        check("fork", 4, "fork");
        check("forked", 4, "for…");
        check("부모", 4, "부모");
        check("부모 프로세스", 6, "부모 …");
        check("부모 프로세스", 5, "부모…");
        check("x", 0, "");
        check("프", 1, "…");
    }
}
