//! What watching costs, beside its aims and beside other tools in the same run: `cargo bench --bench cost`.
//!
//! CPU of a refresh of the observer at 50 and at 1000 children, with and without 5000 unrelated processes; CPU of a
//! child that comes and goes, of each thread; what the watched server loses, beside what it loses to a reader that does
//! nothing and to forkstat; how long the first full frame takes; resident memory. Behind each figure stands its aim and
//! whether it is met; figures are for a machine that does nothing else. `-- --quick` measures each for a shorter time,
//! `-- --only refresh`, `churn` or `loss` a part. Where htop, forkstat or a C compiler is not installed, its figures are
//! missing.

use std::time::Duration;

#[path = "cost/cpu.rs"]
#[allow(dead_code, reason = "the churn asks for more")]
mod cpu;
#[path = "cost/reader.rs"]
mod reader;
#[path = "cost/server.rs"]
mod server;
#[path = "cost/watcher.rs"]
mod watcher;

use cpu::Cpu;
use reader::{Readers, Reading, forkstat};
use server::{Crowd, Server};
use watcher::Watcher;

/// How often forkscope reads, and how often htop does, as it is used to.
const INTERVAL: Duration = Duration::from_millis(100);
const HTOP_INTERVAL: Duration = Duration::from_secs(1);

/// How often the server is measured alone and watched, one after the other.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let only = arguments.iter().position(|argument| argument == "--only");
    let only = only.and_then(|at| arguments.get(at + 1));
    let wanted = |part: &str| only.is_none_or(|only| only == part);
    let time = Duration::from_secs(if quick { 3 } else { 10 });
    println!(
        "each figure over {} s; forkscope reads every 100 ms, htop every second",
        time.as_secs()
    );
    if wanted("refresh") {
        refreshes(time);
    }
    let readers = Readers::compile().inspect_err(|error| println!("no reader to compare with: {error}"));
    let readers = readers.ok();
    if wanted("churn") {
        let child = churn(time, readers.as_ref()).millis() * 1000.0;
        let others = "forkstat 182, a bare reader of the connector 45";
        aim("a child in the churn, drawn", "µs", child, Bound::AtMost(100.0), others);
    }
    if wanted("loss") {
        let left = loss("one client at a time", 1, time, readers.as_ref());
        aim("connections left", "", left, Bound::AtLeast(0.97), "");
        let left = loss("both processors full", 8, time, readers.as_ref());
        let others = "forkstat 0.80, bpftrace 0.77, strace 0.14";
        aim("connections left", "", left, Bound::AtLeast(0.85), others);
    }
}

/// What a reading costs, and how soon the first is drawn.
fn refreshes(time: Duration) {
    let calm = refresh("50 children, a connection each", 50, time);
    let others = "a bare reader of the subtree 0.84";
    aim(
        "observer's refresh",
        "ms",
        calm.observer.millis(),
        Bound::AtMost(1.7),
        others,
    );
    first_frame("first full frame, 50 children");
    let crowd = Crowd::gather(5000);
    let crowded = refresh("the same, 5000 unrelated processes", 50, time);
    let times = crowded.observer.millis() / calm.observer.millis();
    aim(
        "observer's refresh, times that without them",
        "",
        times,
        Bound::AtMost(1.1),
        "",
    );
    let first = first_frame("first full frame, 5000 unrelated processes");
    aim(
        "first full frame",
        "ms",
        first.millis(),
        Bound::AtMost(80.0),
        "btop 307",
    );
    drop(crowd);
    let thousand = refresh("1000 children, a connection each", 1000, time);
    if let Some(htop) = thousand.htop {
        let htop = Bound::AtMost(htop.millis());
        aim(
            "observer's refresh, as htop's",
            "ms",
            thousand.observer.millis(),
            htop,
            "",
        );
    }
}

/// What a figure should be.
#[derive(Clone, Copy)]
enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

/// Prints a figure, its aim, and what others take for it as measured elsewhere.
fn aim(what: &str, unit: &str, figure: f64, bound: Bound, others: &str) {
    let (word, bound, met) = match bound {
        Bound::AtMost(most) => ("at most", most, figure <= most),
        Bound::AtLeast(least) => ("at least", least, figure >= least),
    };
    let met = if met { "met" } else { "MISSED" };
    let others = Some(others).filter(|others| !others.is_empty());
    let others = others
        .map(|others| format!("; elsewhere: {others}"))
        .unwrap_or_default();
    println!("  aim: {what} {figure:.3} {unit} ({word} {bound:.2}: {met}{others})");
}

/// A time in milliseconds.
trait Millis {
    fn millis(&self) -> f64;
}

impl Millis for Duration {
    fn millis(&self) -> f64 {
        self.as_secs_f64() * 1000.0
    }
}

fn micros(time: Duration) -> String {
    format!("{:>8} µs", time.as_micros())
}

/// CPU of one refresh.
struct Refresh {
    observer: Duration,
    htop: Option<Duration>,
}

/// CPU of one refresh, of forkscope's observer, of all of forkscope, and of htop.
fn refresh(what: &str, children: usize, time: Duration) -> Refresh {
    let server = Server::start(&["--max-children", "2000"]);
    let clients = server.clients(children);
    println!("{what}");
    let arguments = ["--pid".to_owned(), server.pid().to_string()];
    let mut watcher = Watcher::start(env!("CARGO_BIN_EXE_forkscope"), &arguments);
    watcher.until_drawn("sleeping");
    let used = watcher.used_over(time);
    let observer = each(used.observer(), time, INTERVAL);
    println!(
        "  forkscope: observer {} a refresh, all {} a refresh, rss {} kB",
        micros(observer),
        micros(each(used.all(), time, INTERVAL)),
        watcher.rss()
    );
    drop(watcher);
    let htop = Watcher::htop().map(|mut htop| {
        htop.until_drawn("Tasks");
        let refresh = each(htop.used_over(time).all(), time, HTOP_INTERVAL);
        println!("  htop:      all {} a refresh, rss {} kB", micros(refresh), htop.rss());
        refresh
    });
    drop(clients);
    Refresh { observer, htop }
}

