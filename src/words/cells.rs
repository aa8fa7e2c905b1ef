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

/// The text in lines of at most so many cells: broken between words where there are any, else within one. What is read as
/// one stays together where a line has room for it: a number and its unit, what stands in brackets and the name before
/// them. Hardly anything is not left alone on the last line where others can keep it company.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    let pieces = pieces(text, cells);
    let mut lines = vec![String::new()];
    let mut taken = 0;
    for piece in &pieces {
        let wide = width(piece.trim_end());
        if taken > 0 && taken + wide > cells {
            lines.push(String::new());
            taken = 0;
        }
        for character in piece.graphemes(true) {
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
    let mut lines: Vec<String> = lines.iter().map(|line| line.trim_end().to_owned()).collect();
    keep_company(&mut lines, &pieces, cells);
    lines
}

/// The units that follow a number: those of [`super::units`], and the letter of a state, which follows a pid.
const UNITS: [&str; 17] = [
    "ns", "µs", "ms", "s", "m", "h", "kB", "MB", "GB", "%", "R", "S", "D", "Z", "T", "t", "I",
];

/// Korean words that count what follows them, and the noun that says what can be (`할 수 있다`).
const COUNTS: [&str; 7] = ["한", "두", "세", "네", "몇", "첫", "수"];

/// What is not to be parted, with the spaces behind it: mostly words.
fn pieces(text: &str, cells: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut from, mut to) = (0, 0);
    for word in text.split_inclusive(' ') {
        to += word.len();
        if !goes_on(&text[from..to], &text[to..], cells) {
            pieces.push(&text[from..to]);
            from = to;
        }
    }
    pieces.extend((from < to).then(|| &text[from..to]));
    pieces
}

/// The rest of a text begins with what belongs to this piece of it. A bracket that takes more than half a line is text
/// like any other.
fn goes_on(piece: &str, rest: &str, cells: usize) -> bool {
    let next = rest.split(' ').next().unwrap_or_default();
    let is_short = |open: &str, rest: &str| {
        let inside = rest.split_once(')').map(|(inside, _)| width(open) + width(inside) + 2);
        inside.is_some_and(|wide| wide * 2 <= cells)
    };
    if let Some((_, open)) = piece.rsplit_once('(').filter(|(_, open)| !open.contains(')')) {
        return is_short(open, rest) && width(piece) + width(next) <= cells;
    }
    let word = piece.trim_end();
    if let Some(inside) = rest.strip_prefix('(').filter(|_| !word.ends_with(STOPS)) {
        let whole = rest.find(')').map_or(rest, |end| &rest[..=end]);
        return is_short("", inside) && width(piece) + width(whole) <= cells;
    }
    let last = word.rsplit(' ').next().unwrap_or_default();
    let unit = next.trim_end_matches(|mark: char| STOPS.contains(&mark) || mark == ')' || is_hangul(mark));
    let number = word.ends_with(|last: char| last.is_ascii_digit()) && UNITS.contains(&unit);
    (number || COUNTS.contains(&last)) && width(piece) + width(next) <= cells
}

/// What ends a sentence or a part of it.
const STOPS: [char; 4] = ['.', ',', ';', ':'];

fn is_hangul(letter: char) -> bool {
    ('가'..='힣').contains(&letter)
}

/// Cells of a last line that need no company: a fifth of the line, and no more than a few words.
fn is_alone(last: &str, cells: usize) -> bool {
    width(last) < (cells / 5).min(16)
}

/// Takes words from the last line but one to the last, where that would be one word, or hardly anything.
fn keep_company(lines: &mut [String], pieces: &[&str], cells: usize) {
    let [.., before, last] = lines else { return };
    let mut left = pieces.len();
    let mut taken = String::new();
    while taken.trim_end() != last && left > 0 {
        left -= 1;
        taken.insert_str(0, pieces[left]);
    }
    while left > 0 && (left + 1 == pieces.len() || is_alone(last, cells)) {
        let company = pieces[left - 1];
        let shorter = before.strip_suffix(company.trim_end()).map(str::trim_end);
        // What is left behind must not look cut short itself.
        let shorter = shorter.filter(|shorter| width(shorter) * 2 >= cells && width(company) + width(last) <= cells);
        let Some(shorter) = shorter else { return };
        *before = shorter.to_owned();
        last.insert_str(0, company);
        left -= 1;
    }
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
    fn what_is_read_as_one_is_not_parted() {
        assert_eq!(wrap("it took 1.2 ms, no more", 12), ["it took", "1.2 ms,", "no more"]);
        assert_eq!(wrap("4200 S, 4201 Z", 12), ["4200 S,", "4201 Z"]);
        assert_eq!(wrap("좀비로 11.2 ms 있었다", 10), ["좀비로", "11.2 ms", "있었다"]);
        assert_eq!(wrap("read /proc/9/stat (14 15)", 22), ["read", "/proc/9/stat (14 15)"]);
        assert_eq!(
            wrap("걸린 시간 1.2 ms입니다. 표의 한 줄은", 17),
            ["걸린 시간", "1.2 ms입니다.", "표의 한 줄은"]
        );
        // What is no unit, and what is longer than half a line, is.
        assert_eq!(wrap("port 80 is taken", 8), ["port 80", "is taken"]);
        assert_eq!(
            wrap("so (which is not said as one)", 12),
            ["so (which is", "not said", "as one)"]
        );
        assert_eq!(wrap("100 ms", 4), ["100", "ms"]);
    }

    #[test]
    fn a_last_word_does_not_stand_alone_where_there_is_company() {
        assert_eq!(
            wrap("what it did not do by itself", 22),
            ["what it did not do", "by itself"]
        );
        assert_eq!(
            wrap("스스로 종료한 것이 아닙니다.", 20),
            ["스스로 종료한", "것이 아닙니다."]
        );
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        // Nor do two short ones.
        assert_eq!(
            wrap("no SIGCHLD is left pending any more that would report one of us", 57),
            ["no SIGCHLD is left pending any more that would", "report one of us"]
        );
    }

    #[test]
    fn lines_that_are_left_out_are_told() {
        let text = "4131 is a zombie";
        assert_eq!(wrap_within(text, 9, 2), ["4131 is", "a zombie"]);
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
