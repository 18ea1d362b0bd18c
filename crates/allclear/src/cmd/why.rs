//! `allclear why ALERT`: the events and the numbers behind every decision about an alert, from the record.

use super::exit;
use crate::explain;
use crate::store::Reader;
use model::{AlertId, AreaSet};
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `why`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The alert's number, as `/api/v1/state` and the history show it.
    alert: u64,
    /// The store's directory.
    #[arg(long, value_name = "DIR", default_value = "allclear-data")]
    store: PathBuf,
    /// In which language.
    #[arg(long, value_enum, default_value_t = Lang::En)]
    lang: Lang,
    /// Print JSON, in both languages.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Lang {
    Uk,
    En,
}

/// Explains.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let found = explain::why(&Reader::new(&args.store), AreaSet::bundled(), AlertId(args.alert));
    let found = found.map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let Some(view) = found else {
        eprintln!("failed to find alert {} in {}: the history names those it holds", args.alert, args.store.display());
        return Ok(exit::code(exit::REFUSED));
    };
    if args.json {
        println!("{}", serde_json::to_string_pretty(&view)?);
    } else {
        print!("{}", explain::text(&view, args.lang == Lang::Uk));
    }
    Ok(exit::code(exit::DONE))
}
