//! Servers as odd as real ones are: listeners of their own in each worker, connections that are passed on, a main
//! thread that has left, a chain of programs in another session, two thousand children.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, killpg};
use serde_json::Value;

use super::installed;
use crate::served::DEADLINE;
use crate::tool::Shot;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs/odd.py");

/// One of them, in a process group of its own.
struct Odd {
    child: Child,
    port: u16,
}

impl Odd {
    /// `None` where there is no Python.
    fn start(role: &str) -> Option<Self> {
        if !installed(&["python3"]) {
            return None;
        }
        let mut command = Command::new("python3");
        command.args([SCRIPT, role]).process_group(0).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().unwrap();
        Some(Self { child, port })
    }

    fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// A client that was served.
    fn client(&self) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.read_exact(&mut [0; 7]).unwrap();
        stream
    }

    fn shot(&self, is_so: impl Fn(&Shot) -> bool) -> Shot {
        Shot::until(&["--pid", &self.pid().to_string()], is_so)
    }
}

impl Drop for Odd {
    fn drop(&mut self) {
        let _ = killpg(nix::unistd::Pid::from_raw(self.pid()), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// A figure of every process of a picture, the root first.
fn each<'a>(shot: &'a Shot, name: &str) -> Vec<&'a Value> {
    shot.processes().iter().map(|row| &row[name]).collect()
}

#[test]
fn each_worker_has_a_listener_of_its_own() {
    let Some(odd) = Odd::start("own_listeners") else { return };
    let shot = odd.shot(|shot| shot.0["totals"]["listening"] == 3);
    assert_eq!(each(&shot, "listening"), [0, 1, 1, 1], "{}", shot.0);
    let listeners = shot.0["listeners"].as_array().unwrap();
    let address = format!("127.0.0.1:{}", odd.port);
    assert!(
        listeners
            .iter()
            .all(|one| one["address"] == address && one["held_by"].as_array().unwrap().len() == 1),
        "{}",
        shot.0
    );
    // The parent holds none of them any more.
    let found = Shot::take(&["--listening", &odd.port.to_string()]);
    assert_eq!(found.0["roots"][0]["pid"], odd.pid());
}

#[test]
fn a_connection_that_was_passed_on_is_its_new_holders() {
    let Some(odd) = Odd::start("passing") else { return };
    let _clients = [odd.client(), odd.client()];
    let shot = odd.shot(|shot| each(shot, "established") == [0, 2]);
    assert_eq!(each(&shot, "listening"), [1, 0], "{}", shot.0);
    assert_eq!(shot.0["totals"]["connections"], 2);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_main_thread_that_has_left_is_no_zombie() {
    let Some(odd) = Odd::start("left") else { return };
    let _client = odd.client();
    let shot = odd.shot(|shot| shot.processes()[0]["state"] == "Z");
    let process = shot.process(odd.pid());
    assert_eq!(process["zombie"], false);
    assert_eq!((&process["established"], &process["listening"]), (&1.into(), &1.into()));
    assert_eq!(shot.0["totals"]["zombies"], 0);
}

#[test]
fn a_chain_of_programs_in_another_session_is_one_process() {
    let Some(odd) = Odd::start("chain") else { return };
    let shot = odd.shot(|shot| shot.processes().len() == 2);
    let last = &shot.processes()[1];
    assert_eq!(last["ppid"], odd.pid());
    assert_eq!(last["comm"], "renamed");
    assert!(last["command"].as_str().unwrap().contains("chain 0:"), "{last}");
    assert_eq!(last["adopted_by"], Value::Null);
}

#[test]
fn two_thousand_children_are_all_there() {
    let Some(odd) = Odd::start("many") else { return };
    let shot = odd.shot(|shot| shot.census() == (0, 2000));
    assert_eq!(shot.0["totals"]["processes"], 2001);
    assert!(each(&shot, "established")[1..].iter().all(|count| **count == 0));
}

/// Of a program of 32 bits that does nothing but `pause()`: its head (elf(5)), the one segment that it has, and
/// `mov eax, 29; int 0x80; jmp` back. With the numbers of this processor it would be in `shmget()`.
#[cfg(target_arch = "x86_64")]
fn of_32_bits() -> Vec<u8> {
    const CODE: &[u8] = b"\xb8\x1d\0\0\0\xcd\x80\xeb\xf7";
    const BASE: u32 = 0x0804_8000;
    const HEADS: u32 = 84;
    let size = HEADS + u32::try_from(CODE.len()).unwrap();
    let mut program = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x03\0".to_vec();
    for word in [1, BASE + HEADS, 52, 0, 0] {
        program.extend(u32::to_le_bytes(word));
    }
    for half in [52, 32, 1, 0, 0, 0] {
        program.extend(u16::to_le_bytes(half));
    }
    for word in [1, 0, BASE, BASE, size, size, 5, 0x1000] {
        program.extend(u32::to_le_bytes(word));
    }
    program.extend(CODE);
    program
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_program_of_32_bits_waits_in_its_own_calls() {
    use std::os::unix::fs::PermissionsExt;

    let place = tempfile::tempdir().unwrap();
    let (written, program) = (place.path().join("written"), place.path().join("program"));
    std::fs::write(&written, of_32_bits()).unwrap();
    std::fs::set_permissions(&written, PermissionsExt::from_mode(0o755)).unwrap();
    // By another process, so that nobody has it open for writing when it is run.
    assert!(
        Command::new("cp")
            .args([&written, &program])
            .status()
            .unwrap()
            .success()
    );
    let child = match Command::new(&program).process_group(0).spawn() {
        Ok(child) => child,
        Err(error) => {
            eprintln!("skipped: this kernel runs no programs of 32 bits ({error})");
            return;
        }
    };
    let odd = Odd { child, port: 0 };
    let shot = odd.shot(|shot| each(shot, "state") == ["S"]);
    assert_eq!(each(&shot, "blocked_in"), ["pause"], "{}", shot.0);
}
