//! Which pieces of which files make the listing of a model and a policy, and the calls that their lines wait in. A new
//! model is one more arm here, and one more file in assets/code.

use crate::server::config::{Model, Policy};

use super::Piece;
use super::Role::{Child, Parent};
use super::Waits::{self, Here, Within};

const ITERATIVE: (&str, &str) = ("src/server/iterative.rs", include_str!("../../server/iterative.rs"));
const PREFORK: (&str, &str) = ("src/server/prefork.rs", include_str!("../../server/prefork.rs"));
const THREADS: (&str, &str) = ("src/server/threads.rs", include_str!("../../server/threads.rs"));
const EPOLL: (&str, &str) = ("src/server/epoll.rs", include_str!("../../server/epoll.rs"));
const CLIENT: (&str, &str) = (
    "src/server/epoll/client.rs",
    include_str!("../../server/epoll/client.rs"),
);
const FORK: (&str, &str) = ("src/server/fork.rs", include_str!("../../server/fork.rs"));
const REAPING: (&str, &str) = ("src/server/reaping.rs", include_str!("../../server/reaping.rs"));
const SIGNALS: (&str, &str) = ("src/server/signals.rs", include_str!("../../server/signals.rs"));
const SERVICE: (&str, &str) = ("src/server/service.rs", include_str!("../../server/service.rs"));

/// The calls by which a server waits, by their names in the kernel.
const ACCEPTS: &[&str] = &["accept", "accept4"];
const READS: &[&str] = &["read", "recvfrom"];
const WRITES: &[&str] = &["write", "sendto"];
const SERVES: &[&str] = &["read", "recvfrom", "write", "sendto"];

/// The pieces, in the order in which they are read.
pub(super) fn pieces(model: Model, policy: Policy) -> Vec<Piece> {
    let mut pieces = match model {
        Model::Iterative => vec![piece(
            ITERATIVE,
            "while !desk.told_to_end() {",
            &[
                ("desk.listener.accept()", Parent, Here(ACCEPTS)),
                ("service::serve(", Parent, Within(SERVES)),
            ],
        )],
        Model::Fork => vec![
            piece(
                FORK,
                "while !self.told_to_end() {",
                &[
                    ("self.next_client()", Parent, Within(&["accept", "accept4", "poll"])),
                    ("self.serve(", Child, Within(SERVES)),
                    ("process::fork(", Parent, Here(&["clone"])),
                    ("self.after_fork(", Parent, Within(&["wait4"])),
                ],
            ),
            piece(
                FORK,
                "fn serve(",
                &[
                    ("fork_again(", Child, Here(&["clone"])),
                    ("service::serve(", Child, Within(SERVES)),
                ],
            ),
        ],
        Model::Prefork => vec![
            piece(
                PREFORK,
                "while !self.told_to_end() {",
                &[
                    ("process::fork(", Parent, Here(&["clone"])),
                    (
                        "self.reaping.await_children(",
                        Parent,
                        Within(&["wait4", "poll", "rt_sigsuspend"]),
                    ),
                ],
            ),
            piece(
                PREFORK,
                "fn work(",
                &[
                    ("service::serve(", Child, Within(SERVES)),
                    ("listener.accept()", Child, Here(ACCEPTS)),
                ],
            ),
        ],
        Model::Threads => vec![piece(
            THREADS,
            "while !desk.told_to_end() {",
            &[
                ("desk.listener.accept()", Parent, Here(ACCEPTS)),
                ("service::serve(", Child, Within(SERVES)),
                (", serve)", Parent, Here(&["clone"])),
            ],
        )],
        Model::Epoll => vec![
            piece(
                EPOLL,
                "while !self.desk.told_to_end() {",
                &[("self.epoll.wait(", Parent, Here(&["epoll_wait", "epoll_pwait"]))],
            ),
            piece(EPOLL, "fn welcome(", &[]),
            piece(CLIENT, "fn echo(", &[]),
        ],
    };
    pieces.extend(match model {
        Model::Fork => reaping(policy),
        Model::Prefork => prefork_reaping(policy),
        Model::Iterative | Model::Threads | Model::Epoll => Vec::new(),
    });
    match model {
        Model::Iterative => pieces.push(piece(
            SERVICE,
            "fn echo(",
            &[("read(", Parent, Here(READS)), ("write_all(", Parent, Here(WRITES))],
        )),
        Model::Fork | Model::Prefork | Model::Threads => pieces.push(piece(
            SERVICE,
            "fn echo(",
            &[("read(", Child, Here(READS)), ("write_all(", Child, Here(WRITES))],
        )),
        Model::Epoll => {}
    }
    pieces
}

