//! How wide the terminal draws the characters whose width Unicode leaves open (annex 11: ambiguous): it is asked once
//! where its cursor stands behind one, in the locales in which terminals are set so. What follows from the answer is the
//! screen's affair.

use std::io::{self, IsTerminal as _, stdin};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd::read;

/// So long an answer is waited for. Terminals answer in the time of the way to them and back; those that never do are
/// few, and are waited for once.
const PATIENCE: Duration = Duration::from_millis(200);

/// The languages in whose encodings these characters took two cells, so that terminals draw them so where asked to.
const WIDE: &[&str] = &["ko", "ja", "zh"];

/// The longest answer that is one: `ESC [ 9999 ; 9999 R`.
const LONGEST: usize = 16;

/// From the first column a character of the frames, then the question where the cursor is (DSR 6 of ECMA-48, 8.3.35), and
/// the line empty again.
const QUESTION: &[u8] = "\r─\x1b[6n\r\x1b[K".as_bytes();

/// Whether the terminal, which is in raw mode, draws such a character two cells wide; `None` where it was not asked or
/// does not say. `tell` writes to it, and says whether it took all.
pub(super) fn draws_wide(tell: impl FnOnce(&[u8]) -> io::Result<bool>) -> io::Result<Option<bool>> {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(std::env::var_os);
    let locale = locale.map(|value| value.to_string_lossy().into_owned());
    if !may_be_wide(locale) {
        return Ok(None);
    }
    // What was typed already would come before the answer, and is not ours to take.
    if !stdin().is_terminal() || waits(Duration::ZERO)? {
        return Ok(None);
    }
    if !tell(QUESTION)? {
        return Ok(None);
    }
    let deadline = Instant::now() + PATIENCE;
    let mut answer = Vec::new();
    while answer.len() < LONGEST && waits(deadline.saturating_duration_since(Instant::now()))? {
        let mut byte = [0];
        // One by one, past every buffer: what is typed behind the answer is for the reader of keys.
        if read(stdin().as_fd(), &mut byte)? == 0 {
            break;
        }
        answer.push(byte[0]);
        // Whatever does not begin as an answer was typed meanwhile, and there is no giving it back.
        if byte[0] == b'R' || answer[0] != b'\x1b' {
            break;
        }
    }
    Ok(column(&answer).map(|column| column > 2))
}

/// The first of these values that is set (locale(7)) names a language with such terminals. Elsewhere nobody waits for an
/// answer, and no key is lost to it.
fn may_be_wide(mut locale: impl Iterator<Item = String>) -> bool {
    let set = locale.find(|value| !value.is_empty()).unwrap_or_default();
    let language = set.split(['_', '.', '@']).next().unwrap_or_default();
    WIDE.contains(&language)
}

/// Something is there to be read, or comes in time.
fn waits(time: Duration) -> io::Result<bool> {
    let stdin = stdin();
    let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
    let time = PollTimeout::try_from(time).unwrap_or(PollTimeout::ZERO);
    match poll(&mut fds, time) {
        Ok(ready) => Ok(ready > 0),
        // A signal, which is answered elsewhere; the terminal has had its chance.
        Err(nix::errno::Errno::EINTR) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

/// The column in a report of the cursor's place, `ESC [ row ; column R`, from 1.
fn column(answer: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(answer).ok()?;
    let place = text.rsplit_once("\x1b[")?.1.strip_suffix('R')?;
    place.split_once(';')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_where_it_may_be_so_the_terminal_is_asked() {
        for (values, expected) in [
            (&["ko_KR.UTF-8"][..], true),
            (&["", "ja_JP.eucJP"], true),
            (&["zh@pinyin"], true),
            (&["C.UTF-8", "ko_KR.UTF-8"], false),
            (&["kok_IN"], false),
            (&["", ""], false),
            (&[], false),
        ] {
            let found = may_be_wide(values.iter().map(|value| (*value).to_owned()));
            assert_eq!(found, expected, "{values:?}");
        }
    }

    #[test]
    fn the_column_is_read_from_an_answer_and_from_nothing_else() {
        assert_eq!(column(b"\x1b[1;2R"), Some(2));
        assert_eq!(column(b"x\x1b[24;3R"), Some(3));
        for none in [&b""[..], b"\x1b[1;2", b"1;2R", b"\x1b[12R", b"\x1b[;R", b"\x1b[1;-2R"] {
            assert_eq!(column(none), None);
        }
    }
}
