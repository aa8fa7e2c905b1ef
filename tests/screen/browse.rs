//! Filter, marks and the mouse, as they reach the real binary.

use super::pty::Tool;
use super::{DOWN, END, ENTER, ESCAPE, THREE, say};

/// A press and a release of the left button at a column and a row, from 0, as a terminal tells them (SGR).
fn click(column: usize, row: usize) -> String {
    let (column, row) = (column + 1, row + 1);
    format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m")
}

/// Where a text stands on the terminal: its column and its row.
fn place(tool: &Tool, wanted: &str) -> (usize, usize) {
    let text = tool.text();
    let mut lines = text.lines().enumerate();
    let found = lines.find_map(|(row, line)| {
        let at = line.find(wanted)?;
        Some((forkscope::words::cells::width(&line[..at]), row))
    });
    found.unwrap_or_else(|| panic!("{wanted} is nowhere\n{text}"))
}

/// The word of the header for a picture that stands still.
fn is_paused(tool: &Tool) -> bool {
    let paused = say("header-paused", &[]);
    tool.header().contains(paused.split('{').next().unwrap().trim())
}

#[test]
fn a_filter_leaves_what_matches_and_what_leads_to_it() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    let pid = tool.children()[1].pid;
    tool.keys("/");
    tool.until_text(&say("prompt-filter", &[]));
    tool.keys("pid:x");
    tool.keys(ENTER);
    tool.until_text(&say("filter-pid", &[("value", "x")]));
    tool.keys("\x7f");
    tool.keys(&pid.to_string());
    tool.keys(ENTER);
    tool.until("one child", |tool| {
        tool.children().len() == 1 && tool.children()[0].pid == pid
    });
    assert!(tool.text().contains("│·"), "the parent has no mark\n{}", tool.text());
    tool.keys(ESCAPE);
    tool.until_children(3);
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_mark_is_set_and_stands_among_the_events() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys("b");
    tool.until("a line to type into", |tool| !tool.screen().hide_cursor());
    tool.keys("quit 끝");
    tool.keys(ENTER);
    let mark = format!("{} 1", say("event-mark", &[]));
    tool.until("the mark", |tool| {
        tool.text()
            .lines()
            .any(|line| line.contains(&mark) && line.contains("quit 끝"))
    });
    assert!(tool.screen().hide_cursor(), "no line to type into");
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn the_mouse_selects_goes_back_and_is_given_back() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    let pid = tool.children()[2].pid;
    let (column, row) = place(&tool, &pid.to_string());
    tool.keys(&click(column, row));
    tool.until("the clicked row", |tool| {
        tool.children().iter().any(|row| row.selected && row.pid == pid)
    });
    // The moment at which a child was born, once it is past.
    tool.until_text("╺━━");
    let (column, row) = place(&tool, "╺━━");
    tool.keys(&click(column, row));
    tool.until("the past", is_paused);
    let (column, row) = place(&tool, say("header-paused", &[]).split('{').next().unwrap().trim());
    tool.keys(&click(column, row));
    tool.until("now", |tool| !is_paused(tool));
    tool.keys(DOWN);
    tool.keys(END);
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn the_mouse_is_left_to_the_terminal_where_that_is_wanted() {
    let mut tool = Tool::start(&[&THREE[..], &["--no-mouse"]].concat());
    tool.until_children(3);
    assert_eq!(tool.screen().mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    tool.keys("q");
    tool.ends(0);
}
