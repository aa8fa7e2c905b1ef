//! A server and its children at a made-up time, told as observations: what the drawn screens are drawn from.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::observe::{Births, Capture, Deaths, Reason, SocketSource};
use crate::server::config::{Model, Policy};
use crate::timeline::call::Call;
use crate::timeline::lifeline::Reaper;
use crate::timeline::observation::{
    Birth, BlockedReading, Client, ClientId, ClientPhase, ConnectionReading, Exit, HeldSocket, ListenerReading,
    Observation, Order, Ordered, Reading, Reap, Sample, Sockets,
};
use crate::timeline::process::{Disposition, ExitStatus, Key, Names, Pid, Sigchld, State};
use crate::timeline::sockets::TcpState;
use crate::timeline::time::{Time, When};
use crate::tui::look::Look;
use crate::tui::state::App;
use crate::tui::state::permissions::{Permission, Permissions};
use crate::tui::state::subject::{Following, Printed, Subject};
use crate::words::{Language, Words};

/// The parent.
const PARENT: Pid = 4121;

/// The guardian.
const GUARDIAN: Pid = 4100;

/// A server in the making.
pub(super) struct Scene {
    app: App,
    children: Vec<Child>,
    callers: Vec<Caller>,
    /// The kernel tells of births when they happen.
    births: bool,
}

/// A client that the parent itself serves, or that waits in its accept queue.
#[derive(Debug, Clone, Copy)]
struct Caller {
    /// Hundredths of a second after the start.
    came: u64,
    port: u16,
    accepted: bool,
}

/// A child and its client.
#[derive(Debug, Clone, Copy)]
struct Child {
    pid: Pid,
    /// Who forked it.
    parent: Pid,
    /// Who is its parent once that one is gone.
    adopter: Option<Pid>,
    /// Hundredths of a second after the start.
    born: u64,
    exited: Option<(u64, ExitStatus)>,
    reaped: Option<u64>,
    /// Where its client is; none of one that only forks again.
    port: Option<u16>,
}

impl Child {
    const fn new(pid: Pid, born: u64, port: u16) -> Self {
        Self {
            pid,
            parent: PARENT,
            adopter: None,
            born,
            exited: None,
            reaped: None,
            port: Some(port),
        }
    }

    const fn exits(mut self, at: u64, status: ExitStatus) -> Self {
        self.exited = Some((at, status));
        self
    }

    const fn reaped(mut self, at: u64) -> Self {
        self.reaped = Some(at);
        self
    }

    /// A child that forks this one's like and exits, and its child, which serves as an orphan.
    const fn forked_twice(pid: Pid, born: u64, port: u16) -> [Self; 2] {
        let mut middle = Self::new(pid, born, port).exits(born, ExitStatus::Code(0)).reaped(born);
        middle.port = None;
        let mut orphan = Self::new(pid + 1, born, port);
        (orphan.parent, orphan.adopter) = (pid, Some(GUARDIAN));
        [middle, orphan]
    }

    const fn key(self) -> Key {
        Key {
            pid: self.pid,
            start_ticks: 100_000 + self.born,
        }
    }

    /// A moment of its own within a hundredth of a second; an orphan shares that of its parent.
    fn moment(self, hundredth: u64) -> Time {
        let whose = if self.adopter.is_some() { self.parent } else { self.pid };
        at(hundredth) + Duration::from_micros(u64::from(whose.unsigned_abs()) * 7919 % 60 * 100)
    }

    fn is_alive(self, now: u64) -> bool {
        self.born < now && self.exited.is_none_or(|(when, _)| now <= when)
    }

    fn is_there(self, now: u64) -> bool {
        self.born < now && self.reaped.is_none_or(|when| now <= when)
    }
}

/// That many hundredths of a second after the start.
fn at(hundredths: u64) -> Time {
    Time::from_ticks(100_000 + hundredths)
}

fn address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

impl Scene {
    /// The oldest zombie of [`Self::zombies`].
    pub(super) const ZOMBIE: Key = Key {
        pid: 4131,
        start_ticks: 101_412,
    };

    /// The client of the newest child.
    pub(super) fn client() -> SocketAddr {
        address(51034)
    }

