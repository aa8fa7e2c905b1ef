//! Python's `socketserver.ForkingTCPServer`: a child for each connection, reaped twice a second.

use std::process::Command;

use nix::sys::signal::Signal;
use serde_json::json;

use super::{Port, Stranger, agree, holders, installed, launched_agrees, said_by};
use crate::served::until;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/forking_server.py");
const PROGRAMS: [&str; 3] = ["python3", "ps", "ss"];

#[test]
fn attached_to_it_agrees_with_ps_and_ss() {
    if !installed(&PROGRAMS) {
        return;
    }
    let port = Port::free();
    let server = Stranger::start(Command::new("python3").args([SCRIPT, &port.number.to_string()]));
    let mut clients = port.clients(5, "hello\n");
    let shot = agree(server.pid(), &port, (0, 5, 5));
    assert!(
        shot.processes()
            .iter()
            .all(|row| row["comm"].as_str().unwrap().starts_with("python"))
    );
    // While it is stopped it cannot reap, so that there is something to agree on.
    server.signal(Signal::SIGSTOP);
    clients.truncate(2);
    let shot = agree(server.pid(), &port, (3, 2, 2));
    assert_eq!(shot.process(server.pid())["state"], "T");
    assert!(
        shot.zombies()
            .iter()
            .all(|zombie| zombie["exit"] == json!({ "code": 0 }))
    );
    server.signal(Signal::SIGCONT);
    agree(server.pid(), &port, (0, 2, 2));
}

#[test]
fn launched_it_agrees_with_ps_and_ss() {
    if !installed(&PROGRAMS) {
        return;
    }
    let port = Port::free();
    let argv = ["python3", SCRIPT, &port.number.to_string()];
    let shot = launched_agrees(&port, &argv, (0, 3, 3), |port| {
        let clients = port.clients(3, "hello\n");
        let mut root = 0;
        until(|| {
            let listening = holders(&said_by("ss", &["-Htlnp", &format!("sport = :{}", port.number)]));
            root = listening.iter().copied().min().unwrap_or(0);
            if listening.len() == 4 {
                Ok(())
            } else {
                Err(format!("{listening:?}"))
            }
        });
        (root, clients)
    });
    assert_eq!(
        shot.0["listeners"][0]["held_by"].as_array().unwrap().len(),
        4,
        "inherited"
    );
}
