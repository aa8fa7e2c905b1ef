//! The demo server's own source, cut to what a room can read, with the same in C beside it; and who stands at which
//! line. The Rust is compiled in from the very files that run; that each cut and each mark is still there, a test says.
//!
//! A mark names the system calls that a line waits in, and whose waiting it is.

use crate::server::config::{Model, Policy};
use crate::timeline::process::Pid;

mod listings;

/// Whose waiting a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The process that was launched.
    Parent,
    /// Those that it forked, and theirs.
    Child,
}

impl Role {
    /// The letter that stands before a line.
    pub const fn letter(self) -> char {
        match self {
            Self::Parent => 'P',
            Self::Child => 'C',
        }
    }
}

/// A line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it says.
    pub text: String,
    /// Who waits here, and in which calls.
    pub mark: Option<(Role, Vec<String>)>,
}

/// In which language a listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What truly runs.
    Rust,
    /// What one would write in C.
    C,
}

/// The listing of a server of that model that reaps in that way.
pub fn listing(model: Model, policy: Policy, side: Side) -> Vec<Line> {
    match side {
        Side::Rust => {
            let pieces = listings::pieces(model, policy);
            let cuts: Vec<Vec<Line>> = pieces.iter().filter_map(Piece::cut).collect();
            let gap = Line {
                text: "⋮".to_owned(),
                mark: None,
            };
            cuts.join(&gap)
        }
        Side::C => tagged(listings::in_c(model), policy.name()),
    }
}

/// The files that a listing in Rust was cut from.
pub fn files(model: Model, policy: Policy) -> Vec<&'static str> {
    let mut files: Vec<&str> = listings::pieces(model, policy)
        .iter()
        .map(|piece| piece.file.0)
        .collect();
    files.dedup();
    files
}

/// A piece of a source: from a line that begins so to the end of what it opens.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// The path of the file, and its text.
    file: (&'static str, &'static str),
    /// How the first line begins, without its indentation.
    from: &'static str,
    /// What its lines wait in: some text of the line, whose, the calls.
    marks: &'static [(&'static str, Role, &'static [&'static str])],
}

impl Piece {
    /// Its lines; `None` where the source has no such line.
    fn cut(&self) -> Option<Vec<Line>> {
        let indentation = |line: &str| line.len() - line.trim_start().len();
        let mut lines = self
            .file
            .1
            .lines()
            .skip_while(|line| !line.trim_start().starts_with(self.from));
        let first = lines.next()?;
        let deep = indentation(first);
        let mut cut = vec![first];
        if first.trim_end().ends_with(['{', '(']) {
            for line in lines {
                cut.push(line);
                if !line.trim().is_empty() && indentation(line) <= deep {
                    break;
                }
            }
        }
        Some(
            cut.into_iter()
                .map(|line| self.line(line.get(deep..).unwrap_or_default()))
                .collect(),
        )
    }

    fn line(&self, text: &str) -> Line {
        let mark = self.marks.iter().find(|(part, ..)| text.contains(part));
        Line {
            text: text.to_owned(),
            mark: mark.map(|(_, role, calls)| (*role, calls.iter().map(|call| (*call).to_owned()).collect())),
        }
    }
}

/// The lines of a text that stand for a tag: those between `//[ tag other` and `//]` only for the tags named, all others
/// always. `//~ P call call` at the end of a line is its mark.
fn tagged(text: &str, tag: &str) -> Vec<Line> {
    let mut shown = true;
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(tags) = line.strip_prefix("//[") {
            shown = tags.split_whitespace().any(|one| one == tag);
        } else if line.starts_with("//]") {
            shown = true;
        } else if shown {
            let (text, mark) = line.split_once("//~").unwrap_or((line, ""));
            let mut words = mark.split_whitespace();
            let role = words
                .next()
                .map(|letter| if letter == "P" { Role::Parent } else { Role::Child });
            lines.push(Line {
                text: text.trim_end().to_owned(),
                mark: role.map(|role| (role, words.map(str::to_owned).collect())),
            });
        }
    }
    lines
}

/// Who stands where: for each line of a listing its pids, and those that stand at none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The pids at each line.
    pub at: Vec<Vec<Pid>>,
    /// The rest.
    pub nowhere: Vec<Pid>,
}

/// Parks processes, each with its role and its call, at the lines that wait so: at the call itself, and where it was
/// called from.
pub fn park(lines: &[Line], processes: impl Iterator<Item = (Pid, Role, Option<&'static str>)>) -> Parked {
    let mut parked = Parked {
        at: vec![Vec::new(); lines.len()],
        nowhere: Vec::new(),
    };
    for (pid, role, call) in processes {
        let waits = |line: &Line| {
            line.mark
                .as_ref()
                .is_some_and(|(whose, calls)| *whose == role && calls.iter().any(|one| Some(one.as_str()) == call))
        };
        let mut found = false;
        for (line, pids) in lines.iter().zip(&mut parked.at).filter(|(line, _)| waits(line)) {
            found |= line.mark.is_some();
            pids.push(pid);
        }
        if !found {
            parked.nowhere.push(pid);
        }
    }
    parked
}

#[cfg(test)]
mod tests;
