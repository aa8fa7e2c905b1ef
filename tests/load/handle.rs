//! The handle that the screen lets clients come by, and the news of each of them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use forkscope::load::Load;
use forkscope::load::plan::{Hold, Plan, Rate, Visit};
use forkscope::load::statistics::Figures;
use forkscope::server::config::{Rounds, Service, Work};
use forkscope::timeline::observation::{Client, ClientId, ClientPhase, Failure};

use super::servers::{PATIENCE, echo, nobody, server, ten_rounds};

/// A handle, and its news as they come.
fn start() -> (Load, Receiver<Client>) {
    let (news, told) = channel();
    let load = Load::start(move |client| {
        let _ = news.send(client);
    });
    (load.expect("start the clients"), told)
}

fn visit(address: SocketAddr, hold: Option<Duration>) -> Visit {
    Visit {
        address,
        service: Service::Echo,
        talk: None,
        hold: hold.map(|hold| Hold {
            least: hold,
            most: hold,
        }),
        timeout: PATIENCE,
    }
}

/// The next this many news of this phase, whatever comes between them.
#[track_caller]
fn wait_for(told: &Receiver<Client>, count: usize, phase: ClientPhase) -> Vec<Client> {
    let mut found = Vec::new();
    while found.len() < count {
        let client = told.recv_timeout(PATIENCE).expect("news");
        if client.phase == phase {
            found.push(client);
        } else {
            assert!(!matches!(client.phase, ClientPhase::Failed(_)), "{client:?}");
        }
    }
    found
}

#[test]
fn a_client_tells_its_life_in_order() {
    let (load, told) = start();
    load.connect(1, visit(server(echo), Some(Duration::ZERO)));
    let life: Vec<Client> = (0..4).map(|_| told.recv_timeout(PATIENCE).expect("news")).collect();
    assert!(life.iter().all(|client| client.id == ClientId(1)), "{life:?}");
    assert!(life.is_sorted_by_key(|client| client.at), "{life:?}");
    assert_eq!(
        life.iter().map(|client| client.phase).collect::<Vec<_>>(),
        [
            ClientPhase::Connecting,
            ClientPhase::Connected,
            ClientPhase::Served,
            ClientPhase::Done
        ]
    );
    assert_eq!(life[0].local, None);
    assert!(
        life[1].local.is_some() && life[1..].iter().all(|client| client.local == life[1].local),
        "{life:?}"
    );
}

#[test]
fn whom_the_server_leaves_comes_again_while_that_is_expected() {
    // It serves the first client once, and leaves it; later ones it keeps.
    static IS_FIRST: AtomicBool = AtomicBool::new(true);
    let (load, told) = start();
    let address = server(move |mut stream| {
        let mut line = [0; 64];
        while let Ok(1..) = stream
            .read(&mut line)
            .and_then(|count| stream.write_all(&line[..count]).map(|()| count))
        {
            if IS_FIRST.swap(false, Ordering::Relaxed) {
                return;
            }
        }
    });
    load.come_again(PATIENCE);
    load.connect(1, visit(address, None));
    assert_eq!(wait_for(&told, 1, ClientPhase::Done)[0].id, ClientId(1));
    assert_eq!(wait_for(&told, 1, ClientPhase::Served)[0].id, ClientId(2));
    let figures = load.figures();
    assert_eq!((figures.failed.total(), figures.present()), (0, 1));
}

#[test]
fn hang_up_closes_one_client_and_hang_up_all_the_rest() {
    let (load, told) = start();
    load.connect(50, visit(server(echo), None));
    let clients = wait_for(&told, 50, ClientPhase::Served);

    let chosen = clients[17];
    load.hang_up(chosen.local.expect("an address"));
    let done = wait_for(&told, 1, ClientPhase::Done);
    assert_eq!((done[0].id, done[0].local), (chosen.id, chosen.local));

    load.hang_up(chosen.local.expect("an address")); // It is gone: nothing happens.
    load.hang_up_all();
    let mut done: Vec<ClientId> = wait_for(&told, 49, ClientPhase::Done)
        .iter()
        .map(|client| client.id)
        .collect();
    done.sort_unstable();
    let others: Vec<ClientId> = (1..=50).map(ClientId).filter(|id| *id != chosen.id).collect();
    assert_eq!(done, others);

    let figures = load.figures();
    assert_eq!(
        (figures.counts.done, figures.failed.total(), figures.present()),
        (50, 0, 0)
    );
}

