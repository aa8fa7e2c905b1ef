//! The watch screen: header, counters, tree and lanes that share their rows, events, footer; and what may lie over
//! them. Every decision about sizes stands in `Places`.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Margin, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Paragraph, Widget, Wrap};

use crate::observe::{Births, Deaths, Reason, SocketSource};
use crate::report::text::capture_line;
use crate::server::config::{Model, Policy};
use crate::timeline::sockets::Queue;
use crate::timeline::tree::Moment;
use crate::timeline::tree::outline::Outline;
use crate::tui::ascii;
use crate::tui::demonstration::said;
use crate::tui::keymap::{Binding, Group, listed};
use crate::tui::state::{App, Looking, Overlay, Permission, SIGNALS, Subject};
use crate::tui::widgets::counters::{Counter, Counters};
use crate::tui::widgets::digits::{self, Digits};
use crate::tui::widgets::events::Events;
use crate::tui::widgets::footer::{Allowed, Footer};
use crate::tui::widgets::header::Header;
use crate::tui::widgets::help::{Help, Keys};
use crate::tui::widgets::lanes::Lanes;
use crate::tui::widgets::popup::{Entry, Popup};
use crate::tui::widgets::tree::Tree;
use crate::tui::widgets::why::Why;
use crate::words::Words;
use crate::words::cells::fit;
use crate::words::phrases::{signal, zombie_age};
use crate::words::units::{age, clock, fine_clock};
use crate::words::why::Instruments;

use super::beside;

pub use prompt::cursor;
use prompt::prompt;
use title::title;

pub mod hit;
mod prompt;
mod title;

/// The smallest terminal on which the screen still says something.
const LEAST: (u16, u16) = (40, 12);

/// Cells that what is opened beside the tree needs, borders included; with fewer it takes the place of the tree.
const BESIDE: u16 = 46;

/// Cells that two listings beside each other need.
const BOTH: u16 = 110;

/// Cells of the tree, borders included, before the lanes get any.
const TREE: u16 = 57;

/// The size from which on a desk, too, the counts stand in large digits: there is room for them, and little else to
/// fill it.
const AMPLE: (u16, u16) = (150, 50);

/// The width from which on the lanes stand beside the tree for the back of a room.
const ROOMY: u16 = 100;

/// Where things stand at a size; `None` is not shown.
#[derive(Debug, Clone, Copy)]
struct Places {
    header: Rect,
    counters: Rect,
    /// The counts stand in large digits.
    digits: bool,
    tree: Rect,
    lanes: Option<Rect>,
    why: Option<Rect>,
    events: Option<Rect>,
    footer: Rect,
    /// Lines from one row of the tree to the next.
    step: u16,
}

impl Places {
    /// The places on a screen of that size; `None` where it is too small.
    fn on(area: Rect, projector: bool) -> Option<Self> {
        if area.width < LEAST.0 || area.height < LEAST.1 {
            return None;
        }
        Some(if projector {
            Self::in_a_room(area)
        } else {
            Self::on_a_desk(area)
        })
    }

