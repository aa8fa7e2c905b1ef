//! What the clients of a headless run met, as aligned text for people and as one line of JSON (schema 1) for
//! scripts. What is not known is `–` in text and `null` in JSON, never 0. The measuring is not done here.

use std::fmt::Write as _;
use std::time::Duration;

use serde::ser::{Serialize, Serializer};

use crate::load::headless::{End, Outcome};
use crate::load::plan::{Hold, Plan, Rate};
use crate::load::statistics::{Failures, Figures, Times};
use crate::server::config::Service;
use crate::timeline::observation::Failure;

/// Every word of the text.
mod words {
    use crate::timeline::observation::Failure;

    pub(super) const TITLE: &str = "load";
    pub(super) const CLIENT: &str = "client";
    pub(super) const CLIENTS: &str = "clients";
    pub(super) const AT_ONCE: &str = "at once";
    pub(super) const HELD: &str = "held";
    pub(super) const TO: &str = "to";
    pub(super) const NOT_HELD: &str = "not held";
    pub(super) const UNTIL_HUNG_UP: &str = "held until hung up";
    pub(super) const ROUNDS: &str = "service of";
    pub(super) const CONNECTED: &str = "connected";
    pub(super) const SERVED: &str = "served";
    pub(super) const DONE: &str = "done";
    pub(super) const FAILED: &str = "failed";
    pub(super) const STOPPED: &str = "stopped before the end";
    pub(super) const HAD_COME: &str = "had come";
    pub(super) const STILL_THERE: &str = "still there";
    pub(super) const LOCAL_ERROR: &str = "first local failure";
    pub(super) const UNKNOWN: &str = "–";
    pub(super) const COLUMNS: [&str; 5] = ["p50", "p95", "p99", "max", "mean"];
    pub(super) const LATE: &str = "late";
    pub(super) const CONNECT: &str = "connect";
    pub(super) const WAIT: &str = "wait";
    pub(super) const SERVICE: &str = "service";

    pub(super) const fn failure(failure: Failure) -> &'static str {
        match failure {
            Failure::Refused => "refused",
            Failure::Reset => "reset",
            Failure::Closed => "closed by the server",
            Failure::TimedOut => "timed out",
            Failure::Wrong => "wrong echo",
            Failure::Local => "local",
        }
    }
}

/// Cells of the first column and of each of the others.
const LABEL: usize = 8;
const COLUMN: usize = 11;
const WIDTH: usize = LABEL + 5 * COLUMN;

/// The result as text: some lines, with a line feed at the end.
pub fn text(plan: &Plan, outcome: &Outcome) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_text(&mut text, plan, outcome);
    text
}

/// The result as one line of JSON, with a line feed at the end.
pub fn json(plan: &Plan, outcome: &Outcome) -> serde_json::Result<String> {
    let figures = &outcome.figures;
    let json = Json {
        schema: 1,
        address: plan.visit.address.to_string(),
        clients: plan.clients,
        started: figures.counts.started,
        connected: figures.counts.connected,
        served: figures.counts.served,
        done: figures.counts.done,
        failed: JsonFailures(figures.failed),
        seconds: outcome.elapsed.as_secs_f64(),
        late_seconds: figures.late.into(),
        connect_seconds: figures.connect.into(),
        wait_seconds: figures.wait.into(),
        service_seconds: figures.service.into(),
    };
    serde_json::to_string(&json).map(|line| line + "\n")
}

fn write_text(text: &mut String, plan: &Plan, outcome: &Outcome) -> std::fmt::Result {
    let Outcome { figures, elapsed, end } = outcome;
    let title = format!("{} {}   {}", words::TITLE, plan.visit.address, planned(plan));
    let room = WIDTH
        .saturating_sub(title.chars().count())
        .max(3 + time(*elapsed).chars().count());
    writeln!(text, "{title}{:>room$}", time(*elapsed))?;
    writeln!(
        text,
        "{} {}   {} {}   {} {}   {} {}",
        words::CONNECTED,
        figures.counts.connected,
        words::SERVED,
        figures.counts.served,
        words::DONE,
        figures.counts.done,
        words::FAILED,
        failed(figures.failed)
    )?;
    match end {
        End::Finished => {}
        End::Interrupted | End::Terminated => writeln!(
            text,
            "{}: {} {}, {} {}",
            words::STOPPED,
            figures.counts.started,
            words::HAD_COME,
            figures.present(),
            words::STILL_THERE
        )?,
    }
    if let Some(error) = &figures.local_error {
        writeln!(text, "{}: {error}", words::LOCAL_ERROR)?;
    }
    write_table(text, figures)
}

