//! The server's code in the place of the tree: Rust and C beside each other, or one of them where there is no room for
//! both, and below them who stands at no line, and why.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::server::config::{Model, Policy};
use crate::timeline::call::Call;
use crate::timeline::detail::Waits;
use crate::timeline::log::Change;
use crate::timeline::observation::Ordered;
use crate::timeline::process::{Pid, State};
use crate::timeline::threads::Thread;
use crate::timeline::time::Time;
use crate::timeline::tree::{Moment, Row};
use crate::tui::code::{Parked, Role, Side, files, listing, park};
use crate::tui::pane::Pane;
use crate::tui::state::subject::Subject;
use crate::tui::state::{App, Looking};
use crate::tui::widgets::code::Code;
use crate::words::cells::{fit, width};

use super::frame::{frame, inside};

/// So many pids are named below the code; the rest are counted.
const NAMED: usize = 6;

/// So many lines are seen below the one that is followed.
const BELOW: usize = 3;

/// Draws the code.
pub(super) fn draw(app: &App, moment: &Moment<'_>, area: Rect, buffer: &mut Buffer) {
    let Some((model, policy)) = server(app, moment.at) else {
        let inner = frame(app, "", "", area, buffer);
        let what = match &app.subject {
            Subject::BuiltIn => String::new(),
            Subject::Launched(command) => command.clone(),
            Subject::Attached(pid) => pid.to_string(),
        };
        let said = app.words.say_with("code-none", &[("what", what.into())]).into_owned();
        Paragraph::new(said)
            .style(app.theme.text)
            .wrap(Wrap { trim: true })
            .render(inner, buffer);
        return;
    };
    let server = Listed {
        model,
        policy,
        scroll: app.beside.scroll,
    };
    // Where no frames part them, a gap does.
    let gap = if app.look.projector { 2 } else { 0 };
    let sides = Layout::horizontal([Constraint::Percentage(54), Constraint::Fill(1)]).spacing(gap);
    let [rust, c] = area.layout(&sides);
    match (app.beside.both, app.beside.pane) {
        (true, _) => {
            one(app, moment, server, (Side::Rust, Form::Left), rust, buffer);
            one(app, moment, server, (Side::C, Form::Right), c, buffer);
        }
        (false, Pane::Code(side)) => one(app, moment, server, (side, Form::Alone), area, buffer),
        (false, Pane::Lanes | Pane::Details | Pane::Proofs) => {}
    }
}

/// Draws one listing that nobody opened, from where all who stand somewhere are seen, if that can be.
pub(super) fn draw_resting(app: &App, moment: &Moment<'_>, side: Side, area: Rect, buffer: &mut Buffer) {
    let Some((model, policy)) = server(app, moment.at) else {
        return;
    };
    let lines = listing(model, policy, side);
    let standing = standing(app, moment);
    let parked = park(&lines, standing.iter().map(|one| (one.id, one.role, one.call)));
    let room = usize::from(inside(app, area).height.saturating_sub(1));
    let last = parked.at.iter().rposition(|pids| !pids.is_empty());
    let server = Listed {
        model,
        policy,
        // One line more, so that it is seen to go on.
        scroll: first_shown(last, 1, lines.len(), room),
    };
    one(app, moment, server, (side, Form::Resting), area, buffer);
}

/// The server whose code is listed, and how many of its lines are scrolled away.
#[derive(Debug, Clone, Copy)]
struct Listed {
    model: Model,
    policy: Policy,
    scroll: usize,
}

/// Among what a listing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// With another on its right.
    Left,
    /// With another on its left.
    Right,
    /// Opened alone.
    Alone,
    /// Not opened.
    Resting,
}

/// How many lines the code has.
pub(super) fn length(app: &App) -> usize {
    let Some((model, policy)) = server(app, app.shown_at()) else {
        return 0;
    };
    let lines = |side| listing(model, policy, side).len() + 1;
    match app.beside.pane {
        Pane::Code(side) if !app.beside.both => lines(side),
        Pane::Code(_) | Pane::Lanes | Pane::Details | Pane::Proofs => lines(Side::Rust).max(lines(Side::C)),
    }
}

