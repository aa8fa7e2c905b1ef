//! `forkscope events`: what happens, a line each, as it happens.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::cli;
use crate::observe::clock;
use crate::report::events::stream::{Stream, TOGETHER};
use crate::report::events::{Ending, Event, json, text};
use crate::target::launched::News as TargetNews;
use crate::timeline::Timeline;
use crate::timeline::lifeline::Reaper;
use crate::timeline::observation::{Observation, Reap};
use crate::timeline::process::{ExitStatus, Pid};
use crate::timeline::time::{Time, When};
use crate::words::{Language, Words};

use super::outside::{Call, Outside};
use super::session::{Said, Session};

/// How long a reader may take for the last lines when we are called away.
const LAST: Duration = Duration::from_secs(1);

/// A pid that the guardian waited for is that of a process that was reaped no longer ago than this, or not yet.
const LATE: Duration = Duration::from_secs(1);

pub(super) fn run(args: &cli::Events) -> anyhow::Result<ExitCode> {
    let mut outside = Outside::listen()?;
    let mut session = match Session::start(&args.target, &args.load, &outside) {
        Ok(session) => session,
        // What ends us ends what we were about to launch, too, and that is no failure.
        Err(error) => return outside.called().map(Call::exit_code).ok_or(error),
    };
    let launched = session.launched().zip(session.roots().first());
    let mut stream = launched.map_or_else(Stream::attached, |(before, root)| Stream::launched(before, *root));
    let writer = Writer::new(args);
    let until = args.duration.map(|duration| Instant::now() + duration);
    let mut told = clock::now();
    let call = loop {
        let due = stream.due().map(|due| due.max(told + TOGETHER));
        let due = due.map(|due| Instant::now() + due.since(clock::now()));
        let said = session.next(&mut outside, due.into_iter().chain(until).min())?;
        let now = clock::now();
        match said {
            Said::Observed(observation) => stream.take(&observation),
            Said::Capture(capture) => stream.exactness(capture),
            Said::Target(news) => told_of_target(&mut stream, &session, &news, now),
            Said::Due => {}
            Said::Called(call) => break Some(call),
        }
        session.welcome(stream.timeline())?;
        // What is still to be taken may say more of what is held back.
        let heard = session.heard();
        if heard.since(told) >= TOGETHER && session.has_heard_guardian() {
            told = heard;
            let events = stream.release(heard);
            if let Some(call) = outside.write(&writer.lines(&events)?, None)? {
                break Some(call);
            }
        }
        if stream.has_ended(heard) || until.is_some_and(|until| Instant::now() >= until) {
            break None;
        }
    };
    let now = clock::now();
    let reason = match call {
        None if stream.has_ended(now) => Some(Ending::TargetEnded),
        None => Some(Ending::Elapsed),
        Some(Call::Signal(nix::libc::SIGINT)) => Some(Ending::Interrupted),
        Some(Call::Signal(nix::libc::SIGHUP)) => Some(Ending::HungUp),
        Some(Call::Signal(_)) => Some(Ending::Terminated),
        Some(Call::ReaderGone) => None,
    };
    if let Some(reason) = reason {
        let last = writer.lines(&stream.end(reason, now))?;
        let patience = call.map(|_| LAST);
        outside.write(&last, patience)?;
    }
    let unvisited = session.unvisited(call);
    super::say_survivors(&session.end());
    Ok(call.map(Call::exit_code).or(unvisited).unwrap_or(ExitCode::SUCCESS))
}

/// How lines are written.
enum Writer {
    Json,
    Text(Box<Words>),
}

impl Writer {
    fn new(args: &cli::Events) -> Self {
        if args.json {
            Self::Json
        } else {
            let words = Words::new(args.lang.unwrap_or_else(Language::of_environment));
            Self::Text(Box::new(words))
        }
    }

    fn lines(&self, events: &[Event]) -> anyhow::Result<String> {
        let lines = events.iter().map(|event| match self {
            Self::Json => json::line(event).context("write JSON"),
            Self::Text(words) => Ok(text::line(words, event)),
        });
        lines.collect()
    }
}

/// What the guardian says: it is the parent of the root and of all orphans, and waits for each of them by itself.
fn told_of_target(stream: &mut Stream, session: &Session, news: &TargetNews, now: Time) {
    let Some((root, guardian)) = session.family() else {
        return;
    };
    let reaped = match news {
        TargetNews::Ended { status } => {
            stream.root_ended(*status);
            reaped(stream.timeline(), root, *status, guardian, now)
        }
        TargetNews::Reaped { pid, status } => reaped(stream.timeline(), *pid, *status, guardian, now),
        TargetNews::GuardianLost => {
            super::complain("the guardian was killed: what it kept was ended");
            None
        }
        TargetNews::Unkillable(survivor) => {
            super::say_survivors(std::slice::from_ref(survivor));
            None
        }
        // They lack their reaper, and are counted as lacking it.
        TargetNews::Missed(_) => None,
    };
    if let Some(observation) = reaped {
        stream.take(&observation);
    }
}

/// That a process was waited for, by whom, and how it had ended. When exactly, its pidfd says.
fn reaped(timeline: &Timeline, pid: Pid, status: ExitStatus, by: Pid, now: Time) -> Option<Observation> {
    let life = timeline.by_pid(pid)?;
    let is_it = life.reaped.is_none_or(|reaped| now.since(reaped.when.latest) < LATE);
    let key = life.key().filter(|_| is_it)?;
    let since = life.exited.map_or(life.seen, |exited| exited.when.latest);
    Some(Observation::Reap(Reap {
        when: When::between(since, now),
        key,
        status,
        by: Reaper::Waited(by),
    }))
}
