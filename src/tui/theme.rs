//! What things look like: one style for each meaning, never a colour at the place where something is drawn. State is
//! told by glyph, letter and word; colour only repeats it.
//!
//! The colours are data (`palette`), and how many of them a terminal has is known in one place (`depth`).

use ratatui::style::{Modifier, Style};

use depth::{Colour, Depth, shown};
use palette::{Colours, Palette};

pub mod depth;
pub mod palette;

/// A style for each meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// The styles of a palette of ours, in true colour.
    pub fn of(palette: Palette) -> Self {
        Self::new(palette.colours(), Depth::True)
    }

    /// The styles of some colours, as far as a terminal has them.
    pub fn new(colours: &Colours, depth: Depth) -> Self {
        if depth == Depth::Plain {
            return Self::plain();
        }
        let ink = |colour: Colour| Style::new().fg(colour.at(depth));
        let bold = |colour: Colour| ink(colour).add_modifier(Modifier::BOLD);
        let ground = colours.ground.at(depth);
        // Where the ground of the selected row is hardly one of its own, it is underlined.
        let selected = colours.selected.at(depth);
        let apart = shown(selected)
            .zip(shown(ground))
            .is_some_and(|(row, rest)| row.stands_apart(rest));
        let selected = match selected {
            same if same == ground => Style::new().add_modifier(Modifier::UNDERLINED),
            other if apart => Style::new().bg(other),
            other => Style::new().bg(other).add_modifier(Modifier::UNDERLINED),
        };
        Self {
            ground: ink(colours.text).bg(ground),
            text: ink(colours.text),
            dim: ink(colours.dim),
            border: ink(colours.border),
            accent: bold(colours.accent),
            number: bold(colours.text),
            zombie: bold(colours.zombie).add_modifier(Modifier::REVERSED),
            zombie_lane: ink(colours.zombie),
            running: bold(colours.running),
            sleeping: ink(colours.text),
            stopped: bold(colours.alert),
            ghost: ink(colours.dim),
            connection: ink(colours.connection),
            alert: bold(colours.alert),
            selected,
        }
    }

    /// No colours: bold, dim, reverse and underline only.
    pub fn plain() -> Self {
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

    /// The same with nothing dim.
    #[must_use]
    pub fn undimmed(self) -> Self {
        let bright = |style: Style| Style {
            add_modifier: style.add_modifier.difference(Modifier::DIM),
            ..style
        };
        let dimmest = |style: Style| Style {
            fg: self.text.fg,
            ..bright(style)
        };
        Self {
            dim: dimmest(self.dim),
            ghost: dimmest(self.ghost),
            border: bright(self.border),
            ..self
        }
    }
}
