//! A storm of forks, for `tests/containment.rs`: daemons (double fork and setsid), each of which forks a child every
//! 2 ms, and children that live 10 ms, at most four a daemon. `storm DAEMONS TAG`: the tag stands in the command line of all of them, which
//! is how a test finds what is left. Bounded: every process ends itself after 60 s at the latest.
#![allow(
    unsafe_code,
    reason = "forking is what it is for; it has one thread, and each child runs plain code and _exit"
)]

use std::time::Duration;

use nix::libc;
use nix::sys::wait::{WaitPidFlag, wait, waitpid};
use nix::unistd::{ForkResult, alarm, fork, pause, setsid};

fn main() {
    let daemons: u32 = std::env::args()
        .nth(1)
        .and_then(|number| number.parse().ok())
        .expect("storm DAEMONS TAG");
    alarm::set(60);
    for _ in 0..daemons {
        child(|| {
            setsid().expect("a child leads no group");
            child(storm);
        });
        wait().expect("the middle process");
    }
    println!("storming");
    loop {
        pause();
    }
}

fn storm() {
    let mut living = 0;
    loop {
        // On a machine that cannot follow they would pile up, until nobody else gets to run.
        if living < 4 && child(|| std::thread::sleep(Duration::from_millis(10))) {
            living += 1;
        }
        std::thread::sleep(Duration::from_millis(2));
        while waitpid(None, Some(WaitPidFlag::WNOHANG)).is_ok_and(|found| found.pid().is_some()) {
            living -= 1;
        }
    }
}

/// Forks; the child runs that and leaves. False where the system has no room for it.
fn child(run: impl FnOnce()) -> bool {
    // SAFETY: the process has one thread, so the child may run anything.
    let forked = unsafe { fork() };
    if let Ok(ForkResult::Child) = forked {
        alarm::set(60); // not inherited
        run();
        // SAFETY: it does not return, and takes any code.
        unsafe { libc::_exit(0) }
    }
    forked.is_ok()
}