    /// Few rows, far apart, and no frames.
    fn in_a_room(area: Rect) -> Self {
        let digits = area.height >= 18;
        let gap = u16::from(digits) + u16::from(area.height >= 30);
        let why = u16::from(digits);
        let [header, _, counters, _, body, why_area, _, footer] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(gap - u16::from(digits)),
            Constraint::Length(if digits { digits::ROWS } else { 1 }),
            Constraint::Length(gap),
            Constraint::Fill(1),
            Constraint::Length(why),
            Constraint::Length(gap),
            Constraint::Length(1),
        ]));
        let (tree, lanes) = if area.width < ROOMY {
            (body, None)
        } else {
            let [tree, _, lanes] = body.layout(&Layout::horizontal([
                Constraint::Length(TREE.max(area.width * 2 / 5)),
                Constraint::Length(2),
                Constraint::Fill(1),
            ]));
            (tree, Some(lanes))
        };
        Self {
            header,
            counters,
            digits,
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events: None,
            footer,
            step: 2,
        }
    }

    fn on_a_desk(area: Rect) -> Self {
        let digits = area.width >= AMPLE.0 && area.height >= AMPLE.1;
        let events = match area.height {
            0..16 => 0,
            16..30 => 5,
            30..50 => area.height / 4,
            _ => area.height / 3,
        };
        // Three lines in a frame, or four where they are short; one line without, where there is no room for more.
        let why = match (area.height, area.width) {
            (0..16, _) => 0,
            (16..30, _) => 1,
            (_, 0..110) => 6,
            (_, _) => 5,
        };
        let [header, counters, body, why_area, events_area, footer] = area.layout(&Layout::vertical([
            Constraint::Length(1),
            Constraint::Length(if digits { digits::ROWS + 2 } else { 1 }),
            Constraint::Fill(1),
            Constraint::Length(why),
            Constraint::Length(events),
            Constraint::Length(1),
        ]));
        let counters = if digits {
            counters.inner(Margin::new(0, 1))
        } else {
            counters
        };
        let (tree, lanes) = if area.width < TREE + 20 {
            (body, None)
        } else {
            let tree = (area.width / 2 + 4).clamp(TREE, 96);
            let [tree, lanes] = body.layout(&Layout::horizontal([Constraint::Length(tree), Constraint::Fill(1)]));
            (tree, Some(lanes))
        };
        Self {
            header,
            counters,
            digits,
            tree,
            lanes,
            why: (why > 0).then_some(why_area),
            events: (events > 0).then_some(events_area),
            footer,
            step: 1,
        }
    }

    /// How many rows of the tree fit, below its heading.
    fn rows(self, projector: bool) -> usize {
        let frame = if projector { 0 } else { 2 };
        let lines = self.tree.height.saturating_sub(frame + 1);
        usize::from(lines.div_ceil(self.step))
    }

    /// Where the tree stands beside what is open, and where that does.
    fn beside(&self, whole: bool) -> (Option<Rect>, Rect) {
        match self.lanes {
            Some(lanes) if whole => (None, self.tree.union(lanes)),
            Some(lanes) if lanes.width >= BESIDE => (Some(self.tree), lanes),
            Some(lanes) => (None, self.tree.union(lanes)),
            None => (None, self.tree),
        }
    }
}

/// How many rows of the tree a screen of that size has.
pub fn page(app: &App, area: Rect) -> usize {
    let projector = app.look.projector;
    Places::on(area, projector).map_or(1, |places| places.rows(projector).max(1))
}

/// Brings what is scrolled and selected up to date with a screen of that size.
pub fn prepare(app: &mut App, area: Rect) {
    app.page = page(app, area);
    app.help_most = help(app, 0).most(area);
    app.settle();
    app.beside.both = area.width >= BOTH;
    let projector = app.look.projector;
    let open = Places::on(area, projector)
        .filter(|_| app.beside.is_open())
        .map(|places| places.beside(app.beside.is_whole()).1);
    if let Some(open) = open {
        for uid in app.selected_uids() {
            app.users.name_or_number(uid);
        }
        let frame = if projector { 0 } else { 2 };
        let length = beside::length(app, open.width.saturating_sub(frame));
        let room = usize::from(open.height.saturating_sub(frame));
        app.beside.scroll = app.beside.scroll.min(length.saturating_sub(room));
    }
}

