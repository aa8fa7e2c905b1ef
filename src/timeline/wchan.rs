//! The kernel function that a process sleeps in (proc_pid_wchan(5)): what is left to be told of a sleeper where its system
//! call is hidden. It tells less: one function serves several calls, and no descriptor is named.

use super::call::Waiting;

/// A kernel function that processes sleep in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wchan {
    /// Its name, without what the compiler hung on.
    pub function: &'static str,
    /// What kind of waiting it is, as far as the function tells; [`Waiting::Other`] is input or output of either
    /// direction.
    pub waiting: Waiting,
}

/// Those that a server sleeps in, by what for; the names of several kernels (net/, kernel/ and fs/ of Linux 4.19 to 6.18).
const KNOWN: &[(Waiting, &[&str])] = &[
    (Waiting::Accept, &["inet_csk_accept"]),
    // Of a datagram socket, or a Unix one that may be listening: that it waits for something to come is all it tells.
    (
        Waiting::Read,
        &[
            "__skb_wait_for_more_packets",
            "unix_stream_data_wait",
            "unix_stream_read_generic",
            "pipe_read",
            "anon_pipe_read",
            "eventfd_read",
            "signalfd_dequeue",
            "signalfd_read_iter",
        ],
    ),
    (
        Waiting::Write,
        &["pipe_write", "anon_pipe_write", "sock_alloc_send_pskb"],
    ),
    // TCP in either direction and in connect(), a terminal, inotify.
    (Waiting::Other, &["wait_woken"]),
    (Waiting::Child, &["do_wait", "kernel_wait4"]),
    (
        Waiting::Several,
        &[
            "do_epoll_wait",
            "ep_poll",
            "poll_schedule_timeout",
            "do_poll",
            "do_sys_poll",
            "do_select",
            "io_cqring_wait",
        ],
    ),
    (
        Waiting::Signal,
        &["sigsuspend", "do_sigtimedwait", "__do_sys_pause", "__x64_sys_pause"],
    ),
    (Waiting::Time, &["hrtimer_nanosleep", "do_nanosleep", "common_nsleep"]),
    (
        Waiting::Lock,
        &[
            "futex_do_wait",
            "futex_wait_queue",
            "futex_wait_queue_me",
            "futex_wait",
            "locks_lock_inode_wait",
            "fcntl_setlk",
        ],
    ),
];

impl Wchan {
    /// Every function that tells something.
    fn all() -> impl Iterator<Item = Self> {
        KNOWN.iter().flat_map(|(waiting, functions)| {
            functions.iter().map(|function| Self {
                function,
                waiting: *waiting,
            })
        })
    }

    /// The function of that name; `None` for one that tells nothing here, and for `0`, which is all that others see.
    pub fn of(name: &str) -> Option<Self> {
        // The compiler names its copies `do_poll.constprop.0`.
        let name = name.split('.').next()?;
        Self::all().find(|wchan| wchan.function == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_tells_what_is_waited_for() {
        let waiting = |name| Wchan::of(name).map(|wchan| (wchan.function, wchan.waiting));
        assert_eq!(waiting("inet_csk_accept"), Some(("inet_csk_accept", Waiting::Accept)));
        assert_eq!(
            waiting("poll_schedule_timeout.constprop.0"),
            Some(("poll_schedule_timeout", Waiting::Several))
        );
        for unknown in ["0", "", "do_exit", "do_signal_stop"] {
            assert_eq!(waiting(unknown), None, "{unknown}");
        }
    }
}
