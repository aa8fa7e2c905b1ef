//! Servers that are not ours, launched and attached to: a snapshot says of them what `ps` and `ss` say. Where one of
//! the programs is not installed nothing is tested, unless CI is set.

#[path = "foreign/nginx.rs"]
mod nginx;
#[path = "foreign/odd.rs"]
mod odd;
#[path = "foreign/python.rs"]
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{AddressFamily, SockFlag, SockType, SockaddrIn, bind, getsockname, setsockopt, socket, sockopt};
use nix::unistd::Pid;

use super::served::{DEADLINE, until};
use super::tagged::Tag;
use super::tool::{Shot, forkscope};

/// Whether these programs can be run.
fn installed(programs: &[&str]) -> bool {
    let missing = programs.iter().find(|program| {
        let version = if **program == "nginx" { "-v" } else { "-V" };
        Command::new(program).arg(version).output().is_err()
    });
    if let Some(missing) = missing {
        assert!(std::env::var_os("CI").is_none(), "{missing} is not installed");
        eprintln!("skipped: {missing} is not installed");
    }
    missing.is_none()
}

/// A port of loopback that nobody else is given: bound, not listening, and shared with whoever listens there later.
struct Port {
    number: u16,
    _kept: OwnedFd,
}

impl Port {
    fn free() -> Self {
        let socket = socket(AddressFamily::Inet, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).unwrap();
        setsockopt(&socket, sockopt::ReuseAddr, &true).unwrap();
        bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 0)).unwrap();
        let address: SockaddrIn = getsockname(socket.as_raw_fd()).unwrap();
        Self {
            number: address.port(),
            _kept: socket,
        }
    }

    /// Clients, each of whom has said this and heard something.
    fn clients(&self, count: usize, line: &str) -> Vec<TcpStream> {
        (0..count)
            .map(|_| {
                let mut stream = until(|| TcpStream::connect(("127.0.0.1", self.number)));
                stream.set_read_timeout(Some(DEADLINE)).unwrap();
                stream.write_all(line.as_bytes()).unwrap();
                assert!(stream.read(&mut [0; 512]).unwrap() > 0, "the server closed");
                stream
            })
            .collect()
    }
}

/// What other tools say of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    /// Of each process its parent, and the first letter of its state; those that may change at any moment as one.
    processes: BTreeMap<i32, (i32, char)>,
    /// Established connections on the port, by process.
    connections: BTreeMap<i32, usize>,
    /// Who holds the listening socket.
    listening: BTreeSet<i32>,
}

impl Table {
    /// As `ps` and `ss` have it: the root, its children, and the port.
    fn of(root: i32, port: u16) -> Self {
        let root = root.to_string();
        let rows = said_by("ps", &["-o", "pid=,ppid=,stat=", "--pid", &root, "--ppid", &root]);
        let processes = rows.lines().map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let state = words[2].chars().next().unwrap();
            (words[0].parse().unwrap(), (words[1].parse().unwrap(), coarse(state)))
        });
        let at = format!("sport = :{port}");
        let mut connections = BTreeMap::new();
        for pid in holders(&said_by("ss", &["-Htnp", "state", "established", &at])) {
            *connections.entry(pid).or_default() += 1;
        }
        Self {
            processes: processes.collect(),
            connections,
            listening: holders(&said_by("ss", &["-Htlnp", &at])).into_iter().collect(),
        }
    }

    /// As a snapshot has it.
    fn in_shot(shot: &Shot) -> Self {
        let pid = |value: &serde_json::Value| i32::try_from(value.as_i64().unwrap()).unwrap();
        let rows = shot.processes().iter();
        let states = rows.clone().map(|row| {
            let state = row["state"].as_str().unwrap().chars().next().unwrap();
            (pid(&row["pid"]), (pid(&row["ppid"]), coarse(state)))
        });
        let connected = rows
            .map(|row| (pid(&row["pid"]), row["accepted"].as_u64().unwrap()))
            .filter(|(_, count)| *count > 0);
        let listeners = shot.0["listeners"].as_array().unwrap().iter();
        Self {
            processes: states.collect(),
            connections: connected
                .map(|(pid, count)| (pid, usize::try_from(count).unwrap()))
                .collect(),
            listening: listeners
                .flat_map(|listener| listener["held_by"].as_array().unwrap())
                .map(pid)
                .collect(),
        }
    }

    /// How many children are zombies, how many are not, and how many connections there are.
    fn census(&self) -> (usize, usize, usize) {
        let zombies = self.processes.values().filter(|(_, state)| *state == 'Z').count();
        let others = self.processes.len() - zombies;
        (zombies, others.saturating_sub(1), self.connections.values().sum())
    }
}

/// Running, sleeping and idle are one: they change while two tools look.
fn coarse(state: char) -> char {
    if "RSDI".contains(state) { 'S' } else { state }
}

fn said_by(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// The pids in what `ss -p` says: `users:(("nginx",pid=12,fd=6),("nginx",pid=11,fd=6))`.
fn holders(said: &str) -> Vec<i32> {
    let numbers = said.split("pid=").skip(1).filter_map(|rest| rest.split(',').next());
    numbers.map(|number| number.parse().unwrap()).collect()
}

/// A snapshot of the server on a port and the other tools agree, once the census is this.
fn agree(root: i32, port: &Port, census: (usize, usize, usize)) -> Shot {
    until(|| {
        let expected = Table::of(root, port.number);
        let shot = Shot::take(&["--listening", &port.number.to_string()]);
        let found = Table::in_shot(&shot);
        if expected == found && found.census() == census && shot.0["roots"][0]["pid"] == root {
            Ok(shot)
        } else {
            Err(format!("{found:?} should be {expected:?}, with the census {census:?}"))
        }
    })
}

/// A server that a test has started itself, and ends with all that is in its process group.
struct Stranger(Child);

impl Stranger {
    fn start(command: &mut Command) -> Self {
        use std::os::unix::process::CommandExt as _;
        let command = command.process_group(0).stdin(Stdio::null());
        Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        // Not waited for yet, so that pid and group are still its own.
        let _ = nix::sys::signal::killpg(Pid::from_raw(self.pid()), Signal::SIGKILL);
        let _ = self.0.wait();
    }
}

/// Launches a server and looks at it with the other tools while the picture is being waited for: they agree. Tried with
/// more and more patience, until what is to be seen has come in time. `come` lets clients come that stay, and says who
/// is the topmost of the server.
fn launched_agrees<C>(
    port: &Port,
    argv: &[&str],
    census: (usize, usize, usize),
    come: impl Fn(&Port) -> (i32, C),
) -> Shot {
    let mut last = String::new();
    for after in ["3s", "8s", "20s"] {
        let tag = Tag::new();
        let mut command = forkscope();
        command.args(["snapshot", "--json", "--after", after, "--"]).args(argv);
        command
            .env(Tag::NAME, tag.value())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut tool = command.spawn().unwrap();
        let (root, clients) = come(port);
        // Several, since the last may show how the server is being ended.
        let mut seen: Vec<Table> = Vec::new();
        while tool.try_wait().unwrap().is_none() {
            let table = Table::of(root, port.number);
            if table.census() == census && !seen.contains(&table) {
                seen.push(table);
            }
        }
        let shot = Shot::of(&tool.wait_with_output().unwrap());
        tag.until_none();
        drop(clients);
        let found = Table::in_shot(&shot);
        if found.census() == census && seen.contains(&found) {
            return shot;
        }
        last = format!("{found:?} should be one of {seen:?}");
    }
    panic!("{last}");
}
