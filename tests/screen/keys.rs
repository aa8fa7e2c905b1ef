//! What the keys do to the demo server, its clients and the picture.

use super::pty::Tool;
use super::{DOWN, END, ENTER, ESCAPE, HOME, LEFT, RIGHT, THREE, UP, say};

impl Tool {
    /// The server reaps that way, as the header has it.
    fn reaps(&self, policy: &str) -> bool {
        self.header().contains(&say("header-reap", &[("policy", policy)]))
    }

    /// Steps through the policies up to that one, each once the one before is acknowledged.
    fn step_to(&mut self, policy: &str) {
        let all = forkscope::server::config::Policy::ALL;
        let mut at = all.iter().position(|now| self.reaps(now.name())).unwrap();
        while all[at].name() != policy {
            at = (at + 1) % all.len();
            self.keys("r");
            self.until(all[at].name(), |tool| tool.reaps(all[at].name()));
        }
    }

    /// Selects the first child.
    pub(crate) fn select_child(&mut self) -> i32 {
        self.keys(DOWN);
        self.keys(DOWN);
        let selected = |tool: &Tool| tool.children().into_iter().find(|row| row.selected);
        self.until("a selected child", |tool| selected(tool).is_some());
        selected(self).unwrap().pid
    }
}

/// The seconds in `Z ZOMBIE    1.2 s`.
fn age(said: &str) -> f64 {
    let words: Vec<&str> = said.split_whitespace().collect();
    words[2].parse().unwrap()
}

