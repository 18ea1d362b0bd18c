//! `allclear areas`: the gazetteer on the command line: list, locate, import, export.
//!
//! What comes in: codes, names, a position, or a file of a service or of boundaries. What goes out: lines for people, or JSON
//! Lines with `--json`. What cannot be matched is listed on standard error and the exit code says so; nothing is guessed.

use super::exit;
use anyhow::{Context as _, ensure};
use model::place::index::{Shape, Spread};
use model::place::{Boundaries, Outline};
use model::{Area, AreaSet, Code, Level, Position};
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Largest file read, in bytes: COD-AB's hromadas unsimplified are about 100 MB.
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Arguments of `areas`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    task: Task,
    /// Answer in JSON Lines.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Task {
    /// Communities and settlements, by code.
    List {
        /// Only names that contain this (Ukrainian or English, capitals ignored), or this code.
        name: Option<String>,
        /// Only this level; without a name and a level: regions.
        #[arg(long)]
        level: Option<LevelName>,
        /// Only what lies in the community of this code (or of this beginning of a code, such as UA59).
        #[arg(long)]
        under: Option<String>,
    },
    /// The communities a position lies in: exactly where real boundaries are given, else by approximate outlines.
    Locate {
        /// Latitude, degrees north.
        lat: f64,
        /// Longitude, degrees east.
        #[arg(allow_negative_numbers = true)]
        lon: f64,
        /// Real boundaries: GeoJSON whose features carry a KATOTTG code or a COD-AB P-code. On a border: all whose it is.
        #[arg(long)]
        geojson: Option<PathBuf>,
        /// The property with the code, when it is not one of the usual.
        #[arg(long, requires = "geojson")]
        property: Option<String>,
        /// All that lies within so many kilometres: the communities with a boundary that meet it, with their part of it, and the
        /// people of its settlements.
        #[arg(long)]
        within_km: Option<f64>,
    },
    /// Check a file before the server uses it, and write it in our form.
    Import(Import),
    /// Write the outlines of regions and raions.
    Export {
        /// As GeoJSON, the one form there is.
        #[arg(long, required = true)]
        geojson: bool,
        /// File to write; standard output without.
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
#[group(skip)]
struct Import {
    /// An alert service's region catalogue (JSON): the numbers it gives to hromadas.
    #[arg(long, required_unless_present = "geojson", conflicts_with = "geojson")]
    catalogue: Option<PathBuf>,
    /// Real boundaries: GeoJSON whose features carry a KATOTTG code or a COD-AB P-code.
    #[arg(long)]
    geojson: Option<PathBuf>,
    /// The property with the code, when it is not one of the usual (katottg, code, ADM3_PCODE, ADM2_PCODE, ADM1_PCODE).
    #[arg(long, requires = "geojson")]
    property: Option<String>,
    /// Where to write what was understood: numbers as tab-separated lines, boundaries as GeoJSON of regions and raions.
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LevelName {
    Country,
    Oblast,
    Raion,
    Hromada,
    Settlement,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Country => Self::Country,
            LevelName::Oblast => Self::Oblast,
            LevelName::Raion => Self::Raion,
            LevelName::Hromada => Self::Hromada,
            LevelName::Settlement => Self::Settlement,
        }
    }
}

/// Does what was asked.
pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let areas = AreaSet::bundled();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let code = match args.task {
        Task::List { name, level, under } => {
            list(areas, name.as_deref(), level.map(Level::from), under.as_deref(), args.json, &mut out)?
        }
        Task::Locate { lat, lon, geojson, property, within_km } => {
            let real = geojson.map(|file| bounded(areas, &file, property.as_deref())).transpose()?;
            let areas = real.as_ref().unwrap_or(areas);
            match within_km {
                Some(km) => around(areas, (lat, lon), km, args.json, &mut out)?,
                None => locate(areas, lat, lon, args.json, &mut out)?,
            }
        }
        Task::Import(import) => match (&import.catalogue, &import.geojson) {
            (Some(file), _) => import_catalogue(areas, file, import.out.as_deref(), args.json, &mut out)?,
            (None, Some(file)) => import_boundaries(areas, file, &import, args.json, &mut out)?,
            (None, None) => exit::USAGE,
        },
        Task::Export { geojson: _, out: to } => {
            match to {
                Some(path) => write(&path, &areas.outlines_geojson())?,
                None => out.write_all(areas.outlines_geojson().as_bytes())?,
            }
            exit::DONE
        }
    };
    out.flush()?;
    Ok(exit::code(code))
}

