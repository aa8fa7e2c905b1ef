//! Every lesson as a user takes it: as text and on a pseudo-terminal, in both languages, what is shown held against the
//! kernel, and nothing left behind however it is left.

#![allow(clippy::unwrap_used, reason = "a test ends at the first thing that fails")]

#[path = "lesson/kernel.rs"]
mod kernel;
#[path = "screen/pty.rs"]
#[allow(dead_code, reason = "rows of a tree are not looked at here")]
mod pty;
#[path = "server/served.rs"]
#[allow(dead_code, reason = "only its deadline is needed")]
mod served;
#[path = "real/tagged.rs"]
#[allow(dead_code, reason = "no storm is needed here")]
mod tagged;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{FileExt as _, PermissionsExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use nix::sys::signal::Signal;

use forkscope::lesson;
use forkscope::lesson::script::Lesson;
use forkscope::words::{Language, Words};
use pty::Tool;
use tagged::Tag;

/// The lessons, and the number of the right answer at each question.
const ANSWERS: &[(&str, &[usize])] = &[
    ("process", &[2]),
    ("pid", &[2, 1, 1]),
    ("fork", &[2, 2, 2, 1]),
    ("copy", &[2, 2, 1, 1, 1, 1, 2]),
    ("tree", &[4, 3, 2]),
    ("zombie", &[2, 1, 2, 2, 2]),
    ("wait", &[2, 2, 2, 3, 1, 2]),
    ("orphan", &[3, 2, 2]),
    ("sigchld", &[1, 2, 3, 1, 2, 1, 3, 2]),
    ("server", &[1, 2, 2, 2, 2]),
];

fn forkscope() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forkscope"));
    command.stdin(Stdio::null());
    command
}

fn text(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The numbers behind the marks of the right answers.
fn answers(report: &str) -> Vec<usize> {
    let marked = report.lines().filter_map(|line| line.strip_prefix("  ✓ "));
    marked
        .map(|rest| rest.split_once(' ').unwrap().0.parse().unwrap())
        .collect()
}

#[test]
fn the_kernel_answers_every_question_in_both_languages() {
    let all: Vec<String> = lesson::all().into_iter().map(|lesson| lesson.name).collect();
    assert_eq!(all, ANSWERS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for language in ["en", "ko"] {
        for (name, expected) in ANSWERS {
            let tag = Tag::new();
            let output = forkscope()
                .args(["lesson", name, "--plain", "--lang", language])
                .env(Tag::NAME, tag.value())
                .output();
            let report = text(&output.unwrap());
            assert_eq!(answers(&report), *expected, "{name} in {language}:\n{report}");
            assert!(!report.contains("{ $"), "{report}");
            tag.until_none();
        }
    }
}

/// What the lesson says without rights; some of it is not to be had then, and is said to be so.
#[test]
fn nobody_can_take_the_lessons() {
    let has_setpriv = Command::new("setpriv").arg("--version").output().is_ok();
    if !nix::unistd::geteuid().is_root() || !has_setpriv {
        eprintln!("skipped: only root can become nobody, by setpriv");
        return;
    }
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), PermissionsExt::from_mode(0o755)).unwrap();
    let copy = place.path().join("forkscope");
    let copied = Command::new("cp")
        .args([Path::new(env!("CARGO_BIN_EXE_forkscope")), &copy])
        .status();
    assert!(copied.unwrap().success());
    for (name, expected) in ANSWERS {
        let output = Command::new("setpriv")
            .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .arg(&copy)
            .args(["lesson", name, "--plain", "--lang", "en"])
            .current_dir("/")
            .stdin(Stdio::null())
            .output();
        let report = text(&output.unwrap());
        // A PID namespace needs a user namespace then, which not every system grants.
        if *name != "pid" || report.contains("PID inside  1") {
            assert_eq!(answers(&report), *expected, "{name}:\n{report}");
        }
    }
}

