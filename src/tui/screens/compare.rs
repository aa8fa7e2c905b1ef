//! The comparison as it is drawn: the staircase beside the flat line, the table, a lane of clients for each server, how far
//! it is, and what that means in words. Sizes are decided here; how it looks from the back of a room, in `room`.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::compare::verdict::verdict;
use crate::compare::{Course, Phase, Stage};
use crate::report::compare::text::{sayings, scenario, time};
use crate::tui::ascii;
use crate::tui::compare::Comparing;
use crate::tui::compare::keys::KEYS;
use crate::tui::screens::frame::framed;
use crate::tui::theme::Theme;
use crate::tui::widgets::compare::crowd::{self, Crowd};
use crate::tui::widgets::compare::series;
use crate::tui::widgets::compare::stairs::Stairs;
use crate::words::Words;
use crate::words::cells::{fit, left, right, width, wrap};
use crate::words::names::visible;
use crate::words::units::clock;

use table::Table;

mod room;
mod table;

/// The smallest terminal on which it still says something.
const LEAST: (u16, u16) = (60, 16);

/// The least rows of the picture, with its frame.
const PICTURE: u16 = 6;

/// The rows of the words, with their frame, that are kept free for them from the beginning, so that nothing moves when
/// there is something to be said.
const WORDS: u16 = 9;

/// Draws it.
pub fn draw(comparing: &Comparing, area: Rect, buffer: &mut Buffer) {
    let theme = comparing.look.theme();
    buffer.set_style(area, theme.ground);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let least = [
            ("columns", LEAST.0.to_string().into()),
            ("rows", LEAST.1.to_string().into()),
        ];
        let text = comparing.words.say_with("too-small", &least);
        Paragraph::new(text).wrap(Wrap { trim: true }).render(area, buffer);
        return;
    }
    if comparing.look.projector {
        room::draw(comparing, &theme, area, buffer);
    } else {
        desk(comparing, &theme, area, buffer);
    }
    if comparing.look.ascii {
        ascii::translate(buffer);
    }
}

/// How many rows the servers take in a table.
fn servers(comparing: &Comparing) -> u16 {
    u16::try_from(comparing.comparison.courses.len())
        .unwrap_or(u16::MAX)
        .min(12)
}

fn desk(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let servers = servers(comparing);
    let said = sentences(comparing, usize::from(area.width) - 4);
    let full = said.iter().map(Vec::len).sum::<usize>();
    let wanted = u16::try_from(full).unwrap_or(u16::MAX).saturating_add(2);
    let spare = area.height.saturating_sub(1 + 2 + servers + 1 + 1 + PICTURE);
    let over = comparing.comparison.over;
    // Where there is no room for both, the clients stand there while they come, and what it means when all is over.
    let (lanes, words) = match spare.checked_sub(servers + 2) {
        Some(room) if room >= WORDS => (servers + 2, wanted.max(WORDS).min(if over { room } else { WORDS })),
        Some(_) if !over => (servers + 2, 0),
        Some(_) | None => (0, wanted.min(spare)),
    };
    let [header, chart, table, crowd, meaning, progress, footer] = area.layout(&Layout::vertical([
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(2 + servers),
        Constraint::Length(lanes),
        Constraint::Length(if words < 3 { 0 } else { words }),
        Constraint::Length(1),
        Constraint::Length(1),
    ]));
    top(comparing, theme, header, buffer);
    let chart = frame(&comparing.words.say("compare-screen-stairs"), theme, chart, buffer);
    stairs(comparing, theme, chart, buffer);
    Table::of(comparing, table.width).draw(theme, table, buffer);
    if lanes > 0 {
        crowds(comparing, theme, crowd, buffer);
    }
    if meaning.height > 0 {
        let title = if is_open(comparing) {
            "compare-screen-measured"
        } else {
            "compare-screen-meaning"
        };
        let inner = frame(&comparing.words.say(title), theme, meaning, buffer);
        whole(fitting(said, inner.height), theme, inner, buffer);
    }
    bar(comparing, theme, progress, buffer);
    keys(comparing, theme, footer, buffer);
}

