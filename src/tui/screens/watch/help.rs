//! The help in words: all keys by group, and how exact the record is.

use crate::observe::{Reason, SocketSource};
use crate::report::text::capture_line;
use crate::tui::keymap::table::Group;
use crate::tui::state::App;
use crate::tui::widgets::help::{Help, Keys};
use crate::words::Words;

/// All keys by group, and how exact the record is.
pub(super) fn help(app: &App, scroll: usize) -> Help<'_> {
    let words = &app.words;
    let say = |name: &str| words.say(name).into_owned();
    let groups = Group::ALL.iter().map(|group| Keys {
        heading: say(group.text()),
        keys: group
            .listed()
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
        scroll: scroll.min(app.open.most),
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
        Reason::Late => words.say("reason-late").into_owned(),
        Reason::PossibleHeirs(count) => counted(words, "reason-possible-heirs", *count as u64),
    })
}

fn counted(words: &Words, text: &str, count: u64) -> String {
    words
        .say_with(text, &[("count", count.to_string().into())])
        .into_owned()
}
