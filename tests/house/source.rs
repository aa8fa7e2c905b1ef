//! Rust source as far as the house rules need it: code without comments, strings and tests; the string literals; and
//! the paths that are used.

use std::collections::BTreeSet;

/// A source file.
#[derive(Debug)]
pub(super) struct Source {
    /// Its path from the top of the repository.
    pub(super) path: String,
    /// As it stands.
    pub(super) text: String,
    /// With comments and what stands in strings blanked; lines stay where they are.
    pub(super) code: String,
    /// The same without what is compiled for tests only.
    pub(super) program: String,
    /// Every string literal, and the byte where it begins.
    pub(super) literals: Vec<(usize, String)>,
    /// Modules for tests alone that stand in files of their own: the beginnings of their paths.
    pub(super) test_files: Vec<String>,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let (code, literals) = without_words(text);
        let (program, modules) = without_tests(&code);
        let own = path.trim_end_matches(".rs");
        let directory = match own {
            "src/lib" | "src/main" => "src",
            own => own,
        };
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            test_files: modules.iter().map(|module| format!("{directory}/{module}")).collect(),
            code,
            program,
            literals,
        }
    }

    /// The line in which a byte stands.
    pub(super) fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }

    /// Where in the program this word stands by itself.
    pub(super) fn words(code: &str, word: &str) -> Vec<usize> {
        let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let bytes = code.as_bytes();
        code.match_indices(word)
            .map(|(at, _)| at)
            .filter(|at| {
                !part(at.checked_sub(1).and_then(|before| bytes.get(before))) && !part(bytes.get(at + word.len()))
            })
            .collect()
    }

    /// The module that the file is: `src/tui/widgets/tree.rs` is `tui::widgets::tree`; empty for the top.
    pub(super) fn module(&self) -> Vec<String> {
        let path = self.path.trim_start_matches("src/").trim_end_matches(".rs");
        match path {
            "lib" => Vec::new(),
            path => path.split('/').map(str::to_owned).collect(),
        }
    }

    /// Every path that the program uses, as (where, names): those in `use`, with groups taken apart, and those in the
    /// midst of code. A path that begins with `super` begins with the module that it means.
    pub(super) fn paths(&self) -> Vec<(usize, Vec<String>)> {
        let code = self.program.as_bytes();
        let mut paths = Vec::new();
        let mut at = 0;
        while at < code.len() {
            let begins = is_name(code[at]) && (at == 0 || (!is_name(code[at - 1]) && !ends_path(&code[..at])));
            let mut end = at;
            if begins {
                let mut found = Vec::new();
                end = tree(code, at, &Vec::new(), &mut found);
                paths.extend(found.into_iter().filter(|path| path.len() > 1).map(|path| (at, path)));
            }
            at = end.max(at + 1);
        }
        let module = self.module();
        for (_, path) in &mut paths {
            let up = path.iter().take_while(|name| *name == "super").count();
            if up > 0 {
                let above = module.len().saturating_sub(up);
                let rest = path.split_off(up);
                *path = ["crate".to_owned()]
                    .into_iter()
                    .chain(module[..above].to_vec())
                    .chain(rest)
                    .collect();
            }
        }
        paths
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What stands before is the rest of the same path.
fn ends_path(before: &[u8]) -> bool {
    before.trim_ascii_end().ends_with(b"::") || before.trim_ascii_end().ends_with(b".")
}

/// Reads a path from `at` on, a group at its end too; returns where it ends.
fn tree(code: &[u8], at: usize, before: &[String], found: &mut Vec<Vec<String>>) -> usize {
    let blanks = |mut at: usize| {
        while code.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
        }
        at
    };
    let mut at = blanks(at);
    let mut path = before.to_vec();
    loop {
        let name = code[at..].iter().take_while(|byte| is_name(**byte)).count();
        if name > 0 {
            let name = String::from_utf8_lossy(&code[at..at + name]).into_owned();
            at += name.len();
            if name != "self" || path.is_empty() {
                path.push(name);
            }
        } else if code.get(at) == Some(&b'{') && !path.is_empty() {
            at += 1;
            while !matches!(code.get(at), None | Some(b'}')) {
                let end = tree(code, at, &path, found);
                at = blanks(end.max(at + 1));
                while !matches!(code.get(at), None | Some(b',' | b'}')) {
                    at += 1;
                }
                at = blanks(at + usize::from(code.get(at) == Some(&b',')));
            }
            return at + 1;
        } else {
            break;
        }
        let next = blanks(at);
        if !code[next..].starts_with(b"::") {
            break;
        }
        at = blanks(next + 2);
    }
    found.push(path);
    at
}

