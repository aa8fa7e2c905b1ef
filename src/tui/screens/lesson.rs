//! The lesson screens: the list of lessons, and a lesson with its listing, its processes and what is asked and said.
//! Sizes are decided here.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph, Widget, Wrap};

use crate::report::lesson::own;
use crate::timeline::time::Time;
use crate::timeline::tree::Ghosts;
use crate::timeline::tree::fold::Folds;
use crate::timeline::tree::outline::{Look, Order, Outline};
use crate::tui::ascii;
use crate::tui::lesson::keys::{KEYS, Place};
use crate::tui::lesson::{Guess, Lessons, Open};
use crate::tui::theme::Theme;
use crate::tui::widgets::lesson::boxes::{BOX, Boxes};
use crate::tui::widgets::lesson::branches::Branches;
use crate::tui::widgets::lesson::listing::Listing;
use crate::tui::widgets::lesson::talk::{Chosen, Talk};
use crate::tui::widgets::tree::Tree;
use crate::words::Words;
use crate::words::cells::{fit, left, width};

/// The smallest terminal on which a lesson still says something.
const LEAST: (u16, u16) = (60, 16);

/// Cells that the listing may take at most, borders included.
const LISTING: u16 = 56;

/// How long the tree of a lesson remembers who is gone.
const GHOSTS: Ghosts = Ghosts {
    window: Duration::from_mins(10),
    most: 40,
};

/// The list of lessons, or the one that is open.
pub fn draw(lessons: &Lessons, now: Time, area: Rect, buffer: &mut Buffer) {
    let theme = lessons.look.theme();
    buffer.set_style(area, theme.ground);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let least = [
            ("columns", LEAST.0.to_string().into()),
            ("rows", LEAST.1.to_string().into()),
        ];
        let text = lessons.words.say_with("too-small", &least);
        Paragraph::new(text).wrap(Wrap { trim: true }).render(area, buffer);
        return;
    }
    match &lessons.open {
        None => list(lessons, &theme, area, buffer),
        Some(open) => lesson(open, &theme, now, area, buffer),
    }
    if lessons.look.ascii {
        ascii::translate(buffer);
    }
}

fn list(lessons: &Lessons, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let [header, body, footer] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
    ]));
    Line::from(vec![
        Span::styled(" forkscope", theme.accent),
        Span::styled(format!("  {}", lessons.words.say("lesson-title")), theme.text),
    ])
    .render(header, buffer);
    let block = frame(&lessons.words.say("lesson-title"), theme);
    let inner = block.inner(body);
    block.render(body, buffer);
    let room = usize::from(inner.width);
    let texts = lessons
        .lessons
        .iter()
        .map(|lesson| crate::lesson::words(&lesson.name, lessons.words.language()));
    let spacious = usize::from(inner.height) >= lessons.lessons.len() * 3;
    let mut lines = inner.rows();
    for (index, (lesson, texts)) in lessons.lessons.iter().zip(texts).enumerate() {
        let Some(line) = lines.next() else { break };
        let marked = index == lessons.at;
        let name = format!(" {} {}  ", if marked { "›" } else { " " }, left(&lesson.name, 8));
        let title = left(&own(&texts, "title"), 28.min(room / 2));
        let about = own(&texts, "about");
        let rest = room.saturating_sub(width(&name) + width(&title) + 2);
        let mut spans = vec![Span::styled(name, theme.accent), Span::styled(title, theme.number)];
        if !spacious {
            spans.push(Span::styled(format!("  {}", fit(&about, rest)), theme.dim));
        }
        Line::from(spans).render(line, buffer);
        if marked {
            buffer.set_style(line, theme.selected);
        }
        if spacious {
            if let Some(below) = lines.next() {
                let text = fit(&about, room.saturating_sub(14));
                Line::styled(format!("{}{text}", " ".repeat(13)), theme.dim).render(below, buffer);
            }
            lines.next();
        }
    }
    keys(&lessons.words, theme, Place::List, footer, buffer);
}

/// A frame with a title.
fn frame(title: &str, theme: &Theme) -> Block<'static> {
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border)
        .title(Line::styled(format!(" {title} "), theme.accent))
}

fn lesson(open: &Open, theme: &Theme, now: Time, area: Rect, buffer: &mut Buffer) {
    let [header, body, footer] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
    ]));
    top(open, theme, header, buffer);
    keys(&open.texts.words, theme, Place::Lesson, footer, buffer);
    if let Some(why) = &open.failed {
        let text = open
            .texts
            .words
            .say_with("lesson-failed", &[("why", why.as_str().into())])
            .into_owned();
        Paragraph::new(text)
            .style(theme.alert)
            .wrap(Wrap { trim: true })
            .render(body, buffer);
        return;
    }
    if open.tree {
        return tree(open, theme, now, body, buffer);
    }
    if open.finished {
        return finish(open, theme, body, buffer);
    }
    let Some(picture) = &open.picture else {
        let text = open.texts.words.say("lesson-starting").into_owned();
        return Line::styled(format!(" {text}"), theme.dim).render(body, buffer);
    };
    let talk = Talk {
        lesson: &open.lesson,
        picture,
        texts: &open.texts,
        chosen: open
            .guesses
            .get(picture.step)
            .copied()
            .flatten()
            .map_or(Chosen::Nothing, chosen),
        theme,
    };
    // What is said takes what it needs, and the processes never less than nine lines; what it would like, where they
    // have more than enough.
    let room = body.width.saturating_sub(4);
    let spare = body.height.saturating_sub(9);
    let wanted = (talk.height(room) + 2).max((talk.comfort(room) + 2).min(spare.saturating_sub(9)));
    let [upper, lower] = body.layout(&Layout::vertical([
        Constraint::Fill(1),
        Constraint::Length(wanted.min(spare).max(body.height / 3)),
    ]));
    let listing = Listing {
        lesson: &open.lesson,
        picture,
        theme,
    };
    let beside = upper.width.saturating_sub(2 * BOX).max(upper.width / 2);
    let wide = listing.width().min(LISTING).min(beside);
    let [code, stage] = upper.layout(&Layout::horizontal([Constraint::Length(wide), Constraint::Fill(1)]));
    let step = [
        ("step", (picture.step + 1).to_string().into()),
        ("steps", open.lesson.steps.len().to_string().into()),
    ];
    let block = frame(&open.texts.words.say_with("lesson-step", &step), theme);
    listing.render(block.inner(code), buffer);
    block.render(code, buffer);
    if open.lesson.steps.get(picture.step).is_some_and(|step| step.tree) {
        Branches {
            picture,
            texts: &open.texts,
            theme,
        }
        .render(stage, buffer);
    } else {
        Boxes {
            picture,
            texts: &open.texts,
            theme,
        }
        .render(stage, buffer);
    }
    let title = if picture.revealed {
        "lesson-said"
    } else {
        "lesson-asked"
    };
    let block = frame(&open.texts.words.say(title), theme);
    let inner = block.inner(lower);
    block.render(lower, buffer);
    let inner = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    talk.render(inner, buffer);
}

