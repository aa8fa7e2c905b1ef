//! The one system call that opens a performance event, and the layout that it takes (`perf_event_open(2)`,
//! include/uapi/linux/perf_event.h).
#![allow(unsafe_code, reason = "a system call and an ioctl that neither nix nor rustix wraps")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::libc;

use crate::timeline::process::Pid;

/// `struct perf_event_attr` in its third published size (`PERF_ATTR_SIZE_VER3`), the first with a clock.
#[repr(C)]
#[derive(Default)]
struct Attributes {
    kind: u32,
    size: u32,
    config: u64,
    sample_period: u64,
    sample_type: u64,
    read_format: u64,
    flags: u64,
    wakeup: u32,
    bp_type: u32,
    config1: u64,
    config2: u64,
    branch_sample_type: u64,
    sample_regs_user: u64,
    sample_stack_user: u32,
    clockid: i32,
}

const TYPE_SOFTWARE: u32 = 1;
const COUNT_DUMMY: u64 = 9;
const SAMPLE_TIME: u64 = 1 << 2;
const CLOSE_ON_EXEC: libc::c_ulong = 1 << 3;

/// The flags, by their place in the bit field.
const FLAGS: [u32; 8] = [
    1,  // inherit: what it forks is watched too
    5,  // exclude_kernel: else paranoid 2 forbids it
    9,  // comm: records of new names
    13, // task: records of forks and exits
    14, // watermark: `wakeup` counts bytes
    18, // sample_id_all: the time behind each record
    24, // comm_exec: which of the new names come of an exec
    25, // use_clockid
];

nix::ioctl_write_int_bad!(set_output, 0x2405);

/// Where the records of an event go.
#[derive(Debug, Clone, Copy)]
pub(super) enum Output<'fd> {
    /// To a ring of its own.
    Own,
    /// To the ring of that event, which watches the same processor.
    Of(BorrowedFd<'fd>),
}

/// Opens an event on a thread, for what it does on one processor. It wakes whoever waits for it at every record.
pub(super) fn open(tid: Pid, cpu: i32, output: Output<'_>) -> io::Result<OwnedFd> {
    let flags = FLAGS.iter().fold(0, |flags, place| flags | 1 << place);
    let attributes = Attributes {
        kind: TYPE_SOFTWARE,
        size: u32::try_from(size_of::<Attributes>()).unwrap_or(0),
        config: COUNT_DUMMY,
        sample_type: SAMPLE_TIME,
        // Bit fields begin at the other end there.
        flags: if cfg!(target_endian = "big") {
            u64::reverse_bits(flags)
        } else {
            flags
        },
        wakeup: 1,
        clockid: libc::CLOCK_BOOTTIME,
        ..Attributes::default()
    };
    // SAFETY: the kernel reads `size` bytes at the pointer, which is the size of the struct behind it, and keeps
    // nothing of it; the other arguments are numbers.
    let fd = unsafe {
        libc::syscall(
            libc::SYS_perf_event_open,
            &raw const attributes,
            tid,
            cpu,
            -1,
            CLOSE_ON_EXEC,
        )
    };
    let fd = i32::try_from(fd)
        .ok()
        .filter(|fd| *fd >= 0)
        .ok_or_else(io::Error::last_os_error)?;
    // SAFETY: the kernel has just given this descriptor to us, and nobody else has it.
    let event = unsafe { OwnedFd::from_raw_fd(fd) };
    if let Output::Of(other) = output {
        // SAFETY: both descriptors are open for the duration of the call, which takes no pointer.
        unsafe { set_output(event.as_raw_fd(), other.as_raw_fd()) }?;
    }
    Ok(event)
}
