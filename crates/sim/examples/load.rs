//! Measures the engine under load: `cargo run --release -p sim --example load -- [seconds] [objects] [reports a second]`.
//!
//! Prints the latency of steps, the share of one core, the tracks alive and the resident memory along the way.
#![allow(clippy::disallowed_types, clippy::print_stdout)] // The only place here that may look at a clock.
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Quantiles of a list.
#![allow(clippy::unwrap_used)] // A bench may stop at a wrong argument.

use engine::Engine;
use sim::load::{Load, Plan, config};
use std::time::Instant;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<u64>().unwrap());
    let (seconds, objects, rate) =
        (numbers.next().unwrap_or(120), numbers.next().unwrap_or(1000), numbers.next().unwrap_or(5000));
    let areas = model::AreaSet::bundled();
    let plan =
        Plan { seed: 1, objects: usize::try_from(objects).unwrap(), reports_per_s: u32::try_from(rate).unwrap() };
    let mut engine = Engine::new(config(), areas);
    let mut decisions = Vec::new();
    let mut latencies_us: Vec<f64> = Vec::new();
    let mut decided = 0;
    let mut busy_s = 0.0;
    let from = sim::world::BEGIN;
    let mut next_line_s = 0;
    for event in Load::new(plan, areas) {
        let second = u64::try_from(event.at.ms_since(from) / 1000).unwrap();
        if second >= seconds {
            break;
        }
        if second >= next_line_s {
            next_line_s += (seconds / 20).max(1);
            let picture = engine.picture();
            let confirmed = picture.tracks.iter().filter(|track| track.stage == model::Stage::Confirmed).count();
            println!(
                "{second:6} s  {:5} tracks ({confirmed} confirmed)  {decided:8} decisions  {:5} MB",
                picture.tracks.len(),
                resident_mb()
            );
        }
        let began = Instant::now();
        engine.step(&event, &mut decisions);
        let took = began.elapsed().as_secs_f64();
        busy_s += took;
        latencies_us.push(took * 1e6);
        decided += decisions.len();
        decisions.clear();
    }
    latencies_us.sort_by(f64::total_cmp);
    let quantile = |q: f64| latencies_us[((latencies_us.len() - 1) as f64 * q) as usize];
    println!(
        "{} steps; microseconds: p50 {:.1}, p99 {:.1}, p99.9 {:.1}, p99.99 {:.1}, max {:.0}; one core {:.0} % busy",
        latencies_us.len(),
        quantile(0.5),
        quantile(0.99),
        quantile(0.999),
        quantile(0.9999),
        quantile(1.0),
        100.0 * busy_s / seconds as f64
    );
}

/// Resident memory, megabytes; 0 where the system does not tell.
fn resident_mb() -> u64 {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return 0 };
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).map_or(0, |kb| kb / 1024)
}
