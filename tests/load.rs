//! The clients, end to end: `forkscope load` against small servers inside this test, and the handle that the
//! screen uses. What is checked is what was counted, never how fast anything was.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use forkscope::load::Load;
use forkscope::load::plan::{Hold, Plan, Rate, Visit};
use forkscope::load::statistics::Figures;
use forkscope::server::config::{Rounds, Service, Work};
use forkscope::timeline::observation::{Client, ClientId, ClientPhase, Failure};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{setsockopt, sockopt};
use nix::unistd::Pid;
use serde_json::Value;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Serves each connection by `serve` on a thread of its own, for as long as the test runs.
fn server(serve: impl Fn(TcpStream) + Copy + Send + 'static) -> SocketAddr {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a free port");
    nix::sys::socket::listen(&listener, nix::sys::socket::Backlog::new(4096).expect("a backlog"))
        .expect("listen with room for everybody");
    let address = listener.local_addr().expect("the address bound");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("accept");
            thread::Builder::new()
                .stack_size(128 * 1024)
                .spawn(move || serve(stream))
                .expect("start a thread");
        }
    });
    address
}

/// Echoes until the client closes.
fn echo(mut stream: TcpStream) {
    let mut buffer = [0; 512];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        if stream.write_all(&buffer[..count]).is_err() {
            return;
        }
    }
}

/// Echoes one line.
fn echo_once(stream: &mut TcpStream) {
    let mut line = Vec::new();
    let mut reader = BufReader::new(&*stream);
    if reader.read_until(b'\n', &mut line).is_ok() {
        let _ = stream.write_all(&line);
    }
}

/// Makes close() send a reset: SO_LINGER with no time (socket(7)).
fn reset_on_close(stream: &TcpStream) {
    let linger = nix::libc::linger {
        l_onoff: 1,
        l_linger: 0,
    };
    setsockopt(stream, sockopt::Linger, &linger).expect("set SO_LINGER");
}

/// An address where nobody listens, and which nobody is given while the guard lives: bound, but not listening.
fn nobody() -> (SocketAddr, std::os::fd::OwnedFd) {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, getsockname, socket};
    use std::os::fd::AsRawFd as _;
    let bound = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).expect("a socket");
    bind(bound.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 0)).expect("bind a free port");
    let name: SockaddrIn = getsockname(bound.as_raw_fd()).expect("the address bound");
    ((name.ip(), name.port()).into(), bound)
}

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

/// Gives the timed service of 100 ms that all waits are for the client: by each answer all until then must have taken
/// their time. (One may be shorter, if one before it was longer.)
fn ten_rounds(mut stream: TcpStream) {
    let began = Instant::now();
    for round in 1..=Rounds::COUNT {
        if stream.write_all(b".").is_err() || stream.read_exact(&mut [0]).is_err() {
            return;
        }
        if began.elapsed() < Duration::from_millis(10) * round {
            return;
        }
    }
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

/// A server that tells of each line that it has heard, so that a test knows when clients are there.
fn telling_server() -> (SocketAddr, Receiver<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bind a free port");
    let address = listener.local_addr().expect("the address bound");
    let (heard, told): (Sender<()>, _) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("accept");
            let heard = heard.clone();
            thread::spawn(move || {
                echo_once(&mut stream);
                let _ = heard.send(());
                echo(stream);
            });
        }
    });
    (address, told)
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
