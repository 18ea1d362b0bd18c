//! `allclear report entries FROM…`: where things came in, as a file that `[areas] came_in` of a configuration names.
//!
//! What comes in: stores or files of entries. What goes out: TOML, one line a community, on standard output. Recorded events
//! are stepped through today's engine: it counts where that first believed in something.

use super::exit;
use super::replay::{Evening, read, recorded};
use crate::config::came_in;
use anyhow::ensure;
use engine::{CameIn, Counting, Engine};
use model::{AreaSet, Timestamp};
use std::path::PathBuf;
use std::process::ExitCode;

/// Milliseconds between two looks at the picture.
const LOOK_MS: i64 = 60_000;

/// Arguments of `report entries`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Stores' directories, files of entries, or files that this command wrote: their entries are added up.
    #[arg(required = true)]
    from: Vec<PathBuf>,
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

/// The file: every community with its name.
fn text(all: &CameIn, areas: &AreaSet) -> String {
    let (n, communities) = (all.total(), all.entries.len());
    let mut text = format!("# Where things came in: {n} entries in {communities} communities.\n[entries]\n");
    for (code, n) in &all.entries {
        let name = areas.get(*code).map_or("", |area| area.name_uk.as_str());
        text.extend([code.as_str(), " = ", &n.to_string(), " # ", name, "\n"]);
    }
    text
}
