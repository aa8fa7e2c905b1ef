//! How exact the record of `forkscope events` is, beside what a parent knows of its own children: `cargo bench --bench
//! exact`.
//!
//! A parent forks children that live 1 ms: 1000 at 200 a second, with a stopwatch that logs each exit that it sees and
//! each wait; then 5000 as fast as 5000 a second. It prints, for each way of capturing, how many forks, exits and reaps
//! were told and how many of them rightly, what was said to be missing, and by how much the zombie times differ from the
//! stopwatch's. Run as root it shows the same for nobody. It asserts nothing: how many are told depends on what else
//! runs.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// An ordinary user.
const NOBODY: u32 = 65534;

/// What the parent is told: how many children, how many a second, for how many microseconds, and how it waits.
const CHURN: [&str; 4] = ["1000", "200", "1000", "wait"];
const STORM: [&str; 4] = ["5000", "5000", "1000", "loop"];

fn main() {
    let place = Place::new();
    let root = nix::unistd::geteuid().is_root();
    println!("1000 children at 200 a second, each lives 1 ms");
    println!("{}", Row::HEAD);
    for (name, capture, nobody) in [
        ("perf", None, false),
        ("connector", Some("connector"), false),
        ("nobody, perf", None, true),
        ("nobody, connector", Some("connector"), true),
        ("polling", Some("polling"), false),
    ] {
        if root || !nobody {
            place.run(name, capture, nobody, CHURN);
        }
    }
    println!("5000 children, 5000 a second");
    println!("{}", Row::HEAD);
    for (name, capture, nobody) in [
        ("perf", None, false),
        ("connector", Some("connector"), false),
        ("nobody, perf", None, true),
    ] {
        if root || !nobody {
            place.run(name, capture, nobody, STORM);
        }
    }
}

/// A directory that everybody may enter, with the programs.
struct Place {
    directory: tempfile::TempDir,
}

/// One child by its parent's word: its code, and when its exit was seen and its wait was over, in nanoseconds; zeros
/// where no stopwatch ran.
struct Truth {
    code: u64,
    exited: u64,
    reaped: u64,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let place = Self { directory };
        let open = std::fs::Permissions::from_mode(0o777);
        std::fs::set_permissions(place.directory.path(), open).expect("let everybody in");
        let own = std::env::current_exe().expect("this program");
        let built = own.parent().and_then(Path::parent).expect("where things are built");
        let profile = built.file_name().and_then(|name| name.to_str()).expect("a profile");
        let profile = if profile == "debug" { "dev" } else { profile };
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "build",
            "--quiet",
            "--locked",
            "--example",
            "children",
            "--profile",
            profile,
        ]);
        assert!(
            cargo.status().expect("run cargo").success(),
            "the program with the children"
        );
        for (name, from) in [
            ("forkscope", PathBuf::from(env!("CARGO_BIN_EXE_forkscope"))),
            ("children", built.join("examples/children")),
        ] {
            std::fs::copy(&from, place.path(name)).expect("copy a program");
        }
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Watches a parent with so many children, and prints what came of it.
    fn run(&self, name: &str, capture: Option<&str>, nobody: bool, children: [&str; 4]) {
        let truth = self.path("truth");
        // That of another user stays in the way.
        let _ = std::fs::remove_file(&truth);
        let mut command = Command::new(self.path("forkscope"));
        command.args(["events", "--json"]);
        command.args(capture.into_iter().flat_map(|level| ["--capture", level]));
        command.arg("--").arg(self.path("children")).args(children).arg(&truth);
        command.current_dir("/").stdin(Stdio::null()).stderr(Stdio::inherit());
        if nobody {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().expect("run forkscope");
        assert!(output.status.success(), "{}", output.status);
        let text = std::fs::read_to_string(&truth).expect("what the parent wrote");
        let row = Row::of(&String::from_utf8_lossy(&output.stdout), &text);
        println!("{}", row.line(name));
    }
}

/// What was told, and how much of it rightly.
#[derive(Default)]
struct Row {
    forks: u64,
    exits: u64,
    reaps: u64,
    codes: u64,
    parents: u64,
    by: u64,
    /// Zombie times of which only bounds are known, and those of them that the stopwatch's lies beyond.
    bounded: u64,
    beyond: u64,
    /// By how much the others differ.
    differences: Vec<Duration>,
    end: Value,
}

