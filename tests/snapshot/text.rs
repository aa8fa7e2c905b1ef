//! The snapshot as text: columns that line up in both languages, nothing that acts on a terminal, and readers that
//! leave early.

use std::io::Read as _;
use std::process::Stdio;

use forkscope::server::config::Policy;
use forkscope::words::cells::width;
use forkscope::words::{Language, Words};

use super::served::Served;
use super::tool::{forkscope, run};

/// The headings, and which edge of its column each keeps to.
const COLUMNS: [(&str, bool); 12] = [
    ("column-user", true),
    ("column-pid", true),
    ("column-ppid", false),
    ("column-state", true),
    ("column-connections", false),
    ("column-threads", false),
    ("column-fds", false),
    ("column-rss", false),
    ("column-cpu", false),
    ("column-age", false),
    ("column-doing", true),
    ("column-command", true),
];

/// The cells of a line: a wide character takes two, the second of which is not blank.
fn cells(line: &str) -> Vec<char> {
    let mut cells = Vec::new();
    for character in line.chars() {
        cells.push(character);
        cells.extend((1..width(&character.to_string())).map(|_| '·'));
    }
    cells
}

/// The lines of the table: from the headings to the first empty line.
fn table<'a>(text: &'a str, words: &Words) -> Vec<&'a str> {
    let first = words.say("column-user").into_owned();
    let lines = text.lines().skip_while(|line| !line.starts_with(&first));
    lines.take_while(|line| !line.is_empty()).collect()
}

/// Where a heading begins and ends, every other column stays away by two cells.
fn check_alignment(text: &str, language: Language) {
    let words = Words::new(language);
    let lines = table(text, &words);
    assert!(lines.len() > 1, "{text}");
    let heading = cells(lines[0]);
    let mut from = 0;
    for (name, left) in COLUMNS {
        let word = cells(&words.say(name));
        let at = (from..heading.len())
            .find(|at| heading[*at..].starts_with(&word))
            .unwrap_or_else(|| panic!("no heading {name} in {}", lines[0]));
        from = at + word.len();
        for line in &lines {
            let cells = cells(line);
            let edge = if left { at.saturating_sub(2)..at } else { from..from + 2 };
            let between = cells.iter().take(edge.end).skip(edge.start);
            assert!(
                between.clone().all(|cell| *cell == ' '),
                "`{name}` is not kept in {line:?}\n{text}"
            );
            let kept = if left { cells.get(at) } else { cells.get(from - 1) };
            // Only what one is doing can be empty.
            assert!(
                kept.is_some_and(|cell| *cell != ' ') || name == "column-doing" || name == "column-age",
                "{line:?}"
            );
        }
    }
}

fn text_of(server: &Served, args: &[&str]) -> String {
    let pid = server.pid().to_string();
    let mut all = vec!["snapshot", "--pid", &pid];
    all.extend(args);
    let output = run(&all);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A server with a child at work and a zombie.
fn server() -> (Served, Vec<super::served::Client>) {
    let server = Served::start(&["--reap", Policy::None.name()]);
    drop(server.clients(1));
    server.until_census(1, 0);
    let clients = server.clients(1);
    (server, clients)
}

#[test]
fn columns_line_up_in_both_languages() {
    let (server, _clients) = server();
    for language in Language::ALL {
        let text = text_of(&server, &["--lang", language.name()]);
        check_alignment(&text, *language);
        let words = Words::new(*language);
        let lines = table(&text, &words);
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!(lines.iter().filter(|line| line.contains("├─")).count(), 1, "{text}");
        assert_eq!(lines.iter().filter(|line| line.contains("└─")).count(), 1, "{text}");
        let zombie = format!("Z {}", words.say("state-zombie"));
        assert_eq!(lines.iter().filter(|line| line.contains(&zombie)).count(), 1, "{text}");
        assert!(text.contains(&server.address.to_string()), "{text}");
    }
}

#[test]
fn a_pipe_gets_plain_lines() {
    let (server, _clients) = server();
    let text = text_of(&server, &[]);
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    assert!(
        text.ends_with('\n') && text.lines().all(|line| line.trim_end() == line),
        "{text:?}"
    );
}

#[test]
fn the_language_is_the_locales() {
    let server = Served::start(&[]);
    let pid = server.pid().to_string();
    for (name, locale, language) in [
        ("LANG", "ko_KR.UTF-8", Language::Korean),
        ("LC_ALL", "ko_KR.UTF-8", Language::Korean),
        ("LANG", "C.UTF-8", Language::English),
    ] {
        let mut command = forkscope();
        let output = command
            .args(["snapshot", "--pid", &pid])
            .env(name, locale)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            text.contains(&*Words::new(language).say("column-state")),
            "{locale}: {text}"
        );
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let (server, _clients) = server();
    for json in [false, true] {
        let pid = server.pid().to_string();
        let mut command = forkscope();
        command.args(["snapshot", "--pid", &pid]).args(json.then_some("--json"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), &*said), (Some(0), ""));
    }
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    let server = Served::start(&[]);
    for args in [&["snapshot", "--pid", &server.pid().to_string()][..], &["--help"]] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = forkscope().args(args).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));
    }
}