#[test]
fn a_lesson_that_there_is_not_is_answered_with_those_that_there_are() {
    let output = forkscope().args(["lesson", "copies"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    for (name, _) in ANSWERS {
        assert!(said.contains(name), "{said}");
    }
    let list = text(&forkscope().args(["lesson", "--lang", "ko"]).output().unwrap());
    for (name, _) in ANSWERS {
        assert!(list.contains(&format!("  {name} ")), "{list}");
    }
}

/// A lesson that nobody reads any more ends quietly, and leaves nobody behind.
#[test]
fn a_reader_that_has_seen_enough_ends_a_lesson() {
    let tag = Tag::new();
    let (reader, writer) = std::io::pipe().unwrap();
    let mut running = forkscope()
        .args(["lesson", "server", "--plain"])
        .env(Tag::NAME, tag.value())
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    BufReader::new(reader).read_line(&mut String::new()).unwrap();
    let mut said = String::new();
    running.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((running.wait().unwrap().code(), &*said), (Some(0), ""));
    tag.until_none();
}

/// With so few descriptors no lesson can begin: one that does not fail with them has not tried to.
#[test]
fn a_lesson_without_a_reader_is_not_begun() {
    let begin = |writer: std::io::PipeWriter| {
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -n 5; exec \"$0\" lesson zombie --plain"]);
        command.arg(env!("CARGO_BIN_EXE_forkscope")).stdin(Stdio::null());
        command.stdout(writer).stderr(Stdio::piped()).output().unwrap()
    };
    let (reader, writer) = std::io::pipe().unwrap();
    let read = begin(writer);
    assert_ne!(read.status.code(), Some(0), "it began with no descriptors");
    drop(reader);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(text(&begin(writer)), "");
}

/// The pids in the titles of the boxes.
fn pid(tool: &Tool, title: &str) -> i32 {
    let text = tool.text();
    let after = text.split(title).nth(1).unwrap_or_else(|| panic!("{title}: {text}"));
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{title}: {text}"))
}

/// An int in the memory of a process.
fn int(pid: i32, address: u64) -> i32 {
    let mut bytes = [0; 4];
    let memory = std::fs::File::open(format!("/proc/{pid}/mem")).unwrap();
    memory.read_exact_at(&mut bytes, address).unwrap();
    i32::from_ne_bytes(bytes)
}

fn status(pid: i32, field: &str) -> String {
    status_of(pid, field).unwrap()
}

/// A field of a process's status; none where there is no such process.
fn status_of(pid: i32, field: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    Some(line.trim_start_matches(':').trim().to_owned())
}

#[test]
fn copy_shows_what_is_in_the_memory_of_both() {
    for (language, step, parent, child) in [
        ("en", "Step 5 of 8", "P parent ", "C child "),
        ("ko", "8단계 중 5", "P 부모 ", "C 자식 "),
    ] {
        let mut tool = Tool::start(&["lesson", "copy", "--lang", language]);
        tool.until(parent, |tool| tool.text().contains(parent));
        while !tool.text().contains(step) {
            tool.keys("n");
            let before = tool.frames();
            tool.until("a frame", |tool| tool.frames() > before);
        }
        // Before the guess, neither value is anywhere on the screen.
        let asked = tool.text();
        let hidden = asked.lines().find(|line| line.contains("gval") && line.contains('?'));
        assert!(hidden.is_some(), "{asked}");
        tool.keys("1");
        tool.until("the answer", |tool| tool.text().contains("✓ 1"));
        let (p, c) = (pid(&tool, parent), pid(&tool, child));
        assert_eq!(status(c, "PPid"), p.to_string());
        let text = tool.text();
        let line = text.lines().find(|line| line.contains("&gval")).unwrap();
        let hex = line.split("0x").nth(1).unwrap();
        let hex: String = hex.chars().take_while(char::is_ascii_hexdigit).collect();
        let gval = u64::from_str_radix(&hex, 16).unwrap();
        assert_eq!((int(p, gval), int(c, gval)), (11, 12));
        let values = text.lines().find(|line| line.contains("│ gval ")).unwrap();
        let values: Vec<i32> = values.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        assert_eq!(values, [11, 12], "{text}");
        tool.keys("q");
        tool.ends(0);
    }
}

