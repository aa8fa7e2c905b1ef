//! `forkscope compare` as a whole, with few clients: every model and a command of somebody's, as JSON and as a table.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that fails")]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

const TOOL: &str = env!("CARGO_BIN_EXE_forkscope");

fn compare(flags: &[&str]) -> Output {
    compare_with(Path::new("/dev/null"), flags)
}

/// With that file as the user's.
fn compare_with(settings: &Path, flags: &[&str]) -> Output {
    let output = Command::new(TOOL)
        .args(["compare", "--lang", "en"])
        .args(flags)
        .env("FORKSCOPE_CONFIG", settings)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    output
}

fn json(flags: &[&str]) -> Value {
    json_with(Path::new("/dev/null"), flags)
}

fn json_with(settings: &Path, flags: &[&str]) -> Value {
    serde_json::from_slice(&compare_with(settings, &[&["--json"], flags].concat()).stdout).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_model_serves_every_client_and_only_one_makes_them_wait() {
    let result = json(&["--clients", "8", "--service", "200ms", "--work", "io"]);
    assert_eq!(keys(&result), ["models", "scenario", "schema"]);
    let scenario = ["clients", "cpus", "scale", "service_seconds", "work"];
    assert_eq!(keys(&result["scenario"]), scenario);
    let models = result["models"].as_array().unwrap();
    let names: Vec<&str> = models.iter().map(|model| model["model"].as_str().unwrap()).collect();
    assert_eq!(names, ["iterative", "fork", "threads", "epoll", "prefork"]);
    for model in models {
        let fields = [
            "clients",
            "cpu_busy",
            "failed",
            "model",
            "peak",
            "service",
            "total_seconds",
            "wait",
            "zombies_left",
        ];
        assert_eq!(keys(model), fields);
        assert_eq!(
            keys(&model["clients"][0]),
            ["arrived", "error", "n", "service_seconds", "wait_seconds"]
        );
        assert_eq!(keys(&model["wait"]), ["first", "max", "median", "p95", "p99"]);
        assert_eq!(keys(&model["peak"]), ["processes", "pss_anon_bytes", "threads"]);
        assert_eq!(
            (&model["failed"], &model["zombies_left"]),
            (&0.into(), &0.into()),
            "{model}"
        );
        assert!(
            model["peak"]["pss_anon_bytes"].as_u64().is_some_and(|bytes| bytes > 0),
            "{model}"
        );
        for client in model["clients"].as_array().unwrap() {
            assert!(
                client["service_seconds"].as_f64().is_some_and(|time| time >= 0.2),
                "{client}"
            );
        }
    }
    // Seven others were served before: each of them for 200 ms at least.
    let longest = |at: usize| models[at]["wait"]["max"].as_f64().unwrap();
    assert!(longest(0) >= 1.4, "{}", longest(0));
    let peak = |at: usize, what: &str| models[at]["peak"][what].as_u64().unwrap();
    assert_eq!((peak(0, "processes"), peak(0, "threads")), (1, 1));
    assert!(peak(1, "processes") > 1, "a child for each");
    assert_eq!(peak(2, "processes"), 1);
    assert!(peak(2, "threads") > 1, "a thread for each");
    assert_eq!((peak(3, "processes"), peak(3, "threads")), (1, 1));
    assert_eq!(peak(4, "processes"), 9);
}

#[test]
fn a_command_stands_in_the_same_table() {
    let models = [
        "--models",
        "iterative,fork:ignore",
        "--clients",
        "4",
        "--service",
        "100ms",
    ];
    let command = [
        "--",
        TOOL,
        "serve",
        "--no-settings",
        "--model",
        "threads",
        "--port",
        "{port}",
    ];
    // What the user has set for servers of his own is not for those that are compared.
    let mut settings = tempfile::NamedTempFile::new().unwrap();
    settings.write_all(b"[server]\nservice = \"1h\"\n").unwrap();
    let result = json_with(settings.path(), &[&models[..], &command].concat());
    assert_eq!(result["scenario"]["work"], "io");
    let models = result["models"].as_array().unwrap();
    assert_eq!(models.len(), 3);
    for model in models {
        assert_eq!(model["failed"], 0, "{model}");
        // What is thrown away with each child is not known.
        let known = model["cpu_busy"].as_f64().is_some();
        assert_eq!(known, model["model"] != "fork:ignore", "{model}");
        assert!(
            model["total_seconds"].as_f64().is_some_and(|time| time >= 0.09),
            "{model}"
        );
    }
    assert!(models[2]["model"].as_str().unwrap().ends_with("--port {port}"));
    assert!(
        models[0]["wait"]["max"].as_f64().unwrap() >= 0.27,
        "{}",
        models[0]["wait"]
    );
}

#[test]
fn all_at_the_same_time() {
    let flags = [
        "--together",
        "--models",
        "epoll,threads",
        "--clients",
        "5",
        "--service",
        "100ms",
    ];
    let text = String::from_utf8(compare(&flags).stdout).unwrap();
    assert!(
        text.contains("\nepoll ") && text.contains("\nthreads ") && text.contains("together"),
        "{text}"
    );
}

/// What a model cannot hold is shown, and no crash.
#[test]
fn clients_beyond_the_limit_are_counted() {
    // Ten seconds that pass meanwhile: so long a command may take to listen.
    let mute = Command::new(TOOL)
        .args(["compare", "--clients", "2", "--", "sh", "-c"])
        .args(["echo what port?; exec sleep 600", "{port}"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let flags = [
        "--models",
        "fork,epoll",
        "--clients",
        "700",
        "--service",
        "3s",
        "--work",
        "io",
        "--scale",
        "0.5",
    ];
    let result = json(&flags);
    let failed = |at: usize| result["models"][at]["failed"].as_u64().unwrap();
    assert!(failed(0) > 0, "there are at most 512 children");
    assert_eq!(failed(1), 0);
    let mute = mute.wait_with_output().unwrap();
    let said = String::from_utf8(mute.stderr).unwrap();
    assert_eq!(mute.status.code(), Some(3), "{said}");
    assert!(mute.stdout.is_empty());
    for part in ["did not listen within 10 s", "what port?"] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

/// Who cannot come for want of something here is no failure of the server.
#[test]
fn with_few_descriptors_it_says_whose_fault_that_is() {
    let flags = "compare --plain --lang en --models epoll --clients 100 --service 100ms --work io";
    let output = Command::new("sh")
        .args(["-c", "ulimit -n 60; exec \"$0\" \"$@\"", TOOL])
        .args(flags.split(' '))
        .env("FORKSCOPE_CONFIG", "/dev/null")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    let stayed = text
        .lines()
        .find(|line| line.contains("clients could not even come") && line.contains("(ulimit -n)"));
    assert!(stayed.is_some_and(|line| line.starts_with("epoll: ")), "{text}");
    assert!(!text.contains("turned away"), "{text}");
}

/// Who takes the port between its choice and the command's listening is not measured in the command's place.
#[test]
fn a_stranger_on_the_port_is_not_measured() {
    let dir = tempfile::tempdir().unwrap();
    let told = dir.path().join("port");
    let script = "echo $1 >$0; exec sleep 600";
    let child = Command::new(TOOL)
        .args(["compare", "--clients", "2", "--", "sh", "-c", script])
        .args([told.as_os_str(), "{port}".as_ref()])
        .env("FORKSCOPE_CONFIG", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let port: u16 = written(&told, 1).trim().parse().unwrap();
    let _stranger = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(output.stdout.is_empty());
    let own = format!("by {} (", std::process::id());
    for part in [&format!("port {port} was taken"), &own] {
        assert!(said.contains(part.as_str()), "{part} in {said}");
    }
}

/// What the script of a command writes into a file, once it is as many lines.
fn written(file: &Path, lines: usize) -> String {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        assert!(Instant::now() < deadline, "the command is not run");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if text.matches('\n').count() >= lines {
            return text;
        }
        std::thread::yield_now();
    }
}

/// Whose server ends while it serves is told of that, and how it ended.
#[test]
fn a_server_that_dies_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let pids = dir.path().join("pids");
    let script = "echo $$ >>$0; exec $1 serve --no-settings --model iterative --port $2";
    let child = Command::new(TOOL)
        .args(["compare", "--plain", "--lang", "en", "--models", "epoll"])
        .args(["--clients", "3", "--service", "2s", "--", "sh", "-c", script])
        .args([pids.as_os_str(), TOOL.as_ref(), "{port}".as_ref()])
        .env("FORKSCOPE_CONFIG", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The first one was only to see whether it listens.
    let text = written(&pids, 2);
    let pid: i32 = text.lines().nth(1).unwrap().parse().unwrap();
    let deadline = Instant::now() + Duration::from_mins(1);
    let sockets = || {
        let links = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
        let links = links.filter_map(|link| std::fs::read_link(link.path()).ok());
        links
            .filter(|link| link.to_string_lossy().starts_with("socket:"))
            .count()
    };
    // The one that listens, and a client's.
    while sockets() < 2 {
        assert!(Instant::now() < deadline, "nobody is served");
        std::thread::yield_now();
    }
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    for part in [
        "the server itself ended before all were served (killed by SIGKILL)",
        "lost.",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

/// While it is only found out whether a command can be measured there are no figures to be told.
#[test]
fn ctrl_c_ends_the_rehearsal() {
    let dir = tempfile::tempdir().unwrap();
    let run = dir.path().join("run");
    let mut child = Command::new(TOOL)
        .args([
            "compare",
            "--clients",
            "2",
            "--",
            "sh",
            "-c",
            "echo $1 >$0; exec sleep 600",
        ])
        .args([run.as_os_str(), "{port}".as_ref()])
        .env("FORKSCOPE_CONFIG", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    written(&run, 1);
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(Signal::SIGINT as i32));
}

#[test]
fn ctrl_c_ends_it_with_the_figures_so_far() {
    let mut child = Command::new(TOOL)
        .args([
            "compare",
            "--json",
            "--models",
            "iterative,fork",
            "--clients",
            "50",
            "--service",
            "2s",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pid = i32::try_from(child.id()).unwrap();
    // Until its guardian has a server, and clients are there: then its threads are more than two.
    let deadline = Instant::now() + Duration::from_secs(20);
    while std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().count() < 4 {
        assert!(Instant::now() < deadline, "no clients come");
        std::thread::yield_now();
    }
    kill(Pid::from_raw(pid), Signal::SIGINT).unwrap();
    let mut said = String::new();
    child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    let result: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(result["models"][0]["clients"].as_array().unwrap().len(), 50);
    assert_eq!(result["models"][0]["zombies_left"], Value::Null);
    assert_eq!(result["models"][1]["wait"]["max"], Value::Null);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    for flags in [
        &["--models", "threads:none"][..],
        &["--models", "select"],
        &["--scale", "0"],
        &["--clients", "0"],
        &["--", "true"],
    ] {
        let output = Command::new(TOOL).arg("compare").args(flags).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        assert!(output.stdout.is_empty());
    }
    // Before anything is measured.
    for (command, code) in [("/nowhere", 127), ("/etc/passwd", 126), ("true", 3)] {
        let output = Command::new(TOOL)
            .args(["compare", "--clients", "2", "--", command, "{port}"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{output:?}");
    }
}
