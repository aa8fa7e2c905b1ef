//! How fast the screen answers, each figure with its bound beside it: a frame of a thousand processes, a step in ten
//! minutes of a hundred thousand lives, a key while two hundred connections a second come and go, and what it costs while
//! nothing happens. Prints, and asserts nothing: `cargo bench --bench screen`.
//!
//! The first two are computed in this process, on a made-up timeline; the others are of the real binary on a
//! pseudo-terminal.

#![allow(clippy::expect_used, reason = "a benchmark ends at the first thing that fails")]

#[path = "screen/history.rs"]
mod history;
#[path = "screen/terminal.rs"]
mod terminal;

use std::time::{Duration, Instant};

use forkscope::tui::keymap::{Action, Motion};
use forkscope::tui::screens::watch;
use forkscope::tui::state::App;
use forkscope::tui::update::update;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The screen that is drawn.
const AREA: Rect = Rect::new(0, 0, 120, 36);

/// A frame of the screen rate.
const FRAME: Duration = Duration::from_millis(33);

fn main() {
    let mut app = history::tree(1000);
    report("frame, 1000 processes", Duration::from_millis(2), &frames(&mut app));
    update(&mut app, Action::UnfoldAll);
    report("frame, the same unfolded", Duration::from_millis(2), &frames(&mut app));
    let mut app = history::long(100_000, Duration::from_mins(10));
    let kept = app.timeline.kept();
    println!("history: {} lifelines, {} sockets", kept.lifelines, kept.sockets);
    report("step back in it", FRAME, &steps(&mut app, Action::StepBack));
    update(&mut app, Action::Move(Motion::First));
    report(
        "step on from its beginning",
        FRAME,
        &steps(&mut app, Action::StepForward),
    );
    report(
        "a second back in its midst",
        FRAME,
        &steps(&mut app, Action::SecondBack),
    );
    report("key to screen, 200 connections a second", FRAME, &terminal::keys());
    let idle = terminal::idle(Duration::from_secs(10));
    println!(
        "{:<42} {:.2} % of one processor",
        "idle, three clients that stay",
        idle * 100.0
    );
}

fn frame(app: &mut App, buffer: &mut Buffer) {
    buffer.reset();
    watch::prepare(app, AREA);
    watch::draw(app, AREA, buffer);
}

fn frames(app: &mut App) -> Vec<Duration> {
    let mut buffer = Buffer::empty(AREA);
    let mut timed = || {
        let began = Instant::now();
        frame(app, &mut buffer);
        began.elapsed()
    };
    // The first frames find nothing in the caches.
    for _ in 0..20 {
        timed();
    }
    (0..200).map(|_| timed()).collect()
}

/// Each from the key to the frame that shows it.
fn steps(app: &mut App, action: Action) -> Vec<Duration> {
    let mut buffer = Buffer::empty(AREA);
    let mut timed = || {
        let began = Instant::now();
        update(app, action);
        frame(app, &mut buffer);
        began.elapsed()
    };
    (0..500).map(|_| timed()).collect()
}

fn report(what: &str, bound: Duration, times: &[Duration]) {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1e3;
    let kept = if times[times.len() - 1] <= bound {
        "kept"
    } else {
        "not always kept"
    };
    println!(
        "{what:<42} p50 {:>7.2} ms   p99 {:>7.2} ms   max {:>7.2} ms   bound {} ms: {kept}",
        at(50),
        at(99),
        at(100),
        bound.as_millis(),
    );
}
