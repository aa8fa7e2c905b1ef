//! Signals: the few dispositions that the server sets, and their handlers. What a policy wants with SIGCHLD is
//! decided in `reaping`; how it is asked of the kernel stands here.
#![allow(
    unsafe_code,
    reason = "sigaction is unsafe, because a handler may run between any two instructions"
)]

use std::sync::atomic::{AtomicBool, Ordering};

use nix::errno::Errno;
use nix::libc::c_int;
use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, SigmaskHow, Signal, sigaction};
use nix::unistd::alarm;

/// Set by the handler of SIGTERM and SIGINT, read by the loop.
static ENDING: AtomicBool = AtomicBool::new(false);

/// Whether SIGTERM or SIGINT has asked the server to end.
pub(super) fn ending() -> bool {
    ENDING.load(Ordering::Relaxed)
}

/// The signals that the server has handlers for, besides SIGCHLD.
const HANDLED: usize = 4;

/// What was in force before the server installed its handlers: a child gets it back.
///
/// Nothing of it lies on the heap: to free that, a child would first have to copy its pages (fork(2)).
#[derive(Debug)]
pub(super) struct Inherited {
    actions: [Option<(Signal, SigAction)>; HANDLED],
    mask: SigSet,
}

impl Inherited {
    /// Installs the handlers of a server: SIGTERM and SIGINT end it, and, where there is somebody to give orders,
    /// SIGUSR1 interrupts it.
    ///
    /// None of them has `SA_RESTART`: their whole point is that `accept()` and `wait()` return with EINTR.
    pub(super) fn install(orders: bool) -> nix::Result<Self> {
        let wanted: [(Signal, Handler); HANDLED] = [
            (Signal::SIGALRM, end),
            (Signal::SIGTERM, end),
            (Signal::SIGINT, end),
            (Signal::SIGUSR1, interrupt),
        ];
        let mut actions = [None; HANDLED];
        let mut ours = SigSet::empty();
        ours.add(Signal::SIGCHLD);
        for ((signal, handler), kept) in wanted.into_iter().zip(&mut actions) {
            if signal == Signal::SIGUSR1 && !orders {
                continue;
            }
            let before = set(signal, SigHandler::Handler(handler), SaFlags::empty())?;
            // A shell starts background jobs with SIGINT ignored: it wants Ctrl-C to pass them by.
            if signal == Signal::SIGINT && matches!(before.handler(), SigHandler::SigIgn) {
                set(signal, SigHandler::SigIgn, SaFlags::empty())?;
                continue;
            }
            *kept = Some((signal, before));
            ours.add(signal);
        }
        // A mask is inherited through exec too: without this, a careless launcher would make us deaf.
        let mut mask = SigSet::thread_get_mask()?;
        // The language runtime catches these to tell of an overflown stack, and swallows the first that somebody sends:
        // a C server would die of it.
        for signal in [Signal::SIGSEGV, Signal::SIGBUS] {
            set(signal, SigHandler::SigDfl, SaFlags::empty())?;
        }
        for signal in &ours {
            mask.remove(signal);
        }
        mask.thread_set_mask()?;
        Ok(Self { actions, mask })
    }

    /// For a child: the dispositions first, then the mask, so that a signal that came meanwhile meets its default
    /// action and not a handler of the parent's.
    pub(super) fn restore(&self) {
        for (signal, action) in self.actions.iter().flatten() {
            // SAFETY: the action is what sigaction itself reported: no handler of ours, nor anybody's in this
            // process, which had none before `install`.
            let _ = unsafe { sigaction(*signal, action) };
        }
        let _ = set(Signal::SIGCHLD, SigHandler::SigDfl, SaFlags::empty());
        let _ = self.mask.thread_set_mask();
    }
}

/// Holds all signals back, across a fork; the answer is the mask to put back.
pub(super) fn hold() -> nix::Result<SigSet> {
    SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)
}

