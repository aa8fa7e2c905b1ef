//! The processes of a lesson as the tool moves them: launched under the guardian, each on a connection of its own,
//! let go on line by line, and waited for until the kernel says that they are where they should be.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};

use crate::observe::live::{Live, Running};
use crate::observe::{News, Powers, Proc, Scope, Source, Wanted};
use crate::target::end::Survivor;
use crate::target::launch::{LaunchError, Spec, launch};
use crate::target::launched::Launched;
use crate::target::signal::{self, SignalError};
use crate::timeline::process::{Key, Pid};

use super::probe::Seen;
use super::reading;
use super::script::{Act, Lesson, Until, Whom};
use super::wire::{Birth, GO, Said};

/// How long a process may take to get where it should be.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the kernel is asked whether it is there.
const LOOK: Duration = Duration::from_millis(2);

/// How often the live tree of a lesson is read.
const INTERVAL: Duration = Duration::from_millis(100);

/// What goes wrong on stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The processes could not be started.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// A call of the tool's own.
    #[error("the lesson could not {operation}")]
    Call {
        /// What it wanted to do.
        operation: &'static str,
        /// What the kernel said.
        source: io::Error,
    },
    /// A process is not where it should be.
    #[error("{role} did not get there in time: {wanted:?}; it stands {stands}; the lesson's processes said: {said:?}")]
    Late {
        /// Which.
        role: String,
        /// What was waited for.
        wanted: Until,
        /// Where it stands.
        stands: String,
        /// Their last output.
        said: Vec<String>,
    },
    /// There is no such process.
    #[error("{0} is not on stage")]
    Nobody(String),
    /// A signal could not be sent.
    #[error(transparent)]
    Signal(#[from] SignalError),
    /// The student has left.
    #[error("the lesson was left")]
    Left,
}

fn call<T, E: Into<io::Error>>(operation: &'static str, result: Result<T, E>) -> Result<T, StageError> {
    result.map_err(|source| StageError::Call {
        operation,
        source: source.into(),
    })
}

/// A process on stage.
#[derive(Debug)]
pub struct Actor {
    /// Which process, for good.
    pub key: Key,
    /// Who forked it.
    pub parent: Option<Pid>,
    /// The line that it is about to execute, or is executing, from 0; none before its first.
    pub line: Option<usize>,
    /// It has been let go from that line, and has not come to another.
    pub on_its_way: bool,
    /// The program of the lesson that it runs.
    pub program: String,
    /// Where its variables stand.
    pub variables: BTreeMap<String, u64>,
    connection: Option<Connection>,
}

#[derive(Debug)]
struct Connection {
    stream: UnixStream,
    /// What came of a line that is not yet whole.
    begun: Vec<u8>,
}

/// Who wants to know what the observer of a stage sees.
pub type Audience = Arc<dyn Fn(News) -> bool + Send + Sync>;

/// What a stage is opened with.
#[derive(Clone)]
pub struct Opening {
    /// The soft limit of open files that the processes get.
    pub nofile: Option<u64>,
    /// Whoever watches the processes, besides the steps.
    pub audience: Option<Audience>,
    /// True once the student has left: nothing is waited for any more.
    pub left: Arc<std::sync::atomic::AtomicBool>,
}

/// The processes of one program. Dropping it ends them.
pub struct Stage {
    launched: Launched,
    running: Option<Running>,
    listener: UnixListener,
    guests: Vec<(Pid, Connection)>,
    /// Who is on stage, also those that have ended.
    pub actors: BTreeMap<Birth, Actor>,
    client: Option<TcpStream>,
    seen: Seen,
    opening: Opening,
}

