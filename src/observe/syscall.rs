//! What a process is blocked in: /proc/PID/syscall (proc_pid_syscall(5)), and the numbers of this architecture. Where that
//! is hidden, /proc/PID/wchan (proc_pid_wchan(5)): the one asks for the right to trace, which Yama keeps to ancestors
//! (Documentation/admin-guide/LSM/Yama.rst), the other for the right to read. A program of 32 bits has numbers of its own.

use std::io;

use nix::libc;

use crate::timeline::call::{Call, int};
use crate::timeline::detail::Waits;
use crate::timeline::observation::BlockedReading;
use crate::timeline::process::Pid;
use crate::timeline::wchan::Wchan;

use super::proc::Proc;

mod narrow;

/// What a program was built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// This processor.
    Native,
    /// One of 32 bits, whose numbers are others.
    Narrow,
}

/// Reads the line: the call's number and its arguments, or `running`, or -1 where it is blocked outside any call. `width`
/// is asked where the addresses in it may be those of a program of 32 bits.
pub fn parse(line: &str, width: impl FnOnce() -> Width) -> Option<BlockedReading> {
    match waits(line, width)? {
        Waits::In { call, arguments } => Some(BlockedReading {
            call,
            fd: call.takes_fd().then(|| int(arguments[0])),
        }),
        Waits::Running | Waits::Outside | Waits::Asleep(_) => None,
    }
}

/// Reads all of the line; `None` where it is not such a line.
pub(super) fn waits(line: &str, width: impl FnOnce() -> Width) -> Option<Waits> {
    let mut words = line.split_ascii_whitespace();
    let number: i64 = match words.next()? {
        "running" => return Some(Waits::Running),
        number => number.parse().ok()?,
    };
    let Ok(number) = u32::try_from(number) else {
        return Some(Waits::Outside);
    };
    let mut registers = [0; 8];
    for (register, word) in registers.iter_mut().zip(words) {
        *register = u64::from_str_radix(word.trim_start_matches("0x"), 16).unwrap_or(0);
    }
    let [arguments @ .., stack, program] = registers;
    let width = if narrow::may_be(stack, program) {
        width()
    } else {
        Width::Native
    };
    let call = match width {
        Width::Native => named(number),
        Width::Narrow => narrow::named(number),
    };
    Some(Waits::In { call, arguments })
}

/// What the program of a process was built for.
pub(super) fn width(proc: &Proc, pid: Pid) -> Width {
    if narrow::is(proc, pid) {
        Width::Narrow
    } else {
        Width::Native
    }
}

/// The file may not be read of that process, or this kernel has none; not that the process has gone.
pub(super) fn hides(error: &io::Error) -> bool {
    let hidden = [libc::EACCES, libc::EPERM, libc::ENOENT, libc::ENOSYS];
    error.raw_os_error().is_some_and(|number| hidden.contains(&number))
}

/// The kernel function that a process sleeps in by this file of it, where it is one that tells something.
pub(super) fn wchan(proc: &Proc, pid: Pid, name: &str, bytes: &mut Vec<u8>) -> Option<Wchan> {
    proc.read_record(pid, name, bytes).ok()?;
    Wchan::of(std::str::from_utf8(bytes).ok()?.trim_end())
}

/// The call of that number, on the architecture that this is built for.
fn named(number: u32) -> Call {
    Call::NAMED
        .iter()
        .copied()
        .find(|call| self::number(*call) == Some(i64::from(number)))
        .unwrap_or(Call::Other(number))
}