/// From which line on the code is to be shown in so many lines, the last of which tells who stands nowhere: as far up as it
/// goes with the line in sight at which the selected process stands, or else the parent, or else anybody.
pub(super) fn followed(app: &App, room: usize) -> usize {
    let Some((model, policy)) = server(app, app.shown_at()) else {
        return 0;
    };
    let side = match app.beside.pane {
        Pane::Code(side) if !app.beside.both => side,
        Pane::Code(_) | Pane::Lanes | Pane::Details | Pane::Proofs => Side::Rust,
    };
    let lines = listing(model, policy, side);
    let standing = standing(app, &app.moment());
    let parked = park(&lines, standing.iter().map(|one| (one.id, one.role, one.call)));
    let selected = app.selected_life().map(|life| life.pid);
    let parent = standing.iter().find(|one| one.role == Role::Parent).map(|one| one.id);
    let stands = |pid: Option<Pid>| {
        parked
            .at
            .iter()
            .rposition(|pids| pid.is_some_and(|pid| pids.contains(&pid)))
    };
    let line = stands(selected)
        .or_else(|| stands(parent))
        .or_else(|| parked.at.iter().rposition(|pids| !pids.is_empty()));
    // Some of what comes after it belongs to it.
    first_shown(line, BELOW, lines.len(), room.saturating_sub(1))
}

/// The first of so many lines that is shown in that room: as far up as it goes with that line in sight, and so many below it.
fn first_shown(line: Option<usize>, below: usize, lines: usize, room: usize) -> usize {
    line.map_or(0, |line| (line + 1 + below).min(lines).saturating_sub(room))
}

/// What the built-in server was at a moment; `None` for any other target.
fn server(app: &App, t: Time) -> Option<(Model, Policy)> {
    let now = app.following?;
    if app.looking == Looking::Live {
        return Some((now.model, now.policy));
    }
    let first = app.first.unwrap_or(now);
    let (mut model, mut policy) = (None, None);
    for entry in app.timeline.log(t) {
        match &entry.change {
            Change::Ordered(Ordered::Policy(name)) => policy = policy.or_else(|| Policy::named(name)),
            Change::Ordered(Ordered::Model(name)) => model = model.or_else(|| Model::named(name)),
            _ => {}
        }
        if model.is_some() && policy.is_some() {
            break;
        }
    }
    let model = model.unwrap_or(first.model);
    Some((model, model.policy_for(policy.unwrap_or(first.policy))))
}

/// What a server is called: its model, and its policy where that means something to it.
fn name(model: Model, policy: Policy) -> String {
    if model.policies().is_empty() {
        model.name().to_owned()
    } else {
        format!("{}, {}", model.name(), policy.name())
    }
}

fn one(app: &App, moment: &Moment<'_>, server: Listed, (side, form): (Side, Form), area: Rect, buffer: &mut Buffer) {
    let words = &app.words;
    let Listed { model, policy, scroll } = server;
    let lines = listing(model, policy, side);
    let standing = standing(app, moment);
    let parked = park(&lines, standing.iter().map(|one| (one.id, one.role, one.call)));
    let room = usize::from(area.width.saturating_sub(4));
    let title = match (side, form) {
        (_, Form::Resting) => words
            .say_with("title-code-resting", &[("server", name(model, policy).into())])
            .into_owned(),
        (Side::Rust, _) => {
            let server = ("server", name(model, policy).into());
            let files = files(model, policy).join(", ").replace("src/server/", "");
            let brief = words.say_with("title-code-brief", std::slice::from_ref(&server));
            let full = words.say_with("title-code", &[server, ("files", files.into())]);
            if width(&full) <= room { full } else { brief }.into_owned()
        }
        (Side::C, _) => words.say("title-code-c").into_owned(),
    };
    let next = match (form, side) {
        (Form::Alone, Side::Rust) => "code-next-c",
        (Form::Resting, _) => "code-next-running",
        (Form::Alone, Side::C) | (Form::Left | Form::Right, _) => "code-next-rust",
    };
    let mut below = words
        .say_with("code-keys", &[("next", words.say(next).into_owned().into())])
        .into_owned();
    if form != Form::Resting && usize::from(area.height) < lines.len() + 3 {
        below = format!("{below}   {}", words.say("beside-scrolls"));
    }
    let title = fit(&title, room);
    let inner = frame(app, &title, if form == Form::Left { "" } else { &below }, area, buffer);
    let [code, rest] = inner.layout(&Layout::vertical([Constraint::Fill(1), Constraint::Length(1)]));
    Code {
        lines: &lines,
        parked: &parked,
        scroll,
        theme: &app.theme,
    }
    .render(code, buffer);
    if form != Form::Right {
        let said = fit(
            &nowhere(app, &standing, &parked),
            usize::from(rest.width.saturating_sub(2)),
        );
        Line::styled(format!(" {said}"), app.theme.dim).render(rest, buffer);
    }
}

