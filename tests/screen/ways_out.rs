//! Every way out: the terminal is as before, the exit code says what happened, and nothing that was launched is left.

use std::io::Write as _;

use nix::sys::signal::Signal;

use super::example::example;
use super::pty::Tool;
use super::served::until;
use super::{THREE, say};

/// Started, with children to be left behind.
fn started() -> Tool {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool
}

#[test]
fn keys_end_it() {
    for key in ["q", "\x03"] {
        let mut tool = started();
        tool.keys(key);
        tool.ends(0);
    }
}

#[test]
fn signals_end_it() {
    for (signal, code) in [
        (Signal::SIGTERM, 143),
        (Signal::SIGHUP, 129),
        (Signal::SIGINT, 0),
        (Signal::SIGQUIT, 131),
    ] {
        let tool = started();
        tool.signal(signal);
        tool.ends(code);
    }
}

#[test]
fn a_terminal_that_takes_nothing_keeps_nobody_from_anything() {
    let mut tool = started();
    let before = tool.tag().processes().len();
    tool.takes(false);
    tool.keys("c");
    until(|| match tool.tag().processes().len() {
        processes if processes > before => Ok(()),
        processes => Err(format!("{processes} processes: no fourth client has come")),
    });
    tool.takes(true);
    tool.until_children(4);
    tool.takes(false);
    tool.signal(Signal::SIGTERM);
    assert_eq!(tool.wait(), 143);
}

#[test]
fn the_end_of_the_terminal_ends_it() {
    let mut tool = started();
    tool.close();
    assert_eq!(tool.wait(), 129);
}

#[test]
fn killing_it_leaves_nothing() {
    let mut tool = started();
    tool.signal(Signal::SIGKILL);
    assert_eq!(tool.wait(), 137);
}

#[test]
fn killing_it_in_a_storm_leaves_nothing() {
    let mut tool = Tool::start(&["--", example("storm").to_str().unwrap(), "5", "tag"]);
    tool.until("the storm", |tool| tool.tag().processes().len() > 10);
    tool.until("a tree of it", |tool| tool.rows().len() > 2);
    tool.signal(Signal::SIGKILL);
    assert_eq!(tool.wait(), 137);
}

#[test]
fn a_stop_gives_the_terminal_back_and_takes_it_again() {
    let mut tool = started();
    for by_key in [true, false] {
        let before = tool.frames();
        if by_key {
            tool.keys("\x1a");
        } else {
            tool.signal(Signal::SIGTSTP);
        }
        tool.until_stopped();
        tool.assert_restored();
        assert!(!tool.text().contains(&say("title-processes", &[])), "{}", tool.text());
        tool.signal(Signal::SIGCONT);
        tool.until_children(3);
        assert!(tool.screen().alternate_screen() && tool.screen().hide_cursor() && tool.frames() > before);
    }
    // It is no less attentive than before.
    tool.keys("c");
    tool.until_children(4);
    tool.keys("q");
    tool.ends(0);
}

/// The binary panics where it is told to, in builds with debug assertions only.
#[test]
#[cfg(debug_assertions)]
fn a_panic_on_any_thread_gives_the_terminal_back() {
    for (thread, code) in [("observer", 3), ("screen", 101)] {
        let mut tool = Tool::start_with((120, 36), &THREE, &[("FORKSCOPE_PANIC", thread)]);
        let found = tool.wait();
        tool.assert_restored();
        assert!(tool.text().contains("panicked at"), "{}", tool.text());
        assert_eq!(found, code, "{thread}: {}", tool.text());
    }
}

#[test]
fn the_end_of_the_target_is_shown_with_its_tree() {
    let place = tempfile::tempdir().unwrap();
    let fifo = place.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    let script = format!("read line <{}; exit 3", fifo.display());
    let mut tool = Tool::start(&["--", "sh", "-c", &script]);
    tool.until("the target", |tool| tool.rows().iter().any(super::pty::Row::is_there));
    let pid = tool.rows()[0].pid;
    std::fs::OpenOptions::new()
        .write(true)
        .open(&fifo)
        .unwrap()
        .write_all(b"go\n")
        .unwrap();
    let ending = say("exit-code", &[("code", "3")]);
    let ended = say("header-ended", &[("time", "@"), ("ending", &ending)]);
    let parts: Vec<&str> = ended.split('@').collect();
    tool.until("the end", |tool| {
        parts.iter().all(|part| tool.header().contains(part.trim()))
    });
    tool.until("its row", |tool| {
        tool.rows().iter().any(|row| row.pid == pid && !row.is_there())
    });
    tool.keys("c");
    tool.until_text(&say("refused-ended", &[]));
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_target_that_ends_at_once_says_how_too() {
    for (script, ending) in [
        ("exit 3", say("exit-code", &[("code", "3")])),
        ("kill -KILL $$", say("exit-signal", &[("signal", "SIGKILL")])),
    ] {
        let mut tool = Tool::start(&["--", "sh", "-c", script]);
        tool.until("the end", |tool| tool.header().contains(&ending));
        tool.keys("q");
        tool.ends(0);
    }
}

#[test]
fn a_command_that_cannot_be_run_leaves_the_terminal_alone() {
    let mut tool = Tool::start(&["--", "no-such-command"]);
    assert_eq!(tool.wait(), 127);
    tool.assert_restored();
    assert!(tool.text().contains("no-such-command"), "{}", tool.text());
    assert_eq!(tool.frames(), 0);
}
