//! `allclear bench load`: the engine under a heavy hour, and what it remembers of it.
//!
//! All kinds of sources report of objects that fly over the bundled communities, as late as such sources are. Each event
//! is one step. Time is measured twice: by the wall clock, which is what a server lives by, and by the thread's own clock,
//! which does not count what else runs on the machine. Memory is that of the whole process.

use super::thread_s;
use crate::cmd::exit;
use engine::Engine;
use hdrhistogram::Histogram;
use indicatif::ProgressBar;
use model::{AreaSet, DecisionBody, Event, EventBody, Stage};
use serde::Serialize;
use sim::load::{Load as Reports, Plan, config};
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::time::Instant;

/// Lines of memory and tracks along the way.
const LINES: u64 = 12;
/// The gate: the 99th percentile of steps, milliseconds.
const P99_GATE_MS: f64 = 20.0;

/// Arguments of `bench load`.
#[derive(Debug, clap::Args)]
pub struct Load {
    /// Simulated seconds. 86400 is a day.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Objects alive at any time.
    #[arg(long, default_value_t = 1000)]
    objects: u32,
    /// Reports a second.
    #[arg(long, default_value_t = 5000)]
    rate: u32,
    /// Decides everything that happens.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    seconds: u64,
    objects: u32,
    rate: u32,
    seed: u64,
    events: u64,
    reports: u64,
    decisions: u64,
    raised: u64,
    ended: u64,
    alerts: usize,
    wall: Quantiles,
    thread: Quantiles,
    /// Share of one core, by the thread's clock: 1 when as much time was needed as was simulated.
    busy: f64,
    lines: Vec<Line>,
}

/// Latency of steps, milliseconds.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit belongs to the name")]
struct Quantiles {
    p50_ms: f64,
    p99_ms: f64,
    p999_ms: f64,
    max_ms: f64,
}

/// The state along the way.
#[derive(Debug, Clone, Copy, Serialize)]
struct Line {
    at_s: u64,
    tracks: usize,
    confirmed: usize,
    decisions: u64,
    /// Resident memory; `None` where the system does not tell.
    resident_mb: Option<u64>,
}

/// Runs the bench.
pub fn run(args: &Load) -> anyhow::Result<ExitCode> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(args.seconds) } else { ProgressBar::hidden() };
    let mut out = std::io::stdout().lock();
    if args.json {
        let measured = measure(args, &bar, |_| Ok(()))?;
        writeln!(out, "{}", serde_json::to_string_pretty(&measured)?)?;
    } else {
        let Load { seconds, objects, rate, seed, .. } = args;
        writeln!(out, "{objects} objects, {rate} reports a second, {seconds} s simulated, seed {seed}")?;
        writeln!(out, "{:>10}{:>10}{:>11}{:>12}{:>10}", "second", "tracks", "confirmed", "decisions", "MB")?;
        // A day takes long: each line is told as it comes.
        let measured = measure(args, &bar, |line| bar.suspend(|| print_line(&mut out, line)))?;
        print(&mut out, &measured)?;
    }
    bar.finish_and_clear();
    Ok(exit::code(exit::DONE))
}

/// Plays the load; `told` is called with each line as it comes.
fn measure(
    args: &Load,
    bar: &ProgressBar,
    mut told: impl FnMut(&Line) -> anyhow::Result<()>,
) -> anyhow::Result<Measured> {
    let areas = AreaSet::bundled();
    let plan = Plan { seed: args.seed, objects: usize::try_from(args.objects)?, reports_per_s: args.rate };
    let mut engine = Engine::new(config(), areas);
    let (mut wall, mut thread) = (Histogram::<u64>::new(3)?, Histogram::<u64>::new(3)?);
    let (mut events, mut reports, mut decided, mut raised, mut ended) = (0, 0, 0, 0, 0);
    let mut busy_s = 0.0;
    let mut decisions = Vec::new();
    let mut lines = Vec::new();
    let begins = |n: u64| n * args.seconds / LINES;
    for event in Reports::new(plan, areas) {
        let at_s = second(&event);
        if at_s >= args.seconds {
            break;
        }
        while lines.len() as u64 <= LINES && at_s >= begins(lines.len() as u64) {
            let line = line(&engine, at_s, decided);
            told(&line)?;
            lines.push(line);
            bar.set_position(at_s);
        }
        events += 1;
        reports += u64::from(matches!(event.body, EventBody::Report(_)));
        let (began, began_s) = (Instant::now(), thread_s());
        engine.step(&event, &mut decisions);
        let took_s = thread_s() - began_s;
        wall.record(u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX))?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "nanoseconds of one step")]
        thread.record((took_s.max(0.0) * 1e9) as u64)?;
        busy_s += took_s;
        decided += decisions.len() as u64;
        for decision in decisions.drain(..) {
            raised += u64::from(matches!(decision.body, DecisionBody::Raise(_)));
            ended += u64::from(matches!(decision.body, DecisionBody::End { .. }));
        }
    }
    let last = line(&engine, args.seconds, decided);
    told(&last)?;
    lines.push(last);
    #[expect(clippy::cast_precision_loss, reason = "simulated seconds")]
    let busy = busy_s / args.seconds.max(1) as f64;
    Ok(Measured {
        seconds: args.seconds,
        objects: args.objects,
        rate: args.rate,
        seed: args.seed,
        events,
        reports,
        decisions: decided,
        raised,
        ended,
        alerts: engine.picture().alerts.len(),
        wall: quantiles(&wall),
        thread: quantiles(&thread),
        busy,
        lines,
    })
}

