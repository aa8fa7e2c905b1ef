//! What a demo server is told to be: its model, its reaping policy, its service; and the words for them on a
//! command line. Pure data: whoever launches a server uses this and nothing else of it.

use std::ffi::OsString;
use std::net::IpAddr;
use std::time::Duration;

/// What kind of server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Model {
    /// One process, one client at a time: the next waits in the accept queue.
    Iterative,
    /// A child per connection.
    #[default]
    Fork,
    /// Some children that were forked beforehand, and all accept.
    Prefork,
    /// A thread per connection.
    Threads,
    /// One process that multiplexes: it serves whoever has sent something.
    Epoll,
}

impl Model {
    /// All models, in the order in which they are listed and stepped through.
    pub const ALL: &'static [Self] = &[Self::Iterative, Self::Fork, Self::Prefork, Self::Threads, Self::Epoll];

    /// The word for it on the command line and in orders.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Iterative => "iterative",
            Self::Fork => "fork",
            Self::Prefork => "prefork",
            Self::Threads => "threads",
            Self::Epoll => "epoll",
        }
    }

    /// The model of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|model| model.name() == name)
    }

    /// The one after it, round again from the last.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|model| *model == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// The policies that mean something to it, in the order of [`Policy::ALL`]: none for a model that has no children.
    /// A preforking parent accepts nobody, after which it could look for ended children, and its workers are to stay.
    pub const fn policies(self) -> &'static [Policy] {
        match self {
            Self::Fork => Policy::ALL,
            Self::Prefork => &[
                Policy::Loop,
                Policy::Once,
                Policy::None,
                Policy::Wait,
                Policy::Ignore,
                Policy::NoCldWait,
                Policy::SignalFd,
            ],
            Self::Iterative | Self::Threads | Self::Epoll => &[],
        }
    }

    /// The policy that is in force under it when it is told this one: the default in place of one that means nothing to
    /// it. A model without children keeps it for the next one.
    pub fn policy_for(self, policy: Policy) -> Policy {
        let all = self.policies();
        if all.is_empty() || all.contains(&policy) {
            policy
        } else {
            Policy::default()
        }
    }
}

/// What the parent does about children that have ended: how it deals with SIGCHLD and wait (signal(7), wait(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Policy {
    /// A SIGCHLD handler that waits, without blocking, until no ended child is left.
    #[default]
    Loop,
    /// A handler with one wait: the classic bug, because SIGCHLD does not queue.
    Once,
    /// Nothing: every child stays a zombie.
    None,
    /// A blocking `wait()` after each fork.
    Wait,
    /// waitpid(WNOHANG) after each accept.
    Poll,
    /// SIGCHLD set to `SIG_IGN`: the kernel discards the status.
    Ignore,
    /// `SA_NOCLDWAIT`: the same, and invisible in /proc.
    NoCldWait,
    /// SIGCHLD blocked and read from a signalfd in the loop.
    SignalFd,
    /// The child forks again and ends; the grandchild serves, as an orphan.
    DoubleFork,
}

impl Policy {
    /// All policies, in the order in which they are listed and stepped through.
    pub const ALL: &'static [Self] = &[
        Self::Loop,
        Self::Once,
        Self::None,
        Self::Wait,
        Self::Poll,
        Self::Ignore,
        Self::NoCldWait,
        Self::SignalFd,
        Self::DoubleFork,
    ];

    /// The word for it on the command line and in orders.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loop => "loop",
            Self::Once => "once",
            Self::None => "none",
            Self::Wait => "wait",
            Self::Poll => "poll",
            Self::Ignore => "ignore",
            Self::NoCldWait => "nocldwait",
            Self::SignalFd => "signalfd",
            Self::DoubleFork => "double-fork",
        }
    }

    /// The policy of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|policy| policy.name() == name)
    }

    /// The one after it among those that mean something to the model, round again from the last; `None` where none
    /// does.
    pub fn next(self, model: Model) -> Option<Self> {
        let all = model.policies();
        let at = all.iter().position(|policy| *policy == self);
        let next = at.map_or(0, |at| at + 1);
        all.get(next).or(all.first()).copied()
    }
}

/// What one connection gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Service {
    /// What comes in goes out, until the client closes.
    #[default]
    Echo,
    /// Ten rounds: the server sends a byte, the client answers after its share of the waiting, and the server
    /// spends its share of CPU.
    Rounds(Rounds),
}

