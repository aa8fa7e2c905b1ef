//! How the screen is to look: which theme, with how many colours, in ASCII or not, for a room or for a desk. The styles
//! that follow from it are `theme`'s; nothing here draws.

use super::theme::Theme;
use super::theme::depth::Depth;
use super::theme::palette::{Chosen, Colours, Palette};

/// What was asked for, and what the terminal can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    chosen: Chosen,
    /// The user's own theme, which a key comes back to.
    own: Option<Chosen>,
    depth: Depth,
    /// For the back of a room: few rows, large digits, the strongest contrast.
    pub projector: bool,
    /// ASCII only.
    pub ascii: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self::new(Chosen::Ours(Palette::Dark), Depth::True)
    }
}

impl Look {
    /// A theme on a terminal with so many colours.
    pub fn new(chosen: Chosen, depth: Depth) -> Self {
        Self {
            own: matches!(chosen, Chosen::Own(..)).then(|| chosen.clone()),
            chosen,
            depth,
            projector: false,
            ascii: false,
        }
    }

    /// The styles of it.
    pub fn theme(&self) -> Theme {
        self.theme_at(self.depth)
    }

    /// The same styles with other colours to be had.
    pub fn theme_at(&self, depth: Depth) -> Theme {
        let theme = Theme::new(&self.colours(), depth);
        if self.projector { theme.undimmed() } else { theme }
    }

    /// The colours, were there all of them.
    pub fn colours(&self) -> Colours {
        let colours = match &self.chosen {
            Chosen::Ours(palette) => palette.colours(),
            Chosen::Own(_, colours) => colours,
        };
        if self.projector { colours.strong() } else { *colours }
    }

    /// No colours are wanted.
    pub fn is_plain(&self) -> bool {
        self.depth == Depth::Plain
    }

    /// How many colours there are.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The name of the theme.
    pub fn name(&self) -> &str {
        match &self.chosen {
            Chosen::Ours(palette) => palette.name(),
            Chosen::Own(name, _) => name,
        }
    }

    /// Goes to the next theme: ours one after the other, then the user's own.
    pub fn next(&mut self) {
        let all: Vec<Chosen> = Palette::ALL
            .map(Chosen::Ours)
            .into_iter()
            .chain(self.own.clone())
            .collect();
        let at = all.iter().position(|chosen| *chosen == self.chosen).unwrap_or(0);
        self.chosen = all[(at + 1) % all.len()].clone();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_through_all_themes_and_comes_back() {
        let through = |mut look: Look| -> Vec<String> {
            let first = look.name().to_owned();
            let mut names = vec![first.clone()];
            loop {
                look.next();
                if look.name() == first {
                    return names;
                }
                names.push(look.name().to_owned());
            }
        };
        assert_eq!(
            through(Look::default()),
            ["dark", "light", "high-contrast", "colour-blind"]
        );
        let own = Chosen::Own("mine".to_owned(), Box::new(*Palette::Light.colours()));
        assert_eq!(
            through(Look::new(own, Depth::True)),
            ["mine", "dark", "light", "high-contrast", "colour-blind"]
        );
    }
}
