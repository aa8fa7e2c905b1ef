//! Every text that is said exists, and every one that exists is said: the rule, and houses that break it.

use std::collections::{BTreeMap, BTreeSet};

use super::{House, breaks_with};

/// Where every literal that looks like the name of a text must be one.
const SPEAKERS: &[&str] = &[
    "src/words",
    "src/report/compare/text.rs",
    "src/report/events/text.rs",
    "src/report/lesson.rs",
    "src/report/text.rs",
    "src/report/zombies/text.rs",
    "src/tui",
];

/// Literals there that look like names of texts, and are none.
const NO_TEXTS: &[&str] = &["is-{option}", "role-{}", "colour-blind", "high-contrast"];

/// Looks like the name of a text: words of small letters with hyphens between.
fn is_name(literal: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    literal.contains('-') && literal.split('-').all(word) && literal.starts_with(|c: char| c.is_ascii_lowercase())
}

/// The name is one that this pattern, with values in braces, makes.
fn made_by(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    let mut parts = pattern.split('{');
    let first = parts.next().unwrap_or_default();
    let Some(after) = rest.strip_prefix(first) else {
        return false;
    };
    rest = after;
    for part in parts {
        let part = part.split_once('}').map_or("", |(_, after)| after);
        match rest.find(part) {
            Some(0) if !part.is_empty() => return false,
            Some(at) if !part.is_empty() => rest = &rest[at + part.len()..],
            Some(_) => rest = "",
            None => return false,
        }
    }
    rest.is_empty()
}

/// Looks like a name with values in braces: hyphens, and nothing but small letters around the braces.
fn is_pattern(literal: &str) -> bool {
    let mut inside = false;
    let plain = literal.chars().all(|c| {
        let braces = matches!(c, '{' | '}');
        if braces {
            inside = c == '{';
        }
        braces || inside || c == '-' || c.is_ascii_lowercase() || c.is_ascii_digit()
    });
    plain && literal.contains('{') && literal.contains('-') && literal.starts_with(|c: char| c.is_ascii_lowercase())
}

/// Every text that is said exists, and every text that exists is said.
pub(super) fn texts(house: &House) -> Vec<String> {
    let mut exist: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, line) in house.texts.lines().enumerate() {
        let name = line.split_once('=').map_or("", |(name, _)| name.trim_end());
        if line.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains(' ') {
            exist.insert(name, number + 1);
        }
    }
    let mut broken = Vec::new();
    let mut said: BTreeSet<&str> = BTreeSet::new();
    let mut patterns: BTreeSet<&str> = BTreeSet::new();
    for source in house.program() {
        let speaks = SPEAKERS.iter().any(|speaker| {
            let beside = source.path.strip_prefix(speaker);
            beside.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
        });
        for (at, literal) in &source.literals {
            // In the midst of tests there is no quotation mark left.
            if source.program.as_bytes()[*at] == b' ' {
                continue;
            }
            let before = source.program[..*at].trim_end();
            let passed = [".say(", ".say_with("].iter().any(|call| before.ends_with(call));
            let missing = || {
                format!(
                    "{}:{}: there is no text `{literal}`: add it to assets/text/en.ftl and ko.ftl",
                    source.path,
                    source.line(*at)
                )
            };
            if is_pattern(literal) {
                let made = exist.keys().any(|name| made_by(literal, name));
                if speaks && !made && !NO_TEXTS.contains(&literal.as_str()) {
                    broken.push(missing());
                }
                patterns.insert(literal);
            } else if passed || is_name(literal) {
                let known = exist.contains_key(literal.as_str()) || (!passed && NO_TEXTS.contains(&literal.as_str()));
                if (passed || speaks) && !known {
                    broken.push(missing());
                }
                said.insert(literal);
            }
        }
    }
    for (name, line) in exist {
        let referred = house.texts.contains(&format!("{{ {name} }}"));
        if !said.contains(name) && !referred && !patterns.iter().any(|pattern| made_by(pattern, name)) {
            broken.push(format!(
                "assets/text/en.ftl:{line}: nobody says `{name}`: take it out, here and in ko.ftl"
            ));
        }
    }
    broken
}

#[test]
fn a_missing_text_and_an_unused_one_are_found() {
    let texts_are = "# The words\nkey-up = up\nkey-down = down { key-side }\nkey-side =\n    side\ncount-few = few\n\
                     count-few-short = f\nbare = bare\n";
    let speaker = "fn f(w: &Words) {
        w.say(\"key-up\");
        w.say_with(
            \"bare\", &[(\"pid\", x)]);
        let name = match x { A => \"key-down\", B => w.say(&format!(\"count-{name}\")), C => format!(\"count-{x}-short\") };
    }
    #[cfg(test)]
    mod tests { const X: &str = \"never-said\"; }";
    let found = |text: &str, said: &[&str]| breaks_with(texts, &[("src/tui/x.rs", text)], texts_are, said);
    found(speaker, &[]);
    found(
        &speaker.replace("key-up", "key-upp"),
        &[
            "src/tui/x.rs:2: there is no text `key-upp`",
            "en.ftl:2: nobody says `key-up`",
        ],
    );
    found(
        &speaker.replace("\"bare\"", "\"bear\""),
        &["src/tui/x.rs:4: there is no text `bear`", "nobody says `bare`"],
    );
    found(
        &speaker.replace("\"key-down\"", "\"key-don\""),
        &["no text `key-don`", "nobody says `key-down`"],
    );
    let no_pattern = ["no text `sum-{name}`", "nobody says `count-few`"];
    found(
        &speaker
            .replace("count-{name}", "sum-{name}")
            .replace("count-{x}-short", "count-few-short"),
        &no_pattern,
    );
    // Who says nothing may use such words for what they like.
    breaks_with(
        texts,
        &[("src/server/x.rs", "const X: &str = \"double-fork\";")],
        "",
        &[],
    );
    breaks_with(
        texts,
        &[("src/words/x.rs", "const X: &str = \"double-fork\";")],
        "",
        &["no text `double-fork`"],
    );
    breaks_with(
        texts,
        &[("src/words.rs", "const X: &str = \"double-fork\";")],
        "",
        &["no text `double-fork`"],
    );
}
