//! The open descriptors of a process, and what each refers to: files, pipes, and sockets with their other end and who
//! else holds them.

use crate::timeline::detail::{Descriptor, Opens, Particulars, Unix};
use crate::timeline::process::Pid;
use crate::timeline::sockets::{SocketKind, SocketLine};
use crate::timeline::tree::Row;

use super::{Card, Field, Tone};
use crate::words::names::visible;
use crate::words::phrases::plain;

impl Card<'_> {
    /// How many are open, and what each refers to.
    pub(super) fn descriptors(&self, found: &Particulars) -> Vec<Field> {
        let most = found.most_descriptors.as_ref().ok().and_then(|(soft, _)| *soft);
        let count = self.got("card-descriptors", &found.descriptors, |open| match most {
            Some(most) => self
                .words
                .say_with("card-open-of", &[("count", plain(open.len())), ("most", plain(most))])
                .into_owned(),
            None => open.len().to_string(),
        });
        let each = found.descriptors.iter().flatten().map(|descriptor| Field {
            label: format!("{:>4}", descriptor.fd),
            text: self.opens(descriptor),
            tone: Tone::Plain,
        });
        std::iter::once(count).chain(each).collect()
    }

    fn opens(&self, descriptor: &Descriptor) -> String {
        match &descriptor.opens {
            Opens::Socket(inode) => self.socket(*inode),
            Opens::Unix(unix) => self.unix(unix),
            Opens::Udp { local, peer: None, .. } => format!("UDP {local}"),
            Opens::Udp {
                local,
                peer: Some(peer),
                ..
            } => format!("UDP {local} → {peer}"),
            Opens::Pipe(inode) => self
                .words
                .say_with("card-pipe", &[("inode", plain(*inode))])
                .into_owned(),
            Opens::Kind(kind) => visible(kind),
            Opens::File(Some(path)) => visible(path),
            Opens::File(None) => "–".to_owned(),
        }
    }

    /// A Unix socket with what it is bound to, or its other end.
    fn unix(&self, unix: &Unix) -> String {
        let path = |path: &Option<Box<[u8]>>| path.as_deref().map(visible).unwrap_or_default();
        let own = format!("unix {} {} {}", unix.kind.name(), unix.inode, path(&unix.path));
        let own = own.trim_end();
        let (text, values) = match unix.peer {
            _ if unix.listens => ("card-unix-listening", vec![("socket", plain(own))]),
            None => return own.to_owned(),
            Some(peer) => {
                let end = format!("{peer} {}", path(&unix.peer_path));
                (
                    "card-unix-peer",
                    vec![("socket", plain(own)), ("peer", plain(end.trim_end()))],
                )
            }
        };
        self.words.say_with(text, &values).into_owned()
    }

    /// A TCP socket with its other end, its state, and who else holds it.
    fn socket(&self, inode: u64) -> String {
        let moment = self.of.moment;
        let listener = moment.listeners.iter().find(|listener| listener.line.inode == inode);
        let (mut said, others) = if let Some(listener) = listener {
            let queue = [listener.queue.waiting, listener.queue.backlog]
                .map(|count| count.map_or_else(|| "–".to_owned(), |count| count.to_string()));
            let values = [
                ("address", plain(listener.line.local)),
                ("queue", plain(queue.join("/"))),
            ];
            let said = self.words.say_with("card-listening", &values).into_owned();
            (said, listener.held_by.clone())
        } else if let Some(line) = self.of.row.held.connections.iter().find(|line| line.inode == inode) {
            (self.connection(line), self.holders(line))
        } else {
            return self.say("card-other-socket");
        };
        let own = self.of.row.life.pid;
        let others: Vec<String> = others
            .into_iter()
            .filter(|pid| *pid != own)
            .map(|pid| pid.to_string())
            .collect();
        if !others.is_empty() {
            let pids = self.list(others.into_iter(), " ");
            said.push_str(", ");
            said.push_str(&self.words.say_with("card-held-by", &[("pids", plain(pids))]));
        }
        said
    }

    /// `← 127.0.0.1:51022 ESTABLISHED`; the arrow points from who asked for the connection.
    fn connection(&self, line: &SocketLine) -> String {
        let SocketKind::Connection { peer, .. } = &line.kind else {
            return String::new();
        };
        let ports = self
            .of
            .moment
            .listeners
            .iter()
            .map(|listener| listener.line.local.port());
        let arrow = if line.called || ports.into_iter().any(|port| port == line.local.port()) {
            '←'
        } else {
            '→'
        };
        let state = line.state(self.of.moment.at).map_or("–", |state| state.name());
        format!("{arrow} {peer} {state}")
    }

    fn holders(&self, line: &SocketLine) -> Vec<Pid> {
        let rows = self.of.moment.rows.iter();
        let holds = |row: &&Row<'_>| row.held.connections.iter().any(|held| held.id == line.id);
        rows.filter(holds).map(|row| row.life.pid).collect()
    }
}
