//! The card of details in words: one field after the other, for a process at a moment. Here stands what the tree knew
//! then; what a close look told, and the descriptors that it found, have files of their own. Pure: nothing is read.

use crate::timeline::Timeline;
use crate::timeline::detail::{Detail, Got, Unread};
use crate::timeline::lifeline::Phase;
use crate::timeline::process::{Disposition, ExitStatus, Sigchld};
use crate::timeline::tree::{Moment, Row};

use super::Words;
use super::names::{command, visible};
use super::phrases::plain;
use super::units::age;

mod descriptors;
mod look;

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
}
