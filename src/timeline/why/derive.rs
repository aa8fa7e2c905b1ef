//! From a topic and a moment to what is so.

use super::topic::{Topic, ZOMBIE_AGE, children, queue_of};
use super::{Adopter, Doing, Place, Unreaped, Why};
use crate::timeline::Timeline;
use crate::timeline::call::Waiting;
use crate::timeline::lifeline::{Lifeline, Phase};
use crate::timeline::log::Change;
use crate::timeline::observation::Ordered;
use crate::timeline::process::{Blocked, Disposition, ExitStatus, Facts, Pid, ProcessId, State};
use crate::timeline::sockets::{SocketId, SocketKind, SocketLine};
use crate::timeline::tree::held::Listener;
use crate::timeline::tree::{Moment, Row};

/// So far back into the log is looked for how something came about.
pub(super) const FAR: usize = 4_000;

/// The first process of a PID namespace, the machine's own included.
const INIT: Pid = 1;

impl Why {
    /// What there is to say about a topic at a moment; `None` where that is no longer so, or no longer known.
    pub fn about(timeline: &Timeline, moment: &Moment<'_>, topic: Topic) -> Option<Self> {
        let live = |id| moment.row(id).filter(|row| row.phase == Phase::Alive);
        match topic {
            Topic::Nothing => Some(Self::Nothing),
            Topic::Process(id) => Some(ordinary(timeline, moment.row(id)?)),
            Topic::Birth(id) => Some(born(timeline, moment, timeline.lifeline(id)?)),
            Topic::Connection(id) => connected(timeline, moment, id),
            Topic::Zombie(id) => zombie(moment, moment.row(id)?),
            Topic::Reap(id) => reaped(moment, timeline.lifeline(id)?),
            Topic::Orphan(id) => orphan(timeline, moment, live(id)?),
            Topic::Shared(id) => shared(live(id)?),
            Topic::StoppedParent(id) => Some(stopped(moment, live(id)?)),
            Topic::Kill(id, signal) => kill(moment.row(id)?, signal),
            Topic::Queue(id) => queue(timeline, moment, id),
            Topic::Death(id) => death(timeline, moment, id),
            Topic::WaitBlocksAccept(id) => blocks_accept(moment, live(id)?),
            Topic::Ended => ended(moment),
        }
    }
}

fn born(timeline: &Timeline, moment: &Moment<'_>, life: &Lifeline) -> Why {
    let mut since = timeline.log(moment.at).take(FAR);
    let told = since.find_map(|entry| match &entry.change {
        Change::Forked { id, parent, .. } if *id == life.id => Some(*parent),
        _ => None,
    });
    let parent = told.unwrap_or_else(|| life.facts(moment.at).map(|facts| facts.parent));
    let held = moment.row(life.id).and_then(|row| row.held.first_peer());
    Why::Born {
        child: life.pid,
        parent,
        serves: held,
    }
}

fn connected(timeline: &Timeline, moment: &Moment<'_>, id: SocketId) -> Option<Why> {
    let line = timeline.socket(id)?;
    let holds = |row: &&Row<'_>| row.held.connections.iter().any(|held| held.id == id);
    Some(Why::Connected {
        peer: line.peer()?,
        port: line.local.port(),
        // The youngest is the one that serves it: its parent is about to close its own copy.
        holder: moment.rows.iter().rev().find(holds).map(|row| row.life.pid),
        queued: line.is_unaccepted(moment.at),
    })
}

fn zombie(moment: &Moment<'_>, row: &Row<'_>) -> Option<Why> {
    let time = row.life.zombie_time(moment.at).filter(|_| row.is_zombie())?;
    let parent = row.facts.parent;
    let found = moment
        .rows
        .iter()
        .find(|other| other.life.pid == parent && !other.is_ghost());
    let unreaped = match found {
        _ if time.most.is_some_and(|most| most < ZOMBIE_AGE) => Unreaped::JustNow,
        None => Unreaped::Unseen,
        Some(parent) => unreaped(parent),
    };
    Some(Why::Zombie {
        pid: row.life.pid,
        time,
        parent,
        unreaped,
        others: moment.totals.zombies.saturating_sub(1),
    })
}

