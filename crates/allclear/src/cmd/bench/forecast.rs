//! `allclear bench forecast`: a thousand tracks over all communities, forecast afresh and step by step.
//!
//! Reports of all kinds of sources make the tracks, as in `bench load`; then they stop. A tick after a pause finds every
//! forecast old: that step makes all anew. After it one report a second comes: each step makes anew what was told of
//! and what grew old. Time is the thread's own: what else runs on the machine counts less.

use super::thread_s;
use crate::cmd::exit;
use engine::{CameIn, Config, Engine};
use model::{AreaSet, Event, EventBody, EventId, Level, Stage, Timestamp};
use serde::Serialize;
use sim::load::{Load, Plan, config};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// The gates, milliseconds: everything anew, and a step.
const FULL_GATE_MS: f64 = 1000.0;
const STEP_GATE_MS: f64 = 20.0;
/// Reports a second while the tracks are made.
const RATE: u32 = 1000;
/// A pause after which every forecast is old, milliseconds.
const PAUSE_MS: i64 = 11_000;
/// Times everything is made anew.
const FULL: usize = 5;

/// Arguments of `bench forecast`.
#[derive(Debug, clap::Args)]
pub struct Forecast {
    /// Objects alive.
    #[arg(long, default_value_t = 1000)]
    objects: u32,
    /// Seconds of reports before anything is measured.
    #[arg(long, default_value_t = 40)]
    warm: u32,
    /// Steps that are measured.
    #[arg(long, default_value_t = 60)]
    steps: u32,
    /// Decides everything that happens.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where things came in before and how they flew on, as `allclear report entries` wrote it; nothing is known without it.
    #[arg(long)]
    came_in: Option<PathBuf>,
    /// Exit with 1 when a gate is missed.
    #[arg(long)]
    check: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    tracks: usize,
    communities: usize,
    /// Pairs of track and community that were told.
    forecasts: usize,
    full_ms_median: f64,
    full_ms_max: f64,
    step_ms_median: f64,
    step_ms_max: f64,
    full_gate_ms: f64,
    step_gate_ms: f64,
}

/// Runs the bench.
pub fn run(args: &Forecast) -> anyhow::Result<ExitCode> {
    let measured = measure(args)?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&measured)?)?;
    } else {
        let Measured { tracks, communities, forecasts, .. } = measured;
        writeln!(out, "{tracks} believed tracks, {communities} communities, {forecasts} forecasts told")?;
        let mut line = |what: &str, median: f64, max: f64, gate: f64| {
            writeln!(out, "{what:<28} median {median:>8.2} ms, most {max:>8.2} ms, gate {gate:>6.0} ms")
        };
        line("everything anew", measured.full_ms_median, measured.full_ms_max, FULL_GATE_MS)?;
        line("a step with one report", measured.step_ms_median, measured.step_ms_max, STEP_GATE_MS)?;
    }
    let met = measured.full_ms_max <= FULL_GATE_MS && measured.step_ms_median <= STEP_GATE_MS;
    Ok(exit::code(if met || !args.check { exit::DONE } else { exit::FAILED }))
}

fn measure(args: &Forecast) -> anyhow::Result<Measured> {
    let areas = AreaSet::bundled();
    let plan = Plan { seed: args.seed, objects: usize::try_from(args.objects)?, reports_per_s: RATE };
    let came_in = args.came_in.as_deref().map_or_else(|| Ok(CameIn::default()), crate::config::came_in)?;
    let config = Config { came_in, ..config() };
    config
        .validate()
        .and_then(|()| config.validate_areas(areas))
        .map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let mut engine = Engine::new(config, areas);
    let mut decisions = Vec::new();
    let mut events = Load::new(plan, areas);
    let mut now: Option<Timestamp> = None;
    let mut begun: Option<Timestamp> = None;
    let mut next = 0;
    for event in events.by_ref() {
        let begun = *begun.get_or_insert(event.at);
        now = Some(event.at);
        next = event.id.0 + 1;
        engine.step(&event, &mut decisions);
        next = next.max(event.id.0 + 1 + decisions.len() as u64);
        decisions.clear();
        if event.at.ms_since(begun) >= i64::from(args.warm) * 1000 {
            break;
        }
    }
    let mut at = now.ok_or_else(|| anyhow::anyhow!("failed to make tracks: no report came"))?;
    let mut timed = |at: Timestamp, body: EventBody| {
        let event = Event { id: EventId(next), at, body };
        let begun_s = thread_s();
        engine.step(&event, &mut decisions);
        let ms = 1000.0 * (thread_s() - begun_s);
        next += 1 + decisions.len() as u64;
        decisions.clear();
        ms
    };
    let mut full: Vec<f64> = Vec::new();
    for _ in 0..FULL {
        at = at.plus_ms(PAUSE_MS);
        full.push(timed(at, EventBody::Tick));
    }
    let mut steps: Vec<f64> = Vec::new();
    let reports = events.filter_map(|event| match event.body {
        EventBody::Report(report) => Some(report),
        _ => None,
    });
    for mut report in reports.take(usize::try_from(args.steps)?) {
        at = at.plus_ms(1000);
        (report.observed_at, report.received_at) = (at, at);
        steps.push(timed(at, EventBody::Report(report)));
    }
    let picture = engine.picture();
    let believed = picture.tracks.iter().filter(|track| matches!(track.stage, Stage::Confirmed | Stage::Coasting));
    let forecast = |level: Level| matches!(level, Level::Hromada | Level::Raion);
    full.sort_by(f64::total_cmp);
    steps.sort_by(f64::total_cmp);
    let of = |sorted: &[f64], percent: usize| sorted.get((sorted.len().saturating_sub(1)) * percent / 100).copied();
    Ok(Measured {
        tracks: believed.count(),
        communities: areas.iter().filter(|area| area.placed && forecast(area.level)).count(),
        forecasts: picture.forecasts.len(),
        full_ms_median: of(&full, 50).unwrap_or(0.0),
        full_ms_max: of(&full, 100).unwrap_or(0.0),
        step_ms_median: of(&steps, 50).unwrap_or(0.0),
        step_ms_max: of(&steps, 100).unwrap_or(0.0),
        full_gate_ms: FULL_GATE_MS,
        step_gate_ms: STEP_GATE_MS,
    })
}
