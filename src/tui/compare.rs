//! The comparison on the screen: what is known of it, and its few keys. The measuring is done elsewhere, and told; how
//! it looks is `screens::compare`'s.

use std::time::Duration;

use crossterm::event::Event;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::compare::{Comparison, News};
use crate::observe::clock;
use crate::target::end::Survivor;
use crate::timeline::time::Time;
use crate::words::Words;

use super::look::Look;
use super::show::{self, Answer, Change, Show, Signals};
use super::terminal::{self, Screen};
use super::{Ending, TuiError, screens};

use keys::{Action, actions};

pub mod keys;

/// How often the clock moves.
const PACE: Duration = Duration::from_millis(200);

/// The comparison as it is shown.
pub struct Comparing {
    /// What is known of it.
    pub comparison: Comparison,
    /// The texts.
    pub words: Words,
    /// How it is to look.
    pub look: Look,
    /// When it began.
    pub start: Time,
    /// The time that is shown; it stands still when all is over.
    pub now: Time,
}

impl Comparing {
    /// Of which nothing has happened yet.
    pub fn new(comparison: Comparison, words: Words, look: Look, start: Time) -> Self {
        Self {
            comparison,
            words,
            look,
            start,
            now: start,
        }
    }
}

impl Show for Comparing {
    type News = News;

    fn take(&mut self, first: News, rest: &mut UnboundedReceiver<News>) -> Change {
        self.comparison.apply(first);
        while let Ok(next) = rest.try_recv() {
            self.comparison.apply(next);
        }
        Change::Something
    }

    fn answer(&mut self, event: &Event) -> Answer {
        let Some(key) = event.as_key_press_event() else {
            return Answer::Nothing;
        };
        let mut answer = Answer::Nothing;
        for action in actions(key) {
            answer = match action {
                Action::Quit => return Answer::Quit,
                Action::Redraw => Answer::Redraw,
                Action::Suspend => Answer::Suspend,
                Action::Projector => {
                    self.look.projector = !self.look.projector;
                    Answer::Changed
                }
                Action::NextTheme => {
                    self.look.next();
                    Answer::Changed
                }
            };
        }
        answer
    }

    fn look_up(&mut self) -> Change {
        let over = self.comparison.over;
        if !over {
            self.now = clock::now();
        }
        Change::when(!over)
    }

    fn pace(&self) -> Duration {
        PACE
    }

    fn fit(&mut self, _area: Rect) {}

    fn draw(&self, area: Rect, buffer: &mut Buffer) {
        screens::compare::draw(self, area, buffer);
    }
}

/// Shows a comparison until a key or a signal ends it. Then `leave` ends the measuring; the figures that are known by
/// then stay.
pub fn run(
    comparison: Comparison,
    mut news: UnboundedReceiver<News>,
    words: Words,
    look: Look,
    leave: impl FnOnce() -> Vec<Survivor>,
) -> Result<(Ending, Vec<Survivor>, Comparing), TuiError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(TuiError::Runtime)?;
    runtime.block_on(async {
        let mut comparing = Comparing::new(comparison, words, look, clock::now());
        let shown = async {
            let mut signals = Signals::catch()?;
            let mut screen = Screen::enter(&mut comparing.look).map_err(TuiError::Terminal)?;
            // The terminal is given back before the rest, so that whatever that has to say can be read.
            show::run(&mut comparing, &mut news, &mut screen, &mut signals).await
        };
        let outcome = shown.await;
        let survivors = leave();
        while let Ok(said) = news.try_recv() {
            comparing.comparison.apply(said);
        }
        let ending = Ending {
            signal: outcome?,
            panicked: terminal::panicked(),
            survivors: Vec::new(),
        };
        Ok((ending, survivors, comparing))
    })
}