fn write_table(text: &mut String, figures: &Figures) -> std::fmt::Result {
    write!(text, "{:LABEL$}", "")?;
    for column in words::COLUMNS {
        write!(text, "{column:>COLUMN$}")?;
    }
    writeln!(text)?;
    for (label, times) in [
        (words::LATE, figures.late),
        (words::CONNECT, figures.connect),
        (words::WAIT, figures.wait),
        (words::SERVICE, figures.service),
    ] {
        write!(text, "{label:LABEL$}")?;
        let cells = match times {
            None => [(); 5].map(|()| words::UNKNOWN.to_owned()),
            Some(times) => [times.p50, times.p95, times.p99, times.max, times.mean].map(time),
        };
        for cell in cells {
            write!(text, "{cell:>COLUMN$}")?;
        }
        writeln!(text)?;
    }
    Ok(())
}

/// `50 clients, 20/s, held 3 s`
fn planned(plan: &Plan) -> String {
    let noun = if plan.clients == 1 {
        words::CLIENT
    } else {
        words::CLIENTS
    };
    let rate = plan.rate.map_or_else(|| words::AT_ONCE.to_owned(), rate);
    let stay = match plan.visit.service {
        Service::Rounds(rounds) => format!("{} {}", words::ROUNDS, time(rounds.total)),
        Service::Echo => stay(plan.visit.hold),
    };
    format!("{} {noun}, {rate}, {stay}", plan.clients)
}

fn stay(hold: Option<Hold>) -> String {
    match hold {
        None => words::UNTIL_HUNG_UP.to_owned(),
        Some(hold) if hold.most.is_zero() => words::NOT_HELD.to_owned(),
        Some(hold) if hold.least == hold.most => format!("{} {}", words::HELD, time(hold.least)),
        Some(hold) => format!("{} {} {} {}", words::HELD, time(hold.least), words::TO, time(hold.most)),
    }
}

/// `3 (2 refused, 1 reset)`, or `0`.
fn failed(failures: Failures) -> String {
    let kinds: Vec<String> = Failure::ALL
        .iter()
        .filter(|failure| failures.of(**failure) > 0)
        .map(|failure| format!("{} {}", failures.of(*failure), words::failure(*failure)))
        .collect();
    match kinds.as_slice() {
        [] => "0".to_owned(),
        kinds => format!("{} ({})", failures.total(), kinds.join(", ")),
    }
}

/// At most three decimals, and none that are 0.
fn rate(rate: Rate) -> String {
    let digits = format!("{:.3}", rate.per_second);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    if digits == "0" {
        format!("{:e}/s", rate.per_second)
    } else {
        format!("{digits}/s")
    }
}

/// Three digits or so of a time, in seconds or milliseconds, or in microseconds where those would all be 0; a
/// round number of them without decimals.
fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    let (value, unit) = match seconds {
        _ if seconds >= 0.999_5 => (seconds, "s"),
        _ if seconds >= 0.000_01 || time.is_zero() => (seconds * 1e3, "ms"),
        _ => (seconds * 1e6, "µs"),
    };
    let decimals = match value {
        _ if value.fract() == 0.0 => 0,
        _ if value < 9.995 => 2,
        _ if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

/// The JSON contract: every field is always there.
#[derive(serde::Serialize)]
struct Json {
    schema: u32,
    address: String,
    clients: u32,
    started: u64,
    connected: u64,
    served: u64,
    done: u64,
    failed: JsonFailures,
    seconds: f64,
    late_seconds: JsonTimes,
    connect_seconds: JsonTimes,
    wait_seconds: JsonTimes,
    service_seconds: JsonTimes,
}

struct JsonFailures(Failures);

impl Serialize for JsonFailures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(Failure::ALL.iter().map(|failure| (failure.name(), self.0.of(*failure))))
    }
}

#[derive(serde::Serialize)]
struct JsonTimes {
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
    mean: Option<f64>,
}

