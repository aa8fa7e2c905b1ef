//! How a value is read: durations, scales, and names out of a closed set. Each error says how to write it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};

/// A parser for a closed set of names, so that help, errors and completions list them.
pub(super) fn named<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|value| name(*value))).try_map(move |typed| {
        all.iter()
            .copied()
            .find(|value| name(*value) == typed)
            .ok_or("not one of the possible values")
    })
}

/// The longest time that can be asked for, a hundred years: added up and multiplied it stays one.
const LONGEST: Duration = Duration::from_hours(100 * 365 * 24);

/// Reads a duration as people write it: `100ms`, `2s`, `1.5s`, `1m 30s`.
pub(super) fn duration(typed: &str) -> Result<Duration, String> {
    let signed: jiff::SignedDuration = typed
        .parse()
        .map_err(|_| format!("'{typed}' is not a time: write it as 100ms, 2s or 1m"))?;
    let time = Duration::try_from(signed).map_err(|_| format!("'{typed}' is negative: a time starts at 0s"))?;
    if time > LONGEST {
        return Err(format!("'{typed}' is longer than a hundred years"));
    }
    Ok(time)
}

/// Reads where clients go.
pub(super) fn address(typed: &str) -> Result<SocketAddr, String> {
    match typed.parse::<SocketAddr>() {
        Ok(address) if address.port() != 0 => Ok(address),
        Ok(_) => Err("nobody listens on port 0: write the one that the server has".to_owned()),
        Err(_) => Err("write an IP address and a port, as 127.0.0.1:9190 or [::1]:9190".to_owned()),
    }
}

/// Reads an IP address.
pub(super) fn ip(typed: &str) -> Result<IpAddr, String> {
    typed
        .parse()
        .map_err(|_| "write an IP address, as 127.0.0.1, or 0.0.0.0 for all of this machine".to_owned())
}

/// Reads a scale.
pub(super) fn scale(typed: &str) -> Result<f64, String> {
    match typed.parse::<f64>() {
        Ok(scale) if (0.001..=1000.0).contains(&scale) => Ok(scale),
        _ => Err(format!(
            "'{typed}' is not a scale: write a number from 0.001 to 1000, as 0.1"
        )),
    }
}

/// Reads the sampling interval, 10 ms to 10 s.
pub(super) fn interval(typed: &str) -> Result<Duration, String> {
    let time = duration(typed)?;
    if (Duration::from_millis(10)..=Duration::from_secs(10)).contains(&time) {
        Ok(time)
    } else {
        Err(format!("{typed} is out of range: an interval is 10ms to 10s"))
    }
}