/// The share of one of the rounds that fit into a time.
fn each(used: Duration, time: Duration, interval: Duration) -> Duration {
    let rounds = u32::try_from(time.as_millis() / interval.as_millis()).unwrap_or(1);
    used / rounds.max(1)
}

/// From the start of the program until the tree stands on the screen.
fn first_frame(what: &str) -> Duration {
    let server = Server::start(&[]);
    let clients = server.clients(50);
    let arguments = ["--pid".to_owned(), server.pid().to_string()];
    let mut times: Vec<Duration> = (0..5)
        .map(|_| Watcher::start(env!("CARGO_BIN_EXE_forkscope"), &arguments).until_drawn("sleeping"))
        .collect();
    times.sort_unstable();
    println!("{what}");
    println!("  forkscope: {} (median of 5)", micros(times[2]));
    if let Some(mut htop) = Watcher::htop() {
        println!(
            "  htop:      {} (its first frame, of all processes)",
            micros(htop.until_drawn("Tasks"))
        );
    }
    drop(clients);
    times[2]
}

/// So long each child of the churn lives, and a little longer.
const LIFE: Duration = Duration::from_millis(1);

/// CPU for one child that comes and goes, drawing included, beyond what the tool takes at rest.
fn churn(time: Duration, readers: Option<&Readers>) -> Duration {
    let server = Server::start(&[]);
    let arguments = ["--pid".to_owned(), server.pid().to_string()];
    let mut watcher = Watcher::start(env!("CARGO_BIN_EXE_forkscope"), &arguments);
    watcher.until_drawn("sleeping");
    let rest = watcher.used_over(time);
    let load = server.stream(200, LIFE, time);
    let used = watcher.used_over(time);
    let children = load.join();
    let child = used.since(&rest).part(f64::from(children.max(1)));
    drop(watcher);
    println!("200 children a second that live 1 ms, {children} in all");
    let read = |reading: Reading| {
        let before = Cpu::of(reading.pid());
        let children = server.stream(200, LIFE, time).join();
        let used = Cpu::of(reading.pid()).since(&before);
        used.part(f64::from(children.max(1))).all()
    };
    if let Some(readers) = readers {
        let child = read(readers.read(server.pid()));
        println!("  a reader of no more: {} a child", micros(child));
    }
    if let Some(forkstat) = forkstat() {
        println!("  forkstat: {} a child", micros(read(forkstat)));
    }
    println!(
        "  forkscope: {} a child with drawing: {}",
        micros(child.all()),
        child.by_thread()
    );
    child.all()
}

/// What is left of the watched server: each round the share of the connections that it served alone just before.
#[derive(Default)]
struct Left {
    shares: Vec<f64>,
    watched: u32,
    alone: u32,
}

impl Left {
    fn add(&mut self, alone: u32, watched: u32) {
        self.watched += watched;
        self.alone += alone;
        self.shares.push(f64::from(watched) / f64::from(alone.max(1)));
    }

    fn median(&mut self) -> f64 {
        self.shares.sort_unstable_by(f64::total_cmp);
        self.shares.get(self.shares.len() / 2).copied().unwrap_or(f64::NAN)
    }

    fn print(&mut self, who: &str) {
        let median = self.median();
        if let [least, .., most] = self.shares[..] {
            println!(
                "  {who:<22} leaves {median:.3} ({least:.2} to {most:.2}): {} beside {}",
                self.watched, self.alone
            );
        }
    }
}

/// Connections a second of the watched server, watched and not, in turn; gives the share that is left.
fn loss(what: &str, clients: usize, time: Duration, readers: Option<&Readers>) -> f64 {
    let server = Server::start(&[]);
    let arguments = ["--pid".to_owned(), server.pid().to_string()];
    let slice = time / 4;
    let [mut nobody, mut forkscope, mut reader, mut others] = [(); 4].map(|()| Left::default());
    let mut used = Cpu::default();
    for _ in 0..ROUNDS {
        let alone = server.connections(clients, slice);
        let mut watcher = Watcher::start(env!("CARGO_BIN_EXE_forkscope"), &arguments);
        watcher.until_drawn("sleeping");
        let (pid, reading) = (watcher.pid(), watcher.keep_reading());
        let before = Cpu::of(pid);
        forkscope.add(alone, server.connections(clients, slice));
        used.add(&Cpu::of(pid).since(&before));
        drop(reading);
        if let Some(readers) = readers {
            let alone = server.connections(clients, slice);
            let reading = readers.read(server.pid());
            reader.add(alone, server.connections(clients, slice));
            drop(reading);
        }
        let alone = server.connections(clients, slice);
        if let Some(reading) = forkstat() {
            others.add(alone, server.connections(clients, slice));
            drop(reading);
        }
        // How far two figures of the same differ.
        nobody.add(alone, server.connections(clients, slice));
    }
    println!("connections while watched, {what}: median of {ROUNDS} pairs");
    nobody.print("nobody");
    reader.print("a reader of no more");
    others.print("forkstat");
    forkscope.print("forkscope");
    let connection = used.part(f64::from(forkscope.watched.max(1)));
    println!(
        "  forkscope: {} a connection: {}",
        micros(connection.all()),
        connection.by_thread()
    );
    forkscope.median()
}
