//! `allclear bench track`: the filter on scenes of one sensor.
//!
//! Time is that of the one thread, from the clock of the thread: what else runs on the machine counts less. Peers'
//! figures are published ones, measured on two shared cores with the same kind of scene; they stand beside ours with
//! their source, and the ratio is said to be against them.

use super::{scenes, thread_s};
use crate::cmd::{
    exit,
    track::{parse_filter, parse_motion},
};
use anyhow::{Context as _, bail};
use engine::scene::{Filter, Motion, SceneTracker};
use indicatif::ProgressBar;
use serde::Serialize;
use sim::scene::{NAMES, Scene};
use sim::score::Run;
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

/// A check passes when accuracy is within this of the gate: our seeds are other seeds.
const ACCURACY_SLACK: f64 = 1.1;
/// A check passes when we are at least so many times as fast as the peer: the gate is 1,000 in a release build.
const RATIO_MIN: f64 = 50.0;

/// Arguments of `bench track`.
#[derive(Debug, clap::Args)]
pub struct Track {
    /// Scenes, with commas between: w15x, small, mid, dense, n200, n400, n1000, heavy, heavydense. Default: all but n1000.
    #[arg(long, value_delimiter = ',')]
    scenes: Vec<String>,
    /// Runs of each scene with seeds of their own (w15x: truths, five measurement sets each).
    #[arg(long, default_value_t = 5)]
    seeds: u64,
    /// pmbm:N or lbp. Default: pmbm:20, and for w15x pmbm:200 as well.
    #[arg(long, value_parser = parse_filter)]
    filter: Option<Filter>,
    /// straight or imm. Default: straight, and for the heavy scenes imm as well.
    #[arg(long, value_parser = parse_motion)]
    motion: Option<Motion>,
    /// Folder with published scenes (`NAME_detections.csv.gz`, `NAME_truth.csv.gz`): used where it has one.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Few scenes, one seed: for a quick look.
    #[arg(long)]
    quick: bool,
    /// Exit with 1 when accuracy is more than a tenth past its gate or we are not 50 times as fast as the peer.
    #[arg(long)]
    check: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Gates and peers of a scene. Peers: Stone Soup 1.9.1, global nearest neighbour, best of several tunings: root mean
/// squared GOSPA and milliseconds a scan on one seed, two shared cores.
struct Known {
    gospa_max: Option<f64>,
    time_ms_max: f64,
    peer: Option<(f64, f64)>,
}

fn known(scene: &str, filter: Filter, motion: Motion) -> Known {
    let of = |gospa_max, time_ms_max, peer| Known { gospa_max, time_ms_max, peer };
    match scene {
        // A run of 81 scans: 25 ms with 200 hypotheses, 5 ms with 20.
        "w15x" if matches!(filter, Filter::Pmbm { hypotheses: 100.. }) => of(Some(2.94), 25.0 / 81.0, None),
        "w15x" => of(Some(2.97), 5.0 / 81.0, None),
        "small" => of(Some(56.0), 0.02, Some((68.2, 13.8))),
        "mid" => of(Some(217.0), 0.2, Some((254.4, 255.0))),
        "dense" => of(Some(150.0), 0.3, Some((370.3, 69.0))),
        "n200" => of(Some(400.0), 0.6, Some((504.6, 1178.0))),
        "n400" => of(Some(660.0), 1.5, Some((784.4, 3904.0))),
        "heavydense" => of(None, 60.0, None),
        "heavy" if motion == Motion::Imm => of(None, 25.0, None),
        _ => of(None, 5.0, None),
    }
}

/// One line of the table.
#[derive(Debug, Serialize)]
struct Line {
    scene: String,
    filter: String,
    runs: usize,
    gospa: f64,
    gospa_gate: Option<f64>,
    gospa_peer: Option<f64>,
    switches_per_run: f64,
    time_ms_per_scan: f64,
    time_gate_ms: f64,
    time_peer_ms: Option<f64>,
    times_as_fast: Option<f64>,
}

/// Runs the bench.
pub fn run(args: &Track) -> anyhow::Result<ExitCode> {
    let quick = ["w15x", "small", "dense", "n200"];
    let names: Vec<&str> = match (args.scenes.as_slice(), args.quick) {
        ([], true) => quick.to_vec(),
        ([], false) => NAMES.into_iter().filter(|name| *name != "n1000").collect(),
        (names, _) => names.iter().map(String::as_str).collect(),
    };
    let seeds = if args.quick { 1 } else { args.seeds.max(1) };
    let mut lines = Vec::new();
    let mut out = std::io::stdout().lock();
    if !args.json {
        writeln!(
            out,
            "{:<11}{:<12}{:>5}{:>10}{:>8}{:>8}{:>10}{:>12}{:>10}{:>10}{:>10}",
            "scene", "filter", "runs", "GOSPA", "gate", "peer", "switches", "ms a scan", "gate", "peer", "faster"
        )?;
    }
    for name in names {
        let scenes = scenes_of(args, name, seeds)?;
        let filters = match (args.filter, name) {
            (Some(filter), _) => vec![filter],
            (None, "w15x") => vec![Filter::Pmbm { hypotheses: 200 }, Filter::default()],
            (None, _) => vec![Filter::default()],
        };
        let motions = match args.motion {
            Some(motion) => vec![motion],
            None if name.starts_with("heavy") => vec![Motion::Straight, Motion::Imm],
            None => vec![Motion::Straight],
        };
        for (filter, motion) in filters.iter().flat_map(|filter| motions.iter().map(move |motion| (*filter, *motion))) {
            let line = measure(name, filter, motion, &scenes)?;
            if !args.json {
                print(&mut out, &line)?;
            }
            lines.push(line);
        }
    }
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&lines)?)?;
    } else {
        writeln!(out, "peer: Stone Soup 1.9.1, global nearest neighbour, as published; time: one thread's own clock")?;
    }
    let failed: Vec<String> = if args.check { lines.iter().filter_map(failure).collect() } else { Vec::new() };
    for why in &failed {
        eprintln!("{why}");
    }
    Ok(exit::code(if failed.is_empty() { exit::DONE } else { exit::FAILED }))
}

