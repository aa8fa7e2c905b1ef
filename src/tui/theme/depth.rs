//! Colours, and how many of them a terminal has. Every conversion to fewer stands here, and the arithmetic of contrast.

use std::str::FromStr;

use ratatui::style::Color;

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// None are wanted: bold, dim, reverse and underline only (<https://no-color.org>).
    Plain,
    /// The sixteen whose exact colours only the terminal knows.
    Sixteen,
    /// The 256 of xterm, of which all but the first sixteen are the same everywhere.
    Indexed,
    /// All.
    True,
}

/// Terminals with true colour that do not say so in COLORTERM when they are reached over ssh.
const TRUE_COLOUR: &[&str] = &["alacritty", "contour", "foot", "ghostty", "kitty", "wezterm", "direct"];

impl Depth {
    /// What the variables NO_COLOR, COLORTERM and TERM say, read by this function.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        if set("NO_COLOR").is_some() {
            Self::Plain
        } else if matches!(set("COLORTERM").as_deref(), Some("truecolor" | "24bit"))
            || term.split('-').any(|part| TRUE_COLOUR.contains(&part))
        {
            Self::True
        } else if term.contains("256color") {
            Self::Indexed
        } else {
            Self::Sixteen
        }
    }

    /// What the environment says.
    pub fn of_environment() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }
}

/// The contrast from which on two grounds beside each other are plainly two.
pub const APART: f64 = 1.5;

/// Red, green and blue, each from 0 to 255.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// The sixteen colours as xterm comes with them; others differ, and every terminal lets its user change them.
const SIXTEEN: [Rgb; 16] = [
    Rgb(0x00, 0x00, 0x00),
    Rgb(0xcd, 0x00, 0x00),
    Rgb(0x00, 0xcd, 0x00),
    Rgb(0xcd, 0xcd, 0x00),
    Rgb(0x00, 0x00, 0xee),
    Rgb(0xcd, 0x00, 0xcd),
    Rgb(0x00, 0xcd, 0xcd),
    Rgb(0xe5, 0xe5, 0xe5),
    Rgb(0x7f, 0x7f, 0x7f),
    Rgb(0xff, 0x00, 0x00),
    Rgb(0x00, 0xff, 0x00),
    Rgb(0xff, 0xff, 0x00),
    Rgb(0x5c, 0x5c, 0xff),
    Rgb(0xff, 0x00, 0xff),
    Rgb(0x00, 0xff, 0xff),
    Rgb(0xff, 0xff, 0xff),
];

/// Their names, in the same order; the second eight are these with `bright-` before them.
const NAMES: [&str; 8] = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/// The same as ratatui knows them.
const ANSI: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

/// The steps of each part in the colour cube of the 256.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Rgb {
    /// The relative luminance, from 0 to 1 (WCAG 2.2, relative luminance).
    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio).
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// As a ground beside the other it is plainly another: the eye finds a row on it from the back of a room.
    pub fn stands_apart(self, ground: Self) -> bool {
        self.contrast(ground) >= APART
    }

    /// Nearer to black than to white, as the eye sees it.
    pub fn is_dark(self) -> bool {
        self.contrast(Self(255, 255, 255)) > self.contrast(Self(0, 0, 0))
    }

    /// So many hundredths of the way to another colour.
    #[must_use]
    pub fn towards(self, other: Self, hundredths: u16) -> Self {
        let part = |from: u8, to: u8| {
            let sum = u16::from(from) * (100 - hundredths) + u16::from(to) * hundredths;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        Self(part(self.0, other.0), part(self.1, other.1), part(self.2, other.2))
    }

    fn distance(self, other: Self) -> u32 {
        let part = |one: u8, two: u8| u32::from(one.abs_diff(two)).pow(2);
        part(self.0, other.0) + part(self.1, other.1) + part(self.2, other.2)
    }

    /// The number of the nearest of the 256 that are the same everywhere.
    fn indexed(self) -> u8 {
        (16..=255)
            .min_by_key(|index| self.distance(of_index(*index)))
            .unwrap_or(16)
    }

    /// The nearest of those.
    #[must_use]
    pub fn rounded(self) -> Self {
        of_index(self.indexed())
    }

    /// The place of the nearest of the sixteen.
    fn nearest(self) -> usize {
        (0..16).min_by_key(|at| self.distance(SIXTEEN[*at])).unwrap_or(0)
    }
}

/// The colour of a number of the 256, as xterm shows it.
fn of_index(index: u8) -> Rgb {
    match index {
        0..16 => SIXTEEN[usize::from(index)],
        16..232 => {
            let place = usize::from(index - 16);
            Rgb(CUBE[place / 36], CUBE[place / 6 % 6], CUBE[place % 6])
        }
        232.. => {
            let grey = 8 + (index - 232) * 10;
            Rgb(grey, grey, grey)
        }
    }
}