/// The whole screen.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    buffer.set_style(area, app.theme.ground);
    let Some(places) = Places::on(area, app.look.projector) else {
        let text = app.words.say_with(
            "too-small",
            &[
                ("columns", LEAST.0.to_string().into()),
                ("rows", LEAST.1.to_string().into()),
            ],
        );
        Paragraph::new(text).wrap(Wrap { trim: true }).render(area, buffer);
        if app.look.ascii {
            ascii::translate(buffer);
        }
        return;
    };
    let moment = app.moment();
    header(app, &moment).render(places.header, buffer);
    let counters = counters(app, &moment);
    if places.digits {
        let theme = &app.theme;
        Digits { counters, theme }.render(places.counters, buffer);
    } else {
        let theme = &app.theme;
        Counters { counters, theme }.render(places.counters, buffer);
    }
    let outline = app.outline(&moment);
    if app.beside.is_open() {
        let (tree_area, open) = places.beside(app.beside.is_whole());
        if tree_area.is_some() {
            tree(app, &moment, &outline, places, buffer);
        }
        beside::draw(app, &moment, open, buffer);
    } else {
        tree(app, &moment, &outline, places, buffer);
        if let Some(area) = places.lanes {
            lanes(app, &moment, &outline, area, places.step, buffer);
        }
    }
    if let Some(area) = places.why {
        why(app, &moment, area, buffer);
    }
    if let Some(area) = places.events {
        let exactness = app
            .capture
            .as_ref()
            .map(|capture| capture_line(&app.words, capture))
            .unwrap_or_default();
        let inner = frame(app, &app.words.say("title-events"), &exactness, area, buffer);
        let events = Events {
            timeline: &app.timeline,
            until: app.shown_at(),
            words: &app.words,
            theme: &app.theme,
        };
        events.render(inner, buffer);
    }
    if let Overlay::Prompt(asked) = &app.overlay {
        prompt(app, asked).render(places.footer, buffer);
    } else {
        footer(app).render(places.footer, buffer);
    }
    overlay(app, area, buffer);
    if app.look.ascii {
        ascii::translate(buffer);
    }
}

fn footer(app: &App) -> Footer<'_> {
    Footer {
        allowed: app,
        message: app.message(),
        words: &app.words,
        theme: &app.theme,
    }
}

impl Allowed for App {
    fn allows(&self, key: &Binding) -> bool {
        let permission = self.permissions.of(key.needs);
        permission.is_none_or(|permission| permission == Permission::Granted && self.ended.is_none())
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("subject", &self.subject)
            .field("looking", &self.looking)
            .finish_non_exhaustive()
    }
}

/// What is inside a frame.
fn inside(app: &App, area: Rect) -> Rect {
    if app.look.projector {
        area
    } else {
        Block::bordered().inner(area)
    }
}

/// A frame with a title above and one below; gives what is inside. For the back of a room there are none.
pub(super) fn frame(app: &App, title: &str, below: &str, area: Rect, buffer: &mut Buffer) -> Rect {
    if app.look.projector {
        return area;
    }
    let mut block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(app.theme.border)
        .title(Line::styled(format!(" {title} "), app.theme.dim));
    if !below.is_empty() {
        let room = usize::from(area.width).saturating_sub(4);
        block = block.title_bottom(Line::styled(format!(" {} ", fit(below, room)), app.theme.dim).right_aligned());
    }
    let inner = block.inner(area);
    block.render(area, buffer);
    inner
}

fn header<'a>(app: &'a App, moment: &Moment<'_>) -> Header<'a> {
    let words = &app.words;
    let mut subject = vec!["forkscope".to_owned()];
    subject.push(match &app.subject {
        Subject::BuiltIn => {
            let model = app.following.map(|following| following.model).unwrap_or_default();
            words.say(model_name(model)).into_owned()
        }
        Subject::Launched(command) => fit(command, 40),
        Subject::Attached(pid) => words
            .say_with("subject-attached", &[("pid", pid.to_string().into())])
            .into_owned(),
    });
    if let Some(listener) = moment.listeners.iter().find(|listener| !listener.held_by.is_empty()) {
        subject.push(listener.line.local.to_string());
    }
    if let Some(following) = app.following.filter(|following| !following.model.policies().is_empty()) {
        let policy = following.policy.name().to_owned();
        subject.push(match following.since {
            None => words.say_with("header-reap", &[("policy", policy.into())]).into_owned(),
            Some(since) => words
                .say_with(
                    "header-reap-since",
                    &[
                        ("policy", policy.into()),
                        ("time", clock(app.since_start(since)).into()),
                    ],
                )
                .into_owned(),
        });
    }
    let shown = app.since_start(app.shown_at());
    let (moment, alert) = match (app.looking, app.ended) {
        (Looking::Paused(t), _) => {
            let back = app.clock.max(app.timeline.now()).since(t);
            let said = [("time", fine_clock(shown, 3).into()), ("back", age(back).into())];
            (words.say_with("header-paused", &said).into_owned(), true)
        }
        (Looking::Live, Some((_, status))) => {
            let said = [("time", clock(shown).into()), ("ending", words.ending(status).into())];
            (words.say_with("header-ended", &said).into_owned(), true)
        }
        (Looking::Live, None) => (
            words
                .say_with("header-live", &[("time", clock(shown).into())])
                .into_owned(),
            false,
        ),
    };
    Header {
        subject,
        moment,
        alert,
        theme: &app.theme,
    }
}

