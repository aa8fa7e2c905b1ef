//! A system call with those of its arguments that say what it waits for, as a program would write them.

use crate::timeline::call::{Call, Waiting, int};

/// `accept4(fd 3)`, `read(fd 4, 4096 bytes)`, `wait4(-1)`; the number of a call that has no name here.
pub fn call(call: Call, arguments: [u64; 6]) -> String {
    let Some(name) = call.name() else {
        let Call::Other(number) = call else {
            return String::new();
        };
        return format!("syscall {number}");
    };
    let fd = format!("fd {}", int(arguments[0]));
    match (call, call.waiting()) {
        // Of each, what the man page of that call says its arguments are.
        (Call::Wait4 | Call::Waitpid, _) => format!("{name}({})", int(arguments[0])),
        (Call::Waitid, _) => format!("{name}({}, {})", kind_of_id(int(arguments[0])), int(arguments[1])),
        (Call::Read | Call::Pread64 | Call::Recvfrom | Call::Write | Call::Sendto, _) => {
            format!("{name}({fd}, {} bytes)", arguments[2])
        }
        (Call::Poll, _) => format!("{name}({} fds, {})", arguments[1], patience(arguments[2])),
        (Call::Ppoll, _) => format!("{name}({} fds)", arguments[1]),
        (Call::Select | Call::Pselect6, _) => format!("{name}({} fds)", int(arguments[0])),
        (Call::EpollWait | Call::EpollPwait, _) => format!("{name}({fd}, {})", patience(arguments[3])),
        (_, Waiting::Accept) => format!("{name}({fd})"),
        _ if call.takes_fd() => format!("{name}({fd})"),
        _ => format!("{name}()"),
    }
}

/// The first argument of waitid(2).
fn kind_of_id(kind: i32) -> &'static str {
    match kind {
        0 => "P_ALL",
        1 => "P_PID",
        2 => "P_PGID",
        3 => "P_PIDFD",
        _ => "?",
    }
}

/// A time-out in milliseconds; -1 is none.
fn patience(register: u64) -> String {
    match int(register) {
        -1 => "-1".to_owned(),
        millis => format!("{millis} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_say_what_is_waited_for() {
        let check = |which, arguments: &[u64], said: &str| {
            let mut registers = [0; 6];
            registers[..arguments.len()].copy_from_slice(arguments);
            assert_eq!(call(which, registers), said);
        };
        check(Call::Accept4, &[3, 0, 0, 0x80000], "accept4(fd 3)");
        check(Call::Read, &[4, 0x7ffc, 4096], "read(fd 4, 4096 bytes)");
        check(Call::Wait4, &[0xffff_ffff], "wait4(-1)");
        check(Call::Wait4, &[4130], "wait4(4130)");
        check(Call::Waitid, &[1, 4130], "waitid(P_PID, 4130)");
        check(Call::Poll, &[0x7ffc, 2, 0xffff_ffff], "poll(2 fds, -1)");
        check(Call::EpollWait, &[5, 0x7ffc, 64, 100], "epoll_wait(fd 5, 100 ms)");
        check(Call::Pselect6, &[8], "pselect6(8 fds)");
        check(Call::Futex, &[0x7ffc], "futex()");
        check(Call::Flock, &[9], "flock(fd 9)");
        check(Call::Other(999), &[], "syscall 999");
    }
}
