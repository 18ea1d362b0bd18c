//! `allclear record verify|prove|check|export`: the log, for whoever does not want to take our word.
//!
//! Nothing here writes to a store, and a store that a server is writing to may be read.

use super::exit;
use crate::store::{Audit, Reader, StoreError, audit};
use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use record::{Checkpoint, TlogProof, Verifier, leaf_hash, tile_paths};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Arguments of `record`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Audit everything: every entry, hash, checkpoint and derived row.
    Verify(Verify),
    /// Prove that one entry is in the record, as a C2SP tlog-proof that verifies offline.
    Prove(Prove),
    /// Check such a proof against the entry and the public key you pinned: no store is needed, and no network.
    Check(Check),
    /// Write the log as static files (C2SP tlog-tiles) that any verifier reads.
    Export(Export),
}

/// Arguments of `record verify`.
#[derive(Debug, clap::Args)]
struct Verify {
    /// The store's directory.
    dir: PathBuf,
    /// File with the public key you pinned; without it the store's own is taken, which finds damage but no forgery.
    #[arg(long, value_name = "FILE")]
    vkey: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Arguments of `record prove`.
#[derive(Debug, clap::Args)]
struct Prove {
    /// The store's directory.
    dir: PathBuf,
    /// Index of the entry.
    index: u64,
    /// Print JSON, with the entry itself.
    #[arg(long)]
    json: bool,
}

/// Arguments of `record check`.
#[derive(Debug, clap::Args)]
struct Check {
    /// The proof, as `record prove` prints it or `/api/v1/record/entries/INDEX/proof` gives it.
    proof: PathBuf,
    /// The entry's bytes, as `/api/v1/record/entries/INDEX` gives them.
    entry: PathBuf,
    /// File with the public key you pinned.
    #[arg(long, value_name = "FILE")]
    vkey: PathBuf,
}

/// Arguments of `record export`.
#[derive(Debug, clap::Args)]
struct Export {
    /// The store's directory.
    dir: PathBuf,
    /// Directory to write to; what an earlier export of the same log left there is brought up to date.
    out: PathBuf,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Runs `record`.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Verify(args) => verify(&args),
        Command::Prove(args) => prove(&args),
        Command::Check(args) => check(&args),
        Command::Export(args) => export(&args),
    }
}

/// A bar on standard error when that is a terminal, nothing otherwise.
fn bar(what: &'static str, total: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
    ProgressBar::new(total).with_message(what).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn verify(args: &Verify) -> anyhow::Result<ExitCode> {
    let pinned = args.vkey.as_deref().map(pinned_key).transpose()?;
    let progress = bar("auditing", 0);
    let outcome = audit(&args.dir, pinned.as_ref(), |done, total| {
        progress.set_length(total);
        progress.set_position(done);
    });
    progress.finish_and_clear();
    let found = match outcome {
        // A database that cannot be read to its end is a finding, not a failure of ours.
        Err(StoreError::Sql { path, source }) => {
            eprintln!("allclear: failed to read {} to its end: {source}", path.display());
            return Ok(exit::code(exit::UNVERIFIED));
        }
        outcome => outcome.context("failed to audit")?,
    };
    let pinned = pinned.is_some();
    say(&if args.json { format!("{}\n", as_json(&found, pinned)) } else { as_text(&found, pinned) })?;
    Ok(exit::code(if found.is_good() { exit::DONE } else { exit::UNVERIFIED }))
}

fn pinned_key(path: &Path) -> anyhow::Result<Verifier> {
    let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    Verifier::parse(&text).map_err(|e| anyhow::anyhow!("failed to {e} in {}", path.display()))
}

fn as_json(found: &Audit, pinned: bool) -> serde_json::Value {
    let findings: Vec<_> = found
        .findings
        .iter()
        .map(|f| serde_json::json!({"place": f.place.to_string(), "index": f.place.index(), "what": f.what}))
        .collect();
    serde_json::json!({
        "good": found.is_good(),
        "origin": found.origin,
        "status": found.status,
        "vkey": found.vkey,
        "pinned": pinned,
        "entries": found.entries,
        "events": found.events,
        "decisions": found.decisions,
        "checkpoints": found.checkpoints,
        "derived_rows": found.rows,
        "root": found.root.map(record::Hash::to_base64),
        "wrong": found.wrong,
        "findings": findings,
    })
}

fn as_text(found: &Audit, pinned: bool) -> String {
    let Audit { origin, status, vkey, entries, events, decisions, checkpoints, rows, wrong, .. } = found;
    let mut lines = vec![format!("log          {origin} ({status})"), format!("key          {vkey}")];
    if !pinned {
        lines.push(
            "             named by the store itself: give --vkey with the key you pinned to find a forgery".into(),
        );
    }
    lines.push(format!("entries      {entries}: {events} events, {decisions} decisions"));
    lines.push(format!("checkpoints  {checkpoints}"));
    lines.push(format!("derived      {rows} rows"));
    lines.extend(found.root.map(|root| format!("root         {root}")));
    lines.extend(found.findings.iter().map(|finding| format!("WRONG        {}: {}", finding.place, finding.what)));
    let told = found.findings.len() as u64;
    if *wrong > told {
        lines.push(format!("             and {} more that follow from these or were left out", wrong - told));
    }
    let verdict = match (found.is_good(), *entries) {
        (true, 0) => "The record is empty.",
        (true, _) => "The record is whole: every entry, hash, checkpoint and derived row is as it was signed.",
        (false, _) => "The record is NOT whole.",
    };
    lines.push(verdict.into());
    lines.join("\n") + "\n"
}

/// Writes to standard output. A reader that has seen enough and closed it is no failure.
fn say(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(error).context("failed to write the answer")
        }
        _ => Ok(()),
    }
}