fn counters(app: &App, moment: &Moment<'_>) -> Vec<Counter> {
    let words = &app.words;
    let totals = &moment.totals;
    let counter = |name: &str, value: String, note: String, alarm: bool| Counter {
        long: words.say(&format!("count-{name}")).into_owned(),
        short: words.say(&format!("count-{name}-short")).into_owned(),
        value,
        note,
        alarm,
    };
    let known = |count: Option<u32>| count.map_or_else(|| "–".to_owned(), |count| count.to_string());
    // Births that no reading fell on are missing from the count.
    let may_miss = app.capture.as_ref().is_none_or(|capture| match capture.births {
        Births::Polled { .. } => true,
        Births::Perf | Births::Connector => false,
    });
    let at_least = |count: u64| {
        if may_miss && count > 0 {
            format!("≥{count}")
        } else {
            count.to_string()
        }
    };
    let oldest = totals.oldest_zombie.map(|time| {
        words
            .say_with("count-oldest", &[("time", zombie_age(time).into())])
            .into_owned()
    });
    let queue = moment
        .listeners
        .iter()
        .map(|listener| listener.queue)
        .reduce(|one, other| Queue {
            waiting: one.waiting.zip(other.waiting).map(|(one, other)| one + other),
            backlog: one.backlog.zip(other.backlog).map(|(one, other)| one + other),
        });
    let mut counters = vec![
        counter("processes", totals.processes.to_string(), String::new(), false),
        counter("connections", known(totals.connections), String::new(), false),
        counter(
            "zombies",
            totals.zombies.to_string(),
            oldest.unwrap_or_default(),
            totals.zombies > 0,
        ),
        counter("forked", at_least(totals.forked), String::new(), false),
        counter("reaped", at_least(totals.reaped), String::new(), false),
    ];
    if let Some(queue) = queue {
        let of = queue.backlog.map(|backlog| format!("/{backlog}")).unwrap_or_default();
        counters.push(counter(
            "queue",
            format!("{}{of}", known(queue.waiting)),
            String::new(),
            false,
        ));
    }
    let clients = totals.clients;
    if app.permissions.load == Permission::Granted || clients.open + clients.done + clients.failed > 0 {
        let failed = (clients.failed > 0)
            .then(|| words.say_with("count-clients-failed", &[("count", clients.failed.to_string().into())]));
        let note = words.say_with(
            "count-clients-note",
            &[
                ("done", clients.done.to_string().into()),
                ("failed", failed.unwrap_or_default().into()),
            ],
        );
        counters.push(counter(
            "clients",
            clients.open.to_string(),
            note.trim_end().to_owned(),
            false,
        ));
    }
    if totals.lost > 0 {
        counters.push(counter("lost", totals.lost.to_string(), String::new(), true));
    }
    counters
}

fn tree(app: &App, moment: &Moment<'_>, outline: &Outline, places: Places, buffer: &mut Buffer) {
    let room = places.rows(app.look.projector);
    let rows = outline.lines.len();
    let said = if rows > room {
        let (from, to) = (app.scroll + 1, (app.scroll + room).min(rows));
        let values = [
            ("from", from.to_string()),
            ("to", to.to_string()),
            ("rows", rows.to_string()),
        ];
        let values = values.map(|(name, value)| (name, value.into()));
        app.words.say_with("rows-shown", &values).into_owned()
    } else {
        String::new()
    };
    let title = title(app, moment, outline, usize::from(places.tree.width).saturating_sub(4));
    let inner = frame(app, &title, &said, places.tree, buffer);
    if moment.rows.is_empty() {
        let text = app.words.say("nothing-yet");
        Line::styled(format!(" {text}"), app.theme.dim).render(inner, buffer);
        return;
    }
    Tree {
        timeline: &app.timeline,
        moment,
        outline,
        scroll: app.scroll,
        step: places.step,
        bar: app.bar(moment, outline),
        unread: super::beside::unread(app, moment),
        words: &app.words,
        theme: &app.theme,
    }
    .render(inner, buffer);
}