#[test]
fn a_zombie_on_the_screen_is_one_in_the_kernel() {
    let mut tool = Tool::start_with((80, 24), &["lesson", "zombie", "--lang", "en"], &[]);
    tool.until_text("Step 1 of 6");
    tool.until_text("C child ");
    let child = pid(&tool, "C child ");
    assert!(status(child, "State").starts_with('S'));
    tool.keys("n");
    tool.until_text("Step 2 of 6");
    assert!(status(child, "State").starts_with('S'), "it ended before the guess");
    tool.keys("2");
    tool.until_text("✓ 2");
    assert!(status(child, "State").starts_with('Z'));
    assert!(tool.text().contains("Z ZOMBIE"), "{}", tool.text());
    // Back is once more from the start, with others.
    tool.keys("p");
    tool.until_text("run 2");
    let other = pid(&tool, "C child ");
    assert_ne!(other, child);
    assert!(!Path::new(&format!("/proc/{child}")).exists());
    // The live tree has both, and what is typed there does not answer.
    tool.keys("\t");
    tool.until("the tree", |tool| tool.rows().iter().any(|row| row.pid == other));
    tool.keys("q");
    tool.until_text("Step 1 of 6");
    tool.keys("q");
    tool.ends(0);
}

/// Waits until a step is there, and its question, if it has one.
fn until_step(tool: &mut Tool, words: &Words, lesson: &Lesson, index: usize) {
    let place = [
        ("step", (index + 1).to_string().into()),
        ("steps", lesson.steps.len().to_string().into()),
    ];
    tool.until_text(&format!("╭ {} ─", words.say_with("lesson-step", &place)));
    if lesson.steps[index].ask.is_some() {
        tool.until_text(&words.say("lesson-asked"));
    }
}

/// Through a lesson by its keys, with every right answer; how many steps were held against the kernel.
fn take(name: &str, answers: &[usize], language: Language, size: (u16, u16)) -> usize {
    let words = Words::new(language);
    let mut tool = Tool::start_with(size, &["lesson", name, "--lang", language.name()], &[]);
    let lesson = lesson::named(name).unwrap();
    let mut answers = answers.iter();
    let mut agreed = 0;
    for (index, step) in lesson.steps.iter().enumerate() {
        until_step(&mut tool, &words, &lesson, index);
        if step.ask.is_some() {
            let answer = answers.next().unwrap();
            tool.keys(&answer.to_string());
            tool.until_text(&words.say("lesson-said"));
            tool.until_text(&format!("✓ {answer}"));
        }
        agreed += usize::from(kernel::agrees(&tool, name, &step.id));
        tool.keys("n");
    }
    tool.until_text(&words.say("lesson-end"));
    assert_eq!(answers.len(), 0);
    if lesson.watch {
        watch_from(&mut tool, &words);
    }
    tool.keys("q");
    tool.ends(0);
    agreed
}

/// From the last page of the lesson about servers to the demo server, and back.
fn watch_from(tool: &mut Tool, words: &Words) {
    let serving = |tool: &Tool| {
        let processes = tool.tag().processes();
        let mut servers = processes.into_iter().filter(|pid| {
            let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            command.split(|byte| *byte == 0).nth(1) == Some(b"serve")
        });
        servers.next()
    };
    tool.keys("\r");
    // The server, and a child for a client: it comes by itself.
    tool.until("the watch screen", |tool| {
        serving(tool).is_some_and(|pid| tool.rows().iter().any(|row| row.pid == pid))
    });
    tool.until("a client", |tool| {
        let rows = tool.rows();
        let parents = rows
            .iter()
            .filter_map(|row| Some((row.pid, status_of(row.pid, "PPid")?)));
        parents
            .into_iter()
            .any(|(_, parent)| rows.iter().any(|row| row.pid.to_string() == parent))
    });
    tool.keys("q");
    tool.until_text(&words.say("lesson-end"));
    tool.until("the end of the server", |tool| serving(tool).is_none());
}

