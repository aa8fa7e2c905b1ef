//! The lesson screens: the list of lessons, a lesson with its listing, its processes and what is asked and said, its
//! live tree and its last page. What stands around them, and which of them is drawn, is decided here.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::lesson::picture::Picture;
use crate::lesson::probe::Value;
use crate::report::lesson::own;
use crate::timeline::time::Time;
use crate::tui::ascii;
use crate::tui::lesson::Lessons;
use crate::tui::lesson::keys::{self, Place, Stand};
use crate::tui::lesson::open::{Guess, Open};
use crate::tui::theme::Theme;
use crate::tui::widgets::help::{Help, Keys};
use crate::tui::widgets::lesson::talk::{Chosen, Talk};
use crate::words::Words;
use crate::words::cells::{width, wrap};

mod desk;
mod last;
mod list;
mod live;
mod room;

/// The smallest terminal on which a lesson still says something.
const LEAST: (u16, u16) = (60, 16);

/// As much of a terminal as the eye takes in at once on a desk: on a larger one a lesson is a page in its middle, no
/// desert. A room has all of it.
const PAGE: (u16, u16) = (140, 42);

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
    let most = if lessons.look.projector {
        (area.width, area.height)
    } else {
        PAGE
    };
    let page = area.centered(
        Constraint::Length(area.width.min(most.0)),
        Constraint::Length(area.height.min(most.1)),
    );
    let [body, footer] = page.layout(&Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]));
    let (place, watch, stand, tree) = match &lessons.open {
        None => (Place::List, false, Stand::First, false),
        Some(open) => (Place::Lesson, open.lesson.watch, open.stand(), open.tree),
    };
    match &lessons.open {
        None => list::draw(lessons, &theme, body, buffer),
        Some(open) => lesson(open, &theme, lessons.look.projector, now, body, buffer),
    }
    // What answers is named where there is something to answer.
    let question = lessons.open.as_ref().and_then(Open::question);
    match &lessons.told {
        Some(told) => Line::styled(format!(" {told}"), theme.alert).render(footer, buffer),
        None => named(
            &lessons.words,
            &theme,
            keys::named(place, watch, stand, tree, question),
            footer,
            buffer,
        ),
    }
    if lessons.help {
        help(&lessons.words, &theme, keys::listed(place, watch), area, buffer);
    }
    if lessons.look.ascii {
        ascii::translate(buffer);
    }
}

/// Text in lines of that width.
fn lines(text: &str, room: usize, style: Style) -> Vec<Line<'static>> {
    let lines = wrap(text, room).into_iter();
    lines.map(|line| Line::styled(line, style)).collect()
}

fn lesson(open: &Open, theme: &Theme, projector: bool, now: Time, area: Rect, buffer: &mut Buffer) {
    let [header, body] = area.layout(&Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]));
    top(open, theme, projector, header, buffer);
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
    } else if open.tree {
        live::draw(open, theme, now, projector, body, buffer);
    } else if open.finished {
        last::draw(open, theme, projector, body, buffer);
    } else if let Some(picture) = &open.picture {
        if projector {
            room::draw(open, picture, theme, body, buffer);
        } else {
            desk::draw(open, picture, theme, body, buffer);
        }
    } else {
        let text = open.texts.words.say("lesson-starting").into_owned();
        Line::styled(format!(" {text}"), theme.dim).render(body, buffer);
    }
}

/// What a step says.
fn talk<'a>(open: &'a Open, picture: &'a Picture, theme: &'a Theme) -> Talk<'a> {
    let guess = open.guesses.get(picture.step).copied().flatten();
    Talk {
        lesson: &open.lesson,
        picture,
        texts: &open.texts,
        chosen: match guess {
            Some(Guess::Given(at) | Guess::Right(at) | Guess::Wrong(at)) => Chosen::Answer(at),
            Some(Guess::Shown) | None => Chosen::Nothing,
        },
        theme,
    }
}

/// A step as long as it will be after the guess, whatever the answer.
fn answered(picture: &Picture) -> Picture {
    let mut picture = picture.clone();
    picture.revealed = true;
    let rows = picture.shown.iter_mut().flat_map(|shown| &mut shown.rows);
    for row in rows.chain(&mut picture.facts) {
        row.value.get_or_insert(Value::Nothing);
    }
    picture
}

/// Which step it is of how many.
fn step_of(open: &Open, picture: &Picture) -> String {
    let step = [
        ("step", (picture.step + 1).to_string().into()),
        ("steps", open.lesson.steps.len().to_string().into()),
    ];
    open.texts.words.say_with("lesson-step", &step).into_owned()
}

/// The line at the top: which lesson, and whether it was begun again.
fn top(open: &Open, theme: &Theme, projector: bool, area: Rect, buffer: &mut Buffer) {
    let words = &open.texts.words;
    let (_, guessed, right) = open.score();
    let mut spans = vec![
        Span::styled(" forkscope", theme.accent),
        Span::styled(format!("  {}", own(&open.texts.own, "title")), theme.text),
    ];
    // On a desk it stands above the listing, which has a frame there.
    if let Some(picture) = open.picture.as_ref().filter(|_| projector && !open.finished) {
        spans.push(Span::styled(format!("   {}", step_of(open, picture)), theme.number));
    }
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
    // Where it would touch what stands before it, it is left out.
    let free = usize::from(area.width).saturating_sub(taken + width(&score) + 1);
    if free >= 2 {
        spans.push(Span::raw(" ".repeat(free)));
        spans.push(Span::styled(score, theme.dim));
    }
    Line::from(spans).render(area, buffer);
}

/// The footer: as many keys as there is room for, and the last two of them in any case.
fn named(words: &Words, theme: &Theme, mut keys: Vec<(String, &'static str)>, area: Rect, buffer: &mut Buffer) {
    let wide = |key: &(String, &str)| width(&key.0) + width(&words.say(key.1)) + 4;
    while keys.len() > 2 && keys.iter().map(wide).sum::<usize>() > usize::from(area.width) {
        keys.remove(keys.len() - 3);
    }
    let mut spans = vec![Span::raw(" ")];
    for (label, text) in keys {
        spans.push(Span::styled(label, theme.accent));
        spans.push(Span::styled(format!(" {}   ", words.say(text)), theme.text));
    }
    Line::from(spans).render(area, buffer);
}

/// All keys that work here, on a page of their own.
fn help(words: &Words, theme: &Theme, keys: Vec<(String, &'static str)>, area: Rect, buffer: &mut Buffer) {
    let keys = keys
        .into_iter()
        .map(|(labels, says)| (labels, words.say(says).into_owned()));
    let closes = words.say("any-key-closes").into_owned();
    Help {
        title: words.say("lesson-keys").into_owned(),
        hints: [closes.clone(), closes],
        groups: vec![Keys {
            heading: String::new(),
            keys: keys.collect(),
        }],
        notes: (String::new(), Vec::new()),
        scroll: 0,
        theme,
    }
    .render(area, buffer);
}
