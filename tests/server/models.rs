//! Each model of the demo server: what its process table looks like, that it gives the same service with the same care,
//! and that a server becomes one of another model while clients are connected.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::process::Command;

use forkscope::server::config::{Model, Policy};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::served::{Client, Served, until};
use crate::until_room;

fn start(model: Model, more: &[&str]) -> Served {
    let flags = [&["--model", model.name()], more].concat();
    Served::start(&flags)
}

fn under_orders(model: Model) -> Served {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
    command.args(["serve", "--port", "0", "--control-fd", "0", "--workers", "4"]);
    command.args(["--model", model.name()]);
    Served::spawn_under_orders(command)
}

/// How many threads, and how many sockets, the server itself has.
fn until_own(server: &Served, threads: usize, sockets: usize) {
    until(|| {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", server.pid()));
        let links = server.row().descriptors();
        let found = (
            tasks.unwrap().count(),
            links.iter().filter(|link| link.starts_with("socket:")).count(),
        );
        if found == (threads, sockets) {
            Ok(())
        } else {
            Err(format!(
                "(threads, sockets) are {found:?} and not {:?}",
                (threads, sockets)
            ))
        }
    });
}

#[test]
fn each_model_has_its_own_table() {
    for &model in Model::ALL {
        let server = start(model, &["--workers", "6"]);
        let count = if model == Model::Iterative { 1 } else { 5 };
        let clients = server.clients(count);
        let (children, threads, sockets) = match model {
            Model::Iterative => (0, 1, 2),
            Model::Fork => (5, 1, 1),
            Model::Prefork => (6, 1, 1),
            Model::Threads => (0, 6, 6),
            Model::Epoll => (0, 1, 6),
        };
        server.until_census(0, children);
        until_own(&server, threads, sockets);
        drop(clients);
        server.until_census(0, if model == Model::Prefork { 6 } else { 0 });
        until_own(&server, 1, 1);
    }
}

#[test]
fn only_the_iterative_server_serves_one_after_the_other() {
    let server = start(Model::Iterative, &[]);
    let mut first = server.connect();
    first.talk();
    let mut second = server.connect();
    second.0.write_all(b"hello\n").unwrap();
    second.0.set_nonblocking(true).unwrap();
    for _ in 0..20 {
        first.talk();
        assert!(second.0.read(&mut [0]).is_err(), "a second client is served");
    }
    drop(first);
    second.0.set_nonblocking(false).unwrap();
    second.0.read_exact(&mut [0; 6]).unwrap();
}

#[test]
fn every_model_echoes_all_even_to_a_client_that_is_done_writing() {
    let sent: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    for &model in Model::ALL {
        let server = start(model, &[]);
        let mut client = server.connect();
        let (mut writer, much) = (client.0.try_clone().unwrap(), sent.clone());
        let writing = std::thread::spawn(move || {
            writer.write_all(&much).unwrap();
            writer.shutdown(Shutdown::Write).unwrap();
        });
        let mut heard = Vec::new();
        client.0.read_to_end(&mut heard).unwrap();
        writing.join().unwrap();
        assert!(heard == sent, "{model:?}: {} of {} bytes", heard.len(), sent.len());
    }
}

/// One that sends and never reads, one that sends nothing, one that resets: the others are served.
#[test]
fn no_client_keeps_the_others_waiting() {
    for &model in Model::ALL {
        if model == Model::Iterative {
            continue;
        }
        let server = start(model, &["--workers", "6"]);
        let silent = server.connect();
        let greedy = server.connect();
        greedy.0.set_nonblocking(true).unwrap();
        // Until the server takes no more, for it cannot give it back.
        let full = || (&greedy.0).write(&[b'x'; 16384]).is_err();
        let mut refusals = 0;
        until(|| {
            refusals = if full() { refusals + 1 } else { 0 };
            if refusals > 20 { Ok(()) } else { Err("it still takes") }
        });
        let mut reset = server.connect();
        let _ = reset.0.write_all(&vec![b'x'; 100_000]); // never read back
        drop(reset);
        let mut polite = server.connect();
        polite.talk();
        drop((silent, greedy));
        polite.talk();
    }
}

