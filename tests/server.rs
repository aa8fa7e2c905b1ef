//! `forkscope serve` as real processes: what each reaping policy leaves in the process table, orders while it runs,
//! its limits, and its end. The kernel is asked, never the server.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that fails")]

#[path = "server/models.rs"]
mod models;
#[path = "server/served.rs"]
mod served;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use forkscope::server::config::Policy;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use served::{Client, Served, until};

const ALL_BUT_WAIT: [Policy; 8] = [
    Policy::Loop,
    Policy::Once,
    Policy::None,
    Policy::Poll,
    Policy::Ignore,
    Policy::NoCldWait,
    Policy::SignalFd,
    Policy::DoubleFork,
];

fn start(policy: Policy) -> Served {
    Served::start(&["--reap", policy.name()])
}

#[test]
fn every_client_has_a_handler_and_each_policy_leaves_its_own_table() {
    for policy in ALL_BUT_WAIT {
        let server = start(policy);
        let clients = server.clients(20);
        server.until_census(0, 20);
        let orphans = server
            .descendants()
            .iter()
            .filter(|row| row.parent != server.pid())
            .count();
        assert_eq!(orphans, if policy == Policy::DoubleFork { 20 } else { 0 }, "{policy:?}");
        drop(clients);
        match policy {
            Policy::Loop | Policy::SignalFd | Policy::Ignore | Policy::NoCldWait | Policy::DoubleFork => {
                server.until_census(0, 0);
            }
            Policy::None => server.until_census(20, 0),
            Policy::Poll => {
                server.until_census(20, 0);
                let _next = server.clients(1);
                server.until_census(0, 1);
            }
            // How many signals merged is up to the kernel; that one was handled, is not.
            Policy::Once => until(|| match server.census() {
                (0..20, 0) => Ok(()),
                census => Err(format!("{census:?}")),
            }),
            Policy::Wait => unreachable!("not in this test"),
        }
    }
}

#[test]
fn wait_serves_one_client_at_a_time() {
    let server = start(Policy::Wait);
    let mut first = server.connect();
    first.talk();
    let mut second = server.connect();
    let mut third = server.connect();
    server.until_census(0, 1);
    for client in [&second, &third] {
        client.0.set_nonblocking(true).unwrap();
    }
    second.0.write_all(b"x").unwrap();
    for _ in 0..20 {
        first.talk();
        assert!(second.0.read(&mut [0]).is_err(), "a second client is served");
        assert_eq!(server.census(), (0, 1));
    }
    drop(first);
    second.0.set_nonblocking(false).unwrap();
    second.0.read_exact(&mut [0]).unwrap();
    server.until_census(0, 1);
    drop(second);
    third.0.set_nonblocking(false).unwrap();
    third.talk();
    drop(third);
    server.until_census(0, 0);
}

/// One SIGCHLD stands for all that ended while the parent was stopped.
#[test]
fn signals_do_not_queue() {
    for (policy, left) in [(Policy::Once, 19), (Policy::Loop, 0), (Policy::SignalFd, 0)] {
        let server = start(policy);
        let clients = server.clients(20);
        server.signal(Signal::SIGSTOP);
        until(|| {
            if server.row().state == 'T' {
                Ok(())
            } else {
                Err("not stopped")
            }
        });
        drop(clients);
        server.until_census(20, 0);
        server.signal(Signal::SIGCONT);
        server.until_census(left, 0);
        // The next client is served after the handler ran: what was left then, is left for good.
        let _next = server.clients(1);
        server.until_census(left, 1);
    }
}

#[test]
fn status_shows_what_each_policy_does_about_sigchld() {
    for &policy in Policy::ALL {
        start(policy).until_sigchld(sigchld(policy));
    }
}

/// Blocked, ignored, caught.
fn sigchld(policy: Policy) -> [bool; 3] {
    match policy {
        Policy::Loop | Policy::Once => [false, false, true],
        Policy::Ignore => [false, true, false],
        Policy::SignalFd => [true, false, false],
        Policy::None | Policy::Wait | Policy::Poll | Policy::NoCldWait | Policy::DoubleFork => [false; 3],
    }
}

