//! What is opened beside the tree, on real processes: details, the commands that prove them, and the code.

use super::pty::Tool;
use super::{DOWN, ENTER, ESCAPE, THREE, say};

/// The line that begins with a label, without it.
fn said(tool: &Tool, label: &str) -> Option<String> {
    let text = tool.text();
    text.lines().find_map(|line| {
        let (_, card) = line.rsplit_once("││ ")?;
        card.strip_prefix(label)
            .map(|rest| rest.trim_end_matches('│').trim().to_owned())
    })
}

#[test]
fn a_process_is_read_closely_once_it_is_opened() {
    let mut tool = Tool::start(&THREE);
    tool.until_children(3);
    tool.keys(DOWN);
    tool.keys(ENTER);
    let blocked = say("card-blocked", &[]);
    tool.until("what the parent waits in", |tool| {
        said(tool, &blocked).is_some_and(|call| call.starts_with("accept4(fd "))
    });
    let children: Vec<i32> = tool.children().iter().map(|row| row.pid).collect();
    tool.until("its children, who sleep in the end", |tool| {
        let listed = said(tool, &say("card-children", &[])).unwrap_or_default();
        children.iter().all(|pid| listed.contains(&format!("{pid} S")))
    });
    // The card goes with the selection.
    tool.keys(DOWN);
    tool.until("what a child waits in", |tool| {
        said(tool, &blocked).is_some_and(|call| call.starts_with("read(fd "))
    });
    tool.keys("y");
    let command = format!("cat /proc/{}/syscall", children[0]);
    tool.until_text(&command);
    tool.keys(ESCAPE);
    tool.until("the lanes", |tool| !tool.text().contains(&command));
    tool.keys("q");
    tool.ends(0);
}

#[test]
fn the_code_follows_the_policy_and_names_who_waits_where() {
    let mut tool = Tool::start(&[&THREE[..], &["--reap", "poll"]].concat());
    tool.until_children(3);
    let root = tool.rows()[0].pid.to_string();
    let children: Vec<String> = tool.children().iter().map(|row| row.pid.to_string()).collect();
    tool.keys("o");
    tool.until("the parent at its line", |tool| {
        let text = tool.text();
        let mut parked = text.lines().filter(|line| line.contains("P▸"));
        parked.any(|line| line.contains("next_client()") && line.contains(&root))
    });
    tool.until("a child at its line", |tool| {
        let text = tool.text();
        let mut parked = text.lines().filter(|line| line.contains("C▸"));
        parked.any(|line| children.iter().any(|pid| line.contains(pid)))
    });
    tool.keys("r");
    tool.until_text("fork, ignore");
    tool.keys("o");
    tool.until("the tree", |tool| tool.children().len() == 3);
    tool.keys("q");
    tool.ends(0);
}
