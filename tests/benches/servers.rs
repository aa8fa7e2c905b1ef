//! How fast the demo servers are, each beside the same in plain C in the same run: `cargo bench --bench servers`.
//!
//! Connections a second (connect, one echo, close) of each model that serves many at a time, in pairs of ours and C's
//! with the same clients on the same CPUs; memory for each of a thousand idle connections; and what forkscope's own
//! clients need of a core with ten thousand connections open. The servers are kept to one CPU and the clients to the
//! others, where there are others. `-- --quick` measures for a shorter time, `-- --only connections`, `memory` or
//! `generator` a part. Where there is no `cc` the figures of C are missing.

use std::time::Duration;

use forkscope::server::config::Model;
use forkscope::server::cpus::Cpus;

#[path = "servers/clients.rs"]
mod clients;
#[path = "servers/generator.rs"]
mod generator;
#[path = "servers/plain.rs"]
mod plain;
#[path = "servers/running.rs"]
mod running;

use clients::Served;
use plain::Plain;
use running::Running;

/// Those that serve many at a time.
const MODELS: &[Model] = &[Model::Fork, Model::Prefork, Model::Threads, Model::Epoll];

/// How many connections are idle while memory is read.
const IDLE: usize = 1000;

/// What of C's rate ours is to reach at least.
const AIM: f64 = 0.8;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let only = arguments.iter().position(|argument| argument == "--only");
    let only = only.and_then(|at| arguments.get(at + 1));
    let wanted = |part: &str| only.is_none_or(|only| only == part);
    raise_limit();
    let names: Vec<&str> = MODELS.iter().map(|model| model.name()).collect();
    let plain = Plain::compile(&names);
    if let Err(why) = &plain {
        println!("no servers in C to compare with: {why}");
    }
    let plain = plain.ok();
    let (servers, others) = Cpus::allowed().expect("the CPUs").divide(1);
    let bench = Bench {
        plain,
        servers,
        clients: others,
    };
    if wanted("connections") {
        let (pairs, time) = if quick { (7, 300) } else { (15, 600) };
        bench.connections(pairs, Duration::from_millis(time));
    }
    if wanted("memory") {
        bench.memory();
    }
    if wanted("generator") {
        let time = Duration::from_secs(if quick { 3 } else { 5 });
        generator::measure(&bench.servers, &bench.clients, time);
    }
}

/// Raises the soft limit of open files to the hard one: a client is one, and so is its connection in the server.
fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let maximum = getrlimit(Resource::Nofile).maximum;
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    // Where it cannot be raised, what does not fit is said.
    let _ = setrlimit(Resource::Nofile, raised);
}

/// Where servers and clients run, and what ours are held against.
struct Bench {
    plain: Option<Plain>,
    servers: Cpus,
    clients: Cpus,
}

impl Bench {
    /// Ours and C's, each with its own arguments.
    fn start(&self, model: Model, ours: &[&str], plain: &[&str]) -> (Running, Option<Running>) {
        self.servers.keep().expect("the CPUs of the servers");
        let ours = Running::ours(&[&["--model", model.name()], ours].concat());
        let plain = self
            .plain
            .as_ref()
            .map(|compiled| Running::plain(&compiled.program(model.name()), plain));
        self.clients.keep().expect("the CPUs of the clients");
        (ours, plain)
    }

    /// Connections a second, in pairs.
    fn connections(&self, pairs: usize, time: Duration) {
        println!(
            "connections a second (connect, one echo, close), medians of {pairs} pairs of {} ms; \
             the servers on {} CPU, the clients on {}{}",
            time.as_millis(),
            self.servers.count(),
            self.clients.count(),
            if self.servers == self.clients { ", the same" } else { "" },
        );
        for model in MODELS {
            let (ours, plain) = self.start(*model, &["--workers", "5"], &["5"]);
            let mut rates = Rates::default();
            // Whoever starts has its pages read and its tables grown.
            for server in std::iter::once(&ours).chain(&plain) {
                clients::come_and_go(server.address(), time / 4);
            }
            for pair in 0..pairs {
                rates.add(
                    ours.address(),
                    plain.as_ref().map(Running::address),
                    pair % 2 == 1,
                    time,
                );
            }
            rates.print(model.name());
        }
    }

    /// Memory for each idle connection.
    fn memory(&self) {
        println!("memory for each of {IDLE} idle connections (Pss_Anon of the whole tree / {IDLE})");
        let many = IDLE.to_string();
        for model in MODELS {
            let (ours, plain) = self.start(*model, &["--workers", &many, "--max-children", "2000"], &[&many]);
            let each = |server: Running| {
                let clients = clients::stay(server.address(), IDLE).expect("they are served");
                let bytes = server.memory();
                drop(clients);
                number(bytes) / number(IDLE as u64) / 1024.0
            };
            let ours = each(ours);
            match plain.map(each) {
                Some(plain) => println!(
                    "  {:8} {ours:8.2} kB   in C {plain:8.2} kB   ratio {:.2}",
                    model.name(),
                    ours / plain
                ),
                None => println!("  {:8} {ours:8.2} kB", model.name()),
            }
        }
    }
}

/// What was measured of one model.
#[derive(Default)]
struct Rates {
    ours: Vec<Served>,
    plain: Vec<Served>,
}

impl Rates {
    /// One pair; the other way round every second time.
    fn add(
        &mut self,
        ours: std::net::SocketAddr,
        plain: Option<std::net::SocketAddr>,
        plain_first: bool,
        time: Duration,
    ) {
        let measure = |address| clients::come_and_go(address, time);
        let first = plain.filter(|_| plain_first).map(measure);
        self.ours.push(measure(ours));
        self.plain
            .extend(first.or_else(|| plain.filter(|_| !plain_first).map(measure)));
    }

    fn print(&self, model: &str) {
        let rates = |served: &[Served]| served.iter().map(|one| one.rate).collect::<Vec<f64>>();
        let failed = |served: &[Served]| served.iter().map(|one| one.failed).sum::<u32>();
        let ours = median(rates(&self.ours));
        print!("  {model:8} {ours:8.0}/s");
        if !self.plain.is_empty() {
            let plain = median(rates(&self.plain));
            let pairs = self.ours.iter().zip(&self.plain);
            let ratio = median(pairs.map(|(ours, plain)| ours.rate / plain.rate).collect());
            let met = if ratio >= AIM { "met" } else { "MISSED" };
            print!("   in C {plain:8.0}/s   ratio {ratio:.3} (at least {AIM:.1}: {met})");
        }
        let failed = (failed(&self.ours), failed(&self.plain));
        if failed != (0, 0) {
            print!("   not served: {} of ours, {} of C's", failed.0, failed.1);
        }
        println!();
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A number that is small enough to be exact.
fn number(value: u64) -> f64 {
    u32::try_from(value).map_or(f64::INFINITY, f64::from)
}
