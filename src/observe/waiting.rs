//! What was said and not taken yet, kept within bounds: a terminal that is stopped and a pipe that nobody reads keep
//! whoever shows things from taking anything, and what is observed meanwhile must not fill the memory.
//!
//! A reading that finds no room is dropped: the next one says it all again. An event that finds none is lost, and
//! counted as lost. Of a client of ours all is said or nothing, so that none is open for ever whose end was lost.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::timeline::observation::{Client, ClientId, ClientPhase, Lost, Observation};

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
    /// The clients that were spoken of and have not ended.
    clients: Mutex<HashSet<ClientId>>,
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
            let is_full = self.counts.weight.load(Ordering::Relaxed) > self.most;
            let is_kept = match &news {
                News::Observed(Observation::Client(client)) => self.counts.is_told(client, is_full),
                News::Observed(_) => !is_full,
                News::Capture(_) => true,
            };
            if !is_kept {
                self.counts.lost.fetch_add(events(&news), Ordering::Relaxed);
                return true;
            }
            if is_full {
                return put(self.keep(news));
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

impl Counts {
    /// This is said of a client: where there is no room, only of those that were spoken of. As many as are open at a
    /// time, and that is no more than there are descriptors for.
    fn is_told(&self, client: &Client, is_full: bool) -> bool {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        match client.phase {
            ClientPhase::Connecting | ClientPhase::Connected | ClientPhase::Served if is_full => {
                clients.contains(&client.id)
            }
            ClientPhase::Connecting | ClientPhase::Connected | ClientPhase::Served => {
                clients.insert(client.id);
                true
            }
            ClientPhase::Done | ClientPhase::Failed(_) => clients.remove(&client.id) || !is_full,
        }
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
fn events(news: &News) -> u64 {
    let News::Observed(observation) = news else { return 0 };
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
            News::Observed(Observation::Client(client)) => format!("{} {:?}", client.id.0, client.phase),
            News::Observed(_) => "sample".to_owned(),
            News::Capture(_) => "capture".to_owned(),
        }
    }

    /// Where to say something, with room for little, and what was taken of it since it was last asked for.
    fn with_little_room() -> (impl Fn(News) -> bool, impl Fn() -> Vec<String>) {
        let taken: Arc<Mutex<Vec<Kept>>> = Arc::default();
        let put = Arc::clone(&taken);
        let sink = Waiting::of(2).sink(move |kept| {
            put.lock().unwrap().push(kept);
            true
        });
        let take = move || taken.lock().unwrap().drain(..).map(|kept| name(&kept)).collect();
        (move |news| sink(news), take)
    }

    #[test]
    fn what_finds_no_room_is_counted_or_said_again() {
        let (sink, take) = with_little_room();
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
    fn of_a_client_all_is_said_or_nothing() {
        use ClientPhase::{Connected, Connecting, Done, Served};
        let (sink, take) = with_little_room();
        let client = |id, phase| {
            let at = Time::from_nanos(0);
            let (id, local) = (ClientId(id), None);
            News::Observed(Observation::Client(Client { at, id, local, phase }))
        };
        for (id, phase) in [
            (1, Connecting),
            (2, Connecting),
            (1, Connected),
            (3, Connecting),
            (4, Connecting),
            (1, Done),
            (3, Connected),
            (3, Done),
            (2, Connected),
        ] {
            assert!(sink(client(id, phase)));
        }
        // The third and the fourth came when there was no room.
        assert_eq!(
            take(),
            ["1 Connecting", "2 Connecting", "1 Connected", "1 Done", "2 Connected"]
        );
        for (id, phase) in [(4, Served), (2, Done), (4, Done)] {
            assert!(sink(client(id, phase)));
        }
        assert_eq!(take(), ["lost 4", "4 Served", "2 Done", "4 Done"]);
    }

    #[test]
    fn where_nothing_more_is_wanted_it_says_so() {
        let sink = Waiting::of(2).sink(|_| false);
        assert!(!sink(event("a")));
    }
}
