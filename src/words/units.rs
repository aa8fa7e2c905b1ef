//! Times and sizes, each in one unit that does not change while it is looked at, and of steady width where it counts.

use std::time::Duration;

/// How long something took or has lasted: `120 µs`, `1.2 ms`, `7.1 s`, `2 m 05 s`, `3 h 07 m`.
pub fn span(span: Duration) -> String {
    let micros = span.as_micros();
    let seconds = span.as_secs();
    if micros < 1000 {
        format!("{micros} µs")
    } else if micros < 100_000 {
        tenths(micros / 100, "ms")
    } else if seconds < 100 {
        tenths(span.as_millis() / 100, "s")
    } else if seconds < 3600 {
        format!("{} m {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{} h {:02} m", seconds / 3600, seconds / 60 % 60)
    }
}

/// An age that counts while it is looked at: seconds and tenths from the start, cut and not rounded.
pub fn age(age: Duration) -> String {
    let seconds = age.as_secs();
    if seconds < 100 {
        tenths(age.as_millis() / 100, "s")
    } else {
        span(age)
    }
}

fn tenths(tenths: u128, unit: &str) -> String {
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A moment since the start, as `00:42`, or `1:00:42` from an hour on.
pub fn clock(since: Duration) -> String {
    let seconds = since.as_secs();
    if seconds < 3600 {
        format!("{:02}:{:02}", seconds / 60, seconds % 60)
    } else {
        format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
    }
}

/// A moment since the start with so many decimals of its second: `00:41.8721`.
pub fn fine_clock(since: Duration, decimals: usize) -> String {
    let fraction = format!("{:09}", since.subsec_nanos());
    format!("{}.{}", clock(since), &fraction[..decimals.min(9)])
}

/// Memory: `1.8 MB`, in steps of 1024 as the kernel's tools count it.
pub fn memory(bytes: u64) -> String {
    let kib = bytes / 1024;
    if kib < 1024 {
        format!("{kib} kB")
    } else if kib < 1024 * 1024 {
        let tenths = kib * 10 / 1024;
        format!("{}.{} MB", tenths / 10, tenths % 10)
    } else {
        let tenths = kib * 10 / (1024 * 1024);
        format!("{}.{} GB", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(micros: u64, said: &str) {
        assert_eq!(span(Duration::from_micros(micros)), said);
    }

    #[test]
    fn a_span_has_one_unit() {
        check(0, "0 µs");
        check(999, "999 µs");
        check(1_200, "1.2 ms");
        check(99_999, "99.9 ms");
        check(100_000, "0.1 s");
        check(7_190_000, "7.1 s");
        check(99_990_000, "99.9 s");
        check(125_000_000, "2 m 05 s");
        check(11_220_000_000, "3 h 07 m");
    }

    #[test]
    fn a_clock_counts_from_the_start() {
        assert_eq!(clock(Duration::from_secs(42)), "00:42");
        assert_eq!(clock(Duration::from_secs(3642)), "1:00:42");
        assert_eq!(fine_clock(Duration::from_micros(41_872_100), 4), "00:41.8721");
        assert_eq!(fine_clock(Duration::from_millis(5), 1), "00:00.0");
    }

    #[test]
    fn memory_counts_in_steps_of_1024() {
        assert_eq!(memory(0), "0 kB");
        assert_eq!(memory(1_843_200), "1.7 MB");
        assert_eq!(memory(5 << 30), "5.0 GB");
    }
}