    /// A parent that no longer waits, two zombies, three children that serve, one that was reaped in better times.
    pub(super) fn zombies(language: Language) -> App {
        Self::pile(language, true)
    }

    fn pile(language: Language, births: bool) -> App {
        let children = [
            Child::new(4125, 700, 51002)
                .exits(3815, ExitStatus::Code(0))
                .reaped(3815),
            Child::new(4130, 1400, 51022),
            Child::new(4131, 1412, 51024).exits(3835, ExitStatus::Code(0)),
            Child::new(4133, 2400, 51026).exits(4001, ExitStatus::Signal(9)),
            Child::new(4140, 4000, 51030),
            Child::new(4142, 4187, 51034),
        ];
        let mut scene = Self::of(language, &children);
        scene.births = births;
        scene.order(3825, Policy::None);
        scene.play(0, 4208);
        scene.app
    }

    /// The zombies again, and the oldest of them is selected.
    pub(super) fn zombie_selected(language: Language) -> App {
        let mut app = Self::zombies(language);
        app.selected = app.timeline.by_key(Self::ZOMBIE).map(|life| life.id);
        app
    }

    /// A parent that waits as soon as a child ends.
    pub(super) fn reaped(language: Language) -> App {
        let children = [
            Child::new(4122, 100, 51000)
                .exits(1600, ExitStatus::Code(0))
                .reaped(1600),
            Child::new(4123, 300, 51002),
            Child::new(4124, 500, 51004)
                .exits(1420, ExitStatus::Code(0))
                .reaped(1420),
            Child::new(4125, 800, 51006),
            Child::new(4126, 1500, 51008),
        ];
        let mut scene = Self::of(language, &children);
        scene.play(0, 1700);
        scene.app
    }

    /// Two children of before, and grandchildren that serve as orphans, adopted by the guardian.
    pub(super) fn orphans(language: Language) -> App {
        let [first, second] = [
            Child::forked_twice(4129, 600, 51004),
            Child::forked_twice(4131, 900, 51006),
        ];
        let before = [Child::new(4122, 100, 51000), Child::new(4124, 250, 51002)];
        let mut scene = Self::of(language, &[&before[..], &first, &second].concat());
        scene.order(400, Policy::DoubleFork);
        scene.play(0, 1500);
        scene.app
    }

    /// Two children that hold the same connection.
    pub(super) fn shared(language: Language) -> App {
        let children = [Child::new(4134, 900, 51004), Child::new(4135, 950, 51004)];
        let mut scene = Self::of(language, &children);
        scene.play(0, 1500);
        scene.app
    }

    /// Three hundred children, seven of which are zombies.
    pub(super) fn crowd(language: Language) -> App {
        let children: Vec<Child> = (0..300)
            .map(|number| {
                let child = Child::new(4200 + Pid::from(number), 100 + u64::from(number), 51000 + number);
                match number {
                    100..107 => child.exits(450, ExitStatus::Code(0)),
                    _ => child,
                }
            })
            .collect();
        let mut scene = Self::of(language, &children);
        scene.order(90, Policy::None);
        scene.play(90, 600);
        scene.app
    }

    /// A server that ended at once with code 3, and left heirs of whom `reaps` ended after it, the last of all now.
    pub(super) fn outlived(language: Language, reaps: u64) -> App {
        let mut app = Self::empty(language);
        let heir = PARENT + 1;
        let readings = vec![
            reading(PARENT, 1, 0, State::Sleeping, None, &[]),
            reading(heir, PARENT, 1, State::Sleeping, None, &[]),
        ];
        let sample = Sample {
            at: at(2),
            processes: readings,
            sockets: None,
        };
        app.timeline.apply(&Observation::Sample(sample));
        let reap = |app: &mut App, pid: Pid, born: u64, now: u64, code: u8| {
            let reap = Reap {
                when: When::exactly(at(now)),
                key: Key {
                    pid,
                    start_ticks: 100_000 + born,
                },
                status: ExitStatus::Code(code),
                by: Reaper::Unknown,
            };
            app.timeline.apply(&Observation::Reap(reap));
        };
        reap(&mut app, PARENT, 0, 3, 3);
        for nth in 0..reaps {
            let (child, born) = (heir + 1 + Pid::try_from(nth).unwrap_or(Pid::MAX), 10 + nth);
            let birth = Birth {
                when: When::exactly(at(born)),
                parent: heir,
                child,
            };
            app.timeline.apply(&Observation::Birth(birth));
            reap(&mut app, child, born, born, 0);
        }
        reap(&mut app, heir, 1, 20 + reaps, 0);
        app
    }

