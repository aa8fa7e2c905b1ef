//! The comparison on a terminal: figures come while it runs, and every way out leaves them behind, and nobody else.

use nix::sys::signal::Signal;

use super::pty::Tool;
use super::say;

/// One after the other, for longer than any test lasts, and nobody fails.
const LONG: [&str; 8] = [
    "compare",
    "--models",
    "iterative,epoll",
    "--clients",
    "50",
    "--service",
    "10s",
    "--work=io",
];

/// Started, and its first client is being served.
fn started() -> Tool {
    let mut tool = Tool::start_with((80, 24), &LONG, &[]);
    tool.until("a client that is served", |tool| {
        tool.text()
            .lines()
            .any(|line| line.starts_with("│ iterative") && line.contains('◐'))
    });
    tool
}

/// The table that stands there when the screen was left: a row for each server.
#[track_caller]
fn assert_table(tool: &Tool) {
    let text = tool.text();
    let rows = ["iterative", "epoll"].map(|name| text.lines().any(|line| line.starts_with(name)));
    assert_eq!(rows, [true; 2], "{text}");
}

#[test]
fn it_is_measured_to_its_end() {
    let args = [
        "compare",
        "--models=iterative,epoll",
        "--clients=5",
        "--service=1s",
        "--scale=0.02",
    ];
    let mut tool = Tool::start_with((80, 24), &args, &[]);
    tool.until_text(&say("compare-screen-over", &[]));
    assert!(
        tool.text().contains("iterative: one client after the other"),
        "{}",
        tool.text()
    );
    tool.keys("q");
    assert_eq!(tool.wait(), 0);
    tool.assert_restored();
    assert_table(&tool);
}

#[test]
fn a_key_ends_it_with_the_figures_so_far() {
    let mut tool = started();
    let ready = say("compare-screen-quit", &[]);
    tool.keys("P");
    tool.until("large", |tool| {
        !tool.text().contains('╭') && tool.text().contains(&ready)
    });
    tool.keys("P");
    tool.until("small", |tool| {
        tool.text().contains('╭') && tool.text().contains(&ready)
    });
    tool.resize(60, 20);
    tool.until("frames of that size", |tool| {
        let corner = tool.screen().cell(1, 59);
        corner.is_some_and(|cell| cell.contents() == "╮") && tool.text().contains(&ready)
    });
    tool.keys("\x03");
    assert_eq!(tool.wait(), 0);
    tool.assert_restored();
    assert_table(&tool);
    assert!(tool.text().contains(&say("compare-stopped", &[])), "{}", tool.text());
}

#[test]
fn a_signal_ends_it_with_the_figures_so_far() {
    let mut tool = started();
    tool.signal(Signal::SIGTERM);
    assert_eq!(tool.wait(), 143);
    tool.assert_restored();
    assert_table(&tool);
}
