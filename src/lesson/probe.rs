//! What a lesson may ask the kernel about a process, as a closed set, and what comes back. Asking is `reading`'s.

use crate::timeline::process::{Disposition, ExitStatus, Pid, State};

/// A question to the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// `var gval`: what the variable holds, read from the process's memory.
    Variable(String),
    /// `address gval`: where it stands.
    Address(String),
    /// `page gval`: whether the page of memory behind it is the process's alone.
    Page(String),
    /// `errno e`: the variable, as the name of an error.
    Errno(String),
    /// `status s`: the variable, as a status word of wait.
    Status(String),
    /// `decoded s`: the same, as what macros like WIFEXITED make of it.
    Decoded(String),
    /// `fd c`: whether the descriptor whose number the variable holds is open.
    Descriptor(String),
    /// `pid`
    Pid,
    /// `ppid`
    Parent,
    /// `inner-pid`: in the innermost PID namespace that it is in.
    InnerPid,
    /// `key`: pid and start time.
    Key,
    /// `state`
    State,
    /// `exit`: what its parent would be told.
    Exit,
    /// `pending`: how many SIGCHLD have come and wait: 0 or 1, as it is a bit.
    Pending,
    /// `sigchld`: what it does with SIGCHLD.
    Sigchld,
    /// `fds`: how many descriptors are open.
    Descriptors,
    /// `memory`: what of it is in RAM.
    Memory,
    /// `maps`: how many mappings its address space has.
    Maps,
    /// `comm`: its name.
    Name,
    /// `exe`: its file.
    File,
    /// `call`: the system call that it is blocked in.
    Call,
    /// `cpu`: processor time used.
    Processor,
    /// `children`: the states of its children, a letter each.
    Children,
    /// `zombies`: how many of them are zombies.
    Zombies,
    /// `adopter`: who its parent is now, and why.
    Adopter,
    /// `alive`: how many processes of the lesson there are, zombies not among them.
    Alive,
    /// `output`: what the lesson's processes have printed.
    Output,
    /// `printed text`: how often they have printed this.
    Printed(String),
    /// `client`: what the client has seen.
    Client,
    /// `init`: the name of process 1.
    Init,
    /// `pid-max`: the largest pid but one.
    PidMax,
    /// `ps au`, `ps aux`: whether ps lists the first process of the lesson, and how many it lists.
    Ps(&'static str),
}

