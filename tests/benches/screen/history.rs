//! Made-up timelines: a wide tree at one moment, and a long history of short lives.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use forkscope::timeline::call::Call;
use forkscope::timeline::lifeline::Reaper;
use forkscope::timeline::observation::{
    Birth, BlockedReading, ConnectionReading, Exit, HeldSocket, ListenerReading, Observation, Reading, Reap, Sample,
    Sockets,
};
use forkscope::timeline::process::{Disposition, ExitStatus, Key, Names, Pid, Sigchld, State};
use forkscope::timeline::sockets::TcpState;
use forkscope::timeline::time::{Time, When};
use forkscope::tui::look::Look;
use forkscope::tui::state::App;
use forkscope::tui::state::permissions::{Permission, Permissions};
use forkscope::tui::state::subject::Subject;
use forkscope::words::{Language, Words};

/// The server.
const SERVER: Pid = 1_000;

/// When it was started.
const START: Time = Time::from_ticks(100_000);

/// A server with so many children, each with a client, one in twenty of them a zombie.
pub(crate) fn tree(children: u32) -> App {
    let mut app = app();
    let young: Vec<u32> = (1..=children).collect();
    app.timeline.apply(&Observation::Sample(sample(
        START + Duration::from_secs(20),
        &young,
        true,
    )));
    app.clock = START + Duration::from_secs(21);
    app
}

/// So many children, one after the other, each of which lives for a fifth of a second and is waited for.
pub(crate) fn long(lives: u32, span: Duration) -> App {
    let mut app = app();
    let apart = span / lives;
    let (mut living, mut reading): (Vec<u32>, Time) = (Vec::new(), START);
    for number in 1..=lives {
        let now = START + apart * number;
        let when = When::exactly(now);
        app.timeline.apply(&Observation::Birth(Birth {
            when,
            parent: SERVER,
            child: pid(number),
        }));
        living.push(number);
        while living
            .first()
            .is_some_and(|first| apart * (number - first) > Duration::from_millis(200))
        {
            let key = key(living.remove(0), apart);
            let status = ExitStatus::Code(0);
            app.timeline.apply(&Observation::Exit(Exit { when, key, status }));
            let when = When::exactly(now + Duration::from_micros(200));
            let by = Reaper::Waited(SERVER);
            app.timeline.apply(&Observation::Reap(Reap { when, key, status, by }));
        }
        if now.since(reading) >= Duration::from_millis(100) {
            reading = now;
            let mut sample = sample(now, &living, false);
            for process in &mut sample.processes[1..] {
                let number = u32::try_from(process.key.pid - SERVER).expect("a child");
                process.key = self::key(number, apart);
            }
            app.timeline.apply(&Observation::Sample(sample));
        }
        app.clock = now;
    }
    app
}

fn app() -> App {
    let granted = Permission::Granted;
    let permissions = Permissions {
        load: granted,
        orders: granted,
        signals: granted,
    };
    App::new(
        Words::new(Language::English),
        Look::default(),
        Subject::BuiltIn,
        permissions,
    )
}

fn pid(number: u32) -> Pid {
    SERVER + Pid::try_from(number).expect("a small number")
}

fn key(number: u32, apart: Duration) -> Key {
    let born = START + apart * number;
    Key {
        pid: pid(number),
        start_ticks: born.ticks(),
    }
}

/// A reading in which these children serve a client each; with `zombies`, one in twenty has ended.
fn sample(at: Time, children: &[u32], zombies: bool) -> Sample {
    let listener: SocketAddr = (Ipv4Addr::LOCALHOST, 9190).into();
    let mut processes = vec![reading(SERVER, 1, State::Sleeping, 1, Call::Accept4)];
    let mut connections = Vec::new();
    for number in children {
        let state = if zombies && number % 20 == 0 {
            State::Zombie
        } else {
            State::Sleeping
        };
        let inode = 10 + u64::from(*number);
        processes.push(reading(pid(*number), SERVER, state, inode, Call::Read));
        if state != State::Zombie {
            let port = u16::try_from(number % 60_000 + 2_000).expect("a port");
            let peer = (Ipv4Addr::LOCALHOST, port).into();
            let state = TcpState::Established;
            connections.push(ConnectionReading {
                inode,
                local: listener,
                peer,
                state,
            });
        }
    }
    let listeners = vec![ListenerReading {
        inode: 1,
        local: listener,
        queue: Some(0),
        backlog: Some(128),
    }];
    Sample {
        at,
        processes,
        sockets: Some(Sockets { listeners, connections }),
    }
}

fn reading(pid: Pid, parent: Pid, state: State, inode: u64, call: Call) -> Reading {
    let zombie = state == State::Zombie;
    Reading {
        key: Key {
            pid,
            start_ticks: 100_000 + u64::from(pid.unsigned_abs() - SERVER.unsigned_abs()),
        },
        root: pid == SERVER,
        parent,
        ns_pid: None,
        state,
        threads: 1,
        uid: 0,
        names: Arc::new(Names {
            comm: b"server"[..].into(),
            command: b"server\0--port\09190\0"[..].into(),
        }),
        cpu: Duration::from_millis(3),
        rss: 1 << 20,
        fds: Some(4),
        sockets: Some(if zombie {
            Arc::default()
        } else {
            [HeldSocket { fd: 3, inode }][..].into()
        }),
        sigchld: Some(Sigchld {
            disposition: Disposition::Default,
            blocked: false,
            pending: false,
        }),
        blocked: (!zombie).then_some(BlockedReading { call, fd: Some(3) }),
        wchan: None,
        exit: if zombie {
            ExitStatus::Code(0)
        } else {
            ExitStatus::Unknown
        },
    }
}
