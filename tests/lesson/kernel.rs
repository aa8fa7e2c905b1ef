//! What a lesson shows at a step, held against the kernel by looks at /proc of its own.

use std::collections::BTreeSet;

use super::pty::Tool;

/// The cells between the borders of a screen, each without its blanks.
fn cells(tool: &Tool) -> Vec<String> {
    let text = tool.text();
    let cells = text.lines().flat_map(|line| line.split('│'));
    cells.map(|cell| cell.trim().to_owned()).collect()
}

/// The values in the rows of that name, box by box.
fn values(tool: &Tool, name: &str) -> Vec<String> {
    let cells = cells(tool);
    let rows = cells
        .iter()
        .filter_map(|cell| cell.strip_prefix(name)?.strip_prefix(' '));
    // A line of the listing can begin with the name too, and so do the keys below: `n next   p back`.
    let values = rows.map(|value| value.trim().to_owned());
    let is_value = |value: &String| !value.starts_with('=') && !value.contains("   ");
    values.filter(is_value).collect()
}

/// The pid in the title of a role's box.
fn pid(tool: &Tool, role: &str) -> i32 {
    let text = tool.text();
    let title = text.split(&format!("╭ {role} ")).nth(1);
    let title = title.unwrap_or_else(|| panic!("no box of {role}\n{text}"));
    let digits = title.chars().skip_while(|c| !c.is_ascii_digit());
    let digits: String = digits.take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("{role}\n{text}"))
}

/// A field of /proc/PID/status; none where there is no such process.
fn field(pid: i32, name: &str) -> Option<String> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    Some(line.trim().to_owned())
}

fn state(pid: i32) -> Option<char> {
    field(pid, "State")?.chars().next()
}

fn parent(pid: i32) -> Option<i32> {
    field(pid, "PPid")?.parse().ok()
}

fn name(pid: i32) -> Option<String> {
    field(pid, "Name")
}

fn children(pid: i32) -> Vec<i32> {
    let listed = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    listed.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

fn zombies(pid: i32) -> usize {
    children(pid).into_iter().filter(|pid| state(*pid) == Some('Z')).count()
}

/// It and all below it.
fn family(pid: i32) -> usize {
    1 + children(pid).into_iter().map(family).sum::<usize>()
}

/// The status word that the kernel keeps of a zombie: field 52 of its stat.
fn word(pid: i32) -> i32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // What follows the name begins with field 3.
    let after = stat.rsplit_once(") ").unwrap().1;
    after.split(' ').nth(52 - 3).unwrap().trim().parse().unwrap()
}

/// The sockets that it holds.
fn sockets(pid: i32) -> BTreeSet<String> {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let links = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    let names = links.map(|link| link.to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("socket:")).collect()
}

/// SIGCHLD waits to be taken.
fn is_pending(pid: i32) -> bool {
    ["ShdPnd", "SigPnd"].iter().any(|mask| {
        let mask = u64::from_str_radix(&field(pid, mask).unwrap(), 16).unwrap();
        mask & (1 << (nix::libc::SIGCHLD - 1)) != 0
    })
}