impl Probe {
    /// Reads a question.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let own = |word: &str| word.to_owned();
        Ok(match words[..] {
            ["var", name] => Self::Variable(own(name)),
            ["address", name] => Self::Address(own(name)),
            ["page", name] => Self::Page(own(name)),
            ["errno", name] => Self::Errno(own(name)),
            ["status", name] => Self::Status(own(name)),
            ["decoded", name] => Self::Decoded(own(name)),
            ["fd", name] => Self::Descriptor(own(name)),
            ["pid"] => Self::Pid,
            ["ppid"] => Self::Parent,
            ["inner-pid"] => Self::InnerPid,
            ["key"] => Self::Key,
            ["state"] => Self::State,
            ["exit"] => Self::Exit,
            ["pending"] => Self::Pending,
            ["sigchld"] => Self::Sigchld,
            ["fds"] => Self::Descriptors,
            ["memory"] => Self::Memory,
            ["maps"] => Self::Maps,
            ["comm"] => Self::Name,
            ["exe"] => Self::File,
            ["call"] => Self::Call,
            ["cpu"] => Self::Processor,
            ["children"] => Self::Children,
            ["zombies"] => Self::Zombies,
            ["adopter"] => Self::Adopter,
            ["alive"] => Self::Alive,
            ["output"] => Self::Output,
            ["printed", ..] => Self::Printed(words[1..].join(" ")),
            ["client"] => Self::Client,
            ["init"] => Self::Init,
            ["pid-max"] => Self::PidMax,
            ["ps", "au"] => Self::Ps("au"),
            ["ps", "aux"] => Self::Ps("aux"),
            _ => return Err(format!("`{text}` is nothing that the kernel is asked")),
        })
    }

    /// The name of the text that labels the answer; `None` where a variable's own name does.
    pub fn label(&self) -> Option<&'static str> {
        Some(match self {
            Self::Variable(_)
            | Self::Address(_)
            | Self::Errno(_)
            | Self::Status(_)
            | Self::Decoded(_)
            | Self::Descriptor(_)
            | Self::Ps(_) => return None,
            Self::Page(_) => "lesson-row-page",
            Self::Pid => "lesson-row-pid",
            Self::Parent => "lesson-row-ppid",
            Self::InnerPid => "lesson-row-inner-pid",
            Self::Key => "lesson-row-key",
            Self::State => "lesson-row-state",
            Self::Exit => "lesson-row-exit",
            Self::Pending => "lesson-row-pending",
            Self::Sigchld => "lesson-row-sigchld",
            Self::Descriptors => "lesson-row-fds",
            Self::Memory => "lesson-row-memory",
            Self::Maps => "lesson-row-maps",
            Self::Name => "lesson-row-comm",
            Self::File => "lesson-row-exe",
            Self::Call => "lesson-row-call",
            Self::Processor => "lesson-row-cpu",
            Self::Children => "lesson-row-children",
            Self::Zombies => "lesson-row-zombies",
            Self::Adopter => "lesson-row-adopter",
            Self::Alive => "lesson-row-alive",
            Self::Output => "lesson-row-output",
            Self::Printed(_) => "lesson-row-printed",
            Self::Client => "lesson-row-client",
            Self::Init => "lesson-row-init",
            Self::PidMax => "lesson-row-pid-max",
        })
    }

    /// The variable's own name, as C would write it, where it is the label.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Variable(name) | Self::Errno(name) | Self::Status(name) => Some(name.clone()),
            Self::Descriptor(name) => Some(format!("fd {name}")),
            Self::Address(name) => Some(format!("&{name}")),
            Self::Decoded(name) => Some(format!("W…({name})")),
            Self::Ps(options) => Some(format!("ps {options}")),
            Self::Page(_)
            | Self::Pid
            | Self::Parent
            | Self::InnerPid
            | Self::Key
            | Self::State
            | Self::Exit
            | Self::Pending
            | Self::Sigchld
            | Self::Descriptors
            | Self::Memory
            | Self::Maps
            | Self::Name
            | Self::File
            | Self::Call
            | Self::Processor
            | Self::Children
            | Self::Zombies
            | Self::Adopter
            | Self::Alive
            | Self::Output
            | Self::Printed(_)
            | Self::Client
            | Self::Init
            | Self::PidMax => None,
        }
    }

    /// Where the kernel says it (proc(5)), with `PID` for the process.
    pub fn source(&self) -> &'static str {
        match self {
            Self::Variable(_) | Self::Errno(_) | Self::Status(_) | Self::Decoded(_) => "/proc/PID/mem",
            Self::Page(_) => "/proc/PID/pagemap (bit 56)",
            Self::Descriptor(_) | Self::Descriptors => "/proc/PID/fd",
            Self::Pid | Self::Parent | Self::Adopter => "/proc/PID/status (Pid PPid)",
            Self::InnerPid => "/proc/PID/status (NSpid)",
            Self::Key => "/proc/PID/stat (22)",
            Self::State | Self::Alive => "/proc/PID/stat (3)",
            Self::Exit => "/proc/PID/stat (52)",
            Self::Pending => "/proc/PID/status (ShdPnd)",
            Self::Sigchld => "/proc/PID/status (SigIgn SigCgt SigBlk)",
            Self::Memory => "/proc/PID/status (VmRSS)",
            Self::Address(_) | Self::Maps => "/proc/PID/maps",
            Self::Name => "/proc/PID/comm",
            Self::File => "/proc/PID/exe",
            Self::Call => "/proc/PID/syscall",
            Self::Processor => "/proc/PID/stat (14 15)",
            Self::Children | Self::Zombies => "/proc/PID/task/PID/children",
            Self::Output | Self::Printed(_) => "pipe(7)",
            Self::Client => "recv(2)",
            Self::Init => "/proc/1/comm",
            Self::PidMax => "/proc/sys/kernel/pid_max",
            Self::Ps(_) => "ps(1)",
        }
    }
}

/// What the page behind a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// More than one process has it.
    Shared,
    /// This process has it alone.
    Own,
}

/// Why a process has the parent that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adoption {
    /// It is the one that forked it.
    Born,
    /// It is forkscope's guardian, a subreaper above it.
    Guardian,
    /// It is process 1.
    Init,
    /// It is another.
    Other,
}

/// What the client of a lesson has seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// There is none.
    Nobody,
    /// It is connected, and nothing came yet.
    Connected,
    /// This came, and the connection is open.
    Text(String),
    /// The end, after this.
    End(String),
}

/// What the kernel answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(i64),
    /// An address.
    Address(u64),
    /// A page.
    Page(Page),
    /// A status word.
    Status(i32),
    /// What wait's macros make of one.
    Decoded(Decoded),
    /// An error's number; 0 for none.
    Errno(i32),
    /// A state.
    State(State),
    /// How it ended.
    Ending(ExitStatus),
    /// Bytes of memory.
    Bytes(u64),
    /// A name or a path of a stranger, made safe to show.
    Text(String),
    /// A descriptor is open.
    Open,
    /// It is not.
    Closed,
    /// What it does with SIGCHLD, and whether it keeps it waiting.
    Sigchld(Disposition, bool),
    /// The call that it is blocked in.
    Call(String),
    /// It is blocked in none.
    Running,
    /// It is in none of the program's: the lesson holds it at its line.
    Held,
    /// Hundredths of a second.
    Hundredths(u64),
    /// States, a letter each.
    States(Vec<State>),
    /// Its parent, by pid and name, and why it is that one.
    Adopter(Pid, String, Adoption),
    /// What the client has seen.
    Seen(Seen),
    /// Lines of output.
    Lines(Vec<String>),
    /// What ps said: whether the process is in its list, and how many lines it has.
    Listed(bool, usize),
    /// Pid and start time in ticks.
    Key(Pid, u64),
    /// There is no such process any more.
    Gone,
    /// It does not apply: the variable is not there yet, or a zombie has none.
    Nothing,
    /// The kernel did not tell, and why.
    Unknown(String),
}

