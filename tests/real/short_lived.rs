//! Many children that live for a moment, and what is said of each beside the word of their own parent, which had a
//! stopwatch.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::Command;

use forkscope::observe::Wanted;
use forkscope::timeline::lifeline::Reaper;
use forkscope::timeline::process::{ExitStatus, Pid};

use super::example::example;
use super::observed::{Target, Watch};

/// The program `children`, where it does not lie in its place.
pub(crate) const CHILDREN: &str = "FORKSCOPE_TEST_CHILDREN";

/// What one child of `children` was, by its own parent's word.
pub(crate) struct Told {
    pub(crate) pid: Pid,
    pub(crate) code: u8,
    /// When its exit was seen, and when it had been waited for; zeros where no stopwatch ran.
    pub(crate) exited: u64,
    pub(crate) reaped: u64,
}

/// A parent of short-lived children, watched from before the first of them.
pub(crate) struct Children {
    pub(crate) target: Target,
    pub(crate) watch: Watch,
    pub(crate) told: Vec<Told>,
}

impl Children {
    /// Children so many, at that rate, that live so many microseconds, dealt with like that; all of them have gone,
    /// and as much of it as was seen has been told.
    pub(crate) fn of(wanted: Wanted, [count, rate, lifetime]: [u32; 3], policy: &str) -> Self {
        let program = std::env::var_os(CHILDREN).map_or_else(|| example("children"), PathBuf::from);
        let mut command = Command::new(program);
        command
            .args([count, rate, lifetime].map(|number| number.to_string()))
            .arg(policy);
        let mut target = Target::start(command);
        let mut watch = Watch::with(&target, wanted);
        watch.until("it is watched", |watch| !watch.sampled.is_empty());
        target.tell("\n");
        let mut told = Vec::new();
        let output = target.child.stdout.as_mut().expect("its output");
        for line in BufReader::new(output).lines() {
            let line = line.expect("a line");
            if line == "done" {
                break;
            }
            let numbers: Vec<u64> = line
                .split(' ')
                .map(|number| number.parse().expect("a number"))
                .collect();
            told.push(Told {
                pid: Pid::try_from(numbers[0]).expect("a pid"),
                code: u8::try_from(numbers[1]).expect("a code"),
                exited: numbers[2],
                reaped: numbers[3],
            });
        }
        assert_eq!(told.len(), usize::try_from(count).expect("a small number"));
        let root = target.pid();
        watch.until("all that were seen are seen to their end", |watch| {
            let seen = watch.births.keys().map(|(_, child)| *child);
            let sampled = watch.sampled.iter().map(|key| key.pid);
            // What was lost cannot be waited for.
            let all = watch.lost > 0 || !watch.tells() || watch.births.len() >= told.len();
            let mut ended = seen.chain(sampled).filter(|pid| *pid != root);
            all && ended.all(|pid| watch.timeline.by_pid(pid).is_some_and(|life| life.reaped.is_some()))
        });
        Self { target, watch, told }
    }

    /// Every birth, exit and reap was told, with the right parent and code; or it is said how many were not.
    #[track_caller]
    pub(crate) fn check_exact(&mut self) {
        let pids: Vec<Pid> = self.told.iter().map(|told| told.pid).collect();
        let without = move |watch: &Watch| {
            let unknown = |pid: &&Pid| {
                watch
                    .life(**pid)
                    .exited
                    .is_some_and(|exited| exited.status == ExitStatus::Unknown)
            };
            u64::try_from(pids.iter().filter(unknown).count()).expect("a small number")
        };
        self.watch.until("it is said how many have no status", |watch| {
            watch.too_short() >= without(watch)
        });
        let (watch, parent) = (&self.watch, self.target.pid());
        println!("{} children, {} without status", self.told.len(), without(watch));
        for told in &self.told {
            assert_eq!(watch.births.get(&(parent, told.pid)), Some(&1), "birth of {}", told.pid);
            let life = watch.life(told.pid);
            let exited = life.exited.expect("it exited");
            assert!(life.born.uncertainty().is_zero(), "{life:?}");
            if exited.status != ExitStatus::Unknown {
                assert_eq!(exited.status, ExitStatus::Code(told.code), "{life:?}");
            }
            let key = life.key().expect("a key");
            assert_eq!(
                (watch.exits.get(&key), watch.reaps.get(&key)),
                (Some(&1), Some(&1)),
                "{life:?}"
            );
        }
        let totals = watch.now().totals;
        let count = u64::try_from(self.told.len()).expect("a small number");
        assert_eq!((totals.forked, totals.exited, totals.reaped), (count, count, count));
    }

    /// How many of them have a status.
    pub(crate) fn statuses(&self) -> usize {
        let has_status = |told: &&Told| {
            let exited = self.watch.life(told.pid).exited.expect("it exited");
            exited.status != ExitStatus::Unknown
        };
        self.told.iter().filter(has_status).count()
    }

    /// Who is said to have waited for each.
    pub(crate) fn reapers(&self) -> BTreeMap<Reaper, usize> {
        let mut reapers = BTreeMap::new();
        for told in &self.told {
            let by = self.watch.life(told.pid).reaped.expect("it was reaped").by;
            *reapers.entry(by).or_default() += 1;
        }
        reapers
    }
}