/// The languages side by side, one of them at the smallest size that holds every lesson.
#[test]
fn every_lesson_can_be_taken_by_its_keys_and_agrees_with_the_kernel() {
    std::thread::scope(|scope| {
        for (language, size) in [(Language::English, (80, 24)), (Language::Korean, (120, 36))] {
            scope.spawn(move || {
                for (name, answers) in ANSWERS {
                    let agreed = take(name, answers, language, size);
                    // What is in the memory of both is another test's.
                    assert!(
                        agreed > 0 || *name == "copy",
                        "nothing of {name} was held against the kernel"
                    );
                }
            });
        }
    });
}

#[test]
fn a_terminal_that_cannot_move_its_cursor_is_refused() {
    let mut tool = Tool::start_with((80, 24), &["lesson", "copy"], &[("TERM", "dumb")]);
    assert_eq!(tool.wait(), 2);
    assert!(tool.text().contains("--plain"), "{}", tool.text());
}

/// How a lesson is left.
#[derive(Debug, Clone, Copy)]
enum Way {
    Key(&'static str),
    Sent(Signal),
    /// The terminal is closed, as a window is.
    Closed,
}

/// Each lesson where most can go wrong, how many of its processes are there then, and a way to leave it.
const LEFT: &[(&str, &str, usize, Way)] = &[
    // Three programs that never wait, and of which none knows of us.
    ("process", "three", 4, Way::Sent(Signal::SIGKILL)),
    // The first of a PID namespace, which ignores what is not sent to end it for good.
    ("pid", "again", 3, Way::Sent(Signal::SIGTERM)),
    // Another program.
    ("fork", "exec", 2, Way::Closed),
    ("copy", "parent", 2, Way::Key("\x03")),
    ("tree", "loop", 8, Way::Sent(Signal::SIGKILL)),
    // A zombie that nobody waits for.
    ("zombie", "kill", 1, Way::Key("q")),
    // A child that is stopped.
    ("wait", "stopped", 2, Way::Sent(Signal::SIGHUP)),
    // A process that is not below its first any more.
    ("orphan", "both", 2, Way::Sent(Signal::SIGKILL)),
    // A stopped parent of twenty zombies.
    ("sigchld", "once", 1, Way::Closed),
    // A connection that is never closed.
    ("server", "leak", 1, Way::Sent(Signal::SIGINT)),
];

/// Whatever ends forkscope, and wherever the lesson is.
#[test]
fn leaving_in_the_middle_leaves_nothing() {
    let words = Words::new(Language::English);
    assert_eq!(LEFT.len(), ANSWERS.len());
    for (name, at, count, way) in LEFT {
        let mut tool = Tool::start_with((80, 24), &["lesson", name, "--lang", "en"], &[]);
        let lesson = lesson::named(name).unwrap();
        for (index, step) in lesson.steps.iter().enumerate() {
            until_step(&mut tool, &words, &lesson, index);
            // Where the processes are before the guess, which is when a parent is stopped, and after it.
            let last = step.id == *at;
            if step.ask.is_some() && !(last && *name == "sigchld") {
                tool.keys("s");
                tool.until_text(&words.say("lesson-said"));
            }
            if last {
                break;
            }
            tool.keys("n");
        }
        // Besides the tool and its guardian; a zombie has no environment to be told by.
        tool.until("its processes", |tool| tool.tag().processes().len() >= count + 2);
        let code = match way {
            Way::Key(key) => {
                tool.keys(key);
                0
            }
            Way::Sent(signal) => {
                tool.signal(*signal);
                if *signal == Signal::SIGINT {
                    0
                } else {
                    128 + *signal as i32
                }
            }
            Way::Closed => {
                tool.close();
                128 + Signal::SIGHUP as i32
            }
        };
        // By then nothing that it started is left.
        assert_eq!(tool.wait(), code, "{name} left by {way:?}");
    }
}

/// While a step is being played, which takes for ever here, as its process is stopped.
#[test]
fn keys_that_are_no_step_act_while_one_is_played() {
    for leave in ["q", "\x1b", "\x03"] {
        let mut tool = Tool::start_with((80, 24), &["lesson", "copy", "--lang", "en"], &[]);
        tool.until_text("Step 1 of 8");
        tool.until("its box", |tool| tool.text().contains("P parent "));
        let pid = nix::unistd::Pid::from_raw(pid(&tool, "P parent "));
        nix::sys::signal::kill(pid, Signal::SIGSTOP).unwrap();
        tool.keys("n\t");
        tool.until_text("the lesson's processes, live");
        tool.until("its row", |tool| tool.rows().iter().any(|row| row.pid == pid.as_raw()));
        tool.keys("\t?");
        tool.until_text("any key closes");
        tool.resize(70, 20);
        tool.until("the keys anew", |tool| {
            let (rows, columns) = tool.screen().size();
            (rows.get(), columns.get()) == (20, 70) && tool.text().contains("any key closes")
        });
        tool.keys("P");
        tool.until("no keys", |tool| !tool.text().contains("any key closes"));
        assert!(tool.text().contains("Step 1 of 8"), "{}", tool.text());
        tool.keys(leave);
        tool.ends(0);
    }
}

/// What is typed while a step is being played is done in its order, and answers nothing that was not asked.
#[test]
fn keys_wait_for_the_step_that_they_were_typed_in() {
    let mut tool = Tool::start_with((80, 24), &["lesson", "process", "--lang", "en"], &[]);
    tool.until_text("Step 1 of 6");
    // The third step asks: neither the digit nor what leads on is an answer.
    tool.keys("nn1snnnn");
    tool.until_text("Step 3 of 6");
    tool.until_text("predict");
    tool.keys("2");
    tool.until_text("✓ 2");
    // The guess was the first thing that this question heard.
    tool.until_text("1 of 1 right");
    assert!(tool.text().contains("Step 3 of 6"), "{}", tool.text());
    tool.keys("q");
    tool.ends(0);
}

/// A view that the notes name for what no lesson shows.
#[derive(serde::Deserialize)]
struct Statement {
    said: String,
    view: Option<String>,
}

#[derive(serde::Deserialize)]
struct Notes {
    statement: Vec<Statement>,
}

#[test]
fn every_view_that_the_notes_name_is_a_subcommand() {
    let notes: Notes = toml::from_str(include_str!("../assets/lessons/notes.toml")).unwrap();
    let mut seen = BTreeMap::new();
    for Statement { said, view } in notes.statement {
        let Some(view) = view else { continue };
        let shows = *seen.entry(view.clone()).or_insert_with(|| {
            let help = forkscope().args([&view, "--help"]).output().unwrap();
            help.status.code() == Some(0) && !help.stdout.is_empty()
        });
        assert!(shows, "no subcommand {view} shows: {said}");
    }
    assert_eq!(seen.into_keys().collect::<Vec<_>>(), ["compare", "watch"]);
}

/// From the watch screen and back: what is watched goes on meanwhile.
#[test]
fn the_lessons_open_over_the_watch_screen() {
    let mut tool = Tool::start_with(
        (80, 24),
        &["--port", "0", "--clients", "3", "--hold", "1h", "--lang", "en"],
        &[],
    );
    tool.until_children(3);
    tool.keys("L");
    tool.until_text("zombie");
    tool.keys("\x1b[B\x1b[B\r");
    tool.until_text("Step 1 of 5");
    tool.until("its box", |tool| tool.text().contains("P parent "));
    let pid = pid(&tool, "P parent ");
    tool.keys("q");
    tool.until_text("enter begin");
    tool.keys("q");
    tool.until_children(3);
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    tool.keys("q");
    tool.ends(0);
}
