//! What stands in the memory of a lesson's process: its variables, where they stand, and whose page that is.
//!
//! Memory is read through /proc/PID/mem, and not by process_vm_readv(2): that one pins the pages that it reads, and a
//! page that is pinned is first made the process's own (FOLL_PIN and unsharing, mm/gup.c). Looking at a page that is
//! shared after fork would end its being shared.

use std::io;
use std::os::unix::fs::FileExt;

use procfs::process::Process;

use crate::lesson::probe::{Page, Value};
use crate::lesson::stage::actor::Actor;
use crate::timeline::process::Pid;

use super::{state, unknown};

/// Bit 56 of an entry of /proc/PID/pagemap: the page is mapped by this process alone; bit 63: it is in RAM
/// (Documentation/admin-guide/mm/pagemap.rst).
const EXCLUSIVE: u64 = 1 << 56;
const PRESENT: u64 = 1 << 63;

/// What a variable holds.
pub(in crate::lesson) fn variable(actor: &Actor, name: &str) -> io::Result<i32> {
    let address = actor.variables.get(name).copied();
    let address = address.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let mut bytes = [0; 4];
    let memory = std::fs::File::open(format!("/proc/{}/mem", actor.key.pid))?;
    memory.read_exact_at(&mut bytes, address)?;
    Ok(i32::from_ne_bytes(bytes))
}

/// Something about a variable: nothing where it is not declared yet, or the process has no memory any more.
pub(super) fn in_memory(actor: &Actor, name: &str, read: impl FnOnce(u64) -> io::Result<Value>) -> Value {
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
pub(super) fn page(pid: Pid, address: u64) -> io::Result<Value> {
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