fn scenes_of(args: &Track, name: &str, seeds: u64) -> anyhow::Result<Vec<Scene>> {
    if let Some(dir) = &args.data
        && let Some(mut scenes) = scenes::read(dir, name)?
    {
        if args.quick {
            scenes.truncate(5);
        }
        return Ok(scenes);
    }
    let scenes: Option<Vec<Scene>> = if name == "w15x" {
        Some((0..seeds).flat_map(|truth| (0..5).map(move |run| Scene::crossing(truth, run))).collect())
    } else {
        (0..seeds).map(|seed| Scene::of(name, seed)).collect()
    };
    match scenes {
        Some(scenes) => Ok(scenes),
        None => bail!("failed to find the scene {name:?}: expected one of {}", NAMES.join(", ")),
    }
}

#[allow(clippy::cast_precision_loss)] // Counts of runs and scans.
fn measure(name: &str, filter: Filter, motion: Motion, scenes: &[Scene]) -> anyhow::Result<Line> {
    let bar =
        if std::io::stderr().is_terminal() { ProgressBar::new(scenes.len() as u64) } else { ProgressBar::hidden() };
    let (mut squared, mut switches, mut scans, mut time_s) = (0.0, 0, 0, 0.0);
    for scene in scenes {
        let mut tracker =
            SceneTracker::moving(&scene.model, filter, motion).context("failed to use the scene's model")?;
        let mut told = Vec::with_capacity(scene.scans.len());
        for scan in &scene.scans {
            let began = thread_s();
            tracker.scan(scan).context("failed to take a scan")?;
            time_s += thread_s() - began;
            told.push(tracker.estimates().iter().map(|one| (one.track, [one.state[0], one.state[2]])).collect());
        }
        let score = Run::of(&scene.steps(&told), scene.cutoff);
        squared += score.rms_gospa * score.rms_gospa * score.steps as f64;
        switches += score.switches;
        scans += score.steps;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let known = known(name, filter, motion);
    let modes = if motion == Motion::Imm { " imm" } else { "" };
    let time_ms = 1000.0 * time_s / scans as f64;
    Ok(Line {
        scene: name.to_owned(),
        filter: match filter {
            Filter::Pmbm { hypotheses } => format!("pmbm:{hypotheses}{modes}"),
            Filter::Lbp => format!("lbp{modes}"),
        },
        runs: scenes.len(),
        gospa: (squared / scans as f64).sqrt(),
        gospa_gate: known.gospa_max,
        gospa_peer: known.peer.map(|peer| peer.0),
        switches_per_run: switches as f64 / scenes.len() as f64,
        time_ms_per_scan: time_ms,
        time_gate_ms: known.time_ms_max,
        time_peer_ms: known.peer.map(|peer| peer.1),
        times_as_fast: known.peer.map(|peer| peer.1 / time_ms),
    })
}

fn print(out: &mut impl std::io::Write, line: &Line) -> anyhow::Result<()> {
    let maybe = |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
    writeln!(
        out,
        "{:<11}{:<12}{:>5}{:>10.3}{:>8}{:>8}{:>10.1}{:>12.4}{:>10.3}{:>10}{:>10}",
        line.scene,
        line.filter,
        line.runs,
        line.gospa,
        maybe(line.gospa_gate, 2),
        maybe(line.gospa_peer, 1),
        line.switches_per_run,
        line.time_ms_per_scan,
        line.time_gate_ms,
        maybe(line.time_peer_ms, 1),
        maybe(line.times_as_fast, 0)
    )?;
    Ok(())
}

/// Why a line fails a check.
fn failure(line: &Line) -> Option<String> {
    let name = format!("{} {}", line.scene, line.filter);
    if let Some(gate) = line.gospa_gate.filter(|gate| line.gospa > gate * ACCURACY_SLACK) {
        return Some(format!("{name}: failed to reach GOSPA {gate:.2} within a tenth: {:.3}", line.gospa));
    }
    let ratio = line.times_as_fast.filter(|ratio| *ratio < RATIO_MIN)?;
    Some(format!("{name}: failed to be {RATIO_MIN} times as fast as the peer: {ratio:.0} times"))
}