/// Holds a step, as it is shown after the guess, against the kernel; false where nothing is known of it here.
#[expect(clippy::too_many_lines, reason = "a table, an arm for each step")]
pub(crate) fn agrees(tool: &Tool, lesson: &str, step: &str) -> bool {
    let pid = |role| pid(tool, role);
    let values = |name| values(tool, name);
    let text = tool.text();
    match (lesson, step) {
        ("process", "twice") => {
            let (starter, a, b) = (pid("S"), pid("A"), pid("B"));
            assert_eq!(children(starter), [a, b], "{text}");
            assert_eq!((name(a), name(b)), (Some("hello".to_owned()), Some("hello".to_owned())));
        }
        ("process", "three") => {
            let names: Vec<_> = children(pid("S")).into_iter().map(|pid| name(pid).unwrap()).collect();
            assert_eq!(names.last().map(String::as_str), Some("yes"), "{names:?}");
            assert_eq!(names.len(), 3);
        }
        ("pid", "given") => {
            let given = children(pid("P")).into_iter();
            let said = ["a", "b", "c"].into_iter().flat_map(values);
            assert_eq!(
                said.collect::<Vec<_>>(),
                given.map(|pid| pid.to_string()).collect::<Vec<_>>()
            );
        }
        ("pid", "inside") => {
            let inside = field(pid("A"), "NSpid").unwrap();
            assert_eq!(inside.split_whitespace().last(), Some("1"), "{text}");
            assert_eq!(values("me"), ["1"], "{text}");
        }
        ("fork", "returned") => {
            let (parent, child) = (pid("P"), pid("C"));
            assert_eq!(children(parent), [child], "{text}");
            assert_eq!(values("pid"), [child.to_string(), "0".to_owned()], "{text}");
        }
        ("fork", "refused") => {
            let parent = pid("P");
            assert_eq!(children(parent).len(), 0, "{text}");
            assert!(
                !field(parent, "Uid").unwrap().starts_with("0\t"),
                "root has no such limit"
            );
            let limits = std::fs::read_to_string(format!("/proc/{parent}/limits")).unwrap();
            let limit = limits
                .lines()
                .find_map(|line| line.strip_prefix("Max processes"))
                .unwrap();
            assert_eq!(limit.split_whitespace().next(), Some("0"));
            assert!(values("pid").contains(&"-1".to_owned()), "{text}");
            assert!(text.contains("EAGAIN (11)"), "{text}");
        }
        ("fork", "exec") => {
            assert_eq!(name(pid("C")).as_deref(), Some("sleep"), "{text}");
            assert_eq!(parent(pid("C")), Some(pid("P")));
        }
        ("tree", "guess" | "loop" | "leave") => {
            let root = text
                .lines()
                .find_map(|line| line.split("│ ").find(|cell| cell.contains(" P  ")));
            let root: i32 = root.unwrap().split(' ').find_map(|word| word.parse().ok()).unwrap();
            let expected = if step == "leave" { 4 } else { 8 };
            assert_eq!(family(root), expected, "{text}");
        }
        ("zombie", "exit" | "status" | "kill") => {
            let child = pid("C");
            assert_eq!(state(child), Some('Z'), "{text}");
            assert_eq!(word(child), 7 << 8);
            assert_eq!(field(child, "VmRSS"), None);
            assert_eq!(zombies(pid("P")), 1);
            // The first of them shows that it is there, and no more.
            let exit = format!("exit {}", word(child) >> 8);
            let code = format!("종료 {}", word(child) >> 8);
            assert!(step == "exit" || text.contains(&exit) || text.contains(&code), "{text}");
        }
        ("zombie", "orphaned") => assert_eq!((state(pid("P")), state(pid("C"))), (None, None), "{text}"),
        ("wait", "exited") => {
            assert_eq!(values("n"), [pid("A").to_string()], "{text}");
            assert_eq!(values("status"), [format!("{:#06x}", 3 << 8)], "{text}");
            assert_eq!(children(pid("P")), [pid("B")]);
        }
        ("wait", "stopped") => {
            assert_eq!(values("n"), [pid("B").to_string()], "{text}");
            assert_eq!(
                values("status"),
                [format!("{:#06x}", nix::libc::SIGSTOP << 8 | 0x7f)],
                "{text}"
            );
            assert_eq!(state(pid("B")), Some('T'));
        }
        ("wait", "killed") => {
            assert_eq!(values("n"), [pid("B").to_string()], "{text}");
            assert_eq!(values("status"), [format!("{:#06x}", nix::libc::SIGKILL)], "{text}");
            assert_eq!(children(pid("P")).len(), 0);
        }
        ("orphan", "leaves") => {
            let adopter = parent(pid("G")).unwrap();
            assert_ne!(adopter, pid("M"));
            assert!(
                cells(tool).iter().any(|cell| cell.contains(&adopter.to_string())),
                "{adopter}\n{text}"
            );
            assert_eq!(name(adopter).as_deref(), Some("forkscope"));
            assert_eq!(state(pid("M")), Some('Z'));
        }
        ("orphan", "ends") => {
            assert_eq!(state(pid("G")), None, "{text}");
            assert_eq!(zombies(pid("P")), 1);
        }
        ("sigchld", "bit") => {
            assert_eq!(zombies(pid("P")), 20, "{text}");
            assert!(is_pending(pid("P")));
        }
        ("sigchld", "once" | "loop") => {
            let left = zombies(pid("P"));
            assert_eq!(left, if step == "once" { 19 } else { 0 }, "{text}");
            assert_eq!(values("reaped"), [(20 - left).to_string()], "{text}");
            assert!(!is_pending(pid("P")));
        }
        ("sigchld", "ignore" | "nocldwait") => assert_eq!(children(pid("P")).len(), 0, "{text}"),
        ("sigchld", "eintr" | "restart") => {
            assert_eq!(zombies(pid("P")), 1, "{text}");
            assert!(
                text.contains(if step == "eintr" { "EINTR (4)" } else { "accept4" }),
                "{text}"
            );
        }
        ("server", "forked") => {
            let (parent, child) = (sockets(pid("P")), sockets(pid("C")));
            assert!(parent.intersection(&child).count() >= 2, "{parent:?} {child:?}");
        }
        ("server", "closed") => {
            let (parent, child) = (sockets(pid("P")), sockets(pid("C")));
            assert!(parent.is_disjoint(&child), "{parent:?} {child:?}");
        }
        ("server", "leak") => {
            assert_eq!(word(pid("C")), 0, "{text}");
            assert!(sockets(pid("P")).len() >= 2, "{text}");
        }
        _ => return false,
    }
    true
}
