//! The timeline against chance: the past must not change when more becomes known of later, and memory must stay bounded
//! whatever comes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use super::super::call::Call;
use super::super::lifeline::Reaper;
use super::super::observation::{
    Birth, BlockedReading, ConnectionReading, Exit, HeldSocket, ListenerReading, Lost, Observation, Reap, Sample,
    Sockets,
};
use super::super::process::{ExitStatus, Key, Pid, State};
use super::super::sockets::TcpState;
use super::super::time::{Time, When};
use super::super::tree::Ghosts;
use super::super::{Limits, Timeline};
use super::script::answers::{log, queues, totals, tree};
use super::script::{ms, reading};

/// Numbers by chance, the same for the same seed (xorshift64*, Vigna 2016).
struct Chance(u64);

impl Chance {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// A process of the made-up world.
#[derive(Debug, Clone)]
struct Process {
    key: Key,
    parent: Pid,
    zombie: bool,
    sockets: Vec<u64>,
    readable: bool,
}

/// A world in which things happen, and are observed at once.
struct World {
    chance: Chance,
    now: u64,
    processes: BTreeMap<Pid, Process>,
    queued: Vec<u16>,
    next: u64,
}

const SERVER: Pid = 10;
const LISTENER: u64 = 7;

impl World {
    fn new(seed: u64) -> Self {
        let server = Process {
            key: Key {
                pid: SERVER,
                start_ticks: 90,
            },
            parent: 1,
            zombie: false,
            sockets: vec![LISTENER],
            readable: true,
        };
        Self {
            chance: Chance::of(seed),
            now: 1000,
            processes: BTreeMap::from([(SERVER, server)]),
            queued: Vec::new(),
            next: 100,
        }
    }

    fn pick(&mut self, wanted: impl Fn(&Process) -> bool) -> Option<Pid> {
        let pids: Vec<Pid> = self
            .processes
            .values()
            .filter(|p| wanted(p))
            .map(|p| p.key.pid)
            .collect();
        let count = u64::try_from(pids.len()).expect("a small number");
        let index = (count > 0).then(|| self.chance.below(count))?;
        pids.get(usize::try_from(index).expect("a small number")).copied()
    }

    /// Something happens a little later.
    fn step(&mut self) -> Observation {
        self.now += 1 + self.chance.below(30);
        let when = When::exactly(ms(self.now));
        match self.chance.below(10) {
            0..=2 => self.birth(when),
            3 => self.exit(when),
            4 => self.reap(when),
            5 => Observation::Lost(Lost {
                at: when.latest,
                count: 0,
            }),
            _ => {
                self.connect();
                self.sample(when.latest)
            }
        }
    }

    fn birth(&mut self, when: When) -> Observation {
        let child = 20 + Pid::try_from(self.chance.below(8)).expect("a small number");
        let Some(parent) = self.pick(|process| !process.zombie && process.key.pid != child) else {
            return self.sample(when.latest);
        };
        if self.processes.contains_key(&child) {
            return self.sample(when.latest);
        }
        let process = Process {
            key: Key {
                pid: child,
                start_ticks: self.now / 10,
            },
            parent,
            zombie: false,
            sockets: self.processes[&parent].sockets.clone(),
            readable: !self.chance.one_in(6),
        };
        self.processes.insert(child, process);
        Observation::Birth(Birth { when, parent, child })
    }

    /// Every status follows from the pid, so that nothing is learnt later.
    fn status(pid: Pid) -> ExitStatus {
        ExitStatus::Code(u8::try_from(pid).unwrap_or(0))
    }

    fn exit(&mut self, when: When) -> Observation {
        let Some(pid) = self.pick(|process| !process.zombie && process.key.pid != SERVER) else {
            return self.sample(when.latest);
        };
        for process in self.processes.values_mut().filter(|process| process.parent == pid) {
            process.parent = 1;
        }
        let process = self.processes.get_mut(&pid).expect("it was picked");
        process.zombie = true;
        process.sockets.clear();
        Observation::Exit(Exit {
            when,
            key: process.key,
            status: Self::status(pid),
        })
    }

    fn reap(&mut self, when: When) -> Observation {
        let Some(pid) = self.pick(|process| process.zombie) else {
            return self.sample(when.latest);
        };
        let process = self.processes.remove(&pid).expect("it was picked");
        Observation::Reap(Reap {
            when,
            key: process.key,
            status: Self::status(pid),
            by: Reaper::Waited(process.parent),
        })
    }

