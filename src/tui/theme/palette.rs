//! The colours of a theme as data: four of ours, which are files in assets/themes, and a user's own, which is a file of
//! the same form. What each colour is used for stands in `theme`.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, de};
use thiserror::Error;

use super::depth::{Colour, Rgb};

/// A theme of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
    /// Black, white, and colours far from both.
    HighContrast,
    /// Colours that no common kind of colour blindness confuses.
    ColourBlind,
}

impl Palette {
    /// All of them, in the order in which a key goes through them.
    pub const ALL: [Self; 4] = [Self::Dark, Self::Light, Self::HighContrast, Self::ColourBlind];

    /// Its name on the command line and as a file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::ColourBlind => "colour-blind",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|palette| palette.name() == name)
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Dark => include_str!("../../../assets/themes/dark.toml"),
            Self::Light => include_str!("../../../assets/themes/light.toml"),
            Self::HighContrast => include_str!("../../../assets/themes/high-contrast.toml"),
            Self::ColourBlind => include_str!("../../../assets/themes/colour-blind.toml"),
        }
    }

    /// Its colours.
    pub fn colours(self) -> &'static Colours {
        static READ: LazyLock<[Colours; 4]> = LazyLock::new(|| {
            Palette::ALL.map(|palette| {
                // A test reads each of them, and finds all of its colours.
                let file: File = toml::from_str(palette.text()).unwrap_or_default();
                file.over(&BLANK)
            })
        });
        &READ[self as usize]
    }
}

/// What a colour is before it is read.
const BLANK: Colours = Colours::of(Colour::BLACK);

/// The colours, once as a theme has them and once as a file may give them.
macro_rules! colours {
    ($($(#[doc = $doc:literal])* $name:ident),* $(,)?) => {
        /// The colours of a theme.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct Colours {
            $($(#[doc = $doc])* pub $name: Colour,)*
        }

        /// A file of colours; those that it does not give are those of the theme that it is based on.
        #[derive(Debug, Default, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct File {
            base: Option<Base>,
            $($name: Option<Written>,)*
        }

        impl File {
            fn over(&self, base: &Colours) -> Colours {
                Colours { $($name: self.$name.map_or(base.$name, |written| written.0),)* }
            }

            /// The names of the colours that it does not give.
            #[cfg(test)]
            fn missing(&self) -> Vec<&'static str> {
                let given = [$((stringify!($name), self.$name.is_some()),)*];
                given.into_iter().filter(|(_, given)| !given).map(|(name, _)| name).collect()
            }
        }

        impl Colours {
            const fn of(colour: Colour) -> Self {
                Self { $($name: colour,)* }
            }

            fn map(&self, change: impl Fn(Colour) -> Colour) -> Self {
                Self { $($name: change(self.$name),)* }
            }
        }
    };
}

colours! {
    /// What everything stands on.
    ground,
    /// Plain text.
    text,
    /// What matters less.
    dim,
    /// Borders, and the lines of the tree.
    border,
    /// The one accent.
    accent,
    /// Zombies.
    zombie,
    /// A process that runs.
    running,
    /// A connection.
    connection,
    /// What needs an eye.
    alert,
    /// The ground of the selected row.
    selected,
}

/// The contrast that text at the back of a room has at least: AAA of WCAG 2.2.
const STRONG: f64 = 7.0;

impl Colours {
    /// The same for the back of a room: on black or on white, every colour far from it, and nothing dim.
    #[must_use]
    pub fn strong(&self) -> Self {
        let (black, white) = (Rgb(0, 0, 0), Rgb(255, 255, 255));
        let (ground, ink) = if self.ground.rgb.is_dark() {
            (black, white)
        } else {
            (white, black)
        };
        // As near to the ground as it can be seen, so that what stands on it can keep its colour.
        let nearer = (0..=90)
            .rev()
            .step_by(5)
            .map(|step| self.selected.rgb.towards(ground, step));
        let farther = (5..=100).step_by(5).map(|step| self.selected.rgb.towards(ink, step));
        let mut apart = nearer.chain(farther).filter(|rgb| rgb.stands_apart(ground));
        let selected = apart.next().unwrap_or(ink);
        let on = |rgb: Rgb, selected: Rgb| rgb.contrast(ground).min(rgb.contrast(selected));
        // Where a terminal has 256 colours, what is nearest must do as well.
        let clear = |rgb: Rgb| on(rgb, selected).min(on(rgb.rounded(), selected.rounded())) >= STRONG;
        let pushed = |colour: Colour| {
            let steps = (0..=100).step_by(5).map(|step| colour.rgb.towards(ink, step));
            colour.with(steps.into_iter().find(|rgb| clear(*rgb)).unwrap_or(ink))
        };
        let text = self.text.with(ink);
        Self {
            ground: self.ground.with(ground),
            selected: self.selected.with(selected),
            text,
            dim: text,
            ..self.map(pushed)
        }
    }
}

/// The theme that another is based on.
#[derive(Debug, Clone, Copy)]
struct Base(Palette);

impl<'de> Deserialize<'de> for Base {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Palette::named(&name)
            .map(Self)
            .ok_or_else(|| de::Error::custom(format!("'{name}' is no theme: {}", names())))
    }
}

