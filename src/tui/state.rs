//! What the screen is about at a moment: the timeline, where on it we look, what is selected, what is open. Changed
//! only by `update` and by news; drawing reads it.

use std::time::Duration;

use crate::observe::Capture;
use crate::report::users::Users;
use crate::timeline::Timeline;
use crate::timeline::lifeline::Lifeline;
use crate::timeline::limits::Limits;
use crate::timeline::process::{ExitStatus, ProcessId};
use crate::timeline::time::Time;
use crate::timeline::tree::outline::Outline;
use crate::timeline::tree::{Ghosts, Moment};
use crate::timeline::why::Why;
use crate::timeline::why::attention::{Attention, most_telling};
use crate::timeline::why::topic::{Topic, candidates};
use crate::words::Words;

use super::demonstration::Demonstration;
use super::demonstration::seen::Seen;
use super::look::Look;
use super::pane::Beside;
use super::theme::Theme;
use super::update::asked::Asked;
use super::update::mouse::Grabbed;

use browse::Browse;
use overlay::Overlay;
use permissions::Permissions;
use spacing::Spacing;
use subject::{Following, Ordered, Printed, Subject};

pub mod browse;
mod ending;
pub mod overlay;
pub mod permissions;
pub mod prompt;
pub mod spacing;
pub mod subject;

/// How much time the lanes can show.
pub const SPANS: &[Duration] = &[
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(10),
    Duration::from_secs(20),
    Duration::from_secs(45),
    Duration::from_mins(2),
    Duration::from_mins(5),
    Duration::from_mins(10),
];

/// The span where none was chosen: its place in [`SPANS`].
const USUAL_SPAN: usize = 4;

/// The span to begin with, while less has happened than the usual one would show: its place in [`SPANS`].
const FIRST_SPAN: usize = 2;

/// How long a reaped child keeps a row, and how many do.
const GHOSTS: Ghosts = Ghosts {
    window: Duration::from_secs(4),
    most: 4,
};

/// Once the target has ended, its last processes stay to be read.
pub const LAST_GHOSTS: Ghosts = Ghosts {
    window: Duration::from_secs(1 << 32),
    most: 200,
};

/// How long a message stands in the footer.
const MESSAGE: Duration = Duration::from_secs(5);

/// Where on the timeline we look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looking {
    /// At what is now.
    Live,
    /// At a moment that stands still.
    Paused(Time),
}

/// The lines of the tree that are in sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// The first of them.
    pub first: usize,
    /// How many there is room for.
    pub rows: usize,
}

/// What is open over the tree or below it, as far as it has more lines than it has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Open {
    /// So many lines it can be scrolled.
    pub most: usize,
    /// So many of them are seen at once.
    pub page: usize,
}

/// All of it.
pub struct App {
    /// What is known.
    pub timeline: Timeline,
    /// How exact that is; `None` before the observer has said.
    pub capture: Option<Capture>,
    /// What time it is: the observer's clock when the screen was last brought up to date.
    pub clock: Time,
    /// Where we look.
    pub looking: Looking,
    /// Which process is selected.
    pub selected: Option<ProcessId>,
    /// How the tree is looked at.
    pub browse: Browse,
    /// The first line of the tree on screen.
    pub scroll: usize,
    /// How far apart the rows of the tree stand at the back of a room.
    pub spacing: Spacing,
    /// How many rows of the tree the screen has, where no sheet is open; set from its size.
    pub page: usize,
    /// What of the tree is in sight: less, where a sheet is open.
    pub sight: Sight,
    /// How far what is open can be scrolled; set from the screen's size.
    pub open: Open,
    /// The place in [`SPANS`] of the lanes' span that was chosen.
    pub span: Option<usize>,
    /// The place of the one that was shown last of now, where none was chosen.
    pub fitting: Option<usize>,
    /// What stands beside the tree.
    pub beside: Beside,
    /// What is open over the tree or below it.
    pub overlay: Overlay,
    /// The names of users, as far as they were looked up.
    pub users: Users,
    /// What is watched.
    pub subject: Subject,
    /// What the keys may do.
    pub permissions: Permissions,
    /// How the built-in server reaps.
    pub following: Option<Following>,
    /// What that will be; `None` where no order is under way.
    pub ordered: Option<Ordered>,
    /// What the built-in server was at the start.
    pub first: Option<Following>,
    /// The gentle stream of clients is on.
    pub streaming: bool,
    /// How the target ended, and when.
    pub ended: Option<(Time, ExitStatus)>,
    /// How the root ended, as the guardian knows it, and when it said so.
    pub root_status: Option<(Time, ExitStatus)>,
    /// There are zombies now, whose age counts.
    pub has_zombies: bool,
    /// The revision of the timeline that was looked at last.
    pub noticed: u64,
    /// What the target printed.
    pub printed: Printed,
    /// A demonstration under way, or its outcome.
    pub demonstration: Option<Demonstration>,
    /// What it saw last.
    pub demonstration_seen: Seen,
    /// What was asked of a process that was not read yet.
    pub asked: Option<Asked>,
    /// The lanes, while the mouse has hold of them.
    pub grabbed: Option<Grabbed>,
    /// What is worth saying while nothing is selected.
    pub attention: Attention,
    /// What was said last, and when.
    pub message: Option<(Time, String)>,
    /// The texts.
    pub words: Words,
    /// How it is to look.
    pub look: Look,
    /// The styles that follow from it.
    pub theme: Theme,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("subject", &self.subject)
            .field("looking", &self.looking)
            .finish_non_exhaustive()
    }
}