/// Whatever the launcher ignored or blocked, and whatever the executable was called.
#[test]
fn children_hold_their_connection_and_nothing_of_the_parents() {
    for policy in Policy::ALL {
        let server = Served::under_orders(*policy);
        let _client = server.clients(1);
        server.until_census(0, 1);
        let handler = server.descendants().remove(0);
        let held = handler.descriptors();
        assert_eq!(
            held.iter().filter(|link| link.starts_with("socket:")).count(),
            1,
            "{policy:?}: {held:?}"
        );
        assert!(
            !held.iter().any(|link| link.contains("signalfd")),
            "{policy:?}: {held:?}"
        );
        let status = std::fs::read_to_string(format!("/proc/{}/status", handler.pid)).unwrap();
        assert!(status.contains("SigBlk:\t0000000000000000"), "{policy:?}: {status}");
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:\t")).unwrap();
        let caught = u64::from_str_radix(caught, 16).unwrap();
        for signal in [
            Signal::SIGCHLD,
            Signal::SIGUSR1,
            Signal::SIGTERM,
            Signal::SIGINT,
            Signal::SIGALRM,
        ] {
            assert_eq!(caught >> (signal as u32 - 1) & 1, 0, "{policy:?}: {signal} is caught");
        }
        // The parent's are the listening socket and the control socket.
        until(|| {
            match server
                .row()
                .descriptors()
                .iter()
                .filter(|link| link.starts_with("socket:"))
                .count()
            {
                2 => Ok(()),
                count => Err(format!("{count} sockets in the parent")),
            }
        });
    }
}

#[test]
fn its_name_is_forkscope_however_it_was_run() {
    let name = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exe-{}", std::process::id()));
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_forkscope"), &name).unwrap();
    let mut command = Command::new(&name);
    command.args(["serve", "--port", "0"]);
    let server = Served::spawn(command, None);
    std::fs::remove_file(&name).unwrap();
    let comm = std::fs::read_to_string(format!("/proc/{}/comm", server.pid())).unwrap();
    assert_eq!(comm, "forkscope\n");
}

