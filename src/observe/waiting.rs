//! What was said and not taken yet, kept within bounds: a terminal that is stopped and a pipe that nobody reads keep
//! whoever shows things from taking anything, and what is observed meanwhile must not fill the memory.
//!
//! A reading that finds no room is dropped: the next one says it all again. An event that finds none is lost, and
//! counted as lost. What the clients say does not come this way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::timeline::observation::{Lost, Observation};

use super::{News, Sink, clock};

/// So much may wait: rows of readings, and events. That is many seconds of the busiest tree, and some tens of megabytes.
const MOST: usize = 200_000;

/// Knows how much waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    most: usize,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    weight: AtomicUsize,
    lost: AtomicU64,
}

/// News that waits to be taken. Dropping it makes room.
#[derive(Debug)]
pub struct Kept {
    /// What was said.
    pub news: News,
    _room: Room,
}

#[derive(Debug)]
struct Room {
    counts: Arc<Counts>,
    weight: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.counts.weight.fetch_sub(self.weight, Ordering::Relaxed);
    }
}

impl Default for Waiting {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Waiting {
    fn of(most: usize) -> Self {
        let counts = Arc::default();
        Self { most, counts }
    }

    /// A sink that puts news there as long as there is room. `put` says whether more is wanted.
    pub fn sink(self, put: impl Fn(Kept) -> bool + Send + Sync + 'static) -> Sink {
        Arc::new(move |news| {
            if self.counts.weight.load(Ordering::Relaxed) > self.most {
                let lost = match &news {
                    News::Observed(observation) => events(observation),
                    News::Capture(_) => return put(self.keep(news)),
                };
                self.counts.lost.fetch_add(lost, Ordering::Relaxed);
                return true;
            }
            let lost = self.counts.lost.swap(0, Ordering::Relaxed);
            if lost > 0 {
                let at = clock::now();
                let lost = News::Observed(Observation::Lost(Lost { at, count: lost }));
                if !put(self.keep(lost)) {
                    return false;
                }
            }
            put(self.keep(news))
        })
    }

    fn keep(&self, news: News) -> Kept {
        let weight = weight(&news);
        let counts = Arc::clone(&self.counts);
        counts.weight.fetch_add(weight, Ordering::Relaxed);
        let room = Room { counts, weight };
        Kept { news, _room: room }
    }
}

/// How many rows it brings, and itself.
fn weight(news: &News) -> usize {
    match news {
        News::Observed(Observation::Sample(sample) | Observation::Glance(sample)) => {
            let sockets = sample.sockets.as_ref().map_or(0, |sockets| sockets.connections.len());
            1 + sample.processes.len() + sockets
        }
        News::Observed(Observation::Threads(threads)) => 1 + threads.found.len(),
        News::Observed(_) | News::Capture(_) => 1,
    }
}

/// How many events are lost with it, for good.
fn events(observation: &Observation) -> u64 {
    match observation {
        Observation::Sample(_) | Observation::Glance(_) | Observation::Detail(_) | Observation::Threads(_) => 0,
        Observation::Lost(lost) => lost.count,
        Observation::Birth(_)
        | Observation::Exec(_)
        | Observation::Exit(_)
        | Observation::Reap(_)
        | Observation::Client(_)
        | Observation::Order(_)
        | Observation::Mark(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::timeline::observation::{Mark, Sample};
    use crate::timeline::time::Time;

    /// An event of no more than a word.
    fn event(text: &str) -> News {
        let at = Time::from_nanos(0);
        News::Observed(Observation::Mark(Mark { at, text: text.into() }))
    }

    fn sample() -> News {
        News::Observed(Observation::Sample(Sample {
            at: Time::from_nanos(0),
            processes: Vec::new(),
            sockets: None,
        }))
    }

    fn name(kept: &Kept) -> String {
        match &kept.news {
            News::Observed(Observation::Mark(mark)) => mark.text.to_string(),
            News::Observed(Observation::Lost(lost)) => format!("lost {}", lost.count),
            News::Observed(_) => "sample".to_owned(),
            News::Capture(_) => "capture".to_owned(),
        }
    }

    #[test]
    fn what_finds_no_room_is_counted_or_said_again() {
        let taken: Arc<Mutex<Vec<Kept>>> = Arc::default();
        let put = Arc::clone(&taken);
        let sink = Waiting::of(2).sink(move |kept| {
            put.lock().unwrap().push(kept);
            true
        });
        let take = || -> Vec<String> { taken.lock().unwrap().drain(..).map(|kept| name(&kept)).collect() };
        for text in ["a", "b", "c", "d", "e"] {
            assert!(sink(event(text)));
        }
        assert!(sink(sample()));
        assert_eq!(take(), ["a", "b", "c"]); // the third is the one that filled it
        assert!(sink(sample()));
        assert!(sink(event("f")));
        assert_eq!(take(), ["lost 2", "sample", "f"]);
        assert!(sink(event("g")));
        assert_eq!(take(), ["g"]);
    }

    #[test]
    fn where_nothing_more_is_wanted_it_says_so() {
        let sink = Waiting::of(2).sink(|_| false);
        assert!(!sink(event("a")));
    }
}
