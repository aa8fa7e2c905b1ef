//! Names from /proc made safe to show. They are bytes from strangers: not always UTF-8, and free to hold escape
//! sequences, line ends and marks that turn the direction of the text around. All of these become visible.

use std::fmt::Write;

use super::cells::composed;

/// The name as text in which nothing acts on a terminal or a reader.
pub fn visible(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push(character, &mut text);
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    composed(&text)
}

/// A command line: its arguments, which /proc ends by zero bytes, with blanks between them.
pub fn command(bytes: &[u8]) -> String {
    // A program that writes a title over its arguments leaves zero bytes behind it.
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let arguments = &bytes[..end];
    let words: Vec<String> = arguments.split(|byte| *byte == 0).map(visible).collect();
    words.join(" ")
}

fn push(character: char, text: &mut String) {
    match character {
        '\n' => text.push_str("\\n"),
        '\t' => text.push_str("\\t"),
        '\r' => text.push_str("\\r"),
        character if character.is_control() => {
            let _ = write!(text, "\\x{:02x}", u32::from(character));
        }
        character if is_invisible(character) => {
            let _ = write!(text, "\\u{{{:x}}}", u32::from(character));
        }
        character => text.push(character),
    }
}

/// Marks that take no cell and change what others look like: directions (Unicode annex 9), joiners, line and paragraph
/// separators, tags, and variation selectors.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], shown: &str) {
        assert_eq!(visible(bytes), shown);
    }

    #[test]
    fn nothing_in_a_name_acts() {
        check(b"nginx", "nginx");
        check(b"a) Z (b", "a) Z (b");
        check(b"\x1b[31mred", "\\x1b[31mred");
        check(b"two\nlines\t", "two\\nlines\\t");
        check(b"bad\xff\xfeutf", "bad\\xff\\xfeutf");
        check("c1\u{9b}31m".as_bytes(), "c1\\x9b31m");
        check("turn\u{202e}ed".as_bytes(), "turn\\u{202e}ed");
        check("\u{1112}\u{1161}\u{11ab}".as_bytes(), "한");
        check(b"", "");
    }

    #[test]
    fn a_command_line_is_its_arguments() {
        assert_eq!(
            command(b"python3\0server.py\0--port\x0080\0"),
            "python3 server.py --port 80"
        );
        assert_eq!(command(b"nginx: worker process"), "nginx: worker process");
        assert_eq!(command(b"sshd: me\0\0\0\0"), "sshd: me");
        assert_eq!(command(b""), "");
    }
}
