//! The messages of other threads, in the order in which they were sent, and until when all that was sent has been taken.
//!
//! Whoever has had no turn for a while finds much in here at once. What the first of it says may be put right by the
//! next, so that nothing may be concluded of the time up to now before all of it was taken. It reads no clock.

use tokio::sync::mpsc::UnboundedReceiver;

use crate::timeline::time::Time;

/// Messages that were sent and not taken yet.
#[derive(Debug)]
pub(super) struct Inbox<M> {
    messages: UnboundedReceiver<M>,
    /// All that was sent by then has been taken.
    heard: Time,
    /// So many are still to be taken of what had been sent by then.
    waiting: usize,
    looked: Time,
}

impl<M> Inbox<M> {
    /// Of what is sent to there.
    pub(super) fn new(messages: UnboundedReceiver<M>) -> Self {
        Self {
            messages,
            heard: Time::default(),
            waiting: 0,
            looked: Time::default(),
        }
    }

    /// The next, where one is there.
    pub(super) fn take(&mut self) -> Option<M> {
        let message = self.messages.try_recv().ok()?;
        self.took_one();
        Some(message)
    }

    /// The next, once there is one; `None` where nobody can send any more. Nothing is lost where this is not waited for to
    /// the end.
    pub(super) async fn next(&mut self) -> Option<M> {
        let message = self.messages.recv().await?;
        self.took_one();
        Some(message)
    }

    /// A time by which all that had been sent has been taken: `now`, where nothing waits, and else no later than it was
    /// when all that waits now had not been sent.
    pub(super) fn heard(&mut self, now: Time) -> Time {
        if self.waiting == 0 {
            self.looked = now;
            // Some of these may have been sent after `now`, which is no harm.
            self.waiting = self.messages.len();
            if self.waiting == 0 {
                self.heard = now;
            }
        }
        self.heard
    }

    fn took_one(&mut self) {
        if self.waiting > 0 {
            self.waiting -= 1;
            if self.waiting == 0 {
                self.heard = self.looked;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::unbounded_channel;

    use super::*;
    use crate::report::events::What;
    use crate::report::events::stream::Stream;
    use crate::timeline::lifeline::Reaper;
    use crate::timeline::observation::{Birth, Exit, Observation, Reap};
    use crate::timeline::process::{ExitStatus, Key};
    use crate::timeline::time::When;

    fn at(millis: u64) -> Time {
        Time::from_nanos(millis * 1_000_000)
    }

    #[test]
    fn what_was_sent_is_heard_once_it_was_taken() {
        let (sender, messages) = unbounded_channel();
        let mut inbox = Inbox::new(messages);
        assert_eq!(inbox.heard(at(1)), at(1));
        for number in 0..3 {
            sender.send(number).expect("it is there");
        }
        assert_eq!(inbox.heard(at(10)), at(1));
        assert_eq!((inbox.take(), inbox.heard(at(11))), (Some(0), at(1)));
        // What comes meanwhile keeps nobody from hearing what was there before.
        sender.send(3).expect("it is there");
        assert_eq!((inbox.take(), inbox.heard(at(12))), (Some(1), at(1)));
        assert_eq!((inbox.take(), inbox.heard(at(13))), (Some(2), at(10)));
        assert_eq!((inbox.take(), inbox.heard(at(14))), (Some(3), at(14)));
        assert_eq!((inbox.take(), inbox.heard(at(15))), (None, at(15)));
    }

    /// A child that was reaped 30 µs after its exit, whose status is told only then; and whoever writes that down has had
    /// no turn for longer than events are held back.
    #[test]
    fn an_exit_that_was_left_lying_is_told_with_what_lies_behind_it() {
        let key = Key { pid: 7, start_ticks: 1 };
        let code = ExitStatus::Code(3);
        let (sender, messages) = unbounded_channel();
        let mut inbox = Inbox::new(messages);
        for observation in [
            Observation::Birth(Birth {
                when: When::exactly(at(11)),
                parent: 3,
                child: 7,
            }),
            Observation::Exit(Exit {
                when: When::exactly(at(71)),
                key,
                status: ExitStatus::Unknown,
            }),
            Observation::Reap(Reap {
                when: When::exactly(at(72)),
                key,
                status: code,
                by: Reaper::Waited(3),
            }),
        ] {
            sender.send(observation).expect("it is there");
        }
        let mut stream = Stream::attached();
        let mut told = Vec::new();
        let mut now = 150;
        while let Some(observation) = inbox.take() {
            stream.take(&observation);
            told.extend(stream.release(inbox.heard(at(now))));
            now += 1;
        }
        let told: Vec<What> = told.into_iter().map(|event| event.what).collect();
        let exit = What::Exit { pid: 7, status: code };
        assert!(told.contains(&exit), "{told:#?}");
    }
}
