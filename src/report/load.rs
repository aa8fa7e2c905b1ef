//! What the clients of a headless run met, as aligned text for people and as one line of JSON (schema 1) for
//! scripts. What is not known is `–` in text and `null` in JSON, never 0. The measuring is not done here.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use serde::ser::{Serialize, Serializer};

use crate::load::headless::{End, Outcome};
use crate::load::plan::{Hold, Plan, Rate};
use crate::load::statistics::{Failures, Figures, Times};
use crate::server::config::Service;
use crate::timeline::observation::Failure;
use crate::words::Words;
use crate::words::cells::{left, right, width};

/// What stands for what is not known.
const UNKNOWN: &str = "–";

/// Cells of the first column and of each of the others.
const LABEL: usize = 8;
const COLUMN: usize = 11;
const WIDTH: usize = LABEL + 5 * COLUMN;

/// The result as text: some lines, with a line feed at the end.
pub fn text(words: &Words, plan: &Plan, outcome: &Outcome) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write_text(&mut text, words, plan, outcome);
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

fn write_text(text: &mut String, words: &Words, plan: &Plan, outcome: &Outcome) -> std::fmt::Result {
    let Outcome { figures, elapsed, end } = outcome;
    let address = [("address", plan.visit.address.to_string().into())];
    let title = format!("{}   {}", words.say_with("load-title", &address), planned(words, plan));
    let room = WIDTH
        .saturating_sub(width(&title))
        .max(3 + time(*elapsed).chars().count());
    writeln!(text, "{title}{:>room$}", time(*elapsed))?;
    let counts = [
        ("load-connected", figures.counts.connected.to_string()),
        ("load-served", figures.counts.served.to_string()),
        ("load-done", figures.counts.done.to_string()),
        ("load-failed", failed(words, figures.failed)),
    ];
    let counts = counts.map(|(name, count)| words.say_with(name, &[("count", count.into())]).into_owned());
    writeln!(text, "{}", counts.join("   "))?;
    match end {
        End::Finished => {}
        End::Interrupted | End::Terminated => {
            let counts = [
                ("came", figures.counts.started.to_string().into()),
                ("present", figures.present().to_string().into()),
            ];
            writeln!(text, "{}", words.say_with("load-stopped", &counts))?;
        }
    }
    if let Some(error) = &figures.local_error {
        let error = [("error", error.to_string().into())];
        writeln!(text, "{}", words.say_with("load-local-error", &error))?;
    }
    write_table(text, words, figures)
}

fn write_table(text: &mut String, words: &Words, figures: &Figures) -> std::fmt::Result {
    let (max, mean) = (words.say("load-max"), words.say("load-mean"));
    write!(text, "{:LABEL$}", "")?;
    for column in ["p50", "p95", "p99", &max, &mean] {
        write!(text, "{}", right(column, COLUMN))?;
    }
    writeln!(text)?;
    for (label, times) in [
        ("load-late", figures.late),
        ("load-connect", figures.connect),
        ("load-wait", figures.wait),
        ("load-service", figures.service),
    ] {
        write!(text, "{}", left(&words.say(label), LABEL))?;
        let cells = match times {
            None => [(); 5].map(|()| UNKNOWN.to_owned()),
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
fn planned(words: &Words, plan: &Plan) -> String {
    let clients = words.say_with("load-clients", &[("count", plan.clients.into())]);
    let at_once = || words.say("load-at-once").into_owned();
    let rate = plan.rate.map_or_else(at_once, rate);
    let stay = match plan.visit.service {
        Service::Rounds(rounds) => words.say_with("load-rounds", &[("time", time(rounds.total).into())]),
        Service::Echo => stay(words, plan.visit.hold),
    };
    format!("{clients}, {rate}, {stay}")
}

fn stay(words: &Words, hold: Option<Hold>) -> Cow<'_, str> {
    match hold {
        None => words.say("load-until-hung-up"),
        Some(hold) if hold.most.is_zero() => words.say("load-not-held"),
        Some(hold) if hold.least == hold.most => words.say_with("load-held", &[("time", time(hold.least).into())]),
        Some(hold) => {
            let times = [("least", time(hold.least).into()), ("most", time(hold.most).into())];
            words.say_with("load-held-between", &times)
        }
    }
}

/// `3 (2 refused, 1 timed out)`, or `0`.
fn failed(words: &Words, failures: Failures) -> String {
    let kinds: Vec<String> = Failure::ALL
        .iter()
        .filter(|failure| failures.of(**failure) > 0)
        .map(|failure| {
            let values = [
                ("count", failures.of(*failure).to_string().into()),
                ("failure", words.failure(*failure).into()),
            ];
            words.say_with("load-failed-so", &values).into_owned()
        })
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
    use crate::words::Language;

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

    fn said(language: Language, plan: &Plan, outcome: &Outcome) -> String {
        text(&Words::new(language), plan, outcome)
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
            said(
                Language::English,
                &plan(3, Some("20/s"), "3s"),
                &outcome(&statistics, End::Finished)
            ),
            "\
load 127.0.0.1:9190   3 clients, 20/s, held 3 s          5.53 s
connected 3   served 3   done 1   failed 2 (1 reset by the server, 1 timed out)
                p50        p95        p99        max       mean
late        0.09 ms    1.25 ms    1.25 ms    1.25 ms    0.47 ms
connect     0.09 ms    1.25 ms    1.25 ms    1.25 ms    0.47 ms
wait        9.00 ms     125 ms     125 ms     125 ms    47.3 ms
service           –          –          –          –          –
"
        );
    }

    /// Columns stand under each other where letters are two cells wide, too.
    #[test]
    fn text_in_korean() {
        let mut statistics = Statistics::default();
        statistics.started(Duration::from_micros(80));
        statistics.ended(Err(Failure::Refused));
        let plan = plan(2, None, "3s..8s");
        assert_eq!(
            said(Language::Korean, &plan, &outcome(&statistics, End::Interrupted)),
            "\
부하 127.0.0.1:9190   클라이언트 2명, 한꺼번에, 3 s~8 s 머무름   5.53 s
연결 0   응답 0   완료 0   실패 1 (연결 거부 1)
끝나기 전에 멈춤: 1명이 왔고, 0명이 아직 남음
                p50        p95        p99       최대       평균
지연        0.08 ms    0.08 ms    0.08 ms    0.08 ms    0.08 ms
연결              –          –          –          –          –
대기              –          –          –          –          –
서비스            –          –          –          –          –
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
        let outcome = outcome(&statistics, End::Interrupted);
        let text = said(Language::English, &plan(3, None, "0s"), &outcome);
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
            assert_eq!(planned(&Words::new(Language::English), plan), words);
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
