//! `allclear import chronicle FILE`: a dossier of a ceasefire or a file of claims, filed in the record thing by thing.
//!
//! What always holds: the same file again files nothing; what changed is filed anew and replaces; what is gone from the file stays,
//! unless it is withdrawn with a reason. What is under embargo goes in as a hash, and what opens it is on the disk before.

use super::{BATCH, bytes};
use crate::clock::Clock;
use crate::cmd::exit;
use crate::serve::chronicle::Chronicle;
use crate::store::{Entry, Reader, Store, seal};
use anyhow::ensure;
use chronicle::book::{Desk, Draft, Settled, read_file};
use model::{Content, Event, EventBody, EventId, Filing, Status};
use serde_json::json;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Who files what an import brings.
const BY: &str = "import";
/// Longest reason of a withdrawal, in bytes.
const REASON_BYTES_MAX: usize = 1024;

/// Arguments of `import chronicle`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The file, such as scenarios/ceasefire/energy-30.toml or scenarios/chronicle/2025-03-20.toml; `-` is standard input.
    file: PathBuf,
    /// Name of the dossier in the record: a to z, 0 to 9 and hyphens. Without it the file's own name.
    #[arg(long, value_name = "NAME")]
    dossier: Option<String>,
    /// Folder of the record to write to; no server may be running on it. Without it the filings are only printed.
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Withdraw what the record has of this dossier and the file has not any more, for this reason. It stays in the record.
    #[arg(long, value_name = "REASON", requires = "store")]
    withdraw_absent: Option<String>,
    /// The dossier is of an exercise; a record is of one world and takes no other.
    #[arg(long)]
    exercise: bool,
    /// Print one object that says what was filed, instead of the filings.
    #[arg(long)]
    json: bool,
}

/// The name of the dossier: as given, or of the file.
fn name(args: &Args) -> anyhow::Result<String> {
    if let Some(name) = &args.dossier {
        return Ok(name.clone());
    }
    let stem = args.file.file_stem().and_then(|it| it.to_str()).unwrap_or_default().to_ascii_lowercase();
    ensure!(!stem.is_empty() && stem != "-", "failed to name the dossier of standard input: give --dossier NAME");
    Ok(stem)
}

/// Imports.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let place = args.file.display().to_string();
    let text = String::from_utf8(bytes(&args.file)?);
    let text = text.map_err(|_| anyhow::anyhow!("failed to read {place} as UTF-8"))?;
    let drafts = match read_file(&text) {
        Ok(drafts) => drafts,
        Err(error) => {
            eprintln!("{place}:{}: failed to {error}", error.line);
            return Ok(exit::code(exit::REFUSED));
        }
    };
    let status = if args.exercise { Status::Exercise } else { Status::Actual };
    let name = name(args)?;
    let desk = Desk { status, dossier: &name, by: BY, now: Clock::real().now() };
    if let Some(reason) = &args.withdraw_absent {
        let fits = !reason.trim().is_empty() && reason.len() <= REASON_BYTES_MAX;
        ensure!(fits, "failed to withdraw: a reason is 1 to {REASON_BYTES_MAX} bytes of words");
    }
    let settled = match &args.store {
        None => seal::settled(None, None, drafts, desk, None).map_err(failed)?.0,
        Some(dir) => keep(dir, args, drafts, desk)?,
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", summary(&name, &settled, args))?;
    } else {
        for filing in &settled.new {
            writeln!(out, "{}", serde_json::to_string(filing)?)?;
        }
        say(&place, &name, &settled, args);
    }
    Ok(exit::code(exit::DONE))
}

fn failed(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::anyhow!("failed to {error}")
}

/// Writes what is new.
fn keep(dir: &Path, args: &Args, drafts: Vec<Draft>, desk: Desk<'_>) -> anyhow::Result<Settled> {
    let mut store = Store::open(dir, desk.status).map_err(failed)?;
    let chronicle = Chronicle::new(Reader::new(dir));
    let (settled, broken) = {
        let book = chronicle.book().map_err(failed)?;
        let shelf = book.shelves().get(desk.dossier);
        seal::settled(Some(dir), shelf, drafts, desk, args.withdraw_absent.as_deref()).map_err(failed)?
    };
    for why in broken {
        eprintln!("{}: failed to {why}", dir.display());
    }
    let at = store.last_at().map_or(desk.now, |last| last.max(desk.now));
    for batch in settled.new.chunks(BATCH) {
        let first = store.next_index();
        let event = |(index, filing): (u64, &Filing)| {
            Entry::Event(Event { id: EventId(index), at, body: EventBody::Filing(filing.clone()) })
        };
        let entries: Vec<Entry> = (first..).zip(batch).map(event).collect();
        store.append(&entries).map_err(failed)?;
    }
    Ok(settled)
}

fn withdrawn(settled: &Settled) -> usize {
    settled.new.iter().filter(|it| matches!(it.content, Content::Withdrawn { .. })).count()
}

fn summary(name: &str, settled: &Settled, args: &Args) -> serde_json::Value {
    json!({
        "dossier": name,
        "new": settled.new.len(),
        "revised": settled.revised,
        "known": settled.known,
        "sealed": settled.sealed.len(),
        "withdrawn": withdrawn(settled),
        "absent": settled.absent.iter().map(|(kind, id)| json!({"kind": kind, "id": id})).collect::<Vec<_>>(),
        "written": args.store.is_some(),
    })
}

/// What a person should know.
fn say(place: &str, name: &str, settled: &Settled, args: &Args) {
    let Settled { new, sealed, known, revised, absent } = settled;
    let gone = withdrawn(settled);
    eprintln!(
        "{place}: dossier {name}: {} to file ({revised} instead of an earlier wording, {} under seal), {known} known",
        new.len() - gone,
        sealed.len()
    );
    let fate = if gone > 0 { "withdrawn, and kept" } else { "kept; --withdraw-absent REASON withdraws them" };
    if !absent.is_empty() {
        eprintln!("  {} of the record are not in the file: {fate}", absent.len());
        for (kind, id) in absent.iter().take(10) {
            eprintln!("    {} {id}", kind.name());
        }
    }
    match &args.store {
        Some(dir) => eprintln!("  written to {}", dir.display()),
        None => eprintln!("  nothing is written without --store"),
    }
}
