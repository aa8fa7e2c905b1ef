//! On which CPUs a process runs: a server that is to be short of them is kept to a few, and whoever watches it keeps off
//! those (sched_setaffinity(2)). An affinity is a thread's, and is inherited by whatever it starts.

use nix::errno::Errno;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// This thread.
const OWN: Pid = Pid::from_raw(0);

/// CPUs, by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cpus(Vec<usize>);

impl Cpus {
    /// Those that this thread may run on.
    ///
    /// # Errors
    ///
    /// Those of sched_getaffinity(2).
    pub fn allowed() -> nix::Result<Self> {
        let set = sched_getaffinity(OWN)?;
        let has = |cpu: &usize| set.is_set(*cpu) == Ok(true);
        Ok(Self((0..CpuSet::count()).filter(has).collect()))
    }

    /// The first so many of them, and the others; all of them where there are no others.
    pub fn divide(&self, first: u32) -> (Self, Self) {
        let at = usize::try_from(first).unwrap_or(usize::MAX).min(self.0.len());
        let (first, others) = self.0.split_at(at);
        let others = if others.is_empty() { &self.0 } else { others };
        (Self(first.to_vec()), Self(others.to_vec()))
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Keeps this thread to them, and whatever it starts from now on.
    ///
    /// # Errors
    ///
    /// Those of sched_setaffinity(2); EINVAL also for no CPU at all.
    pub fn keep(&self) -> nix::Result<()> {
        self.keep_to(OWN)
    }

    /// Keeps another thread to them, where it still is one.
    ///
    /// # Errors
    ///
    /// As for [`Self::keep`].
    pub fn keep_thread(&self, thread: i32) -> nix::Result<()> {
        match self.keep_to(Pid::from_raw(thread)) {
            Err(Errno::ESRCH) => Ok(()),
            outcome => outcome,
        }
    }

    fn keep_to(&self, thread: Pid) -> nix::Result<()> {
        if self.0.is_empty() {
            return Err(Errno::EINVAL);
        }
        let mut set = CpuSet::new();
        self.0.iter().try_for_each(|cpu| set.set(*cpu))?;
        sched_setaffinity(thread, &set)
    }
}

/// Keeps this thread to the first so many CPUs of those that it may run on.
pub(super) fn keep_to(count: u32) -> nix::Result<()> {
    Cpus::allowed()?.divide(count).0.keep()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_gets_the_first_and_its_watchers_the_others() {
        #[track_caller]
        fn check(allowed: &[usize], first: u32, expected: (&[usize], &[usize])) {
            let (servers, others) = Cpus(allowed.to_vec()).divide(first);
            assert_eq!((servers.0.as_slice(), others.0.as_slice()), expected);
        }
        check(&[0, 1, 2, 3], 1, (&[0], &[1, 2, 3]));
        check(&[2, 5], 1, (&[2], &[5]));
        check(&[2, 5], 2, (&[2, 5], &[2, 5]));
        check(&[7], 1, (&[7], &[7]));
        check(&[7], 9, (&[7], &[7]));
    }
}
