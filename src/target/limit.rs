//! The limit of open files (RLIMIT_NOFILE): raised for ourselves, and as it was for whatever we launch.

use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::OnceLock;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// So many descriptors are needed at once by whoever waits for anything, at the least.
const NEEDED: usize = 8;

/// Too few files may be open to begin anything.
#[derive(Debug, thiserror::Error)]
#[error("no more than {limit} files may be open at a time, which is too few: raise the limit (ulimit -n)")]
pub struct TooFew {
    limit: u64,
}

/// The soft limit that this process was started with; `None` where it could not be asked.
static FIRST: OnceLock<Option<u64>> = OnceLock::new();

/// Raises the soft limit of open files to the hard one, where it can be: watching takes a few descriptors for each
/// process, and each client is one. Gives the soft limit that we were started with, however often it is asked for.
pub fn raise() -> Option<u64> {
    *FIRST.get_or_init(|| {
        let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
        // Where it cannot be raised there is less room, and what does not fit is said.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
        Some(soft)
    })
}

/// Whether there are descriptors to begin with, before anything is begun that would panic for want of one: the runtimes
/// that wait for signals do.
///
/// # Errors
/// There are not, and the limit cannot be raised.
pub fn suffices() -> Result<(), TooFew> {
    let takes = || -> io::Result<Vec<OwnedFd>> {
        let standard = io::stderr();
        (0..NEEDED).map(|_| standard.as_fd().try_clone_to_owned()).collect()
    };
    let is_enough = || takes().map_or_else(|error| error.raw_os_error() != Some(nix::libc::EMFILE), |_| true);
    if is_enough() {
        return Ok(());
    }
    raise();
    let limit = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
    is_enough().then_some(()).ok_or(TooFew { limit })
}

/// The soft limit that we were started with, where it was raised since.
pub(super) fn first() -> Option<u64> {
    FIRST.get().copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_was_at_first_is_not_forgotten() {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("asked");
        setrlimit(Resource::RLIMIT_NOFILE, hard - 1, hard).expect("lowered");
        assert_eq!((raise(), raise()), (Some(hard - 1), Some(hard - 1)));
        assert_eq!(getrlimit(Resource::RLIMIT_NOFILE), Ok((hard, hard)));
        assert_eq!(first(), Some(hard - 1));
    }
}
