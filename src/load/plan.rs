//! How many clients come, when each of them comes, what it does there and how long it stays: pure, and read from
//! the command line.

use std::net::SocketAddr;
use std::time::Duration;

use crate::server::config::{Rounds, Service};

/// Clients that come to one address.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// How many come in all.
    pub clients: u32,
    /// How fast they come; `None` is all at once.
    pub rate: Option<Rate>,
    /// What each of them does.
    pub visit: Visit,
}

impl Plan {
    /// When the client of this number, from 0, comes: the time after the first. Each is reckoned from the start
    /// and not from the client before, so that a late client delays nobody.
    pub fn arrival(&self, number: u32) -> Duration {
        match self.rate {
            None => Duration::ZERO,
            Some(rate) => span(f64::from(number) / rate.per_second),
        }
    }
}

/// What one client does: where it goes, what it expects there, and when it leaves.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// Where the server listens.
    pub address: SocketAddr,
    /// What the server gives. A timed service ends when the server has given it, whatever `hold` says.
    pub service: Service,
    /// To an echo server, a line in each round, in place of one line: as in a timed service, but for the work.
    pub talk: Option<Rounds>,
    /// How long the client stays after its line was echoed; `None` is until it is hung up.
    pub hold: Option<Hold>,
    /// It gives up when nothing came for this long.
    pub timeout: Duration,
}

/// How fast clients come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Clients per second; above 0 and finite.
    pub per_second: f64,
}

impl Rate {
    /// The stream that comes to the built-in server when nothing else is asked for: one a second.
    pub const GENTLE: Self = Self { per_second: 1.0 };

    /// Reads `2/s`, `0.5/s`, `30/m` or `2` (per second).
    pub fn parse(typed: &str) -> Result<Self, String> {
        let (count, seconds) = match typed.split_once('/') {
            None => (typed, 1.0),
            Some((count, "s")) => (count, 1.0),
            Some((count, "m")) => (count, 60.0),
            Some(_) => return Err(format!("'{typed}' is not a rate: write it as 2/s or 30/m")),
        };
        match count.trim().parse::<f64>() {
            Ok(count) if count.is_finite() && count > 0.0 && count / seconds <= 100_000.0 => Ok(Self {
                per_second: count / seconds,
            }),
            _ => Err(format!(
                "'{typed}' is not a rate: write it as 2/s or 30/m, more than 0 and at most 100000/s"
            )),
        }
    }

    /// The time between two clients; a year at most.
    pub fn gap(self) -> Duration {
        span(1.0 / self.per_second)
    }
}

/// How long a client stays connected after it was served: the same for all, or drawn evenly from a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// The shortest.
    pub least: Duration,
    /// The longest; the same as `least` for a fixed time.
    pub most: Duration,
}

impl Hold {
    /// How long the clients of the gentle stream stay: 3 to 8 seconds.
    pub const GENTLE: Self = Self {
        least: Duration::from_secs(3),
        most: Duration::from_secs(8),
    };

    /// Reads `3s` or `3s..8s`.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let time = |part: &str| {
            part.trim()
                .parse::<jiff::SignedDuration>()
                .ok()
                .and_then(|signed| Duration::try_from(signed).ok())
                .ok_or_else(|| format!("'{typed}' is not a time: write it as 3s, or 3s..8s for a range"))
        };
        let (least, most) = match typed.split_once("..") {
            None => (time(typed)?, time(typed)?),
            Some((least, most)) => (time(least)?, time(most)?),
        };
        if least <= most {
            Ok(Self { least, most })
        } else {
            Err(format!(
                "'{typed}' is a range from long to short: write the shorter time first"
            ))
        }
    }

    /// The time of the client of this number: always the same for the same number, so that a run can be repeated.
    pub fn of(self, number: u64) -> Duration {
        let range = self.most.saturating_sub(self.least).as_nanos();
        // The upper half of the 128-bit product scales 64 random bits down to the range, evenly. The range itself
        // has no more than 94 bits, and a hold beyond 64 bits (584 years) is cut off.
        let range = u64::try_from(range).unwrap_or(u64::MAX);
        let drawn = (u128::from(range) * u128::from(scramble(number))) >> 64;
        self.least
            .saturating_add(Duration::from_nanos(u64::try_from(drawn).unwrap_or(u64::MAX)))
    }
}