/// The lines of sentences that so many rows have room for, and of those only whole ones: one that is too long leaves its
/// place to what follows.
fn fitting(said: Vec<Vec<String>>, rows: u16) -> Vec<String> {
    let mut free = usize::from(rows);
    let fitting = said.into_iter().filter(|sentence| {
        let fits = sentence.len() <= free;
        free -= if fits { sentence.len() } else { 0 };
        fits
    });
    fitting.flatten().collect()
}

fn whole(lines: Vec<String>, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    for (text, row) in lines.into_iter().zip(area.rows()) {
        Line::styled(text, theme.text).render(row, buffer);
    }
}

/// A frame with a title; gives what is inside, with a cell free on either side.
fn frame(title: &str, theme: &Theme, area: Rect, buffer: &mut Buffer) -> Rect {
    let block = framed(title, theme);
    let inner = block.inner(area);
    block.render(area, buffer);
    Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    }
}

/// What is measured, in as many words as there is room for, and since when.
fn top(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let clock = clock(comparing.now.since(comparing.start));
    let measured = &comparing.comparison.scenario;
    let words = &comparing.words;
    let mut marks = String::new();
    if measured.is_scaled() {
        let said = [("scale", measured.scale.to_string().into())];
        marks += &words.say_with("compare-screen-scaled", &said);
    }
    if measured.together {
        marks += &words.say("compare-screen-together");
    }
    let [whole, short, brief] = scenario(words, measured).map(|text| text + &marks);
    // Two cells before the clock, and one behind it.
    let room = usize::from(area.width).saturating_sub(width(&clock) + 3);
    let forms = [
        (" forkscope compare   ", &whole),
        (" forkscope compare   ", &short),
        (" compare  ", &short),
        (" compare  ", &brief),
        (" ", &brief),
    ];
    let fitting = forms.iter().find(|(name, text)| width(name) + width(text) <= room);
    let (name, text) = fitting.unwrap_or(&forms[4]);
    Line::from(vec![
        Span::styled(*name, theme.accent),
        Span::styled(
            left(
                &fit(text, room.saturating_sub(width(name))),
                room.saturating_sub(width(name)),
            ),
            theme.text,
        ),
        Span::styled(format!("  {clock} "), theme.number),
    ])
    .render(area, buffer);
}

fn stairs(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let comparison = &comparing.comparison;
    Stairs {
        courses: &comparison.courses,
        height: comparison.height(),
        together: comparison.scenario.together,
        client: &comparing.words.say("compare-screen-client"),
        theme,
    }
    .render(area, buffer);
}

fn crowds(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let words = &comparing.words;
    let courses = &comparing.comparison.courses;
    let names = crowd::names(courses);
    let clients = usize::try_from(comparing.comparison.scenario.clients).unwrap_or(usize::MAX);
    let dots = crowd::dots(clients, names, area.width.saturating_sub(4)).clients;
    let title = if dots == 1 {
        words.say("compare-screen-lanes")
    } else {
        words.say_with("compare-screen-lanes-several", &[("clients", dots.to_string().into())])
    };
    let inner = frame(&title, theme, area, buffer);
    let legend = format!(
        " ○ {}  ◐ {}  ● {}  × {} ",
        words.say("compare-screen-waiting"),
        words.say("compare-screen-serving"),
        words.say("compare-screen-done"),
        words.say("compare-screen-failed")
    );
    let wide = u16::try_from(width(&legend)).unwrap_or(u16::MAX);
    if wide + 4 < area.width {
        let at = Rect {
            x: area.right() - wide - 2,
            y: area.bottom() - 1,
            width: wide,
            height: 1,
        };
        Line::styled(legend, theme.dim).render(at, buffer);
    }
    let mut visitors = courses.iter().flat_map(|course| &course.visitors);
    let failures = visitors.any(|client| client.phase() == Phase::Failed);
    for ((at, course), row) in courses.iter().enumerate().zip(inner.rows()) {
        let ink = match course.stage {
            Stage::Queued | Stage::Starting => theme.dim,
            Stage::Running | Stage::Done => series(theme, at),
            Stage::Failed(_) => theme.alert,
        };
        Crowd {
            course,
            ink,
            names,
            counts: counts(words, course, failures),
            theme,
        }
        .render(row, buffer);
    }
}

