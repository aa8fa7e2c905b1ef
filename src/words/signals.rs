//! The names of signals (signal(7)). The same in every language.

/// The kernel's name of a signal: `SIGKILL`, or its number where it has none.
pub fn signal(number: i32) -> String {
    standard(number).map_or_else(|| format!("signal {number}"), str::to_owned)
}

/// The names of the standard signals (signal(7)), in the order of their numbers on x86 and Arm.
const SIGNALS: [&str; 31] = [
    "SIGHUP",
    "SIGINT",
    "SIGQUIT",
    "SIGILL",
    "SIGTRAP",
    "SIGABRT",
    "SIGBUS",
    "SIGFPE",
    "SIGKILL",
    "SIGUSR1",
    "SIGSEGV",
    "SIGUSR2",
    "SIGPIPE",
    "SIGALRM",
    "SIGTERM",
    "SIGSTKFLT",
    "SIGCHLD",
    "SIGCONT",
    "SIGSTOP",
    "SIGTSTP",
    "SIGTTIN",
    "SIGTTOU",
    "SIGURG",
    "SIGXCPU",
    "SIGXFSZ",
    "SIGVTALRM",
    "SIGPROF",
    "SIGWINCH",
    "SIGIO",
    "SIGPWR",
    "SIGSYS",
];

fn standard(number: i32) -> Option<&'static str> {
    SIGNALS.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
}

/// The names of the signals in a set. The C library keeps 32 and 33 for itself; real-time signals have numbers.
pub(super) fn in_set(set: u64) -> Vec<String> {
    let numbers = (1..=64).filter(|number| set & (1 << (number - 1)) != 0);
    let name = |number: i32| standard(number).map_or_else(|| number.to_string(), str::to_owned);
    numbers.map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_signals_is_named() {
        assert_eq!(in_set(0), Vec::<String>::new());
        assert_eq!(in_set((1 << 16) | 2), ["SIGINT", "SIGCHLD"]);
        assert_eq!(in_set(1 << 33), ["34"]);
    }
}
