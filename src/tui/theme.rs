//! What things look like: one style for each meaning, never a colour at the place where something is drawn. State is
//! told by glyph, letter and word; colour only repeats it.

use ratatui::style::{Color, Modifier, Style};

/// A palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
    /// No colours: bold, dim, reverse and underline only (`NO_COLOR`).
    Plain,
}

impl Palette {
    /// The palette of that name on the command line; dark for any other.
    pub fn named(name: &str) -> Self {
        if name == "light" { Self::Light } else { Self::Dark }
    }
}

/// A style for each meaning.
#[derive(Debug, Clone, Copy)]
pub struct Theme {
    /// The whole screen, before anything is drawn on it.
    pub ground: Style,
    /// Plain text.
    pub text: Style,
    /// What matters less.
    pub dim: Style,
    /// Borders.
    pub border: Style,
    /// The one accent: titles, keys, the name of the program.
    pub accent: Style,
    /// A number that counts.
    pub number: Style,
    /// A zombie: reverse, so that it shows without colours.
    pub zombie: Style,
    /// A zombie's lane.
    pub zombie_lane: Style,
    /// A process that runs.
    pub running: Style,
    /// A process that sleeps.
    pub sleeping: Style,
    /// A process that is stopped.
    pub stopped: Style,
    /// What is gone.
    pub ghost: Style,
    /// A connection.
    pub connection: Style,
    /// Something that needs an eye: paused, failed, ended.
    pub alert: Style,
    /// The selected row.
    pub selected: Style,
}

impl Theme {
    /// The styles of a palette.
    pub fn of(palette: Palette) -> Self {
        match palette {
            Palette::Dark => Self::coloured(&Colours {
                ground: Color::Rgb(0x16, 0x18, 0x1c),
                text: Color::Rgb(0xd7, 0xda, 0xe0),
                dim: Color::Rgb(0x8b, 0x94, 0xa3),
                border: Color::Rgb(0x4b, 0x53, 0x60),
                accent: Color::Rgb(0x5f, 0xc9, 0xd8),
                zombie: Color::Rgb(0xff, 0x8f, 0x6b),
                running: Color::Rgb(0x8f, 0xd4, 0x7f),
                connection: Color::Rgb(0x7f, 0xb4, 0xff),
                alert: Color::Rgb(0xff, 0xc8, 0x5c),
                selected: Color::Rgb(0x24, 0x2c, 0x3a),
            }),
            Palette::Light => Self::coloured(&Colours {
                ground: Color::Rgb(0xfa, 0xfa, 0xf8),
                text: Color::Rgb(0x1f, 0x23, 0x28),
                dim: Color::Rgb(0x5c, 0x64, 0x70),
                border: Color::Rgb(0xa8, 0xb0, 0xbb),
                accent: Color::Rgb(0x00, 0x6d, 0x80),
                zombie: Color::Rgb(0xb4, 0x32, 0x0a),
                running: Color::Rgb(0x1d, 0x6b, 0x1d),
                connection: Color::Rgb(0x15, 0x4f, 0xb0),
                alert: Color::Rgb(0x85, 0x4d, 0x00),
                selected: Color::Rgb(0xdd, 0xe6, 0xf2),
            }),
            Palette::Plain => Self::plain(),
        }
    }

    fn coloured(colours: &Colours) -> Self {
        let text = Style::new().fg(colours.text);
        Self {
            ground: text.bg(colours.ground),
            text,
            dim: text.fg(colours.dim),
            border: text.fg(colours.border),
            accent: text.fg(colours.accent).add_modifier(Modifier::BOLD),
            number: text.add_modifier(Modifier::BOLD),
            zombie: text
                .fg(colours.zombie)
                .add_modifier(Modifier::BOLD | Modifier::REVERSED),
            zombie_lane: text.fg(colours.zombie),
            running: text.fg(colours.running).add_modifier(Modifier::BOLD),
            sleeping: text,
            stopped: text.fg(colours.alert).add_modifier(Modifier::BOLD),
            ghost: text.fg(colours.dim),
            connection: text.fg(colours.connection),
            alert: text.fg(colours.alert).add_modifier(Modifier::BOLD),
            selected: Style::new().bg(colours.selected),
        }
    }

    fn plain() -> Self {
        let text = Style::new();
        let (bold, dim) = (text.add_modifier(Modifier::BOLD), text.add_modifier(Modifier::DIM));
        Self {
            ground: text,
            text,
            dim,
            border: dim,
            accent: bold,
            number: bold,
            zombie: bold.add_modifier(Modifier::REVERSED),
            zombie_lane: bold,
            running: bold,
            sleeping: text,
            stopped: bold,
            ghost: dim,
            connection: text,
            alert: bold.add_modifier(Modifier::UNDERLINED),
            selected: text.add_modifier(Modifier::UNDERLINED),
        }
    }
}

/// The colours of a palette.
struct Colours {
    ground: Color,
    text: Color,
    dim: Color,
    border: Color,
    accent: Color,
    zombie: Color,
    running: Color,
    connection: Color,
    alert: Color,
    selected: Color,
}
