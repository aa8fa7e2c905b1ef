//! The program of a lesson: lines of C to be read, and beside each what the process does there, after `//@`. It is
//! parsed here, and run by `subject`; the line that a process is about to execute is where it truly stands.
//!
//! ```text
//! gval++, lval += 5;          //@ add gval 1; add lval 5
//! pid = fork();               //@ call: fork pid
//! if (pid == 0)               //@ after: if pid == 0 else parent
//! ```
//!
//! A word with a colon names the line, for jumps and for the lesson's steps. A line without `//@` is only read.

use std::collections::BTreeMap;

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `>`
    More,
}

impl Compare {
    /// Whether it holds.
    pub fn holds(self, left: i32, right: i32) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::More => left > right,
        }
    }
}

/// A number that stands in the program, or a variable's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// The number itself.
    Number(i32),
    /// What the variable holds.
    Variable(String),
}

/// What a process does with SIGCHLD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sigchld {
    /// `SIG_DFL`.
    Default,
    /// `SIG_IGN`.
    Ignore,
    /// `SIG_DFL` with `SA_NOCLDWAIT`.
    NoChildWait,
    /// A handler with one waitpid.
    Once,
    /// A handler with waitpid until none is left.
    Loop,
    /// A handler that does nothing but to have come; with `SA_RESTART` or without.
    Notice {
        /// `SA_RESTART`.
        restart: bool,
    },
}

/// Something that a process of a lesson does, and that leaves nothing in its variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// `print text`, where `\\n` is the end of a line and `\\s` a blank: printf, which holds it back while it goes to a pipe or a file.
    Print(String),
    /// `pause`: pause() for ever.
    Pause,
    /// `mute`: what it prints from here on is thrown away.
    Mute,
    /// `allocate 8`: so many MiB of memory, written to.
    Allocate(usize),
    /// `nice 19`
    Nice(i32),
    /// `sigchld once`
    Sigchld(Sigchld),
    /// `block`: SIGCHLD waits.
    Block,
    /// `unblock`
    Unblock,
    /// `drop-root`: becomes nobody, where it was root.
    DropRoot,
    /// `limit-processes 0`: RLIMIT_NPROC.
    LimitProcesses(u64),
}

/// Something that a process of a lesson does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// One of the plain ones.
    Plain(Plain),
    /// A global variable comes to be (`global gval 10`).
    Global(String, i32),
    /// A local one.
    Local(String, i32),
    /// `set x 3`
    Set(String, Operand),
    /// `add x 1`
    Add(String, i32),
    /// `if pid == 0 else parent`: goes on, or at that line.
    If(String, Compare, Operand, String),
    /// `goto loop`
    Goto(String),
    /// `fork pid` or `fork pid e`: what it returns, and errno where it is -1.
    Fork(String, Option<String>),
    /// `getpid n`: the pid that the process sees itself.
    GetPid(String),
    /// `wait n status`: blocks until a child has ended.
    Wait(String, String),
    /// `waitpid who n status nohang untraced`
    WaitPid {
        /// For whom; -1 for any child.
        who: Operand,
        /// What it returns.
        returned: String,
        /// The status word.
        status: String,
        /// WNOHANG.
        no_hang: bool,
        /// WUNTRACED.
        untraced: bool,
    },
    /// `exit 3`: as from main, what printf still holds is written.
    Exit(Operand),
    /// `_exit 3`: at once.
    ExitNow(Operand),
    /// `exec sleep 1000`: another program in this process. `exec subject NAME` is another program of the lesson.
    Exec(Vec<String>),
    /// `count reaped`: where the handlers count the children they have waited for.
    Count(String),
    /// `new-pid-namespace n e`: for its children; 0 or -1, and errno.
    NewPidNamespace(String, String),
    /// `last-pid 1 n e`: the kernel is to give out the pid after this one next, in the namespace; 0 or -1, and errno.
    LastPid(i32, String, String),
    /// `listen fd port`: socket, bind, listen on 127.0.0.1.
    Listen(String, String),
    /// `accept listener connection e`: what it returns, and errno where that is -1.
    Accept(String, String, String),
    /// `close fd`
    Close(String),
    /// `send fd text`
    Send(String, String),
    /// `receive fd n`: how many bytes came; 0 is the end.
    Receive(String, String),
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The C that is read.
    pub text: String,
    /// What is done there; `None` where nobody stops.
    pub ops: Option<Vec<Op>>,
}

