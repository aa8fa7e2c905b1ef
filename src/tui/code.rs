//! The demo server's own source, cut to what a room can read, with the same in C beside it; and who stands at which
//! line. The Rust is compiled in from the very files that run; that each cut and each mark is still there, a test says.
//!
//! A mark names the system calls that a line waits in, and whose waiting it is; or that a line calls what waits, further
//! down in the listing. How a listing is cut into the rows of a screen is the business of `rows`.

use crate::server::config::{Model, Policy};
use crate::timeline::process::Pid;

mod listings;
pub mod rows;

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
    pub mark: Option<Mark>,
}

/// Who waits at a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Whose waiting it is.
    pub role: Role,
    /// In which system calls.
    pub calls: Vec<String>,
    /// The line does not make the call itself: it calls the function that does.
    pub passes: bool,
}

impl Mark {
    /// Whoever has this role and is in this call waits here.
    fn holds(&self, role: Role, call: Option<&str>) -> bool {
        self.role == role && self.calls.iter().any(|one| Some(one.as_str()) == call)
    }
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
    /// What its lines wait in: some text of the line, whose waiting it is, the calls.
    marks: &'static [(&'static str, Role, Waits)],
}

/// The calls that a line waits in.
#[derive(Debug, Clone, Copy)]
enum Waits {
    /// It makes them itself.
    Here(&'static [&'static str]),
    /// It calls the function that does.
    Within(&'static [&'static str]),
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
            mark: mark.map(|(_, role, waits)| {
                let (Waits::Here(calls) | Waits::Within(calls)) = waits;
                Mark {
                    role: *role,
                    calls: calls.iter().map(|call| (*call).to_owned()).collect(),
                    passes: matches!(waits, Waits::Within(_)),
                }
            }),
        }
    }
}

/// The lines of a text that stand for a tag: those between `//[ tag other` and `//]` only for the tags named, all others
/// always. `//~ P call call` at the end of a line is its mark, `//~ P> call` that of one that calls what waits.
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
            let role = words.next();
            lines.push(Line {
                text: text.trim_end().to_owned(),
                mark: role.map(|letter| Mark {
                    role: if letter.starts_with('P') {
                        Role::Parent
                    } else {
                        Role::Child
                    },
                    calls: words.map(str::to_owned).collect(),
                    passes: letter.ends_with('>'),
                }),
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
    /// The pids that came through each line: it called what they wait in.
    pub through: Vec<Vec<Pid>>,
    /// The rest.
    pub nowhere: Vec<Pid>,
}

/// Parks processes, each with its role and its call, at the lines that wait so: at the call itself, and where it was
/// called from. Where the listing does not go as deep as the call, the caller stands for it.
pub fn park(lines: &[Line], processes: impl Iterator<Item = (Pid, Role, Option<&'static str>)>) -> Parked {
    let nobody = || vec![Vec::new(); lines.len()];
    let mut parked = Parked {
        at: nobody(),
        through: nobody(),
        nowhere: Vec::new(),
    };
    for (pid, role, call) in processes {
        let marks = lines.iter().map(|line| line.mark.as_ref()).enumerate();
        let holding = marks.filter_map(|(number, mark)| Some((number, mark.filter(|mark| mark.holds(role, call))?)));
        let (callers, waiting): (Vec<_>, Vec<_>) = holding.partition(|(_, mark)| mark.passes);
        let (stands, came) = if waiting.is_empty() {
            (callers, waiting)
        } else {
            (waiting, callers)
        };
        if stands.is_empty() {
            parked.nowhere.push(pid);
        }
        for (number, _) in stands {
            parked.at[number].push(pid);
        }
        for (number, _) in came {
            parked.through[number].push(pid);
        }
    }
    parked
}

#[cfg(test)]
mod tests;