/// Why that parent has not waited, the most certain first.
fn unreaped(parent: &Row<'_>) -> Unreaped {
    let doing = doing(parent);
    match doing {
        Doing::Stopped => return Unreaped::Stopped,
        Doing::InCall(call) if call.waiting() == Waiting::Child => return Unreaped::InWait(Place::Call(call)),
        Doing::InFunction(wchan) if wchan.waiting == Waiting::Child => {
            return Unreaped::InWait(Place::Function(wchan));
        }
        Doing::InCall(_) | Doing::InFunction(_) | Doing::Running | Doing::Asleep => {}
    }
    let Some(sigchld) = parent.facts.sigchld else {
        return Unreaped::Unread;
    };
    match sigchld.disposition {
        _ if sigchld.blocked && sigchld.pending => Unreaped::Pending,
        _ if sigchld.blocked => Unreaped::Taken,
        Disposition::Default => Unreaped::Default(doing),
        Disposition::Ignored => Unreaped::Ignored,
        Disposition::Caught => Unreaped::Caught(doing),
    }
}

fn doing(row: &Row<'_>) -> Doing {
    match (row.facts.state, row.facts.blocked) {
        (State::Stopped | State::Traced, _) => Doing::Stopped,
        (_, Some(blocked)) => Doing::InCall(blocked.call),
        (State::Running, None) => Doing::Running,
        (_, None) => row.facts.wchan.map_or(Doing::Asleep, Doing::InFunction),
    }
}

fn reaped(moment: &Moment<'_>, life: &Lifeline) -> Option<Why> {
    let reaped = life.reaped.filter(|reaped| reaped.when.latest <= moment.at)?;
    Some(Why::Reaped {
        pid: life.pid,
        status: life.exited.map_or(ExitStatus::Unknown, |exited| exited.status),
        time: life.zombie_time(moment.at),
        by: reaped.by,
        parent: life.facts(reaped.when.latest)?.parent,
    })
}

fn orphan(timeline: &Timeline, moment: &Moment<'_>, row: &Row<'_>) -> Option<Why> {
    let mut since = timeline.log(moment.at).take(FAR);
    let told = since.find_map(|entry| match entry.change {
        Change::Adopted { id, from, to, .. } if id == row.life.id => Some((from, to)),
        _ => None,
    });
    let (from, to) = match (told, row.adopter) {
        (Some((from, to)), _) => (from, to),
        (None, Some(to)) => (None, to),
        (None, None) => return None,
    };
    let above = moment
        .rows
        .iter()
        .find(|other| other.life.pid == to && !other.is_ghost());
    let adopter = if to == INIT {
        Adopter::Init
    } else if above.is_some_and(|above| above.life.ns_pid == Some(INIT)) {
        Adopter::NamespaceInit
    } else if above.is_some_and(|above| above.life.ns_pid.is_some()) || row.life.ns_pid == Some(row.life.pid) {
        // Whoever has but one pid lives in no namespace below ours, and so does its adopter.
        Adopter::Subreaper
    } else {
        Adopter::Unclear
    };
    Some(Why::Orphan {
        pid: row.life.pid,
        from,
        to,
        adopter,
    })
}

fn shared(row: &Row<'_>) -> Option<Why> {
    Some(Why::Shared {
        pid: row.life.pid,
        with: *row.held.shared_with.first()?,
        peer: row.held.first_peer()?,
    })
}

/// A stopped process that others need.
fn stopped(moment: &Moment<'_>, row: &Row<'_>) -> Why {
    let pid = row.life.pid;
    let zombies = children(moment, pid).filter(|child| child.is_zombie()).count();
    let mut own = moment
        .listeners
        .iter()
        .filter(|listener| listener.held_by.contains(&pid));
    Why::StoppedParent {
        pid,
        zombies: u32::try_from(zombies).unwrap_or(u32::MAX),
        waiting: own.next().and_then(|listener| listener.queue.waiting),
    }
}

fn kill(row: &Row<'_>, signal: i32) -> Option<Why> {
    row.is_zombie().then_some(Why::KilledZombie {
        pid: row.life.pid,
        signal,
        parent: row.facts.parent,
    })
}

fn queue(timeline: &Timeline, moment: &Moment<'_>, id: SocketId) -> Option<Why> {
    let listener = moment.listeners.iter().find(|listener| listener.line.id == id)?;
    let waiting = listener.queue.waiting.filter(|waiting| *waiting > 0)?;
    let holds = |row: &&Row<'_>| row.phase == Phase::Alive && listener.held_by.contains(&row.life.pid);
    let first = moment.rows.iter().find(holds);
    // One that is in accept() is about to take them.
    let accepts = first.is_some_and(|row| accepting(timeline, row.facts));
    Some(Why::Queue {
        port: listener.line.local.port(),
        waiting,
        backlog: listener.queue.backlog,
        listener: first.filter(|_| !accepts).map(|row| (row.life.pid, doing(row))),
    })
}

