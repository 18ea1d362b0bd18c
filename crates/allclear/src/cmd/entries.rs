//! `allclear report entries FROM…`: where things came in and how they flew on, as a file that `[areas] came_in` of a
//! configuration names.
//!
//! What comes in: stores or files of entries, and lines such as rivers. What goes out: TOML, a line a community and a line a cell,
//! on standard output. Recorded events are stepped through today's engine: it counts where that first believed in something,
//! and the courses that it believed.

use super::exit;
use super::replay::{Evening, read, recorded};
use crate::config::came_in;
use anyhow::{Context as _, bail, ensure};
use engine::{CameIn, Counting, Courses, Engine};
use model::{AreaSet, Level, Position, Timestamp};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Milliseconds between two looks at the picture.
const LOOK_MS: i64 = 60_000;
/// Largest file of lines, in bytes.
const LINES_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// A line counts so near to a community, kilometres beyond its rim.
const NEAR_KM: f64 = 30.0;

/// Arguments of `report entries`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Stores' directories, files of entries, or files that this command wrote: what they count is added up.
    #[arg(required_unless_present = "along")]
    from: Vec<PathBuf>,
    /// Lines that what flies may follow, such as rivers and valleys: a `GeoJSON` feature collection. Each counts as five that flew
    /// along it in either direction.
    #[arg(long)]
    along: Vec<PathBuf>,
}

/// Reports.
pub(super) fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let areas = AreaSet::bundled();
    let (mut all, mut unreadable) = (CameIn::default(), 0);
    for from in &args.from {
        if from.extension().is_some_and(|ending| ending == "toml") {
            all.add(&came_in(from)?);
            continue;
        }
        let evening = read(from, areas)?;
        ensure!(!evening.events.is_empty(), "failed to find an event in {}", from.display());
        unreadable += evening.unreadable;
        all.add(&counted(&evening, areas)?);
    }
    for file in &args.along {
        follow(&mut all.courses, file, areas)?;
    }
    print!("{}", text(&all, areas));
    Ok(exit::code(if unreadable == 0 { exit::DONE } else { exit::REFUSED }))
}

/// Where recorded events came in.
fn counted(evening: &Evening, areas: &'static AreaSet) -> anyhow::Result<CameIn> {
    let mut engine = Engine::new(recorded(&evening.events)?, areas);
    let (mut counting, mut decisions, mut last) = (Counting::default(), Vec::new(), None::<Timestamp>);
    for event in &evening.events {
        engine.step(event, &mut decisions);
        decisions.clear();
        if last.is_none_or(|last| event.at.ms_since(last) >= LOOK_MS) {
            counting.look(&engine.picture(), areas);
            last = Some(event.at);
        }
    }
    counting.look(&engine.picture(), areas);
    Ok(counting.done())
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    LineString(Vec<Vec<f64>>),
    MultiLineString(Vec<Vec<Vec<f64>>>),
    #[serde(other, deserialize_with = "other")]
    Other,
}

/// A geometry of another kind, whatever its coordinates.
fn other<'de, D: serde::Deserializer<'de>>(from: D) -> Result<(), D::Error> {
    serde::de::IgnoredAny::deserialize(from).map(|_| ())
}

/// Counts along the lines of a file.
fn follow(courses: &mut Courses, file: &Path, areas: &AreaSet) -> anyhow::Result<()> {
    let place = file.display();
    let size = std::fs::metadata(file).with_context(|| format!("failed to open {place}"))?.len();
    ensure!(size <= LINES_BYTES_MAX, "failed to read {place}: {size} bytes, at most {LINES_BYTES_MAX}");
    let text = std::fs::read_to_string(file).with_context(|| format!("failed to read {place}"))?;
    let collection: Collection = serde_json::from_str(&text)
        .with_context(|| format!("failed to read {place} as a GeoJSON feature collection"))?;
    let near = |at: Position| {
        areas
            .at_level(Level::Hromada)
            .any(|area| area.placed && area.centre.distance_km(at) <= area.radius_km + NEAR_KM)
    };
    let mut lines = 0;
    for (n, feature) in collection.features.into_iter().enumerate() {
        let all = match feature.geometry {
            Some(Geometry::LineString(line)) => vec![line],
            Some(Geometry::MultiLineString(lines)) => lines,
            Some(Geometry::Other) | None => continue,
        };
        for line in all {
            let position = |point: &Vec<f64>| match point[..] {
                [lon, lat, ..] => Position::new(lat, lon).map_err(|error| anyhow::anyhow!("failed to {error}")),
                _ => bail!("expected longitude and latitude, not {point:?}"),
            };
            let line: Vec<Position> = line
                .iter()
                .map(position)
                .collect::<anyhow::Result<_>>()
                .with_context(|| format!("failed to read feature {n} of {place}"))?;
            courses.along(&line, near);
            lines += 1;
        }
    }
    ensure!(lines > 0, "failed to find a line in {place}: expected LineString or MultiLineString geometries");
    Ok(())
}

/// The file: every community with its name, every cell.
fn text(all: &CameIn, areas: &AreaSet) -> String {
    let (n, communities, cells) = (all.total(), all.entries.len(), all.courses.0.len());
    let mut text = format!("# Where things came in: {n} entries in {communities} communities.\n[entries]\n");
    for (code, n) in &all.entries {
        let name = areas.get(*code).map_or("", |area| area.name_uk.as_str());
        text.extend([code.as_str(), " = ", &n.to_string(), " # ", name, "\n"]);
    }
    text.extend([
        "\n# How they flew on: of each cell of a quarter of a degree its south-western corner, and how many flew through it\n",
        "# to the north, to the north by north-east, and so on clockwise. ",
        &cells.to_string(),
        " cells.\n[courses]\n",
    ]);
    for (cell, sectors) in &all.courses.0 {
        text.extend(["\"", &cell.to_string(), "\" = ", &format!("{sectors:?}"), "\n"]);
    }
    text
}