/// A timed service: how long it takes when nobody else is served, and what that time is spent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounds {
    /// Waiting and CPU together.
    pub total: Duration,
    /// How the total divides.
    pub work: Work,
}

impl Rounds {
    /// In how many rounds the service is given.
    pub const COUNT: u32 = 10;

    /// CPU time that the server spends in each round.
    pub fn cpu_share(self) -> Duration {
        let cpu = match self.work {
            Work::Io => Duration::ZERO,
            Work::Cpu => self.total,
            Work::Mix { cpu } => cpu.min(self.total),
        };
        cpu / Self::COUNT
    }

    /// How long the client lets the server wait for its answer in each round.
    pub fn waiting_share(self) -> Duration {
        (self.total / Self::COUNT).saturating_sub(self.cpu_share())
    }
}

/// What a timed service spends its time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Work {
    /// Only waiting for the client.
    #[default]
    Io,
    /// Only CPU.
    Cpu,
    /// This much CPU in all, the rest waiting.
    Mix {
        /// CPU time of the whole service.
        cpu: Duration,
    },
}

/// Everything that a demo server is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What kind of server it is.
    pub model: Model,
    /// What it does about ended children.
    pub policy: Policy,
    /// The address to bind.
    pub bind: IpAddr,
    /// The port; `None` means 9190, or any free one where that is taken. 0 lets the kernel choose.
    pub port: Option<u16>,
    /// Length of the accept queue; `None` means net.core.somaxconn.
    pub backlog: Option<u32>,
    /// What one connection gets.
    pub service: Service,
    /// The most children at a time, zombies included; to the model `threads`, the most threads beside the first.
    pub max_children: u32,
    /// How many children the model `prefork` keeps.
    pub workers: u32,
    /// Run on so many CPUs only, the first of those that it may run on; `None` for all of them.
    pub cpus: Option<u32>,
}

impl Config {
    /// What stands after the executable on the command line that makes it this server: `serve --model fork …`.
    pub fn arguments(&self) -> Vec<OsString> {
        let mut arguments = vec![OsString::from("serve")];
        let mut flag = |name: &str, value: String| arguments.extend([name.into(), value.into()]);
        flag("--model", self.model.name().to_owned());
        flag("--reap", self.policy.name().to_owned());
        flag("--bind", self.bind.to_string());
        if let Some(port) = self.port {
            flag("--port", port.to_string());
        }
        if let Some(backlog) = self.backlog {
            flag("--backlog", backlog.to_string());
        }
        match self.service {
            Service::Echo => {}
            Service::Rounds(Rounds { total, work }) => {
                flag("--service", seconds(total));
                flag("--work", work.argument());
            }
        }
        flag("--max-children", self.max_children.to_string());
        flag("--workers", self.workers.to_string());
        if let Some(cpus) = self.cpus {
            flag("--cpus", cpus.to_string());
        }
        arguments
    }
}

impl Work {
    /// The word for it on the command line.
    pub fn argument(self) -> String {
        match self {
            Self::Io => "io".to_owned(),
            Self::Cpu => "cpu".to_owned(),
            Self::Mix { cpu } => format!("mix:{}", seconds(cpu)),
        }
    }

    /// Reads `io`, `cpu` or `mix:25ms`.
    pub fn parse(typed: &str) -> Result<Self, String> {
        match typed.split_once(':') {
            None if typed == "io" => Ok(Self::Io),
            None if typed == "cpu" => Ok(Self::Cpu),
            Some(("mix", time)) => parse_time(time)
                .map(|cpu| Self::Mix { cpu })
                .ok_or_else(|| format!("'{time}' is not a time: write it as mix:25ms")),
            _ => Err(format!("'{typed}' is not a kind of work: it is io, cpu or mix:TIME")),
        }
    }
}

/// Writes a time so that no nanosecond is lost: `1.500000000s`.
fn seconds(time: Duration) -> String {
    format!("{}.{:09}s", time.as_secs(), time.subsec_nanos())
}

/// Reads whole milliseconds, microseconds or seconds, and a fraction of them: the forms that [`Config`] is
/// handed on in.
fn parse_time(typed: &str) -> Option<Duration> {
    let unit = typed.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = typed.split_at(unit);
    let number: f64 = number.parse().ok()?;
    let seconds = match unit {
        "us" => number / 1e6,
        "ms" => number / 1e3,
        "s" => number,
        _ => return None,
    };
    Duration::try_from_secs_f64(seconds).ok()
}