impl From<Option<Times>> for JsonTimes {
    fn from(times: Option<Times>) -> Self {
        let seconds = |time: fn(Times) -> Duration| times.map(|times| time(times).as_secs_f64());
        Self {
            p50: seconds(|times| times.p50),
            p95: seconds(|times| times.p95),
            p99: seconds(|times| times.p99),
            max: seconds(|times| times.max),
            mean: seconds(|times| times.mean),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::plan::Visit;
    use crate::load::statistics::Statistics;
    use crate::server::config::{Rounds, Work};

    fn plan(clients: u32, rate: Option<&str>, hold: &str) -> Plan {
        Plan {
            clients,
            rate: rate.map(|typed| Rate::parse(typed).expect("a rate")),
            visit: Visit {
                address: ([127, 0, 0, 1], 9190).into(),
                service: Service::Echo,
                talk: None,
                hold: Some(Hold::parse(hold).expect("a hold")),
                timeout: Duration::from_secs(30),
            },
        }
    }

    fn outcome(statistics: &Statistics, end: End) -> Outcome {
        Outcome {
            figures: statistics.figures(),
            elapsed: Duration::from_millis(5_531),
            end,
        }
    }

    #[test]
    fn text_of_a_run_that_finished() {
        let mut statistics = Statistics::default();
        for micros in [80, 90, 1_250] {
            statistics.started(Duration::from_micros(micros));
            statistics.connected(Duration::from_micros(micros));
            statistics.first_byte(Duration::from_micros(micros * 100));
        }
        statistics.ended(Ok(()));
        statistics.ended(Err(Failure::Reset));
        statistics.ended(Err(Failure::TimedOut));
        assert_eq!(
            text(&plan(3, Some("20/s"), "3s"), &outcome(&statistics, End::Finished)),
            "\
load 127.0.0.1:9190   3 clients, 20/s, held 3 s          5.53 s
connected 3   served 3   done 1   failed 2 (1 reset, 1 timed out)
                p50        p95        p99        max       mean
late        0.09 ms    1.25 ms    1.25 ms    1.25 ms    0.47 ms
connect     0.09 ms    1.25 ms    1.25 ms    1.25 ms    0.47 ms
wait        9.00 ms     125 ms     125 ms     125 ms    47.3 ms
service           –          –          –          –          –
"
        );
    }

    #[test]
    fn text_of_a_run_that_was_stopped_says_who_is_missing() {
        let mut statistics = Statistics::default();
        statistics.started(Duration::ZERO);
        statistics.started(Duration::ZERO);
        statistics.ended(Err(Failure::Local));
        statistics.local_error(&std::io::Error::other("no ports"));
        let text = text(&plan(3, None, "0s"), &outcome(&statistics, End::Interrupted));
        assert!(
            text.contains("\nstopped before the end: 2 had come, 1 still there\n"),
            "{text}"
        );
        assert!(text.contains("\nfirst local failure: no ports\n"), "{text}");
    }

    #[test]
    fn the_plan_is_said_in_a_few_words() {
        #[track_caller]
        fn check(plan: &Plan, words: &str) {
            assert_eq!(planned(plan), words);
        }
        check(&plan(1, None, "0s"), "1 client, at once, not held");
        check(&plan(50, Some("20/s"), "3s"), "50 clients, 20/s, held 3 s");
        check(
            &plan(50, Some("100/m"), "3s..8s"),
            "50 clients, 1.667/s, held 3 s to 8 s",
        );
        check(
            &plan(50, Some("0.00001/s"), "1500ms"),
            "50 clients, 1e-5/s, held 1.50 s",
        );
        let mut timed = plan(2, None, "0s");
        timed.visit.service = Service::Rounds(Rounds {
            total: Duration::from_secs(1),
            work: Work::Io,
        });
        check(&timed, "2 clients, at once, service of 1 s");
    }

    #[test]
    fn a_time_has_three_digits_or_so() {
        #[track_caller]
        fn check(micros: u64, words: &str) {
            assert_eq!(time(Duration::from_micros(micros)), words);
        }
        check(0, "0 ms");
        check(3, "3 µs");
        check(83, "0.08 ms");
        check(9_990, "9.99 ms");
        check(9_996, "10.0 ms");
        check(99_960, "100 ms");
        check(999_400, "999 ms");
        check(999_600, "1.00 s");
        check(1_000_000, "1 s");
        check(12_340_000, "12.3 s");
        check(600_400_000, "600 s");
    }

    #[test]
    fn every_field_of_the_json_is_always_there() {
        let json = json(&plan(3, None, "0s"), &outcome(&Statistics::default(), End::Interrupted));
        let times = r#"{"p50":null,"p95":null,"p99":null,"max":null,"mean":null}"#;
        assert_eq!(
            json.expect("plain data"),
            format!(
                concat!(
                    r#"{{"schema":1,"address":"127.0.0.1:9190","clients":3,"started":0,"connected":0,"#,
                    r#""served":0,"done":0,"failed":{{"refused":0,"reset":0,"closed":0,"timed_out":0,"#,
                    r#""wrong":0,"local":0}},"seconds":5.531,"late_seconds":{times},"#,
                    r#""connect_seconds":{times},"wait_seconds":{times},"service_seconds":{times}}}"#,
                    "\n"
                ),
                times = times
            )
        );
    }
}
