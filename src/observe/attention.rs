//! What somebody looks at more closely than at the rest, and how often that is read. Nobody looks unless asked, so that
//! what is not shown costs nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::timeline::detail::Detail;
use crate::timeline::observation::Observation;
use crate::timeline::process::Key;
use crate::timeline::threads::Threads;

use super::proc::Proc;
use super::{clock, detail, threads};

/// The same process is looked at again after this: the sums of its memory are the kernel's work, page by page.
const AGAIN: Duration = Duration::from_secs(1);

/// And the threads of the same processes after this: a thread lives as long as its client.
const THREADS_AGAIN: Duration = Duration::from_millis(400);

/// But no sooner than this many times as long as the last look took: a thousand threads are read in some ten
/// milliseconds, and this must not become the load that is watched.
const TIMES: u32 = 20;

/// So many threads are read in one look, of all processes together.
const MOST_THREADS: usize = 2048;

/// What is looked at more closely.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attention {
    /// This process in detail.
    pub process: Option<Key>,
    /// The threads of these.
    pub threads: Vec<Key>,
}

/// Reads what attention is paid to.
#[derive(Debug)]
pub(super) struct Closer {
    proc: Proc,
    last: Option<(Key, Instant)>,
    /// Whose threads were read last, and until when they are not read again.
    threads: Option<(Vec<Key>, Instant)>,
}

impl Closer {
    pub(super) fn new(proc: Proc) -> Self {
        Self {
            proc,
            last: None,
            threads: None,
        }
    }

    /// What is due to be looked at now.
    pub(super) fn look(&mut self, attention: &Attention, now: Instant) -> Vec<Observation> {
        let detail = self.detail(attention.process, now).map(Observation::Detail);
        let threads = self.threads(&attention.threads, now).map(Observation::Threads);
        detail.into_iter().chain(threads).collect()
    }

    fn detail(&mut self, process: Option<Key>, now: Instant) -> Option<Detail> {
        let Some(key) = process else {
            self.last = None;
            return None;
        };
        let due = match self.last {
            Some((last, at)) => last != key || now.saturating_duration_since(at) >= AGAIN,
            None => true,
        };
        due.then(|| {
            self.last = Some((key, now));
            detail::look(&self.proc, key)
        })
    }

    fn threads(&mut self, of: &[Key], now: Instant) -> Option<Threads> {
        if of.is_empty() {
            self.threads = None;
            return None;
        }
        let due = match &self.threads {
            // Who comes into sight is read at once; where they come and go all the time, what is known goes on.
            Some((last, until)) => now >= *until || !of.iter().any(|key| last.contains(key)),
            None => true,
        };
        if !due {
            return None;
        }
        let (at, began) = (clock::now(), Instant::now());
        let mut left = MOST_THREADS;
        let mut found = Vec::new();
        for key in of {
            if let Some(listed) = threads::list(&self.proc, *key, left) {
                left -= listed.threads.len();
                found.push((*key, Arc::new(listed)));
            }
        }
        let rests = THREADS_AGAIN.max(began.elapsed() * TIMES);
        self.threads = Some((of.to_vec(), now + rests));
        Some(Threads { at, found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_process_is_looked_at_once_a_second_and_another_at_once() {
        let mut closer = Closer::new(Proc::at("/nowhere"));
        let process = |pid| Attention {
            process: Some(Key { pid, start_ticks: 1 }),
            threads: Vec::new(),
        };
        let start = Instant::now();
        let mut looks = |attention, millis| closer.look(&attention, start + Duration::from_millis(millis)).len();
        assert_eq!(looks(Attention::default(), 0), 0);
        assert_eq!(looks(process(1), 0), 1);
        assert_eq!(looks(process(1), 999), 0);
        assert_eq!(looks(process(2), 999), 1);
        assert_eq!(looks(process(2), 1500), 0);
        assert_eq!(looks(process(2), 1999), 1);
        assert_eq!(looks(Attention::default(), 2000), 0);
        assert_eq!(looks(process(2), 2000), 1);
    }

    #[test]
    fn threads_are_read_again_after_a_while_and_those_of_others_at_once() {
        let mut closer = Closer::new(Proc::at("/nowhere"));
        let of = |pids: &[i32]| Attention {
            process: None,
            threads: pids
                .iter()
                .map(|pid| Key {
                    pid: *pid,
                    start_ticks: 1,
                })
                .collect(),
        };
        let start = Instant::now();
        let mut looks = |attention, millis| closer.look(&attention, start + Duration::from_millis(millis)).len();
        assert_eq!((looks(of(&[1]), 0), looks(of(&[1]), 399)), (1, 0));
        // One more beside it waits for its turn; another alone does not.
        assert_eq!((looks(of(&[1, 2]), 399), looks(of(&[3]), 399)), (0, 1));
        assert_eq!(looks(of(&[]), 400), 0);
        assert_eq!(looks(of(&[3]), 400), 1);
    }
}
