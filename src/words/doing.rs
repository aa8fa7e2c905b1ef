//! What a process is doing, in a few words, and in fewer where there is less room: the call that it is blocked in and
//! with whom, or how it ended. Why it does so is said in [`super::why`].

use std::net::SocketAddr;

use crate::timeline::Timeline;
use crate::timeline::call::{Call, Waiting};
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{Blocked, ExitStatus, State};
use crate::timeline::sockets::{SocketKind, SocketLine};
use crate::timeline::tree::Row;
use crate::timeline::wchan::Wchan;

use super::Words;
use super::phrases::plain;

/// How much room there is to say what a process is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// For all of it.
    Wide,
    /// For the other end of a connection by its port alone, and for no remarks.
    Narrow,
    /// For the call alone.
    Least,
}

impl Room {
    /// The most first.
    pub const ALL: [Self; 3] = [Self::Wide, Self::Narrow, Self::Least];

    fn peer(self, peer: SocketAddr) -> String {
        match self {
            Self::Wide => peer.to_string(),
            Self::Narrow | Self::Least => format!(":{}", peer.port()),
        }
    }
}

impl Words {
    /// What a process is doing at a moment, in a few words; for one that ended, how.
    pub fn doing(&self, timeline: &Timeline, row: &Row<'_>, room: Room) -> String {
        match row.phase {
            Phase::Zombie(exited) if room == Room::Wide => {
                format!("{}, {}", self.ending(exited.status), self.say("no-wait-seen"))
            }
            Phase::Zombie(exited) => self.ending(exited.status),
            Phase::Gone(reaped) => {
                let status = row.life.exited.map_or(ExitStatus::Unknown, |exited| exited.status);
                let time = row
                    .life
                    .zombie_time(reaped.when.latest)
                    .map(|time| self.zombie_time(time));
                let time = time.unwrap_or_default();
                let ending = self.ending(status);
                self.say_with("ghost-doing", &[("ending", plain(ending)), ("time", plain(time))])
                    .into_owned()
            }
            Phase::Alive | Phase::Unborn => match row.facts.blocked {
                Some(blocked) => self.blocked(timeline, row, blocked, room),
                None => match (row.facts.state, row.held.first_peer()) {
                    (State::Stopped | State::Traced, _) => self.say("doing-stopped").into_owned(),
                    (_, Some(peer)) if row.held.connections.len() == 1 => self
                        .say_with("doing-serving", &[("peer", plain(room.peer(peer)))])
                        .into_owned(),
                    _ => row.facts.wchan.map_or_else(String::new, |wchan| self.asleep(wchan)),
                },
            },
        }
    }

    /// What a sleeper waits for, as far as the kernel's function tells; the call is hidden, so none is named.
    pub(super) fn asleep(&self, wchan: Wchan) -> String {
        let name = match wchan.waiting {
            Waiting::Accept => "doing-asleep-accept",
            Waiting::Read => "doing-asleep-read",
            Waiting::Write => "doing-asleep-write",
            Waiting::Child => "doing-asleep-child",
            Waiting::Several => "doing-asleep-several",
            Waiting::Signal => "doing-asleep-signal",
            Waiting::Time => "doing-asleep-time",
            Waiting::Lock => "doing-asleep-lock",
            Waiting::Other => "doing-asleep-io",
        };
        self.say(name).into_owned()
    }

    /// The call that a process is blocked in, with what it waits for.
    fn blocked(&self, timeline: &Timeline, row: &Row<'_>, blocked: Blocked, room: Room) -> String {
        let socket = blocked.socket.and_then(|id| timeline.socket(id));
        let only = row.held.first_peer().filter(|_| row.held.connections.len() == 1);
        self.in_call((blocked.call, blocked.fd), socket, only, room)
    }

    /// The call that something is blocked in, with the descriptor and the socket that it was given; `only` is the other end
    /// of the one connection that it can wait for where the call names none.
    pub(super) fn in_call(
        &self,
        (call, fd): (Call, Option<i32>),
        socket: Option<&SocketLine>,
        only: Option<SocketAddr>,
        room: Room,
    ) -> String {
        let Some(name) = call.name() else {
            return self.say("doing-in-kernel").into_owned();
        };
        if room == Room::Least {
            return format!("{name}()");
        }
        let on = socket.map(|line| match &line.kind {
            SocketKind::Listener { .. } => format!(":{}", line.local.port()),
            SocketKind::Connection { peer, .. } => room.peer(*peer),
        });
        match (call.waiting(), on) {
            (Waiting::Accept, Some(on)) => self
                .say_with("doing-accept", &[("call", plain(name)), ("port", plain(on))])
                .into_owned(),
            (Waiting::Read, Some(on)) => format!("{name}() ← {on}"),
            (Waiting::Write, Some(on)) => format!("{name}() → {on}"),
            (Waiting::Child, _) => self.say_with("doing-wait", &[("call", plain(name))]).into_owned(),
            (Waiting::Several, _) => match only {
                Some(peer) => format!("{name}() ← {}", room.peer(peer)),
                None => format!("{name}()"),
            },
            (_, on) => match (on, fd) {
                (Some(on), _) => format!("{name}() {on}"),
                (None, Some(fd)) => format!("{name}(fd {fd})"),
                (None, None) => format!("{name}()"),
            },
        }
    }
}
