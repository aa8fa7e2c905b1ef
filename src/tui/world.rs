//! What the screen can do outside itself: let clients come, give orders, send signals; and what comes back of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use crate::load::Load;
use crate::load::plan::{Hold, Rate, Visit, Wish};
use crate::observe::waiting::Kept;
use crate::observe::{News, Sink, clock};
use crate::server::config::Service;
use crate::server::control::{self, Controller};
use crate::target::end::{Survivor, Why};
use crate::target::hold;
use crate::target::launched::{Launched, News as TargetNews};
use crate::target::signal;
use crate::timeline::observation::{Observation, Order, Ordered};
use crate::timeline::process::{ExitStatus, Key};
use crate::timeline::tree::Ghosts;

use crate::words::names::visible;

use super::lesson::Heard;
use super::state::App;
use super::state::subject::Printed;
use super::update::Effect;

/// A client of ours may wait in a queue for as long as a lecture: it is the server that is watched.
const PATIENCE: Duration = Duration::from_hours(1);

/// A server that changes its model closes the clients that it has itself no later than this.
const CHANGE: Duration = Duration::from_secs(3);

/// What reaches the loop from other threads.
#[derive(Debug)]
pub enum Message {
    /// From the observer, or the clients.
    News(Kept),
    /// From the lesson that is open.
    Lesson(Heard),
    /// The server has acknowledged an order, or not.
    Ordered(control::Order, Result<(), String>),
}

/// Everything outside the screen that keys can reach.
pub struct World {
    messages: UnboundedSender<Message>,
    /// Where the clients put what they have to say.
    sink: Sink,
    load: Option<Load>,
    wish: Wish,
    service: Service,
    launched: Option<Launched>,
    controller: Option<Arc<Controller>>,
    printed: u64,
    /// Who was stopped.
    held: Option<hold::Hold>,
}

impl World {
    /// What can be reached of a target. The clients come once somebody listens.
    pub fn new(
        messages: UnboundedSender<Message>,
        sink: Sink,
        wish: Wish,
        service: Service,
        launched: Option<Launched>,
        controller: Option<Controller>,
    ) -> Self {
        Self {
            messages,
            sink,
            load: None,
            wish,
            service,
            launched,
            controller: controller.map(Arc::new),
            printed: 0,
            held: None,
        }
    }

    /// Lets the clients come that were wished for, as soon as somebody listens.
    pub fn welcome(&mut self, app: &mut App) {
        if self.wish == Wish::None {
            return;
        }
        let Some(address) = address(app) else { return };
        let wish = std::mem::replace(&mut self.wish, Wish::None);
        let service = self.service;
        let Some(load) = self.load(app) else { return };
        load.begin(wish, visit(address, service, None));
        app.streaming = matches!(wish, Wish::Gentle);
    }

    /// The clients' thread, started when it is first needed.
    fn load(&mut self, app: &mut App) -> Option<&Load> {
        if self.load.is_none() {
            let sink = self.sink.clone();
            // Where the screen has ended, nobody wants the news.
            match Load::start(move |client| _ = sink(News::Observed(Observation::Client(client)))) {
                Ok(load) => self.load = Some(load),
                Err(error) => tell_failed(app, "load", &error),
            }
        }
        self.load.as_ref()
    }

    /// Carries out an effect; those of the screen itself are none of ours.
    pub fn carry_out(&mut self, app: &mut App, effect: &Effect) {
        match effect {
            Effect::Connect(count) => {
                self.with_address(app, |load, address, service| {
                    load.connect(*count, visit(address, service, None));
                });
            }
            Effect::Stream(true) => {
                app.streaming = self.with_address(app, |load, address, service| {
                    load.stream(Rate::GENTLE, visit(address, service, Some(Hold::GENTLE)));
                });
            }
            Effect::Stream(false) => self.load.iter().for_each(Load::stop_stream),
            Effect::HangUp(address) => self.load.iter().for_each(|load| load.hang_up(*address)),
            Effect::HangUpAll => {
                self.load.iter().for_each(Load::hang_up_all);
                app.tell(app.words.say("told-hung-up-all").into_owned());
            }
            Effect::Freeze(keys) => self.freeze(app, keys),
            Effect::Thaw => self.thaw(app),
            Effect::Order(order) => self.order(app, *order),
            Effect::Signal { signal, key } => send_signal(app, *signal, *key),
            Effect::Lessons | Effect::Redraw | Effect::Export | Effect::Suspend | Effect::Quit => {}
        }
    }

    /// Stops these, until [`Self::thaw`] or the end of this; nobody, where it is not sure that they will go on.
    fn freeze(&mut self, app: &mut App, keys: &[Key]) {
        match hold::Hold::of(keys) {
            Ok(hold) => {
                let hold = self.held.insert(hold);
                for key in hold.keys() {
                    send_signal(app, nix::libc::SIGSTOP, *key);
                }
            }
            Err(error) => tell_failed(app, &crate::words::signals::signal(nix::libc::SIGSTOP), &error),
        }
    }

