//! The demo server as it is typed: the built-in one of every view, and `forkscope serve`. What goes together is said
//! here, and what it means in `server`.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;

use crate::server::config::{Config, Model, Policy, Rounds, Service, Work};

use super::values::{duration, ip, named};

/// As many workers as Apache httpd starts with (`StartServers` of its prefork model).
const WORKERS: u32 = 5;

/// What the demo server is and does; the same flags for the built-in one and for `serve`.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Built-in server")]
pub struct ServerFlags {
    /// What kind of server it is
    #[arg(long, default_value = Model::default().name(), value_parser = named(Model::ALL, Model::name))]
    pub model: Model,
    /// What the parent does about children that have ended [default: loop]
    #[arg(long, value_name = "POLICY", value_parser = named(Policy::ALL, Policy::name))]
    pub reap: Option<Policy>,
    /// The TCP port to listen on; 0 lets the kernel choose [default: 9190, or any free one]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = ip)]
    pub bind: IpAddr,
    /// Length of the accept queue [default: net.core.somaxconn]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=65535))]
    pub backlog: Option<u32>,
    /// Serve each client for this long, in ten rounds, in place of echoing until it closes
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub service: Option<Duration>,
    /// What the time of --service is spent on: io, cpu or mix:CPU_TIME
    #[arg(long, value_name = "KIND", default_value = "io", value_parser = Work::parse, requires = "service")]
    pub work: Work,
    /// The most children (zombies included) or threads at a time; a client beyond it is turned away
    #[arg(long, value_name = "N", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=32768))]
    pub max_children: u32,
    /// How many children the model prefork keeps
    #[arg(long, value_name = "N", default_value_t = WORKERS, value_parser = clap::value_parser!(u32).range(1..=32768))]
    pub workers: u32,
    /// Run the server on so many CPUs, and forkscope and its clients on the others, where there are any
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub cpus: Option<u32>,
}

impl ServerFlags {
    /// The configuration that they say.
    pub fn config(&self) -> Config {
        Config {
            model: self.model,
            policy: self.reap.unwrap_or_default(),
            bind: self.bind,
            port: self.port,
            backlog: self.backlog,
            service: self.service.map_or(Service::Echo, |total| {
                Service::Rounds(Rounds { total, work: self.work })
            }),
            max_children: self.max_children,
            workers: self.workers,
            cpus: self.cpus,
        }
    }

    /// A way of reaping or a model that was only set for good gives way to what is typed and does not go with it; so
    /// nothing but what was typed together can be refused. Where both were only set, the model counts.
    pub fn settle(&mut self, model_typed: bool, reap_typed: bool) {
        match (self.contradiction(), model_typed, reap_typed) {
            (None, _, _) | (Some(_), true, true) => {}
            (Some(_), _, false) => self.reap = None,
            (Some(_), false, true) => self.model = Model::default(),
        }
    }

    /// Why these flags make no sense together, where they do not.
    pub fn contradiction(&self) -> Option<String> {
        let policy = self.reap.filter(|policy| !self.model.policies().contains(policy))?;
        let (model, policy) = (self.model.name(), policy.name());
        Some(if self.model.policies().is_empty() {
            format!("--reap {policy} does not apply to --model {model}: it has no children")
        } else {
            format!(
                "--reap {policy} does not apply to --model {model}: its parent accepts nobody, and its workers stay"
            )
        })
    }
}

/// `forkscope serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  forkscope serve --port 9190 --reap poll    until Ctrl-C; watch it from another terminal")]
pub struct Serve {
    /// What the server is and does.
    #[command(flatten)]
    pub server: ServerFlags,
    /// The inherited control socket (given by forkscope itself)
    #[arg(long, hide = true, value_name = "FD")]
    pub control_fd: Option<i32>,
    /// The listening socket of the image before (given by the server itself)
    #[arg(long, hide = true, value_name = "FD")]
    pub listen_fd: Option<i32>,
    /// The list of the children of the image before (given by the server itself)
    #[arg(long, hide = true, value_name = "FD")]
    pub family_fd: Option<i32>,
    /// These flags are all: nothing comes from the environment or the user's file (given by forkscope itself)
    #[arg(long, hide = true)]
    pub no_settings: bool,
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::super::{Cli, Command};
    use super::*;

    /// The command line that the launcher makes of a configuration is read back as the same one.
    #[test]
    fn a_server_is_told_its_configuration_whole() {
        let plain = Config {
            model: Model::Fork,
            policy: Policy::Loop,
            bind: Ipv4Addr::LOCALHOST.into(),
            port: None,
            backlog: None,
            service: Service::Echo,
            max_children: 512,
            workers: 5,
            cpus: None,
        };
        let rounds = |total, work| Service::Rounds(Rounds { total, work });
        let cpu = Duration::from_micros(25_001);
        let mut table = vec![
            Config {
                port: Some(0),
                backlog: Some(0),
                ..plain.clone()
            },
            Config {
                port: Some(65535),
                backlog: Some(65535),
                max_children: 1,
                ..plain.clone()
            },
            Config {
                bind: Ipv6Addr::LOCALHOST.into(),
                max_children: 32768,
                workers: 32768,
                cpus: Some(3),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::from_secs(1), Work::Io),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::from_nanos(1_500_000_001), Work::Cpu),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::from_mins(1), Work::Mix { cpu }),
                ..plain.clone()
            },
            Config {
                service: rounds(Duration::ZERO, Work::Mix { cpu: Duration::ZERO }),
                ..plain.clone()
            },
        ];
        table.extend(Policy::ALL.iter().map(|&policy| Config {
            policy,
            ..plain.clone()
        }));
        table.extend(Model::ALL.iter().map(|&model| Config { model, ..plain.clone() }));
        for config in table {
            let arguments = config.arguments();
            let typed = std::iter::once(OsString::from("forkscope")).chain(arguments.iter().cloned());
            let cli = <Cli as clap::Parser>::try_parse_from(typed).unwrap();
            let Some(Command::Serve(serve)) = cli.command else {
                panic!("{arguments:?} is not `serve`");
            };
            assert_eq!(serve.server.config(), config, "{arguments:?}");
        }
    }
}
