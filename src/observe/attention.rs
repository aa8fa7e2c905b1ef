//! What somebody looks at more closely than at the rest, and how often that is read. Nobody looks unless asked, so that
//! what is not shown costs nothing.

use std::time::{Duration, Instant};

use crate::timeline::observation::Observation;
use crate::timeline::process::Key;

use super::detail;
use super::proc::Proc;

/// The same process is looked at again after this: the sums of its memory are the kernel's work, page by page.
const AGAIN: Duration = Duration::from_secs(1);

/// What is looked at more closely.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attention {
    /// This process in detail.
    pub process: Option<Key>,
}

/// Reads what attention is paid to.
#[derive(Debug)]
pub(super) struct Closer {
    proc: Proc,
    last: Option<(Key, Instant)>,
}

impl Closer {
    pub(super) fn new(proc: Proc) -> Self {
        Self { proc, last: None }
    }

    /// What is due to be looked at now.
    pub(super) fn look(&mut self, attention: Attention, now: Instant) -> Vec<Observation> {
        let Some(key) = attention.process else {
            self.last = None;
            return Vec::new();
        };
        let due = match self.last {
            Some((last, at)) => last != key || now.saturating_duration_since(at) >= AGAIN,
            None => true,
        };
        if !due {
            return Vec::new();
        }
        self.last = Some((key, now));
        vec![Observation::Detail(detail::look(&self.proc, key))]
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
        };
        let start = Instant::now();
        let mut looks = |attention, millis| closer.look(attention, start + Duration::from_millis(millis)).len();
        assert_eq!(looks(Attention::default(), 0), 0);
        assert_eq!(looks(process(1), 0), 1);
        assert_eq!(looks(process(1), 999), 0);
        assert_eq!(looks(process(2), 999), 1);
        assert_eq!(looks(process(2), 1500), 0);
        assert_eq!(looks(process(2), 1999), 1);
        assert_eq!(looks(Attention::default(), 2000), 0);
        assert_eq!(looks(process(2), 2000), 1);
    }
}