#[test]
fn a_mapped_address_hangs_up_the_ipv4_client() {
    let (load, told) = start();
    load.connect(1, visit(server(echo), None));
    let local = wait_for(&told, 1, ClientPhase::Served)[0].local.expect("an address");
    let SocketAddr::V4(v4) = local else {
        panic!("{local} is not an IPv4 address")
    };
    load.hang_up((v4.ip().to_ipv6_mapped(), v4.port()).into());
    wait_for(&told, 1, ClientPhase::Done);
}

#[test]
fn clients_that_wait_to_be_served_are_hung_up_too() {
    // Nobody accepts: the kernel connects them, and they wait.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a free port");
    let (load, told) = start();
    load.connect(20, visit(listener.local_addr().expect("the address bound"), None));
    wait_for(&told, 20, ClientPhase::Connected);
    load.hang_up_all();
    wait_for(&told, 20, ClientPhase::Done);
    let figures = load.figures();
    assert_eq!((figures.counts.served, figures.wait), (0, None));
    // Their ends have reached the server, in order and without a reset: accept(2) still gives all of them.
    for _ in 0..20 {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).expect("an orderly end");
        assert!(heard.ends_with("hello\n"), "{heard}");
    }
}

#[test]
fn dropping_the_handle_closes_every_client() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a free port");
    let (load, told) = start();
    load.connect(20, visit(listener.local_addr().expect("the address bound"), None));
    let mut streams: Vec<TcpStream> = (0..20).map(|_| listener.accept().expect("a client").0).collect();
    wait_for(&told, 20, ClientPhase::Connected);
    drop(load);
    for stream in &mut streams {
        stream.set_read_timeout(Some(PATIENCE)).expect("set a timeout");
        stream.read_to_end(&mut Vec::new()).expect("the end of the connection");
    }
    // The thread is gone, and its end of the news with it.
    assert!(
        told.iter().all(|client| client.phase != ClientPhase::Done),
        "a dropped client is not done"
    );
}

#[test]
fn a_stream_comes_until_it_is_stopped() {
    let address = server(echo);
    let rate = Rate { per_second: 50.0 };
    let brief = visit(address, Some(Duration::from_millis(10)));
    let (load, told) = start();
    load.stream(rate, brief);
    wait_for(&told, 3, ClientPhase::Done);
    load.stop_stream();
    // Orders are carried out one by one: once this client has failed, the stream is stopped.
    let (nowhere, _bound) = nobody();
    load.connect(1, visit(nowhere, None));
    while told.recv_timeout(PATIENCE).expect("news").phase != ClientPhase::Failed(Failure::Refused) {}
    let before = load.figures().counts.started;
    // While ten clients come at the pace of the stream, nobody else does.
    load.plan(Plan {
        clients: 10,
        rate: Some(rate),
        visit: brief,
    });
    let left = |figures: &Figures| figures.counts.started >= before + 10 && figures.present() == 0;
    while !left(&load.figures()) {
        told.recv_timeout(PATIENCE).expect("news");
    }
    assert_eq!(load.figures().counts.started, before + 10);
}

#[test]
fn a_plan_of_timed_services_from_the_handle() {
    let (load, told) = start();
    load.plan(Plan {
        clients: 4,
        rate: Some(Rate { per_second: 100.0 }),
        visit: Visit {
            service: Service::Rounds(Rounds {
                total: Duration::from_millis(100),
                work: Work::Io,
            }),
            ..visit(server(ten_rounds), None)
        },
    });
    wait_for(&told, 4, ClientPhase::Done);
    let service = load.figures().service.expect("four samples");
    assert!(service.p50 >= Duration::from_millis(99), "{service:?}");
}