    /// An iterative server: it serves one client, and so many others wait in its accept queue.
    pub(super) fn queued(language: Language, waiting: u16) -> App {
        let mut scene = Self::of(language, &[]);
        scene.app.following = Some(Following::from_start(Model::Iterative, Policy::Loop));
        scene.callers = (0..=waiting)
            .map(|number| Caller {
                came: 100 + 30 * u64::from(number),
                port: 51000 + 2 * number,
                accepted: number == 0,
            })
            .collect();
        scene.play(0, 1250);
        scene.app
    }

    /// A target that has not started yet.
    pub(super) fn empty(language: Language) -> App {
        Self::of(language, &[]).app
    }

    /// A server with a thread for each of two clients, seen for a second; nobody has looked at its threads.
    pub(super) fn threads(language: Language) -> App {
        let mut app = Self::of(language, &[]).app;
        app.following = Some(Following::from_start(Model::Threads, Policy::Loop));
        for now in [0, 100] {
            let accept = BlockedReading {
                call: Call::Accept4,
                fd: Some(3),
            };
            let held = [(3, 1), (4, 51020), (5, 51022)];
            let mut server = reading(PARENT, GUARDIAN, 0, State::Sleeping, Some(accept), &held);
            server.threads = 4;
            let connection = |port| ConnectionReading {
                inode: u64::from(port),
                local: address(9190),
                peer: address(port),
                state: TcpState::Established,
            };
            app.timeline.apply(&Observation::Sample(Sample {
                at: at(now),
                processes: vec![server],
                sockets: Some(Sockets {
                    listeners: vec![ListenerReading {
                        inode: 1,
                        local: address(9190),
                        queue: Some(0),
                        backlog: Some(128),
                    }],
                    connections: vec![connection(51020), connection(51022)],
                }),
            }));
            app.clock = at(now);
        }
        app
    }

    /// The zombies again, and no key may do anything to them.
    pub(super) fn read_only() -> App {
        let mut app = Self::zombies(Language::English);
        let off = Permission::ReadOnly;
        app.permissions = Permissions {
            load: off,
            orders: off,
            signals: off,
        };
        app
    }

    /// The zombies again, on a kernel that tells no births.
    pub(super) fn polled(language: Language) -> App {
        let mut app = Self::pile(language, false);
        let every = Duration::from_millis(100);
        app.capture = Some(Capture {
            births: Births::Polled { every },
            deaths: Deaths::Pidfd,
            every,
            sockets: SocketSource::SockDiag,
            reasons: vec![Reason::BirthsPolled(every)],
        });
        app
    }

    /// A child was born a moment ago, is selected, and was not read yet.
    pub(super) fn unread() -> App {
        let mut scene = Self::of(Language::English, &[]);
        scene.play(0, 100);
        let mut app = scene.app;
        let timeline = &mut app.timeline;
        timeline.apply(&Observation::Client(Client {
            at: at(101),
            id: ClientId(1),
            local: Some(Self::client()),
            phase: ClientPhase::Connected,
        }));
        timeline.apply(&Observation::Birth(Birth {
            when: When::exactly(at(102)),
            child: 4122,
            parent: PARENT,
        }));
        app.clock = at(103);
        app.selected = app.moment().rows.last().map(|row| row.life.id);
        app
    }

    /// The child of [`Self::unread`] is read.
    pub(super) fn read(app: &mut App) {
        let child = Child::new(4122, 102, Self::client().port());
        let sample = Self::of(Language::English, &[child]).sample(110);
        app.timeline.apply(&Observation::Sample(sample));
        app.clock = at(111);
    }

    /// Some seconds pass: another zombie is there, and another child.
    pub(super) fn later(app: &mut App) {
        let status = ExitStatus::Code(1);
        let key = Key {
            pid: 4140,
            start_ticks: 100_000 + 4000,
        };
        app.timeline.apply(&Observation::Exit(Exit {
            when: When::exactly(at(4500)),
            key,
            status,
        }));
        app.clock = at(4600);
    }

