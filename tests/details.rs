//! The card of details against the machine: the stock commands that are to prove it are typed, to the letter, about real
//! processes, and what they answer is held against what was read.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that fails")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use forkscope::observe::live::{Live, Running};
use forkscope::observe::{Attention, News, Proc, Scope};
use forkscope::timeline::Timeline;
use forkscope::timeline::call::int;
use forkscope::timeline::detail::{Opens, Particulars, Waits};
use forkscope::timeline::observation::Observation;
use forkscope::timeline::process::{ExitStatus, Key, Pid};
use forkscope::timeline::time::Time;
use forkscope::timeline::tree::Ghosts;
use forkscope::words::doing::Room;
use forkscope::words::proofs::{Fact, proofs};
use forkscope::words::{Language, Words};

/// How long anything here may take.
const DEADLINE: Duration = Duration::from_mins(1);

/// The demo server, ended when this is dropped.
struct Server {
    child: Child,
    port: u16,
    pid: Pid,
}

impl Server {
    fn start(reap: &str) -> Self {
        Self::with(&["--reap", reap])
    }

    fn with(options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_forkscope"))
            .args(["serve", "--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.split([' ', ':']).nth(2).unwrap().parse().unwrap();
        let pid = child.id().cast_signed();
        Self { child, port, pid }
    }

    fn client(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let pid = nix::unistd::Pid::from_raw(self.pid);
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

/// Somebody who watches it.
struct Watcher {
    running: Running,
    news: Receiver<Observation>,
    timeline: Timeline,
}

impl Watcher {
    fn of(pid: Pid) -> Self {
        let proc = Proc::system();
        let scope = Scope {
            roots: vec![proc.key(pid).unwrap()],
            adopter: None,
        };
        let (sender, news) = channel();
        let sender = Mutex::new(sender);
        let sink = Arc::new(move |said: News| match said {
            News::Observed(observation) => sender.lock().unwrap().send(observation).is_ok(),
            News::Capture(_) => true,
        });
        let live = Live::new(proc, scope, Duration::from_millis(50));
        Self {
            running: Running::start(live, sink).unwrap(),
            news,
            timeline: Timeline::default(),
        }
    }

    /// Watches until it is so.
    #[track_caller]
    fn until<T>(&mut self, what: &str, found: impl Fn(&Timeline) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(found) = found(&self.timeline) {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain: {what}");
            if let Ok(observation) = self.news.recv_timeout(Duration::from_millis(200)) {
                self.timeline.apply(&observation);
            }
        }
    }

    /// The children that are there, zombies or not.
    fn children(timeline: &Timeline, of: Pid) -> Vec<(Key, bool)> {
        let moment = timeline.at(timeline.now(), Ghosts::default());
        let rows = moment.rows.iter().filter(|row| row.facts.parent == of);
        rows.filter_map(|row| Some((row.life.key()?, row.is_zombie())))
            .collect()
    }

    /// What is found of a process from now on.
    fn look(&mut self, key: Key) -> Particulars {
        self.running.attend(Attention::default());
        let before: Time = forkscope::observe::clock::now();
        self.running.attend(Attention {
            process: Some(key),
            threads: Vec::new(),
        });
        self.until("a close look", |timeline| {
            let id = timeline.by_key(key)?.id;
            let detail = timeline
                .detail(id, timeline.now())
                .filter(|detail| detail.at > before)?;
            detail.found.as_deref().cloned()
        })
    }
}

/// What a shell answers.
fn answer(command: &str) -> String {
    let output = Command::new("sh").args(["-c", command]).output().unwrap();
    // That nothing was found is an answer, too, which ps and grep give with status 1.
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{command}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The last line of an answer in words.
fn last_row(answer: &str) -> Vec<String> {
    let line = answer.lines().last().unwrap_or_default();
    line.split_whitespace().map(str::to_owned).collect()
}

/// A set of signals after a name in a `status` file.
fn set(answer: &str, name: &str) -> u64 {
    let line = answer.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    u64::from_str_radix(line.trim_start_matches(':').trim(), 16).unwrap()
}

/// The kB of a line of smaps_rollup, in bytes.
fn sum(answer: &str, names: &[&str]) -> u64 {
    let lines = || answer.lines().filter_map(|line| line.split_once(':'));
    let kib = |name: &&str| {
        let (_, value) = lines().find(|(first, _)| first == name).unwrap();
        value.split_whitespace().next().unwrap().parse::<u64>().unwrap()
    };
    names.iter().map(kib).sum::<u64>() * 1024
}

/// Whose child it is, and whose.
fn identity(server: &Server, pid: Pid, found: &Particulars, said: &str) {
    let parent = if pid == server.pid {
        std::process::id().cast_signed()
    } else {
        server.pid
    };
    let name = |uid: u32| nix::unistd::User::from_uid(uid.into()).unwrap().unwrap().name;
    let users = found.users.unwrap();
    let row = last_row(said);
    let numbers = [pid, parent, found.group, found.session].map(|number| number.to_string());
    assert_eq!(row[..4], numbers, "{said}");
    assert_eq!(row[4..6], [name(users.real), name(users.effective)], "{said}");
    assert!(row[6].starts_with('S'), "{said}");
}

fn children(watcher: &Watcher, pid: Pid, said: &str) {
    let mut ours = Watcher::children(&watcher.timeline, pid);
    let mut theirs: Vec<(Pid, bool)> = said
        .lines()
        .skip(1)
        .map(|line| {
            let (pid, state) = line.trim().split_once(' ').unwrap();
            (pid.parse().unwrap(), state.trim().starts_with('Z'))
        })
        .collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    let ours: Vec<(Pid, bool)> = ours.into_iter().map(|(key, zombie)| (key.pid, zombie)).collect();
    assert_eq!(ours, theirs, "{said}");
}

fn descriptors(found: &Particulars, said: &str) {
    for descriptor in found.descriptors.as_ref().unwrap() {
        let link = match &descriptor.opens {
            Opens::Socket(inode) | Opens::Udp { inode, .. } => format!("{} -> socket:[{inode}]", descriptor.fd),
            Opens::Unix(unix) => format!("{} -> socket:[{}]", descriptor.fd, unix.inode),
            Opens::Pipe(inode) => format!("{} -> pipe:[{inode}]", descriptor.fd),
            Opens::Kind(kind) => {
                format!("{} -> anon_inode:{}", descriptor.fd, String::from_utf8_lossy(kind))
            }
            Opens::File(path) => {
                let path = path.as_deref().unwrap();
                format!("{} -> {}", descriptor.fd, String::from_utf8_lossy(path))
            }
        };
        assert!(said.contains(&link), "{link}\n{said}");
    }
    let listed = said.lines().filter(|line| line.contains(" -> ")).count();
    assert_eq!(listed, found.descriptors.as_ref().unwrap().len(), "{said}");
}

/// Types the proofs of a living process, and holds each answer against what was found.
fn prove(server: &Server, watcher: &Watcher, key: Key, found: &Particulars, waits_for_fd: i32) {
    let pid = key.pid;
    for proof in proofs(pid, None) {
        let command = proof.command.as_str();
        let said = answer(command);
        match proof.fact {
            Fact::Identity => identity(server, pid, found, &said),
            Fact::Command => assert!(said.contains("serve --port 0 --reap none"), "{said}"),
            Fact::Program => assert_eq!(
                said.trim().as_bytes(),
                &**found.executable.as_ref().unwrap(),
                "{command}"
            ),
            Fact::Children => children(watcher, pid, &said),
            Fact::Signals => {
                let signals = found.signals.unwrap();
                assert_eq!(set(&said, "SigCgt"), signals.caught, "{said}");
                assert_eq!(set(&said, "SigIgn"), signals.ignored, "{said}");
                assert_eq!(set(&said, "SigBlk"), signals.blocked, "{said}");
                assert_eq!(set(&said, "SigPnd") | set(&said, "ShdPnd"), signals.pending, "{said}");
            }
            Fact::Blocked => {
                let Ok(Waits::In { arguments, .. }) = found.waits else {
                    panic!("{:?}", found.waits)
                };
                assert_eq!(int(arguments[0]), waits_for_fd);
                let second = said.split_whitespace().nth(1).unwrap();
                assert_eq!(second, format!("{:#x}", arguments[0]), "{said}");
            }
            Fact::Descriptors => descriptors(found, &said),
            Fact::Sockets => {
                let moment = watcher.timeline.at(watcher.timeline.now(), Ghosts::default());
                let row = moment.rows.iter().find(|row| row.life.pid == pid).unwrap();
                for line in &row.held.connections {
                    assert!(said.contains(&line.peer().unwrap().to_string()), "{said}");
                }
                let listens = said.contains(&format!("127.0.0.1:{}", server.port));
                assert!(listens, "{said}");
                assert_eq!(said.contains("LISTEN"), pid == server.pid, "{said}");
            }
            Fact::Limit => {
                let (soft, hard) = found.most_descriptors.unwrap();
                let row = last_row(&said);
                let number = |limit: Option<u64>| limit.map_or("unlimited".to_owned(), |limit| limit.to_string());
                assert_eq!(row[3..5], [number(soft), number(hard)], "{said}");
            }
            Fact::Memory => {
                let memory = found.memory.unwrap();
                assert_eq!(sum(&said, &["Rss"]), memory.resident, "{said}");
                // Which pages are shared changes whenever another process maps the same program: only their sum is steady.
                let pages = ["Private_Clean", "Private_Dirty", "Shared_Clean", "Shared_Dirty"];
                assert_eq!(sum(&said, &pages), memory.private + memory.shared, "{said}");
                assert!(memory.private > 0 && memory.shared > 0, "{memory:?}");
            }
            Fact::Cpu => {
                let seconds: u64 = last_row(&said)[0].parse().unwrap();
                assert_eq!(seconds, (found.user_time + found.system_time).as_secs(), "{said}");
            }
            Fact::Namespace => {
                assert!(
                    said.starts_with(&format!("pid:[{}]\n", found.namespace.unwrap())),
                    "{said}"
                );
                assert_eq!(
                    last_row(&said)[1..],
                    found.namespace_pids.iter().map(Pid::to_string).collect::<Vec<_>>()
                );
            }
            Fact::Cgroup => {
                let path = String::from_utf8_lossy(found.cgroup.as_ref().unwrap()).into_owned();
                assert!(said.lines().any(|line| line.ends_with(&format!(":{path}"))), "{said}");
            }
            Fact::Exit => panic!("it has not ended"),
        }
    }
}

#[test]
fn what_the_card_says_is_what_stock_commands_answer() {
    let server = Server::start("none");
    let mut watcher = Watcher::of(server.pid);
    let (_stays, leaves) = (server.client(), server.client());
    watcher.until("two children", |timeline| {
        let moment = timeline.at(timeline.now(), Ghosts::default());
        let connected = |row: &&forkscope::timeline::tree::Row<'_>| !row.held.connections.is_empty();
        (moment.rows.iter().filter(connected).count() == 2).then_some(())
    });
    let root = watcher.until("the server", |timeline| timeline.by_pid(server.pid)?.key());
    let gone = leaves.local_addr().unwrap();
    drop(leaves);
    let zombie = watcher.until("a zombie", |timeline| {
        Watcher::children(timeline, server.pid)
            .into_iter()
            .find(|(_, zombie)| *zombie)
    });
    let child = watcher.until("a child that serves", |timeline| {
        Watcher::children(timeline, server.pid)
            .into_iter()
            .find(|(_, zombie)| !*zombie)
    });
    // Its connection is gone from the table, too.
    watcher.until("one connection", |timeline| {
        let moment = timeline.at(timeline.now(), Ghosts::default());
        let mut lines = moment.rows.iter().flat_map(|row| row.held.connections.iter());
        lines.all(|line| line.peer() != Some(gone)).then_some(())
    });

    let found = watcher.look(root);
    let listener = found
        .descriptors
        .as_ref()
        .unwrap()
        .iter()
        .find(|open| matches!(open.opens, Opens::Socket(_)));
    prove(&server, &watcher, root, &found, listener.unwrap().fd);

    let found = watcher.look(child.0);
    let sockets = found
        .descriptors
        .as_ref()
        .unwrap()
        .iter()
        .filter(|open| matches!(open.opens, Opens::Socket(_)));
    let connection = sockets.map(|open| open.fd).max().unwrap();
    prove(&server, &watcher, child.0, &found, connection);

    let found = watcher.look(zombie.0);
    assert!(found.memory.is_err() && found.executable.is_err(), "{found:?}");
    for proof in proofs(zombie.0.pid, Some(ExitStatus::Code(0))) {
        let said = answer(&proof.command);
        match proof.fact {
            Fact::Identity => assert!(last_row(&said)[6].starts_with('Z'), "{said}"),
            Fact::Exit => {
                let status = last_row(&said)[0].parse().unwrap();
                assert_eq!(ExitStatus::from_wait(status), ExitStatus::Code(0));
            }
            _ => assert!(!said.is_empty(), "{}", proof.command),
        }
    }
}

#[test]
fn each_thread_is_named_with_the_connection_that_it_serves() {
    let server = Server::with(&["--model", "threads"]);
    let mut watcher = Watcher::of(server.pid);
    let key = watcher.until("the server", |timeline| timeline.by_pid(server.pid)?.key());
    let clients = [server.client(), server.client(), server.client()];
    let mut expected: Vec<String> = clients
        .iter()
        .map(|client| format!("read() ← {}", client.local_addr().unwrap()))
        .collect();
    expected.push(format!(":{}", server.port));
    expected.sort_unstable();
    watcher.running.attend(Attention {
        process: None,
        threads: vec![key],
    });
    let words = Words::new(Language::English);
    // Each client has a thread that reads from it, and the first thread accepts.
    let tids = watcher.until("a thread for each client", |timeline| {
        let moment = timeline.at(timeline.now(), Ghosts::default());
        let row = moment.rows.iter().find(|row| row.life.pid == server.pid)?;
        let listed = timeline.threads(row.life.id, timeline.now())?;
        let mut doing: Vec<String> = listed
            .threads
            .iter()
            .map(|thread| words.thread_doing(&moment, row, thread, Room::Wide))
            .map(|doing| doing.rsplit_once(" on ").map_or(doing.clone(), |(_, on)| on.to_owned()))
            .collect();
        doing.sort_unstable();
        (doing == expected && listed.more == 0).then(|| listed.threads.iter().map(|thread| thread.tid).collect())
    });
    let tids: Vec<Pid> = tids;
    let said = answer(&format!("ls /proc/{}/task", server.pid));
    let mut theirs: Vec<Pid> = said.split_whitespace().map(|tid| tid.parse().unwrap()).collect();
    theirs.sort_unstable_by_key(|tid| (*tid != server.pid, *tid));
    assert_eq!(tids, theirs);
}
