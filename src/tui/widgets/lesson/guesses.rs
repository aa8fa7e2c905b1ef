//! The questions of a lesson that is over, each with what was guessed, whether it was right, and what the kernel said.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::lesson::picture::Settled;
use crate::tui::theme::Theme;
use crate::words::Words;
use crate::words::cells::{fit, left, right, width};

/// Cells between columns.
const GAP: usize = 2;

/// Cells of a line below which the question needs most of them.
const NARROW: usize = 72;

/// The guesses.
#[derive(Debug)]
pub struct Guesses<'a> {
    /// By step; none where nothing was asked or answered.
    pub settled: &'a [Option<Settled>],
    /// The texts.
    pub words: &'a Words,
    /// The styles.
    pub theme: &'a Theme,
}

/// The columns of a line: what it is called by, the question, the guess and the answer, in cells.
struct Columns {
    mark: usize,
    step: usize,
    /// Of the longest question.
    asked: usize,
    guess: usize,
    answer: usize,
}

impl Guesses<'_> {
    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.count() == 0
    }

    fn count(&self) -> usize {
        self.settled.iter().flatten().count()
    }

    /// Lines that they take at the least: one each.
    pub fn least(&self) -> usize {
        self.count()
    }

    /// Lines that they take where nothing is cut, as close as can be.
    pub fn whole(&self, room: usize) -> usize {
        self.count() * if self.is_whole(room) { 1 } else { 2 }
    }

    /// Lines that they would like: in one each where nothing is cut by that, below the names of its columns, else in two;
    /// with air between them.
    pub fn comfort(&self, room: usize) -> usize {
        let (head, each) = if self.is_whole(room) { (1, 1) } else { (0, 2) };
        (self.count() * (each + 1) + head).saturating_sub(1)
    }

    /// A line for each has room for all of it.
    fn is_whole(&self, room: usize) -> bool {
        let columns = self.columns(room);
        let answers = self.settled.iter().flatten().all(|settled| {
            let guess = settled.guessed.as_ref().map_or(0, |guess| width(guess));
            guess <= columns.guess && width(&settled.said) <= columns.answer
        });
        answers && columns.asked <= columns.question(room)
    }

    fn columns(&self, room: usize) -> Columns {
        let all = || self.settled.iter().flatten();
        let most = room / if room < NARROW { 8 } else { 4 };
        let guess = all()
            .filter_map(|settled| settled.guessed.as_ref())
            .map(|guess| width(guess));
        let answer = all().map(|settled| width(&settled.said));
        Columns {
            mark: all().map(|settled| width(&self.mark(settled).1)).max().unwrap_or(0),
            step: self.settled.len().to_string().len(),
            asked: all().map(|settled| width(&settled.question)).max().unwrap_or(0),
            guess: guess.max().unwrap_or(1).max(self.name("lesson-guess")).min(most),
            answer: answer.max().unwrap_or(1).max(self.name("lesson-kernel")).min(most),
        }
    }

    /// Cells of the name of a column.
    fn name(&self, name: &'static str) -> usize {
        width(&self.words.say(name))
    }

    /// What became of it: a sign and a word.
    fn mark(&self, settled: &Settled) -> (Style, String) {
        let (style, sign, word) = match settled.guessed {
            None => (self.theme.dim, "–", "lesson-shown"),
            Some(_) if settled.right => (self.theme.running, "✓", "lesson-right"),
            Some(_) => (self.theme.alert, "✗", "lesson-wrong"),
        };
        (style, format!("{sign} {}", self.words.say(word)))
    }

    /// In so many lines at most.
    pub fn lines(&self, room: usize, height: usize) -> Vec<Line<'static>> {
        let count = self.count();
        let each = if self.is_whole(room) || 2 * count > height {
            1
        } else {
            2
        };
        let columns = self.columns(room);
        let mut lines = Vec::new();
        // In two lines each value has its name before it.
        if each == 1 && count < height {
            lines.push(self.head(&columns, room));
        }
        let apart = lines.len() + count * (each + 1) <= height + 1;
        let first = lines.len();
        for (step, settled) in self.settled.iter().enumerate() {
            let Some(settled) = settled else { continue };
            if apart && lines.len() > first {
                lines.push(Line::default());
            }
            if each == 1 {
                lines.push(self.short(step, settled, &columns, room));
            } else {
                lines.extend(self.long(step, settled, &columns, room));
            }
        }
        lines
    }

    /// The names of the columns of guesses and answers.
    fn head(&self, columns: &Columns, room: usize) -> Line<'static> {
        let before = columns.front() + columns.question(room) + GAP;
        let guess = left(
            &fit(&self.words.say("lesson-guess"), columns.guess),
            columns.guess + GAP,
        );
        let answer = fit(&self.words.say("lesson-kernel"), columns.answer);
        Line::styled(format!("{}{guess}{answer}", " ".repeat(before)), self.theme.dim)
    }

    /// The front of a line: the sign and the step.
    fn front(&self, step: usize, settled: &Settled, columns: &Columns) -> Vec<Span<'static>> {
        let (style, mark) = self.mark(settled);
        vec![
            Span::styled(left(&mark, columns.mark + GAP), style),
            Span::styled(right(&(step + 1).to_string(), columns.step), self.theme.dim),
            Span::raw(" ".repeat(GAP)),
        ]
    }

    fn short(&self, step: usize, settled: &Settled, columns: &Columns, room: usize) -> Line<'static> {
        let mut spans = self.front(step, settled, columns);
        let question = columns.question(room);
        let guess = settled.guessed.as_deref().unwrap_or_default();
        let asked = left(&shortened(&settled.question, question), question + GAP);
        spans.push(Span::styled(asked, self.theme.text));
        let guess = left(&fit(guess, columns.guess), columns.guess + GAP);
        spans.push(Span::styled(guess, self.mark(settled).0));
        spans.push(Span::styled(fit(&settled.said, columns.answer), self.theme.number));
        Line::from(spans)
    }

    fn long(&self, step: usize, settled: &Settled, columns: &Columns, room: usize) -> [Line<'static>; 2] {
        let mut first = self.front(step, settled, columns);
        let front = columns.front();
        let room = room.saturating_sub(front);
        first.push(Span::styled(shortened(&settled.question, room), self.theme.text));
        let mut second = vec![Span::raw(" ".repeat(front))];
        let label = |name: &'static str| format!("{} ", self.words.say(name));
        let kernel = label("lesson-kernel");
        let said = fit(&settled.said, room.saturating_sub(width(&kernel)));
        if let Some(guess) = &settled.guessed {
            let mine = label("lesson-guess");
            let left = room.saturating_sub(width(&kernel) + width(&said) + width(&mine) + 2 * GAP);
            second.push(Span::styled(mine, self.theme.dim));
            second.push(Span::styled(fit(guess, left), self.mark(settled).0));
            second.push(Span::raw(" ".repeat(2 * GAP)));
        }
        second.push(Span::styled(kernel, self.theme.dim));
        second.push(Span::styled(said, self.theme.number));
        [Line::from(first), Line::from(second)]
    }
}

/// A question in so many cells: where it has no room, what it ends with, which is what is asked.
fn shortened(question: &str, cells: usize) -> String {
    if width(question) <= cells {
        return question.to_owned();
    }
    let last = question.rsplit(". ").next().unwrap_or(question);
    fit(last, cells)
}

impl Columns {
    /// Cells before the question.
    fn front(&self) -> usize {
        self.mark + self.step + 2 * GAP
    }

    /// Cells of the question in a line for all.
    fn question(&self, room: usize) -> usize {
        let left = room.saturating_sub(self.front() + self.guess + self.answer + 2 * GAP);
        left.min(self.asked)
    }
}
