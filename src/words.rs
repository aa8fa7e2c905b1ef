//! Every word shown to people: texts in English and Korean, units, widths, and names from strangers made safe.

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
}