/// What wait's macros make of a status word (wait(2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decoded {
    /// WIFEXITED and WEXITSTATUS.
    Exited(i32),
    /// WIFSIGNALED and WTERMSIG.
    Signalled(i32),
    /// WIFSTOPPED and WSTOPSIG.
    Stopped(i32),
}

impl Decoded {
    /// By the bits that Linux uses: the low seven are the signal that ended it, 0x7f that it was stopped; the next
    /// eight the exit code, or the signal that stopped it.
    pub fn of(status: i32) -> Self {
        let high = (status >> 8) & 0xff;
        match status & 0x7f {
            0 => Self::Exited(high),
            0x7f => Self::Stopped(high),
            signal => Self::Signalled(signal),
        }
    }
}

impl Value {
    /// The answer as it stands among the choices of a question, in no language.
    pub fn key(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Address(address) => format!("{address:#x}"),
            Self::Page(Page::Shared) => "shared".to_owned(),
            Self::Page(Page::Own) => "own".to_owned(),
            Self::Status(word) => format!("{word:#06x}"),
            Self::Decoded(Decoded::Exited(code)) => format!("exited-{code}"),
            Self::Decoded(Decoded::Signalled(signal)) => format!("signalled-{signal}"),
            Self::Decoded(Decoded::Stopped(signal)) => format!("stopped-{signal}"),
            Self::Errno(0) => "none".to_owned(),
            Self::Errno(number) => format!("{:?}", nix::errno::Errno::from_raw(*number)),
            Self::State(state) => state.letter().to_string(),
            Self::Ending(ExitStatus::Code(code)) => format!("code-{code}"),
            Self::Ending(ExitStatus::Signal(signal)) => format!("signal-{signal}"),
            Self::Bytes(bytes) => bytes.to_string(),
            Self::Text(text) => text.clone(),
            Self::Open | Self::Seen(Seen::Text(_)) => "open".to_owned(),
            Self::Closed => "closed".to_owned(),
            Self::Sigchld(disposition, _) => match disposition {
                Disposition::Default => "default".to_owned(),
                Disposition::Ignored => "ignored".to_owned(),
                Disposition::Caught => "caught".to_owned(),
            },
            Self::Call(name) => name.clone(),
            Self::Running => "running".to_owned(),
            Self::Held => "held".to_owned(),
            Self::Hundredths(time) => time.to_string(),
            Self::States(states) => states.iter().map(|state| state.letter()).collect(),
            Self::Adopter(_, _, adoption) => match adoption {
                Adoption::Born => "born".to_owned(),
                Adoption::Guardian => "guardian".to_owned(),
                Adoption::Init => "init".to_owned(),
                Adoption::Other => "other".to_owned(),
            },
            Self::Seen(Seen::Nobody) => "nobody".to_owned(),
            Self::Seen(Seen::Connected) => "connected".to_owned(),
            Self::Seen(Seen::End(_)) => "end".to_owned(),
            Self::Lines(lines) => lines.len().to_string(),
            Self::Listed(true, _) => "listed".to_owned(),
            Self::Listed(false, _) => "unlisted".to_owned(),
            Self::Key(pid, start) => format!("{pid}@{start}"),
            Self::Gone => "gone".to_owned(),
            Self::Nothing => "nothing".to_owned(),
            Self::Ending(ExitStatus::Unknown) | Self::Unknown(_) => "unknown".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_word_is_taken_apart_as_the_macros_do() {
        for (word, decoded) in [
            (0x0000, Decoded::Exited(0)),
            (0x0700, Decoded::Exited(7)),
            (0xff00, Decoded::Exited(255)),
            (0x0009, Decoded::Signalled(9)),
            (0x008b, Decoded::Signalled(11)),
            (0x137f, Decoded::Stopped(19)),
        ] {
            assert_eq!(Decoded::of(word), decoded, "{word:#x}");
            assert_eq!(nix::libc::WIFEXITED(word), matches!(decoded, Decoded::Exited(_)));
            assert_eq!(nix::libc::WIFSIGNALED(word), matches!(decoded, Decoded::Signalled(_)));
            assert_eq!(nix::libc::WIFSTOPPED(word), matches!(decoded, Decoded::Stopped(_)));
        }
    }
}