    fn of(language: Language, children: &[Child]) -> Self {
        let granted = Permission::Granted;
        let permissions = Permissions {
            load: granted,
            orders: granted,
            signals: granted,
        };
        let mut app = App::new(Words::new(language), Look::default(), Subject::BuiltIn, permissions);
        app.following = Some(Following::from_start(Model::Fork, Policy::Loop));
        app.capture = Some(Capture {
            births: Births::Perf,
            deaths: Deaths::Pidfd,
            every: Duration::from_millis(100),
            sockets: SocketSource::SockDiag,
            reasons: Vec::new(),
        });
        app.printed = Printed {
            lines: ["listening 127.0.0.1:9190 pid 4121".to_owned()].into(),
            dropped: 0,
        };
        app.clock = at(0);
        Self {
            app,
            children: children.to_vec(),
            callers: Vec::new(),
            births: true,
        }
    }

    fn order(&mut self, hundredths: u64, policy: Policy) {
        self.app.following = Some(Following {
            model: Model::Fork,
            policy,
            since: Some(at(hundredths)),
        });
    }

    /// Lets the time pass, with a reading every tenth of a second.
    fn play(&mut self, from: u64, to: u64) {
        let ordered = self
            .app
            .following
            .and_then(|following| following.since.map(|since| (since, following.policy)));
        for now in from..=to {
            if now % 10 == 0 || now == to {
                let sample = self.sample(now);
                self.app.timeline.apply(&Observation::Sample(sample));
            }
            self.events(now);
            if let Some((since, policy)) = ordered.filter(|(since, _)| *since == at(now)) {
                let what = Ordered::Policy(policy.name().into());
                self.app.timeline.apply(&Observation::Order(Order { at: since, what }));
            }
        }
        self.app.clock = at(to);
        self.app.has_zombies = true;
    }

    /// What happens within one hundredth of a second.
    fn events(&mut self, now: u64) {
        for (number, caller) in self.callers.iter().enumerate().filter(|(_, caller)| caller.came == now) {
            self.app.timeline.apply(&Observation::Client(Client {
                at: at(now),
                id: ClientId(number as u64 + 1),
                local: Some(address(caller.port)),
                phase: ClientPhase::Connected,
            }));
        }
        let children = self.children.iter().enumerate();
        let mut told: Vec<(Time, Observation)> = children
            .flat_map(|(number, child)| self.told_of(*child, ClientId(number as u64 + 1), now))
            .collect();
        told.sort_by_key(|(at, _)| *at);
        for (_, observation) in told {
            self.app.timeline.apply(&observation);
        }
    }

    /// What the kernel and the clients tell of a child within one hundredth of a second.
    fn told_of(&self, child: Child, id: ClientId, now: u64) -> Vec<(Time, Observation)> {
        let after = |micros| child.moment(now) + Duration::from_micros(micros);
        let mut told = Vec::new();
        let client = |at, phase| {
            let local = Some(address(child.port?));
            Some((at, Observation::Client(Client { at, id, local, phase })))
        };
        let orphan = child.adopter.is_some();
        if child.born == now {
            told.extend(client(after(0), ClientPhase::Connected));
            let at = after(if orphan { 500 } else { 200 });
            let birth = Birth {
                when: When::exactly(at),
                parent: child.parent,
                child: child.pid,
            };
            told.extend(self.births.then_some((at, Observation::Birth(birth))));
        }
        if let Some((_, status)) = child.exited.filter(|(when, _)| *when == now) {
            told.extend(client(after(600), ClientPhase::Done));
            let at = after(700);
            let exit = Exit {
                when: When::exactly(at),
                key: child.key(),
                status,
            };
            told.push((at, Observation::Exit(exit)));
        }
        if let (Some(reaped), Some((_, status))) = (child.reaped.filter(|at| *at == now), child.exited) {
            let at = child.moment(reaped) + Duration::from_micros(1900);
            let reap = Reap {
                when: When::exactly(at),
                key: child.key(),
                status,
                by: Reaper::Waited(PARENT),
            };
            told.push((at, Observation::Reap(reap)));
        }
        told
    }

