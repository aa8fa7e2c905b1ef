//! What is said of a thread: its state, what it waits in, and the connection that it serves where its call names one.

use crate::timeline::call::int;
use crate::timeline::detail::{Unread, Waits};
use crate::timeline::process::State;
use crate::timeline::sockets::SocketLine;
use crate::timeline::threads::Thread;
use crate::timeline::tree::{Moment, Row};

use super::Words;
use super::cells::fit;
use super::doing::Room;
use super::names::visible;

/// A name of a thread has 15 bytes (pthread_setname_np(3)), each of which can take more cells than one.
const NAME: usize = 15;

impl Words {
    /// The glyph, the letter and the word for its state.
    pub fn thread_standing(&self, thread: &Thread) -> String {
        let state = thread.state;
        format!("{}{} {}", Self::state_glyph(state), state.letter(), self.state(state))
    }

    /// What a thread of a process is doing.
    pub fn thread_doing(&self, moment: &Moment<'_>, row: &Row<'_>, thread: &Thread, room: Room) -> String {
        match thread.waits {
            _ if matches!(thread.state, State::Stopped | State::Traced) => self.say("doing-stopped").into_owned(),
            Ok(Waits::Running | Waits::Outside) | Err(Unread::Absent) => String::new(),
            Ok(Waits::Asleep(wchan)) => self.asleep(wchan),
            Ok(Waits::In { call, arguments }) => {
                let fd = call.takes_fd().then(|| int(arguments[0]));
                self.in_call((call, fd), socket(moment, row, thread), None, room)
            }
            Err(Unread::NotPermitted) => self.say("thread-hidden").into_owned(),
        }
    }

    /// Its name.
    pub fn thread_name(&self, thread: &Thread) -> String {
        fit(&visible(&thread.comm), NAME).trim_end().to_owned()
    }
}

/// The socket that its call was given, as it was known then.
fn socket<'a>(moment: &Moment<'a>, row: &Row<'a>, thread: &Thread) -> Option<&'a SocketLine> {
    let inode = thread.socket?;
    let listeners = moment.listeners.iter().map(|listener| listener.line);
    let mut lines = row.held.connections.iter().copied().chain(listeners);
    lines.find(|line| line.inode == inode)
}
