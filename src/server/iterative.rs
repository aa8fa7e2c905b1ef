//! The iterative server: one process that serves one client after the other. The next one is connected already, by the
//! kernel, and waits in the accept queue. What it owes to others than its clients stands in `desk`.

use super::Error;
use super::config::Service;
use super::desk::Desk;
use super::listener::Accepted;
use super::service;
use super::trouble::Trouble;

/// The accept loop, until SIGTERM or SIGINT.
pub(super) fn run(mut desk: Desk, service: Service) -> Result<(), Error> {
    let mut scarce = Trouble::default();
    while !desk.told_to_end() {
        match desk.listener.accept()? {
            // Nobody else is served until it leaves. Orders are obeyed meanwhile: nobody else is there to do it.
            Accepted::Client(connection) => service::serve(&connection, service, &mut || desk.told_to_end()),
            Accepted::Interrupted | Accepted::Gone => {}
            Accepted::Exhausted(errno) => scarce.pause(format_args!("accept: {errno}: clients wait")),
        }
    }
    desk.close();
    Ok(())
}
