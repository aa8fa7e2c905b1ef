//! Who is to be parked in the code: every process and thread with its call; and in words who of them is in sight at no
//! line, and why.

use crate::timeline::call::Call;
use crate::timeline::detail::Waits;
use crate::timeline::process::{Pid, State};
use crate::timeline::threads::Thread;
use crate::timeline::tree::{Moment, Row};
use crate::tui::code::{Parked, Role};
use crate::tui::state::App;

/// So many pids are named below the code for one reason; the rest are counted.
const NAMED: usize = 6;

/// A process or a thread as it is parked.
pub(super) struct Standing {
    pub(super) id: Pid,
    pub(super) role: Role,
    pub(super) call: Option<&'static str>,
    /// The text that says why it stands at no line, where it does not.
    why: &'static str,
}

/// Who is to be parked: every process that lives or is a zombie, and the threads that were read.
pub(super) fn standing(app: &App, moment: &Moment<'_>) -> Vec<Standing> {
    let mut standing = Vec::new();
    for row in moment.rows.iter().filter(|row| !row.is_ghost()) {
        standing.push(process(row));
        let listed = row.has_threads().then(|| app.timeline.threads(row.life.id, moment.at));
        let threads = listed.flatten().map_or(&[][..], |listed| &listed.threads);
        standing.extend(threads.iter().filter(|thread| thread.tid != row.life.pid).map(thread));
    }
    standing
}

/// A process. A zombie stands nowhere, whatever it was last seen in.
fn process(row: &Row<'_>) -> Standing {
    let call = row.facts.blocked.and_then(|blocked| blocked.call.name());
    Standing {
        id: row.life.pid,
        role: if row.life.root { Role::Parent } else { Role::Child },
        call: call.filter(|_| !row.is_zombie()),
        why: match (row.is_zombie(), row.facts.state, row.facts.blocked) {
            (true, ..) => "code-zombies",
            (false, _, Some(_)) => "code-elsewhere",
            (false, State::Running, None) => "code-running",
            (false, _, None) => "code-unread",
        },
    }
}

/// A thread other than the main one: what a child is to a server that forks.
fn thread(thread: &Thread) -> Standing {
    let call = match thread.waits {
        Ok(Waits::In { call, .. }) => Some(call),
        Ok(Waits::Running | Waits::Outside | Waits::Asleep(_)) | Err(_) => None,
    };
    Standing {
        id: thread.tid,
        role: Role::Child,
        call: call.and_then(Call::name),
        why: match (thread.state, call) {
            (_, Some(_)) => "code-elsewhere",
            (State::Running, None) => "code-running",
            (_, None) => "code-unread",
        },
    }
}

/// Where a line is that is not in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    /// Scrolled away.
    Above,
    /// Further down.
    Below,
}

/// Who stands at a line that is not in sight, each with where that is, and who stands at none and why: a text for each
/// reason.
pub(super) fn told(app: &App, standing: &[Standing], parked: &Parked, unseen: &[(Pid, Beyond)]) -> Vec<String> {
    let mut said = Vec::new();
    for (beyond, name) in [(Beyond::Above, "code-above"), (Beyond::Below, "code-below")] {
        let here = |one: &Standing| unseen.contains(&(one.id, beyond));
        let mut calls: Vec<&str> = Vec::new();
        for call in standing.iter().filter(|one| here(one)).filter_map(|one| one.call) {
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
        for call in calls {
            let those = standing.iter().filter(|one| here(one) && one.call == Some(call));
            let values = [
                ("pids", pids(those.map(|one| one.id)).into()),
                ("call", format!("{call}()").into()),
            ];
            said.push(app.words.say_with(name, &values).into_owned());
        }
    }
    for reason in ["code-running", "code-elsewhere", "code-unread", "code-zombies"] {
        let rest = standing
            .iter()
            .filter(|one| parked.nowhere.contains(&one.id) && one.why == reason);
        let pids = pids(rest.map(|one| one.id));
        if !pids.is_empty() {
            said.push(app.words.say_with(reason, &[("pids", pids.into())]).into_owned());
        }
    }
    said
}

/// The first of some pids, and how many more there are.
fn pids(of: impl Iterator<Item = Pid>) -> String {
    let mut pids: Vec<String> = of.map(|pid| pid.to_string()).collect();
    if pids.len() > NAMED {
        let more = pids.len() - NAMED;
        pids.truncate(NAMED);
        pids.push(format!("+{more}"));
    }
    pids.join(" ")
}
