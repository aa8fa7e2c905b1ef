//! The filter of the tree: what is typed, as terms, and whether a row matches them all. It knows no names of users:
//! who parses a filter brings their numbers.

use super::{Moment, Row};
use crate::timeline::process::{Pid, State};

/// What a row must be to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

/// One thing that a row must be.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    /// This stands in its command name or its command line, whatever the case of its letters.
    Text(String),
    /// It has this pid.
    Pid(Pid),
    /// It is in this state.
    State(State),
    /// It holds a socket with this port, on either side.
    Port(u16),
    /// It is this user's.
    User(u32),
}

/// Why what was typed is no filter. Each names the part that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing is found by that key.
    Key(String),
    /// That is no pid.
    Pid(String),
    /// That is no letter of a state.
    State(String),
    /// That is no port.
    Port(String),
    /// Nobody has that name.
    User(String),
    /// A quotation mark was opened and not closed.
    Quote,
}

impl Filter {
    /// The filter that was typed; `None` where nothing was. Terms are separated by blanks, and all must match: text,
    /// `pid:`, `state:`, `port:`, `user:`; `"…"` is text with blanks or a colon in it. `user` finds a user's number.
    pub fn parse(text: &str, user: impl Fn(&str) -> Option<u32>) -> Result<Option<Self>, Trouble> {
        let mut terms = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (term, after) = if let Some(quoted) = rest.strip_prefix('"') {
                let (inside, after) = quoted.split_once('"').ok_or(Trouble::Quote)?;
                (Term::text(inside), after)
            } else {
                let (word, after) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
                (Term::parse(word, &user)?, after)
            };
            terms.push(term);
            rest = after.trim_start();
        }
        Ok((!terms.is_empty()).then(|| Self {
            text: text.trim().to_owned(),
            terms,
        }))
    }

    /// As it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The row is all that is asked for.
    pub fn matches(&self, row: &Row<'_>, moment: &Moment<'_>) -> bool {
        self.terms.iter().all(|term| term.matches(row, moment))
    }
}

impl Term {
    fn text(text: &str) -> Self {
        Self::Text(text.to_lowercase())
    }

    fn parse(word: &str, user: &impl Fn(&str) -> Option<u32>) -> Result<Self, Trouble> {
        let Some((key, value)) = word.split_once(':') else {
            return Ok(Self::text(word));
        };
        let wrong = || value.to_owned();
        match key {
            "pid" => match value.parse() {
                Ok(pid) if pid > 0 => Ok(Self::Pid(pid)),
                Ok(_) | Err(_) => Err(Trouble::Pid(wrong())),
            },
            "state" => {
                let mut letters = value.chars();
                let state = letters.next().and_then(State::from_letter);
                state
                    .filter(|_| letters.next().is_none())
                    .map(Self::State)
                    .ok_or_else(|| Trouble::State(wrong()))
            }
            "port" => match value.parse() {
                Ok(port) if port > 0 => Ok(Self::Port(port)),
                Ok(_) | Err(_) => Err(Trouble::Port(wrong())),
            },
            "user" => {
                let number = value.parse().ok().or_else(|| user(value));
                number.map(Self::User).ok_or_else(|| Trouble::User(wrong()))
            }
            _ => Err(Trouble::Key(key.to_owned())),
        }
    }

    fn matches(&self, row: &Row<'_>, moment: &Moment<'_>) -> bool {
        match self {
            Self::Text(text) => is_called(row, moment, text),
            Self::Pid(pid) => row.life.pid == *pid,
            Self::State(State::Zombie) => row.is_zombie() || row.main_thread_left(),
            Self::State(state) => !row.is_zombie() && !row.is_ghost() && row.facts.state == *state,
            Self::Port(port) => holds(row, moment, *port),
            Self::User(uid) => row.facts.uid == *uid,
        }
    }
}

