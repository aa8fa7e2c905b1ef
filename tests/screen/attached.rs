//! Servers that are not ours: neither clients nor signals come to them from keys, unless that was allowed; and what may
//! not be done with our own where only reading was asked for.

use forkscope::server::config::Policy;

use super::pty::Tool;
use super::served::Served;
use super::{ENTER, THREE, UP, say};

/// Every key that would do something to a server, refused in these words.
fn check_refusals(tool: &mut Tool, refusals: [&str; 3]) {
    let [load, orders, signals] = refusals;
    for (keys, refusal) in [
        ("c", load),
        ("r", orders),
        ("C", load),
        ("k", signals),
        ("x", load),
        ("R", orders),
        ("X", load),
        ("k", signals),
        ("a", load),
    ] {
        tool.keys(keys);
        tool.until_text(&say(refusal, &[]));
    }
}

#[test]
fn a_server_that_was_attached_to_is_left_alone() {
    let server = Served::start(&["--reap", Policy::None.name()]);
    let mut clients = server.clients(2);
    let mut tool = Tool::start(&["--pid", &server.pid().to_string()]);
    tool.until_children(2);
    tool.select_child();
    check_refusals(&mut tool, ["refused-load", "refused-orders", "refused-signals"]);
    assert_eq!(server.census(), (0, 2), "as before");
    tool.keys("q");
    tool.ends(0);
    assert_eq!(server.census(), (0, 2), "and after");
    clients[0].talk();
    drop(clients);
    server.until_census(2, 0);
}

#[test]
fn it_is_found_by_its_port_too() {
    let server = Served::start(&[]);
    let _clients = server.clients(1);
    let mut tool = Tool::start(&["--listening", &server.address.port().to_string()]);
    tool.until_children(1);
    assert!(tool.header().contains(&server.address.to_string()), "{}", tool.header());
    tool.keys("q");
    tool.ends(0);
    server.until_census(0, 1);
}

#[test]
fn what_was_allowed_is_done() {
    let server = Served::start(&["--reap", Policy::None.name()]);
    let pid = server.pid().to_string();
    let mut tool = Tool::start(&["--pid", &pid, "--allow-load", "--allow-signals"]);
    tool.until("the server", |tool| tool.rows().len() == 1);
    tool.keys("C");
    tool.until_children(10);
    server.until_census(0, 10);
    tool.until_read();
    let child = tool.select_child().to_string();
    tool.keys("k");
    tool.until_text(&say("title-signals", &[("pid", &child)]));
    tool.keys(UP);
    tool.keys(ENTER);
    tool.until_text(&say("confirm-signal", &[("signal", "SIGKILL"), ("pid", &child)]));
    tool.keys("y");
    server.until_census(1, 9);
    // No order goes to it all the same.
    tool.keys("r");
    tool.until_text(&say("refused-orders", &[]));
    tool.keys("q");
    tool.ends(0);
    // The clients have left with the tool, and the server is there.
    server.until_census(10, 0);
    server.clients(1)[0].talk();
}

#[test]
fn flags_that_send_clients_need_leave() {
    let server = Served::start(&[]);
    let pid = server.pid().to_string();
    let mut tool = Tool::start(&["--pid", &pid, "--clients", "3"]);
    assert_eq!(tool.wait(), 2);
    tool.assert_restored();
    assert!(tool.text().contains("--allow-load"), "{}", tool.text());
    assert_eq!(tool.frames(), 0);
    assert_eq!(server.census(), (0, 0));
}

#[test]
fn reading_only_turns_every_such_key_off() {
    let mut tool = Tool::start(&[&THREE[..], &["--read-only"]].concat());
    tool.until_children(3);
    tool.select_child();
    check_refusals(&mut tool, ["refused-read-only"; 3]);
    assert_eq!(tool.children().len(), 3);
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn the_end_of_a_server_that_was_attached_to_is_shown() {
    let mut server = Served::start(&[]);
    let mut tool = Tool::start(&["--pid", &server.pid().to_string()]);
    tool.until("the server", |tool| tool.rows().len() == 1);
    server.signal(nix::sys::signal::Signal::SIGTERM);
    server.ended();
    let ended = say("header-ended", &[("time", "@"), ("ending", "@")]);
    let word = ended.split('@').next().unwrap().trim().to_owned();
    tool.until("the end", |tool| tool.header().contains(&word));
    tool.keys("q");
    tool.ends(0);
}