fn lanes(app: &App, moment: &Moment<'_>, outline: &Outline, area: Rect, step: u16, buffer: &mut Buffer) {
    let title = app
        .words
        .say_with("title-lanes", &[("span", lane_span(app.lane_span()).into())]);
    let inner = frame(app, &title, "", area, buffer);
    let lanes = lanes_of(app, moment, outline, step);
    lanes.render(inner, buffer);
    for (column, number) in lanes.marked(inner) {
        // In the lower frame, or where there is none, on the last line.
        let y = inner.bottom().min(area.bottom().saturating_sub(1));
        let room = usize::from(area.right().saturating_sub(inner.x + column));
        buffer.set_stringn(inner.x + column, y, number.to_string(), room, app.theme.accent);
    }
}

/// The lanes beside the lines of the tree.
fn lanes_of<'a>(app: &'a App, moment: &'a Moment<'a>, outline: &'a Outline, step: u16) -> Lanes<'a> {
    Lanes {
        moment,
        span: app.lane_span(),
        start: app.timeline.start().unwrap_or_default(),
        edge: match app.looking {
            Looking::Live if app.ended.is_none() => app.words.say("axis-now").into_owned(),
            Looking::Live | Looking::Paused(_) => clock(app.since_start(moment.at)),
        },
        outline,
        scroll: app.scroll,
        step,
        bar: app.bar(moment, outline),
        marks: app.timeline.marks(),
        theme: &app.theme,
    }
}

fn why(app: &App, moment: &Moment<'_>, area: Rect, buffer: &mut Buffer) {
    let (title, (sentences, sources)) = if let Some(demonstration) = &app.demonstration {
        let said = said::said(&app.words, demonstration, &app.demonstration_seen);
        ("title-demo", said)
    } else {
        let why = app.why(moment);
        let sources = app.words.sources(&why, instruments(app));
        ("title-why", (app.words.why(&why), sources))
    };
    let pane = Why {
        said: sentences,
        sources,
        theme: &app.theme,
    };
    let inner = match area.height {
        1 => area,
        _ => frame(app, &app.words.say(title), "", area, buffer),
    };
    pane.render(inner, buffer);
}

/// Who tells what cannot be looked up later, as the kernel names it.
fn instruments(app: &App) -> Instruments {
    let capture = app.capture.as_ref();
    let births = capture.map_or(Births::Perf, |capture| capture.births);
    let deaths = capture.map_or(Deaths::Pidfd, |capture| capture.deaths);
    let sockets = capture.map_or(SocketSource::SockDiag, |capture| capture.sockets);
    let (exits, reaps) = match deaths {
        Deaths::Pidfd | Deaths::PidfdTimes => ("pidfd (POLLIN)", "pidfd (POLLHUP)"),
        Deaths::PidfdExits => ("pidfd (POLLIN)", "/proc/PID"),
        Deaths::Polled => ("/proc/PID/stat", "/proc/PID"),
    };
    Instruments {
        births: match births {
            Births::Perf => "perf_event_open (fork)",
            Births::Connector => "proc connector (fork)",
            Births::Polled { .. } => "/proc/PID/task/TID/children",
        },
        exits,
        reaps,
        sockets: match sockets {
            SocketSource::SockDiag => "sock_diag",
            SocketSource::Procfs => "/proc/net/tcp",
        },
    }
}

/// The lanes' span, which is whole seconds or whole minutes.
fn lane_span(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 120 {
        format!("{seconds} s")
    } else {
        format!("{} min", seconds / 60)
    }
}

