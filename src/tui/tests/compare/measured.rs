//! A comparison that was run, from the JSON that it printed: what the README shows of it.

use std::time::Duration;

use serde_json::Value;

use crate::compare::contender::Contender;
use crate::compare::{Comparison, End, News, Reading, Scenario};
use crate::server::config::{Rounds, Work};
use crate::timeline::observation::{Client, ClientId, ClientPhase};
use crate::timeline::time::Time;
use crate::tui::compare::Comparing;
use crate::tui::look::Look;
use crate::words::{Language, Words};

/// What `forkscope compare --scale 0.1 --json` printed.
const PRINTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/compare.json");

fn seconds(value: &Value) -> Duration {
    Duration::from_secs_f64(value.as_f64().expect("seconds"))
}

fn small(value: &Value) -> u32 {
    value
        .as_u64()
        .and_then(|number| number.try_into().ok())
        .expect("a number")
}

/// The comparison, as its screen was left.
pub(in crate::tui::tests) fn measured() -> Comparing {
    let printed: Value = serde_json::from_str(&std::fs::read_to_string(PRINTED).unwrap()).unwrap();
    let said = &printed["scenario"];
    let scenario = Scenario {
        clients: small(&said["clients"]),
        rounds: Rounds {
            total: seconds(&said["service_seconds"]),
            work: Work::parse(said["work"].as_str().unwrap()).unwrap(),
        },
        echo: false,
        cpus: Some(small(&said["cpus"])),
        scale: said["scale"].as_f64().unwrap(),
        together: false,
    };
    let models = printed["models"].as_array().unwrap();
    let contender = |model: &Value| Contender::parse(model["model"].as_str().unwrap()).unwrap();
    let contenders: Vec<Contender> = models.iter().map(contender).collect();
    let (clients, cpus) = (scenario.clients, small(&said["cpus"]));
    let mut comparison = Comparison::new(scenario, &contenders, clients, cpus);
    let start = Time::from_nanos(0);
    let mut began = start;
    for (entry, model) in models.iter().enumerate() {
        comparison.apply(News::Began(entry, began));
        for client in model["clients"].as_array().unwrap() {
            assert_eq!(client["error"], Value::Null, "{client}");
            let arrived = began + seconds(&client["arrived"]);
            let first = arrived + seconds(&client["wait_seconds"]);
            let happened = [
                (ClientPhase::Connecting, arrived),
                (ClientPhase::Served, first),
                (ClientPhase::Done, first + seconds(&client["service_seconds"])),
            ];
            for (phase, at) in happened {
                let id = ClientId(client["n"].as_u64().unwrap());
                let local = None;
                comparison.apply(News::Client(entry, Client { at, id, local, phase }));
            }
        }
        let total = seconds(&model["total_seconds"]);
        let reading = Reading {
            processes: small(&model["peak"]["processes"]),
            threads: small(&model["peak"]["threads"]),
            zombies: 0,
            pss_anon: model["peak"]["pss_anon_bytes"].as_u64(),
            cpu: model["cpu_busy"].as_f64().map(|busy| total.mul_f64(busy) * cpus),
        };
        comparison.apply(News::Reading(entry, reading));
        began = began + total;
        let end = End {
            at: began,
            zombies_left: Some(small(&model["zombies_left"])),
            dropped: 0,
            status: None,
        };
        comparison.apply(News::Ended(entry, end));
    }
    comparison.apply(News::Over);
    let mut comparing = Comparing::new(comparison, Words::new(Language::English), Look::default(), start);
    comparing.now = began;
    comparing
}
