//! The live observer against real processes: that exits, reaps, adoptions and sockets are what the kernel did, for root
//! and for an ordinary user.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV6, TcpListener, TcpStream};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::Instant;

use forkscope::observe::{Births, Level, Proc, Reason, Sampler, Scope, Wanted};
use forkscope::timeline::lifeline::{Lifeline, Phase, Reaper};
use forkscope::timeline::log::Change;
use forkscope::timeline::observation::{ConnectionReading, ListenerReading, Observation};
use forkscope::timeline::process::{ExitStatus, Pid};
use forkscope::timeline::sockets::TcpState;
use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn6, bind, listen, setsockopt, socket, sockopt,
};

#[path = "real/example.rs"]
mod example;
#[path = "real/observed.rs"]
mod observed;
#[path = "real/short_lived.rs"]
mod short_lived;

use example::example;
use observed::{INTERVAL, PATIENCE, Target, Watch, raw};
use short_lived::{CHILDREN, Children};

/// Which test a process runs that this program started from itself.
const ROLE: &str = "FORKSCOPE_TEST_ROLE";

/// This kernel is at least that new.
fn kernel_is(major: u32, minor: u32) -> bool {
    let name = nix::sys::utsname::uname().expect("uname");
    let release = name.release().to_string_lossy().into_owned();
    let mut numbers = release.split(['.', '-']).map_while(|number| number.parse::<u32>().ok());
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)) >= (major, minor)
}

/// How it ended, where this kernel tells after the reap (`PIDFD_INFO_EXIT`, 6.15).
#[track_caller]
fn check_ending(life: &Lifeline, status: ExitStatus) {
    let exited = life.exited.expect("it exited");
    let hidden = exited.status == ExitStatus::Unknown && life.reaped.is_some() && !kernel_is(6, 15);
    assert!(exited.status == status || hidden, "{exited:?}");
}

#[test]
fn a_killed_child_is_a_zombie_for_as_long_as_its_parent_does_not_wait() {
    // The shell gives its place to a program that knows nothing of the child.
    let mut target = Target::shell("sleep 1000 & exec sleep 1001");
    let mut watch = Watch::of(&target);
    watch.until("both sleep", |watch| {
        watch.named("sleep\x001000").len() == 1 && watch.named("sleep\x001001").len() == 1
    });
    let child = watch.named("sleep\x001000")[0];
    kill(raw(child), Signal::SIGKILL).expect("kill the child");
    watch.until("the child is a zombie and was read as one", |watch| {
        let rows = watch.now().rows;
        rows.iter()
            .any(|row| row.life.pid == child && row.is_zombie() && row.facts.is_zombie())
    });
    check_ending(watch.life(child), ExitStatus::Signal(9));
    assert_eq!(watch.now().totals.zombies, 1);
    assert_eq!(watch.life(child).reaped, None);
    if watch.by_pidfd() {
        // A reading can come before the pidfd's report, and gives bounds only.
        watch.until("the time of the exit is exact", |watch| {
            watch
                .life(child)
                .exited
                .is_some_and(|exited| exited.when.uncertainty().is_zero())
        });
    }

    kill(raw(target.pid()), Signal::SIGTERM).expect("end the parent");
    let parent = target.pid();
    watch.until("the parent is a zombie of ours", |watch| {
        watch.life(parent).exited.is_some()
    });
    assert_eq!(watch.life(parent).reaped, None);
    check_ending(watch.life(parent), ExitStatus::Signal(15));
    target.child.wait().expect("wait for the parent");
    watch.until("the parent is reaped", |watch| watch.life(parent).reaped.is_some());
    check_ending(watch.life(parent), ExitStatus::Signal(15));
}

