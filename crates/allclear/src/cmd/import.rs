//! `allclear import thread|chronicle FILE`: what somebody published, as statements of the record; and dossiers, as its filings.
//!
//! Without `--store` the statements are printed and nothing is written. With it each new one becomes an entry of that record; no
//! server may be running on it.

mod dossier;

use super::exit;
use crate::clock::Clock;
use crate::store::{Entry, Store};
use anyhow::{Context as _, ensure};
use chronicle::thread::{Capture, Form, Import, Settled, TELEGRAM_BYTES_MAX, read, settle, time_words};
use jiff::tz::TimeZone;
use model::{Event, EventBody, EventId, SourceId, Statement, Status, Timestamp};
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Entries written in one transaction.
const BATCH: usize = 256;

/// Arguments of `import`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// An unrolled thread (plain text or HTML), an RSS or Atom feed, or a Telegram export, cut into statements.
    Thread(Thread),
    /// A dossier of a ceasefire or a file of claims (TOML), cut into filings: regimes, stances, incidents, claims.
    Chronicle(dossier::Args),
}

/// Arguments of `import thread`.
#[derive(Debug, clap::Args)]
struct Thread {
    /// The document as it was captured; `-` is standard input.
    file: PathBuf,
    /// Who speaks. Statements of one source are compared with each other when it is imported again.
    #[arg(long, default_value = "thread")]
    source: String,
    /// When the document was captured (RFC 3339). It is kept, and dates nothing that the document says.
    #[arg(long, value_parser = instant)]
    captured_at: Option<Timestamp>,
    /// The zone of the place that is spoken of, for "last night" and the like: Europe/Kyiv, Europe/Moscow, UTC or a POSIX rule.
    #[arg(long, value_parser = chronicle::zone, default_value = "Europe/Kyiv")]
    zone: TimeZone,
    /// As what to read it: text, html, feed or telegram. Without it the first characters decide.
    #[arg(long, value_parser = form)]
    format: Option<Form>,
    /// Folder of the record to write to. Without it the statements are only printed.
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// The statements are of an exercise; a record is of one world and takes no other.
    #[arg(long)]
    exercise: bool,
    /// Print one object that says what was read and left out, instead of the statements.
    #[arg(long)]
    json: bool,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| format!("failed to {error}"))
}

fn form(text: &str) -> Result<Form, String> {
    let names = || Form::ALL.map(Form::name).join(", ");
    Form::ALL.into_iter().find(|it| it.name() == text).ok_or_else(|| format!("expected {}", names()))
}

/// Imports.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    match &args.what {
        What::Thread(args) => thread(args),
        What::Chronicle(args) => dossier::run(args),
    }
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let limit = TELEGRAM_BYTES_MAX as u64;
    let mut bytes = Vec::new();
    let place = path.display();
    if path.as_os_str() == "-" {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes).context("failed to read standard input")?;
    } else {
        let file = std::fs::File::open(path).with_context(|| format!("failed to open {place}"))?;
        file.take(limit + 1).read_to_end(&mut bytes).with_context(|| format!("failed to read {place}"))?;
    }
    ensure!(bytes.len() as u64 <= limit, "failed to read {place}: above {limit} bytes, which no document here has");
    Ok(bytes)
}