fn chosen(guess: Guess) -> Chosen {
    match guess {
        Guess::Given(at) | Guess::Right(at) | Guess::Wrong(at) => Chosen::Answer(at),
        Guess::Shown => Chosen::Nothing,
    }
}

/// The line at the top: which lesson, and whether it was begun again.
fn top(open: &Open, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let words = &open.texts.words;
    let (_, guessed, right) = open.score();
    let mut spans = vec![
        Span::styled(" forkscope", theme.accent),
        Span::styled(format!("  {}", own(&open.texts.own, "title")), theme.text),
    ];
    let again = open.picture.as_ref().filter(|picture| picture.run > 1);
    if let Some(picture) = again {
        let said = [("run", picture.run.to_string().into())];
        spans.push(Span::styled(
            format!("   {}", words.say_with("lesson-again", &said)),
            theme.alert,
        ));
    }
    let score = if guessed > 0 {
        let said = [
            ("right", right.to_string().into()),
            ("guessed", guessed.to_string().into()),
        ];
        words.say_with("lesson-score", &said).into_owned()
    } else {
        String::new()
    };
    let taken: usize = spans.iter().map(|span| width(&span.content)).sum();
    let gap = usize::from(area.width).saturating_sub(taken + width(&score) + 1);
    spans.push(Span::raw(" ".repeat(gap)));
    spans.push(Span::styled(score, theme.dim));
    Line::from(spans).render(area, buffer);
}

/// The processes of the lesson as the watch screen would show them.
fn tree(open: &Open, theme: &Theme, now: Time, area: Rect, buffer: &mut Buffer) {
    let at = open.timeline.now().max(now);
    let moment = open.timeline.at(at, GHOSTS);
    let outline = Outline::of(
        &moment,
        Look {
            order: Order::default(),
            filter: None,
            folds: &Folds::default(),
            room: usize::from(area.height),
            selected: None,
            threads: None,
        },
    );
    let block = frame(&open.texts.words.say("lesson-tree"), theme);
    let inner = block.inner(area);
    block.render(area, buffer);
    Tree {
        timeline: &open.timeline,
        moment: &moment,
        outline: &outline,
        scroll: 0,
        step: 1,
        bar: None,
        unread: String::new(),
        words: &open.texts.words,
        theme,
    }
    .render(inner, buffer);
}

/// The last page: what was guessed, and where to go on.
fn finish(open: &Open, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let words = &open.texts.words;
    let (asked, guessed, right) = open.score();
    let said = [
        ("asked", asked.to_string().into()),
        ("guessed", guessed.to_string().into()),
        ("right", right.to_string().into()),
    ];
    let praise = if guessed == 0 {
        "lesson-end-looked"
    } else if right == guessed {
        "lesson-end-all"
    } else {
        "lesson-end-some"
    };
    let mut lines = vec![
        Line::styled(words.say("lesson-end").into_owned(), theme.accent),
        Line::default(),
        Line::styled(words.say_with(praise, &said).into_owned(), theme.text),
    ];
    if open.texts.own.has("after") {
        lines.push(Line::default());
        lines.push(Line::styled(own(&open.texts.own, "after").into_owned(), theme.text));
    }
    let block = frame(&own(&open.texts.own, "title"), theme);
    let inner = block.inner(area);
    block.render(area, buffer);
    let room = inner.centered(Constraint::Percentage(80), Constraint::Length(10));
    Paragraph::new(lines).wrap(Wrap { trim: true }).render(room, buffer);
}

/// The footer.
fn keys(words: &Words, theme: &Theme, place: Place, area: Rect, buffer: &mut Buffer) {
    let here = KEYS.iter().filter(|key| key.place == place || key.place == Place::Both);
    let mut entries: Vec<(&str, &str)> = here.filter_map(|key| key.said).collect();
    if place == Place::Lesson {
        entries.insert(0, ("1-9", "lesson-key-answer"));
    }
    let mut spans = vec![Span::raw(" ")];
    for (label, text) in entries {
        spans.push(Span::styled(label, theme.accent));
        spans.push(Span::styled(format!(" {}   ", words.say(text)), theme.text));
    }
    Line::from(spans).render(area, buffer);
}