#[test]
fn it_starts_with_a_tree_in_which_children_come() {
    let mut tool = Tool::start(&["--port", "0"]);
    tool.until("a child", |tool| !tool.children().is_empty());
    assert!(tool.header().contains("forkscope") && tool.screen().alternate_screen());
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn zombies_pile_up_age_and_are_gone() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.step_to("none");
    tool.keys("X");
    let zombie = format!("Z {}", say("state-zombie", &[]));
    let zombies = |tool: &Tool| {
        let rows = tool.children().into_iter();
        rows.filter(|row| row.said.starts_with(&zombie)).collect::<Vec<_>>()
    };
    tool.until("three zombies", |tool| zombies(tool).len() == 3);
    let first = zombies(&tool).into_iter().map(|row| (row.pid, age(&row.said)));
    let first: Vec<(i32, f64)> = first.collect();
    tool.until("older zombies", |tool| {
        let now = zombies(tool);
        let pairs = now.iter().zip(&first);
        now.len() == 3
            && pairs
                .into_iter()
                .all(|(row, (pid, before))| row.pid == *pid && age(&row.said) > *before)
    });
    tool.step_to("loop");
    tool.until("no zombie", |tool| {
        zombies(tool).is_empty() && tool.children().is_empty()
    });
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn clients_come_and_are_hung_up() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys("c");
    tool.until_children(4);
    tool.keys("C");
    tool.until_children(14);
    let pid = tool.select_child();
    tool.keys("x");
    tool.until("one gone", |tool| {
        tool.children().len() == 13 && tool.children().iter().all(|row| row.pid != pid)
    });
    tool.keys("X");
    tool.until_children(0);
    tool.keys("x");
    tool.until("a refusal", |tool| {
        let [none, other] = ["told-no-client", "told-select-first"].map(|name| say(name, &[]));
        tool.text().contains(&none) || tool.text().contains(&other)
    });
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn the_gentle_stream_is_stopped_and_started() {
    let mut tool = Tool::start(&["--port", "0"]);
    tool.until("a child", |tool| !tool.children().is_empty());
    tool.keys("a");
    tool.until_text(&say("told-stream-off", &[]));
    tool.keys("X");
    tool.until_children(0);
    tool.keys("a");
    tool.until_text(&say("told-stream-on", &[]));
    tool.until("a child again", |tool| !tool.children().is_empty());
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_way_of_reaping_is_chosen_from_all() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys("R");
    tool.until_text(&say("title-policies", &[]));
    tool.keys(ESCAPE);
    tool.until("closed", |tool| !tool.text().contains(&say("title-policies", &[])));
    assert!(tool.reaps("loop"));
    tool.keys("R");
    tool.until_text(&say("title-policies", &[]));
    tool.keys(UP);
    tool.keys(ENTER);
    tool.until("double-fork", |tool| tool.reaps("double-fork"));
    tool.keys("c");
    // It came to the guardian, and hangs under nobody here.
    tool.until("an orphan", |tool| {
        let rows = tool.rows();
        rows.iter().filter(|row| !row.child && row.is_there()).count() == 2
    });
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_signal_is_sent_only_once_it_was_agreed_to() {
    let mut tool = Tool::start(&[&THREE[..], &["--reap", "none"]].concat());
    tool.until_children(3);
    tool.keys("k");
    tool.until_text(&say("told-select-first", &[]));
    tool.until_read();
    let pid = tool.select_child();
    let name = pid.to_string();
    let question = say("confirm-signal", &[("signal", "SIGKILL"), ("pid", &name)]);
    for answer in ["n", ESCAPE] {
        tool.keys("k");
        tool.until_text(&say("title-signals", &[("pid", &name)]));
        tool.keys(UP);
        tool.keys(ENTER);
        tool.until_text(&question);
        // Only y agrees.
        tool.keys(ENTER);
        tool.keys("ㅛ");
        tool.keys(answer);
        tool.until("no question", |tool| !tool.text().contains(&question));
        assert!(
            tool.text().contains(&say("told-not-sent", &[("signal", "SIGKILL")])),
            "{}",
            tool.text()
        );
    }
    assert!(
        std::path::Path::new(&format!("/proc/{pid}/fd/0")).exists(),
        "it was killed all the same"
    );
    tool.keys("k");
    tool.until_text(&say("title-signals", &[("pid", &name)]));
    tool.keys(UP);
    tool.keys(ENTER);
    tool.until_text(&question);
    tool.keys("y");
    tool.until("a zombie", |tool| {
        let rows = tool.children().into_iter();
        let mut killed = rows.filter(|row| row.said.contains(&say("exit-signal", &[("signal", "SIGKILL")])));
        killed.any(|row| row.pid == pid && row.said.starts_with('Z'))
    });
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn the_picture_stands_still_and_is_stepped_through() {
    let paused = |tool: &Tool| {
        tool.header()
            .contains(say("header-paused", &[]).split('{').next().unwrap().trim())
    };
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys(" ");
    tool.until("the pause", paused);
    tool.keys("c");
    tool.keys(HOME);
    tool.until("the first moment", |tool| tool.children().is_empty());
    assert!(paused(&tool));
    let mut seen = 0;
    for _ in 0..200 {
        tool.keys(RIGHT);
        tool.look(std::time::Duration::from_millis(20));
        seen = seen.max(tool.children().len());
        if seen == 3 {
            break;
        }
    }
    tool.until("three again", |tool| tool.children().len() >= 3);
    tool.keys(LEFT);
    tool.until("still paused", paused);
    // What came meanwhile was not missed.
    tool.keys(END);
    tool.until("now", |tool| tool.children().len() == 4 && !paused(tool));
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn output_is_shown_when_asked_for_and_never_else() {
    let mut tool = Tool::start(&[
        "--",
        "sh",
        "-c",
        "echo to stdout; echo to stderr >&2; printf 'a\\033[2Jb'; exec sleep 600",
    ]);
    tool.until("the target", |tool| tool.rows().len() == 1);
    tool.until("frames", |tool| tool.frames() > 5);
    // The command line is shown, so the words themselves are no proof: their lines are.
    let lines = |tool: &Tool| tool.text().lines().filter(|line| line.contains("│ to std")).count();
    assert_eq!(lines(&tool), 0, "{}", tool.text());
    tool.keys("O");
    tool.until_text(&say("title-output", &[]));
    tool.until("both lines", |tool| tool.text().contains("a\\x1b[2Jb"));
    tool.keys(ESCAPE);
    tool.until("closed", |tool| !tool.text().contains(&say("title-output", &[])));
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn help_lists_the_keys_and_any_key_closes_it() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys("?");
    tool.until_text(&say("key-hang-up-all", &[]));
    tool.keys("c");
    tool.until("closed", |tool| !tool.text().contains(&say("key-hang-up-all", &[])));
    tool.until_children(3);
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn a_keyboard_in_hangul_mode_works_as_well() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys("ㅊ");
    tool.until_children(4);
    // A syllable that an input method has composed of c and h.
    tool.keys("초");
    tool.until_children(5);
    tool.keys("ㅂ");
    tool.ends(0);
}