    /// A client comes, is accepted, or goes.
    fn connect(&mut self) {
        match self.chance.below(4) {
            0 => {
                self.next += 1;
                self.queued.push(u16::try_from(self.next).expect("a small number"));
            }
            1 => {
                let Some(pid) = self.pick(|process| !process.zombie) else {
                    return;
                };
                if let Some(port) = self.queued.pop() {
                    let process = self.processes.get_mut(&pid).expect("it was picked");
                    process.sockets.push(u64::from(port));
                }
            }
            2 => {
                let Some(pid) = self.pick(|process| process.sockets.len() > 1) else {
                    return;
                };
                self.processes.get_mut(&pid).expect("it was picked").sockets.pop();
            }
            _ => {}
        }
    }

    fn sample(&mut self, at: Time) -> Observation {
        let mut sockets = Sockets::default();
        let mut held: Vec<u64> = self
            .processes
            .values()
            .flat_map(|process| process.sockets.clone())
            .collect();
        held.sort_unstable();
        held.dedup();
        let local = |port: u16| (std::net::Ipv4Addr::LOCALHOST, port).into();
        for inode in held {
            if inode == LISTENER {
                sockets.listeners.push(ListenerReading {
                    inode,
                    local: local(80),
                    queue: u32::try_from(self.queued.len()).ok(),
                    backlog: Some(5),
                });
                continue;
            }
            sockets.connections.push(ConnectionReading {
                inode,
                local: local(80),
                peer: local(u16::try_from(inode).expect("a port")),
                state: if self.chance.one_in(5) {
                    TcpState::CloseWait
                } else {
                    TcpState::Established
                },
            });
        }
        sockets
            .connections
            .extend(self.queued.iter().map(|port| ConnectionReading {
                inode: 0,
                local: local(80),
                peer: local(*port),
                state: TcpState::Established,
            }));
        let mut readings = Vec::new();
        for process in self.processes.values() {
            // A listing may leave out anybody.
            if process.key.pid != SERVER && self.chance.one_in(10) {
                continue;
            }
            let mut reading = reading(process.key, process.parent);
            reading.root = process.key.pid == SERVER;
            reading.exit = ExitStatus::Unknown;
            let held = process
                .sockets
                .iter()
                .zip(3..)
                .map(|(inode, fd)| HeldSocket { fd, inode: *inode });
            reading.sockets = process.readable.then(|| held.collect::<Arc<[HeldSocket]>>());
            reading.state = match (process.zombie, self.chance.below(3)) {
                (true, _) => State::Zombie,
                (false, 0) => State::Running,
                (false, _) => State::Sleeping,
            };
            if !process.zombie && self.chance.one_in(8) {
                (reading.state, reading.threads) = (State::Zombie, 3);
            }
            readings.push(reading);
        }
        Observation::Sample(Sample {
            at,
            processes: readings,
            sockets: Some(sockets).filter(|_| !self.chance.one_in(12)),
        })
    }
}

/// All that a moment says.
fn told(timeline: &Timeline, t: Time) -> String {
    let ghosts = Ghosts {
        window: Duration::from_millis(120),
        most: 3,
    };
    let moment = timeline.at(t, ghosts);
    let mut told = String::new();
    let _ = write!(
        told,
        "{}\n{}\n{}{}",
        tree(&moment),
        totals(&moment),
        queues(&moment),
        log(timeline, t)
    );
    told
}

#[test]
fn the_past_is_what_the_present_was() {
    for seed in 1..=60 {
        let mut world = World::new(seed);
        let mut timeline = Timeline::default();
        let first = world.sample(ms(1000));
        timeline.apply(&first);
        let mut history = Vec::new();
        for _ in 0..150 {
            let observation = world.step();
            let (revision, before) = (timeline.revision(), told(&timeline, observation.at()));
            timeline.apply(&observation);
            if timeline.revision() == revision {
                assert_eq!(
                    before,
                    told(&timeline, observation.at()),
                    "seed {seed}: it changed under one revision"
                );
            }
            history.push((timeline.now(), told(&timeline, timeline.now())));
        }
        for (t, then) in &history {
            let now = told(&timeline, *t);
            assert!(
                *then == now,
                "seed {seed}, at {} ms\n--- then\n{then}\n--- now\n{now}",
                t.nanos() / 1_000_000
            );
        }
    }
}

/// Whatever comes, in whatever order: the counts of what is kept stay right, everybody has one row, and nobody stands
/// under somebody who is not there.
#[test]
fn disorder_breaks_nothing() {
    for seed in 1..=40 {
        let mut world = World::new(seed);
        let mut told: Vec<Observation> = (0..200).map(|_| world.step()).collect();
        for index in 0..told.len() {
            let other = index.saturating_sub(usize::try_from(world.chance.below(6)).expect("a small number"));
            told.swap(index, other);
        }
        let limits = Limits {
            retention: Duration::from_secs(1),
            lifelines: 12,
            segments: 60,
            sockets: 12,
        };
        let mut timeline = Timeline::new(limits);
        for observation in &told {
            timeline.apply(observation);
            let lives = timeline.lives.all();
            assert_eq!(
                timeline.kept().segments,
                lives.map(|life| life.segments.len()).sum::<usize>(),
                "seed {seed}"
            );
            for t in [timeline.now(), observation.at()] {
                let moment = timeline.at(t, Ghosts::default());
                let mut ids: Vec<_> = moment.rows.iter().map(|row| row.life.id).collect();
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len(), moment.rows.len(), "seed {seed}: a process has two rows");
                let depths = moment.rows.windows(2).all(|rows| rows[1].depth <= rows[0].depth + 1);
                assert!(depths, "seed {seed}: a row stands under nobody");
            }
            for life in timeline.lives.all() {
                let sorted = life.segments.windows(2).all(|pair| pair[0].from < pair[1].from);
                assert!(sorted, "seed {seed}: {:?} goes back in time", life.segments);
            }
        }
    }
}

