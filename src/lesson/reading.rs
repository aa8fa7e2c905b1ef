//! Asking the kernel what a lesson shows, all of it in /proc. What it does not tell is unknown, with its reason; a
//! process that is gone is gone, and no error.
//!
//! Memory is read through /proc/PID/mem, and not by process_vm_readv(2): that one pins the pages that it reads, and a
//! page that is pinned is first made the process's own (FOLL_PIN and unsharing, mm/gup.c). Looking at a page that is
//! shared after fork would end its being shared.

use std::io;
use std::os::unix::fs::FileExt;
use std::process::Command;

use procfs::process::{Process, Stat, Status};

use crate::observe::syscall;
use crate::timeline::process::{Disposition, ExitStatus, Key, Pid, State};
use crate::words::names::visible;

use super::probe::{Adoption, Decoded, Page, Probe, Value};
use super::stage::Stage;
use super::stage::actor::Actor;

/// SIGCHLD's bit in the masks of /proc/PID/status.
const SIGCHLD: u64 = 1 << (nix::libc::SIGCHLD - 1);

/// Bit 56 of an entry of /proc/PID/pagemap: the page is mapped by this process alone; bit 63: it is in RAM
/// (Documentation/admin-guide/mm/pagemap.rst).
const EXCLUSIVE: u64 = 1 << 56;
const PRESENT: u64 = 1 << 63;

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
    let blocked = syscall::parse(&line);
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

/// What a variable holds.
pub(super) fn variable(actor: &Actor, name: &str) -> io::Result<i32> {
    let address = actor.variables.get(name).copied();
    let address = address.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let mut bytes = [0; 4];
    let memory = std::fs::File::open(format!("/proc/{}/mem", actor.key.pid))?;
    memory.read_exact_at(&mut bytes, address)?;
    Ok(i32::from_ne_bytes(bytes))
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

/// Something about a variable: nothing where it is not declared yet, or the process has no memory any more.
fn in_memory(actor: &Actor, name: &str, read: impl FnOnce(u64) -> io::Result<Value>) -> Value {
    if state(actor.key) == Some('Z') {
        return Value::Nothing;
    }
    match actor.variables.get(name) {
        None => Value::Nothing,
        Some(address) => match read(*address) {
            Ok(value) => value,
            // Nothing is mapped there any more: another program is in the process.
            Err(error) if error.raw_os_error() == Some(nix::libc::EIO) => Value::Gone,
            Err(error) => unknown(&error),
        },
    }
}

/// Whether more than one process has the page: by pagemap; where that cannot be read, by the mapping's own account,
/// if it is of this page alone.
fn page(pid: Pid, address: u64) -> io::Result<Value> {
    let size = procfs::page_size();
    let entry = || -> io::Result<u64> {
        let mut bytes = [0; 8];
        let pagemap = std::fs::File::open(format!("/proc/{pid}/pagemap"))?;
        pagemap.read_exact_at(&mut bytes, address / size * 8)?;
        Ok(u64::from_ne_bytes(bytes))
    };
    match entry() {
        Ok(entry) if entry & PRESENT == 0 => Ok(Value::Unknown("–".to_owned())),
        Ok(entry) if entry & EXCLUSIVE != 0 => Ok(Value::Page(Page::Own)),
        Ok(_) => Ok(Value::Page(Page::Shared)),
        Err(error) => by_mapping(pid, address, size).ok_or(error),
    }
}

fn by_mapping(pid: Pid, address: u64, size: u64) -> Option<Value> {
    let maps = Process::new(pid).ok()?.smaps().ok()?;
    let map = maps
        .iter()
        .find(|map| (map.address.0..map.address.1).contains(&address))?;
    let kept = |name: &str| map.extension.map.get(name).copied().unwrap_or(0);
    if map.address.1 - map.address.0 != size {
        return None;
    }
    match (
        kept("Shared_Dirty") + kept("Shared_Clean"),
        kept("Private_Dirty") + kept("Private_Clean"),
    ) {
        (0, 0) => None,
        (0, _) => Some(Value::Page(Page::Own)),
        (_, _) => Some(Value::Page(Page::Shared)),
    }
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

/// Answers a question about nobody in particular.
pub(super) fn of_all(stage: &mut Stage, probe: &Probe) -> Value {
    match probe {
        Probe::Alive => {
            let states = stage.actors.values().map(|actor| state(actor.key));
            let alive = states
                .filter(|state| matches!(state, Some(letter) if *letter != 'Z'))
                .count();
            Value::Number(i64::try_from(alive).unwrap_or(i64::MAX))
        }
        Probe::Output => Value::Lines(stage.output()),
        Probe::Printed(text) => {
            let times: usize = stage
                .output()
                .iter()
                .map(|line| line.matches(text.as_str()).count())
                .sum();
            Value::Number(i64::try_from(times).unwrap_or(i64::MAX))
        }
        Probe::Client => Value::Seen(stage.seen()),
        Probe::Init => match std::fs::read("/proc/1/comm") {
            Ok(name) => Value::Text(visible(name.trim_ascii_end())),
            Err(error) => unknown(&error),
        },
        Probe::PidMax => match std::fs::read_to_string("/proc/sys/kernel/pid_max") {
            Ok(most) => most.trim().parse().map_or(Value::Nothing, Value::Number),
            Err(error) => unknown(&error),
        },
        Probe::Ps(options) => ps(stage, options),
        Probe::Variable(_)
        | Probe::Address(_)
        | Probe::Page(_)
        | Probe::Errno(_)
        | Probe::Status(_)
        | Probe::Decoded(_)
        | Probe::Descriptor(_)
        | Probe::Pid
        | Probe::Parent
        | Probe::InnerPid
        | Probe::Key
        | Probe::State
        | Probe::Exit
        | Probe::Pending
        | Probe::Sigchld
        | Probe::Descriptors
        | Probe::Memory
        | Probe::Maps
        | Probe::Name
        | Probe::File
        | Probe::Call
        | Probe::Processor
        | Probe::Children
        | Probe::Zombies
        | Probe::Adopter => Value::Nothing,
    }
}

/// Runs ps, and looks for the first process of the lesson in what it lists.
fn ps(stage: &Stage, options: &str) -> Value {
    let listed = match Command::new("ps").args([options]).output() {
        Ok(listed) => String::from_utf8_lossy(&listed.stdout).into_owned(),
        Err(error) => return unknown(&error),
    };
    let root = stage
        .actors
        .get(&super::wire::Birth::default())
        .map(|actor| actor.key.pid.to_string());
    let found = listed
        .lines()
        .any(|line| line.split_whitespace().nth(1) == root.as_deref());
    Value::Listed(found, listed.lines().count().saturating_sub(1))
}

/// All processes of the lesson that the kernel still lists, the guardian's adopted ones among them: pid, parent,
/// state.
pub(super) fn tree(stage: &Stage) -> Vec<(Pid, Pid, char)> {
    let below = |pid: Pid| -> Vec<Pid> {
        let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
        listed.split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
    };
    let mut found = Vec::new();
    let mut open: Vec<(Pid, Pid)> = below(stage.guardian())
        .into_iter()
        .map(|pid| (pid, stage.guardian()))
        .collect();
    open.reverse();
    while let Some((pid, parent)) = open.pop() {
        let Some(stat) = Process::new(pid).ok().and_then(|process| process.stat().ok()) else {
            continue;
        };
        found.push((pid, parent, stat.state));
        open.extend(below(pid).into_iter().rev().map(|child| (child, pid)));
    }
    found
}
