//! forkscope shows what a multi-process server does to the process table.
//!
//! It launches a forking server in the background (its own, or any command), or attaches to one that runs,
//! watches the kernel through performance events, pidfds and /proc, and draws the live parent/child tree with PIDs, connection
//! counts and zombies as clients come and go.
//!
//! # One timeline
//!
//! Everything known is a [`timeline::Timeline`]: a lifeline for each process, a line for each socket, and who
//! held it when. "Now" is only the newest time on it, so pausing, stepping back, the lanes beside the tree and
//! a snapshot are the same question asked of one pure structure: *what was true at t?*
//!
//! ```text
//! target ──► observer ──► Observation ──► Timeline.apply ──► Change ──► log, events
//! (launch,   (kernel)                         │
//!  attach)                                    ▼
//!                                        Timeline.at(t) ──► rows ──► widgets / text / JSON
//! key ──► keymap ──► Action ──► update ──► Effect (signal, client, policy, quit)
//! ```
//!
//! # The house, in reading order
//!
//! | module | what it is | may use |
//! |---|---|---|
//! | [`timeline`] | what was true at t: pure | std only |
//! | [`words`] | every word shown to people | timeline |
//! | [`observe`] | what the kernel says, as observations | timeline |
//! | [`server`] | the demo servers: synchronous, the only place that forks as a server does | – |
//! | [`target`] | launch, attach, and the guardian that lets nothing outlive us | timeline's processes and times, server's configuration |
//! | [`load`] | the clients, and what they met | timeline, server's configuration |
//! | [`lesson`] | lessons: steps over real processes, whose words and programs are in assets/lessons | timeline, words, observe, target |
//! | [`compare`] | the same clients against each server model; what it knows and concludes is pure | timeline, words' names, load, target, observe's clock, server's configuration and CPUs |
//! | [`report`] | snapshots, events, zombies, lessons, comparisons and load results as text and JSON | timeline, words, and what lesson, compare, load and observe have found |
//! | [`tui`] | the terminal screen | all but run, cli, main |
//! | [`cli`] | what may be typed | configuration types, words |
//! | [`settings`] | flags, environment and the user's file, in that order | cli, words |
//! | [`run`] | the wiring, one function a subcommand | all |
//!
//! `tests/house.rs` holds this table against the code.
//!
//! # Processes and threads
//!
//! The screen runs on a current-thread tokio runtime on the main thread. The observer has a sampler thread, and
//! a thread that waits for births, exits and reaps, whose time stamps must not wait for a pass through /proc; where the
//! births come from the proc connector, one more empties that. Clients run on a runtime of their own thread. The server
//! is never forked from the tool: the executable re-executes itself as `forkscope serve`, single-threaded and
//! synchronous, under a guardian that is a re-execution too. So is every
//! process of a lesson, `forkscope subject`, and whoever lets a server that was stopped go on should the tool be killed,
//! `forkscope release`.

pub mod timeline;

pub mod words;

pub mod observe;

pub mod server;

pub mod target;

pub mod load;

pub mod lesson;

pub mod compare;

pub mod report;

pub mod tui;

pub mod cli;

pub mod settings;

pub mod run;
