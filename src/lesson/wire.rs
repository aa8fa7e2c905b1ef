//! What a process of a lesson and the tool say to each other: each process has a connection of its own to a socket of
//! the tool, says who it is and at which line it stands, and waits there for one byte. It never reports a value: the
//! tool is told where variables stand, and reads them itself.

use std::collections::BTreeMap;

/// The byte that lets a process go on to its next line.
pub const GO: u8 = b'g';

/// Who a process is by birth: empty for the first, then which child it is, of which child: `2.1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Birth(pub String);

impl Birth {
    /// The child that was born as this one's so-manieth.
    #[must_use]
    pub fn child(&self, number: u32) -> Self {
        if self.0.is_empty() {
            Self(number.to_string())
        } else {
            Self(format!("{}.{number}", self.0))
        }
    }

    /// Whose child it is; `None` for the first.
    pub fn parent(&self) -> Option<Self> {
        if self.0.is_empty() {
            return None;
        }
        let parent = self.0.rsplit_once('.').map_or("", |(parent, _)| parent);
        Some(Self(parent.to_owned()))
    }
}

/// What a process says: a line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// First of all: who it is, and which program it runs.
    Hello(Birth, String),
    /// It is about to execute this line, from 0; its variables stand at these addresses.
    At(usize, BTreeMap<String, u64>),
}

impl Said {
    /// Its line, with the end of the line.
    pub fn encode(&self) -> String {
        match self {
            Self::Hello(birth, program) => format!("hello {program} {}\n", birth.0),
            Self::At(line, variables) => {
                let variables = variables.iter().map(|(name, address)| format!(" {name}={address:x}"));
                format!("at {line}{}\n", variables.collect::<String>())
            }
        }
    }

    /// What a line says; `None` where it says nothing.
    pub fn decode(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "hello" => {
                let (program, birth) = rest.split_once(' ')?;
                Some(Self::Hello(Birth(birth.to_owned()), program.to_owned()))
            }
            "at" => {
                let mut words = rest.split(' ');
                let at = words.next()?.parse().ok()?;
                let variable = |word: &str| {
                    let (name, address) = word.split_once('=')?;
                    Some((name.to_owned(), u64::from_str_radix(address, 16).ok()?))
                };
                Some(Self::At(at, words.map(variable).collect::<Option<_>>()?))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_survives_the_way() {
        let variables = [("gval", 0x5555_0000), ("lval", u64::MAX)];
        let variables: BTreeMap<_, _> = variables.map(|(name, at)| (name.to_owned(), at)).into();
        for said in [
            Said::Hello(Birth::default(), "main".into()),
            Said::Hello(Birth("2.1".into()), "main".into()),
            Said::At(0, BTreeMap::new()),
            Said::At(17, variables),
        ] {
            let line = said.encode();
            assert_eq!(Said::decode(line.strip_suffix('\n').expect("a line")), Some(said));
        }
        for line in ["", "at", "at x", "at 1 x", "at 1 x=g", "bye 1", "hello x"] {
            assert_eq!(Said::decode(line), None, "{line}");
        }
    }

    #[test]
    fn a_birth_knows_its_parent() {
        let root = Birth::default();
        assert_eq!(root.parent(), None);
        assert_eq!(root.child(2), Birth("2".into()));
        assert_eq!(root.child(2).child(1), Birth("2.1".into()));
        assert_eq!(root.child(2).child(1).parent(), Some(root.child(2)));
        assert_eq!(root.child(2).parent(), Some(root));
    }
}
