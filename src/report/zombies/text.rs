//! Zombies for people: a paragraph for each process that must reap some. Without colours.

use super::{Advice, Age, Group, Picture};
use crate::observe::machine::{Namespace, Parent, Zombie};
use crate::report::users::Users;
use crate::timeline::process::Sigchld;
use crate::words::cells::{left, right, width};
use crate::words::{Words, names, units};

/// So many zombies of one process are listed.
const LISTED: usize = 10;

/// What stands for what is not known.
const UNKNOWN: &str = "–";

/// The picture, ending with a line end.
pub fn zombies(words: &Words, picture: &Picture, users: &mut Users) -> String {
    let mut lines = vec![format!("forkscope zombies  {:.0}", picture.taken_at)];
    let totals = [
        ("zombies", picture.zombies().to_string().into()),
        ("reapers", picture.groups.len().to_string().into()),
    ];
    lines.push(words.say_with("zombies-totals", &totals).into_owned());
    if picture.hides {
        lines.push(words.say("zombies-hidden").into_owned());
    }
    for group in &picture.groups {
        lines.push(String::new());
        lines.extend(paragraph(words, group, users));
    }
    lines.join("\n") + "\n"
}

fn paragraph(words: &Words, group: &Group, users: &mut Users) -> Vec<String> {
    let pid = group
        .reaper
        .pid
        .map_or_else(|| UNKNOWN.to_owned(), |pid| pid.to_string());
    let mut lines = match &group.reaper.process {
        Some(process) => known(words, process, &pid, users),
        None => vec![format!("{pid}  {}", words.say("zombies-parent-unseen"))],
    };
    let oldest = group.oldest().unwrap_or(Age {
        seen: std::time::Duration::ZERO,
        ended_at_most: std::time::Duration::ZERO,
    });
    let values = [
        ("count", group.reaper.zombies.len().to_string().into()),
        ("seen", units::age(oldest.seen).into()),
        ("ago", units::span(oldest.ended_at_most).into()),
    ];
    lines.push(format!("    {}", words.say_with("zombies-count", &values)));
    lines.extend(listed(words, group));
    let more = group.reaper.zombies.len().saturating_sub(LISTED);
    if more > 0 {
        let said = words.say_with("zombies-more", &[("count", more.to_string().into())]);
        lines.push(format!("      {said}"));
    }
    lines
}

fn known(words: &Words, process: &Parent, pid: &str, users: &mut Users) -> Vec<String> {
    let command = names::command(&process.names.command);
    let name = if command.is_empty() {
        format!("[{}]", names::visible(&process.names.comm))
    } else {
        command
    };
    let values = [
        ("user", users.name_or_number(process.uid).into()),
        ("ppid", process.parent.to_string().into()),
        (
            "state",
            format!("{} {}", process.state.letter(), words.state(process.state)).into(),
        ),
        ("sigchld", sigchld(words, process.sigchld).into()),
    ];
    let mut lines = vec![
        format!("{pid}  {name}"),
        format!("    {}", words.say_with("zombies-parent", &values)),
    ];
    lines.extend(place(words, process).map(|place| format!("    {place}")));
    if process.is_container_init() {
        lines.push(format!("    {}", words.say("zombies-container-init")));
    }
    let advice = Advice::of(process).map(|advice| match advice {
        Advice::Stopped => "zombies-advice-stopped",
        Advice::ContainerInit => "zombies-advice-container-init",
        Advice::Pending => "zombies-advice-pending",
    });
    lines.extend(advice.map(|advice| format!("    {}", words.say(advice))));
    lines
}

/// Its control group, and its PID namespace where that is not ours.
fn place(words: &Words, process: &Parent) -> Option<String> {
    let cgroup = process.cgroup.as_deref().filter(|cgroup| **cgroup != *b"/");
    let cgroup = cgroup.map(|cgroup| {
        let shown = names::visible(cgroup);
        words
            .say_with("zombies-cgroup", &[("cgroup", shown.into())])
            .into_owned()
    });
    let foreign = |namespace: &Namespace| !namespace.own;
    let namespace = process.namespace.filter(foreign).map(|namespace| {
        let inode = namespace
            .inode
            .map_or_else(|| UNKNOWN.to_owned(), |inode| inode.to_string());
        let pid = process.ns_pid.map_or_else(|| UNKNOWN.to_owned(), |pid| pid.to_string());
        let values = [("pid", pid.into()), ("inode", inode.into())];
        words.say_with("zombies-namespace", &values).into_owned()
    });
    let said: Vec<String> = cgroup.into_iter().chain(namespace).collect();
    (!said.is_empty()).then(|| said.join("   "))
}

fn sigchld(words: &Words, sigchld: Option<Sigchld>) -> String {
    let Some(sigchld) = sigchld else {
        return UNKNOWN.to_owned();
    };
    let mut said = vec![words.disposition(sigchld.disposition)];
    let more = [
        (sigchld.blocked, "sigchld-blocked"),
        (sigchld.pending, "sigchld-pending"),
    ];
    said.extend(
        more.into_iter()
            .filter(|(so, _)| *so)
            .map(|(_, name)| words.say(name).into_owned()),
    );
    said.join(", ")
}

/// The first zombies of a process, in columns.
fn listed(words: &Words, group: &Group) -> Vec<String> {
    let zombies = group.reaper.zombies.iter().zip(&group.ages).take(LISTED);
    let rows: Vec<[String; 4]> = zombies.map(|(zombie, age)| cells(words, zombie, *age)).collect();
    let widest = |column: usize| rows.iter().map(|row| width(&row[column])).max().unwrap_or(0);
    let widths = [widest(0), widest(1), widest(2)];
    let line = |[pid, comm, ending, age]: &[String; 4]| {
        let (pid, comm, ending) = (right(pid, widths[0]), left(comm, widths[1]), left(ending, widths[2]));
        format!("      {pid}  {comm}  {ending}  {age}")
    };
    rows.iter().map(line).collect()
}

fn cells(words: &Words, zombie: &Zombie, age: Age) -> [String; 4] {
    let values = [
        ("seen", units::age(age.seen).into()),
        ("ago", units::span(age.ended_at_most).into()),
    ];
    [
        zombie.key.pid.to_string(),
        names::visible(&zombie.comm),
        words.ending(zombie.exit),
        words.say_with("zombies-age", &values).into_owned(),
    ]
}
