//! Runs a comparison: starts the servers, one after the other or all together, lets the clients come to each, and reads
//! what their processes take. What it sees it says as [`News`]; what follows from that is not its affair.

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use super::contender::Contender;
use super::tally::{self, Tally};
use super::{End, News, Reading, Scenario};
use crate::load::Load;
use crate::load::plan::{Hold, Plan, Visit};
use crate::observe::clock;
use crate::server::config::{Config, Model, Service};
use crate::server::cpus::Cpus;
use crate::target::end::Survivor;
use crate::target::launch::{LaunchError, Spec, launch};
use crate::target::launched::{Launched, News as TargetNews};
use crate::target::listener::{self, Listener};
use crate::timeline::observation::{Client, ClientPhase};
use crate::timeline::process::ExitStatus;
use crate::words::names::visible;

/// How long a server may take to listen.
const START: Duration = Duration::from_secs(10);

/// How often it is asked whether it listens, and whether its processes have settled.
const ASK: Duration = Duration::from_millis(10);

/// How often its processes are read at most; and no more than a twentieth of the time is spent on that.
const READ: Duration = Duration::from_millis(25);
const SHARE: u32 = 20;

/// How seldom, at most: on a machine that is busy a reading may take long.
const SELDOM: Duration = Duration::from_millis(500);

/// How long the processes may take to settle once all clients are gone, and how often in a row they must be the same.
const SETTLE: Duration = Duration::from_secs(3);
const SAME: u32 = 10;

/// Takes what happens, from several threads.
pub type Sink = Arc<dyn Fn(News) + Send + Sync>;

/// A comparison to be run.
#[derive(Clone)]
pub struct Race {
    /// What all are put through.
    pub scenario: Scenario,
    /// Who.
    pub contenders: Vec<Contender>,
    /// How many workers a preforking server gets.
    pub workers: u32,
    /// The CPUs of the servers, and those of their clients.
    pub cpus: (Cpus, Cpus),
    /// The soft limit of open files that a command gets.
    pub nofile: Option<u64>,
    /// Set to end it.
    pub stop: Arc<AtomicBool>,
}

/// Why a server cannot be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRun {
    /// In words.
    pub why: String,
    /// The exit code for it: 127 not found, 126 found but not run, 3 anything else.
    pub exit_code: u8,
}

impl NotRun {
    fn because(why: &impl ToString) -> Self {
        Self {
            why: why.to_string(),
            exit_code: 3,
        }
    }
}

impl From<LaunchError> for NotRun {
    fn from(error: LaunchError) -> Self {
        Self {
            why: error.to_string(),
            exit_code: error.exit_code(),
        }
    }
}

impl Race {
    /// Starts each command once, and ends it when it listens: one that cannot be measured is so told of before all others
    /// are. Gives what could not be ended.
    ///
    /// # Errors
    ///
    /// [`NotRun`], of the first for which that is so.
    pub fn rehearse(&self) -> Result<Vec<Survivor>, NotRun> {
        let mut survivors = Vec::new();
        for contender in &self.contenders {
            match contender {
                Contender::BuiltIn { .. } => {}
                Contender::Command(_) => survivors.extend(self.launch(contender)?.launched.end()),
            }
        }
        Ok(survivors)
    }

    /// Runs it to its end, or until it is stopped; gives what could not be ended. The clients are given patience for
    /// the whole time that a server needs which serves them one after the other, and more.
    pub fn run(&self, sink: &Sink) -> Vec<Survivor> {
        let mut survivors = Vec::new();
        if self.scenario.together {
            self.together(sink, &mut survivors);
        } else {
            for index in 0..self.contenders.len() {
                if self.stopped() {
                    break;
                }
                if let Some(server) = self.start(index, sink) {
                    survivors.extend(self.visit(index, server, sink, || {}));
                }
            }
        }
        sink(News::Over);
        survivors
    }