#[test]
fn an_ending_is_told_right_after_the_reap_too() {
    let mut target = Target::shell(
        "exec 3<&0
         sh -c 'read x <&3; exit 7' first &
         sh -c 'read x <&3; kill -SEGV $$' second &
         sh -c 'read x <&3; exit 0' third &
         wait
         echo
         read x",
    );
    let mut watch = Watch::of(&target);
    watch.until("the three wait for a line", |watch| {
        watch.named("sh\0-c\0read").len() == 3
    });
    let children = watch.named("sh\0-c\0read");
    target.tell("\n\n\n");
    target.heard();
    watch.until("the three are reaped", |watch| {
        children.iter().all(|pid| watch.life(*pid).reaped.is_some())
    });
    let command = |pid: &Pid| {
        let facts = watch.life(*pid).latest().expect("it was read");
        String::from_utf8_lossy(&facts.names.command).into_owned()
    };
    for pid in &children {
        let status = match command(pid) {
            command if command.contains("first") => ExitStatus::Code(7),
            command if command.contains("second") => ExitStatus::Signal(11),
            _ => ExitStatus::Code(0),
        };
        check_ending(watch.life(*pid), status);
    }
}

#[test]
fn an_orphan_is_followed_to_its_adopter() {
    let target = Target::shell("sh -c 'sleep 1002 & exec sleep 1003' & exec sleep 1004");
    let mut watch = Watch::of(&target);
    watch.until("all sleep", |watch| {
        [1002, 1003, 1004]
            .iter()
            .all(|number| watch.named(&format!("sleep\0{number}")).len() == 1)
    });
    let (orphan, middle) = (watch.named("sleep\x001002")[0], watch.named("sleep\x001003")[0]);
    assert_eq!(watch.life(orphan).latest().map(|facts| facts.parent), Some(middle));
    kill(raw(middle), Signal::SIGKILL).expect("kill the one between");
    watch.until("it has another parent", |watch| {
        watch.life(orphan).latest().is_some_and(|facts| facts.parent != middle)
    });
    let moment = watch.now();
    let row = moment.row(watch.life(orphan).id).expect("it has a row");
    assert_eq!(row.phase, Phase::Alive);
    assert_eq!(row.adopter, Some(row.facts.parent));
    let told = watch.timeline.log(watch.timeline.now()).any(|entry| {
        matches!(entry.change, Change::Adopted { pid, from, to, .. }
            if pid == orphan && from == Some(middle) && to == row.facts.parent)
    });
    assert!(told, "the log tells of the adoption");
}

#[test]
fn everybody_who_was_seen_in_a_burst_is_seen_to_its_end() {
    let mut target = Target::shell(
        "exec 3<&0
         sh -c 'read x <&3; exit 0' &
         i=0
         while [ $i -lt 300 ]; do sleep 0.02 & i=$((i + 1)); done
         wait
         exec sleep 1006",
    );
    let mut watch = Watch::of(&target);
    let root = Proc::system().key(target.pid()).expect("the target runs");
    // However slow this machine is, one of them is seen.
    watch.until("the patient child waits", |watch| {
        watch.named("sh\0-c\0read").len() == 1
    });
    target.tell("\n");
    watch.until("the root has waited for all", |watch| {
        watch.named("sleep\x001006").len() == 1
    });
    watch.until("all but the root are reaped", |watch| {
        let mut seen = watch.sampled.iter().chain(watch.exits.keys());
        seen.all(|key| *key == root || watch.reaps.contains_key(key))
    });
    for key in watch.sampled.iter().filter(|key| **key != root) {
        assert_eq!(watch.reaps.get(key), Some(&1), "{key:?}");
        // The exit of one that was a zombie when it was found is told by that reading alone.
        assert!(watch.exits.get(key).is_none_or(|exits| *exits == 1), "{key:?}");
        let life = watch.timeline.by_key(*key).expect("it was seen");
        check_ending(life, ExitStatus::Code(0));
        assert!(
            life.exited.map(|exited| exited.when.latest) <= life.reaped.map(|reaped| reaped.when.latest),
            "{life:?}"
        );
    }
    assert_eq!(watch.reaps.get(&root), None);
    let totals = watch.now().totals;
    assert_eq!(totals.exited, totals.reaped);
}

