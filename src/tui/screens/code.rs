//! The server's code in the place of the tree: Rust and C beside each other, or one of them where there is no room for
//! both, and below them who stands at no line that is in sight, and why.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::server::config::{Model, Policy};
use crate::timeline::log::Change;
use crate::timeline::observation::Ordered;
use crate::timeline::process::Pid;
use crate::timeline::time::Time;
use crate::timeline::tree::Moment;
use crate::tui::code::rows::{Row, of_line, rows};
use crate::tui::code::{self, Parked, Role, Side, files, listing, park};
use crate::tui::pane::Pane;
use crate::tui::state::overlay::Overlay;
use crate::tui::state::subject::Subject;
use crate::tui::state::{App, Looking};
use crate::tui::widgets::code::{Code, PASSES};
use crate::words::cells::{fit, width};

use super::frame::{inside_pane, pane_frame};
use standing::{Beyond, Standing, standing, told};

mod standing;

/// So many rows are seen below the one that is followed.
const BELOW: usize = 3;

/// Between the texts below the code.
const BETWEEN: &str = "   ";

/// Rows below the code at most.
const FOOT: usize = 2;

/// Draws the code.
pub(super) fn draw(app: &App, moment: &Moment<'_>, area: Rect, buffer: &mut Buffer) {
    let Some(laid) = Laid::open(app, moment, area) else {
        let inner = pane_frame(app, "", "", area, buffer);
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
    laid.draw(app, buffer);
}

/// Draws one listing that nobody opened, from where all who stand somewhere are seen, if that can be.
pub(super) fn draw_resting(app: &App, moment: &Moment<'_>, side: Side, area: Rect, buffer: &mut Buffer) {
    let Some(server) = server(app, moment.at) else {
        return;
    };
    Laid::of(app, moment, server, &[(side, Form::Resting, area)]).draw(app, buffer);
}

/// How many rows of the open code are scrolled away: as many as were by hand, if it has so many, and else those that are
/// before the line that is followed.
pub(super) fn scrolled(app: &App, area: Rect) -> usize {
    Laid::open(app, &app.moment(), area).map_or(0, |laid| {
        let scrolls = laid.listings.iter().map(|listed| listed.scroll);
        if app.beside.scrolled {
            scrolls.max().unwrap_or(0)
        } else {
            scrolls.take(1).sum()
        }
    })
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

/// The listings that are shown, and the rows of text below the first.
struct Laid {
    server: (Model, Policy),
    listings: Vec<Listed>,
    foot: Vec<String>,
}

/// A listing and its place.
struct Listed {
    side: Side,
    form: Form,
    area: Rect,
    lines: Vec<code::Line>,
    parked: Parked,
    rows: Vec<Row>,
    /// How many rows are scrolled away.
    scroll: usize,
    /// How many rows are seen.
    room: usize,
}

impl Laid {
    /// What was opened, in that area; `None` where it is not known what runs.
    fn open(app: &App, moment: &Moment<'_>, area: Rect) -> Option<Self> {
        let server = server(app, moment.at)?;
        // Where no frames part them, a gap does.
        let gap = if app.look.projector { 2 } else { 0 };
        let sides = Layout::horizontal([Constraint::Percentage(54), Constraint::Fill(1)]).spacing(gap);
        let [rust, c] = area.layout(&sides);
        let places = match (app.beside.both, app.beside.pane) {
            (true, _) => vec![(Side::Rust, Form::Left, rust), (Side::C, Form::Right, c)],
            (false, Pane::Code(side)) => vec![(side, Form::Alone, area)],
            (false, Pane::Lanes | Pane::Details | Pane::Proofs) => Vec::new(),
        };
        Some(Self::of(app, moment, server, &places))
    }

    fn of(app: &App, moment: &Moment<'_>, server: (Model, Policy), places: &[(Side, Form, Rect)]) -> Self {
        let standing = standing(app, moment);
        let listed = |&(side, form, area): &(Side, Form, Rect)| {
            let lines = listing(server.0, server.1, side);
            let parked = park(&lines, standing.iter().map(|one| (one.id, one.role, one.call)));
            let rows = rows(&lines, &parked, usize::from(inside_pane(app, area).width));
            Listed {
                side,
                form,
                area,
                lines,
                parked,
                rows,
                scroll: 0,
                room: 0,
            }
        };
        let mut laid = Self {
            server,
            listings: places.iter().map(listed).collect(),
            foot: Vec::new(),
        };
        // What is told below takes rows, and may have more to tell with fewer of them left.
        for _ in 0..FOOT {
            let foot = laid.foot.len().max(1);
            for listed in &mut laid.listings {
                listed.place(app, &standing, foot);
            }
            laid.foot = laid.below(app, &standing);
        }
        laid
    }

    /// What is told below the first listing.
    fn below(&self, app: &App, standing: &[Standing]) -> Vec<String> {
        let Some(first) = self.listings.first() else {
            return Vec::new();
        };
        let sees = |pid: Pid| self.listings.iter().any(|listed| listed.sees(pid));
        let mut unseen = first.unseen();
        unseen.retain(|(pid, _)| !sees(*pid));
        let texts = told(app, standing, &first.parked, &unseen);
        let cells = usize::from(inside_pane(app, first.area).width.saturating_sub(2));
        let mut rows: Vec<String> = Vec::new();
        for text in texts {
            let full = rows.len() == FOOT;
            match rows.last_mut() {
                Some(row) if width(row) + BETWEEN.len() + width(&text) <= cells => {
                    row.push_str(BETWEEN);
                    row.push_str(&text);
                }
                Some(_) if full => break,
                Some(_) | None => rows.push(fit(&text, cells)),
            }
        }
        // What an arrow means is worth no row of its own.
        if self.listings.iter().any(Listed::shows_callers) {
            let arrow = [("arrow", PASSES.to_string().into())];
            let text = app.words.say_with("code-through", &arrow);
            match rows.last_mut() {
                Some(row) if width(row) + BETWEEN.len() + width(&text) <= cells => {
                    row.push_str(BETWEEN);
                    row.push_str(&text);
                }
                Some(_) => {}
                None => rows.push(fit(&text, cells)),
            }
        }
        rows
    }

    fn draw(&self, app: &App, buffer: &mut Buffer) {
        for listed in &self.listings {
            let inner = listed.draw(app, self.server, buffer);
            if listed.form != Form::Right {
                let top = inner
                    .bottom()
                    .saturating_sub(u16::try_from(self.foot.len()).unwrap_or(0));
                let rows = inner.rows().filter(|row| row.y >= top);
                for (said, row) in self.foot.iter().zip(rows) {
                    Line::styled(format!(" {said}"), app.theme.dim).render(row, buffer);
                }
            }
        }
    }
}

impl Listed {
    /// Works out which rows are seen, with so many rows of text below them.
    fn place(&mut self, app: &App, standing: &[Standing], foot: usize) {
        let foot = if self.form == Form::Right { 0 } else { foot };
        self.room = usize::from(inside_pane(app, self.area).height).saturating_sub(foot);
        let first = match self.form {
            Form::Resting => {
                let last = self.parked.at.iter().rposition(|pids| !pids.is_empty());
                // One row more, so that it is seen to go on.
                self.first_shown(last, 1)
            }
            Form::Left | Form::Right | Form::Alone if app.beside.scrolled => app.beside.scroll,
            // Some of what comes after it belongs to it.
            Form::Left | Form::Right | Form::Alone => self.first_shown(self.followed(app, standing), BELOW),
        };
        self.scroll = first.min(self.rows.len().saturating_sub(self.room));
    }

    /// The line at which the selected process stands, or else the parent, or else anybody.
    fn followed(&self, app: &App, standing: &[Standing]) -> Option<usize> {
        let selected = app.selected_life().map(|life| life.pid);
        let parent = standing.iter().find(|one| one.role == Role::Parent).map(|one| one.id);
        let at = &self.parked.at;
        let stands = |pid: Option<Pid>| at.iter().rposition(|pids| pid.is_some_and(|pid| pids.contains(&pid)));
        stands(selected)
            .or_else(|| stands(parent))
            .or_else(|| at.iter().rposition(|pids| !pids.is_empty()))
    }

    /// The first row that is shown: as far up as it goes with that line in sight, and so many rows below it.
    fn first_shown(&self, line: Option<usize>, below: usize) -> usize {
        line.map_or(0, |line| {
            let of_line = of_line(&self.rows, line);
            let end = (of_line.end + below).min(self.rows.len());
            end.saturating_sub(self.room).min(of_line.start)
        })
    }

    /// Where a line is, seen from the rows that are shown; `None` in sight.
    fn beyond(&self, line: usize) -> Option<Beyond> {
        let rows = of_line(&self.rows, line);
        if rows.start < self.scroll {
            Some(Beyond::Above)
        } else if rows.start >= self.scroll + self.room {
            Some(Beyond::Below)
        } else {
            None
        }
    }

    /// The lines at which a process stands.
    fn lines_of(&self, pid: Pid) -> impl Iterator<Item = usize> {
        let lines = self.parked.at.iter().enumerate();
        lines.filter(move |(_, pids)| pids.contains(&pid)).map(|(line, _)| line)
    }

    /// A line is in sight at which a process stands.
    fn sees(&self, pid: Pid) -> bool {
        self.lines_of(pid).any(|line| self.beyond(line).is_none())
    }

    /// Who stands at lines that are not in sight, and where those are.
    fn unseen(&self) -> Vec<(Pid, Beyond)> {
        let lines = self.parked.at.iter().enumerate();
        lines
            .filter_map(|(line, pids)| Some((pids, self.beyond(line)?)))
            .flat_map(|(pids, beyond)| pids.iter().map(move |pid| (*pid, beyond)))
            .collect()
    }

    /// A line is in sight that calls what somebody waits in.
    fn shows_callers(&self) -> bool {
        let lines = self.parked.through.iter().enumerate();
        let mut through = lines.filter(|(line, pids)| !pids.is_empty() && self.parked.at[*line].is_empty());
        through.any(|(line, _)| self.beyond(line).is_none())
    }

    /// Draws it; gives what is inside its frame.
    fn draw(&self, app: &App, (model, policy): (Model, Policy), buffer: &mut Buffer) -> Rect {
        let words = &app.words;
        let next = match (self.form, self.side) {
            (Form::Alone, Side::Rust) => "code-next-c",
            (Form::Resting, _) => "code-next-running",
            (Form::Alone, Side::C) | (Form::Left | Form::Right, _) => "code-next-rust",
        };
        let mut below = words
            .say_with("code-keys", &[("next", words.say(next).into_owned().into())])
            .into_owned();
        if self.form != Form::Resting && self.rows.len() > self.room {
            below = format!("{below}{BETWEEN}{}", words.say("beside-scrolls"));
        }
        // A dialog takes all keys.
        let named = self.form != Form::Left && app.overlay == Overlay::None;
        let below = if named { &below } else { "" };
        let inner = pane_frame(app, &self.title(app, model, policy), below, self.area, buffer);
        let room = u16::try_from(self.room).unwrap_or(u16::MAX);
        Code {
            lines: &self.lines,
            parked: &self.parked,
            rows: &self.rows,
            scroll: self.scroll,
            theme: &app.theme,
        }
        .render(
            Rect {
                height: inner.height.min(room),
                ..inner
            },
            buffer,
        );
        inner
    }

    fn title(&self, app: &App, model: Model, policy: Policy) -> String {
        let words = &app.words;
        let room = usize::from(self.area.width.saturating_sub(4));
        let server = ("server", name(model, policy).into());
        let title = match (self.side, self.form) {
            (_, Form::Resting) => words.say_with("title-code-resting", &[server]),
            (Side::Rust, _) => {
                let files = files(model, policy).join(", ").replace("src/server/", "");
                let brief = words.say_with("title-code-brief", std::slice::from_ref(&server));
                let full = words.say_with("title-code", &[server, ("files", files.into())]);
                if width(&full) <= room { full } else { brief }
            }
            (Side::C, _) => words.say("title-code-c"),
        };
        fit(&title, room)
    }
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
