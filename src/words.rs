//! Every word shown to people: texts in English and Korean (assets/text), units, widths, and names from strangers
//! made safe to show. What is true stands elsewhere; here it is only said.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

pub mod calls;
pub mod card;
pub mod cells;
mod changes;
pub mod doing;
pub mod names;
mod particles;
pub mod phrases;
pub mod proofs;
pub mod signals;
mod threads;
pub mod units;
pub mod why;

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// All languages.
    pub const ALL: &'static [Self] = &[Self::English, Self::Korean];

    /// Its code on the command line and in file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The language of a locale, such as `ko_KR.UTF-8`; English for any that is not spoken here.
    pub fn of_locale(locale: &str) -> Self {
        let code = locale.split(['_', '.', '@']).next().unwrap_or_default();
        Self::ALL
            .iter()
            .copied()
            .find(|language| language.name() == code)
            .unwrap_or(Self::English)
    }

    /// The language of the environment: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set (locale(7)).
    pub fn of_environment() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
            .map_or(Self::English, |locale| Self::of_locale(&locale))
    }

    const fn texts(self) -> &'static str {
        match self {
            Self::English => include_str!("../assets/text/en.ftl"),
            Self::Korean => include_str!("../assets/text/ko.ftl"),
        }
    }
}

/// Texts as fluent reads them. One that cannot be parsed is left out, and missed by the test that compares the languages.
fn parsed(language: Language, texts: &str) -> Arc<FluentResource> {
    let texts = match language {
        Language::English => texts.to_owned(),
        Language::Korean => particles::prepared(texts),
    };
    let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(texts);
    Arc::new(resource)
}

/// The texts of one language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<Arc<FluentResource>>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.language()).finish()
    }
}

impl Words {
    /// The texts of that language, which are parsed once.
    pub fn new(language: Language) -> Self {
        static PARSED: LazyLock<[Arc<FluentResource>; 2]> =
            LazyLock::new(|| [Language::English, Language::Korean].map(|language| parsed(language, language.texts())));
        Self::saying(language, Arc::clone(&PARSED[language as usize]))
    }

    /// These texts, which are in that language.
    pub fn of(language: Language, texts: &str) -> Self {
        Self::saying(language, parsed(language, texts))
    }

    fn saying(language: Language, texts: Arc<FluentResource>) -> Self {
        let identifier: LanguageIdentifier = language.name().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new(vec![identifier]);
        // Marks that isolate directions would take cells on the screen.
        bundle.set_use_isolating(false);
        let added = bundle.add_function(particles::FUNCTION, |values, _| match values {
            [FluentValue::String(word), FluentValue::String(written)] => particles::form(word, written).into(),
            // Numbers come as texts here, lest a language groups their digits.
            _ => FluentValue::Error,
        });
        debug_assert!(added.is_ok(), "the name is free");
        bundle.add_resource_overriding(texts);
        Self { language, bundle }
    }

    /// Which language it is.
    pub fn language(&self) -> Language {
        self.language
    }

    /// Whether there is a text of that name.
    pub fn has(&self, name: &str) -> bool {
        self.bundle.has_message(name)
    }

    /// The text of that name. The name itself where there is none, which a test rules out for all that are used.
    pub fn say<'a>(&'a self, name: &'a str) -> Cow<'a, str> {
        self.format(name, None)
    }

    /// The text of that name with values put in.
    pub fn say_with<'a>(&'a self, name: &'a str, values: &[(&str, FluentValue<'_>)]) -> Cow<'a, str> {
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (key, value) in values {
            arguments.set(*key, value.clone().into_owned());
        }
        self.format(name, Some(&arguments))
    }

    fn format<'a>(&'a self, name: &'a str, arguments: Option<&FluentArgs<'_>>) -> Cow<'a, str> {
        let Some(pattern) = self.bundle.get_message(name).and_then(|message| message.value()) else {
            return Cow::Borrowed(name);
        };
        let mut errors = Vec::new();
        Cow::Owned(self.bundle.format_pattern(pattern, arguments, &mut errors).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The names in a file of texts: what stands before ` =` at the beginning of a line.
    fn names(language: Language) -> BTreeSet<&'static str> {
        FluentResource::try_new(language.texts().to_owned()).expect("the texts parse");
        let lines = language.texts().lines();
        lines
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" =").map(|(name, _)| name))
            .collect()
    }

    #[test]
    fn the_languages_have_the_same_texts() {
        assert_eq!(names(Language::English), names(Language::Korean));
    }

    #[test]
    fn texts_are_composed() {
        for language in Language::ALL {
            for line in language.texts().lines() {
                assert_eq!(line, cells::composed(line), "{}", language.name());
            }
        }
    }

    #[test]
    fn a_locale_names_its_language() {
        for (locale, language) in [
            ("ko_KR.UTF-8", Language::Korean),
            ("ko", Language::Korean),
            ("en_US", Language::English),
            ("C.UTF-8", Language::English),
            ("kok_IN", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }
}
