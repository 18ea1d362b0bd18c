//! `allclear track`: a file of detections and a model to a file of tracks.
//!
//! A row that cannot be read is named with its line, left out and counted; the exit code is then 3. A model that cannot
//! be is refused as a whole.

pub mod input;

use super::exit;
use anyhow::{Context as _, bail};
use engine::scene::{Filter, Motion, SceneTracker};
use indicatif::{ProgressBar, ProgressStyle};
use input::{Detections, ModelFile};
use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Most rows named one by one.
const NAMED_MAX: usize = 20;

/// Arguments of `track`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// CSV with a header that has `scan`, `x` and `y`; other columns are ignored. `.gz` is read; `-` is standard input.
    #[arg(long)]
    detections: PathBuf,
    /// TOML: dt, q, sigma, pd, ps, area, `clutter_per_scan`, `velocity_std`; optionally `birth_weight`, `birth_mean`,
    /// `birth_std`, `initial_weight`.
    #[arg(long)]
    model: PathBuf,
    /// CSV of confirmed tracks: scan,track,x,y,vx,vy,existence. `-` is standard output.
    #[arg(long, default_value = "-")]
    out: PathBuf,
    /// pmbm:N keeps at most N hypotheses where tracks compete; lbp keeps none.
    #[arg(long, default_value = "pmbm:20", value_parser = parse_filter)]
    filter: Filter,
    /// straight: nearly constant velocity under white acceleration of density q; imm: that, manoeuvres and turns, in
    /// modes that change.
    #[arg(long, default_value = "straight", value_parser = parse_motion)]
    motion: Motion,
    /// Print a summary as JSON to standard error.
    #[arg(long)]
    json: bool,
}

/// `pmbm:N` or `lbp`.
pub fn parse_filter(text: &str) -> Result<Filter, String> {
    match text.split_once(':') {
        None if text == "lbp" => Ok(Filter::Lbp),
        Some(("pmbm", number)) => match number.parse() {
            Ok(hypotheses @ 1..=10_000) => Ok(Filter::Pmbm { hypotheses }),
            _ => Err(format!("hypotheses {number:?}: expected a number from 1 to 10000")),
        },
        _ => Err("expected pmbm:N (as pmbm:20) or lbp".to_owned()),
    }
}

/// `straight` or `imm`.
pub fn parse_motion(text: &str) -> Result<Motion, String> {
    match text {
        "straight" => Ok(Motion::Straight),
        "imm" => Ok(Motion::Imm),
        _ => Err("expected straight or imm".to_owned()),
    }
}

/// Tracks a file.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let text = std::fs::read_to_string(&args.model)
        .with_context(|| format!("failed to read the model {}", args.model.display()))?;
    let file: ModelFile =
        toml::from_str(&text).with_context(|| format!("failed to read the model {}", args.model.display()))?;
    let model = file.model().with_context(|| format!("failed to use the model {}", args.model.display()))?;
    let mut tracker = SceneTracker::moving(&model, args.filter, args.motion)
        .map_err(anyhow::Error::new)
        .with_context(|| format!("failed to use the model {}", args.model.display()))?;
    let detections = Detections::read(&args.detections)?;
    for refused in detections.refused.iter().take(NAMED_MAX) {
        eprintln!("{}: failed to {refused}", args.detections.display());
    }
    if detections.refused.len() > NAMED_MAX {
        eprintln!("{}: {} more rows refused", args.detections.display(), detections.refused.len() - NAMED_MAX);
    }
    let Some((first, last)) = detections.span() else {
        bail!("failed to find a detection in {}: expected rows of scan, x, y", args.detections.display());
    };
    let mut out = output(&args.out)?;
    writeln!(out, "scan,track,x,y,vx,vy,existence")?;
    let bar = progress(u64::try_from(last - first + 1).unwrap_or(0));
    let (mut rows, mut approximate) = (0_u64, 0_u64);
    for scan in first..=last {
        tracker.scan(detections.of(scan)).map_err(anyhow::Error::new).with_context(|| format!("scan {scan}"))?;
        approximate += u64::from(tracker.approximate());
        for told in tracker.estimates() {
            let [x, vx, y, vy] = told.state;
            writeln!(out, "{scan},{},{x:.4},{y:.4},{vx:.4},{vy:.4},{:.4}", told.track, told.existence)?;
            rows += 1;
        }
        bar.inc(1);
    }
    out.flush()?;
    bar.finish_and_clear();
    if args.json {
        let summary = serde_json::json!({
            "scans": last - first + 1, "detections": detections.count, "refused": detections.refused.len(),
            "estimates": rows, "approximate_scans": approximate,
        });
        eprintln!("{summary}");
    }
    Ok(exit::code(if detections.refused.is_empty() { exit::DONE } else { exit::REFUSED }))
}

fn output(path: &Path) -> anyhow::Result<Box<dyn Write>> {
    Ok(if path.as_os_str() == "-" {
        Box::new(std::io::BufWriter::new(std::io::stdout().lock()))
    } else {
        let file = std::fs::File::create(path).with_context(|| format!("failed to write {}", path.display()))?;
        Box::new(std::io::BufWriter::new(file))
    })
}

fn progress(scans: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} scans, {eta} left");
    ProgressBar::new(scans).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