impl App {
    /// The state at the start.
    pub fn new(words: Words, look: Look, subject: Subject, permissions: Permissions) -> Self {
        Self {
            timeline: Timeline::new(Limits::default()),
            capture: None,
            clock: Time::default(),
            looking: Looking::Live,
            selected: None,
            browse: Browse::default(),
            scroll: 0,
            spacing: Spacing::default(),
            page: 1,
            sight: Sight { first: 0, rows: 1 },
            open: Open::default(),
            span: None,
            fitting: None,
            beside: Beside::default(),
            overlay: Overlay::None,
            users: Users::default(),
            subject,
            permissions,
            following: None,
            ordered: None,
            first: None,
            streaming: false,
            ended: None,
            root_status: None,
            has_zombies: false,
            noticed: u64::MAX,
            printed: Printed::default(),
            demonstration: None,
            demonstration_seen: Seen::default(),
            asked: None,
            grabbed: None,
            attention: Attention::default(),
            message: None,
            words,
            theme: look.theme(),
            look,
        }
    }

    /// Changes how it looks.
    pub fn restyle(&mut self, change: impl FnOnce(&mut Look)) {
        change(&mut self.look);
        self.theme = self.look.theme();
    }

    /// The moment that the screen shows.
    pub fn shown_at(&self) -> Time {
        match self.looking {
            Looking::Paused(t) => t,
            Looking::Live => self
                .ended
                .map_or(self.clock.max(self.timeline.now()), |(ended, _)| ended),
        }
    }