    /// Lets everybody go on who was stopped.
    pub fn thaw(&mut self, app: &mut App) {
        if let Some(hold) = self.held.take() {
            for key in hold.keys() {
                note_signal(app, nix::libc::SIGCONT, *key);
            }
        }
    }

    /// Orders something of the clients where somebody listens; true where that was so.
    fn with_address(&mut self, app: &mut App, order: impl FnOnce(&Load, SocketAddr, Service)) -> bool {
        let service = self.service;
        let Some(address) = address(app) else {
            app.tell(app.words.say("told-no-listener").into_owned());
            return false;
        };
        self.load(app).map(|load| order(load, address, service)).is_some()
    }

    /// Gives an order on a thread of its own: the server may take its time to acknowledge it.
    fn order(&self, app: &mut App, order: control::Order) {
        let root = self.launched.as_ref().map(Launched::root);
        let key = root.and_then(|root| app.timeline.by_pid(root)?.key());
        let (Some(controller), Some(key)) = (self.controller.clone(), key) else {
            return;
        };
        if let control::Order::Become(_) = order {
            self.load.iter().for_each(|load| load.come_again(CHANGE));
        }
        let messages = self.messages.clone();
        tokio::task::spawn_blocking(move || {
            let nudge = || signal::send(key, nix::libc::SIGUSR1).map_err(std::io::Error::other);
            let outcome = controller.order(order, nudge).map_err(|error| error.to_string());
            // Where the screen has ended, nobody wants to know.
            let _ = messages.send(Message::Ordered(order, outcome));
        });
    }

    /// What the guardian has to say, and what the target has printed since.
    pub fn listen(&mut self, app: &mut App) -> bool {
        let Some(launched) = &mut self.launched else {
            return false;
        };
        let mut changed = false;
        for news in launched.news() {
            changed = true;
            match news {
                TargetNews::Ended { status, .. } => note_status(app, status),
                TargetNews::GuardianLost => app.tell(app.words.say("told-adopter-gone").into_owned()),
                TargetNews::Unkillable(survivor) => {
                    let said = [
                        ("name", visible(&survivor.name).into()),
                        ("pid", survivor.pid.to_string().into()),
                    ];
                    let told = match survivor.why {
                        Why::Forbidden => "told-unkillable",
                        Why::Slow => "told-slow",
                    };
                    app.tell(app.words.say_with(told, &said).into_owned());
                }
                TargetNews::Reaped { .. } | TargetNews::Missed(_) => {}
            }
        }
        let written = launched.output().written();
        if written != self.printed {
            self.printed = written;
            changed = true;
            let lines = launched.output().lines();
            app.printed = Printed {
                dropped: lines.dropped,
                lines: lines.lines.iter().map(|line| visible(line)).collect(),
            };
        }
        changed
    }

    /// Ends what was launched, in order, and closes the clients; gives what could not be ended.
    pub fn end(self) -> Vec<Survivor> {
        drop(self.held);
        drop(self.load);
        self.launched.map(Launched::end).unwrap_or_default()
    }
}

fn visit(address: SocketAddr, service: Service, hold: Option<Hold>) -> Visit {
    Visit {
        address,
        service,
        talk: None,
        hold,
        timeout: PATIENCE,
    }
}

/// Where clients can connect to now.
fn address(app: &App) -> Option<SocketAddr> {
    app.timeline.at(app.timeline.now(), Ghosts::default()).reachable()
}

fn send_signal(app: &mut App, number: i32, key: Key) {
    let name = crate::words::signals::signal(number);
    match signal::send(key, number) {
        Ok(()) => {
            note_signal(app, number, key);
            let said = [("signal", name.into()), ("pid", key.pid.to_string().into())];
            app.tell(app.words.say_with("told-sent", &said).into_owned());
        }
        Err(error) => tell_failed(app, &name, &error),
    }
}

/// Notes on the timeline that a signal was sent.
fn note_signal(app: &mut App, number: i32, key: Key) {
    let what = Ordered::Signal {
        signal: number,
        pid: key.pid,
    };
    let at = clock::now();
    app.timeline.apply(&Observation::Order(Order { at, what }));
}

/// Says that something failed, and why.
pub fn tell_failed(app: &mut App, what: &str, error: &dyn std::fmt::Display) {
    let said = [("what", what.into()), ("error", error.to_string().into())];
    app.tell(app.words.say_with("told-failed", &said).into_owned());
}

/// The guardian knows how the root ended even where the kernel did not tell us.
fn note_status(app: &mut App, status: ExitStatus) {
    app.root_status = Some((clock::now(), status));
}