fn second(event: &Event) -> u64 {
    u64::try_from(event.at.ms_since(sim::world::BEGIN) / 1000).unwrap_or(0)
}

fn line(engine: &Engine, at_s: u64, decisions: u64) -> Line {
    let tracks = engine.picture().tracks;
    let confirmed = tracks.iter().filter(|track| track.stage == Stage::Confirmed).count();
    Line { at_s, tracks: tracks.len(), confirmed, decisions, resident_mb: resident_mb() }
}

fn quantiles(histogram: &Histogram<u64>) -> Quantiles {
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds far below 2^52")]
    let ms = |quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1e6;
    Quantiles { p50_ms: ms(0.5), p99_ms: ms(0.99), p999_ms: ms(0.999), max_ms: ms(1.0) }
}

/// Resident memory in megabytes, where the system tells it as Linux does.
fn resident_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kb| kb / 1024)
}

fn print_line(out: &mut impl std::io::Write, line: &Line) -> anyhow::Result<()> {
    let mb = line.resident_mb.map_or_else(|| "?".to_owned(), |mb| mb.to_string());
    writeln!(out, "{:>10}{:>10}{:>11}{:>12}{mb:>10}", line.at_s, line.tracks, line.confirmed, line.decisions)?;
    out.flush()?;
    Ok(())
}

fn print(out: &mut impl std::io::Write, measured: &Measured) -> anyhow::Result<()> {
    writeln!(out, "{:<24}{:>10}{:>10}{:>10}{:>10}", "a step, milliseconds", "p50", "p99", "p99.9", "max")?;
    for (name, q) in [("wall clock", &measured.wall), ("the thread's own clock", &measured.thread)] {
        writeln!(out, "{name:<24}{:>10.4}{:>10.3}{:>10.3}{:>10.2}", q.p50_ms, q.p99_ms, q.p999_ms, q.max_ms)?;
    }
    let verdict = if measured.wall.p99_ms <= P99_GATE_MS { "held" } else { "missed" };
    writeln!(
        out,
        "{} events ({} reports), {} decisions ({} raised, {} ended, {} in force); {:.0} % of one core; gate p99 {P99_GATE_MS} ms: {verdict}",
        measured.events,
        measured.reports,
        measured.decisions,
        measured.raised,
        measured.ended,
        measured.alerts,
        100.0 * measured.busy
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_load_counts_every_step_follows_every_object_and_repeats() {
        let args = Load { seconds: 6, objects: 60, rate: 400, seed: 5, json: false };
        let [one, other] = [(); 2].map(|()| measure(&args, &ProgressBar::hidden(), |_| Ok(())).expect("a run"));
        assert_eq!(one.events, one.reports + 6, "a tick a second");
        assert!((2100..=2400).contains(&one.reports), "{} reports", one.reports);
        let last = one.lines.last().expect("a line");
        assert!((55..=75).contains(&last.confirmed) && last.confirmed <= last.tracks, "{last:?}");
        assert!(one.raised > 0 && one.decisions >= one.raised + one.ended);
        assert_eq!(one.alerts as u64, one.raised - one.ended, "what was raised and not ended is in force");
        let counts = |m: &Measured| (m.events, m.decisions, m.raised, m.ended, m.alerts);
        assert_eq!(counts(&one), counts(&other));
        let mut text = Vec::new();
        print(&mut text, &one).expect("a table");
        assert!(String::from_utf8_lossy(&text).contains("the thread's own clock"));
    }
}
