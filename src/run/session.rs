//! A target that is watched without a screen: found or launched, observed, and visited by clients once it listens.
//! What is made of what it says is its caller's.

use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::io::unix::AsyncFd;
use tokio::sync::mpsc::unbounded_channel;

use crate::cli;
use crate::load::Load;
use crate::load::plan::{Visit, Wish};
use crate::observe::live::Running;
use crate::observe::waiting::{Kept, Waiting};
use crate::observe::{Capture, News, Sink, clock};
use crate::server::config::Service;
use crate::target::end::Survivor;
use crate::target::launched::{Launched, News as TargetNews};
use crate::timeline::Timeline;
use crate::timeline::observation::Observation;
use crate::timeline::process::{Key, Pid};
use crate::timeline::time::Time;
use crate::timeline::tree::Ghosts;

use super::inbox::Inbox;
use super::outside::{Call, Outside, Woken};
use super::prepare;
use super::watch::wish;

/// How long a client may wait to be served: it is the server that is watched.
const PATIENCE: Duration = Duration::from_hours(1);

/// So many messages are taken between two looks at what else there is.
const ALONE: u32 = 64;

/// What comes within this of the last message is taken together: being woken for each would cost the machine, and so the
/// server that is watched, more than taking it.
const REST: Duration = Duration::from_millis(5);

/// What a session says.
#[derive(Debug)]
pub(super) enum Said {
    /// Something was observed.
    Observed(Observation),
    /// How exact that is, from here on.
    Capture(Capture),
    /// The guardian of what was launched has something to say.
    Target(TargetNews),
    /// The time was up.
    Due,
    /// Something from outside.
    Called(Call),
}

impl From<Kept> for Said {
    fn from(kept: Kept) -> Self {
        match kept.news {
            News::Observed(observation) => Self::Observed(observation),
            News::Capture(capture) => Self::Capture(capture),
        }
    }
}

/// A target that is watched. Dropping it ends what was launched.
pub(super) struct Session {
    running: Running,
    load: Option<Load>,
    wish: Wish,
    /// It was typed, and is no setting.
    typed: bool,
    service: Service,
    /// For the clients, which are started when there is somebody to visit.
    sink: Sink,
    messages: Inbox<Kept>,
    /// Tells when the guardian has something to say.
    reports: Option<AsyncFd<OwnedFd>>,
    reported: VecDeque<TargetNews>,
    launched: Option<(Launched, Time)>,
    roots: Vec<Key>,
    /// So many messages were taken since anything else was looked at.
    unheard: u32,
    /// Messages were taken since the last rest.
    busy: bool,
}

impl Session {
    /// Finds or launches what the flags name, and watches it.
    ///
    /// # Errors
    /// A [`prepare::Refusal`] where that cannot be done; anything else where it cannot be watched.
    pub(super) fn start(
        target: &cli::target::Target,
        load: &cli::load::LoadFlags,
        outside: &Outside,
    ) -> anyhow::Result<Self> {
        let before = clock::now();
        let (sender, messages) = unbounded_channel();
        let sink = Waiting::default().sink(move |said| sender.send(said).is_ok());
        let prepared = prepare::prepare(target, sink.clone())?;
        prepare::may_load(load, &prepared)?;
        let roots = prepared.roots;
        let running = prepared.observer.go().context("start the observer")?;
        let link = prepared
            .launched
            .as_ref()
            .map(|launched| launched.as_fd().try_clone_to_owned());
        let reports = link.transpose().context("duplicate the guardian's socket")?;
        Ok(Self {
            running,
            load: None,
            wish: wish(load, &prepared.subject),
            typed: load.typed,
            service: prepared.service,
            sink,
            messages: Inbox::new(messages),
            reports: reports
                .map(|link| outside.watch(link))
                .transpose()
                .context("wait for the guardian")?,
            reported: VecDeque::new(),
            launched: prepared.launched.map(|launched| (launched, before)),
            roots,
            unheard: 0,
            busy: false,
        })
    }

    /// What was launched or attached to.
    pub(super) fn roots(&self) -> &[Key] {
        &self.roots
    }

    /// A moment before the target was launched; `None` where it was there before us.
    pub(super) fn launched(&self) -> Option<Time> {
        self.launched.as_ref().map(|(_, before)| *before)
    }

    /// What the guardian has said until now, and nobody has taken.
    pub(super) fn reported(&mut self) -> impl Iterator<Item = TargetNews> {
        self.ask_guardian();
        self.reported.drain(..)
    }

