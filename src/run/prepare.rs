//! From the flags to a target that is there: launched up to its gate and released, or attached to.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use crate::cli;
use crate::observe::live::{Live, Ready, Running};
use crate::observe::{Level, Powers, Proc, Scope, Sink, Source, Wanted};
use crate::report::json;
use crate::server::config::Service;
use crate::server::control::{self, Controller};
use crate::server::cpus::Cpus;
use crate::target::attach;
use crate::target::launch::{Spec, launch};
use crate::target::launched::{Launched, News};
use crate::timeline::process::{Key, Pid};
use crate::tui::state::subject::{Following, Subject};
use crate::words::names;

use super::{CANNOT, USAGE, own_proc, raise_limit};

/// So long the built-in server may take to listen, on a machine that has no time for it.
const LISTENS: Duration = Duration::from_secs(10);

/// And so long what it has said of its failure may take to reach us.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(1);

/// A target that is there.
pub(super) struct Prepared {
    /// What it is, in words.
    pub(super) subject: Subject,
    /// Who watches it; nothing that it does from its first instruction on is missed by it.
    pub(super) observer: Ready<Live>,
    /// What was launched or attached to.
    pub(super) roots: Vec<Key>,
    /// It was launched by us.
    pub(super) launched: Option<Launched>,
    /// How to give orders, where it is the built-in server.
    pub(super) controller: Option<Controller>,
    /// Of which model it is and how it reaps, where it is the built-in server.
    pub(super) following: Option<Following>,
    /// What each client gets of it.
    pub(super) service: Service,
}

/// Why there is no target, and the exit code that says so.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Refusal {
    message: String,
    code: u8,
}

impl Refusal {
    pub(super) fn new(message: &impl ToString, code: u8) -> Self {
        Self {
            message: message.to_string(),
            code,
        }
    }

    /// Says it on standard error.
    pub(super) fn say(&self) -> ExitCode {
        super::complain(&self.message);
        ExitCode::from(self.code)
    }
}

/// Finds or launches what the flags name; what is observed of it goes into the sink.
pub(super) fn prepare(target: &cli::target::Target, sink: Sink) -> Result<Prepared, Refusal> {
    own_proc()?;
    let nofile = raise_limit();
    let means = Means {
        sink,
        wanted: target.capture.unwrap_or_default(),
        interval: target.interval,
        powers: Powers::probe(),
        nofile,
    };
    if let Some(pid) = target.pid {
        let attached = attach::by_pid(pid).map_err(|error| Refusal::new(&error, error.exit_code()))?;
        return attach_to(attached.key, &means);
    }
    if let Some(port) = target.listening {
        let attached = attach::by_listening(port).map_err(|error| Refusal::new(&error, error.exit_code()))?;
        return attach_to(attached.key, &means);
    }
    if target.command.is_empty() {
        return built_in(target, &means);
    }
    let shown: Vec<String> = target
        .command
        .iter()
        .map(|word| names::visible(word.as_bytes()))
        .collect();
    let spec = Spec {
        argv: target.command.clone(),
        nofile: means.nofile,
        ..Spec::default()
    };
    let (launched, root, observer) = release(spec, &means, None)?;
    Ok(Prepared {
        subject: Subject::Launched(shown.join(" ")),
        observer,
        roots: vec![root],
        launched: Some(launched),
        controller: None,
        following: None,
        service: Service::Echo,
    })
}

/// What all targets are watched with.
struct Means {
    sink: Sink,
    wanted: Wanted,
    interval: Duration,
    powers: std::io::Result<Powers>,
    nofile: Option<u64>,
}

impl Means {
    /// An observer with that source, where it is as exact as was asked for.
    fn observer(&self, scope: Scope, source: Source) -> Result<Ready<Live>, Refusal> {
        if self.wanted == Wanted::Exact && source.level() != Level::Exact {
            let reasons: Vec<String> = source.reasons().iter().map(json::reason).collect();
            let text = format!("--capture exact cannot be had: {}", reasons.join("; "));
            return Err(Refusal::new(&text, CANNOT));
        }
        let live = Live::new(Proc::system(), scope, self.interval).with(source);
        Ok(Running::ready(live, self.sink.clone()))
    }
}

fn attach_to(key: Key, means: &Means) -> Result<Prepared, Refusal> {
    let scope = Scope {
        roots: vec![key],
        adopter: None,
    };
    let source = Source::of_running(&Proc::system(), &scope, &means.powers, means.wanted);
    Ok(Prepared {
        subject: Subject::Attached(key.pid),
        observer: means.observer(scope, source)?,
        roots: vec![key],
        launched: None,
        controller: None,
        following: None,
        service: Service::Echo,
    })
}