fn list(
    areas: &AreaSet,
    name: Option<&str>,
    level: Option<Level>,
    under: Option<&str>,
    as_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<u8> {
    let under: Option<Code> = match under {
        Some(text) => {
            Some(areas.by_beginning(text).with_context(|| format!("failed to find {text:?}: no area has this code"))?)
        }
        None => None,
    };
    let level = level.or((name.is_none() && under.is_none()).then_some(Level::Oblast));
    let wanted = name.map(str::to_lowercase);
    let named = |area: &Area| {
        wanted.as_ref().is_none_or(|wanted| {
            area.name_uk.to_lowercase().contains(wanted)
                || area.name_en.to_lowercase().contains(wanted)
                || area.code.as_str().eq_ignore_ascii_case(wanted)
        })
    };
    let mut found = 0_usize;
    let inside = |area: &Area| under.is_none_or(|under| area.code != under && areas.covers(under, area.code));
    for area in areas.iter().filter(|area| level.is_none_or(|level| area.level == level) && named(area) && inside(area))
    {
        print(areas, area, as_json, out)?;
        found += 1;
    }
    ensure!(found > 0, "failed to find an area like this: try a part of its name, or another level");
    Ok(exit::DONE)
}

fn locate(areas: &AreaSet, lat: f64, lon: f64, as_json: bool, out: &mut impl Write) -> anyhow::Result<u8> {
    let position = Position::new(lat, lon).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let chain = areas.locate(position);
    if chain.is_empty() {
        eprintln!("failed to locate {lat}, {lon}: outside the outlines of the area set");
        return Ok(exit::REFUSED);
    }
    for area in chain {
        print(areas, area, as_json, out)?;
    }
    Ok(exit::DONE)
}

/// The area set with boundaries from a file; what of it cannot be used is told.
fn bounded(areas: &AreaSet, file: &Path, property: Option<&str>) -> anyhow::Result<AreaSet> {
    let found = boundaries(areas, file, property)?;
    areas.clone().with_outlines(found.outlines).map_err(|error| anyhow::anyhow!("failed to {error}"))
}

/// Reads boundaries and tells what of them cannot be used.
fn boundaries(areas: &AreaSet, file: &Path, property: Option<&str>) -> anyhow::Result<Boundaries> {
    let text = read(file)?;
    let found = areas
        .read_boundaries(&text, property)
        .with_context(|| format!("failed to read {} as a GeoJSON feature collection of polygons", file.display()))?;
    for refusal in &found.refused {
        eprintln!("failed to {refusal}");
    }
    Ok(found)
}

/// What lies around a position.
fn around(areas: &AreaSet, (lat, lon): (f64, f64), km: f64, as_json: bool, out: &mut impl Write) -> anyhow::Result<u8> {
    let position = Position::new(lat, lon).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let shape = Shape::ellipse(position, km, km, 0.0).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let index = areas.outline_index();
    let (settled, touching) = (index.settled(&shape), index.touching(&shape));
    let spread = Spread::even(shape).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let parts: BTreeMap<Code, f64> = index.mass(&spread).into_iter().collect();
    let mut found: Vec<&Area> = touching.into_iter().filter_map(|code| areas.get(code)).collect();
    found.sort_by_key(|area| (area.level, area.code));
    for area in &found {
        let part = parts.get(&area.code).copied().unwrap_or(0.0);
        let approximate = areas.outline(area.code).is_some_and(Outline::is_approximate);
        if as_json {
            let line = json!({ "code": area.code, "level": area.level, "part": part, "approximate": approximate });
            writeln!(out, "{line}")?;
        } else {
            let how = if approximate { " (by its approximate outline)" } else { "" };
            let (uk, en) = (areas.full_name_uk(area), areas.full_name_en(area));
            writeln!(out, "{}  {uk} / {en}  {:.1} %{how}", area.code, part * 100.0)?;
        }
    }
    if as_json {
        writeln!(out, "{}", json!({ "settlements": settled.settlements, "people": settled.people }))?;
    } else {
        writeln!(out, "{} settlements with {} people", settled.settlements, settled.people)?;
    }
    Ok(if found.is_empty() { exit::REFUSED } else { exit::DONE })
}

fn print(areas: &AreaSet, area: &Area, as_json: bool, out: &mut impl Write) -> std::io::Result<()> {
    let (name_uk, name_en) = (areas.full_name_uk(area), areas.full_name_en(area));
    if as_json {
        let line = json!({
            "code": area.code, "level": area.level, "name_uk": name_uk, "name_en": name_en, "parent": area.parent,
            "uid": area.uid, "lat_deg": area.centre.lat_deg(), "lon_deg": area.centre.lon_deg(),
            "radius_km": area.radius_km, "placed": area.placed, "population": area.population,
        });
        writeln!(out, "{line}")
    } else {
        let place = format!("{:.4}, {:.4} ±{:.0} km", area.centre.lat_deg(), area.centre.lon_deg(), area.radius_km);
        let whose = if area.placed { "" } else { " (not placed: of what holds it)" };
        let uid = area.uid.map_or_else(String::new, |uid| format!("  uid {uid}"));
        writeln!(out, "{}  {name_uk} / {name_en}  {place}{whose}{uid}", area.code)
    }
}

fn import_catalogue(
    areas: &AreaSet,
    file: &Path,
    to: Option<&Path>,
    as_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<u8> {
    let text = read(file)?;
    let catalogue = wire::region_catalogue::decode(text.as_bytes())
        .map_err(|e| anyhow::anyhow!("failed to {e} in {}", file.display()))?;
    let (pairs, refused) = catalogue.matched(areas);
    for refusal in catalogue.refused.iter().chain(&refused) {
        eprintln!("{}: failed to {}", refusal.reason, refusal.detail);
    }
    for (uid, code) in &pairs {
        // Found by its number or by what its raion left over, not by its name: shown, so that a person can object.
        let entry = catalogue.entries.iter().find(|entry| entry.uid == *uid);
        if let Some((entry, area)) = entry.zip(areas.get(*code))
            && !plain(&entry.name).contains(&plain(&area.name_uk))
        {
            eprintln!("named otherwise: uid {uid} \"{}\" is {code} {}", entry.name, areas.full_name_uk(area));
        }
    }
    let hromadas = pairs.iter().filter(|(_, code)| areas.get(*code).is_some_and(|a| a.level == Level::Hromada)).count();
    let unfound = catalogue.refused.len() + refused.len();
    if as_json {
        writeln!(
            out,
            "{}",
            json!({ "entries": catalogue.entries.len(), "matched": pairs.len(), "hromadas": hromadas, "refused": unfound })
        )?;
    } else {
        writeln!(
            out,
            "{} regions in the catalogue: {} matched ({hromadas} hromadas), {unfound} refused",
            catalogue.entries.len(),
            pairs.len()
        )?;
        writeln!(out, "to use it: [areas] catalogue = \"{}\" in the configuration", file.display())?;
    }
    if let Some(to) = to {
        let lines = pairs
            .iter()
            .filter_map(|(uid, code)| Some(format!("{uid}\t{code}\t{}\n", areas.full_name_uk(areas.get(*code)?))));
        write(to, &format!("# uid\tcode\tname\n{}", lines.collect::<String>()))?;
    }
    Ok(if unfound == 0 { exit::DONE } else { exit::REFUSED })
}

fn import_boundaries(
    areas: &AreaSet,
    file: &Path,
    import: &Import,
    as_json: bool,
    out: &mut impl Write,
) -> anyhow::Result<u8> {
    let found = boundaries(areas, file, import.property.as_deref())?;
    let (count, refused) = (found.outlines.len(), found.refused.len());
    if as_json {
        writeln!(out, "{}", json!({ "matched": count, "refused": refused }))?;
    } else {
        writeln!(out, "{count} boundaries matched, {refused} refused")?;
    }
    if let Some(to) = &import.out {
        let set = areas.clone().with_outlines(found.outlines).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
        write(to, &set.outlines_geojson())?;
    }
    Ok(if refused == 0 { exit::DONE } else { exit::REFUSED })
}

/// A name with one kind of apostrophe and no capitals.
fn plain(name: &str) -> String {
    name.chars().map(|c| if model::place::is_apostrophe(c) { '’' } else { c }).collect::<String>().to_lowercase()
}

/// The text of a file, which is bounded.
pub(super) fn read(file: &Path) -> anyhow::Result<String> {
    let size = std::fs::metadata(file).with_context(|| format!("failed to open {}", file.display()))?.len();
    ensure!(
        size <= FILE_BYTES_MAX,
        "failed to read {}: {size} bytes, expected at most {FILE_BYTES_MAX}",
        file.display()
    );
    std::fs::read_to_string(file).with_context(|| format!("failed to read {} as UTF-8 text", file.display()))
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disc_tells_whose_it_is_and_real_boundaries_decide_a_position() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("real.geojson");
        // Sumy raion as a square in the west; the rest of the country keeps its approximate outlines.
        let ring = "[[[24,49],[25,49],[25,50],[24,50],[24,49]]]";
        let feature =
            format!(r#"{{"properties":{{"code":"UA5908"}},"geometry":{{"type":"Polygon","coordinates":{ring}}}}}"#);
        std::fs::write(&file, format!(r#"{{"features":[{feature}]}}"#)).unwrap();
        let areas = bounded(AreaSet::bundled(), &file, None).unwrap();
        let mut out = Vec::new();
        // On its western border.
        assert_eq!(locate(&areas, 49.5, 24.0, true, &mut out).unwrap(), exit::DONE);
        assert!(String::from_utf8(out).unwrap().contains("UA5908"));
        let mut out = Vec::new();
        assert_eq!(around(&areas, (49.5, 24.5), 10.0, false, &mut out).unwrap(), exit::DONE);
        let text = String::from_utf8(out).unwrap();
        let raion = text.lines().find(|line| line.starts_with("UA5908")).unwrap();
        assert!(raion.ends_with("100.0 %"), "{text}");
        assert!(text.lines().any(|line| line.ends_with("(by its approximate outline)")), "{text}");
        let mut out = Vec::new();
        assert_eq!(around(AreaSet::bundled(), (10.0, 10.0), 5.0, false, &mut out).unwrap(), exit::REFUSED);
        assert!(around(AreaSet::bundled(), (10.0, 10.0), -5.0, false, &mut out).is_err());
    }
}
