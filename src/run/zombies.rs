//! `forkscope zombies`: the whole machine's zombies, once or again and again.

use std::fmt::Write;
use std::future::pending;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::cli;
use crate::observe::{Proc, machine};
use crate::report::users::Users;
use crate::report::zombies::{Picture, Seen, json, text};
use crate::words::cells::fit;
use crate::words::{Language, Words};

use super::outside::{Outside, Woken};

/// How often it looks again.
const AGAIN: Duration = Duration::from_secs(1);

pub(super) fn run(args: &cli::Zombies) -> anyhow::Result<ExitCode> {
    let mut outside = if args.watch {
        Outside::listen()?
    } else {
        Outside::deaf()?
    };
    let mut writer = Writer::new(args);
    let mut seen = Seen::default();
    let mut last = None;
    loop {
        let due = Instant::now() + AGAIN;
        let look = machine::look(&Proc::system()).context("list /proc")?;
        let picture = seen.look(look, jiff::Timestamp::now());
        let essence = picture.essence();
        if writer.in_place || last.as_ref() != Some(&essence) {
            if let Some(call) = outside.write(&writer.block(&picture)?, None)? {
                return Ok(call.exit_code());
            }
            last = Some(essence);
        }
        if !args.watch {
            return Ok(ExitCode::SUCCESS);
        }
        match outside.wait(pending::<()>(), Some(due)) {
            Woken::Came(()) | Woken::Due => {}
            Woken::Called(call) => return Ok(call.exit_code()),
        }
    }
}

/// How a look is written.
struct Writer {
    json: bool,
    words: Words,
    users: Users,
    /// On the terminal, over the look before; else each stands by itself, and only where something changed.
    in_place: bool,
    first: bool,
}

impl Writer {
    fn new(args: &cli::Zombies) -> Self {
        Self {
            json: args.json,
            words: Words::new(args.lang.unwrap_or_else(Language::of_environment)),
            users: Users::default(),
            in_place: args.watch && !args.json && std::io::stdout().is_terminal(),
            first: true,
        }
    }

    fn block(&mut self, picture: &Picture) -> anyhow::Result<String> {
        if self.json {
            let line = serde_json::to_string(&json::zombies(picture, &mut self.users)).context("write JSON")?;
            return Ok(line + "\n");
        }
        let text = text::zombies(&self.words, picture, &mut self.users);
        let first = std::mem::replace(&mut self.first, false);
        Ok(if self.in_place {
            let size = crossterm::terminal::size().ok();
            // A terminal that does not know its size says 0.
            over(
                &text,
                size.filter(|(columns, rows)| *columns > 0 && *rows > 0)
                    .unwrap_or((80, 24)),
            )
        } else if first {
            text
        } else {
            format!("\n{text}")
        })
    }
}

/// The text from the upper left corner of a terminal of so many columns and rows, in place of what stands there.
fn over(text: &str, (columns, rows): (u16, u16)) -> String {
    let room = usize::from(rows).saturating_sub(1).max(1);
    let mut screen = String::from("\x1b[H");
    let count = text.lines().count();
    // Where not all of it has room, the last line says that there is more.
    let shown = if count > room { room - 1 } else { count };
    for line in text.lines().take(shown) {
        let _ = writeln!(screen, "{}\x1b[K", fit(line, usize::from(columns)));
    }
    if count > shown {
        let _ = writeln!(screen, "… +{}\x1b[K", count - shown);
    }
    screen.push_str("\x1b[J");
    screen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_screen_has_no_more_lines_than_there_is_room_for() {
        assert_eq!(over("one\ntwo\n", (80, 24)), "\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J");
        assert_eq!(over("one\ntwo\nthree\n", (2, 3)), "\x1b[Ho…\x1b[K\n… +2\x1b[K\n\x1b[J");
    }
}
