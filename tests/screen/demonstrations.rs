//! The demonstrations on a real server, counted by the test itself and not by the screen.

use forkscope::server::config::Policy;

use nix::sys::signal::Signal;

use super::pty::Tool;
use super::served::Served;
use super::{ESCAPE, THREE, say};

/// Clients that come for it where there are too few.
const COMPANY: usize = 10;

/// A server that reaps that way, and the tool attached to it with leave to do what it likes.
fn attached(policy: Policy) -> (Served, Tool) {
    let server = Served::start(&["--reap", policy.name(), "--backlog", "4"]);
    let pid = server.pid().to_string();
    let tool = Tool::start(&["--pid", &pid, "--allow-load", "--allow-signals"]);
    (server, tool)
}

impl Tool {
    /// Asks for a demonstration, and agrees to what it will do.
    fn demonstrate(&mut self, key: &str, first: &str) {
        self.keys(key);
        self.until_text(&say(first, &[("most", "200")]));
        self.keys("y");
    }
}

/// Twenty runs, in two halves beside each other.
#[test]
fn of_many_zombies_one_is_reaped_each_time() {
    one_is_reaped_in_ten_runs();
}

#[test]
fn of_many_zombies_one_is_reaped_each_time_again() {
    one_is_reaped_in_ten_runs();
}

fn one_is_reaped_in_ten_runs() {
    let (server, mut tool) = attached(Policy::Once);
    tool.until("the server", |tool| !tool.rows().is_empty());
    let mut left = 0;
    for run in 1..=10 {
        tool.demonstrate("z", "demo-zombies-1");
        let (zombies, stay) = (left + COMPANY, left + COMPANY - 1);
        let (zombies, said_left) = (zombies.to_string(), stay.to_string());
        tool.until_text(&say("demo-one", &[("zombies", &zombies), ("left", &said_left)]));
        assert_eq!(server.census(), (stay, 0), "in run {run}");
        left = stay;
        tool.keys(ESCAPE);
        tool.until_text(&format!("╭ {} ", say("title-why", &[])));
    }
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_loop_reaps_all_of_them() {
    let (server, mut tool) = attached(Policy::Loop);
    tool.until("the server", |tool| !tool.rows().is_empty());
    for run in 1..=3 {
        tool.demonstrate("z", "demo-zombies-1");
        tool.until_text(&say("demo-all", &[("zombies", &COMPANY.to_string())]));
        assert_eq!(server.census(), (0, 0), "in run {run}");
        tool.keys(ESCAPE);
        tool.until_text(&format!("╭ {} ", say("title-why", &[])));
    }
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_queue_fills_until_clients_are_turned_away() {
    let (server, mut tool) = attached(Policy::Loop);
    tool.until("the server", |tool| !tool.rows().is_empty());
    tool.demonstrate("g", "demo-queue-1");
    tool.until_text(&say("demo-full", &[("waiting", "5"), ("backlog", "4")]));
    tool.keys("q");
    tool.ends(0);
    server.clients(1)[0].talk();
}

/// From outside, and not by its own key.
#[test]
fn who_was_stopped_goes_on_when_the_tool_is_stopped() {
    let (server, mut tool) = attached(Policy::Loop);
    tool.until("the server", |tool| !tool.rows().is_empty());
    tool.demonstrate("g", "demo-queue-1");
    tool.until("a stopped server", |tool| {
        tool.rows().iter().any(|row| row.said.starts_with("T "))
    });
    tool.signal(Signal::SIGTSTP);
    tool.until_stopped();
    server.clients(1)[0].talk();
    tool.signal(Signal::SIGCONT);
    tool.keys("q");
    tool.ends(0);
}

/// The built-in server lets thousands wait: it is told otherwise for a while.
#[test]
fn a_long_queue_is_made_short_and_long_again() {
    let mut tool = Tool::start_with((80, 24), &["--port", "0", "--backlog", "500", "--clients", "0"], &[]);
    // What stands in the counters is the kernel's word.
    tool.until_text("0/500");
    tool.demonstrate("g", "demo-queue-1");
    tool.until_text(&say("demo-full", &[("waiting", "9"), ("backlog", "8")]));
    tool.until_text("0/500");
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn who_was_stopped_goes_on_when_the_screen_is_left() {
    let (server, mut tool) = attached(Policy::Loop);
    tool.until("the server", |tool| !tool.rows().is_empty());
    tool.demonstrate("g", "demo-queue-1");
    tool.until("a stopped server", |tool| {
        tool.rows().iter().any(|row| row.said.starts_with("T "))
    });
    tool.keys("q");
    tool.ends(0);
    server.clients(1)[0].talk();
}

#[test]
fn who_was_stopped_goes_on_when_the_tool_is_killed() {
    let (server, mut tool) = attached(Policy::Loop);
    tool.until("the server", |tool| !tool.rows().is_empty());
    tool.demonstrate("g", "demo-queue-1");
    tool.until("a stopped server", |tool| {
        tool.rows().iter().any(|row| row.said.starts_with("T "))
    });
    tool.signal(Signal::SIGKILL);
    assert_eq!(tool.wait(), 128 + Signal::SIGKILL as i32);
    server.clients(1)[0].talk();
}

/// By somebody else: it is not ours to let it go on.
#[test]
fn who_was_stopped_before_is_left_so() {
    let (server, mut tool) = attached(Policy::Loop);
    tool.until("the server", |tool| !tool.rows().is_empty());
    server.signal(Signal::SIGSTOP);
    tool.until("a stopped server", |tool| {
        tool.rows().iter().any(|row| row.said.starts_with("T "))
    });
    tool.keys("z");
    tool.until_text(&say("refused-stopped", &[]));
    tool.keys("q");
    tool.ends(0);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap();
    assert!(stat.contains(") T "), "{stat}");
    server.signal(Signal::SIGCONT);
}

#[test]
fn nothing_is_demonstrated_without_leave_or_without_yes() {
    let server = Served::start(&[]);
    let mut tool = Tool::start(&["--pid", &server.pid().to_string(), "--allow-load"]);
    tool.until("the server", |tool| !tool.rows().is_empty());
    tool.keys("z");
    tool.until_text(&say("refused-demonstration", &[]));
    tool.keys("q");
    tool.ends(0);
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys("z");
    tool.until_text(&say("demo-zombies-1", &[]));
    tool.keys("n");
    tool.until("no question", |tool| !tool.text().contains(&say("demo-zombies-1", &[])));
    assert_eq!(tool.children().len(), 3);
    tool.keys(" z");
    tool.until_text(&say("refused-paused", &[]));
    tool.keys("q");
    tool.ends(0);
}