/// A drawn colour by its parts, as xterm shows it; `None` for the terminal's own.
pub fn shown(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Rgb(red, green, blue) => Some(Rgb(red, green, blue)),
        Color::Indexed(index) => Some(of_index(index)),
        Color::Reset => None,
        named => ANSI.iter().position(|ansi| *ansi == named).map(|at| SIXTEEN[at]),
    }
}

/// A colour of a theme: the true one, and the one of sixteen that stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    /// The true one.
    pub rgb: Rgb,
    /// Its place among the sixteen.
    pub sixteen: usize,
}

impl Colour {
    /// Black.
    pub const BLACK: Self = Self {
        rgb: Rgb(0, 0, 0),
        sixteen: 0,
    };

    /// The colour as a terminal can show it.
    pub fn at(self, depth: Depth) -> Color {
        match depth {
            Depth::Plain => Color::Reset,
            Depth::Sixteen => ANSI[self.sixteen],
            Depth::Indexed => Color::Indexed(self.rgb.indexed()),
            Depth::True => Color::Rgb(self.rgb.0, self.rgb.1, self.rgb.2),
        }
    }

    /// Another true colour, with the same of the sixteen.
    #[must_use]
    pub fn with(self, rgb: Rgb) -> Self {
        Self { rgb, ..self }
    }
}

impl FromStr for Colour {
    type Err = String;

    /// Reads `#rrggbb`, and after a blank the name of one of the sixteen; without that it is the nearest.
    fn from_str(text: &str) -> Result<Self, String> {
        let (hex, name) = text.split_once(' ').unwrap_or((text, ""));
        let number = hex
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| format!("'{hex}' is not a colour: write it as #rrggbb"))?;
        let [_, red, green, blue] = number.to_be_bytes();
        let rgb = Rgb(red, green, blue);
        let sixteen = match name.trim() {
            "" => rgb.nearest(),
            name => named(name).ok_or_else(|| {
                let names = NAMES.join(", ");
                format!("'{name}' is none of the sixteen colours: {names}, or one of these after bright-")
            })?,
        };
        Ok(Self { rgb, sixteen })
    }
}

fn named(name: &str) -> Option<usize> {
    let (plain, first) = name.strip_prefix("bright-").map_or((name, 0), |plain| (plain, 8));
    NAMES.iter().position(|known| *known == plain).map(|at| first + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(variables: &[(&str, &str)]) -> Depth {
        Depth::of(|name| {
            let found = variables.iter().find(|(other, _)| *other == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        assert_eq!(depth(&[]), Depth::Sixteen);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(depth(&[("TERM", "xterm")]), Depth::Sixteen);
        assert_eq!(depth(&[("TERM", "xterm-256color")]), Depth::Indexed);
        assert_eq!(
            depth(&[("TERM", "tmux-256color"), ("COLORTERM", "truecolor")]),
            Depth::True
        );
        assert_eq!(depth(&[("TERM", "xterm-kitty")]), Depth::True);
        assert_eq!(depth(&[("TERM", "xterm-direct")]), Depth::True);
        assert_eq!(depth(&[("COLORTERM", "24bit"), ("NO_COLOR", "1")]), Depth::Plain);
        assert_eq!(depth(&[("COLORTERM", "24bit"), ("NO_COLOR", "")]), Depth::True);
    }

    #[test]
    fn a_colour_is_read_as_it_is_written() {
        let read = |text: &str| text.parse::<Colour>();
        let signal = read("#ff0010 bright-red").unwrap();
        assert_eq!(signal.at(Depth::True), Color::Rgb(0xff, 0, 0x10));
        assert_eq!(signal.at(Depth::Indexed), Color::Indexed(196));
        assert_eq!(signal.at(Depth::Sixteen), Color::LightRed);
        assert_eq!(signal.at(Depth::Plain), Color::Reset);
        assert_eq!(read("#ff0010").unwrap().at(Depth::Sixteen), Color::LightRed);
        for wrong in ["", "red", "#ff001", "#gg0010", "#ff0010 reddish", "#+f0010"] {
            read(wrong).unwrap_err();
        }
    }

    #[test]
    fn contrast_is_what_the_guidelines_say() {
        let contrast = |one: &str, two: &str| {
            let [one, two] = [one, two].map(|text| text.parse::<Colour>().unwrap().rgb);
            (one.contrast(two) * 100.0).round() / 100.0
        };
        for (one, two, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.48),
            ("#0000ff", "#ffffff", 8.59),
        ] {
            assert!(
                (contrast(one, two) - ratio).abs() < 0.01,
                "{one} on {two}: {}",
                contrast(one, two)
            );
        }
    }

    #[test]
    fn the_256_are_those_of_xterm() {
        assert_eq!(of_index(16), Rgb(0, 0, 0));
        assert_eq!(of_index(208), Rgb(255, 135, 0));
        assert_eq!(of_index(231), Rgb(255, 255, 255));
        assert_eq!(of_index(244), Rgb(128, 128, 128));
        assert_eq!(of_index(255), Rgb(238, 238, 238));
    }
}