/// A whole program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Its lines.
    pub lines: Vec<Line>,
    /// The lines that have names.
    pub labels: BTreeMap<String, usize>,
}

/// A program cannot be understood: in which line, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Misread {
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl Program {
    /// Reads a program.
    ///
    /// # Errors
    /// An operation that there is not, or a jump to a line that has no name.
    pub fn parse(text: &str) -> Result<Self, Misread> {
        let mut program = Self {
            lines: Vec::new(),
            labels: BTreeMap::new(),
        };
        for (index, line) in text.trim_matches('\n').lines().enumerate() {
            let wrong = |what: String| Misread { line: index + 1, what };
            let (text, marked) = match line.split_once("//@") {
                Some((text, marked)) => (text.trim_end(), Some(marked.trim())),
                None => (line.trim_end(), None),
            };
            let ops = match marked {
                None => None,
                Some(marked) => {
                    let (label, ops) = label(marked);
                    if let Some(label) = label
                        && program.labels.insert(label.to_owned(), index).is_some()
                    {
                        return Err(wrong(format!("`{label}` names two lines")));
                    }
                    let ops = ops.split(';').map(str::trim).filter(|op| !op.is_empty());
                    Some(ops.map(op).collect::<Result<Vec<_>, _>>().map_err(wrong)?)
                }
            };
            program.lines.push(Line {
                text: text.to_owned(),
                ops,
            });
        }
        program.jumps()?;
        Ok(program)
    }

    /// Every jump goes somewhere.
    fn jumps(&self) -> Result<(), Misread> {
        for (index, line) in self.lines.iter().enumerate() {
            for op in line.ops.iter().flatten() {
                if let Op::If(_, _, _, to) | Op::Goto(to) = op
                    && !self.labels.contains_key(to)
                {
                    return Err(Misread {
                        line: index + 1,
                        what: format!("no line is named `{to}`"),
                    });
                }
            }
        }
        Ok(())
    }

    /// The first line from there on at which a process stops.
    pub fn stop_from(&self, line: usize) -> Option<usize> {
        let rest = self.lines.get(line..)?;
        rest.iter()
            .position(|line| line.ops.is_some())
            .map(|found| line + found)
    }
}

/// Takes the name off a marked line.
fn label(marked: &str) -> (Option<&str>, &str) {
    match marked.split_once(':') {
        Some((name, rest)) if !name.is_empty() && !name.contains([' ', ';']) => (Some(name), rest),
        _ => (None, marked),
    }
}

