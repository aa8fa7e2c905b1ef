//! The clients, end to end: `forkscope load` against small servers inside this test. The handle that the screen uses has a
//! file of its own. What is checked is what was counted, never how fast anything was.

#[path = "load/handle.rs"]
mod handle;
#[path = "load/servers.rs"]
mod servers;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use servers::{PATIENCE, echo, echo_once, nobody, reset_on_close, server, telling_server, ten_rounds};

fn forkscope(address: SocketAddr, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
    command.arg("load").arg(address.to_string()).args(flags);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn load(address: SocketAddr, flags: &[&str]) -> Output {
    forkscope(address, flags).output().expect("run forkscope")
}

/// Runs with `--json`, checks the exit code, and returns what was printed.
#[track_caller]
fn load_json(address: SocketAddr, flags: &[&str], code: i32) -> Value {
    let flags: Vec<&str> = flags.iter().copied().chain(["--json"]).collect();
    json(&load(address, &flags), code)
}

#[track_caller]
fn json(output: &Output, code: i32) -> Value {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error} in {output:?}: {errors}"))
}

#[track_caller]
fn check_counts(json: &Value, connected: u64, served: u64, done: u64) {
    assert_eq!(
        (&json["connected"], &json["served"], &json["done"]),
        (&connected.into(), &served.into(), &done.into()),
        "{json}"
    );
}

/// Exactly these failures, and no others.
#[track_caller]
fn check_failed(json: &Value, expected: &[(&str, u64)]) {
    for kind in ["refused", "reset", "closed", "timed_out", "wrong", "local"] {
        let count = expected
            .iter()
            .find(|(name, _)| *name == kind)
            .map_or(0, |(_, count)| *count);
        assert_eq!(json["failed"][kind], count, "{kind} in {json}");
    }
}

#[test]
fn an_echo_server_makes_all_clients_done() {
    let json = load_json(server(echo), &["--clients", "20", "--hold", "20ms..40ms"], 0);
    assert_eq!(
        (&json["schema"], &json["clients"], &json["started"]),
        (&1.into(), &20.into(), &20.into())
    );
    check_counts(&json, 20, 20, 20);
    check_failed(&json, &[]);
    assert!(json["seconds"].as_f64().expect("a number") >= 0.02, "{json}");
    for times in ["late_seconds", "connect_seconds", "wait_seconds", "service_seconds"] {
        let [p50, p95, p99, max, mean] =
            ["p50", "p95", "p99", "max", "mean"].map(|name| json[times][name].as_f64().expect("a number"));
        assert!(
            p50 <= p95 && p95 <= p99 && p99 <= max && mean <= max,
            "{times} in {json}"
        );
    }
}

#[test]
fn a_thousand_clients_at_once() {
    let json = load_json(server(echo), &["--clients", "1000", "--hold", "100ms"], 0);
    check_counts(&json, 1000, 1000, 1000);
    check_failed(&json, &[]);
}

#[test]
fn a_rate_is_an_absolute_schedule() {
    let json = load_json(server(echo), &["--clients", "21", "--rate", "100/s"], 0);
    check_counts(&json, 21, 21, 21);
    assert!(json["seconds"].as_f64().expect("a number") >= 0.2, "{json}");
}

#[test]
fn text_is_aligned_and_says_who_came() {
    let address = server(echo);
    let output = load(address, &["--clients", "3", "--rate", "50/s", "--hold", "10ms"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with(&format!("load {address}   3 clients, 50/s, held 10 ms ")),
        "{text}"
    );
    assert_eq!(lines[1], "connected 3   served 3   done 3   failed 0");
    let widths: Vec<usize> = lines[2..].iter().map(|line| line.chars().count()).collect();
    assert_eq!(widths, [lines[0].chars().count(); 5], "{text}");
}

#[test]
fn nothing_listens_there() {
    let (address, _bound) = nobody();
    let output = load(address, &["--clients", "5", "--json"]);
    let json = json(&output, 3);
    check_counts(&json, 0, 0, 0);
    check_failed(&json, &[("refused", 5)]);
    assert!(
        json["wait_seconds"]["p50"].is_null() && json["connect_seconds"]["max"].is_null(),
        "{json}"
    );
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains(&address.to_string()), "{errors}");
}

#[test]
fn a_server_that_resets() {
    let address = server(|mut stream| {
        let _ = stream.read(&mut [0; 512]);
        reset_on_close(&stream);
    });
    let json = load_json(address, &["--clients", "5", "--hold", "1m"], 0);
    check_counts(&json, 5, 0, 0);
    check_failed(&json, &[("reset", 5)]);
}

#[test]
fn a_server_that_resets_whom_it_has_served() {
    let address = server(|mut stream| {
        echo_once(&mut stream);
        reset_on_close(&stream);
    });
    let json = load_json(address, &["--clients", "5", "--hold", "1m"], 0);
    assert_eq!((&json["connected"], &json["done"]), (&5.into(), &0.into()), "{json}");
    check_failed(&json, &[("reset", 5)]);
}

#[test]
fn a_server_that_closes_at_once() {
    let address = server(|mut stream| {
        // What was sent is read first: a close with unread bytes would be a reset.
        let _ = stream.read(&mut [0; 512]);
    });
    let json = load_json(address, &["--clients", "5"], 0);
    check_counts(&json, 5, 0, 0);
    check_failed(&json, &[("closed", 5)]);
}

