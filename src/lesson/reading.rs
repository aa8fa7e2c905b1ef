//! Asking the kernel what a lesson shows, all of it in /proc. What it does not tell is unknown, with its reason; a
//! process that is gone is gone, and no error.
//! Here is what is asked of one process; `memory` reads its variables, and `everyone` asks about all of them and about
//! the system.

use std::io;

use procfs::process::{Process, Stat, Status};

use crate::observe::syscall::{self, Width};
use crate::timeline::process::{Disposition, ExitStatus, Key, Pid, State};
use crate::words::names::visible;

use super::probe::{Adoption, Decoded, Probe, Value};
use super::stage::Stage;
use super::stage::actor::Actor;
use memory::{in_memory, page, variable};

pub(super) mod everyone;
pub(super) mod memory;

/// SIGCHLD's bit in the masks of /proc/PID/status.
const SIGCHLD: u64 = 1 << (nix::libc::SIGCHLD - 1);

/// The process, if it is still that one.
fn process(key: Key) -> Option<Process> {
    let process = Process::new(key.pid).ok()?;
    (process.stat().ok()?.starttime == key.start_ticks).then_some(process)
}

/// The letter of its state; `None` where it is gone.
pub(super) fn state(key: Key) -> Option<char> {
    Some(process(key)?.stat().ok()?.state)
}

/// Its name.
pub(super) fn name(key: Key) -> Option<String> {
    process(key)?;
    let name = std::fs::read(format!("/proc/{}/comm", key.pid)).ok()?;
    Some(visible(name.trim_ascii_end()))
}

/// The call that it is blocked in, by name or number; `None` where it is in none, or is gone.
///
/// # Errors
/// The kernel does not tell: it wants the right to trace the process for that (proc(5)).
pub(super) fn call(key: Key) -> io::Result<Option<String>> {
    let Some(_) = process(key) else { return Ok(None) };
    let line = std::fs::read_to_string(format!("/proc/{}/syscall", key.pid));
    let line = match line {
        Ok(line) => line,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
        // It is gone, or a zombie.
        Err(_) => return Ok(None),
    };
    let blocked = syscall::parse(&line, || Width::Native);
    Ok(blocked.map(|blocked| {
        let name = blocked.call.name().map(str::to_owned);
        name.unwrap_or_else(|| format!("{:?}", blocked.call))
    }))
}

/// The processor time that it has used, in clock ticks.
pub(super) fn processor(key: Key) -> Option<u64> {
    let stat = process(key)?.stat().ok()?;
    Some(stat.utime + stat.stime)
}

/// A SIGCHLD waits to be taken, and will be.
pub(super) fn is_pending(key: Key) -> bool {
    let status = process(key).and_then(|process| process.status().ok());
    status.is_some_and(|status| (status.shdpnd | status.sigpnd) & !status.sigblk & SIGCHLD != 0)
}

/// The process stands below that one.
pub(super) fn is_below(pid: Pid, above: Pid) -> bool {
    let mut pid = pid;
    // No tree is as deep as that.
    for _ in 0..1000 {
        if pid == above {
            return true;
        }
        let parent = Process::new(pid).and_then(|process| process.stat());
        match parent {
            Ok(stat) if stat.ppid > 1 => pid = stat.ppid,
            Ok(_) | Err(_) => return false,
        }
    }
    false
}

/// Its parent is another than the one that forked it.
pub(super) fn is_orphan(actor: &Actor) -> bool {
    let parent = process(actor.key)
        .and_then(|process| process.stat().ok())
        .map(|stat| stat.ppid);
    parent.is_some() && parent != actor.parent
}

