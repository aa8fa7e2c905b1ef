//! What comes in: what the observer, the clients and the server say, and what that means for a demonstration under way.

use std::time::Duration;

use crate::observe::{News, clock, refused};
use crate::server::control;
use crate::timeline::observation::{Observation, Order, Ordered};
use crate::tui::demonstration::Kind;
use crate::tui::state::Looking;
use crate::tui::state::overlay::Overlay;
use crate::tui::world::{Message, tell_failed};

use super::Watch;

/// So long the outcome of a demonstration can be read.
const OUTCOME: Duration = Duration::from_secs(30);

impl Watch {
    /// Takes one message; true where that changes what is shown.
    pub(super) fn apply(&mut self, message: Message) -> bool {
        let before = self.app.timeline.revision();
        let mut changed = false;
        match message {
            Message::News(kept) => match kept.news {
                News::Observed(observation) => {
                    self.app.timeline.apply(&observation);
                }
                News::Capture(capture) => {
                    self.app.capture = Some(capture);
                    changed = true;
                }
            },
            Message::Lesson(heard) => {
                changed |= self.lessons.as_mut().is_some_and(|lessons| lessons.hear(heard));
            }
            Message::Ordered(order, Ok(())) => {
                self.app.acknowledge(order);
                self.ordered(order);
                changed = true;
            }
            Message::Ordered(order, Err(error)) => {
                self.app.acknowledge(order);
                tell_failed(&mut self.app, &order.to_string(), &error);
                changed = true;
            }
        }
        changed || (self.app.timeline.revision() != before && self.app.looking == Looking::Live)
    }

    /// Lets a demonstration go on with what was seen; true where there is one.
    pub(super) fn demonstrate(&mut self) -> bool {
        let Some(mut demonstration) = self.app.demonstration.take() else {
            return false;
        };
        let at = clock::now();
        let refused = match demonstration.kind {
            Kind::Queue => refused::read(demonstration.parent.pid),
            Kind::Zombies => None,
        };
        let seen = demonstration.look(&self.app.timeline, at, refused);
        let effects = demonstration.advance(&seen);
        self.app.demonstration_seen = seen;
        let read = demonstration
            .outcome()
            .is_some_and(|(_, over)| at.since(over) > OUTCOME);
        self.app.demonstration = Some(demonstration).filter(|_| !read);
        for effect in effects {
            self.world.carry_out(&mut self.app, &effect);
        }
        true
    }

    /// Notes an order that was carried out.
    fn ordered(&mut self, order: control::Order) {
        let at = clock::now();
        let (what, text, said) = match order {
            control::Order::Reap(policy) => {
                if let Some(following) = &mut self.app.following {
                    (following.policy, following.since) = (policy, Some(at));
                }
                let name = policy.name();
                (Ordered::Policy(name.into()), "told-policy", [("policy", name.into())])
            }
            control::Order::Become(model) => {
                if let Some(following) = &mut self.app.following {
                    following.model = model;
                    following.policy = model.policy_for(following.policy);
                }
                // What was open to be chosen from is no longer what there is.
                if let Overlay::Policies(_) = self.app.overlay {
                    self.app.overlay = Overlay::None;
                }
                let name = model.name();
                (Ordered::Model(name.into()), "told-model", [("model", name.into())])
            }
            control::Order::Backlog(length) => {
                let said = [("backlog", length.to_string().into())];
                (Ordered::Backlog(length), "told-backlog", said)
            }
        };
        self.app.timeline.apply(&Observation::Order(Order { at, what }));
        let text = self.app.words.say_with(text, &said).into_owned();
        self.app.tell(text);
    }
}
