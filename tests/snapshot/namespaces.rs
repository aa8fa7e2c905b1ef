//! Servers whose processes live in several namespaces: what they hold is read where they live, and a process has the
//! pid that it has here and the one that it has there. Only root can make them; elsewhere nothing is tested.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::served::until;
use super::tool::Shot;

/// The binary as a server on a free port, in namespaces of its own below a shell that lives in ours.
struct Apart(Child);

impl Apart {
    /// `None` where `unshare` with these flags is not permitted, or not there.
    fn start(flags: &str, script: &str) -> Option<Self> {
        let tried = Command::new("unshare").args(["-f", flags, "true"]).output();
        if !tried.is_ok_and(|tried| tried.status.success()) {
            eprintln!("skipped: unshare {flags} is not permitted here");
            return None;
        }
        let mut command = Command::new("sh");
        command.args(["-c", &format!("unshare -f {flags} sh -c \"$0\" & wait"), script]);
        command.env("FORKSCOPE", env!("CARGO_BIN_EXE_forkscope"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.contains("127.0.0.1:"), "{line}");
        Some(Self(child))
    }

    fn pid(&self) -> i32 {
        self.0.id().cast_signed()
    }

    /// Everybody below the shell.
    fn below(&self) -> Vec<i32> {
        let shot = Shot::take(&["--pid", &self.pid().to_string()]);
        let pid = |row: &Value| i32::try_from(row["pid"].as_i64().unwrap()).unwrap();
        shot.processes()
            .iter()
            .map(pid)
            .filter(|pid| *pid != self.pid())
            .collect()
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        for pid in self.below() {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A server in a network of its own, to which a client of its own network is connected.
const ELSEWHERE: &str = "ip link set lo up; \"$FORKSCOPE\" serve --port 18080 & sleep 600 & wait";

/// Its client: what is in the script cannot connect, so that one goes there.
fn client(server: i32) -> Child {
    let into = format!("--net=/proc/{server}/ns/net");
    let connects = "exec 3<>/dev/tcp/127.0.0.1/18080; echo hello >&3; read line <&3; echo; sleep 600";
    let mut command = Command::new("nsenter");
    command.args([into.as_str(), "bash", "-c", connects]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "\n", "it is served");
    child
}

fn serving(shot: &Shot) -> Vec<&Value> {
    let serves = |row: &&Value| row["command"].as_str().unwrap().contains("serve --port");
    shot.processes()
        .iter()
        .filter(serves)
        .filter(|row| row["comm"] == "forkscope")
        .collect()
}

#[test]
fn a_child_in_another_network_is_counted_there() {
    let Some(apart) = Apart::start("-n", ELSEWHERE) else {
        return;
    };
    let inside = apart.below();
    let mut client = client(inside[0]);
    let pid = apart.pid().to_string();
    let shot = Shot::until(&["--pid", &pid], |shot| shot.0["totals"]["connections"] == 1);
    let established: Vec<&Value> = serving(&shot).iter().map(|row| &row["established"]).collect();
    assert_eq!(established, [&json!(0), &json!(1)], "{}", shot.0);
    assert_eq!(shot.0["listeners"][0]["address"], "127.0.0.1:18080");
    assert_eq!(shot.0["capture"]["sockets"], "sock_diag", "root may enter it");

    // Who may not enter it reads the same from the files.
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set", "-sys_admin", "--"]);
    command.arg(env!("CARGO_BIN_EXE_forkscope"));
    command.args(["snapshot", "--json", "--pid", &pid]);
    let shot = until(|| match Shot::of(&command.output().unwrap()) {
        shot if shot.0["totals"]["connections"] == 1 => Ok(shot),
        shot => Err(shot.0),
    });
    assert_eq!(shot.0["capture"]["sockets"], "procfs");
    let reasons = shot.0["capture"]["reasons"].to_string();
    assert!(reasons.contains("network namespace"), "{reasons}");
    let established: Vec<&Value> = serving(&shot).iter().map(|row| &row["established"]).collect();
    assert_eq!(established, [&json!(0), &json!(1)], "{}", shot.0);
    client.kill().unwrap();
    client.wait().unwrap();
}

/// One tree, two networks: a connection here, and the same port there.
#[test]
fn each_network_of_one_tree_is_read() {
    let Some(apart) = Apart::start("-n", ELSEWHERE) else {
        return;
    };
    let mut client = client(apart.below()[0]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut here = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (_served, _) = listener.accept().unwrap();
    here.write_all(b"x").unwrap();
    // This process is the parent of both.
    let own = std::process::id().cast_signed();
    let shot = Shot::until(&["--pid", &own.to_string()], |shot| {
        shot.process(own)["established"].as_u64() >= Some(2) && serving(shot).iter().any(|row| row["established"] == 1)
    });
    assert!(shot.process(own)["listening"].as_u64() >= Some(1), "{}", shot.0);
    client.kill().unwrap();
    client.wait().unwrap();
}

#[test]
fn a_process_has_a_pid_here_and_one_in_its_namespace() {
    let script = "\"$FORKSCOPE\" serve --port 0 & sleep 600 & wait";
    let Some(apart) = Apart::start("-p", script) else {
        return;
    };
    let shot = Shot::take(&["--pid", &apart.pid().to_string()]);
    let rows = || shot.processes().iter();
    let own = shot.process(apart.pid());
    assert_eq!(own["ns_pid"], own["pid"]);
    let first = rows().find(|row| row["ns_pid"] == 1).expect("PID 1 of the namespace");
    let below: Vec<&Value> = rows().filter(|row| row["ppid"] == first["pid"]).collect();
    assert!(!below.is_empty(), "{}", shot.0);
    for row in below {
        assert_ne!(row["ns_pid"], row["pid"], "{row}");
        assert!(row["ns_pid"].as_i64() > Some(1), "{row}");
    }
}

/// What the tool itself runs in makes no difference to what it prints of a tree that it launched; but the /proc that it
/// reads must be of the same PID namespace, or the pids there are those of strangers.
#[test]
fn launched_in_a_namespace_the_pids_are_those_of_the_namespace() {
    let tried = Command::new("unshare").args(["-f", "-p", "true"]).output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        eprintln!("skipped: unshare -p is not permitted here");
        return;
    }
    let launch = |proc: &[&str]| {
        let mut command = Command::new("unshare");
        command
            .args(["-f", "-p"])
            .args(proc)
            .arg(env!("CARGO_BIN_EXE_forkscope"));
        command.args(["snapshot", "--json", "--after", "300ms", "--", "sleep", "600"]);
        command.stdin(Stdio::null()).output().unwrap()
    };
    let shot = Shot::of(&launch(&["--mount-proc"]));
    let root = &shot.processes()[0];
    assert_eq!(root["ns_pid"], root["pid"], "{root}");
    assert!(root["pid"].as_i64() < Some(100), "{root}");

    let refused = launch(&[]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{said}");
    assert!(said.contains("/proc belongs to another PID namespace"), "{said}");
    assert_eq!(refused.stdout, b"");
}
