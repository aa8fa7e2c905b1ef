//! The calls of programs that were built for a processor of 32 bits. They run on one of 64 bits with numbers of their own:
//! 7 is waitpid there, and poll elsewhere (arch/x86/entry/syscalls/syscall_32.tbl, syscall_64.tbl).
//!
//! Whoever may read what a process waits in may read its program as well, whose head says what it was built for
//! (elf(5), `EI_CLASS`). What a program of 64 bits calls by `int 0x80` does not show.

use std::fs::File;
use std::io::Read as _;

use crate::observe::proc::Proc;
use crate::timeline::call::Call;
use crate::timeline::process::Pid;

/// What such a program addresses lies below this.
const END: u64 = 1 << 32;

/// The byte of a program that says what it was built for, and what it says then: `ELFCLASS32`.
const CLASS: usize = 4;
const NARROW: u8 = 1;

/// A stack and a program that lie there may be those of such a program.
pub(super) fn may_be(stack: u64, program: u64) -> bool {
    stack < END && program < END
}

/// That process runs such a program.
pub(super) fn is(proc: &Proc, pid: Pid) -> bool {
    let mut head = [0; CLASS + 1];
    let read = File::open(proc.path(pid, "exe")).and_then(|mut program| program.read_exact(&mut head));
    read.is_ok() && head[CLASS] == NARROW
}

/// The call of that number.
#[cfg(target_arch = "x86_64")]
pub(super) fn named(number: u32) -> Call {
    match number {
        0 => Call::RestartSyscall,
        3 => Call::Read,
        4 => Call::Write,
        7 => Call::Waitpid,
        29 => Call::Pause,
        55 | 221 => Call::Fcntl,
        102 => Call::Socketcall,
        114 => Call::Wait4,
        118 => Call::Fsync,
        120 => Call::Clone,
        142 => Call::Select,
        143 => Call::Flock,
        145 => Call::Readv,
        146 => Call::Writev,
        148 => Call::Fdatasync,
        162 => Call::Nanosleep,
        168 => Call::Poll,
        // From 400 on, the same with times of 64 bits.
        177 | 421 => Call::RtSigtimedwait,
        179 => Call::RtSigsuspend,
        180 => Call::Pread64,
        187 | 239 => Call::Sendfile,
        190 => Call::Vfork,
        240 | 422 => Call::Futex,
        256 => Call::EpollWait,
        267 | 407 => Call::ClockNanosleep,
        284 => Call::Waitid,
        295 => Call::Openat,
        308 | 413 => Call::Pselect6,
        309 | 414 => Call::Ppoll,
        313 => Call::Splice,
        319 => Call::EpollPwait,
        337 | 417 => Call::Recvmmsg,
        362 => Call::Connect,
        364 => Call::Accept4,
        369 => Call::Sendto,
        370 => Call::Sendmsg,
        371 => Call::Recvfrom,
        372 => Call::Recvmsg,
        401 => Call::Msgrcv,
        420 => Call::Semtimedop,
        426 => Call::IoUringEnter,
        441 => Call::EpollPwait2,
        other => Call::Other(other),
    }
}

/// The call of that number: of no name, rather than of a wrong one.
#[cfg(not(target_arch = "x86_64"))]
pub(super) fn named(number: u32) -> Call {
    Call::Other(number)
}
