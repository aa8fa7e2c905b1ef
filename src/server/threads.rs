//! The threaded server: a thread for each connection, all in one process. What it owes to others than its clients stands
//! in `desk`.

use std::sync::Arc;
use std::thread;

use super::config::Service;
use super::desk::Desk;
use super::listener::Accepted;
use super::trouble::Trouble;
use super::{Error, service, signals};

/// How much of an address space each thread's stack takes. Memory it takes only where it is used; but ten thousand of
/// the usual 8 MB would leave no address to some machines.
const STACK: usize = 128 * 1024;

/// The accept loop, until SIGTERM or SIGINT; then the process ends, and all its threads with it.
pub(super) fn run(mut desk: Desk, service: Service, most: usize) -> Result<(), Error> {
    // Each thread holds a copy of it as long as it lives, so the copies count the threads.
    let present = Arc::new(());
    let mut accepted: u64 = 0;
    let (mut scarce, mut crowded) = (Trouble::default(), Trouble::default());
    while !desk.told_to_end() {
        match desk.listener.accept()? {
            Accepted::Client(_) if Arc::strong_count(&present) > most => crowded.say(format_args!(
                "{most} threads already: a client is turned away (see --max-children)"
            )),
            Accepted::Client(connection) => {
                accepted += 1;
                let present = Arc::clone(&present);
                let serve = move || {
                    service::serve(&connection, service, &mut || false);
                    drop(present);
                };
                if let Err(error) = start(format!("conn {accepted}"), serve) {
                    scarce.pause(format_args!("pthread_create: {error}: a client is turned away"));
                }
            }
            Accepted::Interrupted | Accepted::Gone => {}
            Accepted::Exhausted(errno) => scarce.pause(format_args!("accept: {errno}: clients wait")),
        }
    }
    desk.close();
    Ok(())
}

/// Starts a thread that no signal disturbs: they are for the first one, which waits in `accept()`. Its name tells it apart
/// in /proc/PID/task/TID/comm, as `ps -L` shows it.
fn start(name: String, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    let mask = signals::hold()?;
    let started = thread::Builder::new().name(name).stack_size(STACK).spawn(work);
    mask.thread_set_mask()?;
    started.map(drop)
}