    fn together(&self, sink: &Sink, survivors: &mut Vec<Survivor>) {
        let servers: Vec<(usize, Server)> = (0..self.contenders.len())
            .filter_map(|index| Some((index, self.start(index, sink)?)))
            .collect();
        let all_there = Barrier::new(servers.len());
        let left = thread::scope(|scope| {
            let visits: Vec<_> = servers
                .into_iter()
                .map(|(index, server)| {
                    let ready = || {
                        all_there.wait();
                    };
                    scope.spawn(move || self.visit(index, server, sink, ready))
                })
                .collect();
            let ended = visits.into_iter().map(|visit| visit.join().unwrap_or_default());
            ended.flatten().collect::<Vec<_>>()
        });
        survivors.extend(left);
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Starts a server on its CPUs, and waits until it listens.
    fn start(&self, index: usize, sink: &Sink) -> Option<Server> {
        sink(News::Starting(index));
        match self.launch(&self.contenders[index]) {
            Ok(server) => Some(server),
            // That it did not come to listen is no fault of it.
            Err(_) if self.stopped() => None,
            Err(error) => {
                sink(News::Failed(index, error.why));
                None
            }
        }
    }

    fn launch(&self, contender: &Contender) -> Result<Server, NotRun> {
        let address = free_address().map_err(|error| NotRun::because(&format!("find a free port: {error}")))?;
        // What is launched inherits the affinity of this thread; so do the threads of the clients, later.
        let kept = |errno| NotRun::because(&format!("sched_setaffinity: {errno}"));
        let keep = |cpus: &Cpus| cpus.keep().map_err(kept);
        keep(&self.cpus.0)?;
        let launched = launch(self.spec(contender, address))
            .and_then(|gated| {
                if let Some(turn) = self.scenario.turn() {
                    // Where that is forbidden it is scheduled as ever, and measured all the same.
                    let _ = gated.ask_for_turns(turn);
                }
                gated.release()
            })
            .map_err(NotRun::from);
        keep(&self.cpus.1)?;
        let mut launched = launched?;
        let reader = launched.output().reader();
        reader
            .map_or(Ok(()), |thread| self.cpus.1.keep_thread(thread))
            .map_err(kept)?;
        self.listens(&mut launched, address.port())?;
        Ok(Server { launched, address })
    }

    /// Waits until one of its processes listens, and nobody else does: another could have taken the port meanwhile, and
    /// would be measured in its place.
    fn listens(&self, launched: &mut Launched, port: u16) -> Result<(), NotRun> {
        let deadline = Instant::now() + START;
        let mut taken = false;
        loop {
            let listener = listener::of_loopback(port, launched.guardian()).map_err(|error| NotRun::because(&error))?;
            let ended = ended(launched).is_some();
            let late = Instant::now() > deadline;
            let what = match &listener {
                Listener::Ours => return Ok(()),
                Listener::Stranger(holders) if taken || ended || late => {
                    let names: Vec<String> = holders.iter().map(ToString::to_string).collect();
                    let who = if names.is_empty() {
                        "a process that does not show its sockets".to_owned()
                    } else {
                        names.join(", ")
                    };
                    return Err(NotRun::because(&format!("port {port} was taken meanwhile, by {who}")));
                }
                Listener::Nobody if ended => "ended before it listened",
                Listener::Nobody if self.stopped() => "was stopped before it listened",
                Listener::Nobody if late => "did not listen within 10 s",
                Listener::Nobody | Listener::Stranger(_) => {
                    taken = listener != Listener::Nobody;
                    thread::sleep(ASK);
                    continue;
                }
            };
            let said = match launched.output().lines().lines.last() {
                Some(line) => format!("; the last that it said: {}", visible(line)),
                None => String::new(),
            };
            return Err(NotRun::because(&format!("the server {what} on port {port}{said}")));
        }
    }

    /// How the first process has ended by itself, if it has. Where no process is left but nobody has said so yet, its
    /// guardian is about to.
    fn status(&self, launched: &mut Launched, tally: &mut Tally) -> Option<ExitStatus> {
        let deadline = Instant::now() + SETTLE;
        loop {
            let status = ended(launched);
            let gone = status.is_none() && tally.read().processes == 0;
            if !gone || self.stopped() || Instant::now() > deadline {
                return status;
            }
            thread::sleep(ASK);
        }
    }

    fn spec(&self, contender: &Contender, address: SocketAddr) -> Spec {
        match contender {
            Contender::BuiltIn { model, policy } => {
                let config = Config {
                    model: *model,
                    policy: policy.unwrap_or_default(),
                    bind: address.ip(),
                    port: Some(address.port()),
                    backlog: None,
                    service: self.service(),
                    max_children: max_children(*model, self.scenario.clients),
                    workers: self.workers,
                    cpus: None,
                };
                let mut argv: Vec<OsString> = vec!["forkscope".into()];
                argv.extend(config.arguments());
                // All servers are put through the same, whatever the user has set for those of his own.
                argv.push("--no-settings".into());
                Spec {
                    argv,
                    program: Some("/proc/self/exe".into()),
                    ..Spec::default()
                }
            }
            Contender::Command(words) => Spec {
                argv: words.iter().map(|word| with_port(word, address.port())).collect(),
                nofile: self.nofile,
                ..Spec::default()
            },
        }
    }

    fn service(&self) -> Service {
        if self.scenario.echo {
            Service::Echo
        } else {
            Service::Rounds(self.scenario.rounds)
        }
    }

    /// Lets the clients come, and reads the processes until all have left.
    fn visit(&self, index: usize, mut server: Server, sink: &Sink, ready: impl FnOnce()) -> Vec<Survivor> {
        let mut tally = Tally::new(server.launched.guardian(), self.contenders[index].discards_times());
        let dropped = tally::listen_drops();
        let (sender, told) = channel();
        // Where we have ended, nobody wants the news.
        let load = Load::start(move |client| {
            let _ = sender.send(client);
        });
        ready();
        let load = match load {
            Ok(load) => load,
            Err(error) => {
                sink(News::Failed(index, error.to_string()));
                return server.launched.end();
            }
        };
        sink(News::Began(index, clock::now()));
        let patience = self.scenario.rounds.total * self.scenario.clients * 2 + Duration::from_secs(30);
        load.plan(Plan {
            clients: self.scenario.clients,
            rate: None,
            visit: Visit {
                address: server.address,
                service: self.service(),
                talk: self.scenario.echo.then_some(self.scenario.rounds),
                hold: Some(Hold {
                    least: Duration::ZERO,
                    most: Duration::ZERO,
                }),
                timeout: patience,
            },
        });
        let mut run = Run {
            index,
            left: self.scenario.clients,
            unserved: self.scenario.clients,
            sink,
        };
        while run.left > 0 && !self.stopped() {
            let began = Instant::now();
            run.says(tally.read());
            let pause = (began.elapsed() * SHARE).clamp(READ, SELDOM);
            run.listen(&told, Instant::now() + pause);
        }
        let at = clock::now();
        let all_left = run.left == 0;
        drop(load);
        let zombies_left = all_left.then(|| settled(&mut tally));
        let status = self.status(&mut server.launched, &mut tally);
        let dropped = tally::listen_drops().unwrap_or(0).saturating_sub(dropped.unwrap_or(0));
        run.says(tally.read());
        sink(News::Ended(
            index,
            End {
                at,
                zombies_left,
                dropped,
                status,
            },
        ));
        server.launched.end()
    }
}

/// How the first process of a server has ended by itself, if it has.
fn ended(launched: &mut Launched) -> Option<ExitStatus> {
    launched.news().into_iter().find_map(|news| match news {
        TargetNews::Ended { status } => Some(status),
        TargetNews::Reaped { .. } | TargetNews::GuardianLost | TargetNews::Unkillable(_) | TargetNews::Missed(_) => {
            None
        }
    })
}

/// A server that listens.
struct Server {
    launched: Launched,
    address: SocketAddr,
}

/// The clients of one server.
struct Run<'a> {
    index: usize,
    left: u32,
    /// Those who wait for their first byte.
    unserved: u32,
    sink: &'a Sink,
}

