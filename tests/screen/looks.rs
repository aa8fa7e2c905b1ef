//! Sizes, colours, languages, and how little is written when nothing happens.

use std::time::{Duration, Instant};

use forkscope::words::{Language, Words};

use super::pty::Tool;
use super::served::DEADLINE;
use super::{DOWN, THREE, say};

#[test]
fn a_storm_of_sizes_is_survived_and_the_selection_kept() {
    let mut tool = Tool::start_with((80, 24), &THREE, &[]);
    tool.until_children(3);
    let pid = tool.select_child();
    tool.keys(DOWN);
    tool.until("the next child", |tool| {
        tool.children().iter().any(|row| row.selected && row.pid != pid)
    });
    let chosen = tool.rows().into_iter().find(|row| row.selected).unwrap().pid;
    for (columns, rows) in [
        (40, 12),
        (80, 24),
        (20, 5),
        (200, 60),
        (1, 1),
        (40, 12),
        (300, 5),
        (80, 24),
    ] {
        tool.resize(columns, rows);
        if columns >= 40 && rows >= 12 {
            let is_so = |tool: &Tool| tool.rows().iter().any(|row| row.selected && row.pid == chosen);
            tool.until(&format!("the selection at {columns}x{rows}"), is_so);
        }
    }
    for step in 0..100 {
        let sizes = [(80, 24), (20, 5), (200, 60), (40, 12), (2, 50)];
        let (columns, rows) = sizes[step % sizes.len()];
        tool.resize(columns, rows);
        tool.look(Duration::from_millis(1));
    }
    tool.resize(80, 24);
    tool.until("all of it", |tool| {
        let rows = tool.rows();
        tool.children().len() == 3 && rows.iter().any(|row| row.selected && row.pid == chosen)
    });
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn of_a_key_and_a_resize_that_come_together_none_is_lost() {
    let mut tool = Tool::start_with((80, 24), &THREE, &[]);
    tool.until_children(3);
    for turn in 0..60 {
        let paused = turn % 2 == 0;
        let rows = if paused { 30 } else { 24 };
        tool.resize(80, rows);
        tool.keys(" ");
        tool.until("the key and the new size", |tool| {
            let text = tool.text();
            let last = text.lines().nth(usize::from(rows) - 1);
            last.is_some_and(|line| line.contains("q quit")) && tool.header().contains("LIVE") != paused
        });
    }
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn what_was_written_over_is_drawn_anew_when_asked_for() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys(" ");
    tool.scribble();
    tool.keys("\x0c");
    tool.until("all of it", |tool| {
        tool.children().len() == 3 && !tool.text().contains("scribble")
    });
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    let mut tool = Tool::start_with((39, 12), &THREE, &[]);
    tool.until("the sentence", |tool| {
        let said = say("too-small", &[("columns", "40"), ("rows", "12")]);
        let shown = tool.text().split_whitespace().collect::<Vec<_>>().join(" ");
        shown.contains(&said)
    });
    tool.keys("q");
    tool.ends(0);
}

/// The parameters of all sequences that set how characters look.
fn renditions(bytes: &[u8]) -> Vec<u16> {
    let mut found = Vec::new();
    for sequence in bytes.split(|byte| *byte == 0x1b).skip(1) {
        let Some(rest) = sequence.strip_prefix(b"[") else {
            continue;
        };
        let end = rest.iter().position(|byte| !(b"0123456789;:".contains(byte)));
        if let Some(end) = end.filter(|end| rest[*end] == b'm') {
            let text = std::str::from_utf8(&rest[..end]).unwrap();
            found.extend(text.split([';', ':']).filter_map(|number| number.parse::<u16>().ok()));
        }
    }
    found
}

fn is_colour(rendition: u16) -> bool {
    matches!(rendition, 30..=38 | 40..=48 | 90..=107)
}

#[test]
fn without_colours_bold_and_reverse_stay() {
    let zombies = [&THREE[..], &["--reap", "none"]].concat();
    for no_color in [true, false] {
        let environment: &[(&str, &str)] = if no_color { &[("NO_COLOR", "1")] } else { &[] };
        let mut tool = Tool::start_with((120, 36), &zombies, environment);
        tool.until_children(3);
        tool.keys("X");
        tool.until("three zombies", |tool| {
            let children = tool.children();
            children.len() == 3 && children.iter().all(|row| row.said.starts_with('Z'))
        });
        tool.keys("q");
        tool.wait();
        let renditions = renditions(&tool.bytes);
        let colours = renditions.iter().filter(|rendition| is_colour(**rendition)).count();
        assert_eq!(colours == 0, no_color, "{colours} colours");
        assert!(
            [1, 7].iter().all(|plain| renditions.contains(plain)),
            "bold and reverse: {renditions:?}"
        );
    }
}

/// How the colours of the screen are written on a terminal that calls itself so.
fn written(environment: &[(&str, &str)]) -> Vec<u8> {
    let mut tool = Tool::start_with((100, 30), &THREE, environment);
    tool.until("three that serve", |tool| tool.text().matches("read()").count() >= 3);
    // A message stands in the colour of what needs an eye, and underlined where there are no colours.
    tool.keys("a");
    tool.until_text(&say("told-stream-on", &[]));
    tool.keys("q");
    tool.wait();
    tool.bytes
}

#[test]
fn a_terminal_is_given_the_colours_that_it_has() {
    let has = |bytes: &[u8], sequence: &str| {
        bytes
            .windows(sequence.len())
            .any(|window| window == sequence.as_bytes())
    };
    let counted = |bytes: &[u8]| {
        let true_colour = has(bytes, "38;2;");
        let numbers = renditions(bytes);
        // Crossterm writes the sixteen as the first of the 256.
        let beyond = numbers
            .windows(3)
            .any(|three| three[0] == 38 && three[1] == 5 && three[2] > 15);
        (true_colour, beyond)
    };
    assert_eq!(counted(&written(&[("COLORTERM", "truecolor")])), (true, false));
    assert_eq!(counted(&written(&[("TERM", "xterm-256color")])), (false, true));
    let console = written(&[("TERM", "linux")]);
    assert_eq!(counted(&console), (false, false));
    assert!(renditions(&console).iter().any(|rendition| is_colour(*rendition)));
    assert!(console.is_ascii(), "the console has no glyphs for the rest");
    let none = renditions(&written(&[("NO_COLOR", "1")]));
    assert!(!none.iter().any(|rendition| is_colour(*rendition)), "{none:?}");
    assert!(none.contains(&4), "underlined: {none:?}");
}

#[test]
fn in_ascii_nothing_else_is_written() {
    let mut tool = Tool::start_with((120, 36), &[&THREE[..], &["--ascii"]].concat(), &[]);
    let said = say("title-processes", &[]);
    tool.until_text(&format!("+ {said} -"));
    tool.keys("?");
    tool.until_text(&say("key-hang-up-all", &[]));
    tool.keys("q");
    tool.keys("q");
    tool.wait();
    assert!(tool.bytes.is_ascii());
}

/// A locale in which terminals are asked.
const KOREAN: [(&str, &str); 1] = [("LANG", "ko_KR.UTF-8")];

#[test]
fn where_lines_are_drawn_two_cells_wide_ascii_is_drawn() {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let mut tool = Tool::start_with((60, 16), &[&THREE[..], &["--lang", "en"]].concat(), &KOREAN).drawing_wide();
        let frame = format!(" {} ", say("title-processes", &[]));
        tool.until_text(&frame);
        let said = tool.text();
        tool.keys("q");
        tool.ends(0);
        if said.contains(&format!("+{frame}-")) {
            assert!(said.contains(&say("told-drawn-wide", &[])[..40]), "{said}");
            break;
        }
        // An answer can be late, and is not waited for any longer than a user would wait.
        assert!(Instant::now() < deadline, "{said}");
    }
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_told_what_else_there_is() {
    let mut tool = Tool::start_with((80, 24), &THREE, &[("TERM", "dumb")]);
    assert_eq!(tool.wait(), 2);
    assert!(tool.text().contains("TERM=dumb"), "{}", tool.text());
    assert!(tool.text().contains("forkscope snapshot"), "{}", tool.text());
}

#[test]
fn a_theme_that_is_wrong_is_shown_where() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mine.toml");
    std::fs::write(&path, "base = \"light\"\nzombie = \"red\"\n").unwrap();
    let mut tool = Tool::start_with((200, 24), &["--theme", path.to_str().unwrap()], &[]);
    assert_eq!(tool.wait(), 2);
    let said = format!("{}: TOML parse error at line 2, column 10", path.display());
    assert!(tool.text().contains(&said), "{}", tool.text());
    assert!(tool.text().contains('^'), "{}", tool.text());
}