#[test]
fn every_model_gives_ten_rounds_and_spends_the_cpu() {
    for &model in Model::ALL {
        let server = start(model, &["--service", "400ms", "--work", "mix:200ms"]);
        let before = ticks(&server);
        let mut client = server.connect();
        for _ in 0..10 {
            client.0.read_exact(&mut [0]).unwrap();
            client.0.write_all(b".").unwrap();
        }
        assert_eq!(client.0.read(&mut [0]).unwrap(), 0, "{model:?} closes after ten rounds");
        // A child is in neither place between two looks, if it is waited for between them.
        until(|| match ticks(&server) - before {
            17..=45 => Ok(()),
            spent => Err(format!("{model:?}: {spent} ticks")),
        });
    }
}

/// What the server, its children and those it has waited for have spent.
fn ticks(server: &Served) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.pid())).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let waited: u64 = fields[13..15].iter().map(|field| field.parse::<u64>().unwrap()).sum();
    let children: u64 = server.descendants().iter().map(|row| row.ticks).sum();
    server.row().ticks + waited + children
}

#[test]
fn a_model_refuses_policies_that_mean_nothing_to_it() {
    for &model in Model::ALL {
        let server = under_orders(model);
        for &policy in Policy::ALL {
            let outcome = server.order(policy);
            assert_eq!(
                outcome.is_ok(),
                model.policies().contains(&policy),
                "{model:?} {policy:?}: {outcome:?}"
            );
        }
    }
}

/// All pairs, each with clients who are connected while it happens, and new ones afterwards.
#[test]
fn every_model_becomes_every_other() {
    for &from in Model::ALL {
        for &to in Model::ALL {
            let mut server = under_orders(from);
            let pid = server.pid();
            let mut clients = server.clients(if from == Model::Iterative { 1 } else { 3 });
            server.become_model(to).unwrap();
            assert_eq!(server.pid(), pid);
            // Those whom a child serves do not notice.
            for client in &mut clients {
                match from {
                    Model::Fork | Model::Prefork => client.talk(),
                    Model::Iterative | Model::Threads | Model::Epoll => assert!(client.is_turned_away(), "{from:?}"),
                }
            }
            let mut next = server.connect();
            next.talk();
            let comm = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap();
            assert_eq!(comm, "forkscope\n");
            let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap();
            let wanted = format!("--model\0{}\0", to.name());
            assert!(String::from_utf8_lossy(&line).contains(&wanted), "{from:?} to {to:?}");
            server.signal(Signal::SIGTERM);
            assert_eq!(server.ended(), 0, "{from:?} to {to:?}");
            assert_eq!(server.census(), (0, 0), "{from:?} to {to:?}");
        }
    }
}

/// Nothing but its pid and its descriptors is the same afterwards: the handlers and the mask are the new model's.
#[test]
fn zombies_stay_and_nobody_waits_for_them_until_a_model_does() {
    let server = Served::under_orders(Policy::None);
    drop(server.clients(3));
    server.until_census(3, 0);
    let mut kept = server.clients(1);
    for model in [Model::Threads, Model::Epoll, Model::Iterative] {
        server.become_model(model).unwrap();
        assert_eq!(server.census(), (3, 1), "{model:?}");
        server.until_sigchld([false; 3]);
    }
    kept[0].talk();
    drop(kept);
    server.until_census(4, 0);
    server.become_model(Model::Fork).unwrap();
    assert_eq!(server.census(), (4, 0), "the policy is still none");
    server.order(Policy::Loop).unwrap();
    assert_eq!(server.census(), (0, 0));
}

/// Grandchildren are nobody's children, and still counted and ended.
#[test]
fn orphans_of_the_image_before_are_ended_with_the_server() {
    let mut server = Served::under_orders(Policy::DoubleFork);
    let mut clients = server.clients(3);
    server.become_model(Model::Epoll).unwrap();
    clients.iter_mut().for_each(Client::talk);
    server.become_model(Model::Fork).unwrap();
    clients.extend(server.clients(1));
    server.signal(Signal::SIGTERM);
    assert_eq!(server.ended(), 0);
    assert_eq!(server.census(), (0, 0));
}