    /// The tree of that moment.
    pub fn moment(&self) -> Moment<'_> {
        let last = matches!(self.looking, Looking::Live) && self.ended.is_some();
        self.timeline
            .at(self.shown_at(), if last { LAST_GHOSTS } else { GHOSTS })
    }

    /// How long after the start a moment is.
    pub fn since_start(&self, t: Time) -> Duration {
        self.timeline.start().map_or(Duration::ZERO, |start| t.since(start))
    }

    /// The selected process.
    pub fn selected_life(&self) -> Option<&Lifeline> {
        self.timeline.lifeline(self.selected?)
    }

    /// How much time the lanes show.
    pub fn lane_span(&self) -> Duration {
        SPANS[self.lane_place()]
    }

    fn lane_place(&self) -> usize {
        self.span.or(self.fitting).unwrap_or(USUAL_SPAN).min(SPANS.len() - 1)
    }

    /// Has the lanes show all of what has happened, in steps, until that is more than the usual span. At a past moment they
    /// stay as they are.
    pub fn fit_lanes(&mut self) {
        if self.looking == Looking::Live {
            let all = self.since_start(self.shown_at());
            let wider = SPANS[FIRST_SPAN..USUAL_SPAN].iter().take_while(|span| all > **span);
            self.fitting = Some(FIRST_SPAN + wider.count());
        }
    }

    /// Has the lanes show so many steps more.
    pub fn zoom(&mut self, by: isize) {
        let to = self.lane_place().saturating_add_signed(by);
        self.span = Some(to.min(SPANS.len() - 1));
    }

    /// Says something in the footer for a while.
    pub fn tell(&mut self, text: String) {
        self.message = Some((self.clock, text));
    }

    /// What is said in the footer now.
    pub fn message(&self) -> Option<&str> {
        let (since, text) = self.message.as_ref()?;
        (self.clock.since(*since) < MESSAGE).then_some(text.as_str())
    }

    /// Lets go of a message that was said long enough ago; true where there was one.
    pub fn forget_message(&mut self) -> bool {
        let old = self.message.is_some() && self.message().is_none();
        if old {
            self.message = None;
        }
        old
    }

    /// What is worth saying of the moment: of the selected process, or of all where none is there.
    pub fn why(&self, moment: &Moment<'_>) -> Why {
        let timeline = &self.timeline;
        let selected = self.selected.filter(|id| moment.row(*id).is_some());
        let topic = match (selected, self.looking) {
            (Some(id), _) => Some(Topic::of(timeline, moment, id)),
            (None, Looking::Live) => self.attention.topic(),
            (None, Looking::Paused(_)) => None,
        };
        let said = topic.and_then(|topic| Why::about(timeline, moment, topic));
        said.or_else(|| Why::about(timeline, moment, most_telling(&candidates(timeline, moment))?.topic))
            .unwrap_or(Why::Nothing)
    }

    /// Keeps the rows on screen within the tree, and the selected one in sight, after either has changed; with none
    /// selected it turns to what is most telling now, and at the back of a room, where few rows are in sight, keeps in
    /// sight whom that is about. A moment of a thousand rows is dear: it is asked for once.
    pub fn settle(&mut self) {
        self.follow();
        let moment = self.moment();
        let outline = self.outline(&moment);
        let rows = outline.lines.len();
        let at = self.bar(&moment, &outline);
        let mut attention = self.attention;
        if self.looking == Looking::Live && self.selected.is_none() {
            attention.turn(&candidates(&self.timeline, &moment), moment.at);
        }
        let told = attention.topic().and_then(Topic::process);
        let told = told.filter(|_| self.look.projector && self.browse.crowd.is_none());
        let told = told.and_then(|id| outline.place(&moment, id));
        let kept = self.kept_in_sight(&moment, &outline);
        let kept = kept.or(told.map(|at| (at, at)));
        let all = moment.rows.len();
        drop(moment);
        self.attention = attention;
        self.spacing.count(all);
        let page = self.page.max(1);
        self.scroll = self.scroll.min(rows.saturating_sub(page));
        match (at, told) {
            _ if self.browse.adrift => {}
            (Some(at), _) => self.scroll = self.scroll.clamp((at + 1).saturating_sub(page), at),
            // The first rows stay in sight as long as that can be.
            (None, Some(told)) => self.scroll = (told + 1).saturating_sub(page),
            (None, None) => {}
        }
        self.sight.first = self.scroll;
        if let Some((at, above)) = kept.filter(|_| self.sight.rows < page) {
            let lowest = (at + 1).saturating_sub(self.sight.rows.max(1));
            let first = self.scroll.clamp(lowest, at);
            self.sight.first = first.min(above).max(lowest);
        }
    }

    /// The line that a sheet must leave in sight, and that of its parent: of whom it asks about, or else of the bar.
    fn kept_in_sight(&self, moment: &Moment<'_>, outline: &Outline) -> Option<(usize, usize)> {
        let about = self.overlay.about().and_then(|key| self.timeline.by_key(key));
        let asked = about.and_then(|life| outline.place(moment, life.id));
        let at = asked.or_else(|| self.bar(moment, outline))?;
        let shown = about.map(|life| life.id).or(self.selected);
        let row = shown.and_then(|id| moment.rows.iter().position(|row| row.life.id == id));
        let parent = row.and_then(|row| {
            let (before, depth) = (&moment.rows[..row], moment.rows[row].depth);
            let parent = before.iter().rev().find(|other| other.depth < depth)?;
            outline.place(moment, parent.life.id)
        });
        Some((at, parent.unwrap_or(at)))
    }
}
