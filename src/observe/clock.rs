//! The one clock: CLOCK_BOOTTIME, in which the kernel also gives process start times; and how far it is from the clocks of
//! what does not know of time namespaces (time_namespaces(7)).

use std::sync::OnceLock;

use rustix::time::{ClockId, clock_gettime};

use crate::timeline::time::Time;

/// How far the clocks of this process are ahead of the kernel's own, in nanoseconds. What performance events and the proc
/// connector tell is in the kernel's own; /proc and [`now`] are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Offsets {
    pub(super) monotonic: i64,
    pub(super) boottime: i64,
}

/// What time it is.
pub fn now() -> Time {
    let now = clock_gettime(ClockId::Boottime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    let nanos = u64::try_from(now.tv_nsec).unwrap_or(0);
    Time::from_nanos(seconds * 1_000_000_000 + nanos)
}

/// Those of the time namespace that this process lives in.
pub(super) fn offsets() -> Offsets {
    static OWN: OnceLock<Offsets> = OnceLock::new();
    *OWN.get_or_init(|| {
        let text = std::fs::read_to_string("/proc/self/timens_offsets");
        // Kernels before 5.6, and those without time namespaces, have no such file.
        text.map_or_else(|_| Offsets::default(), |text| parse(&text))
    })
}

/// The offsets as the kernel writes them: a line for each clock, its name, seconds and nanoseconds.
fn parse(text: &str) -> Offsets {
    let of = |clock: &str| {
        let mut words = text
            .lines()
            .find_map(|line| line.strip_prefix(clock))?
            .split_whitespace();
        let seconds: i64 = words.next()?.parse().ok()?;
        let nanos: i64 = words.next()?.parse().ok()?;
        seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
    };
    Offsets {
        monotonic: of("monotonic").unwrap_or(0),
        boottime: of("boottime").unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_of_each_clock_and_of_either_sign() {
        let text = "monotonic     1000000         5\nboottime           -10 500000000\n";
        let offsets = Offsets {
            monotonic: 1_000_000_000_000_005,
            boottime: -9_500_000_000,
        };
        assert_eq!(parse(text), offsets);
        assert_eq!(parse("monotonic x\n"), Offsets::default());
        assert_eq!(parse(""), Offsets::default());
    }
}
