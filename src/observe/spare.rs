//! Descriptors of our own: the last ones of those that we may have are left for reading /proc at all. Who keeps one for
//! long asks here first; a process whose pidfd or files are not kept is read by path.

use std::os::fd::AsRawFd;
use std::sync::OnceLock;

use nix::sys::resource::{Resource, getrlimit};

/// So many are left, or half of all where that is less.
const LEFT: u64 = 64;

/// Whether this one may be kept. The kernel gives out the lowest number that is free (open(2)), so that its own number
/// says how many are taken.
pub(super) fn may_keep(file: &impl AsRawFd) -> bool {
    static LIMIT: OnceLock<u64> = OnceLock::new();
    // It is raised before anything is observed, and stays so.
    let limit = *LIMIT.get_or_init(|| getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(soft, _)| soft));
    u64::try_from(file.as_raw_fd()).is_ok_and(|number| keeps(number, limit))
}

fn keeps(number: u64, limit: u64) -> bool {
    number < limit - LEFT.min(limit / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_descriptors_are_left() {
        #[track_caller]
        fn check(limit: u64, kept: u64) {
            assert!(keeps(kept - 1, limit));
            assert!(!keeps(kept, limit));
        }
        check(1024, 960);
        check(300, 236);
        check(40, 20);
    }
}