#[test]
fn a_hundred_thousand_lives_are_kept_and_no_more() {
    let mut timeline = Timeline::default();
    let most = Limits::default().lifelines;
    for count in 0..most + 50 {
        let millis = 1000 + u64::try_from(count).expect("a small number") / 400;
        let when = When::exactly(ms(millis));
        let child = 100 + Pid::try_from(count).expect("a small number");
        let key = Key {
            pid: child,
            start_ticks: millis / 10,
        };
        timeline.apply(&Observation::Birth(Birth {
            when,
            parent: 10,
            child,
        }));
        let status = ExitStatus::Code(0);
        timeline.apply(&Observation::Reap(Reap {
            when,
            key,
            status,
            by: Reaper::Unknown,
        }));
    }
    assert_eq!(timeline.kept().lifelines, most);
    assert_eq!(timeline.forgotten().lifelines, 50);
    let now = timeline.at(timeline.now(), Ghosts::default());
    assert_eq!(now.totals.forked, u64::try_from(most + 50).expect("a small number"));
}

/// A server that lives for hours, changes all the time and holds ever new connections.
#[test]
fn a_long_life_stays_small() {
    let limits = Limits {
        retention: Duration::from_mins(1),
        sockets: 100,
        ..Limits::default()
    };
    let mut timeline = Timeline::new(limits);
    let key = Key {
        pid: SERVER,
        start_ticks: 90,
    };
    let passes: u64 = 20_000;
    for pass in 0..passes {
        let mut server = reading(key, 1);
        server.root = true;
        server.blocked = [
            None,
            Some(BlockedReading {
                call: Call::Accept4,
                fd: Some(3),
            }),
        ][usize::from(pass % 2 == 0)];
        let inodes = [pass + 100, pass + 101];
        server.sockets = Some(
            inodes
                .iter()
                .zip(3..)
                .map(|(inode, fd)| HeldSocket { fd, inode: *inode })
                .collect(),
        );
        let connections = inodes.iter().map(|inode| ConnectionReading {
            inode: *inode,
            local: (std::net::Ipv4Addr::LOCALHOST, 80).into(),
            peer: (
                std::net::Ipv4Addr::LOCALHOST,
                u16::try_from(inode % 60_000).expect("a port"),
            )
                .into(),
            state: TcpState::Established,
        });
        let sample = Sample {
            at: ms(1000 + pass * 100),
            processes: vec![server],
            sockets: Some(Sockets {
                listeners: Vec::new(),
                connections: connections.collect(),
            }),
        };
        timeline.apply(&Observation::Sample(sample));
    }
    let life = timeline.by_key(key).expect("it lives");
    assert!(life.segments.len() <= 512, "{} segments", life.segments.len());
    assert!(timeline.kept().sockets <= 102, "{:?}", timeline.kept());
    // Trimmed at every sixtieth of the retention: ten passes.
    assert!(life.holds.len() <= 120, "{} holds", life.holds.len());
    assert!(timeline.forgotten().segments + timeline.forgotten().sockets > 0);
    let log = timeline.log(timeline.now()).count();
    // Two a pass, in one minute of passes and the second until it is trimmed.
    assert!(log <= 2 * 620, "{log} entries");
}
