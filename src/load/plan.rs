//! How many clients come, how fast, and how long each stays: pure, and read from the command line.

use std::time::Duration;

/// How fast clients come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Clients per second; above 0 and finite.
    pub per_second: f64,
}

impl Rate {
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

    /// The time between two clients.
    pub fn gap(self) -> Duration {
        Duration::from_secs_f64(1.0 / self.per_second)
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
}
