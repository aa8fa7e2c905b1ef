//! Clients as they are typed: those that come to what is watched, and those of `forkscope load`. What they do stands in
//! `load`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;

use crate::load::plan::{Hold, Rate};
use crate::server::config::Work;
use crate::words::Language;

use super::values::{address, duration, named};

/// The clients that come; without any of these the built-in server gets a gentle stream, others get none.
#[derive(Debug, Args)]
#[command(next_help_heading = "Load")]
pub struct LoadFlags {
    /// How many clients come in all, at once unless --rate is given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    pub clients: Option<u32>,
    /// How fast they come, as 2/s or 30/m
    #[arg(long, value_name = "RATE", value_parser = Rate::parse)]
    pub rate: Option<Rate>,
    /// How long each stays, as 3s or 3s..8s [default: until it is hung up]
    #[arg(long, value_name = "TIME", value_parser = Hold::parse)]
    pub hold: Option<Hold>,
    /// Let clients come to a server that was attached to
    #[arg(long)]
    pub allow_load: bool,
    /// They were asked for on the command line, and not by a setting.
    #[arg(skip)]
    pub typed: bool,
}

impl LoadFlags {
    /// Settles what was asked for: `typed` says which options stand on the command line. A setting speaks of clients for
    /// servers of one's own, and not for those that were there before.
    pub fn settle(&mut self, attached: bool, typed: impl Fn(&str) -> bool) {
        let (clients, rate, hold) = (typed("clients"), typed("rate"), typed("hold"));
        self.typed = clients || rate || hold;
        if attached {
            self.clients = self.clients.filter(|_| clients);
            self.rate = self.rate.filter(|_| rate);
            self.hold = self.hold.filter(|_| hold);
        }
    }
}

/// `forkscope load`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope load 127.0.0.1:9190 --clients 100 --hold 3s    a hundred at once
  forkscope load [::1]:9190 --clients 1000 --rate 50/s     one every 20 ms")]
pub struct Load {
    /// Where they go, as 127.0.0.1:9190; an IPv6 address stands in brackets
    #[arg(value_name = "ADDRESS", value_parser = address)]
    pub address: SocketAddr,
    /// How many clients come in all, at once unless --rate is given
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub clients: u32,
    /// How fast they come, as 2/s or 30/m
    #[arg(long, value_name = "RATE", value_parser = Rate::parse)]
    pub rate: Option<Rate>,
    /// How long each stays after it was served, as 3s or 3s..8s
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = Hold::parse)]
    pub hold: Hold,
    /// The server serves in ten rounds for this long (as its own --service says)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub service: Option<Duration>,
    /// What the server's service is spent on (as its own --work says)
    #[arg(long, value_name = "KIND", default_value = "io", value_parser = Work::parse, requires = "service")]
    pub work: Work,
    /// Give a client up when nothing came for this long
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    pub timeout: Duration,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// The language of the text [default: from the locale]
    #[arg(long, value_name = "LANG", value_parser = named(Language::ALL, Language::name), help_heading = "View")]
    pub lang: Option<Language>,
}
