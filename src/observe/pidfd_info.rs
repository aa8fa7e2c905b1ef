//! The wait status of a process that has been reaped, from its pidfd (`PIDFD_GET_INFO`, Linux 6.15,
//! include/uapi/linux/pidfd.h).
#![allow(unsafe_code, reason = "an ioctl that neither nix nor rustix wraps")]

use std::os::fd::{AsFd, AsRawFd};

use crate::timeline::process::ExitStatus;

/// `struct pidfd_info` in its first published size.
#[repr(C)]
#[derive(Default)]
pub(super) struct PidfdInfo {
    mask: u64,
    cgroupid: u64,
    pid: u32,
    tgid: u32,
    ppid: u32,
    ruid: u32,
    rgid: u32,
    euid: u32,
    egid: u32,
    suid: u32,
    sgid: u32,
    fsuid: u32,
    fsgid: u32,
    exit_code: i32,
}

/// `PIDFD_INFO_EXIT`: ask for, and confirm, the exit code.
const INFO_EXIT: u64 = 1 << 3;

nix::ioctl_readwrite!(get_info, 0xff, 11, PidfdInfo);

/// How the process of a pidfd ended; [`ExitStatus::Unknown`] before it was reaped and on older kernels.
pub(super) fn exit_status(pidfd: impl AsFd) -> ExitStatus {
    let mut info = PidfdInfo {
        mask: INFO_EXIT,
        ..PidfdInfo::default()
    };
    // SAFETY: the descriptor is open for the duration of the call, and the request number carries the size of the
    // struct, so that the kernel writes no further than it.
    let outcome = unsafe { get_info(pidfd.as_fd().as_raw_fd(), &raw mut info) };
    match outcome {
        Ok(_) if info.mask & INFO_EXIT != 0 => ExitStatus::from_wait(info.exit_code),
        Ok(_) | Err(_) => ExitStatus::Unknown,
    }
}
