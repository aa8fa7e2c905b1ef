//! `forkscope load`: clients without a screen.

use std::process::ExitCode;

use crate::cli;
use crate::load::headless;
use crate::load::plan::{Plan, Visit};
use crate::report;
use crate::server::config::{Rounds, Service};
use crate::target::limit;
use crate::words::{Language, Words};

/// Ended by SIGTERM: 128 and its number.
const TERMINATED: u8 = 143;

pub(super) fn run(args: &cli::load::Load) -> anyhow::Result<ExitCode> {
    // Each client is a descriptor. Where the limit cannot be raised, the clients beyond it are counted as failed.
    super::raise_limit();
    limit::suffices()?;
    let work = args.work;
    let plan = Plan {
        clients: args.clients,
        rate: args.rate,
        visit: Visit {
            address: args.address,
            service: args
                .service
                .map_or(Service::Echo, |total| Service::Rounds(Rounds { total, work })),
            talk: None,
            hold: Some(args.hold),
            timeout: args.timeout,
        },
    };
    let outcome = headless::run(plan)?;
    let report = if args.json {
        report::load::json(&plan, &outcome)?
    } else {
        let words = Words::new(args.lang.unwrap_or_else(Language::of_environment));
        report::load::text(&words, &plan, &outcome)
    };
    super::print(&report)?;
    match outcome.end {
        headless::End::Finished if outcome.figures.counts.connected == 0 => match outcome.figures.local_error {
            Some(error) => anyhow::bail!("no client could connect to {}: {error}", args.address),
            None => anyhow::bail!(
                "no client could connect to {address}: check that a server listens there \
                 (`forkscope serve --port {port}` starts one on 127.0.0.1)",
                address = args.address,
                port = args.address.port(),
            ),
        },
        headless::End::Finished | headless::End::Interrupted => Ok(ExitCode::SUCCESS),
        headless::End::Terminated => Ok(ExitCode::from(TERMINATED)),
    }
}