fn overlay(app: &App, area: Rect, buffer: &mut Buffer) {
    let words = &app.words;
    let popup = match &app.overlay {
        Overlay::None | Overlay::Prompt(_) => return,
        Overlay::Help { scroll } => {
            help(app, *scroll).render(area, buffer);
            return;
        }
        Overlay::Policies(at) => Popup {
            title: words.say("title-policies").into_owned(),
            keys: words.say("choice-keys").into_owned(),
            entries: app
                .following
                .iter()
                .flat_map(|following| following.model.policies())
                .map(|policy| {
                    let meaning = words.say(policy_text(*policy)).into_owned();
                    Entry::Pair(policy.name().to_owned(), meaning)
                })
                .collect(),
            bar: Some(*at),
            theme: &app.theme,
        },
        Overlay::Models(at) => Popup {
            title: words.say("title-models").into_owned(),
            keys: words.say("choice-keys").into_owned(),
            entries: Model::ALL
                .iter()
                .map(|model| {
                    let meaning = words.say(model_text(*model)).into_owned();
                    Entry::Pair(model.name().to_owned(), meaning)
                })
                .collect(),
            bar: Some(*at),
            theme: &app.theme,
        },
        Overlay::Signals { at, key } => Popup {
            title: words
                .say_with("title-signals", &[("pid", key.pid.to_string().into())])
                .into_owned(),
            keys: words.say("choice-keys").into_owned(),
            entries: SIGNALS
                .iter()
                .map(|signal| Entry::Pair((*signal as i32).to_string(), signal.as_str().to_owned()))
                .collect(),
            bar: Some(*at),
            theme: &app.theme,
        },
        Overlay::Confirm { signal: number, key } => {
            let said = [("signal", signal(*number).into()), ("pid", key.pid.to_string().into())];
            Popup {
                title: words.say("title-confirm").into_owned(),
                keys: words.say("confirm-keys").into_owned(),
                entries: vec![
                    Entry::Gap,
                    Entry::Text(words.say_with("confirm-signal", &said).into_owned()),
                    Entry::Gap,
                ],
                bar: None,
                theme: &app.theme,
            }
        }
        Overlay::Demonstrate(kind) => Popup {
            title: words.say("title-demo").into_owned(),
            keys: words.say("confirm-keys").into_owned(),
            entries: said::steps(words, *kind, backlog(app))
                .into_iter()
                .map(Entry::Text)
                .collect(),
            bar: None,
            theme: &app.theme,
        },
        Overlay::Output { back } => output(app, *back, area),
    };
    popup.render(area, buffer);
}

/// How many clients may wait on the first socket that is listened on.
fn backlog(app: &App) -> Option<u32> {
    let moment = app.moment();
    moment.listeners.first().and_then(|listener| listener.queue.backlog)
}

/// What the target printed, ending so many lines before the last.
fn output(app: &App, back: usize, area: Rect) -> Popup<'_> {
    let words = &app.words;
    let lines = &app.printed.lines;
    let room = usize::from(area.height.saturating_sub(4));
    let end = lines.len().saturating_sub(back);
    let from = end.saturating_sub(room);
    let mut entries: Vec<Entry> = lines.range(from..end).map(|line| Entry::Text(line.clone())).collect();
    if entries.is_empty() {
        let name = match app.subject {
            Subject::Attached(_) => "output-not-ours",
            Subject::BuiltIn | Subject::Launched(_) => "output-empty",
        };
        entries.push(Entry::Text(words.say(name).into_owned()));
    }
    Popup {
        title: words.say("title-output").into_owned(),
        keys: words
            .say_with("output-keys", &[("dropped", app.printed.dropped.to_string().into())])
            .into_owned(),
        entries,
        bar: None,
        theme: &app.theme,
    }
}

