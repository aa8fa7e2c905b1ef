//! A server under test: a real process, its process table as /proc has it, and an end that leaves nothing behind.
//! What the table should look like is the tests' affair.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use forkscope::server::config::{Model, Policy};
use forkscope::server::control::{Controller, Order, OrderError, pair};
use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;

/// Long enough for a machine that is busy with other things; nothing waits for it to pass.
pub(crate) const DEADLINE: Duration = Duration::from_mins(1);

/// A process in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) pid: i32,
    pub(crate) parent: i32,
    pub(crate) state: char,
    /// User and system time, in ticks of 10 ms.
    pub(crate) ticks: u64,
    group: i32,
}

impl Row {
    pub(crate) fn is_zombie(&self) -> bool {
        self.state == 'Z'
    }

    /// Where its descriptors point.
    pub(crate) fn descriptors(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(format!("/proc/{}/fd", self.pid)) else {
            return Vec::new();
        };
        let links = entries
            .flatten()
            .filter_map(|entry| std::fs::read_link(entry.path()).ok());
        links.map(|link| link.to_string_lossy().into_owned()).collect()
    }
}

/// `forkscope serve`, leader of a process group by which its descendants are found, wherever they were adopted.
#[derive(Debug)]
pub(crate) struct Served {
    child: Child,
    pub(crate) address: SocketAddr,
    control: Option<Controller>,
}

impl Served {
    /// Starts it on a free port, with these flags.
    pub(crate) fn start(flags: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
        command.args(["serve", "--port", "0"]).args(flags).stdin(Stdio::null());
        Self::spawn(command, None)
    }

