//! A plan carried out to its end without a screen: starts the clients, waits for the last of them or for a
//! signal, and says how it ended. What is printed, and the exit code, are not decided here.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;

use super::plan::Plan;
use super::statistics::Figures;
use super::{Load, StartError};
use crate::timeline::observation::{Client, ClientPhase};

/// How a plan went.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What the clients met.
    pub figures: Figures,
    /// From the first client's coming to the end.
    pub elapsed: Duration,
    /// What ended it.
    pub end: End,
}

/// What ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The last client left.
    Finished,
    /// SIGINT: somebody has seen enough.
    Interrupted,
    /// SIGTERM.
    Terminated,
}

/// A plan could not be carried out at all.
#[derive(Debug, Error)]
pub enum Error {
    /// No runtime to wait in.
    #[error("build the runtime that waits for signals")]
    Runtime(#[source] io::Error),
    /// Signals could not be listened to.
    #[error("listen to {name}")]
    Signal {
        /// Which.
        name: &'static str,
        /// Why.
        source: io::Error,
    },
    /// No clients.
    #[error(transparent)]
    Start(#[from] StartError),
}

/// Lets the clients of a plan come, and returns when the last has left or a signal ends it.
pub fn run(plan: Plan) -> Result<Outcome, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::Runtime)?;
    runtime.block_on(carry_out(plan))
}

async fn carry_out(plan: Plan) -> Result<Outcome, Error> {
    let listen = |kind, name| signal(kind).map_err(|source| Error::Signal { name, source });
    let mut interrupt = listen(SignalKind::interrupt(), "SIGINT")?;
    let mut terminate = listen(SignalKind::terminate(), "SIGTERM")?;
    let all_left = Arc::new(Notify::new());
    let load = Load::start(count_down(plan.clients, Arc::clone(&all_left)))?;
    let start = Instant::now();
    load.plan(plan);
    let end = tokio::select! {
        biased;
        () = all_left.notified() => End::Finished,
        _ = interrupt.recv() => End::Interrupted,
        _ = terminate.recv() => End::Terminated,
    };
    Ok(Outcome {
        elapsed: start.elapsed(),
        figures: load.figures(),
        end,
    })
}

/// Takes the news of this many clients, and tells when the last of them has left.
fn count_down(clients: u32, all_left: Arc<Notify>) -> impl Fn(Client) + Send + 'static {
    let left = Cell::new(clients);
    move |client| match client.phase {
        ClientPhase::Connecting | ClientPhase::Connected | ClientPhase::Served => {}
        ClientPhase::Done | ClientPhase::Failed(_) => {
            left.set(left.get().saturating_sub(1));
            if left.get() == 0 {
                all_left.notify_one();
            }
        }
    }
}
