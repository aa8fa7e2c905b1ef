//! Without rights: one's own server in full, and of another user's what may be read. The rest is `null`, never 0.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use forkscope::server::config::Policy;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::served::Served;
use super::tool::Shot;

/// The binary where nobody may run it.
struct Nobody(tempfile::TempDir);

impl Nobody {
    /// `None` where we are not root, or the tool to become nobody is missing.
    fn new() -> Option<Self> {
        let has_setpriv = Command::new("setpriv").arg("--version").output().is_ok();
        if !nix::unistd::geteuid().is_root() || !has_setpriv {
            eprintln!("skipped: only root can become nobody, by setpriv");
            return None;
        }
        let place = tempfile::tempdir().unwrap();
        std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o755)).unwrap();
        // By another process: a descriptor that is open for writing here could be inherited by another test's child,
        // and then the copy could not be run.
        let copy = place.path().join("forkscope");
        let status = Command::new("cp")
            .args([Path::new(env!("CARGO_BIN_EXE_forkscope")), &copy])
            .status();
        assert!(status.unwrap().success());
        std::fs::set_permissions(&copy, PermissionsExt::from_mode(0o755)).unwrap();
        Some(Self(place))
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .arg(self.0.path().join("forkscope"))
            .args(args)
            .current_dir("/")
            .stdin(Stdio::null());
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn shot(&self, pid: i32) -> Shot {
        Shot::of(&self.run(&["snapshot", "--json", "--pid", &pid.to_string()]))
    }
}

const SOCKETS: [&str; 5] = ["established", "accepted", "outgoing", "half_closed", "listening"];

#[test]
fn nobodys_own_server_is_seen_in_full() {
    let Some(nobody) = Nobody::new() else { return };
    let serve = nobody.command(&["serve", "--port", "0", "--reap", Policy::None.name()]);
    let server = Served::spawn(serve, None);
    drop(server.clients(2));
    server.until_census(2, 0);
    let _clients = server.clients(2);
    let shot = super::served::until(|| match nobody.shot(server.pid()) {
        shot if shot
            .processes()
            .iter()
            .all(|row| row["zombie"] == true || row["blocked_in"].is_string()) =>
        {
            Ok(shot)
        }
        shot => Err(shot.0),
    });
    assert_eq!(shot.census(), (2, 2));
    for process in shot.processes() {
        assert_eq!((&process["uid"], &process["user"]), (&json!(65534), &json!("nobody")));
        assert!(SOCKETS.iter().all(|name| process[*name].is_u64()), "{process}");
    }
    assert!(
        shot.zombies()
            .iter()
            .all(|zombie| zombie["exit"] == json!({ "code": 0 }))
    );
    assert_eq!(shot.0["totals"]["connections"], 2);
    assert_eq!(shot.0["listeners"][0]["held_by"], json!([server.pid()]));
}

#[test]
fn what_may_not_be_read_is_null() {
    let Some(nobody) = Nobody::new() else { return };
    let server = Served::start(&["--reap", Policy::None.name()]);
    drop(server.clients(1));
    server.until_census(1, 0);
    let _clients = server.clients(2);
    server.signal(Signal::SIGCONT); // nobody's pictures do nothing to it
    let shot = nobody.shot(server.pid());
    assert_eq!(shot.census(), (1, 2));
    for process in shot.processes().iter().filter(|row| row["zombie"] == false) {
        for name in SOCKETS.iter().chain(&["blocked_in", "shared_with"]) {
            assert_eq!(process[*name], Value::Null, "{name} of {process}");
        }
        // Anybody may read these.
        assert_eq!((&process["uid"], &process["user"]), (&json!(0), &json!("root")));
        assert_eq!(process["sigchld"]["disposition"], "default");
        assert!(process["command"].as_str().unwrap().contains("serve"), "{process}");
        assert_ne!(process["fds"], 0, "it has some open, and how many may be hidden");
    }
    let hidden = shot.zombies()[0];
    assert_eq!(
        hidden["exit"],
        json!({ "code": null }),
        "the kernel says 0, and means nothing by it"
    );
    for name in ["connections", "unaccepted", "listening"] {
        assert_eq!(shot.0["totals"][name], Value::Null, "{name}");
    }
    assert_eq!(shot.0["listeners"], Value::Null, "it has one, and which is hidden");
    let reasons = shot.0["capture"]["reasons"].to_string();
    assert!(reasons.contains("another user"), "{reasons}");
    let text = String::from_utf8(nobody.run(&["snapshot", "--pid", &server.pid().to_string()]).stdout).unwrap();
    assert!(text.contains('–'), "{text}");
}

#[test]
fn whose_port_it_is_cannot_be_found_out() {
    let Some(nobody) = Nobody::new() else { return };
    let server = Served::start(&[]);
    let output = nobody.run(&["snapshot", "--listening", &server.address.port().to_string()]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("root") && said.contains("--pid"), "{said}");
}

#[test]
fn nobody_can_launch_and_leaves_nothing() {
    let Some(nobody) = Nobody::new() else { return };
    let args = ["snapshot", "--json", "--after", "300ms", "--", "sleep", "600"];
    let tag = super::tagged::Tag::new();
    let mut command = nobody.command(&args);
    let shot = Shot::of(&command.env(super::tagged::Tag::NAME, tag.value()).output().unwrap());
    assert_eq!(shot.processes()[0]["user"], "nobody");
    assert!(shot.0["totals"]["connections"].is_u64());
    tag.until_none();
}
