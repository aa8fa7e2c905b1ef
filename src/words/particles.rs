//! Korean particles: which of the two forms of one follows a word depends on how the word ends. A text writes both, as
//! grammars do (`{ $pid }은(는)`), and the form that the value asks for is put in when the value is known.

use std::fmt::Write;

/// The name that the texts call [`form`] by, once they are prepared.
pub(super) const FUNCTION: &str = "PARTICLE";

/// A particle: how a text writes it, the form after a final consonant, and the form after a vowel.
struct Particle {
    written: &'static str,
    after_consonant: &'static str,
    after_vowel: &'static str,
    /// After ㄹ it is the form after a vowel.
    soft: bool,
}

const fn particle(written: &'static str, after_consonant: &'static str, after_vowel: &'static str) -> Particle {
    Particle {
        written,
        after_consonant,
        after_vowel,
        soft: false,
    }
}

const PARTICLES: [Particle; 5] = [
    particle("은(는)", "은", "는"),
    particle("이(가)", "이", "가"),
    particle("을(를)", "을", "를"),
    particle("과(와)", "과", "와"),
    Particle {
        soft: true,
        ..particle("(으)로", "으로", "로")
    },
];

/// How a word ends, as it is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Vowel,
    Rieul,
    Consonant,
}

/// The text with a call of [`FUNCTION`] for each particle that stands right behind a value.
pub(super) fn prepared(text: &str) -> String {
    let mut prepared = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(end) = rest.find('}') {
        let (before, after) = rest.split_at(end + 1);
        prepared.push_str(before);
        rest = after;
        let value = before.rsplit_once('{').map_or("", |(_, value)| value);
        let value = value.trim_end_matches('}').trim();
        let particle = PARTICLES.iter().find(|particle| after.starts_with(particle.written));
        if let Some(particle) = particle.filter(|_| value.starts_with('$')) {
            let _ = write!(prepared, "{{ {FUNCTION}({value}, \"{}\") }}", particle.written);
            rest = &after[particle.written.len()..];
        }
    }
    prepared + rest
}

/// The form of a particle, as a text writes it, that follows this word.
pub(super) fn form(word: &str, written: &str) -> &'static str {
    let Some(particle) = PARTICLES.iter().find(|particle| particle.written == written) else {
        return "";
    };
    match ending(word) {
        Ending::Consonant => particle.after_consonant,
        Ending::Rieul if !particle.soft => particle.after_consonant,
        Ending::Rieul | Ending::Vowel => particle.after_vowel,
    }
}

/// How a word is spoken at its end: Hangul as written; digits as they are read one by one (영 일 이 삼 사 오 육 칠 팔 구),
/// which ends as the whole number does; Latin letters as English names mostly are. What is not spoken is passed over.
fn ending(word: &str) -> Ending {
    let mut letters = word.chars().rev().filter(|letter| letter.is_alphanumeric());
    let (last, before) = (letters.next(), letters.next());
    match last {
        Some(syllable @ '가'..='힣') => match (u32::from(syllable) - u32::from('가')) % 28 {
            0 => Ending::Vowel,
            8 => Ending::Rieul,
            _ => Ending::Consonant,
        },
        Some('1' | '7' | '8' | 'l' | 'L') => Ending::Rieul,
        Some('0' | '3' | '6' | 'm' | 'M' | 'n' | 'N') => Ending::Consonant,
        Some('p' | 'P') if before.is_some_and(|letter| "aeiouAEIOU".contains(letter)) => Ending::Consonant,
        Some(_) | None => Ending::Vowel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, expected: [&str; 5]) {
        let forms = PARTICLES.map(|particle| form(word, particle.written));
        assert_eq!(forms, expected, "{word}");
    }

    #[test]
    fn the_form_is_the_one_that_is_spoken() {
        let vowel = ["는", "가", "를", "와", "로"];
        let rieul = ["은", "이", "을", "과", "로"];
        let consonant = ["은", "이", "을", "과", "으로"];
        for (word, expected) in [
            ("4120", consonant),
            ("4121", rieul),
            ("4122", vowel),
            ("4123", consonant),
            ("4124", vowel),
            ("4125", vowel),
            ("4126", consonant),
            ("4127", rieul),
            ("4128", rieul),
            ("4129", vowel),
            ("4000", consonant),
            ("부모", vowel),
            ("자식", consonant),
            ("시그널", rieul),
            ("SIGKILL", rieul),
            ("SIGTERM", consonant),
            ("SIGSTOP", consonant),
            ("SIGPIPE", vowel),
            ("accept4()", vowel),
            ("read()", vowel),
            ("", vowel),
        ] {
            check(word, expected);
        }
    }

    #[test]
    fn a_particle_behind_a_value_is_one_to_be_chosen() {
        assert_eq!(
            prepared("x = { $pid }은(는) 부모 { $to }(으)로"),
            "x = { $pid }{ PARTICLE($pid, \"은(는)\") } 부모 { $to }{ PARTICLE($to, \"(으)로\") }"
        );
        assert_eq!(
            prepared("x = 은(는) { y }은(는) { $z } 은(는)"),
            "x = 은(는) { y }은(는) { $z } 은(는)"
        );
    }
}
