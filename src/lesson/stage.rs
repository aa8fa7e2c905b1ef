//! The processes of a lesson as the tool moves them: launched under the guardian, each on a connection of its own
//! (`door`, `actor`), let go on line by line and waited for until the kernel says that they are where they should be
//! (`moves`), as the acts of a step ask for it (`acts`).

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::observe::live::{Live, Running};
use crate::observe::{News, Powers, Proc, Scope, Source, Wanted};
use crate::target::end::Survivor;
use crate::target::launch::{LaunchError, Spec, launch};
use crate::target::launched::Launched;
use crate::target::signal::{self, SignalError};
use crate::timeline::process::Pid;

use super::probe::Seen;
use super::reading;
use super::script::{Lesson, Until};
use super::wire::Birth;

use actor::{Actor, Connection};
use client::Client;

pub mod actor;
mod acts;
mod client;
mod door;
mod moves;

/// How long a process may take to get where it should be.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the kernel is asked whether it is there.
const LOOK: Duration = Duration::from_millis(2);

/// How long a process may take from saying that it stands to sleeping there. Where it takes longer, the machine is that
/// busy, and what is shown is that it runs.
const SETTLING: Duration = Duration::from_secs(2);

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
    pub left: Arc<AtomicBool>,
}

/// The processes of one program. Dropping it ends them.
pub struct Stage {
    launched: Launched,
    running: Option<Running>,
    listener: UnixListener,
    guests: Vec<(Pid, Connection)>,
    /// Who is on stage, also those that have ended.
    pub actors: BTreeMap<Birth, Actor>,
    client: Option<Client>,
    opening: Opening,
}

impl Stage {
    /// Starts the first process of a program, and waits until it stands at its first line.
    pub fn open(lesson: &Lesson, program: &str, opening: &Opening) -> Result<Self, StageError> {
        let name = call("think of a name for its socket", door::secret())?;
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
            opening: opening.clone(),
        };
        stage.wait("P", &[Birth::default()], &Until::Stopped)?;
        Ok(stage)
    }

    /// Ends all of it; who could not be ended.
    pub fn close(self) -> Vec<Survivor> {
        drop(self.running);
        // Killed, and not asked to leave: nobody here has anything to save, and the time that the guardian gives to
        // those that it asks would be the student's.
        for actor in self.actors.values() {
            // Most are gone, and that is no error.
            let _ = signal::send(actor.key, nix::libc::SIGKILL);
        }
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

    fn is_left(&self) -> bool {
        self.opening.left.load(Ordering::Acquire)
    }

    /// What the client has seen until now.
    pub fn seen(&mut self) -> Seen {
        self.client.as_mut().map_or(Seen::Nobody, Client::seen)
    }

    /// Waits until every process that stands at a line sleeps there: it says so a moment before it does.
    ///
    /// # Errors
    /// A call of the tool's own fails.
    pub fn settle(&mut self) -> Result<(), StageError> {
        let deadline = Instant::now() + SETTLING;
        let restless = |actor: &Actor| actor.stands() && reading::state(actor.key) == Some('R');
        while self.actors.values().any(restless) && Instant::now() < deadline && !self.is_left() {
            self.pump(LOOK)?;
        }
        Ok(())
    }
}