/// The text with comments and the insides of strings blanked, and the strings.
fn without_words(text: &str) -> (String, Vec<(usize, String)>) {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut literals = Vec::new();
    let mut blank = |from: usize, to: usize| {
        for byte in &mut code[from..to.min(bytes.len())] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        if rest.starts_with(b"//") {
            let end = at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            blank(at, end);
            at = end;
        } else if rest.starts_with(b"/*") {
            let end = at + nested_comment(rest);
            blank(at, end);
            at = end;
        } else if let Some((inside, close)) = string(bytes, at) {
            literals.push((at, text.get(inside..close).unwrap_or_default().to_owned()));
            blank(inside, close);
            at = close + 1;
        } else if rest[0] == b'\'' {
            // A character, or a lifetime, which has no second quote where a character has it.
            let escaped = rest.get(1) == Some(&b'\\');
            let wide = text[at + 1..].chars().next().map_or(1, char::len_utf8);
            let close = if escaped {
                rest[2..]
                    .iter()
                    .skip(1)
                    .position(|byte| *byte == b'\'')
                    .map(|close| close + 3)
            } else {
                (rest.get(1 + wide) == Some(&b'\'')).then_some(1 + wide)
            };
            if let Some(close) = close {
                blank(at + 1, at + close);
            }
            at += close.unwrap_or(0) + 1;
        } else {
            at += 1;
        }
    }
    (
        String::from_utf8(code).expect("only whole characters were blanked"),
        literals,
    )
}

fn nested_comment(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// The inside of the string that begins here, raw or not.
fn string(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let raw = bytes[at] == b'r' && !(at > 0 && is_name(bytes[at - 1]) && bytes[at - 1] != b'b');
    let hashes = bytes[at + 1..].iter().take_while(|byte| raw && **byte == b'#').count();
    if raw && bytes.get(at + 1 + hashes) == Some(&b'"') {
        let inside = at + 2 + hashes;
        let end = [&b"\""[..], &b"#".repeat(hashes)].concat();
        let close = bytes[inside..].windows(end.len()).position(|window| window == end)?;
        return Some((inside, inside + close));
    }
    if bytes[at] != b'"' {
        return None;
    }
    let mut close = at + 1;
    while !matches!(bytes.get(close), None | Some(b'"')) {
        close += 1 + usize::from(bytes[close] == b'\\');
    }
    Some((at + 1, close.min(bytes.len())))
}

/// The code without what `#[cfg(test)]` stands before, and the names of the modules that it leaves to other files.
fn without_tests(code: &str) -> (String, BTreeSet<String>) {
    let mut program = code.as_bytes().to_vec();
    let mut modules = BTreeSet::new();
    for (at, attribute) in code.match_indices("#[cfg(test)]") {
        let begin = at + attribute.len();
        let bytes = code.as_bytes();
        let Some(stop) = bytes[begin..].iter().position(|byte| matches!(byte, b';' | b'{')) else {
            continue;
        };
        let item = &code[begin..begin + stop];
        let mut end = begin + stop + 1;
        if bytes[begin + stop] == b'{' {
            let mut depth = 1;
            while depth > 0 && end < bytes.len() {
                depth += i32::from(bytes[end] == b'{') - i32::from(bytes[end] == b'}');
                end += 1;
            }
        } else if let Some((_, name)) = item.split_once("mod ") {
            modules.insert(name.trim().to_owned());
        }
        for byte in &mut program[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }
    (
        String::from_utf8(program).expect("only whole characters were blanked"),
        modules,
    )
}