fn op(text: &str) -> Result<Op, String> {
    let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
    if name == "print" {
        return Ok(Op::Plain(Plain::Print(rest.replace("\\n", "\n").replace("\\s", " "))));
    }
    let words: Vec<&str> = rest.split_whitespace().collect();
    let own = |word: &&str| (*word).to_owned();
    Ok(match (name, &words[..]) {
        ("global", [variable, value]) => Op::Global(own(variable), number(value)?),
        ("local", [variable, value]) => Op::Local(own(variable), number(value)?),
        ("set", [variable, value]) => Op::Set(own(variable), operand(value)),
        ("add", [variable, value]) => Op::Add(own(variable), number(value)?),
        ("if", [variable, compare, value, "else", to]) => {
            Op::If(own(variable), comparison(compare)?, operand(value), own(to))
        }
        ("goto", [to]) => Op::Goto(own(to)),
        ("fork", [returned]) => Op::Fork(own(returned), None),
        ("fork", [returned, errno]) => Op::Fork(own(returned), Some(own(errno))),
        ("getpid", [returned]) => Op::GetPid(own(returned)),
        ("wait", [returned, status]) => Op::Wait(own(returned), own(status)),
        ("waitpid", [who, returned, status, flags @ ..]) => Op::WaitPid {
            who: operand(who),
            returned: own(returned),
            status: own(status),
            no_hang: flags.contains(&"nohang"),
            untraced: flags.contains(&"untraced"),
        },
        ("exit", [code]) => Op::Exit(operand(code)),
        ("_exit", [code]) => Op::ExitNow(operand(code)),
        ("pause", []) => Op::Plain(Plain::Pause),
        ("exec", [_, ..]) => Op::Exec(words.iter().map(own).collect()),
        ("mute", []) => Op::Plain(Plain::Mute),
        ("allocate", [size]) => Op::Plain(Plain::Allocate(
            size.parse().map_err(|_| format!("`{size}` is no size"))?,
        )),
        ("nice", [value]) => Op::Plain(Plain::Nice(number(value)?)),
        ("sigchld", [what]) => Op::Plain(Plain::Sigchld(sigchld(what)?)),
        ("count", [variable]) => Op::Count(own(variable)),
        ("block", []) => Op::Plain(Plain::Block),
        ("unblock", []) => Op::Plain(Plain::Unblock),
        ("drop-root", []) => Op::Plain(Plain::DropRoot),
        ("limit-processes", [most]) => Op::Plain(Plain::LimitProcesses(
            most.parse().map_err(|_| format!("`{most}` is no limit"))?,
        )),
        ("new-pid-namespace", [returned, errno]) => Op::NewPidNamespace(own(returned), own(errno)),
        ("last-pid", [pid, returned, errno]) => Op::LastPid(number(pid)?, own(returned), own(errno)),
        ("listen", [fd, port]) => Op::Listen(own(fd), own(port)),
        ("accept", [listener, connection, errno]) => Op::Accept(own(listener), own(connection), own(errno)),
        ("close", [fd]) => Op::Close(own(fd)),
        ("send", [fd, text @ ..]) => Op::Send(own(fd), text.join(" ")),
        ("receive", [fd, count]) => Op::Receive(own(fd), own(count)),
        _ => return Err(format!("`{text}` is nothing that a process of a lesson does")),
    })
}

fn number(word: &str) -> Result<i32, String> {
    word.parse().map_err(|_| format!("`{word}` is no number"))
}

fn operand(word: &str) -> Operand {
    match word.parse() {
        Ok(number) => Operand::Number(number),
        Err(_) => Operand::Variable(word.to_owned()),
    }
}

fn comparison(word: &str) -> Result<Compare, String> {
    match word {
        "==" => Ok(Compare::Equal),
        "!=" => Ok(Compare::Unequal),
        "<" => Ok(Compare::Less),
        ">" => Ok(Compare::More),
        _ => Err(format!("`{word}` compares nothing")),
    }
}

fn sigchld(word: &str) -> Result<Sigchld, String> {
    Ok(match word {
        "default" => Sigchld::Default,
        "ignore" => Sigchld::Ignore,
        "nocldwait" => Sigchld::NoChildWait,
        "once" => Sigchld::Once,
        "loop" => Sigchld::Loop,
        "notice" => Sigchld::Notice { restart: false },
        "restart" => Sigchld::Notice { restart: true },
        _ => return Err(format!("`{word}` is nothing to do with SIGCHLD")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_lines_and_what_is_done_there() {
        let program =
            Program::parse("int g;   //@ global g 10\nif (!p)  //@ after: if p == 0 else out\n  g++;\nend //@ out:\n")
                .expect("it is one");
        assert_eq!(program.lines[0].text, "int g;");
        assert_eq!(program.lines[0].ops, Some(vec![Op::Global("g".into(), 10)]));
        assert_eq!(program.lines[2].ops, None);
        assert_eq!(program.labels["out"], 3);
        assert_eq!(program.stop_from(2), Some(3));
        assert_eq!(program.stop_from(4), None);
    }

    #[test]
    fn what_is_no_program_is_said_with_its_line() {
        let wrong = |text: &str, line, what: &str| {
            let misread = Program::parse(text).expect_err(text);
            assert_eq!((misread.line, misread.what.contains(what)), (line, true), "{misread}");
        };
        wrong("a\nb //@ fly away", 2, "fly away");
        wrong("a //@ goto x", 1, "no line is named `x`");
        wrong("a //@ x:\nb //@ x:", 2, "names two lines");
        wrong("a //@ add x y", 1, "`y` is no number");
    }
}