impl Row {
    const HEAD: &str = "                    forks exits reaps  codes parent    by  twice  too short  lost | zombie time: bounded \
                        beyond   median      p99      max";

    fn of(told: &str, truth: &str) -> Self {
        let mut lines = truth.lines().map_while(|line| {
            let numbers: Option<Vec<u64>> = line.split(' ').map(|number| number.parse().ok()).collect();
            numbers
        });
        let parent = lines.next().expect("the parent's pid")[0];
        let children: BTreeMap<u64, Truth> = lines
            .map(|numbers| {
                let [pid, code, exited, reaped] = numbers[..] else {
                    panic!("{numbers:?}")
                };
                (pid, Truth { code, exited, reaped })
            })
            .collect();
        let mut row = Self::default();
        let mut seen: BTreeSet<(String, u64)> = BTreeSet::new();
        for line in told.lines() {
            let event: Value = serde_json::from_str(line).expect("a line of JSON");
            let kind = event["event"].as_str().expect("its kind");
            if kind == "end" {
                row.end = event;
                break;
            }
            let child = event["pid"].as_u64().and_then(|pid| Some((pid, children.get(&pid)?)));
            if let Some((pid, child)) = child {
                // What is told twice is counted as missing elsewhere: the sums would no longer be those of the parent.
                if seen.insert((kind.to_owned(), pid)) {
                    row.take(kind, &event, child, parent);
                }
            }
        }
        row
    }

    fn take(&mut self, kind: &str, event: &Value, child: &Truth, parent: u64) {
        match kind {
            "fork" => {
                self.forks += 1;
                self.parents += u64::from(event["parent"] == parent);
            }
            "exit" => {
                self.exits += 1;
                self.codes += u64::from(event["code"] == child.code);
            }
            "reap" => {
                self.reaps += 1;
                self.by += u64::from(event["by"] == parent);
                if child.reaped > 0 {
                    self.time(event, child.reaped - child.exited);
                }
            }
            _ => {}
        }
    }

    /// Holds a zombie time against the stopwatch's, which sees the exit a little later than it is, and the end of the
    /// wait, too.
    fn time(&mut self, event: &Value, stopwatch: u64) {
        let stopwatch = Duration::from_nanos(stopwatch);
        let time = |field: &str| event[field].as_f64().map(Duration::from_secs_f64);
        if let Some(ours) = time("zombie_seconds") {
            self.differences.push(ours.abs_diff(stopwatch));
        } else if let Some(most) = time("zombie_seconds_at_most") {
            self.bounded += 1;
            self.beyond += u64::from(stopwatch > most);
        }
    }

    fn line(mut self, name: &str) -> String {
        self.differences.sort_unstable();
        // The difference that so many of a hundred stay below.
        let micros = |share: usize| match self.differences.len().checked_sub(1) {
            None => "–".to_owned(),
            Some(last) => format!("{} µs", self.differences[last * share / 100].as_micros()),
        };
        let twice = ["forks", "exits", "reaps"].map(|kind| self.end[kind].as_u64().unwrap_or(0));
        // The root exits and is reaped, too.
        let told = [self.forks, self.exits + 1, self.reaps + 1];
        let twice: u64 = twice.iter().zip(told).map(|(all, once)| all.saturating_sub(once)).sum();
        let short = self.end["capture"]["reasons"].as_array().and_then(|reasons| {
            let said = |reason: &Value| {
                reason
                    .as_str()
                    .filter(|text| text.contains("were gone before"))
                    .map(number)
            };
            reasons.iter().find_map(said)
        });
        format!(
            "{name:<19} {:>5} {:>5} {:>5}  {:>5}  {:>5} {:>5}  {twice:>5}  {:>9} {:>5} | {:>20} {:>6} {:>8} {:>8} {:>8}{}",
            self.forks,
            self.exits,
            self.reaps,
            self.codes,
            self.parents,
            self.by,
            short.unwrap_or(0),
            self.end["lost"],
            self.bounded,
            self.beyond,
            micros(50),
            micros(99),
            micros(100),
            match self.end["may_have_missed"].as_bool() {
                Some(true) => "   says that it may have missed some",
                _ => "",
            }
        )
    }
}

/// The first number of a text.
fn number(text: &str) -> u64 {
    let mut digits = text.split(|character: char| !character.is_ascii_digit());
    digits.find_map(|digits| digits.parse().ok()).unwrap_or(0)
}
