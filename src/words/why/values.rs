//! The values that stand in the sentences: pids, calls, times, and what a process does meanwhile.

use fluent_bundle::FluentValue;

use crate::timeline::call::Call;
use crate::timeline::lifeline::Reaper;
use crate::timeline::process::Pid;
use crate::timeline::why::{Doing, Place, Unreaped, Why};
use crate::words::Words;
use crate::words::phrases::{plain, zombie_age};
use crate::words::signals::signal;

/// Values by the names that the texts give them.
pub(super) type Values = Vec<(&'static str, FluentValue<'static>)>;

impl Words {
    /// The values for all texts of a [`Why`].
    #[allow(clippy::too_many_lines, reason = "one arm for each kind, and nothing but arms")]
    pub(super) fn values(&self, why: &Why) -> Values {
        let pid = |pid: Pid| ("pid", plain(pid));
        let parent = |parent: Pid| ("parent", plain(parent));
        let called = |call: Call| ("call", plain(call_name(call)));
        match why {
            Why::Nothing => Vec::new(),
            Why::Born { child, parent, serves } => {
                let mut values = vec![("child", plain(child))];
                values.extend(parent.map(|parent| ("parent", plain(parent))));
                values.extend(serves.map(|peer| ("peer", plain(peer))));
                values
            }
            Why::Connected { peer, port, holder, .. } => {
                let mut values = vec![("peer", plain(peer)), ("port", plain(port))];
                values.extend(holder.map(|holder| ("holder", plain(holder))));
                values
            }
            Why::Zombie {
                pid: zombie,
                time,
                parent: of,
                unreaped,
                others,
            } => {
                let mut values = vec![pid(*zombie), parent(*of), ("time", plain(zombie_age(*time)))];
                values.extend((*others > 0).then(|| ("others", plain(others))));
                values.extend(self.parents_doing(*unreaped));
                values
            }
            Why::Reaped {
                pid: reaped,
                status,
                time,
                by,
                parent: of,
            } => {
                if *by == Reaper::Discarded {
                    return vec![pid(*reaped), parent(*of)];
                }
                let time = time.map(|time| self.zombie_time(time)).unwrap_or_default();
                let mut values = vec![pid(*reaped), ("time", plain(time))];
                values.push(("ending", plain(self.ending(*status))));
                values.extend(by.pid().map(|by| ("by", plain(by))));
                values
            }
            Why::Orphan {
                pid: orphan, from, to, ..
            } => {
                let mut values = vec![pid(*orphan), ("to", plain(to))];
                values.extend(from.map(|from| ("from", plain(from))));
                values
            }
            Why::Shared { pid: one, with, peer } => vec![pid(*one), ("with", plain(with)), ("peer", plain(peer))],
            Why::StoppedParent {
                pid: stopped,
                zombies,
                waiting,
            } => {
                let mut values = vec![pid(*stopped), ("zombies", plain(zombies))];
                values.extend(waiting.map(|waiting| ("waiting", plain(waiting))));
                values
            }
            Why::KilledZombie {
                pid: zombie,
                signal: number,
                parent: of,
            } => vec![pid(*zombie), parent(*of), ("signal", plain(signal(*number)))],
            Why::Queue {
                port,
                waiting,
                backlog,
                listener,
            } => {
                let mut values = vec![("port", plain(port)), ("waiting", plain(waiting))];
                values.extend(backlog.map(|backlog| ("backlog", plain(backlog))));
                if let Some((listener, doing)) = listener {
                    values.push(pid(*listener));
                    values.push(("doing", plain(self.does(*doing, Joint::End))));
                }
                values
            }
            Why::Killed {
                pid: killed,
                signal: number,
                ..
            } => vec![pid(*killed), ("signal", plain(signal(*number)))],
            Why::WaitBlocksAccept {
                pid: server,
                place,
                waiting,
            } => vec![
                pid(*server),
                ("call", plain(place_name(*place))),
                ("waiting", plain(waiting)),
            ],
            Why::Accepting { pid: who, call, port } => {
                let mut values = vec![pid(*who), called(*call)];
                values.extend(port.map(|port| ("port", plain(port))));
                values
            }
            Why::Reading { pid: who, call, peer } | Why::Writing { pid: who, call, peer } => {
                vec![pid(*who), called(*call), ("peer", plain(peer))]
            }
            Why::AwaitsChild { pid: who, call } | Why::InCall { pid: who, call } => vec![pid(*who), called(*call)],
            Why::Multiplexing {
                pid: who,
                call,
                connections,
            } => {
                let mut values = vec![pid(*who), called(*call)];
                values.extend(connections.map(|connections| ("connections", plain(connections))));
                values
            }
            Why::Running { pid: who, peer } => {
                let mut values = vec![pid(*who)];
                values.extend(peer.map(|peer| ("peer", plain(peer))));
                values
            }
            Why::Stopped { pid: who, .. } | Why::DiskSleep { pid: who } | Why::MainThreadLeft { pid: who } => {
                vec![pid(*who)]
            }
            Why::Asleep { pid: who, wchan } => vec![pid(*who), ("function", plain(wchan.function))],
            Why::Unknown { pid: who, state } => vec![pid(*who), ("state", plain(self.state(*state)))],
            Why::Ended { pid: root, status } => vec![pid(*root), ("ending", plain(self.ending(*status)))],
        }
    }

