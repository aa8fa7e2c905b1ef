//! The top line in words: what is watched, how it reaps, and which moment is shown.

use std::borrow::Cow;

use crate::server::config::Model;
use crate::timeline::tree::Moment;
use crate::timeline::tree::outline::Outline;
use crate::tui::state::subject::Subject;
use crate::tui::state::{App, Looking};
use crate::tui::widgets::header::Header;
use crate::words::cells::fit;
use crate::words::units::{age, clock, fine_clock};

use super::title::filter;

/// Cells of what is typed as a filter, where it stands here.
const FILTER: usize = 20;

/// The top line.
pub(super) fn header<'a>(app: &'a App, moment: &Moment<'_>, outline: &Outline) -> Header<'a> {
    let words = &app.words;
    let mut subject = vec![vec!["forkscope".to_owned()]];
    if app.look.projector {
        // No frame of the tree has a title there that would say it.
        let filter = filter(app, moment, outline, FILTER);
        subject.extend((!filter.is_empty()).then_some(filter));
    }
    subject.push(vec![match &app.subject {
        Subject::BuiltIn => {
            let model = app.following.map(|following| following.model).unwrap_or_default();
            words.say(model_name(model)).into_owned()
        }
        Subject::Launched(command) => fit(command, 40),
        Subject::Attached(pid) => words
            .say_with("subject-attached", &[("pid", pid.to_string().into())])
            .into_owned(),
    }]);
    if let Some(listener) = moment.listeners.iter().find(|listener| !listener.held_by.is_empty()) {
        subject.push(vec![listener.line.local.to_string()]);
    }
    if let Some(following) = app.following.filter(|following| !following.model.policies().is_empty()) {
        let policy = following.policy.name();
        let since = following.since.map(|since| {
            let time = clock(app.since_start(since));
            words.say_with("header-reap-since", &[("policy", policy.into()), ("time", time.into())])
        });
        let name = words.say_with("header-reap", &[("policy", policy.into())]);
        let forms = since.into_iter().chain([name]);
        subject.push(forms.map(Cow::into_owned).collect());
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