#[test]
fn a_server_may_change_again_and_again_in_a_storm_of_signals() {
    let server = under_orders(Model::Fork);
    for round in 0..4 {
        for &model in Model::ALL {
            server.become_model(model).unwrap();
            for _ in 0..20 {
                server.signal(Signal::SIGUSR1);
            }
            let mut client = server.connect();
            client.talk();
            assert!(server.row().state != 'Z', "round {round}, {model:?}");
        }
    }
}

/// A preforking parent forks a worker for each that it knows to have ended: that is, for each that it has waited for.
#[test]
fn workers_that_died_are_replaced_as_far_as_the_policy_lets_the_parent_know() {
    for &policy in Model::Prefork.policies() {
        let server = start(Model::Prefork, &["--workers", "4", "--reap", policy.name()]);
        server.until_census(0, 4);
        let worker = server.descendants()[0].pid;
        kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
        match policy {
            Policy::Loop | Policy::Once | Policy::Wait | Policy::SignalFd => until(|| {
                let rows = server.descendants();
                let replaced = rows.len() == 4 && rows.iter().all(|row| row.pid != worker && !row.is_zombie());
                if replaced {
                    Ok(())
                } else {
                    Err(format!("{policy:?}: {rows:?}"))
                }
            }),
            Policy::None => server.until_census(1, 3),
            // Nobody tells the parent.
            Policy::Ignore | Policy::NoCldWait => server.until_census(0, 3),
            Policy::Poll | Policy::DoubleFork => unreachable!("not of a preforking server"),
        }
        server.clients(1)[0].talk();
    }
}

/// An idle worker ends with its model; one that serves somebody when its client leaves.
#[test]
fn workers_retire_when_the_model_changes() {
    let server = under_orders(Model::Prefork);
    server.until_census(0, 4);
    let mut client = server.clients(1).remove(0);
    server.become_model(Model::Epoll).unwrap();
    // Who of them the parent has waited for before it became another, is up to the kernel.
    let until_alive = |alive| {
        until(|| match server.census() {
            (0..=4, found) if found == alive => Ok(()),
            census => Err(format!("{census:?}: {alive} should be alive")),
        });
    };
    until_alive(1);
    client.talk();
    drop(client);
    until_alive(0);
    server.become_model(Model::Fork).unwrap();
    server.until_census(0, 0);
}

#[test]
fn there_are_never_more_threads_than_allowed() {
    let mut server = start(Model::Threads, &["--max-children", "3"]);
    let mut clients = server.clients(3);
    for _ in 0..3 {
        assert!(server.connect().is_turned_away());
    }
    clients.pop();
    until_room(&server);
    let said = server.end_and_read_stderr();
    assert_eq!(said.matches("turned away").count(), 1, "said once: {said}");
}

/// Descriptors run out: the next client waits, the others are served, and it comes in when one of them leaves.
#[test]
fn a_multiplexing_server_survives_having_no_descriptor_left() {
    let mut command = Command::new("sh");
    let serve = "ulimit -n 8; exec \"$0\" serve --port 0 --model epoll";
    command.args(["-c", serve, env!("CARGO_BIN_EXE_forkscope")]);
    let mut server = Served::spawn(command, None);
    let mut clients = server.clients(3);
    let mut waiting = server.connect();
    waiting.0.write_all(b"hello\n").unwrap();
    for _ in 0..20 {
        clients.iter_mut().for_each(Client::talk);
    }
    waiting.0.set_nonblocking(true).unwrap();
    assert!(waiting.0.read(&mut [0]).is_err(), "there is no descriptor for it");
    waiting.0.set_nonblocking(false).unwrap();
    let spent = server.row().ticks;
    assert!(spent < 20, "it spins: {spent} ticks");
    clients.pop();
    waiting.0.read_exact(&mut [0; 6]).unwrap();
    let said = server.end_and_read_stderr();
    assert_eq!(said.matches("accept: ").count(), 1, "said once: {said}");
}

#[test]
fn a_pinned_server_runs_on_so_many_cpus() {
    for &model in Model::ALL {
        let server = start(model, &["--cpus", "1"]);
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
        let list = status
            .lines()
            .find_map(|line| line.strip_prefix("Cpus_allowed_list:\t"));
        assert!(
            list.is_some_and(|list| list.parse::<u32>().is_ok()),
            "{model:?}: {list:?}"
        );
    }
}