    /// What the parent of a zombie does meanwhile, where the sentence says so.
    fn parents_doing(&self, unreaped: Unreaped) -> Option<(&'static str, FluentValue<'static>)> {
        match unreaped {
            Unreaped::Default(doing) | Unreaped::Caught(doing) => Some(("doing", plain(self.does(doing, Joint::And)))),
            Unreaped::InWait(place) => Some(("call", plain(place_name(place)))),
            Unreaped::JustNow
            | Unreaped::Stopped
            | Unreaped::Pending
            | Unreaped::Taken
            | Unreaped::Ignored
            | Unreaped::Unread
            | Unreaped::Unseen => None,
        }
    }

    /// What a process does, as the predicate of a sentence.
    fn does(&self, doing: Doing, joint: Joint) -> String {
        let name = match (doing, joint) {
            (Doing::InCall(_) | Doing::InFunction(_), Joint::And) => "why-does-call-and",
            (Doing::InCall(_) | Doing::InFunction(_), Joint::End) => "why-does-call",
            (Doing::Running, Joint::And) => "why-does-run-and",
            (Doing::Running, Joint::End) => "why-does-run",
            (Doing::Stopped, Joint::And) => "why-does-stop-and",
            (Doing::Stopped, Joint::End) => "why-does-stop",
            (Doing::Asleep, Joint::And) => "why-does-sleep-and",
            (Doing::Asleep, Joint::End) => "why-does-sleep",
        };
        let call = match doing {
            Doing::InCall(call) => call_name(call),
            Doing::InFunction(wchan) => place_name(Place::Function(wchan)),
            Doing::Running | Doing::Stopped | Doing::Asleep => String::new(),
        };
        self.say_with(name, &[("call", plain(call))]).into_owned()
    }
}

/// Whether a predicate goes on: Korean inflects it.
#[derive(Debug, Clone, Copy)]
enum Joint {
    And,
    End,
}

/// A call as it is written in C, or the kernel's function as it stands in `wchan`.
fn place_name(place: Place) -> String {
    match place {
        Place::Call(call) => call_name(call),
        Place::Function(wchan) => wchan.function.to_owned(),
    }
}

/// A call as it is written in C; by its number where it has no name here.
fn call_name(call: Call) -> String {
    match (call.name(), call) {
        (Some(name), _) => format!("{name}()"),
        (None, Call::Other(number)) => format!("syscall({number})"),
        (None, _) => String::new(),
    }
}