/// Not a test of its own: a parent whose second thread forks, and stays.
#[test]
fn role_threaded_parent() {
    if std::env::var(ROLE).as_deref() != Ok("threaded parent") {
        return;
    }
    let forks = std::thread::spawn(|| {
        let mut child = Command::new("sleep").arg("1005").spawn().expect("start a child");
        let _ = std::io::stdin().read(&mut [0]);
        let _ = child.kill();
        let _ = child.wait();
    });
    let _ = forks.join();
}

#[test]
fn the_child_of_another_thread_is_found() {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "role_threaded_parent"])
        .env(ROLE, "threaded parent");
    let target = Target::start(command);
    let mut watch = Watch::of(&target);
    watch.until("the child sleeps", |watch| watch.named("sleep\x001005").len() == 1);
    let child = watch.named("sleep\x001005")[0];
    assert_eq!(watch.life(child).latest().map(|facts| facts.parent), Some(target.pid()));
    let main_thread = format!("/proc/{0}/task/{0}/children", target.pid());
    // Kernels without these lists show the same tree, by parents.
    if let Ok(list) = std::fs::read_to_string(main_thread) {
        assert!(
            !list.split_whitespace().any(|pid| pid == child.to_string()),
            "the main thread has no children"
        );
    }
}

/// The sockets of a process on a port, by either way of reading.
fn sockets_on(pid: u32, port: u16, proc: &str) -> (Vec<ListenerReading>, Vec<ConnectionReading>) {
    let proc = Proc::at(proc);
    let pid = Pid::try_from(pid).expect("a pid");
    let root = proc.key(pid).expect("the process is there");
    let scope = Scope {
        roots: vec![root],
        adopter: None,
    };
    let observations = Sampler::new(proc, scope).once();
    let sockets = observations.into_iter().find_map(|observation| match observation {
        Observation::Sample(sample) => sample.sockets,
        _ => None,
    });
    let mut sockets = sockets.expect("the table can be read");
    sockets.listeners.retain(|listener| listener.local.port() == port);
    sockets.connections.retain(|connection| connection.local.port() == port);
    sockets.connections.sort_by_key(|connection| connection.peer);
    (sockets.listeners, sockets.connections)
}

#[test]
fn both_ways_of_reading_sockets_give_one_picture() {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("bind a free port");
    let backlog = Backlog::new(7).expect("a backlog");
    listen(&listener, backlog).expect("listen with a small backlog");
    let port = listener.local_addr().expect("the address bound").port();
    let connect = || TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connect");
    let first = connect();
    let (served, _) = listener.accept().expect("accept the first");
    let second = connect();
    let (left, _) = listener.accept().expect("accept the second");
    let waiting: Vec<TcpStream> = (0..3).map(|_| connect()).collect();
    // The second client closes, and its server does not.
    let second_address = second.local_addr().expect("its address");
    drop(second);

    let own = std::process::id();
    let deadline = Instant::now() + PATIENCE;
    let (by_netlink, by_files) = loop {
        let both = (sockets_on(own, port, "/proc"), sockets_on(own, port, "/proc/../proc"));
        let arrived = |connections: &[ConnectionReading]| {
            connections.len() == 5
                && connections
                    .iter()
                    .any(|connection| connection.state == TcpState::CloseWait)
        };
        if arrived(&both.0.1) && arrived(&both.1.1) {
            break both;
        }
        assert!(Instant::now() < deadline, "{both:?}");
        std::thread::yield_now();
    };
    assert_eq!(by_netlink.1, by_files.1);
    let [ref listening] = by_netlink.0[..] else {
        panic!("{:?}", by_netlink.0)
    };
    assert_eq!(listening.queue, Some(3));
    assert!(matches!(listening.backlog, Some(7) | None), "{listening:?}");
    let without_backlog = ListenerReading {
        backlog: None,
        ..*listening
    };
    assert_eq!(by_files.0, [without_backlog]);
    for connection in &by_netlink.1 {
        let client = |stream: &TcpStream| stream.local_addr().ok() == Some(connection.peer);
        assert_eq!(connection.inode == 0, waiting.iter().any(client), "{connection:?}");
        let state = if connection.peer == second_address {
            TcpState::CloseWait
        } else {
            TcpState::Established
        };
        assert_eq!(connection.state, state, "{connection:?}");
    }
    drop((first, served, left));
}