    /// What the parent does with SIGCHLD at a moment: nothing under the policies that are ordered here.
    fn sigchld(&self, now: u64) -> Sigchld {
        let ordered = self.app.following.and_then(|following| following.since);
        let forks = self
            .app
            .following
            .is_some_and(|following| following.model == Model::Fork);
        let caught = forks && ordered.is_none_or(|since| at(now) < since);
        Sigchld {
            disposition: if caught {
                Disposition::Caught
            } else {
                Disposition::Default
            },
            blocked: false,
            pending: false,
        }
    }

    /// What a reading finds.
    fn sample(&self, now: u64) -> Sample {
        let there = self.callers.iter().filter(|caller| caller.came <= now);
        let (served, waiting): (Vec<&Caller>, Vec<&Caller>) = there.partition(|caller| caller.accepted);
        let listener = ListenerReading {
            inode: 1,
            local: address(9190),
            queue: u32::try_from(waiting.len()).ok(),
            backlog: Some(128),
        };
        let blocked = match served.first() {
            None => BlockedReading {
                call: Call::Accept4,
                fd: Some(3),
            },
            Some(_) => BlockedReading {
                call: Call::Read,
                fd: Some(4),
            },
        };
        let mut held = vec![(3, 1)];
        held.extend(served.iter().map(|caller| (4, u64::from(caller.port))));
        let mut parent = reading(PARENT, GUARDIAN, 0, State::Sleeping, Some(blocked), &held);
        parent.sigchld = Some(self.sigchld(now));
        let mut processes = vec![parent];
        // Nobody has a descriptor of what was not accepted, so it has no inode.
        let callers = served.iter().map(|caller| (u64::from(caller.port), caller.port));
        let callers = callers.chain(waiting.iter().map(|caller| (0, caller.port)));
        let mut connections: Vec<ConnectionReading> = callers
            .map(|(inode, port)| ConnectionReading {
                inode,
                local: address(9190),
                peer: address(port),
                state: TcpState::Established,
            })
            .collect();
        for child in self.children.iter().filter(|child| child.is_there(now)) {
            let gone = child.exited.filter(|_| !child.is_alive(now));
            let inode = child.port.map_or(0, u64::from);
            let busy = child.pid == 4140;
            let (state, blocked) = match gone {
                Some(_) => (State::Zombie, None),
                None if busy => (State::Running, None),
                None => (
                    State::Sleeping,
                    Some(BlockedReading {
                        call: Call::Read,
                        fd: Some(4),
                    }),
                ),
            };
            let held: &[(i32, u64)] = if gone.is_some() { &[] } else { &[(4, inode)] };
            let parent = child.adopter.unwrap_or(child.parent);
            let mut one = reading(child.pid, parent, child.born, state, blocked, held);
            if let Some((_, status)) = gone {
                one.exit = status;
            } else if let Some(port) = child.port {
                connections.push(ConnectionReading {
                    inode,
                    local: address(9190),
                    peer: address(port),
                    state: TcpState::Established,
                });
            }
            processes.push(one);
        }
        connections.dedup();
        Sample {
            at: at(now),
            processes,
            sockets: Some(Sockets {
                listeners: vec![listener],
                connections,
            }),
        }
    }
}

/// A process as a reading finds it.
pub(super) fn reading(
    pid: Pid,
    parent: Pid,
    born: u64,
    state: State,
    blocked: Option<BlockedReading>,
    held: &[(i32, u64)],
) -> Reading {
    let held: Vec<HeldSocket> = held
        .iter()
        .map(|(fd, inode)| HeldSocket { fd: *fd, inode: *inode })
        .collect();
    Reading {
        key: Key {
            pid,
            start_ticks: 100_000 + born,
        },
        root: pid == PARENT,
        parent,
        ns_pid: Some(pid),
        state,
        threads: 1,
        uid: 0,
        names: Arc::new(Names {
            comm: b"forkscope"[..].into(),
            command: b"forkscope\0serve\0"[..].into(),
        }),
        cpu: Duration::from_millis(10),
        rss: 2 << 20,
        fds: Some(4),
        sockets: Some(held.into()),
        sigchld: Some(Sigchld {
            disposition: Disposition::Default,
            blocked: false,
            pending: false,
        }),
        blocked,
        wchan: None,
        exit: ExitStatus::Unknown,
    }
}