/// Holds back what [`Inherited::install`] has handlers for, across an exec: whoever comes after it installs them again,
/// and lets these signals through then. The answer is the mask to put back if nobody does.
pub(super) fn hold_orders() -> nix::Result<SigSet> {
    let ours = [Signal::SIGALRM, Signal::SIGTERM, Signal::SIGINT, Signal::SIGUSR1];
    ours.into_iter()
        .collect::<SigSet>()
        .thread_swap_mask(SigmaskHow::SIG_BLOCK)
}

/// For a worker, in place of an end in the midst of its service: SIGUSR1 tells it to end when it is done with its client.
pub(super) fn catch_retirement() -> nix::Result<()> {
    set(Signal::SIGALRM, SigHandler::Handler(end), SaFlags::empty())?;
    set(Signal::SIGUSR1, SigHandler::Handler(end), SaFlags::empty()).map(drop)
}

/// A handler: it may call only what signal-safety(7) lists, and leaves errno as it found it.
pub(super) type Handler = extern "C" fn(c_int);

/// Catches SIGCHLD; for children that end, not for those that are only stopped.
///
/// Without `SA_RESTART`, so that the classic lesson is there to be seen: `accept()` fails with EINTR because a child
/// ended, and the loop must know that this is no error (Stevens, UNIX Network Programming 1, section 5.9). The
/// loop has to know it anyway: `poll()` is never restarted, whatever the flag says (signal(7)).
pub(super) fn catch_child(handler: Handler) -> nix::Result<()> {
    set(Signal::SIGCHLD, SigHandler::Handler(handler), SaFlags::SA_NOCLDSTOP).map(drop)
}

/// SIGCHLD ignored on purpose, which is more than its default of doing nothing: children leave no zombie.
pub(super) fn ignore_child() -> nix::Result<()> {
    set(Signal::SIGCHLD, SigHandler::SigIgn, SaFlags::empty()).map(drop)
}

/// SIGCHLD at its default, but children leave no zombie.
pub(super) fn discard_child() -> nix::Result<()> {
    set(Signal::SIGCHLD, SigHandler::SigDfl, SaFlags::SA_NOCLDWAIT).map(drop)
}

/// SIGCHLD as a process finds it: default and not blocked. One that is pending is forgotten, as the default is.
pub(super) fn default_child() -> nix::Result<()> {
    set(Signal::SIGCHLD, SigHandler::SigDfl, SaFlags::empty())?;
    only_child().thread_unblock()
}

/// SIGCHLD blocked, so that it stays pending until a signalfd takes it.
pub(super) fn block_child() -> nix::Result<()> {
    only_child().thread_block()
}

/// Holds SIGCHLD back; the answer is the mask to wait with, which does not.
pub(super) fn hold_child() -> nix::Result<SigSet> {
    only_child().thread_swap_mask(SigmaskHow::SIG_BLOCK)
}

/// The set that holds SIGCHLD alone.
pub(super) fn only_child() -> SigSet {
    SigSet::from(Signal::SIGCHLD)
}

/// sigaction(2), with no other signal blocked while the handler runs. Gives the action before.
fn set(signal: Signal, handler: SigHandler, flags: SaFlags) -> nix::Result<SigAction> {
    // SAFETY: every handler that reaches this file is a `Handler` of this module or of `reaping`: they store to an
    // atomic, or call alarm() and waitpid(), which signal-safety(7) lists, neither allocate, lock nor unwind, and
    // keep errno.
    unsafe { sigaction(signal, &SigAction::new(handler, flags, SigSet::empty())) }
}

/// SIGTERM, SIGINT: remember it, and interrupt whatever call the loop waits in.
///
/// The signal may come after the loop has looked at `ENDING` and before it waits. So the alarm interrupts it again
/// after a second, and again, until it has looked.
extern "C" fn end(_signal: c_int) {
    let errno = Errno::last_raw();
    ENDING.store(true, Ordering::Relaxed);
    alarm::set(1);
    Errno::set_raw(errno);
}

/// SIGUSR1: to have come is all it does.
extern "C" fn interrupt(_signal: c_int) {}
