//! What stands beside the tree or below it: the card of details, and the commands that prove it. Where it stands is
//! decided in `watch`, what it says in `words`.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

use crate::timeline::lifeline::Phase;
use crate::timeline::tree::{Moment, Row};
use crate::tui::pane::Pane;
use crate::tui::state::overlay::Overlay;
use crate::tui::state::{App, Looking};
use crate::tui::widgets::card::Card;
use crate::words::card::{Field, Subject, Tone, card};
use crate::words::proofs::proofs;
use crate::words::units::fine_clock;

use super::frame::{inside_pane, pane_frame};

/// Draws a pane: one that was opened, or one that is there because there is room.
pub(super) fn draw(app: &App, moment: &Moment<'_>, (pane, opened): (Pane, bool), area: Rect, buffer: &mut Buffer) {
    match pane {
        Pane::Lanes => {}
        Pane::Code(_) if opened => super::code::draw(app, moment, area, buffer),
        Pane::Code(side) => super::code::draw_resting(app, moment, side, area, buffer),
        Pane::Details | Pane::Proofs => draw_card(app, moment, (pane, opened), area, buffer),
    }
}

fn draw_card(app: &App, moment: &Moment<'_>, (pane, opened): (Pane, bool), area: Rect, buffer: &mut Buffer) {
    let Some(row) = row(app, moment) else {
        let title = app.words.say("title-details-none");
        let inner = pane_frame(app, &title, "", area, buffer);
        if !moment.rows.is_empty() {
            let said = format!(" {}", app.words.say("details-select"));
            Line::styled(said, app.theme.dim).render(inner, buffer);
        }
        return;
    };
    let fields = fields(app, moment, row, pane);
    let scroll = if opened { app.beside.scroll } else { 0 };
    let sheet = sheet(app, &fields, pane, scroll);
    let room = inside_pane(app, area);
    let more = opened && sheet.length(room.width) > usize::from(room.height);
    let (title, below) = titles(app, moment, row, pane, more);
    let inner = pane_frame(app, &title, &below, area, buffer);
    sheet.render(inner, buffer);
}

/// How many lines the card that is open has in so many cells.
pub(super) fn length(app: &App, cells: u16) -> usize {
    let pane = app.beside.pane;
    let moment = app.moment();
    let row = row(app, &moment);
    row.map_or(0, |row| {
        sheet(app, &fields(app, &moment, row, pane), pane, 0).length(cells)
    })
}

/// The row that a card is about.
fn row<'a>(app: &App, moment: &'a Moment<'a>) -> Option<&'a Row<'a>> {
    moment.row(app.on_the_card()?)
}

fn sheet<'a>(app: &'a App, fields: &'a [Field], pane: Pane, scroll: usize) -> Card<'a> {
    Card {
        fields,
        scroll,
        below: pane == Pane::Proofs,
        theme: &app.theme,
    }
}

/// What stands in the upper border, and in the lower one; `more` says that not all lines are seen at once. No key is named
/// while another means something else: `y` says yes to a question.
fn titles(app: &App, moment: &Moment<'_>, row: &Row<'_>, pane: Pane, more: bool) -> (String, String) {
    let words = &app.words;
    let pid = [("pid", row.life.pid.to_string().into())];
    let key = |name| (app.overlay == Overlay::None).then(|| words.say(name).into_owned());
    let scrolls = key("beside-scrolls").filter(|_| more);
    let joined = |parts: [Option<String>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join("   ");
    match pane {
        Pane::Lanes | Pane::Code(_) => (String::new(), String::new()),
        Pane::Details => {
            let read = app.timeline.detail(row.life.id, moment.at).map(|detail| {
                let time = fine_clock(app.since_start(detail.at), 1);
                words.say_with("details-read-at", &[("time", time.into())]).into_owned()
            });
            (
                words.say_with("title-details", &pid).into_owned(),
                joined([read, key("details-keys"), scrolls]),
            )
        }
        Pane::Proofs => (
            words.say_with("title-proofs", &pid).into_owned(),
            joined([
                Some(words.say("proofs-below").into_owned()),
                key("proofs-keys"),
                scrolls,
            ]),
        ),
    }
}

/// What is said of what nobody read at a moment.
pub(super) fn unread(app: &App, moment: &Moment<'_>) -> String {
    match app.looking {
        Looking::Live if app.ended.is_none() => app.words.say("card-being-read").into_owned(),
        Looking::Live | Looking::Paused(_) => {
            let time = fine_clock(app.since_start(moment.at), 1);
            app.words
                .say_with("card-not-read", &[("time", time.into())])
                .into_owned()
        }
    }
}

fn fields(app: &App, moment: &Moment<'_>, row: &Row<'_>, pane: Pane) -> Vec<Field> {
    match pane {
        Pane::Lanes | Pane::Code(_) => Vec::new(),
        Pane::Details => {
            let subject = Subject {
                timeline: &app.timeline,
                moment,
                row,
                unread: unread(app, moment),
                user: &|uid| app.users.known(uid),
            };
            card(&app.words, &subject)
        }
        Pane::Proofs => commands(app, moment, row),
    }
}

/// The commands, each under the name of its fact. They ask about now, whatever moment is shown.
fn commands(app: &App, moment: &Moment<'_>, row: &Row<'_>) -> Vec<Field> {
    let words = &app.words;
    let phase = row.life.phase(app.timeline.now());
    let note = |text: String| Field {
        label: String::new(),
        text,
        tone: Tone::Quiet,
    };
    if matches!(phase, Phase::Gone(_)) || app.ended.is_some() {
        let pid = [("pid", row.life.pid.to_string().into())];
        return vec![note(words.say_with("proof-gone", &pid).into_owned())];
    }
    let past = match app.looking {
        Looking::Live => None,
        Looking::Paused(_) => {
            let time = fine_clock(app.since_start(moment.at), 1);
            Some(note(
                words.say_with("proof-past", &[("time", time.into())]).into_owned(),
            ))
        }
    };
    let ended = match phase {
        Phase::Zombie(exited) => Some(exited.status),
        Phase::Unborn | Phase::Alive | Phase::Gone(_) => None,
    };
    let proofs = proofs(row.life.pid, ended);
    let commands = proofs.into_iter().map(|proof| Field {
        label: words.say(proof.fact.text()).into_owned(),
        text: proof.command,
        tone: Tone::Plain,
    });
    past.into_iter().chain(commands).collect()
}