/// All keys by group, and how exact the record is.
fn help(app: &App, scroll: usize) -> Help<'_> {
    let words = &app.words;
    let say = |name: &str| words.say(name).into_owned();
    let groups = Group::ALL.iter().map(|group| Keys {
        heading: say(group.text()),
        keys: listed(*group)
            .into_iter()
            // What is held beside several keys is said once.
            .map(|(labels, text)| (labels.replace(" Shift-", " "), say(text)))
            .collect(),
    });
    let notes = app.capture.iter().flat_map(|capture| {
        let sockets = match capture.sockets {
            SocketSource::SockDiag => "capture-sock-diag",
            SocketSource::Procfs => "capture-procfs",
        };
        let reasons = capture.reasons.iter().filter_map(|reason| reason_text(app, reason));
        [capture_line(words, capture), say(sockets)].into_iter().chain(reasons)
    });
    Help {
        title: say("title-help"),
        hints: [say("any-key-closes"), say("help-keys")],
        groups: groups.collect(),
        notes: (say("group-capture"), notes.collect()),
        scroll: scroll.min(app.help_most),
        theme: &app.theme,
    }
}

/// Why the record is no more exact, where the line about it does not say so already.
fn reason_text(app: &App, reason: &Reason) -> Option<String> {
    let words = &app.words;
    Some(match reason {
        Reason::BirthsPolled(_) => return None,
        Reason::Asked => words.say("reason-asked").into_owned(),
        Reason::NoPerf { error, paranoid } => match paranoid {
            Some(paranoid) => words
                .say_with(
                    "reason-no-perf-paranoid",
                    &[
                        ("error", error.as_str().into()),
                        ("paranoid", paranoid.to_string().into()),
                    ],
                )
                .into_owned(),
            None => words
                .say_with("reason-no-perf", &[("error", error.as_str().into())])
                .into_owned(),
        },
        Reason::NoConnector(error) => words
            .say_with("reason-no-connector", &[("error", error.as_str().into())])
            .into_owned(),
        Reason::NoHangup => words.say("reason-no-hangup").into_owned(),
        Reason::NoStatus => words.say("reason-no-status").into_owned(),
        Reason::Untold(count) => counted(words, "reason-untold", *count),
        Reason::Hidden(count) => counted(words, "reason-hidden", *count),
        Reason::TooShort(count) => counted(words, "reason-too-short", *count),
        Reason::Unwatched(count) => counted(words, "reason-unwatched", *count),
        Reason::NoPidfd(error) => words
            .say_with("reason-no-pidfd", &[("error", error.as_str().into())])
            .into_owned(),
        Reason::NoSockDiag(error) => words
            .say_with("reason-no-sock-diag", &[("error", error.as_str().into())])
            .into_owned(),
        Reason::OtherNetwork => words.say("reason-other-network").into_owned(),
        Reason::NoChildrenFile => words.say("reason-no-children").into_owned(),
        Reason::UnreadableFds(count) => counted(words, "reason-unreadable", *count as u64),
        Reason::PossibleHeirs(count) => counted(words, "reason-possible-heirs", *count as u64),
    })
}

fn counted(words: &Words, text: &str, count: u64) -> String {
    words
        .say_with(text, &[("count", count.to_string().into())])
        .into_owned()
}

/// The name of the text that names a server of a model.
fn model_name(model: Model) -> &'static str {
    match model {
        Model::Iterative => "subject-iterative",
        Model::Fork => "subject-fork",
        Model::Prefork => "subject-prefork",
        Model::Threads => "subject-threads",
        Model::Epoll => "subject-epoll",
    }
}

/// The name of the text that says what a model is.
fn model_text(model: Model) -> &'static str {
    match model {
        Model::Iterative => "model-iterative",
        Model::Fork => "model-fork",
        Model::Prefork => "model-prefork",
        Model::Threads => "model-threads",
        Model::Epoll => "model-epoll",
    }
}

/// The name of the text that says what a policy does.
fn policy_text(policy: Policy) -> &'static str {
    match policy {
        Policy::Loop => "policy-loop",
        Policy::Once => "policy-once",
        Policy::None => "policy-none",
        Policy::Wait => "policy-wait",
        Policy::Poll => "policy-poll",
        Policy::Ignore => "policy-ignore",
        Policy::NoCldWait => "policy-nocldwait",
        Policy::SignalFd => "policy-signalfd",
        Policy::DoubleFork => "policy-double-fork",
    }
}
