//! The limit of open files (RLIMIT_NOFILE): raised for ourselves, and as it was for whatever we launch.

use std::sync::OnceLock;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

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