impl Stage {
    /// Starts the first process of a program, and waits until it stands at its first line.
    pub fn open(lesson: &Lesson, program: &str, opening: &Opening) -> Result<Self, StageError> {
        let name = call("think of a name for its socket", secret())?;
        let listener = SocketAddr::from_abstract_name(name.as_bytes()).and_then(|at| UnixListener::bind_addr(&at));
        let listener = call("open its socket", listener)?;
        call("prepare its socket", listener.set_nonblocking(true))?;
        let words = ["forkscope", "subject", &lesson.name, program, "--control", &name];
        let gated = launch(Spec {
            argv: words.map(OsString::from).to_vec(),
            program: Some("/proc/self/exe".into()),
            pass_fd: None,
            nofile: opening.nofile,
        })?;
        let key = call("read /proc", Proc::system().key(gated.root))?;
        let running = opening.audience.as_ref().map(|audience| {
            let source = Source::of_gated(key.pid, &Powers::probe(), Wanted::Best);
            let scope = Scope {
                roots: vec![key],
                adopter: Some(gated.guardian),
            };
            let audience = Arc::clone(audience);
            let live = Live::new(Proc::system(), scope, INTERVAL).with(source);
            Running::start(live, Arc::new(move |news| audience(news)))
        });
        let running = call("start the observer", running.transpose())?;
        let mut stage = Self {
            launched: gated.release()?,
            running,
            listener,
            guests: Vec::new(),
            actors: BTreeMap::new(),
            client: None,
            seen: Seen::Nobody,
            opening: opening.clone(),
        };
        stage.wait("P", &[Birth::default()], &Until::Stopped)?;
        Ok(stage)
    }

    /// Ends all of it; who could not be ended.
    pub fn close(self) -> Vec<Survivor> {
        drop(self.running);
        self.launched.end()
    }

    /// The guardian, who adopts orphans here.
    pub fn guardian(&self) -> Pid {
        self.launched.guardian()
    }

    /// What its processes have printed, in lines.
    pub fn output(&self) -> Vec<String> {
        let lines = self.launched.output().lines().lines;
        lines.iter().map(|line| crate::words::names::visible(line)).collect()
    }

