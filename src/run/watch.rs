//! `forkscope watch`: the screen.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;

use crate::cli::{self, Command};
use crate::load::plan::Wish;
use crate::target::limit;
use crate::tui::Ending;
use crate::tui::look::Look;
use crate::tui::state::permissions::{Permission, Permissions};
use crate::tui::state::subject::Subject;
use crate::tui::theme::depth::Depth;
use crate::tui::theme::palette;
use crate::tui::watch::{self, Demo, Inbox, Session};
use crate::words::{Language, Words};

use super::prepare::{self, Prepared, Refusal};
use super::{CANNOT, USAGE};

/// How fast clients come where only their stay was given.
const FOREVER: u32 = 1_000_000;

pub(super) fn run(args: &cli::Watch) -> anyhow::Result<ExitCode> {
    if !std::io::stdout().is_terminal() {
        let text = "the screen needs a terminal: use `forkscope snapshot` to print the tree";
        return Err(Refusal::new(&text, USAGE).into());
    }
    if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
        let text = "the screen needs a terminal that can move its cursor, which TERM=dumb cannot: use `forkscope \
                    snapshot` or `forkscope events`";
        return Err(Refusal::new(&text, USAGE).into());
    }
    limit::suffices()?;
    let look = look(&args.view.look)?;
    let inbox = Inbox::open();
    let prepared = prepare::prepare(&args.target, inbox.sink())?;
    prepare::may_load(&args.load, &prepared)?;
    let ending = watch::run(session(args, prepared, inbox, look)).context("watch")?;
    Ok(ended(&ending))
}

/// Says what a screen could not end, and how it ended itself.
pub(super) fn ended(ending: &Ending) -> ExitCode {
    super::say_survivors(&ending.survivors);
    match ending.signal {
        _ if ending.panicked => ExitCode::from(CANNOT),
        None | Some(nix::libc::SIGINT) => ExitCode::SUCCESS,
        Some(number) => ExitCode::from(128 + u8::try_from(number).unwrap_or(0)),
    }
}

/// How the screen is to look; what is wrong with a theme is said before anything is launched.
pub(super) fn look(asked: &cli::look::LookFlags) -> Result<Look, Refusal> {
    let directory = std::env::var_os("XDG_CONFIG_HOME")
        .filter(|path| !path.is_empty())
        .map_or_else(
            || std::env::home_dir().unwrap_or_default().join(".config"),
            PathBuf::from,
        );
    let chosen = palette::find(&asked.theme, &directory.join("forkscope/themes"))
        .map_err(|error| Refusal::new(&error, USAGE))?;
    let mut look = Look::new(chosen, Depth::of_environment());
    look.projector = asked.projector;
    // The fonts of the console have no rounded corners, and little else beyond ASCII.
    look.ascii = asked.ascii || std::env::var_os("TERM").is_some_and(|term| term == "linux");
    Ok(look)
}

fn session(args: &cli::Watch, prepared: Prepared, inbox: Inbox, look: Look) -> Session {
    let language = args.view.lang.unwrap_or_else(Language::of_environment);
    let ours = prepared.launched.is_some();
    let permission = |granted| match (args.view.read_only, granted) {
        (true, _) => Permission::ReadOnly,
        (false, true) => Permission::Granted,
        (false, false) => Permission::NotHere,
    };
    Session {
        permissions: Permissions {
            load: permission(ours || args.load.allow_load),
            orders: permission(prepared.controller.is_some()),
            signals: permission(ours || args.view.allow_signals),
        },
        mouse: !args.view.no_mouse,
        wish: wish(&args.load, &prepared.subject),
        subject: prepared.subject,
        observer: prepared.observer,
        inbox,
        launched: prepared.launched,
        controller: prepared.controller,
        following: prepared.following,
        service: prepared.service,
        words: Words::new(language),
        look,
        demo: Some(demo()),
    }
}

/// The demo server as a lesson leads to it: forking and reaping, on a port that is free, visited by the gentle stream.
pub(super) fn demo() -> Demo {
    Arc::new(|language, look| {
        let typed = ["forkscope", "watch", "--model", "fork", "--reap", "loop", "--port", "0"];
        let cli = cli::Cli::try_parse_from(typed).map_err(|error| error.to_string())?;
        let Some(Command::Watch(mut args)) = cli.command else {
            return Err("no watch screen".to_owned());
        };
        args.view.lang = Some(language);
        let inbox = Inbox::open();
        let prepared = prepare::prepare(&args.target, inbox.sink()).map_err(|refusal| refusal.to_string())?;
        Ok(session(&args, prepared, inbox, look))
    })
}

/// Which clients come by themselves: those that the flags ask for, else the gentle stream to the built-in server.
pub(super) fn wish(load: &cli::load::LoadFlags, subject: &Subject) -> Wish {
    match (load.clients, load.rate, load.hold) {
        (None, None, None) => match subject {
            Subject::BuiltIn => Wish::Gentle,
            Subject::Launched(_) | Subject::Attached(_) => Wish::None,
        },
        (None, None, Some(hold)) => Wish::Plan {
            clients: 1,
            rate: None,
            hold: Some(hold),
        },
        (None, rate, hold) => Wish::Plan {
            clients: FOREVER,
            rate,
            hold,
        },
        (Some(clients), rate, hold) => Wish::Plan { clients, rate, hold },
    }
}
