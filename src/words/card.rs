//! The card of details in words: one field after the other, for a process at a moment. Pure: what the tree knew then,
//! and the close look where somebody looked.

use std::time::Duration;

use crate::timeline::Timeline;
use crate::timeline::detail::{
    Descriptor, Detail, Got, Memory, Opens, Particulars, Signals, Unix, Unread, Users, Waits,
};
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{Disposition, ExitStatus, Pid, Sigchld};
use crate::timeline::sockets::{SocketKind, SocketLine};
use crate::timeline::tree::{Moment, Row};

use super::Words;
use super::calls::call;
use super::names::{command, visible};
use super::phrases::{plain, signal};
use super::units::{age, memory, span};

/// So many children, and holders of a socket, are named; the rest are counted.
const NAMED: usize = 12;

/// One fact of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What the fact is of.
    pub label: String,
    /// The fact.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// How a field is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As a fact.
    Plain,
    /// As something that is not known.
    Quiet,
    /// As something that needs an eye.
    Alert,
}

/// Whom a card is of, and when.
pub struct Subject<'a> {
    /// Where sockets are.
    pub timeline: &'a Timeline,
    /// The moment.
    pub moment: &'a Moment<'a>,
    /// The process.
    pub row: &'a Row<'a>,
    /// What to say where nobody looked closely then.
    pub unread: String,
    /// The name of a user.
    pub user: &'a dyn Fn(u32) -> String,
}

/// The fields of a card.
pub fn card(words: &Words, of: &Subject<'_>) -> Vec<Field> {
    let card = Card { words, of };
    let detail = of.timeline.detail(of.row.life.id, of.moment.at);
    let mut fields = card.of_the_tree();
    match (of.row.phase, detail) {
        // What a process had is gone with it.
        (Phase::Gone(_), _) => {}
        (_, None) => fields.push(card.quiet("", of.unread.clone())),
        (_, Some(Detail { found: None, .. })) => {
            fields.push(card.quiet("", words.say("card-gone").into_owned()));
        }
        (_, Some(Detail { found: Some(found), .. })) => fields.extend(card.of_the_look(found)),
    }
    fields
}

/// A card in the making.
struct Card<'a> {
    words: &'a Words,
    of: &'a Subject<'a>,
}

