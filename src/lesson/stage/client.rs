//! The client of a lesson's server: it connects, sends, and keeps what it has seen.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use crate::lesson::probe::Seen;

/// A client that has connected.
#[derive(Debug)]
pub(super) struct Client {
    stream: TcpStream,
    seen: Seen,
}

impl Client {
    /// Connects to a port of this machine.
    pub(super) fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nonblocking(true)?;
        let seen = Seen::Connected;
        Ok(Self { stream, seen })
    }

    /// Sends a text.
    pub(super) fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes())
    }

    /// What it had seen when it was last asked.
    pub(super) fn known(&self) -> Seen {
        self.seen.clone()
    }

    /// What it has seen until now.
    pub(super) fn seen(&mut self) -> Seen {
        let mut bytes = [0; 512];
        loop {
            let text = match &self.seen {
                Seen::Text(text) => text.clone(),
                Seen::End(_) => break,
                Seen::Nobody | Seen::Connected => String::new(),
            };
            match self.stream.read(&mut bytes) {
                Ok(0) => self.seen = Seen::End(text),
                Ok(count) => self.seen = Seen::Text(text + &String::from_utf8_lossy(&bytes[..count])),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // A reset is an end too.
                Err(_) => self.seen = Seen::End(text),
            }
        }
        self.seen.clone()
    }
}
