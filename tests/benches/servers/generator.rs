//! What forkscope's own clients (`forkscope load`) need of a core while ten thousand of them are connected.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use forkscope::server::cpus::Cpus;

use super::running::Running;

/// How many are to be there.
const CLIENTS: usize = 10_000;

/// How long they may take to come.
const ARRIVAL: Duration = Duration::from_secs(15);

/// Prints the share of a core, with clients that do nothing, and with clients each of which answers once a second.
pub(super) fn measure(servers: &Cpus, clients: &Cpus, time: Duration) {
    println!("the load generator with {CLIENTS} connections open, on a CPU of its own");
    let idle = ["--hold", "60s"];
    one("echoed once and idle", &[], &idle, servers, clients, time);
    // Ten rounds of a second.
    let rounds = ["--service", "10s", "--work", "io"];
    one("each answers every second", &rounds, &rounds, servers, clients, time);
}

fn one(what: &str, serve: &[&str], load: &[&str], servers: &Cpus, clients: &Cpus, time: Duration) {
    servers.keep().expect("the CPUs of the servers");
    let server = Running::ours(&[&["--model", "epoll"], serve].concat());
    clients.keep().expect("the CPUs of the clients");
    let own = server.descriptors();
    let began = Instant::now();
    let generator = Generator::start(&server, load);
    let there = || server.descriptors().saturating_sub(own);
    while there() < CLIENTS && began.elapsed() < ARRIVAL && generator.is_there() {
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let (came, needed) = (began.elapsed(), generator.ran());
    if there() < CLIENTS {
        println!("  {what}: only {} of them are there: {}", there(), limits());
    }
    let before = generator.ran();
    let window = Instant::now();
    std::thread::park_timeout(time);
    let share = (generator.ran().saturating_sub(before)).as_secs_f64() / window.elapsed().as_secs_f64();
    println!(
        "  {what:26} {:6.2} % of a core with {} open; until they were there {:.2} s of CPU in {:.2} s, {:.0} µs each",
        share * 100.0,
        there(),
        needed.as_secs_f64(),
        came.as_secs_f64(),
        needed.as_secs_f64() * 1e6 / f64::from(u32::try_from(there().max(1)).unwrap_or(u32::MAX)),
    );
}

/// What may have kept clients away.
fn limits() -> String {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let files = files.map_or("unlimited".to_owned(), |most| most.to_string());
    let ports = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let ports: Vec<&str> = ports.split_whitespace().collect();
    format!("open files {files}, ports {} of each address", ports.join("-"))
}

/// The clients' process; it ends with this value.
struct Generator {
    child: Child,
}

impl Generator {
    fn start(server: &Running, arguments: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_forkscope"))
            .args(["load", &server.address().to_string(), "--clients", &CLIENTS.to_string()])
            .args(arguments)
            .env("FORKSCOPE_CONFIG", "/dev/null")
            .stdout(Stdio::null())
            .spawn()
            .expect("the clients start");
        Self { child }
    }

    fn is_there(&self) -> bool {
        std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).is_ok_and(|stat| !stat.contains(") Z "))
    }

    /// CPU time of all its threads so far.
    fn ran(&self) -> Duration {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.child.id()));
        let threads = threads.into_iter().flatten().flatten();
        threads
            .filter_map(|thread| std::fs::read_to_string(thread.path().join("schedstat")).ok())
            .filter_map(|times| times.split(' ').next()?.parse().ok())
            .map(Duration::from_nanos)
            .sum()
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        let _ = self.child.wait();
    }
}