/// A process or a thread as it is parked.
struct Standing {
    id: Pid,
    role: Role,
    call: Option<&'static str>,
    /// The text that says why it stands at no line, where it does not.
    why: &'static str,
}

/// Who is to be parked: every process that lives or is a zombie, and the threads that were read.
fn standing(app: &App, moment: &Moment<'_>) -> Vec<Standing> {
    let mut standing = Vec::new();
    for row in moment.rows.iter().filter(|row| !row.is_ghost()) {
        standing.push(process(row));
        let listed = row.has_threads().then(|| app.timeline.threads(row.life.id, moment.at));
        let threads = listed.flatten().map_or(&[][..], |listed| &listed.threads);
        standing.extend(threads.iter().filter(|thread| thread.tid != row.life.pid).map(thread));
    }
    standing
}

/// A process. A zombie stands nowhere, whatever it was last seen in.
fn process(row: &Row<'_>) -> Standing {
    let call = row.facts.blocked.and_then(|blocked| blocked.call.name());
    Standing {
        id: row.life.pid,
        role: if row.life.root { Role::Parent } else { Role::Child },
        call: call.filter(|_| !row.is_zombie()),
        why: match (row.is_zombie(), row.facts.state, row.facts.blocked) {
            (true, ..) => "code-zombies",
            (false, _, Some(_)) => "code-elsewhere",
            (false, State::Running, None) => "code-running",
            (false, _, None) => "code-unread",
        },
    }
}

/// A thread other than the main one: what a child is to a server that forks.
fn thread(thread: &Thread) -> Standing {
    let call = match thread.waits {
        Ok(Waits::In { call, .. }) => Some(call),
        Ok(Waits::Running | Waits::Outside | Waits::Asleep(_)) | Err(_) => None,
    };
    Standing {
        id: thread.tid,
        role: Role::Child,
        call: call.and_then(Call::name),
        why: match (thread.state, call) {
            (_, Some(_)) => "code-elsewhere",
            (State::Running, None) => "code-running",
            (_, None) => "code-unread",
        },
    }
}

/// Who stands at no line, and why.
fn nowhere(app: &App, standing: &[Standing], parked: &Parked) -> String {
    let mut said = Vec::new();
    for reason in ["code-running", "code-elsewhere", "code-unread", "code-zombies"] {
        let rest = standing
            .iter()
            .filter(|one| parked.nowhere.contains(&one.id) && one.why == reason);
        let mut pids: Vec<String> = rest.map(|one| one.id.to_string()).collect();
        if pids.is_empty() {
            continue;
        }
        if pids.len() > NAMED {
            let more = pids.len() - NAMED;
            pids.truncate(NAMED);
            pids.push(format!("+{more}"));
        }
        said.push(
            app.words
                .say_with(reason, &[("pids", pids.join(" ").into())])
                .into_owned(),
        );
    }
    said.join("   ")
}