/// What a policy is made of where waiting is all that the parent does.
fn prefork_reaping(policy: Policy) -> Vec<Piece> {
    let mut pieces = match policy {
        // It waits in the piece below.
        Policy::Wait | Policy::SignalFd => Vec::new(),
        Policy::Loop
        | Policy::Once
        | Policy::None
        | Policy::Poll
        | Policy::Ignore
        | Policy::NoCldWait
        | Policy::DoubleFork => reaping(policy),
    };
    pieces.push(piece(
        REAPING,
        "pub(super) fn await_children(",
        &[
            ("wait()", Parent, Here(&["wait4"])),
            ("= poll(", Parent, Here(&["poll"])),
            ("mask.suspend()", Parent, Here(&["rt_sigsuspend"])),
        ],
    ));
    pieces
}

/// What a policy is made of.
fn reaping(policy: Policy) -> Vec<Piece> {
    let plain = |from| piece(REAPING, from, &[]);
    match policy {
        Policy::Loop => vec![
            plain("Policy::Loop => {"),
            plain("pub(super) extern \"C\" fn reap_all("),
        ],
        Policy::Once => vec![plain("Policy::Once => "), plain("extern \"C\" fn reap_one(")],
        Policy::None => vec![plain("Policy::None | Policy::Wait")],
        Policy::Wait => vec![piece(
            REAPING,
            "Policy::Wait => wait()",
            &[("wait()", Parent, Here(&["wait4"]))],
        )],
        Policy::Poll => vec![plain("pub(super) fn after_accept(")],
        Policy::Ignore => vec![piece(SIGNALS, "pub(super) fn ignore_child(", &[])],
        Policy::NoCldWait => vec![piece(SIGNALS, "pub(super) fn discard_child(", &[])],
        Policy::SignalFd => vec![piece(
            REAPING,
            "pub(super) fn before_accept(",
            &[("poll(&mut ready", Parent, Here(&["poll"]))],
        )],
        Policy::DoubleFork => vec![
            // Its read() lasts no longer than a fork, and who is in read() later is in that of the service.
            piece(FORK, "fn fork_again(", &[]),
            piece(
                REAPING,
                "Policy::DoubleFork => {",
                &[("waitpid(child", Parent, Here(&["wait4"]))],
            ),
        ],
    }
}

/// The same in C.
pub(super) fn in_c(model: Model) -> &'static str {
    match model {
        Model::Iterative => include_str!("../../../assets/code/iterative.c"),
        Model::Fork => include_str!("../../../assets/code/fork.c"),
        Model::Prefork => include_str!("../../../assets/code/prefork.c"),
        Model::Threads => include_str!("../../../assets/code/threads.c"),
        Model::Epoll => include_str!("../../../assets/code/epoll.c"),
    }
}

const fn piece(
    file: (&'static str, &'static str),
    from: &'static str,
    marks: &'static [(&'static str, super::Role, Waits)],
) -> Piece {
    Piece { file, from, marks }
}

/// Calls of which a server cannot do without one.
#[cfg(test)]
pub(super) const ESSENTIAL: &[&[&str]] = &[&["accept", "epoll_wait"], &["read", "epoll_wait"]];
