//! `forkscope snapshot`: the tree once.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::cli;
use crate::observe::Capture;
use crate::report::users::Users;
use crate::report::{Picture, Root, json, text};
use crate::target::launched::News as TargetNews;
use crate::timeline::Timeline;
use crate::timeline::lifeline::Phase;
use crate::timeline::limits::Limits;
use crate::timeline::observation::Observation;
use crate::timeline::process::{ExitStatus, Key};
use crate::timeline::tree::Ghosts;
use crate::words::{Language, Words};

use super::outside::{Call, Outside};
use super::session::{Said, Session};

/// How long the first reading of a tree may take.
const FIRST: Duration = Duration::from_secs(10);

pub(super) fn run(args: &cli::Snapshot) -> anyhow::Result<ExitCode> {
    let mut outside = Outside::deaf()?;
    let mut session = Session::start(&args.target, &args.load, &outside)?;
    let (timeline, capture, reported) = match watch(args, &mut session, &mut outside)? {
        Seen::Tree(timeline, capture, reported) => (timeline, capture, reported),
        Seen::Nothing(call) => return Ok(call.exit_code()),
    };
    let roots = roots(session.roots(), &timeline, reported);
    let moment = timeline.at(timeline.now(), Ghosts::default());
    let picture = Picture {
        moment: &moment,
        roots: &roots,
        capture: &capture,
        taken_at: jiff::Timestamp::now(),
    };
    let mut users = Users::default();
    let report = if args.json {
        let mut line = serde_json::to_string(&json::snapshot(&picture, &mut users)).context("write JSON")?;
        line.push('\n');
        line
    } else {
        let words = Words::new(args.lang.unwrap_or_else(Language::of_environment));
        text::snapshot(&words, &timeline, &picture, &mut users)
    };
    let call = outside.write(&report, None)?;
    let unvisited = session.unvisited(call);
    super::say_survivors(&session.end());
    Ok(call.map(Call::exit_code).or(unvisited).unwrap_or(ExitCode::SUCCESS))
}

/// What came of watching.
enum Seen {
    /// The tree, how exact that is, and how the root ended, where its guardian has reported that.
    Tree(Box<Timeline>, Box<Capture>, Option<ExitStatus>),
    /// We were called away before.
    Nothing(Call),
}

/// The roots, and how they ended. One that was gone before it could be read has ended as well; its guardian has
/// reported how.
fn roots(keys: &[Key], timeline: &Timeline, reported: Option<ExitStatus>) -> Vec<Root> {
    let ended = |key| {
        let known = match timeline
            .by_key(key)
            .map(|life| (life.phase(timeline.now()), life.exited))
        {
            Some((Phase::Alive | Phase::Unborn, _)) => return None,
            Some((Phase::Zombie(exited), _) | (Phase::Gone(_), Some(exited))) => Some(exited.status),
            Some((Phase::Gone(_), None)) | None => None,
        };
        let known = known.filter(|status| *status != ExitStatus::Unknown);
        Some(known.or(reported).unwrap_or(ExitStatus::Unknown))
    };
    let root = |key: &Key| Root {
        key: *key,
        ended: ended(*key),
    };
    keys.iter().map(root).collect()
}

/// Notes what the guardian reports: how the root ended. Without a guardian there is no picture to be taken: what it
/// kept has been ended.
fn note(news: &TargetNews, reported: &mut Option<ExitStatus>) -> anyhow::Result<()> {
    match news {
        TargetNews::Ended { status } => *reported = Some(*status),
        TargetNews::GuardianLost => anyhow::bail!("the guardian was killed: what it kept was ended"),
        TargetNews::Reaped { .. } | TargetNews::Unkillable(_) | TargetNews::Missed(_) => {}
    }
    Ok(())
}

/// Watches until the picture is to be taken: at once where the target was there before us.
fn watch(args: &cli::Snapshot, session: &mut Session, outside: &mut Outside) -> anyhow::Result<Seen> {
    let after = session.launched().map_or(Duration::ZERO, |_| args.after);
    let mut timeline = Timeline::new(Limits::default());
    let mut capture = None;
    let mut reported = None;
    let due = Instant::now() + after;
    let mut read = false;
    while Instant::now() < due || !read {
        let patience = due.max(Instant::now() + if read { Duration::ZERO } else { FIRST });
        match session.next(outside, Some(patience))? {
            Said::Observed(observation) => {
                // The capture is said before the first reading.
                read |= matches!(observation, Observation::Sample(_));
                timeline.apply(&observation);
            }
            Said::Capture(said) => capture = Some(said),
            Said::Target(news) => note(&news, &mut reported)?,
            Said::Due => break,
            Said::Called(call) => return Ok(Seen::Nothing(call)),
        }
        session.welcome(&timeline)?;
    }
    let capture = capture.context("read /proc: no reading came within 10 s")?;
    session.reported().try_for_each(|news| note(&news, &mut reported))?;
    Ok(Seen::Tree(Box::new(timeline), Box::new(capture), reported))
}
