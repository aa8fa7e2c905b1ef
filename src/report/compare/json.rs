//! A comparison as JSON, schema 1: every field is always there, `null` where it is not known.

use std::time::Duration;

use serde::Serialize;

use crate::compare::figures::{Figures, Service, Wait};
use crate::compare::{Comparison, Course, Scenario, Visitor};
use crate::server::config::{Rounds, Work};
use crate::timeline::time::Time;

/// The comparison as one line of JSON, with a line feed at the end.
pub fn comparison(comparison: &Comparison, now: Time) -> serde_json::Result<String> {
    let models = comparison
        .courses
        .iter()
        .map(|course| JsonModel::of(course, comparison.cpus, now));
    let json = Json {
        schema: 1,
        scenario: JsonScenario::of(&comparison.scenario),
        models: models.collect(),
    };
    serde_json::to_string(&json).map(|line| line + "\n")
}

#[derive(Serialize)]
struct Json {
    schema: u32,
    scenario: JsonScenario,
    models: Vec<JsonModel>,
}

#[derive(Serialize)]
struct JsonScenario {
    clients: u32,
    service_seconds: f64,
    work: String,
    cpus: Option<u32>,
    scale: f64,
}

#[derive(Serialize)]
struct JsonModel {
    model: String,
    clients: Vec<JsonClient>,
    wait: JsonWait,
    service: JsonService,
    total_seconds: Option<f64>,
    peak: JsonPeak,
    zombies_left: Option<u32>,
    cpu_busy: Option<f64>,
    failed: Option<usize>,
}

#[derive(Serialize)]
struct JsonClient {
    n: usize,
    arrived: Option<f64>,
    wait_seconds: Option<f64>,
    service_seconds: Option<f64>,
    error: Option<&'static str>,
}

#[derive(Serialize)]
struct JsonWait {
    first: Option<f64>,
    median: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
    max: Option<f64>,
}

#[derive(Serialize)]
struct JsonService {
    mean: Option<f64>,
    max: Option<f64>,
}

#[derive(Serialize)]
struct JsonPeak {
    processes: Option<u32>,
    threads: Option<u32>,
    pss_anon_bytes: Option<u64>,
}

impl JsonScenario {
    fn of(scenario: &Scenario) -> Self {
        Self {
            clients: scenario.clients,
            service_seconds: scenario.rounds.total.as_secs_f64(),
            work: work(scenario.rounds),
            cpus: scenario.cpus,
            scale: scenario.scale,
        }
    }
}

/// `io`, `cpu` or `mix:2.5ms`.
fn work(rounds: Rounds) -> String {
    match rounds.work {
        Work::Io => "io".to_owned(),
        Work::Cpu => "cpu".to_owned(),
        Work::Mix { cpu } => format!("mix:{}ms", cpu.as_secs_f64() * 1e3),
    }
}

impl JsonModel {
    fn of(course: &Course, cpus: u32, now: Time) -> Self {
        let figures = Figures::of(course, cpus, now);
        let client = |(at, visitor): (usize, &Visitor)| JsonClient {
            n: at + 1,
            arrived: course
                .began
                .zip(visitor.arrived)
                .map(|(began, arrived)| arrived.since(began).as_secs_f64()),
            wait_seconds: visitor.wait().map(|time| time.as_secs_f64()),
            service_seconds: visitor.service().map(|time| time.as_secs_f64()),
            error: visitor.error.map(crate::timeline::observation::Failure::name),
        };
        let wait = |of: fn(Wait) -> Option<Duration>| figures.wait.and_then(of).map(|time| time.as_secs_f64());
        let service = |of: fn(Service) -> Duration| figures.service.map(|service| of(service).as_secs_f64());
        Self {
            model: course.name.clone(),
            clients: course.visitors.iter().enumerate().map(client).collect(),
            wait: JsonWait {
                first: wait(|wait| wait.first),
                median: wait(|wait| Some(wait.median)),
                p95: wait(|wait| Some(wait.p95)),
                p99: wait(|wait| Some(wait.p99)),
                max: wait(|wait| Some(wait.max)),
            },
            service: JsonService {
                mean: service(|service| service.mean),
                max: service(|service| service.max),
            },
            total_seconds: figures.total.map(|total| total.as_secs_f64()),
            peak: JsonPeak {
                processes: course.peak.map(|peak| peak.processes),
                threads: course.peak.map(|peak| peak.threads),
                pss_anon_bytes: course.peak.and_then(|peak| peak.pss_anon),
            },
            zombies_left: course.end.and_then(|end| end.zombies_left),
            cpu_busy: figures.cpu_busy,
            failed: course.began.map(|_| figures.failed),
        }
    }
}