#[test]
fn a_server_that_closes_while_clients_hold() {
    let json = load_json(
        server(|mut stream| echo_once(&mut stream)),
        &["--clients", "5", "--hold", "1m"],
        0,
    );
    check_counts(&json, 5, 5, 0);
    check_failed(&json, &[("closed", 5)]);
}

#[test]
fn a_server_that_never_answers() {
    let address = server(|mut stream| {
        let mut buffer = [0; 512];
        while let Ok(1..) = stream.read(&mut buffer) {}
    });
    let json = load_json(address, &["--clients", "5", "--timeout", "300ms"], 0);
    check_counts(&json, 5, 0, 0);
    check_failed(&json, &[("timed_out", 5)]);
}

#[test]
fn a_server_that_echoes_something_else() {
    let address = server(|mut stream| {
        let mut buffer = [0; 512];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            let _ = stream.write_all(&buffer[..count].to_ascii_uppercase());
        }
    });
    let json = load_json(address, &["--clients", "5"], 0);
    check_counts(&json, 5, 0, 0);
    check_failed(&json, &[("wrong", 5)]);
}

#[test]
fn a_server_that_says_more_than_it_heard() {
    let address = server(|mut stream| {
        let mut buffer = [0; 512];
        while let Ok(count @ 1..) = stream.read(&mut buffer) {
            let _ = stream.write_all(&buffer[..count]);
            let _ = stream.write_all(b"and more");
        }
    });
    let json = load_json(address, &["--clients", "5", "--hold", "1m"], 0);
    check_failed(&json, &[("wrong", 5)]);
}

#[test]
fn a_timed_service_takes_ten_rounds() {
    let json = load_json(server(ten_rounds), &["--clients", "5", "--service", "100ms"], 0);
    check_counts(&json, 5, 5, 5);
    check_failed(&json, &[]);
    assert!(
        json["service_seconds"]["p50"].as_f64().expect("a number") >= 0.1,
        "{json}"
    );
}

#[test]
fn a_timed_service_that_ends_early_is_no_service() {
    let address = server(|mut stream| {
        let _ = stream.write_all(b".").and_then(|()| stream.read_exact(&mut [0]));
    });
    let json = load_json(address, &["--clients", "5", "--service", "100ms"], 0);
    check_counts(&json, 5, 5, 0);
    check_failed(&json, &[("closed", 5)]);
    assert!(json["service_seconds"]["p50"].is_null(), "{json}");
}

#[test]
fn clients_without_a_descriptor_are_counted_and_the_reason_is_told() {
    let address = server(echo);
    let run = |flags: &str| {
        Command::new("sh")
            .args(["-c", "ulimit -n 40; exec \"$0\" load \"$@\""])
            .arg(env!("CARGO_BIN_EXE_forkscope"))
            .arg(address.to_string())
            .args(flags.split(' '))
            .output()
            .expect("run forkscope through a shell")
    };
    let json = json(&run("--clients 100 --hold 500ms --json"), 0);
    let done = json["done"].as_u64().expect("a number");
    let local = json["failed"]["local"].as_u64().expect("a number");
    assert!(done >= 10 && local >= 10 && done + local == 100, "{json}");
    let text = String::from_utf8(run("--clients 100 --hold 500ms").stdout).expect("UTF-8");
    assert!(text.contains("first local failure: Too many open files"), "{text}");
}

fn start_holding(flags: &[&str]) -> Child {
    let (address, heard) = telling_server();
    let flags: Vec<&str> = ["--clients", "5", "--hold", "10m"]
        .iter()
        .chain(flags)
        .copied()
        .collect();
    let child = forkscope(address, &flags).spawn().expect("start forkscope");
    for _ in 0..5 {
        heard.recv_timeout(PATIENCE).expect("five clients");
    }
    child
}

fn signalled(child: Child, signal: Signal) -> Output {
    let pid = Pid::from_raw(i32::try_from(child.id()).expect("a pid"));
    kill(pid, signal).expect("signal forkscope");
    child.wait_with_output().expect("wait for forkscope")
}

#[test]
fn an_interrupt_prints_the_figures_so_far() {
    let json = json(&signalled(start_holding(&["--json"]), Signal::SIGINT), 0);
    assert_eq!((&json["connected"], &json["done"]), (&5.into(), &0.into()), "{json}");
    check_failed(&json, &[]);

    let output = signalled(start_holding(&[]), Signal::SIGINT);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        text.contains("stopped before the end: 5 had come, 5 still there"),
        "{text}"
    );
}

#[test]
fn sigterm_prints_the_figures_and_says_so_in_the_exit_code() {
    let json = json(&signalled(start_holding(&["--json"]), Signal::SIGTERM), 143);
    assert_eq!((&json["connected"], &json["done"]), (&5.into(), &0.into()), "{json}");
}

#[test]
fn a_reader_that_has_left_is_no_error() {
    let mut child = start_holding(&[]);
    drop(child.stdout.take());
    let output = signalled(child, Signal::SIGINT);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn an_ipv6_address() {
    let Ok(listener) = TcpListener::bind(("::1", 0)) else {
        return; // A machine without IPv6.
    };
    let address = listener.local_addr().expect("the address bound");
    thread::spawn(move || listener.incoming().flatten().for_each(echo));
    check_counts(&load_json(address, &[], 0), 1, 1, 1);
}