    /// Starts it with a policy, and somebody to give orders: its control socket is standard input.
    pub(crate) fn under_orders(policy: Policy) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
        command.args(["serve", "--port", "0", "--control-fd", "0", "--reap", policy.name()]);
        Self::spawn_under_orders(command)
    }

    pub(crate) fn spawn_under_orders(mut command: Command) -> Self {
        let (controller, servers_end) = pair().unwrap();
        command.stdin(Stdio::from(servers_end));
        Self::spawn(command, Some(controller))
    }

    pub(crate) fn spawn(mut command: Command, control: Option<Controller>) -> Self {
        // Orphans come to us, so that their end can be seen to whatever the init of this machine does.
        prctl::set_child_subreaper(true).unwrap();
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let child = command.spawn().unwrap();
        let nowhere = SocketAddr::from(([0, 0, 0, 0], 0));
        let mut served = Self {
            child,
            address: nowhere,
            control,
        };
        let mut line = String::new();
        BufReader::new(served.child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let words: Vec<&str> = line.trim_end_matches('\n').split(' ').collect();
        let ["listening", address, "pid", pid] = words[..] else {
            panic!("not a listening line: {line:?}; {}", served.end_and_read_stderr());
        };
        assert_eq!(pid, served.pid().to_string());
        served.address = address.parse().unwrap();
        served
    }

    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// The server's own row.
    pub(crate) fn row(&self) -> Row {
        row(self.pid()).expect("the server has a row until it is waited for")
    }

    /// All its descendants, zombies and orphans too. Orphans that have ended are reaped here, as init would.
    pub(crate) fn descendants(&self) -> Vec<Row> {
        let me = i32::try_from(std::process::id()).unwrap();
        let mut rows = group(self.pid());
        rows.retain(|row| row.pid != self.pid());
        for row in rows.iter().filter(|row| row.parent == me && row.is_zombie()) {
            let _ = waitpid(Pid::from_raw(row.pid), None);
        }
        rows.retain(|row| !(row.parent == me && row.is_zombie()));
        rows
    }

    /// How many descendants are zombies, and how many are not.
    pub(crate) fn census(&self) -> (usize, usize) {
        let rows = self.descendants();
        let zombies = rows.iter().filter(|row| row.is_zombie()).count();
        (zombies, rows.len() - zombies)
    }

    /// Waits until the census is this.
    pub(crate) fn until_census(&self, zombies: usize, alive: usize) {
        until(|| match self.census() {
            census if census == (zombies, alive) => Ok(()),
            census => Err(format!("(zombies, alive) is {census:?} and not {:?}", (zombies, alive))),
        });
    }

    /// Waits until SIGCHLD is this: blocked, ignored, caught, as the server's /proc/PID/status has it. (For a moment,
    /// while it forks or its handler runs, it is always blocked.)
    pub(crate) fn until_sigchld(&self, expected: [bool; 3]) {
        until(|| {
            let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
            let found = ["SigBlk:\t", "SigIgn:\t", "SigCgt:\t"].map(|name| {
                let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
                u64::from_str_radix(line, 16).unwrap() >> (Signal::SIGCHLD as u32 - 1) & 1 == 1
            });
            if found == expected {
                Ok(())
            } else {
                Err(format!("SIGCHLD is {found:?} and not {expected:?}"))
            }
        });
    }

    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address)
    }

    /// Clients that came one after the other, each of whom is served.
    pub(crate) fn clients(&self, count: usize) -> Vec<Client> {
        let mut clients: Vec<Client> = (0..count).map(|_| self.connect()).collect();
        clients.iter_mut().for_each(Client::talk);
        clients
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    pub(crate) fn order(&self, policy: Policy) -> Result<(), OrderError> {
        self.obey(Order::Reap(policy))
    }

    pub(crate) fn become_model(&self, model: Model) -> Result<(), OrderError> {
        self.obey(Order::Become(model))
    }

    fn obey(&self, order: Order) -> Result<(), OrderError> {
        let control = self.control.as_ref().expect("started under orders");
        control.order(order, || {
            self.signal(Signal::SIGUSR1);
            Ok(())
        })
    }

    /// Waits until the server has ended: its exit code, or 128 + the signal.
    pub(crate) fn ended(&mut self) -> i32 {
        until(|| {
            let status = self.child.try_wait().unwrap().ok_or("the server goes on")?;
            Ok::<i32, &str>(status.code().or(status.signal().map(|signal| 128 + signal)).unwrap())
        })
    }

    /// Ends it and whatever it left, and gives all that they said on standard error.
    pub(crate) fn end_and_read_stderr(&mut self) -> String {
        let _ = kill(Pid::from_raw(self.pid()), Signal::SIGTERM);
        self.ended();
        let left = self.end_descendants();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(left.is_empty(), "left behind: {left:?}; it said: {said}");
        said
    }

    /// Kills what is left of it, until nothing is: what it found at first.
    fn end_descendants(&self) -> Vec<Row> {
        let found = self.descendants();
        let deadline = Instant::now() + DEADLINE;
        loop {
            let rows = self.descendants();
            if rows.is_empty() || Instant::now() > deadline {
                return found;
            }
            for row in rows {
                let _ = kill(Pid::from_raw(row.pid), Signal::SIGKILL);
            }
            pause();
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.end_descendants();
        let rows = self.descendants();
        assert!(rows.is_empty() || std::thread::panicking(), "left behind: {rows:?}");
    }
}

/// A client. It leaves by being dropped.
#[derive(Debug)]
pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        Self(stream)
    }

    /// Says a line and hears it back.
    pub(crate) fn talk(&mut self) {
        self.0.write_all(b"hello\n").unwrap();
        let mut heard = [0; 6];
        self.0.read_exact(&mut heard).unwrap();
        assert_eq!(&heard, b"hello\n");
    }

    /// Whether the server closes without a word.
    pub(crate) fn is_turned_away(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(count) => count == 0,
            Err(error) => error.raw_os_error() == Some(Errno::ECONNRESET as i32),
        }
    }
}

/// Asks again and again until the answer is `Ok`, and panics with the last `Err` when that takes too long.
pub(crate) fn until<T, E: std::fmt::Display>(mut ask: impl FnMut() -> Result<T, E>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(error) => assert!(Instant::now() < deadline, "still after {DEADLINE:?}: {error}"),
        }
        pause();
    }
}

/// Between two questions.
fn pause() {
    std::thread::sleep(Duration::from_millis(5));
}

fn group(group: i32) -> Vec<Row> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(row).filter(|row| row.group == group).collect()
}

fn row(pid: i32) -> Option<Row> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(Row {
        pid,
        state: fields[0].chars().next()?,
        parent: fields[1].parse().ok()?,
        group: fields[2].parse().ok()?,
        ticks: fields[11].parse::<u64>().ok()? + fields[12].parse::<u64>().ok()?,
    })
}
