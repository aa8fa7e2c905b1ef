//! A process on stage as the tool knows it: who it is, where it has said that it stands, and the connection over which
//! it says so and is let go. What it does is its own, and what it is in is asked of the kernel.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

use crate::lesson::wire::{GO, Said};
use crate::timeline::process::{Key, Pid};

/// A process on stage.
#[derive(Debug)]
pub struct Actor {
    /// Which process, for good.
    pub key: Key,
    /// Who forked it.
    pub parent: Option<Pid>,
    /// The line that it is about to execute, or is executing, from 0; none before its first.
    pub line: Option<usize>,
    /// It has been let go from that line, and has not come to another.
    pub on_its_way: bool,
    /// The program of the lesson that it runs.
    pub program: String,
    /// Where its variables stand.
    pub variables: BTreeMap<String, u64>,
    pub(super) connection: Option<Connection>,
}

/// What a process and the tool talk over.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: UnixStream,
    /// What came of a line that is not yet whole.
    begun: Vec<u8>,
}

impl Actor {
    /// It waits at its line to be let go.
    pub fn stands(&self) -> bool {
        self.line.is_some() && !self.on_its_way
    }

    /// Lets it go, if it waits for that.
    pub(super) fn go(&mut self) {
        if !self.stands() {
            return;
        }
        self.on_its_way = true;
        if let Some(connection) = &mut self.connection {
            // One that has been killed meanwhile is seen to be gone by whoever waits for it.
            let _ = connection.stream.write_all(&[GO]);
        }
    }

    /// Takes what it has said.
    pub(super) fn hear(&mut self, lines: &[Said]) {
        for said in lines {
            if let Said::At(line, variables) = said {
                self.line = Some(*line);
                self.on_its_way = false;
                self.variables.clone_from(variables);
            }
        }
    }
}

impl Connection {
    /// A connection that was just taken.
    pub(super) fn new(stream: UnixStream) -> Self {
        let begun = Vec::new();
        Self { stream, begun }
    }

    /// The whole lines that have come; `None` at the end of the connection.
    pub(super) fn lines(&mut self) -> Option<Vec<Said>> {
        let mut bytes = [0; 4096];
        let mut open = true;
        loop {
            match self.stream.read(&mut bytes) {
                Ok(0) => open = false,
                Ok(count) => {
                    self.begun.extend(&bytes[..count]);
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => open = false,
            }
            break;
        }
        let end = self
            .begun
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let whole: Vec<u8> = self.begun.drain(..end).collect();
        let lines: Vec<Said> = String::from_utf8_lossy(&whole)
            .lines()
            .filter_map(Said::decode)
            .collect();
        (open || !lines.is_empty()).then_some(lines)
    }
}
