//! What a server without children has besides its clients: the socket that it listens on, and whoever gives it orders.
//! It serves nobody.
//!
//! Such a server leaves SIGCHLD alone. Children of the image that it was before live on as its own, serve their clients,
//! and stay zombies when they end: it never waits, until it becomes a model that does. When it is told to end, it ends
//! them too.

use nix::errno::Errno;

use super::config::Config;
use super::control::{Control, Order};
use super::family::Family;
use super::image;
use super::listener::Listener;
use super::signals::{self, Inherited};
use super::{Error, Heritage};

/// The listening socket, and who gives orders.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) listener: Listener,
    config: Config,
    control: Option<Control>,
    /// Left by the image before.
    family: Family,
}

impl Desk {
    /// Installs the handlers: from here on signals may come.
    pub(super) fn new(config: &Config, heritage: Heritage) -> Result<Self, Error> {
        let Heritage {
            listener,
            control,
            family,
        } = heritage;
        Inherited::install(control.is_some()).map_err(Error::of("sigaction"))?;
        // SIG_IGN outlives the image that set it.
        signals::default_child().map_err(Error::of("sigaction"))?;
        listener.set_blocking(true);
        Ok(Self {
            listener,
            config: config.clone(),
            control,
            family,
        })
    }

    /// Obeys the orders that have come, and says whether one of the signals was to end.
    pub(super) fn told_to_end(&mut self) -> bool {
        if let Some(control) = &mut self.control {
            control.obey(|order, control| match order {
                // It has no children to wait for.
                Order::Reap(_) => Err(Errno::EOPNOTSUPP),
                Order::Backlog(length) => self.listener.set_backlog(length),
                Order::Become(model) => image::replace(&self.config, model, &self.listener, control, &mut self.family),
            });
        }
        signals::ending()
    }

    /// No more clients; and whoever is left of the image before is ended.
    pub(super) fn close(self) {
        drop(self.listener);
        self.family.end();
    }
}
