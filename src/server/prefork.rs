//! The preforking server: children that were forked before any client came, and all sit in `accept()` on the same
//! socket. The kernel gives each client to one of them. The parent accepts nobody: it waits for its children, and forks
//! another one for each that has ended, as far as its policy lets it know of that (`reaping`).

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::config::{Config, Service};
use super::control::{Control, Order};
use super::family::Family;
use super::listener::{Accepted, Listener};
use super::process::{self, Fork};
use super::reaping::Reaping;
use super::signals::{self, Inherited};
use super::trouble::Trouble;
use super::{Error, Heritage, image, service};

/// The parent.
#[derive(Debug)]
pub(super) struct Server {
    control: Option<Control>,
    listener: Listener,
    inherited: Inherited,
    reaping: Reaping,
    workers: Family,
    /// Left by the image before: they serve their clients, and end.
    heirs: Family,
    config: Config,
    scarce: Trouble,
}

impl Server {
    /// Installs handlers and the policy: from here on children and signals may come.
    pub(super) fn new(config: &Config, heritage: Heritage) -> Result<Self, Error> {
        let Heritage {
            listener,
            control,
            family,
        } = heritage;
        let policy = config.model.policy_for(config.policy);
        let inherited = Inherited::install(control.is_some()).map_err(Error::of("sigaction"))?;
        let reaping = Reaping::enter(policy, &listener).map_err(Error::of("sigaction"))?;
        listener.set_blocking(true);
        Ok(Self {
            control,
            listener,
            inherited,
            reaping,
            workers: Family::new(config.workers),
            heirs: family,
            config: config.clone(),
            scarce: Trouble::default(),
        })
    }

    /// Keeps its workers, until SIGTERM or SIGINT.
    pub(super) fn run(mut self) -> Result<(), Error> {
        while !self.told_to_end() {
            // A child that ends from here on is told of in the next wait, and not before it.
            let mask = signals::hold_child().map_err(Error::of("sigprocmask"))?;
            while !self.workers.is_full() {
                match process::fork(&self.inherited) {
                    Ok(Fork::Child) => process::live(move || {
                        drop(self.control);
                        drop(self.reaping);
                        self.workers.leave();
                        self.heirs.leave();
                        work(&self.listener, self.config.service);
                    }),
                    Ok(Fork::Parent(child)) => self.workers.add(child),
                    Err(errno) => {
                        let (there, most) = (self.workers.count(), self.workers.most());
                        self.scarce
                            .pause(format_args!("fork: {errno}: {there} workers and not {most}"));
                        break;
                    }
                }
            }
            self.reaping.await_children(mask);
        }
        drop(self.listener);
        signals::default_child().map_err(Error::of("sigaction"))?;
        self.workers.join(&self.heirs);
        self.workers.end();
        Ok(())
    }

    /// Obeys the orders that have come, and says whether one of the signals was to end.
    fn told_to_end(&mut self) -> bool {
        if let Some(control) = &mut self.control {
            control.obey(|order, control| match order {
                Order::Reap(policy) if !self.config.model.policies().contains(&policy) => Err(Errno::EOPNOTSUPP),
                Order::Reap(policy) => {
                    let switched = self.reaping.switch(policy, &self.listener);
                    self.listener.set_blocking(true);
                    switched
                }
                Order::Backlog(length) => self.listener.set_backlog(length),
                Order::Become(model) => {
                    // Whoever is serving a client goes on, and ends with it; the others end.
                    self.workers.signal(Signal::SIGUSR1);
                    self.heirs.join(&self.workers);
                    let policy = self.reaping.policy();
                    let config = Config {
                        policy,
                        ..self.config.clone()
                    };
                    let failed = image::replace(&config, model, &self.listener, control, &mut self.heirs);
                    self.workers = Family::new(self.config.workers);
                    failed
                }
            });
        }
        signals::ending()
    }
}

/// A worker: it accepts one client after the other, and ends when it is told to and has nobody to serve.
fn work(listener: &Listener, service: Service) {
    let mut scarce = Trouble::default();
    if signals::catch_retirement().is_err() {
        return;
    }
    while !signals::ending() {
        match listener.accept() {
            Ok(Accepted::Client(connection)) => service::serve(&connection, service, &mut || false),
            Ok(Accepted::Interrupted | Accepted::Gone) => {}
            Ok(Accepted::Exhausted(errno)) => scarce.pause(format_args!("accept: {errno}: clients wait")),
            Err(_) => process::exit(1),
        }
    }
}