fn accepting(timeline: &Timeline, facts: &Facts) -> bool {
    let socket = facts.blocked.and_then(|blocked| timeline.socket(blocked.socket?));
    let listens = socket.is_some_and(|line| matches!(line.kind, SocketKind::Listener { .. }));
    listens || facts.waiting() == Some(Waiting::Accept)
}

fn death(timeline: &Timeline, moment: &Moment<'_>, id: ProcessId) -> Option<Why> {
    let life = timeline.lifeline(id)?;
    let exited = life.exited.filter(|exited| exited.when.latest <= moment.at)?;
    let ExitStatus::Signal(signal) = exited.status else {
        return None;
    };
    let signal = i32::from(signal);
    let ours = timeline.log(moment.at).take(FAR).any(|entry| {
        let sent = Change::Ordered(Ordered::Signal { signal, pid: life.pid });
        entry.change == sent && life.born.earliest <= entry.at && exited.when.latest.since(entry.at).as_secs() < 1
    });
    Some(Why::Killed {
        pid: life.pid,
        signal,
        ours,
        reaped: life.reaped.is_some_and(|reaped| reaped.when.latest <= moment.at),
    })
}

fn blocks_accept(moment: &Moment<'_>, row: &Row<'_>) -> Option<Why> {
    let call = row.facts.blocked.map(|blocked| Place::Call(blocked.call));
    let place = call.or(row.facts.wchan.map(Place::Function))?;
    let Listener { queue, .. } = queue_of(moment, row.life.pid)?;
    (row.facts.waiting() == Some(Waiting::Child)).then_some(Why::WaitBlocksAccept {
        pid: row.life.pid,
        place,
        waiting: queue.waiting?,
    })
}

fn ended(moment: &Moment<'_>) -> Option<Why> {
    let life = moment.rows.iter().map(|row| row.life).find(|life| life.root)?;
    Some(Why::Ended {
        pid: life.pid,
        status: life.exited.map_or(ExitStatus::Unknown, |exited| exited.status),
    })
}

/// What a process is and does, where nothing about it is out of the ordinary.
fn ordinary(timeline: &Timeline, row: &Row<'_>) -> Why {
    let pid = row.life.pid;
    let state = row.facts.state;
    if row.main_thread_left() {
        return Why::MainThreadLeft { pid };
    }
    let alone = row.held.first_peer().filter(|_| row.held.connections.len() == 1);
    match (state, row.facts.blocked) {
        (State::Stopped | State::Traced, _) => Why::Stopped {
            pid,
            traced: state == State::Traced,
        },
        (State::Running, _) => Why::Running { pid, peer: alone },
        (State::DiskSleep, _) => Why::DiskSleep { pid },
        (_, Some(blocked)) => in_call(timeline, row, blocked),
        (_, None) => match row.facts.wchan {
            Some(wchan) => Why::Asleep { pid, wchan },
            None => Why::Unknown { pid, state },
        },
    }
}

fn in_call(timeline: &Timeline, row: &Row<'_>, blocked: Blocked) -> Why {
    let pid = row.life.pid;
    let call = blocked.call;
    let line = blocked.socket.and_then(|id| timeline.socket(id));
    let peer = line.and_then(SocketLine::peer);
    match (call.waiting(), peer) {
        (Waiting::Accept, _) => Why::Accepting {
            pid,
            call,
            port: line.map(|line| line.local.port()),
        },
        (Waiting::Read, Some(peer)) => Why::Reading { pid, call, peer },
        (Waiting::Write, Some(peer)) => Why::Writing { pid, call, peer },
        (Waiting::Child, _) => Why::AwaitsChild { pid, call },
        (Waiting::Several, _) => Why::Multiplexing {
            pid,
            call,
            connections: row.held.counts.map(|counts| counts.established),
        },
        (Waiting::Read | Waiting::Write | Waiting::Signal | Waiting::Time | Waiting::Lock | Waiting::Other, _) => {
            Why::InCall { pid, call }
        }
    }
}
