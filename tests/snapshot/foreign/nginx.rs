//! nginx: a master and workers under another user, which share the listening socket; in the foreground, and as the
//! daemon that its root leaves behind.

use std::path::PathBuf;
use std::process::Command;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::{Port, Stranger, agree, installed, launched_agrees};
use crate::served::until;

const PROGRAMS: [&str; 3] = ["nginx", "ps", "ss"];
const REQUEST: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// A place with its configuration, where it also keeps its pid and its errors.
struct Place(tempfile::TempDir);

impl Place {
    fn new(port: &Port, daemon: bool) -> Self {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {path}/{name};\n"))
            .concat();
        let configuration = format!(
            "daemon {daemon};
             worker_processes 2;
             pid {path}/pid;
             error_log {path}/errors;
             events {{ worker_connections 64; }}
             http {{
                 access_log off;
                 keepalive_timeout 600s;
                 {temporary}
                 server {{ listen 127.0.0.1:{port}; location / {{ return 200 hello; }} }}
             }}",
            daemon = if daemon { "on" } else { "off" },
            port = port.number,
        );
        std::fs::write(place.path().join("nginx.conf"), configuration).unwrap();
        Self(place)
    }

    fn argv(&self) -> [String; 5] {
        let path = self.0.path().display();
        ["nginx", "-p", &format!("{path}"), "-c", &format!("{path}/nginx.conf")].map(str::to_owned)
    }

    fn pid_file(&self) -> PathBuf {
        self.0.path().join("pid")
    }

    /// The master, once it has said who it is.
    fn master(&self) -> i32 {
        until(|| {
            let said = std::fs::read_to_string(self.pid_file()).map_err(|error| error.to_string())?;
            // That of an earlier one may still lie there.
            let lives = std::path::Path::new("/proc").join(said.trim()).exists();
            said.trim()
                .parse()
                .ok()
                .filter(|_| lives)
                .ok_or(format!("{said:?} is nobody"))
        })
    }
}

#[test]
fn attached_to_it_agrees_with_ps_and_ss() {
    if !installed(&PROGRAMS) {
        return;
    }
    let port = Port::free();
    let place = Place::new(&port, false);
    let argv = place.argv();
    let server = Stranger::start(Command::new(&argv[0]).args(&argv[1..]));
    let _clients = port.clients(6, REQUEST);
    let shot = agree(server.pid(), &port, (0, 2, 6));
    let master = shot.process(server.pid());
    assert!(
        master["command"].as_str().unwrap().starts_with("nginx: master process"),
        "{master}"
    );
    assert_eq!(shot.0["listeners"][0]["held_by"].as_array().unwrap().len(), 3);
    assert_eq!(shot.0["totals"]["listening"], 1, "one socket, however many hold it");
    // A worker that is killed: a zombie only while its master cannot reap it.
    server.signal(Signal::SIGSTOP);
    let worker = shot.processes()[1]["pid"].as_i64().unwrap();
    let lost = shot.processes()[1]["accepted"].as_u64().unwrap();
    kill(Pid::from_raw(i32::try_from(worker).unwrap()), Signal::SIGKILL).unwrap();
    let left = 6 - usize::try_from(lost).unwrap();
    let shot = agree(server.pid(), &port, (1, 1, left));
    assert_eq!(shot.zombies()[0]["exit"], json!({ "signal": "SIGKILL" }));
    server.signal(Signal::SIGCONT);
    agree(server.pid(), &port, (0, 2, left));
}

#[test]
fn launched_it_agrees_with_ps_and_ss() {
    if !installed(&PROGRAMS) {
        return;
    }
    let port = Port::free();
    let place = Place::new(&port, false);
    let argv = place.argv();
    let shot = launched_agrees(&port, &argv.each_ref().map(String::as_str), (0, 2, 4), |port| {
        let clients = port.clients(4, REQUEST);
        (place.master(), clients)
    });
    assert_eq!(shot.0["roots"].as_array().unwrap().len(), 1);
    assert_eq!(shot.processes()[0]["adopted_by"], json!(null));
}

/// The root forks and ends; its child is the master, an orphan under the guardian.
#[test]
fn launched_as_a_daemon_it_is_followed() {
    if !installed(&PROGRAMS) {
        return;
    }
    let port = Port::free();
    let place = Place::new(&port, true);
    let argv = place.argv();
    let shot = launched_agrees(&port, &argv.each_ref().map(String::as_str), (0, 2, 2), |port| {
        let clients = port.clients(2, REQUEST);
        (place.master(), clients)
    });
    let roots = shot.0["roots"].as_array().unwrap();
    assert_eq!(roots.len(), 2, "the one that was launched, and its heir: {roots:?}");
    assert_eq!(roots[0]["ended"], json!({ "code": 0 }));
    let master = &shot.processes()[0];
    assert_eq!((&roots[1]["pid"], &roots[1]["ended"]), (&master["pid"], &json!(null)));
    assert_eq!(master["adopted_by"], master["ppid"]);
    assert!(!place.pid_file().exists(), "it left in good order");
}
