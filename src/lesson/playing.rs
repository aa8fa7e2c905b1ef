//! A lesson that is played on a thread of its own, as a screen needs it: it is told what to do next, and tells what
//! there is to see.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::observe::News as Observed;
use crate::target::end::Survivor;

use super::picture::Picture;
use super::player::Player;
use super::script::Lesson;
use super::stage::{Audience, Opening, StageError};

/// What a player on a thread of its own is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Play from the start up to this step.
    Begin(usize),
    /// Play the next step.
    Next,
    /// The guess was made.
    Reveal,
}

/// What it tells.
#[derive(Debug)]
pub enum News {
    /// What there is to see now.
    Picture(Box<Picture>),
    /// What the observer of the lesson's processes sees.
    Observed(Observed),
    /// The lesson was begun, again or for the first time: what was observed before is over.
    Begun,
    /// It cannot go on.
    Failed(String),
}

/// A player on a thread of its own. Dropping it ends the lesson, wherever it is.
pub struct Playing {
    orders: Option<Sender<Order>>,
    left: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<Survivor>>>,
}

impl Playing {
    /// Plays a lesson on a thread of its own; `tell` hears what there is to see, and is asked to hear no more by
    /// false.
    ///
    /// # Errors
    /// There can be no more threads.
    pub fn start(
        lesson: Lesson,
        nofile: Option<u64>,
        tell: Arc<dyn Fn(News) -> bool + Send + Sync>,
    ) -> std::io::Result<Self> {
        let (orders, taken) = channel();
        let left = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&tell);
        let audience: Audience = Arc::new(move |news| told(News::Observed(news)));
        let opening = Opening {
            nofile,
            audience: Some(audience),
            left: Arc::clone(&left),
        };
        let thread = std::thread::Builder::new()
            .name("lesson".to_owned())
            .spawn(move || play(Player::new(lesson, opening), &taken, &*tell))?;
        Ok(Self {
            orders: Some(orders),
            left,
            thread: Some(thread),
        })
    }

    /// Tells it what to do next.
    pub fn order(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // A thread that has ended has said why.
            let _ = orders.send(order);
        }
    }

    /// Ends the lesson; who could not be ended.
    pub fn end(mut self) -> Vec<Survivor> {
        self.finish()
    }

    /// Has it end its processes, and does not wait for that; [`Self::end`] does.
    pub fn leave(&mut self) {
        self.left.store(true, Ordering::Release);
        self.orders = None;
    }

    fn finish(&mut self) -> Vec<Survivor> {
        self.leave();
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(Result::ok).unwrap_or_default()
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.finish();
    }
}

fn play(mut player: Player, orders: &Receiver<Order>, tell: &dyn Fn(News) -> bool) -> Vec<Survivor> {
    while let Ok(order) = orders.recv() {
        let outcome = match order {
            Order::Begin(step) => {
                tell(News::Begun);
                player.begin(step).map(Some)
            }
            Order::Next => {
                if player.begins_anew() {
                    tell(News::Begun);
                }
                player.advance()
            }
            Order::Reveal => player.reveal().map(Some),
        };
        let goes_on = match outcome {
            Ok(None) => true,
            Ok(Some(picture)) => tell(News::Picture(Box::new(picture))),
            Err(StageError::Left) => false,
            Err(error) => tell(News::Failed(said(&error))),
        };
        if !goes_on {
            break;
        }
    }
    player.end()
}

/// An error with all that is behind it.
fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
