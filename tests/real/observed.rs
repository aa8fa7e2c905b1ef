//! A process with all its children, and the live observer of it, as a test runs both: it waits for what is observed, with a
//! deadline.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use forkscope::observe::live::{Live, Running};
use forkscope::observe::{Births, Capture, Deaths, News, Powers, Proc, Reason, Scope, Sink, Source, Wanted};
use forkscope::timeline::Timeline;
use forkscope::timeline::lifeline::{Lifeline, Phase};
use forkscope::timeline::observation::Observation;
use forkscope::timeline::process::{Key, Pid};
use forkscope::timeline::tree::{Ghosts, Moment};
use nix::sys::signal::{Signal, killpg};

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// An interval at which nothing here depends on being seen in time.
pub(crate) const INTERVAL: Duration = Duration::from_millis(10);

pub(crate) fn raw(pid: Pid) -> nix::unistd::Pid {
    nix::unistd::Pid::from_raw(pid)
}

/// A process with all its children, in a group of its own; killed and reaped when dropped.
pub(crate) struct Target {
    pub(crate) child: Child,
}

impl Target {
    /// A shell that runs this; it reads a pipe.
    pub(crate) fn shell(script: &str) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Self::start(command)
    }

    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        Self {
            child: command.spawn().expect("start the target"),
        }
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::try_from(self.child.id()).expect("a pid")
    }

    pub(crate) fn tell(&mut self, text: &str) {
        let input = self.child.stdin.as_mut().expect("its input");
        input.write_all(text.as_bytes()).expect("write to the target");
    }

    /// Waits for its next byte.
    pub(crate) fn heard(&mut self) {
        let output = self.child.stdout.as_mut().expect("its output");
        output.read_exact(&mut [0]).expect("the target says something");
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Its group may be empty already.
        let _ = killpg(raw(self.pid()), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// An observer of a target, and all that it said.
pub(crate) struct Watch {
    pub(crate) timeline: Timeline,
    pub(crate) capture: Option<Capture>,
    pub(crate) news: Receiver<News>,
    /// Every process that a sample named.
    pub(crate) sampled: BTreeSet<Key>,
    /// Births by parent and child.
    pub(crate) births: BTreeMap<(Pid, Pid), usize>,
    pub(crate) execs: Vec<(Pid, Box<[u8]>)>,
    pub(crate) lost: u64,
    pub(crate) exits: BTreeMap<Key, usize>,
    pub(crate) reaps: BTreeMap<Key, usize>,
    _running: Running,
}

impl Watch {
    pub(crate) fn of(target: &Target) -> Self {
        Self::with(target, Wanted::Best)
    }

    /// One that is as exact as that.
    pub(crate) fn with(target: &Target, wanted: Wanted) -> Self {
        let proc = Proc::system();
        let root = proc.key(target.pid()).expect("the target runs");
        let scope = Scope {
            roots: vec![root],
            adopter: None,
        };
        let (say, news) = channel();
        let sink: Sink = Arc::new(move |news| say.send(news).is_ok());
        let source = Source::of_running(&proc, &scope, &Powers::probe(), wanted);
        let observer = Live::new(proc, scope, INTERVAL).with(source);
        Self {
            timeline: Timeline::default(),
            capture: None,
            news,
            sampled: BTreeSet::new(),
            births: BTreeMap::new(),
            execs: Vec::new(),
            lost: 0,
            exits: BTreeMap::new(),
            reaps: BTreeMap::new(),
            _running: Running::start(observer, sink).expect("start the observer"),
        }
    }

    /// Takes what is observed until this is so.
    #[track_caller]
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self) {
            match self
                .news
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(News::Observed(observation)) => self.take(&observation),
                Ok(News::Capture(capture)) => self.capture = Some(capture),
                Err(error) => panic!("waited in vain ({error}): {what}\n{:#?}", self.now().rows),
            }
        }
    }

    pub(crate) fn take(&mut self, observation: &Observation) {
        match observation {
            Observation::Sample(sample) | Observation::Glance(sample) => {
                self.sampled.extend(sample.processes.iter().map(|reading| reading.key));
            }
            Observation::Birth(birth) => *self.births.entry((birth.parent, birth.child)).or_default() += 1,
            Observation::Exec(exec) => self.execs.push((exec.pid, exec.comm.clone())),
            Observation::Lost(lost) => self.lost += lost.count,
            Observation::Exit(exit) => *self.exits.entry(exit.key).or_default() += 1,
            Observation::Reap(reap) => *self.reaps.entry(reap.key).or_default() += 1,
            other => panic!("a live observer says no {other:?}"),
        }
        self.timeline.apply(observation);
    }

    pub(crate) fn now(&self) -> Moment<'_> {
        self.timeline.at(self.timeline.now(), Ghosts::default())
    }

    /// The living whose command begins with this, oldest first.
    pub(crate) fn named(&self, command: &str) -> Vec<Pid> {
        let rows = self.now().rows;
        let named = rows.iter().filter(|row| row.phase == Phase::Alive);
        named
            .filter(|row| row.facts.names.command.starts_with(command.as_bytes()))
            .map(|row| row.life.pid)
            .collect()
    }

    pub(crate) fn life(&self, pid: Pid) -> &Lifeline {
        self.timeline.by_pid(pid).expect("it was seen")
    }

    /// How many children are said to have been gone before they could be followed.
    pub(crate) fn too_short(&self) -> u64 {
        let reasons = self.capture.iter().flat_map(|capture| &capture.reasons);
        let counts = reasons.filter_map(|reason| match reason {
            Reason::TooShort(count) => Some(*count),
            _ => None,
        });
        counts.sum()
    }

    /// Births are told.
    pub(crate) fn tells(&self) -> bool {
        self.capture
            .as_ref()
            .is_some_and(|capture| matches!(capture.births, Births::Perf | Births::Connector))
    }

    /// Births are told by perf, and pidfds tell a status after the reap (Linux 6.15): then most of those that live a
    /// moment have all that there is to say of them, however busy the machine is.
    pub(crate) fn is_exact(&self) -> bool {
        self.capture
            .as_ref()
            .is_some_and(|capture| capture.births == Births::Perf && capture.deaths == Deaths::Pidfd)
    }

    /// Exits and reaps are told at the very moment on this kernel.
    pub(crate) fn by_pidfd(&self) -> bool {
        self.capture
            .as_ref()
            .is_some_and(|capture| matches!(capture.deaths, Deaths::Pidfd | Deaths::PidfdTimes))
    }
}
