//! What is said about the moment: why it is so, or how a demonstration goes on; and who says it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::Widget;

use crate::observe::{Births, Capture, Deaths, SocketSource};
use crate::timeline::tree::Moment;
use crate::tui::demonstration::said;
use crate::tui::screens::frame::frame;
use crate::tui::state::App;
use crate::tui::widgets::why::Why;
use crate::words::why::Instruments;

/// Draws what is said, in a frame where there is more than a line of room.
pub(super) fn draw(app: &App, moment: &Moment<'_>, area: Rect, buffer: &mut Buffer) {
    let (title, (sentences, sources)) = if let Some(demonstration) = &app.demonstration {
        let said = said::said(&app.words, demonstration, &app.demonstration_seen);
        ("title-demo", said)
    } else {
        let why = app.why(moment);
        let sources = app.words.sources(&why, instruments(app.capture.as_ref()));
        ("title-why", (app.words.why(&why), sources))
    };
    let pane = Why {
        said: sentences,
        // In a room of two lines both are the sentence's.
        sources: Some(sources).filter(|_| area.height > 2),
        theme: &app.theme,
    };
    let inner = match area.height {
        1 => area,
        _ => frame(app, &app.words.say(title), "", area, buffer),
    };
    pane.render(inner, buffer);
}

/// Who tells what cannot be looked up later, as the kernel names it.
pub(in crate::tui::screens) fn instruments(capture: Option<&Capture>) -> Instruments {
    let births = capture.map_or(Births::Perf, |capture| capture.births);
    let deaths = capture.map_or(Deaths::Pidfd, |capture| capture.deaths);
    let sockets = capture.map_or(SocketSource::SockDiag, |capture| capture.sockets);
    let (exits, reaps) = match deaths {
        Deaths::Pidfd | Deaths::PidfdTimes => ("pidfd (POLLIN)", "pidfd (POLLIN POLLHUP)"),
        Deaths::PidfdExits => ("pidfd (POLLIN)", "/proc/PID"),
        Deaths::Polled => ("/proc/PID/stat", "/proc/PID"),
    };
    // From Linux 6.15 on a pidfd that was opened in time knows the status after the reap.
    let statuses = match deaths {
        Deaths::Pidfd => Some("PIDFD_GET_INFO (exit_code)"),
        Deaths::PidfdTimes | Deaths::PidfdExits | Deaths::Polled => None,
    };
    Instruments {
        births: match births {
            Births::Perf => "perf_event_open (fork)",
            Births::Connector => "proc connector (fork)",
            Births::Polled { .. } => "/proc/PID/task/TID/children",
        },
        exits,
        statuses,
        reaps,
        sockets: match sockets {
            SocketSource::SockDiag => "sock_diag",
            SocketSource::Procfs => "/proc/net/tcp",
        },
    }
}
