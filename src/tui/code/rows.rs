//! A listing cut into the rows of a screen: a long line goes on in the next row, so that nothing of it is lost, and the
//! pids of those who stand at it are on its right, or in a row of their own where it leaves them no room. Pure: the drawing
//! is the widget's.

use std::ops::Range;

use crate::timeline::process::Pid;
use crate::words::cells::{right, width};

use super::{Line, Parked};

/// Cells before the code: `P▸ `.
pub const GUTTER: usize = 3;

/// Cells that stay free between the code and the pids, and behind both.
const GAP: usize = 1;

/// So many pids are named at a line at most; the rest are counted.
const NAMED: usize = 4;

/// Further in the rest of a line begins than the line.
const DEEPER: usize = 8;

/// So little is not left alone in a row, where there is another place to break at.
const STUB: usize = 9;

/// A row of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The number of its line, from 0.
    pub line: usize,
    /// It is where its line begins.
    pub first: bool,
    /// The code.
    pub text: String,
    /// From which byte on it is a comment.
    pub comment: usize,
    /// The pids of those who stand at the line, or came through it, in just the cells that are left; empty without any.
    pub pids: String,
}

/// The rows of a listing on a screen that has so many cells for them, those before the code included.
pub fn rows(lines: &[Line], parked: &Parked, cells: usize) -> Vec<Row> {
    let room = cells.saturating_sub(GUTTER + GAP);
    let numbered = lines.iter().enumerate();
    numbered
        .flat_map(|(number, line)| {
            let mut rows = broken(&line.text, number, room);
            let (at, through) = (&parked.at[number], &parked.through[number]);
            if !name(&mut rows, if at.is_empty() { through } else { at }, room) && !at.is_empty() {
                rows.push(Row {
                    line: number,
                    first: false,
                    text: String::new(),
                    comment: 0,
                    pids: String::new(),
                });
                name(&mut rows, at, room);
            }
            rows
        })
        .collect()
}

/// Which rows are those of a line.
pub fn of_line(rows: &[Row], line: usize) -> Range<usize> {
    let first = rows.partition_point(|row| row.line < line);
    first..rows.partition_point(|row| row.line <= line)
}

/// Puts pids into the first row that has room for one of them, and as many as it has room for; false where none has.
fn name(rows: &mut [Row], pids: &[Pid], room: usize) -> bool {
    for row in rows {
        let left = room.saturating_sub(width(&row.text));
        let named = (1..=NAMED.min(pids.len())).rev().map(|most| named(pids, most));
        if let Some(named) = named.into_iter().find(|named| width(named) + GAP <= left) {
            row.pids = right(&named, left);
            return true;
        }
    }
    false
}

/// So many pids, and how many more there are.
fn named(pids: &[Pid], most: usize) -> String {
    let first = pids.iter().take(most).map(ToString::to_string);
    let more = pids.len().checked_sub(most).filter(|more| *more > 0);
    let all: Vec<String> = first.chain(more.map(|more| format!("+{more}"))).collect();
    all.join(" ")
}