/// Who waits at somebody else's listener on the same port, of the other family, is not said to wait at ours.
#[test]
fn a_strangers_queue_on_the_same_port_is_not_ours() {
    let ours = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("bind a free port");
    let port = ours.local_addr().expect("the address bound").port();
    // The stranger is this process: whoever is looked at inherits the other listener alone.
    let Ok(theirs) = of_ipv6_only(port) else {
        eprintln!("skipped: there is no IPv6, or its port is taken");
        return;
    };
    let mut command = Command::new("sleep");
    command.arg("1008").stdin(OwnedFd::from(ours)).process_group(0);
    let target = Target {
        child: command.spawn().expect("start the target"),
    };
    let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connect to ours");
    let others = [(); 2].map(|()| TcpStream::connect((Ipv6Addr::LOCALHOST, port)).expect("connect to theirs"));
    let own = client.local_addr().expect("its address");
    for proc in ["/proc", "/proc/../proc"] {
        let deadline = Instant::now() + PATIENCE;
        let peers = loop {
            let (_, waiting) = sockets_on(target.child.id(), port, proc);
            if !waiting.is_empty() || Instant::now() > deadline {
                break waiting.iter().map(|waits| waits.peer).collect::<Vec<_>>();
            }
        };
        assert_eq!(peers, [own], "{proc}");
    }
    drop((theirs, others));
}

/// A server that listens at IPv4 has had a socket of IPv6 for long, and listens there too in the end.
#[test]
fn a_socket_that_listens_late_is_found() {
    let first = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("bind a free port");
    let port = first.local_addr().expect("the address bound").port();
    let Ok(second) = bound_to_ipv6_only(port) else {
        eprintln!("skipped: there is no IPv6, or its port is taken");
        return;
    };
    let proc = Proc::system();
    let own = proc.key(Pid::try_from(std::process::id()).expect("a pid"));
    let scope = Scope {
        roots: vec![own.expect("this process")],
        adopter: None,
    };
    let mut sampler = Sampler::new(proc, scope);
    let mut listening = || {
        let observations = sampler.once();
        let sockets = observations.into_iter().find_map(|observation| match observation {
            Observation::Sample(sample) => sample.sockets,
            _ => None,
        });
        let listeners = sockets.expect("the table can be read").listeners;
        listeners
            .iter()
            .filter(|listener| listener.local.port() == port)
            .count()
    };
    // Longer than anything new is looked at with more care.
    for _ in 0..30 {
        assert_eq!(listening(), 1);
    }
    listen(&second, Backlog::new(8).expect("a backlog")).expect("listen");
    let deadline = Instant::now() + PATIENCE;
    while listening() < 2 {
        assert!(Instant::now() < deadline, "it is not found");
    }
}

/// A listener at all addresses of IPv6, and at none of IPv4.
fn of_ipv6_only(port: u16) -> nix::Result<OwnedFd> {
    let socket = bound_to_ipv6_only(port)?;
    listen(&socket, Backlog::new(8)?)?;
    Ok(socket)
}

/// The same, which does not listen yet.
fn bound_to_ipv6_only(port: u16) -> nix::Result<OwnedFd> {
    let socket = socket(AddressFamily::Inet6, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
    setsockopt(&socket, sockopt::Ipv6V6Only, &true)?;
    let address = SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, port, 0, 0);
    bind(socket.as_raw_fd(), &SockaddrIn6::from(address))?;
    Ok(socket)
}