#[test]
fn echo_gives_back_all_even_to_a_client_that_is_done_writing() {
    let server = start(Policy::Loop);
    let mut client = server.connect();
    let sent: Vec<u8> = (0..4_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let mut writer = client.0.try_clone().unwrap();
    let much = sent.clone();
    let writing = std::thread::spawn(move || {
        writer.write_all(&much).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let mut heard = Vec::new();
    client.0.read_to_end(&mut heard).unwrap();
    writing.join().unwrap();
    assert!(heard == sent, "{} of {} bytes", heard.len(), sent.len());
    server.until_census(0, 0);
}

#[test]
fn a_timed_service_is_ten_rounds_and_its_cpu_is_spent() {
    for (work, ticks) in [("cpu", 36..=60), ("mix:200ms", 17..=40), ("io", 0..=5)] {
        let server = Served::start(&["--reap", "none", "--service", "400ms", "--work", work]);
        let mut client = server.connect();
        for _ in 0..10 {
            client.0.read_exact(&mut [0]).unwrap();
            client.0.write_all(b".").unwrap();
        }
        assert_eq!(
            client.0.read(&mut [0]).unwrap(),
            0,
            "the server closes after ten rounds"
        );
        server.until_census(1, 0);
        let spent = server.descendants()[0].ticks;
        assert!(ticks.contains(&spent), "--work {work}: {spent} ticks");
    }
}

#[test]
fn a_client_may_leave_whenever_it_likes() {
    for flags in [&["--service", "10s", "--work", "io"][..], &[]] {
        let server = Served::start(flags);
        drop(server.connect());
        let mut client = server.connect();
        let _ = client.0.write_all(&vec![b'x'; 100_000]); // never read back: a reset
        drop(client);
        server.until_census(0, 0);
        assert!(TcpStream::connect(server.address).is_ok());
    }
}

/// All pairs, with clients that stay connected throughout.
#[test]
fn every_policy_follows_every_other_while_a_client_is_there() {
    let server = Served::under_orders(Policy::Loop);
    let mut client = server.clients(1).remove(0);
    for &from in Policy::ALL {
        for &to in Policy::ALL {
            for policy in [from, to] {
                server.order(policy).unwrap();
                server.until_sigchld(sigchld(policy));
            }
            client.talk();
            if to == Policy::Wait {
                continue;
            }
            let mut other = server.connect();
            other.talk();
        }
    }
    drop(client);
    server.order(Policy::Loop).unwrap();
    server.until_census(0, 0);
}

/// `loop` and `signalfd` reap at once what another policy left; the others let it lie.
#[test]
fn only_loop_and_signalfd_reap_what_has_piled_up() {
    for &policy in Policy::ALL {
        let server = Served::under_orders(Policy::None);
        drop(server.clients(5));
        server.until_census(5, 0);
        server.order(policy).unwrap();
        let left = if matches!(policy, Policy::Loop | Policy::SignalFd) {
            0
        } else {
            5
        };
        assert_eq!(server.census(), (left, 0), "{policy:?}");
        server.order(Policy::Loop).unwrap();
        assert_eq!(server.census(), (0, 0), "{policy:?} to loop");
    }
}

#[test]
fn an_order_reaches_a_server_that_sits_in_wait() {
    for &policy in Policy::ALL {
        let server = Served::under_orders(Policy::Wait);
        let mut first = server.connect();
        first.talk();
        let mut second = server.connect();
        server.order(policy).unwrap();
        if policy == Policy::Wait {
            assert_eq!(server.census(), (0, 1));
            drop(first);
        }
        second.talk();
    }
}

#[test]
fn an_order_that_nobody_can_obey_says_so() {
    let server = Served::under_orders(Policy::Loop);
    server.signal(Signal::SIGSTOP);
    let error = server.order(Policy::None).unwrap_err().to_string();
    assert!(error.contains("did not answer"), "{error}");
    server.signal(Signal::SIGCONT);
    server.order(Policy::Once).unwrap();
    let mut server = server;
    server.signal(Signal::SIGTERM);
    assert_eq!(server.ended(), 0);
    let error = server.order(Policy::None).unwrap_err().to_string();
    assert!(error.contains("gone"), "{error}");
}

#[test]
fn sigterm_ends_it_its_handlers_and_its_zombies() {
    for &policy in Policy::ALL {
        for signal in [Signal::SIGTERM, Signal::SIGINT] {
            let mut server = start(policy);
            let count = if policy == Policy::Wait { 1 } else { 3 };
            drop(server.clients(count));
            until(|| {
                if server.census().1 == 0 {
                    Ok(())
                } else {
                    Err("still there")
                }
            });
            let mut clients = server.clients(count);
            // A stopped handler ends as well.
            let handler = server.descendants().into_iter().find(|row| !row.is_zombie()).unwrap();
            kill(Pid::from_raw(handler.pid), Signal::SIGSTOP).unwrap();
            server.signal(signal);
            assert_eq!(server.ended(), 0, "{policy:?}");
            assert_eq!(server.census(), (0, 0), "{policy:?}");
            assert!(clients.iter_mut().all(Client::is_turned_away));
            TcpListener::bind(server.address).expect("the port is free again");
        }
    }
}

/// A handler that was forked a moment ago must hear of the end as well, and so must a loop that was about to wait.
#[test]
fn sigterm_ends_it_in_the_middle_of_a_storm() {
    for round in 0..3 {
        for &policy in Policy::ALL {
            let mut server = start(policy);
            let address = server.address;
            let come_and_stay = move || {
                // Until nobody listens any more; and not more than the server takes.
                let clients: Vec<_> = (0..150).map_while(|_| TcpStream::connect(address).ok()).collect();
                // Until nobody speaks any more.
                let _ = clients.last().map(|mut last| last.read(&mut [0]));
            };
            let crowd: Vec<_> = (0..3).map(|_| std::thread::spawn(come_and_stay)).collect();
            let enough = if policy == Policy::Wait { 1 } else { 1 + 20 * round };
            until(|| match server.descendants().len() {
                count if count >= enough => Ok(()),
                count => Err(format!("{policy:?}: {count} handlers are no storm")),
            });
            server.signal(Signal::SIGTERM);
            assert_eq!(server.ended(), 0, "{policy:?}");
            assert_eq!(server.census(), (0, 0), "{policy:?}");
            for client in crowd {
                client.join().unwrap();
            }
        }
    }
}

/// As it would any C server, the first time; a Rust program of its own accord survives the first.
#[test]
fn a_fault_that_is_sent_kills_at_once() {
    for signal in [Signal::SIGSEGV, Signal::SIGBUS] {
        let mut server = start(Policy::Loop);
        let clients = server.clients(1);
        let handler = server.descendants().into_iter().next().expect("it serves");
        kill(Pid::from_raw(handler.pid), signal).unwrap();
        server.until_census(0, 0);
        drop(clients);
        server.signal(signal);
        assert_eq!(server.ended(), 128 + signal as i32);
    }
}

/// Its handlers are orphans then, and serve on until their clients leave: so it is with any server.
#[test]
fn sigkill_leaves_handlers_that_end_with_their_clients() {
    for policy in [Policy::Loop, Policy::DoubleFork] {
        let mut server = start(policy);
        let mut clients = server.clients(3);
        server.signal(Signal::SIGKILL);
        assert_eq!(server.ended(), 128 + 9);
        clients.iter_mut().for_each(Client::talk);
        server.until_census(0, 3);
        drop(clients);
        server.until_census(0, 0);
    }
}

/// Waits until a client is let in.
fn until_room(server: &Served) {
    until(|| {
        let mut client = server.connect();
        let _ = client.0.write_all(b"x");
        if client.is_turned_away() {
            Err("no room")
        } else {
            Ok(())
        }
    });
}

#[test]
fn there_are_never_more_children_than_allowed() {
    for policy in ALL_BUT_WAIT {
        let mut server = Served::start(&["--reap", policy.name(), "--max-children", "3"]);
        let mut clients = server.clients(3);
        for _ in 0..3 {
            assert!(server.connect().is_turned_away(), "{policy:?}");
        }
        server.until_census(0, 3);
        clients.pop();
        match policy {
            // A zombie counts, and nothing takes it away.
            Policy::None => {
                server.until_census(1, 2);
                assert!(server.connect().is_turned_away());
            }
            Policy::Loop
            | Policy::Once
            | Policy::Wait
            | Policy::Poll
            | Policy::Ignore
            | Policy::NoCldWait
            | Policy::SignalFd
            | Policy::DoubleFork => until_room(&server),
        }
        let said = server.end_and_read_stderr();
        assert_eq!(said.matches("turned away").count(), 1, "said once: {said}");
    }
}

/// With six descriptors there is none for a client while the signalfd is open, and one when it is not.
#[test]
fn it_survives_having_no_descriptor_left() {
    let mut command = Command::new("sh");
    let serve = "ulimit -n 6; exec \"$0\" serve --port 0 --control-fd 0 --reap signalfd";
    command.args(["-c", serve, env!("CARGO_BIN_EXE_forkscope")]);
    let mut server = Served::spawn_under_orders(command);
    let mut client = server.connect();
    client.0.write_all(b"x").unwrap();
    client
        .0
        .set_read_timeout(Some(std::time::Duration::from_millis(500)))
        .unwrap();
    assert!(client.0.read(&mut [0]).is_err(), "there is no descriptor for it");
    let spent = server.row().ticks;
    assert!(spent < 10, "it spins: {spent} ticks");
    server.order(Policy::None).unwrap();
    client.0.set_read_timeout(Some(served::DEADLINE)).unwrap();
    client.0.read_exact(&mut [0]).unwrap();
    let error = server.order(Policy::SignalFd);
    assert!(error.is_ok(), "{error:?}");
    let said = server.end_and_read_stderr();
    assert_eq!(said.matches("accept: ").count(), 1, "said once: {said}");
    assert_eq!(server.ended(), 0);
}

/// Runs `forkscope serve` to its end: exit code and standard error.
fn refused(flags: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
    command
        .arg("serve")
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0);
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_port_that_cannot_be_had_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let (code, said) = refused(&["--port", &address.port().to_string()]);
    assert_eq!(code, Some(3), "{said}");
    assert!(
        said.contains(&address.to_string()) && said.contains("--port 0"),
        "{said}"
    );
    let (code, said) = refused(&["--port", "0", "--bind", "192.0.2.1"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("192.0.2.1") && said.contains("--bind"), "{said}");
}

#[test]
fn without_a_port_there_is_always_one() {
    let usual = |_| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
        command.arg("serve").stdin(Stdio::null());
        Served::spawn(command, None)
    };
    let servers: Vec<Served> = (0..2).map(usual).collect();
    assert_ne!(servers[0].address, servers[1].address);
    assert!(servers.iter().all(|server| server.address.ip().is_loopback()));
    assert!(servers.iter().all(|server| server.clients(1).len() == 1));
}

#[test]
fn it_serves_ipv6() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("this machine has no ::1: not tested");
        return;
    }
    let server = Served::start(&["--bind", "::1"]);
    assert!(matches!(server.address, SocketAddr::V6(address) if address.ip().is_loopback()));
    drop(server.clients(2));
    server.until_census(0, 0);
}

#[test]
fn a_way_of_reaping_needs_children() {
    let (code, said) = refused(&["--port", "0", "--model", "threads", "--reap", "once"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("--reap once") && said.contains("--model threads"),
        "{said}"
    );
}

#[test]
fn a_control_descriptor_must_be_a_socket_for_orders() {
    for fd in ["0", "77"] {
        let (code, said) = refused(&["--port", "0", "--control-fd", fd]);
        assert_eq!(code, Some(3), "{said}");
        assert!(said.contains("--control-fd"), "{said}");
    }
}
