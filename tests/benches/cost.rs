//! What watching costs, beside htop in the same run: `cargo bench --bench cost`.
//!
//! CPU of a refresh at 50 and at 1000 children, with and without 5000 unrelated processes; CPU of a child that comes
//! and goes; what the watched server loses; how long the first frame takes; resident memory. `-- --quick` measures
//! each for a shorter time. Where htop is not installed its figures are missing.

use std::time::Duration;

#[path = "cost/server.rs"]
mod server;
#[path = "cost/watcher.rs"]
mod watcher;

use server::{Crowd, Server};
use watcher::{Used, Watcher};

/// How often forkscope reads, and how often htop does, as it is used to.
const INTERVAL: Duration = Duration::from_millis(100);
const HTOP_INTERVAL: Duration = Duration::from_secs(1);

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let time = Duration::from_secs(if quick { 3 } else { 10 });
    println!(
        "each figure over {} s; forkscope reads every 100 ms, htop every second",
        time.as_secs()
    );
    let calm = refresh("50 children, a connection each", 50, time);
    first_frame("first frame, 50 children");
    let crowd = Crowd::gather(5000);
    let crowded = refresh("the same, 5000 unrelated processes", 50, time);
    first_frame("first frame, 5000 unrelated processes");
    drop(crowd);
    println!(
        "  5000 unrelated processes change the observer's refresh by {}",
        change(calm, crowded)
    );
    refresh("1000 children, a connection each", 1000, time);
    churn(time);
    loss("one client at a time", 1, time);
    loss("both processors full", 8, time);
}

fn micros(time: Duration) -> String {
    format!("{:>8} µs", time.as_micros())
}

/// CPU of one refresh, of forkscope's observer, of all of forkscope, and of htop. Gives the observer's.
fn refresh(what: &str, children: usize, time: Duration) -> Duration {
    let server = Server::start(&["--max-children", "2000"]);
    let clients = server.clients(children);
    println!("{what}");
    let arguments = ["--pid".to_owned(), server.pid().to_string()];
    let mut watcher = Watcher::start(env!("CARGO_BIN_EXE_forkscope"), &arguments);
    watcher.until_drawn("sleeping");
    let used = watcher.used_over(time);
    let observer = each(used.observer, time, INTERVAL);
    println!(
        "  forkscope: observer {} a refresh, all {} a refresh, rss {} kB",
        micros(observer),
        micros(each(used.all, time, INTERVAL)),
        watcher.rss()
    );
    drop(watcher);
    if let Some(mut htop) = Watcher::htop() {
        htop.until_drawn("Tasks");
        let used = htop.used_over(time);
        println!(
            "  htop:      all {} a refresh, rss {} kB",
            micros(each(used.all, time, HTOP_INTERVAL)),
            htop.rss()
        );
    }
    drop(clients);
    observer
}

/// The share of one of the rounds that fit into a time.
fn each(used: Duration, time: Duration, interval: Duration) -> Duration {
    let rounds = u32::try_from(time.as_millis() / interval.as_millis()).unwrap_or(1);
    used / rounds.max(1)
}

/// By how much the second differs from the first.
fn change(first: Duration, second: Duration) -> String {
    let percent = second.as_secs_f64() / first.as_secs_f64() * 100.0 - 100.0;
    format!("{percent:+.1} %")
}

/// From the start of the program until the tree stands on the screen.
fn first_frame(what: &str) {
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
}

/// CPU for one child that comes and goes, drawing included.
fn churn(time: Duration) {
    let server = Server::start(&[]);
    let arguments = ["--pid".to_owned(), server.pid().to_string()];
    let mut watcher = Watcher::start(env!("CARGO_BIN_EXE_forkscope"), &arguments);
    watcher.until_drawn("sleeping");
    let idle = watcher.used_over(time);
    let load = server.stream(200, time);
    let used = watcher.used_over(time);
    let children = load.join();
    let extra = |used: &Used, idle: &Used| used.all.saturating_sub(idle.all);
    println!("200 children a second that live some milliseconds");
    println!(
        "  forkscope: {} a child with drawing, of {children} children",
        micros(extra(&used, &idle) / children.max(1))
    );
}

/// Connections a second of the watched server, watched and not, in turn.
fn loss(what: &str, clients: usize, time: Duration) {
    let server = Server::start(&[]);
    let arguments = ["--pid".to_owned(), server.pid().to_string()];
    let mut shares = Vec::new();
    let (mut watched_all, mut alone_all) = (0, 0);
    for _ in 0..3 {
        let alone = server.connections(clients, time / 3);
        let mut watcher = Watcher::start(env!("CARGO_BIN_EXE_forkscope"), &arguments);
        watcher.until_drawn("sleeping");
        let reading = watcher.keep_reading();
        let under_eyes = server.connections(clients, time / 3);
        drop(reading);
        watched_all += under_eyes;
        alone_all += alone;
        shares.push(under_eyes * 1000 / alone.max(1));
    }
    shares.sort_unstable();
    println!("connections while watched, {what}: {watched_all} beside {alone_all}");
    println!("  forkscope leaves 0.{:03} (median of 3 pairs)", shares[1].min(999));
}