impl Run<'_> {
    fn says(&self, reading: Reading) {
        (self.sink)(News::Reading(self.index, reading));
    }

    /// Passes on what clients say, until that moment, or the last one has left; or all are being served, which is when
    /// the processes take most.
    fn listen(&mut self, told: &Receiver<Client>, until: Instant) {
        while self.left > 0 {
            let patience = until.saturating_duration_since(Instant::now());
            match told.recv_timeout(patience) {
                Ok(client) => {
                    if matches!(client.phase, ClientPhase::Done | ClientPhase::Failed(_)) {
                        self.left -= 1;
                    }
                    let served = client.phase == ClientPhase::Served;
                    (self.sink)(News::Client(self.index, client));
                    self.unserved -= u32::from(served);
                    if served && self.unserved == 0 {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => return,
                Err(RecvTimeoutError::Disconnected) => self.left = 0,
            }
        }
    }
}

/// Waits until the processes have been the same for a while: handlers have ended, and whoever waits has waited. The
/// zombies that are left then.
fn settled(tally: &mut Tally) -> u32 {
    let deadline = Instant::now() + SETTLE;
    let mut last = (0, 0);
    let mut same = 0;
    while same < SAME && Instant::now() < deadline {
        let reading = tally.read();
        let found = (reading.processes, reading.zombies);
        same = if found == last { same + 1 } else { 0 };
        last = found;
        thread::sleep(ASK);
    }
    last.1
}

/// Processes are limited as usual; of threads there may be as many as clients.
fn max_children(model: Model, clients: u32) -> u32 {
    const USUAL: u32 = 512;
    match model {
        Model::Threads => clients.clamp(USUAL, 32768),
        Model::Iterative | Model::Fork | Model::Prefork | Model::Epoll => USUAL,
    }
}

/// An address that was free a moment ago.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

/// A word of a command with the port in the place of `{port}`; any other bytes as they are.
fn with_port(word: &OsString, port: u16) -> OsString {
    match word.to_str() {
        Some(text) => text.replace("{port}", &port.to_string()).into(),
        None => word.clone(),
    }
}
