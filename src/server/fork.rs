//! The forking server: accept, fork, and on to the next client. How ended children are dealt with is `reaping`'s
//! affair, what a child does for its client `service`'s.

use std::net::TcpStream;

use nix::errno::Errno;
use nix::unistd::{Pid, pipe, read};

use super::config::{Config, Policy};
use super::control::{Control, Order};
use super::family::{Family, Slot};
use super::listener::{Accepted, Listener};
use super::process::{self, Fork};
use super::reaping::Reaping;
use super::service;
use super::signals::{self, Inherited};
use super::trouble::Trouble;
use super::{Error, Heritage, image};

/// The parent.
#[derive(Debug)]
pub(super) struct Server {
    control: Option<Control>,
    listener: Listener,
    inherited: Inherited,
    reaping: Reaping,
    family: Family,
    config: Config,
    scarce: Trouble,
    crowded: Trouble,
}

/// How the process that is to be forked is counted.
#[derive(Debug)]
enum Place {
    /// As a child.
    Child,
    /// By its slot, since it is the child of a child that ends.
    Orphan(Slot),
}

impl Server {
    /// Installs handlers and the policy: from here on children and signals may come.
    pub(super) fn new(config: &Config, heritage: Heritage) -> Result<Self, Error> {
        let Heritage {
            listener,
            control,
            family,
        } = heritage;
        Ok(Self {
            inherited: Inherited::install(control.is_some()).map_err(Error::of("sigaction"))?,
            reaping: Reaping::enter(config.policy, &listener).map_err(Error::of("sigaction"))?,
            family,
            config: config.clone(),
            scarce: Trouble::default(),
            crowded: Trouble::default(),
            control,
            listener,
        })
    }

    /// The accept loop, until SIGTERM or SIGINT.
    pub(super) fn run(mut self) -> Result<(), Error> {
        while !self.told_to_end() {
            let Some(connection) = self.next_client()? else {
                continue;
            };
            let Some(place) = self.place_for_one_more() else {
                continue;
            };
            match process::fork(&self.inherited) {
                Ok(Fork::Child) => self.serve(&connection, &place),
                Ok(Fork::Parent(child)) => {
                    // Else the client would never see its end.
                    drop(connection);
                    self.family.add(child);
                    self.after_fork(child);
                }
                Err(errno) => self
                    .scarce
                    .pause(format_args!("fork: {errno}: a client is turned away")),
            }
        }
        drop(self.listener);
        signals::default_child().map_err(Error::of("sigaction"))?;
        self.family.end();
        Ok(())
    }

    /// The rest of a child's life.
    fn serve(self, connection: &TcpStream, place: &Place) -> ! {
        process::live(move || {
            drop(self.control);
            drop(self.listener);
            drop(self.reaping);
            match place {
                Place::Child => self.family.leave(),
                Place::Orphan(slot) => fork_again(slot, &self.inherited),
            }
            service::serve(connection, self.config.service, &mut || false);
        })
    }

    /// What the policy has the parent do about a child that it forked just now.
    fn after_fork(&mut self, child: Pid) {
        while self.reaping.after_fork(child) == Err(Errno::EINTR) {
            // An order may have come, and `wait` be over.
            if self.told_to_end() || self.reaping.policy() != Policy::Wait {
                break;
            }
        }
    }

    /// Obeys the orders that have come, and says whether one of the signals was to end.
    fn told_to_end(&mut self) -> bool {
        if let Some(control) = &mut self.control {
            control.obey(|order, control| match order {
                Order::Reap(policy) => self.reaping.switch(policy, &self.listener),
                Order::Backlog(length) => self.listener.set_backlog(length),
                Order::Become(model) => {
                    let policy = self.reaping.policy();
                    let config = Config {
                        policy,
                        ..self.config.clone()
                    };
                    image::replace(&config, model, &self.listener, control, &mut self.family)
                }
            });
        }
        signals::ending()
    }

    /// Waits for a client. None if something else ended the waiting.
    fn next_client(&mut self) -> Result<Option<TcpStream>, Error> {
        match self.reaping.before_accept(&self.listener) {
            Ok(true) => {}
            Ok(false) | Err(Errno::EINTR) => return Ok(None),
            Err(errno) => return Err(Error::of("poll")(errno)),
        }
        match self.listener.accept()? {
            Accepted::Client(connection) => {
                self.reaping.after_accept();
                return Ok(Some(connection));
            }
            Accepted::Interrupted | Accepted::Gone => {}
            Accepted::Exhausted(errno) => self.scarce.pause(format_args!("accept: {errno}: clients wait")),
        }
        Ok(None)
    }

    /// Room for another process, if there is; otherwise the client is turned away, which closing its connection does.
    fn place_for_one_more(&mut self) -> Option<Place> {
        if self.family.is_full() {
            self.crowded.say(format_args!(
                "{} children already: a client is turned away (see --max-children)",
                self.family.most()
            ));
            return None;
        }
        if self.reaping.policy() != Policy::DoubleFork {
            return Some(Place::Child);
        }
        match self.family.slot() {
            Ok(slot) => Some(Place::Orphan(slot)),
            Err(errno) => {
                self.scarce
                    .pause(format_args!("memfd_create: {errno}: a client is turned away"));
                None
            }
        }
    }
}

/// The middle child of `double-fork` forks again and ends; only the grandchild returns from here, an orphan by then
/// or soon. It ends no sooner than the grandchild has claimed its slot, for then the parent goes on, and counts.
fn fork_again(slot: &Slot, inherited: &Inherited) {
    let Ok((claimed, claiming)) = pipe() else {
        process::exit(1)
    };
    match process::fork(inherited) {
        Ok(Fork::Child) => {
            drop(claimed);
            if slot.claim().is_err() {
                process::exit(1);
            }
        }
        Ok(Fork::Parent(_grandchild)) => {
            drop(claiming);
            // End of file: the grandchild has closed its end, or has ended.
            while read(&claimed, &mut [0]) == Err(Errno::EINTR) {}
            process::exit(0);
        }
        Err(_) => process::exit(1),
    }
}
