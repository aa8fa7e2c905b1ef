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

/// Processes of a tree that is no longer small.
const FEW: usize = 5;

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

impl<'a> Branches<'a> {
    /// The same without a frame and without the lines where the processes stand.
    pub fn bare(self) -> Bare<'a> {
        Bare(self)
    }
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

    fn line(&self, index: usize, branch: &Branch, place: bool, room: usize) -> Line<'static> {
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
        let at = branch.line.filter(|_| place).map(|line| {
            let said = [("line", (line + 1).to_string().into())];
            self.texts.words.say_with("lesson-at-line", &said).into_owned()
        });
        let said = format!("{} {}", state.letter(), self.texts.words.state(state));
        Line::from(vec![
            Span::styled(
                format!("{}{}", if place { " " } else { "" }, self.guide(index)),
                theme.border,
            ),
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

impl Branches<'_> {
    /// Draws the tree in that area, with where each process stands or without; below it a question mark, where more of
    /// it is to be guessed.
    fn draw(&self, place: bool, area: Rect, buffer: &mut Buffer) {
        let room = usize::from(area.width);
        // As far apart as there is room for, and while it grows no nearer than a tree of some processes stands.
        let count = self.picture.tree.len().max(FEW);
        let most = if place { 1 } else { 2 };
        let gap = ((usize::from(area.height) + 1) / count).saturating_sub(1).min(most);
        let mut lines = area.rows();
        for (index, branch) in self.picture.tree.iter().enumerate() {
            if index > 0 {
                let guide = self.guide(index).replace("├─", "│ ").replace("└─", "│ ");
                let guide = format!("{}{guide}", if place { " " } else { "" });
                lines
                    .by_ref()
                    .take(gap)
                    .for_each(|between| Line::styled(guide.as_str(), self.theme.border).render(between, buffer));
            }
            let Some(line) = lines.next() else { break };
            self.line(index, branch, place, room).render(line, buffer);
        }
        // What is to be guessed, where it will hang.
        if self.picture.facts.iter().any(|fact| fact.value.is_none()) {
            let place = if place { " " } else { "" };
            for between in lines.by_ref().take(gap) {
                Line::styled(format!("{place}│"), self.theme.border).render(between, buffer);
            }
            if let Some(line) = lines.next() {
                Line::from(vec![
                    Span::styled(format!("{place}└─"), self.theme.border),
                    Span::styled(" ? ", self.theme.alert),
                ])
                .render(line, buffer);
            }
        }
    }

    /// The place of the tree, and that of the facts below it.
    fn places(&self, area: Rect) -> [Rect; 2] {
        let facts = u16::try_from(self.picture.facts.len()).unwrap_or(u16::MAX);
        area.layout(&Layout::vertical([
            Constraint::Fill(1),
            Constraint::Length(facts.min(area.height / 2)),
        ]))
    }

    /// The facts, which begin where the tree does.
    fn facts(&self, place: bool, area: Rect, buffer: &mut Buffer) {
        let before = if place { " " } else { "" };
        for (fact, line) in self.picture.facts.iter().zip(area.rows()) {
            let (style, value) = match &fact.value {
                Some(value) => (self.theme.number, self.texts.value(value)),
                None => (self.theme.alert, "?".to_owned()),
            };
            Line::from(vec![
                Span::styled(format!("{before}{}  ", self.texts.label(&fact.probe)), self.theme.dim),
                Span::styled(value, style),
            ])
            .render(line, buffer);
        }
    }
}

impl Widget for &Branches<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let block = Block::bordered()
            .border_type(BorderType::Rounded)
            .border_style(self.theme.border)
            .title(Line::styled(
                format!(" {} ", self.texts.words.say("lesson-processes")),
                self.theme.accent,
            ));
        let [place, below] = self.places(block.inner(area));
        block.render(area, buffer);
        self.draw(true, place, buffer);
        self.facts(true, below, buffer);
    }
}

/// The tree without a frame.
#[derive(Debug)]
pub struct Bare<'a>(Branches<'a>);

impl Widget for &Bare<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let [place, below] = self.0.places(area);
        self.0.draw(false, place, buffer);
        self.0.facts(false, below, buffer);
    }
}
