//! The system calls that a process is seen blocked in, by name: those that a server waits in, and the rest by number.

/// Declares the calls once: variant, name, and whether the first argument is a descriptor.
macro_rules! calls {
    ($($variant:ident $name:literal $takes_fd:literal),+ $(,)?) => {
        /// A system call. Its name is the kernel's (syscalls(2)).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Call {
            $(
                #[doc = concat!("`", $name, "`")]
                $variant,
            )+
            /// One without a name here: its number, among those that its program calls by.
            Other(u32),
        }

        impl Call {
            /// Every call that has a name.
            pub const NAMED: &'static [Self] = &[$(Self::$variant),+];

            /// The kernel's name; `None` for one that has only a number here.
            pub const fn name(self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($name),)+
                    Self::Other(_) => None,
                }
            }

            /// Its first argument is a descriptor.
            pub const fn takes_fd(self) -> bool {
                match self {
                    $(Self::$variant => $takes_fd,)+
                    Self::Other(_) => false,
                }
            }
        }
    };
}

calls! {
    Accept "accept" true,
    Accept4 "accept4" true,
    Connect "connect" true,
    Read "read" true,
    Readv "readv" true,
    Pread64 "pread64" true,
    Recvfrom "recvfrom" true,
    Recvmsg "recvmsg" true,
    Recvmmsg "recvmmsg" true,
    Write "write" true,
    Writev "writev" true,
    Sendto "sendto" true,
    Sendmsg "sendmsg" true,
    Sendfile "sendfile" true,
    Splice "splice" true,
    Poll "poll" false,
    Ppoll "ppoll" false,
    Select "select" false,
    Pselect6 "pselect6" false,
    EpollWait "epoll_wait" true,
    EpollPwait "epoll_pwait" true,
    EpollPwait2 "epoll_pwait2" true,
    IoUringEnter "io_uring_enter" true,
    Wait4 "wait4" false,
    Waitid "waitid" false,
    Waitpid "waitpid" false,
    Pause "pause" false,
    RtSigsuspend "rt_sigsuspend" false,
    RtSigtimedwait "rt_sigtimedwait" false,
    Nanosleep "nanosleep" false,
    ClockNanosleep "clock_nanosleep" false,
    RestartSyscall "restart_syscall" false,
    Futex "futex" false,
    Flock "flock" true,
    Fcntl "fcntl" true,
    Fsync "fsync" true,
    Fdatasync "fdatasync" true,
    Semop "semop" false,
    Semtimedop "semtimedop" false,
    Msgrcv "msgrcv" false,
    Openat "openat" false,
    Socketcall "socketcall" false,
    Vfork "vfork" false,
    Clone "clone" false,
}

/// The int that a call takes from a register: the upper half means nothing.
#[allow(clippy::cast_possible_truncation, reason = "the lower half is what the call takes")]
pub const fn int(register: u64) -> i32 {
    (register as u32).cast_signed()
}

/// What kind of waiting a call is, as far as the words of the screen tell calls apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// For a connection.
    Accept,
    /// For data to come.
    Read,
    /// For room to send.
    Write,
    /// For a child to end.
    Child,
    /// For any of several things.
    Several,
    /// For a signal.
    Signal,
    /// For time to pass.
    Time,
    /// For another thread or process to let go of a lock.
    Lock,
    /// For anything else.
    Other,
}

impl Call {
    /// What kind of waiting it is.
    pub const fn waiting(self) -> Waiting {
        match self {
            Self::Accept | Self::Accept4 => Waiting::Accept,
            Self::Read
            | Self::Readv
            | Self::Pread64
            | Self::Recvfrom
            | Self::Recvmsg
            | Self::Recvmmsg
            | Self::Msgrcv => Waiting::Read,
            Self::Write | Self::Writev | Self::Sendto | Self::Sendmsg | Self::Sendfile | Self::Splice => Waiting::Write,
            Self::Wait4 | Self::Waitid | Self::Waitpid | Self::Vfork => Waiting::Child,
            Self::Poll
            | Self::Ppoll
            | Self::Select
            | Self::Pselect6
            | Self::EpollWait
            | Self::EpollPwait
            | Self::EpollPwait2
            | Self::IoUringEnter => Waiting::Several,
            Self::Pause | Self::RtSigsuspend | Self::RtSigtimedwait => Waiting::Signal,
            Self::Nanosleep | Self::ClockNanosleep => Waiting::Time,
            Self::Futex | Self::Flock | Self::Semop | Self::Semtimedop => Waiting::Lock,
            Self::Connect
            | Self::RestartSyscall
            | Self::Fcntl
            | Self::Fsync
            | Self::Fdatasync
            | Self::Openat
            | Self::Socketcall
            | Self::Clone
            | Self::Other(_) => Waiting::Other,
        }
    }
}
