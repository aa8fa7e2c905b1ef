//! All processes of a lesson as a tree, for lessons that have more of them than boxes can stand side by side. Below it,
//! facts.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget};

use crate::lesson::picture::{Branch, Picture};
use crate::report::lesson::Texts;
use crate::timeline::process::State;
use crate::tui::theme::Theme;
use crate::words::cells::fit;

/// The tree.
#[derive(Debug)]
pub struct Branches<'a> {
    /// What there is to see.
    pub picture: &'a Picture,
    /// The texts.
    pub texts: &'a Texts,
    /// The styles.
    pub theme: &'a Theme,
}

impl Branches<'_> {
    /// The lines that lead to a branch.
    fn guide(&self, index: usize) -> String {
        let tree = &self.picture.tree;
        let depth = tree[index].depth;
        // At each level above: does another branch of that level follow below?
        let follows = |level: usize| {
            let below = tree[index + 1..].iter().take_while(|other| other.depth >= level);
            below.into_iter().any(|other| other.depth == level)
        };
        let mut guide = String::new();
        for level in 1..=depth {
            guide += match (level == depth, follows(level)) {
                (true, true) => "├─",
                (true, false) => "└─",
                (false, true) => "│ ",
                (false, false) => "  ",
            };
        }
        guide
    }

    fn line(&self, index: usize, branch: &Branch, room: usize) -> Line<'static> {
        let theme = self.theme;
        let role = self
            .picture
            .shown
            .iter()
            .find(|shown| shown.pid == branch.pid)
            .map(|shown| shown.role.clone());
        let (style, state) = match branch.state {
            Some(State::Zombie) => (theme.zombie, State::Zombie),
            Some(State::Running) => (theme.running, State::Running),
            Some(state) => (theme.sleeping, state),
            None => (theme.ghost, State::Dead),
        };
        let at = branch.line.map(|line| {
            let said = [("line", (line + 1).to_string().into())];
            self.texts.words.say_with("lesson-at-line", &said).into_owned()
        });
        let said = format!("{} {}", state.letter(), self.texts.words.state(state));
        Line::from(vec![
            Span::styled(format!(" {}", self.guide(index)), theme.border),
            Span::styled(branch.pid.to_string(), theme.number),
            Span::styled(role.map(|role| format!(" {role}")).unwrap_or_default(), theme.accent),
            Span::raw("  "),
            Span::styled(said, style),
            Span::styled(
                fit(&at.map(|at| format!("  {at}")).unwrap_or_default(), room / 2),
                theme.dim,
            ),
        ])
    }
}

impl Widget for &Branches<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let facts = u16::try_from(self.picture.facts.len())
            .unwrap_or(u16::MAX)
            .min(area.height / 2);
        let [place, below] = area.layout(&Layout::vertical([Constraint::Fill(1), Constraint::Length(facts)]));
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.border)
            .title(Line::styled(
                format!(" {} ", self.texts.words.say("lesson-processes")),
                self.theme.accent,
            ));
        let inner = block.inner(place);
        block.render(place, buffer);
        let hidden = self.picture.facts.iter().any(|fact| fact.value.is_none());
        if hidden {
            Line::styled(" ?", self.theme.alert).render(inner, buffer);
        } else {
            let room = usize::from(inner.width);
            for ((index, branch), line) in self.picture.tree.iter().enumerate().zip(inner.rows()) {
                self.line(index, branch, room).render(line, buffer);
            }
        }
        for (fact, line) in self.picture.facts.iter().zip(below.rows()) {
            let value = fact
                .value
                .as_ref()
                .map_or_else(|| "?".to_owned(), |value| self.texts.value(value));
            let style = if fact.value.is_some() {
                self.theme.number
            } else {
                self.theme.alert
            };
            Line::from(vec![
                Span::styled(format!(" {}  ", self.texts.label(&fact.probe)), self.theme.dim),
                Span::styled(value, style),
            ])
            .render(line, buffer);
        }
    }
}