fn prove(args: &Prove) -> anyhow::Result<ExitCode> {
    let reader = Reader::new(&args.dir);
    let Some(proven) = reader.inclusion(args.index).context("failed to read the record")? else {
        bail!("failed to prove entry {}: the record has {} entries, counted from 0", args.index, reader.size()?);
    };
    // Our own verifier reads it first: a proof that does not hold never leaves the house.
    let key = Verifier::parse(&reader.verifier_key()?).map_err(|e| anyhow::anyhow!("failed to {e}"))?;
    if let Err(error) = proven.proof.verify(&proven.entry, &key) {
        eprintln!("allclear: failed to {error}; find the place with `allclear record verify {}`", args.dir.display());
        return Ok(exit::code(exit::UNVERIFIED));
    }
    if args.json {
        let hashes: Vec<String> = proven.proof.hashes.iter().map(|hash| hash.to_base64()).collect();
        let json = serde_json::json!({
            "index": args.index,
            "size": proven.size,
            "root": proven.root.to_base64(),
            "leaf_hash": leaf_hash(&proven.entry).to_base64(),
            "hashes": hashes,
            "checkpoint": proven.proof.checkpoint,
            "vkey": key.to_text(),
            "entry": String::from_utf8_lossy(&proven.entry),
        });
        say(&format!("{json}\n"))?;
    } else {
        say(&proven.proof.to_text())?;
    }
    Ok(exit::code(exit::DONE))
}

fn check(args: &Check) -> anyhow::Result<ExitCode> {
    let key = pinned_key(&args.vkey)?;
    let place = args.proof.display();
    let text = std::fs::read_to_string(&args.proof).with_context(|| format!("failed to read {place}"))?;
    let entry = std::fs::read(&args.entry).with_context(|| format!("failed to read {}", args.entry.display()))?;
    let checked = TlogProof::parse(&text).and_then(|proof| Ok((proof.index, proof.verify(&entry, &key)?)));
    match checked {
        Ok((index, checkpoint)) => {
            say(&format!("entry {index} is in {} of {} entries\n", checkpoint.origin, checkpoint.size))?;
            Ok(exit::code(exit::DONE))
        }
        Err(error) => {
            eprintln!("{place}: failed to {error}");
            Ok(exit::code(exit::UNVERIFIED))
        }
    }
}

fn export(args: &Export) -> anyhow::Result<ExitCode> {
    let reader = Reader::new(&args.dir);
    let vkey = reader.verifier_key().context("failed to read the record")?;
    let key = Verifier::parse(&vkey).map_err(|e| anyhow::anyhow!("failed to {e}"))?;
    let Some(note) = reader.checkpoint()? else {
        bail!("failed to export {}: the record is empty", args.dir.display());
    };
    let checkpoint = Checkpoint::open(note.as_bytes(), &key).map_err(|e| anyhow::anyhow!("failed to {e}"))?;
    if let Some(there) = exported(&args.out, &key)? {
        // A log never shrinks; an older store over a newer export would take back what was published.
        let grown = there.size <= checkpoint.size;
        let proof = if grown { reader.consistency(there.size, checkpoint.size)? } else { None };
        let held = proof.is_some_and(|proof| {
            record::verify_consistency(there.size, there.root, checkpoint.size, checkpoint.root, &proof).is_ok()
        });
        if !held {
            bail!(
                "failed to bring {} up to date: its checkpoint of {} entries is no prefix of this record of {}",
                args.out.display(),
                there.size,
                checkpoint.size
            );
        }
    }
    let paths = tile_paths(checkpoint.size);
    let progress = bar("exporting", paths.len() as u64);
    for tile in &paths {
        let target = args.out.join(tile.path());
        let full = tile.width == record::TILE_WIDTH;
        if !(full && target.exists()) {
            let Some(bytes) = reader.file(&tile.path())? else {
                bail!("failed to read {}: run `allclear record verify {}`", tile.path(), args.dir.display());
            };
            write_whole(&target, &bytes)?;
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    write_whole(&args.out.join("log.vkey"), format!("{vkey}\n").as_bytes())?;
    // Last: a checkpoint promises that its tiles are there.
    write_whole(&args.out.join("checkpoint"), note.as_bytes())?;
    let (size, files, to) = (checkpoint.size, paths.len() + 2, args.out.display());
    if args.json {
        let json = serde_json::json!({"origin": checkpoint.origin, "size": size, "root": checkpoint.root.to_base64(),
            "files": files, "out": to.to_string(), "vkey": vkey});
        say(&format!("{json}\n"))?;
    } else {
        say(&format!("{size} entries in {files} files under {to}; verify them with the key {vkey}\n"))?;
    }
    Ok(exit::code(exit::DONE))
}

/// The checkpoint an earlier export left; an error when another log's is there.
fn exported(out: &Path, key: &Verifier) -> anyhow::Result<Option<Checkpoint>> {
    let path = out.join("checkpoint");
    match std::fs::read(&path) {
        Ok(note) => match Checkpoint::open(&note, key) {
            Ok(there) => Ok(Some(there)),
            Err(error) => bail!("failed to {error} in {}: it is not of this log, give another OUT", path.display()),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("failed to read {}", path.display())),
    }
}

/// A reader of the directory sees the old file or the new one, never a part.
fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> std::io::Result<()> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let draft = path.with_extension("draft");
        std::fs::write(&draft, bytes)?;
        std::fs::rename(&draft, path)
    };
    write().with_context(|| format!("failed to write {}", path.display()))
}