#[test]
fn the_screen_is_kept_as_a_picture_and_nothing_written_over() {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("forkscope-1.svg"), "mine").unwrap();
    let mut tool = Tool::start_in(directory.path(), (120, 36), &THREE);
    tool.until_children(3);
    let pid = tool.children()[0].pid;
    tool.keys("s");
    tool.until_text(&say("told-exported", &[("path", "./forkscope-2.svg")]));
    tool.keys("q");
    tool.ends(0);
    let read = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    assert_eq!(read("forkscope-1.svg"), "mine");
    let picture = read("forkscope-2.svg");
    assert!(
        picture.starts_with("<svg") && picture.contains(&pid.to_string()),
        "{picture}"
    );
}

#[test]
fn what_cannot_be_kept_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let gone = directory.path().join("gone");
    std::fs::create_dir(&gone).unwrap();
    let mut tool = Tool::start_in(&gone, (120, 36), &THREE);
    tool.until_children(3);
    // Not even root can make a file in a directory that is no longer there.
    std::fs::remove_dir(&gone).unwrap();
    tool.keys("s");
    tool.until_text("create ./forkscope-1.svg: No such file");
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_key_makes_it_large_and_back() {
    let mut tool = Tool::start_with((60, 20), &THREE, &[]);
    tool.until_children(3);
    tool.keys("P");
    tool.until_text("██████");
    tool.resize(40, 12);
    tool.until_text(&say("count-zombies-short", &[]));
    tool.resize(60, 20);
    tool.keys("P");
    tool.until_children(3);
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn korean_is_spoken_where_the_locale_asks_for_it() {
    let words = Words::new(Language::Korean);
    let mut tool = Tool::start_with((120, 36), &THREE, &KOREAN);
    tool.until_text(&words.say("title-processes"));
    tool.until_children(3);
    tool.keys("?");
    tool.until_text(&words.say("key-hang-up-all"));
    tool.keys("q");
    tool.keys("q");
    tool.ends(0);
}

/// Nothing is written for as long as that. A screen that draws now and then does so within it.
fn is_quiet(tool: &mut Tool, time: Duration) -> bool {
    let until = Instant::now() + time;
    while Instant::now() < until {
        if tool.look(until.saturating_duration_since(Instant::now())) {
            return false;
        }
    }
    true
}

#[test]
fn nothing_is_drawn_while_nothing_changes() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys(" ");
    let deadline = Instant::now() + DEADLINE;
    while !is_quiet(&mut tool, Duration::from_millis(2500)) {
        assert!(Instant::now() < deadline, "{} frames and no end", tool.frames());
    }
    // It is still there.
    tool.keys("?");
    tool.until_text(&say("key-hang-up-all", &[]));
    tool.keys("q");
    tool.keys("q");
    tool.ends(0);
}