    /// The root and the guardian of what was launched.
    pub(super) fn family(&self) -> Option<(Pid, Pid)> {
        self.launched
            .as_ref()
            .map(|(launched, _)| (launched.root(), launched.guardian()))
    }

    /// The next that there is to say.
    pub(super) fn next(&mut self, outside: &mut Outside, until: Option<Instant>) -> anyhow::Result<Said> {
        loop {
            if let Some(news) = self.reported.pop_front() {
                return Ok(Said::Target(news));
            }
            // Waiting has its price, which what is there already need not pay; but signals are heard all the same.
            self.unheard += 1;
            if self.unheard < ALONE
                && let Some(message) = self.messages.take()
            {
                self.busy = true;
                return Ok(message.into());
            }
            // Where all that was there is taken, a rest comes before waiting for more, unless the last one brought nothing.
            let empty = std::mem::take(&mut self.unheard) < ALONE;
            let rest = (empty && std::mem::take(&mut self.busy)).then(|| Instant::now() + REST);
            let resting = rest.filter(|rest| until.is_none_or(|until| *rest < until));
            let (messages, reports) = (&mut self.messages, self.reports.as_ref());
            let message = async {
                tokio::select! {
                    biased;
                    message = messages.next(), if rest.is_none() => Some(message),
                    () = reported(reports) => None,
                }
            };
            match outside.wait(message, resting.or(until)) {
                Woken::Due if resting.is_some() => {}
                Woken::Came(Some(Some(message))) => {
                    self.busy = true;
                    return Ok(message.into());
                }
                Woken::Came(Some(None)) => anyhow::bail!("the observer has ended early"),
                Woken::Came(None) => self.ask_guardian(),
                Woken::Due => return Ok(Said::Due),
                Woken::Called(call) => return Ok(Said::Called(call)),
            }
        }
    }

    /// All that other threads have said by then has been taken.
    pub(super) fn heard(&mut self) -> Time {
        self.messages.heard(clock::now())
    }

    /// All that the guardian has said by now has been taken: it is asked.
    pub(super) fn has_heard_guardian(&mut self) -> bool {
        self.ask_guardian();
        self.reported.is_empty()
    }

    fn ask_guardian(&mut self) {
        let Some((launched, _)) = &mut self.launched else {
            return;
        };
        self.reported.extend(launched.news());
        if self.reported.contains(&TargetNews::GuardianLost) {
            // Its socket says so for ever.
            self.reports = None;
        }
    }

    /// Lets the clients come that were asked for, as soon as somebody listens.
    pub(super) fn welcome(&mut self, timeline: &Timeline) -> anyhow::Result<()> {
        if self.wish == Wish::None {
            return Ok(());
        }
        let Some(address) = timeline.at(timeline.now(), Ghosts::default()).reachable() else {
            return Ok(());
        };
        let sink = self.sink.clone();
        // Where we have ended, nobody wants the news.
        let news = move |client| _ = sink(News::Observed(Observation::Client(client)));
        let load = Load::start(news).context("start the clients")?;
        let visit = Visit {
            address,
            service: self.service,
            talk: None,
            hold: None,
            timeout: PATIENCE,
        };
        load.begin(std::mem::replace(&mut self.wish, Wish::None), visit);
        self.load = Some(load);
        Ok(())
    }

    /// Clients were asked for, and came nowhere: nobody of the target has listened. Says so, and gives the exit code for
    /// it; none where it was but a setting. Where a call ended the watching, nobody knows whether they would have come.
    pub(super) fn unvisited(&self, call: Option<Call>) -> Option<ExitCode> {
        if call.is_some() || !matches!(self.wish, Wish::Plan { clients: 1.., .. }) {
            return None;
        }
        super::complain("no client came: nobody of the target listened on a TCP port");
        self.typed.then(|| ExitCode::from(super::CANNOT))
    }

    /// Ends the watching, the clients, and last what was launched; gives what could not be ended.
    pub(super) fn end(self) -> Vec<Survivor> {
        drop((self.running, self.load));
        self.launched.map(|(launched, _)| launched.end()).unwrap_or_default()
    }
}

/// Until the guardian has something to say.
async fn reported(reports: Option<&AsyncFd<OwnedFd>>) {
    match reports {
        Some(reports) => match reports.readable().await {
            // What comes from here on wakes us again.
            Ok(mut guard) => guard.clear_ready(),
            Err(_) => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}