/// A worker that serves one client after the other waits in the same call on the same descriptor for each, and has as
/// many descriptors: only its sockets are others.
#[test]
fn a_worker_that_serves_another_client_is_seen_to() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/odd.py");
    let mut command = Command::new("python3");
    command.args([script, "swapping"]);
    if Command::new("python3").arg("-V").output().is_err() {
        eprintln!("skipped: python3 is not installed");
        return;
    }
    let mut target = Target::start(command);
    let mut line = String::new();
    let output = target.child.stdout.as_mut().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("its port");
    let port: u16 = line.trim().parse().expect("a port");
    let mut watch = Watch::of(&target);
    for _ in 0..20 {
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("connect");
        client.read_exact(&mut [0; 7]).expect("it is served");
        let own = client.local_addr().expect("its address");
        watch.until("the worker holds this connection and no other", |watch| {
            let rows = watch.now().rows;
            let held = rows.iter().flat_map(|row| &row.held.connections);
            let established = held.filter(|line| line.state(watch.timeline.now()) == Some(TcpState::Established));
            established.map(|line| line.peer()).collect::<Vec<_>>() == [Some(own)]
        });
    }
}

/// The stopwatch of a parent on a busy machine and what is said of a zombie's time are no further apart than this, in
/// nanoseconds, for most of its children.
const FAR_OFF: u64 = 5_000_000;

/// For so long that parent leaves an exit alone, at least, in nanoseconds.
const ZOMBIE: u64 = 3_000_000;

/// Children that live 1 ms, 200 a second.
const CHURN: [u32; 3] = [1000, 200, 1000];

#[test]
fn no_child_that_lives_a_millisecond_is_missed() {
    let mut children = Children::of(Wanted::Best, CHURN, "wait");
    if !children.watch.tells() {
        return;
    }
    children.check_exact();
    assert_eq!(children.watch.lost, 0);
    // The parent's stopwatch, for those whose time is exact.
    let (mut times, mut differences): (Vec<u64>, Vec<u64>) = Default::default();
    for told in &children.told {
        let life = children.watch.life(told.pid);
        let time = life
            .zombie_time(children.watch.timeline.now())
            .expect("it was a zombie");
        let ours = u64::try_from(time.least.as_nanos()).expect("a short time");
        times.push(ours);
        differences.push(ours.abs_diff(told.reaped - told.exited));
    }
    times.sort_unstable();
    differences.sort_unstable();
    let median = differences[differences.len() / 2];
    println!(
        "zombie times differ by {median} ns at the median, {} at 99 %",
        differences[990]
    );
    let (statuses, reapers) = (children.statuses(), children.reapers());
    println!("{statuses} with a status, reaped by {reapers:?}");
    assert!(median < FAR_OFF, "zombie times differ by {median} ns at the median");
    // A busy parent waits later than it means to, and never sooner.
    let usual = times[times.len() / 2];
    assert!(usual > ZOMBIE / 2, "a zombie for {usual} ns at the median");
    if children.watch.is_exact() {
        let half = children.told.len() / 2;
        let waited = reapers.get(&Reaper::Waited(children.target.pid()));
        assert!(statuses >= half, "{statuses} have a status");
        assert!(waited.is_some_and(|waited| *waited >= half), "{reapers:?}");
    }
    for by in reapers.into_keys() {
        assert!(
            matches!(by, Reaper::Waited(pid) if pid == children.target.pid()) || by == Reaper::Unknown,
            "{by:?}"
        );
    }
}

#[test]
fn the_connector_tells_as_much() {
    let mut children = Children::of(Wanted::Connector, CHURN, "loop");
    let capture = children.watch.capture.as_ref().expect("it is said");
    if capture.births != Births::Connector {
        let why = |reason: &Reason| matches!(reason, Reason::NoConnector(_));
        assert!(capture.reasons.iter().any(why), "{capture:?}");
        return;
    }
    // It hears of the whole machine, and so it may lose what others do.
    if children.watch.lost == 0 {
        children.check_exact();
    }
}

#[test]
fn a_storm_is_told_whole_or_how_much_is_missing() {
    let mut children = Children::of(Wanted::Best, [5000, 5000, 1000], "loop");
    let watch = &children.watch;
    let missing = 5000 - u64::try_from(watch.births.len()).expect("a small number");
    println!("{missing} missing, {} lost", watch.lost);
    if !watch.tells() {
        return;
    }
    assert!(
        missing <= watch.lost,
        "{missing} missing, {} said to be lost",
        watch.lost
    );
    if watch.lost == 0 {
        children.check_exact();
    }
}