fn built_in(target: &cli::target::Target, means: &Means) -> Result<Prepared, Refusal> {
    use std::os::fd::AsRawFd;

    if let Some(contradiction) = target.server.contradiction() {
        return Err(Refusal::new(&contradiction, USAGE));
    }
    let config = target.server.config();
    let (controller, servers_end) =
        control::pair().map_err(|error| Refusal::new(&format!("make the server's control socket: {error}"), CANNOT))?;
    let mut argv: Vec<OsString> = vec!["forkscope".into()];
    argv.extend(config.arguments());
    argv.extend(["--control-fd".into(), servers_end.as_raw_fd().to_string().into()]);
    let program = Some("/proc/self/exe".into());
    let spec = Spec {
        argv,
        program,
        pass_fd: Some(servers_end),
        nofile: means.nofile,
    };
    let (mut launched, root, observer) = release(spec, means, config.cpus)?;
    listens(&mut launched)?;
    Ok(Prepared {
        subject: Subject::BuiltIn,
        observer,
        roots: vec![root],
        launched: Some(launched),
        controller: Some(controller),
        following: Some(Following::from_start(config.model, config.policy)),
        service: config.service,
    })
}

/// Waits until the built-in server listens. One that cannot is no server to be watched: why is said in its own words.
fn listens(launched: &mut Launched) -> Result<(), Refusal> {
    let said = |launched: &Launched, word: &[u8]| {
        let lines = launched.output().lines().lines;
        lines.into_iter().find(|line| line.starts_with(word))
    };
    let until = Instant::now() + LISTENS;
    while Instant::now() < until {
        if said(launched, b"listening ").is_some() {
            return Ok(());
        }
        if launched
            .news()
            .iter()
            .any(|news| matches!(news, News::Ended { .. } | News::GuardianLost))
        {
            break;
        }
        thread::sleep(LOOK);
    }
    let until = Instant::now() + LAST_WORDS;
    while Instant::now() < until {
        if let Some(line) = said(launched, b"forkscope: ") {
            let why = names::visible(&line);
            return Err(Refusal::new(&why.trim_start_matches("forkscope: "), CANNOT));
        }
        thread::sleep(LOOK);
    }
    Err(Refusal::new(
        &"the built-in server ended before it listened, and did not say why",
        CANNOT,
    ))
}

/// Keeps this thread, those that it starts from now on, and the reader of what the server writes off the CPUs that the
/// server is kept to.
fn keep_off(cpus: u32, reader: Option<Pid>) -> Result<(), Refusal> {
    let outcome = Cpus::allowed().and_then(|allowed| {
        let others = allowed.divide(cpus).1;
        reader.map_or(Ok(()), |thread| others.keep_thread(thread))?;
        others.keep()
    });
    outcome.map_err(|errno| {
        Refusal::new(
            &format!("keep off the server's CPUs: sched_setaffinity: {errno}"),
            CANNOT,
        )
    })
}

/// Launches a command, and lets it go as soon as it can be told from any other process, and its births and its own end
/// will be told. `cpus` is how many it keeps to itself.
fn release(spec: Spec, means: &Means, cpus: Option<u32>) -> Result<(Launched, Key, Ready<Live>), Refusal> {
    let refused = |error: crate::target::launch::LaunchError| Refusal::new(&error, error.exit_code());
    let gated = launch(spec).map_err(refused)?;
    let key = Proc::system()
        .key(gated.root)
        .map_err(|error| Refusal::new(&format!("read /proc/{}/stat: {error}", gated.root), CANNOT))?;
    let source = Source::of_gated(key.pid, &means.powers, means.wanted);
    let scope = Scope {
        roots: vec![key],
        adopter: Some(gated.guardian),
    };
    // It is there already, and divides for itself what we were given; the threads of the observer are not.
    cpus.map_or(Ok(()), |cpus| keep_off(cpus, gated.output().reader()))?;
    let observer = means.observer(scope, source)?;
    let launched = gated.release().map_err(refused)?;
    Ok((launched, key, observer))
}

/// The flags of the clients, checked against the target.
pub(super) fn may_load(load: &cli::load::LoadFlags, prepared: &Prepared) -> Result<(), Refusal> {
    let asked = load.clients.is_some() || load.rate.is_some() || load.hold.is_some();
    if asked && !load.allow_load && prepared.launched.is_none() {
        return Err(Refusal::new(
            &"clients may not come to a server that was attached to: add --allow-load if it is yours",
            USAGE,
        ));
    }
    Ok(())
}