/// How many clients of a server wait, are being served and were served, and where any failed, at whatever server, how many
/// of its own did; as wide as it ever gets.
fn counts(words: &Words, course: &Course, failures: bool) -> String {
    let cells = course.visitors.len().to_string().len();
    let count = |phase: Phase| {
        let found = course.visitors.iter().filter(|client| client.phase() == phase).count();
        right(&found.to_string(), cells)
    };
    let said = [
        ("waiting", count(Phase::Waiting).into()),
        ("serving", count(Phase::Served).into()),
        ("done", count(Phase::Done).into()),
        ("failed", count(Phase::Failed).into()),
    ];
    let name = if failures {
        "compare-screen-counts-failed"
    } else {
        "compare-screen-counts"
    };
    words.say_with(name, &said).into_owned()
}

/// Nothing can be concluded yet.
fn is_open(comparing: &Comparing) -> bool {
    verdict(&comparing.comparison, comparing.now).is_empty()
}

/// What the figures mean, sentence by sentence, each in lines of so many cells. While it runs: what can be concluded so
/// far and who is still to come, what to look for, what the words of the table mean, and what all are put through; that
/// first while there is nothing else to be said.
fn sentences(comparing: &Comparing, room: usize) -> Vec<Vec<String>> {
    let comparison = &comparing.comparison;
    let mut said = sayings(&comparing.words, comparison, comparing.now);
    if !comparison.over {
        let words = &comparing.words;
        let scenario = &comparison.scenario;
        let name = if scenario.echo {
            "compare-screen-experiment-echo"
        } else if scenario.cpu().is_zero() {
            "compare-screen-experiment-io"
        } else if scenario.rounds.waiting_share().is_zero() {
            "compare-screen-experiment-cpu"
        } else {
            "compare-screen-experiment"
        };
        let text = [
            ("clients", scenario.clients.to_string().into()),
            ("service", time(scenario.rounds.total).into()),
        ];
        let experiment = words.say_with(name, &text).into_owned();
        let mut more = Vec::from_iter(next(comparing));
        more.extend(["compare-screen-look", "compare-screen-terms"].map(|name| words.say(name).into_owned()));
        if !scenario.together {
            more.push(words.say("compare-screen-in-turn").into_owned());
        }
        if is_open(comparing) {
            more.reverse();
            said.splice(0..0, std::iter::once(experiment).chain(more));
        } else {
            said.extend(more);
            said.push(experiment);
        }
    }
    said.iter().map(|said| wrap(said, room)).collect()
}

/// Who is still to come.
fn next(comparing: &Comparing) -> Option<String> {
    let courses = comparing.comparison.courses.iter();
    let queued = courses.filter(|course| course.stage == Stage::Queued);
    let names: Vec<String> = queued.map(|course| visible(course.name.as_bytes())).collect();
    let said = [("names", names.join(", ").into())];
    (!names.is_empty()).then(|| comparing.words.say_with("compare-screen-next", &said).into_owned())
}

fn bar(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let (part, to_come) = comparing.comparison.progress(comparing.now);
    let text = if comparing.comparison.over {
        comparing.words.say("compare-screen-over").into_owned()
    } else {
        let left = Duration::from_secs(to_come.as_secs() + 1);
        comparing
            .words
            .say_with("compare-screen-left", &[("time", clock(left).into())])
            .into_owned()
    };
    let text = format!(" {text} ");
    let room = usize::from(area.width).saturating_sub(width(&text) + 1);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a part of the cells of a line"
    )]
    let full = ((room as f64) * part) as usize;
    Line::from(vec![
        Span::styled(format!(" {}", "━".repeat(full.min(room))), theme.accent),
        Span::styled("·".repeat(room - full.min(room)), theme.dim),
        Span::styled(text, theme.number),
    ])
    .render(area, buffer);
}

fn keys(comparing: &Comparing, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut spans = Vec::new();
    for (key, text) in KEYS.iter().filter_map(|key| key.said_in(comparing.look.projector)) {
        spans.push(Span::styled(format!(" {key} "), theme.accent));
        spans.push(Span::styled(fit(&comparing.words.say(text), 40) + " ", theme.dim));
    }
    Line::from(spans).render(area, buffer);
}