#[test]
fn nobody_waited_where_the_kernel_discards() {
    for policy in ["ignore", "nocldwait"] {
        let mut children = Children::of(Wanted::Best, [100, 200, 1000], policy);
        if !children.watch.tells() {
            return;
        }
        children.check_exact();
        let reapers = children.reapers();
        println!("{policy}: {reapers:?}");
        if children.watch.is_exact() {
            assert!(reapers.contains_key(&Reaper::Discarded), "{policy}: {reapers:?}");
        }
        for by in reapers.into_keys() {
            assert!(matches!(by, Reaper::Discarded | Reaper::Unknown), "{by:?}");
        }
    }
}

#[test]
fn polling_says_that_it_may_have_missed_some() {
    let children = Children::of(Wanted::Polling, [100, 200, 1000], "loop");
    let capture = children.watch.capture.as_ref().expect("it is said");
    assert_eq!(capture.level(), Level::Polling);
    assert!(matches!(capture.births, Births::Polled { .. }));
    assert!(capture.reasons.contains(&Reason::Asked));
    assert!(capture.reasons.contains(&Reason::BirthsPolled(INTERVAL)));
    assert!(children.watch.births.is_empty());
}

#[test]
fn another_program_is_told_at_once() {
    let mut target = Target::shell("read x; sh -c 'exec sleep 1007' & wait");
    let mut watch = Watch::of(&target);
    watch.until("the shell reads", |watch| !watch.sampled.is_empty());
    target.tell("\n");
    watch.until("the child sleeps", |watch| watch.named("sleep\x001007").len() == 1);
    let child = watch.named("sleep\x001007")[0];
    // A reading can overtake what is told.
    watch.until("both programs are told", |watch| {
        let told = watch.execs.iter().filter(|(pid, _)| *pid == child);
        !watch.tells() || told.count() >= 2
    });
    if watch.tells() {
        let told: Vec<&[u8]> = watch
            .execs
            .iter()
            .filter(|(pid, _)| *pid == child)
            .map(|(_, comm)| &comm[..])
            .collect();
        assert_eq!(told, [&b"sh"[..], b"sleep"]);
    }
}

/// What root sees of its own, an ordinary user sees of its own too. Run by another user than root, each test shows
/// that already.
#[test]
fn an_ordinary_user_sees_the_same() {
    const NOBODY: u32 = 65534;
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    // By descriptor: the directory that this program was built in may be closed to others.
    let program = std::fs::File::open(std::env::current_exe().expect("this program")).expect("open this program");
    let children = std::fs::File::open(example("children")).expect("open the program with the children");
    // Kept across the two execs that follow.
    nix::fcntl::fcntl(&children, nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty())).expect("keep it open");
    for test in [
        "a_killed_child_is_a_zombie_for_as_long_as_its_parent_does_not_wait",
        "an_ending_is_told_right_after_the_reap_too",
        "an_orphan_is_followed_to_its_adopter",
        "both_ways_of_reading_sockets_give_one_picture",
        "no_child_that_lives_a_millisecond_is_missed",
        "the_connector_tells_as_much",
        "a_storm_is_told_whole_or_how_much_is_missing",
        "nobody_waited_where_the_kernel_discards",
        "another_program_is_told_at_once",
    ] {
        let mut command = Command::new(format!("/proc/self/fd/{}", program.as_raw_fd()));
        command
            .args(["--exact", "--nocapture", test])
            .current_dir("/")
            .uid(NOBODY)
            .gid(NOBODY);
        command.env(CHILDREN, format!("/proc/self/fd/{}", children.as_raw_fd()));
        let output = command.output().expect("run as nobody");
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}{complaint}"
        );
        said.lines()
            .filter(|line| line.contains("children,") || line.contains("differ"))
            .for_each(|line| println!("{line}"));
    }
}