impl Card<'_> {
    fn field(&self, name: &str, text: String, tone: Tone) -> Field {
        let label = if name.is_empty() {
            String::new()
        } else {
            self.words.say(name).into_owned()
        };
        Field { label, text, tone }
    }

    fn plain(&self, name: &str, text: String) -> Field {
        self.field(name, text, Tone::Plain)
    }

    fn quiet(&self, name: &str, text: String) -> Field {
        self.field(name, text, Tone::Quiet)
    }

    fn say(&self, name: &str) -> String {
        self.words.say(name).into_owned()
    }

    /// The field of what was read, or why it was not.
    fn got<T>(&self, name: &str, got: &Got<T>, say: impl FnOnce(&T) -> String) -> Field {
        match got {
            Ok(found) => self.plain(name, say(found)),
            Err(Unread::NotPermitted) => self.quiet(name, self.say("card-not-permitted")),
            Err(Unread::Absent) => self.quiet(name, "–".to_owned()),
        }
    }

    /// What every reading tells.
    fn of_the_tree(&self) -> Vec<Field> {
        let row = self.of.row;
        let facts = row.facts;
        let tone = if row.is_zombie() { Tone::Alert } else { Tone::Plain };
        let mut fields = vec![self.field("card-state", self.state(), tone)];
        if let Some(status) = self.status() {
            fields.push(self.field("card-exit", self.words.ending(status), tone));
        }
        let parent = match row.adopter {
            Some(adopter) => self
                .words
                .say_with("card-adopted", &[("pid", plain(adopter))])
                .into_owned(),
            None => facts.parent.to_string(),
        };
        fields.push(self.plain("card-parent", parent));
        if !row.is_ghost() && !row.is_zombie() {
            fields.push(self.plain("card-children", self.children()));
            if let Some(sigchld) = facts.sigchld {
                fields.push(self.plain("card-sigchld", self.sigchld(sigchld)));
            }
        }
        let named = match (facts.names.command.is_empty(), facts.names.comm.is_empty()) {
            (false, _) => command(&facts.names.command),
            (true, false) => format!("[{}]", visible(&facts.names.comm)),
            (true, true) => "–".to_owned(),
        };
        fields.push(self.plain("card-command", named));
        fields
    }

    fn status(&self) -> Option<ExitStatus> {
        match self.of.row.phase {
            Phase::Zombie(exited) => Some(exited.status),
            Phase::Gone(_) => self.of.row.life.exited.map(|exited| exited.status),
            Phase::Alive | Phase::Unborn => None,
        }
    }

    /// `S sleeping, 12.4 s old, 3 threads`.
    fn state(&self) -> String {
        let row = self.of.row;
        let standing = self.words.standing(row, self.of.moment.at);
        let standing = standing.split_whitespace().collect::<Vec<_>>().join(" ");
        if row.is_ghost() || row.is_zombie() {
            return standing;
        }
        let lived = age(self.of.moment.at.since(row.life.born.latest));
        let values = [
            ("state", plain(standing)),
            ("age", plain(lived)),
            ("threads", plain(row.facts.threads)),
        ];
        let name = if row.facts.threads > 1 {
            "card-alive-threads"
        } else {
            "card-alive"
        };
        self.words.say_with(name, &values).into_owned()
    }

    /// `4130 S, 4131 Z`.
    fn children(&self) -> String {
        let own = self.of.row.life.pid;
        let rows = self.of.moment.rows.iter();
        let children = rows.filter(|row| row.facts.parent == own && !row.is_ghost() && !row.life.root);
        let letter = |row: &Row<'_>| if row.is_zombie() { 'Z' } else { row.facts.state.letter() };
        self.list(children.map(|row| format!("{} {}", row.life.pid, letter(row))), ", ")
    }

    /// The first of some, and how many more there are.
    fn list(&self, items: impl Iterator<Item = String>, between: &str) -> String {
        let items: Vec<String> = items.collect();
        if items.is_empty() {
            return self.say("card-none");
        }
        let named = items[..items.len().min(NAMED)].join(between);
        match items.len().saturating_sub(NAMED) {
            0 => named,
            more => self
                .words
                .say_with("card-more", &[("named", plain(named)), ("count", plain(more))])
                .into_owned(),
        }
    }

    fn sigchld(&self, sigchld: Sigchld) -> String {
        let mut parts = vec![self.say(match sigchld.disposition {
            Disposition::Default => "card-sigchld-default",
            Disposition::Ignored => "card-sigchld-ignored",
            Disposition::Caught => "card-sigchld-caught",
        })];
        if sigchld.blocked {
            parts.push(self.say("card-sigchld-blocked"));
        }
        if sigchld.pending {
            parts.push(self.say("card-sigchld-pending"));
        }
        parts.join("; ")
    }

    /// What only a close look tells.
    fn of_the_look(&self, found: &Particulars) -> Vec<Field> {
        let zombie = self.of.row.is_zombie();
        let mut fields = Vec::new();
        if zombie {
            fields.push(self.quiet("", self.say("card-zombie")));
        } else {
            fields.push(self.got("card-blocked", &found.waits, |waits| self.waits(*waits)));
            fields.extend(self.descriptors(found));
            fields.push(self.got("card-memory", &found.memory, |memory| self.memory(*memory)));
        }
        fields.push(self.plain("card-cpu", self.cpu(found.user_time, found.system_time)));
        fields.push(self.got("card-user", &found.users, |users| self.users(*users)));
        if !zombie {
            fields.extend(self.signals(&found.signals));
        }
        let group = [("group", plain(found.group)), ("session", plain(found.session))];
        fields.push(self.plain(
            "card-group",
            self.words.say_with("card-group-session", &group).into_owned(),
        ));
        if !zombie {
            fields.push(self.got("card-program", &found.executable, |path| visible(path)));
        }
        fields.push(self.got("card-namespace", &found.namespace, |inode| {
            self.namespace(*inode, &found.namespace_pids)
        }));
        fields.push(self.got("card-cgroup", &found.cgroup, |path| visible(path)));
        fields
    }

    fn waits(&self, waits: Waits) -> String {
        match waits {
            Waits::Running => self.say("card-running"),
            Waits::Outside => self.say("card-outside"),
            Waits::Asleep(wchan) => {
                let function = [("function", plain(wchan.function))];
                self.words.say_with("card-asleep", &function).into_owned()
            }
            Waits::In { call: which, arguments } => call(which, arguments),
        }
    }

    fn memory(&self, found: Memory) -> String {
        let values = [
            ("resident", plain(memory(found.resident))),
            ("shared", plain(memory(found.shared))),
            ("private", plain(memory(found.private))),
        ];
        self.words.say_with("card-memory-parts", &values).into_owned()
    }

    fn cpu(&self, user: Duration, system: Duration) -> String {
        let values = [("user", plain(span(user))), ("system", plain(span(system)))];
        self.words.say_with("card-cpu-parts", &values).into_owned()
    }

    fn users(&self, users: Users) -> String {
        let name = |uid| (self.of.user)(uid);
        if users.real == users.effective {
            return name(users.real);
        }
        let values = [
            ("real", plain(name(users.real))),
            ("effective", plain(name(users.effective))),
        ];
        self.words.say_with("card-users", &values).into_owned()
    }

    fn signals(&self, got: &Got<Signals>) -> Vec<Field> {
        let set = |name: &str, of: fn(&Signals) -> u64| {
            self.got(name, got, |signals| {
                self.list(signal_names(of(signals)).into_iter(), " ")
            })
        };
        vec![
            set("card-caught", |signals| signals.caught),
            set("card-ignored", |signals| signals.ignored),
            set("card-masked", |signals| signals.blocked),
            set("card-pending", |signals| signals.pending),
        ]
    }

    fn namespace(&self, inode: u64, pids: &[Pid]) -> String {
        let inside = pids.last().copied().unwrap_or(self.of.row.life.pid);
        let values = [("inode", plain(inode)), ("pid", plain(inside))];
        self.words.say_with("card-namespace-pid", &values).into_owned()
    }

    /// How many are open, and what each refers to.
    fn descriptors(&self, found: &Particulars) -> Vec<Field> {
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

/// The names of the signals in a set. The C library keeps 32 and 33 for itself; real-time signals have numbers.
fn signal_names(set: u64) -> Vec<String> {
    let numbers = (1..=64).filter(|number| set & (1 << (number - 1)) != 0);
    let name = |number: i32| match number {
        1..=31 => signal(number),
        number => number.to_string(),
    };
    numbers.map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_signals_is_named() {
        assert_eq!(signal_names(0), Vec::<String>::new());
        assert_eq!(signal_names((1 << 16) | 2), ["SIGINT", "SIGCHLD"]);
        assert_eq!(signal_names(1 << 33), ["34"]);
    }
}
