//! The door of a stage: the socket on which its processes come, say who they are, and where they stand.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};

use crate::lesson::reading;
use crate::lesson::wire::{Birth, Said};
use crate::observe::Proc;
use crate::timeline::process::Pid;

use super::actor::{Actor, Connection};
use super::{Stage, StageError, call};

impl Stage {
    /// Takes what processes have to say, waiting for it as long as that.
    pub(super) fn pump(&mut self, patience: Duration) -> Result<(), StageError> {
        self.listen(patience)?;
        self.welcome()?;
        // In the order in which they came: whoever runs another program at once has come twice, and the later counts.
        let mut index = 0;
        while index < self.guests.len() {
            let lines = self.guests[index].1.lines();
            if let Some(Said::Hello(birth, program)) = lines.as_ref().and_then(|lines| lines.first()) {
                let (pid, connection) = self.guests.remove(index);
                self.enter(pid, birth.clone(), program.clone(), connection);
                let rest = lines.unwrap_or_default().split_off(1);
                self.actors
                    .values_mut()
                    .filter(|actor| actor.key.pid == pid)
                    .for_each(|actor| actor.hear(&rest));
            } else if lines.is_none() {
                self.guests.remove(index);
            } else {
                index += 1;
            }
        }
        for actor in self.actors.values_mut() {
            if let Some(connection) = &mut actor.connection {
                match connection.lines() {
                    Some(lines) => actor.hear(&lines),
                    None => actor.connection = None,
                }
            }
        }
        Ok(())
    }

    fn listen(&self, patience: Duration) -> Result<(), StageError> {
        let actors = self.actors.values().filter_map(|actor| actor.connection.as_ref());
        let connections = actors.chain(self.guests.iter().map(|(_, connection)| connection));
        let mut fds = vec![PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
        fds.extend(connections.map(|connection| PollFd::new(connection.stream.as_fd(), PollFlags::POLLIN)));
        let patience = PollTimeout::try_from(patience).unwrap_or(PollTimeout::ZERO);
        match poll(&mut fds, patience) {
            Ok(_) | Err(Errno::EINTR) => Ok(()),
            Err(errno) => call("wait for its processes", Err(errno)),
        }
    }

    /// Takes connections of processes of this stage, and of nobody else.
    fn welcome(&mut self) -> Result<(), StageError> {
        loop {
            let stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return call("take a connection", Err(error)),
            };
            let peer = call("ask who connects", getsockopt(&stream, PeerCredentials))?;
            if reading::is_below(peer.pid(), self.launched.guardian()) {
                call("prepare a connection", stream.set_nonblocking(true))?;
                self.guests.push((peer.pid(), Connection::new(stream)));
            }
        }
    }

    /// A process says who it is. One that is there already runs another program of the lesson now.
    fn enter(&mut self, pid: Pid, birth: Birth, program: String, connection: Connection) {
        // Killed at once: nobody that could be shown.
        let Ok(key) = Proc::system().key(pid) else { return };
        let parent = birth
            .parent()
            .and_then(|parent| self.actors.get(&parent))
            .map(|actor| actor.key.pid);
        let actor = Actor {
            key,
            parent,
            line: None,
            on_its_way: false,
            program,
            variables: BTreeMap::new(),
            connection: Some(connection),
        };
        self.actors.insert(birth, actor);
    }
}

/// A name that nobody can guess.
pub(super) fn secret() -> io::Result<String> {
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    let hex = bytes.iter().map(|byte| format!("{byte:02x}"));
    Ok(format!("forkscope-{}", hex.collect::<String>()))
}