/// A colour as it is written.
#[derive(Debug, Clone, Copy)]
struct Written(Colour);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(de::Error::custom)
    }
}

/// The names of the themes of ours.
fn names() -> String {
    Palette::ALL.map(Palette::name).join(", ")
}

/// A theme that cannot be had.
#[derive(Debug, Error)]
pub enum ThemeError {
    /// Neither one of ours nor a file of the user's.
    #[error(
        "no theme '{name}': it is none of {}, and there is no file {}",
        names(),
        tried.display()
    )]
    Unknown {
        /// As it was typed.
        name: String,
        /// Where it was looked for.
        tried: PathBuf,
    },
    /// The file cannot be read.
    #[error("read the theme {}: {source}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// What it says makes no sense: where, with a mark below it.
    #[error("{}: {source}", path.display())]
    Parse {
        /// Which.
        path: PathBuf,
        /// What, with line, column and a caret.
        source: toml::de::Error,
    },
}

/// Far more than a file of colours has.
const LARGEST: u64 = 1 << 20;

/// A theme as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// One of ours.
    Ours(Palette),
    /// The user's own, by its name.
    Own(String, Box<Colours>),
}

/// The theme of that name, or in that file: a path has a slash in it or ends in `.toml`; any other name that is none of
/// ours is a file of that name in `directory`.
pub fn find(name: &str, directory: &Path) -> Result<Chosen, ThemeError> {
    let is_path = name.contains('/') || Path::new(name).extension().is_some_and(|extension| extension == "toml");
    if let Some(palette) = Palette::named(name).filter(|_| !is_path) {
        return Ok(Chosen::Ours(palette));
    }
    let path = if is_path {
        PathBuf::from(name)
    } else {
        directory.join(format!("{name}.toml"))
    };
    let read = || {
        let mut text = String::new();
        // What is cut off makes it no theme, which is said.
        std::fs::File::open(&path)?.take(LARGEST).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().map_err(|source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound if !is_path => ThemeError::Unknown {
            name: name.to_owned(),
            tried: path.clone(),
        },
        _ => ThemeError::Read {
            path: path.clone(),
            source,
        },
    })?;
    let file: File = toml::from_str(&text).map_err(|source| ThemeError::Parse {
        path: path.clone(),
        source,
    })?;
    let base = file.base.map_or(Palette::Dark, |base| base.0);
    let stem = path.file_stem().unwrap_or_default();
    let name = crate::words::names::visible(stem.as_encoded_bytes());
    Ok(Chosen::Own(name, Box::new(file.over(base.colours()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_whole() {
        for palette in Palette::ALL {
            let file: File = toml::from_str(palette.text()).unwrap();
            assert_eq!(file.missing(), [""; 0], "{}", palette.name());
            assert!(file.base.is_none(), "{}", palette.name());
            assert_eq!(Palette::named(palette.name()), Some(palette));
        }
    }

    /// Okabe, M. and Ito, K., Color Universal Design: the eight colours.
    #[test]
    fn the_colour_blind_have_the_colours_of_okabe_and_ito() {
        let safe = [
            "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7",
        ];
        let safe = safe.map(|text| text.parse::<Colour>().unwrap().rgb);
        let colours = Palette::ColourBlind.colours();
        let used = [
            colours.accent,
            colours.zombie,
            colours.running,
            colours.connection,
            colours.alert,
        ];
        for (at, colour) in used.iter().enumerate() {
            assert!(safe.contains(&colour.rgb), "{colour:?}");
            assert!(
                !used[..at].iter().any(|other| other.rgb == colour.rgb),
                "{colour:?} twice"
            );
        }
    }

    fn own(text: &str) -> Result<Chosen, String> {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("mine.toml"), text).unwrap();
        find("mine", directory.path())
            .map_err(|error| error.to_string().replace(directory.path().to_str().unwrap(), "themes"))
    }

    #[test]
    fn a_theme_of_ones_own_changes_what_it_gives() {
        let Ok(Chosen::Own(name, colours)) = own("base = \"light\"\nzombie = \"#102030\"\n") else {
            panic!("no theme of one's own")
        };
        assert_eq!(name, "mine");
        assert_eq!(colours.zombie.rgb, Rgb(0x10, 0x20, 0x30));
        assert_eq!(colours.ground, Palette::Light.colours().ground);
        let Ok(Chosen::Own(_, colours)) = own("") else {
            panic!("no theme of one's own")
        };
        assert_eq!(*colours, *Palette::Dark.colours());
        assert_eq!(
            find("light", Path::new("nowhere")).unwrap(),
            Chosen::Ours(Palette::Light)
        );
    }

    #[test]
    fn what_is_wrong_with_a_theme_is_said_with_its_place() {
        for (text, said) in [
            (
                "text = \"blue\"",
                "themes/mine.toml: TOML parse error at line 1, column 8",
            ),
            (
                "\ntex = \"#ffffff\"",
                "themes/mine.toml: TOML parse error at line 2, column 1",
            ),
            ("text = \"#ffffff whitish\"", "'whitish' is none of the sixteen colours"),
            ("base = \"drak\"", "'drak' is no theme: dark, light"),
            ("text = 7", "^"),
        ] {
            let error = own(text).unwrap_err();
            assert!(error.contains(said), "{text}:\n{error}");
            assert!(error.contains('^'), "{text}:\n{error}");
        }
        let unknown = find("drak", Path::new("themes")).unwrap_err().to_string();
        assert_eq!(
            unknown,
            "no theme 'drak': it is none of dark, light, high-contrast, colour-blind, and there is no file themes/drak.toml"
        );
        let unread = find("./nowhere.toml", Path::new("themes")).unwrap_err().to_string();
        assert!(
            unread.starts_with("read the theme ./nowhere.toml: No such file"),
            "{unread}"
        );
    }

    #[test]
    fn at_the_back_of_a_room_everything_is_clear() {
        for palette in Palette::ALL {
            let strong = palette.colours().strong();
            let clear = |colour: Colour| {
                let contrast = colour
                    .rgb
                    .contrast(strong.ground.rgb)
                    .min(colour.rgb.contrast(strong.selected.rgb));
                assert!(contrast >= STRONG, "{}: {contrast} of {colour:?}", palette.name());
                colour
            };
            let inks = Colours {
                ground: strong.text,
                selected: strong.text,
                ..strong
            };
            inks.map(clear);
            assert_eq!(strong.dim, strong.text);
        }
    }
}