/// The rows of one line: broken before its comment, or else behind a comma that is far enough to the right, or else between
/// words. A comment that goes on says so again.
fn broken(line: &str, number: usize, room: usize) -> Vec<Row> {
    let row = |text: String, comment: usize, first: bool| Row {
        line: number,
        first,
        comment: comment.min(text.len()),
        text,
        pids: String::new(),
    };
    let indentation = line.len() - line.trim_start().len();
    let mut rows: Vec<Row> = Vec::new();
    let mut rest = line.to_owned();
    let mut words = 0;
    loop {
        let comment = comment(&rest).unwrap_or(rest.len());
        let first = rows.is_empty();
        if width(&rest) <= room {
            rows.push(row(rest, comment, first));
            return rows;
        }
        let least = if first { indentation } else { words };
        // A place to break at leaves something on either side.
        let places = rest.match_indices(' ').map(|(at, _)| at).filter(|at| *at > least);
        let fitting: Vec<usize> = places.filter(|at| width(&rest[..*at]) <= room).collect();
        let behind_comma = |least: usize| {
            let good = |at: &&usize| rest[..**at].ends_with(',') && **at * 2 > room && rest.len() - **at > least;
            fitting.iter().rfind(good).copied()
        };
        let before_comment = (comment < rest.len() && comment > least + 1).then(|| comment - 1);
        let Some(at) = before_comment
            .filter(|at| width(&rest[..*at]) <= room)
            .or_else(|| behind_comma(STUB))
            .or_else(|| behind_comma(0))
            .or(fitting.last().copied())
        else {
            // One word longer than the room: so be it, the screen cuts it.
            rows.push(row(rest, comment, first));
            return rows;
        };
        let (shown, after) = (rest[..at].trim_end().to_owned(), rest[at..].trim_start().to_owned());
        let goes_on = comment < at && rest[comment..].starts_with("//");
        let deep = if goes_on || after.starts_with("//") || after.starts_with("/*") {
            indentation
        } else {
            (indentation + DEEPER).min(room / 3)
        };
        let again = if goes_on { "// " } else { "" };
        rows.push(row(shown, comment, first));
        words = deep + again.len();
        rest = format!("{}{again}{after}", " ".repeat(deep));
    }
}

/// Where a comment begins.
fn comment(text: &str) -> Option<usize> {
    text.find("//").or_else(|| text.find("/*"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at: &[Pid], through: &[Pid], cells: usize, expected: &[&str]) {
        let line = Line {
            text: text.to_owned(),
            mark: None,
        };
        let parked = Parked {
            at: vec![at.to_vec()],
            through: vec![through.to_vec()],
            nowhere: Vec::new(),
        };
        let rows = rows(&[line], &parked, cells + GUTTER + GAP);
        let said: Vec<String> = rows.iter().map(|row| format!("{}{}", row.text, row.pids)).collect();
        assert_eq!(said, expected, "{text} in {cells}");
        assert_eq!(of_line(&rows, 0), 0..rows.len());
        assert!(rows.iter().enumerate().all(|(number, row)| row.first == (number == 0)));
    }

    #[test]
    fn pids_stand_where_there_is_room_and_cut_nothing() {
        check("read(fd);", &[], &[], 20, &["read(fd);"]);
        check("read(fd);", &[4130, 4142], &[], 20, &["read(fd);  4130 4142"]);
        check("read(fd);", &[4130, 4142], &[], 18, &["read(fd);  4130 +1"]);
        check("read(fd);", &[4130], &[], 12, &["read(fd);", "        4130"]);
        // Who only came through a line can do without being named there.
        check("serve(fd);", &[], &[4130], 16, &["serve(fd);  4130"]);
        check("serve(fd);", &[], &[4130], 12, &["serve(fd);"]);
        check("x", &[1, 2, 3, 4, 5, 6], &[], 20, &["x         1 2 3 4 +2"]);
    }

    #[test]
    fn a_long_line_goes_on_in_the_next_row() {
        let read = "  while (read(a, b) > 0)";
        check(read, &[7], &[], 19, &["  while (read(a,  7", "      b) > 0)"]);
        check(read, &[7], &[], 17, &["  while (read(a,", "     b) > 0)    7"]);
        check(
            "  f(one, two three four)",
            &[],
            &[],
            20,
            &["  f(one, two three", "      four)"],
        );
        check(
            "  open(one, two three)",
            &[],
            &[],
            18,
            &["  open(one,", "      two three)"],
        );
        check("  f(); // two words", &[], &[], 14, &["  f();", "  // two words"]);
        check("// one two three", &[], &[], 12, &["// one two", "// three"]);
        check("abcdefghijkl", &[], &[], 6, &["abcdefghijkl"]);
    }
}