fn thread(args: &Thread) -> anyhow::Result<ExitCode> {
    let place = args.file.display().to_string();
    ensure!(!args.source.trim().is_empty(), "failed to import {place}: --source is empty");
    let bytes = bytes(&args.file)?;
    let status = if args.exercise { Status::Exercise } else { Status::Actual };
    let source = SourceId::new(args.source.trim());
    let capture = Capture { source: source.clone(), status, captured_at: args.captured_at };
    let form = args.format.unwrap_or_else(|| Form::of(&bytes));
    let mut import = match read(&bytes, form, &capture) {
        Ok(import) => import,
        Err(error) => {
            eprintln!("{place}: failed to {error}");
            return Ok(exit::code(exit::REFUSED));
        }
    };
    let read = std::mem::take(&mut import.statements);
    let count = read.len();
    let settled = match &args.store {
        None => settle(&[], read),
        Some(dir) => keep(dir, status, &source, read)?,
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", summary(&import, count, &settled, args))?;
    } else {
        for statement in &settled.new {
            writeln!(out, "{}", line(statement, &args.zone)?)?;
        }
    }
    for refused in &import.refused {
        eprintln!("{place}: {}: refused: {}", refused.at, refused.why);
    }
    if !args.json {
        say(&place, &import, count, &settled, args.store.as_deref());
    }
    Ok(exit::code(if import.refused.is_empty() { exit::DONE } else { exit::REFUSED }))
}

/// A statement as a line: its fields, and its words of time with what they mean by the clock of the place, or why they mean nothing yet.
fn line(statement: &Statement, zone: &TimeZone) -> anyhow::Result<serde_json::Value> {
    let mut value = serde_json::to_value(statement)?;
    let words = time_words(&statement.text, statement.published_at, zone);
    value["time_words"] = serde_json::to_value(words)?;
    Ok(value)
}

/// Writes what is new.
fn keep(dir: &Path, status: Status, source: &SourceId, read: Vec<Statement>) -> anyhow::Result<Settled> {
    let mut store = Store::open(dir, status).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let before = store.statements(source).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    let settled = settle(&before, read);
    let now = Clock::real().now();
    let at = store.last_at().map_or(now, |last| last.max(now));
    for batch in settled.new.chunks(BATCH) {
        let first = store.next_index();
        let entries: Vec<Entry> = (first..)
            .zip(batch)
            .map(|(index, statement)| {
                Entry::Event(Event { id: EventId(index), at, body: EventBody::Statement(statement.clone()) })
            })
            .collect();
        store.append(&entries).map_err(|error| anyhow::anyhow!("failed to {error}"))?;
    }
    Ok(settled)
}

fn summary(import: &Import, count: usize, settled: &Settled, args: &Thread) -> serde_json::Value {
    json!({
        "form": import.form,
        "document_sha256": import.document_sha256,
        "captured_at": args.captured_at,
        "statements": count,
        "new": settled.new.len(),
        "known": settled.known,
        "repeated": settled.repeated,
        "superseding": settled.new.iter().filter(|it| it.supersedes.is_some()).count(),
        "absent": settled.absent,
        "threads": import.threads,
        "dropped": import.dropped,
        "refused": import.refused,
        "notes": import.notes,
        "written": args.store.is_some(),
    })
}

/// What a person should know.
fn say(place: &str, import: &Import, count: usize, settled: &Settled, store: Option<&Path>) {
    eprintln!("{place}: read as {}, {count} statements, sha256 {}", import.form.name(), import.document_sha256);
    for thread in &import.threads {
        let mut words = vec![format!("thread {}: {} posts", thread.number, thread.posts)];
        if thread.gaps {
            words.push("posts may be missing".to_owned());
        }
        if !thread.missing.is_empty() {
            words.push(format!("by their own count these are: {:?}", thread.missing));
        }
        if thread.may_be_several {
            words.push("the page does not say where it ends: it may be several threads".to_owned());
        }
        words.extend(thread.dated.as_ref().map(|dated| format!("the page says {dated:?}")));
        eprintln!("  {}", words.join("; "));
    }
    eprintln!("  {} lines of the page itself left out", import.dropped.len());
    for note in &import.notes {
        eprintln!("  {note}");
    }
    let superseding = settled.new.iter().filter(|it| it.supersedes.is_some()).count();
    let (new, known, absent) = (settled.new.len(), settled.known, settled.absent.len());
    match store {
        Some(dir) => eprintln!(
            "  {}: {new} new ({superseding} instead of an earlier wording), {known} known, {absent} no longer there and kept",
            dir.display()
        ),
        None => eprintln!("  nothing is written without --store"),
    }
}