/// Its number; `None` for a call that this architecture has not.
fn number(call: Call) -> Option<i64> {
    Some(match call {
        Call::Accept => libc::SYS_accept,
        Call::Accept4 => libc::SYS_accept4,
        Call::Connect => libc::SYS_connect,
        Call::Read => libc::SYS_read,
        Call::Readv => libc::SYS_readv,
        Call::Pread64 => libc::SYS_pread64,
        Call::Recvfrom => libc::SYS_recvfrom,
        Call::Recvmsg => libc::SYS_recvmsg,
        Call::Recvmmsg => libc::SYS_recvmmsg,
        Call::Write => libc::SYS_write,
        Call::Writev => libc::SYS_writev,
        Call::Sendto => libc::SYS_sendto,
        Call::Sendmsg => libc::SYS_sendmsg,
        Call::Sendfile => libc::SYS_sendfile,
        Call::Splice => libc::SYS_splice,
        Call::Ppoll => libc::SYS_ppoll,
        Call::Pselect6 => libc::SYS_pselect6,
        Call::EpollPwait => libc::SYS_epoll_pwait,
        Call::EpollPwait2 => libc::SYS_epoll_pwait2,
        Call::IoUringEnter => libc::SYS_io_uring_enter,
        Call::Wait4 => libc::SYS_wait4,
        Call::Waitid => libc::SYS_waitid,
        Call::RtSigsuspend => libc::SYS_rt_sigsuspend,
        Call::RtSigtimedwait => libc::SYS_rt_sigtimedwait,
        Call::Nanosleep => libc::SYS_nanosleep,
        Call::ClockNanosleep => libc::SYS_clock_nanosleep,
        Call::RestartSyscall => libc::SYS_restart_syscall,
        Call::Futex => libc::SYS_futex,
        Call::Flock => libc::SYS_flock,
        Call::Fcntl => libc::SYS_fcntl,
        Call::Fsync => libc::SYS_fsync,
        Call::Fdatasync => libc::SYS_fdatasync,
        Call::Semop => libc::SYS_semop,
        Call::Semtimedop => libc::SYS_semtimedop,
        Call::Msgrcv => libc::SYS_msgrcv,
        Call::Openat => libc::SYS_openat,
        Call::Clone => libc::SYS_clone,
        Call::Poll | Call::Select | Call::EpollWait | Call::Pause | Call::Vfork => return older(call),
        // Of programs of 32 bits alone.
        Call::Waitpid | Call::Socketcall | Call::Other(_) => return None,
    })
}

/// The calls that newer architectures left out.
#[cfg(target_arch = "x86_64")]
fn older(call: Call) -> Option<i64> {
    match call {
        Call::Poll => Some(libc::SYS_poll),
        Call::Select => Some(libc::SYS_select),
        Call::EpollWait => Some(libc::SYS_epoll_wait),
        Call::Pause => Some(libc::SYS_pause),
        Call::Vfork => Some(libc::SYS_vfork),
        _ => None,
    }
}

/// The calls that newer architectures left out.
#[cfg(not(target_arch = "x86_64"))]
fn older(_call: Call) -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, call: Option<(&str, Option<i32>)>) {
        let read = parse(line, || Width::Native);
        let read = read.map(|blocked| (blocked.call.name().unwrap_or("?"), blocked.fd));
        assert_eq!(read, call, "{line}");
    }

    #[test]
    fn a_line_names_the_call_and_its_descriptor() {
        let accept = libc::SYS_accept4;
        check(
            &format!("{accept} 0x3 0x0 0x0 0x80000 0x0 0x0 0x7ffc 0x7f11\n"),
            Some(("accept4", Some(3))),
        );
        check(
            &format!("{} 0xffffffff 0x0 0x0 0x0", libc::SYS_wait4),
            Some(("wait4", None)),
        );
        check(
            &format!("{} 0xdeadbeef00000004 0x1", libc::SYS_read),
            Some(("read", Some(4))),
        );
        check("9999 0x1", Some(("?", None)));
        check("running\n", None);
        check("-1 0x7ffc 0x7f11\n", None);
        check("", None);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_program_of_32_bits_has_numbers_of_its_own() {
        let check = |line, width, name| {
            let read = parse(line, || width).map(|blocked| blocked.call);
            assert_eq!(read, Some(name), "{line} {width:?}");
        };
        let low = "7 0xffffffff 0x0 0x0 0x0 0x0 0x0 0xffcbf300 0x804805b";
        check(low, Width::Narrow, Call::Waitpid);
        // A program of 64 bits may lie there as well.
        check(low, Width::Native, Call::Poll);
        // And one of 32 bits never lies here.
        check(
            "7 0x7ffc 0x1 0xffff 0x0 0x0 0x0 0x7ffcbf300 0x7f04805b",
            Width::Narrow,
            Call::Poll,
        );
        let high = low.replacen('7', "376", 1);
        check(&high, Width::Narrow, Call::Other(376));
    }
}
