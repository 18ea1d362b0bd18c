//! Scenes from files, for those who have the published ones: `NAME_detections.csv.gz`, `NAME_truth.csv.gz`, and
//! `w15x_20truths_x5runs.json.gz`.

use crate::cmd::track::input::Detections;
use anyhow::Context as _;
use serde::Deserialize;
use sim::scene::Scene;
use std::io::Read as _;
use std::path::Path;

#[derive(Deserialize)]
struct Crossing {
    truths: Vec<CrossingTruth>,
}

#[derive(Deserialize)]
struct CrossingTruth {
    truth: Vec<Flight>,
    runs: Vec<Vec<Vec<[f64; 2]>>>,
}

#[derive(Deserialize)]
struct Flight {
    birth: usize,
    pos: Vec<[f64; 2]>,
}

#[derive(Deserialize)]
struct TruthRow {
    scan: usize,
    id: u64,
    x: f64,
    y: f64,
}

fn text(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::File::open(path).with_context(|| format!("failed to open {}", path.display()))?;
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_string(&mut text)
        .with_context(|| format!("failed to read {}", path.display()))?;
    Ok(text)
}

/// The scene of a name from files; `None` where there are none of that name. Models are those of our own scenes.
pub fn read(dir: &Path, name: &str) -> anyhow::Result<Option<Vec<Scene>>> {
    let Some(like) = Scene::of(name, 0) else { return Ok(None) };
    if name == "w15x" {
        let path = dir.join("w15x_20truths_x5runs.json.gz");
        if !path.exists() {
            return Ok(None);
        }
        let crossing: Crossing =
            serde_json::from_str(&text(&path)?).with_context(|| format!("failed to read {}", path.display()))?;
        return Ok(Some(crossing.truths.into_iter().flat_map(|truth| runs(truth, &like)).collect()));
    }
    let detections = dir.join(format!("{name}_detections.csv.gz"));
    if !detections.exists() {
        return Ok(None);
    }
    let read = Detections::read(&detections)?;
    let mut truth = vec![Vec::new(); like.scans.len()];
    let rows = text(&dir.join(format!("{name}_truth.csv.gz")))?;
    for row in csv::Reader::from_reader(rows.as_bytes()).deserialize::<TruthRow>() {
        let row = row.with_context(|| format!("failed to read the truth of {name}"))?;
        let step = truth.get_mut(row.scan).with_context(|| format!("scan {} of the truth of {name}", row.scan))?;
        step.push((row.id, [row.x, row.y]));
    }
    let scans = (0..).take(like.scans.len()).map(|scan| read.of(scan).to_vec()).collect();
    Ok(Some(vec![Scene { scans, truth, velocities: Vec::new(), ..like }]))
}

fn runs(truth: CrossingTruth, like: &Scene) -> Vec<Scene> {
    let there = |scan: usize| -> Vec<(u64, [f64; 2])> {
        let at = |(id, flight): (u64, &Flight)| Some((id, *flight.pos.get(scan.checked_sub(flight.birth)?)?));
        (0..).zip(&truth.truth).filter_map(at).collect()
    };
    let places: Vec<_> = (0..like.scans.len()).map(there).collect();
    let scene = |scans| Scene { scans, truth: places.clone(), velocities: Vec::new(), ..like.clone() };
    truth.runs.into_iter().map(scene).collect()
}