/// The text stands in what the process is called. A zombie has no command line: what it had while it lived counts.
fn is_called(row: &Row<'_>, moment: &Moment<'_>, text: &str) -> bool {
    let within = |name: &[u8]| {
        let name: Vec<u8> = name.iter().map(|byte| if *byte == 0 { b' ' } else { *byte }).collect();
        String::from_utf8_lossy(&name).to_lowercase().contains(text)
    };
    let lived = row
        .life
        .segments
        .iter()
        .rev()
        .filter(|segment| segment.from <= moment.at);
    let mut commands = lived.map(|segment| &segment.facts.names.command);
    let command = commands.find(|command| !command.is_empty());
    within(&row.facts.names.comm) || command.is_some_and(|command| within(command))
}

fn holds(row: &Row<'_>, moment: &Moment<'_>, port: u16) -> bool {
    let mut connections = row.held.connections.iter();
    let mut listeners = moment
        .listeners
        .iter()
        .filter(|listener| listener.line.local.port() == port);
    connections.any(|line| line.local.port() == port || line.peer().is_some_and(|peer| peer.port() == port))
        || listeners.any(|listener| listener.held_by.contains(&row.life.pid))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Option<Filter>, Trouble> {
        Filter::parse(text, |name| (name == "www-data").then_some(33))
    }

    fn check(text: &str, terms: &[Term]) {
        let filter = parse(text).unwrap().unwrap();
        assert_eq!(filter.terms, terms, "{text}");
        assert_eq!(filter.text(), text.trim(), "{text}");
    }

    fn check_wrong(text: &str, trouble: Trouble) {
        assert_eq!(parse(text), Err(trouble), "{text}");
    }

    #[test]
    fn terms_are_told_apart() {
        let text = |text: &str| Term::Text(text.to_owned());
        check("nginx", &[text("nginx")]);
        check("  NginX  worker ", &[text("nginx"), text("worker")]);
        check("\"nginx: worker\" pid:7", &[text("nginx: worker"), Term::Pid(7)]);
        check("\"a\"\"b\"", &[text("a"), text("b")]);
        check("파이썬", &[text("파이썬")]);
        check("pid:4121", &[Term::Pid(4121)]);
        check("state:Z", &[Term::State(State::Zombie)]);
        check("state:t", &[Term::State(State::Traced)]);
        check("state:T", &[Term::State(State::Stopped)]);
        check("port:9190", &[Term::Port(9190)]);
        check("port:65535", &[Term::Port(65535)]);
        check("user:www-data", &[Term::User(33)]);
        check("user:0", &[Term::User(0)]);
        check(
            "state:Z user:1000 x",
            &[Term::State(State::Zombie), Term::User(1000), text("x")],
        );
    }

    #[test]
    fn nothing_typed_is_no_filter() {
        assert_eq!(parse(""), Ok(None));
        assert_eq!(parse("  \t "), Ok(None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let text = str::to_owned;
        check_wrong("uid:0", Trouble::Key(text("uid")));
        check_wrong("127.0.0.1:9190", Trouble::Key(text("127.0.0.1")));
        check_wrong(":9190", Trouble::Key(text("")));
        check_wrong("PID:1", Trouble::Key(text("PID")));
        check_wrong("pid:", Trouble::Pid(text("")));
        check_wrong("pid:0", Trouble::Pid(text("0")));
        check_wrong("pid:-3", Trouble::Pid(text("-3")));
        check_wrong("pid:99999999999", Trouble::Pid(text("99999999999")));
        check_wrong("state:", Trouble::State(text("")));
        check_wrong("state:z", Trouble::State(text("z")));
        check_wrong("state:ZZ", Trouble::State(text("ZZ")));
        check_wrong("port:0", Trouble::Port(text("0")));
        check_wrong("port:65536", Trouble::Port(text("65536")));
        check_wrong("port:http", Trouble::Port(text("http")));
        check_wrong("user:nobody-here", Trouble::User(text("nobody-here")));
        check_wrong("user:", Trouble::User(text("")));
        check_wrong("fine \"nginx: worker", Trouble::Quote);
    }
}