/// Answers a question about a process.
pub(super) fn of(stage: &Stage, actor: &Actor, probe: &Probe) -> Value {
    // What it was called is known of one that is gone too.
    if state(actor.key).is_none() && !matches!(probe, Probe::Pid | Probe::Key) {
        return Value::Gone;
    }
    let number = |name: &str, make: fn(i32) -> Value| in_memory(actor, name, |_| variable(actor, name).map(make));
    match probe {
        Probe::Variable(name) => number(name, |value| Value::Number(value.into())),
        Probe::Errno(name) => number(name, Value::Errno),
        Probe::Status(name) => number(name, Value::Status),
        Probe::Decoded(name) => number(name, |word| Value::Decoded(Decoded::of(word))),
        Probe::Address(name) => in_memory(actor, name, |address| Ok(Value::Address(address))),
        Probe::Page(name) => in_memory(actor, name, |address| page(actor.key.pid, address)),
        Probe::Descriptor(name) => in_memory(actor, name, |_| {
            let fd = variable(actor, name)?;
            let open = std::fs::symlink_metadata(format!("/proc/{}/fd/{fd}", actor.key.pid));
            match open {
                Ok(_) => Ok(Value::Open),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Closed),
                Err(error) => Err(error),
            }
        }),
        Probe::Pid => Value::Number(actor.key.pid.into()),
        Probe::Key => Value::Key(actor.key.pid, actor.key.start_ticks),
        Probe::Children => children(actor.key.pid).map_or_else(|error| unknown(&error), Value::States),
        Probe::Zombies => children(actor.key.pid).map_or_else(|error| unknown(&error), |states| zombies(&states)),
        Probe::Adopter => adopter(stage, actor),
        // There it waits for us in a read that is none of its program's.
        Probe::Call if actor.stands() && state(actor.key) != Some('Z') => Value::Held,
        Probe::Call => match call(actor.key) {
            Ok(Some(call)) => Value::Call(call),
            Ok(None) if state(actor.key) == Some('Z') => Value::Nothing,
            Ok(None) => Value::Running,
            Err(error) => unknown(&error),
        },
        Probe::Name => name(actor.key).map_or(Value::Gone, Value::Text),
        Probe::File => match std::fs::read_link(format!("/proc/{}/exe", actor.key.pid)) {
            Ok(path) => Value::Text(visible(std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()))),
            Err(_) if state(actor.key) == Some('Z') => Value::Nothing,
            Err(error) => unknown(&error),
        },
        Probe::Descriptors => count(actor, "fd"),
        Probe::Maps => maps(actor),
        Probe::Parent => in_status(actor, |stat, _| Value::Number(stat.ppid.into())),
        Probe::InnerPid => in_status(actor, |_, status| {
            let innermost = status.nspid.as_ref().and_then(|pids| pids.last());
            innermost.map_or_else(
                || Value::Unknown("NSpid".to_owned()),
                |pid| Value::Number((*pid).into()),
            )
        }),
        Probe::State => in_status(actor, |stat, _| {
            State::from_letter(stat.state).map_or(Value::Nothing, Value::State)
        }),
        Probe::Exit => in_status(actor, exit),
        Probe::Pending => in_status(actor, |_, status| {
            Value::Number(((status.shdpnd | status.sigpnd) & SIGCHLD != 0).into())
        }),
        Probe::Sigchld => in_status(actor, |_, status| sigchld(status)),
        // The kernel leaves the line out where there is no memory.
        Probe::Memory => in_status(actor, |_, status| Value::Bytes(status.vmrss.unwrap_or(0) * 1024)),
        Probe::Processor => in_status(actor, |stat, _| {
            let ticks = procfs::ticks_per_second().max(1);
            Value::Hundredths((stat.utime + stat.stime) * 100 / ticks)
        }),
        Probe::Alive
        | Probe::Output
        | Probe::Printed(_)
        | Probe::Client
        | Probe::Init
        | Probe::PidMax
        | Probe::Ps(_) => Value::Nothing,
    }
}

fn unknown(error: &io::Error) -> Value {
    let errno = error.raw_os_error().map(nix::errno::Errno::from_raw);
    Value::Unknown(errno.map_or_else(|| error.to_string(), |errno| format!("{errno:?}")))
}

/// Its children, a state each; the kernel lists zombies too.
fn children(pid: Pid) -> io::Result<Vec<State>> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
    let pids = listed.split_whitespace().filter_map(|pid| pid.parse::<Pid>().ok());
    let states = pids.filter_map(|pid| State::from_letter(Process::new(pid).ok()?.stat().ok()?.state));
    Ok(states.collect())
}

fn zombies(states: &[State]) -> Value {
    let zombies = states.iter().filter(|state| **state == State::Zombie).count();
    Value::Number(i64::try_from(zombies).unwrap_or(i64::MAX))
}

fn adopter(stage: &Stage, actor: &Actor) -> Value {
    let Some(parent) = process(actor.key)
        .and_then(|process| process.stat().ok())
        .map(|stat| stat.ppid)
    else {
        return Value::Gone;
    };
    let comm = std::fs::read(format!("/proc/{parent}/comm")).unwrap_or_default();
    let adoption = match parent {
        parent if Some(parent) == actor.parent => Adoption::Born,
        parent if parent == stage.guardian() => Adoption::Guardian,
        1 => Adoption::Init,
        _ => Adoption::Other,
    };
    Value::Adopter(parent, visible(comm.trim_ascii_end()), adoption)
}

/// How many entries a directory of its has. A zombie has let go of all that were there.
fn count(actor: &Actor, directory: &str) -> Value {
    match std::fs::read_dir(format!("/proc/{}/{directory}", actor.key.pid)) {
        Ok(entries) => Value::Number(i64::try_from(entries.count()).unwrap_or(i64::MAX)),
        Err(_) if state(actor.key) == Some('Z') => Value::Number(0),
        Err(error) => unknown(&error),
    }
}

fn maps(actor: &Actor) -> Value {
    match std::fs::read_to_string(format!("/proc/{}/maps", actor.key.pid)) {
        Ok(maps) => Value::Number(i64::try_from(maps.lines().count()).unwrap_or(i64::MAX)),
        Err(_) if state(actor.key) == Some('Z') => Value::Number(0),
        Err(error) => unknown(&error),
    }
}

/// Something that stands in its stat or status.
fn in_status(actor: &Actor, read: impl FnOnce(&Stat, &Status) -> Value) -> Value {
    let both = process(actor.key).and_then(|process| Some((process.stat().ok()?, process.status().ok()?)));
    both.map_or(Value::Gone, |(stat, status)| read(&stat, &status))
}

/// How it ended; nothing before its end.
fn exit(stat: &Stat, _: &Status) -> Value {
    match stat.exit_code {
        _ if stat.state != 'Z' => Value::Nothing,
        Some(code) => Value::Ending(ExitStatus::from_wait(code)),
        None => Value::Unknown("exit_code".to_owned()),
    }
}

fn sigchld(status: &Status) -> Value {
    let disposition = if status.sigign & SIGCHLD != 0 {
        Disposition::Ignored
    } else if status.sigcgt & SIGCHLD != 0 {
        Disposition::Caught
    } else {
        Disposition::Default
    };
    Value::Sigchld(disposition, status.sigblk & SIGCHLD != 0)
}
