//! The stock commands that prove what the card of details shows: what to type into a shell of one's own. They are the
//! same in every language, and a test types each of them.

use crate::timeline::process::{ExitStatus, Pid};

/// A fact of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// Its state, parent, group, session and users.
    Identity,
    /// Its command line.
    Command,
    /// The program that it runs.
    Program,
    /// Its children, and which of them are zombies.
    Children,
    /// What it does with signals.
    Signals,
    /// What it is blocked in.
    Blocked,
    /// Its descriptors.
    Descriptors,
    /// Its TCP sockets, their peers, and who else holds them.
    Sockets,
    /// How many descriptors it may open.
    Limit,
    /// Its memory.
    Memory,
    /// The CPU time that it has used.
    Cpu,
    /// Its PID namespace, and its pid in there.
    Namespace,
    /// Its control group.
    Cgroup,
    /// How it ended.
    Exit,
}

impl Fact {
    /// Every fact, in the order of the card.
    pub const ALL: &'static [Self] = &[
        Self::Identity,
        Self::Children,
        Self::Blocked,
        Self::Signals,
        Self::Sockets,
        Self::Descriptors,
        Self::Limit,
        Self::Memory,
        Self::Cpu,
        Self::Command,
        Self::Program,
        Self::Namespace,
        Self::Cgroup,
        Self::Exit,
    ];

    /// The name of its text.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Identity => "proof-identity",
            Self::Command => "card-command",
            Self::Program => "card-program",
            Self::Children => "card-children",
            Self::Signals => "proof-signals",
            Self::Blocked => "card-blocked",
            Self::Descriptors => "card-descriptors",
            Self::Sockets => "proof-sockets",
            Self::Limit => "proof-limit",
            Self::Memory => "card-memory",
            Self::Cpu => "card-cpu",
            Self::Namespace => "card-namespace",
            Self::Cgroup => "card-cgroup",
            Self::Exit => "card-exit",
        }
    }

    /// There is such a fact of a zombie: most of what a process had is gone.
    const fn outlives_exit(self) -> bool {
        match self {
            Self::Identity | Self::Signals | Self::Cpu | Self::Namespace | Self::Cgroup | Self::Exit => true,
            Self::Command
            | Self::Program
            | Self::Children
            | Self::Blocked
            | Self::Descriptors
            | Self::Sockets
            | Self::Limit
            | Self::Memory => false,
        }
    }

    /// The command that proves it of that process.
    fn command(self, pid: Pid) -> String {
        match self {
            Self::Identity => format!("ps -o pid,ppid,pgid,sess,ruser,euser,stat -p {pid}"),
            Self::Command => format!("tr '\\0' ' ' < /proc/{pid}/cmdline"),
            Self::Program => format!("readlink /proc/{pid}/exe"),
            Self::Children => format!("ps --ppid {pid} -o pid,stat"),
            Self::Signals => format!("grep -E '^(Sig|Shd)' /proc/{pid}/status"),
            Self::Blocked => format!("cat /proc/{pid}/syscall"),
            Self::Descriptors => format!("ls -l /proc/{pid}/fd"),
            Self::Sockets => format!("ss -tanp | grep pid={pid},"),
            Self::Limit => format!("grep 'open files' /proc/{pid}/limits"),
            Self::Memory => format!("cat /proc/{pid}/smaps_rollup"),
            Self::Cpu => format!("ps -o cputimes,etimes -p {pid}"),
            Self::Namespace => format!("readlink /proc/{pid}/ns/pid; grep NSpid /proc/{pid}/status"),
            Self::Cgroup => format!("cat /proc/{pid}/cgroup"),
            // The last field is the wait status: the exit code times 256, or the signal.
            Self::Exit => format!("awk 'END {{ print $NF }}' /proc/{pid}/stat"),
        }
    }
}

/// What to type to have a fact proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Which fact.
    pub fact: Fact,
    /// What to type, to the letter.
    pub command: String,
}

/// The proofs for a process that lives, or for a zombie that ended so. Where the kernel hides how, it shows 0 instead
/// (fs/proc/array.c): nothing that would prove it.
pub fn proofs(pid: Pid, ended: Option<ExitStatus>) -> Vec<Proof> {
    let stands = |fact: &&Fact| match ended {
        Some(ExitStatus::Unknown) => fact.outlives_exit() && **fact != Fact::Exit,
        Some(ExitStatus::Code(_) | ExitStatus::Signal(_)) => fact.outlives_exit(),
        None => **fact != Fact::Exit,
    };
    let proof = |fact: &Fact| Proof {
        fact: *fact,
        command: fact.command(pid),
    };
    Fact::ALL.iter().filter(stands).map(proof).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zombie_proves_what_is_left_of_it() {
        let facts = |ended| proofs(4121, ended).into_iter().map(|proof| proof.fact);
        let (known, hidden) = (Some(ExitStatus::Code(0)), Some(ExitStatus::Unknown));
        assert_eq!(facts(None).count(), Fact::ALL.len() - 1);
        assert!(facts(None).all(|fact| fact != Fact::Exit));
        assert!(facts(known).any(|fact| fact == Fact::Exit) && facts(known).all(|fact| fact != Fact::Descriptors));
        assert_eq!(facts(hidden).count() + 1, facts(known).count());
        assert!(facts(hidden).all(|fact| fact != Fact::Exit));
    }

    #[test]
    fn commands_name_the_process() {
        for proof in proofs(4121, None) {
            assert!(proof.command.contains("4121"), "{}", proof.command);
        }
    }
}