/// One step of splitmix64 (Steele, Lea, Flood, 2014): numbers in a row become bits that look random, which is all
/// that holding times need.
fn scramble(number: u64) -> u64 {
    let mut bits = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A year: longer than anybody waits, and short enough to be added to any clock.
const LONGEST: Duration = Duration::from_hours(365 * 24);

fn span(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).map_or(LONGEST, |span| span.min(LONGEST))
}

/// The clients that come to a server by themselves, as the command line asks for them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Wish {
    /// None.
    None,
    /// The gentle stream.
    Gentle,
    /// So many, so fast, so long.
    Plan {
        /// How many.
        clients: u32,
        /// How fast; `None` is at once.
        rate: Option<Rate>,
        /// How long each stays; `None` is until hung up.
        hold: Option<Hold>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_people_write_it() {
        #[track_caller]
        fn check(typed: &str, per_second: Option<f64>) {
            assert_eq!(
                Rate::parse(typed).ok().map(|rate| rate.per_second),
                per_second,
                "{typed}"
            );
        }
        check("2/s", Some(2.0));
        check("2", Some(2.0));
        check("0.5/s", Some(0.5));
        check("30/m", Some(0.5));
        check("100000/s", Some(100_000.0));
        check("100001/s", None);
        check("0/s", None);
        check("-1/s", None);
        check("inf/s", None);
        check("NaN", None);
        check("2/h", None);
        check("", None);
        check("/s", None);
    }

    #[test]
    fn a_hold_is_a_time_or_a_range() {
        #[track_caller]
        fn check(typed: &str, millis: Option<(u64, u64)>) {
            let hold = millis.map(|(least, most)| Hold {
                least: Duration::from_millis(least),
                most: Duration::from_millis(most),
            });
            assert_eq!(Hold::parse(typed).ok(), hold, "{typed}");
        }
        check("3s", Some((3000, 3000)));
        check("3s..8s", Some((3000, 8000)));
        check("100ms .. 2s", Some((100, 2000)));
        check("0s", Some((0, 0)));
        check("8s..3s", None);
        check("3", None);
        check("-3s", None);
        check("..", None);
        check("3s..", None);
    }

    #[test]
    fn clients_come_by_an_absolute_schedule() {
        #[track_caller]
        fn check(rate: Option<&str>, number: u32, after: Duration) {
            let plan = Plan {
                clients: u32::MAX,
                rate: rate.map(|typed| Rate::parse(typed).expect("a rate")),
                visit: Visit {
                    address: ([127, 0, 0, 1], 9190).into(),
                    service: Service::Echo,
                    talk: None,
                    hold: None,
                    timeout: Duration::ZERO,
                },
            };
            assert_eq!(plan.arrival(number), after, "client {number} at {rate:?}");
        }
        check(None, 0, Duration::ZERO);
        check(None, 999, Duration::ZERO);
        check(Some("20/s"), 0, Duration::ZERO);
        check(Some("20/s"), 1, Duration::from_millis(50));
        check(Some("30/m"), 3, Duration::from_secs(6));
        // A third of a second has no end in decimals; three million of them have not drifted.
        check(Some("3/s"), 3_000_000, Duration::from_secs(1_000_000));
        check(Some("0.000000000000000000001/s"), u32::MAX, LONGEST);
    }

    #[test]
    fn a_hold_is_drawn_evenly_from_its_range() {
        #[track_caller]
        fn check(least: u64, most: u64) {
            let hold = Hold {
                least: Duration::from_secs(least),
                most: Duration::from_secs(most),
            };
            let clients: Vec<Duration> = (1..=1000).map(|number| hold.of(number)).collect();
            assert!(
                clients.iter().all(|time| hold.least <= *time && *time <= hold.most),
                "all in {least}..{most}"
            );
            let mean = clients.iter().sum::<Duration>().as_secs_f64() / 1000.0;
            let expected = f64::midpoint(hold.least.as_secs_f64(), hold.most.as_secs_f64());
            assert!(
                (mean - expected).abs() <= (expected - hold.least.as_secs_f64()) * 0.1,
                "{mean} s on average of {least}..{most}"
            );
        }
        check(3, 8);
        check(3, 3);
        check(0, 0);
        check(0, 1_000_000);
    }

    #[test]
    fn the_time_between_two_clients_is_never_beyond_a_clock() {
        assert_eq!(Rate::GENTLE.gap(), Duration::from_secs(1));
        assert_eq!(Rate { per_second: 1e-300 }.gap(), LONGEST);
    }
}
