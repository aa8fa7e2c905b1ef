//! Asking a thread whether it has taken all that there was, and waiting for its answer: what is about to be concluded
//! from silence may only be concluded then.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};

/// For so long a thread is waited for at most: one that has no time for longer is as good as gone.
const ANSWER: Duration = Duration::from_secs(10);

/// The number of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Number(u64);

/// A question that can be asked again and again.
#[derive(Debug)]
pub(super) struct Question {
    /// Readable while one is open.
    bell: OwnedFd,
    asked: Mutex<Asked>,
    answered: Condvar,
}

#[derive(Debug, Default)]
struct Asked {
    newest: Number,
    answered: Number,
}

impl Question {
    /// Nobody has asked yet.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            bell: eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?,
            asked: Mutex::default(),
            answered: Condvar::new(),
        })
    }

    /// What becomes readable when somebody asks.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }

    /// Asks, and waits for the answer.
    pub(super) fn ask(&self) {
        let mut asked = self.asked();
        asked.newest.0 += 1;
        let own = asked.newest;
        // A full counter is as good as a written one: the thread wakes up.
        let _ = rustix::io::write(&self.bell, &1u64.to_ne_bytes());
        let open = |asked: &mut Asked| asked.answered < own;
        drop(self.answered.wait_timeout_while(asked, ANSWER, open));
    }

    /// The newest question by now, to be answered once all is taken that was there when it was asked.
    pub(super) fn heard(&self) -> Number {
        let asked = self.asked();
        // Nothing to read says that nobody has asked since.
        let _ = rustix::io::read(&self.bell, &mut [0; 8]);
        asked.newest
    }

    /// Answers that question, and all before it.
    pub(super) fn answer(&self, question: Number) {
        let mut asked = self.asked();
        if asked.answered < question {
            asked.answered = question;
            self.answered.notify_all();
        }
    }

    /// Whoever asks from now on is not kept waiting: the thread is about to end.
    pub(super) fn close(&self) {
        self.answer(Number(u64::MAX));
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use rustix::event::{PollFd, PollFlags, poll};

    use super::*;

    fn rings(question: &Question) -> bool {
        let mut fds = [PollFd::from_borrowed_fd(question.fd(), PollFlags::IN)];
        poll(&mut fds, Some(&rustix::event::Timespec::default())) == Ok(1)
    }

    #[test]
    fn who_asks_waits_for_the_answer_and_rings_until_then() {
        let question = Arc::new(Question::new().expect("an eventfd"));
        assert!(!rings(&question));
        // An answer to what was asked before is none.
        question.answer(question.heard());
        let asks = question.clone();
        let asking = thread::spawn(move || asks.ask());
        while !rings(&question) {
            thread::yield_now();
        }
        assert!(!asking.is_finished());
        let heard = question.heard();
        assert!(!rings(&question));
        question.answer(heard);
        asking.join().expect("it was answered");
    }

    #[test]
    fn nobody_waits_for_a_thread_that_has_ended() {
        let question = Question::new().expect("an eventfd");
        question.close();
        question.ask();
    }
}