    /// What the client has seen until now.
    pub fn seen(&mut self) -> Seen {
        let mut bytes = [0; 512];
        while let Some(client) = &mut self.client {
            let text = match &self.seen {
                Seen::Text(text) => text.clone(),
                Seen::End(_) => break,
                Seen::Nobody | Seen::Connected => String::new(),
            };
            match client.read(&mut bytes) {
                Ok(0) => self.seen = Seen::End(text),
                Ok(count) => self.seen = Seen::Text(text + &String::from_utf8_lossy(&bytes[..count])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // A reset is an end too.
                Err(_) => self.seen = Seen::End(text),
            }
        }
        self.seen.clone()
    }

    /// Does one thing.
    pub fn act(&mut self, lesson: &Lesson, act: &Act) -> Result<(), StageError> {
        match act {
            Act::Move(whom, until) => {
                let (role, births) = self.resolve(lesson, whom)?;
                self.set_going(lesson, &births, until)?;
                self.wait(&role, &births, until)?;
                // Somebody may have been born on the way, and stands where it was born.
                match self.resolve(lesson, whom)? {
                    (_, now) if now == births => Ok(()),
                    _ => self.act(lesson, act),
                }
            }
            Act::Work(whom) => {
                let births = self.resolve(lesson, whom)?.1;
                let used = |stage: &Self| -> Vec<u64> {
                    let actors = births.iter().filter_map(|birth| stage.actors.get(birth));
                    actors
                        .map(|actor| reading::processor(actor.key).unwrap_or(u64::MAX))
                        .collect()
                };
                let before = used(self);
                let worked = |stage: &Self| {
                    used(stage)
                        .iter()
                        .zip(&before)
                        .all(|(now, before)| *now > before.saturating_add(5))
                };
                let deadline = Instant::now() + PATIENCE;
                while !worked(self) && Instant::now() < deadline && !self.is_left() {
                    self.pump(LOOK)?;
                }
                Ok(())
            }
            Act::Signal(whom, number) => {
                for birth in self.resolve(lesson, whom)?.1 {
                    let actor = self
                        .actors
                        .get(&birth)
                        .ok_or_else(|| StageError::Nobody(birth.0.clone()))?;
                    signal::send(actor.key, *number)?;
                }
                Ok(())
            }
            Act::Connect(role, variable) => {
                let birth = lesson.birth(role).cloned().unwrap_or_default();
                let actor = self
                    .actors
                    .get(&birth)
                    .ok_or_else(|| StageError::Nobody(role.clone()))?;
                let port = call("read the port", reading::variable(actor, variable))?;
                let port = u16::try_from(port).unwrap_or(0);
                let stream = call("connect its client", TcpStream::connect((Ipv4Addr::LOCALHOST, port)))?;
                call("prepare its client", stream.set_nonblocking(true))?;
                (self.client, self.seen) = (Some(stream), Seen::Connected);
                Ok(())
            }
            Act::Send(text) => match &mut self.client {
                Some(client) => call("send", client.write_all(text.as_bytes())),
                None => Err(StageError::Nobody("client".to_owned())),
            },
            Act::ClientSees => {
                let before = self.seen.clone();
                let deadline = Instant::now() + PATIENCE;
                while self.seen() == before && Instant::now() < deadline && !self.is_left() {
                    self.pump(LOOK)?;
                }
                Ok(())
            }
            Act::Printed(text) => {
                let deadline = Instant::now() + PATIENCE;
                let printed = |stage: &Self| stage.output().iter().any(|line| line.contains(text.as_str()));
                while !printed(self) && Instant::now() < deadline && !self.is_left() {
                    self.pump(LOOK)?;
                }
                Ok(())
            }
            Act::HangUp => {
                self.client = None;
                self.seen = Seen::Nobody;
                Ok(())
            }
        }
    }

    fn is_left(&self) -> bool {
        self.opening.left.load(std::sync::atomic::Ordering::Acquire)
    }

    /// Whom it is about: of several, all that the kernel lists by now.
    fn resolve(&mut self, lesson: &Lesson, whom: &Whom) -> Result<(String, Vec<Birth>), StageError> {
        let birth = |role: &String| {
            lesson
                .birth(role)
                .cloned()
                .ok_or_else(|| StageError::Nobody(role.clone()))
        };
        match whom {
            Whom::One(_) => {}
            Whom::ChildrenOf(_) | Whom::Everybody => self.gather()?,
        }
        Ok(match whom {
            Whom::Everybody => {
                let alive = self
                    .actors
                    .iter()
                    .filter(|(_, actor)| !matches!(reading::state(actor.key), None | Some('Z')));
                ("*".to_owned(), alive.map(|(birth, _)| birth.clone()).collect())
            }
            Whom::One(role) => (role.clone(), vec![birth(role)?]),
            Whom::ChildrenOf(role) => {
                let parent = birth(role)?;
                let children = self
                    .actors
                    .keys()
                    .filter(|birth| birth.parent().as_ref() == Some(&parent));
                (format!("{role}/*"), children.cloned().collect())
            }
        })
    }

    /// Lets processes go from their lines, together, where what is expected of them needs that.
    fn set_going(&mut self, lesson: &Lesson, births: &[Birth], until: &Until) -> Result<(), StageError> {
        match until {
            Until::Line(label) => {
                for birth in births {
                    self.walk(lesson, birth, label)?;
                }
            }
            Until::Blocked(_) | Until::Ended => {
                for birth in births {
                    self.wait_for(birth)?;
                }
                for birth in births {
                    self.go(birth);
                }
            }
            // It may run another program before it has stopped at any line.
            Until::Becomes(_) => {
                for birth in births {
                    self.go(birth);
                }
            }
            Until::State(_) | Until::Gone | Until::Stopped => {}
        }
        Ok(())
    }

    /// Waits until every living process that the kernel lists has said who it is.
    fn gather(&mut self) -> Result<(), StageError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let known = |pid: Pid| {
                self.actors
                    .values()
                    .any(|actor| actor.key.pid == pid && actor.line.is_some())
            };
            let listed = reading::tree(self);
            let missing = listed.iter().find(|(pid, _, state)| *state != 'Z' && !known(*pid));
            let Some((pid, ..)) = missing else { return Ok(()) };
            if self.is_left() {
                return Err(StageError::Left);
            }
            if Instant::now() >= deadline {
                return Err(StageError::Nobody(pid.to_string()));
            }
            self.pump(LOOK)?;
        }
    }

    /// Waits until somebody is there.
    fn wait_for(&mut self, birth: &Birth) -> Result<(), StageError> {
        if self.actors.get(birth).is_none_or(|actor| actor.line.is_none()) {
            self.wait(&birth.0, std::slice::from_ref(birth), &Until::Stopped)?;
        }
        Ok(())
    }

    /// Line by line to that one.
    fn walk(&mut self, lesson: &Lesson, birth: &Birth, label: &str) -> Result<(), StageError> {
        self.wait_for(birth)?;
        loop {
            let Some(actor) = self.actors.get(birth) else {
                return Err(StageError::Nobody(birth.0.clone()));
            };
            let line = lesson
                .programs
                .get(&actor.program)
                .and_then(|program| program.labels.get(label));
            // It may be on its way to a program that knows the line.
            if !actor.on_its_way && line.is_some() && actor.line.as_ref() == line {
                return Ok(());
            }
            self.go(birth);
            self.wait(&birth.0, std::slice::from_ref(birth), &Until::Stopped)
                .map_err(|error| match error {
                    StageError::Late { role, stands, said, .. } => StageError::Late {
                        role,
                        wanted: Until::Line(label.to_owned()),
                        stands,
                        said,
                    },
                    other => other,
                })?;
        }
    }

    /// Lets one go, if it waits for that.
    fn go(&mut self, birth: &Birth) {
        let Some(actor) = self
            .actors
            .get_mut(birth)
            .filter(|actor| !actor.on_its_way && actor.line.is_some())
        else {
            return;
        };
        actor.on_its_way = true;
        if let Some(connection) = &mut actor.connection {
            // One that has been killed meanwhile is seen to be gone by whoever waits for it.
            let _ = connection.stream.write_all(&[GO]);
        }
    }

    /// Waits until all of them are there.
    fn wait(&mut self, role: &str, births: &[Birth], until: &Until) -> Result<(), StageError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let late = births.iter().find(|birth| !self.is_there(birth, until));
            let Some(late) = late else { return Ok(()) };
            if self.is_left() {
                return Err(StageError::Left);
            }
            if Instant::now() >= deadline {
                let stands = self.actors.get(late).map(|actor| {
                    let state = reading::state(actor.key);
                    format!(
                        "at line {:?} in state {state:?}, {:?}",
                        actor.line.map(|line| line + 1),
                        reading::call(actor.key)
                    )
                });
                let role = role.to_owned();
                return Err(StageError::Late {
                    role,
                    wanted: until.clone(),
                    stands: stands.unwrap_or_else(|| "nowhere".to_owned()),
                    said: self.output(),
                });
            }
            self.pump(LOOK)?;
        }
    }

    fn is_there(&self, birth: &Birth, until: &Until) -> bool {
        let Some(actor) = self.actors.get(birth) else {
            return false;
        };
        match until {
            Until::Line(_) | Until::Stopped => actor.line.is_some() && !actor.on_its_way,
            Until::Blocked(calls) => {
                let blocked = reading::call(actor.key).is_some_and(|call| calls.contains(&call));
                // Its call is known before the signal that will take it out of there has come.
                blocked && !reading::is_pending(actor.key) && reading::state(actor.key) == Some('S')
            }
            Until::Ended => matches!(reading::state(actor.key), None | Some('Z' | 'X')),
            Until::Becomes(name) => reading::name(actor.key).is_some_and(|found| found == *name),
            Until::State(state) => reading::state(actor.key) == Some(*state),
            Until::Gone => reading::state(actor.key).is_none(),
        }
    }

    /// Takes what processes have to say, waiting for it as long as that.
    fn pump(&mut self, patience: Duration) -> Result<(), StageError> {
        self.listen(patience)?;
        self.welcome()?;
        for index in (0..self.guests.len()).rev() {
            let lines = self.guests[index].1.lines();
            if let Some(Said::Hello(birth, program)) = lines.as_ref().and_then(|lines| lines.first()) {
                let (pid, connection) = self.guests.swap_remove(index);
                self.enter(pid, birth.clone(), program.clone(), connection);
                let rest = lines.unwrap_or_default().split_off(1);
                self.actors
                    .values_mut()
                    .filter(|actor| actor.key.pid == pid)
                    .for_each(|actor| actor.hear(&rest));
            } else if lines.is_none() {
                self.guests.swap_remove(index);
            }
        }
        for actor in self.actors.values_mut() {
            if let Some(connection) = &mut actor.connection {
                match connection.lines() {
                    Some(lines) => actor.hear(&lines),
                    None => actor.connection = None,
                }
            }
        }
        Ok(())
    }

    fn listen(&self, patience: Duration) -> Result<(), StageError> {
        let actors = self.actors.values().filter_map(|actor| actor.connection.as_ref());
        let connections = actors.chain(self.guests.iter().map(|(_, connection)| connection));
        let mut fds = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        fds.extend(connections.map(|connection| PollFd::new(connection.stream.as_fd(), PollFlags::POLLIN)));
        let patience = PollTimeout::try_from(patience).unwrap_or(PollTimeout::ZERO);
        match poll(&mut fds, patience) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(errno) => call("wait for its processes", Err(errno)),
        }
    }

    /// Takes connections of processes of this stage, and of nobody else.
    fn welcome(&mut self) -> Result<(), StageError> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return call("take a connection", Err(error)),
            };
            let peer = call("ask who connects", getsockopt(&stream, PeerCredentials))?;
            if reading::is_below(peer.pid(), self.launched.guardian()) {
                call("prepare a connection", stream.set_nonblocking(true))?;
                let begun = Vec::new();
                self.guests.push((peer.pid(), Connection { stream, begun }));
            }
        }
    }

    /// A process says who it is. One that is there already runs another program of the lesson now.
    fn enter(&mut self, pid: Pid, birth: Birth, program: String, connection: Connection) {
        // Killed at once: nobody that could be shown.
        let Ok(key) = Proc::system().key(pid) else { return };
        let parent = birth
            .parent()
            .and_then(|parent| self.actors.get(&parent))
            .map(|actor| actor.key.pid);
        let actor = Actor {
            key,
            parent,
            line: None,
            on_its_way: false,
            program,
            variables: BTreeMap::new(),
            connection: Some(connection),
        };
        self.actors.insert(birth, actor);
    }
}

impl Actor {
    fn hear(&mut self, lines: &[Said]) {
        for said in lines {
            if let Said::At(line, variables) = said {
                self.line = Some(*line);
                self.on_its_way = false;
                self.variables.clone_from(variables);
            }
        }
    }
}

impl Connection {
    /// The whole lines that have come; `None` at the end of the connection.
    fn lines(&mut self) -> Option<Vec<Said>> {
        let mut bytes = [0; 4096];
        let mut open = true;
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => open = false,
                Ok(count) => {
                    self.begun.extend(&bytes[..count]);
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => open = false,
            }
            break;
        }
        let end = self
            .begun
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let whole: Vec<u8> = self.begun.drain(..end).collect();
        let lines: Vec<Said> = String::from_utf8_lossy(&whole)
            .lines()
            .filter_map(Said::decode)
            .collect();
        (open || !lines.is_empty()).then_some(lines)
    }
}

/// A name that nobody can guess.
fn secret() -> io::Result<String> {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
    Ok(format!("forkscope-{}", hex.collect::<String>()))
}
