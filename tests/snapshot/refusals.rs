//! What cannot be done is said in a sentence, with the exit code that says of what kind it is, and nothing is done.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, bind, getsockname, listen, setsockopt, socket, sockopt,
};

use super::served::Served;
use super::tool::refused;

/// A socket bound on loopback beside others, 0 for any port.
fn bound(port: u16) -> (OwnedFd, u16) {
    let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
    setsockopt(&socket, sockopt::ReusePort, &true).unwrap();
    bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, port)).unwrap();
    let address: SockaddrIn = getsockname(socket.as_raw_fd()).unwrap();
    (socket, address.port())
}

/// A process that holds a socket as its standard input.
struct Holder(Child);

impl Holder {
    fn of(socket: OwnedFd) -> Self {
        listen(&socket, Backlog::new(1).unwrap()).unwrap();
        Self(
            Command::new("sleep")
                .arg("600")
                .stdin(Stdio::from(socket))
                .spawn()
                .unwrap(),
        )
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Refused with this code, in words that contain these.
fn check(args: &[&str], code: i32, words: &[&str]) {
    let (found, said) = refused(args);
    assert_eq!(found, Some(code), "{args:?}: {said}");
    assert!(
        words.iter().all(|word| said.contains(word)),
        "{args:?}: {said} should contain {words:?}"
    );
}

#[test]
fn a_target_that_is_not_there_is_a_matter_of_usage() {
    let nobody = i32::MAX.to_string();
    check(&["snapshot", "--pid", &nobody], 2, &[&nobody]);
    let (_kept, port) = bound(0);
    let port = port.to_string();
    check(&["snapshot", "--listening", &port], 2, &["nobody listens", &port]);
    check(&["snapshot", "--listening", &port, "--json"], 2, &[&port]);
}

#[test]
fn several_unrelated_listeners_are_named() {
    let (one, port) = bound(0);
    let (other, _) = bound(port);
    let holders = [Holder::of(one), Holder::of(other)];
    let pids = holders.each_ref().map(|holder| format!("{} (sleep)", holder.0.id()));
    let port = port.to_string();
    // Which is there once exec is over.
    super::served::until(|| match refused(&["snapshot", "--listening", &port]) {
        (Some(2), said) if pids.iter().all(|pid| said.contains(pid)) => Ok(()),
        found => Err(format!("{found:?} should name {pids:?}")),
    });
}

#[test]
fn flags_that_make_no_sense_are_a_matter_of_usage() {
    for args in [
        &["snapshot", "--pid", "0"][..],
        &["snapshot", "--pid", "-1"],
        &["snapshot", "--pid", "me"],
        &["snapshot", "--listening", "0"],
        &["snapshot", "--listening", "65536"],
        &["snapshot", "--pid", "1", "--listening", "80"],
        &["snapshot", "--pid", "1", "--", "true"],
        &["snapshot", "--interval", "1ms"],
        &["snapshot", "--interval", "11s"],
        &["snapshot", "--after", "-1s"],
        &["snapshot", "--after", "1s", "--pid", "1"],
        &["snapshot", "--after", "1s", "--listening", "80"],
        &["snapshot", "--after", "soon"],
        &["snapshot", "--after", "9223372036854775807s"],
        &["snapshot", "--reap", "never"],
        &["snapshot", "--rate", "fast"],
        &["snapshot", "--lang", "fr"],
        &["snapshot", "--no-such-flag"],
        &["no-such-command"],
        &["--read-only", "--allow-signals"],
    ] {
        check(args, 2, &["--help"]);
    }
}

#[test]
fn a_value_that_cannot_be_says_what_could() {
    check(&["snapshot", "--pid", "-1"], 2, &["'-1'", "--pid", "1..="]);
    check(&["snapshot", "--bind", "localhost"], 2, &["localhost", "127.0.0.1"]);
    check(&["load", "localhost:80"], 2, &["localhost:80", "127.0.0.1:9190"]);
    check(&["load", "127.0.0.1:0"], 2, &["port 0"]);
}

/// A check that counts zombies must not pass because nobody came.
#[test]
fn clients_that_found_nobody_are_no_success() {
    for view in ["snapshot", "events"] {
        let time = if view == "events" { "--for" } else { "--after" };
        let output = super::tool::run(&[view, time, "300ms", "--clients", "3", "--", "sleep", "600"]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{view}: {said}");
        assert!(said.contains("no client came") && !output.stdout.is_empty(), "{said}");
        let output = super::tool::run(&[view, time, "300ms", "--clients", "0", "--", "sleep", "600"]);
        assert_eq!(output.status.code(), Some(0), "{view}: none was asked for");
    }
}

#[test]
fn a_command_that_cannot_be_run_says_why() {
    let place = tempfile::tempdir().unwrap();
    let plain = place.path().join("plain");
    std::fs::write(&plain, "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(&plain, PermissionsExt::from_mode(0o644)).unwrap();
    let plain = plain.to_str().unwrap();
    let script = place.path().join("script");
    // Written by another process: a descriptor that is open for writing here could be inherited by another test's child.
    let write = format!(
        "printf '#!/no/such/interpreter' > {0} && chmod +x {0}",
        script.display()
    );
    assert!(Command::new("sh").args(["-c", &write]).status().unwrap().success());
    let script = script.to_str().unwrap();
    let directory = place.path().to_str().unwrap();
    let beneath = format!("{plain}/x");
    for (command, code, why) in [
        ("no-such-command", 127, "command not found; check its spelling"),
        ("/no/such/command", 127, "command not found; check its spelling"),
        ("", 127, "its name is empty"),
        (script, 127, "it is there, but not the interpreter"),
        (plain, 126, "not permitted; is it a program, and executable"),
        (directory, 126, "it is a directory"),
        (&beneath, 126, "a part of its path is no directory"),
    ] {
        let said = format!("cannot launch {command:?}: {why}");
        check(&["snapshot", "--json", "--", command, "x"], code, &[&said]);
    }
}

#[test]
fn a_cause_is_said_once() {
    let mut command = Command::new("sh");
    let tool = env!("CARGO_BIN_EXE_forkscope");
    // Too few descriptors for its socket, at whatever number that is.
    let said = (4..9).find_map(|limit| {
        let script = format!("ulimit -n {limit}; exec {tool} lesson copy --plain");
        let output = command.args(["-c", &script]).output().unwrap();
        command = Command::new("sh");
        let said = String::from_utf8(output.stderr).unwrap();
        said.contains("control socket").then_some(said)
    });
    let said = said.expect("one of these is too few");
    assert!(said.starts_with("forkscope: begin the lesson: cannot launch"), "{said}");
    assert_eq!(said.matches("Too many open files").count(), 1, "{said}");
    assert!(said.contains("ulimit -n"), "{said}");
}

#[test]
fn a_limit_that_is_too_low_to_begin_is_named() {
    for limit in 5..9 {
        for args in [
            "snapshot --after 1ms",
            "events --for 1ms",
            "zombies",
            "load 127.0.0.1:9",
            "compare --plain",
        ] {
            let script = format!("ulimit -n {limit}; exec \"$0\" {args}");
            let mut command = Command::new("sh");
            command.args(["-c", &script, env!("CARGO_BIN_EXE_forkscope")]);
            let output = command.stdin(Stdio::null()).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(3), "{limit} {args}: {said}");
            assert!(said.contains(&format!("no more than {limit} files")), "{args}: {said}");
            assert!(
                said.contains("ulimit -n") && !said.contains("panicked"),
                "{args}: {said}"
            );
        }
    }
}

#[test]
fn a_server_of_ours_that_cannot_listen_says_why() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for view in ["snapshot", "events"] {
        check(&[view, "--port", &port], 3, &[&port, "--port 0"]);
    }
}

#[test]
fn clients_do_not_come_to_a_strangers_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    for flags in [["--clients", "3"], ["--rate", "9/s"], ["--hold", "1s"]] {
        let mut args = vec!["snapshot", "--listening", &port];
        args.extend(flags);
        check(&args, 2, &["--allow-load"]);
    }
    assert_eq!(
        listener.accept().unwrap_err().kind(),
        ErrorKind::WouldBlock,
        "somebody came"
    );
}

#[test]
fn the_screen_wants_a_terminal_and_names_what_does_not() {
    let server = Served::start(&[]);
    let pid = server.pid().to_string();
    for args in [&[][..], &["watch"], &["--pid", &pid], &["--", "no-such-command"]] {
        let (code, said) = refused(args);
        assert_eq!(code, Some(2), "{said}");
        assert!(
            said.contains("forkscope snapshot") && said.lines().count() == 1,
            "{said}"
        );
    }
}
